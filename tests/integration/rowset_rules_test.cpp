// What the specification says of rowsets in passing: rows that cannot be delivered, positions, counts, bookmarks.
// Spec: SQLFetch and SQLFetchScroll, "Error Handling"; SQLSetPos and SQLBulkOperations, "Comments"
#include "tests/integration/rowset.h"

namespace selkie::test {
namespace {

class RowsetRules : public OnTableT {};
SELKIE_ON_EVERY_SERVER(RowsetRules);

std::string states(const Statement& s) {
  std::string all;
  for (const Diagnostic& record : s.records()) all += (all.empty() ? "" : " ") + record.state;
  return all;
}

TEST_P(RowsetRules, AFetchFailsWhenEveryRowDoesAndAnExtendedFetchNever) {
  struct Case {
    const char* sql;  // names that are to be numbers, read into three characters at the same time
    SQLRETURN fetch, extended_fetch;
    const char *states, *extended_states;
    SQLUSMALLINT second, extended_second;  // row status
  };
  const Case cases[] = {
      {"SELECT 'x', 'x' UNION ALL SELECT 'y', 'y'", SQL_ERROR, SQL_SUCCESS_WITH_INFO, "22018 22018", "01S01 22018 01S01 22018",
       SQL_ROW_ERROR, SQL_ROW_ERROR},
      {"SELECT '1', 'x' UNION ALL SELECT 'y', 'long'", SQL_SUCCESS_WITH_INFO, SQL_SUCCESS_WITH_INFO, "22018 01004",
       "01S01 22018 01004", SQL_ROW_ERROR, SQL_ROW_ERROR},
      {"SELECT '1', 'x' UNION ALL SELECT '2', 'long'", SQL_SUCCESS_WITH_INFO, SQL_SUCCESS_WITH_INFO, "01004", "01004",
       SQL_ROW_SUCCESS_WITH_INFO, SQL_ROW_SUCCESS},
  };
  for (const SQLULEN cursor : {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC}) {
    for (const Case& c : cases) {
      for (const bool extended : {false, true}) {
        SCOPED_TRACE(::testing::Message() << c.sql << ", cursor type " << cursor << ", extended " << extended);
        Statement s(connection());
        std::array<std::int32_t, 3> number{};
        std::array<std::array<char, 4>, 3> text{};
        std::array<SQLUSMALLINT, 3> status{};
        SQLULEN fetched = 0;
        s.set(SQL_ATTR_CURSOR_TYPE, cursor);
        s.set(extended ? SQL_ROWSET_SIZE : SQL_ATTR_ROW_ARRAY_SIZE, 3);
        if (!extended) s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
        s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, number.data(), 0, nullptr));
        s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, text.data(), text[0].size(), nullptr));
        s.run(c.sql);
        const SQLRETURN code = extended ? ::SQLExtendedFetch(s.handle(), SQL_FETCH_NEXT, 0, &fetched, status.data())
                                        : ::SQLFetchScroll(s.handle(), SQL_FETCH_NEXT, 0);
        EXPECT_EQ(code, extended ? c.extended_fetch : c.fetch);
        EXPECT_EQ(states(s), extended ? c.extended_states : c.states);
        EXPECT_EQ(status[1], extended ? c.extended_second : c.second);
        EXPECT_EQ(status[2], SQL_ROW_NOROW);
      }
    }
  }
}

