// Authentication methods: what the client answers to the server's challenges. One function per method, all compiled in;
// no I/O but what the Kerberos library does, no state between calls but what it needs.
// Spec: page_protocol_connection_phase_authentication_methods.html; MariaDB "Connecting", plugin list
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/status.h"

namespace selkie::protocol {

// Who logs in, over what, and what the person allowed. Views into the caller's options.
struct AuthContext {
  std::string_view user{}, password{};
  std::array<std::string_view, 2> further_passwords{};  // for further questions of the same method
  bool tls = false;                                     // and the server's certificate needs no proof any more
  bool unix_socket = false;
  bool cleartext_enabled = false;      // methods that show the password may be used
  bool get_server_public_key = false;  // the RSA key may be asked from the server over an unprotected connection
  std::string_view rsa_key_file{};     // the server's RSA key, PEM; empty = none

  bool is_private() const { return tls || unix_socket; }  // nobody can listen or stand in between
};

// Where a method's conversation stands.
struct AuthTurn {
  Bytes scramble{};    // the server's random bytes, exactly as many as the method's row says
  unsigned round = 0;  // 0: the method starts; n: the server answered with its n-th piece of data
  Bytes data{};        // that piece, without its leading 0x01; in round 0 what a method without scramble began with
  std::shared_ptr<void>* memory = nullptr;  // what the method keeps from one round to the next
};

enum class AuthReply : std::uint8_t {
  send,  // send what was appended, which may be nothing: an empty packet
  read,  // nothing to say, the server goes on
};

// Appends the answer to `out`; a secret in it is the caller's to wipe once sent.
// Errors: auth_refused (would show the password on this connection), bad_option (key file), malformed (the server left the
// method's protocol), packet_too_large (password longer than the RSA key can carry).
using AuthFunction = Result<AuthReply> (*)(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);

// Appends what a MariaDB server keeps of the password, from which it proves its certificate. `data`: the method's last piece of
// data from the server. A secret of the caller's to wipe.
using KeptFunction = Status (*)(std::string_view password, Bytes data, ByteWriter& out);

struct AuthMethod {
  std::string_view name;
  std::size_t scramble_bytes;  // the server sends so many, some of them followed by a NUL; 0 = none needed
  AuthFunction respond;
  KeptFunction kept;  // nullptr: not to be used with a server that has yet to prove its certificate
};

// nullptr: not built in.
const AuthMethod* find_auth_method(std::string_view name);
// "mysql_native_password, caching_sha2_password, ...": all that are built in.
std::string auth_method_names();

// The arithmetic of the methods, by itself. No password here is empty.

using Sha1Hash = std::array<std::uint8_t, 20>;
using Sha256Hash = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

// SHA1(p) xor SHA1(scramble + SHA1(SHA1(p)))
Sha1Hash native_response(std::string_view password, Bytes scramble);
// SHA256(p) xor SHA256(SHA256(SHA256(p)) + scramble). The scramble's place differs from the native method's.
Sha256Hash caching_sha2_response(std::string_view password, Bytes scramble);
// Ed25519 (RFC 8032, 5.1.6) with the password, however long, where the standard has its 32-byte secret.
Result<Ed25519Signature> ed25519_response(std::string_view password, Bytes scramble);
// Standard Ed25519 over server_scramble + client_nonce, its secret derived by PBKDF2-HMAC-SHA512 as `ext_salt` says:
// 'P', log2(iterations) - 10, salt.
Result<Ed25519Signature> parsec_response(std::string_view password, Bytes ext_salt, Bytes server_scramble, Bytes client_nonce);

// The methods themselves; found through the table.
Result<AuthReply> native_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> clear_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> dialog(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> gssapi(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> sha256_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> caching_sha2_password(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> ed25519(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);
Result<AuthReply> parsec(const AuthContext& context, const AuthTurn& turn, ByteWriter& out);

Status native_kept(std::string_view password, Bytes data, ByteWriter& out);   // SHA1(SHA1(p))
Status ed25519_kept(std::string_view password, Bytes data, ByteWriter& out);  // the public key
Status parsec_kept(std::string_view password, Bytes data, ByteWriter& out);   // the salt as it was sent, and the public key

// At most 40 bytes of what a server sent, quoted and readable in a message.
std::string readable(Bytes bytes);

// For a piece of data that the method does not know.
Failure unexpected_auth_data(std::string_view method);

}  // namespace selkie::protocol
