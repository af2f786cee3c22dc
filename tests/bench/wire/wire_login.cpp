// Logging in: mysql_native_password and caching_sha2_password; TLS and compression where the options ask for them.
// Spec: page_protocol_connection_phase_packets_protocol_handshake_v10.html, page_caching_sha2_authentication_exchanges.html
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstring>
#include <memory>

#include "wire.h"

namespace selkie::bench {
namespace {

constexpr std::uint32_t kCapabilities = 1u << 3      // connect with database
                                        | 1u << 9    // protocol 4.1
                                        | 1u << 13   // transactions
                                        | 1u << 15   // secure connection
                                        | 1u << 17   // several results
                                        | 1u << 18   // of prepared statements too
                                        | 1u << 19   // authentication plugins
                                        | 1u << 20   // connection attributes
                                        | 1u << 23   // session changes
                                        | 1u << 24;  // no EOF packets
constexpr std::uint32_t kZlib = 1u << 5, kTls = 1u << 11, kZstd = 1u << 26;
constexpr std::uint32_t kIsMysql = 1;           // bit 0; MariaDB leaves it out and has extended capabilities
constexpr std::uint32_t kExtended = 1u << 2     // bulk execution
                                    | 1u << 4;  // definitions of columns only when they changed
constexpr std::uint32_t kLargestPacket = 1u << 30;
constexpr char kUtf8mb4 = 45;
// What every client says of itself, as a client library does: servers keep it. A length before each word and before all.
constexpr std::string_view kAttributes =
    "\x3f\x0c_client_name\x06selkie\x0f_client_version\x05"
    "0.1.0\x03_os\x05Linux\x04_pid\x05"
    "12345";
constexpr char kZstdLevel = 3;  // the servers' own choice

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, algorithm, nullptr);
  return out;
}

std::string exclusive_or(std::string left, std::string_view right) {
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = static_cast<char>(left[i] ^ right[i % right.size()]);
  return left;
}

std::string proof(const std::string& plugin, const std::string& password, const std::string& scramble) {
  if (password.empty()) return {};
  if (plugin == "mysql_native_password") {
    const std::string once = digest(EVP_sha1(), password);
    return exclusive_or(once, digest(EVP_sha1(), scramble + digest(EVP_sha1(), once)));
  }
  if (plugin == "caching_sha2_password") {
    const std::string once = digest(EVP_sha256(), password);
    return exclusive_or(once, digest(EVP_sha256(), digest(EVP_sha256(), once) + scramble));
  }
  throw Failure{"this program cannot log in by " + plugin};
}

std::uint32_t compression_of(const Options& options) {
  if (options.compress.empty()) return 0;
  if (options.compress == "zlib") return kZlib;
  if (options.compress == "zstd") return kZstd;
  throw Failure{"--compress takes zlib or zstd, not '" + options.compress + "'"};
}

}  // namespace

void Wire::login(const Options& options) {
  const Packet hello = packet();
  const auto* end = hello.data() + hello.size();
  const std::uint8_t* at = hello.data() + 1;
  version_ = reinterpret_cast<const char*>(at);
  at += version_.size() + 1;
  std::memcpy(&connection_id_, at, 4);
  std::string scramble(reinterpret_cast<const char*>(at + 4), 8);
  std::uint16_t offered_low, offered_high;
  std::memcpy(&offered_low, at + 13, 2);
  std::memcpy(&offered_high, at + 13 + 2 + 1 + 2, 2);
  const std::uint32_t offered = offered_low | static_cast<std::uint32_t>(offered_high) << 16;
  mariadb_ = (offered & kIsMysql) == 0;
  at += 13 + 2 + 1 + 2 + 2 + 1 + 10;
  scramble.append(reinterpret_cast<const char*>(at), 12);
  at += 13;
  const std::string plugin = at < end ? reinterpret_cast<const char*>(at) : "mysql_native_password";

  const std::uint32_t compression = compression_of(options), asked = compression | (options.tls ? kTls : 0);
  if ((asked & ~offered) != 0) throw Failure{"the server does not offer it"};
  std::string response;
  append(response, kCapabilities | asked | (mariadb_ ? 0 : kIsMysql));
  append(response, kLargestPacket);
  response += kUtf8mb4;
  response.append(19, '\0');
  append(response, mariadb_ ? kExtended : 0u);
  if (options.tls) {
    reply(response);
    stream_ = start_tls(std::move(stream_));
  }
  response += options.user + '\0';
  const std::string answer = proof(plugin, options.password, scramble);
  response += static_cast<char>(answer.size());
  response += answer;
  response += options.setup ? std::string(1, '\0') : std::string("selkie_bench") + '\0';
  response += plugin + '\0';
  response += kAttributes;
  if (compression == kZstd) response += kZstdLevel;
  reply(response);
  authenticate(options, plugin, scramble);
  if (compression != 0)
    stream_ = start_compression(std::move(stream_), compression == kZstd ? Compression::zstd : Compression::zlib);
}

void Wire::authenticate(const Options& options, std::string plugin, std::string scramble) {
  constexpr std::uint8_t kOk = 0, kMore = 1, kSwitch = 0xfe, kFullLogin = 4;
  for (;;) {
    const Packet next = packet();
    if (next[0] == kOk) return;
    if (next[0] == kSwitch) {
      plugin = reinterpret_cast<const char*>(next.data() + 1);
      scramble.assign(reinterpret_cast<const char*>(next.data() + 2 + plugin.size()), 20);
      reply(proof(plugin, options.password, scramble));
    } else if (next[0] == kMore && next[1] == kFullLogin) {  // the server has not seen this user since it started
      const bool is_private = options.tls || !options.socket.empty();
      reply(is_private ? options.password + '\0' : rsa_encrypted(options.password, scramble));
    }
  }
}

std::string Wire::rsa_encrypted(const std::string& password, const std::string& scramble) {
  reply("\x02");  // asks for the server's public key
  const Packet pem = packet();
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(BIO_new_mem_buf(pem.data() + 1, static_cast<int>(pem.size() - 1)),
                                                         BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr),
                                                                EVP_PKEY_free);
  if (!key) throw Failure{"the server sent no public key"};
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                            EVP_PKEY_CTX_free);
  const std::string plain = exclusive_or(password + '\0', scramble);
  std::string out(1024, '\0');
  std::size_t size = out.size();
  if (EVP_PKEY_encrypt_init(context.get()) <= 0 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) <= 0 ||
      EVP_PKEY_encrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                       reinterpret_cast<const unsigned char*>(plain.data()), plain.size()) <= 0) {
    throw Failure{"the password could not be encrypted"};
  }
  out.resize(size);
  return out;
}

}  // namespace selkie::bench
