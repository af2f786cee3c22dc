// From the login to the final word: switches, questions, factors, errors.
#include "tests/support/greetings.h"
#include "tests/unit/protocol/handshake_talk.h"

namespace selkie::protocol {
namespace {

using namespace handshake_talk;

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

}  // namespace
}  // namespace selkie::protocol
