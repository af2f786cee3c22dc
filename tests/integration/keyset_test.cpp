// Keyset-driven cursors: which rows there are is settled when they are opened, what the rows hold is read whenever they are.
#include "tests/integration/rowset.h"

namespace selkie::test {
namespace {

class Keysets : public OnTableT {
 protected:
  long long questions() { return std::stoll(rows("SHOW SESSION STATUS LIKE 'Questions'").substr(10)); }
};
SELKIE_ON_EVERY_SERVER(Keysets);

SQLULEN attribute(Statement& s, SQLINTEGER id) {
  SQLULEN value = 0;
  s.check(::SQLGetStmtAttr(s.handle(), id, &value, 0, nullptr));
  return value;
}

using Statuses = std::array<SQLUSMALLINT, kRows>;

TEST_P(Keysets, ShowWhatOthersChangeAndNotWhatTheyAdd) {
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared);
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five')");
    Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN, prepared);
    r.open(kSelect);
    EXPECT_TRUE(r.s.records().empty());
    const auto other = connect();
    const auto others = [&](std::string_view sql) { Statement(*other).run(sql); };
    // Not fetched yet, so not changed since it was.
    others("UPDATE t SET name = 'ONE' WHERE id = 1");
    EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "1,ONE; 2,two; 3,three; 4,four");
    EXPECT_EQ(r.status, Statuses{});
    others("UPDATE t SET name = 'TWO' WHERE id = 2");
    others("DELETE FROM t WHERE id = 4");
    others("INSERT INTO t (id, name) VALUES (0, 'zero'), (6, 'six')");
    EXPECT_EQ(r.scroll(SQL_FETCH_FIRST), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "1,ONE; 2,TWO; 3,three; deleted");
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_SUCCESS, SQL_ROW_UPDATED, SQL_ROW_SUCCESS, SQL_ROW_DELETED}));
    r.scroll(SQL_FETCH_NEXT);
    EXPECT_EQ(r.shown(), "5,five");
    EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_NO_DATA);
    EXPECT_EQ(r.scroll(SQL_FETCH_PRIOR), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "2,TWO; 3,three; deleted; 5,five");
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_SUCCESS, SQL_ROW_SUCCESS, SQL_ROW_DELETED, SQL_ROW_SUCCESS}));
    run("DELETE FROM t");
  }
}

TEST_P(Keysets, ARowWhoseKeyOthersChangeIsGoneAndOneWithItsKeyIsThere) {
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  run("UPDATE t SET id = 20 WHERE id = 2");
  run("DELETE FROM t WHERE id = 3");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,one; deleted; deleted; 4,four");
  run("INSERT INTO t (id, name) VALUES (2, 'new')");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,one; 2,new; deleted; 4,four");
  EXPECT_EQ(r.status[1], SQL_ROW_UPDATED);
}

TEST_P(Keysets, ADeletedRowIsThereToStandOnAndForNothingElse) {
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open(kSelect);
  run("DELETE FROM t WHERE id = 2");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.set_pos(2, SQL_POSITION), SQL_SUCCESS);
  expect_failure("HY109", 0, [&] { r.s.text(2); });
  for (const auto operation : std::initializer_list<SQLUSMALLINT>{SQL_REFRESH, SQL_UPDATE, SQL_DELETE}) {
    expect_failure("HY109", 0, [&] { r.set_pos(2, operation); });
  }
  EXPECT_EQ(r.set_pos(0, SQL_DELETE), SQL_SUCCESS);
  EXPECT_EQ(r.s.row_count(), 3);
  EXPECT_EQ(table(), "5,five");
}

