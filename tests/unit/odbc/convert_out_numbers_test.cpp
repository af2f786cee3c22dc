#include <cmath>
#include <cstdlib>
#include <limits>

#include "convert_support.h"

namespace selkie::odbc {
namespace {

using namespace test;

// --- Numbers

template <class T>
void expect_integer(const Column& column, const Value& value, SQLSMALLINT c_type, __int128 number) {
  const Got<T> got = get<T>(column, Encoding::text, value, c_type);
  if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) {
    EXPECT_EQ(got.outcome, Outcome::out_of_range) << value.bytes << " " << c_type;
  } else {
    EXPECT_EQ(got.outcome, Outcome::ok) << value.bytes << " " << c_type;
    EXPECT_EQ(got.value, static_cast<T>(number)) << value.bytes << " " << c_type;
    EXPECT_EQ(got.length, static_cast<SQLLEN>(sizeof(T)));
  }
}

TEST(ConvertOut, IntegersKeepTheirLimitsOrSayOutOfRange) {
  const Column columns[] = {column(WireType::longlong, 20), column(WireType::longlong, 20, 0, kUnsigned),
                            column(WireType::newdecimal, 22, 0), text_column()};
  for (const int bits : {0, 7, 8, 15, 16, 31, 32, 63, 64}) {
    for (const int offset : {-1, 0, 1}) {
      for (const int sign : {-1, 1}) {
        const __int128 number = ((static_cast<__int128>(1) << bits) + offset) * sign;
        const bool fits_signed =
            number >= std::numeric_limits<std::int64_t>::min() && number <= std::numeric_limits<std::int64_t>::max();
        const bool fits_unsigned = number >= 0 && number <= std::numeric_limits<std::uint64_t>::max();
        Value value;
        unsigned __int128 rest = static_cast<unsigned __int128>(number < 0 ? -number : number);
        do value.bytes.insert(value.bytes.begin(), static_cast<char>('0' + static_cast<int>(rest % 10))), rest /= 10;
        while (rest != 0);
        if (number < 0) value.bytes.insert(value.bytes.begin(), '-');
        for (const Column& from : columns) {
          if (from.type == WireType::longlong && !(from.is_unsigned() ? fits_unsigned : fits_signed)) continue;
          expect_integer<SQLSCHAR>(from, value, SQL_C_STINYINT, number);
          expect_integer<SQLCHAR>(from, value, SQL_C_UTINYINT, number);
          expect_integer<SQLSMALLINT>(from, value, SQL_C_SSHORT, number);
          expect_integer<SQLUSMALLINT>(from, value, SQL_C_USHORT, number);
          expect_integer<SQLINTEGER>(from, value, SQL_C_SLONG, number);
          expect_integer<SQLUINTEGER>(from, value, SQL_C_ULONG, number);
          expect_integer<SQLBIGINT>(from, value, SQL_C_SBIGINT, number);
          expect_integer<SQLUBIGINT>(from, value, SQL_C_UBIGINT, number);
          expect_integer<SQLSCHAR>(from, value, SQL_C_TINYINT, number);
          expect_integer<SQLSMALLINT>(from, value, SQL_C_SHORT, number);
          expect_integer<SQLINTEGER>(from, value, SQL_C_LONG, number);
        }
      }
    }
  }
}

TEST(ConvertOut, NumericLiteralsToIntegersCutFractions) {
  struct Row {
    std::string text;
    Outcome outcome;
    SQLINTEGER value;
  };
  for (const Row& row : {
           Row{"12.5", Outcome::fraction_truncated, 12},
           Row{"-12.9", Outcome::fraction_truncated, -12},
           Row{"12.000", Outcome::ok, 12},
           Row{"0.4", Outcome::fraction_truncated, 0},
           Row{"1.25e2", Outcome::ok, 125},
           Row{"1.255E+2", Outcome::fraction_truncated, 125},
           Row{"1250e-1", Outcome::ok, 125},
           Row{"5e-1", Outcome::fraction_truncated, 0},
           Row{"5e-9", Outcome::fraction_truncated, 0},
           Row{" \t7 \n", Outcome::ok, 7},
           Row{"+7", Outcome::ok, 7},
           Row{".5", Outcome::fraction_truncated, 0},
           Row{"5.", Outcome::ok, 5},
           Row{"00000000000000000000000000000000000005", Outcome::ok, 5},
           Row{"0e999999999999", Outcome::ok, 0},
           Row{"1e999999999999", Outcome::out_of_range, 0},
           Row{"1e-999999999999", Outcome::fraction_truncated, 0},
           Row{"2147483648", Outcome::out_of_range, 0},
           Row{"2147483647.9", Outcome::fraction_truncated, 2147483647},
           Row{"99999999999999999999999", Outcome::out_of_range, 0},
           Row{"", Outcome::not_convertible, 0},
           Row{" ", Outcome::not_convertible, 0},
           Row{".", Outcome::not_convertible, 0},
           Row{"-", Outcome::not_convertible, 0},
           Row{"1e", Outcome::not_convertible, 0},
           Row{"1 2", Outcome::not_convertible, 0},
           Row{"12abc", Outcome::not_convertible, 0},
           Row{"0x1F", Outcome::not_convertible, 0},
           Row{"1,5", Outcome::not_convertible, 0},
           Row{"\xef\xbc\x91", Outcome::not_convertible, 0},  // a full-width digit
           Row{std::string("1\0", 2), Outcome::not_convertible, 0},
       }) {
    const auto got = get<SQLINTEGER>(text_column(), Encoding::text, {row.text}, SQL_C_SLONG);
    EXPECT_EQ(got.outcome, row.outcome) << row.text;
    if (!is_error(row.outcome)) {
      EXPECT_EQ(got.value, row.value) << row.text;
    }
  }
}

TEST(ConvertOut, DoublesToIntegersCutFractionsAndKnowTheLimits) {
  const Column from = column(WireType::double_, 22, 31);
  const auto outcome = [&](double value, SQLSMALLINT c_type) {
    return convert(from, Encoding::binary, native(value), c_type, 8).outcome;
  };
  EXPECT_EQ(outcome(1.5, SQL_C_SLONG), Outcome::fraction_truncated);
  EXPECT_EQ(outcome(-0.5, SQL_C_UTINYINT), Outcome::fraction_truncated);
  EXPECT_EQ(outcome(-1.0, SQL_C_UTINYINT), Outcome::out_of_range);
  EXPECT_EQ(outcome(127.9, SQL_C_STINYINT), Outcome::fraction_truncated);
  EXPECT_EQ(outcome(128.0, SQL_C_STINYINT), Outcome::out_of_range);
  EXPECT_EQ(outcome(-128.9, SQL_C_STINYINT), Outcome::fraction_truncated);
  EXPECT_EQ(outcome(-129.0, SQL_C_STINYINT), Outcome::out_of_range);
  EXPECT_EQ(outcome(9223372036854774784.0, SQL_C_SBIGINT), Outcome::ok);
  EXPECT_EQ(outcome(9223372036854775808.0, SQL_C_SBIGINT), Outcome::out_of_range);
  EXPECT_EQ(outcome(-9223372036854775808.0, SQL_C_SBIGINT), Outcome::ok);
  EXPECT_EQ(outcome(9223372036854775808.0, SQL_C_UBIGINT), Outcome::ok);
  EXPECT_EQ(outcome(18446744073709551616.0, SQL_C_UBIGINT), Outcome::out_of_range);
  EXPECT_EQ(outcome(std::nan(""), SQL_C_SLONG), Outcome::out_of_range);
  EXPECT_EQ(outcome(1e300, SQL_C_FLOAT), Outcome::out_of_range);
  EXPECT_EQ(outcome(3.4e38, SQL_C_FLOAT), Outcome::ok);
  const auto got = get<SQLBIGINT>(from, Encoding::binary, native(-1.99e15), SQL_C_SBIGINT);
  EXPECT_EQ(got.value, -1990000000000000);
}

TEST(ConvertOut, TextToRealsIsCorrectlyRounded) {
  for (const char* text : {"0.1", "123456.789", "9007199254740993", "1e23", "8.5e22", "0.3333333333333333", "4.35",
                           "2.2250738585072014e-308", "5e-324", "1.7976931348623157e308", "12345678901234567890",
                           "0.0000000000000000000001", "-0", "100000000000000000000000"}) {
    const auto as_double = get<double>(text_column(), Encoding::text, {text}, SQL_C_DOUBLE);
    EXPECT_EQ(as_double.outcome, Outcome::ok) << text;
    EXPECT_EQ(native(as_double.value).bytes, native(std::strtod(text, nullptr)).bytes) << text;
    if (std::strtod(text, nullptr) > 1e300) continue;
    const auto as_float = get<float>(text_column(), Encoding::text, {text}, SQL_C_FLOAT);
    EXPECT_EQ(native(as_float.value).bytes, native(std::strtof(text, nullptr)).bytes) << text;
  }
  EXPECT_EQ(get<double>(text_column(), Encoding::text, {" +1.5e1 "}, SQL_C_DOUBLE).value, 15.0);
  EXPECT_EQ(get<double>(text_column(), Encoding::text, {"1e309"}, SQL_C_DOUBLE).outcome, Outcome::out_of_range);
  EXPECT_EQ(get<double>(text_column(), Encoding::text, {"1e-400"}, SQL_C_DOUBLE).value, 0.0);
  EXPECT_EQ(get<float>(text_column(), Encoding::text, {"1e39"}, SQL_C_FLOAT).outcome, Outcome::out_of_range);
  for (const char* text : {"", "inf", "nan", "1.5x", "0x1p3", "1..5", "e5", "--1", "+-1"}) {
    EXPECT_EQ(get<double>(text_column(), Encoding::text, {text}, SQL_C_DOUBLE).outcome, Outcome::not_convertible) << text;
  }
}

TEST(ConvertOut, BitTakesZeroOneAndFractionsBelowTwo) {
  struct Row {
    const char* text;
    Outcome outcome;
    int value;
  };
  for (const Row& row :
       {Row{"0", Outcome::ok, 0}, Row{"1", Outcome::ok, 1}, Row{"1.0", Outcome::ok, 1},
        Row{"0.5", Outcome::fraction_truncated, 0}, Row{"1.9", Outcome::fraction_truncated, 1},
        Row{"2", Outcome::out_of_range, 0}, Row{"-1", Outcome::out_of_range, 0}, Row{"-0.1", Outcome::out_of_range, 0}}) {
    for (const Column& from : {text_column(), column(WireType::newdecimal, 12, 2), column(WireType::double_, 22, 31)}) {
      const auto got = get<SQLCHAR>(from, Encoding::text, {row.text}, SQL_C_BIT);
      EXPECT_EQ(got.outcome, row.outcome) << row.text;
      if (!is_error(row.outcome)) {
        EXPECT_EQ(got.value, row.value) << row.text;
      }
    }
  }
  EXPECT_EQ(get<SQLCHAR>(text_column(), Encoding::text, {"true"}, SQL_C_BIT).outcome, Outcome::not_convertible);
  EXPECT_EQ(get<SQLCHAR>(column(WireType::tiny, 1), Encoding::text, {"2"}, SQL_C_BIT).outcome, Outcome::out_of_range);
  const Column bit = column(WireType::bit, 1);
  EXPECT_EQ(get<SQLCHAR>(bit, Encoding::binary, {"\x01"}, SQL_C_BIT).value, 1);
  EXPECT_EQ(get<SQLBIGINT>(bit, Encoding::binary, {"\x01"}, SQL_C_SBIGINT).value, 1);
  EXPECT_EQ(get<double>(bit, Encoding::binary, {"\x01"}, SQL_C_DOUBLE).value, 1.0);
  EXPECT_EQ(narrow_of(bit, Encoding::text, {"\x01"}), "1");
  EXPECT_EQ(narrow_of(bit, Encoding::text, {std::string(1, '\0')}), "0");
  EXPECT_EQ(convert(bit, Encoding::text, {"\x01"}, SQL_C_CHAR, 1).outcome, Outcome::out_of_range);
}

// The number that a SQL_NUMERIC_STRUCT stands for, as text.
std::string text_of(const SQL_NUMERIC_STRUCT& numeric) {
  unsigned __int128 mantissa = 0;
  for (int i = 15; i >= 0; --i) mantissa = mantissa << 8 | numeric.val[i];
  std::string digits;
  for (; mantissa != 0; mantissa /= 10) digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(mantissa % 10)));
  return (numeric.sign == 0 ? "-" : "") + digits + "/" + std::to_string(numeric.scale) + "/" +
         std::to_string(numeric.precision);
}

