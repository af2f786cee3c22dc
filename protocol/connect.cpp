#include "protocol/connect.h"

#include <cstring>
#include <optional>

#include "protocol/compression.h"
#include "protocol/handshake.h"
#include "protocol/openssl.h"

namespace selkie::protocol {
namespace {

// One server's login: carries the machine's packets over the stream.
class Login {
 public:
  // `host`: where to connect, unless the options name a socket; both outlive this object.
  Login(const ConnectOptions& options, const TcpAddress& host, Deadline deadline)
      : options_(options), host_(host), deadline_(deadline), frames_(options.max_packet_bytes) {}

  Result<Opened> run() {
    const bool by_socket = !options_.socket_path.empty();
    auto connected = by_socket ? connect_unix(options_.socket_path, deadline_) : connect_tcp(host_, deadline_);
    if (!connected.ok()) return std::move(connected).failure();
    stream_ = std::move(connected).value();
    if (!options_.trace.file.empty()) {
      auto begun = Trace::begin(options_.trace, where(), *stream_);
      if (!begun.ok()) return std::move(begun).failure();
      trace_ = std::move(begun).value();
    }

    HandshakeMachine machine(options_, by_socket);
    for (;;) {
      Bytes payload;
      if (Status received = receive(payload); !received.ok()) return std::move(received).failure();
      Action next = machine.on_packet(payload, begin_packet());
      if (std::holds_alternative<action::StartTls>(next)) {
        auto unproven = begin_tls(machine.dialect());
        if (!unproven.ok()) return std::move(unproven).failure();
        next = machine.tls_started(begin_packet(), std::move(unproven).value());
      }
      if (auto* fail = std::get_if<action::Fail>(&next)) return std::move(fail->failure);
      if (std::holds_alternative<action::Ready>(next)) {
        begin_compression(machine.dialect().compression());
        return opened(machine);
      }
      if (std::holds_alternative<action::Send>(next)) {
        if (Status sent = send(); !sent.ok()) return std::move(sent).failure();
      }
      stage_ = "finish the login";
    }
  }

 private:
  Status receive(Bytes& payload) {
    for (;;) {
      if (first_bytes_.size() >= kFirstBytes) {
        switch (frames_.next(payload)) {
          case FrameStatus::packet:
            if (trace_) trace_->received_at_login(payload, static_cast<std::uint8_t>(frames_.sequence() - 1));
            return {};
          case FrameStatus::need_more: break;
          case FrameStatus::out_of_order: return {Errc::malformed, where() + " sent packets out of order during login."};
          case FrameStatus::too_large: return {Errc::packet_too_large, where() + " sent an oversized packet during login."};
        }
      }
      const std::span<std::uint8_t> room = frames_.writable();
      const auto received = stream_->read_some(room, deadline_);
      if (!received.ok()) return explained(received.failure());
      frames_.commit(received.value());
      if (first_bytes_.size() < kFirstBytes) {
        const Bytes came = Bytes(room).first(received.value());
        first_bytes_.insert(first_bytes_.end(), came.begin(), came.end());
        if (first_bytes_.size() < kFirstBytes) continue;
        if (Status checked = check_first_bytes(first_bytes_); !checked.ok()) return checked;
      }
    }
  }

  // A packet that follows the server's last one. Memory for all that a login may hold: bytes that are to be wiped must not
  // have been moved.
  ByteWriter& begin_packet() {
    writer_.clear();
    packet_ = &writer_.begin(frames_.sequence());
    packet_->reserve(kPacketReserve + options_.password.size() + options_.password2.size() + options_.password3.size());
    return *packet_;
  }

  // Sends what was put into the packet, and forgets it.
  Status send() {
    frames_.expect_sequence(writer_.end());
    const Wiped wipe(*packet_);
    if (trace_) trace_->sent_at_login(writer_.bytes());
    Status sent = stream_->write_all(writer_.bytes(), deadline_);
    return sent.ok() ? Status{} : explained(sent.failure());
  }