TEST_P(Keysets, RefreshingAndFetchingByBookmarkReadTheRowsAgain) {
  for (const SQLULEN concurrency : {SQL_CONCUR_READ_ONLY, SQL_CONCUR_VALUES}) {
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')");
    Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
    r.s.set(SQL_ATTR_CONCURRENCY, concurrency);
    r.open(kSelect);
    r.scroll(SQL_FETCH_FIRST);
    const auto bookmarks = r.bookmark;
    run("UPDATE t SET name = 'II' WHERE id = 2");
    run("UPDATE t SET name = 'III' WHERE id = 3");
    EXPECT_EQ(r.shown(), "1,one; 2,two; 3,three; 4,four");
    EXPECT_EQ(r.set_pos(2, SQL_REFRESH), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "1,one; 2,II; 3,three; 4,four");
    EXPECT_EQ(r.status[1], SQL_ROW_UPDATED);
    EXPECT_EQ(r.set_pos(0, SQL_REFRESH), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "1,one; 2,II; 3,III; 4,four");
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_SUCCESS, SQL_ROW_SUCCESS, SQL_ROW_UPDATED, SQL_ROW_SUCCESS}));
    run("UPDATE t SET name = 'IV' WHERE id = 4");
    run("DELETE FROM t WHERE id = 1");
    r.bookmark = {bookmarks[3], bookmarks[0], bookmarks[2], bookmarks[3]};
    EXPECT_EQ(r.bulk(SQL_FETCH_BY_BOOKMARK), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "4,IV; deleted; 3,III; 4,IV");
  }
}

TEST_P(Keysets, ARowsetIsOneStatement) {
  run("INSERT INTO t (id, name) SELECT a.id + 10 * b.id, a.name FROM t a JOIN t b ON b.id < 3");
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open(kSelect);
  for (const auto orientation :
       std::initializer_list<SQLSMALLINT>{SQL_FETCH_FIRST, SQL_FETCH_NEXT, SQL_FETCH_LAST, SQL_FETCH_PRIOR}) {
    const long long before = questions();
    r.scroll(orientation);
    EXPECT_EQ(questions() - before, 2) << orientation;  // the one that counts, too
  }
}

TEST_P(Keysets, ALargeRowsetIsReadInPortions) {
  run("CREATE TABLE n (id INT PRIMARY KEY, name VARCHAR(20))");
  run("INSERT INTO n SELECT a.id + 5 * b.id + 25 * c.id + 125 * d.id + 625 * e.id, 'x' FROM t a, t b, t c, t d, t e");
  for (const bool prepared : {false, true}) {
    Statement s(connection());
    constexpr std::size_t kMany = 2500;
    std::vector<std::int32_t> id(kMany);
    std::vector<SQLUSMALLINT> status(kMany);
    SQLULEN fetched = 0;
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, kMany);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    constexpr const char* kQuery = "SELECT id, name FROM n ORDER BY id DESC";
    if (prepared) {
      s.prepare(kQuery).execute();
    } else {
      s.run(kQuery);
    }
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, id.data(), 0, nullptr));
    ASSERT_EQ(s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_NEXT, 0)), SQL_SUCCESS);
    EXPECT_EQ(fetched, kMany);
    std::string all;
    for (const std::int32_t value : id) all += (all.empty() ? "" : "; ") + std::to_string(value);
    EXPECT_EQ(all, rows("SELECT id FROM n ORDER BY id DESC LIMIT 2500"));
    EXPECT_EQ(std::ranges::count(status, SQL_ROW_SUCCESS), static_cast<std::ptrdiff_t>(kMany));
  }
}

TEST_P(Keysets, OwnChangesAreShownAndKeysFollow) {
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared);
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five')");
    Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN, prepared);
    r.open(kSelect);
    r.scroll(SQL_FETCH_FIRST);
    r.put(0, 100, "ONE");
    r.put(1, 2, "TWO");
    EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(r.set_pos(3, SQL_DELETE), SQL_SUCCESS);
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_UPDATED, SQL_ROW_UPDATED, SQL_ROW_DELETED, SQL_ROW_SUCCESS}));
    // Named and compared by its new values, without being fetched again.
    r.put(1, 2, "II");
    EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
    EXPECT_EQ(r.scroll(SQL_FETCH_FIRST), SQL_SUCCESS);
    EXPECT_EQ(r.shown(), "100,ONE; 2,II; deleted; 4,four");
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_UPDATED, SQL_ROW_UPDATED, SQL_ROW_DELETED, SQL_ROW_SUCCESS}));
    r.scroll(SQL_FETCH_FIRST);
    EXPECT_EQ(r.status, (Statuses{SQL_ROW_SUCCESS, SQL_ROW_SUCCESS, SQL_ROW_DELETED, SQL_ROW_SUCCESS}));
    Statement(connection()).run("UPDATE t SET name = 'again' WHERE id = 100");
    r.scroll(SQL_FETCH_FIRST);
    EXPECT_EQ(r.shown(), "100,again; 2,II; deleted; 4,four");
    EXPECT_EQ(r.set_pos(1, SQL_DELETE), SQL_SUCCESS);
    EXPECT_EQ(table(), "2,II; 4,four; 5,five");
  }
}

