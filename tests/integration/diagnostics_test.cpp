// Diagnostic records as an application sees them through the driver manager: their order, where they arose, the header's
// fields, and the states of ODBC 2. Spec: ODBC SQLGetDiagField, "Sequence of Status Records"
#include <array>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class DiagnosticRecords : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(DiagnosticRecords);

template <class Number>
Number number_field(const Statement& s, SQLSMALLINT record, SQLSMALLINT field) {
  Number value{};
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, s.handle(), record, field, &value, SQL_IS_INTEGER, nullptr), SQL_SUCCESS);
  return value;
}

std::string text_field(const Statement& s, SQLSMALLINT record, SQLSMALLINT field) {
  std::array<SQLCHAR, 128> value{};
  SQLSMALLINT length = 0;
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, s.handle(), record, field, value.data(), value.size(), &length), SQL_SUCCESS);
  return reinterpret_cast<char*>(value.data());
}

// "22003 at 1,2; 01004 at 3,1": state, row and column of each record.
std::string places(const Statement& s) {
  std::string all;
  const std::size_t count = s.records().size();
  for (std::size_t i = 1; i <= count; ++i) {
    const auto record = static_cast<SQLSMALLINT>(i);
    if (i > 1) all += "; ";
    all += text_field(s, record, SQL_DIAG_SQLSTATE) + " at " +
           std::to_string(number_field<SQLLEN>(s, record, SQL_DIAG_ROW_NUMBER)) + "," +
           std::to_string(number_field<SQLINTEGER>(s, record, SQL_DIAG_COLUMN_NUMBER));
  }
  return all;
}

// Rank: by row, and in a row errors before warnings.
TEST_P(DiagnosticRecords, OfARowsetStandByRowAndErrorsFirst) {
  run("CREATE TABLE t (id INT, n VARCHAR(20), s VARCHAR(20))");
  run("INSERT INTO t VALUES (1, '1', 'ok'), (2, '1.5', 'too long'), (3, 'x', 'too long'), (4, '400', 'ok')");
  constexpr std::size_t kRowsFetched = 4;
  for (const SQLULEN cursor : {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC}) {
    std::array<SQLSCHAR, kRowsFetched> n{};
    std::array<std::array<char, 4>, kRowsFetched> text{};
    std::array<SQLLEN, kRowsFetched> n_length{}, text_length{};
    std::array<SQLUSMALLINT, kRowsFetched> status{};
    Statement s(connection());
    s.set(SQL_ATTR_CURSOR_TYPE, cursor);
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, kRowsFetched);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, text.data(), text[0].size(), text_length.data()));
    s.check(::SQLBindCol(s.handle(), 3, SQL_C_STINYINT, n.data(), 0, n_length.data()));
    s.run("SELECT id, s, n FROM t ORDER BY id");
    EXPECT_EQ(s.check(::SQLFetch(s.handle())), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(places(s), "01004 at 2,2; 01S07 at 2,3; 22018 at 3,3; 01004 at 3,2; 22003 at 4,3");
    EXPECT_EQ(status, (std::array<SQLUSMALLINT, kRowsFetched>{SQL_ROW_SUCCESS, SQL_ROW_SUCCESS_WITH_INFO, SQL_ROW_ERROR,
                                                              SQL_ROW_ERROR}));
    EXPECT_EQ(number_field<SQLINTEGER>(s, 0, SQL_DIAG_NUMBER), 5);
  }
}

TEST_P(DiagnosticRecords, OfAnArrayOfParametersNameTheSet) {
  run("CREATE TABLE t (id INT PRIMARY KEY, n TINYINT)");
  run("INSERT INTO t VALUES (2, 0), (4, 0)");
  std::array<SQLINTEGER, 5> id{1, 2, 3, 4, 5};
  std::array<std::array<char, 4>, 5> n{{{"1"}, {"2"}, {"x"}, {"4"}, {"5"}}};
  std::array<SQLLEN, 5> length{SQL_NTS, SQL_NTS, SQL_NTS, SQL_NTS, SQL_NTS};
  Statement s(connection());
  s.set(SQL_ATTR_PARAMSET_SIZE, id.size());
  s.prepare("INSERT INTO t VALUES (?, ?)");
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, id.data(), 0, nullptr));
  s.check(
      ::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_TINYINT, 0, 0, n.data(), n[0].size(), length.data()));
  EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(places(s), "23000 at 2,-1; 22018 at 3,2; 23000 at 4,-1");
  EXPECT_EQ(number_field<SQLINTEGER>(s, 1, SQL_DIAG_NATIVE), 1062);
  EXPECT_EQ(number_field<SQLINTEGER>(s, 2, SQL_DIAG_NATIVE), 0);
  EXPECT_EQ(rows("SELECT id FROM t ORDER BY id"), "1; 2; 4; 5");
}

