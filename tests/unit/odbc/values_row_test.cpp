#include "odbc/values_row.h"

#include <gtest/gtest.h>

namespace selkie::odbc {
namespace {

// The text between the parentheses, them included; empty when the row cannot be repeated.
std::string row_of(std::string_view sql, LexerModes modes = {}) {
  const auto row = repeatable_row(sql, modes);
  return row ? std::string(sql.substr(row->begin, row->end - row->begin)) : std::string();
}

TEST(ValuesRow, PlainInsertsHaveOne) {
  EXPECT_EQ(row_of("INSERT INTO t VALUES (?, ?)"), "(?, ?)");
  EXPECT_EQ(row_of("insert t(a,b) value(?,?) ; "), "(?,?)");
  EXPECT_EQ(row_of("REPLACE INTO `d b`.`t` (`a)`, b) VALUES (?, DEFAULT)"), "(?, DEFAULT)");
  EXPECT_EQ(row_of("/* (?) */ INSERT INTO t -- VALUES\n VALUES (?,'),(', NULL, 17) # end"), "(?,'),(', NULL, 17)");
}

TEST(ValuesRow, EverythingElseHasNone) {
  for (const char* sql : {
           "INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = 1",
           "INSERT INTO t VALUES (?) RETURNING a",
           "INSERT INTO t VALUES (?) AS new",
           "INSERT IGNORE INTO t VALUES (?)",
           "INSERT LOW_PRIORITY t VALUES (?)",
           "INSERT INTO t PARTITION (p0) VALUES (?)",
           "INSERT INTO t SELECT ?",
           "INSERT INTO t SET a = ?",
           "INSERT INTO t VALUES (?), (?)",
           "INSERT INTO t VALUES (?, NOW())",
           "INSERT INTO t VALUES (?, CURRENT_TIMESTAMP)",
           "INSERT INTO t VALUES (? + 1)",
           "INSERT INTO t VALUES (-?)",
           "INSERT INTO t VALUES ((?))",
           "INSERT INTO t VALUES (?); DELETE FROM t",
           "INSERT INTO t VALUES (?",
           "INSERT INTO t VALUES ()",
           "INSERT INTO t /*!50000 VALUES (?) */",
           "INSERT INTO t VALUES (? /*!50000 , 1 */)",
           "INSERT INTO t VALUES (?) /*! ON DUPLICATE KEY UPDATE a = 1 */",
           "WITH x AS (SELECT 1) INSERT INTO t VALUES (?)",
           "UPDATE t SET a = ?",
           "",
       }) {
    EXPECT_EQ(row_of(sql), "") << sql;
  }
}

TEST(ValuesRow, DoubleQuotesAreAStringOrANameAsTheModeSays) {
  EXPECT_EQ(row_of("INSERT INTO t VALUES (?, \"x\")"), "(?, \"x\")");
  EXPECT_EQ(row_of("INSERT INTO t VALUES (?, \"x\")", {.ansi_quotes = true}), "");
  EXPECT_EQ(row_of("INSERT INTO \"t\" VALUES (?)", {.ansi_quotes = true}), "(?)");
}

TEST(ValuesRow, RepeatedRowsStandInPlaceOfTheOne) {
  const std::string sql = "INSERT INTO t(a,b) VALUES (?, 'x');";
  const auto row = repeatable_row(sql, {});
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(repeat_row(sql, *row, 1), "INSERT INTO t(a,b) VALUES (?, 'x')");
  EXPECT_EQ(repeat_row(sql, *row, 3), "INSERT INTO t(a,b) VALUES (?, 'x'),(?, 'x'),(?, 'x')");
}

}  // namespace
}  // namespace selkie::odbc
