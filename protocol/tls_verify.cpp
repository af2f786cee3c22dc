#include "protocol/tls_verify.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>

namespace selkie::protocol {
namespace {

using OwnedNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

Status set_trust(SSL_CTX* context, const TlsOptions& options) {
  const auto text = [](const std::string& path) { return path.empty() ? nullptr : path.c_str(); };
  if (!options.ca_file.empty() && SSL_CTX_load_verify_file(context, text(options.ca_file)) != 1) {
    return bad_file("CA file", options.ca_file, "It must be a readable PEM file.");
  }
  if (!options.ca_path.empty() && SSL_CTX_load_verify_dir(context, text(options.ca_path)) != 1) {
    return bad_file("CA directory", options.ca_path, "It must hold PEM files named by 'openssl rehash'.");
  }
  if (!options.crl_file.empty() || !options.crl_path.empty()) {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    if (X509_STORE_load_locations(store, text(options.crl_file), text(options.crl_path)) != 1) {
      return bad_file("revocation list", options.crl_file.empty() ? options.crl_path : options.crl_file,
                      "It must be a readable PEM file, or a directory prepared by 'openssl rehash'.");
    }
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  return {};
}

// Which check the certificate failed and what helps. What is not listed speaks through OpenSSL's own words.
enum class Detail : std::uint8_t { none, names, dates };
struct Advice {
  long result;
  Detail detail;
  std::string_view text;
};
constexpr Advice kAdvice[] = {
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Detail::none,
     "The certificate is self-signed. Name it, or the CA that should have signed it, as SSLCA, or its fingerprint as "
     "TLSPEERFP."},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Detail::none,
     "The chain ends in a CA that is not trusted here. Name that CA's certificate as SSLCA."},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Detail::none, "Its issuer is not known here. Name the CA that signed it as SSLCA."},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Detail::none,
     "Its issuer is not known here. Name the CA that signed it as SSLCA."},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Detail::none,
     "Its issuer is not known here. Name the CA that signed it as SSLCA."},
    {X509_V_ERR_CERT_HAS_EXPIRED, Detail::dates, "Renew the server's certificate (or check this machine's clock)."},
    {X509_V_ERR_CERT_NOT_YET_VALID, Detail::dates, "Check this machine's clock and the certificate's dates."},
    {X509_V_ERR_HOSTNAME_MISMATCH, Detail::names,
     "Connect by a name that the certificate carries, or choose SSLMODE=VERIFY_CA to accept any name."},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, Detail::names,
     "Connect by a name that the certificate carries, or choose SSLMODE=VERIFY_CA to accept any name."},
    {X509_V_ERR_CERT_REVOKED, Detail::none, "Do not use this server until it has a new certificate."},
    {X509_V_ERR_UNABLE_TO_GET_CRL, Detail::none,
     "A revocation list of its issuer is missing. Add it to the file or directory of revocation lists."},
    {X509_V_ERR_CRL_HAS_EXPIRED, Detail::none, "Fetch a new revocation list."},
};

constexpr std::size_t kMostNames = 5, kMostNameBytes = 100;

// The certificate is a stranger's: what cannot be printed becomes a question mark.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kMostNameBytes));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const unsigned char* const bytes = ASN1_STRING_get0_data(address);
  const int size = ASN1_STRING_length(address);
  std::string text;
  if (size == 4) {
    for (int i = 0; i < size; ++i) text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
  } else if (size == 16) {
    for (int i = 0; i < size; i += 2) {
      char group[4];
      const auto end = std::to_chars(group, group + sizeof group, bytes[i] << 8 | bytes[i + 1], 16).ptr;
      text.append(i == 0 ? "" : ":").append(group, end);
    }
  }
  return text;
}

// "db.test, 127.0.0.1": what the certificate is for. The subject's name counts where there is nothing else.
std::string names_of(X509* certificate) {
  std::string names;
  std::size_t count = 0;
  const auto add = [&](std::string_view name) {
    if (name.empty() || ++count > kMostNames + 1) return;
    names.append(count == 1 ? "" : ", ").append(count > kMostNames ? "..." : printable(name));
  };
  const OwnedNames listed(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(listed.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(listed.get(), i);
    if (name->type == GEN_DNS) {
      add({reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
           static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))});
    } else if (name->type == GEN_IPADD) {
      add(address_text(name->d.iPAddress));
    }
  }
  if (count == 0) {
    char subject[kMostNameBytes] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, subject, sizeof subject);
    add(subject);
  }
  return names.empty() ? "nobody" : names;
}

// "2026-11-21 06:30:00 UTC"
std::string date_text(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  const auto two_digits = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(1900 + parts.tm_year) + "-" + two_digits(1 + parts.tm_mon) + "-" + two_digits(parts.tm_mday) + " " +
         two_digits(parts.tm_hour) + ":" + two_digits(parts.tm_min) + ":" + two_digits(parts.tm_sec) + " UTC";
}

std::string detail_text(Detail detail, X509* certificate) {
  switch (detail) {
    case Detail::names: return " It is for " + names_of(certificate) + ".";
    case Detail::dates:
      return " It is valid from " + date_text(X509_get0_notBefore(certificate)) + " to " +
             date_text(X509_get0_notAfter(certificate)) + ".";
    case Detail::none: break;
  }
  return {};
}

std::vector<std::uint8_t> digest_of(X509* certificate, const EVP_MD* digest) {
  std::vector<std::uint8_t> value(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  X509_digest(certificate, digest, value.data(), &size);
  value.resize(size);
  return value;
}

std::string with_colons(Bytes bytes) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t byte : bytes) text.append(text.empty() ? "" : ":").append({kHex[byte >> 4], kHex[byte & 15]});
  return text;
}

