#include "protocol/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/greetings.h"
#include "tests/support/hex.h"

namespace selkie::protocol {
namespace {

using test::from_hex;
using test::to_hex;
using testing::HasSubstr;
using testing::Not;
using Packet = std::vector<std::uint8_t>;

constexpr std::uint32_t kModern = 0xdfffffff & ~static_cast<std::uint32_t>(capability::kSsl);

// A greeting made to measure.
struct GreetingParts {
  std::string version = "8.0.36";
  std::uint32_t capabilities = kModern;
  std::uint32_t extended = 0;
  std::uint8_t charset = 255;
  std::string plugin = "mysql_native_password";
  std::string scramble = "abcdefghijklmnopqrst";  // 20 bytes
  std::string end = std::string(1, '\0');         // of the plugin's name
};
Packet greeting(const GreetingParts& parts = {}) {
  ByteWriter out;
  out.u8(10);
  out.text_nul(parts.version);
  out.u32(7);
  out.text(parts.scramble.substr(0, 8));
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(parts.capabilities));
  out.u8(parts.charset);
  out.u16(2);
  out.u16(static_cast<std::uint16_t>(parts.capabilities >> 16));
  out.u8(static_cast<std::uint8_t>(parts.scramble.size() + 1));
  out.zeros(6);
  out.u32(parts.extended);
  out.text(parts.scramble.substr(8));
  out.u8(0);
  out.text(parts.plugin + parts.end);
  return {out.bytes().begin(), out.bytes().end()};
}

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

Packet text_packet(std::uint8_t head, const std::string& text) {
  Packet packet{head};
  packet.insert(packet.end(), text.begin(), text.end());
  return packet;
}
Packet auth_switch(const std::string& plugin, const std::string& data) {
  return text_packet(0xfe, plugin + std::string(1, '\0') + data);
}
Packet more_data(const std::string& data) { return text_packet(0x01, data); }

const Packet kOk = from_hex("00 00 00 02 00 00 00");
const Packet kDenied = text_packet(0xff, std::string("\x15\x04#28000", 8) + "Access denied for user 'ann'@'localhost'");
const std::string kScramble20 = "ABCDEFGHIJKLMNOPQRST", kScramble32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
const std::string kNul(1, '\0');

ConnectOptions options(SslMode mode = SslMode::preferred) {
  ConnectOptions made;
  made.user = "ann";
  made.password = "secret";
  made.tls.mode = mode;
  return made;
}

// What the client does, step by step: the payloads it sends in hex, "tls" in front of the SSL request, "read", "ready", or
// "fail" and the error's number.
struct Talk {
  std::vector<std::string> steps;
  Failure failure;
  std::string plugin;        // that the login names
  std::uint16_t status = 0;  // of the final OK
  std::string changes;
};

Talk talk(const ConnectOptions& made, const std::vector<Packet>& packets, bool unix_socket = false,
          const std::optional<UnprovenCertificate>& unproven = std::nullopt) {
  HandshakeMachine machine(made, unix_socket);
  Talk seen;
  ByteWriter out;
  const auto note = [&](const Action& action) {
    if (std::holds_alternative<action::Send>(action)) seen.steps.push_back(to_hex(out.bytes()));
    if (std::holds_alternative<action::StartTls>(action)) seen.steps.push_back("tls " + to_hex(out.bytes()));
    if (std::holds_alternative<action::Read>(action)) seen.steps.push_back("read");
    if (std::holds_alternative<action::Ready>(action)) {
      seen.steps.push_back("ready");
      seen.status = machine.final_ok().status;
      seen.changes = as_text(machine.final_ok().session_changes);
    }
    if (const auto* fail = std::get_if<action::Fail>(&action)) {
      seen.failure = fail->failure;
      seen.steps.push_back("fail " + std::to_string(static_cast<int>(fail->failure.errc)) +
                           (out.size() == 0 ? "" : " after writing"));
    }
    out.clear();
    return std::holds_alternative<action::StartTls>(action);
  };
  for (const Packet& packet : packets) {
    if (note(machine.on_packet(packet, out))) note(machine.tls_started(out, unproven));
  }
  EXPECT_THAT(seen.failure.message, Not(HasSubstr("secret")));
  return seen;
}

std::string failed(Errc errc) { return "fail " + std::to_string(static_cast<int>(errc)); }

// A login's fields, taken apart again.
struct LoginFields {
  std::uint32_t capabilities = 0, max_packet = 0, extended = 0;
  std::uint8_t charset = 0;
  std::string user, answer, database, plugin, attributes;
  std::size_t left_over = 0;
};
LoginFields read_login(const std::string& hex) {
  const Packet bytes = from_hex(hex);
  ByteReader in(bytes);
  LoginFields login;
  login.capabilities = in.u32();
  login.max_packet = in.u32();
  login.charset = in.u8();
  EXPECT_EQ(to_hex(in.take(19)), std::string(38, '0'));
  login.extended = in.u32();
  login.user = as_text(in.take_to_nul());
  login.answer =
      (login.capabilities & capability::kPluginAuthLenenc) != 0 ? as_text(in.take_lenenc()) : as_text(in.take(in.u8()));
  if ((login.capabilities & capability::kConnectWithDb) != 0) login.database = as_text(in.take_to_nul());
  if ((login.capabilities & capability::kPluginAuth) != 0) login.plugin = as_text(in.take_to_nul());
  if ((login.capabilities & capability::kConnectAttrs) != 0) login.attributes = as_text(in.take_lenenc());
  EXPECT_FALSE(in.failed());
  login.left_over = in.size();
  return login;
}
LoginFields login_to(const Packet& greeting_packet, const ConnectOptions& made = options()) {
  const Talk seen = talk(made, {greeting_packet});
  return read_login(seen.steps.back());
}

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

TEST(HandshakeMachine, FollowsSwitchesInAllTheirForms) {
  const std::string greeted = "abcdefghijklmnopqrst";
  const std::string native_new = to_hex(native_response("secret", bytes_of(kScramble20)));
  const std::string native_old = to_hex(native_response("secret", bytes_of(greeted)));
  const std::string sha2_new = to_hex(caching_sha2_response("secret", bytes_of(kScramble20)));
  struct Row {
    const char* situation;
    std::string first_method;
    std::vector<Packet> packets;
    std::vector<std::string> answers;  // after the login
  };
  const Row rows[] = {
      {"same method, new scramble",
       "mysql_native_password",
       {auth_switch("mysql_native_password", kScramble20 + kNul), kOk},
       {native_new, "ready"}},
      {"scramble without its NUL",
       "mysql_native_password",
       {auth_switch("mysql_native_password", kScramble20), kOk},
       {native_new, "ready"}},
      {"to native from caching_sha2",
       "caching_sha2_password",
       {auth_switch("mysql_native_password", kScramble20 + kNul), kOk},
       {native_new, "ready"}},
      {"no data: the greeting's scramble stays",
       "caching_sha2_password",
       {auth_switch("mysql_native_password", ""), kOk},
       {native_old, "ready"}},
      {"name without NUL and no data",
       "caching_sha2_password",
       {text_packet(0xfe, "mysql_native_password"), kOk},
       {native_old, "ready"}},
      {"twice",
       "mysql_native_password",
       {auth_switch("caching_sha2_password", kScramble20 + kNul), auth_switch("mysql_native_password", kScramble20 + kNul),
        kOk},
       {sha2_new, native_new, "ready"}},
      {"to caching_sha2, fast success, and its own OK",
       "mysql_native_password",
       {auth_switch("caching_sha2_password", kScramble20 + kNul), more_data("\x03"), kOk},
       {sha2_new, "read", "ready"}},
      {"to caching_sha2 after a failed guess of caching_sha2",
       "caching_sha2_password",
       {auth_switch("caching_sha2_password", kScramble20 + kNul), more_data("\x03"), kOk},
       {sha2_new, "read", "ready"}},
      {"refused after the switch",
       "mysql_native_password",
       {auth_switch("mysql_native_password", kScramble20 + kNul), kDenied},
       {native_new, failed(Errc::server_error)}},
      {"scramble too short",
       "mysql_native_password",
       {auth_switch("mysql_native_password", "short"), kOk},
       {failed(Errc::malformed), failed(Errc::malformed)}},
      {"parsec without a scramble", "mysql_native_password", {auth_switch("parsec", "")}, {failed(Errc::malformed)}},
      {"single byte: the old password", "mysql_native_password", {from_hex("fe")}, {failed(Errc::auth_unsupported)}},
      {"the old password by name",
       "mysql_native_password",
       {auth_switch("mysql_old_password", kScramble20)},
       {failed(Errc::auth_unsupported)}},
      {"clear text, not enabled",
       "mysql_native_password",
       {auth_switch("mysql_clear_password", "")},
       {failed(Errc::auth_refused)}},
      {"sha256 in clear",
       "mysql_native_password",
       {auth_switch("sha256_password", kScramble20 + kNul)},
       {failed(Errc::auth_refused)}},
  };
  for (const Row& row : rows) {
    std::vector<Packet> packets{greeting({.plugin = row.first_method})};
    packets.insert(packets.end(), row.packets.begin(), row.packets.end());
    const Talk seen = talk(options(), packets);
    EXPECT_EQ(std::vector<std::string>(seen.steps.begin() + 1, seen.steps.end()), row.answers) << row.situation;
  }
}

// One login in 256 has such a challenge.
TEST(HandshakeMachine, ChallengeEndingInZeroIsSignedWhole) {
  const std::string challenge = kScramble32.substr(0, 31) + kNul;
  const Talk seen = talk(options(), {test::kGreetingOfMariaDb118, auth_switch("client_ed25519", challenge)});
  const auto expected = ed25519_response("secret", bytes_of(challenge));
  EXPECT_EQ(seen.steps.back(), to_hex(expected.value()));
}

TEST(HandshakeMachine, ParsecTakesItsSaltWithAndWithoutEscape) {
  const std::string salt = std::string("P\0", 2) + "saltsaltsalt";
  for (const Packet& packet : {more_data(salt), Packet(salt.begin(), salt.end())}) {
    const Talk seen =
        talk(options(SslMode::disabled), {test::kGreetingOfMariaDb118, auth_switch("parsec", kScramble32), packet, kOk});
    ASSERT_EQ(seen.steps.size(), 4u);
    EXPECT_EQ(seen.steps[1], "");  // an empty packet
    EXPECT_EQ(seen.steps[2].size(), 2u * (32 + 64));
    EXPECT_EQ(seen.steps[3], "ready");
  }
}

TEST(HandshakeMachine, ExactlyOneEscapeByteIsTakenOff) {
  // Data 03 is fast success; data 01 03 is not.
  const Packet sha2 = greeting({.plugin = "caching_sha2_password"});
  EXPECT_EQ(talk(options(), {sha2, from_hex("01 03")}).steps.back(), "read");
  EXPECT_EQ(talk(options(), {sha2, from_hex("01 01 03")}).steps.back(), failed(Errc::malformed));
  EXPECT_EQ(talk(options(), {sha2, from_hex("01")}).steps.back(), failed(Errc::malformed));
}

TEST(HandshakeMachine, FullAuthenticationGoesInClearUnderTlsAndThroughASocketOnly) {
  const std::string clear = "73656372657400";
  EXPECT_EQ(talk(options(SslMode::required), {test::kGreetingOfMySql97, more_data("\x04")}).steps.back(), clear);
  EXPECT_EQ(talk(options(), {test::kGreetingOfMySql97, more_data("\x04")}, true).steps.back(), clear);
  const Talk open = talk(options(SslMode::disabled), {test::kGreetingOfMySql97, more_data("\x04")});
  EXPECT_EQ(open.failure.errc, Errc::auth_refused);
  EXPECT_THAT(open.failure.message, HasSubstr("GET_SERVER_PUBLIC_KEY"));
}

TEST(HandshakeMachine, UnknownMethodIsNamedWithItsAccount) {
  const Talk seen = talk(options(), {greeting(), auth_switch("authentication_kerberos_client", "x")});
  EXPECT_EQ(seen.failure.errc, Errc::auth_unsupported);
  EXPECT_THAT(seen.failure.message, HasSubstr("authentication_kerberos_client"));
  EXPECT_THAT(seen.failure.message, HasSubstr("'ann'"));
  EXPECT_THAT(seen.failure.message, HasSubstr("It has mysql_native_password, caching_sha2_password, "));
}

TEST(HandshakeMachine, NextFactorIsAnsweredWithItsOwnPassword) {
  const auto next_factor = [](const std::string& data) { return text_packet(0x02, "mysql_native_password" + kNul + data); };
  ConnectOptions made = options();
  made.password2 = "second";
  made.password3 = "third";
  const Packet again = next_factor(kScramble20 + kNul);
  const Talk seen = talk(made, {greeting(), again, again, kOk});
  ASSERT_EQ(seen.steps.size(), 4u);
  EXPECT_EQ(seen.steps[1], to_hex(native_response("second", bytes_of(kScramble20))));
  EXPECT_EQ(seen.steps[2], to_hex(native_response("third", bytes_of(kScramble20))));
  EXPECT_EQ(seen.steps[3], "ready");
  EXPECT_EQ(talk(made, {greeting(), again, again, again}).steps.back(), failed(Errc::malformed));
}

TEST(HandshakeMachine, PamAsksThroughTheDialogUntilItIsContent) {
  ConnectOptions made = options(SslMode::required);
  made.cleartext_enabled = true;
  made.password2 = "code";
  const Packet tls_greeting = greeting({.capabilities = 0xdfffffff & ~static_cast<std::uint32_t>(capability::kMultiFactor)});
  const Talk seen = talk(made, {tls_greeting, auth_switch("dialog", "\x04Password: "), text_packet(0x02, "Code: "), kOk});
  ASSERT_EQ(seen.steps.size(), 5u);
  EXPECT_EQ(seen.steps[2], to_hex(bytes_of("secret" + kNul)));
  EXPECT_EQ(seen.steps[3], to_hex(bytes_of("code" + kNul)));  // 2 begins another factor only where factors were agreed on
}

TEST(HandshakeMachine, ExpiredPasswordSaysHowToLogInWithIt) {
  const std::string words = "Your password has expired.";
  const Packet expired = text_packet(0xff, std::string("\x46\x07#HY000", 8) + words);
  ConnectOptions made = options();
  EXPECT_EQ(talk(made, {greeting(), expired}).failure.message,
            words + " Set CAN_HANDLE_EXP_PWD=1 to log in with it and set a new one.");
  made.wishes.expired_passwords = true;
  EXPECT_EQ(talk(made, {greeting(), expired}).failure.message, words);
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

TEST(HandshakeMachine, ServerThatNeverComesToAnEndIsStopped) {
  const auto rounds_until_failure = [](const Packet& packet) {
    std::vector<Packet> packets(1000, packet);
    packets.insert(packets.begin(), greeting());
    const ConnectOptions made = options();
    HandshakeMachine machine(made, false);
    ByteWriter out;
    std::size_t rounds = 0;
    for (const Packet& next : packets) {
      if (std::holds_alternative<action::Fail>(machine.on_packet(next, out))) break;
      ++rounds;
    }
    return rounds;
  };
  EXPECT_LE(rounds_until_failure(auth_switch("mysql_native_password", kScramble20)), 25u);
  EXPECT_LE(rounds_until_failure(auth_switch("caching_sha2_password", kScramble20)), 25u);
  EXPECT_LE(rounds_until_failure(more_data("\x03")), 25u);
}

TEST(HandshakeMachine, AnythingAfterTheEndIsMalformed) {
  for (const Packet& after : {kOk, auth_switch("mysql_native_password", kScramble20), more_data("\x03")}) {
    EXPECT_EQ(talk(options(), {greeting(), kOk, after}).steps.back(), failed(Errc::malformed));
  }
  EXPECT_EQ(talk(options(), {greeting(), kDenied, kOk}).steps.back(), failed(Errc::malformed));
}

TEST(HandshakeMachine, FinalOkGivesStatusAndSessionChanges) {
  // OK with SERVER_SESSION_STATE_CHANGED, info "", and a block that says: schema "shop".
  const Packet ok = from_hex("00 00 00 02 40 00 00 00 07 01 05 04 73 68 6f 70");
  const Talk seen = talk(options(), {greeting(), ok});
  EXPECT_EQ(seen.status, 0x4002);
  EXPECT_EQ(seen.changes, std::string("\x01\x05\x04shop"));
  for (std::size_t size = 1; size < 7; ++size) {
    const Packet cut(ok.begin(), ok.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(talk(options(), {greeting(), cut}).steps.back(), failed(Errc::malformed)) << size;
  }
}

TEST(HandshakeMachine, EmptyPacketsAreMalformed) {
  EXPECT_EQ(talk(options(), {{}}).steps.back(), failed(Errc::malformed));
  EXPECT_EQ(talk(options(), {greeting(), {}}).steps.back(), failed(Errc::malformed));
}

// --- A certificate that the server has yet to prove

// Of MariaDB 11.8.6 with a certificate that it made itself, captured: three accounts with the password "secret".
struct CapturedProof {
  const char *method, *scramble, *challenge, *salt, *proof;  // in hexadecimal, the proof in its own
};
constexpr CapturedProof kProofs[] = {
    {"mysql_native_password", "66784b496d6a4e2773333f253930266c6d607756", "66784b496d6a4e2773333f253930266c6d607756", "",
     "A42F4AD7E62214CDFF99BFA0CDA788FE680EFD38239E429B3BE95A4D40C956E8"},
    {"client_ed25519", "26524a5d7657312c2b3050235c2952443e4a3878",
     "e3b692628b4b591681441dee3e84045ab9f2fa1bd3b2f8fb1fd5eab473234b0d", "",
     "349FC93383F115D3EDE8A28DCB916D329A920318827DAD325F4B0670C1388D16"},
    {"parsec", "6950375e546a3b24436246753b636243665b7350", "4605ccb8bbd5057c662830e404fbeec74802a3ffd1330ad505b3f62fe0682ced",
     "50005ba6fe1971e9a5132927d01b921e8eec3831", "A7EB6281C9D5C950D4BA87A40AE9FD8FE05C208087F4286A4CF8007799577D37"},
};

UnprovenCertificate captured_certificate() {
  UnprovenCertificate certificate{{}, "The certificate of 'db.test' was refused."};
  std::ranges::copy(from_hex("f0e23b5937afdec57a7d6eba427203962a096276a53e619c195b329d51bcbc75"),
                    certificate.fingerprint.begin());
  return certificate;
}

std::string text_of(const char* hex) { return std::string(as_text(from_hex(hex))); }

Packet ok_with(const std::string& info) {
  Packet packet = kOk;
  packet.push_back(static_cast<std::uint8_t>(info.size()));
  packet.insert(packet.end(), info.begin(), info.end());
  return packet;
}

// Of MariaDB 11.8 and its default method.
Packet greeting_of_prover(const std::string& scramble = "abcdefghijklmnopqrst") {
  return greeting({.version = "11.8.6-MariaDB", .capabilities = 0xdffffffe, .extended = 0x3d, .scramble = scramble});
}

// All that a server says up to its final word.
Talk talk_to_prover(const CapturedProof& captured, const ConnectOptions& made, const Packet& last,
                    const UnprovenCertificate& certificate = captured_certificate()) {
  std::vector<Packet> packets{greeting_of_prover(text_of(captured.scramble))};
  if (std::string_view(captured.method) != "mysql_native_password") {
    packets.push_back(auth_switch(captured.method, text_of(captured.challenge)));
  }
  if (*captured.salt != '\0') packets.push_back(from_hex(captured.salt));
  packets.push_back(last);
  return talk(made, packets, false, certificate);
}

TEST(CertificateProof, OfARealServerIsAcceptedForEachMethod) {
  for (const CapturedProof& captured : kProofs) {
    const std::string proof = captured.proof;
    EXPECT_EQ(talk_to_prover(captured, options(), ok_with("\x01" + proof)).steps.back(), "ready") << captured.method;

    ConnectOptions other = options();
    other.password = "other";
    UnprovenCertificate impostors = captured_certificate();
    impostors.fingerprint[31] ^= 1;
    const Talk wrong[] = {
        talk_to_prover(captured, other, ok_with("\x01" + proof)),
        talk_to_prover(captured, options(), ok_with("\x01" + proof), impostors),
        talk_to_prover(captured, options(), ok_with("\x01" + proof.substr(1))),
        talk_to_prover(captured, options(), ok_with("\x01" + proof + "0")),
        talk_to_prover(captured, options(), ok_with("\x01G" + proof.substr(1))),
        talk_to_prover(captured, options(), ok_with("\x01")),
    };
    for (const Talk& seen : wrong) {
      EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed));
      EXPECT_THAT(seen.failure.message, HasSubstr("someone stands between"));
    }
    for (const Packet& silent : {kOk, ok_with(""), ok_with(proof)}) {
      const Talk seen = talk_to_prover(captured, options(), silent);
      EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed));
      EXPECT_THAT(seen.failure.message, HasSubstr("did not prove"));
    }
  }
}

