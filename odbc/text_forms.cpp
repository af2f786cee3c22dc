// Values as text, in the spelling of the servers.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "odbc/values.h"

namespace selkie::odbc {
namespace {

char* put_clock(const Time& time, unsigned fraction_digits, char* out) {  // :MM:SS.ffffff
  *out++ = ':';
  out = put_two(time.minute, out);
  *out++ = ':';
  out = put_two(time.second, out);
  if (fraction_digits == 0) return out;
  *out++ = '.';
  if (fraction_digits >= 6) return put_six(time.micro, out);
  return put_digits(static_cast<std::uint32_t>(time.micro / kPowers[6 - fraction_digits]), fraction_digits, out);
}

}  // namespace

char* format_unsigned(std::uint64_t value, char* out) {
  std::size_t count = count_digits(value);
  char* const end = out + count;
  constexpr std::uint64_t kBlock = kPowers[8];
  for (; value >= kBlock; value /= kBlock) put_eight(static_cast<std::uint32_t>(value % kBlock), out + (count -= 8));
  put_digits(static_cast<std::uint32_t>(value), count, out);
  return end;
}

char* format_signed(std::int64_t value, char* out) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) *out++ = '-', magnitude = 0 - magnitude;
  return format_unsigned(magnitude, out);
}

char* format_date(const Date& date, char* out) {
  out = put_four(date.year, out);
  *out++ = '-';
  out = put_two(date.month, out);
  *out++ = '-';
  return put_two(date.day, out);
}

char* format_time(const Time& time, unsigned fraction_digits, char* out) {
  if (time.negative) *out++ = '-';
  out = time.hour < 100 ? put_two(time.hour, out) : format_unsigned(time.hour, out);
  return put_clock(time, fraction_digits, out);
}

char* format_date_time(const DateTime& value, unsigned fraction_digits, char* out) {
  out = format_date(value.date, out);
  *out++ = ' ';
  out = put_two(value.time.hour, out);
  return put_clock(value.time, fraction_digits, out);
}

// --- Approximate numbers

namespace {

// The end of digits without the zeros at their end. They are not all zeros.
char* drop_zeros(char* end) {
  while (end[-1] == '0') --end;
  return end;
}

// A decimal of up to 15 digits, none or six of them behind the point. No other decimal of up to 15 digits reads back as the
// same DOUBLE, so those are the fewest digits, and what the number was in the first place.
struct PlainDecimal {
  std::uint64_t whole = 0;
  std::uint32_t millionths = 0;
};

// False for any other number, for infinity and NaN.
bool to_plain_decimal(double magnitude, PlainDecimal& plain) {
  static_assert(std::numeric_limits<double>::digits10 == 15);
  constexpr double kMillion = 1e6;
  if (!(magnitude < 1e15)) return false;
  const auto whole = static_cast<std::int64_t>(magnitude);
  if (static_cast<double>(whole) == magnitude) {
    plain = {static_cast<std::uint64_t>(whole), 0};
    return true;
  }
  if (magnitude >= 1e9) return false;
  const auto scaled = static_cast<std::int64_t>(magnitude * kMillion + 0.5);
  if (static_cast<double>(scaled) / kMillion != magnitude) return false;
  plain = {static_cast<std::uint64_t>(scaled) / 1'000'000, static_cast<std::uint32_t>(scaled % 1'000'000)};
  return true;
}

char* put_whole(double value, const PlainDecimal& plain, char* out) {
  if (std::signbit(value)) *out++ = '-';
  return format_unsigned(plain.whole, out);
}

// The digits of a number and where the decimal point stands: d1 d2 d3 with point 1 is d1.d2d3.
constexpr std::size_t kMostDigits = 17;
struct Digits {
  // What to_chars wrote, -1.2345678901234567e-308 at most; as much again so that all digits may be copied, however many.
  char text[24 + kMostDigits];
  const char* first = text;
  std::size_t count = 0;
  int point = 0;
  bool negative = false;
};

// digits.text up to `end` is [-]d[.ddd]e±dd, its exponent of two or three digits.
void take_apart(Digits& digits, char* end) {
  char* p = digits.text;
  digits.negative = *p == '-';
  if (digits.negative) ++p;
  char* e = end - 4;
  if (*e != 'e') --e;
  if (p[1] == '.') p[1] = p[0], ++p;
  digits.first = p;
  digits.count = static_cast<std::size_t>(drop_zeros(e) - p);
  int exponent = 0;
  for (const char* digit = e + 2; digit < end; ++digit) exponent = exponent * 10 + (*digit - '0');
  digits.point = (e[1] == '-' ? -exponent : exponent) + 1;
}

template <class T>
void take_shortest(T value, Digits& digits) {
  take_apart(digits, std::to_chars(digits.text, std::end(digits.text), value, std::chars_format::scientific).ptr);
}

// Six significant digits, half rounded to even.
void take_six(float value, Digits& digits) {
  const double magnitude = std::abs(value);
  if (magnitude >= 1e-7 && magnitude < 1e6) {
    double scaled = magnitude;  // exactly: 24 bits times the 28 of 5 to the power of 12 are less than a double's 53
    for (digits.point = 6; scaled < 1e5; --digits.point) scaled *= 10;
    auto six = static_cast<std::uint32_t>(scaled);
    const double rest = scaled - six;
    if (rest > 0.5 || (rest == 0.5 && six % 2 == 1)) ++six;
    if (six == 1'000'000) six = 100'000, ++digits.point;
    digits.negative = value < 0;
    digits.count = static_cast<std::size_t>(drop_zeros(put_six(six, digits.text)) - digits.text);
    return;
  }
  take_apart(digits, std::to_chars(digits.text, std::end(digits.text), value, std::chars_format::scientific, 5).ptr);
}

// All digits from `from` on and what is behind them: one move of a size known here is cheaper than a loop.
void copy_digits(const char* from, char* out) { std::memcpy(out, from, kMostDigits); }

char* put_exponent_form(const Digits& digits, char* out) {
  if (digits.negative) *out++ = '-';
  *out++ = digits.first[0];
  if (digits.count > 1) {
    *out++ = '.';
    copy_digits(digits.first + 1, out);
    out += digits.count - 1;
  }
  *out++ = 'e';
  return format_signed(digits.point - 1, out);
}

char* put_as_servers_do(const Digits& digits, char* out) {
  const auto count = static_cast<int>(digits.count);
  const int point = digits.point;
  // 1234567890123456.8 is written in full as well: 17 digits, 16 before the point.
  if (point < -14 || (point > 15 && count <= point)) return put_exponent_form(digits, out);
  if (digits.negative) *out++ = '-';
  if (point <= 0) {
    std::memcpy(out, "0.00000000000000", 16);
    out += 2 - point;
    copy_digits(digits.first, out);
    return out + count;
  }
  copy_digits(digits.first, out);
  if (count <= point) {
    std::memcpy(out + count, "00000000000000", 14);
    return out + point;
  }
  out[point] = '.';
  copy_digits(digits.first + point, out + point + 1);
  return out + count + 1;
}

template <class T>
char* put_special(T value, char* out) {
  const std::string_view text = value == 0          ? std::signbit(value) ? "-0" : "0"
                                : std::isnan(value) ? "nan"
                                : value < 0         ? "-inf"
                                                    : "inf";
  return std::copy(text.begin(), text.end(), out);
}

template <class T>
bool is_special(T value) {
  return value == 0 || !std::isfinite(value);
}

template <auto take, auto put, class T>
char* format_digits(T value, char* out) {
  if (is_special(value)) return put_special(value, out);
  Digits digits;
  take(value, digits);
  return put(digits, out);
}

}  // namespace