TEST(ConvertOut, NumericStructureHasTheValuesScaleUnlessAskedFor) {
  const std::string n35 = "12345678901234567890123456789012345", n30 = "123456789012345678901234567891";
  struct Row {
    Column column;
    std::string text;
    int precision, scale;
    Outcome outcome;
    std::string numeric;
  };
  const Column money = column(WireType::newdecimal, 12, 2), widest = column(WireType::newdecimal, 67, 30);
  for (const Row& row : {
           Row{money, "-123.45", 0, 0, Outcome::ok, "-12345/2/38"},
           Row{money, "123.00", 0, 0, Outcome::ok, "12300/2/38"},
           Row{money, "123.45", 10, 1, Outcome::fraction_truncated, "1234/1/10"},
           Row{money, "123.45", 10, 4, Outcome::ok, "1234500/4/10"},
           Row{money, "123.45", 10, 0, Outcome::fraction_truncated, "123/0/10"},
           Row{money, "123.45", 4, 2, Outcome::out_of_range, ""},
           Row{money, "1200.00", 10, -2, Outcome::ok, "12/-2/10"},
           Row{money, "1234.00", 10, -2, Outcome::out_of_range, ""},
           Row{money, "0.00", 0, 0, Outcome::ok, "/2/38"},
           Row{money, "-0.00", 0, 0, Outcome::ok, "/2/38"},
           Row{widest, n35 + "." + n30, 0, 0, Outcome::fraction_truncated, n35 + "123/3/38"},
           Row{widest, n35 + ".123" + std::string(27, '0'), 0, 0, Outcome::ok, n35 + "123/3/38"},
           Row{widest, "0." + n30, 0, 0, Outcome::ok, n30 + "/30/38"},
           Row{text_column(), "99999999999999999999999999999999999999", 0, 0, Outcome::ok,
               "99999999999999999999999999999999999999/0/38"},
           Row{text_column(), "100000000000000000000000000000000000000", 0, 0, Outcome::out_of_range, ""},
           Row{text_column(), "1.50", 0, 0, Outcome::ok, "15/1/38"},
           Row{text_column(), "1e-3", 0, 0, Outcome::ok, "1/3/38"},
           Row{text_column(), "1.5e3", 0, 0, Outcome::ok, "1500/0/38"},
           Row{text_column(), "x", 0, 0, Outcome::not_convertible, ""},
           Row{column(WireType::double_, 22, 31), "0.1", 0, 0, Outcome::ok, "1/1/38"},
           Row{column(WireType::double_, 22, 31), "1e300", 0, 0, Outcome::out_of_range, ""},
           Row{column(WireType::longlong, 20), "-9223372036854775808", 0, 0, Outcome::ok, "-9223372036854775808/0/38"},
           Row{column(WireType::longlong, 20, 0, kUnsigned), "18446744073709551615", 0, 0, Outcome::ok,
               "18446744073709551615/0/38"},
       }) {
    const OutOptions options{.numeric_precision = row.precision, .numeric_scale = row.scale};
    const auto got = get<SQL_NUMERIC_STRUCT>(row.column, Encoding::text, {row.text}, SQL_C_NUMERIC, options);
    EXPECT_EQ(got.outcome, row.outcome) << row.text << " " << row.precision << " " << row.scale;
    if (!is_error(row.outcome)) {
      EXPECT_EQ(text_of(got.value), row.numeric) << row.text;
    }
  }
}

}  // namespace
}  // namespace selkie::odbc
