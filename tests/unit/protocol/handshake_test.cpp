// The first packets and the login.
#include "tests/unit/protocol/handshake_talk.h"

#include "tests/support/greetings.h"

namespace selkie::protocol {
namespace {

using namespace handshake_talk;

TEST(FirstBytes, OfTheProtocolPass) {
  for (const char* bytes : {"4b 00 00 00 0a 39 2e", "17 00 00 00 ff 10 04", "40 00 00 00 09 33"}) {
    EXPECT_TRUE(check_first_bytes(from_hex(bytes)).ok()) << bytes;
  }
}

TEST(FirstBytes, OfOtherProtocolsAreQuotedInTheError) {
  for (const std::string text :
       {"SSH-2.0-OpenSSH_9.2", "220 mail.example ESMTP", "HTTP/1.1 400 Bad Request", "-ERR wrong number"}) {
    const Status checked = check_first_bytes(bytes_of(text));
    ASSERT_FALSE(checked.ok()) << text;
    EXPECT_EQ(checked.failure().errc, Errc::not_a_server);
    EXPECT_THAT(checked.failure().message, HasSubstr(text));
  }
  // A TLS alert, a wrong sequence number, an empty packet, absurd sizes.
  for (const char* bytes : {"15 03 03 00 02", "4b 00 00 01 0a", "00 00 00 00 0a", "ff ff ff 00 0a", "01 00 01 00 0a"}) {
    EXPECT_FALSE(check_first_bytes(from_hex(bytes)).ok()) << bytes;
  }
  EXPECT_THAT(check_first_bytes(from_hex("15 03 03 00 02")).failure().message, HasSubstr("\\x15\\x03\\x03\\x00\\x02"));
}

TEST(FirstBytes, OfTheXProtocolSayWhichPortToUse) {
  const Status checked = check_first_bytes(from_hex("05 00 00 00 0b 08 05 1a 00"));  // MySQL 8.0, port 33060
  ASSERT_FALSE(checked.ok());
  EXPECT_THAT(checked.failure().message, HasSubstr("3306"));
}

// The login is put together from the specification by a Python script, its hash by hashlib.
TEST(HandshakeMachine, LogsInToMariaDbWithTheExpectedBytes) {
  ConnectOptions made = options(SslMode::disabled);
  made.database = "shop";
  made.attributes = {{"_client_name", "selkie"}};
  const Talk seen = talk(made, {test::kGreetingOfMariaDb1011, kOk});
  EXPECT_EQ(seen.steps, (std::vector<std::string>{
                            "0ca2be01000000402d000000000000000000000000000000000000001c000000616e6e0014dd160dc84b6a1b22c5e5"
                            "90fc74e334edb7ebb8cc73686f70006d7973716c5f6e61746976655f70617373776f726400140c5f636c69656e74"
                            "5f6e616d650673656c6b6965",
                            "ready"}));
  EXPECT_EQ(seen.status, 2);
}

TEST(HandshakeMachine, ErrorsInsteadOfAGreetingNeedNoStateMarker) {
  const Talk busy = talk(options(), {text_packet(0xff, "\x10\x04Too many connections")});
  EXPECT_EQ(busy.steps.back(), failed(Errc::server_error));
  EXPECT_EQ(busy.failure.server_code, 1040);
  EXPECT_EQ(busy.failure.message, "Too many connections");
  const Talk blocked = talk(options(), {text_packet(0xff, "\x69\x04Host 'x' is blocked because of many connection errors")});
  EXPECT_EQ(blocked.failure.server_code, 1129);
  const Talk marked = talk(options(), {text_packet(0xff, "\x10\x04#08004Too many connections")});
  EXPECT_STREQ(marked.failure.sqlstate.data(), "08004");
  EXPECT_EQ(marked.failure.message, "Too many connections");
  EXPECT_EQ(talk(options(), {from_hex("ff 10")}).steps.back(), failed(Errc::malformed));
}

TEST(HandshakeMachine, TruncatedGreetingsAreNoServer) {
  for (const Packet& whole : {test::kGreetingOfMariaDb1011, test::kGreetingOfMariaDb118, test::kGreetingOfMySql97}) {
    const std::string_view text = as_text(whole);
    const std::size_t scramble_end = text.rfind('\0', text.size() - 2);
    for (std::size_t size = 0; size < scramble_end; ++size) {
      const Talk seen = talk(options(), {Packet(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))});
      ASSERT_EQ(seen.steps.size(), 1u) << size;
      EXPECT_EQ(seen.steps[0], failed(size == 0 ? Errc::malformed : Errc::not_a_server)) << size;
    }
  }
}

TEST(HandshakeMachine, GreetingsOfOldProtocolsAreNamed) {
  EXPECT_THAT(talk(options(), {text_packet(9, "3.21")}).failure.message, HasSubstr("older than MySQL 4.1"));
  const std::uint32_t without_41 = kModern & ~static_cast<std::uint32_t>(capability::kProtocol41);
  const Talk seen = talk(options(), {greeting({.version = "4.0.1", .capabilities = without_41})});
  EXPECT_EQ(seen.steps.back(), failed(Errc::not_a_server));
  EXPECT_THAT(seen.failure.message, HasSubstr("4.0.1"));
}

TEST(HandshakeMachine, SslRequestIsTheHeadOfTheLoginAndNothingElse) {
  for (const Packet& server : {test::kGreetingOfMySql97, test::kGreetingOfMariaDb118}) {
    ConnectOptions made = options(SslMode::required);
    made.database = "shop";
    const Talk seen = talk(made, {server, kOk});
    ASSERT_EQ(seen.steps.size(), 3u);
    const std::string request = seen.steps[0].substr(4), login = seen.steps[1];
    EXPECT_EQ(seen.steps[0].substr(0, 4), "tls ");
    EXPECT_EQ(request.size(), 2u * 32);
    EXPECT_EQ(login.substr(0, request.size()), request);  // capabilities, MariaDB's word among them, are equal in both
    EXPECT_NE(read_login(login).capabilities & capability::kSsl, 0u);
    EXPECT_EQ(seen.steps[2], "ready");
  }
}

TEST(HandshakeMachine, ZstdLevelEndsTheLogin) {
  struct Case {
    int level;
    std::uint8_t sent;
  };
  for (const Case c : {Case{0, 3}, Case{1, 1}, Case{22, 22}, Case{99, 22}}) {
    ConnectOptions made = options();
    made.wishes.compressions = {Compression::zstd};
    made.compression_level = c.level;
    const Talk seen = talk(made, {greeting(), kOk});
    const LoginFields login = read_login(seen.steps[0]);
    EXPECT_EQ(login.capabilities & (capability::kZstd | capability::kCompress), capability::kZstd);
    EXPECT_EQ(login.left_over, 1u);
    EXPECT_EQ(from_hex(seen.steps[0]).back(), c.sent);
    made.wishes.compressions = {Compression::zlib};
    EXPECT_EQ(login_to(greeting(), made).left_over, 0u);
  }
}

TEST(HandshakeMachine, CompressionDemandedAndNotOfferedFailsBeforeAnythingIsSent) {
  const Packet without = greeting({.capabilities = kModern & ~static_cast<std::uint32_t>(capability::kZstd)});
  ConnectOptions made = options();
  made.wishes.compressions = {Compression::zstd};
  const Talk seen = talk(made, {without});
  EXPECT_EQ(seen.steps, std::vector<std::string>{failed(Errc::compression_refused)});
  EXPECT_THAT(seen.failure.message, HasSubstr("COMPRESSION"));
  made.wishes.compressions = {Compression::zstd, Compression::uncompressed};
  EXPECT_EQ(talk(made, {without, kOk}).steps.back(), "ready");
}

TEST(HandshakeMachine, TlsDemandedAndNotOfferedFailsBeforeAnythingIsSent) {
  for (const SslMode mode : {SslMode::required, SslMode::verify_ca, SslMode::verify_identity}) {
    const Talk seen = talk(options(mode), {greeting()});
    EXPECT_EQ(seen.steps, std::vector<std::string>{failed(Errc::tls_unavailable)});
    EXPECT_THAT(seen.failure.message, HasSubstr("SSLMODE"));
  }
  EXPECT_EQ(talk(options(SslMode::preferred), {greeting(), kOk}).steps.back(), "ready");
}

TEST(HandshakeMachine, UsesTlsOverAUnixSocketOnlyWhenItIsDemanded) {
  EXPECT_EQ(talk(options(SslMode::preferred), {test::kGreetingOfMySql97}, true).steps.size(), 1u);
  EXPECT_EQ(talk(options(SslMode::disabled), {test::kGreetingOfMySql97}).steps.size(), 1u);
  EXPECT_EQ(talk(options(SslMode::required), {test::kGreetingOfMySql97}, true).steps[0].substr(0, 4), "tls ");
  EXPECT_EQ(talk(options(SslMode::preferred), {test::kGreetingOfMySql97}).steps[0].substr(0, 4), "tls ");
}

TEST(HandshakeMachine, PacketInsteadOfTheTlsHandshakeIsFatal) {
  const ConnectOptions made = options(SslMode::required);
  HandshakeMachine machine(made, false);
  ByteWriter out;
  ASSERT_TRUE(std::holds_alternative<action::StartTls>(machine.on_packet(test::kGreetingOfMySql97, out)));
  EXPECT_TRUE(std::holds_alternative<action::Fail>(machine.on_packet(kOk, out)));
}

TEST(HandshakeMachine, ReservedBytesOfOtherServersAreNotTakenForMariaDbsWord) {
  EXPECT_EQ(login_to(greeting({.capabilities = kModern, .extended = 0xffffffff})).extended, 0u);
  const std::uint32_t without_mysql = kModern & ~static_cast<std::uint32_t>(capability::kLongPassword);
  const LoginFields login =
      login_to(greeting({.version = "11.4.2-MariaDB", .capabilities = without_mysql, .extended = 0xffffffff}));
  EXPECT_NE(login.extended, 0u);
  EXPECT_EQ(login.capabilities & capability::kLongPassword, 0u);
}

TEST(HandshakeMachine, CollationIsAlwaysUtf8mb4WhateverTheServersDefault) {
  for (const std::uint8_t charset : std::initializer_list<std::uint8_t>{0, 8, 33, 45, 255}) {
    EXPECT_EQ(login_to(greeting({.charset = charset})).charset, 45);
  }
}

TEST(HandshakeMachine, DatabaseFlagGoesOutOnlyWithAName) {
  EXPECT_EQ(login_to(greeting()).capabilities & capability::kConnectWithDb, 0u);
  ConnectOptions made = options();
  made.database = "shop";
  const LoginFields login = login_to(greeting(), made);
  EXPECT_NE(login.capabilities & capability::kConnectWithDb, 0u);
  EXPECT_EQ(login.database, "shop");
}

TEST(HandshakeMachine, AttributesGoOutOnlyWhereOffered) {
  ConnectOptions made = options();
  made.attributes = {{"_pid", "12"}};
  EXPECT_EQ(login_to(greeting(), made).attributes,
            "\x04_pid\x02"
            "12");
  const std::uint32_t without = kModern & ~static_cast<std::uint32_t>(capability::kConnectAttrs);
  const LoginFields login = login_to(greeting({.capabilities = without}), made);
  EXPECT_EQ(login.attributes, "");
  EXPECT_EQ(login.left_over, 0u);
}

TEST(HandshakeMachine, AttributesPastTheServersBoundAreLeftOutWhole) {
  ConnectOptions made = options();
  made.attributes = {{"a", std::string(40'000, 'x')}, {"b", std::string(40'000, 'y')}, {"c", "z"}};
  const LoginFields login = login_to(greeting(), made);
  EXPECT_EQ(login.attributes.size(), 2 + 3 + 40'000u);
  made.attributes = {{"a", std::string(65'536 - 2 - 3, 'x')}};
  EXPECT_EQ(login_to(greeting(), made).attributes.size(), 65'536u);
  made.attributes[0].second += 'x';
  EXPECT_EQ(login_to(greeting(), made).attributes.size(), 0u);
}

TEST(HandshakeMachine, NamesAndPasswordsOfMoreThan250BytesGoOutWhole) {
  ConnectOptions made = options();
  made.user = std::string(300, 'u');
  made.database = std::string(70'000, 'd');
  const LoginFields login = login_to(greeting(), made);
  EXPECT_EQ(login.user, made.user);
  EXPECT_EQ(login.database, made.database);

  ConnectOptions token = options(SslMode::required);
  token.password = std::string(2000, 't');
  token.cleartext_enabled = true;
  const Packet clear = greeting({.capabilities = 0xdfffffff, .plugin = "mysql_clear_password"});
  EXPECT_EQ(read_login(talk(token, {clear}).steps.back()).answer, token.password + kNul);
}

TEST(HandshakeMachine, LongPasswordToAServerWithoutLongAnswersIsAnError) {
  ConnectOptions token = options(SslMode::required);
  token.password = std::string(300, 't');
  token.cleartext_enabled = true;
  const std::uint32_t short_answers = 0xdfffffff & ~static_cast<std::uint32_t>(capability::kPluginAuthLenenc);
  const Talk seen = talk(token, {greeting({.capabilities = short_answers, .plugin = "mysql_clear_password"})});
  EXPECT_EQ(seen.failure.errc, Errc::packet_too_large);
  token.password = std::string(250, 't');
  const Talk fits = talk(token, {greeting({.capabilities = short_answers, .plugin = "mysql_clear_password"})});
  EXPECT_EQ(read_login(fits.steps.back()).answer, token.password + kNul);
}

TEST(HandshakeMachine, NulInANameIsRefusedNotCut) {
  ConnectOptions made = options();
  made.user = std::string("ann\0root", 8);
  EXPECT_EQ(talk(made, {greeting()}).failure.errc, Errc::bad_option);
}

TEST(HandshakeMachine, BeginsWithTheServersMethodWhereItCan) {
  EXPECT_EQ(login_to(greeting({.plugin = "caching_sha2_password"})).plugin, "caching_sha2_password");
  EXPECT_EQ(login_to(greeting({.plugin = "caching_sha2_password"})).answer.size(), 32u);
  EXPECT_EQ(login_to(greeting({.plugin = "caching_sha2_password", .end = ""})).plugin, "caching_sha2_password");
  // Not built in, refused in clear, or in need of a longer scramble: the server says by a switch what it wants.
  for (const char* plugin : {"auth_gssapi_client", "mysql_clear_password", "sha256_password", "parsec", ""}) {
    EXPECT_EQ(login_to(greeting({.plugin = plugin})).plugin, "mysql_native_password") << plugin;
    EXPECT_EQ(login_to(greeting({.plugin = plugin})).answer.size(), 20u) << plugin;
  }
}

TEST(HandshakeMachine, ServersWithoutMethodNamesGetTheNativeAnswer) {
  const std::uint32_t without = kModern & ~static_cast<std::uint32_t>(capability::kPluginAuth | capability::kPluginAuthLenenc);
  const LoginFields login = login_to(greeting({.capabilities = without, .plugin = "", .end = ""}));
  EXPECT_EQ(login.answer, as_text(native_response("secret", bytes_of("abcdefghijklmnopqrst"))));
  EXPECT_EQ(login.left_over, 0u);
}

TEST(HandshakeMachine, BeginsWithTheMethodThatWasWishedWhereItCan) {
  ConnectOptions made = options();
  made.first_method = "caching_sha2_password";
  EXPECT_EQ(login_to(greeting(), made).plugin, "caching_sha2_password");
  made.first_method = "client_ed25519";  // needs more random bytes than a greeting brings
  EXPECT_EQ(login_to(greeting(), made).plugin, "mysql_native_password");
  made.first_method = "quantum_telepathy";
  EXPECT_THAT(talk(made, {greeting()}).failure.message, HasSubstr("DEFAULT_AUTH"));
}

}  // namespace
}  // namespace selkie::protocol
