#include "odbc/plain_select.h"

#include <gtest/gtest.h>

namespace selkie::odbc {
namespace {

// How the rows are locked, "-" for not at all; empty: the text is no plain query.
std::string plain(std::string_view sql, LexerModes modes = {}) {
  const auto found = read_plain_select(sql, modes);
  return !found ? "" : found->locking.empty() ? "-" : found->locking;
}

TEST(PlainSelect, RowsOfOneTableAreRecognised) {
  for (const char* sql :
       {"SELECT * FROM t", "select a, b FROM s.t x WHERE a = ? ORDER BY b LIMIT 3 ;", "SELECT a FROM `s`.`t` AS `x y`",
        "SELECT (SELECT 1 FROM y GROUP BY 1) FROM t ORDER BY (SELECT MAX(a) FROM b)", "SELECT DISTINCT a FROM t WHERE a IN (1)",
        "SELECT EXTRACT(DAY FROM a) FROM t -- FOR UPDATE", "SELECT a FROM t LIMIT 1 OFFSET 2;;",
        "SELECT 'FROM', `FROM` FROM t"}) {
    EXPECT_EQ(plain(sql), "-") << sql;
  }
}

TEST(PlainSelect, ALockIsGivenAsItIsWritten) {
  EXPECT_EQ(plain("SELECT a FROM t FOR UPDATE"), "FOR UPDATE");
  EXPECT_EQ(plain("SELECT a FROM t x WHERE a > 1 for  share SKIP LOCKED ; "), "for  share SKIP LOCKED");
  EXPECT_EQ(plain("SELECT a FROM t ORDER BY a LOCK IN SHARE MODE"), "LOCK IN SHARE MODE");
  EXPECT_EQ(plain("SELECT a FROM t x FOR UPDATE OF x"), "");
}

TEST(PlainSelect, WhateverElseIsNot) {
  for (const char* sql : {"",
                          "SELECT",
                          "SELECT 1",
                          "SELECT 1 FROM",
                          "SELECT a FROM t,",
                          "SELECT a FROM t, u",
                          "SELECT a FROM t JOIN u",
                          "SELECT a FROM t x LEFT JOIN u ON 1",
                          "SELECT a FROM t NATURAL JOIN u",
                          "SELECT a FROM t STRAIGHT_JOIN u",
                          "SELECT a FROM (SELECT a FROM t) x",
                          "SELECT a FROM t GROUP BY a",
                          "SELECT a FROM t WHERE a HAVING b",
                          "SELECT a FROM t WHERE 1 UNION SELECT 2",
                          "SELECT a FROM t UNION SELECT 2",
                          "SELECT a FROM t LIMIT 1 INTO @x",
                          "SELECT a INTO @x FROM t",
                          "SELECT a FROM t FOR SYSTEM_TIME ALL",
                          "SELECT a FROM t PARTITION (p)",
                          "SELECT a FROM t; SELECT b FROM t",
                          "SELECT a FROM t FOR UPDATE; SELECT 2",
                          "(SELECT a FROM t)",
                          "WITH t AS (SELECT 1) SELECT a FROM t",
                          "TABLE t",
                          "UPDATE t SET a = 1",
                          "SELECT a FROM t /*! FOR UPDATE */",
                          "SELECT a FROM f(1)",
                          "SELECT a FROM t AS",
                          "SELECT a FROM s."}) {
    EXPECT_EQ(plain(sql), "") << sql;
  }
}

TEST(PlainSelect, WhatIsQuotedDependsOnTheModes) {
  EXPECT_EQ(plain(R"(SELECT a FROM "t")"), "");
  EXPECT_EQ(plain(R"(SELECT a FROM "t")", {.ansi_quotes = true}), "-");
}

}  // namespace
}  // namespace selkie::odbc
