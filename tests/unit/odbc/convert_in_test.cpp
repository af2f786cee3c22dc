#include <cmath>
#include <limits>
#include <string>

#include "convert_support.h"
#include "odbc/values.h"

namespace selkie::odbc {
namespace {

using namespace test;
using namespace std::string_literals;
using protocol::ByteWriter;
using protocol::ParameterType;

// What a parameter becomes: the announced type and the bytes, or why not.
struct Sent {
  Outcome outcome = Outcome::ok;
  ParameterType type;
  std::string bytes;
};

Sent send_memory(const void* data, SQLLEN size, SQLSMALLINT c_type, SQLSMALLINT sql_type, const InOptions& options = {}) {
  const InPlan plan = plan_input(c_type, sql_type, options);
  if (plan.convert == nullptr) {
    ADD_FAILURE() << "no conversion from " << c_type << " to " << sql_type;
    return {};
  }
  ByteWriter out;
  out.text("before");
  Sent sent;
  sent.outcome = plan.convert(plan, data, size, out);
  sent.type = plan.type;
  EXPECT_EQ(protocol::as_text(out.bytes().first(6)), "before");
  sent.bytes = protocol::as_text(out.bytes().subspan(6));
  if (is_error(sent.outcome)) {
    EXPECT_EQ(sent.bytes, "") << "an error appends nothing";
  }
  return sent;
}

template <class T>
Sent send(const T& value, SQLSMALLINT c_type, SQLSMALLINT sql_type, SQLSMALLINT digits = 0) {
  std::string memory(sizeof value + 1, '\0');  // at an odd address
  std::memcpy(memory.data() + 1, &value, sizeof value);
  return send_memory(memory.data() + 1, sizeof value, c_type, sql_type, {.decimal_digits = digits});
}

// As SQL_C_CHAR and as SQL_C_WCHAR, which have to agree.
Sent send_text(std::string_view text, SQLSMALLINT sql_type, SQLSMALLINT digits = 0) {
  const Sent narrow =
      send_memory(text.data(), static_cast<SQLLEN>(text.size()), SQL_C_CHAR, sql_type, {.decimal_digits = digits});
  const std::u16string wide = to_utf16(text);
  const Sent other =
      send_memory(wide.data(), static_cast<SQLLEN>(wide.size() * 2), SQL_C_WCHAR, sql_type, {.decimal_digits = digits});
  EXPECT_EQ(narrow.outcome, other.outcome) << text;
  EXPECT_EQ(narrow.bytes, other.bytes) << text;
  EXPECT_EQ(narrow.type, other.type) << text;
  return narrow;
}

std::string lenenc(std::string_view text) {
  ByteWriter out;
  out.lenenc_text(text);
  return std::string(protocol::as_text(out.bytes()));
}

template <class T>
std::string raw(T value) {
  return native(value).bytes;
}

constexpr ParameterType kText{WireType::var_string, false}, kBlob{WireType::blob, false}, kDecimal{WireType::newdecimal, false},
    kBigint{WireType::longlong, false}, kDouble{WireType::double_, false}, kTiny{WireType::tiny, true},
    kDate{WireType::date, false}, kTime{WireType::time, false}, kDatetime{WireType::datetime, false};

TEST(ConvertIn, IntegersGoOutInTheirNaturalType) {
  const auto check = [](auto value, SQLSMALLINT c_type, SQLSMALLINT sql_type, ParameterType type) {
    for (const auto edge : {std::numeric_limits<decltype(value)>::min(), std::numeric_limits<decltype(value)>::max()}) {
      const Sent sent = send(edge, c_type, sql_type);
      EXPECT_EQ(sent.outcome, Outcome::ok) << c_type;
      EXPECT_EQ(sent.type, type) << c_type;
      EXPECT_EQ(sent.bytes, raw(edge)) << c_type;
      const Sent decimal = send(edge, c_type, SQL_DECIMAL);
      EXPECT_EQ(decimal.type, type);
      EXPECT_EQ(decimal.bytes, raw(edge));
      const Sent text = send(edge, c_type, SQL_VARCHAR);
      EXPECT_EQ(text.type, kText);
      EXPECT_EQ(text.bytes, lenenc(std::to_string(edge)));
      const Sent real = send(edge, c_type, SQL_DOUBLE);
      EXPECT_EQ(real.type, kDouble);
      EXPECT_EQ(real.bytes, raw(static_cast<double>(edge)));
    }
  };
  check(SQLSCHAR{}, SQL_C_STINYINT, SQL_TINYINT, {WireType::tiny, false});
  check(SQLCHAR{}, SQL_C_UTINYINT, SQL_TINYINT, {WireType::tiny, true});
  check(SQLSMALLINT{}, SQL_C_SSHORT, SQL_SMALLINT, {WireType::short_, false});
  check(SQLUSMALLINT{}, SQL_C_USHORT, SQL_SMALLINT, {WireType::short_, true});
  check(SQLINTEGER{}, SQL_C_SLONG, SQL_INTEGER, {WireType::long_, false});
  check(SQLUINTEGER{}, SQL_C_ULONG, SQL_INTEGER, {WireType::long_, true});
  check(SQLBIGINT{}, SQL_C_SBIGINT, SQL_BIGINT, {WireType::longlong, false});
  check(SQLUBIGINT{}, SQL_C_UBIGINT, SQL_BIGINT, {WireType::longlong, true});
  check(SQLINTEGER{}, SQL_C_LONG, SQL_INTEGER, {WireType::long_, false});
  check(SQLSMALLINT{}, SQL_C_SHORT, SQL_SMALLINT, {WireType::short_, false});
  check(SQLSCHAR{}, SQL_C_TINYINT, SQL_TINYINT, {WireType::tiny, false});
}

TEST(ConvertIn, WholeDigitsThatTheSqlTypeCannotHoldAreRefused) {
  EXPECT_EQ(send(SQLINTEGER{256}, SQL_C_SLONG, SQL_TINYINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLINTEGER{-129}, SQL_C_SLONG, SQL_TINYINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLINTEGER{65535}, SQL_C_SLONG, SQL_SMALLINT).outcome, Outcome::ok);
  EXPECT_EQ(send(SQLINTEGER{65536}, SQL_C_SLONG, SQL_SMALLINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLBIGINT{4294967296}, SQL_C_SBIGINT, SQL_INTEGER).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLBIGINT{-2147483649}, SQL_C_SBIGINT, SQL_INTEGER).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(1e19, SQL_C_DOUBLE, SQL_BIGINT).outcome, Outcome::sent_unsigned);
  EXPECT_EQ(send(1e19, SQL_C_DOUBLE, SQL_INTEGER).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(-1e19, SQL_C_DOUBLE, SQL_BIGINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(0x1p64, SQL_C_DOUBLE, SQL_BIGINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(1e300, SQL_C_DOUBLE, SQL_REAL).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(std::nan(""), SQL_C_DOUBLE, SQL_DOUBLE).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(std::nanf(""), SQL_C_FLOAT, SQL_REAL).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(HUGE_VAL, SQL_C_DOUBLE, SQL_DECIMAL).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(HUGE_VAL, SQL_C_DOUBLE, SQL_VARCHAR).outcome, Outcome::out_of_range);
}

TEST(ConvertIn, RealsKeepEveryDigit) {
  EXPECT_EQ(send(0.1, SQL_C_DOUBLE, SQL_DOUBLE).bytes, raw(0.1));
  EXPECT_EQ(send(0.1f, SQL_C_FLOAT, SQL_REAL).bytes, raw(0.1f));
  EXPECT_EQ(send(0.1f, SQL_C_FLOAT, SQL_REAL).type, (ParameterType{WireType::float_, false}));
  EXPECT_EQ(send(1.7976931348623157e308, SQL_C_DOUBLE, SQL_VARCHAR).bytes, lenenc("1.7976931348623157e308"));
  EXPECT_EQ(send(0.1f, SQL_C_FLOAT, SQL_VARCHAR).bytes, lenenc("0.1"));
  EXPECT_EQ(send(16777217.0f, SQL_C_FLOAT, SQL_VARCHAR).bytes, lenenc("16777216"));
  EXPECT_EQ(send(1e-9, SQL_C_DOUBLE, SQL_DECIMAL).bytes, lenenc("0.000000001"));
  EXPECT_EQ(send(-1.23456789012345, SQL_C_DOUBLE, SQL_DECIMAL).bytes, lenenc("-1.23456789012345"));
  EXPECT_EQ(send(1e22, SQL_C_DOUBLE, SQL_NUMERIC).bytes, lenenc("10000000000000000000000"));
  EXPECT_EQ(send(1e22, SQL_C_DOUBLE, SQL_NUMERIC).type, kDecimal);
  EXPECT_EQ(send(-1.9, SQL_C_DOUBLE, SQL_INTEGER).bytes, raw(std::int64_t{-1}));  // fractions are cut
}

TEST(ConvertIn, BitTakesZeroAndOne) {
  EXPECT_EQ(send(SQLCHAR{1}, SQL_C_BIT, SQL_BIT).bytes, "\x01");
  EXPECT_EQ(send(SQLCHAR{1}, SQL_C_BIT, SQL_BIT).type, kTiny);
  EXPECT_EQ(send(SQLCHAR{0}, SQL_C_BIT, SQL_INTEGER).bytes, "\0"s);
  EXPECT_EQ(send(SQLCHAR{1}, SQL_C_BIT, SQL_CHAR).bytes, lenenc("1"));
  EXPECT_EQ(send(SQLCHAR{2}, SQL_C_BIT, SQL_BIT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLINTEGER{1}, SQL_C_SLONG, SQL_BIT).bytes, "\x01");
  EXPECT_EQ(send(SQLINTEGER{2}, SQL_C_SLONG, SQL_BIT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(SQLINTEGER{-1}, SQL_C_SLONG, SQL_BIT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(1.5, SQL_C_DOUBLE, SQL_BIT).outcome, Outcome::too_long);
  EXPECT_EQ(send_text("1", SQL_BIT).bytes, "\x01");
  EXPECT_EQ(send_text("0.5", SQL_BIT).outcome, Outcome::too_long);
  EXPECT_EQ(send_text("2", SQL_BIT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send_text("yes", SQL_BIT).outcome, Outcome::not_convertible);
}

TEST(ConvertIn, TextGoesOutAsUtf8WhateverItsLength) {
  for (const std::string& text : {""s, "plain"s, "\0nul\0"s, "\xe6\x97\xa5\xf0\x9f\x98\x80"s, std::string(250, 'x'),
                                  std::string(251, 'y'), std::string(70'000, 'z') + "\xf0\x9f\x98\x80"}) {
    for (const int type : {SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR}) {
      const Sent sent = send_text(text, static_cast<SQLSMALLINT>(type));
      EXPECT_EQ(sent.outcome, Outcome::ok);
      EXPECT_EQ(sent.type, kText);
      EXPECT_TRUE(sent.bytes == lenenc(text)) << text.size();
    }
  }
}

TEST(ConvertIn, BrokenTextIsRefusedNotCut) {
  const std::string narrow = "ok\xe6\x97";
  EXPECT_EQ(send_memory(narrow.data(), 4, SQL_C_CHAR, SQL_VARCHAR).outcome, Outcome::not_convertible);
  for (const std::size_t before : {0u, 3u, 1000u}) {
    std::u16string wide(before, u'x');
    wide.push_back(0xd83d);
    EXPECT_EQ(send_memory(wide.data(), static_cast<SQLLEN>(wide.size() * 2), SQL_C_WCHAR, SQL_WVARCHAR).outcome,
              Outcome::not_convertible);
  }
  EXPECT_EQ(send_memory(u"x", 1, SQL_C_WCHAR, SQL_WVARCHAR).outcome, Outcome::bad_length);
  EXPECT_EQ(send_memory("x", -5, SQL_C_CHAR, SQL_VARCHAR).outcome, Outcome::bad_length);
  EXPECT_EQ(send_memory("x", -5, SQL_C_BINARY, SQL_VARBINARY).outcome, Outcome::bad_length);
}

TEST(ConvertIn, BytesGoOutAsBytes) {
  const std::string bytes = "\0\xff'\\"s;
  const Sent sent = send_memory(bytes.data(), 4, SQL_C_BINARY, SQL_LONGVARBINARY);
  EXPECT_EQ(sent.type, kBlob);
  EXPECT_EQ(sent.bytes, lenenc(bytes));
  EXPECT_EQ(send_memory(bytes.data(), 4, SQL_C_BINARY, SQL_VARCHAR).bytes, lenenc(bytes));
}

TEST(ConvertIn, TextToBytesIsHexadecimal) {
  EXPECT_EQ(send_text("00fFaB", SQL_VARBINARY).bytes, lenenc("\0\xff\xab"s));
  EXPECT_EQ(send_text("00fFaB", SQL_BINARY).type, kBlob);
  EXPECT_EQ(send_text("", SQL_VARBINARY).bytes, lenenc(""));
  EXPECT_EQ(send_text("00fFa", SQL_VARBINARY).bytes, lenenc("\0\xff"s));  // a digit without its partner is left out
  EXPECT_EQ(send_text("0g", SQL_VARBINARY).outcome, Outcome::not_convertible);
  EXPECT_EQ(send_text("/:", SQL_VARBINARY).outcome, Outcome::not_convertible);
  EXPECT_EQ(send_text("@`", SQL_VARBINARY).outcome, Outcome::not_convertible);
}

TEST(ConvertIn, NumericLiteralsAreValidatedAndTyped) {
  struct Row {
    std::string text;
    SQLSMALLINT type;
    Outcome outcome;
    std::string bytes;
  };
  for (const Row& row : {
           Row{"42", SQL_INTEGER, Outcome::ok, raw(std::int64_t{42})},
           Row{" -42 ", SQL_BIGINT, Outcome::ok, raw(std::int64_t{-42})},
           Row{"4.2e1", SQL_SMALLINT, Outcome::ok, raw(std::int64_t{42})},
           Row{"42.000", SQL_INTEGER, Outcome::ok, raw(std::int64_t{42})},
           Row{"42.5", SQL_INTEGER, Outcome::too_long, ""},
           Row{"256", SQL_TINYINT, Outcome::too_long, ""},
           Row{"9223372036854775807", SQL_BIGINT, Outcome::ok, raw(std::numeric_limits<std::int64_t>::max())},
           Row{"-9223372036854775808", SQL_BIGINT, Outcome::ok, raw(std::numeric_limits<std::int64_t>::min())},
           Row{"9223372036854775808", SQL_BIGINT, Outcome::sent_unsigned, raw(std::uint64_t{1} << 63)},
           Row{"18446744073709551615", SQL_BIGINT, Outcome::sent_unsigned, raw(std::numeric_limits<std::uint64_t>::max())},
           Row{"18446744073709551616", SQL_BIGINT, Outcome::too_long, ""},
           Row{"-9223372036854775809", SQL_BIGINT, Outcome::too_long, ""},
           Row{"9223372036854775808", SQL_INTEGER, Outcome::too_long, ""},
           Row{"1e1000000000", SQL_BIGINT, Outcome::too_long, ""},
           Row{"1e-1000000000", SQL_BIGINT, Outcome::too_long, ""},
           Row{"", SQL_INTEGER, Outcome::not_convertible, ""},
           Row{"x", SQL_INTEGER, Outcome::not_convertible, ""},
           Row{"4 2", SQL_INTEGER, Outcome::not_convertible, ""},
           Row{"0x10", SQL_INTEGER, Outcome::not_convertible, ""},
           Row{"12345678901234567890.0123456789", SQL_DECIMAL, Outcome::ok, lenenc("12345678901234567890.0123456789")},
           Row{"18446744073709551615", SQL_DECIMAL, Outcome::ok, lenenc("18446744073709551615")},
           Row{" +1.50 ", SQL_DECIMAL, Outcome::ok, lenenc("1.50")},
           Row{".5", SQL_DECIMAL, Outcome::ok, lenenc("0.5")},
           Row{"-5.", SQL_DECIMAL, Outcome::ok, lenenc("-5")},
           Row{"0007", SQL_DECIMAL, Outcome::ok, lenenc("7")},
           Row{"-0.00", SQL_DECIMAL, Outcome::ok, lenenc("0")},
           Row{"1.5e3", SQL_DECIMAL, Outcome::ok, lenenc("1500")},
           Row{"1.5e-3", SQL_DECIMAL, Outcome::ok, lenenc("0.0015")},
           Row{"150e-1", SQL_DECIMAL, Outcome::ok, lenenc("15")},
           Row{"1e500", SQL_DECIMAL, Outcome::out_of_range, ""},
           Row{"1e-500", SQL_DECIMAL, Outcome::ok, lenenc("0")},
           Row{"1." + std::string(400, '3'), SQL_DECIMAL, Outcome::ok, lenenc("1." + std::string(100, '3'))},
           Row{"1,5", SQL_DECIMAL, Outcome::not_convertible, ""},
           Row{"0.1", SQL_DOUBLE, Outcome::ok, raw(0.1)},
           Row{" 1e-400 ", SQL_DOUBLE, Outcome::ok, raw(0.0)},
           Row{"1e400", SQL_DOUBLE, Outcome::out_of_range, ""},
           Row{"1e39", SQL_REAL, Outcome::out_of_range, ""},
           Row{"nan", SQL_DOUBLE, Outcome::not_convertible, ""},
           Row{"inf", SQL_FLOAT, Outcome::not_convertible, ""},
       }) {
    const Sent sent = send_text(row.text, row.type);
    EXPECT_EQ(sent.outcome, row.outcome) << row.text;
    EXPECT_EQ(sent.bytes, row.bytes) << row.text;
  }
  EXPECT_EQ(send_text("9223372036854775808", SQL_BIGINT).type, kBigint);
  EXPECT_EQ(send_text("1", SQL_INTEGER).type, kBigint);
  EXPECT_EQ(send_text("1", SQL_NUMERIC).type, kDecimal);
  EXPECT_EQ(send_text("1", SQL_FLOAT).type, kDouble);
  EXPECT_EQ(send_text(std::string(600, ' ') + "1", SQL_INTEGER).bytes, raw(std::int64_t{1}));
}

// The server would round it without a word.
TEST(ConvertIn, TextForADecimalHasNoMoreDigitsBehindThePointThanItsScale) {
  struct Row {
    std::string text;
    SQLSMALLINT scale;
    Outcome outcome;
  };
  for (const Row& row : {
           Row{"1.25", 2, Outcome::ok},
           Row{"1.2500", 2, Outcome::ok},
           Row{"1.251", 2, Outcome::too_long},
           Row{"-0.001", 2, Outcome::too_long},
           Row{"1.251", 0, Outcome::ok},  // no scale was given
           Row{"1251e-3", 2, Outcome::too_long},
           Row{"1250e-3", 2, Outcome::ok},
           Row{"1.251e1", 2, Outcome::ok},
           Row{"0.000", 2, Outcome::ok},
           Row{"1e-500", 2, Outcome::too_long},
           Row{"1000", 2, Outcome::ok},
           Row{"1" + std::string(60, '0') + ".001", 2, Outcome::too_long},
           Row{"1.2x", 1, Outcome::not_convertible},
       }) {
    EXPECT_EQ(send_text(row.text, SQL_DECIMAL, row.scale).outcome, row.outcome) << row.text;
    EXPECT_EQ(send_text(row.text, SQL_NUMERIC, row.scale).outcome, row.outcome) << row.text;
  }
  EXPECT_EQ(send(1.251, SQL_C_DOUBLE, SQL_DECIMAL, 2).outcome, Outcome::ok);  // of numbers fractions may be cut
}

SQL_NUMERIC_STRUCT numeric(unsigned __int128 mantissa, int scale, bool negative) {
  SQL_NUMERIC_STRUCT made{};
  made.precision = 38;
  made.scale = static_cast<SQLSCHAR>(scale);
  made.sign = negative ? 0 : 1;
  for (SQLCHAR& byte : made.val) byte = static_cast<SQLCHAR>(mantissa), mantissa >>= 8;
  return made;
}

TEST(ConvertIn, NumericStructureOfAnyScale) {
  const auto text = [](const SQL_NUMERIC_STRUCT& value, SQLSMALLINT type = SQL_DECIMAL) {
    return send(value, SQL_C_NUMERIC, type).bytes;
  };
  const auto big = static_cast<unsigned __int128>(1234567890123456789u) * 10'000'000'000u + 123456789u;
  EXPECT_EQ(text(numeric(big, 10, false)), lenenc("1234567890123456789.0123456789"));
  EXPECT_EQ(text(numeric(5, 3, true)), lenenc("-0.005"));
  EXPECT_EQ(text(numeric(0, 2, false)), lenenc("0"));
  EXPECT_EQ(text(numeric(12, -3, false)), lenenc("12000"));
  EXPECT_EQ(text(numeric(~static_cast<unsigned __int128>(0), 0, false)), lenenc("340282366920938463463374607431768211455"));
  EXPECT_EQ(text(numeric(150, 2, false), SQL_VARCHAR), lenenc("1.50"));
  EXPECT_EQ(text(numeric(199, 2, true), SQL_INTEGER), raw(std::int64_t{-1}));
  EXPECT_EQ(text(numeric(150, 2, false), SQL_DOUBLE), raw(1.5));
  EXPECT_EQ(send(numeric(256, 0, false), SQL_C_NUMERIC, SQL_TINYINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(numeric(big, 0, false), SQL_C_NUMERIC, SQL_BIGINT).outcome, Outcome::out_of_range);
  const auto two_to_63 = static_cast<unsigned __int128>(1) << 63;
  EXPECT_EQ(send(numeric(two_to_63, 0, false), SQL_C_NUMERIC, SQL_BIGINT).outcome, Outcome::sent_unsigned);
  EXPECT_EQ(send(numeric(two_to_63, 0, true), SQL_C_NUMERIC, SQL_BIGINT).outcome, Outcome::ok);
  EXPECT_EQ(send(numeric(two_to_63 + 1, 0, true), SQL_C_NUMERIC, SQL_BIGINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(send(numeric(two_to_63 * 2, 0, false), SQL_C_NUMERIC, SQL_BIGINT).outcome, Outcome::out_of_range);
  EXPECT_EQ(text(numeric(1, 127, false), SQL_VARCHAR).size(), 130u);
}

std::string wire(std::initializer_list<int> bytes) {
  std::string made;
  for (const int byte : bytes) made.push_back(static_cast<char>(byte));
  return made;
}

TEST(ConvertIn, DatesAndTimesGoOutBinary) {
  const SQL_DATE_STRUCT date{2024, 2, 29};
  const SQL_TIME_STRUCT time{23, 59, 58};
  const SQL_TIMESTAMP_STRUCT stamp{2024, 2, 29, 23, 59, 58, 123456000};
  EXPECT_EQ(send(date, SQL_C_TYPE_DATE, SQL_TYPE_DATE).bytes, wire({4, 0xe8, 7, 2, 29}));
  EXPECT_EQ(send(date, SQL_C_DATE, SQL_DATE).type, kDate);
  EXPECT_EQ(send(date, SQL_C_TYPE_DATE, SQL_TYPE_TIMESTAMP).bytes, wire({7, 0xe8, 7, 2, 29, 0, 0, 0}));
  EXPECT_EQ(send(date, SQL_C_TYPE_DATE, SQL_VARCHAR).bytes, lenenc("2024-02-29"));
  EXPECT_EQ(send(time, SQL_C_TYPE_TIME, SQL_TYPE_TIME).bytes, wire({8, 0, 0, 0, 0, 0, 23, 59, 58}));
  EXPECT_EQ(send(time, SQL_C_TIME, SQL_TIME).type, kTime);
  EXPECT_EQ(send(time, SQL_C_TYPE_TIME, SQL_CHAR).bytes, lenenc("23:59:58"));
  EXPECT_EQ(send(stamp, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP).bytes,
            wire({11, 0xe8, 7, 2, 29, 23, 59, 58, 0x40, 0xe2, 1, 0}));
  EXPECT_EQ(send(stamp, SQL_C_TIMESTAMP, SQL_TIMESTAMP).type, kDatetime);
  EXPECT_EQ(send(stamp, SQL_C_TYPE_TIMESTAMP, SQL_WVARCHAR).bytes, lenenc("2024-02-29 23:59:58.123456"));
  const Date now = today();
  const std::string sent = send(time, SQL_C_TYPE_TIME, SQL_TYPE_TIMESTAMP).bytes;
  EXPECT_EQ(sent, wire({7, static_cast<int>(now.year & 255), static_cast<int>(now.year >> 8), static_cast<int>(now.month),
                        static_cast<int>(now.day), 23, 59, 58}));
}

TEST(ConvertIn, DatesAndTimesThatDoNotFitAreRefused) {
  const auto stamp = [](int hour, int minute, int second, SQLUINTEGER fraction) {
    return SQL_TIMESTAMP_STRUCT{
        2024,    1, 1, static_cast<SQLUSMALLINT>(hour), static_cast<SQLUSMALLINT>(minute), static_cast<SQLUSMALLINT>(second),
        fraction};
  };
  const auto outcome = [](const auto& value, SQLSMALLINT c_type, SQLSMALLINT type, SQLSMALLINT digits = 0) {
    return send(value, c_type, type, digits).outcome;
  };
  constexpr SQLSMALLINT kStamp = SQL_C_TYPE_TIMESTAMP;
  EXPECT_EQ(outcome(stamp(0, 0, 0, 0), kStamp, SQL_TYPE_DATE), Outcome::ok);
  EXPECT_EQ(outcome(stamp(0, 0, 1, 0), kStamp, SQL_TYPE_DATE), Outcome::datetime_overflow);
  EXPECT_EQ(outcome(stamp(0, 0, 0, 1), kStamp, SQL_TYPE_DATE), Outcome::datetime_overflow);
  EXPECT_EQ(outcome(stamp(1, 2, 3, 0), kStamp, SQL_TYPE_TIME), Outcome::ok);
  EXPECT_EQ(outcome(stamp(1, 2, 3, 5000), kStamp, SQL_TYPE_TIME), Outcome::datetime_overflow);
  EXPECT_EQ(outcome(stamp(1, 2, 3, 5000), kStamp, SQL_TYPE_TIME, 6), Outcome::ok);
  EXPECT_EQ(outcome(stamp(1, 2, 3, 5001), kStamp, SQL_TYPE_TIMESTAMP), Outcome::datetime_overflow);  // finer than microseconds
  EXPECT_EQ(outcome(stamp(24, 0, 0, 0), kStamp, SQL_TYPE_TIMESTAMP), Outcome::bad_datetime);
  EXPECT_EQ(outcome(stamp(24, 0, 0, 0), kStamp, SQL_VARCHAR), Outcome::datetime_overflow);
  EXPECT_EQ(outcome(stamp(0, 0, 0, 1'000'000'000), kStamp, SQL_TYPE_TIMESTAMP), Outcome::bad_datetime);
  for (const SQL_DATE_STRUCT& bad : {SQL_DATE_STRUCT{2023, 2, 29}, SQL_DATE_STRUCT{2024, 13, 1}, SQL_DATE_STRUCT{2024, 0, 1},
                                     SQL_DATE_STRUCT{2024, 1, 0}, SQL_DATE_STRUCT{-1, 1, 1}, SQL_DATE_STRUCT{10000, 1, 1}}) {
    EXPECT_EQ(outcome(bad, SQL_C_TYPE_DATE, SQL_TYPE_DATE), Outcome::bad_datetime);
    EXPECT_EQ(outcome(bad, SQL_C_TYPE_DATE, SQL_TYPE_TIMESTAMP), Outcome::bad_datetime);
    EXPECT_EQ(outcome(bad, SQL_C_TYPE_DATE, SQL_VARCHAR), Outcome::datetime_overflow);
  }
  EXPECT_EQ(outcome(SQL_TIME_STRUCT{24, 0, 0}, SQL_C_TYPE_TIME, SQL_TYPE_TIME), Outcome::bad_datetime);
  EXPECT_EQ(outcome(SQL_TIME_STRUCT{0, 60, 0}, SQL_C_TYPE_TIME, SQL_VARCHAR), Outcome::datetime_overflow);
}

TEST(ConvertIn, WhatADateOrATimeCannotHoldIsDroppedWhereThatIsWished) {
  const SQL_TIMESTAMP_STRUCT stamp{2024, 2, 29, 1, 2, 3, 4567};
  const InOptions cuts{.cuts_datetime = true};
  EXPECT_EQ(send_memory(&stamp, sizeof stamp, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_DATE, cuts).bytes, wire({4, 0xe8, 7, 2, 29}));
  EXPECT_EQ(send_memory(&stamp, sizeof stamp, SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIME, cuts).bytes,
            send(SQL_TIME_STRUCT{1, 2, 3}, SQL_C_TYPE_TIME, SQL_TYPE_TIME).bytes);
  const std::string_view text = "2024-02-29 01:02:03.0000045";
  EXPECT_EQ(send_memory(text.data(), static_cast<SQLLEN>(text.size()), SQL_C_CHAR, SQL_TYPE_DATE, cuts).bytes,
            wire({4, 0xe8, 7, 2, 29}));
}

TEST(ConvertIn, TemporalLiteralsAreValidatedAndTyped) {
  struct Row {
    std::string_view text;
    SQLSMALLINT type;
    Outcome outcome;
    std::string bytes;
  };
  for (const Row& row : {
           Row{"2024-02-29", SQL_TYPE_DATE, Outcome::ok, wire({4, 0xe8, 7, 2, 29})},
           Row{" {d '2024-2-9'} ", SQL_TYPE_DATE, Outcome::ok, wire({4, 0xe8, 7, 2, 9})},
           Row{"2024-02-29 00:00:00", SQL_TYPE_DATE, Outcome::ok, wire({4, 0xe8, 7, 2, 29})},
           Row{"2024-02-29 00:00:01", SQL_TYPE_DATE, Outcome::datetime_overflow, ""},
           Row{"0000-00-00", SQL_TYPE_DATE, Outcome::ok, wire({4, 0, 0, 0, 0})},
           Row{"2020-00-10", SQL_TYPE_DATE, Outcome::ok, wire({4, 0xe4, 7, 0, 10})},
           Row{"2023-02-29", SQL_TYPE_DATE, Outcome::not_convertible, ""},
           Row{"12:00:00", SQL_TYPE_DATE, Outcome::not_convertible, ""},
           Row{"today", SQL_TYPE_DATE, Outcome::not_convertible, ""},
           Row{"", SQL_TYPE_DATE, Outcome::not_convertible, ""},
           Row{"-838:59:59.999999", SQL_TYPE_TIME, Outcome::ok, wire({12, 1, 34, 0, 0, 0, 22, 59, 59, 0x3f, 0x42, 0x0f, 0})},
           Row{"{t '1:2:3'}", SQL_TYPE_TIME, Outcome::ok, wire({8, 0, 0, 0, 0, 0, 1, 2, 3})},
           Row{"2024-02-29 01:02:03", SQL_TYPE_TIME, Outcome::ok, wire({8, 0, 0, 0, 0, 0, 1, 2, 3})},
           Row{"01:02:03.0000001", SQL_TYPE_TIME, Outcome::datetime_overflow, ""},
           Row{"01:60:00", SQL_TYPE_TIME, Outcome::not_convertible, ""},
           Row{"2024-02-29", SQL_TYPE_TIME, Outcome::not_convertible, ""},
           Row{"{ts '2024-02-29 23:59:58.123456'}", SQL_TYPE_TIMESTAMP, Outcome::ok,
               wire({11, 0xe8, 7, 2, 29, 23, 59, 58, 0x40, 0xe2, 1, 0})},
           Row{"2024-02-29T23:59:58.120", SQL_TYPE_TIMESTAMP, Outcome::ok,
               wire({11, 0xe8, 7, 2, 29, 23, 59, 58, 0xc0, 0xd4, 1, 0})},
           Row{"2024-02-29", SQL_TYPE_TIMESTAMP, Outcome::ok, wire({7, 0xe8, 7, 2, 29, 0, 0, 0})},
           Row{"2024-02-29 23:59:58.1234560", SQL_TYPE_TIMESTAMP, Outcome::ok,
               wire({11, 0xe8, 7, 2, 29, 23, 59, 58, 0x40, 0xe2, 1, 0})},
           Row{"2024-02-29 23:59:58.1234567", SQL_TYPE_TIMESTAMP, Outcome::datetime_overflow, ""},
           Row{"0000-00-00 00:00:00", SQL_TYPE_TIMESTAMP, Outcome::ok, wire({7, 0, 0, 0, 0, 0, 0, 0})},
           Row{"24:00:00", SQL_TYPE_TIMESTAMP, Outcome::not_convertible, ""},
           Row{"2024-02-29 24:00:00", SQL_TYPE_TIMESTAMP, Outcome::not_convertible, ""},
           Row{"{d '2024-02-29'", SQL_TYPE_TIMESTAMP, Outcome::not_convertible, ""},
       }) {
    const Sent sent = send_text(row.text, row.type);
    EXPECT_EQ(sent.outcome, row.outcome) << row.text;
    EXPECT_EQ(sent.bytes, row.bytes) << row.text;
  }
}

TEST(ConvertIn, GuidsGoOutAsText) {
  const SQLGUID guid{0x00112233, 0x4455, 0x6677, {0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};
  const std::string text = lenenc("00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(send(guid, SQL_C_GUID, SQL_GUID).bytes, text);
  EXPECT_EQ(send(guid, SQL_C_GUID, SQL_CHAR).bytes, text);
  EXPECT_EQ(send_memory(&guid, sizeof guid, SQL_C_BINARY, SQL_GUID).bytes, text);
  EXPECT_EQ(send_text("{00112233-4455-6677-8899-AABBCCDDEEFF}", SQL_GUID).bytes, text);
  EXPECT_EQ(send_text("00112233", SQL_GUID).outcome, Outcome::not_convertible);
}

TEST(ConvertIn, IntervalsGoOutAsTextNumberOrTime) {
  SQL_INTERVAL_STRUCT span{};
  span.interval_type = SQL_IS_DAY_TO_SECOND;
  span.interval_sign = SQL_TRUE;
  span.intval.day_second = {1, 2, 3, 4, 500000};
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_DAY_TO_SECOND).bytes, lenenc("-1 02:03:04.500000"));
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_VARCHAR).bytes, lenenc("-1 02:03:04.500000"));
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_HOUR_TO_SECOND).bytes, lenenc("-26:03:04.500000"));
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_HOUR).outcome, Outcome::interval_overflow);
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_SECOND, SQL_TYPE_TIME).bytes,
            wire({12, 1, 1, 0, 0, 0, 2, 3, 4, 0x20, 0xa1, 7, 0}));
  span.intval.day_second = {0, 0, 0, 5, 500000};
  EXPECT_EQ(send(span, SQL_C_INTERVAL_SECOND, SQL_INTEGER).bytes, raw(std::int64_t{-5}));  // only whole digits count
  EXPECT_EQ(send(span, SQL_C_INTERVAL_SECOND, SQL_DECIMAL).bytes, lenenc("-5.500000"));
  span.intval.day_second = {1, 24, 0, 0, 0};
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_HOUR, SQL_VARCHAR).outcome, Outcome::interval_overflow);
  EXPECT_EQ(send(span, SQL_C_INTERVAL_DAY_TO_HOUR, SQL_INTERVAL_DAY_TO_HOUR).outcome, Outcome::interval_overflow);
  SQL_INTERVAL_STRUCT months{};
  months.intval.year_month = {2, 0};
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR, SQL_INTERVAL_YEAR).bytes, lenenc("2"));
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR, SQL_INTERVAL_MONTH).bytes, lenenc("24"));
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR, SQL_INTERVAL_YEAR_TO_MONTH).bytes, lenenc("2-00"));
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR, SQL_INTEGER).bytes, raw(std::int64_t{2}));
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR, SQL_DECIMAL).bytes, lenenc("2"));
  months.intval.year_month = {1, 5};
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR_TO_MONTH, SQL_INTERVAL_MONTH).bytes, lenenc("17"));
  EXPECT_EQ(send(months, SQL_C_INTERVAL_YEAR_TO_MONTH, SQL_INTERVAL_YEAR).outcome, Outcome::interval_overflow);
  EXPECT_EQ(send(SQLINTEGER{-7}, SQL_C_SLONG, SQL_INTERVAL_DAY).bytes, lenenc("-7"));
  EXPECT_EQ(send(numeric(75, 1, false), SQL_C_NUMERIC, SQL_INTERVAL_SECOND).bytes, lenenc("7.500000"));
  EXPECT_EQ(send(numeric(75, 1, false), SQL_C_NUMERIC, SQL_INTERVAL_DAY).outcome, Outcome::interval_overflow);
  EXPECT_EQ(send_text("1 02:03", SQL_INTERVAL_DAY_TO_MINUTE).bytes, lenenc("1 02:03"));
  EXPECT_EQ(send_text("1 25:03", SQL_INTERVAL_DAY_TO_MINUTE).outcome, Outcome::not_convertible);
}

