// Arrays of parameters through the driver manager on real servers: what is stored, and what is told of each row.
#include <array>
#include <cstring>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

// The arrays that a test binds, column by column, with all that tells what became of the rows.
struct Rows {
  explicit Rows(std::size_t count) : id(count), text(count), text_bytes(count), status(count, 0xffff), operation(count) {
    for (std::size_t i = 0; i < count; ++i) set(i, static_cast<std::int32_t>(i + 1), "row " + std::to_string(i + 1));
  }
  void set(std::size_t i, std::int32_t number, const std::string& value) {
    id[i] = number;
    std::strncpy(text[i].data(), value.c_str(), text[i].size() - 1);
    text_bytes[i] = static_cast<SQLLEN>(value.size());
  }
  void bind(Statement& s, SQLUSMALLINT first = 1) {
    s.set(SQL_ATTR_PARAMSET_SIZE, id.size());
    s.set(SQL_ATTR_PARAM_STATUS_PTR, status.data());
    s.set(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    s.check(::SQLBindParameter(s.handle(), first, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, id.data(), 0, nullptr));
    s.check(::SQLBindParameter(s.handle(), static_cast<SQLUSMALLINT>(first + 1), SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20,
                               0, text.data(), sizeof text[0], text_bytes.data()));
  }
  // The numbers, from 1, of the rows that have this status.
  std::vector<std::size_t> with(SQLUSMALLINT wanted) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < status.size(); ++i) {
      if (status[i] == wanted) found.push_back(i + 1);
    }
    return found;
  }
  std::vector<std::int32_t> id;
  std::vector<std::array<char, 24>> text;
  std::vector<SQLLEN> text_bytes;
  std::vector<SQLUSMALLINT> status, operation;
  SQLULEN processed = 0;
};

using Numbers = std::vector<std::size_t>;
constexpr const char* kInsert = "INSERT INTO t (id, v) VALUES (?, ?)";

class ParameterArrays : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20) DEFAULT 'unsaid') ENGINE=InnoDB");
  }
  SQLRETURN execute(Statement& s) { return s.check(::SQLExecute(s.handle())); }
  // Of rows whose ids and texts belong together.
  std::string summary() { return rows("SELECT COUNT(*), SUM(id), SUM(v = CONCAT('row ', id)) FROM t"); }
};
SELKIE_ON_EVERY_SERVER(ParameterArrays);

TEST_P(ParameterArrays, InsertStoresEveryRowAndCountsThem) {
  Rows all(5000);
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  EXPECT_EQ(s.row_count(), 5000);
  EXPECT_EQ(all.processed, 5000u);
  EXPECT_EQ(all.with(SQL_PARAM_SUCCESS).size(), 5000u);
  EXPECT_EQ(summary(), "5000,12502500,5000");
  EXPECT_EQ(connection().get(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_ON);
  EXPECT_EQ(rows("SELECT @@autocommit"), "1");
  EXPECT_EQ(Statement(*connect()).run("SELECT COUNT(*) FROM t").rows(), "5000");
}

// 65,535 is what the protocol can count.
TEST_P(ParameterArrays, InsertOfMoreValuesThanAStatementCanHaveParametersIsSplit) {
  Rows all(40'000);
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  EXPECT_EQ(s.row_count(), 40'000);
  EXPECT_EQ(all.with(SQL_PARAM_SUCCESS).size(), 40'000u);
  EXPECT_EQ(summary(), "40000,800020000,40000");
}

TEST_P(ParameterArrays, SameStatementTakesArraysOfAnySize) {
  Statement s(connection());
  s.prepare(kInsert);
  std::int32_t next = 0;
  for (const std::size_t count : {3u, 3u, 1u, 70u, 3u}) {
    Rows some(count);
    for (auto& id : some.id) id = ++next;
    some.bind(s);
    EXPECT_EQ(execute(s), SQL_SUCCESS);
    EXPECT_EQ(s.row_count(), static_cast<SQLLEN>(count));
  }
  EXPECT_EQ(rows("SELECT COUNT(*), MAX(id) FROM t"), "80,80");
}

TEST_P(ParameterArrays, RefusedRowIsNamedAndTheOthersAreStored) {
  for (const bool autocommit : {true, false}) {
    run("DELETE FROM t");
    run("INSERT INTO t VALUES (7, 'before')");
    connection().set(SQL_ATTR_AUTOCOMMIT, autocommit ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF);
    Rows all(300);
    Statement s(connection());
    all.bind(s);
    s.prepare(kInsert);
    EXPECT_EQ(execute(s), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(all.with(SQL_PARAM_ERROR), Numbers{7});
    EXPECT_EQ(all.with(SQL_PARAM_SUCCESS).size(), 299u);
    SQLLEN row = 0;
    s.check(::SQLGetDiagField(SQL_HANDLE_STMT, s.handle(), 1, SQL_DIAG_ROW_NUMBER, &row, 0, nullptr));
    EXPECT_EQ(row, 7);
    EXPECT_EQ(s.records().at(0).native, 1062);
    EXPECT_EQ(s.row_count(), 299);
    EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "300");
    connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON);
  }
}

TEST_P(ParameterArrays, WorkOfTheTransactionBeforeARefusedRowStays) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1000, 'mine')");
  Rows all(10);
  all.id[4] = 1;
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  EXPECT_EQ(execute(s), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(all.with(SQL_PARAM_ERROR), Numbers{5});
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "10");
  connection().rollback();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "0");
  connection().rollback();
}

