#include "odbc/intervals.h"

#include <algorithm>
#include <array>
#include <limits>

namespace selkie::odbc {
namespace {

using enum IntervalField;

struct Row {
  SQLSMALLINT type;
  IntervalRange range;
};
constexpr std::array kRows{
    Row{SQL_INTERVAL_YEAR, {year, year, SQL_IS_YEAR}},
    Row{SQL_INTERVAL_MONTH, {month, month, SQL_IS_MONTH}},
    Row{SQL_INTERVAL_DAY, {day, day, SQL_IS_DAY}},
    Row{SQL_INTERVAL_HOUR, {hour, hour, SQL_IS_HOUR}},
    Row{SQL_INTERVAL_MINUTE, {minute, minute, SQL_IS_MINUTE}},
    Row{SQL_INTERVAL_SECOND, {second, second, SQL_IS_SECOND}},
    Row{SQL_INTERVAL_YEAR_TO_MONTH, {year, month, SQL_IS_YEAR_TO_MONTH}},
    Row{SQL_INTERVAL_DAY_TO_HOUR, {day, hour, SQL_IS_DAY_TO_HOUR}},
    Row{SQL_INTERVAL_DAY_TO_MINUTE, {day, minute, SQL_IS_DAY_TO_MINUTE}},
    Row{SQL_INTERVAL_DAY_TO_SECOND, {day, second, SQL_IS_DAY_TO_SECOND}},
    Row{SQL_INTERVAL_HOUR_TO_MINUTE, {hour, minute, SQL_IS_HOUR_TO_MINUTE}},
    Row{SQL_INTERVAL_HOUR_TO_SECOND, {hour, second, SQL_IS_HOUR_TO_SECOND}},
    Row{SQL_INTERVAL_MINUTE_TO_SECOND, {minute, second, SQL_IS_MINUTE_TO_SECOND}},
};

// How many of a field make one of the field before it, and what stands between them in text.
struct FieldFacts {
  std::uint32_t in_previous;
  char separator;
};
constexpr std::array<FieldFacts, 6> kFields{{{0, 0}, {12, '-'}, {0, 0}, {24, ' '}, {60, ':'}, {60, ':'}}};

constexpr std::size_t index(IntervalField field) { return static_cast<std::size_t>(field); }
constexpr IntervalField next(IntervalField field) { return static_cast<IntervalField>(index(field) + 1); }

template <class Interval>
auto& field_of(Interval& interval, IntervalField field) {
  auto& months = interval.intval.year_month;
  auto& span = interval.intval.day_second;
  switch (field) {
    case year: return months.year;
    case month: return months.month;
    case day: return span.day;
    case hour: return span.hour;
    case minute: return span.minute;
    case second: break;
  }
  return span.second;
}

void clear(SQL_INTERVAL_STRUCT& interval, IntervalRange range, bool negative) {
  interval = {};
  interval.interval_type = range.code;
  interval.interval_sign = negative ? SQL_TRUE : SQL_FALSE;
}

bool exceeds(std::uint64_t value, unsigned digits) {
  if (value > std::numeric_limits<SQLUINTEGER>::max()) return true;
  return digits < kPowers.size() && value >= kPowers[digits];
}

// Sets the fraction of a second from its digits; true when digits that are not zero were dropped.
template <class DigitAt>
bool set_fraction(SQL_INTERVAL_STRUCT& interval, unsigned precision, std::size_t digits, DigitAt digit_at) {
  precision = std::min<unsigned>(precision, 9);
  SQLUINTEGER fraction = 0;
  bool lost = false;
  for (std::size_t i = 0; i < std::max<std::size_t>(digits, precision); ++i) {
    const std::uint32_t digit = i < digits ? digit_at(i) : 0;
    if (i < precision) {
      fraction = fraction * 10 + digit;
    } else {
      lost |= digit != 0;
    }
  }
  interval.intval.day_second.fraction = fraction;
  return lost;
}

}  // namespace

bool is_interval(SQLSMALLINT type) { return type >= SQL_INTERVAL_YEAR && type <= SQL_INTERVAL_MINUTE_TO_SECOND; }

IntervalRange interval_range(SQLSMALLINT type) { return std::ranges::find(kRows, type, &Row::type)->range; }

bool is_valid(const SQL_INTERVAL_STRUCT& interval, IntervalRange range) {
  for (IntervalField field = range.leading; field != range.trailing;) {
    field = next(field);
    if (field_of(interval, field) >= kFields[index(field)].in_previous) return false;
  }
  return range.trailing != second || interval.intval.day_second.fraction < kPowers[6];
}

IntervalFit interval_from_number(const NumberText& number, IntervalRange range, IntervalPrecision precision,
                                 SQL_INTERVAL_STRUCT& interval) {
  std::uint64_t whole = 0;
  const Fit fit = to_magnitude(number, whole);
  if (fit == Fit::overflow || exceeds(whole, precision.leading)) return IntervalFit::overflow;
  clear(interval, range, number.negative);
  field_of(interval, range.leading) = static_cast<SQLUINTEGER>(whole);
  if (fit == Fit::exact) return IntervalFit::exact;
  if (range.leading != second) return IntervalFit::truncated;
  const std::int64_t point = number.point();
  const std::size_t zeros = point < 0 ? static_cast<std::size_t>(std::min<std::int64_t>(-point, 9)) : 0;
  const std::size_t first = point > 0 ? static_cast<std::size_t>(point) : 0;
  const bool lost = set_fraction(interval, precision.seconds, zeros + number.digits() - first,
                                 [&](std::size_t i) { return i < zeros ? 0 : number.digit(first + i - zeros); });
  return lost ? IntervalFit::truncated : IntervalFit::exact;
}

IntervalFit interval_from_time(const Time& time, IntervalRange range, unsigned seconds_precision,
                               SQL_INTERVAL_STRUCT& interval) {
  clear(interval, range, time.negative);
  std::uint64_t rest = (std::uint64_t{time.hour} * 60 + time.minute) * 60 + time.second;
  std::uint64_t unit = 1;
  for (IntervalField field = second; field != range.leading; field = static_cast<IntervalField>(index(field) - 1)) {
    unit *= kFields[index(field)].in_previous;
  }
  for (IntervalField field = range.leading;; field = next(field)) {
    const std::uint64_t value = rest / unit;
    if (exceeds(value, 10)) return IntervalFit::overflow;
    field_of(interval, field) = static_cast<SQLUINTEGER>(value);
    rest %= unit;
    if (field == range.trailing) break;
    unit /= kFields[index(next(field))].in_previous;
  }
  if (range.trailing != second) return rest != 0 || time.micro != 0 ? IntervalFit::truncated : IntervalFit::exact;
  const bool lost = set_fraction(interval, seconds_precision, 6,
                                 [&](std::size_t i) { return static_cast<std::uint32_t>(time.micro / kPowers[5 - i] % 10); });
  return lost ? IntervalFit::truncated : IntervalFit::exact;
}

IntervalFit interval_from_text(std::string_view text, IntervalRange range, IntervalPrecision precision,
                               SQL_INTERVAL_STRUCT& interval) {
  const auto trim_front = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); };
  trim_front();
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  clear(interval, range, negative);
  bool lost = false, too_large = false;  // told only of text that is an interval
  const IntervalField last = range.is_year_month() ? month : second;
  for (IntervalField field = range.leading;; field = next(field)) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    if (size == 0) return IntervalFit::not_an_interval;
    std::uint64_t value;
    if (!parse_digits(text.substr(0, size), value)) value = std::numeric_limits<std::uint64_t>::max();
    text.remove_prefix(size);
    if (field == range.leading) {
      too_large = exceeds(value, precision.leading);
    } else if (value >= kFields[index(field)].in_previous) {
      return IntervalFit::not_an_interval;
    }
    if (field <= range.trailing) {
      field_of(interval, field) = static_cast<SQLUINTEGER>(value);
    } else {
      lost |= value != 0;
    }
    if (text.empty()) {
      if (field < range.trailing) return IntervalFit::not_an_interval;
      break;
    }
    if (field == last) {
      if (field != second || text.front() != '.') return IntervalFit::not_an_interval;
      const std::string_view digits = text.substr(1);
      if (digits.find_first_not_of("0123456789") != std::string_view::npos) return IntervalFit::not_an_interval;
      const unsigned kept = range.trailing == second ? precision.seconds : 0;
      lost |= set_fraction(interval, kept, digits.size(),
                           [&](std::size_t i) { return static_cast<std::uint32_t>(digits[i] - '0'); });
      break;
    }
    if (text.front() != kFields[index(next(field))].separator) return IntervalFit::not_an_interval;
    text.remove_prefix(1);
  }
  if (too_large) return IntervalFit::overflow;
  return lost ? IntervalFit::truncated : IntervalFit::exact;
}

