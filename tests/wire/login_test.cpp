// From the greeting to the final OK, through the whole driver: servers of every kind, and what is no server at all.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

LoginClient logs_in(const std::string& settings = "UID=ann;SSLMODE=DISABLED") {
  return [settings](Connection& connection, const std::string& address) {
    connection.connect(address + ";" + settings);
    EXPECT_EQ(Statement(connection).run("SELECT 1").rows(), "1");
  };
}

LoginClient is_refused(const std::string& state, SQLINTEGER native, const std::string& words,
                       const std::string& settings = "UID=ann;SSLMODE=DISABLED") {
  return [=](Connection& connection, const std::string& address) {
    const OdbcError failure = expect_error(state, native, [&] { connection.connect(address + ";" + settings); });
    EXPECT_NE(failure.message().find(words), std::string::npos) << failure.message();
  };
}

Script select_one() { return script().reads(query("SELECT 1")).sends(head({integer("1")}), row({"1"}), end()); }

class LoginTo : public ::testing::TestWithParam<const Server*> {};

TEST_P(LoginTo, IsReadWhereverTheStreamIsCut) { replay_login(login_script(*GetParam()).then(select_one()), logs_in()); }

INSTANTIATE_TEST_SUITE_P(Servers, LoginTo,
                         ::testing::Values(&kMySql97, &kMySql57Proxied, &kMariaDb118, &kMariaDb1011, &kTiDb7, &kVitess),
                         [](const auto& test) {
                           std::string name;
                           for (const char* c = test.param->name; *c != '\0'; ++c) {
                             if (std::isalnum(static_cast<unsigned char>(*c)) != 0) name += *c;
                           }
                           return name;
                         });

TEST(Login, ErrorInPlaceOfTheGreetingIsTheServersOwn) {
  replay_login(script().sends(error_without_state(1040, "Too many connections")).closes(),
               is_refused("08004", 1040, "Too many connections"));
}

TEST(Login, WrongPasswordKeepsTheServersWordsAndNotThePassword) {
  replay_login(script()
                   .sends(greeting(kMariaDb118))
                   .reads_login("ann")
                   .sends(error(1045, "28000", "Access denied for user 'ann'@'localhost' (using password: YES)")),
               [](Connection& connection, const std::string& address) {
                 const OdbcError failure =
                     expect_error("28000", 1045, [&] { connection.connect(address + ";UID=ann;PWD=geheim;SSLMODE=DISABLED"); });
                 EXPECT_NE(failure.message().find("Access denied"), std::string::npos) << failure.message();
                 EXPECT_EQ(failure.message().find("geheim"), std::string::npos) << failure.message();
               });
}

TEST(Login, UnknownDatabaseIsTheServersOwnError) {
  replay_login(script().sends(greeting(kMariaDb118)).reads_login("ann").sends(error(1049, "42000", "Unknown database 'nope'")),
               is_refused("42000", 1049, "nope", "UID=ann;SSLMODE=DISABLED;DATABASE=nope"));
}

TEST(Login, SwitchToAnotherMethodAndAgainToTheSameWithANewScramble) {
  const std::string scramble = "abcdefghijklmnopqrst", other = "ABCDEFGHIJKLMNOPQRST";
  replay_login(script()
                   .sends(greeting(kMySql97))
                   .reads_login("ann")
                   .sends(auth_switch("mysql_native_password", scramble + std::string(1, '\0')))
                   .reads(empty_packet())  // no password: no proof
                   .sends(auth_switch("mysql_native_password", other + std::string(1, '\0')))
                   .reads(empty_packet())
                   .sends(ok())
                   .then(select_one()),
               logs_in());
}

Packet answer_of(const std::string& text) {
  Packet packet(text.begin(), text.end());
  packet.push_back(0);
  return packet;
}

