// client_ed25519 and parsec: the password is the secret of an Ed25519 key whose public half the server keeps.
// Spec: RFC 8032, 5.1; MariaDB "Authentication Plugin - ed25519", "Authentication Plugin - PARSEC"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

#include <algorithm>

#include "protocol/auth.h"
#include "protocol/openssl.h"

namespace selkie::protocol {
namespace {

using Sha512Hash = std::array<std::uint8_t, 64>;
using Element = std::array<std::uint8_t, 32>;  // a number or an encoded point, little-endian

using OwnedBnContext = Owned<BN_CTX, BN_CTX_free>;
using OwnedGroup = Owned<EC_GROUP, EC_GROUP_free>;
using OwnedPoint = Owned<EC_POINT, EC_POINT_clear_free>;

Failure arithmetic_failed() { return our_failure(Errc::malformed, "The TLS library cannot compute an Ed25519 signature."); }

Sha512Hash sha512(std::initializer_list<Bytes> parts) {
  Sha512Hash hash;
  const OwnedDigest digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha512(), nullptr);
  for (const Bytes part : parts) EVP_DigestUpdate(digest.get(), part.data(), part.size());
  EVP_DigestFinal_ex(digest.get(), hash.data(), nullptr);
  return hash;
}

// OpenSSL signs with Ed25519 only from 32-byte secrets, and this method's are passwords. But its general curve arithmetic
// takes any curve y^2 = x^3 + ax + b, and Wei25519 is Curve25519 in that form: we multiply there, in constant time, and carry
// the resulting point over to the Edwards form of signatures. Every null or failure along the way makes ok() false.
// Constants: draft-ietf-lwig-curve-representations, appendix E.3; the base point's order: RFC 8032, 5.1
class Curve25519 {
 public:
  Curve25519() : context_(BN_CTX_secure_new()), ok_(context_ != nullptr) {
    if (!ok_) return;
    BN_CTX_start(context_.get());
    p_ = constant("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
    order_ = constant("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    third_of_a_ = constant("2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad2451");  // 486662 / 3
    root_ = constant("70d9120b9f5ff9442d84f723fc03b0813a5e2c2eb482e57d3391fb5500ba81e7");        // of -486664
    const BIGNUM* const a = constant("2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa984914a144");
    const BIGNUM* const b = constant("7b425ed097b425ed097b425ed097b425ed097b425ed097b4260b5e9c7710c864");
    const BIGNUM* const base_x = constant("2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad245a");
    const BIGNUM* const base_y = constant("20ae19a1b8a086b4e01edd2c7748d14c923d4d7e6d7c61b229e9c5a27eced3d9");
    const BIGNUM* const cofactor = constant("8");
    if (!ok_) return;
    group_.reset(EC_GROUP_new_curve_GFp(p_, a, b, context_.get()));
    const OwnedPoint base(group_ ? EC_POINT_new(group_.get()) : nullptr);
    check(base && EC_POINT_set_affine_coordinates(group_.get(), base.get(), base_x, base_y, context_.get()) == 1 &&
          EC_GROUP_set_generator(group_.get(), base.get(), order_, cofactor) == 1);
  }

  bool ok() const { return ok_; }

  // A secret little-endian number modulo the order. Owned by this object.
  const BIGNUM* scalar(Bytes bytes) {
    BIGNUM* const value = BN_CTX_get(context_.get());
    if (value == nullptr) return fail();
    BN_set_flags(value, BN_FLG_CONSTTIME);
    check(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), value) != nullptr);
    check(BN_nnmod(value, value, order_, context_.get()));
    return value;
  }

  // addend + a * b modulo the order.
  Element multiply_add(const BIGNUM* a, const BIGNUM* b, const BIGNUM* addend) {
    Element encoded{};
    BIGNUM* const sum = BN_CTX_get(context_.get());
    if (sum == nullptr) return fail(), encoded;
    BN_set_flags(sum, BN_FLG_CONSTTIME);
    check(BN_mod_mul(sum, a, b, order_, context_.get()));
    check(BN_mod_add(sum, sum, addend, order_, context_.get()));
    check(BN_bn2lebinpad(sum, encoded.data(), static_cast<int>(encoded.size())) > 0);
    return encoded;
  }

