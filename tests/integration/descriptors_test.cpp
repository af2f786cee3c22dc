// Descriptors through the driver manager: bindings as descriptors, results described before execution, copies.
#include <array>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

SQLPOINTER number(SQLLEN value) { return reinterpret_cast<SQLPOINTER>(value); }

class Descriptors : public OnEveryServer {
 protected:
  static SQLHDESC of(Statement& s, SQLINTEGER which) {
    SQLHDESC handle = nullptr;
    s.check(::SQLGetStmtAttr(s.handle(), which, &handle, SQL_IS_POINTER, nullptr));
    return handle;
  }
  template <class Number>
  static Number field(SQLHDESC h, SQLSMALLINT record, SQLSMALLINT id) {
    Number value{};
    check(::SQLGetDescField(h, record, id, &value, SQL_IS_INTEGER, nullptr), SQL_HANDLE_DESC, h);
    return value;
  }
  static std::string text(SQLHDESC h, SQLSMALLINT record, SQLSMALLINT id) {
    SQLCHAR value[256] = {};
    check(::SQLGetDescField(h, record, id, value, sizeof value, nullptr), SQL_HANDLE_DESC, h);
    return reinterpret_cast<char*>(value);
  }
  static void set(SQLHDESC h, SQLSMALLINT record, SQLSMALLINT id, SQLPOINTER value) {
    check(::SQLSetDescField(h, record, id, value, 0), SQL_HANDLE_DESC, h);
  }
};
SELKIE_ON_EVERY_SERVER(Descriptors);

TEST_P(Descriptors, AResultIsDescribedAfterPreparationAlone) {
  run("CREATE TABLE t (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40), price DECIMAL(9,2))");
  Statement s(connection());
  const SQLHDESC ird = of(s, SQL_ATTR_IMP_ROW_DESC);
  expect_failure("HY007", 0, [&] { (void)text(ird, 1, SQL_DESC_NAME); });
  s.prepare("SELECT id AS number, name, price, 1 + 1 FROM t AS alias");
  EXPECT_EQ(field<SQLSMALLINT>(ird, 0, SQL_DESC_COUNT), 4);
  EXPECT_EQ(text(ird, 1, SQL_DESC_NAME), "number");
  EXPECT_EQ(text(ird, 1, SQL_DESC_BASE_COLUMN_NAME), "id");
  EXPECT_EQ(text(ird, 1, SQL_DESC_BASE_TABLE_NAME), "t");
  EXPECT_EQ(text(ird, 1, SQL_DESC_TABLE_NAME), "alias");
  EXPECT_EQ(text(ird, 1, SQL_DESC_CATALOG_NAME), database());
  EXPECT_EQ(text(ird, 1, SQL_DESC_TYPE_NAME), "int unsigned");
  EXPECT_EQ(field<SQLINTEGER>(ird, 1, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_TRUE);
  EXPECT_EQ(field<SQLSMALLINT>(ird, 1, SQL_DESC_UNSIGNED), SQL_TRUE);
  EXPECT_EQ(field<SQLSMALLINT>(ird, 1, SQL_DESC_NULLABLE), SQL_NO_NULLS);
  EXPECT_EQ(field<SQLULEN>(ird, 2, SQL_DESC_LENGTH), 40u);
  EXPECT_EQ(field<SQLSMALLINT>(ird, 3, SQL_DESC_PRECISION), 9);
  EXPECT_EQ(field<SQLSMALLINT>(ird, 3, SQL_DESC_SCALE), 2);
  EXPECT_EQ(field<SQLSMALLINT>(ird, 4, SQL_DESC_UPDATABLE), SQL_ATTR_READONLY);
  EXPECT_EQ(::SQLGetDescField(ird, 5, SQL_DESC_TYPE, nullptr, 0, nullptr), SQL_NO_DATA);
}

TEST_P(Descriptors, ColumnAttributesOfOdbc2KeepTheirMeaning) {
  Statement s(connection());
  s.run("SELECT CAST('x' AS CHAR(200)) AS c, CAST(1.5 AS DECIMAL(10,4)) AS d");
  const auto attribute = [&](SQLUSMALLINT column, SQLUSMALLINT id) {
    SQLLEN value = 0;
    s.check(::SQLColAttribute(s.handle(), column, id, nullptr, 0, nullptr, &value));
    return value;
  };
  EXPECT_EQ(attribute(1, SQL_COLUMN_PRECISION), 200);
  EXPECT_EQ(attribute(1, SQL_COLUMN_LENGTH), 800);
  EXPECT_EQ(attribute(2, SQL_COLUMN_PRECISION), 10);
  EXPECT_EQ(attribute(2, SQL_COLUMN_SCALE), 4);
  EXPECT_EQ(attribute(1, SQL_COLUMN_COUNT), 2);
  EXPECT_EQ(attribute(0, SQL_DESC_COUNT), 2);
  expect_failure("07009", 0, [&] { attribute(3, SQL_DESC_TYPE); });
}

TEST_P(Descriptors, FieldsBindAsSqlBindColDoes) {
  Statement s(connection());
  const SQLHDESC ard = of(s, SQL_ATTR_APP_ROW_DESC);
  std::array<SQLINTEGER, 3> values{};
  std::array<SQLLEN, 3> indicators{};
  SQLULEN fetched = 0;
  set(ard, 0, SQL_DESC_ARRAY_SIZE, number(3));
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_SLONG));
  set(ard, 1, SQL_DESC_OCTET_LENGTH_PTR, indicators.data());
  set(ard, 1, SQL_DESC_INDICATOR_PTR, indicators.data());
  set(ard, 1, SQL_DESC_DATA_PTR, values.data());
  s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  s.run("SELECT 4 UNION ALL SELECT NULL UNION ALL SELECT 6");
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(fetched, 3u);
  EXPECT_EQ(values[0], 4);
  EXPECT_EQ(indicators[1], SQL_NULL_DATA);
  EXPECT_EQ(values[2], 6);
}

