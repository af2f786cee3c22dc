// What people get wrong: each has its SQLSTATE, the server's own code and words where it spoke, and leaves nothing half open.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using Clock = std::chrono::steady_clock;

class BadInput : public OnEveryServer {
 protected:
  // A connection string whose first keywords are wrong.
  OdbcError expect_refused(const std::string& wrong, const std::string& state, SQLINTEGER native) {
    SCOPED_TRACE(wrong);
    Connection refused;
    const OdbcError error = expect_failure(state, native, [&] { refused.connect(connection_string(wrong)); });
    EXPECT_EQ(error.message().find(server().setting("password")), std::string::npos) << error.message();
    return error;
  }
  static std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  }
};
SELKIE_ON_EVERY_SERVER(BadInput);

TEST_P(BadInput, RefusedConnectionsNameTheCauseAndLeaveNoneHalfOpen) {
  const std::ptrdiff_t before = open_files();
  const OdbcError password = expect_refused("PWD=wrong;", "28000", 1045);
  EXPECT_NE(password.message().find("Access denied"), std::string::npos) << password.message();
  expect_refused("UID=nobody_at_all;", "28000", 1045);
  expect_refused("DATABASE=no_such_database;", "42000", 1049);
  const OdbcError port = expect_refused("PORT=1;", "08001", 0);
  EXPECT_NE(port.message().find('1'), std::string::npos) << port.message();
  expect_refused("SERVER=no.such.host.invalid;", "08001", 0);
  expect_refused("SOCKET=/no/such/socket;", "08001", 0);
  const OdbcError mode = expect_refused("SSLMODE=SOMETIMES;", "HY000", 0);
  EXPECT_NE(mode.message().find("VERIFY_IDENTITY"), std::string::npos) << mode.message();
  expect_refused("SSLMODE=VERIFY_CA;SSLCA=/no/such/file.pem;", "08001", 0);
  EXPECT_EQ(open_files(), before);
}

TEST_P(BadInput, UnknownKeywordIsAWarningThatNamesIt) {
  Connection connection;
  const std::string string = connection_string("FLUX_CAPACITOR=1;");
  const SQLRETURN code =
      ::SQLDriverConnect(connection.handle(), nullptr, sql_text(string), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
  EXPECT_EQ(code, SQL_SUCCESS_WITH_INFO);
  const auto records = diagnostics(SQL_HANDLE_DBC, connection.handle());
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records[0].state, "01S00");
  EXPECT_NE(records[0].message.find("FLUX_CAPACITOR"), std::string::npos) << records[0].message;
}

// A port on which somebody listens and says nothing.
TEST_P(BadInput, SilentServerEndsWithTheLoginTimeout) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string path = "/tmp/selkie-silent-" + std::to_string(::getpid());
  struct {
    sa_family_t family = AF_UNIX;
    std::array<char, 108> name{};
  } address;
  path.copy(address.name.data(), address.name.size() - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  Connection silent;
  silent.set(SQL_ATTR_LOGIN_TIMEOUT, 1);
  const auto start = Clock::now();
  expect_failure("HYT00", 0, [&] { silent.connect(connection_string("SOCKET=" + path + ";")); });
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(3));
  ::close(listener);
  ::unlink(path.c_str());
}

TEST_P(BadInput, ErrorsOfTheServerKeepItsCodeStateAndWords) {
  run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(3) NOT NULL)");
  run("INSERT INTO t VALUES (1, 'a')");
  struct Case {
    const char* sql;
    const char* state;
    SQLINTEGER native;
  };
  constexpr Case kCases[] = {
      {"SELEC 1", "42000", 1064},
      {"SELECT * FROM nowhere", "42S02", 1146},
      {"SELECT nothing FROM t", "42S22", 1054},
      {"CREATE TABLE t (id INT)", "42S01", 1050},
      {"INSERT INTO t VALUES (1, 'b')", "23000", 1062},
      {"INSERT INTO t VALUES (2, NULL)", "23000", 1048},
      {"INSERT INTO t VALUES (2, 'long')", "22001", 1406},
      {"INSERT INTO t VALUES (2, 'b', 3)", "21S01", 1136},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.sql);
    for (const bool prepared : {false, true}) {
      Statement statement(connection());
      const OdbcError error =
          expect_failure(c.state, c.native, [&] { prepared ? statement.prepare(c.sql).execute() : statement.run(c.sql); });
      EXPECT_TRUE(error.message().starts_with("[Selkie]")) << error.message();
    }
  }
  EXPECT_EQ(rows("SELECT * FROM t"), "1,a");
}

TEST_P(BadInput, CallsInTheWrongOrderAreSequenceErrors) {
  Statement s(connection());
  expect_failure("HY010", 0, [&] { s.execute(); });
  expect_failure("HY010", 0, [&] { s.fetch(); });
  expect_failure("24000", 0, [&] { s.close(); });
  s.run("SELECT 1");
  expect_failure("24000", 0, [&] { s.run("SELECT 2"); });
  SQLINTEGER value = 0;
  expect_failure("24000", 0, [&] { s.check(::SQLGetData(s.handle(), 1, SQL_C_SLONG, &value, 0, nullptr)); });
  EXPECT_TRUE(s.fetch());
  expect_failure("07009", 0, [&] { s.check(::SQLGetData(s.handle(), 2, SQL_C_SLONG, &value, 0, nullptr)); });
  expect_failure("07009", 0,
                 [&] { s.check(::SQLDescribeCol(s.handle(), 9, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr)); });
  s.close();
  std::int32_t parameter = 1;
  s.prepare("SELECT ?, ?").bind(1, parameter);
  expect_failure("07002", 0, [&] { s.execute(); });
}

TEST_P(BadInput, TextThatIsCutIsAWarningWithTheWholeLength) {
  Statement s(connection());
  s.run("SELECT 'twelve bytes' AS a_name_of_some_length");
  SQLCHAR name[6] = {};
  SQLSMALLINT name_length = 0;
  EXPECT_EQ(::SQLDescribeCol(s.handle(), 1, name, sizeof name, &name_length, nullptr, nullptr, nullptr, nullptr),
            SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(name_length, 21);
  EXPECT_STREQ(reinterpret_cast<char*>(name), "a_nam");
  EXPECT_EQ(s.records().at(0).state, "01004");
  EXPECT_TRUE(s.fetch());
  SQLCHAR text[7] = {};
  SQLLEN length = 0;
  EXPECT_EQ(::SQLGetData(s.handle(), 1, SQL_C_CHAR, text, sizeof text, &length), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(length, 12);
  EXPECT_STREQ(reinterpret_cast<char*>(text), "twelve");
  EXPECT_EQ(s.records().at(0).state, "01004");
  EXPECT_EQ(s.text(1), " bytes");
}

}  // namespace
}  // namespace selkie::test
