// Attributes that reach the server, and those that change how results are read.
#include <array>
#include <chrono>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Attributes : public OnEveryServer {
 protected:
  std::string catalog(Connection& of) {
    SQLCHAR value[256] = {};
    check(::SQLGetConnectAttr(of.handle(), SQL_ATTR_CURRENT_CATALOG, value, sizeof value, nullptr), SQL_HANDLE_DBC,
          of.handle());
    return reinterpret_cast<char*>(value);
  }
  void set_catalog(Connection& of, const std::string& name) {
    check(::SQLSetConnectAttr(of.handle(), SQL_ATTR_CURRENT_CATALOG, sql_text(name), static_cast<SQLINTEGER>(name.size())),
          SQL_HANDLE_DBC, of.handle());
  }
  std::string isolation(Connection& of) {
    const char* const variable =
        server().is_mariadb() && !server().has(Feature::vector_type) ? "tx_isolation" : "transaction_isolation";
    return Statement(of).run(std::string("SELECT @@session.") + variable).rows();
  }
};
SELKIE_ON_EVERY_SERVER(Attributes);

// --- Connections

struct Level {
  SQLUINTEGER odbc;
  const char* server;
};
constexpr std::array<Level, 4> kLevels{{{SQL_TXN_READ_UNCOMMITTED, "READ-UNCOMMITTED"},
                                        {SQL_TXN_READ_COMMITTED, "READ-COMMITTED"},
                                        {SQL_TXN_REPEATABLE_READ, "REPEATABLE-READ"},
                                        {SQL_TXN_SERIALIZABLE, "SERIALIZABLE"}}};

TEST_P(Attributes, TheIsolationLevelIsTheServersWhenSetBeforeOrAfterConnecting) {
  for (const Level& level : kLevels) {
    Connection early;
    early.set(SQL_ATTR_TXN_ISOLATION, level.odbc);
    early.connect(connection_string());
    EXPECT_EQ(isolation(early), level.server);
    EXPECT_EQ(early.get(SQL_ATTR_TXN_ISOLATION), level.odbc);
    connection().set(SQL_ATTR_TXN_ISOLATION, level.odbc);
    EXPECT_EQ(isolation(connection()), level.server);
  }
}

TEST_P(Attributes, AnIsolationLevelThatNobodySetIsTheServersOwn) {
  EXPECT_EQ(connection().get(SQL_ATTR_TXN_ISOLATION), SQLUINTEGER{SQL_TXN_REPEATABLE_READ});
  run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  EXPECT_EQ(connection().get(SQL_ATTR_TXN_ISOLATION), SQLUINTEGER{SQL_TXN_READ_COMMITTED});
}

TEST_P(Attributes, TheIsolationLevelCannotChangeInsideATransaction) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1)");
  expect_failure("HY011", 0, [&] { connection().set(SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE); });
  connection().rollback();
  connection().set(SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE);
}

TEST_P(Attributes, TheServerItselfKeepsAReadOnlyConnectionFromWriting) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  Connection reader;
  reader.set(SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY);
  reader.connect(connection_string());
  EXPECT_EQ(reader.get(SQL_ATTR_ACCESS_MODE), SQLUINTEGER{SQL_MODE_READ_ONLY});
  expect_failure("25006", 1792, [&] { Statement(reader).run("INSERT INTO t VALUES (1)"); });
  reader.set(SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_WRITE);
  Statement(reader).run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(rows("SELECT * FROM t"), "1");
}

TEST_P(Attributes, TheCurrentCatalogFollowsTheServer) {
  EXPECT_EQ(catalog(connection()), database());
  set_catalog(connection(), "information_schema");
  EXPECT_EQ(rows("SELECT DATABASE()"), "information_schema");
  run("USE " + database());
  EXPECT_EQ(catalog(connection()), database());
  EXPECT_EQ(connection().info(SQL_DATABASE_NAME), database());
  expect_failure("42000", 1049, [&] { set_catalog(connection(), "no_such_database"); });
  EXPECT_EQ(catalog(connection()), database());
}

TEST_P(Attributes, ACatalogSetBeforeConnectingIsTheOneConnectedTo) {
  Connection early;
  set_catalog(early, "information_schema");
  early.connect(server().connection_string());
  EXPECT_EQ(Statement(early).run("SELECT DATABASE()").rows(), "information_schema");
}

TEST_P(Attributes, AConnectionThatWasKilledIsDeadWithoutARoundTrip) {
  const auto victim = connect();
  EXPECT_FALSE(victim->is_dead());
  const std::string id = Statement(*victim).run("SELECT CONNECTION_ID()").rows();
  run("KILL " + id);
  for (int i = 0; i < 100 && !victim->is_dead(); ++i) Statement(connection()).run("SELECT SLEEP(0.02)").rows();
  EXPECT_TRUE(victim->is_dead());
  expect_failure("08S01", kAnyCode, [&] { Statement(*victim).run("SELECT 1"); });
}

TEST_P(Attributes, WhatIsOnlyForBeforeIsRefusedAfterwards) {
  expect_failure("HY011", 0, [&] { connection().set(SQL_ATTR_LOGIN_TIMEOUT, 5); });
  expect_failure("HY011", 0, [&] { connection().set(SQL_ATTR_PACKET_SIZE, 4096); });
}

TEST_P(Attributes, AConnectionTimeoutEndsAWait) {
  connection().set(SQL_ATTR_CONNECTION_TIMEOUT, 1);
  const auto before = std::chrono::steady_clock::now();
  expect_failure("HYT01", 0, [&] { run("SELECT SLEEP(20)"); });
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

TEST_P(Attributes, AutocommitOffHoldsWritesBackUntilCommitted) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  Connection writer;
  writer.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  writer.connect(connection_string());
  EXPECT_EQ(writer.get(SQL_ATTR_AUTOCOMMIT), SQLUINTEGER{SQL_AUTOCOMMIT_OFF});
  Statement(writer).run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(rows("SELECT * FROM t"), "");
  writer.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON);  // commits
  EXPECT_EQ(rows("SELECT * FROM t"), "1");
}

