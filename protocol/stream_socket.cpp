#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "protocol/addresses.h"
#include "protocol/hosts.h"
#include "protocol/stream.h"

namespace selkie::protocol {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// How long one address may take before the next one is tried beside it. RFC 8305, section 5.
constexpr milliseconds kNextAddressAfter{250};
// A socket timeout this much longer than what is left is good enough: it saves setting it again for every command.
constexpr milliseconds kTimeoutSlack{10};

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

void make_blocking(const Fd& fd) { ::fcntl(fd.get(), F_SETFL, 0); }  // it had no other flag

std::string system_words(int error) { return std::generic_category().message(error); }

// The socket stays in blocking mode: a read is one recv. A deadline becomes the socket's own timeout, which is set only when
// the one in force would wait too long; one that is too short costs a second round of the loop, not a wrong answer.
class SocketStream final : public Stream {
 public:
  SocketStream(Fd fd, bool is_private) : fd_(std::move(fd)), is_private_(is_private) {}

  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) override { return read(into, 0, deadline); }
  Result<std::size_t> read_full(std::span<std::uint8_t> into, Deadline deadline) override {
    return read(into, MSG_WAITALL, deadline);
  }
  Result<std::size_t> read_both(std::span<std::uint8_t> first, std::span<std::uint8_t> second, Deadline deadline) override {
    iovec pieces[] = {piece(first), piece(second)};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = std::size(pieces);
    return receive([&] { return ::recvmsg(fd_.get(), &message, 0); }, deadline);
  }

  Status write_all(Bytes bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      if (!arm(SO_SNDTIMEO, send_timeout_, deadline)) return timed_out("write");
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), flags_of_write(deadline));
      if (sent >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
      } else if (auto failure = failure_of_write(errno, deadline)) {
        return *std::move(failure);
      }
    }
    return {};
  }

  Status write_both(Bytes first, Bytes second, Deadline deadline) override {
    while (!first.empty()) {
      if (!arm(SO_SNDTIMEO, send_timeout_, deadline)) return timed_out("write");
      iovec pieces[] = {piece(first), piece(second)};
      msghdr message{};
      message.msg_iov = pieces;
      message.msg_iovlen = std::size(pieces);
      const ssize_t sent = ::sendmsg(fd_.get(), &message, flags_of_write(deadline));
      if (sent >= 0) {
        const auto count = static_cast<std::size_t>(sent);
        second = second.subspan(count - std::min(count, first.size()));
        first = first.subspan(std::min(count, first.size()));
      } else if (auto failure = failure_of_write(errno, deadline)) {
        return *std::move(failure);
      }
    }
    return write_all(second, deadline);
  }

  bool has_input_or_end() override {
    std::uint8_t byte;
    ssize_t seen;
    do seen = ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    while (seen < 0 && errno == EINTR);
    return seen >= 0 || !would_block(errno);
  }

  bool is_private() const override { return is_private_; }
  void interrupt() noexcept override { ::shutdown(fd_.get(), SHUT_RDWR); }
  int fd() const override { return fd_.get(); }

 private:
  static constexpr microseconds kNone{0};  // no timeout is set: a call waits for ever

  Result<std::size_t> read(std::span<std::uint8_t> into, int flags, Deadline deadline) {
    return receive([&] { return ::recv(fd_.get(), into.data(), into.size(), flags); }, deadline);
  }

  template <class Call>
  Result<std::size_t> receive(Call call, Deadline deadline) {
    for (;;) {
      if (!arm(SO_RCVTIMEO, receive_timeout_, deadline)) return timed_out("read");
      const ssize_t received = call();
      if (received > 0) return static_cast<std::size_t>(received);
      if (received == 0) return our_failure(Errc::connection_lost, "The server closed the connection.");
      if (!may_retry(errno, receive_timeout_)) return lost(errno);
    }
  }

  static bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
  static int flags_of_write(Deadline deadline) { return deadline == kNoWait ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL; }
  static iovec piece(Bytes bytes) { return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()}; }

  // Makes the socket's timeout fit the deadline. False: the deadline has passed.
  bool arm(int option, microseconds& in_force, Deadline deadline) {
    if (deadline == kNoDeadline || deadline == kNoWait) return true;  // one left from before wakes us once; see may_retry()
    const auto left = std::chrono::duration_cast<microseconds>(deadline - Clock::now());
    if (left <= kNone) return false;
    if (in_force == kNone || in_force > left + kTimeoutSlack) set_timeout(option, in_force, left);
    return true;
  }

  // After a failed call: was it an interruption, or a timeout that the next arm() sets anew?
  bool may_retry(int error, microseconds& in_force) {
    if (error == EINTR) return true;
    if (!would_block(error)) return false;
    set_timeout(&in_force == &receive_timeout_ ? SO_RCVTIMEO : SO_SNDTIMEO, in_force, kNone);
    return true;
  }

  // nullopt: the write is to be tried again.
  std::optional<Failure> failure_of_write(int error, Deadline deadline) {
    if (would_block(error) && deadline == kNoWait) return timed_out("write");
    if (may_retry(error, send_timeout_)) return std::nullopt;
    return lost(error);
  }

  void set_timeout(int option, microseconds& in_force, microseconds timeout) {
    timeval value{};
    value.tv_sec = static_cast<decltype(value.tv_sec)>(timeout.count() / 1'000'000);
    value.tv_usec = static_cast<decltype(value.tv_usec)>(timeout.count() % 1'000'000);
    ::setsockopt(fd_.get(), SOL_SOCKET, option, &value, sizeof value);
    in_force = timeout;
  }

  static Failure timed_out(const char* what) {
    return our_failure(Errc::timed_out, std::string("The ") + what + " timed out: the server did not answer in time.");
  }
  static Failure lost(int error) {
    return our_failure(Errc::connection_lost, "The connection to the server was lost: " + system_words(error) + ".");
  }

  Fd fd_;
  bool is_private_;
  microseconds receive_timeout_ = kNone, send_timeout_ = kNone;  // what the socket is set to
};

