#include "protocol/handshake.h"

#include <algorithm>
#include <charconv>

#include "protocol/column.h"
#include "protocol/compression.h"
#include "protocol/openssl.h"

namespace selkie::protocol {
namespace {

constexpr std::uint8_t kOk = 0x00, kAuthMoreData = 0x01, kAuthNextFactor = 0x02, kAuthSwitch = 0xfe, kErr = 0xff;
constexpr std::uint8_t kProtocol10 = 10, kProtocol9 = 9;
constexpr std::uint8_t kXProtocolNotice = 11;

constexpr std::size_t kMaxAttributeBytes = 64 * 1024;  // more and the server refuses the login
constexpr std::size_t kMaxFirstPacketBytes = 64 * 1024;
// The longest honest login: three factors, each switched twice and asking for key, salt or full authentication.
constexpr unsigned kMaxLoginPackets = 20;

// What a server keeps of a password, the data that it sent itself apart.
constexpr std::size_t kMostKeptBytes = 64;

constexpr unsigned kMaxFactors = 3;
constexpr std::size_t kScrambleBytes = 20;  // in the greeting, of every server since 4.1

constexpr std::uint16_t kMustChangePassword = 1862;  // ER_MUST_CHANGE_PASSWORD_LOGIN

// Where the server's default cannot make the first answer; this one always can. The server corrects it by a switch.
constexpr std::string_view kFallbackMethod = "mysql_native_password";

Failure not_a_server(Bytes received) {
  return our_failure(Errc::not_a_server, "What answered is not a MySQL or MariaDB server: it began with " + readable(received) +
                                             ". Check host and port.");
}

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

std::size_t lenenc_size(std::size_t text_bytes) {
  return text_bytes + (text_bytes < 0xfb ? 1 : text_bytes <= 0xffff ? 3 : text_bytes <= 0xffffff ? 4 : 9);
}

// What the server is to use, too.
std::uint8_t zstd_level(int wished) {
  return static_cast<std::uint8_t>(wished == kDefaultCompressionLevel ? kDefaultZstdLevel : std::min(wished, kMaxZstdLevel));
}

Sha256Hash proof_of(Bytes kept, Bytes scramble, Bytes fingerprint) {
  Sha256Hash proof;
  const OwnedDigest digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  for (const Bytes part : {kept, scramble, fingerprint}) EVP_DigestUpdate(digest.get(), part.data(), part.size());
  EVP_DigestFinal_ex(digest.get(), proof.data(), nullptr);
  return proof;
}

bool is_hex_of(const Sha256Hash& value, std::string_view text) {
  if (text.size() != 2 * value.size()) return false;
  Sha256Hash read;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const char* const digits = text.data() + 2 * i;
    const auto [stop, error] = std::from_chars(digits, digits + 2, read[i], 16);
    if (error != std::errc() || stop != digits + 2) return false;
  }
  return CRYPTO_memcmp(read.data(), value.data(), value.size()) == 0;
}

// As many whole pairs, in order, as fit the server's bound.
void write_attributes(const std::vector<std::pair<std::string, std::string>>& attributes, ByteWriter& out) {
  ByteWriter block;
  for (const auto& [name, value] : attributes) {
    if (block.size() + lenenc_size(name.size()) + lenenc_size(value.size()) > kMaxAttributeBytes) break;
    block.lenenc_text(name);
    block.lenenc_text(value);
  }
  out.lenenc_bytes(block.bytes());
}

}  // namespace

Status check_first_bytes(Bytes received) {
  const std::uint64_t size = load_little_endian(received.data(), 3);
  const std::uint8_t sequence = received[3], first = received[4];
  if (sequence == 0 && first == kXProtocolNotice) {
    return {Errc::not_a_server, "This port speaks MySQL's X Protocol. Use the port of the classic protocol, usually 3306."};
  }
  const bool plausible = sequence == 0 && size != 0 && size <= kMaxFirstPacketBytes &&
                         (first == kProtocol10 || first == kProtocol9 || first == kErr);
  if (!plausible) return not_a_server(received);
  return {};
}

