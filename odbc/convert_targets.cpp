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

// The digits before position `end`, zeros where the text has none. False: beyond 128 bits.
bool mantissa_of(const NumberText& number, std::int64_t end, Mantissa& mantissa) {
  constexpr Mantissa kMax = ~Mantissa{0};
  const auto digits = static_cast<std::int64_t>(number.digits());
  mantissa = 0;
  for (std::int64_t i = 0; i < end; ++i) {
    if (i >= digits && mantissa == 0) return true;
    const std::uint32_t digit = i < digits ? number.digit(static_cast<std::size_t>(i)) : 0;
    if (mantissa > (kMax - digit) / 10) return false;
    mantissa = mantissa * 10 + digit;
  }
  return true;
}

bool any_digit(const NumberText& number, std::int64_t begin, std::int64_t end) {
  end = std::min(end, static_cast<std::int64_t>(number.digits()));
  for (std::int64_t i = std::max<std::int64_t>(begin, 0); i < end; ++i) {
    if (number.digit(static_cast<std::size_t>(i)) != 0) return true;
  }
  return false;
}

bool has_more_digits(Mantissa mantissa, int digits) {
  while (digits-- > 0) mantissa /= 10;
  return mantissa != 0;
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
  if (parse_digits(text.substr(negative ? 1 : 0), magnitude)) return Outcome::ok;
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
  Mantissa mantissa;
  while (!mantissa_of(number, number.point() + scale, mantissa) || has_more_digits(mantissa, precision)) {
    if (is_asked_for || scale == 0) return Outcome::out_of_range;
    --scale;  // the fraction gives way to the whole digits
  }
  const auto kept = number.point() + scale;
  if (any_digit(number, kept, number.point())) return Outcome::out_of_range;  // a negative scale would drop whole digits
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
  return assign(plan, literal.value, out);
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIME_STRUCT& out) {
  const TemporalLiteral literal = scan_temporal(value.text);
  if (literal.form != TemporalForm::time && literal.form != TemporalForm::date_time) return Outcome::not_convertible;
  const Outcome outcome = assign(plan, literal.value.time, out);
  return outcome == Outcome::ok && literal.fraction_lost ? Outcome::fraction_truncated : outcome;
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIMESTAMP_STRUCT& out) {
  const TemporalLiteral literal = scan_temporal(value.text);
  Outcome outcome = Outcome::not_convertible;
  switch (literal.form) {
    case TemporalForm::none: return outcome;
    case TemporalForm::time: outcome = assign(plan, literal.value.time, out); break;
    case TemporalForm::date:
    case TemporalForm::date_time: outcome = assign(plan, literal.value, out); break;
  }
  return outcome == Outcome::ok && literal.fraction_lost ? Outcome::fraction_truncated : outcome;
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
