#include "protocol/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "protocol/openssl.h"
#include "tests/support/hex.h"

namespace selkie::protocol {
namespace {

using testing::HasSubstr;

using test::from_hex;
using test::to_hex;
using ByteVector = std::vector<std::uint8_t>;

ByteVector counting(std::uint8_t first, std::size_t count) {
  ByteVector bytes(count);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

const ByteVector kScramble20 = counting(1, 20), kScramble32 = counting(1, 32);

// What a method answers, in hex; "read" when it has nothing to say, "!" and the error's number when it refuses.
std::string answer(const char* method, const AuthContext& context, unsigned round = 0, Bytes data = {}) {
  const AuthMethod* found = find_auth_method(method);
  if (found == nullptr) return "no such method";
  const Bytes scramble = found->scramble_bytes == 32 ? kScramble32 : kScramble20;
  ByteWriter out;
  const auto reply = found->respond(context, {.scramble = scramble, .round = round, .data = data}, out);
  if (!reply.ok()) return "!" + std::to_string(static_cast<int>(reply.failure().errc));
  return reply.value() == AuthReply::read ? "read" : to_hex(out.bytes());
}
std::string refused(Errc errc) { return "!" + std::to_string(static_cast<int>(errc)); }

constexpr AuthContext kPlain{.user = "ann", .password = "secret"};
constexpr AuthContext kTls{.user = "ann", .password = "secret", .tls = true};
constexpr AuthContext kSocket{.user = "ann", .password = "secret", .unix_socket = true};
constexpr AuthContext kFetchesKey{.user = "ann", .password = "secret", .get_server_public_key = true};
constexpr AuthContext kNoPassword{.user = "ann"};

// An RSA pair such as a server has, its public half as PEM text and file.
class RsaServer {
 public:
  explicit RsaServer(unsigned bits = 1024) : key_(EVP_RSA_gen(bits)) {
    const OwnedBio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    pem_.assign(text, static_cast<std::size_t>(size));
    file_ = std::filesystem::path(testing::TempDir()) / ("selkie_rsa_" + std::to_string(::getpid()) + ".pem");
    if (FILE* out = std::fopen(file_.c_str(), "w")) {
      std::fwrite(pem_.data(), 1, pem_.size(), out);
      std::fclose(out);
    }
  }
  ~RsaServer() { std::filesystem::remove(file_); }

  Bytes pem() const { return {reinterpret_cast<const std::uint8_t*>(pem_.data()), pem_.size()}; }
  std::string file() const { return file_.string(); }

  // What the server makes of an answer: decrypted, and the scramble taken off again.
  std::string read(const std::string& hex) const {
    const ByteVector encrypted = from_hex(hex);
    const OwnedKeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
    std::string plain(512, '\0');
    std::size_t size = plain.size();
    if (EVP_PKEY_decrypt(context.get(), reinterpret_cast<std::uint8_t*>(plain.data()), &size, encrypted.data(),
                         encrypted.size()) != 1) {
      return "not decrypted";
    }
    plain.resize(size);
    for (std::size_t i = 0; i < size; ++i) plain[i] = static_cast<char>(plain[i] ^ kScramble20[i % kScramble20.size()]);
    return plain;
  }

 private:
  OwnedKey key_;
  std::string pem_;
  std::filesystem::path file_;
};

TEST(AuthMethods, UnknownNamesAreNotFound) {
  EXPECT_EQ(find_auth_method("authentication_kerberos_client"), nullptr);
  EXPECT_EQ(find_auth_method(""), nullptr);
  EXPECT_EQ(find_auth_method("mysql_old_password"), nullptr);
}

// Computed with Python's hashlib from the formula in the specification.
TEST(AuthMethods, HashesOfPasswordAndScrambleAreAsSpecified) {
  EXPECT_EQ(answer("mysql_native_password", kPlain), "b32bb3a583e1340c0a1108d58b1be49781ad8c2f");
  EXPECT_EQ(answer("caching_sha2_password", kPlain), "746ebe205d56a0707acb3e796e834e0dd7b1d61743b26bd5202c7a623230c7c9");
}

TEST(AuthMethods, EmptyPasswordIsNeverHashed) {
  EXPECT_EQ(answer("mysql_native_password", kNoPassword), "");
  EXPECT_EQ(answer("caching_sha2_password", kNoPassword), "00");
  EXPECT_EQ(answer("sha256_password", kNoPassword), "00");
  EXPECT_EQ(answer("mysql_clear_password", {.user = "ann", .tls = true, .cleartext_enabled = true}), "00");
}

TEST(AuthMethods, DataAfterTheLastStepIsRefused) {
  EXPECT_EQ(answer("mysql_native_password", kPlain, 1), refused(Errc::malformed));
  EXPECT_EQ(answer("mysql_clear_password", {.password = "x", .tls = true, .cleartext_enabled = true}, 1),
            refused(Errc::malformed));
  EXPECT_EQ(answer("client_ed25519", kPlain, 1), refused(Errc::malformed));
  EXPECT_EQ(answer("parsec", kPlain, 2), refused(Errc::malformed));
  EXPECT_EQ(answer("sha256_password", kTls, 1), refused(Errc::malformed));
  EXPECT_EQ(answer("caching_sha2_password", kTls, 2), refused(Errc::malformed));
}

TEST(ClearPassword, IsSentOnlyWhenAllowedAndOverAPrivateConnection) {
  const auto with = [](bool enabled, bool tls, bool socket) {
    return answer("mysql_clear_password",
                  {.user = "ann", .password = "secret", .tls = tls, .unix_socket = socket, .cleartext_enabled = enabled});
  };
  EXPECT_EQ(with(true, true, false), "73656372657400");
  EXPECT_EQ(with(true, false, true), "73656372657400");
  EXPECT_EQ(with(true, false, false), refused(Errc::auth_refused));
  EXPECT_EQ(with(false, true, false), refused(Errc::auth_refused));
}

TEST(ClearPassword, CarriesTokensOfMoreThanAThousandBytes) {
  const std::string token(2000, 't');
  const std::string sent =
      answer("mysql_clear_password", {.user = "ann", .password = token, .tls = true, .cleartext_enabled = true});
  EXPECT_EQ(sent, to_hex({reinterpret_cast<const std::uint8_t*>(token.c_str()), token.size() + 1}));
}

TEST(Dialog, AnswersQuestionsByThePasswordsInTurn) {
  const AuthContext context{
      .user = "ann", .password = "one", .further_passwords = {"two", "three"}, .tls = true, .cleartext_enabled = true};
  const auto answer = [&](unsigned round, const std::string& question) {
    ByteWriter out;
    const AuthTurn turn{.round = round, .data = as_bytes(question)};
    const auto reply = find_auth_method("dialog")->respond(context, turn, out);
    return reply.ok() ? std::string(as_text(out.bytes())) : reply.failure().message;
  };
  const std::string nul(1, '\0');
  EXPECT_EQ(answer(0, "\x04Password: "), "one" + nul);
  EXPECT_EQ(answer(0, ""), "one" + nul);
  EXPECT_EQ(answer(0, "\x05Password: "), "one" + nul);
  EXPECT_EQ(answer(1,
                   "\x02"
                   "Code: "),
            "two" + nul);
  EXPECT_EQ(answer(2, "\x03"), "three" + nul);
  EXPECT_EQ(answer(3, "\x04More\n"),
            "The server asks \"More\\x0a\", its question no. 4. Answers are taken from PWD, PWD2 and PWD3.");
  EXPECT_THAT(answer(1, ""), HasSubstr("left the protocol"));
  for (const char* wrong : {"\x01", "\x06x", "\x08", "x"})
    EXPECT_THAT(answer(0, wrong), HasSubstr("left the protocol")) << wrong;
}

TEST(Dialog, ShowsThePasswordOnlyWhenAllowedAndOverAPrivateConnection) {
  const auto message = [](AuthContext context) {
    context.user = "ann";
    context.password = "secret";
    ByteWriter out;
    const auto reply = find_auth_method("dialog")->respond(context, {.data = as_bytes("\x04Password: ")}, out);
    EXPECT_EQ(reply.ok(), out.size() != 0);
    return reply.ok() ? "sent" : reply.failure().message;
  };
  EXPECT_THAT(message({.tls = true}), HasSubstr("ENABLE_CLEARTEXT_PLUGIN=1"));
  EXPECT_THAT(message({.cleartext_enabled = true}), HasSubstr("unprotected"));
  EXPECT_EQ(message({.tls = true, .cleartext_enabled = true}), "sent");
  EXPECT_EQ(message({.unix_socket = true, .cleartext_enabled = true}), "sent");
}

TEST(Gssapi, NeedsAPrincipalTheLibraryAndATicket) {
  std::shared_ptr<void> memory;
  const auto message = [&](const std::string& data, unsigned round = 0) {
    ByteWriter out;
    const AuthTurn turn{.round = round, .data = as_bytes(data), .memory = &memory};
    const auto reply = find_auth_method("auth_gssapi_client")->respond({.user = "ann"}, turn, out);
    return reply.ok() ? "sent" : reply.failure().message;
  };
  const std::string nul(1, '\0');
  EXPECT_THAT(message(""), HasSubstr("left the protocol"));
  EXPECT_THAT(message(nul + nul), HasSubstr("left the protocol"));
  EXPECT_THAT(message("token", 1), HasSubstr("left the protocol"));
  const std::string no_ticket = message("mariadb/db.test@NOWHERE.TEST" + nul + "Kerberos" + nul);
  EXPECT_THAT(no_ticket, testing::AnyOf(HasSubstr("needs libgssapi_krb5.so.2"),
                                        HasSubstr("The Kerberos login to 'mariadb/db.test@NOWHERE.TEST' failed")));
}

TEST(CachingSha2, WaitsForTheOkThatFollowsFastSuccess) {
  EXPECT_EQ(answer("caching_sha2_password", kPlain, 1, from_hex("03")), "read");
}

TEST(CachingSha2, FullAuthenticationShowsThePasswordOnlyToAPrivateServer) {
  EXPECT_EQ(answer("caching_sha2_password", kTls, 1, from_hex("04")), "73656372657400");
  EXPECT_EQ(answer("caching_sha2_password", kSocket, 1, from_hex("04")), "73656372657400");
  EXPECT_EQ(answer("caching_sha2_password", kPlain, 1, from_hex("04")), refused(Errc::auth_refused));
}

TEST(CachingSha2, AsksForTheKeyWithTwoAndSha256WithOne) {
  EXPECT_EQ(answer("caching_sha2_password", kFetchesKey, 1, from_hex("04")), "02");
  EXPECT_EQ(answer("sha256_password", kFetchesKey), "01");
}

TEST(CachingSha2, UnknownStatesAreRefused) {
  for (const char* state : {"", "00", "05", "0303", "0400"}) {
    EXPECT_EQ(answer("caching_sha2_password", kTls, 1, from_hex(state)), refused(Errc::malformed)) << state;
  }
}

TEST(RsaPassword, IsEncryptedWithOaepUnderTheServersKeyAndTheScramble) {
  const RsaServer server;
  const std::string expected("secret\0", 7);
  EXPECT_EQ(server.read(answer("caching_sha2_password", kFetchesKey, 2, server.pem())), expected);
  EXPECT_EQ(server.read(answer("sha256_password", kFetchesKey, 1, server.pem())), expected);
  EXPECT_EQ(server.read(answer("sha256_password", kSocket, 1, server.pem())), expected);  // a socket is no TLS to this method
}

TEST(RsaPassword, UsesTheKeyFromTheFileWithoutAskingForOne) {
  const RsaServer server;
  const std::string file = server.file();
  const AuthContext context{.user = "ann", .password = "secret", .rsa_key_file = file};
  const std::string expected("secret\0", 7);
  EXPECT_EQ(server.read(answer("caching_sha2_password", context, 1, from_hex("04"))), expected);
  EXPECT_EQ(server.read(answer("sha256_password", context)), expected);
}

TEST(RsaPassword, IsLongerThanTheScrambleAndStillWhole) {
  const RsaServer server;
  const std::string password(50, 'p');
  const AuthContext context{.user = "ann", .password = password, .get_server_public_key = true};
  EXPECT_EQ(server.read(answer("sha256_password", context, 1, server.pem())), password + '\0');
}

TEST(RsaPassword, LongerThanTheKeyCarriesIsAnErrorNotATruncation) {
  const RsaServer server;
  const std::string fits(1024 / 8 - 42 - 1, 'p'), too_long = fits + "p";
  const auto send = [&](const std::string& password) {
    return answer("sha256_password", {.user = "ann", .password = password, .get_server_public_key = true}, 1, server.pem());
  };
  EXPECT_EQ(server.read(send(fits)), fits + '\0');
  EXPECT_EQ(send(too_long), refused(Errc::packet_too_large));
}

TEST(RsaPassword, IsNotGivenToAKeyThatWasNotAskedFor) {
  const RsaServer server;
  EXPECT_EQ(answer("caching_sha2_password", kPlain, 2, server.pem()), refused(Errc::malformed));
  EXPECT_EQ(answer("sha256_password", kPlain, 1, server.pem()), refused(Errc::malformed));
}

TEST(RsaPassword, WhatIsNoRsaKeyIsRefused) {
  EXPECT_EQ(answer("sha256_password", kFetchesKey, 1, {}), refused(Errc::malformed));
  EXPECT_EQ(answer("sha256_password", kFetchesKey, 1, from_hex("2d2d2d2d2d")), refused(Errc::malformed));
  const AuthContext missing{.user = "ann", .password = "secret", .rsa_key_file = "/nonexistent.pem"};
  EXPECT_EQ(answer("sha256_password", missing), refused(Errc::bad_option));
}

// RFC 8032, 7.1, tests 1 to 3: there the secret has 32 bytes, and the methods are the same.
TEST(Ed25519, SignsAsTheStandardDoesForItsOwnSecrets) {
  struct Row {
    const char *secret, *message, *signature;
  };
  const Row rows[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246551414"
       "38"
       "e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291"
       "61"
       "2bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027bec"
       "eea"
       "1ec40a"},
  };
  for (const Row& row : rows) {
    const ByteVector secret = from_hex(row.secret);
    const auto signature = ed25519_response(as_text(secret), from_hex(row.message));
    ASSERT_TRUE(signature.ok());
    EXPECT_EQ(to_hex(signature.value()), row.signature);
  }
}

TEST(Ed25519, AgreesWithTheLibraryWhereverTheLibraryCanSign) {
  for (std::uint8_t i = 0; i < 16; ++i) {
    const ByteVector secret = counting(static_cast<std::uint8_t>(i * 17), 32), message = counting(i, 32);
    const OwnedKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
    const OwnedDigest digest(EVP_MD_CTX_new());
    Ed25519Signature expected;
    std::size_t size = expected.size();
    ASSERT_EQ(EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get()), 1);
    ASSERT_EQ(EVP_DigestSign(digest.get(), expected.data(), &size, message.data(), message.size()), 1);
    const auto signature = ed25519_response(as_text(secret), message);
    ASSERT_TRUE(signature.ok());
    EXPECT_EQ(signature.value(), expected);
  }
}

// By the reference code of RFC 8032, section 6, with the password as its secret. The public keys that it derives are those
// that MariaDB 11.8 stores for these passwords: ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY for "secret",
// eSS9X/TO8Epmrf7qexlsx6nP5dk8sSW6CXWFEDaszhI for 300 times x, 4LH+dBF+G5W2CKTyId8xR3SyDqZoQjUNUVNxx8aWbG4 for none.
TEST(Ed25519, SignsWithPasswordsOfAnyLength) {
  EXPECT_EQ(
      answer("client_ed25519", kPlain),
      "60a0f4f8bcb6396043e44b2a25521af16f0815ff6369cc541c281e2c4455c8232b79b21ee5bb933507725db2f2919ea09e676f6abee19c5c7b98b4"
      "0a627a9707");
  const std::string long_password(300, 'x');
  EXPECT_EQ(
      answer("client_ed25519", {.password = long_password}),
      "dc17346ea8f00ace1c640246d1eb0c898fbff2b40b4ea1ac50f82f90b78b730ecb4f4db3ddb262db4dfad29eda16316f32e89db6267a84794a766"
      "4540b90f90c");
  EXPECT_EQ(
      answer("client_ed25519", kNoPassword),
      "6d063d5d3fa5175ed8544e6cc97a5498a007c19f4cefdd6d5a094650d02f3dda74bdc995a87e2a7b3aea5bf70f318142e84ffe8b2f5d8d24124eb"
      "d21107c9c0a");
}

// The secret by Python's hashlib.pbkdf2_hmac, the signature by the reference code of RFC 8032. MariaDB 11.8 stores the public
// key that the same code derives from "secret" and its salt.
TEST(Parsec, SignsBothNoncesWithTheDerivedKey) {
  const auto sign = [](const char* ext_salt_head) {
    ByteVector ext_salt = from_hex(ext_salt_head);
    const ByteVector salt = counting(0x40, 18);
    ext_salt.insert(ext_salt.end(), salt.begin(), salt.end());
    const auto signature = parsec_response("secret", ext_salt, kScramble32, counting(0x80, 32));
    return signature.ok() ? to_hex(signature.value()) : refused(signature.failure().errc);
  };
  EXPECT_EQ(
      sign("5000"),
      "844871d21b6474427099da9ea3b3d7f82eaabc5d0ee0e95ad6a465d056fd8bb96ee0bff17cd793fe1488a82b4f833cd410822f85ef15983ac1669e"
      "b01b0d2803");
  EXPECT_EQ(
      sign("5001"),
      "6a0e6a8edda8edee2bedf395490064ce0ad83101c62a0609f6de775d4b9864555ed6ad1c0d22f199aed0f3021c51e09afe3359fc0393826d8f8e2"
      "4d3978e2701");
  EXPECT_EQ(sign("5100"), refused(Errc::malformed));     // another key derivation
  EXPECT_EQ(sign("50ff"), refused(Errc::auth_refused));  // would hash for ages
}

TEST(Parsec, AsksForTheSaltByAnEmptyPacketAndAnswersWithNonceAndSignature) {
  EXPECT_EQ(answer("parsec", kPlain), "");
  ByteVector ext_salt = from_hex("5000");
  EXPECT_EQ(answer("parsec", kPlain, 1, from_hex("50")), refused(Errc::malformed));
  EXPECT_EQ(answer("parsec", kPlain, 1, ext_salt), refused(Errc::malformed));  // no salt
  ext_salt.push_back('s');
  const ByteVector sent = from_hex(answer("parsec", kPlain, 1, ext_salt));
  ASSERT_EQ(sent.size(), 32u + 64u);
  const auto expected = parsec_response("secret", ext_salt, kScramble32, Bytes(sent).first(32));
  EXPECT_EQ(to_hex(Bytes(sent).subspan(32)), to_hex(expected.value()));
  EXPECT_NE(answer("parsec", kPlain, 1, ext_salt), answer("parsec", kPlain, 1, ext_salt));  // a new nonce each time
}

}  // namespace
}  // namespace selkie::protocol
