// Fetching to and fro: the specification's positioning rules, bookmarks, rowsets, limits, rows that do not fit into memory.
#include <array>
#include <cstring>
#include <random>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

// The tables of "Cursor Positioning Rules" (SQLFetchScroll), rows counted from 1 as they are there.
struct Place {
  enum { before_start, on_rowset, after_end } where = before_start;
  SQLLEN start = 0;
  bool warned = false;  // 01S06
};
constexpr Place kBeforeStart{};
constexpr Place kAfterEnd{Place::after_end, 0, false};
Place at(SQLLEN start, SQLLEN last) { return start > last ? kAfterEnd : Place{Place::on_rowset, start, false}; }
constexpr Place kFirstWithWarning{Place::on_rowset, 1, true};

Place absolute(SQLLEN offset, SQLLEN size, SQLLEN last) {
  if (offset < 0 && -offset <= last) return at(last + offset + 1, last);
  if (offset < 0 && -offset > size) return kBeforeStart;
  if (offset < 0) return last == 0 ? kAfterEnd : kFirstWithWarning;
  return offset == 0 ? kBeforeStart : at(offset, last);
}

//   before_size  the rowset size of the fetch before
Place expected(const Place& from, SQLSMALLINT orientation, SQLLEN offset, SQLLEN before_size, SQLLEN size, SQLLEN last) {
  const bool before = from.where == Place::before_start, after = from.where == Place::after_end;
  switch (orientation) {
    case SQL_FETCH_NEXT: return before ? at(1, last) : after ? kAfterEnd : at(from.start + before_size, last);
    case SQL_FETCH_PRIOR:
      if (before || from.start == 1) return kBeforeStart;
      if (after && last == 0) return kAfterEnd;
      if (after) return last < size ? kFirstWithWarning : at(last - size + 1, last);
      return from.start <= size ? kFirstWithWarning : at(from.start - size, last);
    case SQL_FETCH_RELATIVE:
      if ((before && offset > 0) || (after && offset < 0)) return absolute(offset, size, last);
      if (before) return kBeforeStart;
      if (after) return kAfterEnd;
      if (from.start + offset >= 1) return at(from.start + offset, last);
      return from.start == 1 || -offset > size ? kBeforeStart : kFirstWithWarning;
    case SQL_FETCH_ABSOLUTE: return absolute(offset, size, last);
    case SQL_FETCH_FIRST: return at(1, last);
    default: return at(size <= last ? last - size + 1 : 1, last);  // SQL_FETCH_LAST
  }
}

class Scrolling : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(200) CHARACTER SET utf8mb4)");
  }
  void fill(int rows) {
    run("DELETE FROM t");
    for (int from = 1; from <= rows; from += 1000) {
      std::string sql = "INSERT INTO t VALUES ";
      for (int id = from; id <= std::min(rows, from + 999); ++id) {
        sql +=
            (id == from ? "(" : ",(") + std::to_string(id) + ",'" + std::string(static_cast<std::size_t>(id % 200), 'x') + "')";
      }
      run(sql);
    }
  }
};
SELKIE_ON_EVERY_SERVER(Scrolling);

