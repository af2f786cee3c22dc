#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <system_error>

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using protocol::Bytes;
using Clock = std::chrono::steady_clock;
namespace capability = protocol::capability;

constexpr std::size_t kMaxFrame = 0xffffff;
constexpr std::size_t kTlsRequestBytes = 32;  // the login's head alone
constexpr std::uint8_t kOk = 0x00;

struct StepFailed {
  std::string why;
};
struct LinkLost {};    // as the delivery wants it
struct ClientLeft {};  // end of stream from the client

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// The server's end of the connection: frames and cuts.
class Link {
 public:
  Link(int fd, const Delivery& delivery) : fd_(fd), delivery_(delivery) {
    const int on = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Link() { ::close(fd_); }
  Link(const Link&) = delete;

  // From here on the delivery counts and cuts.
  void measure() { measured_ = true; }
  std::size_t sent_bytes() const { return sent_bytes_; }

  // The next packet answers another command of those that came together.
  void start_answer() {
    sequence_ = 1;
    if (packer_) packer_->start_answer();
  }

  void skip_number() {
    ++sequence_;
    if (packer_) packer_->skip_number();
  }

  // The client has asked for it: its next bytes are TLS.
  void start_tls() {
    tls_.emplace();
    tls_->feed(std::exchange(plain_, {}));  // the first of them may have come already
    for (bool done = false; !done;) {
      try {
        done = tls_->shake_hands();
      } catch (const std::runtime_error& error) {
        throw StepFailed{error.what()};
      }
      deliver(tls_->take_output());
      if (!done) tls_->feed(receive());
    }
    plain_ = tls_->read();
  }
  // From here on both sides send compressed packets.
  void start_packing() { packer_.emplace(delivery_.wrapping); }

  void send_packet(Bytes payload) {
    for (;;) {
      const Bytes piece = payload.first(std::min(payload.size(), kMaxFrame));
      payload = payload.subspan(piece.size());
      send(frame(static_cast<std::uint32_t>(piece.size()), sequence_++, Packet(piece.begin(), piece.end())));
      if (piece.size() < kMaxFrame) return;
    }
  }

  // What goes together into packets of a layer around it goes out with flush().
  void send(Bytes bytes) {
    if (!packer_ && !tls_) return deliver(bytes);
    held_.insert(held_.end(), bytes.begin(), bytes.end());
  }
  void flush() {
    Packet bytes = std::exchange(held_, {});
    if (bytes.empty()) return;
    if (packer_) bytes = packer_->pack(bytes);
    if (tls_) {
      tls_->write(bytes);
      bytes = tls_->take_output();
    }
    deliver(bytes);
  }

  // A part of a packet. Whatever is sent afterwards answers it.
  void read_bytes(std::size_t size_bytes) {
    Packet part(size_bytes);
    read(part, false);
    sequence_ = 1;
  }

  Packet read_packet() {
    Packet payload;
    for (;;) {
      std::array<std::uint8_t, 4> header;
      read(header, !payload.empty());
      const auto size = static_cast<std::size_t>(protocol::load_little_endian(header.data(), 3));
      sequence_ = static_cast<std::uint8_t>(header[3] + 1);
      const std::size_t start = payload.size();
      payload.resize(start + size);
      read(std::span(payload).subspan(start), true);
      if (size < kMaxFrame) return payload;
    }
  }

 private:
  int patience_ms() const { return static_cast<int>(delivery_.patience.count()); }

  // Where the byte with this number falls within `bytes`; a cut in front of its first byte is none.
  std::size_t place(std::size_t number, Bytes bytes) const {
    return number > sent_bytes_ && number < sent_bytes_ + bytes.size() ? number - sent_bytes_ : Delivery::kNever;
  }

  // Sends what is to be cut and counted.
  void deliver(Bytes bytes) {
    if (!measured_) return write(bytes);
    if (delivery_.byte_by_byte) {
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        write(bytes.subspan(i, 1));
        let_client_read();
      }
    } else if (const std::size_t cut = place(delivery_.cut_at, bytes); cut != Delivery::kNever) {
      write(bytes.first(cut));
      let_client_read();
      write(bytes.subspan(cut));
    } else if (const std::size_t end = place(delivery_.lost_at_byte, bytes); end != Delivery::kNever) {
      write(bytes.first(end));
      throw LinkLost{};
    } else {
      write(bytes);
    }
    sent_bytes_ += bytes.size();
  }

