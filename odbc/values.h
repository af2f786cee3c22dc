// The values that conversions pass between the wire and the application, their text forms, and the literals that carry them.
// Depends on the standard library only. Nothing here depends on a locale.
// Spec: ODBC Appendix C "Literals in ODBC", Appendix D "Numeric Literals", "Interval Literals"; MySQL manual "Date and Time
// Types"
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "odbc/digits.h"

namespace selkie::odbc {

struct Date {
  std::uint32_t year = 0, month = 0, day = 0;
  // MySQL's '0000-00-00' and '2020-00-10': no date of the calendar.
  bool is_zero() const { return month == 0 || day == 0; }
};

// A time of day or, as MySQL's TIME, a span: any number of hours, with a sign.
struct Time {
  bool negative = false;
  std::uint32_t hour = 0, minute = 0, second = 0, micro = 0;
};

struct DateTime {
  Date date;
  Time time;  // never negative, below 24 hours
};

// The 16 bytes of a UUID in the order they are written.
using Guid = std::array<std::uint8_t, 16>;

// --- Numbers

// A numeric literal taken apart: views into the text.
struct NumberText {
  bool negative = false;
  std::string_view whole, fraction;  // digits only
  std::int32_t exponent = 0;         // clamped to where nothing changes any more

  // The digits, whole and fraction as one sequence.
  std::size_t digits() const { return whole.size() + fraction.size(); }
  std::uint32_t digit(std::size_t i) const {
    const char c = i < whole.size() ? whole[i] : fraction[i - whole.size()];
    return static_cast<std::uint32_t>(c - '0');
  }
  // How many of the digits stand before the decimal point; may be negative or more than there are.
  std::int64_t point() const { return static_cast<std::int64_t>(whole.size()) + exponent; }
};

// Reads [space][sign]digits[.digits][e[sign]digits][space]. False: no numeric literal.
bool scan_number(std::string_view text, NumberText& number);

// What became of a number on its way to an integer.
enum class Fit : std::uint8_t { exact, fraction_lost, overflow };
Fit to_magnitude(const NumberText& number, std::uint64_t& magnitude);

enum class Parsed : std::uint8_t { ok, not_a_number, overflow };
Parsed parse_double(std::string_view text, double& value);
Parsed parse_float(std::string_view text, float& value);

// Eight ASCII digits, as they lie in memory, as a number; false when one of them is no digit.
inline bool parse_eight_digits(std::uint64_t v, std::uint64_t& value) {
  if (((v & 0xf0f0f0f0f0f0f0f0) | (((v + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) != 0x3333333333333333) return false;
  v = (v & 0x0f0f0f0f0f0f0f0f) * 2561 >> 8;
  v = (v & 0x00ff00ff00ff00ff) * 6553601 >> 16;
  value = (v & 0x0000ffff0000ffff) * 42949672960001 >> 32;
  return true;
}
inline bool parse_eight_digits(const char* text, std::uint64_t& value) {
  std::uint64_t v;
  std::memcpy(&v, text, 8);
  return parse_eight_digits(v, value);
}

// The last `count` of eight bytes in memory, 1 to 8, with zeros in front.
constexpr std::uint64_t last_digits(std::uint64_t eight, std::size_t count) {
  constexpr std::uint64_t kZeros = 0x3030303030303030;
  const std::size_t others = 8 * (8 - count);
  return (eight >> others << others) | (kZeros & ((std::uint64_t{1} << others) - 1));
}

// Digits only, at least one. False: something else, or beyond 64 bits.
inline bool parse_digits(std::string_view text, std::uint64_t& value) {
  const char* p = text.data();
  std::size_t left = text.size();
  for (; left > 19 && *p == '0'; ++p) --left;  // ZEROFILL
  if (left == 0 || left > 20) return false;
  std::uint64_t v = 0;
  if (left < 4) {
    for (; left > 0; ++p, --left) {
      const auto digit = static_cast<unsigned>(*p - '0');
      if (digit > 9) return false;
      v = v * 10 + digit;
    }
    value = v;
    return true;
  }
  if (left < 8) {  // the first four and the last four, some of them the same
    std::uint32_t first, last;
    std::memcpy(&first, p, 4);
    std::memcpy(&last, p + left - 4, 4);
    const std::uint64_t before = std::uint64_t{first} << 8 * (8 - left) & 0xffffffff;
    return parse_eight_digits(last_digits(std::uint64_t{last} << 32 | before, left), value);
  }
  std::uint64_t block;
  for (; left >= 8; p += 8, left -= 8) {
    if (!parse_eight_digits(p, block)) return false;
    v = v * 100'000'000 + block;
  }
  if (left != 0) {  // behind eight that were read already
    std::memcpy(&block, p + left - 8, 8);
    if (!parse_eight_digits(last_digits(block, left), block)) return false;
    if (__builtin_mul_overflow(v, kPowers[left], &v)) return false;
    if (__builtin_add_overflow(v, block, &v)) return false;
  }
  value = v;
  return true;
}

// --- Dates and times

// As the servers write them, nothing around. Months and days may be zero; no calendar check.
bool parse_date(std::string_view text, Date& date);            // 2020-02-29
bool parse_time(std::string_view text, Time& time);            // -838:59:59.999999
bool parse_date_time(std::string_view text, DateTime& value);  // 2020-02-29 23:59:59.999999

// Literals as people write them: spaces around, one digit for two, an ODBC escape {d '...'}, {t '...'}, {ts '...'} around, 'T'
// between date and time.
enum class TemporalForm : std::uint8_t { none, date, time, date_time };
struct TemporalLiteral {
  TemporalForm form = TemporalForm::none;
  DateTime value;              // value.time alone for a time
  std::uint32_t nano = 0;      // billionths behind the microseconds: up to 999
  bool fraction_lost = false;  // digits behind those that are not zero
  bool is_finer_than_micro() const { return nano != 0 || fraction_lost; }
};
// form is none when the text is no such literal or names no day of the calendar.
TemporalLiteral scan_temporal(std::string_view text);

bool is_late_day_of_month(const Date& date);  // of a date past the 28th
// 1 to 9999, real month and day.
inline bool is_calendar_date(const Date& date) {
  if (date.year - 1 >= 9999 || date.month - 1 >= 12 || date.day == 0) return false;
  return date.day <= 28 || is_late_day_of_month(date);
}
// Not negative, below 24 hours, fields in range.
inline bool is_time_of_day(const Time& time) {
  return !time.negative && time.hour < 24 && time.minute < 60 && time.second < 60 && time.micro < 1'000'000;
}
Date today();  // in the process's time zone

// --- Text forms. Each writes to `out` and returns the end.
// Integers, dates and times need no more room than their text; their fields are those of a date and of a clock.
char* format_unsigned(std::uint64_t value, char* out);
char* format_signed(std::int64_t value, char* out);
template <std::integral T>
char* format_integer(T value, char* out) {
  if constexpr (std::is_signed_v<T>) {
    return format_signed(value, out);
  } else {
    return format_unsigned(value, out);
  }
}
char* format_date(const Date& date, char* out);
char* format_time(const Time& time, unsigned fraction_digits, char* out);
char* format_date_time(const DateTime& value, unsigned fraction_digits, char* out);
// Approximate numbers need room for kMaxForm characters, and write to some of it behind their text.
inline constexpr std::size_t kMaxForm = 352;  // the widest: DOUBLE's 309 digits before the point and 30 behind it
// As the servers print one without fixed decimals: the fewest digits that read back the same (six significant ones for a
// FLOAT), in full between 1e-15 and 1e15, else with an exponent.
char* format_double(double value, char* out);
char* format_float(float value, char* out);
char* format_float_exact(float value, char* out);  // as many digits as it needs, not six
// The same digits, always with an exponent: never longer than ODBC's display size of the type.
char* format_double_short(double value, char* out);
char* format_float_short(float value, char* out);
// With exactly `decimals` digits behind the point, as the servers print a number with fixed ones: rounded, or, where the fewest
// digits that read back the same are not so many, those and zeros.
char* format_fixed(double value, unsigned decimals, char* out);
inline constexpr std::size_t kGuidCharacters = 36;
char* format_guid(const Guid& guid, char* out);  // always kGuidCharacters

// 8-4-4-4-12 hexadecimal digits; spaces and a pair of braces around are allowed.
bool parse_guid(std::string_view text, Guid& guid);

}  // namespace selkie::odbc
