// The conversation from greeting to login as a machine: packet in, action out. No I/O.
// Spec: page_protocol_connection_phase.html, page_protocol_connection_phase_authentication_methods.html
#pragma once

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

class HandshakeMachine {
 public:
  // `options` must outlive the machine. `is_private`: the stream is a Unix socket.
  HandshakeMachine(const ConnectOptions& options, bool is_private);

  // One packet from the server in, what to do next out. Payload to send is appended to `out` (no frame header).
  Action on_packet(Bytes payload, ByteWriter& out);
  // After the TLS handshake: the login goes into `out`.
  Action tls_started(ByteWriter& out);

  const Dialect& dialect() const { return dialect_; }
  const Greeting& greeting() const { return greeting_; }
  const OkPacket& final_ok() const { return final_ok_; }  // views into the packet that made on_packet answer Ready

 private:
  enum class Phase : std::uint8_t { greeting, tls, login, done };

  const ConnectOptions& options_;
  bool is_private_;
  Phase phase_ = Phase::greeting;
  Greeting greeting_;
  Dialect dialect_;
  OkPacket final_ok_;
};

}  // namespace selkie::protocol
