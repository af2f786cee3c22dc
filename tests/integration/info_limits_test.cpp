// SQLGetInfo's limits: what is as large as they say works, and what is larger by one is refused.
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using Count = SQLULEN;

std::string repeated(Count count, const std::function<std::string(Count)>& item, const char* between = ",") {
  std::string all;
  for (Count i = 0; i < count; ++i) all += (i == 0 ? "" : between) + item(i);
  return all;
}
// Of `count` characters, each of two bytes.
std::string name(Count count) {
  return "`" +
         repeated(
             count, [](Count) { return "\xc3\xa4"; }, "") +
         "`";
}
std::string columns(Count count) {
  return repeated(count, [](Count i) { return "c" + std::to_string(i) + " TINYINT"; });
}
std::string column_names(Count count) {
  return repeated(count, [](Count i) { return "c" + std::to_string(i); });
}

class InfoLimits : public OnEveryServer {
 protected:
  Count limit(SQLUSMALLINT type, bool is_wide = false) {
    SQLUINTEGER value = 0;  // little endian: a short answer leaves the upper half
    SQLSMALLINT length = 0;
    check(::SQLGetInfo(connection().handle(), type, &value, sizeof value, &length), SQL_HANDLE_DBC, connection().handle());
    EXPECT_EQ(length, is_wide ? SQLSMALLINT{sizeof(SQLUINTEGER)} : SQLSMALLINT{sizeof(SQLUSMALLINT)}) << type;
    return value;
  }
  // What `sql` makes of the limit runs; of one more, it does not.
  void expect_limit(SQLUSMALLINT type, const std::function<std::string(Count)>& sql,
                    const std::function<std::string(Count)>& undo, bool is_wide = false) {
    const Count most = limit(type, is_wide);
    ASSERT_GT(most, 0u) << type;
    try {
      run(sql(most));
      if (undo) run(undo(most));
    } catch (const OdbcError& error) {
      ADD_FAILURE() << type << ", " << most << ": " << error.what();
    }
    try {
      run(sql(most + 1));
      if (undo) run(undo(most + 1));
      ADD_FAILURE() << type << ": " << most << " is not the limit";
    } catch (const OdbcError& error) {
      EXPECT_NE(error.native(), 1064) << error.what();  // refused for its size, not for its syntax
    }
  }
};
SELKIE_ON_EVERY_SERVER(InfoLimits);

TEST_P(InfoLimits, NamesAreAsLongAsIsSaid) {
  const auto drop = [](const char* kind) {
    return [=](Count count) { return "DROP " + std::string(kind) + " " + name(count); };
  };
  run("CREATE TABLE base (a INT)");
  expect_limit(
      SQL_MAX_CATALOG_NAME_LEN, [](Count n) { return "CREATE DATABASE " + name(n); }, drop("DATABASE"));
  expect_limit(
      SQL_MAX_TABLE_NAME_LEN, [](Count n) { return "CREATE TABLE " + name(n) + " (a INT)"; }, drop("TABLE"));
  expect_limit(
      SQL_MAX_COLUMN_NAME_LEN, [](Count n) { return "CREATE TABLE t (" + name(n) + " INT)"; },
      [](Count) { return "DROP TABLE t"; });
  expect_limit(
      SQL_MAX_PROCEDURE_NAME_LEN, [](Count n) { return "CREATE PROCEDURE " + name(n) + "() SELECT 1"; }, drop("PROCEDURE"));
  expect_limit(
      SQL_MAX_IDENTIFIER_LEN, [](Count n) { return "CREATE INDEX " + name(n) + " ON base (a)"; },
      [](Count n) { return "DROP INDEX " + name(n) + " ON base"; });
  expect_limit(
      SQL_MAX_IDENTIFIER_LEN, [](Count n) { return "CREATE VIEW " + name(n) + " AS SELECT 1"; }, drop("VIEW"));
}

TEST_P(InfoLimits, NamesOfUsersToo) {
  const std::string host = "@'nowhere.example'";
  expect_limit(
      SQL_MAX_USER_NAME_LEN, [&](Count n) { return "CREATE USER " + name(n) + host; },
      [&](Count n) { return "DROP USER " + name(n) + host; });
}

TEST_P(InfoLimits, NamesOfCursorsToo) {
  const Count most = limit(SQL_MAX_CURSOR_NAME_LEN);
  Statement s(connection());
  const std::string longest(most, 'c'), longer(most + 1, 'c');
  EXPECT_EQ(::SQLSetCursorName(s.handle(), sql_text(longest), SQL_NTS), SQL_SUCCESS);
  expect_failure("34000", 0, [&] { s.check(::SQLSetCursorName(s.handle(), sql_text(longer), SQL_NTS)); });
}

