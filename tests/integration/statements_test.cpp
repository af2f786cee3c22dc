// What programs do with statements: texts that return rows though they are no SELECT, counts of rows, statements that come and
// go, times and time zones, and processes that end in the middle.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Statements : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (!IsSkipped()) run("CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB");
  }
  void run_either(Statement& s, const std::string& sql, bool prepared) {
    if (prepared) {
      s.prepare(sql).execute();
    } else {
      s.run(sql);
    }
  }
};
SELKIE_ON_EVERY_SERVER(Statements);

TEST_P(Statements, ReturnRowsWhateverTheirFirstWordIs) {
  struct Case {
    const char* sql;
    int least_rows;
    enum { everywhere, mariadb, mysql } where = everywhere;
  };
  const Case cases[] = {
      {"EXPLAIN SELECT * FROM t", 1},
      {"DESCRIBE t", 2},
      {"SHOW TABLES", 1},
      {"SHOW CREATE TABLE t", 1},
      {"SHOW WARNINGS", 0},
      {"ANALYZE TABLE t", 1},
      {"CHECK TABLE t", 1},
      {"OPTIMIZE TABLE t", 1},
      {"(SELECT 1) UNION (SELECT 2)", 2},
      {"WITH a AS (SELECT 1 UNION SELECT 2) SELECT * FROM a", 2},
      {"/*!40000 SELECT 1 */", 1},
      {"/* SELECT */ SHOW DATABASES", 1},
      {"VALUES (1), (2)", 2, Case::mariadb},
      {"VALUES ROW(1), ROW(2)", 2, Case::mysql},
      {"TABLE t", 0, Case::mysql},
      {"INSERT INTO t VALUES (70, 7) RETURNING id", 1, Case::mariadb},
      {"DELETE FROM t WHERE id = 70 RETURNING n", 1, Case::mariadb},
      {"BEGIN NOT ATOMIC SELECT 1; END", 1, Case::mariadb},
  };
  for (const bool prepared : {false, true}) {
    for (const Case& c : cases) {
      if ((c.where == Case::mariadb && !server().is_mariadb()) || (c.where == Case::mysql && server().is_mariadb())) continue;
      SCOPED_TRACE(std::string(c.sql) + (prepared ? ", prepared" : ""));
      Statement s(connection());
      run_either(s, c.sql, prepared);
      EXPECT_GT(s.columns(), 0);
      int rows_read = 0;
      while (s.fetch()) ++rows_read;
      EXPECT_GE(rows_read, c.least_rows);
      while (s.more()) EXPECT_EQ(s.columns(), 0);  // the OK of a block
      EXPECT_EQ(rows("SELECT 'in step'"), "in step");
    }
  }
}

// The servers refuse blanks, a comment alone most of them take.
TEST_P(Statements, WithoutASingleWordDoNoHarm) {
  for (const bool prepared : {false, true}) {
    for (const char* const sql : {" ", "\n\t", "-- nothing", "/* nothing */", ";"}) {
      SCOPED_TRACE(sql);
      Statement s(connection());
      try {
        run_either(s, sql, prepared);
        EXPECT_EQ(s.columns(), 0);
      } catch (const OdbcError& error) {
        EXPECT_EQ(error.state(), "42000") << error.what();
        EXPECT_TRUE(error.native() == 1065 || error.native() == 1064) << error.what();
      }
      EXPECT_EQ(s.run("SELECT 1").rows(), "1");
    }
  }
}

TEST_P(Statements, CountTheRowsThatTheyChangedOrFound) {
  struct Case {
    const char* sql;
    SQLLEN found, changed;  // with FOUND_ROWS and without
  };
  const Case cases[] = {
      {"INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)", 3, 3},
      {"UPDATE t SET n = n", 3, 0},
      {"UPDATE t SET n = 3", 3, 2},
      {"INSERT INTO t VALUES (1, 5) ON DUPLICATE KEY UPDATE n = 9", 2, 2},
      {"REPLACE INTO t VALUES (1, 6)", 2, 2},
      {"SELECT * FROM t", -1, -1},
      {"DELETE FROM t WHERE id > 1", 2, 2},
      {"DELETE FROM t", 1, 1},
      {"DELETE FROM t", 0, 0},
  };
  for (const bool found_rows : {true, false}) {
    const auto c = connect(found_rows ? "" : "FOUND_ROWS=0;");
    for (const bool prepared : {false, true}) {
      for (const Case& one : cases) {
        SCOPED_TRACE(std::string(one.sql) + (found_rows ? "" : ", FOUND_ROWS=0"));
        Statement s(*c);
        run_either(s, one.sql, prepared);
        EXPECT_EQ(s.row_count(), found_rows ? one.found : one.changed);
      }
    }
  }
}