// A pool hands the connection to somebody else.
TEST_P(Attributes, AResetLeavesNothingOfTheFormerUserBehind) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  Connection pooled;
  pooled.set(SQL_ATTR_TXN_ISOLATION, SQL_TXN_READ_COMMITTED);  // asked for before connecting: part of the connection
  pooled.connect(connection_string());
  Statement kept(pooled);
  kept.prepare("SELECT 41 + 1").execute();
  kept.close();
  Statement(pooled).run("SET @mine = 5");
  Statement(pooled).run("CREATE TEMPORARY TABLE scratch (a INT)");
  Statement(pooled).run("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  Statement(pooled).run("USE information_schema");
  pooled.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Statement(pooled).run("INSERT INTO " + database() + ".t VALUES (1)");
  pooled.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
  EXPECT_EQ(rows("SELECT * FROM t"), "");  // rolled back
  EXPECT_EQ(Statement(pooled).run("SELECT @mine, DATABASE()").rows(), "NULL," + database());
  EXPECT_EQ(isolation(pooled), "READ-COMMITTED");
  EXPECT_EQ(pooled.get(SQL_ATTR_AUTOCOMMIT), SQLUINTEGER{SQL_AUTOCOMMIT_ON});
  expect_failure("42S02", 1146, [&] { Statement(pooled).run("SELECT * FROM scratch"); });
  EXPECT_EQ(kept.execute().rows(), "42");  // prepared anew
}

// The server goes back to its own default, which need not even be Unicode.
TEST_P(Attributes, AResetKeepsToTheCharacterSetOfConnecting) {
  const auto pooled = connect();
  const auto text_settings = [&] {
    return Statement(*pooled)
        .run("SELECT @@character_set_client, @@character_set_connection, @@character_set_results, @@collation_connection")
        .rows();
  };
  const std::string before = text_settings();
  Statement(*pooled).run("SET NAMES latin1");
  pooled->set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
  EXPECT_EQ(text_settings(), before);
  EXPECT_EQ(Statement(*pooled).run("SELECT HEX('\xc3\xa4'), 'a\xcc\x88'").rows(), "C3A4,a\xcc\x88");
}

// A connection that began in no database ends in none, though the server has no command for that.
TEST_P(Attributes, AResetLeavesTheDatabaseOfTheFormerUser) {
  Connection pooled;
  pooled.connect(server().connection_string());
  Statement(pooled).run("USE " + database());
  pooled.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
  EXPECT_EQ(Statement(pooled).run("SELECT DATABASE()").rows(), "NULL");
}

// --- Statements

TEST_P(Attributes, MaxRowsEndsAResultEarlyAndCatalogResultsToo) {
  for (int i = 1; i <= 3; ++i) run("CREATE TABLE t" + std::to_string(i) + " (a INT)");
  Statement s(connection());
  s.set(SQL_ATTR_MAX_ROWS, 2);
  EXPECT_EQ(s.run("SELECT 1 UNION SELECT 2 UNION SELECT 3").rows(), "1; 2");
  s.close();
  s.check(::SQLTables(s.handle(), nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 0));
  int tables = 0;
  while (s.fetch()) ++tables;
  EXPECT_EQ(tables, 2);
  s.close();
  s.set(SQL_ATTR_MAX_ROWS, std::uintptr_t{0});
  EXPECT_EQ(s.run("SELECT 1 UNION SELECT 2 UNION SELECT 3").rows(), "1; 2; 3");
}

TEST_P(Attributes, AQueryTimeoutStopsTheStatementAndLeavesTheConnectionUsable) {
  Statement s(connection());
  s.set(SQL_ATTR_QUERY_TIMEOUT, 1);
  const auto before = std::chrono::steady_clock::now();
  expect_failure("HYT00", kAnyCode, [&] { s.run("SELECT SLEEP(20)").rows(); });
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(6));
  EXPECT_EQ(rows("SELECT 1"), "1");
}

TEST_P(Attributes, RetrievingCanBeSwitchedOff) {
  Statement s(connection());
  std::int32_t value = 7;
  SQLLEN length = 7;
  s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &value, 0, &length));
  s.set(SQL_ATTR_RETRIEVE_DATA, std::uintptr_t{SQL_RD_OFF});
  s.run("SELECT 1 UNION SELECT 2");
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(value, 7);
  s.set(SQL_ATTR_RETRIEVE_DATA, SQL_RD_ON);
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(value, 2);
}

TEST_P(Attributes, TheRowNumberIsKnownOnARow) {
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  s.run("SELECT 1 UNION SELECT 2 UNION SELECT 3");
  const auto row = [&] {
    SQLULEN number = 0;
    s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_ROW_NUMBER, &number, 0, nullptr));
    return number;
  };
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_ABSOLUTE, 2));
  EXPECT_EQ(row(), 2u);
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_LAST, 0));
  EXPECT_EQ(row(), 3u);
}

TEST_P(Attributes, EscapesAreLeftAloneWithoutScanning) {
  Statement s(connection());
  EXPECT_EQ(s.run("SELECT {fn LENGTH('ab  ')}").rows(), "2");  // ODBC's LENGTH ignores trailing blanks
  s.close();
  s.set(SQL_ATTR_NOSCAN, SQL_NOSCAN_ON);
  EXPECT_EQ(s.run("SELECT {fn LENGTH('ab  ')}").rows(), "4");
}

}  // namespace
}  // namespace selkie::test