TEST_P(Scrolling, EveryOrientationFollowsThePositioningRules) {
  constexpr SQLSMALLINT kOrientations[] = {SQL_FETCH_NEXT,     SQL_FETCH_PRIOR, SQL_FETCH_RELATIVE,
                                           SQL_FETCH_ABSOLUTE, SQL_FETCH_FIRST, SQL_FETCH_LAST};
  std::mt19937 random(1);  // the same walk every time
  for (const int last : {0, 1, 5, 12}) {
    fill(last);
    Statement s(connection());
    std::array<std::int32_t, 16> ids{};
    std::array<SQLUSMALLINT, 16> status{};
    SQLULEN fetched = 0;
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, ids.data(), 0, nullptr));
    s.run("SELECT id FROM t ORDER BY id");
    Place place;
    SQLLEN before_size = 1;
    for (int step = 0; step < 600; ++step) {
      const SQLSMALLINT orientation = kOrientations[random() % std::size(kOrientations)];
      const auto size = static_cast<SQLLEN>(1 + random() % 7);
      const auto offset = static_cast<SQLLEN>(random() % 33) - 16;
      SCOPED_TRACE(::testing::Message() << "step " << step << ": orientation " << orientation << ", offset " << offset
                                        << ", rowset " << size << " of " << last << ", from " << place.where << "/"
                                        << place.start);
      s.set(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<std::uintptr_t>(size));
      const Place to = expected(place, orientation, offset, before_size, size, last);
      const SQLRETURN code = s.check(::SQLFetchScroll(s.handle(), orientation, offset));
      if (to.where != Place::on_rowset) {
        ASSERT_EQ(code, SQL_NO_DATA);
        ASSERT_EQ(fetched, 0u);
      } else {
        ASSERT_EQ(code, to.warned ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS);
        if (to.warned) {
          ASSERT_EQ(s.records()[0].state, "01S06");
        }
        const SQLLEN rows = std::min<SQLLEN>(size, last - to.start + 1);
        ASSERT_EQ(fetched, static_cast<SQLULEN>(rows));
        for (SQLLEN row = 0; row < size; ++row) {
          ASSERT_EQ(status[static_cast<std::size_t>(row)], row < rows ? SQL_ROW_SUCCESS : SQL_ROW_NOROW);
          if (row < rows) {
            ASSERT_EQ(ids[static_cast<std::size_t>(row)], to.start + row);
          }
        }
        SQLULEN number = 0;
        s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_ROW_NUMBER, &number, 0, nullptr));
        ASSERT_EQ(number, static_cast<SQLULEN>(to.start));
      }
      place = to;
      before_size = size;
    }
  }
}

TEST_P(Scrolling, OffsetsBeyondAllRowsAreOnlyFarAway) {
  fill(3);
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  s.run("SELECT id FROM t ORDER BY id");
  constexpr SQLLEN kMost = std::numeric_limits<SQLLEN>::max(), kLeast = std::numeric_limits<SQLLEN>::min();
  for (const SQLSMALLINT orientation : {SQLSMALLINT{SQL_FETCH_ABSOLUTE}, SQLSMALLINT{SQL_FETCH_RELATIVE}}) {
    for (const SQLLEN offset : {kMost, kLeast}) {
      s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_ABSOLUTE, 2));
      EXPECT_EQ(s.check(::SQLFetchScroll(s.handle(), orientation, offset)), SQL_NO_DATA);
      s.check(::SQLFetchScroll(s.handle(), offset > 0 ? SQL_FETCH_PRIOR : SQL_FETCH_NEXT, 0));
      EXPECT_EQ(s.number(1), offset > 0 ? 3 : 1);
    }
  }
}

TEST_P(Scrolling, AForwardOnlyCursorFetchesTheNextRowsetOnly) {
  fill(3);
  Statement s(connection());
  s.run("SELECT id FROM t ORDER BY id");
  expect_failure("HY106", 0, [&] { s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_FIRST, 0)); });
  EXPECT_EQ(s.rows(), "1; 2; 3");
}

TEST_P(Scrolling, RowsPastTheMemoryLimitAreFoundAgain) {
  constexpr int kRows = 20'000;
  fill(kRows);
  const auto spilling = connect("CURSOR_MEMORY=64K;");
  Statement s(*spilling);
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  s.run("SELECT id, name FROM t ORDER BY id");
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_LAST, 0));
  EXPECT_EQ(s.number(1), kRows);
  std::mt19937 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const int id = static_cast<int>(random() % kRows) + 1;
    s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_ABSOLUTE, id));
    ASSERT_EQ(s.number(1), id);
    ASSERT_EQ(s.text(2)->size(), static_cast<std::size_t>(id % 200));
  }
}

