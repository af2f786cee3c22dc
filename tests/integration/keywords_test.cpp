// Keywords that change what columns and parameters look like and which tables the catalog functions find.
#include <cstring>
#include <string>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Keywords : public OnEveryServer {
 protected:
  static SQLLEN concise_type(Statement& statement, SQLUSMALLINT column) {
    SQLLEN type = 0;
    statement.check(::SQLColAttribute(statement.handle(), column, SQL_DESC_CONCISE_TYPE, nullptr, 0, nullptr, &type));
    return type;
  }
};
SELKIE_ON_EVERY_SERVER(Keywords);

TEST_P(Keywords, Tinyint1IsBitReportsOneDigitAsBitEverywhere) {
  run("CREATE TABLE flags (a TINYINT(1), b TINYINT, c TINYINT(1))");
  run("INSERT INTO flags VALUES (1, 2, 0)");
  for (const bool on : {true, false}) {
    SCOPED_TRACE(on);
    const auto other = connect(on ? "TINYINT1_IS_BIT=1;" : "");
    const SQLLEN expected = on ? SQL_BIT : SQL_TINYINT;
    Statement statement(*other);
    statement.run("SELECT a, b, c FROM flags");
    EXPECT_EQ(concise_type(statement, 1), expected);
    EXPECT_EQ(concise_type(statement, 2), SQL_TINYINT);
    EXPECT_EQ(statement.rows(), "1,2,0");
    statement.close();
    statement.check(::SQLColumns(statement.handle(), nullptr, 0, nullptr, 0, sql_text("flags"), SQL_NTS, nullptr, 0));
    ASSERT_TRUE(statement.fetch());
    EXPECT_EQ(statement.number(5), expected);
    ASSERT_TRUE(statement.fetch());
    EXPECT_EQ(statement.number(5), SQL_TINYINT);
  }
}

TEST_P(Keywords, NoBinaryResultTakesBytesOfFunctionsForTextAndThoseOfTablesForBytes) {
  run("CREATE TABLE bytes (b VARBINARY(10))");
  run("INSERT INTO bytes VALUES ('abc')");
  const std::string sql = "SELECT CAST('gr\xc3\xbcn' AS BINARY(5)), b FROM bytes";
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared);
    const auto other = connect("NO_BINARY_RESULT=1;");
    Statement statement(*other);
    prepared ? statement.prepare(sql).execute() : statement.run(sql);
    EXPECT_TRUE(concise_type(statement, 1) == SQL_VARCHAR || concise_type(statement, 1) == SQL_CHAR ||
                concise_type(statement, 1) == SQL_WVARCHAR || concise_type(statement, 1) == SQL_WCHAR)
        << concise_type(statement, 1);
    EXPECT_EQ(concise_type(statement, 2), SQL_VARBINARY);
    EXPECT_EQ(statement.rows(), "gr\xc3\xbcn,616263");
  }
  EXPECT_EQ(rows(sql), "6772C3BC6E,616263");
}

TEST_P(Keywords, DefaultBigintBindStrTakesTextForADefaultBigint) {
  run("CREATE TABLE big (n BIGINT)");
  const auto insert = [](Connection& to, const void* value, SQLLEN length) {
    Statement statement(to);
    statement.prepare("INSERT INTO big VALUES (?)");
    statement.check(::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_DEFAULT, SQL_BIGINT, 19, 0,
                                       const_cast<void*>(value), 0, &length));
    statement.execute();
  };
  const auto other = connect("DFLT_BIGINT_BIND_STR=1;");
  const std::string text = "-9223372036854775808";
  const std::int64_t number = 42;
  insert(*other, text.data(), static_cast<SQLLEN>(text.size()));
  insert(connection(), &number, sizeof number);
  EXPECT_EQ(rows("SELECT n FROM big ORDER BY n"), text + "; 42");
}

TEST_P(Keywords, NoDateOverflowDropsWhatADateOrATimeCannotHold) {
  run("CREATE TABLE days (d DATE, t TIME)");
  SQL_TIMESTAMP_STRUCT stamp{2026, 2, 3, 4, 5, 6, 700};
  const auto insert = [&](Connection& to) {
    Statement statement(to);
    statement.prepare("INSERT INTO days VALUES (?, ?)");
    statement.check(::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_DATE, 10, 0,
                                       &stamp, 0, nullptr));
    statement.check(::SQLBindParameter(statement.handle(), 2, SQL_PARAM_INPUT, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIME, 8, 0,
                                       &stamp, 0, nullptr));
    statement.execute();
  };
  expect_failure("22008", kAnyCode, [&] { insert(connection()); });
  for (const char* keyword : {"NO_DATE_OVERFLOW=1;", "TRUNCDT=1;"}) insert(*connect(keyword));
  EXPECT_EQ(rows("SELECT * FROM days"), "2026-02-03,04:05:06; 2026-02-03,04:05:06");
}

TEST_P(Keywords, SchemaNoErrorOverlooksTheSchemaThatNothingHas) {
  run("CREATE TABLE found (a INT)");
  const auto tables = [](Connection& where) {
    Statement statement(where);
    statement.check(
        ::SQLTables(statement.handle(), nullptr, 0, sql_text("dbo"), SQL_NTS, sql_text("found"), SQL_NTS, nullptr, 0));
    int count = 0;
    while (statement.fetch()) ++count;
    return count;
  };
  EXPECT_EQ(tables(connection()), 0);
  EXPECT_EQ(tables(*connect("SCHEMANOERROR=1;")), 1);
}

TEST_P(Keywords, NullIsCurrentSaysWhereANullCatalogLooks) {
  run("CREATE TABLE somewhere (a INT)");
  const auto tables = [](Connection& where) {
    Statement(where).run("USE information_schema");
    Statement statement(where);
    statement.check(::SQLTables(statement.handle(), nullptr, 0, nullptr, 0, sql_text("somewhere"), SQL_NTS, nullptr, 0));
    std::string catalogs;
    while (statement.fetch()) catalogs += statement.text(1).value_or("NULL") + " ";
    return catalogs;
  };
  EXPECT_EQ(tables(connection()), "");
  EXPECT_NE(tables(*connect("NULLISCURRENT=0;")).find(database() + " "), std::string::npos);
}

}  // namespace
}  // namespace selkie::test
