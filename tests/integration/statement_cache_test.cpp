// What repeating one text costs a real server, counted by the server itself.
#include <deque>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class StatementCache : public OnEveryServer {
 protected:
  // A counter of this session: "Com_stmt_prepare".
  static long counter(Connection& connection, const std::string& name) {
    const std::string row = Statement(connection).run("SHOW SESSION STATUS LIKE '" + name + "'").rows();
    return std::stol(row.substr(row.find(',') + 1));
  }
  static long prepared(Connection& connection) { return counter(connection, "Com_stmt_prepare"); }
  static long executed(Connection& connection) { return counter(connection, "Com_stmt_execute"); }
  // Statements that the server keeps for this session.
  static long kept(Connection& connection) { return prepared(connection) - counter(connection, "Com_stmt_close"); }
};
SELKIE_ON_EVERY_SERVER(StatementCache);

TEST_P(StatementCache, RepeatedCyclesOfOneTextPrepareItOnce) {
  constexpr int kCycles = 20;
  const long prepared_before = prepared(connection()), executed_before = executed(connection());
  for (std::int32_t value = 0; value < kCycles; ++value) {
    Statement statement(connection());
    EXPECT_EQ(statement.prepare("SELECT ? + 1").bind(1, value).execute().rows(), std::to_string(value + 1));
  }
  EXPECT_EQ(prepared(connection()) - prepared_before, 1);
  EXPECT_EQ(executed(connection()) - executed_before, kCycles);
}

TEST_P(StatementCache, DirectExecutionsOfOneTextAreOneCommandEach) {
  constexpr int kCycles = 20;
  const auto commands = [&] { return counter(connection(), "Com_select") + counter(connection(), "Com_stmt_prepare"); };
  const long before = commands();
  for (int cycle = 0; cycle < kCycles; ++cycle) EXPECT_EQ(rows("SELECT 41 + 1"), "42");
  EXPECT_LE(commands() - before, kCycles + 1);
}

// A direct SELECT: into many rows at a time, with another value of EDSERVER, or what cannot be prepared without a difference.
TEST_P(StatementCache, DirectSelectsComeInBinaryWhereManyRowsAreFetchedAtATime) {
  struct Case {
    const char* settings;
    SQLULEN rowset;
    const char* sql;
    bool is_prepared;
  };
  const Case cases[] = {
      {"", 1, "SELECT 'one'", false},
      {"", 99, "SELECT 'one'", false},
      {"", 100, "SELECT 'one'", true},
      {"", 100, "WITH t AS (SELECT 'one' AS v) SELECT v FROM t", true},
      {"", 100, "SHOW STATUS LIKE 'Com_select'", false},
      {"", 100, "SELECT 'one', @v", false},
      {"EDSERVER=0;", 100, "SELECT 'one'", false},
      {"EDSERVER=1;", 1, "SELECT 'one'", true},
      {"NO_SSPS=1;", 100, "SELECT 'one'", false},
      {"MULTI_STATEMENTS=1;", 100, "SELECT 'one'; SELECT 2", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.settings) + c.sql + ", rowset " + std::to_string(c.rowset));
    const auto connected = connect(c.settings);
    for (int time = 0; time < 3; ++time) {
      Statement statement(*connected);
      statement.set(SQL_ATTR_ROW_ARRAY_SIZE, c.rowset);
      EXPECT_TRUE(statement.run(c.sql).fetch());
      EXPECT_NE(statement.text(1).value_or(""), "");
    }
    const bool all = c.settings == std::string_view("EDSERVER=1;");  // the question itself as well
    EXPECT_EQ(prepared(*connected), (c.is_prepared ? 1 : 0) + (all ? 1 : 0));
    EXPECT_EQ(executed(*connected), (c.is_prepared ? 3 : 0) + (all ? 2 : 0));
  }
}

TEST_P(StatementCache, DirectSelectsFailInTheSameWordsWhetherPreparedOrNot) {
  for (const char* const sql :
       {"SELECT * FROM missing", "SELECT missing", "SELECT 1 +", "SELECT 1 INTO OUTFILE '/missing/file'"}) {
    const auto failure = [&](SQLULEN rowset) -> std::string {
      Statement statement(connection());
      statement.set(SQL_ATTR_ROW_ARRAY_SIZE, rowset);
      try {
        statement.run(sql);
      } catch (const OdbcError&) {
        const Diagnostic first = statement.records().at(0);
        return first.state + ' ' + std::to_string(first.native) + ' ' + first.message;
      }
      return "none";
    };
    EXPECT_EQ(failure(100), failure(1));
    EXPECT_NE(failure(100), "none") << sql;
  }
}

// Text that means something else from now on is not taken for what was prepared before.
TEST_P(StatementCache, DirectSelectsFollowTheSessionsModesTablesAndVariables) {
  Statement statement(connection());
  statement.set(SQL_ATTR_ROW_ARRAY_SIZE, 100);
  const auto value = [&](const char* sql) {
    EXPECT_TRUE(statement.run(sql).fetch());
    const std::string text = statement.text(1).value_or("NULL");
    statement.close();
    return text;
  };
  EXPECT_EQ(value("SELECT 1 || 0"), "1");
  statement.run("SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')");
  EXPECT_EQ(value("SELECT 1 || 0"), "10");
  statement.run("CREATE TEMPORARY TABLE changing AS SELECT 1 AS v");
  EXPECT_EQ(value("SELECT v FROM changing"), "1");
  statement.run("DROP TEMPORARY TABLE changing");
  statement.run("CREATE TEMPORARY TABLE changing AS SELECT 'text' AS v");
  EXPECT_EQ(value("SELECT v FROM changing"), "text");
  statement.run("SET @v = 1");
  EXPECT_EQ(value("SELECT @v"), "1");
  statement.run("SET @v = 'text'");
  EXPECT_EQ(value("SELECT @v"), "text");
  statement.run("UPDATE changing SET v = 'a' WHERE v <> ''");
  EXPECT_EQ(value("SELECT ROW_COUNT()"), "1");
}

TEST_P(StatementCache, TheServerKeepsNoMoreStatementsThanCacheAndHandlesHold) {
  constexpr int kCache = 5, kHandles = 3;
  const auto limited = connect("STATEMENT_CACHE=" + std::to_string(kCache) + ";");
  std::deque<Statement> handles;
  std::int32_t value = 0;
  const auto text = [](int number) { return "SELECT ? + " + std::to_string(number); };
  for (int number = 0; number < kHandles; ++number) {
    EXPECT_EQ(handles.emplace_back(*limited).prepare(text(number)).bind(1, value).execute().rows(), std::to_string(number));
    handles.back().close();
  }
  for (int number = kHandles; number < 10 * kCache; ++number) {
    Statement(*limited).prepare(text(number)).bind(1, value).execute().rows();
    EXPECT_LE(kept(*limited), kCache + kHandles) << number;
  }
  EXPECT_EQ(kept(*limited), kCache + kHandles);
}

}  // namespace
}  // namespace selkie::test