TEST_P(Descriptors, GetDataOfTheArdTypeReadsAsTheRecordSaysEachTime) {
  Statement s(connection());
  const SQLHDESC ard = of(s, SQL_ATTR_APP_ROW_DESC);
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_SLONG));
  s.run("SELECT 65 UNION ALL SELECT 66 UNION ALL SELECT 67");
  ASSERT_TRUE(s.fetch());
  SQLINTEGER value = 0;
  SQLLEN length = 0;
  s.check(::SQLGetData(s.handle(), 1, SQL_ARD_TYPE, &value, sizeof value, &length));
  EXPECT_EQ(value, 65);
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_CHAR));
  ASSERT_TRUE(s.fetch());
  std::array<char, 4> text{};
  s.check(::SQLGetData(s.handle(), 1, SQL_ARD_TYPE, text.data(), text.size(), &length));
  EXPECT_STREQ(text.data(), "66");
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_GUID));
  ASSERT_TRUE(s.fetch());
  std::array<SQLCHAR, 16> guid{};
  EXPECT_EQ(::SQLGetData(s.handle(), 1, SQL_ARD_TYPE, guid.data(), guid.size(), &length), SQL_ERROR);
  EXPECT_EQ(s.records().front().state, "07006");
  EXPECT_EQ(s.number(1), 67);
}