HandshakeMachine::HandshakeMachine(const ConnectOptions& options, bool is_private)
    : options_(options), unix_socket_(is_private) {}

Action HandshakeMachine::on_packet(Bytes payload, ByteWriter& out) {
  if (payload.empty()) return fail(Errc::malformed, "The server sent an empty packet during login.");
  if (payload[0] == kErr) {
    const auto err = parse_err(payload);
    if (!err) return fail(Errc::malformed, "The server sent a truncated error during login.");
    Failure refused = to_failure(*err);
    if (refused.server_code == kMustChangePassword && !options_.wishes.expired_passwords) {
      refused.message += " Set CAN_HANDLE_EXP_PWD=1 to log in with it and set a new one.";
    }
    return fail(std::move(refused));
  }
  switch (phase_) {
    case Phase::greeting: return on_greeting(payload, out);
    case Phase::login: return on_login_packet(payload, out);
    case Phase::tls:
    case Phase::done: break;
  }
  return fail(Errc::malformed, "The server sent a packet when it was not its turn.");
}

Action HandshakeMachine::on_greeting(Bytes payload, ByteWriter& out) {
  auto greeting = parse_greeting(payload);
  if (!greeting) {
    if (payload[0] == kProtocol9) {
      return fail(Errc::not_a_server, "The server is older than MySQL 4.1 and speaks a protocol that is no longer used.");
    }
    return fail(not_a_server(payload));
  }
  greeting_ = std::move(*greeting);
  scramble_ = greeting_.scramble;

  Wishes wishes = options_.wishes;
  // A Unix socket is private already, so there TLS has to be demanded (MySQL, --ssl-mode).
  wishes.tls = options_.tls.mode >= SslMode::required || (options_.tls.mode == SslMode::preferred && !unix_socket_);
  wishes.database = !options_.database.empty();
  dialect_ = negotiate(greeting_.offer, wishes);

  const bool tls = dialect_.has(capability::kSsl);
  if (options_.tls.mode >= SslMode::required && !tls) {
    return fail(Errc::tls_unavailable,
                "The server offers no TLS, but SSLMODE demands it. Enable TLS on the server, or "
                "choose SSLMODE=PREFERRED to go without.");
  }
  const std::uint64_t needed =
      capability::kProtocol41 | capability::kSecureConnection | (wishes.database ? capability::kConnectWithDb : 0);
  if (!dialect_.has(needed) || scramble_.size() < kScrambleBytes) {
    return fail(Errc::not_a_server, "The server (" + readable(bytes_of(greeting_.offer.version)) +
                                        ") does not offer the login of MySQL 4.1 and later.");
  }
  const std::vector<Compression>& compressions = wishes.compressions;
  if (!compressions.empty() && std::ranges::count(compressions, dialect_.compression()) == 0) {
    return fail(Errc::compression_refused,
                "The server offers none of the compressions that COMPRESSION names. Add 'uncompressed' to its end to go "
                "without where there is none.");
  }
  if (!tls) return login(out);
  write_login_head(out);
  phase_ = Phase::tls;
  return action::StartTls{};
}

Action HandshakeMachine::tls_started(ByteWriter& out, std::optional<UnprovenCertificate> unproven) {
  tls_ = true;
  unproven_ = std::move(unproven);
  return login(out);
}

// The SSL request is this head alone. Spec: page_protocol_connection_phase_packets_protocol_ssl_request.html
void HandshakeMachine::write_login_head(ByteWriter& out) const {
  constexpr std::size_t kMaxPacketField = 0xffffffff;
  out.u32(static_cast<std::uint32_t>(dialect_.capabilities));
  out.u32(static_cast<std::uint32_t>(std::min(options_.max_packet_bytes, kMaxPacketField)));
  out.u8(std::uint8_t{kUtf8mb4});  // every server knows it; the numbers of most newer collations do not fit the byte
  out.zeros(19);
  out.u32(static_cast<std::uint32_t>(dialect_.capabilities >> 32));  // MariaDB's word; zeros for every other server
}