  void write(Bytes bytes) {
    while (!bytes.empty()) {
      pollfd writable{fd_, POLLOUT, 0};
      if (::poll(&writable, 1, patience_ms()) == 0) throw StepFailed{"the client reads nothing"};
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EAGAIN) continue;
      if (sent < 0) throw ClientLeft{};
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

  // `continues`: it belongs to a packet whose beginning was read before.
  void read(std::span<std::uint8_t> into, bool continues) {
    while (!into.empty()) {
      if (plain_.empty()) plain_ = packer_ ? read_packed(continues) : read_unwrapped();
      const std::size_t count = std::min(into.size(), plain_.size());
      std::copy_n(plain_.begin(), count, into.begin());
      plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(count));
      into = into.subspan(count);
      continues = true;
    }
  }

  Packet read_packed(bool continues) {
    const auto take = [this](std::size_t size) {
      while (packed_.size() < size) {
        const Packet more = read_unwrapped();
        packed_.insert(packed_.end(), more.begin(), more.end());
      }
      const auto end = packed_.begin() + static_cast<std::ptrdiff_t>(size);
      Packet taken(packed_.begin(), end);
      packed_.erase(packed_.begin(), end);
      return taken;
    };
    const Packet header = take(Packer::kHeaderBytes);
    const Packet body = take(Packer::body_size(header));
    try {
      return packer_->unpack(header, body, continues);
    } catch (const std::runtime_error& error) {
      throw StepFailed{error.what()};
    }
  }

  Packet read_unwrapped() {
    if (!tls_) return receive();
    for (;;) {
      Packet plain = tls_->read();
      if (!plain.empty()) return plain;
      if (tls_->closed()) throw ClientLeft{};
      tls_->feed(receive());
    }
  }

  // What one read brings.
  Packet receive() {
    pollfd readable{fd_, POLLIN, 0};
    if (::poll(&readable, 1, patience_ms()) == 0) throw StepFailed{"the client says nothing"};
    Packet bytes(65'536);
    const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (size <= 0) throw ClientLeft{};
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }

  // Until the client has taken what was sent and had time to come back for more; not long where it does not want any.
  // A Unix socket tells what the peer has not read yet. TCP only tells what has not arrived: a pause must do.
  void let_client_read() {
    if (delivery_.transport == Transport::tcp) return std::this_thread::sleep_for(1ms);
    const auto patience = Clock::now() + 1ms;
    for (int unread = 1; unread > 0 && Clock::now() < patience;) {
      if (::ioctl(fd_, SIOCOUTQ, &unread) != 0) break;
      std::this_thread::yield();
    }
    const auto come_back = Clock::now() + 20us;
    while (Clock::now() < come_back) std::this_thread::yield();
  }

  int fd_;
  Delivery delivery_;
  std::optional<TlsEnd> tls_;
  std::optional<Packer> packer_;
  Packet held_;    // to be sent
  Packet packed_;  // received and not unpacked
  Packet plain_;   // received and not read
  bool measured_ = false;
  std::size_t sent_bytes_ = 0;
  std::uint8_t sequence_ = 0;
};

// One performance of a script.
class Play {
 public:
  // `accept` waits for another connection of the client's.
  Play(Link& link, const Delivery& delivery, const std::function<int()>& accept)
      : link_(link), delivery_(delivery), accept_(accept) {}