TEST_P(Keysets, WhatIsRolledBackIsAsItWas) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  r.put(0, 100, "ONE");
  r.set_pos(1, SQL_UPDATE);
  r.set_pos(2, SQL_DELETE);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "100,ONE; deleted; 3,three; 4,four");
  connection().rollback();
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,one; 2,two; 3,three; 4,four");
  connection().rollback();
}

TEST_P(Keysets, ARowThatSomebodyElseChangedIsLeftAlone) {
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  const auto bookmarks = r.bookmark;
  run("UPDATE t SET name = 'Two' WHERE id = 2");
  r.put(1, 2, "mine");
  EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(r.s.records().at(0).state, "01001");
  EXPECT_EQ(r.status[1], SQL_ROW_ERROR);
  EXPECT_EQ(rows("SELECT name FROM t WHERE id = 2"), "Two");
  // Of a row that is no longer at hand, too: what counts is how it was fetched.
  r.scroll(SQL_FETCH_NEXT);
  r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 3);
  r.bookmark = {bookmarks[1], bookmarks[2], bookmarks[0]};
  r.put(0, 2, "mine");
  r.put(1, 3, "mine");
  r.put(2, 1, "mine");
  EXPECT_EQ(r.bulk(SQL_UPDATE_BY_BOOKMARK), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(r.s.records().at(0).state, "01001");
  EXPECT_EQ(table(), "1,mine; 2,Two; 3,mine; 4,four; 5,five");
  // The cursor's own changes are no conflict.
  r.put(1, 3, "still mine");
  r.bulk(SQL_UPDATE_BY_BOOKMARK);
  EXPECT_EQ(rows("SELECT name FROM t WHERE id = 3"), "still mine");
  r.s.set(SQL_ATTR_ROW_ARRAY_SIZE, 4);
  r.scroll(SQL_FETCH_FIRST);
  r.put(1, 2, "mine");
  EXPECT_EQ(r.set_pos(2, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT name FROM t WHERE id = 2"), "mine");
}

TEST_P(Keysets, PositionedStatementsFollowTheTable) {
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("k"), SQL_NTS));
  r.open("SELECT id, name FROM t ORDER BY id FOR UPDATE");
  r.scroll(SQL_FETCH_FIRST);
  r.set_pos(2, SQL_POSITION);
  run("UPDATE t SET name = 'positioned' WHERE CURRENT OF k");
  EXPECT_EQ(r.status[1], SQL_ROW_UPDATED);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,one; 2,positioned; 3,three; 4,four");
  run("UPDATE t SET id = 11 WHERE CURRENT OF k");  // by an expression, for all that the cursor can know
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "deleted; 2,positioned; 3,three; 4,four");
  r.set_pos(3, SQL_POSITION);
  run("DELETE FROM t WHERE CURRENT OF k");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "deleted; 2,positioned; deleted; 4,four");
}

