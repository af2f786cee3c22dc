#include "odbc/values.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <ctime>
#include <limits>

namespace selkie::odbc {
namespace {

static_assert(std::endian::native == std::endian::little, "parse_eight_digits reads the first digit from the lowest byte");

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_sign(std::string_view& text) {
  if (take(text, '-')) return true;
  take(text, '+');
  return false;
}

constexpr std::array<double, 23> kPowersOfTen{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// What one division rounds right: an integer that T holds exactly over a power of ten that it holds exactly.
// The plain numbers of almost all columns are such; W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
template <class T>
bool parse_exact(std::string_view text, T& value) {
  constexpr std::uint64_t kMaxMantissa = std::uint64_t{1} << std::numeric_limits<T>::digits;
  constexpr std::size_t kMaxFraction = std::is_same_v<T, float> ? 10 : 22;
  const bool negative = take(text, '-');
  std::uint64_t mantissa = 0;
  const auto take_run = [&](std::size_t i) {
    std::uint64_t block;
    while (i + 8 <= text.size() && parse_eight_digits(text.data() + i, block))
      mantissa = mantissa * 100'000'000 + block, i += 8;
    for (; i < text.size() && is_digit(text[i]); ++i) mantissa = mantissa * 10 + static_cast<unsigned>(text[i] - '0');
    return i;
  };
  if (text.size() > 20) return false;  // 19 digits and the point: what 64 bits hold
  const std::size_t whole = take_run(0);
  std::size_t end = whole;
  if (end < text.size() && text[end] == '.') end = take_run(end + 1);
  const std::size_t fraction = end == whole ? 0 : end - whole - 1;
  if (end != text.size() || whole == 0 || whole + fraction > 19 || mantissa > kMaxMantissa || fraction > kMaxFraction)
    return false;
  const T magnitude = static_cast<T>(mantissa) / static_cast<T>(kPowersOfTen[fraction]);
  value = negative ? -magnitude : magnitude;
  return true;
}

// What from_chars takes to its end and what begins like a number: it knows names, too, such as "inf".
template <class T>
bool read_plain_number(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const char* const first = text.data() + (text.starts_with('-') ? 1 : 0);
  if (first == end || !is_digit(*first)) return false;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

template <class T>
Parsed parse_approximate(std::string_view text, T& value) {
  if (parse_exact(text, value)) return Parsed::ok;
  if (read_plain_number(text, value)) return Parsed::ok;
  NumberText number;
  if (!scan_number(text, number)) return Parsed::not_a_number;
  text = trim(text);
  take(text, '+');
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc()) return Parsed::ok;
  // Out of range: too large, or too small to be told from zero.
  std::int64_t point = number.point();
  std::size_t i = 0;
  while (i < number.digits() && number.digit(i) == 0) ++i, --point;
  if (i < number.digits() && point > 0) return Parsed::overflow;
  value = number.negative ? T(-0.0) : T(0);
  return Parsed::ok;
}

}  // namespace

bool scan_number(std::string_view text, NumberText& number) {
  text = trim(text);
  number.negative = take_sign(text);
  number.whole = take_digits(text);
  number.fraction = take(text, '.') ? take_digits(text) : std::string_view{};
  number.exponent = 0;
  if (number.digits() == 0) return false;
  if (take(text, 'e') || take(text, 'E')) {
    constexpr std::int32_t kLimit = 1'000'000'000;
    const bool negative = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return false;
    std::int32_t exponent = 0;
    for (const char c : digits) exponent = std::min(kLimit, exponent > kLimit / 10 ? kLimit : exponent * 10 + (c - '0'));
    number.exponent = negative ? -exponent : exponent;
  }
  return text.empty();
}

Fit to_magnitude(const NumberText& number, std::uint64_t& magnitude) {
  const auto digits = static_cast<std::int64_t>(number.digits());
  const std::int64_t point = number.point();
  std::uint64_t value = 0;
  std::int64_t i = 0;
  for (; i < std::min(point, digits); ++i) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return Fit::overflow;
    if (__builtin_add_overflow(value, std::uint64_t{number.digit(static_cast<std::size_t>(i))}, &value)) return Fit::overflow;
  }
  if (value != 0) {
    for (; i < point; ++i) {
      if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return Fit::overflow;
    }
  }
  magnitude = value;
  for (i = std::max<std::int64_t>(point, 0); i < digits; ++i) {
    if (number.digit(static_cast<std::size_t>(i)) != 0) return Fit::fraction_lost;
  }
  // A point before the first digit: all digits are fraction.
  if (point < 0) {
    for (i = 0; i < digits; ++i) {
      if (number.digit(static_cast<std::size_t>(i)) != 0) return Fit::fraction_lost;
    }
  }
  return Fit::exact;
}

Parsed parse_double(std::string_view text, double& value) { return parse_approximate(text, value); }
Parsed parse_float(std::string_view text, float& value) { return parse_approximate(text, value); }

// --- Dates and times

namespace {

// Eight characters that are digits or the separators of a pattern. After `match` byte i of the result is the number that the
// digits i and i + 1 make; `bad` gets bits where a character is neither.
constexpr std::uint64_t pattern_of(const char (&text)[9]) {
  std::uint64_t pattern = 0;
  for (unsigned i = 0; i < 8; ++i) pattern |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  return pattern;
}
// What to add so that the highest bit of a byte shows a digit above 9, a separator that differs at all.
constexpr std::uint64_t limits_of(const char (&text)[9]) {
  std::uint64_t limits = 0;
  for (unsigned i = 0; i < 8; ++i) limits |= std::uint64_t{text[i] == '0' ? 0x7f - 9u : 0x7fu} << (8 * i);
  return limits;
}

inline std::uint64_t match(const char* p, std::uint64_t pattern, std::uint64_t limits, std::uint64_t& bad) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  v ^= pattern;
  bad |= (v | (v + limits)) & 0x8080808080808080;
  return v * 10 + (v >> 8);
}
inline std::uint32_t pair(std::uint64_t matched, unsigned i) { return matched >> (8 * i) & 0xff; }

inline std::uint32_t two_digits(const char* p, std::uint64_t& bad) {
  const auto high = static_cast<std::uint32_t>(p[0]) - '0', low = static_cast<std::uint32_t>(p[1]) - '0';
  bad |= static_cast<std::uint64_t>(high > 9) | static_cast<std::uint64_t>(low > 9);
  return high * 10 + low;
}

// 2020-02-29; bits in the result where it is none.
inline std::uint64_t parse_date_at(const char* p, Date& date) {
  std::uint64_t bad = 0;
  const std::uint64_t matched = match(p, pattern_of("0000-00-"), limits_of("0000-00-"), bad);
  date.year = pair(matched, 0) * 100 + pair(matched, 2);
  date.month = pair(matched, 5);
  date.day = two_digits(p + 8, bad);
  return bad | static_cast<std::uint64_t>(date.month > 12) | static_cast<std::uint64_t>(date.day > 31);
}

// 23:59:59
inline std::uint64_t parse_clock_at(const char* p, Time& time) {
  std::uint64_t bad = 0;
  const std::uint64_t matched = match(p, pattern_of("00:00:00"), limits_of("00:00:00"), bad);
  time.hour = pair(matched, 0);
  time.minute = pair(matched, 3);
  time.second = pair(matched, 6);
  return bad | static_cast<std::uint64_t>(time.minute > 59) | static_cast<std::uint64_t>(time.second > 59);
}

// ".f" to ".ffffff", or nothing. The digits as microseconds.
inline bool parse_fraction(std::string_view text, std::uint32_t& micro) {
  micro = 0;
  if (text.empty()) return true;
  if (text.size() < 2 || text.size() > 7 || text[0] != '.') return false;
  if (text.size() == 7) {
    std::uint64_t bad = 0;
    const char* p = text.data() + 1;
    micro = two_digits(p, bad) * 10'000 + two_digits(p + 2, bad) * 100 + two_digits(p + 4, bad);
    return bad == 0;
  }
  constexpr std::array<std::uint32_t, 7> kScale{0, 0, 100'000, 10'000, 1'000, 100, 10};
  std::uint64_t digits;
  if (!parse_digits(text.substr(1), digits)) return false;
  micro = static_cast<std::uint32_t>(digits) * kScale[text.size()];
  return true;
}

}  // namespace

bool parse_date(std::string_view text, Date& date) { return text.size() == 10 && parse_date_at(text.data(), date) == 0; }

bool parse_time(std::string_view text, Time& time) {
  time.negative = take(text, '-');
  std::size_t colon = 2;
  if (text.size() < 8) return false;
  if (text[2] != ':') {
    colon = text.find(':');
    if (colon < 2 || colon > 4 || text.size() < colon + 6) return false;
  }
  // The last two digits of the hours belong to the clock, the ones before them are hundreds.
  std::uint64_t hundreds = 0;
  if (colon > 2 && !parse_digits(text.substr(0, colon - 2), hundreds)) return false;
  if (parse_clock_at(text.data() + colon - 2, time) != 0) return false;
  time.hour += static_cast<std::uint32_t>(hundreds) * 100;
  return parse_fraction(text.substr(colon + 6), time.micro);
}

bool parse_date_time(std::string_view text, DateTime& value) {
  if (text.size() < 19) return false;
  value.time.negative = false;
  std::uint64_t bad = parse_date_at(text.data(), value.date) | parse_clock_at(text.data() + 11, value.time);
  bad |= static_cast<std::uint64_t>(text[10] != ' ') | static_cast<std::uint64_t>(value.time.hour > 23);
  return bad == 0 && parse_fraction(text.substr(19), value.time.micro);
}

namespace {

// A field of 1 to `most` digits.
bool take_field(std::string_view& text, std::size_t most, std::uint32_t& value) {
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > most) return false;
  std::uint64_t wide;
  if (!parse_digits(digits, wide)) return false;
  value = static_cast<std::uint32_t>(wide);
  return true;
}

bool take_date(std::string_view& text, Date& date) {
  return text.size() > 4 && text[4] == '-' && take_field(text, 4, date.year) && take(text, '-') &&
         take_field(text, 2, date.month) && take(text, '-') && take_field(text, 2, date.day);
}

bool take_time(std::string_view& text, TemporalLiteral& literal) {
  Time& time = literal.value.time;
  time.negative = take_sign(text);
  if (!take_field(text, 4, time.hour) || !take(text, ':') || !take_field(text, 2, time.minute)) return false;
  time.second = time.micro = 0;
  if (!take(text, ':')) return true;
  if (!take_field(text, 2, time.second)) return false;
  if (!take(text, '.')) return true;
  const std::string_view digits = take_digits(text);
  std::uint32_t billionths = 0, unit = 100'000'000;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint32_t>(c - '0');
    literal.fraction_lost |= unit == 0 && digit != 0;
    billionths += digit * unit;
    unit /= 10;
  }
  time.micro = billionths / 1'000;
  literal.nano = billionths % 1'000;
  return true;
}