  void opening(const Script& script) {
    for (const Step& step : script.steps()) perform(step);
  }

  void talk(const Script& script) {
    link_.measure();
    const std::vector<Step>& steps = script.steps();
    may_leave_ = !steps.empty() && std::holds_alternative<step::ExpectClose>(steps.back());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i == delivery_.lost_before) throw LinkLost{};
      // The end of a packed packet says nothing new: the client may be satisfied before it.
      may_leave_ |= i + 1 == steps.size() && delivery_.wrapping != Wrapping::none;
      perform(steps[i]);
    }
  }

  // What a client may still say when the script is over: statements closed, farewell.
  void epilogue() {
    constexpr std::uint8_t kQuit = 0x01, kCloseStatement = 0x19;
    where_ = "after the end of the script";
    may_leave_ = true;
    for (;;) {
      const Packet packet = link_.read_packet();
      const std::uint8_t command = packet.empty() ? 0 : packet[0];
      if (command != kQuit && command != kCloseStatement) throw StepFailed{"the client sent another command: " + text(packet)};
    }
  }

  const std::string& where() const { return where_; }
  // The client has its reasons to hang up: the script is over, or says something that it must not bear.
  bool may_leave() const { return may_leave_; }

 private:
  static std::string text(const Packet& packet) { return std::string(protocol::as_text(packet)).substr(0, 120); }

  void perform(const Step& step) {
    ++step_number_;
    where_ = "step " + std::to_string(step_number_) + " (" + name_of(step) + ")";
    std::visit([&](const auto& s) { perform(s); }, step);
  }

  void perform(const step::Send& step) {
    const std::vector<Packet> packets = step.reply.packets(agreed_);
    if (step.reply.offers != 0) offered_ = step.reply.offers | capability_of(delivery_.wrapping);
    if (step.reply.offers != 0 && delivery_.wrapping != Wrapping::none)
      return link_.send_packet(offering(packets[0], offered_));
    for (const Packet& packet : packets) link_.send_packet(packet);
    link_.flush();
    const bool ends_login = is_logging_in_ && !packets.empty() && !packets[0].empty() && packets[0][0] == kOk;
    if (!ends_login) return;
    is_logging_in_ = false;
    if (agreed_.has(capability::kCompress) || agreed_.has(capability::kZstd)) link_.start_packing();
  }
  // A greeting that is cut short offers as much as is left of it.
  static Packet offering(Packet greeting, std::uint64_t capabilities) {
    const std::string_view text = protocol::as_text(greeting);
    const std::size_t version_end = std::min(text.find('\0', 1), text.size());
    const std::size_t low = version_end + 1 + 4 + 8 + 1, high = low + 5;  // see the greeting's page: two bytes each
    const auto put = [&](std::size_t at, unsigned shift) {
      if (at < greeting.size()) greeting[at] = static_cast<std::uint8_t>(capabilities >> shift);
    };
    put(low, 0), put(low + 1, 8), put(high, 16), put(high + 1, 24);
    return greeting;
  }
  void perform(const step::NextAnswer&) { link_.start_answer(); }
  void perform(const step::SkipNumber&) { link_.skip_number(); }
  void perform(const step::SendBytes& step) {
    link_.send(step.bytes);
    link_.flush();
  }
  void perform(const step::Read& step) {
    Packet packet = link_.read_packet();
    if (step.is_login && delivery_.wrapping == Wrapping::tls && packet.size() == kTlsRequestBytes) {
      link_.start_tls();
      packet = link_.read_packet();
    }
    if (const std::string why = step.expectation.mismatch(packet, agreed_); !why.empty()) throw StepFailed{why};
    if (!step.is_login) return;
    const std::optional<Agreed> agreed = agree(offered_, packet);
    if (!agreed) throw StepFailed{"the login packet is too short"};
    agreed_ = *agreed;
    is_logging_in_ = true;
  }
  void perform(const step::ReadBytes& step) { link_.read_bytes(step.size_bytes); }
  void perform(const step::SideSession& step) {
    const Delivery whole{.transport = delivery_.transport, .wrapping = delivery_.wrapping, .patience = delivery_.patience};
    Link link(accept_(), whole);
    Play side(link, whole, accept_);
    try {
      side.opening(*step.script);
      side.epilogue();
    } catch (const StepFailed& failed) {
      throw StepFailed{side.where() + " of the side session: " + failed.why};
    } catch (const ClientLeft&) {
      if (!side.may_leave()) throw StepFailed{side.where() + " of the side session: the client closed the connection"};
    }
  }
  void perform(const step::Pause& step) { std::this_thread::sleep_for(step.time); }
  void perform(const step::Close&) { throw LinkLost{}; }
  void perform(const step::ExpectClose&) {
    const Packet packet = link_.read_packet();
    throw StepFailed{"the client sent a command instead of closing: " + text(packet)};
  }

  Link& link_;
  const Delivery& delivery_;
  const std::function<int()>& accept_;
  std::size_t step_number_ = 0;
  std::string where_ = "the beginning";
  std::uint64_t offered_ = 0;
  Agreed agreed_;
  bool is_logging_in_ = false;  // the login packet was read
  bool may_leave_ = false;
};

}  // namespace