TEST_P(Scrolling, MaxRowsEndsEveryResultAndLeavesTheStatementAlone) {
  fill(10);
  for (const SQLULEN type : {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC}) {
    Statement s(connection());
    s.set(SQL_ATTR_CURSOR_TYPE, type);
    s.set(SQL_ATTR_MAX_ROWS, 3);
    EXPECT_EQ(s.run("SELECT id FROM t ORDER BY id").rows(), "1; 2; 3");
    s.close();
    EXPECT_EQ(s.run("SELECT COUNT(*) FROM (SELECT id FROM t) q").rows(), "10");
    s.close();
    EXPECT_EQ(s.run("SELECT id FROM t ORDER BY id LIMIT 2").rows(), "1; 2");
    s.close();
    s.check(::SQLColumns(s.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
    EXPECT_TRUE(s.fetch());
    s.close();
    s.run("INSERT INTO t SELECT id + 100, name FROM t");
    EXPECT_EQ(s.row_count(), 10);
    run("DELETE FROM t WHERE id > 100");
  }
}

TEST_P(Scrolling, MaxLengthCutsTextBetweenCharactersAndBytesAnywhere) {
  for (const bool prepared : {false, true}) {
    Statement s(connection());
    s.set(SQL_ATTR_MAX_LENGTH, 4);
    const std::string sql =
        "SELECT CAST('abcdef' AS CHAR(20)), CAST('ab\xe2\x82\xac' AS CHAR(20)), CAST('abcdef' AS BINARY(6)), 1234567";
    if (prepared) {
      s.prepare(sql).execute();
    } else {
      s.run(sql);
    }
    std::array<char, 20> bound{};
    SQLLEN length = 0;
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_CHAR, bound.data(), bound.size(), &length));
    EXPECT_EQ(s.check(::SQLFetch(s.handle())), SQL_SUCCESS);
    EXPECT_STREQ(bound.data(), "abcd");
    EXPECT_EQ(length, 4);
    EXPECT_EQ(s.text(2), "ab");
    EXPECT_EQ(s.text(3), "61626364");
    EXPECT_EQ(s.text(4), "1234567");
  }
}

// --- Rowsets and the bookmark as a column

TEST_P(Scrolling, BookmarksAreColumnZero) {
  fill(3);
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  std::array<SQLCHAR, 8> bookmark{};
  SQLLEN length = 0;
  const auto bind = [&] { s.check(::SQLBindCol(s.handle(), 0, SQL_C_VARBOOKMARK, bookmark.data(), bookmark.size(), &length)); };
  expect_failure("07009", 0, bind);
  s.set(SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE);
  bind();
  s.run("SELECT id FROM t ORDER BY id");
  SQLSMALLINT type = 0, nullable = 0;
  SQLULEN size = 0;
  s.check(::SQLDescribeCol(s.handle(), 0, nullptr, 0, nullptr, &type, &size, nullptr, &nullable));
  EXPECT_EQ(type, SQL_BINARY);
  EXPECT_EQ(size, bookmark.size());
  EXPECT_EQ(nullable, SQL_NO_NULLS);
  SQLLEN octets = 0;
  s.check(::SQLColAttribute(s.handle(), 0, SQL_DESC_OCTET_LENGTH, nullptr, 0, nullptr, &octets));
  EXPECT_EQ(octets, 8);
  s.fetch();
  s.fetch();
  EXPECT_EQ(length, 8);
  std::array<SQLCHAR, 8> got{};
  s.check(::SQLGetData(s.handle(), 0, SQL_C_VARBOOKMARK, got.data(), got.size(), &length));
  EXPECT_EQ(got, bookmark);
  EXPECT_EQ(::SQLGetData(s.handle(), 0, SQL_C_VARBOOKMARK, got.data(), got.size(), &length), SQL_NO_DATA);
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_FIRST, 0));
  s.set(SQL_ATTR_FETCH_BOOKMARK_PTR, got.data());
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_BOOKMARK, 1));
  EXPECT_EQ(s.number(1), 3);
}