// The text within {d '...'}, {t '...'} or {ts '...'}; other text as it is.
std::string_view unwrap_escape(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return text;
  text = trim(text.substr(1, text.size() - 2));
  while (!text.empty() && (text.front() == 'd' || text.front() == 't' || text.front() == 's' || text.front() == 'D' ||
                           text.front() == 'T' || text.front() == 'S')) {
    text.remove_prefix(1);
  }
  text = trim(text);
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return {};
  return text.substr(1, text.size() - 2);
}

constexpr bool is_leap(std::uint32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

}  // namespace

TemporalLiteral scan_temporal(std::string_view text) {
  TemporalLiteral literal;
  text = trim(unwrap_escape(trim(text)));
  Date& date = literal.value.date;
  Time& time = literal.value.time;
  std::string_view rest = text;
  if (take_date(rest, date)) {
    if (!is_calendar_date(date)) return literal;
    if (rest.empty()) {
      literal.form = TemporalForm::date;
    } else if ((take(rest, ' ') || take(rest, 'T')) && !rest.empty() && is_digit(rest.front()) && take_time(rest, literal) &&
               rest.empty() && is_time_of_day(time)) {
      literal.form = TemporalForm::date_time;
    }
    return literal;
  }
  rest = text;
  if (take_time(rest, literal) && rest.empty() && time.minute < 60 && time.second < 60) {
    literal.form = TemporalForm::time;
  }
  return literal;
}

bool is_late_day_of_month(const Date& date) {
  constexpr std::array<std::uint8_t, 13> kDays{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return date.day <= kDays[date.month] + (date.month == 2 && is_leap(date.year) ? 1u : 0u);
}

Date today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return {static_cast<std::uint32_t>(local.tm_year + 1900), static_cast<std::uint32_t>(local.tm_mon + 1),
          static_cast<std::uint32_t>(local.tm_mday)};
}

bool parse_guid(std::string_view text, Guid& guid) {
  text = trim(text);
  if (text.size() == kGuidCharacters + 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, kGuidCharacters);
  if (text.size() != kGuidCharacters) return false;
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, guid[n], 16);
    if (error != std::errc() || end != text.data() + i + 2) return false;
    ++n;
    i += 2;
  }
  return true;
}

}  // namespace selkie::odbc
