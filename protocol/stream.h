// A connected byte stream: TCP or Unix socket, in clear or under TLS. The only place that makes system calls on the wire.
// Spec for TLS under this protocol: page_protocol_basic_tls.html
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "protocol/bytes.h"
#include "protocol/hosts.h"
#include "protocol/status.h"

namespace selkie::protocol {

class TlsSessions;

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;  // kNoDeadline: wait for ever
inline constexpr Deadline kNoDeadline = Deadline::max();
// 0 = for ever.
inline Deadline in_future(std::chrono::milliseconds timeout) {
  return timeout.count() == 0 ? kNoDeadline : Clock::now() + timeout;
}
inline constexpr Deadline kNoWait = Deadline::min();  // of a write: what the system does not take at once has timed out

class Stream {
 public:
  virtual ~Stream() = default;

  // Receives at least one byte into `into` (not empty), with one system call where data is waiting.
  // Errors: connection_lost (end of stream, reset), timed_out. EINTR is retried.
  virtual Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) = 0;
  // The same, but where it can it waits until `into` is full, so that the caller is woken once: for bytes that are sure to
  // come.
  virtual Result<std::size_t> read_full(std::span<std::uint8_t> into, Deadline deadline) { return read_some(into, deadline); }

  // As read_some(), but bytes that do not fit into `first` may come, with the same call, into `second`.
  virtual Result<std::size_t> read_both(std::span<std::uint8_t> first, std::span<std::uint8_t> /*second*/, Deadline deadline) {
    return read_some(first, deadline);
  }

  // Sends everything. Errors: connection_lost, timed_out. Never raises SIGPIPE.
  virtual Status write_all(Bytes bytes, Deadline deadline) = 0;
  // The same of two pieces, the second right behind the first; where it can be, without a copy.
  virtual Status write_both(Bytes first, Bytes second, Deadline deadline);

  // Commands are written next, or the answer to another command is read next. For a layer with packet numbers of its own.
  virtual void restart_numbering() {}

  // True when the peer closed the stream or sent something unasked while idle (a server says so before it closes an idle
  // connection). Looks, does not read, does not block.
  virtual bool has_input_or_end() = 0;

  // The password may be shown to the server's method: TLS or a Unix socket.
  virtual bool is_private() const = 0;

  // Shuts the socket down from any thread, so that a blocked read or write returns; the object stays valid.
  virtual void interrupt() noexcept = 0;

  virtual int fd() const = 0;
};

// Connects to host:port, trying every address the name has (IPv6 and IPv4), each a quarter of a second after the one before;
// the first to answer wins. "localhost" is the loopback whatever the name service says.
// Errors: connect_failed (names host, port and the system's words), connect_timeout.
Result<std::unique_ptr<Stream>> connect_tcp(const TcpAddress& address, Deadline deadline);
// Errors: connect_failed (also for a path past the system's 107 bytes), connect_timeout.
Result<std::unique_ptr<Stream>> connect_unix(const std::string& path, Deadline deadline);

// How much TLS is demanded. Each mode demands what the one before does, and more. As MySQL documents --ssl-mode ("Command
// Options for Encrypted Connections"): a CA that is named together with a mode below verify_ca is not looked at. That a CA
// named without any mode means verify_ca is the rule of whoever reads the options.
enum class SslMode : std::uint8_t {
  disabled,
  preferred,        // where the server offers it, and not over a Unix socket. A handshake that fails is a failure all the same
  required,         // from here on nothing is said in clear
  verify_ca,        // the certificate's chain ends in a trusted CA, and dates and revocation lists allow it
  verify_identity,  // and it carries the name or address that was connected to
};

struct TlsOptions {
  SslMode mode = SslMode::preferred;
  std::string ca_file, ca_path;  // PEM; neither = the CAs that the system trusts
  // Whose certificate it is, whoever signed it: hexadecimal SHA-1, 256, 384 or 512 of it, colons or not; in the file one a
  // line, '#' for notes. One of them must match. Stands in for the CA where none is named.
  std::string fingerprint, fingerprint_file;
  std::string certificate_file, key_file;  // PEM; the client's own. One of them may hold both
  std::string key_passphrase;
  std::string crl_file, crl_path;         // PEM; when given, each CA of the chain needs a list
  std::string ciphers;                    // TLS 1.2 and below, OpenSSL's syntax
  std::string cipher_suites;              // TLS 1.3
  std::string min_version, max_version;   // "TLSv1.2", "TLSv1.3"; empty = the library's
  std::shared_ptr<TlsSessions> sessions;  // of earlier connections, to be resumed; may be null

  bool names_ca() const { return !ca_file.empty() || !ca_path.empty(); }
  bool names_fingerprint() const { return !fingerprint.empty() || !fingerprint_file.empty(); }
};

// An empty store of sessions, for connections that may resume each other's.
std::shared_ptr<TlsSessions> make_tls_sessions();

// With whom the TLS handshake is made.
struct TlsPeer {
  std::string name;        // that the certificate must carry under verify_identity; also sent as SNI where it is a name
  std::string endpoint{};  // host and port, or the socket's path: a session is resumed only where it was made
  bool can_prove = false;  // at the end of its login the server proves its certificate by the password (MariaDB 11.4)
};

// A self-signed certificate that nobody vouches for until the server proves it. Nothing that would help an impostor may be
// said.
struct UnprovenCertificate {
  std::array<std::uint8_t, 32> fingerprint;  // SHA-256
  std::string refusal;                       // what to say when the proof fails
};

struct SecureStream {
  std::unique_ptr<Stream> stream;
  std::optional<UnprovenCertificate> unproven;  // only where verification was demanded and the peer can prove
};

// Runs the TLS handshake over an established stream; takes it over.
// Errors: tls_failed (says which check: chain, name, date, fingerprint, version), bad_option (file unreadable),
// connect_timeout.
Result<SecureStream> start_tls(std::unique_ptr<Stream> plain, const TlsOptions& options, const TlsPeer& peer,
                               Deadline deadline);

}  // namespace selkie::protocol
