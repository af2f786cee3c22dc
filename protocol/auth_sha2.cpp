// caching_sha2_password and sha256_password: a hash where the server remembers one, else the password itself, under TLS, over
// a Unix socket, or encrypted with the server's RSA key.
// Spec: page_caching_sha2_authentication_exchanges.html,
//       page_protocol_connection_phase_authentication_methods_authentication_sha256_password_plugin.html
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <string>

#include "protocol/auth.h"
#include "protocol/openssl.h"

namespace selkie::protocol {
namespace {

constexpr std::uint8_t kFastAuthSuccess = 3, kPerformFullAuthentication = 4;
constexpr std::uint8_t kRequestKeySha256 = 1, kRequestKeyCachingSha2 = 2;
constexpr std::size_t kOaepOverhead = 2 * 20 + 2;  // RFC 8017, 7.1.1: with SHA-1

// The password with its NUL, xored with the scramble over and over, encrypted with the key.
Status write_rsa(std::string_view password, Bytes scramble, EVP_PKEY* key, ByteWriter& out) {
  const std::size_t size_bytes = password.size() + 1;
  const int key_bytes = EVP_PKEY_get_size(key);
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || key_bytes < static_cast<int>(kOaepOverhead)) {
    return {Errc::malformed, "The server's public key is no RSA key."};
  }
  if (size_bytes > static_cast<std::size_t>(key_bytes) - kOaepOverhead) {
    return {Errc::packet_too_large, "The password is too long for the server's RSA key. Use TLS or the Unix socket."};
  }
  std::vector<std::uint8_t> plain(size_bytes);
  const Wiped wipe(plain);
  for (std::size_t i = 0; i < size_bytes; ++i) {
    const auto character = static_cast<std::uint8_t>(i < password.size() ? password[i] : 0);
    plain[i] = character ^ scramble[i % scramble.size()];
  }
  std::size_t written = static_cast<std::size_t>(key_bytes);
  std::uint8_t* const encrypted = out.extend(written);
  const OwnedKeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_encrypt(context.get(), encrypted, &written, plain.data(), plain.size()) != 1) {
    return {Errc::malformed, "The password could not be encrypted with the server's RSA key."};
  }
  return {};
}

Status write_rsa_by_file(const AuthContext& context, Bytes scramble, ByteWriter& out) {
  const std::string file(context.rsa_key_file);
  const OwnedBio bio(BIO_new_file(file.c_str(), "r"));
  const OwnedKey key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  if (!key) return {Errc::bad_option, "Cannot use the server's RSA key '" + file + "': it must be a readable PEM public key."};
  return write_rsa(context.password, scramble, key.get(), out);
}

Status write_rsa_by_pem(const AuthContext& context, Bytes scramble, Bytes pem, ByteWriter& out) {
  const OwnedBio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const OwnedKey key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  if (!key) return {Errc::malformed, "The server sent something that is no RSA public key."};
  return write_rsa(context.password, scramble, key.get(), out);
}

// Whether the server's own word may be taken for its key. Over a Unix socket it can be nobody else's.
bool may_fetch_key(const AuthContext& context) {
  return context.rsa_key_file.empty() && (context.get_server_public_key || context.unix_socket);
}

// The password encrypted with the key from the file, or the request for the server's key.
Result<AuthReply> begin_rsa(const AuthContext& context, Bytes scramble, std::uint8_t key_request, ByteWriter& out) {
  if (!context.rsa_key_file.empty()) {
    if (Status written = write_rsa_by_file(context, scramble, out); !written.ok()) return std::move(written).failure();
  } else if (may_fetch_key(context)) {
    out.u8(key_request);
  } else {
    return Failure{
        Errc::auth_refused,
        0,
        {},
        "The server needs the password of '" + std::string(context.user) +
            "' itself, and this connection is unprotected. Use TLS (SSLMODE=REQUIRED) or the Unix socket, or name the "
            "server's public key file, or set GET_SERVER_PUBLIC_KEY=1 to trust the key that the server sends."};
  }
  return AuthReply::send;
}

// A key that was not asked for is refused: whoever sends it wants the password.
Result<AuthReply> finish_rsa(const AuthContext& context, const AuthTurn& turn, std::string_view method, ByteWriter& out) {
  if (!may_fetch_key(context) || context.password.empty()) return unexpected_auth_data(method);
  if (Status written = write_rsa_by_pem(context, turn.scramble, turn.data, out); !written.ok()) {
    return std::move(written).failure();
  }
  return AuthReply::send;
}

}  // namespace

Sha256Hash caching_sha2_response(std::string_view password, Bytes scramble) {
  start_openssl();
  Sha256Hash once, twice, response;
  const Wiped wipe_once(once), wipe_twice(twice);
  EVP_Digest(password.data(), password.size(), once.data(), nullptr, EVP_sha256(), nullptr);
  EVP_Digest(once.data(), once.size(), twice.data(), nullptr, EVP_sha256(), nullptr);
  const OwnedDigest digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(digest.get(), twice.data(), twice.size());
  EVP_DigestUpdate(digest.get(), scramble.data(), scramble.size());
  EVP_DigestFinal_ex(digest.get(), response.data(), nullptr);
  for (std::size_t i = 0; i < response.size(); ++i) response[i] ^= once[i];
  return response;
}

// An empty password is one NUL, in both methods.
Result<AuthReply> caching_sha2_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round == 0) {
    if (context.password.empty()) {
      out.u8(0);
    } else {
      out.bytes(caching_sha2_response(context.password, turn.scramble));
    }
    return AuthReply::send;
  }
  if (turn.round == 1 && turn.data.size() == 1) {
    if (turn.data[0] == kFastAuthSuccess) return AuthReply::read;  // its OK is a packet of its own
    if (turn.data[0] == kPerformFullAuthentication) {
      if (!context.is_private()) return begin_rsa(context, turn.scramble, kRequestKeyCachingSha2, out);
      out.text_nul(context.password);
      return AuthReply::send;
    }
  }
  if (turn.round == 2 && !context.is_private()) return finish_rsa(context, turn, "caching_sha2_password", out);
  return unexpected_auth_data("caching_sha2_password");
}

// To this method a Unix socket is no protection: the server wants RSA there too.
Result<AuthReply> sha256_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  start_openssl();
  if (turn.round == 0) {
    if (context.password.empty() || context.tls) {
      out.text_nul(context.password);
      return AuthReply::send;
    }
    return begin_rsa(context, turn.scramble, kRequestKeySha256, out);
  }
  if (turn.round == 1 && !context.tls) return finish_rsa(context, turn, "sha256_password", out);
  return unexpected_auth_data("sha256_password");
}

}  // namespace selkie::protocol
