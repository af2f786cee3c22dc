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
    {"dialog", 0, dialog, nullptr},
    {"auth_gssapi_client", 0, gssapi, nullptr},
};

// Whether the password itself may be said. Errors: auth_refused.
Status may_show_password(const AuthContext& context, const std::string& method) {
  const std::string what =
      "The server asks for the password of '" + std::string(context.user) + "' in clear text (" + method + ")";
  if (!context.cleartext_enabled) {
    return {Errc::auth_refused, what + ". If you trust this server with it, set ENABLE_CLEARTEXT_PLUGIN=1."};
  }
  if (!context.is_private()) {
    return {Errc::auth_refused,
            what + " over an unprotected connection. Use TLS (SSLMODE=REQUIRED or stricter) or the Unix socket."};
  }
  return {};
}

}  // namespace

const AuthMethod* find_auth_method(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &AuthMethod::name);
  return found == std::end(kMethods) ? nullptr : found;
}

std::string auth_method_names() {
  std::string names;
  for (const AuthMethod& method : kMethods) names.append(names.empty() ? "" : ", ").append(method.name);
  return names;
}

std::string readable(Bytes bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\"";
  for (const std::uint8_t byte : bytes.first(std::min<std::size_t>(bytes.size(), 40))) {
    if (byte >= 0x20 && byte < 0x7f) {
      text += static_cast<char>(byte);
    } else {
      text.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return text + "\"";
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
  if (Status may = may_show_password(context, "mysql_clear_password"); !may.ok()) return std::move(may).failure();
  out.text_nul(context.password);
  return AuthReply::send;
}

// PAM's conversation: each question is answered by the next password. A server that begins without a question waits for the
// answer to the first one all the same (MariaDB 10.11, auth_pam).
// Spec: MariaDB "Connection phase", dialog
Result<AuthReply> dialog(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  constexpr std::uint8_t kQuestion = 2, kPassword = 4, kLast = 1;  // the last one is marked beside its kind
  const bool unasked = turn.round == 0 && turn.data.empty();
  const std::uint8_t kind = turn.data.empty() ? 0 : turn.data[0] & static_cast<std::uint8_t>(~kLast);
  if (!unasked && kind != kQuestion && kind != kPassword) return unexpected_auth_data("dialog");
  if (Status may = may_show_password(context, "dialog"); !may.ok()) return std::move(may).failure();
  if (turn.round == 0) {
    out.text_nul(context.password);
  } else if (turn.round <= context.further_passwords.size() && !context.further_passwords[turn.round - 1].empty()) {
    out.text_nul(context.further_passwords[turn.round - 1]);
  } else {
    return our_failure(Errc::auth_refused, "The server asks " + readable(turn.data.subspan(1)) + ", its question no. " +
                                               std::to_string(turn.round + 1) + ". Answers are taken from PWD, PWD2 and PWD3.");
  }
  return AuthReply::send;
}

}  // namespace selkie::protocol
