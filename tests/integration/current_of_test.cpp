// Positioned statements: UPDATE and DELETE ... WHERE CURRENT OF a cursor.
#include "tests/integration/rowset.h"

namespace selkie::test {
namespace {

class CurrentOf : public OnTableT {};
SELKIE_ON_EVERY_SERVER(CurrentOf);

TEST_P(CurrentOf, WhereCurrentOfChangesTheRowTheCursorStandsOn) {
  for (const Way& way : kWays) {
    SCOPED_TRACE(::testing::Message() << "cursor type " << way.cursor_type << ", prepared " << way.prepared);
    run("REPLACE INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')");
    Rowset r(connection(), way.cursor_type, way.prepared, 1);
    r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("walker"), SQL_NTS));
    r.open(kSelect);
    r.scroll(SQL_FETCH_NEXT);
    r.scroll(SQL_FETCH_NEXT);
    Statement change(connection());
    const std::string name = "TWO ?";
    SQLLEN length = 0;
    change.bind(1, name, length);
    change.run("UPDATE t SET name = ? WHERE CURRENT OF walker");
    EXPECT_EQ(change.row_count(), 1);
    EXPECT_EQ(r.status[0], SQL_ROW_UPDATED);
    r.scroll(SQL_FETCH_NEXT);
    change.prepare("DELETE FROM `" + database() + "`.`t` -- gone\n where current of `WALKER`;");
    EXPECT_EQ(change.columns(), 0);
    change.execute();
    EXPECT_EQ(r.status[0], SQL_ROW_DELETED);
    r.scroll(SQL_FETCH_NEXT);
    change.execute();  // once more, on another row
    EXPECT_EQ(table(), "1,one; 2,TWO ?; 5,five");
    EXPECT_EQ(rows("SELECT 'WHERE CURRENT OF walker'"), "WHERE CURRENT OF walker");
  }
}

TEST_P(CurrentOf, PositionedStatementsAreRefusedWhereNoRowIsMeant) {
  Rowset r(connection(), SQL_CURSOR_STATIC, false, 1);
  r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("c"), SQL_NTS));
  Statement change(connection());
  expect_failure("34000", 0, [&] { change.run("DELETE FROM t WHERE CURRENT OF c"); });
  r.open(kSelect);
  expect_failure("24000", 0, [&] { change.run("DELETE FROM t WHERE CURRENT OF c"); });
  r.scroll(SQL_FETCH_FIRST);
  expect_failure("34000", 0, [&] { change.run("DELETE FROM t WHERE CURRENT OF d"); });
  expect_failure("42000", 0, [&] { change.run("DELETE FROM other WHERE CURRENT OF c"); });
  expect_failure("42000", 0, [&] { change.run("DELETE FROM mysql.t WHERE CURRENT OF c"); });
  run("UPDATE t SET name = 'changed' WHERE id = 1");
  change.run("DELETE FROM t WHERE CURRENT OF c");
  EXPECT_EQ(change.records()[0].state, "01001");
  EXPECT_EQ(change.row_count(), 0);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "5");
  r.s.close();
  r.s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY);
  r.open(kSelect);
  r.scroll(SQL_FETCH_FIRST);
  expect_failure("42000", 0, [&] { change.run("DELETE FROM t WHERE CURRENT OF c"); });
}

TEST_P(CurrentOf, APositionedUpdateAwaitsDataAsAnyOther) {
  Rowset r(connection(), SQL_CURSOR_FORWARD_ONLY, false, 1);
  r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("c"), SQL_NTS));
  r.open(kSelect);
  r.scroll(SQL_FETCH_NEXT);
  Statement change(connection());
  SQLLEN length = SQL_DATA_AT_EXEC;
  change.check(::SQLBindParameter(change.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0, &length, 0, &length));
  change.prepare("UPDATE t SET note = ? WHERE CURRENT OF c");
  ASSERT_EQ(::SQLExecute(change.handle()), SQL_NEED_DATA);
  SQLPOINTER token = nullptr;
  ASSERT_EQ(::SQLParamData(change.handle(), &token), SQL_NEED_DATA);
  EXPECT_EQ(token, &length);
  change.check(::SQLPutData(change.handle(), const_cast<char*>("long "), 5));
  change.check(::SQLPutData(change.handle(), const_cast<char*>("note"), 4));
  EXPECT_EQ(::SQLParamData(change.handle(), &token), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT id, note FROM t WHERE note IS NOT NULL"), "1,long note");
}

TEST_P(CurrentOf, APositionedUpdateGoesOnAlthoughItsCursorIsGone) {
  for (const bool freed : {false, true}) {
    Rowset r(connection(), SQL_CURSOR_STATIC, false, 1);
    r.s.check(::SQLSetCursorName(r.s.handle(), sql_text("c"), SQL_NTS));
    r.open(kSelect);
    r.scroll(SQL_FETCH_FIRST);
    Statement change(connection());
    SQLLEN length = SQL_DATA_AT_EXEC;
    change.check(
        ::SQLBindParameter(change.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 0, 0, &length, 0, &length));
    ASSERT_EQ(::SQLExecDirect(change.handle(), sql_text("UPDATE t SET note = ? WHERE CURRENT OF c"), SQL_NTS), SQL_NEED_DATA);
    if (freed) {
      r.s.free();
    } else {
      r.s.close();
    }
    SQLPOINTER token = nullptr;
    ASSERT_EQ(::SQLParamData(change.handle(), &token), SQL_NEED_DATA);
    const std::string note = freed ? "freed" : "closed";
    change.check(::SQLPutData(change.handle(), const_cast<char*>(note.data()), SQL_NTS));
    EXPECT_EQ(::SQLParamData(change.handle(), &token), SQL_SUCCESS);
    EXPECT_EQ(rows("SELECT note FROM t WHERE id = 1"), note);
  }
}

// The servers' own FOR UPDATE, which locks; ODBC's, which it would have to be if it were claimed, is refused here.
// Spec: SQLSetStmtAttr, SQL_ATTR_CONCURRENCY
TEST_P(CurrentOf, AReadOnlyCursorMayLockItsRows) {
  SQLUINTEGER claims = 0;
  for (const auto type : std::initializer_list<SQLUSMALLINT>{SQL_FORWARD_ONLY_CURSOR_ATTRIBUTES1, SQL_STATIC_CURSOR_ATTRIBUTES1,
                                                             SQL_KEYSET_CURSOR_ATTRIBUTES1}) {
    check(::SQLGetInfo(connection().handle(), type, &claims, sizeof claims, nullptr), SQL_HANDLE_DBC, connection().handle());
    EXPECT_EQ(claims & SQL_CA1_SELECT_FOR_UPDATE, 0u);
  }
  check(::SQLGetInfo(connection().handle(), SQL_POSITIONED_STATEMENTS, &claims, sizeof claims, nullptr), SQL_HANDLE_DBC,
        connection().handle());
  EXPECT_EQ(claims, SQLUINTEGER{SQL_PS_POSITIONED_DELETE | SQL_PS_POSITIONED_UPDATE});
  for (const SQLULEN type : {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC, SQL_CURSOR_KEYSET_DRIVEN}) {
    Statement s(connection());
    s.set(SQL_ATTR_CURSOR_TYPE, type);
    EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text("SELECT id FROM t ORDER BY id FOR UPDATE"), SQL_NTS)), SQL_SUCCESS);
    EXPECT_TRUE(s.fetch());
  }
}

}  // namespace
}  // namespace selkie::test