TEST_P(Descriptors, RecordsAreSetAndReadAtOnce) {
  Statement s(connection());
  const SQLHDESC ard = of(s, SQL_ATTR_APP_ROW_DESC);
  SQL_NUMERIC_STRUCT value{};
  SQLLEN indicator = 0;
  check(::SQLSetDescRec(ard, 1, SQL_C_NUMERIC, 0, sizeof value, 12, 3, &value, &indicator, &indicator), SQL_HANDLE_DESC, ard);
  SQLSMALLINT type = 0, precision = 0, scale = 0;
  check(::SQLGetDescRec(ard, 1, nullptr, 0, nullptr, &type, nullptr, nullptr, &precision, &scale, nullptr), SQL_HANDLE_DESC,
        ard);
  EXPECT_EQ(type, SQL_C_NUMERIC);
  EXPECT_EQ(precision, 12);
  EXPECT_EQ(scale, 3);
  EXPECT_EQ(::SQLGetDescRec(ard, 2, nullptr, 0, nullptr, &type, nullptr, nullptr, &precision, &scale, nullptr), SQL_NO_DATA);
  s.run("SELECT -12.345");
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(value.scale, 3);
  EXPECT_EQ(value.sign, 0);
  EXPECT_EQ(value.val[0] | value.val[1] << 8, 12345);
}

TEST_P(Descriptors, OneDescriptorServesTwoStatements) {
  SQLHDESC shared = nullptr;
  check(::SQLAllocHandle(SQL_HANDLE_DESC, connection().handle(), &shared), SQL_HANDLE_DBC, connection().handle());
  EXPECT_EQ(field<SQLSMALLINT>(shared, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_USER);
  SQLINTEGER value = 0;
  set(shared, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_SLONG));
  set(shared, 1, SQL_DESC_DATA_PTR, &value);
  Statement a(connection()), b(connection());
  a.set(SQL_ATTR_APP_ROW_DESC, shared);
  b.set(SQL_ATTR_APP_ROW_DESC, shared);
  a.run("SELECT 1").fetch();
  EXPECT_EQ(value, 1);
  b.run("SELECT 2").fetch();
  EXPECT_EQ(value, 2);
  check(::SQLFreeHandle(SQL_HANDLE_DESC, shared), SQL_HANDLE_DESC, shared);
  a.close();
  a.run("SELECT 3").fetch();  // back to its own descriptor, which binds nothing
  EXPECT_EQ(value, 2);
}

TEST_P(Descriptors, ARowsDescriptionBecomesAParametersByCopying) {
  run("CREATE TABLE source (d DECIMAL(9,2), s VARCHAR(30))");
  run("CREATE TABLE target LIKE source");
  run("INSERT INTO source VALUES (1.25, 'one'), (2.5, 'two')");
  Statement reader(connection()), writer(connection());
  reader.run("SELECT d, s FROM source ORDER BY d");
  writer.prepare("INSERT INTO target VALUES (?, ?)");
  std::array<char, 16> d{};
  std::array<char, 31> s{};
  SQLLEN d_length = 0, s_length = 0;
  reader.check(::SQLBindCol(reader.handle(), 1, SQL_C_CHAR, d.data(), d.size(), &d_length));
  reader.check(::SQLBindCol(reader.handle(), 2, SQL_C_CHAR, s.data(), s.size(), &s_length));
  const SQLHDESC apd = of(writer, SQL_ATTR_APP_PARAM_DESC), ipd = of(writer, SQL_ATTR_IMP_PARAM_DESC);
  check(::SQLCopyDesc(of(reader, SQL_ATTR_APP_ROW_DESC), apd), SQL_HANDLE_DESC, apd);
  check(::SQLCopyDesc(of(reader, SQL_ATTR_IMP_ROW_DESC), ipd), SQL_HANDLE_DESC, ipd);
  EXPECT_EQ(field<SQLSMALLINT>(ipd, 1, SQL_DESC_CONCISE_TYPE), SQL_DECIMAL);
  while (reader.fetch()) writer.execute();
  EXPECT_EQ(rows("SELECT * FROM target ORDER BY d"), "1.25,one; 2.50,two");
}

TEST_P(Descriptors, FullColumnNamesAreAChoice) {
  run("CREATE TABLE t (a INT)");
  const auto other = connect("FULL_COLUMN_NAMES=1;");
  Statement s(*other);
  s.prepare("SELECT a FROM t");
  EXPECT_EQ(text(of(s, SQL_ATTR_IMP_ROW_DESC), 1, SQL_DESC_NAME), "t.a");
}

}  // namespace
}  // namespace selkie::test
