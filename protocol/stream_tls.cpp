// TLS by OpenSSL 3 over any other stream. Nothing is global: each connection has its own context.
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "protocol/openssl.h"
#include "protocol/stream.h"
#include "protocol/tls_sessions.h"
#include "protocol/tls_verify.h"

namespace selkie::protocol {
namespace {

using OwnedContext = Owned<SSL_CTX, SSL_CTX_free>;
using OwnedSsl = Owned<SSL, SSL_free>;
using OwnedBioMethod = Owned<BIO_METHOD, BIO_meth_free>;

// Several records come with one system call when a result streams in. A record has 16 KiB at most.
constexpr std::size_t kReadAheadBytes = 64 * 1024;

// What helps against OpenSSL's oldest queued error, the peer's alerts among them.
std::string advice() {
  switch (ERR_GET_REASON(ERR_peek_error())) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "Server and client have no TLS version in common, or what answered is not TLS. Check TLSVERSION and the server's "
             "setting.";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_NO_SHARED_CIPHER:
      return "Server and client have no cipher in common, or the server wants a client certificate. Check SSLCIPHER, SSLCERT "
             "and SSLKEY.";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "The server did not accept this client's certificate. Check SSLCERT and SSLKEY.";
    default: return "Check the server's TLS setup.";
  }
}

// How OpenSSL reaches the stream below. Its own socket BIO would write with write(2), which raises SIGPIPE; and reading ahead
// it moves all that it has to the front of its buffer before each record.
struct Wire {
  enum class Wait : std::uint8_t {
    until_deadline,
    only_if_ready,  // take what has arrived, do not wait
    never,          // use only what is buffered: no system call
  };

  std::unique_ptr<Stream> stream;
  Deadline deadline = kNoDeadline;
  Wait wait = Wait::until_deadline;
  Status failure;  // of the last read or write below; the cause behind OpenSSL's own error

  RawBuffer ahead;                 // what came behind the bytes that OpenSSL asked for
  std::size_t begin = 0, end = 0;  // the unread ones are ahead[begin, end)

  bool has_ahead() const { return begin != end; }
  std::size_t take_ahead(std::span<std::uint8_t> into) {
    const std::size_t count = std::min(into.size(), end - begin);
    std::copy_n(ahead.data() + begin, count, into.data());
    begin += count;
    return count;
  }
  Result<std::size_t> read(std::span<std::uint8_t> into) {
    auto count = stream->read_both(into, {ahead.data(), ahead.capacity()}, deadline);
    if (!count.ok()) return count;
    const std::size_t received = std::min(*count, into.size());
    begin = 0;
    end = *count - received;
    return received;
  }
};

int wire_read(BIO* bio, char* into, std::size_t size, std::size_t* received) {
  Wire& wire = *static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::span room(reinterpret_cast<std::uint8_t*>(into), size);
  *received = wire.take_ahead(room);
  if (*received != 0) return 1;
  if (wire.wait == Wire::Wait::never || (wire.wait == Wire::Wait::only_if_ready && !wire.stream->has_input_or_end())) {
    BIO_set_retry_read(bio);
    return 0;
  }
  auto count = wire.read(room);
  if (count.ok()) {
    *received = *count;
    return 1;
  }
  if (count.failure().errc == Errc::timed_out) BIO_set_retry_read(bio);  // the record may be completed by a later call
  wire.failure = std::move(count).failure();
  return 0;
}

int wire_write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
  Wire& wire = *static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *written = 0;
  wire.failure = wire.stream->write_all({reinterpret_cast<const std::uint8_t*>(from), size}, wire.deadline);
  if (!wire.failure.ok()) return 0;
  *written = size;
  return 1;
}

long wire_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

class TlsStream final : public Stream {
 public:
  // `sessions`: where sessions that the server gives are kept under `session_key`; may be null.
  TlsStream(std::unique_ptr<Stream> plain, OwnedContext context, std::shared_ptr<TlsSessions> sessions, std::string session_key)
      : context_(std::move(context)), sessions_(std::move(sessions)), session_key_(std::move(session_key)) {
    wire_.stream = std::move(plain);
    wire_.ahead.resize(kReadAheadBytes);
  }

  // False: out of memory.
  bool prepare() {
    bio_method_.reset(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "selkie stream"));
    ssl_.reset(SSL_new(context_.get()));
    if (!bio_method_ || !ssl_) return false;
    BIO_meth_set_read_ex(bio_method_.get(), wire_read);
    BIO_meth_set_write_ex(bio_method_.get(), wire_write);
    BIO_meth_set_ctrl(bio_method_.get(), wire_control);
    BIO* bio = BIO_new(bio_method_.get());
    if (bio == nullptr) return false;
    BIO_set_data(bio, &wire_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // owned by ssl_ from here on
    if (sessions_ != nullptr) {
      SSL_set_app_data(ssl_.get(), this);
      SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
      SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
      if (const OwnedSession session = sessions_->find(session_key_)) SSL_set_session(ssl_.get(), session.get());
    }
    return true;
  }