// The Unix socket is private, so that a password may be said there where the person allows it.
TEST(Login, TokenOfTwoThousandBytesIsSentWholeToTheClearMethod) {
  const std::string token(2000, 't');
  replay_login(script()
                   .sends(greeting(kMySql97))
                   .reads_login("ann")
                   .sends(auth_switch("mysql_clear_password", ""))
                   .reads(packet_starting(answer_of(token)))
                   .sends(ok())
                   .then(select_one()),
               logs_in("UID=ann;SSLMODE=DISABLED;ENABLE_CLEARTEXT_PLUGIN=1;PWD=" + token));
}

TEST(Login, PamsQuestionsAreAnsweredByThePasswordsInTurn) {
  replay_login(script()
                   .sends(greeting(kMariaDb118))
                   .reads_login("ann")
                   .sends(auth_switch("dialog", "\x04Password: "))
                   .reads(packet_starting(answer_of("one")))
                   .sends(payload("\x02Your code: "))
                   .reads(packet_starting(answer_of("two")))
                   .sends(payload("\x05PIN: "))
                   .reads(packet_starting(answer_of("three")))
                   .sends(ok())
                   .then(select_one()),
               logs_in("UID=ann;SSLMODE=DISABLED;ENABLE_CLEARTEXT_PLUGIN=1;PWD=one;PWD2=two;PWD3=three"));
}

TEST(Login, ExpiredPasswordSaysWhatToSet) {
  replay_login(script().sends(greeting(kMySql97)).reads_login("ann").sends(error(1862, "HY000", "Your password has expired.")),
               is_refused("28000", 1862, "CAN_HANDLE_EXP_PWD=1"));
}

// Attributes of the connection cannot be set before the password is; the session is there for setting it all the same.
TEST(Login, SandboxOfAnExpiredPasswordOutlivesTheInitStatement) {
  replay_login(login_script(kMySql97)
                   .reads(query("SET @a = 1"))
                   .sends(error(1820, "HY000", "You must reset your password"))
                   .then(select_one()),
               logs_in("UID=ann;SSLMODE=DISABLED;CAN_HANDLE_EXP_PWD=1;INITSTMT={SET @a = 1}"));
  replay_login(login_script(kMySql97).reads(query("SET @a = 1")).sends(error(1820, "HY000", "You must reset your password")),
               is_refused("42000", 1820, "reset", "UID=ann;SSLMODE=DISABLED;INITSTMT={SET @a = 1}"));
}

TEST(Login, UnknownMethodIsNamed) {
  replay_login(
      script().sends(greeting(kMySql97)).reads_login("ann").sends(auth_switch("quantum_telepathy", "")).expects_close(),
      is_refused("28000", 0, "quantum_telepathy"));
}

// The switch of servers before 4.1: one byte, no name.
TEST(Login, PasswordsOfOldServersAreRefusedByName) {
  replay_login(script().sends(greeting(kMySql97)).reads_login("ann").sends(payload("\xfe")).expects_close(),
               is_refused("28000", 0, "mysql_old_password"));
}

TEST(Login, ServerThatHangsUpAfterTheGreetingIsALinkFailure) {
  // Under TLS it is a failed handshake, 08001.
  replay_login(script().sends(greeting(kMySql97)).closes(), is_refused("08S01", 0, ""),
               {.cuts = false, .wrappings = {Wrapping::zlib, Wrapping::zstd}});
}

TEST(Login, WhatDoesNotSpeakTheProtocolIsSaidToBeNoServer) {
  const std::string banner = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
  replay_login(script().sends_bytes(Packet(banner.begin(), banner.end())).expects_close(), is_refused("08001", 0, ""),
               {.cuts = false, .losses = false});
}

TEST(Login, SilentServerEndsWithTheLoginTimeout) {
  replay_login(script().expects_close(),
               [](Connection& connection, const std::string& address) {
                 connection.set(SQL_ATTR_LOGIN_TIMEOUT, 1);
                 const auto start = Clock::now();
                 expect_error("HYT00", 0, [&] { connection.connect(address + ";UID=ann;SSLMODE=DISABLED"); });
                 EXPECT_LT(Clock::now() - start, 3s);
               },
               {.whole_only = true});
}

