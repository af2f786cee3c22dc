// Definitions that a real server leaves out, and every reason for which it sends them again. A server that always sends them
// must come to the same.
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class MetadataCache : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT, name VARCHAR(20)) CHARACTER SET utf8mb4");
    run("INSERT INTO t VALUES (1, 'é')");
  }

  // Columns and rows of one more execution.
  static std::string again(Statement& statement) {
    statement.execute();
    const std::string columns = std::to_string(statement.columns());
    const std::string rows = statement.rows();
    statement.close();
    return columns + ": " + rows;
  }
  static std::string name_of_column(Statement& statement, SQLUSMALLINT column) {
    SQLCHAR name[64] = {};
    SQLSMALLINT size = 0;
    statement.check(::SQLColAttribute(statement.handle(), column, SQL_DESC_NAME, name, sizeof name, &size, nullptr));
    return reinterpret_cast<char*>(name);
  }
};
SELKIE_ON_EVERY_SERVER(MetadataCache);

TEST_P(MetadataCache, UnchangedResultsAreReadAgainAndAgain) {
  Statement statement(connection());
  statement.prepare("SELECT * FROM t");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(again(statement), "2: 1,é");
}

TEST_P(MetadataCache, FollowsATableThatAnotherSessionAlters) {
  Statement statement(connection());
  statement.prepare("SELECT * FROM t");
  EXPECT_EQ(again(statement), "2: 1,é");
  const auto other = connect();
  Statement(*other).run("ALTER TABLE t ADD COLUMN more DATE DEFAULT '2020-02-29'");
  EXPECT_EQ(again(statement), "3: 1,é,2020-02-29");
  EXPECT_EQ(again(statement), "3: 1,é,2020-02-29");
  Statement(*other).run("ALTER TABLE t MODIFY COLUMN id BIGINT UNSIGNED, RENAME COLUMN name TO title");
  Statement(*other).run("UPDATE t SET id = 18446744073709551615");
  statement.execute();
  EXPECT_EQ(name_of_column(statement, 2), "title");
  EXPECT_EQ(statement.rows(), "18446744073709551615,é,2020-02-29");
  statement.close();
  Statement(*other).run("ALTER TABLE t DROP COLUMN title, DROP COLUMN more");
  EXPECT_EQ(again(statement), "1: 18446744073709551615");
}

// The change comes while nobody looks at the rows: the next execution must not go by the definitions of before.
TEST_P(MetadataCache, FollowsAChangeSeenByAnExecutionWithoutAFetch) {
  Statement statement(connection());
  statement.prepare("SELECT id FROM t");
  EXPECT_EQ(again(statement), "1: 1");
  const auto other = connect();
  Statement(*other).run("ALTER TABLE t MODIFY COLUMN id DECIMAL(12,3)");
  statement.execute().close();
  EXPECT_EQ(again(statement), "1: 1.000");
}

TEST_P(MetadataCache, TextStaysTextWhenTheSessionChangesItsCharacterSet) {
  Statement statement(connection());
  statement.prepare("SELECT name FROM t");
  EXPECT_EQ(again(statement), "1: é");
  run("SET NAMES utf8mb4 COLLATE utf8mb4_bin");
  EXPECT_EQ(again(statement), "1: é");
  run("SET character_set_client = latin1");
  EXPECT_EQ(again(statement), "1: é");
  EXPECT_EQ(again(statement), "1: é");
}

TEST_P(MetadataCache, ParameterAloneMayBeOfAnotherTypeEachTime) {
  Statement statement(connection());
  statement.prepare("SELECT ?");
  std::int32_t number = 7;
  EXPECT_EQ(again(statement.bind(1, number)), "1: 7");
  const std::string text = "seven";
  SQLLEN length = 0;
  EXPECT_EQ(again(statement.bind(1, text, length)), "1: seven");
  EXPECT_EQ(again(statement.bind(1, number)), "1: 7");
}

TEST_P(MetadataCache, ReturningBringsItsDefinitionsWithTheExecution) {
  if (!server().has(Feature::returning)) GTEST_SKIP() << "needs INSERT ... RETURNING";
  run("CREATE TABLE r (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
  Statement statement(connection());
  std::int32_t value = 7;
  statement.prepare("INSERT INTO r (v) VALUES (?) RETURNING id, v").bind(1, value);
  EXPECT_EQ(again(statement), "2: 1,7");
  EXPECT_EQ(again(statement), "2: 2,7");
  EXPECT_EQ(again(statement), "2: 3,7");
}

TEST_P(MetadataCache, ResultsOfAProcedureKeepTheirOwn) {
  run("CREATE PROCEDURE p() BEGIN SELECT id FROM t; SELECT name, id FROM t; END");
  Statement statement(connection());
  statement.prepare("CALL p()");
  for (int i = 0; i < 3; ++i) {
    statement.execute();
    EXPECT_EQ(statement.rows(), "1");
    EXPECT_TRUE(statement.more());
    EXPECT_EQ(statement.rows(), "é,1");
    EXPECT_FALSE(statement.more());
  }
}

TEST_P(MetadataCache, StatementsOfOneTextHaveEachTheirOwn) {
  Statement first(connection()), second(connection());
  first.prepare("SELECT id, name FROM t");
  second.prepare("SELECT id, name FROM t");
  EXPECT_EQ(again(first), "2: 1,é");
  EXPECT_EQ(again(second), "2: 1,é");
  EXPECT_EQ(again(first), "2: 1,é");
  EXPECT_EQ(rows("SELECT name FROM t"), "é");
  EXPECT_EQ(again(second), "2: 1,é");
}

TEST_P(MetadataCache, ColumnBoundBeforeAndGoneNowIsAnErrorAndNotWrittenTo) {
  Statement statement(connection());
  statement.prepare("SELECT * FROM t").execute();
  std::int32_t id = 0;
  char name[20] = "untouched";
  SQLLEN length = 0;
  statement.check(::SQLBindCol(statement.handle(), 1, SQL_C_SLONG, &id, 0, nullptr));
  statement.check(::SQLBindCol(statement.handle(), 2, SQL_C_CHAR, name, sizeof name, &length));
  statement.close();
  const auto other = connect();
  Statement(*other).run("ALTER TABLE t DROP COLUMN name");
  statement.execute();
  expect_failure("07009", kAnyCode, [&] { statement.fetch(); });
  EXPECT_STREQ(name, "untouched");
}

}  // namespace
}  // namespace selkie::test