// An UPDATE or DELETE of no row is SQL_NO_DATA for an application of ODBC 3.
TEST_P(Statements, ThatChangeNothingSaySo) {
  Statement s(connection());
  EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text("UPDATE t SET n = 1 WHERE id = 99"), SQL_NTS)), SQL_NO_DATA);
  s.prepare("DELETE FROM t WHERE id = 99");
  EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NO_DATA);
  EXPECT_EQ(s.row_count(), 0);
}

// The server keeps no more of them than the statement cache holds.
TEST_P(Statements, AreClosedAtTheServerWhenTheyFallOutOfTheCache) {
  constexpr std::int64_t kCached = 10;
  const auto cached = connect("STATEMENT_CACHE=10;");
  const auto open_at_server = [&] {
    std::int64_t open = 0;
    for (const auto& [name, sign] : {std::pair{"Com_stmt_prepare", 1}, std::pair{"Com_stmt_close", -1}}) {
      Statement s(*cached);
      EXPECT_TRUE(s.run(std::string("SHOW SESSION STATUS LIKE '") + name + "'").fetch());
      open += sign * s.number(2).value_or(0);
    }
    return open;
  };
  const std::int64_t before = open_at_server();
  for (std::int32_t i = 0; i < 300; ++i) {
    Statement s(*cached);
    EXPECT_EQ(s.prepare("SELECT ? + " + std::to_string(i)).bind(1, i).execute().rows(), std::to_string(2 * i));
  }
  EXPECT_LE(open_at_server() - before, kCached + 1);
}

TEST_P(Statements, ReadTheTimeThatWasWrittenWhateverTheTimeZone) {
  EXPECT_EQ(rows("SELECT @@session.time_zone = @@global.time_zone"), "1");  // nobody has set it
  run("CREATE TABLE at (s TIMESTAMP(6) NULL, d DATETIME(6))");
  for (const char* const zone : {"+00:00", "+05:30", "-11:00"}) {
    run("DELETE FROM at");
    run(std::string("SET time_zone = '") + zone + "'");
    SQL_TIMESTAMP_STRUCT value{2021, 3, 28, 2, 30, 15, 123456000};  // an hour that some places do not have
    for (const bool in_text : {false, true}) {
      const auto c = connect(std::string(in_text ? "NO_SSPS=1;" : "") + "INITSTMT={SET time_zone='" + zone + "'};");
      Statement s(*c);
      s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 26, 6, &value, 0,
                                 nullptr));
      s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 26, 6, &value, 0,
                                 nullptr));
      s.prepare("INSERT INTO at VALUES (?, ?)").execute();
    }
    constexpr const char* kWritten = "2021-03-28 02:30:15.123456,2021-03-28 02:30:15.123456";
    EXPECT_EQ(rows("SELECT DISTINCT s, d FROM at"), kWritten) << zone;
    EXPECT_EQ(Statement(connection()).prepare("SELECT DISTINCT s, d FROM at").execute().rows(), kWritten) << zone;
  }
}

// Nothing of the driver runs at exit: neither an open cursor nor a child of fork() that ends says a word to the server.
TEST_P(Statements, OfAProcessThatEndsInTheMiddleHarmNobody) {
  run("INSERT INTO t VALUES (1, 1), (2, 2)");
  Statement s(connection());
  ASSERT_TRUE(s.run("SELECT id FROM t ORDER BY id").fetch());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) std::exit(42);  // with destructors of statics, open connections and all
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 42) << status;
  EXPECT_EQ(s.rows(), "2");
  EXPECT_EQ(rows("SELECT 'still here'"), "still here");
}

}  // namespace
}  // namespace selkie::test