// Spec: page_protocol_connection_phase_packets_protocol_handshake_response.html
Action HandshakeMachine::login(ByteWriter& out) {
  if (has_nul(options_.user) || has_nul(options_.database)) {
    return fail(Errc::bad_option, "A user or database name cannot contain a NUL character.");
  }
  phase_ = Phase::login;
  write_login_head(out);
  out.text_nul(options_.user);
  if (Status written = write_first_answer(out); !written.ok()) return fail(std::move(written).failure());
  if (dialect_.has(capability::kConnectWithDb)) out.text_nul(options_.database);
  if (dialect_.has(capability::kPluginAuth)) out.text_nul(method_->name);
  if (dialect_.has(capability::kConnectAttrs)) write_attributes(options_.attributes, out);
  if (dialect_.compression() == Compression::zstd) out.u8(zstd_level(options_.compression_level));
  return action::Send{};
}

// Guesses that the account uses the server's default method: where it does, no switch and no round trip is needed.
Status HandshakeMachine::write_first_answer(ByteWriter& out) {
  ByteWriter answer;
  answer.reserve(options_.password.size() + 1024);  // never moved, so that it can be wiped
  const auto try_method = [&](std::string_view name) {
    answer.clear();
    method_ = find_auth_method(name);
    if (method_ == nullptr || scramble_.size() < method_->scramble_bytes || !may_use(*method_)) return false;
    const AuthTurn turn{.scramble = bytes_of(scramble_).first(method_->scramble_bytes), .memory = &method_memory_};
    return method_->respond(auth_context(), turn, answer).ok();
  };
  if (!options_.first_method.empty() && find_auth_method(options_.first_method) == nullptr) {
    return {Errc::bad_option,
            "DEFAULT_AUTH names no authentication method of this driver. It has " + auth_method_names() + "."};
  }
  const std::string_view candidates[] = {options_.first_method, greeting_.auth_plugin, kFallbackMethod};
  if (std::ranges::none_of(candidates, try_method)) return cannot_prove();
  round_ = 1;
  const Wiped wipe(answer);
  if (dialect_.has(capability::kPluginAuthLenenc)) {
    out.lenenc_bytes(answer.bytes());
  } else if (answer.size() <= 0xff) {
    out.u8(static_cast<std::uint8_t>(answer.size()));
    out.bytes(answer.bytes());
  } else {
    return {Errc::packet_too_large, "The server takes no password of more than 254 bytes at login."};
  }
  return {};
}

Action HandshakeMachine::on_login_packet(Bytes payload, ByteWriter& out) {
  if (++packets_ > kMaxLoginPackets) {
    return fail(Errc::malformed, "The server asks for one more step of the login again and again.");
  }
  switch (payload[0]) {
    case kOk: {
      const auto ok = parse_ok(payload, dialect_.session_track());
      if (!ok) return fail(Errc::malformed, "The server confirmed the login with a malformed packet.");
      if (Status proven = check_proof(ok->info); !proven.ok()) return fail(std::move(proven).failure());
      final_ok_ = *ok;
      phase_ = Phase::done;
      return action::Ready{};
    }
    case kAuthSwitch: {
      const auto change = parse_auth_switch(payload);
      if (!change) return fail(Errc::malformed, "The server sent a malformed change of the authentication method.");
      return switch_method(change->plugin, change->data, out);
    }
    case kAuthNextFactor: {
      if (!dialect_.has(capability::kMultiFactor)) break;
      if (++factor_ > kMaxFactors) return fail(Errc::malformed, "The server asks for more than three passwords.");
      const std::string_view rest = as_text(payload.subspan(1));
      const std::size_t nul = std::min(rest.find('\0'), rest.size());
      return switch_method(rest.substr(0, nul), payload.subspan(std::min(1 + nul + 1, payload.size())), out);
    }
    default: break;
  }
  // Most data comes behind 0x01; data that cannot be mistaken for another packet may come without.
  return answer(payload[0] == kAuthMoreData ? payload.subspan(1) : payload, out);
}