TEST(ConvertIn, MemoryOfTheDefaultCTypeNeedsItsVerySize) {
  const SQLINTEGER number = 42;
  EXPECT_EQ(send_memory(&number, 4, SQL_C_BINARY, SQL_INTEGER).bytes, raw(std::int64_t{42}));
  EXPECT_EQ(send_memory(&number, 2, SQL_C_BINARY, SQL_INTEGER).outcome, Outcome::out_of_range);
  const SQL_DATE_STRUCT date{2024, 2, 29};
  EXPECT_EQ(send_memory(&date, sizeof date, SQL_C_BINARY, SQL_TYPE_DATE).bytes, wire({4, 0xe8, 7, 2, 29}));
  EXPECT_EQ(send_memory(&date, 5, SQL_C_BINARY, SQL_TYPE_DATE).outcome, Outcome::out_of_range);
  const double real = 1.5;
  EXPECT_EQ(send_memory(&real, 8, SQL_C_BINARY, SQL_DOUBLE).bytes, raw(1.5));
  EXPECT_EQ(send_memory(&real, 7, SQL_C_BINARY, SQL_DOUBLE).outcome, Outcome::out_of_range);
  EXPECT_EQ(send_memory("1.50", 4, SQL_C_BINARY, SQL_DECIMAL).bytes, lenenc("1.50"));
}

