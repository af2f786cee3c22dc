#include "odbc/convert_targets.h"

#include <algorithm>
#include <array>
#include <limits>

namespace selkie::odbc::target {
namespace {

Outcome outcome_of(Fit fit) {
  if (fit == Fit::exact) return Outcome::ok;
  return fit == Fit::overflow ? Outcome::out_of_range : Outcome::fraction_truncated;
}

Outcome outcome_of(IntervalFit fit) {
  switch (fit) {
    case IntervalFit::exact: return Outcome::ok;
    case IntervalFit::truncated: return Outcome::fraction_truncated;
    case IntervalFit::overflow: return Outcome::interval_overflow;
    case IntervalFit::not_an_interval: break;
  }
  return Outcome::not_convertible;
}

constexpr int kMaxNumericDigits = 38;  // what the 16 bytes of SQL_NUMERIC_STRUCT hold for any digits
using Mantissa = unsigned __int128;

// The digits [0, end) as a number, zeros where the text has none. Precondition: at most kMaxNumericDigits of them count.
Mantissa mantissa_of(const NumberText& number, std::int64_t end) {
  const auto digits = static_cast<std::int64_t>(number.digits());
  Mantissa mantissa = 0;
  std::int64_t i = 0;
  while (i < std::min(end, digits)) {  // 18 digits at a time in the machine's own words
    std::uint64_t block = 0, unit = 1;
    for (const std::int64_t stop = std::min({end, digits, i + 18}); i < stop; ++i, unit *= 10) {
      block = block * 10 + number.digit(static_cast<std::size_t>(i));
    }
    mantissa = mantissa * unit + block;
  }
  if (mantissa != 0) {
    for (; i < end; ++i) mantissa *= 10;
  }
  return mantissa;
}

std::int64_t first_digit(const NumberText& number) {
  std::size_t i = 0;
  while (i < number.digits() && number.digit(i) == 0) ++i;
  return static_cast<std::int64_t>(i);
}

bool any_digit(const NumberText& number, std::int64_t begin, std::int64_t end) {
  end = std::min(end, static_cast<std::int64_t>(number.digits()));
  for (std::int64_t i = std::max<std::int64_t>(begin, 0); i < end; ++i) {
    if (number.digit(static_cast<std::size_t>(i)) != 0) return true;
  }
  return false;
}

// The fraction digits that a literal has, trailing zeros not counted.
int own_scale(const NumberText& number) {
  auto last = static_cast<std::int64_t>(number.digits());
  while (last > number.point() && last > 0 && number.digit(static_cast<std::size_t>(last - 1)) == 0) --last;
  return static_cast<int>(std::clamp<std::int64_t>(last - number.point(), 0, kMaxNumericDigits));
}

}  // namespace

Outcome to_integer(std::string_view text, bool& negative, std::uint64_t& magnitude) {
  negative = !text.empty() && text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  // The plain numbers of columns; other literals take the long way.
  if (parse_digits(digits.substr(0, point), magnitude)) {
    const std::size_t fraction = digits.find_first_not_of('0', std::min(point + 1, digits.size()));
    if (fraction == std::string_view::npos) return Outcome::ok;
  }
  NumberText number;
  if (!scan_number(text, number)) return Outcome::not_convertible;
  negative = number.negative;
  return outcome_of(to_magnitude(number, magnitude));
}

Outcome to_numeric(const OutPlan& plan, std::string_view text, int scale, SQL_NUMERIC_STRUCT& out) {
  NumberText number;
  if (!scan_number(text, number)) return Outcome::not_convertible;
  const bool is_asked_for = plan.numeric_precision != 0;
  if (is_asked_for) scale = plan.numeric_scale;
  if (scale < 0 && !is_asked_for) scale = own_scale(number);
  const int precision = is_asked_for ? std::min<int>(plan.numeric_precision, kMaxNumericDigits) : kMaxNumericDigits;
  const std::int64_t first = first_digit(number);
  const bool is_zero = first == static_cast<std::int64_t>(number.digits());
  if (!is_zero && number.point() + scale - first > precision) {
    if (is_asked_for) return Outcome::out_of_range;
    // The fraction gives way to the whole digits.
    const std::int64_t fits = precision + first - number.point();
    if (fits < 0) return Outcome::out_of_range;
    scale = static_cast<int>(fits);
  }
  const std::int64_t kept = number.point() + scale;
  if (any_digit(number, kept, number.point())) return Outcome::out_of_range;  // a negative scale would drop whole digits
  Mantissa mantissa = is_zero ? 0 : mantissa_of(number, kept);
  out = {};
  out.precision = static_cast<SQLCHAR>(precision);
  out.scale = static_cast<SQLSCHAR>(scale);
  out.sign = number.negative && mantissa != 0 ? 0 : 1;
  for (SQLCHAR& byte : out.val) byte = static_cast<SQLCHAR>(mantissa), mantissa >>= 8;
  return any_digit(number, kept, std::numeric_limits<std::int64_t>::max()) ? Outcome::fraction_truncated : Outcome::ok;
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_DATE_STRUCT& out) {
  const TemporalLiteral literal = scan_temporal(value.text);
  if (literal.form != TemporalForm::date && literal.form != TemporalForm::date_time) return Outcome::not_convertible;
  const Outcome outcome = assign(plan, literal.value, out);
  return literal.is_finer_than_micro() ? Outcome::fraction_truncated : outcome;
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIME_STRUCT& out) {
  const TemporalLiteral literal = scan_temporal(value.text);
  if (literal.form != TemporalForm::time && literal.form != TemporalForm::date_time) return Outcome::not_convertible;
  if (!is_time_of_day(literal.value.time)) return Outcome::not_convertible;
  const Outcome outcome = assign(plan, literal.value.time, out);
  return literal.is_finer_than_micro() ? Outcome::fraction_truncated : outcome;
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIMESTAMP_STRUCT& out) {
  TemporalLiteral literal = scan_temporal(value.text);
  if (literal.form == TemporalForm::none) return Outcome::not_convertible;
  if (literal.form == TemporalForm::time) {
    if (!is_time_of_day(literal.value.time)) return Outcome::not_convertible;
    literal.value.date = today();
  }
  const Outcome outcome = assign(plan, literal.value, out);
  out.fraction += literal.nano;
  return literal.fraction_lost ? Outcome::fraction_truncated : outcome;
}

Outcome assign(const OutPlan&, const Characters& value, SQLGUID& out) {
  Guid guid;
  if (!parse_guid(value.text, guid)) return Outcome::not_convertible;
  const auto number = [&](std::size_t first, std::size_t bytes) {
    std::uint32_t n = 0;
    for (std::size_t i = first; i < first + bytes; ++i) n = n << 8 | guid[i];
    return n;
  };
  out.Data1 = number(0, 4);
  out.Data2 = static_cast<std::uint16_t>(number(4, 2));
  out.Data3 = static_cast<std::uint16_t>(number(6, 2));
  std::copy_n(guid.data() + 8, sizeof out.Data4, out.Data4);
  return Outcome::ok;
}

Outcome to_interval(const OutPlan& plan, std::string_view text, SQL_INTERVAL_STRUCT& out) {
  NumberText number;
  if (!scan_number(text, number)) return Outcome::not_convertible;
  return outcome_of(
      interval_from_number(number, interval_range(plan.c_type), {plan.interval_precision, plan.seconds_precision}, out));
}

Outcome to_interval(const OutPlan& plan, const Time& value, SQL_INTERVAL_STRUCT& out) {
  return outcome_of(interval_from_time(value, interval_range(plan.c_type), plan.seconds_precision, out));
}

Outcome to_interval(const OutPlan& plan, const Characters& value, SQL_INTERVAL_STRUCT& out) {
  return outcome_of(
      interval_from_text(value.text, interval_range(plan.c_type), {plan.interval_precision, plan.seconds_precision}, out));
}

}  // namespace selkie::odbc::target