TEST_P(InfoLimits, ColumnsAndTablesAreAsManyAsIsSaid) {
  const auto drop = [](Count) { return std::string("DROP TABLE t"); };
  expect_limit(
      SQL_MAX_COLUMNS_IN_TABLE, [](Count n) { return "CREATE TABLE t (" + columns(n) + ")"; }, drop);
  expect_limit(
      SQL_MAX_COLUMNS_IN_INDEX, [](Count n) { return "CREATE TABLE t (" + columns(n) + ", KEY (" + column_names(n) + "))"; },
      drop);
  expect_limit(
      SQL_MAX_COLUMNS_IN_SELECT, [](Count n) { return "SELECT " + repeated(n, [](Count) { return "1"; }); }, nullptr);
  run("CREATE TABLE one (a INT)");
  expect_limit(
      SQL_MAX_TABLES_IN_SELECT,
      [](Count n) { return "SELECT COUNT(*) FROM " + repeated(n, [](Count i) { return "one AS t" + std::to_string(i); }); },
      nullptr);
}

TEST_P(InfoLimits, RowsAndKeysAreAsLargeAsIsSaid) {
  const auto drop = [](Count) { return std::string("DROP TABLE t"); };
  // A length takes two bytes in front of the value.
  expect_limit(
      SQL_MAX_ROW_SIZE,
      [](Count n) {
        return "CREATE TABLE t (a BINARY(255) NOT NULL, b VARBINARY(" + std::to_string(n - 255 - 2) + ") NOT NULL)";
      },
      drop, true);
  expect_limit(
      SQL_MAX_INDEX_SIZE, [](Count n) { return "CREATE TABLE t (a VARBINARY(" + std::to_string(n) + ") PRIMARY KEY)"; }, drop,
      true);
  // SQL_MAX_ROW_SIZE_INCLUDES_LONG
  EXPECT_EQ(connection().info(SQL_MAX_ROW_SIZE_INCLUDES_LONG), "N");
  run("CREATE TABLE t (a LONGTEXT, b LONGBLOB, c VARBINARY(60000))");
  run("INSERT INTO t VALUES (REPEAT('a', 200000), REPEAT('b', 200000), REPEAT('c', 60000))");
  EXPECT_EQ(rows("SELECT LENGTH(a) + LENGTH(b) + LENGTH(c) FROM t"), "460000");
}

TEST_P(InfoLimits, WhatHasNoneGoesBeyondAllThatWouldBeOne) {
  for (const SQLUSMALLINT type : std::initializer_list<SQLUSMALLINT>{SQL_MAX_COLUMNS_IN_GROUP_BY, SQL_MAX_COLUMNS_IN_ORDER_BY,
                                                                     SQL_MAX_CONCURRENT_ACTIVITIES, SQL_MAX_DRIVER_CONNECTIONS,
                                                                     SQL_ACTIVE_ENVIRONMENTS}) {
    EXPECT_EQ(limit(type), 0u) << type;
  }
  for (const SQLUSMALLINT type :
       std::initializer_list<SQLUSMALLINT>{SQL_MAX_BINARY_LITERAL_LEN, SQL_MAX_CHAR_LITERAL_LEN, SQL_MAX_STATEMENT_LEN}) {
    EXPECT_EQ(limit(type, true), 0u) << type;
  }
  run("CREATE TABLE t (a INT)");
  run("INSERT INTO t VALUES (2), (1)");
  const std::string terms = repeated(3000, [](Count i) { return "a+" + std::to_string(i); });
  EXPECT_EQ(rows("SELECT a FROM t ORDER BY " + terms), "1; 2");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t GROUP BY " + terms), "1; 1");
  const std::string megabytes(3 << 20, 'a');  // of two hexadecimal digits each
  EXPECT_EQ(rows("SELECT LENGTH('" + megabytes + "')"), std::to_string(megabytes.size()));
  EXPECT_EQ(rows("SELECT LENGTH(X'" + megabytes + "')"), std::to_string(megabytes.size() / 2));
  // Statements with an open cursor each
  std::vector<std::unique_ptr<Statement>> open;
  for (int i = 0; i < 100; ++i) {
    open.push_back(std::make_unique<Statement>(connection()));
    open.back()->run("SELECT " + std::to_string(i) + " UNION ALL SELECT -1");
    ASSERT_TRUE(open.back()->fetch());
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(open[static_cast<std::size_t>(i)]->number(1), i);
    EXPECT_EQ(open[static_cast<std::size_t>(i)]->rows(), "-1");
  }
}

}  // namespace
}  // namespace selkie::test
