// Values of every type: in as literals and as parameters, out as text rows and as binary rows, as text and as C's own types.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <random>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class RoundTrip : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(RoundTrip);

struct Case {
  const char* type;
  const char* literal;
  const char* text;  // as SQL_C_CHAR
};
constexpr Case kCases[] = {
    {"TINYINT", "-128", "-128"},
    {"TINYINT UNSIGNED", "255", "255"},
    {"SMALLINT", "-32768", "-32768"},
    {"SMALLINT UNSIGNED", "65535", "65535"},
    {"MEDIUMINT", "-8388608", "-8388608"},
    {"MEDIUMINT UNSIGNED", "16777215", "16777215"},
    {"INT", "-2147483648", "-2147483648"},
    {"INT UNSIGNED", "4294967295", "4294967295"},
    {"BIGINT", "-9223372036854775808", "-9223372036854775808"},
    {"BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"},
    {"FLOAT", "0.5", "0.5"},
    {"DOUBLE", "-1234.0625", "-1234.0625"},
    {"DECIMAL(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567891",
     "-12345678901234567890123456789012345.123456789012345678901234567891"},
    {"DECIMAL(10,2)", "0.10", "0.10"},
    {"DATE", "'2024-02-29'", "2024-02-29"},
    {"TIME", "'-838:59:59'", "-838:59:59"},
    {"TIME(6)", "'12:34:56.000001'", "12:34:56.000001"},
    {"DATETIME", "'9999-12-31 23:59:59'", "9999-12-31 23:59:59"},
    {"DATETIME(6)", "'2024-01-02 03:04:05.678901'", "2024-01-02 03:04:05.678901"},
    {"DATETIME(3)", "'2024-01-02 00:00:00.000'", "2024-01-02 00:00:00.000"},
    {"TIMESTAMP(2) NULL", "'2024-01-02 03:04:05.67'", "2024-01-02 03:04:05.67"},
    {"YEAR", "2155", "2155"},
    {"CHAR(5)", "'ab'", "ab"},
    {"VARCHAR(20)", "'日本語 😀 é'", "日本語 😀 é"},
    {"VARCHAR(20)", "''", ""},
    {"TEXT", "REPEAT('äöü', 5000)", nullptr},  // compared with itself
    {"BINARY(3)", "X'00ff41'", "00FF41"},
    {"VARBINARY(10)", "X'0001fe'", "0001FE"},
    {"BLOB", "X'00'", "00"},
    {"ENUM('one','two')", "'two'", "two"},
    {"SET('a','b','c')", "'a,c'", "a,c"},
    {"BIT(1)", "b'1'", "1"},
};

TEST_P(RoundTrip, TextAndBinaryRowsGiveTheSameText) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.type);
    run("CREATE TABLE t (v " + std::string(c.type) + ", n " + c.type + ")");
    run("INSERT INTO t (v) VALUES (" + std::string(c.literal) + ")");
    const std::string by_text = rows("SELECT v, n FROM t");
    const std::string by_binary = Statement(connection()).prepare("SELECT v, n FROM t").execute().rows();
    EXPECT_EQ(by_text, by_binary);
    if (c.text != nullptr) {
      EXPECT_EQ(by_text, std::string(c.text) + ",NULL");
    } else {
      EXPECT_GT(by_text.size(), 10000u);
    }
    run("DROP TABLE t");
  }
}