TEST_P(RowsetRules, ARowsetOfOneRowIsDeliveredLikeALargerOne) {
  struct Row {
    std::int32_t id = 0;
    SQLLEN id_length = 0;
    std::array<char, 4> name{};
    SQLLEN name_length = 0;
  };
  for (const SQLULEN cursor : {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC}) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << cursor);
    std::array<Row, 4> bound{};
    std::array<SQLUSMALLINT, 2> status{};
    SQLULEN fetched = 77;
    SQLLEN offset = 0;
    Statement s(connection());
    s.set(SQL_ATTR_CURSOR_TYPE, cursor);
    s.set(SQL_ATTR_ROW_BIND_TYPE, sizeof(Row));
    s.set(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &bound[0].id, 0, &bound[0].id_length));
    s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, bound[0].name.data(), bound[0].name.size(), &bound[0].name_length));
    s.run(
        "SELECT '1', 'one' UNION ALL SELECT '2', 'second' UNION ALL SELECT 'x', 'two' UNION ALL SELECT '4', NULL "
        "UNION ALL SELECT '5', '5' UNION ALL SELECT '6', 'six'");
    const auto fetch = [&](std::size_t place, SQLULEN rows) {
      offset = static_cast<SQLLEN>(place * sizeof(Row));
      s.set(SQL_ATTR_ROW_ARRAY_SIZE, rows);
      return ::SQLFetch(s.handle());
    };
    const auto expect = [&](std::size_t place, std::int32_t id, const char* name, SQLLEN name_length) {
      EXPECT_EQ(bound[place].id, id);
      EXPECT_STREQ(bound[place].name.data(), name);
      EXPECT_EQ(bound[place].name_length, name_length);
    };
    EXPECT_EQ(fetch(0, 1), SQL_SUCCESS);
    expect(0, 1, "one", 3);
    EXPECT_EQ(status[0], SQL_ROW_SUCCESS);
    EXPECT_EQ(fetched, 1U);

    EXPECT_EQ(fetch(2, 1), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(states(s), "01004");
    expect(2, 2, "sec", 6);
    expect(0, 1, "one", 3);
    EXPECT_EQ(status[0], SQL_ROW_SUCCESS_WITH_INFO);

    EXPECT_EQ(fetch(0, 1), SQL_ERROR);
    EXPECT_EQ(states(s), "22018");
    expect(0, 1, "two", 3);
    EXPECT_EQ(status[0], SQL_ROW_ERROR);
    EXPECT_EQ(fetched, 1U);

    EXPECT_EQ(fetch(1, 2), SQL_SUCCESS);
    expect(1, 4, "", SQL_NULL_DATA);
    expect(2, 5, "5", 1);
    EXPECT_EQ(status[1], SQL_ROW_SUCCESS);
    EXPECT_EQ(fetched, 2U);

    EXPECT_EQ(fetch(3, 1), SQL_SUCCESS);
    expect(3, 6, "six", 3);
    expect(1, 4, "", SQL_NULL_DATA);
    EXPECT_EQ(s.text(2), "six");
    EXPECT_EQ(fetch(0, 1), SQL_NO_DATA);
    EXPECT_EQ(fetched, 0U);
  }
}

TEST_P(RowsetRules, NothingOverlapsTheStartOfAnEmptyResult) {
  Rowset r(connection());
  r.open("SELECT id, name FROM t WHERE id < 0");
  EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_NO_DATA);
  EXPECT_EQ(r.scroll(SQL_FETCH_PRIOR), SQL_NO_DATA);
  EXPECT_EQ(states(r.s), "");
  EXPECT_EQ(r.scroll(SQL_FETCH_ABSOLUTE, -1), SQL_NO_DATA);
  EXPECT_EQ(states(r.s), "");
}

TEST_P(RowsetRules, SetPosPositionsOnTheRowItIsAbout) {
  for (const Way& way : kWays) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << way.cursor_type << ", prepared " << way.prepared);
    Rowset r(connection(), way.cursor_type, way.prepared);
    r.open(kSelect);
    r.scroll(SQL_FETCH_NEXT);
    for (const SQLUSMALLINT operation : {SQLUSMALLINT{SQL_REFRESH}, SQLUSMALLINT{SQL_POSITION}}) {
      for (const SQLSETPOSIROW row : {3, 2}) {
        EXPECT_EQ(r.set_pos(row, operation), SQL_SUCCESS);
        EXPECT_EQ(r.s.number(1), static_cast<std::int64_t>(row));
      }
    }
    EXPECT_EQ(r.set_pos(0, SQL_REFRESH), SQL_SUCCESS);
    EXPECT_EQ(r.s.number(1), 2);  // all rows are none to stand on
    expect_failure("HY109", 0, [&] { r.set_pos(0, SQL_POSITION); });
  }
}

