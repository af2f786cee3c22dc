// What well-known tools and language bindings call, in their order, with their buffers and attributes.
#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class CallSequences : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, big BIGINT UNSIGNED, amount DECIMAL(12,3), ratio DOUBLE, name VARCHAR(40), "
        "born DATE, at_time TIME(3), seen DATETIME(6), flag BIT(1), bytes VARBINARY(8), long_text LONGTEXT)");
    run("INSERT INTO t VALUES (1, 18446744073709551615, 1234.500, 0.25, 'Zo\xc3\xab', '2001-02-03', '10:11:12.125', "
        "'2020-01-02 03:04:05.000006', 1, X'00FF', REPEAT('x', 9000))");
    run("INSERT INTO t VALUES (2, 0, -0.001, -1e300, 'b', '1970-01-01', '00:00:00', '1999-12-31 23:59:59', 0, X'', '')");
    run("INSERT INTO t (id) VALUES (3)");
  }
  SQLUINTEGER info(SQLUSMALLINT type) {
    SQLUINTEGER value = 0;
    EXPECT_EQ(::SQLGetInfo(connection().handle(), type, &value, sizeof value, nullptr), SQL_SUCCESS) << type;
    return value;
  }
  using Described = std::tuple<std::string, SQLSMALLINT, SQLULEN, SQLSMALLINT, SQLSMALLINT>;
  // Names of at most 300 characters, as pyodbc asks.
  static std::vector<Described> describe(Statement& s) {
    std::vector<Described> all;
    for (SQLSMALLINT column = 1; column <= s.columns(); ++column) {
      SQLCHAR name[300] = {};
      SQLSMALLINT type = 0, digits = 0, nullable = 0;
      SQLULEN size = 0;
      s.check(::SQLDescribeCol(s.handle(), static_cast<SQLUSMALLINT>(column), name, sizeof name, nullptr, &type, &size, &digits,
                               &nullable));
      all.emplace_back(reinterpret_cast<char*>(name), type, size, digits, nullable);
    }
    return all;
  }
};
SELKIE_ON_EVERY_SERVER(CallSequences);

// Power Query: statements run directly, with bound values; every cell by SQLGetData; types of SQLColumns are SQLGetTypeInfo's.
TEST_P(CallSequences, ConditionsOnEveryTypeRunDirectlyWithBoundValues) {
  std::set<std::int64_t> known;
  Statement types(connection());
  types.check(::SQLGetTypeInfo(types.handle(), SQL_ALL_TYPES));
  while (types.fetch()) known.insert(types.number(2).value());

  struct Column {
    std::string name;
    SQLSMALLINT type;
    SQLULEN size;
    SQLSMALLINT digits;
  };
  std::vector<Column> columns;
  Statement catalog(connection());
  catalog.check(::SQLColumns(catalog.handle(), sql_text(database()), SQL_NTS, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
  while (catalog.fetch()) {
    columns.push_back({catalog.text(4).value(), static_cast<SQLSMALLINT>(catalog.number(5).value()),
                       static_cast<SQLULEN>(catalog.number(7).value_or(0)),
                       static_cast<SQLSMALLINT>(catalog.number(9).value_or(0))});
    EXPECT_TRUE(known.contains(columns.back().type)) << columns.back().name;
  }
  ASSERT_EQ(columns.size(), 11u);
  for (const Column& column : columns) {
    SCOPED_TRACE(column.name);
    if (column.name == "ratio") continue;  // no number of decimal digits is equal to it for certain
    const bool is_binary = column.name == "bytes";
    std::string value = is_binary ? std::string("\0\xff", 2)
                                  : Statement(connection()).run("SELECT " + column.name + "+0 FROM t WHERE id = 1").rows();
    if (!is_binary && column.name != "flag") value = rows("SELECT " + column.name + " FROM t WHERE id = 1");
    SQLLEN length = static_cast<SQLLEN>(value.size());
    Statement s(connection());
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, is_binary ? SQL_C_BINARY : SQL_C_CHAR, column.type, column.size,
                               column.digits, value.data(), length, &length));
    const std::string quoted = "`" + database() + "`.`t`", name = "`" + column.name + "`";
    s.run("SELECT `id` FROM " + quoted + " WHERE " + name + " = ? ORDER BY `id`");
    EXPECT_EQ(s.rows(), "1");
    s.close();
    s.run("SELECT COUNT(*) FROM " + quoted + " WHERE " + name + " <> ? OR " + name + " IS NULL");
    EXPECT_EQ(s.rows(), "2");
  }
}

