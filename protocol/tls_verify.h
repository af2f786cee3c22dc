// Which server certificates are accepted: by authority, name and dates, by fingerprint, or until the server has proven its own.
#pragma once

#include <string>
#include <vector>

#include "protocol/openssl.h"
#include "protocol/stream.h"

namespace selkie::protocol {

// OpenSSL's own words for its oldest queued error: the cause, where later entries are consequences.
std::string openssl_words();
// A file of the options that OpenSSL refused, in its words. Errc: bad_option.
Failure bad_file(const char* what, const std::string& file, const char* what_to_do);

// Judges the certificate of one handshake.
class CertificateCheck {
 public:
  // Both must outlive this object, and this object the handshake.
  CertificateCheck(const TlsOptions& options, const TlsPeer& peer) : options_(options), peer_(peer) {}
  CertificateCheck(const CertificateCheck&) = delete;

  // Has the handshakes of `context` judged here, as far as the options demand. Errors: bad_option.
  Status guard(SSL_CTX* context);

  // After a handshake: it ended because the certificate was refused.
  bool refused() const { return !refusal_.empty(); }
  Failure refusal() const { return our_failure(Errc::tls_failed, refusal_); }
  // After a handshake that went well, also one that resumed a session: the certificate, if the server has yet to prove it.
  std::optional<UnprovenCertificate> unproven(const SSL* ssl) const;

 private:
  struct Fingerprint {
    const EVP_MD* digest;
    std::vector<std::uint8_t> value;
  };

  static int judge(X509_STORE_CTX* chain, void* self);
  bool accepts(X509_STORE_CTX* chain);
  bool is_pinned(X509* certificate) const;
  Status read_fingerprints();
  Status add_fingerprint(std::string_view text);
  // The chain counts where it is demanded, unless a fingerprint stands in for the CA.
  bool by_authority() const {
    return options_.mode >= SslMode::verify_ca && (options_.names_ca() || !options_.names_fingerprint());
  }
  bool may_be_proven() const { return peer_.can_prove && !options_.names_ca() && !options_.names_fingerprint(); }
  std::string refusal_of(long result, X509* certificate) const;

  const TlsOptions& options_;
  const TlsPeer& peer_;
  std::vector<Fingerprint> fingerprints_;
  std::string refusal_;
};

}  // namespace selkie::protocol