  // The base point times `factor`, as RFC 8032, 5.1.2 encodes it: y, and the lowest bit of x on top.
  Element multiply_base(const BIGNUM* factor) {
    Element encoded{};
    BN_CTX* const context = context_.get();
    BIGNUM *const u = BN_CTX_get(context), *const v = BN_CTX_get(context), *const x = BN_CTX_get(context),
                  *const y = BN_CTX_get(context);
    const OwnedPoint point(EC_POINT_new(group_.get()));
    if (y == nullptr || !point) return fail(), encoded;
    check(EC_POINT_mul(group_.get(), point.get(), factor, nullptr, nullptr, context));
    check(EC_POINT_get_affine_coordinates(group_.get(), point.get(), u, v, context));
    check(BN_mod_sub(u, u, third_of_a_, p_, context));  // Montgomery form: (u, v)
    check(BN_mod_inverse(v, v, p_, context) != nullptr);
    check(BN_mod_mul(x, root_, u, p_, context));
    check(BN_mod_mul(x, x, v, p_, context));  // x = root * u / v
    check(BN_copy(y, u) != nullptr && BN_sub_word(y, 1) && BN_add_word(u, 1));
    check(BN_mod_inverse(u, u, p_, context) != nullptr);
    check(BN_mod_mul(y, y, u, p_, context));  // y = (u - 1) / (u + 1)
    check(BN_bn2lebinpad(y, encoded.data(), static_cast<int>(encoded.size())) > 0);
    if (BN_is_odd(x)) encoded.back() |= 0x80;
    return encoded;
  }

 private:
  void check(bool success) { ok_ = ok_ && success; }
  BIGNUM* fail() {
    ok_ = false;
    return nullptr;
  }
  const BIGNUM* constant(const char* hex) {
    BIGNUM* value = BN_CTX_get(context_.get());
    check(value != nullptr && BN_hex2bn(&value, hex) != 0);
    return value;
  }

  OwnedBnContext context_;  // owns every number, and wipes them
  OwnedGroup group_;
  const BIGNUM *p_ = nullptr, *order_ = nullptr, *third_of_a_ = nullptr, *root_ = nullptr;
  bool ok_;
};

// The key's secret number in the first half, the secret of its nonces in the second. A secret of the caller's to wipe.
Sha512Hash expanded_secret(std::string_view password) {
  Sha512Hash secret = sha512({as_bytes(password)});
  secret[0] &= 0xf8;
  secret[31] = static_cast<std::uint8_t>((secret[31] & 0x7f) | 0x40);
  return secret;
}

constexpr std::size_t kClientNonceBytes = 32;
constexpr unsigned kMaxIterationsLog2 = 20;  // half a second of work; the server sends 10 unless told otherwise

// The key that the password becomes with this salt.
Result<OwnedKey> parsec_key(std::string_view password, Bytes ext_salt) {
  ByteReader in(ext_salt);
  const std::uint8_t function = in.u8();
  const unsigned iterations_log2 = in.u8() + 10u;
  const Bytes salt = in.take_rest();
  if (in.failed() || function != 'P' || salt.empty()) return unexpected_auth_data("parsec");
  if (iterations_log2 > kMaxIterationsLog2) {
    return our_failure(Errc::auth_refused, "The server asks for more hashing of the password (parsec) than is reasonable.");
  }
  Element seed;
  const Wiped wipe(seed);
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(), static_cast<int>(salt.size()),
                        1 << iterations_log2, EVP_sha512(), static_cast<int>(seed.size()), seed.data()) != 1) {
    return arithmetic_failed();
  }
  OwnedKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) return arithmetic_failed();
  return key;
}

}  // namespace