Action HandshakeMachine::switch_method(std::string_view name, Bytes data, ByteWriter& out) {
  if (name == "mysql_old_password") {
    return fail(Errc::auth_unsupported, "The account '" + options_.user +
                                            "' uses mysql_old_password, which is not safe. "
                                            "Give the account a new password on the server, hashed by a newer method.");
  }
  method_ = find_auth_method(name);
  if (method_ == nullptr) {
    return fail(Errc::auth_unsupported, "The account '" + options_.user + "' uses the authentication method " +
                                            readable({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}) +
                                            ", which this driver does not have. It has " + auth_method_names() +
                                            ". Use an account with one of these.");
  }
  if (!may_use(*method_)) return fail(cannot_prove());
  const bool has_scramble = method_->scramble_bytes != 0;
  if (has_scramble && !data.empty()) scramble_ = as_text(data);  // without one, the scramble of before stays in force
  round_ = 0;
  method_memory_ = nullptr;
  if (scramble_.size() < method_->scramble_bytes) return fail(unexpected_auth_data(method_->name));
  return answer(has_scramble ? Bytes{} : data, out);
}

Action HandshakeMachine::answer(Bytes data, ByteWriter& out) {
  const AuthTurn turn{
      .scramble = bytes_of(scramble_).first(method_->scramble_bytes), .round = round_, .data = data, .memory = &method_memory_};
  if (unproven_) last_data_.assign(data.begin(), data.end());
  auto reply = method_->respond(auth_context(), turn, out);
  if (!reply.ok()) return fail(std::move(reply).failure());
  ++round_;
  if (*reply == AuthReply::send) return action::Send{};
  return action::Read{};
}

bool HandshakeMachine::may_use(const AuthMethod& method) const {
  return !unproven_ || (method.kept != nullptr && !auth_context().password.empty());
}

Failure HandshakeMachine::cannot_prove() const {
  return our_failure(Errc::tls_failed, unproven_->refusal + " (The server could prove it by the password, but not " +
                                           (auth_context().password.empty() ? std::string("without one")
                                                                            : "by the method " + std::string(method_->name)) +
                                           ".)");
}

// The server proves that it knows what it keeps of the password, and that this certificate is the one it has shown:
//   0x01, then in hexadecimal SHA256(kept, scramble of the greeting, SHA256(certificate))
// Spec: MariaDB MDEV-31855
Status HandshakeMachine::check_proof(std::string_view info) const {
  if (!unproven_) return {};
  ByteWriter kept;
  kept.reserve(last_data_.size() + kMostKeptBytes);  // never moved, so that it can be wiped
  Status written = method_->kept(auth_context().password, last_data_, kept);
  const Wiped wipe(kept);
  if (!written.ok()) return written;
  if (!info.starts_with('\x01')) {
    return {Errc::tls_failed, unproven_->refusal + " (The server did not prove it by the password either.)"};
  }
  if (!is_hex_of(proof_of(kept.bytes(), bytes_of(greeting_.scramble), unproven_->fingerprint), info.substr(1))) {
    return {Errc::tls_failed,
            "The server's certificate is not the one that it proves by the password: someone stands between "
            "it and this machine, and reads along."};
  }
  return {};
}

AuthContext HandshakeMachine::auth_context() const {
  const std::string* const passwords[kMaxFactors] = {&options_.password, &options_.password2, &options_.password3};
  return {.user = options_.user,
          .password = *passwords[factor_ - 1],
          .further_passwords = {factor_ == 1 ? options_.password2 : std::string_view(),
                                factor_ == 1 ? options_.password3 : std::string_view()},
          .tls = tls_ && !unproven_,
          .unix_socket = unix_socket_,
          .cleartext_enabled = options_.cleartext_enabled,
          .get_server_public_key = options_.get_server_public_key,
          .rsa_key_file = options_.rsa_key_file};
}

Action HandshakeMachine::fail(Errc errc, std::string message) { return fail(our_failure(errc, std::move(message))); }

Action HandshakeMachine::fail(Failure failure) {
  phase_ = Phase::done;
  return action::Fail{std::move(failure)};
}

}  // namespace selkie::protocol
