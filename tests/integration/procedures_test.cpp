// Stored procedures and functions: several results, OUT parameters, errors in any of them.
#include <array>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Procedures : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(Procedures);

TEST_P(Procedures, ResultsAndCountsComeInOrderByTextAndPrepared) {
  run("CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 'x' AS b, 2 AS c UNION SELECT 'y', 3; END");
  for (const bool prepared : {false, true}) {
    Statement statement(connection());
    if (prepared) {
      statement.prepare("{CALL p()}").execute();
    } else {
      statement.run("{CALL p()}");
    }
    EXPECT_EQ(statement.rows(), "1");
    ASSERT_TRUE(statement.more());
    EXPECT_EQ(statement.columns(), 2);
    EXPECT_EQ(statement.rows(), "x,2; y,3");
    EXPECT_FALSE(statement.more());
  }
}

TEST_P(Procedures, OutAndInOutValuesAreThereWhenTheResultsAreRead) {
  run("CREATE PROCEDURE p(IN a INT, OUT b VARCHAR(20), INOUT c BIGINT UNSIGNED) "
      "BEGIN SELECT a + 1 AS n; SET b = CONCAT('é', a); SET c = c + 1; END");
  std::int32_t a = 7;
  std::array<char, 32> b{};
  std::uint64_t c = 18446744073709551614u;
  SQLLEN b_length = 0, c_length = 0;
  Statement s(connection());
  s.prepare("{CALL p(?, ?, ?)}").bind(1, a);
  s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_OUTPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, b.data(), b.size(), &b_length));
  s.check(::SQLBindParameter(s.handle(), 3, SQL_PARAM_INPUT_OUTPUT, SQL_C_UBIGINT, SQL_BIGINT, 0, 0, &c, 0, &c_length));
  for (int i = 0; i < 2; ++i) {
    c = 18446744073709551614u;
    s.execute();
    EXPECT_EQ(s.rows(), "8");
    EXPECT_FALSE(s.more());
    EXPECT_STREQ(b.data(), "é7");
    EXPECT_EQ(b_length, 3);
    EXPECT_EQ(c, 18446744073709551615u);
  }
}

TEST_P(Procedures, OutValueMayBeNull) {
  run("CREATE PROCEDURE p(OUT a INT) BEGIN SET a = NULL; END");
  std::int32_t a = 7;
  SQLLEN length = 0;
  Statement s(connection());
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &a, 0, &length));
  s.run("{CALL p(?)}");
  EXPECT_EQ(length, SQL_NULL_DATA);
}

// MySQL sends OUT text in the parameter's own character set and does not say which.
TEST_P(Procedures, OutTextOfAnotherCharacterSetIsWholeOrRefused) {
  run("CREATE PROCEDURE p(IN v VARCHAR(9), OUT o VARCHAR(9) CHARACTER SET latin1) SET o = v");
  for (const std::string in : {"cafe", "caf\u00e9"}) {
    for (const SQLSMALLINT c_type : {SQLSMALLINT{SQL_C_CHAR}, SQLSMALLINT{SQL_C_BINARY}}) {
      Statement s(connection());
      SQLLEN in_bytes = 0, out_bytes = 0;
      std::array<char, 10> out{};
      s.bind(1, in, in_bytes);
      s.check(
          ::SQLBindParameter(s.handle(), 2, SQL_PARAM_OUTPUT, c_type, SQL_VARCHAR, 9, 0, out.data(), out.size(), &out_bytes));
      s.prepare("{CALL p(?, ?)}");
      const bool is_whole = server().is_mariadb() || in == "cafe";
      if (!is_whole && c_type == SQL_C_CHAR) {
        expect_failure("22018", 0, [&] { s.execute(); });
      } else {
        s.execute();
        EXPECT_EQ(std::string(out.data(), static_cast<std::size_t>(out_bytes)), is_whole ? in : "caf\xe9");
      }
    }
  }
}

TEST_P(Procedures, ReturnValueOfAFunctionIsAnOutputParameter) {
  run("CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a * 2");
  std::int32_t result = 0, a = 21;
  SQLLEN length = 0;
  Statement s(connection());
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &result, 0, &length));
  s.bind(2, a).run("{? = CALL f(?)}");
  EXPECT_EQ(result, 42);
  EXPECT_EQ(s.columns(), 0);
}

TEST_P(Procedures, ErrorOfTheSecondResultIsReportedByMoreResults) {
  run("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT * FROM nowhere; END");
  Statement statement(connection());
  EXPECT_EQ(statement.run("{CALL p()}").rows(), "1");
  expect_failure("42S02", 1146, [&] { statement.more(); });
  EXPECT_EQ(rows("SELECT 'still here'"), "still here");
}

TEST_P(Procedures, AbandonedInAnyPlaceLeavesTheConnectionUsable) {
  run("CREATE PROCEDURE p() BEGIN SELECT 1 UNION ALL SELECT 2; SELECT 3; END");
  for (int stage = 0; stage < 5; ++stage) {
    Statement statement(connection());
    statement.run("{CALL p()}");
    if (stage > 0) statement.fetch();
    if (stage > 1) statement.fetch();
    if (stage > 2) statement.fetch();
    if (stage > 3) statement.more();
    EXPECT_EQ(rows("SELECT 'between'"), "between") << "stage " << stage;
  }
  EXPECT_EQ(rows("SELECT 'after'"), "after");
}

TEST_P(Procedures, StatementsOfSeveralKindsInOneTextNeedTheOptionAndFollowEachOther) {
  expect_failure("42000", 1064, [&] { run("SELECT 1; SELECT 2"); });
  const auto several = connect("MULTI_STATEMENTS=1;");
  Statement statement(*several);
  statement.run("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); SELECT a FROM t");
  EXPECT_TRUE(statement.more());
  EXPECT_EQ(statement.row_count(), 2);
  EXPECT_TRUE(statement.more());
  EXPECT_EQ(statement.rows(), "1; 2");
  EXPECT_FALSE(statement.more());
}

}  // namespace
}  // namespace selkie::test