// Whoever cannot prove the certificate gets nothing to try passwords with but what these three methods say, and never the
// password.
TEST(CertificateProof, IsNotWaitedForWhereItCannotCome) {
  const UnprovenCertificate certificate = captured_certificate();
  for (const char* method : {"mysql_clear_password", "caching_sha2_password", "sha256_password"}) {
    ConnectOptions made = options(SslMode::required);
    made.cleartext_enabled = made.get_server_public_key = true;
    const Talk seen = talk(made, {greeting_of_prover(), auth_switch(method, kScramble20)}, false, certificate);
    EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed)) << method;
    EXPECT_THAT(seen.failure.message, HasSubstr("not by the method " + std::string(method)));
  }
  ConnectOptions without = options(SslMode::required);
  without.password.clear();
  const Talk seen = talk(without, {greeting_of_prover()}, false, certificate);
  EXPECT_THAT(seen.steps.back(), HasSubstr(failed(Errc::tls_failed)));
  EXPECT_THAT(seen.failure.message, HasSubstr("not without one"));
}

// A default method that cannot prove is not begun with.
TEST(CertificateProof, IsAskedForByAMethodThatGivesOne) {
  const Packet sha2 =
      greeting({.version = "11.8.6-MariaDB", .capabilities = 0xdffffffe, .extended = 0x3d, .plugin = "caching_sha2_password"});
  const Talk seen = talk(options(SslMode::required), {sha2}, false, captured_certificate());
  EXPECT_EQ(read_login(seen.steps.back()).plugin, "mysql_native_password");
}

}  // namespace
}  // namespace selkie::protocol