TEST_P(CallSequences, WhatPowerQueryFoldsRuns) {
  const std::string from = " FROM `" + database() + "`.`t` `_`";
  const struct {
    std::string sql, rows;
  } queries[] = {
      {"SELECT `_`.`id`" + from + " LIMIT 2", "1; 2"},
      {"SELECT `_`.`id`" + from + " WHERE `_`.`id` > 1 AND `_`.`id` <= 3 ORDER BY `_`.`id` DESC", "3; 2"},
      {"SELECT `_`.`id`" + from + " WHERE `_`.`name` IS NULL", "3"},
      {"SELECT `_`.`id`" + from + " WHERE NOT (`_`.`name` IS NULL) ORDER BY `_`.`name`", "2; 1"},
      {"SELECT `_`.`id`, `_`.`id` + 1 AS `next`" + from + " WHERE `_`.`id` = 2", "2,3"},
      {"SELECT `rows`.`flag`, COUNT(1) AS `n`, SUM(`rows`.`id`) AS `s` FROM (SELECT `flag`, `id`" + from +
           " WHERE `flag` IS NOT NULL) `rows` GROUP BY `flag` ORDER BY `n`, `s`",
       "1,1,1; 0,1,2"},
      {"SELECT DISTINCT `_`.`born`" + from + " WHERE `_`.`born` >= {d '1980-01-01'}", "2001-02-03"},
      {"SELECT {fn CONVERT(`_`.`id`, SQL_VARCHAR)}" + from + " WHERE {fn YEAR(`_`.`born`)} = 1970", "2"},
      {"SELECT CASE WHEN `_`.`id` = 1 THEN 'one' ELSE 'more' END" + from + " WHERE `_`.`name` LIKE 'b%'", "more"},
  };
  for (const auto& query : queries) EXPECT_EQ(rows(query.sql), query.rows) << query.sql;
}