TEST_P(Keysets, KeysOfEveryTypeFindTheirRows) {
  struct Key {
    const char* type;
    const char* values;
  };
  const Key keys[] = {{"TINYINT", "(-128, 'a'), (127, 'b')"},
                      {"BIGINT UNSIGNED", "(18446744073709551614, 'a'), (18446744073709551615, 'b')"},
                      {"DECIMAL(30,10)", "(-12345678901234567890.0123456789, 'a'), (-12345678901234567890.0123456788, 'b')"},
                      {"CHAR(10)", "('x', 'a'), ('\xc3\xa9\xe6\x97\xa5', 'b')"},
                      {"VARCHAR(10) CHARACTER SET latin1", "('x''\\\\', 'a'), ('\xc3\xa9', 'b')"},
                      {"VARBINARY(10)", "(X'00FF', 'a'), (X'', 'b')"},
                      {"DATE", "('2024-02-29', 'a'), ('1000-01-01', 'b')"},
                      {"DATETIME(6)", "('2024-02-29 12:34:56.000001', 'a'), ('2024-02-29 12:34:56.1', 'b')"},
                      {"TIMESTAMP(3)", "('2024-02-29 12:34:56.001', 'a'), ('2024-02-29 12:34:56.1', 'b')"},
                      {"TIME(3)", "('-838:59:59', 'a'), ('00:00:00.001', 'b')"},
                      {"YEAR", "(1999, 'a'), (2155, 'b')"},
                      {"ENUM('x','y')", "('x', 'a'), ('y', 'b')"},
                      {"BIT(64)", "(0, 'a'), (18446744073709551615, 'b')"}};
  for (const Key& key : keys) {
    for (const bool prepared : {false, true}) {
      for (const bool composite : {false, true}) {
        SCOPED_TRACE(::testing::Message() << key.type << ", prepared " << prepared << ", composite " << composite);
        run("DROP TABLE IF EXISTS k");
        run(std::string("CREATE TABLE k (k ") + key.type + ", name VARCHAR(20), PRIMARY KEY (k" +
            (composite ? ", name))" : "))"));
        run(std::string("INSERT INTO k VALUES ") + key.values);
        Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN, prepared);
        r.open("SELECT k, name FROM k ORDER BY name");
        ASSERT_TRUE(r.s.records().empty()) << r.s.records()[0].message;
        r.s.check(::SQLBindCol(r.s.handle(), 1, SQL_C_CHAR, nullptr, 0, nullptr));
        ASSERT_EQ(r.scroll(SQL_FETCH_FIRST), SQL_SUCCESS);
        EXPECT_EQ(r.fetched, 2u);
        EXPECT_EQ(r.status[0], SQL_ROW_SUCCESS);
        EXPECT_EQ(r.status[1], SQL_ROW_SUCCESS);
        EXPECT_STREQ(r.name[0].data(), "a");
        EXPECT_STREQ(r.name[1].data(), "b");
        r.set_pos(2, SQL_POSITION);
        EXPECT_EQ(r.s.text(1), rows("SELECT k FROM k WHERE name = 'b'"));
      }
    }
  }
}

TEST_P(Keysets, AKeyThatDiffersInLettersCaseAloneIsAnother) {
  run("CREATE TABLE c (id INT, k VARCHAR(10) PRIMARY KEY)");
  run("INSERT INTO c VALUES (1, 'a'), (2, 'b')");
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open("SELECT id, k FROM c ORDER BY id");
  r.scroll(SQL_FETCH_FIRST);
  run("UPDATE c SET k = 'A' WHERE id = 1");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "deleted; 2,b");
}

// Spec: SQLExecDirect and SQLMoreResults, 01S02
TEST_P(Keysets, ARowThatCannotBeReadAgainMakesTheCursorStaticAndTheExecutionSaysSo) {
  run("CREATE TABLE no_key (id INT, name VARCHAR(20), UNIQUE (id))");
  run("INSERT INTO no_key VALUES (1, 'one')");
  run("CREATE TABLE two (a INT, b INT NOT NULL, name VARCHAR(20), PRIMARY KEY (a, b))");
  run("CREATE VIEW v AS SELECT id, name FROM t");
  const char* const queries[] = {"SELECT id, name FROM no_key",
                                 "SELECT a, name FROM two",
                                 "SELECT a.id, b.name FROM t a JOIN t b ON a.id = b.id",
                                 "SELECT a.id, a.name FROM t a JOIN t b",
                                 "SELECT t.id, t.name FROM no_key LEFT JOIN t ON t.id = 77",
                                 "SELECT id, UPPER(name) FROM t",
                                 "SELECT COUNT(*), 'x' FROM t",
                                 "SELECT id, name FROM t GROUP BY id, name",
                                 "SELECT id, name FROM t UNION SELECT id, name FROM t",
                                 "SELECT id, name FROM (SELECT id, name FROM t) AS t",
                                 "SELECT a.id, a.name FROM (SELECT a.id, b.name FROM t a JOIN t b ON b.id = a.id + 1) AS a",
                                 "WITH t AS (SELECT id, name FROM t) SELECT id, name FROM t",
                                 "SELECT id, name FROM v",
                                 "SELECT 1, 'x'",
                                 "SHOW VARIABLES LIKE 'version'"};
  for (const char* sql : queries) {
    for (const bool prepared : {false, true}) {
      SCOPED_TRACE(::testing::Message() << sql << ", prepared " << prepared);
      Statement s(connection());
      s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
      EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_KEYSET_DRIVEN);
      EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_UNSPECIFIED});
      if (prepared) s.prepare(sql);
      EXPECT_EQ(s.check(prepared ? ::SQLExecute(s.handle()) : ::SQLExecDirect(s.handle(), sql_text(sql), SQL_NTS)),
                SQL_SUCCESS_WITH_INFO);
      ASSERT_EQ(s.records().size(), 1u);
      EXPECT_EQ(s.records()[0].state, "01S02");
      EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
      EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_INSENSITIVE});
      const SQLRETURN last = s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_LAST, 0));
      EXPECT_TRUE(last == SQL_SUCCESS || last == SQL_NO_DATA) << last;
      s.close();
      EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_KEYSET_DRIVEN);
    }
  }
  Statement s(connection());
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(s.check(::SQLTables(s.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0)),
            SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
  EXPECT_EQ(s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_LAST, 0)), SQL_SUCCESS);
}

