#include "protocol/auth.h"

#include <algorithm>

#include "protocol/openssl.h"

namespace selkie::protocol {
namespace {

constexpr AuthMethod kMethods[] = {
    {"mysql_native_password", 20, native_password, native_kept},
    {"caching_sha2_password", 20, caching_sha2_password, nullptr},
    {"sha256_password", 20, sha256_password, nullptr},
    {"client_ed25519", 32, ed25519, ed25519_kept},
    {"parsec", 32, parsec, parsec_kept},
    {"mysql_clear_password", 0, clear_password, nullptr},
};

}  // namespace

const AuthMethod* find_auth_method(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &AuthMethod::name);
  return found == std::end(kMethods) ? nullptr : found;
}

Failure unexpected_auth_data(std::string_view method) {
  return our_failure(Errc::malformed, "The server left the protocol of the authentication method " + std::string(method) + ".");
}

Sha1Hash native_response(std::string_view password, Bytes scramble) {
  start_openssl();
  Sha1Hash once, twice, response;
  const Wiped wipe_once(once), wipe_twice(twice);
  EVP_Digest(password.data(), password.size(), once.data(), nullptr, EVP_sha1(), nullptr);
  EVP_Digest(once.data(), once.size(), twice.data(), nullptr, EVP_sha1(), nullptr);
  const OwnedDigest digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha1(), nullptr);
  EVP_DigestUpdate(digest.get(), scramble.data(), scramble.size());
  EVP_DigestUpdate(digest.get(), twice.data(), twice.size());
  EVP_DigestFinal_ex(digest.get(), response.data(), nullptr);
  for (std::size_t i = 0; i < response.size(); ++i) response[i] ^= once[i];
  return response;
}

// An empty password is an empty answer.
Result<AuthReply> native_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round != 0) return unexpected_auth_data("mysql_native_password");
  if (!context.password.empty()) out.bytes(native_response(context.password, turn.scramble));
  return AuthReply::send;
}

Status native_kept(std::string_view password, Bytes, ByteWriter& out) {
  start_openssl();
  Sha1Hash once, twice;
  const Wiped wipe_once(once), wipe_twice(twice);
  EVP_Digest(password.data(), password.size(), once.data(), nullptr, EVP_sha1(), nullptr);
  EVP_Digest(once.data(), once.size(), twice.data(), nullptr, EVP_sha1(), nullptr);
  out.bytes(twice);
  return {};
}

Result<AuthReply> clear_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round != 0) return unexpected_auth_data("mysql_clear_password");
  if (!context.cleartext_enabled) {
    return Failure{
        Errc::auth_refused,
        0,
        {},
        "The server asks for the password of '" + std::string(context.user) +
            "' in clear text (mysql_clear_password). If you trust this server with it, set ENABLE_CLEARTEXT_PLUGIN=1."};
  }
  if (!context.is_private()) {
    return our_failure(
        Errc::auth_refused,
        "The server asks for the password of '" + std::string(context.user) +
            "' in clear text (mysql_clear_password) over an unprotected connection. Use TLS (SSLMODE=REQUIRED or "
            "stricter) or the Unix socket.");
  }
  out.text_nul(context.password);
  return AuthReply::send;
}

}  // namespace selkie::protocol
