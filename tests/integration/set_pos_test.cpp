// Changing rows through a cursor: SQLSetPos, SQLBulkOperations, bookmarks.
#include <chrono>
#include <thread>

#include "tests/integration/rowset.h"

namespace selkie::test {
namespace {

class RowChanges : public OnTableT {};
SELKIE_ON_EVERY_SERVER(RowChanges);

TEST_P(RowChanges, UpdateAndDeleteOfTheRowsetChangeTheTableAndTheRowStatus) {
  for (const Way& way : kWays) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << way.cursor_type << ", prepared " << way.prepared);
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')");
    Rowset r(connection(), way.cursor_type, way.prepared);
    r.open(kSelect);
    ASSERT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "1,one; 2,two; 3,three; 4,four");
    r.put(1, 2, "TWO");
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(r.status[1], SQL_ROW_UPDATED);
    EXPECT_EQ(r.s.row_count(), 1);
    EXPECT_EQ(r.set_pos(4, SQL_DELETE), SQL_SUCCESS);
    EXPECT_EQ(r.status[3], SQL_ROW_DELETED);
    EXPECT_EQ(table(), "1,one; 2,TWO; 3,three; 5,five");
    EXPECT_EQ(r.set_pos(4, SQL_POSITION), SQL_SUCCESS);  // the one thing that a deleted row is good for
    expect_failure("HY109", 0, [&] { r.set_pos(4, SQL_REFRESH); });
    expect_failure("HY109", 0, [&] { r.set_pos(4, SQL_UPDATE); });
    // The row that was updated is named and compared by its new values.
    r.put(1, 2, "II");
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(table(), "1,one; 2,II; 3,three; 5,five");
  }
}

TEST_P(RowChanges, AStaticCursorShowsItsOwnChanges) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 1, "ONE");
  r.set_pos(1, SQL_UPDATE);
  r.set_pos(3, SQL_DELETE);
  r.scroll(SQL_FETCH_NEXT);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,ONE; 2,two; deleted; 4,four");
  EXPECT_EQ(r.status[0], SQL_ROW_SUCCESS);
  // What others change is not shown until it is refreshed.
  run("UPDATE t SET name = 'zwei' WHERE id = 2");
  run("DELETE FROM t WHERE id = 4");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,ONE; 2,two; deleted; 4,four");
  EXPECT_EQ(r.set_pos(2, SQL_REFRESH), SQL_SUCCESS);
  EXPECT_EQ(r.set_pos(4, SQL_REFRESH), SQL_SUCCESS);
  EXPECT_EQ(r.shown(), "1,ONE; 2,zwei; deleted; deleted");
}

TEST_P(RowChanges, AnUpdatedKeyStillNamesTheRow) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 100, "one");
  r.set_pos(1, SQL_UPDATE);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "100,one; 2,two; 3,three; 4,four");
  r.set_pos(1, SQL_DELETE);
  EXPECT_EQ(table(), "2,two; 3,three; 4,four; 5,five");
}

TEST_P(RowChanges, RowNumberZeroMeansAllRowsButTheIgnoredOnes) {
  Rowset r(connection());
  std::array<SQLUSMALLINT, kRows> operations{SQL_ROW_PROCEED, SQL_ROW_IGNORE, SQL_ROW_PROCEED, SQL_ROW_IGNORE};
  r.s.set(SQL_ATTR_ROW_OPERATION_PTR, operations.data());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 1, "a");
  r.put(1, 2, "b");
  r.put(2, 3, "c");
  EXPECT_EQ(r.set_pos(0, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.s.row_count(), 2);
  EXPECT_EQ(table(), "1,a; 2,two; 3,c; 4,four; 5,five");
  EXPECT_EQ(r.status[1], SQL_ROW_SUCCESS);
  EXPECT_EQ(r.status[2], SQL_ROW_UPDATED);
}

TEST_P(RowChanges, ARowThatCannotBeChangedIsAnErrorInItsRowAndTheOthersAreChanged) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 2, "taken");
  r.put(1, 2, "TWO");
  r.ignore(2);
  r.ignore(3);
  EXPECT_EQ(r.set_pos(0, SQL_UPDATE), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(r.status[0], SQL_ROW_ERROR);
  EXPECT_EQ(r.status[1], SQL_ROW_UPDATED);
  EXPECT_EQ(r.status[2], SQL_ROW_ERROR);
  std::string states;
  for (const Diagnostic& record : r.s.records()) states += record.state + " ";
  EXPECT_EQ(states, "23000 21S02 21S02 ");
  expect_failure("23000", 1062, [&] { r.set_pos(1, SQL_UPDATE); });
  expect_failure("21S02", 0, [&] { r.set_pos(3, SQL_UPDATE); });
}