TEST_P(Keysets, QueriesOfOneTableAreRecognisedInEveryDress) {
  for (const char* sql : {"SELECT * FROM t",
                          "select x.id, x.id as again, x.name from t as x where x.id in (select id from t group by id) limit 9",
                          "SELECT `name`, `t`.`id` FROM `t` FOR UPDATE",
                          "SELECT DISTINCT id, name FROM t ORDER BY id + EXTRACT(DAY FROM '2024-02-29') ;",
                          "SELECT id FROM t LOCK IN SHARE MODE", "SELECT {fn CONCAT('a', 'b')}, id FROM t WHERE id < ?"}) {
    SCOPED_TRACE(sql);
    Statement s(connection());
    std::int32_t most = 4;
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
    s.bind(1, most);
    s.prepare(sql).execute();
    const bool computes = std::string_view(sql).find("fn") != std::string_view::npos;
    EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), computes ? SQL_CURSOR_STATIC : SQL_CURSOR_KEYSET_DRIVEN);
    EXPECT_EQ(s.check(::SQLFetchScroll(s.handle(), SQL_FETCH_LAST, 0)), SQL_SUCCESS);
  }
}

TEST_P(Keysets, ALockingQueryIsReadAgainAsOne) {
  const auto other = connect();
  if (server().is_mariadb()) run("SET SESSION innodb_snapshot_isolation = OFF");  // else what is newer cannot be locked
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  EXPECT_EQ(table(), "1,one; 2,two; 3,three; 4,four; 5,five");  // the transaction's view of the table begins
  Statement(*other).run("UPDATE t SET name = 'newer' WHERE id = 1");
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open("SELECT id, name FROM t ORDER BY id FOR UPDATE");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,newer; 2,two; 3,three; 4,four");
  connection().rollback();
}

TEST_P(Keysets, ReadingThatWaitsTooLongForALockLeavesThePosition) {
  const auto other = connect();
  other->set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.s.set(SQL_ATTR_QUERY_TIMEOUT, 1);
  r.open("SELECT id, name FROM t ORDER BY id FOR UPDATE");
  r.scroll(SQL_FETCH_FIRST);
  Statement(*other).run("UPDATE t SET name = 'locked' WHERE id = 5");
  expect_failure("HYT00", 0, [&] { r.scroll(SQL_FETCH_NEXT); });
  other->rollback();
  EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_SUCCESS);
  EXPECT_EQ(r.shown(), "5,five");
}

TEST_P(Keysets, MaxRowsLimitsTheMembersAndMemorySpills) {
  const auto other = connect("CURSOR_MEMORY=64K;");
  run("CREATE TABLE n (id INT PRIMARY KEY, name VARCHAR(200))");
  run("INSERT INTO n SELECT a.id + 5 * b.id + 25 * c.id + 125 * d.id + 625 * e.id, REPEAT('x', 200) FROM t a, t b, t c, t d, t "
      "e");
  for (const SQLULEN most : {SQLULEN{0}, SQLULEN{1000}}) {
    Rowset r(*other, SQL_CURSOR_KEYSET_DRIVEN);
    r.s.set(SQL_ATTR_MAX_ROWS, most);
    r.open("SELECT id, name FROM n ORDER BY id");
    r.scroll(SQL_FETCH_LAST);
    EXPECT_EQ(attribute(r.s, SQL_ATTR_ROW_NUMBER), (most == 0 ? 3125u : most) - 3);
    EXPECT_EQ(r.id[3], most == 0 ? 3905 : 1780);
    for (const SQLLEN row : {1, 500, 999}) {
      r.scroll(SQL_FETCH_ABSOLUTE, row);
      EXPECT_EQ(r.id[0], 780 + row);
    }
  }
}