// Appendix D, "Converting Data from C to SQL Data Types": the pairs. One letter per class of SQL types in this order.
constexpr SQLSMALLINT kClasses[] = {
    SQL_VARCHAR,   SQL_DECIMAL,   SQL_INTEGER,        SQL_DOUBLE, SQL_BIT,          SQL_VARBINARY,
    SQL_TYPE_DATE, SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP, SQL_GUID,   SQL_INTERVAL_DAY, SQL_INTERVAL_YEAR_TO_MONTH};

TEST(ConvertIn, PairsAreThoseThatTheSpecificationLists) {
  struct Row {
    SQLSMALLINT c_type;
    std::string_view pairs;
  };
  for (const Row& row : {
           Row{SQL_C_CHAR, "yyyyyyyyyyyy"},
           Row{SQL_C_WCHAR, "yyyyyyyyyyyy"},
           Row{SQL_C_BINARY, "yyyyyyyyyyyy"},
           Row{SQL_C_BIT, "yyyyy-------"},
           Row{SQL_C_SLONG, "yyyyy-----y-"},
           Row{SQL_C_UBIGINT, "yyyyy-----y-"},
           Row{SQL_C_DOUBLE, "yyyyy-------"},
           Row{SQL_C_FLOAT, "yyyyy-------"},
           Row{SQL_C_NUMERIC, "yyyyy-----y-"},
           Row{SQL_C_TYPE_DATE, "y-----y-y---"},
           Row{SQL_C_TYPE_TIME, "y------yy---"},
           Row{SQL_C_TYPE_TIMESTAMP, "y-----yyy---"},
           Row{SQL_C_GUID, "y--------y--"},
           Row{SQL_C_INTERVAL_DAY, "yyy----y--y-"},  // to TIME beyond the specification
           Row{SQL_C_INTERVAL_DAY_TO_HOUR, "y------y--y-"},
           Row{SQL_C_INTERVAL_YEAR, "yyy--------y"},
           Row{SQL_C_INTERVAL_YEAR_TO_MONTH, "y----------y"},
       }) {
    std::string pairs;
    for (const SQLSMALLINT type : kClasses) pairs += plan_input(row.c_type, type, {}).convert != nullptr ? 'y' : '-';
    EXPECT_EQ(pairs, row.pairs) << row.c_type;
  }
  EXPECT_EQ(plan_input(SQL_C_CHAR, 12345, {}).convert, nullptr);
  EXPECT_EQ(plan_input(12345, SQL_VARCHAR, {}).convert, nullptr);
}