TEST_P(RowChanges, ARowThatSomebodyElseChangedIsLeftAlone) {
  for (const bool changed : {true, false}) {
    run("REPLACE INTO t (id, name) VALUES (2, 'two')");
    Rowset r(connection());
    r.open(kSelect);
    r.scroll(SQL_FETCH_FIRST);
    run(changed ? "UPDATE t SET name = 'Two' WHERE id = 2" : "DELETE FROM t WHERE id = 2");
    r.put(1, 2, "mine");
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS_WITH_INFO);
    ASSERT_FALSE(r.s.records().empty());
    EXPECT_EQ(r.s.records()[0].state, "01001");
    EXPECT_EQ(r.status[1], SQL_ROW_ERROR);
    EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(rows("SELECT name FROM t WHERE id = 2"), changed ? "Two" : "");
    r.set_pos(2, SQL_REFRESH);
    if (!changed) continue;
    r.put(1, 2, "mine");
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(rows("SELECT name FROM t WHERE id = 2"), "mine");
  }
}

TEST_P(RowChanges, AnUpdateThatChangesNothingIsNoConflict) {
  const auto other = connect("FOUND_ROWS=0;");
  Rowset r(*other);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.status[0], SQL_ROW_UPDATED);
}

TEST_P(RowChanges, BulkAdditionInsertsTheWholeRowset) {
  for (const bool prepared : {false, true}) {
    run("DELETE FROM t WHERE id > 5");
    Rowset r(connection(), SQL_CURSOR_STATIC, prepared);
    r.open(kSelect);
    r.put(0, 10, "ten");
    r.put(1, 11, "eleven");
    r.put(2, 12, "");
    r.name_length[2] = SQL_NULL_DATA;
    r.put(3, 13, "");
    r.name_length[3] = SQL_COLUMN_IGNORE;
    EXPECT_EQ(r.bulk(SQL_ADD), SQL_SUCCESS);
    EXPECT_EQ(r.s.row_count(), 4);
    EXPECT_EQ(r.status, (std::array<SQLUSMALLINT, kRows>{SQL_ROW_ADDED, SQL_ROW_ADDED, SQL_ROW_ADDED, SQL_ROW_ADDED}));
    EXPECT_EQ(rows("SELECT id, name FROM t WHERE id > 5 ORDER BY id"), "10,ten; 11,eleven; 12,NULL; 13,NULL");
  }
}

TEST_P(RowChanges, ABulkAdditionTellsOfEachRow) {
  Rowset r(connection());
  r.open(kSelect);
  r.put(0, 10, "ten");
  r.put(1, 1, "taken");
  r.put(2, 12, "twelve");
  r.put(3, 2, "taken");
  EXPECT_EQ(r.bulk(SQL_ADD), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(r.status, (std::array<SQLUSMALLINT, kRows>{SQL_ROW_ADDED, SQL_ROW_ERROR, SQL_ROW_ADDED, SQL_ROW_ERROR}));
  EXPECT_EQ(rows("SELECT id FROM t WHERE id > 5 ORDER BY id"), "10; 12");
  r.put(0, 1, "taken");
  r.put(2, 3, "taken");
  expect_failure("23000", 1062, [&] { r.bulk(SQL_ADD); });
}

TEST_P(RowChanges, RowsAreUpdatedDeletedAndFetchedByBookmark) {
  for (const bool prepared : {false, true}) {
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five')");
    Rowset r(connection(), SQL_CURSOR_STATIC, prepared);
    r.open(kSelect);
    r.scroll(SQL_FETCH_FIRST);
    const auto first = r.bookmark[0], third = r.bookmark[2];
    EXPECT_EQ(r.bookmark_length[0], 8);
    r.scroll(SQL_FETCH_NEXT);
    EXPECT_EQ(r.shown(), "5,five");
    const auto fifth = r.bookmark[0];

    r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 3);
    r.bookmark = {fifth, first, third};
    EXPECT_EQ(r.bulk(SQL_FETCH_BY_BOOKMARK), SQL_SUCCESS);
    r.fetched = 3;
    EXPECT_EQ(r.shown(), "5,five; 1,one; 3,three");
    r.put(0, 5, "V");
    r.put(1, 1, "I");
    r.put(2, 3, "III");
    EXPECT_EQ(r.bulk(SQL_UPDATE_BY_BOOKMARK), SQL_SUCCESS);
    EXPECT_EQ(r.s.row_count(), 3);
    EXPECT_EQ(table(), "1,I; 2,two; 3,III; 4,four; 5,V");
    r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 2);
    EXPECT_EQ(r.bulk(SQL_DELETE_BY_BOOKMARK), SQL_SUCCESS);
    EXPECT_EQ(table(), "2,two; 3,III; 4,four");
    r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 4);
    r.scroll(SQL_FETCH_FIRST);
    EXPECT_EQ(r.shown(), "deleted; 2,two; 3,III; 4,four");
  }
}