// What a server prints of a number has to be printed here when it comes in binary: of any magnitude, plain decimals among them.
TEST_P(RoundTrip, ApproximateNumbersOfBinaryRowsReadAsTheServerPrintsThem) {
  run("CREATE TABLE t (id INT PRIMARY KEY, d DOUBLE, p DOUBLE, f FLOAT, p3 DOUBLE(30,3), p20 DOUBLE(50,20), f2 FLOAT(30,2))");
  std::mt19937_64 random(30);
  std::string sql;
  const auto literal = [](double value) {
    char room[32];
    return std::string(room, std::to_chars(room, room + sizeof room, value, std::chars_format::scientific).ptr);
  };
  for (int id = 0; id < 3000; ++id) {
    double any;
    do {
      any = std::bit_cast<double>(random());
    } while (!std::isnormal(any));
    if (id % 2 == 0) any = static_cast<double>(random() >> random() % 64) * std::pow(10.0, id % 40 - 30);  // about the switches
    const double plain =
        static_cast<double>(static_cast<std::int64_t>(random() >> (1 + random() % 63))) / std::pow(10.0, id % 8);
    const auto single = static_cast<float>(std::ldexp(1 + static_cast<double>(random() % 1'000'000) / 1e6, id % 120 - 60));
    sql += (sql.empty() ? "INSERT INTO t VALUES (" : ", (") + std::to_string(id);
    for (const double value : {any, plain, double{single}, plain, plain, double{single}}) sql += ", " + literal(value);
    sql += ")";
  }
  run(sql);
  const std::string select = "SELECT d, -p, ROUND(p, 3), ROUND(p), f, -f, p3, p20, f2 FROM t ORDER BY id";
  const std::string by_text = rows(select), by_binary = Statement(connection()).prepare(select).execute().rows();
  EXPECT_GT(by_text.size(), 100'000u);
  const auto [in_text, in_binary] = std::mismatch(by_text.begin(), by_text.end(), by_binary.begin(), by_binary.end());
  EXPECT_EQ(std::string(in_text, by_text.end()).substr(0, 100), std::string(in_binary, by_binary.end()).substr(0, 100));
}

TEST_P(RoundTrip, TextParametersBecomeTheSameValues) {
  for (const Case& c : kCases) {
    if (c.text == nullptr || std::string_view(c.type).find("BIN") != std::string_view::npos ||
        c.type == std::string_view("BLOB") || c.type == std::string_view("BIT(1)")) {
      continue;  // bytes are not given as text
    }
    SCOPED_TRACE(c.type);
    run("CREATE TABLE t (v " + std::string(c.type) + ")");
    const std::string value = c.text;
    SQLLEN length = 0;
    Statement(connection()).prepare("INSERT INTO t VALUES (?)").bind(1, value, length).execute();
    EXPECT_EQ(rows("SELECT v FROM t"), c.text);
    run("DROP TABLE t");
  }
}

template <class T>
void expect_native(Connection& connection, const char* expression, SQLSMALLINT c_type, const T& expected) {
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(std::string(expression) + (prepared ? ", prepared" : ""));
    Statement statement(connection);
    const std::string sql = "SELECT " + std::string(expression);
    if (prepared) {
      statement.prepare(sql).execute();
    } else {
      statement.run(sql);
    }
    ASSERT_TRUE(statement.fetch());
    T value{};
    SQLLEN length = 0;
    statement.check(::SQLGetData(statement.handle(), 1, c_type, &value, sizeof value, &length));
    EXPECT_EQ(length, SQLLEN{sizeof value});
    EXPECT_EQ(std::memcmp(&value, &expected, sizeof value), 0);
  }
}

TEST_P(RoundTrip, NativeTypesAreExact) {
  Connection& c = connection();
  expect_native<SQLSCHAR>(c, "CAST(-128 AS SIGNED)", SQL_C_STINYINT, -128);
  expect_native<SQLSMALLINT>(c, "-32768", SQL_C_SSHORT, -32768);
  expect_native<SQLINTEGER>(c, "2147483647", SQL_C_SLONG, 2147483647);
  expect_native<SQLBIGINT>(c, "-9223372036854775808", SQL_C_SBIGINT, INT64_MIN);
  expect_native<SQLUBIGINT>(c, "18446744073709551615", SQL_C_UBIGINT, UINT64_MAX);
  expect_native<double>(c, "1e308", SQL_C_DOUBLE, 1e308);
  expect_native<double>(c, "0.1", SQL_C_DOUBLE, 0.1);
  expect_native<SQL_DATE_STRUCT>(c, "DATE'2024-02-29'", SQL_C_TYPE_DATE, {2024, 2, 29});
  expect_native<SQL_TIME_STRUCT>(c, "TIME'23:59:58'", SQL_C_TYPE_TIME, {23, 59, 58});
  expect_native<SQL_TIMESTAMP_STRUCT>(c, "TIMESTAMP'2024-01-02 03:04:05.678901'", SQL_C_TYPE_TIMESTAMP,
                                      {2024, 1, 2, 3, 4, 5, 678901000});
}