TEST_P(ParameterArrays, RowsOfATableWithoutTransactionsAreNeverStoredTwice) {
  run("CREATE TABLE m (id INT, k INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(20), CHECK (id <> 7)) ENGINE=MyISAM");
  for (const bool autocommit : {true, false}) {
    run("DELETE FROM m");
    connection().set(SQL_ATTR_AUTOCOMMIT, autocommit ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF);
    Rows all(20);
    Statement s(connection());
    all.bind(s);
    s.prepare("INSERT INTO m (id, v) VALUES (?, ?)");
    const SQLRETURN code = ::SQLExecute(s.handle());
    EXPECT_TRUE(code == SQL_ERROR || code == SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(rows("SELECT id FROM m GROUP BY id HAVING COUNT(*) > 1"), "");
    EXPECT_EQ(rows("SELECT id FROM m WHERE id = 7"), "");
    for (const std::size_t row : all.with(SQL_PARAM_SUCCESS)) EXPECT_NE(row, 7u);
    connection().commit();
    connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON);
  }
}

TEST_P(ParameterArrays, NullWhereNoneIsAllowedIsRefusedAsInASingleRow) {
  run("CREATE TABLE n (id INT, v VARCHAR(20) NOT NULL) ENGINE=InnoDB");
  for (const char* mode : {"", "STRICT_ALL_TABLES"}) {
    run("DELETE FROM n");
    run(std::string("SET sql_mode='") + mode + "'");
    Rows all(5);
    all.text_bytes[2] = SQL_NULL_DATA;
    Statement s(connection());
    all.bind(s);
    s.prepare("INSERT INTO n (id, v) VALUES (?, ?)");
    EXPECT_EQ(execute(s), SQL_SUCCESS_WITH_INFO) << mode;
    EXPECT_EQ(all.with(SQL_PARAM_ERROR), Numbers{3}) << mode;
    EXPECT_EQ(rows("SELECT id FROM n"), "1; 2; 4; 5") << mode;
  }
}

TEST_P(ParameterArrays, NullAndDefaultAreStoredAsSuch) {
  Rows all(6);
  all.text_bytes[1] = SQL_NULL_DATA;
  all.text_bytes[3] = SQL_DEFAULT_PARAM;
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT id, v FROM t"), "1,row 1; 2,NULL; 3,row 3; 4,unsaid; 5,row 5; 6,row 6");
}

TEST_P(ParameterArrays, LengthPastTheBufferIsThatRowsError) {
  Rows all(4);
  all.text_bytes[1] = 25;
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  EXPECT_EQ(execute(s), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(all.with(SQL_PARAM_ERROR), Numbers{2});
  EXPECT_EQ(s.records().at(0).state, "HY090");
  EXPECT_EQ(rows("SELECT id FROM t"), "1; 3; 4");
}

TEST_P(ParameterArrays, IgnoredRowsAreLeftOutAndUnused) {
  for (const char* sql : {kInsert, "INSERT IGNORE INTO t (id, v) VALUES (?, ?)"}) {
    run("DELETE FROM t");
    Rows all(5);
    all.operation[0] = all.operation[3] = SQL_PARAM_IGNORE;
    Statement s(connection());
    all.bind(s);
    s.set(SQL_ATTR_PARAM_OPERATION_PTR, all.operation.data());
    s.prepare(sql);
    EXPECT_EQ(execute(s), SQL_SUCCESS);
    EXPECT_EQ(all.with(SQL_PARAM_UNUSED), (Numbers{1, 4}));
    EXPECT_EQ(rows("SELECT id FROM t"), "2; 3; 5");
  }
}

TEST_P(ParameterArrays, RowWiseBindingWithAnOffset) {
  struct Row {
    double number;
    std::int32_t id;
    SQLLEN text_bytes;
    char text[20];
  };
  run("CREATE TABLE w (id INT, d DOUBLE, v VARCHAR(20)) ENGINE=InnoDB");
  std::vector<Row> all(8);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {1e-9 * double(i), static_cast<std::int32_t>(i), SQL_NTS, "text"};
  Statement s(connection());
  SQLLEN offset = 2 * sizeof(Row);
  s.set(SQL_ATTR_PARAM_BIND_TYPE, sizeof(Row));
  s.set(SQL_ATTR_PARAM_BIND_OFFSET_PTR, &offset);
  s.set(SQL_ATTR_PARAMSET_SIZE, 3);
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &all[0].id, 0, nullptr));
  s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &all[0].number, 0, nullptr));
  s.check(::SQLBindParameter(s.handle(), 3, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, all[0].text, sizeof all[0].text,
                             &all[0].text_bytes));
  s.prepare("INSERT INTO w VALUES (?, ?, ?)");
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  offset = 5 * sizeof(Row);
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT id, v FROM w"), "2,text; 3,text; 4,text; 5,text; 6,text; 7,text");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM w WHERE d = id * 1e-9"), "6");
}