TEST_P(RowChanges, FetchingByBookmarkScrollsToItsRow) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  auto third = r.bookmark[2];
  r.s.set(SQL_ATTR_FETCH_BOOKMARK_PTR, third.data());
  struct Step {
    SQLLEN offset;
    SQLRETURN code;
    const char* shown;
  };
  for (const Step& step :
       {Step{0, SQL_SUCCESS, "3,three; 4,four; 5,five"}, Step{-2, SQL_SUCCESS, "1,one; 2,two; 3,three; 4,four"},
        Step{2, SQL_SUCCESS, "5,five"}, Step{3, SQL_NO_DATA, ""}, Step{-3, SQL_NO_DATA, ""}}) {
    EXPECT_EQ(r.scroll(SQL_FETCH_BOOKMARK, step.offset), step.code) << step.offset;
    EXPECT_EQ(r.shown(), step.shown) << step.offset;
  }
  std::array<SQLCHAR, 8> wrong{99};
  r.s.set(SQL_ATTR_FETCH_BOOKMARK_PTR, wrong.data());
  expect_failure("HY111", 0, [&] { r.scroll(SQL_FETCH_BOOKMARK); });
}

TEST_P(RowChanges, DataAtExecutionComesInPieces) {
  for (const SQLUSMALLINT operation : {SQLUSMALLINT{SQL_UPDATE}, SQLUSMALLINT{SQL_ADD}}) {
    SCOPED_TRACE(operation);
    Rowset r(connection());
    r.open("SELECT id, name, note FROM t ORDER BY id");
    std::array<SQLLEN, kRows> length{};
    r.s.check(::SQLBindCol(r.s.handle(), 3, SQL_C_CHAR, reinterpret_cast<SQLPOINTER>(0x30), 0, length.data()));
    r.s.set(SQL_ATTR_RETRIEVE_DATA, SQL_RD_OFF);
    r.scroll(SQL_FETCH_FIRST);
    for (std::size_t row = 0; row < kRows; ++row) {
      r.put(row, static_cast<std::int32_t>(row + (operation == SQL_ADD ? 21 : 1)), "n");
      length[row] = SQL_DATA_AT_EXEC;
    }
    SQLRETURN code = operation == SQL_ADD ? ::SQLBulkOperations(r.s.handle(), SQL_ADD)
                                          : ::SQLSetPos(r.s.handle(), 0, operation, SQL_LOCK_NO_CHANGE);
    ASSERT_EQ(code, SQL_NEED_DATA);
    SQLPOINTER token = nullptr;
    int asked = 0;
    while ((code = ::SQLParamData(r.s.handle(), &token)) == SQL_NEED_DATA) {
      EXPECT_EQ(token, reinterpret_cast<SQLPOINTER>(0x30));
      const std::string piece = "note " + std::to_string(++asked);
      r.s.check(::SQLPutData(r.s.handle(), const_cast<char*>(piece.data()), static_cast<SQLLEN>(piece.size())));
      r.s.check(::SQLPutData(r.s.handle(), const_cast<char*>("!"), SQL_NTS));
    }
    EXPECT_EQ(code, SQL_SUCCESS);
    EXPECT_EQ(asked, 4);
    EXPECT_EQ(r.s.row_count(), 4);
    EXPECT_EQ(
        rows(operation == SQL_ADD ? "SELECT id, note FROM t WHERE id > 20 ORDER BY id"
                                  : "SELECT id, note FROM t WHERE id < 5 ORDER BY id"),
        operation == SQL_ADD ? "21,note 1!; 22,note 2!; 23,note 3!; 24,note 4!" : "1,note 1!; 2,note 2!; 3,note 3!; 4,note 4!");
  }
}