TEST_P(RowsetRules, ARefreshHeedsNoOperationArrayAndABulkOperationCountsItsRows) {
  Rowset r(connection());
  std::array<SQLUSMALLINT, kRows> operations{SQL_ROW_PROCEED, SQL_ROW_IGNORE, SQL_ROW_PROCEED, SQL_ROW_PROCEED};
  r.s.set(SQL_ATTR_ROW_OPERATION_PTR, operations.data());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  run("UPDATE t SET name = 'zwei' WHERE id = 2");
  r.fetched = 0;
  EXPECT_EQ(r.set_pos(0, SQL_REFRESH), SQL_SUCCESS);
  EXPECT_EQ(r.fetched, 4u);
  EXPECT_EQ(r.shown(), "1,one; 2,zwei; 3,three; 4,four");
  EXPECT_EQ(r.set_pos(0, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.fetched, 3u);
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.fetched, 3u);
  r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 2);
  EXPECT_EQ(r.bulk(SQL_FETCH_BY_BOOKMARK), SQL_SUCCESS);
  EXPECT_EQ(r.fetched, 2u);
}

TEST_P(RowsetRules, BulkOperationsLeaveNoPositionAndAddedRowsHaveNoBookmark) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  for (std::size_t row = 0; row < kRows; ++row) r.put(row, static_cast<std::int32_t>(row + 10), "new");
  EXPECT_EQ(r.bulk(SQL_ADD), SQL_SUCCESS);
  EXPECT_EQ(r.fetched, 4u);
  expect_failure("HY109", 0, [&] { r.set_pos(1, SQL_POSITION); });
  EXPECT_EQ(r.bookmark_length[0], SQL_NULL_DATA);
  expect_failure("HY111", 0, [&] { r.bulk(SQL_DELETE_BY_BOOKMARK); });
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.set_pos(1, SQL_POSITION), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "9");
}

TEST_P(RowsetRules, ColumnZeroIsBoundAsTheBookmarkThatItIs) {
  struct Case {
    SQLULEN use;
    SQLSMALLINT c_type;
    SQLLEN capacity_bytes;
    const char* state;
  };
  for (const Case& c : {Case{SQL_UB_VARIABLE, SQL_C_VARBOOKMARK, 8, ""}, Case{SQL_UB_VARIABLE, SQL_C_VARBOOKMARK, 10, "HY090"},
                        Case{SQL_UB_VARIABLE, SQL_C_VARBOOKMARK, 7, "HY090"}, Case{SQL_UB_VARIABLE, SQL_C_BOOKMARK, 8, "07006"},
                        Case{SQL_UB_FIXED, SQL_C_BOOKMARK, 0, ""}, Case{SQL_UB_FIXED, SQL_C_VARBOOKMARK, 8, "07006"}}) {
    SCOPED_TRACE(::testing::Message() << "use " << c.use << ", C type " << c.c_type << ", bytes " << c.capacity_bytes);
    Statement s(connection());
    std::array<SQLCHAR, 16> bookmark{};
    SQLLEN length = 0;
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    s.set(SQL_ATTR_USE_BOOKMARKS, c.use);
    s.check(::SQLBindCol(s.handle(), 0, c.c_type, bookmark.data(), c.capacity_bytes, &length));
    s.run(kSelect);
    if (*c.state == '\0') {
      EXPECT_EQ(s.check(::SQLFetch(s.handle())), SQL_SUCCESS);
      EXPECT_EQ(length, 8);
    } else {
      expect_failure(c.state, 0, [&] { s.fetch(); });
    }
  }
}

// Whatever a date that is none is shown as, it is still the row's value.
TEST_P(RowsetRules, ARowWithAZeroDateIsChangedAsAnyOther) {
  run("SET sql_mode = ''");
  run("CREATE TABLE z (id INT PRIMARY KEY, name VARCHAR(20), d DATE, dt DATETIME(3), ts TIMESTAMP NULL)");
  run("INSERT INTO z VALUES (1, 'a', '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00'),"
      " (2, 'b', '2024-00-00', '2024-01-00 01:02:03.004', NULL)");
  for (const Way& way : kWays) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << way.cursor_type << ", prepared " << way.prepared);
    Rowset r(connection(), way.cursor_type, way.prepared);
    r.open("SELECT * FROM z ORDER BY id");
    r.scroll(SQL_FETCH_NEXT);
    r.put(0, 1, way.prepared ? "A" : "AA");
    r.put(1, 2, way.prepared ? "B" : "BB");
    EXPECT_EQ(r.set_pos(0, SQL_UPDATE), SQL_SUCCESS) << states(r.s);
    EXPECT_EQ(rows("SELECT name FROM z ORDER BY id"), way.prepared ? "A; B" : "AA; BB");
  }
  run("CREATE TABLE k (d DATE PRIMARY KEY, name VARCHAR(20))");
  run("INSERT INTO k VALUES ('0000-00-00', 'a')");
  Rowset r(connection());
  r.open("SELECT d, name FROM k");
  r.s.check(::SQLBindCol(r.s.handle(), 1, SQL_C_CHAR, nullptr, 0, nullptr));
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.set_pos(1, SQL_DELETE), SQL_SUCCESS) << states(r.s);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM k"), "0");
}