TEST_P(DiagnosticRecords, OfALoneSetOrRowNameTheParameterOrColumn) {
  run("CREATE TABLE t (id INT PRIMARY KEY, skipped INT, n INT)");
  run("INSERT INTO t VALUES (1, 1, 1)");
  SQLINTEGER id = 2;
  std::array<char, 8> n{"x"};
  SQLLEN length = SQL_NTS;
  Statement s(connection());
  s.prepare("INSERT INTO t (id, n) VALUES (?, ?)");
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &id, 0, nullptr));
  s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, 0, 0, n.data(), n.size(), &length));
  EXPECT_EQ(::SQLExecute(s.handle()), SQL_ERROR);
  EXPECT_EQ(places(s), "22018 at 1,2");

  Statement got(connection());
  got.run("SELECT 1, 'x'");
  ASSERT_TRUE(got.fetch());
  SQL_DATE_STRUCT date{};
  EXPECT_EQ(::SQLGetData(got.handle(), 1, SQL_C_TYPE_DATE, &date, 0, nullptr), SQL_ERROR);
  EXPECT_EQ(places(got), "07006 at 1,1");
  EXPECT_EQ(::SQLGetData(got.handle(), 2, SQL_C_SLONG, &id, 0, nullptr), SQL_ERROR);
  EXPECT_EQ(places(got), "22018 at 1,2");

  // Column 3, although the buffer is the first that is sent.
  Statement changed(connection());
  changed.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  changed.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  changed.check(::SQLBindCol(changed.handle(), 3, SQL_C_CHAR, n.data(), n.size(), &length));
  changed.run("SELECT id, skipped, n FROM t");
  ASSERT_TRUE(changed.fetch());
  n = {"x"};
  length = 1;
  for (const int operation : {SQL_UPDATE, SQL_ADD}) {
    EXPECT_EQ(::SQLSetPos(changed.handle(), 1, static_cast<SQLUSMALLINT>(operation), SQL_LOCK_NO_CHANGE), SQL_ERROR);
    EXPECT_EQ(places(changed), "22018 at 1,3");
  }
}

TEST_P(DiagnosticRecords, OriginsAreToldByTheState) {
  const struct {
    const char *sql, *state, *class_origin, *subclass_origin;
  } rows[] = {
      {"SELECT * FROM nowhere", "42S02", "ISO 9075", "ODBC 3.0"},
      {"SELECT nothing", "42S22", "ISO 9075", "ODBC 3.0"},
      {"SELEC", "42000", "ISO 9075", "ISO 9075"},
      {"SIGNAL SQLSTATE '45000'", "45000", "ISO 9075", "ISO 9075"},
      {"SELECT {fn NOSUCH()}", "42000", "ISO 9075", "ISO 9075"},
  };
  for (const auto& row : rows) {
    Statement s(connection());
    EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text(row.sql), SQL_NTS), SQL_ERROR) << row.sql;
    EXPECT_EQ(text_field(s, 1, SQL_DIAG_SQLSTATE), row.state) << row.sql;
    EXPECT_EQ(text_field(s, 1, SQL_DIAG_CLASS_ORIGIN), row.class_origin) << row.sql;
    EXPECT_EQ(text_field(s, 1, SQL_DIAG_SUBCLASS_ORIGIN), row.subclass_origin) << row.sql;
  }
}

TEST_P(DiagnosticRecords, TheHeaderSaysWhatWasExecuted) {
  const struct {
    const char* sql;
    SQLINTEGER code;
    const char* name;
    SQLLEN row_count;
  } rows[] = {
      {"CREATE TABLE t (a INT)", SQL_DIAG_CREATE_TABLE, "CREATE TABLE", 0},
      {"CREATE INDEX i ON t (a)", SQL_DIAG_CREATE_INDEX, "CREATE INDEX", 0},
      {"ALTER TABLE t ADD b INT", SQL_DIAG_ALTER_TABLE, "ALTER TABLE", 0},
      {"CREATE VIEW v AS SELECT 1", SQL_DIAG_CREATE_VIEW, "CREATE VIEW", 0},
      {"INSERT INTO t VALUES (1, 1), (2, 2)", SQL_DIAG_INSERT, "INSERT", 2},
      {"UPDATE t SET b = 3", SQL_DIAG_UPDATE_WHERE, "UPDATE WHERE", 2},
      {"SELECT * FROM t", SQL_DIAG_SELECT_CURSOR, "SELECT CURSOR", -1},
      {"DELETE FROM t WHERE a = 1", SQL_DIAG_DELETE_WHERE, "DELETE WHERE", 1},
      {"DROP INDEX i ON t", SQL_DIAG_DROP_INDEX, "DROP INDEX", 0},
      {"DROP VIEW v", SQL_DIAG_DROP_VIEW, "DROP VIEW", 0},
      {"DROP TABLE t", SQL_DIAG_DROP_TABLE, "DROP TABLE", 0},
      {"CREATE PROCEDURE p() SET @p = 1", SQL_DIAG_UNKNOWN_STATEMENT, "", 0},
      {"{CALL p()}", SQL_DIAG_CALL, "CALL", 0},
      {"DROP PROCEDURE p", SQL_DIAG_UNKNOWN_STATEMENT, "", 0},
      {"SHOW DATABASES", SQL_DIAG_UNKNOWN_STATEMENT, "", -1},
  };
  for (const bool prepared : {false, true}) {
    for (const auto& row : rows) {
      SCOPED_TRACE(row.sql);
      Statement s(connection());
      if (prepared) {
        s.prepare(row.sql).execute();
      } else {
        s.run(row.sql);
      }
      EXPECT_EQ(number_field<SQLINTEGER>(s, 0, SQL_DIAG_DYNAMIC_FUNCTION_CODE), row.code);
      EXPECT_EQ(text_field(s, 0, SQL_DIAG_DYNAMIC_FUNCTION), row.name);
      EXPECT_EQ(number_field<SQLLEN>(s, 0, SQL_DIAG_ROW_COUNT), row.row_count);
      // Rows are counted when they are read: no cursor claims SQL_CA2_CRC_EXACT or SQL_CA2_CRC_APPROXIMATE.
      EXPECT_EQ(number_field<SQLLEN>(s, 0, SQL_DIAG_CURSOR_ROW_COUNT), -1);
      EXPECT_EQ(number_field<SQLRETURN>(s, 0, SQL_DIAG_RETURNCODE), SQL_SUCCESS);
    }
  }
}