ScriptedServer::ScriptedServer(Script opening, Script talk, Delivery delivery)
    : opening_(std::move(opening)), talk_(std::move(talk)), delivery_(delivery) {
  listen();
  if (::pipe2(wake_, O_CLOEXEC) != 0) fail("pipe");
  thread_ = std::thread([this] { perform(); });
}

// Waits for a connection; throws StepFailed when none comes.
int ScriptedServer::accept() const {
  std::array<pollfd, 2> waiting{{{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}}};
  const bool came = ::poll(waiting.data(), waiting.size(), static_cast<int>(delivery_.patience.count())) > 0 &&
                    (waiting[0].revents & POLLIN) != 0;
  if (!came) throw StepFailed{"nobody connected"};
  return ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
}

void ScriptedServer::perform() {
  const std::function<int()> accept_next = [this] { return accept(); };
  try {
    Link link(accept(), delivery_);
    Play play(link, delivery_, accept_next);
    try {
      play.opening(opening_);
      play.talk(talk_);
      play.epilogue();
    } catch (const StepFailed& failed) {
      performance_.failure = play.where() + ": " + failed.why;
    } catch (const LinkLost&) {
    } catch (const ClientLeft&) {
      if (!play.may_leave()) performance_.failure = play.where() + ": the client closed the connection";
    }
    performance_.sent_bytes = link.sent_bytes();
  } catch (const StepFailed& failed) {
    performance_.failure = failed.why;
  }
}

void ScriptedServer::listen() {
  static std::atomic<unsigned> count{0};
  if (delivery_.transport == Transport::tcp) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof any;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<const sockaddr*>(&any), size) != 0 || ::listen(listener_, 2) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&any), &size) != 0) {
      fail("listen on 127.0.0.1");
    }
    address_ = "SERVER=127.0.0.1;PORT=" + std::to_string(ntohs(any.sin_port)) + settings_of(delivery_.wrapping);
    return;
  }
  path_ = "/tmp/selkie-wire-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path_.copy(name.sun_path, sizeof name.sun_path - 1);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(path_.c_str());  // of a process with the same number that was killed
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener_, 2) != 0) {
    fail("listen on " + path_);
  }
  address_ = "SOCKET=" + path_ + settings_of(delivery_.wrapping);
}

const Performance& ScriptedServer::finish() {
  if (wake_[1] >= 0) ::close(std::exchange(wake_[1], -1));
  if (thread_.joinable()) thread_.join();
  return performance_;
}

ScriptedServer::~ScriptedServer() {
  finish();
  ::close(wake_[0]);
  ::close(listener_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace selkie::test