  Result<std::optional<UnprovenCertificate>> begin_tls(const Dialect& dialect) {
    if (Status sent = send(); !sent.ok()) return std::move(sent).failure();
    // The server is silent until it has our handshake. What is here already, anyone could have put there in clear.
    if (frames_.unread_bytes() != 0) {
      return our_failure(Errc::malformed, where() +
                                              " sent data in clear ahead of the TLS handshake: someone may be tampering with "
                                              "the connection.");
    }
    const TlsPeer peer{.name = tls_name(), .endpoint = where(), .can_prove = dialect.proves_certificate()};
    auto secured = start_tls(std::move(stream_), options_.tls, peer, deadline_);
    if (!secured.ok()) return std::move(secured).failure();
    stream_ = std::move(secured->stream);
    return std::move(secured->unproven);
  }

  // Compression follows the login's last packet.
  void begin_compression(Compression algorithm) {
    if (algorithm == Compression::uncompressed) return;
    frames_.ignore_sequence();
    stream_ = start_compression(std::move(stream_), algorithm, options_.compression_level, frames_.take_unread());
  }

  Opened opened(const HandshakeMachine& machine) {
    const OkPacket& ok = machine.final_ok();  // views into frames_
    std::string session_changes(as_text(ok.session_changes));
    if (trace_) stream_ = traced(std::move(stream_), std::move(trace_));
    return {.stream = std::move(stream_),
            .frames = std::move(frames_),
            .dialect = machine.dialect(),
            .connection_id = machine.greeting().connection_id,
            .status = ok.status,
            .session_changes = std::move(session_changes),
            .host = host_};
  }

  // A transport failure in words of this login.
  Failure explained(const Failure& failure) const {
    if (failure.errc == Errc::timed_out) {
      return our_failure(Errc::connect_timeout,
                         where() + " accepted the connection but did not " + stage_ +
                             " within the login timeout. Is it a MySQL or MariaDB server, and is it well?");
    }
    return our_failure(failure.errc, where() + " did not " + stage_ + ". " + failure.message);
  }

  std::string where() const { return options_.socket_path.empty() ? to_text(host_) : options_.socket_path; }
  std::string tls_name() const { return options_.socket_path.empty() ? host_.host : "localhost"; }

  static constexpr std::size_t kPacketReserve = 4096;

  const ConnectOptions& options_;
  const TcpAddress& host_;
  Deadline deadline_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Trace> trace_;  // where one is wanted
  FrameReader frames_;
  FrameWriter writer_;
  ByteWriter* packet_ = nullptr;           // inside writer_
  std::vector<std::uint8_t> first_bytes_;  // of the server
  const char* stage_ = "send its greeting";
};

// Each host gets an equal share of the time that is left, so that one that swallows packets leaves some to the others.
Deadline share_of(Deadline deadline, std::size_t hosts_left) {
  if (deadline == kNoDeadline) return kNoDeadline;
  const Deadline now = Clock::now();
  return now + (deadline - now) / static_cast<Clock::rep>(hosts_left);
}

}  // namespace

void wipe_secrets(ConnectOptions& options) {
  for (std::string* secret : {&options.password, &options.password2, &options.password3, &options.tls.key_passphrase}) {
    OPENSSL_cleanse(secret->data(), secret->size());
    secret->clear();
  }
}

Result<Opened> open_connection(const ConnectOptions& options) {
  const Deadline deadline = options.connect_timeout.count() > 0 ? Clock::now() + options.connect_timeout : kNoDeadline;
  const std::vector<TcpAddress> unnamed{{.host = "localhost"}};
  const bool one_only = options.hosts.empty() || !options.socket_path.empty();
  const std::vector<TcpAddress>& hosts = options.hosts.empty() ? unnamed : options.hosts;
  const std::size_t count = one_only ? 1 : hosts.size();

  std::string earlier;  // what the hosts before said
  for (std::size_t i = 0;; ++i) {
    auto opened = Login(options, hosts[i], share_of(deadline, count - i)).run();
    if (opened.ok()) return opened;
    Failure failure = std::move(opened).failure();
    if (i + 1 == count || !next_host_may_help(failure)) {
      if (!earlier.empty()) failure.message += " Earlier hosts:" + earlier;
      return failure;
    }
    earlier += " " + failure.message;
  }
}

}  // namespace selkie::protocol