TEST_P(RowChanges, CancellingWhatAwaitsDataLeavesTheCursorOpen) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.name_length[0] = SQL_DATA_AT_EXEC;
  ASSERT_EQ(::SQLSetPos(r.s.handle(), 1, SQL_UPDATE, SQL_LOCK_NO_CHANGE), SQL_NEED_DATA);
  SQLPOINTER token = nullptr;
  ASSERT_EQ(::SQLParamData(r.s.handle(), &token), SQL_NEED_DATA);
  EXPECT_EQ(token, r.name[0].data());
  r.s.check(::SQLCancel(r.s.handle()));
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");
  r.scroll(SQL_FETCH_NEXT);
  EXPECT_EQ(r.shown(), "5,five");
}

TEST_P(RowChanges, WhatCannotBeDoneIsRefusedWithAReason) {
  run("CREATE TABLE no_key (id INT, name VARCHAR(20), UNIQUE (id))");
  run("INSERT INTO no_key VALUES (1, 'one'), (1 + 1, 'one')");
  run("CREATE TABLE two (a INT, b INT NOT NULL, name VARCHAR(20), PRIMARY KEY (a, b))");
  run("INSERT INTO two VALUES (1, 2, 'x')");
  run("CREATE TABLE f (id INT, name VARCHAR(20), f FLOAT PRIMARY KEY)");
  run("INSERT INTO f VALUES (1, 'one', 0.1)");
  struct Case {
    const char* sql;
    const char* reason;
  };
  const Case cases[] = {{"SELECT id, name FROM no_key", "no unique key"},
                        {"SELECT a, name FROM two", "select its columns"},
                        {"SELECT id, name, f FROM f", "Column 'f' is part of the key"},
                        {"SELECT id, name, f FROM f", "SQL_SC_TRY_UNIQUE"},
                        {"SELECT a.id, b.name FROM t a JOIN t b ON a.id = b.id", "several tables"},
                        {"SELECT 1, 'x'", "No column"},
                        {"SELECT id, name FROM t UNION ALL SELECT 7, 'x'", "No column"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.sql);
    Rowset r(connection());
    r.open(c.sql);
    r.scroll(SQL_FETCH_FIRST);
    const OdbcError failure = expect_failure("01001", 0, [&] { r.set_pos(1, SQL_DELETE); });
    EXPECT_NE(failure.message().find(c.reason), std::string::npos) << failure.message();
  }
  Rowset r(connection());
  r.s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  expect_failure("HY092", 0, [&] { r.set_pos(1, SQL_DELETE); });
  expect_failure("HY092", 0, [&] { r.bulk(SQL_ADD); });
  expect_failure("HY107", 0, [&] { r.set_pos(9, SQL_POSITION); });
  expect_failure("HYC00", 0, [&] { r.s.check(::SQLSetPos(r.s.handle(), 1, SQL_POSITION, SQL_LOCK_EXCLUSIVE)); });
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");
}

TEST_P(RowChanges, ARowWithAnApproximateKeyIsNamedByItsOtherValues) {
  run("CREATE TABLE f (id INT, name VARCHAR(20), f FLOAT PRIMARY KEY)");
  run("INSERT INTO f VALUES (1, 'one', 0.1), (2, 'two', 0.2)");
  Rowset r(connection());
  r.s.set(SQL_ATTR_SIMULATE_CURSOR, SQL_SC_TRY_UNIQUE);
  r.open("SELECT id, name, f FROM f ORDER BY id");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.set_pos(1, SQL_DELETE), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT id FROM f"), "2");
}

TEST_P(RowChanges, WithoutAKeyTheApplicationMayTakeTheRiskOfSeveralRows) {
  run("CREATE TABLE no_key (id INT, name VARCHAR(20))");
  run("INSERT INTO no_key VALUES (1, 'one'), (2, NULL), (2, NULL)");
  Rowset r(connection());
  r.s.set(SQL_ATTR_SIMULATE_CURSOR, SQL_SC_NON_UNIQUE);
  r.open("SELECT id, name FROM no_key ORDER BY id");
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 10, "ten");
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(r.s.records()[0].state, "01001");
  EXPECT_EQ(r.s.row_count(), 2);
  EXPECT_EQ(rows("SELECT * FROM no_key"), "10,ten");
}

