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
  for (const Case& c : {Case{SQL_UB_VARIABLE, SQL_C_VARBOOKMARK, 8, ""}, Case{SQL_UB_VARIABLE, SQL_C_VARBOOKMARK, 10, ""},
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

}  // namespace
}  // namespace selkie::test
