#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "convert_support.h"

namespace selkie::odbc {
namespace {

using namespace test;
using namespace std::string_literals;
using protocol::ByteWriter;

std::string literal(const ByteWriter& value, protocol::ParameterType type, bool no_backslash_escapes = false) {
  std::string sql = "=";
  append_literal(sql, type, value.bytes(), no_backslash_escapes);
  return sql.substr(1);
}

// Through the conversion that makes such a value, so that both agree on its bytes.
template <class T>
std::string literal_of(const T& value, SQLSMALLINT c_type, SQLSMALLINT sql_type) {
  const InPlan plan = plan_input(c_type, sql_type, {});
  ByteWriter out;
  EXPECT_EQ(plan.convert(plan, &value, sizeof value, out), Outcome::ok);
  return literal(out, plan.type);
}

std::string literal_of_text(std::string_view text, SQLSMALLINT sql_type, bool no_backslash_escapes = false) {
  const InPlan plan = plan_input(SQL_C_CHAR, sql_type, {});
  ByteWriter out;
  EXPECT_EQ(plan.convert(plan, text.data(), static_cast<SQLLEN>(text.size()), out), Outcome::ok);
  return literal(out, plan.type, no_backslash_escapes);
}

TEST(Literals, Numbers) {
  EXPECT_EQ(literal_of(SQLSCHAR{-128}, SQL_C_STINYINT, SQL_TINYINT), " -128");
  EXPECT_EQ(literal_of(SQLCHAR{255}, SQL_C_UTINYINT, SQL_TINYINT), "255");
  EXPECT_EQ(literal_of(SQLSMALLINT{-1}, SQL_C_SSHORT, SQL_SMALLINT), " -1");
  EXPECT_EQ(literal_of(SQLINTEGER{42}, SQL_C_SLONG, SQL_INTEGER), "42");
  EXPECT_EQ(literal_of(SQLUINTEGER{4294967295}, SQL_C_ULONG, SQL_INTEGER), "4294967295");
  EXPECT_EQ(literal_of(std::numeric_limits<SQLBIGINT>::min(), SQL_C_SBIGINT, SQL_BIGINT), " -9223372036854775808");
  EXPECT_EQ(literal_of(~SQLUBIGINT{0}, SQL_C_UBIGINT, SQL_BIGINT), "18446744073709551615");
  EXPECT_EQ(literal_of_text("-12.50", SQL_DECIMAL), " -12.50");
  EXPECT_EQ(literal_of(SQLCHAR{1}, SQL_C_BIT, SQL_BIT), "1");
}

TEST(Literals, RealsAreDoublesAndExact) {
  EXPECT_EQ(literal_of(0.1, SQL_C_DOUBLE, SQL_DOUBLE), "1e-1");
  EXPECT_EQ(literal_of(-1.2345678901234567, SQL_C_DOUBLE, SQL_DOUBLE), " -1.2345678901234567e0");
  EXPECT_EQ(literal_of(0.0, SQL_C_DOUBLE, SQL_DOUBLE), "0e0");
  EXPECT_EQ(literal_of(1.7976931348623157e308, SQL_C_DOUBLE, SQL_DOUBLE), "1.7976931348623157e308");
  EXPECT_EQ(literal_of(0.1f, SQL_C_FLOAT, SQL_REAL), "1.0000000149011612e-1");  // the value that the server gets as FLOAT
}

TEST(Literals, TextCannotEndItsLiteral) {
  EXPECT_EQ(literal_of_text("it's", SQL_VARCHAR), "'it''s'");
  EXPECT_EQ(literal_of_text("", SQL_VARCHAR), "''");
  EXPECT_EQ(literal_of_text("a\\", SQL_VARCHAR), "'a\\\\'");
  EXPECT_EQ(literal_of_text("a\0b"s, SQL_VARCHAR), "'a\\0b'");
  EXPECT_EQ(literal_of_text("\xe6\x97\xa5", SQL_VARCHAR), "'\xe6\x97\xa5'");
  EXPECT_EQ(literal_of_text("it's", SQL_VARCHAR, true), "'it''s'");
  EXPECT_EQ(literal_of_text("a\\", SQL_VARCHAR, true), "_utf8mb4 x'615C'");
  EXPECT_EQ(literal_of_text("a\0"s, SQL_VARCHAR, true), "_utf8mb4 x'6100'");
}

TEST(Literals, BytesAreHexadecimal) {
  const InPlan plan = plan_input(SQL_C_BINARY, SQL_VARBINARY, {});
  for (const bool mode : {false, true}) {
    ByteWriter out;
    plan.convert(plan, "\0\xff'", 3, out);
    EXPECT_EQ(literal(out, plan.type, mode), "_binary x'00FF27'");
  }
  ByteWriter empty;
  plan.convert(plan, "", 0, empty);
  EXPECT_EQ(literal(empty, plan.type), "_binary x''");
}

TEST(Literals, DatesAndTimesAreTyped) {
  EXPECT_EQ(literal_of(SQL_DATE_STRUCT{2024, 2, 9}, SQL_C_TYPE_DATE, SQL_TYPE_DATE), "DATE'2024-02-09'");
  EXPECT_EQ(literal_of(SQL_TIMESTAMP_STRUCT{2024, 2, 9, 1, 2, 3, 0}, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP),
            "TIMESTAMP'2024-02-09 01:02:03'");
  EXPECT_EQ(literal_of(SQL_TIMESTAMP_STRUCT{2024, 2, 9, 1, 2, 3, 4000}, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP),
            "TIMESTAMP'2024-02-09 01:02:03.000004'");
  EXPECT_EQ(literal_of_text("-838:59:59.5", SQL_TYPE_TIME), "TIME'-838:59:59.500000'");
  EXPECT_EQ(literal_of_text("0000-00-00", SQL_TYPE_DATE), "'0000-00-00'");
  EXPECT_EQ(literal_of_text("2020-00-10 01:02:03", SQL_TYPE_TIMESTAMP), "'2020-00-10 01:02:03'");
}

TEST(Literals, NullIsNull) { EXPECT_EQ(literal(ByteWriter(), {WireType::null, false}), "NULL"); }

}  // namespace
}  // namespace selkie::odbc