TEST_P(RoundTrip, NumberThatDoesNotFitIsAnErrorAndNotCut) {
  Statement statement(connection());
  statement.run("SELECT 18446744073709551615");
  EXPECT_TRUE(statement.fetch());
  SQLBIGINT value = 7;
  expect_failure("22003", 0,
                 [&] { statement.check(::SQLGetData(statement.handle(), 1, SQL_C_SBIGINT, &value, sizeof value, nullptr)); });
}

TEST_P(RoundTrip, LongValuesOfEverySizeAroundThePacketsLimitsComeBackWhole) {
  run("CREATE TABLE t (v LONGTEXT)");
  for (const std::size_t size : {0u, 1u, 250u, 251u, 65535u, 65536u, 1048576u, 16777214u, 16777215u, 16777216u, 17000000u}) {
    SCOPED_TRACE(size);
    std::string value(size, 'x');
    for (std::size_t i = 0; i < size; i += 997) value[i] = static_cast<char>('a' + i % 26);
    SQLLEN length = 0;
    run("DELETE FROM t");
    Statement insert(connection());
    try {
      insert.prepare("INSERT INTO t VALUES (?)").bind(1, value, length).execute();
    } catch (const OdbcError& error) {
      const bool past_max_allowed_packet = error.native() == 1153 || error.native() == 1105 || error.state() == "08S01";
      ASSERT_TRUE(size > 16'000'000 && past_max_allowed_packet) << error.what();
      return;  // the server takes no longer ones
    }
    for (const bool prepared : {false, true}) {
      Statement select(connection());
      prepared ? select.prepare("SELECT v FROM t").execute() : select.run("SELECT v FROM t");
      ASSERT_TRUE(select.fetch());
      EXPECT_TRUE(select.text(1) == value) << (prepared ? "prepared" : "by text");
    }
  }
}

TEST_P(RoundTrip, WideTextIsUtf16BothWays) {
  run("CREATE TABLE t (v VARCHAR(50))");
  const std::u16string value = u"日本語 😀 é";
  SQLLEN length = static_cast<SQLLEN>(value.size() * 2);
  Statement insert(connection());
  const std::u16string sql = u"INSERT INTO t VALUES (CONCAT(?, '😀'))";
  insert.check(::SQLPrepareW(insert.handle(), sql_text(sql), static_cast<SQLINTEGER>(sql.size())));
  insert.check(::SQLBindParameter(insert.handle(), 1, SQL_PARAM_INPUT, SQL_C_WCHAR, SQL_WVARCHAR, value.size(), 0,
                                  const_cast<char16_t*>(value.data()), length, &length));
  insert.execute();
  Statement select(connection());
  select.run("SELECT v FROM t");
  EXPECT_TRUE(select.fetch());
  std::array<char16_t, 64> buffer{};
  select.check(::SQLGetData(select.handle(), 1, SQL_C_WCHAR, buffer.data(), sizeof buffer, &length));
  EXPECT_TRUE(std::u16string(buffer.data()) == value + u"😀");
  EXPECT_EQ(length, static_cast<SQLLEN>((value.size() + 2) * 2));
}

TEST_P(RoundTrip, MetadataAfterPrepareIsThatAfterExecution) {
  run("CREATE TABLE t (a INT NOT NULL, b VARCHAR(30), c DECIMAL(12,3), d DATETIME(6), e LONGBLOB, f BIGINT UNSIGNED)");
  Statement s(connection());
  s.prepare("SELECT * FROM t");
  const auto describe = [&] {
    std::string all;
    for (SQLUSMALLINT column = 1; column <= static_cast<SQLUSMALLINT>(s.columns()); ++column) {
      SQLCHAR name[64] = {};
      SQLSMALLINT type = 0, digits = 0, nullable = 0;
      SQLULEN size = 0;
      s.check(::SQLDescribeCol(s.handle(), column, name, sizeof name, nullptr, &type, &size, &digits, &nullable));
      all += std::string(reinterpret_cast<char*>(name)) + ":" + std::to_string(type) + ":" + std::to_string(size) + ":" +
             std::to_string(digits) + ":" + std::to_string(nullable) + " ";
    }
    return all;
  };
  const std::string before = describe();
  s.execute();
  EXPECT_EQ(before, describe());
  EXPECT_NE(before.find("a:4:10:0:0 "), std::string::npos) << before;
  EXPECT_NE(before.find("c:3:12:3:1 "), std::string::npos) << before;
}

}  // namespace
}  // namespace selkie::test