TEST(ConvertIn, DefaultCTypeIsThatOfTheSqlType) {
  EXPECT_EQ(plan_input(SQL_C_DEFAULT, SQL_INTEGER, {}).c_type, SQL_C_SLONG);
  EXPECT_EQ(plan_input(SQL_C_DEFAULT, SQL_WVARCHAR, {}).c_type, SQL_C_WCHAR);
  EXPECT_EQ(plan_input(SQL_C_DEFAULT, SQL_TYPE_TIMESTAMP, {}).c_type, SQL_C_TYPE_TIMESTAMP);
}

TEST(ConvertIn, OnlyRawTextAndBytesAreVerbatim) {
  EXPECT_TRUE(plan_input(SQL_C_CHAR, SQL_LONGVARCHAR, {}).is_verbatim);
  EXPECT_TRUE(plan_input(SQL_C_WCHAR, SQL_LONGVARCHAR, {}).is_verbatim);
  EXPECT_TRUE(plan_input(SQL_C_BINARY, SQL_LONGVARBINARY, {}).is_verbatim);
  EXPECT_TRUE(plan_input(SQL_C_BINARY, SQL_LONGVARCHAR, {}).is_verbatim);
  EXPECT_FALSE(plan_input(SQL_C_CHAR, SQL_LONGVARBINARY, {}).is_verbatim);  // hexadecimal
  EXPECT_FALSE(plan_input(SQL_C_CHAR, SQL_GUID, {}).is_verbatim);
  EXPECT_FALSE(plan_input(SQL_C_SLONG, SQL_VARCHAR, {}).is_verbatim);
}

}  // namespace
}  // namespace selkie::odbc
