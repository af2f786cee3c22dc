// SQLGetDiagRec and SQLGetDiagField: every field, every place past the end, and nothing changed by reading.
#include <gtest/gtest.h>

#include <array>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

void connected(const Client& client, const Script& talk) {
  const Server* const one[] = {&kMySql97};
  replay(talk, client, {.servers = one, .whole_only = true});
}

std::string text_field(SQLHSTMT statement, SQLSMALLINT record, SQLSMALLINT field) {
  std::array<SQLCHAR, 512> value{};
  SQLSMALLINT length = 0;
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, statement, record, field, value.data(), value.size(), &length), SQL_SUCCESS);
  EXPECT_EQ(static_cast<std::size_t>(length), std::string(reinterpret_cast<char*>(value.data())).size());
  return reinterpret_cast<char*>(value.data());
}

template <class Number>
Number number_field(SQLHSTMT statement, SQLSMALLINT record, SQLSMALLINT field) {
  Number value = 77;
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, statement, record, field, &value, 0, nullptr), SQL_SUCCESS);
  return value;
}

const Script kDuplicate =
    script().reads(query("INSERT INTO t VALUES (1)")).sends(error(1062, "23000", "Duplicate entry '1' for key 'PRIMARY'"));

TEST(Diagnostics, EveryFieldOfAServersErrorCanBeRead) {
  connected(
      [](Connection& connection) {
        Statement s(connection);
        EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text("INSERT INTO t VALUES (1)"), SQL_NTS), SQL_ERROR);
        EXPECT_EQ(text_field(s.handle(), 1, SQL_DIAG_SQLSTATE), "23000");
        EXPECT_EQ(text_field(s.handle(), 1, SQL_DIAG_CLASS_ORIGIN), "ISO 9075");
        EXPECT_EQ(text_field(s.handle(), 1, SQL_DIAG_SUBCLASS_ORIGIN), "ISO 9075");
        EXPECT_NE(text_field(s.handle(), 1, SQL_DIAG_MESSAGE_TEXT).find("[MySQL 9.7.0]Duplicate entry"), std::string::npos);
        EXPECT_EQ(number_field<SQLINTEGER>(s.handle(), 1, SQL_DIAG_NATIVE), 1062);
        EXPECT_EQ(number_field<SQLLEN>(s.handle(), 1, SQL_DIAG_ROW_NUMBER), SQL_NO_ROW_NUMBER);
        EXPECT_EQ(number_field<SQLINTEGER>(s.handle(), 1, SQL_DIAG_COLUMN_NUMBER), SQL_NO_COLUMN_NUMBER);
        EXPECT_EQ(number_field<SQLINTEGER>(s.handle(), 0, SQL_DIAG_NUMBER), 1);
        EXPECT_EQ(number_field<SQLRETURN>(s.handle(), 0, SQL_DIAG_RETURNCODE), SQL_ERROR);
        EXPECT_EQ(text_field(s.handle(), 1, SQL_DIAG_SERVER_NAME), "");  // no data source was named
        EXPECT_EQ(text_field(s.handle(), 1, SQL_DIAG_CONNECTION_NAME), "");
      },
      kDuplicate);
}

TEST(Diagnostics, RecordsBeyondTheEndAndBelowOneAreToldApart) {
  connected(
      [](Connection& connection) {
        Statement s(connection);
        EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text("INSERT INTO t VALUES (1)"), SQL_NTS), SQL_ERROR);
        SQLCHAR state[6] = {};
        SQLINTEGER native = 0;
        const auto record = [&](SQLSMALLINT number) {
          return ::SQLGetDiagRec(SQL_HANDLE_STMT, s.handle(), number, state, &native, nullptr, 0, nullptr);
        };
        EXPECT_EQ(record(2), SQL_NO_DATA);
        EXPECT_EQ(record(0), SQL_ERROR);
        EXPECT_EQ(record(-1), SQL_ERROR);
        EXPECT_EQ(record(1), SQL_SUCCESS);  // still there: reading changes nothing
        EXPECT_STREQ(reinterpret_cast<char*>(state), "23000");
        SQLCHAR message[9] = {};
        SQLSMALLINT length = 0;
        EXPECT_EQ(::SQLGetDiagRec(SQL_HANDLE_STMT, s.handle(), 1, nullptr, nullptr, message, sizeof message, &length),
                  SQL_SUCCESS_WITH_INFO);
        EXPECT_STREQ(reinterpret_cast<char*>(message), "[Selkie]");
        EXPECT_GT(length, 40);
        EXPECT_EQ(::SQLGetDiagRec(SQL_HANDLE_STMT, s.handle(), 1, nullptr, nullptr, message, -1, &length), SQL_ERROR);
        const auto field = [&](SQLSMALLINT number, SQLSMALLINT which) {
          return ::SQLGetDiagField(SQL_HANDLE_STMT, s.handle(), number, which, message, sizeof message, &length);
        };
        EXPECT_EQ(field(2, SQL_DIAG_SQLSTATE), SQL_NO_DATA);
        EXPECT_EQ(field(0, SQL_DIAG_SQLSTATE), SQL_ERROR);
        EXPECT_EQ(field(1, 9999), SQL_ERROR);
        EXPECT_EQ(field(1, SQL_DIAG_MESSAGE_TEXT), SQL_SUCCESS_WITH_INFO);
        SQLLEN rows = 0;
        EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_DBC, connection.handle(), 0, SQL_DIAG_ROW_COUNT, &rows, 0, nullptr), SQL_ERROR);
      },
      kDuplicate);
}