TEST_P(RowChanges, OnlyColumnsOfTheTableAreWrittenAndNotThoseItComputes) {
  run("CREATE TABLE g (id INT PRIMARY KEY, name VARCHAR(20), twice INT AS (id * 2))");
  run("INSERT INTO g (id, name) VALUES (1, 'one')");
  for (const char* sql : {"SELECT id, name, twice FROM g", "SELECT id, name, id + 1 FROM g", "SELECT id, name, id FROM g"}) {
    SCOPED_TRACE(sql);
    Rowset r(connection());
    r.open(sql);
    std::array<std::int32_t, kRows> third{};
    r.s.check(::SQLBindCol(r.s.handle(), 3, SQL_C_SLONG, third.data(), 0, nullptr));
    r.scroll(SQL_FETCH_FIRST);
    third[0] = 77;
    r.put(0, 1, "changed");
    EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
    r.put(0, 1, "again");
    EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(rows("SELECT * FROM g"), "1,again,2");
  }
}

TEST_P(RowChanges, KeysOfEveryTypeNameTheirRows) {
  struct Key {
    const char* type;
    const char* values;
  };
  const Key keys[] = {{"TINYINT", "(-128, 'a'), (127, 'b')"},
                      {"BIGINT", "(-9223372036854775808, 'a'), (9223372036854775807, 'b')"},
                      {"BIGINT UNSIGNED", "(18446744073709551614, 'a'), (18446744073709551615, 'b')"},
                      {"DECIMAL(30,10)", "(-12345678901234567890.0123456789, 'a'), (0.0000000001, 'b')"},
                      {"CHAR(10)", "('x', 'a'), ('\xc3\xa9\xe6\x97\xa5', 'b')"},
                      {"VARCHAR(10) CHARACTER SET latin1", "('x', 'a'), ('\xc3\xa9', 'b')"},
                      {"VARBINARY(10)", "(X'00FF', 'a'), (X'', 'b')"},
                      {"BINARY(4)", "(X'00FF0000', 'a'), (X'01020304', 'b')"},
                      {"DATE", "('2024-02-29', 'a'), ('1000-01-01', 'b')"},
                      {"DATETIME(6)", "('2024-02-29 12:34:56.000001', 'a'), ('2024-02-29 12:34:56.1', 'b')"},
                      {"TIME(3)", "('-838:59:59', 'a'), ('00:00:00.001', 'b')"},
                      {"YEAR", "(1999, 'a'), (2155, 'b')"},
                      {"ENUM('x','y')", "('x', 'a'), ('y', 'b')"},
                      {"SET('x','y')", "('x,y', 'a'), ('', 'b')"},
                      {"BIT(64)", "(0, 'a'), (18446744073709551615, 'b')"}};
  for (const Key& key : keys) {
    for (const bool prepared : {false, true}) {
      SCOPED_TRACE(::testing::Message() << key.type << ", prepared " << prepared);
      run("DROP TABLE IF EXISTS k");
      run(std::string("CREATE TABLE k (k ") + key.type + " PRIMARY KEY, name VARCHAR(20))");
      run(std::string("INSERT INTO k VALUES ") + key.values);
      Rowset r(connection(), SQL_CURSOR_STATIC, prepared);
      r.open("SELECT k, name FROM k ORDER BY name");
      r.s.check(::SQLBindCol(r.s.handle(), 1, SQL_C_CHAR, nullptr, 0, nullptr));
      ASSERT_EQ(r.scroll(SQL_FETCH_FIRST), SQL_SUCCESS);
      r.put(0, 0, "A");
      EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
      EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS);
      EXPECT_EQ(rows("SELECT name FROM k"), "A");
      r.scroll(SQL_FETCH_FIRST);
      EXPECT_EQ(r.status[0], SQL_ROW_SUCCESS);
      EXPECT_STREQ(r.name[0].data(), "A");
    }
  }
}