char* format_interval(const SQL_INTERVAL_STRUCT& interval, IntervalRange range, unsigned seconds_precision, char* out) {
  if (interval.interval_sign == SQL_TRUE) *out++ = '-';
  for (IntervalField field = range.leading;; field = next(field)) {
    const SQLUINTEGER value = field_of(interval, field);
    if (field != range.leading) {
      *out++ = kFields[index(field)].separator;
      if (value < 10) *out++ = '0';
    }
    out = format_unsigned(value, out);
    if (field == range.trailing) break;
  }
  if (range.trailing == second && interval.intval.day_second.fraction != 0 && seconds_precision > 0) {
    *out++ = '.';
    const unsigned digits = std::min<unsigned>(seconds_precision, 9);
    SQLUINTEGER fraction = interval.intval.day_second.fraction;
    for (unsigned i = digits; i-- > 0; fraction /= 10) out[i] = static_cast<char>('0' + fraction % 10);
    out += digits;
  }
  return out;
}

bool interval_to_time(const SQL_INTERVAL_STRUCT& interval, IntervalRange range, unsigned seconds_precision, Time& time) {
  std::uint64_t seconds = 0;
  for (IntervalField field = day;; field = next(field)) {
    if (field != day) seconds *= kFields[index(field)].in_previous;
    if (field >= range.leading && field <= range.trailing) seconds += field_of(interval, field);
    if (field == second) break;
  }
  time = {};
  time.negative = interval.interval_sign == SQL_TRUE;
  time.second = static_cast<std::uint32_t>(seconds % 60);
  time.minute = static_cast<std::uint32_t>(seconds / 60 % 60);
  if (seconds / 3600 > std::numeric_limits<std::uint32_t>::max()) return false;
  time.hour = static_cast<std::uint32_t>(seconds / 3600);
  if (range.trailing == second) {
    std::uint64_t micro = interval.intval.day_second.fraction;
    for (unsigned i = seconds_precision; i < 6; ++i) micro *= 10;
    for (unsigned i = 6; i < seconds_precision; ++i) micro /= 10;
    if (micro > 999'999) return false;
    time.micro = static_cast<std::uint32_t>(micro);
  }
  return true;
}

bool year_month_as(const SQL_INTERVAL_STRUCT& interval, IntervalRange from, IntervalRange to, SQL_INTERVAL_STRUCT& out) {
  const SQL_YEAR_MONTH_STRUCT& fields = interval.intval.year_month;
  std::uint64_t months = 0;
  if (from.leading == year) months += std::uint64_t{fields.year} * 12;
  if (from.trailing == month) months += fields.month;
  clear(out, to, interval.interval_sign == SQL_TRUE);
  SQL_YEAR_MONTH_STRUCT& made = out.intval.year_month;
  const std::uint64_t years = to.leading == year ? months / 12 : 0;
  const std::uint64_t rest = months - years * 12;
  if (to.trailing == year && rest != 0) return false;
  if (exceeds(years, 10) || exceeds(rest, 10)) return false;
  made.year = static_cast<SQLUINTEGER>(years);
  made.month = static_cast<SQLUINTEGER>(rest);
  return true;
}

}  // namespace selkie::odbc