TEST(Diagnostics, NextCallOnTheHandleClearsThem) {
  connected(
      [](Connection& connection) {
        Statement s(connection);
        EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text("INSERT INTO t VALUES (1)"), SQL_NTS), SQL_ERROR);
        EXPECT_EQ(s.records().size(), 1u);
        s.check(::SQLFreeStmt(s.handle(), SQL_UNBIND));
        EXPECT_EQ(s.records().size(), 0u);
      },
      kDuplicate);
}

TEST(Diagnostics, AffectedRowsAreInTheHeader) {
  connected(
      [](Connection& connection) {
        Statement s(connection);
        s.run("DELETE FROM t");
        EXPECT_EQ(number_field<SQLLEN>(s.handle(), 0, SQL_DIAG_ROW_COUNT), 7);
        EXPECT_EQ(number_field<SQLINTEGER>(s.handle(), 0, SQL_DIAG_NUMBER), 0);
      },
      script().reads(query("DELETE FROM t")).sends(ok(kAutocommit, {.affected_rows = 7})));
}

// A writer that a fail-over has made a reader. The code 1290 is of other options, too.
TEST(Diagnostics, ServerThatIsReadOnlySaysSoAndMayBeLeft) {
  const Reply read_only =
      error(1290, "HY000", "The MySQL server is running with the --read-only option so it cannot execute this statement");
  const Reply secure_files = error(
      1290, "HY000", "The MySQL server is running with the --secure-file-priv option so it cannot execute this statement");
  const Server* const one[] = {&kMySql97};
  replay(script()
             .reads(query("DELETE FROM t"))
             .sends(read_only)
             .reads(query("SELECT 1 INTO OUTFILE 'x'"))
             .sends(secure_files)
             .reads(query("DELETE FROM t"))
             .sends(error(1836, "HY000", "Running in read-only mode")),
         [](Connection& connection) {
           expect_error("25006", 1290, [&] { Statement(connection).run("DELETE FROM t"); });
           expect_error("HY000", 1290, [&] { Statement(connection).run("SELECT 1 INTO OUTFILE 'x'"); });
           expect_error("25006", 1836, [&] { Statement(connection).run("DELETE FROM t"); });
           EXPECT_FALSE(connection.is_dead());
         },
         {.servers = one, .cuts = false, .losses = false});
  const Reply in_transaction = error(1792, "25006", "Cannot execute statement in a READ ONLY transaction.");
  for (const auto& [code, refusal] : {std::pair(1290, read_only), std::pair(1792, in_transaction)}) {
    const SQLINTEGER native = code;
    replay(script().reads(query("DELETE FROM t")).sends(refusal).expects_close(),
           [native](Connection& connection) {
             const OdbcError error = expect_error("25006", native, [&] { Statement(connection).run("DELETE FROM t"); });
             EXPECT_NE(error.message().find("REJECT_READ_ONLY"), std::string::npos) << error.message();
             EXPECT_TRUE(connection.is_dead());
           },
           {.servers = one, .settings = "REJECT_READ_ONLY=1;", .cuts = false, .losses = false});
  }
}

TEST(Diagnostics, Odbc2ApplicationIsToldOdbc2States) {
  ScriptedServer server(login_script(kMySql97), kDuplicate, {});
  {
    Connection connection(SQL_OV_ODBC2);
    connection.connect(server.address() + ";UID=ann;SSLMODE=DISABLED");
    Statement s(connection);
    expect_error("S1010", 0, [&] { s.execute(); });
    expect_error("23000", 1062, [&] { s.run("INSERT INTO t VALUES (1)"); });
    expect_error("S1003", 0, [&] { s.check(::SQLBindCol(s.handle(), 1, 12345, &s, 4, nullptr)); });
  }
  EXPECT_EQ(server.finish().failure, "");
}

}  // namespace
}  // namespace selkie::test
