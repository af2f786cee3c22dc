// The conversation from greeting to login as a machine: packet in, action out. No I/O.
// Spec: page_protocol_connection_phase.html, page_protocol_connection_phase_authentication_methods.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "protocol/auth.h"
#include "protocol/connect.h"
#include "protocol/packets.h"

namespace selkie::protocol {

namespace action {
struct Send {};      // write what was put into `out`, then read the next packet
struct StartTls {};  // write `out` (the SSL request), run the TLS handshake, then call tls_started()
struct Read {};      // nothing to send; read the next packet
struct Ready {};     // logged in
struct Fail {
  Failure failure;
};
}  // namespace action
using Action = std::variant<action::Send, action::StartTls, action::Read, action::Ready, action::Fail>;

// Whether what a server sent first can be the start of this protocol; needs the first 5 bytes, frame header included.
// Asked before the frame reader sees them: a header made of another protocol's text would have it wait for megabytes.
// Errors: not_a_server, quoting what came.
Status check_first_bytes(Bytes received);
inline constexpr std::size_t kFirstBytes = 5;

class HandshakeMachine {
 public:
  // `options` must outlive the machine. `is_private`: the stream is a Unix socket.
  HandshakeMachine(const ConnectOptions& options, bool is_private);

  // One packet from the server in, what to do next out. Payload to send is appended to `out` (no frame header); Send with
  // nothing appended is an empty packet. What is in `out` may hold the password: the caller wipes it once sent.
  // Errors (Fail): server_error; not_a_server; tls_unavailable, before anything is sent; auth_unsupported; auth_refused;
  // bad_option; malformed, also for a server that does not come to an end.
  Action on_packet(Bytes payload, ByteWriter& out);
  // After the TLS handshake: the login goes into `out`. With an unproven certificate the server has to prove it before Ready;
  // until then neither the password nor anything that can be used twice is said. Errors besides those above: tls_failed.
  Action tls_started(ByteWriter& out, std::optional<UnprovenCertificate> unproven = std::nullopt);

  const Dialect& dialect() const { return dialect_; }
  const Greeting& greeting() const { return greeting_; }
  const OkPacket& final_ok() const { return final_ok_; }  // views into the packet that made on_packet answer Ready

 private:
  enum class Phase : std::uint8_t { greeting, tls, login, done };

  Action on_greeting(Bytes payload, ByteWriter& out);
  Action on_login_packet(Bytes payload, ByteWriter& out);
  Action switch_method(std::string_view name, Bytes data, ByteWriter& out);
  Action answer(Bytes data, ByteWriter& out);
  Action login(ByteWriter& out);
  void write_login_head(ByteWriter& out) const;
  Status write_first_answer(ByteWriter& out);
  bool may_use(const AuthMethod& method) const;
  Failure cannot_prove() const;
  Status check_proof(std::string_view info) const;
  AuthContext auth_context() const;
  Action fail(Failure failure);
  Action fail(Errc errc, std::string message);

  const ConnectOptions& options_;
  bool unix_socket_;
  bool tls_ = false;
  std::optional<UnprovenCertificate> unproven_;
  Phase phase_ = Phase::greeting;
  Greeting greeting_;
  Dialect dialect_;
  OkPacket final_ok_;

  const AuthMethod* method_ = nullptr;
  std::string scramble_;                 // the server's random bytes, from the greeting or the latest switch
  std::vector<std::uint8_t> last_data_;  // the server's latest piece for the method
  std::shared_ptr<void> method_memory_;
  unsigned round_ = 0;    // how often the method has answered
  unsigned factor_ = 1;   // which of the passwords is being asked for
  unsigned packets_ = 0;  // received since the greeting
};

}  // namespace selkie::protocol