TEST_P(Scrolling, AnOdbc2ApplicationFetchesAndChangesByFixedBookmarks) {
  fill(5);
  Connection old(SQL_OV_ODBC2);
  old.connect(connection_string());
  Statement s(old);
  std::array<std::int32_t, 3> ids{};
  std::array<SQLULEN, 3> bookmarks{};
  std::array<SQLUSMALLINT, 3> status{};
  SQLULEN fetched = 0;
  s.set(SQL_CURSOR_TYPE, SQL_CURSOR_STATIC);
  s.set(SQL_CONCURRENCY, SQL_CONCUR_VALUES);
  s.set(SQL_USE_BOOKMARKS, SQL_UB_ON);
  s.set(SQL_ROWSET_SIZE, 3);
  s.check(::SQLBindCol(s.handle(), 0, SQL_C_BOOKMARK, bookmarks.data(), 0, nullptr));
  s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, ids.data(), 0, nullptr));
  s.run("SELECT id FROM t ORDER BY id");
  const auto fetch = [&](SQLUSMALLINT orientation, SQLLEN offset) {
    return s.check(::SQLExtendedFetch(s.handle(), orientation, offset, &fetched, status.data()));
  };
  EXPECT_EQ(fetch(SQL_FETCH_NEXT, 0), SQL_SUCCESS);
  EXPECT_EQ(ids, (std::array<std::int32_t, 3>{1, 2, 3}));
  const auto second = static_cast<SQLLEN>(bookmarks[1]);
  EXPECT_EQ(fetch(SQL_FETCH_LAST, 0), SQL_SUCCESS);
  EXPECT_EQ(ids, (std::array<std::int32_t, 3>{3, 4, 5}));
  s.check(::SQLSetPos(s.handle(), 2, SQL_POSITION, SQL_LOCK_NO_CHANGE));
  SQLULEN bookmark = 0;
  s.check(::SQLGetStmtAttr(s.handle(), SQL_GET_BOOKMARK, &bookmark, 0, nullptr));
  EXPECT_EQ(bookmark, bookmarks[1]);
  EXPECT_EQ(fetch(SQL_FETCH_BOOKMARK, second), SQL_SUCCESS);
  EXPECT_EQ(ids, (std::array<std::int32_t, 3>{2, 3, 4}));
  ids[0] = 20;
  s.check(::SQLSetPos(s.handle(), 1, SQL_UPDATE, SQL_LOCK_NO_CHANGE));
  EXPECT_EQ(status[0], SQL_ROW_UPDATED);
  ids[1] = 30;
  s.check(::SQLSetPos(s.handle(), 2, SQL_ADD, SQL_LOCK_NO_CHANGE));
  EXPECT_EQ(status[1], SQL_ROW_ADDED);
  s.check(::SQLSetPos(s.handle(), 3, SQL_DELETE, SQL_LOCK_NO_CHANGE));
  EXPECT_EQ(status[2], SQL_ROW_DELETED);
  EXPECT_EQ(rows("SELECT id FROM t ORDER BY id"), "1; 3; 5; 20; 30");
}

TEST_P(Scrolling, RowsBoundByRowAndShiftedByAnOffsetAreChangedInPlace) {
  fill(4);
  struct Row {
    std::int32_t id;
    char name[8];
    SQLLEN id_length, name_length;
  };
  std::array<Row, 5> rows_bound{};
  SQLLEN offset = sizeof(Row);  // the bindings are those of the first, the rowset begins with the second
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  s.set(SQL_ATTR_ROW_BIND_TYPE, sizeof(Row));
  s.set(SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset);
  s.set(SQL_ATTR_ROW_ARRAY_SIZE, 4);
  s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &rows_bound[0].id, 0, &rows_bound[0].id_length));
  s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, rows_bound[0].name, sizeof rows_bound[0].name, &rows_bound[0].name_length));
  s.run("SELECT id, name FROM t ORDER BY id");
  s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_FIRST, 0));
  EXPECT_EQ(rows_bound[0].id, 0);
  EXPECT_STREQ(rows_bound[3].name, "xxx");
  std::strcpy(rows_bound[3].name, "three");
  rows_bound[3].name_length = SQL_NTS;
  s.check(::SQLSetPos(s.handle(), 3, SQL_UPDATE, SQL_LOCK_NO_CHANGE));
  rows_bound[1] = {11, "eleven", 0, SQL_NTS};
  rows_bound[2] = {12, "", 0, SQL_NULL_DATA};
  rows_bound[3] = {13, "13", 0, 2};
  rows_bound[4] = {14, "", 0, SQL_COLUMN_IGNORE};
  s.check(::SQLBulkOperations(s.handle(), SQL_ADD));
  EXPECT_EQ(rows("SELECT * FROM t ORDER BY id"), "1,x; 2,xx; 3,three; 4,xxxx; 11,eleven; 12,NULL; 13,13; 14,NULL");
}

}  // namespace
}  // namespace selkie::test