TEST_P(ParameterArrays, UpdatesAndDeletesTellOfEachRow) {
  Rows all(500);
  Statement insert(connection());
  all.bind(insert);
  insert.prepare(kInsert).execute();
  run("CREATE TRIGGER refuse BEFORE UPDATE ON t FOR EACH ROW IF NEW.id = 300 THEN SIGNAL SQLSTATE '45000'; END IF");
  Rows changed(500);
  for (std::size_t i = 0; i < 500; ++i) changed.set(i, static_cast<std::int32_t>(i + 1), "new");
  Statement update(connection());
  update.set(SQL_ATTR_PARAMSET_SIZE, 500);
  update.set(SQL_ATTR_PARAM_STATUS_PTR, changed.status.data());
  update.check(
      ::SQLBindParameter(update.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, changed.id.data(), 0, nullptr));
  update.prepare("UPDATE t SET v = 'new' WHERE id = ?");
  EXPECT_EQ(execute(update), SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(changed.with(SQL_PARAM_ERROR), Numbers{300});
  EXPECT_EQ(changed.with(SQL_PARAM_SUCCESS).size(), 499u);
  EXPECT_EQ(update.row_count(), 499);
  EXPECT_EQ(rows("SELECT id FROM t WHERE v <> 'new'"), "300");
  update.prepare("DELETE FROM t WHERE id = ?");
  EXPECT_EQ(execute(update), SQL_SUCCESS);
  EXPECT_EQ(update.row_count(), 500);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "0");
}

// The driver manager turns SQLSetParam into an in-and-out parameter whose buffer has no size.
TEST_P(ParameterArrays, OfAnOdbc1ApplicationAreStored) {
  std::array<std::int32_t, 3> id{1, 2, 3};
  std::array<SQLLEN, 3> id_bytes{};
  char text[] = "one";
  SQLLEN text_bytes = SQL_NTS;
  SQLULEN processed = 0;
  Statement s(connection());
  s.prepare("INSERT INTO t (id) VALUES (?)");
  s.check(::SQLSetParam(s.handle(), 1, SQL_C_LONG, SQL_INTEGER, 10, 0, id.data(), id_bytes.data()));
  s.check(::SQLParamOptions(s.handle(), id.size(), &processed));
  EXPECT_EQ(execute(s), SQL_SUCCESS);
  EXPECT_EQ(processed, id.size());
  Statement one(connection());
  one.check(::SQLSetParam(one.handle(), 1, SQL_C_CHAR, SQL_VARCHAR, 20, 0, text, &text_bytes));
  one.run("UPDATE t SET v = ? WHERE id = 1");
  EXPECT_EQ(rows("SELECT id, v FROM t"), "1,one; 2,unsaid; 3,unsaid");
}

TEST_P(ParameterArrays, AllRowsRefusedIsAnError) {
  Rows all(40);
  for (auto& id : all.id) id = 1;
  run("INSERT INTO t VALUES (1, 'there')");
  Statement s(connection());
  all.bind(s);
  s.prepare(kInsert);
  expect_failure("23000", 1062, [&] { execute(s); });
  EXPECT_EQ(all.with(SQL_PARAM_ERROR).size(), 40u);
}

TEST_P(ParameterArrays, QueriesGiveOneResultPerRow) {
  run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  Rows all(3);
  Statement s(connection());
  s.set(SQL_ATTR_PARAMSET_SIZE, 3);
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, all.id.data(), 0, nullptr));
  s.prepare("SELECT v FROM t WHERE id = ?").execute();
  EXPECT_EQ(s.rows(), "a");
  ASSERT_TRUE(s.more());
  EXPECT_EQ(s.rows(), "b");
  ASSERT_TRUE(s.more());
  EXPECT_EQ(s.rows(), "c");
  EXPECT_FALSE(s.more());
}

}  // namespace
}  // namespace selkie::test