TEST(Login, ServerThatFallsSilentAfterTheGreetingEndsWithTheLoginTimeout) {
  replay_login(script().sends(greeting(kMariaDb118)).reads_login("ann").expects_close(),
               [](Connection& connection, const std::string& address) {
                 connection.set(SQL_ATTR_LOGIN_TIMEOUT, 1);
                 expect_error("HYT00", 0, [&] { connection.connect(address + ";UID=ann;SSLMODE=DISABLED"); });
               },
               {.whole_only = true});
}

// Nothing, not even the user's name, may leave before TLS is up where TLS is demanded.
TEST(Login, DemandedTlsThatIsNotOfferedEndsBeforeAnythingIsSent) {
  replay_login(script().sends(greeting(kMySql97)).expects_close(), is_refused("08001", 0, "TLS", "UID=ann;SSLMODE=REQUIRED"),
               {.wrappings = {Wrapping::zlib, Wrapping::zstd}});
}

// SQLBrowseConnect asks until it knows the server, the user and the password.
struct Browsed {
  SQLRETURN code = SQL_ERROR;
  std::string out;
};
Browsed browse(Connection& connection, const std::string& in) {
  SQLCHAR out[512] = {};
  SQLSMALLINT size = 0;
  const SQLRETURN code = check(::SQLBrowseConnect(connection.handle(), sql_text(in), SQL_NTS, out, sizeof out, &size),
                               SQL_HANDLE_DBC, connection.handle());
  EXPECT_EQ(std::string(reinterpret_cast<char*>(out)).size(), static_cast<std::size_t>(size));
  return {code, reinterpret_cast<char*>(out)};
}

TEST(BrowseConnect, AsksForWhatIsMissingAndConnectsWhenItKnowsEnough) {
  replay_login(login_script(kMySql97).then(select_one()),
               [](Connection& connection, const std::string& address) {
                 Browsed step = browse(connection, "DRIVER=Selkie;SSLMODE=DISABLED");
                 EXPECT_EQ(step.code, SQL_NEED_DATA);
                 EXPECT_EQ(step.out, "SERVER:Server=?;UID:User=?;PWD:Password=?;*PORT:Port=?;*DATABASE:Database=?;");
                 step = browse(connection, address + ";UID=ann");
                 EXPECT_EQ(step.code, SQL_NEED_DATA);
                 EXPECT_NE(step.out.find("PWD:Password=?;"), std::string::npos) << step.out;
                 EXPECT_EQ(step.out.find("UID"), std::string::npos) << step.out;
                 step = browse(connection, "PWD=");
                 EXPECT_EQ(step.code, SQL_SUCCESS);
                 EXPECT_NE(step.out.find("UID=ann"), std::string::npos) << step.out;
                 EXPECT_EQ(Statement(connection).run("SELECT 1").rows(), "1");
                 expect_error("08002", 0, [&] { browse(connection, "UID=eve"); });
               },
               {.whole_only = true});
}

TEST(BrowseConnect, EndsWithSqlDisconnectAndWithAnError) {
  Connection connection;
  EXPECT_EQ(browse(connection, "UID=ann").code, SQL_NEED_DATA);
  EXPECT_EQ(::SQLDisconnect(connection.handle()), SQL_SUCCESS);
  EXPECT_NE(browse(connection, "SERVER=x").out.find("UID"), std::string::npos);  // what was said before is forgotten
  expect_error("HY000", 0, [&] { browse(connection, "SSLMODE=SOMETIMES"); });
  EXPECT_NE(browse(connection, "UID=ann").out.find("SERVER"), std::string::npos);
  EXPECT_EQ(::SQLDisconnect(connection.handle()), SQL_SUCCESS);
  expect_error("08003", 0, [&] { check(::SQLDisconnect(connection.handle()), SQL_HANDLE_DBC, connection.handle()); });
}

}  // namespace
}  // namespace selkie::test