  SSL* ssl() { return ssl_.get(); }

  // 1 as SSL_connect(); else the wire's failure, if it has one, is in wire_failure().
  int handshake(Deadline deadline) {
    begin(Wire::Wait::until_deadline, deadline);
    return SSL_connect(ssl_.get());
  }
  const Status& wire_failure() const { return wire_.failure; }

  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) override {
    begin(Wire::Wait::until_deadline, deadline);
    std::size_t received = 0;
    if (SSL_read_ex(ssl_.get(), into.data(), into.size(), &received) != 1) return lost();
    // One record a call; hand out the further ones that came with it.
    wire_.wait = Wire::Wait::never;
    std::size_t more = 0;
    while (received < into.size() && has_buffered() &&
           SSL_read_ex(ssl_.get(), into.data() + received, into.size() - received, &more) == 1) {
      received += more;
    }
    return received;
  }

  Status write_all(Bytes bytes, Deadline deadline) override {
    if (bytes.empty()) return {};
    begin(Wire::Wait::until_deadline, deadline);
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written) != 1) return lost();
    return {};
  }

  Status write_both(Bytes first, Bytes second, Deadline deadline) override {
    if (Status written = write_all(first, deadline); !written.ok()) return written;
    return write_all(second, deadline);
  }

  // What waits on the socket may be the server's business with TLS alone (session tickets come after the handshake), so
  // OpenSSL has to look: it takes such records and leaves the application's bytes where they are.
  bool has_input_or_end() override {
    if (!has_buffered() && !wire_.stream->has_input_or_end()) return false;
    begin(Wire::Wait::only_if_ready, kNoDeadline);
    char byte;
    std::size_t seen = 0;
    const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &seen);
    return result == 1 || SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ;
  }

  bool is_private() const override { return true; }
  void interrupt() noexcept override { wire_.stream->interrupt(); }
  int fd() const override { return wire_.stream->fd(); }

 private:
  bool has_buffered() const { return wire_.has_ahead() || SSL_has_pending(ssl_.get()) == 1; }

  // OpenSSL's error queue belongs to the thread, and the application may have left something in it. Looking costs far
  // less than emptying it.
  void begin(Wire::Wait wait, Deadline deadline) {
    if (ERR_peek_error() != 0) ERR_clear_error();
    wire_.wait = wait;
    wire_.deadline = deadline;
    wire_.failure = {};
  }

  // Sessions come with the handshake (TLS 1.2) or soon after (1.3), whenever OpenSSL reads.
  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    const auto* const self = static_cast<TlsStream*>(SSL_get_app_data(ssl));
    self->sessions_->keep(self->session_key_, session);
    return 0;  // `session` was not taken over
  }

  Failure lost() {
    if (!wire_.failure.ok()) return std::exchange(wire_.failure, {}).failure();
    if (ERR_peek_error() == 0) return our_failure(Errc::connection_lost, "The server closed the connection.");
    return our_failure(Errc::connection_lost, "The connection to the server was lost: " + openssl_words() + ". " + advice());
  }

  // Destroyed from the last to the first: ssl_ uses all the others. No close_notify is sent: COM_QUIT has said it.
  Wire wire_;
  OwnedBioMethod bio_method_;
  OwnedContext context_;
  std::shared_ptr<TlsSessions> sessions_;
  std::string session_key_;
  OwnedSsl ssl_;
};

// Gives the key's passphrase. Without this function OpenSSL would ask at the terminal.
int give_passphrase(char* into, int capacity, int, void* options) {
  const std::string& passphrase = static_cast<const TlsOptions*>(options)->key_passphrase;
  if (passphrase.size() > static_cast<std::size_t>(capacity)) return -1;
  std::memcpy(into, passphrase.data(), passphrase.size());
  return static_cast<int>(passphrase.size());
}

Result<int> protocol_version(const std::string& name) {
  struct Row {
    std::string_view name;
    int version;
  };
  constexpr Row kVersions[] = {
      {"", 0},  // the library's choice
      {"TLSv1", TLS1_VERSION},
      {"TLSv1.1", TLS1_1_VERSION},
      {"TLSv1.2", TLS1_2_VERSION},
      {"TLSv1.3", TLS1_3_VERSION},
  };
  const auto* row = std::ranges::find(kVersions, std::string_view(name), &Row::name);
  if (row != std::end(kVersions)) return row->version;
  return our_failure(Errc::bad_option, "Unknown TLS version '" + name +
                                           "'. Known are TLSv1.2 and TLSv1.3 (TLSv1 and TLSv1.1 "
                                           "where the TLS library still allows them).");
}

