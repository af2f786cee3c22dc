#include "odbc/marker_targets.h"

#include <gtest/gtest.h>

namespace selkie::odbc {
namespace {

// The query, and behind it each marker's column or - .
std::string targets(std::string_view sql) {
  const MarkerTargets found = marker_targets(read_sql(sql, {}, false), {});
  std::string shown = found.query;
  for (const auto& column : found.column_of) shown += column ? " " + std::to_string(*column) : " -";
  return shown;
}

TEST(MarkerTargets, InsertFillsItsColumnsInOrder) {
  EXPECT_EQ(targets("INSERT INTO t VALUES (?, ?)"), "SELECT * FROM t 0 1");
  EXPECT_EQ(targets("insert t values (1, ?, f(?), ?+1, ?), (?, 'a,?', ?)"), "SELECT * FROM t 1 - - 4 0 2");
  EXPECT_EQ(targets("REPLACE LOW_PRIORITY INTO `a b`.`t` (x, `y?`) VALUE (?, ?)"), "SELECT x, `y?` FROM `a b`.`t` 0 1");
  EXPECT_EQ(targets("INSERT IGNORE INTO t (x, y) VALUES (?, ?), (?, ?)"), "SELECT x, y FROM t 0 1 0 1");
  EXPECT_EQ(targets("INSERT INTO t (x, y) VALUES (?, DEFAULT), (?, (?))"), "SELECT x FROM t 0 0 -");
  EXPECT_EQ(targets("INSERT INTO t (x) VALUES (?, ?)"), "SELECT x FROM t 0 -");
  EXPECT_EQ(targets("INSERT INTO t SET x = ?, y = ?"), "SELECT x, y FROM t 0 1");
  EXPECT_EQ(targets("INSERT INTO t (x) VALUES (?) ON DUPLICATE KEY UPDATE y = ?, x = ?"), "SELECT x, y FROM t 0 1 0");
  EXPECT_EQ(targets("INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE y = ?"), "SELECT * FROM t 0 -");
}

TEST(MarkerTargets, ComparisonsNameTheirColumn) {
  EXPECT_EQ(targets("UPDATE t SET a = ?, b = b + ? WHERE t.c >= ? AND d NOT LIKE ?"), "SELECT a, t.c, d FROM t 0 - 1 2");
  EXPECT_EQ(targets("DELETE FROM t WHERE a <> ? OR (b <=> ? AND ? = c)"), "SELECT a, b FROM t 0 1 -");
  EXPECT_EQ(targets("SELECT x, ? FROM t1 a JOIN t2 b ON a.i = b.i WHERE b.c BETWEEN ? AND ? LIMIT ?"),
            "SELECT b.c FROM t1 a JOIN t2 b ON a.i = b.i - 0 - -");
  EXPECT_EQ(targets("SELECT EXTRACT(YEAR FROM d), (SELECT 1 FROM u) FROM t WHERE d < ?"), "SELECT d FROM t 0");
  EXPECT_EQ(targets("SELECT * FROM (SELECT 1 AS n FROM u WHERE 1) v WHERE n = ?"),
            "SELECT n FROM (SELECT 1 AS n FROM u WHERE 1) v 0");
}

TEST(MarkerTargets, NothingIsGuessed) {
  EXPECT_EQ(targets("SELECT ?"), " -");
  EXPECT_EQ(targets("SELECT ? = ?, @a := ?, f(x) = ?"), " - - - -");
  EXPECT_EQ(targets("SELECT * FROM t JOIN u ON t.a = ? WHERE b = ?"), " - -");
  EXPECT_EQ(targets("CALL p(?, ?)"), " - -");
  EXPECT_EQ(targets("SET @a = ?"), " -");
  EXPECT_EQ(targets("UPDATE t SET a = ?; UPDATE t SET a = ?"), " - -");
  EXPECT_EQ(targets("INSERT INTO t SELECT ?, a FROM u"), " -");
  EXPECT_EQ(targets("INSERT INTO t (x VALUES (?)"), " -");
  EXPECT_EQ(targets("INSERT INTO"), "");
  EXPECT_EQ(targets("DELETE"), "");
  EXPECT_EQ(targets("SELECT 1 FROM"), "");
}

}  // namespace
}  // namespace selkie::odbc