// RFC 8032, 5.1.6.
Result<Ed25519Signature> ed25519_response(std::string_view password, Bytes scramble) {
  start_openssl();
  Curve25519 curve;
  if (!curve.ok()) return arithmetic_failed();
  Sha512Hash secret = expanded_secret(password);
  const Wiped wipe_secret(secret);
  const Bytes key_half = Bytes(secret).first(32), prefix_half = Bytes(secret).last(32);
  const BIGNUM* const key = curve.scalar(key_half);
  const Element public_key = curve.multiply_base(key);

  Sha512Hash nonce_hash = sha512({prefix_half, scramble});
  const Wiped wipe_nonce(nonce_hash);
  const BIGNUM* const nonce = curve.scalar(nonce_hash);
  const Element nonce_point = curve.multiply_base(nonce);
  const Sha512Hash challenge = sha512({nonce_point, public_key, scramble});
  const Element proof = curve.multiply_add(curve.scalar(challenge), key, nonce);
  if (!curve.ok()) return arithmetic_failed();

  Ed25519Signature signature;
  std::ranges::copy(nonce_point, signature.begin());
  std::ranges::copy(proof, signature.begin() + nonce_point.size());
  return signature;
}

Result<Ed25519Signature> parsec_response(std::string_view password, Bytes ext_salt, Bytes server_scramble, Bytes client_nonce) {
  start_openssl();
  const auto key = parsec_key(password, ext_salt);
  if (!key.ok()) return key.failure();
  std::vector<std::uint8_t> message(server_scramble.begin(), server_scramble.end());
  message.insert(message.end(), client_nonce.begin(), client_nonce.end());

  Ed25519Signature signature;
  std::size_t size_bytes = signature.size();
  const OwnedDigest digest(EVP_MD_CTX_new());
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.value().get()) != 1 ||
      EVP_DigestSign(digest.get(), signature.data(), &size_bytes, message.data(), message.size()) != 1) {
    return arithmetic_failed();
  }
  return signature;
}

Status ed25519_kept(std::string_view password, Bytes, ByteWriter& out) {
  start_openssl();
  Curve25519 curve;
  if (!curve.ok()) return arithmetic_failed();
  Sha512Hash secret = expanded_secret(password);
  const Wiped wipe(secret);
  out.bytes(curve.multiply_base(curve.scalar(Bytes(secret).first(32))));
  return curve.ok() ? Status() : arithmetic_failed();
}

Status parsec_kept(std::string_view password, Bytes data, ByteWriter& out) {
  start_openssl();
  const auto key = parsec_key(password, data);
  if (!key.ok()) return key.failure();
  Element public_key;
  std::size_t size_bytes = public_key.size();
  if (EVP_PKEY_get_raw_public_key(key.value().get(), public_key.data(), &size_bytes) != 1) return arithmetic_failed();
  out.bytes(data);
  out.bytes(public_key);
  return {};
}

Result<AuthReply> ed25519(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round != 0) return unexpected_auth_data("client_ed25519");
  const auto signature = ed25519_response(context.password, turn.scramble);
  if (!signature.ok()) return signature.failure();
  out.bytes(signature.value());
  return AuthReply::send;
}

// First an empty packet, which asks for the salt; then our nonce and the signature.
Result<AuthReply> parsec(const AuthContext& context, const AuthTurn& turn, ByteWriter& out) {
  if (turn.round == 0) return AuthReply::send;
  if (turn.round != 1) return unexpected_auth_data("parsec");
  start_openssl();
  std::array<std::uint8_t, kClientNonceBytes> nonce;
  if (RAND_bytes(nonce.data(), static_cast<int>(nonce.size())) != 1) return arithmetic_failed();
  const auto signature = parsec_response(context.password, turn.data, turn.scramble, nonce);
  if (!signature.ok()) return signature.failure();
  out.bytes(nonce);
  out.bytes(signature.value());
  return AuthReply::send;
}

}  // namespace selkie::protocol
