// Expected failures as values. A server's ERR packet becomes one of these at the session's edge, with all that the server said.
// Depends on the standard library only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace selkie::protocol {

// Why something could not be done. The ODBC side maps each to its SQLSTATE in one table.
enum class Errc : std::uint8_t {
  server_error,          // the server said no: server_code, sqlstate and message are its own
  connect_failed,        // name not resolved, port refused, socket file missing
  connect_timeout,       // the login deadline passed: during connect, greeting, TLS or authentication
  not_a_server,          // what answered does not speak the MySQL protocol
  tls_unavailable,       // TLS was demanded, the server offers none
  tls_failed,            // handshake or certificate check failed; the message says which step
  compression_refused,   // compression was demanded, the server offers none that was named
  auth_unsupported,      // the server asks for a method that is not built in; the message names it
  auth_refused,          // the method would give the password away on this connection
  connection_lost,       // end of stream or reset, mid-conversation or idle
  timed_out,             // read or write deadline passed
  malformed,             // the server left the protocol; the session is closed
  packet_too_large,      // a length past the configured bound, in or out
  spool_failed,          // the temporary file for parked rows could not be written or read
  deadline_passed,       // the command's own deadline; the answer can be read on
  local_infile_refused,  // the server asked for a file that it may not have
  session_dead,          // an earlier failure closed this session
  bad_option,            // a file named in an option cannot be read or parsed (certificate, key, CA)
};

using SqlState = std::array<char, 6>;  // five characters and a NUL

struct Failure {
  Errc errc = Errc::malformed;
  std::uint16_t server_code = 0;  // the server's error number; 0 when the failure is ours
  SqlState sqlstate{};            // the server's; empty when the failure is ours or the server gave none
  std::string message;            // says what to do; holds no secrets
};

inline Failure our_failure(Errc errc, std::string message) { return {errc, 0, {}, std::move(message)}; }

// Success, or a Failure. One pointer wide; success allocates nothing.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Failure failure) : failure_(std::make_unique<Failure>(std::move(failure))) {}
  Status(Errc errc, std::string message) : Status(Failure{errc, 0, {}, std::move(message)}) {}

  bool ok() const { return failure_ == nullptr; }
  explicit operator bool() const { return ok(); }

  // Precondition: !ok().
  const Failure& failure() const& { return *failure_; }
  Failure&& failure() && { return std::move(*failure_); }

 private:
  std::unique_ptr<Failure> failure_;
};

// A value, or why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}
  Result(Errc errc, std::string message) : Result(Failure{errc, 0, {}, std::move(message)}) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  T& operator*() & { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }

  // Precondition: !ok().
  const Failure& failure() const& { return std::get<1>(state_); }
  Failure&& failure() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace selkie::protocol