// Tableau: columns are learnt by SQLPrepare alone, else from a query without rows, else by SQLColumns.
TEST_P(CallSequences, ColumnsAreTheSameHoweverTheyAreLearnt) {
  Statement prepared(connection());
  prepared.prepare("SELECT * FROM t");
  const std::vector<Described> by_prepare = describe(prepared);
  ASSERT_EQ(by_prepare.size(), 11u);
  for (const char* sql : {"SELECT * FROM t WHERE 1 = 0", "SELECT * FROM t LIMIT 0", "SELECT * FROM t"}) {
    Statement s(connection());
    s.run(sql);
    EXPECT_EQ(describe(s), by_prepare) << sql;
  }
  Statement catalog(connection());
  catalog.check(::SQLColumns(catalog.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
  for (const auto& [name, type, size, digits, nullable] : by_prepare) {
    ASSERT_TRUE(catalog.fetch());
    EXPECT_EQ(catalog.text(4), name);
    EXPECT_EQ(catalog.number(5), type) << name;
    EXPECT_EQ(catalog.number(7).value_or(0), static_cast<std::int64_t>(size)) << name;
    EXPECT_EQ(catalog.number(11), nullable) << name;
  }
  Statement change(connection());  // asked, not executed
  change.prepare("DELETE FROM t");
  EXPECT_EQ(change.columns(), 0);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "3");
  run("CREATE TEMPORARY TABLE `#tableau` (a INT)");
  run("INSERT INTO `#tableau` SELECT id FROM t");
  EXPECT_EQ(rows("SELECT SUM(a) FROM `#tableau`"), "6");
}

// LibreOffice Base: a table is opened, scrolled to its end and back, one row edited, and the cursor closed.
TEST_P(CallSequences, ATableIsBrowsedAndOneRowEdited) {
  SQLUSMALLINT has_fetch_scroll = SQL_FALSE;
  ASSERT_EQ(::SQLGetFunctions(connection().handle(), SQL_API_SQLFETCHSCROLL, &has_fetch_scroll), SQL_SUCCESS);
  EXPECT_EQ(has_fetch_scroll, SQL_TRUE);
  EXPECT_NE(info(SQL_GETDATA_EXTENSIONS) & SQL_GD_ANY_ORDER, 0u);
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
  s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  s.set(SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE);
  SQLUSMALLINT status = SQL_ROW_NOROW;
  s.set(SQL_ATTR_ROW_STATUS_PTR, &status);
  s.run("SELECT id, name FROM t ORDER BY id");
  SQLULEN type = 0;
  s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_CURSOR_TYPE, &type, 0, nullptr));
  EXPECT_EQ(type, SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(info(SQL_KEYSET_CURSOR_ATTRIBUTES2) & SQL_CA2_SENSITIVITY_DELETIONS, 0u);
  const auto go = [&](SQLSMALLINT orientation, SQLLEN offset = 0) {
    return s.check(::SQLFetchScroll(s.handle(), orientation, offset)) == SQL_NO_DATA ? -1 : s.number(1).value();
  };
  EXPECT_EQ(go(SQL_FETCH_FIRST), 1);
  EXPECT_EQ(go(SQL_FETCH_LAST), 3);
  EXPECT_EQ(go(SQL_FETCH_NEXT), -1);
  EXPECT_EQ(go(SQL_FETCH_PRIOR), 3);
  EXPECT_EQ(go(SQL_FETCH_ABSOLUTE, 2), 2);
  SQLCHAR bookmark[20] = {};
  SQLLEN bookmark_size = 0;
  s.check(::SQLGetData(s.handle(), 0, SQL_C_VARBOOKMARK, bookmark, sizeof bookmark, &bookmark_size));
  EXPECT_LE(bookmark_size, SQLLEN{sizeof bookmark});
  SQLCHAR name[40] = "edited";
  SQLLEN length = SQL_NTS;
  s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, name, sizeof name, &length));
  EXPECT_EQ(::SQLSetPos(s.handle(), 1, SQL_UPDATE, SQL_LOCK_NO_CHANGE), SQL_SUCCESS);
  EXPECT_EQ(status, SQL_ROW_UPDATED);
  s.check(::SQLFreeStmt(s.handle(), SQL_UNBIND));
  s.close();
  EXPECT_EQ(::SQLCloseCursor(s.handle()), SQL_ERROR);
  EXPECT_EQ(s.records().at(0).state, "24000");
  EXPECT_EQ(rows("SELECT name FROM t WHERE id = 2"), "edited");
}

// pyodbc: questions at connecting, then text of a first 4096 bytes and as much more as was told.
TEST_P(CallSequences, WhatIsAskedAtConnectingAndLongTextInTwoPieces) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  EXPECT_EQ(connection().info(SQL_DRIVER_ODBC_VER), "03.80");
  EXPECT_EQ(connection().info(SQL_DESCRIBE_PARAMETER), "Y");
  EXPECT_EQ(connection().info(SQL_NEED_LONG_DATA_LEN), "N");
  for (const SQLSMALLINT type :
       std::initializer_list<SQLSMALLINT>{SQL_VARCHAR, SQL_WVARCHAR, SQL_VARBINARY, SQL_TYPE_TIMESTAMP}) {
    Statement s(connection());
    s.check(::SQLGetTypeInfo(s.handle(), type));
    ASSERT_TRUE(s.fetch()) << type;
    SQLINTEGER size = 0;
    s.check(::SQLGetData(s.handle(), 3, SQL_INTEGER, &size, sizeof size, nullptr));
    EXPECT_GT(size, 0) << type;
  }
  Statement s(connection());
  s.run("SELECT long_text FROM t WHERE id = 1");
  EXPECT_EQ(s.row_count(), -1);
  ASSERT_TRUE(s.fetch());
  std::string text(4096, '\0');
  SQLLEN told = 0;
  EXPECT_EQ(::SQLGetData(s.handle(), 1, SQL_C_CHAR, text.data(), 4096, &told), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(told, 9000);
  text.resize(9001);
  EXPECT_EQ(::SQLGetData(s.handle(), 1, SQL_C_CHAR, text.data() + 4095, 9001 - 4095, &told), SQL_SUCCESS);
  EXPECT_EQ(text, std::string(9000, 'x') + '\0');
  connection().rollback();
}

