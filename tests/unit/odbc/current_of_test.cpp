#include "odbc/current_of.h"

#include <gtest/gtest.h>

namespace selkie::odbc {
namespace {

std::optional<CurrentOf> found(std::string_view sql, LexerModes modes = {}) {
  return find_current_of(read_sql(sql, modes, false), modes);
}

TEST(CurrentOf, NamesTheCursorTheTableAndWhereTheConditionStands) {
  const std::string sql = "UPDATE `my db`.`a``b` AS x SET n = 'WHERE CURRENT OF z' WHERE CURRENT OF \"c d\" ; ";
  const auto of = found(sql, {.ansi_quotes = true});
  ASSERT_TRUE(of);
  EXPECT_EQ(of->cursor, "c d");
  EXPECT_EQ(of->database, "my db");
  EXPECT_EQ(of->table, "a`b");
  EXPECT_EQ(sql.substr(of->table_begin, of->table_end - of->table_begin), "`my db`.`a``b`");
  EXPECT_EQ(sql.substr(0, of->where), "UPDATE `my db`.`a``b` AS x SET n = 'WHERE CURRENT OF z'");
}

TEST(CurrentOf, IsFoundInEveryWayOfWriting) {
  const struct {
    std::string_view sql, cursor, table;
  } rows[] = {
      {"delete from t where current of c", "c", "t"},
      {"DELETE LOW_PRIORITY QUICK IGNORE FROM t WHERE CURRENT OF c;;", "c", "t"},
      {"UPDATE LOW_PRIORITY IGNORE t SET a=? Where/**/Current\nOf SQL_CUR1", "SQL_CUR1", "t"},
      {"/* x */ DELETE FROM t -- WHERE a = 1\n WHERE CURRENT OF `c`", "c", "t"},
  };
  for (const auto& row : rows) {
    const auto of = found(row.sql);
    ASSERT_TRUE(of) << row.sql;
    EXPECT_EQ(of->cursor, row.cursor) << row.sql;
    EXPECT_EQ(of->table, row.table) << row.sql;
  }
}

TEST(CurrentOf, IsNothingElse) {
  for (const std::string_view sql :
       {"", "DELETE FROM t", "DELETE FROM t WHERE a = 'CURRENT OF c'", "SELECT * FROM t WHERE CURRENT OF c",
        "DELETE FROM t WHERE CURRENT OF", "DELETE FROM t WHERE current = of", "UPDATE t SET a = CURRENT_DATE WHERE b = 1",
        "DELETE FROM t WHERE CURRENT OF 'c'", "DELETE FROM t WHERE CURRENT OF c AND a = 1", "WHERE CURRENT OF c",
        "DELETE FROM t /* WHERE CURRENT OF c */"}) {
    EXPECT_FALSE(found(sql)) << sql;
  }
}

}  // namespace
}  // namespace selkie::odbc
