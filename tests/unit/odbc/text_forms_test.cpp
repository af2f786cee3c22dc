// The text forms of numbers, dates and times against the standard library's: to_chars and snprintf, put into the servers'
// order.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

#include "odbc/values.h"

namespace selkie::odbc {
namespace {

template <class Form, class... Arguments>
std::string printed(Form form, Arguments... arguments) {
  char room[kMaxForm];
  return {room, form(arguments..., room)};
}

template <class... Arguments>
std::string to_chars(Arguments... arguments) {
  char room[kMaxForm];
  return {room, std::to_chars(room, room + sizeof room, arguments...).ptr};
}

// A scientific form of to_chars as a server writes the number: in full from 1e-15 up to 1e15 and where digits stand behind the
// point, else with an exponent.
std::string as_servers_do(const std::string& scientific) {
  const std::size_t e = scientific.find('e');
  if (e == std::string::npos) return scientific;  // inf, nan
  const std::string sign = scientific.front() == '-' ? "-" : "";
  std::string digits;
  for (const char c : scientific.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (digits == "0") return sign + "0";
  const int exponent = std::stoi(scientific.substr(e + 1));
  const int point = exponent + 1, count = static_cast<int>(digits.size());
  const auto size = [](int n) { return static_cast<std::size_t>(n); };
  if (point < -14 || (point > 15 && count <= point)) {
    return sign + digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "") + "e" + std::to_string(exponent);
  }
  if (point <= 0) return sign + "0." + std::string(size(-point), '0') + digits;
  if (count <= point) return sign + digits + std::string(size(point - count), '0');
  return sign + digits.substr(0, size(point)) + "." + digits.substr(size(point));
}

std::string expected_double(double value) { return as_servers_do(to_chars(value, std::chars_format::scientific)); }
std::string expected_float(float value) { return as_servers_do(to_chars(value, std::chars_format::scientific, 5)); }

// Powers of two and ten, the values around them, their multiples, and values made of random bits.
template <class T, class Each>
void for_many_reals(Each each) {
  const auto with_neighbours = [&](T value) {
    constexpr T kInfinity = std::numeric_limits<T>::infinity();
    T below = value, above = value;
    for (int i = 0; i < 3; ++i) {
      for (const T near : {below, above}) each(near), each(-near);
      below = std::nextafter(below, -kInfinity);
      above = std::nextafter(above, kInfinity);
    }
  };
  for (const T value :
       {T(0), std::numeric_limits<T>::max(), std::numeric_limits<T>::min(), std::numeric_limits<T>::denorm_min(),
        std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN()}) {
    with_neighbours(value);
  }
  for (int exponent = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
       exponent < std::numeric_limits<T>::max_exponent; ++exponent) {
    with_neighbours(std::ldexp(T(1), exponent));
  }
  for (int exponent = std::numeric_limits<T>::min_exponent10 - 10; exponent <= std::numeric_limits<T>::max_exponent10;
       ++exponent) {
    for (int multiple = 1; multiple < 10; ++multiple) {
      T value{};
      const std::string text = std::to_string(multiple) + "e" + std::to_string(exponent);
      if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) with_neighbours(value);
    }
  }
  std::mt19937_64 random(20);
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  for (int i = 0; i < 100'000; ++i) each(std::bit_cast<T>(static_cast<Bits>(random())));
  // Decimals of every length in front of and behind the point, and what their neighbours look like.
  for (int i = 0; i < 100'000; ++i) {
    const auto digits = random() >> random() % 64;
    const auto scale = std::pow(10.0, static_cast<double>(random() % 12));
    const T value = static_cast<T>(static_cast<double>(digits) / scale);
    each(value), each(-value), each(std::nextafter(value, T(0)));
  }
}

TEST(TextForms, IntegersOfAllSizes) {
  const auto compare = [](std::uint64_t value) {
    ASSERT_EQ(printed(format_unsigned, value), to_chars(value));
    const auto number = static_cast<std::int64_t>(value);
    ASSERT_EQ(printed(format_signed, number), to_chars(number));
  };
  for (std::uint64_t value = 0; value < 12'000; ++value) compare(value), compare(0 - value);
  for (const std::uint64_t power : kPowers) {
    for (std::uint64_t value = power - 3; value != power + 3; ++value) compare(value), compare(0 - value);
  }
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (std::uint64_t value = power - 3; value != power + 3; ++value) compare(value);
  }
  std::mt19937_64 random(21);
  for (int i = 0; i < 200'000; ++i) compare(random() >> random() % 64);
}

TEST(TextForms, IntegersWriteNothingBehindTheirEnd) {
  for (const std::uint64_t power : kPowers) {
    std::string room(24, '#');
    const auto size = static_cast<std::size_t>(format_unsigned(power, room.data()) - room.data());
    EXPECT_EQ(room.substr(size), std::string(room.size() - size, '#'));
  }
}

TEST(TextForms, DoublesAsTheFewestDigitsThatReadBackTheSame) {
  for_many_reals<double>([](double value) {
    if (std::isnan(value)) return;  // its sign is not printed
    ASSERT_EQ(printed(format_double, value), expected_double(value));
  });
}

// Every decimal of a few digits, the plain numbers that have a way of their own: prices, rates, counts.
TEST(TextForms, DoublesOfFewDecimalsAreThoseDecimals) {
  std::mt19937_64 random(22);
  for (unsigned places = 0; places <= 8; ++places) {
    for (int i = 0; i < 30'000; ++i) {
      const std::uint64_t digits = i < 20'000 ? static_cast<std::uint64_t>(i) : random() % kPowers[1 + random() % 17];
      const double value = static_cast<double>(digits) / static_cast<double>(kPowers[places]);
      ASSERT_EQ(printed(format_double, value), expected_double(value)) << digits << " " << places;
    }
  }
}

TEST(TextForms, FloatsAsSixDigits) {
  for_many_reals<float>([](float value) {
    if (std::isnan(value)) return;
    ASSERT_EQ(printed(format_float, value), expected_float(value));
    ASSERT_EQ(printed(format_float_exact, value), as_servers_do(to_chars(value, std::chars_format::scientific)));
  });
}

// As MySQL 9.7 and MariaDB 10.11 print DOUBLE(30,3), DOUBLE(30,20) and FLOAT(20,2).
TEST(TextForms, FixedDecimalsAreTheFewestDigitsWithZerosOrTheValueRounded) {
  EXPECT_EQ(printed(format_fixed, 185656976871319744.0, 3u), "185656976871319740.000");
  EXPECT_EQ(printed(format_fixed, 1e23, 3u), "100000000000000000000000.000");
  EXPECT_EQ(printed(format_fixed, 450359962737049.5625, 3u), "450359962737049.560");
  EXPECT_EQ(printed(format_fixed, 2.0 / 3, 20u), "0.66666666666666660000");
  EXPECT_EQ(printed(format_fixed, 0.1, 20u), "0.10000000000000000000");
  EXPECT_EQ(printed(format_fixed, double{0.1f}, 10u), "0.1000000015");
  EXPECT_EQ(printed(format_fixed, 1048576.125, 2u), "1048576.12");
  EXPECT_EQ(printed(format_fixed, 1048576.375, 2u), "1048576.38");
}

// In full, zeros behind it; "" when there are more digits than that.
std::string padded(double value, unsigned decimals) {
  const std::string scientific = to_chars(std::abs(value), std::chars_format::scientific);
  const std::size_t e = scientific.find('e');
  std::string digits = scientific.substr(0, 1) + (e > 2 ? scientific.substr(2, e - 2) : "");
  if (value == 0) digits = "0";
  const int point = std::stoi(scientific.substr(e + 1)) + 1;
  if (point <= 0) digits.insert(0, static_cast<std::size_t>(1 - point), '0');
  const auto whole = static_cast<std::size_t>(std::max(point, 1));
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  if (digits.size() > whole + decimals) return "";
  digits.append(whole + decimals - digits.size(), '0');
  if (decimals > 0) digits.insert(whole, 1, '.');
  return (std::signbit(value) ? "-" : "") + digits;
}

TEST(TextForms, FixedDecimalsOfManyValues) {
  std::mt19937_64 random(23);
  for (unsigned decimals = 0; decimals <= 30; ++decimals) {
    const auto compare = [&](double value) {
      const std::string zeros = padded(value, decimals);
      ASSERT_EQ(printed(format_fixed, value, decimals),
                !zeros.empty() ? zeros : to_chars(value, std::chars_format::fixed, static_cast<int>(decimals)));
    };
    for (int i = 0; i < 1'000; ++i) {
      const std::uint64_t digits = random() % kPowers[1 + random() % 17];
      const double value = static_cast<double>(digits) / static_cast<double>(kPowers[static_cast<std::size_t>(i) % 8]);
      compare(value), compare(-value);
      compare(std::ldexp(value, static_cast<int>(random() % 200) - 100));
    }
    for (const double value : {0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.000001, 0.0000005, 999999999.999999, 1e9, 1e15, 1e300, 5e-324,
                               std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()}) {
      compare(value);
    }
  }
}

TEST(TextForms, DatesAndTimesOfEveryField) {
  char text[64];
  std::mt19937_64 random(24);
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  for (unsigned i = 0; i < 10'000; ++i) {
    const Date date{i, below(13), below(32)};
    Time time{false, below(24), below(60), below(60), below(1'000'000)};
    const unsigned digits = i % 7;
    const auto clock = [&](int length) {
      length += std::snprintf(text + length, 32, ":%02u:%02u", time.minute, time.second);
      if (digits == 0) return;
      std::snprintf(text + length, 32, ".%06u", time.micro);
      text[length + 1 + static_cast<int>(digits)] = '\0';
    };
    const int length = std::snprintf(text, sizeof text, "%04u-%02u-%02u", date.year, date.month, date.day);
    ASSERT_EQ(printed(format_date, date), text);
    clock(length + std::snprintf(text + length, 32, " %02u", time.hour));
    ASSERT_EQ(printed(format_date_time, DateTime{date, time}, digits), text);
    time.negative = i % 2 == 1;
    time.hour = i % 839;
    clock(std::snprintf(text, sizeof text, "%s%02u", time.negative ? "-" : "", time.hour));
    ASSERT_EQ(printed(format_time, time, digits), text);
  }
}

}  // namespace
}  // namespace selkie::odbc
