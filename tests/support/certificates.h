// Certificates made when a test runs: authorities, what they sign, revocation lists, and PEM files of all that.
#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace selkie::test {

// A folder that goes away with its object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "selkie-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct CertificateRequest {
  std::string common_name;
  std::string alternative_names{};  // OpenSSL's syntax: "DNS:db.test,IP:127.0.0.1"; empty = none
  bool authority = false;
  long valid_from_seconds = -3600, valid_to_seconds = 3600;  // from now
};

// A certificate with its key.
class Identity {
 public:
  // Self-signed without an issuer.
  explicit Identity(const CertificateRequest& request, const Identity* issuer = nullptr) {
    static long serial = 1;
    key_.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
    certificate_.reset(X509_new(), X509_free);
    X509* const x = certificate_.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x), request.valid_from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(x), request.valid_to_seconds);
    X509_set_pubkey(x, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer == nullptr ? x : issuer->certificate()));
    add_extension(NID_basic_constraints, request.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (request.authority) add_extension(NID_key_usage, "critical,keyCertSign,cRLSign");
    if (!request.alternative_names.empty()) add_extension(NID_subject_alt_name, request.alternative_names.c_str());
    X509_sign(x, issuer == nullptr ? key_.get() : issuer->key(), EVP_sha256());
  }

  X509* certificate() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }

  void write_certificate(const std::string& file) const {
    const auto out = open(file);
    PEM_write_X509(out.get(), certificate());
  }
  // Encrypted when a passphrase is given.
  void write_key(const std::string& file, const std::string& passphrase = "") const {
    const auto out = open(file);
    PEM_write_PrivateKey(out.get(), key(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(),
                         reinterpret_cast<const unsigned char*>(passphrase.data()), static_cast<int>(passphrase.size()),
                         nullptr, nullptr);
  }
  // A list by this authority that revokes `revoked`; nullptr = nobody.
  void write_revocation_list(const std::string& file, const Identity* revoked) const {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), X509_CRL_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> time(X509_gmtime_adj(nullptr, -60), ASN1_TIME_free);
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate()));
    X509_CRL_set1_lastUpdate(list.get(), time.get());
    X509_gmtime_adj(time.get(), 3600);
    X509_CRL_set1_nextUpdate(list.get(), time.get());
    if (revoked != nullptr) {
      X509_REVOKED* const entry = X509_REVOKED_new();
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate()));
      X509_gmtime_adj(time.get(), -60);
      X509_REVOKED_set_revocationDate(entry, time.get());
      X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_CRL_sign(list.get(), key(), EVP_sha256());
    const auto out = open(file);
    PEM_write_X509_CRL(out.get(), list.get());
  }

 private:
  static std::unique_ptr<FILE, int (*)(FILE*)> open(const std::string& file) {
    return {std::fopen(file.c_str(), "w"), std::fclose};
  }

  void add_extension(int kind, const char* value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace selkie::test