// node-odbc: timeouts before connecting, blocks of rows, and what it asks of limits.
TEST_P(CallSequences, TimeoutsAreSetBeforeConnecting) {
  Connection early;
  early.set(SQL_ATTR_CONNECTION_TIMEOUT, 30);
  early.set(SQL_ATTR_LOGIN_TIMEOUT, 30);
  early.connect(connection_string());
  EXPECT_EQ(early.get(SQL_ATTR_CONNECTION_TIMEOUT), 30u);
  EXPECT_EQ(info(SQL_MAX_COLUMN_NAME_LEN) & 0xffff, 64u);
  EXPECT_NE(info(SQL_TXN_ISOLATION_OPTION), 0u);
  EXPECT_EQ(connection().info(SQL_USER_NAME), server().setting("user"));
}

// turbodbc, arrow-odbc: a thread of its own fetches blocks, into other buffers each time.
TEST_P(CallSequences, BlocksAreFetchedByAnotherThreadThatBindsAnew) {
  constexpr SQLULEN kBlock = 7;
  constexpr std::int32_t kRows = 100;
  run("CREATE TABLE n (a INT)");
  std::string values;
  for (std::int32_t i = 0; i < kRows; ++i) values += (i == 0 ? "(" : ",(") + std::to_string(i) + ")";
  run("INSERT INTO n VALUES " + values);
  Statement s(connection());
  SQLULEN fetched = 0;
  s.set(SQL_ATTR_ROW_ARRAY_SIZE, kBlock);
  s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  s.prepare("SELECT a FROM n ORDER BY a").execute();
  SQLLEN octets = 0;
  s.check(::SQLColAttribute(s.handle(), 1, SQL_DESC_OCTET_LENGTH, nullptr, 0, nullptr, &octets));
  EXPECT_EQ(octets, 4);
  std::vector<std::int32_t> all;
  std::thread reader([&] {
    std::array<std::array<std::int32_t, kBlock>, 2> buffers{};
    for (std::size_t turn = 0;; ++turn) {
      std::array<std::int32_t, kBlock>& buffer = buffers[turn % 2];
      SQLLEN lengths[kBlock] = {};
      s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, buffer.data(), sizeof buffer[0], lengths));
      if (!s.fetch()) return;
      all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(fetched));
    }
  });
  reader.join();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kRows));
  for (std::int32_t i = 0; i < kRows; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
}

// nanodbc, R: records of the IRD, and results without columns after a CALL are passed over.
TEST_P(CallSequences, RecordsOfTheIrdAndResultsOfACall) {
  run("CREATE PROCEDURE p() BEGIN SELECT id FROM t ORDER BY id; SELECT 'last'; END");
  Statement s(connection());
  s.run("{CALL p()}");
  SQLHDESC ird = nullptr;
  s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_IMP_ROW_DESC, &ird, 0, nullptr));
  SQLCHAR name[64] = {};
  SQLSMALLINT type = 0;
  ASSERT_EQ(::SQLGetDescRec(ird, 1, name, sizeof name, nullptr, &type, nullptr, nullptr, nullptr, nullptr, nullptr),
            SQL_SUCCESS);
  EXPECT_STREQ(reinterpret_cast<char*>(name), "id");
  EXPECT_EQ(type, SQL_INTEGER);
  std::vector<std::string> results;
  do {
    if (s.columns() > 0) results.push_back(s.rows());
  } while (s.more());
  EXPECT_EQ(results, (std::vector<std::string>{"1; 2; 3", "last"}));
}

}  // namespace
}  // namespace selkie::test