// The digest that makes fingerprints of this size; nullptr: none that is known.
const EVP_MD* digest_of_size(std::size_t bytes) {
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    if (static_cast<std::size_t>(EVP_MD_get_size(digest)) == bytes) return digest;
  }
  return nullptr;
}

}  // namespace

std::string openssl_words() {
  const unsigned long code = ERR_peek_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  if (reason != nullptr) return reason;
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  return "error " + std::to_string(code);
}

Failure bad_file(const char* what, const std::string& file, const char* what_to_do) {
  return our_failure(Errc::bad_option,
                     std::string("Cannot use the ") + what + " '" + file + "': " + openssl_words() + ". " + what_to_do);
}

Status CertificateCheck::guard(SSL_CTX* context) {
  if (Status read = read_fingerprints(); !read.ok()) return read;
  if (!by_authority() && fingerprints_.empty()) return {};
  if (by_authority()) {
    if (Status set = set_trust(context, options_); !set.ok()) return set;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, judge, this);
  return {};
}

int CertificateCheck::judge(X509_STORE_CTX* chain, void* self) {
  try {
    return static_cast<CertificateCheck*>(self)->accepts(chain) ? 1 : 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

bool CertificateCheck::accepts(X509_STORE_CTX* chain) {
  X509* const certificate = X509_STORE_CTX_get0_cert(chain);
  if (!fingerprints_.empty() && !is_pinned(certificate)) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    refusal_ = "The certificate of '" + peer_.name +
               "' was refused: it has none of the fingerprints that TLSPEERFP and TLSPEERFPLIST name. Its SHA-256 fingerprint "
               "is " +
               with_colons(digest_of(certificate, EVP_sha256())) +
               ". Ask whoever runs the server whether it has a new certificate.";
    return false;
  }
  if (!by_authority()) {
    X509_STORE_CTX_set_error(chain, X509_V_OK);
    return true;
  }
  // The system's CAs are many: they are read when there is a certificate to check, not where a session is resumed.
  if (!options_.names_ca()) X509_STORE_set_default_paths(X509_STORE_CTX_get0_store(chain));
  if (X509_verify_cert(chain) == 1) return true;
  const int result = X509_STORE_CTX_get_error(chain);
  // The error stays with the session, and with whatever resumes it: unproven() asks for it.
  if (result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT && may_be_proven()) return true;
  X509* const culprit = X509_STORE_CTX_get_current_cert(chain);
  refusal_ = refusal_of(result, culprit == nullptr ? certificate : culprit);
  return false;
}

std::optional<UnprovenCertificate> CertificateCheck::unproven(const SSL* ssl) const {
  if (!by_authority() || SSL_get_verify_result(ssl) == X509_V_OK) return std::nullopt;
  X509* const certificate = SSL_get0_peer_certificate(ssl);
  UnprovenCertificate unproven{{}, refusal_of(SSL_get_verify_result(ssl), certificate)};
  if (certificate != nullptr) std::ranges::copy(digest_of(certificate, EVP_sha256()), unproven.fingerprint.begin());
  return unproven;
}

std::string CertificateCheck::refusal_of(long result, X509* certificate) const {
  std::string message = "The certificate of '" + peer_.name + "' was refused: " + X509_verify_cert_error_string(result) + ".";
  const auto* row = std::ranges::find(kAdvice, result, &Advice::result);
  if (row != std::end(kAdvice)) message.append(detail_text(row->detail, certificate)).append(" ").append(row->text);
  return message;
}

bool CertificateCheck::is_pinned(X509* certificate) const {
  return std::ranges::any_of(fingerprints_, [&](const Fingerprint& fingerprint) {
    return digest_of(certificate, fingerprint.digest) == fingerprint.value;
  });
}

Status CertificateCheck::read_fingerprints() {
  if (!options_.fingerprint.empty()) {
    if (Status added = add_fingerprint(options_.fingerprint); !added.ok()) return added;
  }
  if (options_.fingerprint_file.empty()) return {};
  std::ifstream file(options_.fingerprint_file);
  for (std::string line; std::getline(file, line);) {
    if (const auto end = line.find_last_not_of(" \t\r"); end != std::string::npos && line[0] != '#') {
      if (Status added = add_fingerprint(std::string_view(line).substr(0, end + 1)); !added.ok()) return added;
    }
  }
  if (!file.eof() || fingerprints_.empty()) {
    return {Errc::bad_option, "Cannot use the fingerprints in '" + options_.fingerprint_file +
                                  "': it must be a readable file with a fingerprint on each line."};
  }
  return {};
}

Status CertificateCheck::add_fingerprint(std::string_view text) {
  Fingerprint fingerprint{};
  bool well_formed = true;
  for (std::size_t i = 0; well_formed && i < text.size(); i += 2) {
    if (text[i] == ':' && i != 0) ++i;
    std::uint8_t byte = 0;
    const std::string_view digits = text.substr(std::min(i, text.size()), 2);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    well_formed = error == std::errc() && digits.size() == 2 && stop == digits.data() + 2;
    fingerprint.value.push_back(byte);
  }
  fingerprint.digest = digest_of_size(fingerprint.value.size());
  if (!well_formed || fingerprint.digest == nullptr) {
    return {Errc::bad_option, "'" + printable(text) +
                                  "' is no fingerprint of a certificate. Write its SHA-1, SHA-256, SHA-384 or SHA-512 digest "
                                  "in hexadecimal, as 'openssl x509 -noout -fingerprint -sha256' prints it."};
  }
  fingerprints_.push_back(std::move(fingerprint));
  return {};
}

}  // namespace selkie::protocol