// Tries the addresses in order, the next one as soon as one fails or has been silent for a while; the first to answer wins.
class Race {
 public:
  Race(const std::vector<SocketAddress>& addresses, Deadline deadline)
      : addresses_(addresses), deadline_(deadline), may_block_(addresses.size() == 1 && deadline == kNoDeadline) {}

  // A connected socket in blocking mode, or an invalid one and error(): an errno value, ETIMEDOUT also for the deadline.
  Fd run() {
    Fd connected = first_connected();
    if (connected.valid() && !may_block_) make_blocking(connected);
    return connected;
  }
  int error() const { return error_; }
  bool deadline_passed() const { return deadline_passed_; }

 private:
  Fd first_connected() {
    for (;;) {
      while (running_.empty() && next_ < addresses_.size()) {
        if (Fd connected = start(); connected.valid()) return connected;
      }
      if (running_.empty()) return Fd{};
      if (Fd connected = wait(); connected.valid() || deadline_passed_) return connected;
    }
  }

  Fd start() {
    const SocketAddress& address = addresses_[next_++];
    next_start_ = Clock::now() + kNextAddressAfter;
    const int mode = may_block_ ? 0 : SOCK_NONBLOCK;
    Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | mode, IPPROTO_TCP));
    if (!fd.valid()) {
      error_ = errno;
      return fd;
    }
    if (::connect(fd.get(), address.get(), address.size_bytes) == 0) return fd;
    if (errno == EINPROGRESS || errno == EINTR) {  // an interrupted connect goes on by itself
      running_.push_back(std::move(fd));
    } else {
      error_ = errno;
    }
    return Fd{};
  }

  Fd wait() {
    const bool more = next_ < addresses_.size();
    const Deadline until = more ? std::min(deadline_, next_start_) : deadline_;
    std::vector<pollfd> polled;
    for (const Fd& fd : running_) polled.push_back({fd.get(), POLLOUT, 0});
    const int ready = ::poll(polled.data(), polled.size(), milliseconds_until(until));
    if (ready == 0) {
      deadline_passed_ = Clock::now() >= deadline_;
      if (!deadline_passed_ && more && Clock::now() >= next_start_) return start();
      return Fd{};
    }
    for (std::size_t i = polled.size(); ready > 0 && i-- > 0;) {
      if (polled[i].revents == 0) continue;
      int failed = 0;
      socklen_t size = sizeof failed;
      if (::getsockopt(polled[i].fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0) failed = errno;
      if (failed == 0) return std::move(running_[i]);
      error_ = failed;
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      if (next_ < addresses_.size()) {
        if (Fd connected = start(); connected.valid()) return connected;
      }
    }
    return Fd{};
  }

  static int milliseconds_until(Deadline until) {
    if (until == kNoDeadline) return -1;
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
  }

  const std::vector<SocketAddress>& addresses_;
  Deadline deadline_;
  bool may_block_;  // there is nothing to wait for but the one address
  std::size_t next_ = 0;
  Deadline next_start_{};
  std::vector<Fd> running_;
  int error_ = 0;
  bool deadline_passed_ = false;
};