// Names that need quotes, columns under other names, keys that ignore case and trailing blanks.
TEST_P(RowsetRules, RowsAreNamedByTheTablesOwnNamesAndTheKeysOwnEquality) {
  const std::string table = "`odd ``name`` \"%\"`";
  run("CREATE TABLE " + table + " (`a ``key``` VARCHAR(20) COLLATE utf8mb4_unicode_ci PRIMARY KEY, `v?` VARCHAR(20))");
  for (const Way& way : kWays) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << way.cursor_type << ", prepared " << way.prepared);
    run("DELETE FROM " + table);
    run("INSERT INTO " + table + " VALUES ('Key ', '1'), ('Zwei', '2'), ('zz', '3')");
    Rowset r(connection(), way.cursor_type, way.prepared, 1);
    r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("odd"), SQL_NTS));
    r.open("SELECT x.`a ``key``` AS k, x.`v?` AS name FROM " + table + " AS x ORDER BY k");
    r.s.check(::SQLBindCol(r.s.handle(), 1, SQL_C_CHAR, nullptr, 0, nullptr));
    r.scroll(SQL_FETCH_NEXT);
    std::strcpy(r.name[0].data(), "one");
    r.name_length[0] = SQL_NTS;
    EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS) << states(r.s);
    r.scroll(SQL_FETCH_NEXT);
    Statement change(connection());
    change.run("UPDATE `" + database() + "`." + table + " SET `v?` = 'two' WHERE CURRENT OF `odd`");
    EXPECT_EQ(change.row_count(), 1);
    r.scroll(SQL_FETCH_NEXT);
    change.run("DELETE FROM " + table + " WHERE CURRENT OF odd");
    EXPECT_EQ(rows("SELECT `v?` FROM " + table + " ORDER BY 1"), "one; two");
  }
}

TEST_P(RowsetRules, TypesOfMariadbNameTheirRowsToo) {
  if (!server().has(Feature::mariadb_types)) GTEST_SKIP() << "needs UUID and INET6";
  struct Key {
    const char *type, *values;
  };
  for (const Key& key :
       {Key{"UUID", "('123e4567-e89b-12d3-a456-426655440000', 'a'), ('00000000-0000-0000-0000-000000000001', 'b')"},
        Key{"INET6", "('2001:db8::ff00:42:8329', 'a'), ('::1', 'b')"}}) {
    for (const Way& way : kWays) {
      SCOPED_TRACE(::testing::Message() << key.type << ", cursor type " << way.cursor_type << ", prepared " << way.prepared);
      run(std::string("CREATE OR REPLACE TABLE k (k ") + key.type + " PRIMARY KEY, name VARCHAR(20))");
      run(std::string("INSERT INTO k VALUES ") + key.values);
      Rowset r(connection(), way.cursor_type, way.prepared);
      r.open("SELECT k, name FROM k ORDER BY name");
      r.s.check(::SQLBindCol(r.s.handle(), 1, SQL_C_CHAR, nullptr, 0, nullptr));
      r.scroll(SQL_FETCH_NEXT);
      std::strcpy(r.name[0].data(), "A");
      r.name_length[0] = SQL_NTS;
      EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS) << states(r.s);
      EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS) << states(r.s);
      EXPECT_EQ(rows("SELECT name FROM k"), "A");
    }
  }
}

}  // namespace
}  // namespace selkie::test