TEST_P(Keysets, ATableThatIsAlteredOrDroppedHasNoRowsToShow) {
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN, true);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  run("ALTER TABLE t MODIFY id BIGINT");
  expect_failure("HY000", 0, [&] { r.scroll(SQL_FETCH_FIRST); });
  run("ALTER TABLE t MODIFY id INT");
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,one; 2,two; 3,three; 4,four");
  run("DROP TABLE t");
  expect_failure("42S02", kAnyCode, [&] { r.scroll(SQL_FETCH_FIRST); });
}

TEST_P(Keysets, ADynamicCursorIsKeysetDrivenAndSaysSo) {
  Statement s(connection());
  EXPECT_EQ(s.check(::SQLSetStmtAttr(s.handle(), SQL_ATTR_CURSOR_TYPE, reinterpret_cast<SQLPOINTER>(SQL_CURSOR_DYNAMIC), 0)),
            SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(s.records().at(0).state, "01S02");
  EXPECT_EQ(attribute(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text(kSelect), SQL_NTS)), SQL_SUCCESS);
}

// What SQLGetInfo says of keyset-driven cursors: updates show, a deleted row leaves a hole, an added one is not among the rows
// and has no bookmark; bookmarks outlast changes and transactions.
TEST_P(Keysets, ShowTheirOwnChangesAsClaimed) {
  const auto bits = [&](SQLUSMALLINT type) {
    SQLUINTEGER value = 0;
    check(::SQLGetInfo(connection().handle(), type, &value, sizeof value, nullptr), SQL_HANDLE_DBC, connection().handle());
    return value;
  };
  constexpr SQLUINTEGER kSensitivities =
      SQL_CA2_SENSITIVITY_ADDITIONS | SQL_CA2_SENSITIVITY_DELETIONS | SQL_CA2_SENSITIVITY_UPDATES;
  EXPECT_EQ(bits(SQL_SCROLL_OPTIONS), SQLUINTEGER{SQL_SO_FORWARD_ONLY | SQL_SO_STATIC | SQL_SO_KEYSET_DRIVEN});
  EXPECT_EQ(bits(SQL_KEYSET_CURSOR_ATTRIBUTES1), bits(SQL_STATIC_CURSOR_ATTRIBUTES1));
  EXPECT_EQ(bits(SQL_KEYSET_CURSOR_ATTRIBUTES2) & kSensitivities, SQLUINTEGER{SQL_CA2_SENSITIVITY_UPDATES});
  EXPECT_EQ(bits(SQL_DYNAMIC_CURSOR_ATTRIBUTES1), 0u);
  EXPECT_EQ(bits(SQL_BOOKMARK_PERSISTENCE), SQLUINTEGER{SQL_BP_DELETE | SQL_BP_UPDATE | SQL_BP_TRANSACTION | SQL_BP_SCROLL});
  Rowset r(connection(), SQL_CURSOR_KEYSET_DRIVEN);
  r.open("SELECT id, name FROM t WHERE id < 5 ORDER BY id");
  r.scroll(SQL_FETCH_FIRST);
  const auto bookmarks = r.bookmark;
  r.put(0, 1, "changed");
  EXPECT_EQ(r.set_pos(1, SQL_UPDATE), SQL_SUCCESS);
  EXPECT_EQ(r.set_pos(2, SQL_DELETE), SQL_SUCCESS);
  r.put(0, 0, "added");
  EXPECT_EQ(r.set_pos(1, SQL_ADD), SQL_SUCCESS);
  EXPECT_EQ(r.status[0], SQL_ROW_ADDED);
  EXPECT_EQ(r.bookmark_length[0], SQL_NULL_DATA);
  r.scroll(SQL_FETCH_FIRST);
  EXPECT_EQ(r.shown(), "1,changed; deleted; 3,three; 4,four");
  EXPECT_EQ(r.scroll(SQL_FETCH_NEXT), SQL_NO_DATA);
  auto third = bookmarks[2];
  r.s.set(SQL_ATTR_FETCH_BOOKMARK_PTR, third.data());
  r.scroll(SQL_FETCH_BOOKMARK);
  EXPECT_EQ(r.shown(), "3,three; 4,four");
}

}  // namespace
}  // namespace selkie::test