const char* advice(int error) {
  switch (error) {
    case ECONNREFUSED: return "Is the server running and listening on this port?";
    case ETIMEDOUT: return "Is the host up, and does a firewall let this port through?";
    case EHOSTUNREACH:
    case ENETUNREACH: return "Check the address and this machine's network.";
    case EACCES:
    case EPERM: return "Something on this machine forbids the connection.";
    default: return "Check host and port.";
  }
}

const char* socket_advice(int error) {
  switch (error) {
    case ENOENT: return "Is the server running, and is this its socket file?";
    case ECONNREFUSED: return "The socket file is there, but no server listens on it.";
    case EACCES: return "This user may not use that file.";
    default: return "Check the path.";
  }
}

}  // namespace

Status Stream::write_both(Bytes first, Bytes second, Deadline deadline) {
  std::vector<std::uint8_t> joined;
  joined.reserve(first.size() + second.size());
  joined.insert(joined.end(), first.begin(), first.end());
  joined.insert(joined.end(), second.begin(), second.end());
  return write_all(joined, deadline);
}

Result<std::unique_ptr<Stream>> connect_tcp(const TcpAddress& address, Deadline deadline) {
  auto addresses = find_addresses(address, deadline);
  if (!addresses.ok()) return std::move(addresses).failure();
  Race race(*addresses, deadline);
  Fd fd = race.run();
  if (!fd.valid()) {
    if (race.deadline_passed()) {
      return our_failure(Errc::connect_timeout,
                         "No connection to " + to_text(address) + " within the login timeout. " + advice(ETIMEDOUT));
    }
    return our_failure(Errc::connect_failed, "Cannot connect to " + to_text(address) + ": " + system_words(race.error()) +
                                                 ". " + advice(race.error()));
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return std::unique_ptr<Stream>(std::make_unique<SocketStream>(std::move(fd), false));
}

Result<std::unique_ptr<Stream>> connect_unix(const std::string& path, Deadline deadline) {
  const auto refused = [&](const std::string& why, const char* what_to_do) {
    return our_failure(Errc::connect_failed, "Cannot connect through socket " + path + ": " + why + ". " + what_to_do);
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return refused("the path is longer than 107 bytes", "Use a shorter path.");
  std::memcpy(address.sun_path, path.data(), path.size());

  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return refused(system_words(errno), socket_advice(errno));
  // A Unix socket connects at once or says EAGAIN: the server's queue is full. There is nothing to poll for then.
  while (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    if (error != EAGAIN && error != EINTR) return refused(system_words(error), socket_advice(error));
    if (Clock::now() >= deadline) {
      return Failure{
          Errc::connect_timeout,
          0,
          {},
          "No connection through socket " + path + " within the login timeout: the server is too busy to accept one."};
    }
    if (error == EAGAIN) ::poll(nullptr, 0, 10);
  }
  make_blocking(fd);
  return std::unique_ptr<Stream>(std::make_unique<SocketStream>(std::move(fd), true));
}

}  // namespace selkie::protocol