TEST_P(RowChanges, EveryComparedTypeFindsItsRowAgain) {
  run("CREATE TABLE v (id INT PRIMARY KEY, name VARCHAR(20), f FLOAT, d DOUBLE, n DECIMAL(20,5), b BIT(3), y YEAR, e ENUM('x'),"
      " da DATE, ti TIME(6), dt DATETIME(2), ts TIMESTAMP NULL, c CHAR(4), l VARCHAR(9) CHARACTER SET latin1, vb VARBINARY(9),"
      " t TEXT, j JSON)");
  run("INSERT INTO v VALUES (1, 'a', 0.1, 1e300/3, 1.5, 5, 2024, 'x', '2024-01-01', '01:02:03.5', '2024-01-01 01:02:03.25',"
      " '2024-01-01 00:00:00', 'c', '\xc3\xa9 ', X'00ff', 'long', '{}'), (2, 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
      "NULL,"
      " NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared);
    Rowset r(connection(), SQL_CURSOR_FORWARD_ONLY, prepared);
    r.open("SELECT * FROM v ORDER BY id");
    r.scroll(SQL_FETCH_NEXT);
    r.put(0, 1, prepared ? "A" : "AA");
    r.put(1, 2, prepared ? "B" : "BB");
    EXPECT_EQ(r.set_pos(0, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(rows("SELECT name FROM v ORDER BY id"), prepared ? "A; B" : "AA; BB");
  }
}

TEST_P(RowChanges, ATemporaryTableHidesItsNamesakeAndAViewHasNoKey) {
  run("CREATE VIEW v AS SELECT id, name FROM t");
  Rowset of_view(connection());
  of_view.open("SELECT id, name FROM v ORDER BY id");
  of_view.scroll(SQL_FETCH_FIRST);
  expect_failure("01001", 0, [&] { of_view.set_pos(1, SQL_DELETE); });
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");
  run("CREATE TEMPORARY TABLE t (id INT, name VARCHAR(20), UNIQUE (name(3)), PRIMARY KEY (id, name))");
  run("INSERT INTO t VALUES (1, 'temporary')");
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 1, "changed");
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(table(), "1,changed");
  run("DROP TEMPORARY TABLE t");
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");
}

TEST_P(RowChanges, RowsDeletedBeforeAreLeftOutWhenAllAreMeant) {
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.set_pos(2, SQL_DELETE);
  EXPECT_EQ(r.set_pos(0, SQL_REFRESH), SQL_SUCCESS);
  EXPECT_EQ(r.status[1], SQL_ROW_DELETED);
  EXPECT_EQ(r.set_pos(0, SQL_DELETE), SQL_SUCCESS);
  EXPECT_EQ(r.s.row_count(), 3);
  EXPECT_EQ(table(), "5,five");
}

TEST_P(RowChanges, AChangeThatWaitsForALockIsCancelled) {
  const auto other = connect();
  other->set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Statement(*other).run("UPDATE t SET name = 'locked' WHERE id = 1");
  Rowset r(connection());
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::SQLCancel(r.s.handle());
  });
  expect_failure("HY008", 0, [&] { r.set_pos(1, SQL_DELETE); });
  canceller.join();
  other->rollback();
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");
}

// What SQLGetInfo says of static cursors: updates show, a deleted row leaves a hole, an added one is not among the rows.
TEST_P(RowChanges, AStaticCursorShowsItsOwnChangesAsClaimed) {
  const auto bits = [&](SQLUSMALLINT type) {
    SQLUINTEGER value = 0;
    check(::SQLGetInfo(connection().handle(), type, &value, sizeof value, nullptr), SQL_HANDLE_DBC, connection().handle());
    return value;
  };
  EXPECT_EQ(bits(SQL_STATIC_SENSITIVITY), SQLUINTEGER{SQL_SS_UPDATES});
  constexpr SQLUINTEGER kSensitivities =
      SQL_CA2_SENSITIVITY_ADDITIONS | SQL_CA2_SENSITIVITY_DELETIONS | SQL_CA2_SENSITIVITY_UPDATES;
  EXPECT_EQ(bits(SQL_STATIC_CURSOR_ATTRIBUTES2) & kSensitivities, SQLUINTEGER{SQL_CA2_SENSITIVITY_UPDATES});
  Rowset r(connection());
  r.open("SELECT id, name FROM t WHERE id < 5 ORDER BY id");
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 1, "changed");
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS);
  r.put(0, 0, "added");
  EXPECT_EQ(r.bulk(SQL_ADD), SQL_SUCCESS_WITH_INFO);  // rows 3 and 4 of the buffers are there already
  EXPECT_EQ(r.status[0], SQL_ROW_ADDED);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,changed; deleted; 3,three; 4,four");
  EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_NO_DATA);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t WHERE id = 0"), "1");
}

}  // namespace
}  // namespace selkie::test
