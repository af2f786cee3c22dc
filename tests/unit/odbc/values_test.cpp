#include "odbc/values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace selkie::odbc {
namespace {

template <class T>
std::string printed(char* (*format)(T, char*), T value) {
  char room[kMaxForm];
  return {room, format(value, room)};
}

// As MySQL 9.7, MariaDB 10.11 and 11.8 print them in a text row.
TEST(Values, DoublesPrintAsTheServersPrintThem) {
  struct Row {
    double value;
    const char* text;
  };
  for (const Row& row : {
           Row{16777216, "16777216"},
           Row{1.1, "1.1"},
           Row{-1.5, "-1.5"},
           Row{1e14, "100000000000000"},
           Row{1e15, "1e15"},
           Row{1e16, "1e16"},
           Row{1e-4, "0.0001"},
           Row{1e-15, "0.000000000000001"},
           Row{1.5e-15, "0.0000000000000015"},
           Row{1e-16, "1e-16"},
           Row{1.7976931348623157e308, "1.7976931348623157e308"},
           Row{5e-324, "5e-324"},
           Row{0, "0"},
           Row{-0.0, "-0"},
           Row{0.12345678901234566, "0.12345678901234566"},
           Row{123456789012345.67, "123456789012345.67"},
           Row{1234567890123456.8, "1234567890123456.8"},
           Row{1.2345678901234568e16, "1.2345678901234568e16"},
           Row{1.2345678901234568e17, "1.2345678901234568e17"},
           Row{0.30000000000000004, "0.30000000000000004"},
           Row{1.2345678901234567e-14, "0.000000000000012345678901234567"},
       }) {
    EXPECT_EQ(printed(format_double, row.value), row.text);
  }
}

TEST(Values, FloatsPrintSixDigitsAsTheServersDo) {
  struct Row {
    float value;
    const char* text;
  };
  for (const Row& row : {
           Row{16777216.0f, "16777200"},
           Row{1.1f, "1.1"},
           Row{123456789.0f, "123457000"},
           Row{0.1234567890123f, "0.123457"},
           Row{123456.789f, "123457"},
           Row{1234567.0f, "1234570"},
           Row{999999.9f, "1000000"},
           Row{99999.95f, "100000"},
           Row{3.40282e38f, "3.40282e38"},
           Row{1.17549435e-38f, "1.17549e-38"},
           Row{1.2345678e-6f, "0.00000123457"},
           Row{1e15f, "1e15"},
           Row{1e14f, "100000000000000"},
           Row{-0.0f, "-0"},
       }) {
    EXPECT_EQ(printed(format_float, row.value), row.text);
  }
  EXPECT_EQ(printed(format_float_exact, 16777216.0f), "16777216");
  EXPECT_EQ(printed(format_float_exact, 0.1f), "0.1");
  EXPECT_EQ(printed(format_float_exact, 0.0f), "0");
}

TEST(Values, ShortFormsFitOdbcsDisplaySizes) {
  for (const double value :
       {1.7976931348623157e308, -1.7976931348623157e308, -2.2250738585072014e-308, 5e-324, 0.1, 1e15, 123.456}) {
    EXPECT_LE(printed(format_double_short, value).size(), 24u);
    EXPECT_EQ(std::stod(printed(format_double_short, value > 1e-300 || value < -1e-300 ? value : 1.0)),
              value > 1e-300 || value < -1e-300 ? value : 1.0);
  }
  for (const float value : {3.4028235e38f, -3.4028235e38f, -1.17549435e-38f})
    EXPECT_LE(printed(format_float_short, value).size(), 14u);
  EXPECT_EQ(printed(format_double_short, 1500.0), "1.5e3");
  EXPECT_EQ(printed(format_double_short, 0.0), "0");
}

TEST(Values, FixedDecimals) {
  char room[kMaxForm];
  EXPECT_EQ(std::string(room, format_fixed(1.1, 2, room)), "1.10");
  EXPECT_EQ(std::string(room, format_fixed(-0.005, 2, room)), "-0.01");
  EXPECT_LE(format_fixed(-std::numeric_limits<double>::max(), 30, room) - room, static_cast<std::ptrdiff_t>(kMaxForm));
}

TEST(Values, NotANumberAndInfinityPrint) {
  EXPECT_EQ(printed(format_double, std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(printed(format_double, -std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(printed(format_double, std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Values, DigitsOfAnyLengthUpToSixtyFourBits) {
  for (int size = 1; size <= 19; ++size) {
    const std::string digits = std::string("1234567890123456789").substr(0, static_cast<std::size_t>(size));
    std::uint64_t value = 0;
    ASSERT_TRUE(parse_digits(digits, value)) << digits;
    EXPECT_EQ(std::to_string(value), digits);
    ASSERT_TRUE(parse_digits(std::string(20, '0') + digits, value)) << digits;  // ZEROFILL
    EXPECT_EQ(std::to_string(value), digits);
    // A character beside the digits at every place is found.
    for (std::size_t at = 0; at < digits.size(); ++at) {
      for (const char wrong : {'/', ':', ' ', '.', '\0', '\x80', '\xff', 'a', '-'}) {
        std::string broken = digits;
        broken[at] = wrong;
        EXPECT_FALSE(parse_digits(broken, value)) << broken;
      }
    }
  }
  std::uint64_t value = 0;
  EXPECT_TRUE(parse_digits("18446744073709551615", value));
  EXPECT_EQ(value, ~std::uint64_t{0});
  EXPECT_FALSE(parse_digits("18446744073709551616", value));
  EXPECT_FALSE(parse_digits("99999999999999999999", value));
  EXPECT_FALSE(parse_digits("100000000000000000000", value));
  EXPECT_FALSE(parse_digits("1844674407370955161x", value));
  EXPECT_FALSE(parse_digits("", value));
  EXPECT_TRUE(parse_digits(std::string(200, '0') + "7", value));
  EXPECT_EQ(value, 7u);
  EXPECT_TRUE(parse_digits(std::string(200, '0'), value));
  EXPECT_EQ(value, 0u);
}

// The vector compare must find a wrong character wherever it is, whatever it is.
TEST(Values, EveryCharacterOfADateAndTimeCounts) {
  const std::string good = "2020-12-28 23:59:58.123456";
  DateTime value;
  ASSERT_TRUE(parse_date_time(good, value));
  EXPECT_EQ(value.date.year, 2020u);
  EXPECT_EQ(value.date.month, 12u);
  EXPECT_EQ(value.date.day, 28u);
  EXPECT_EQ(value.time.hour, 23u);
  EXPECT_EQ(value.time.minute, 59u);
  EXPECT_EQ(value.time.second, 58u);
  EXPECT_EQ(value.time.micro, 123456u);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string other = good;
      other[at] = static_cast<char>(c);
      const bool is_digit = c >= '0' && c <= '9', was_digit = good[at] >= '0' && good[at] <= '9';
      if (is_digit && was_digit) continue;  // another date, or a field out of range
      ASSERT_EQ(parse_date_time(other, value), other == good) << at << " " << c;
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(parse_date_time(good.substr(0, size), value), size == 19 || size > 20) << size;
  }
}

TEST(Values, FractionsOfAnySizeAreMicroseconds) {
  Time time;
  const std::string digits = "123456";
  for (std::size_t size = 1; size <= 6; ++size) {
    ASSERT_TRUE(parse_time("-100:00:00." + digits.substr(0, size), time));
    EXPECT_EQ(std::to_string(time.micro), digits.substr(0, size) + std::string(6 - size, '0'));
    EXPECT_EQ(time.hour, 100u);
    EXPECT_TRUE(time.negative);
  }
  EXPECT_TRUE(parse_time("0838:59:59", time));
  EXPECT_EQ(time.hour, 838u);
}

// The eight characters of a clock are read at once: none of them may lie in front of the text.
TEST(Values, ColonTooEarlyMakesNoTime) {
  Time time;
  const std::string text = "12:34:56:78:90";
  for (const std::size_t begin : {1u, 2u, 4u, 5u, 7u}) {
    EXPECT_FALSE(parse_time(std::string_view(text).substr(begin), time)) << begin;
  }
}

TEST(Values, DatesAndTimesPrintAsTheyAreRead) {
  char room[kMaxForm];
  DateTime value;
  for (const char* text : {"0000-00-00 00:00:00.000000", "9999-12-31 23:59:59.999999", "2020-02-29 01:02:03.000004"}) {
    ASSERT_TRUE(parse_date_time(text, value));
    EXPECT_EQ(std::string(room, format_date_time(value, 6, room)), text);
    EXPECT_EQ(std::string(room, format_date(value.date, room)), std::string(text).substr(0, 10));
    EXPECT_EQ(std::string(room, format_date_time(value, 0, room)), std::string(text).substr(0, 19));
    EXPECT_EQ(std::string(room, format_date_time(value, 2, room)), std::string(text).substr(0, 22));
  }
  Time time;
  for (const char* text : {"-838:59:59.999999", "00:00:00.000000", "100:00:00.000001"}) {
    ASSERT_TRUE(parse_time(text, time));
    EXPECT_EQ(std::string(room, format_time(time, 6, room)), text);
  }
}

TEST(Values, CalendarKnowsLeapYears) {
  EXPECT_TRUE(is_calendar_date({2000, 2, 29}));
  EXPECT_TRUE(is_calendar_date({2024, 2, 29}));
  EXPECT_FALSE(is_calendar_date({1900, 2, 29}));
  EXPECT_FALSE(is_calendar_date({2023, 2, 29}));
  EXPECT_FALSE(is_calendar_date({2024, 4, 31}));
  EXPECT_TRUE(is_calendar_date({1, 1, 1}));
  EXPECT_FALSE(is_calendar_date({0, 1, 1}));
  EXPECT_TRUE(is_calendar_date({9999, 12, 31}));
  EXPECT_FALSE(is_calendar_date({10000, 1, 1}));
  EXPECT_TRUE(is_calendar_date(today()));
}

}  // namespace
}  // namespace selkie::odbc