char* format_double(double value, char* out) {
  PlainDecimal plain;
  if (to_plain_decimal(std::abs(value), plain)) {
    out = put_whole(value, plain, out);
    if (plain.millionths == 0) return out;
    *out++ = '.';
    return drop_zeros(put_six(plain.millionths, out));
  }
  return format_digits<take_shortest<double>, put_as_servers_do>(value, out);
}

char* format_float(float value, char* out) { return format_digits<take_six, put_as_servers_do>(value, out); }
char* format_float_exact(float value, char* out) { return format_digits<take_shortest<float>, put_as_servers_do>(value, out); }
char* format_double_short(double value, char* out) {
  return format_digits<take_shortest<double>, put_exponent_form>(value, out);
}
char* format_float_short(float value, char* out) { return format_digits<take_six, put_exponent_form>(value, out); }

char* format_fixed(double value, unsigned decimals, char* out) {
  // The value is less than a ten-millionth away from its decimal, so rounding it gives that decimal.
  PlainDecimal plain;
  const unsigned kept = std::min(decimals, 6u);
  if (to_plain_decimal(std::abs(value), plain) && plain.millionths % kPowers[6 - kept] == 0) {
    out = put_whole(value, plain, out);
    if (decimals == 0) return out;
    *out++ = '.';
    out = put_digits(static_cast<std::uint32_t>(plain.millionths / kPowers[6 - kept]), kept, out);
    return std::fill_n(out, decimals - kept, '0');
  }
  if (!std::isfinite(value)) return put_special(value, out);
  Digits digits;
  take_shortest(value, digits);
  const int count = static_cast<int>(digits.count), point = digits.point, places = static_cast<int>(decimals);
  if (count - point > places) return std::to_chars(out, out + kMaxForm, value, std::chars_format::fixed, places).ptr;
  if (digits.negative) *out++ = '-';
  if (point <= 0) *out++ = '0';
  const int before = std::clamp(point, 0, count);
  out = std::copy_n(digits.first, before, out);
  out = std::fill_n(out, std::max(point, 0) - before, '0');
  if (places == 0) return out;
  *out++ = '.';
  char* const end = out + places;
  out = std::fill_n(out, std::max(-point, 0), '0');
  out = std::copy_n(digits.first + before, count - before, out);
  std::fill(out, end, '0');
  return end;
}

char* format_guid(const Guid& guid, char* out) {
  constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < guid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = kHex[guid[i] >> 4];
    *out++ = kHex[guid[i] & 15];
  }
  return out;
}

}  // namespace selkie::odbc