TEST_P(DiagnosticRecords, AnApplicationOfOdbc2IsToldItsStates) {
  run("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
  run("INSERT INTO t VALUES (1, 1)");
  Connection old(SQL_OV_ODBC2);
  old.connect(connection_string());
  const struct {
    const char *sql, *state;
  } rows[] = {
      {"SELECT * FROM nowhere", "S0002"},         {"CREATE TABLE t (a INT)", "S0001"},
      {"SELECT nothing FROM t", "S0022"},         {"ALTER TABLE t ADD n INT", "S0021"},
      {"CREATE INDEX i ON t (n, n)", "S0021"},    {"SELEC", "37000"},
      {"INSERT INTO t VALUES (1, 1)", "23000"},   {"INSERT INTO t VALUES (1)", "21S01"},
      {"ALTER TABLE t DROP INDEX i", "37000"},    {"SELECT {fn NOSUCH()}", "37000"},
      {"INSERT INTO t VALUES (2, 'x')", "22005"},
  };
  for (const auto& row : rows) {
    Statement s(old);
    EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text(row.sql), SQL_NTS), SQL_ERROR) << row.sql;
    EXPECT_EQ(s.records().at(0).state, row.state) << row.sql << ": " << s.records().at(0).message;
  }
  Statement s(old);
  s.run("SELECT 'x', 300");
  ASSERT_TRUE(s.fetch());
  SQLSCHAR small = 0;
  const auto state_of_get = [&](SQLUSMALLINT column, SQLSMALLINT c_type) {
    EXPECT_EQ(::SQLGetData(s.handle(), column, c_type, &small, 0, nullptr), SQL_ERROR);
    return s.records().at(0).state;
  };
  EXPECT_EQ(state_of_get(1, SQL_C_STINYINT), "22005");
  EXPECT_EQ(state_of_get(2, SQL_C_STINYINT), "22003");
  EXPECT_EQ(state_of_get(9, SQL_C_STINYINT), "S1002");
}

// One state of ODBC 3, two of ODBC 2. Spec: "SQLSTATE Mappings"
TEST_P(DiagnosticRecords, AnApplicationOfOdbc2IsToldHowManyRowsWereMeant) {
  run("CREATE TABLE gone (id INT PRIMARY KEY)");
  run("CREATE TABLE alike (id INT)");
  Connection old(SQL_OV_ODBC2);
  old.connect(connection_string());
  const auto delete_first = [&](const std::string& table, SQLULEN simulation) {
    run("INSERT INTO " + table + " VALUES (1)");
    if (table == "alike") run("INSERT INTO alike VALUES (1)");
    Statement s(old);
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
    s.set(SQL_ATTR_SIMULATE_CURSOR, simulation);
    s.run("SELECT id FROM " + table);
    SQLULEN count = 0;
    SQLUSMALLINT status = 0;
    s.check(::SQLExtendedFetch(s.handle(), SQL_FETCH_FIRST, 0, &count, &status));
    if (table == "gone") run("DELETE FROM gone");
    EXPECT_NE(::SQLSetPos(s.handle(), 1, SQL_DELETE, SQL_LOCK_NO_CHANGE), SQL_SUCCESS);
    return s.records().at(0).state;
  };
  EXPECT_EQ(delete_first("gone", SQL_SC_UNIQUE), "01S03");
  EXPECT_EQ(delete_first("alike", SQL_SC_NON_UNIQUE), "01S04");
}

}  // namespace
}  // namespace selkie::test