Status set_versions(SSL_CTX* context, const TlsOptions& options) {
  const auto lowest = protocol_version(options.min_version), highest = protocol_version(options.max_version);
  if (!lowest.ok()) return lowest.failure();
  if (!highest.ok()) return highest.failure();
  if ((!options.min_version.empty() && SSL_CTX_set_min_proto_version(context, lowest.value()) != 1) ||
      (!options.max_version.empty() && SSL_CTX_set_max_proto_version(context, highest.value()) != 1)) {
    return {Errc::bad_option, "The TLS library does not offer the TLS versions that were asked for."};
  }
  if (!options.ciphers.empty() && SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) != 1) {
    return {Errc::bad_option, "The TLS library knows none of the ciphers '" + options.ciphers + "'."};
  }
  if (!options.cipher_suites.empty() && SSL_CTX_set_ciphersuites(context, options.cipher_suites.c_str()) != 1) {
    return {Errc::bad_option, "The TLS library does not know all of the cipher suites '" + options.cipher_suites + "'."};
  }
  return {};
}

// One file may hold both certificate and key.
Status set_client_certificate(SSL_CTX* context, const TlsOptions& options) {
  const std::string& certificate = options.certificate_file.empty() ? options.key_file : options.certificate_file;
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  if (certificate.empty()) return {};
  SSL_CTX_set_default_passwd_cb(context, give_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<TlsOptions*>(&options));
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return bad_file("client certificate", certificate, "It must be a readable PEM file.");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_file("client key", key,
                    "It must be a readable PEM file that belongs to the certificate, its passphrase given if it has one.");
  }
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);  // the options may be gone later
  return {};
}

bool is_ip_address(const std::string& host) {
  const Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> address(a2i_IPADDRESS(host.c_str()));
  return address != nullptr;
}

// All that a handshake's outcome depends on: a session is resumed only where a new one would have ended the same way.
std::string session_key(const TlsOptions& options, const TlsPeer& peer) {
  std::string key = std::to_string(static_cast<int>(options.mode)) + (peer.can_prove ? "p" : "");
  for (const std::string* part :
       {&peer.endpoint, &peer.name, &options.ca_file, &options.ca_path, &options.fingerprint, &options.fingerprint_file,
        &options.certificate_file, &options.key_file, &options.crl_file, &options.crl_path, &options.ciphers,
        &options.cipher_suites, &options.min_version, &options.max_version}) {
    key.append(1, '\0').append(*part);
  }
  return key;
}

Failure failed_handshake(TlsStream& tls, const CertificateCheck& check, const std::string& host) {
  if (check.refused()) return check.refusal();
  if (!tls.wire_failure().ok()) {
    const Failure& below = tls.wire_failure().failure();
    if (below.errc == Errc::timed_out) {
      return our_failure(Errc::connect_timeout,
                         "The TLS handshake with '" + host + "' was not finished within the login timeout.");
    }
    return our_failure(Errc::tls_failed, "The TLS handshake with '" + host + "' broke off. " + below.message +
                                             " The server's error log may say why.");
  }
  return our_failure(Errc::tls_failed, "The TLS handshake with '" + host + "' failed: " + openssl_words() + ". " + advice());
}

}  // namespace

Result<SecureStream> start_tls(std::unique_ptr<Stream> plain, const TlsOptions& options, const TlsPeer& peer,
                               Deadline deadline) {
  start_openssl();
  ERR_clear_error();
  const auto out_of_memory = [] { return our_failure(Errc::tls_failed, "TLS could not be set up: " + openssl_words() + "."); };

  OwnedContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return out_of_memory();
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);  // the certificate is checked once, below
  CertificateCheck check(options, peer);
  if (Status set = set_versions(context.get(), options); !set.ok()) return std::move(set).failure();
  if (Status set = set_client_certificate(context.get(), options); !set.ok()) return std::move(set).failure();
  if (Status set = check.guard(context.get()); !set.ok()) return std::move(set).failure();

  auto tls = std::make_unique<TlsStream>(std::move(plain), std::move(context), options.sessions, session_key(options, peer));
  if (!tls->prepare()) return out_of_memory();
  const std::string& host = peer.name;
  const bool by_address = is_ip_address(host);
  if (!by_address) SSL_set_tlsext_host_name(tls->ssl(), host.c_str());
  if (options.mode == SslMode::verify_identity) {
    X509_VERIFY_PARAM* checks = SSL_get0_param(tls->ssl());
    X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int set = by_address ? X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str())
                               : X509_VERIFY_PARAM_set1_host(checks, host.data(), host.size());
    if (host.empty() || set != 1) return our_failure(Errc::bad_option, "SSLMODE=VERIFY_IDENTITY needs the server's name.");
  }
  if (tls->handshake(deadline) != 1) return failed_handshake(*tls, check, host);
  auto unproven = check.unproven(tls->ssl());
  return SecureStream{std::move(tls), std::move(unproven)};
}

}  // namespace selkie::protocol
