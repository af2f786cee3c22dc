// Writers: a value class to a fixed-length C type. An overload that is missing is a conversion that does not exist.
// Private to convert_out.cpp. Spec: ODBC Appendix D, "Converting Data from SQL to C Data Types"
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

#include "odbc/convert.h"
#include "odbc/convert_sources.h"
#include "odbc/intervals.h"

namespace selkie::odbc::target {

using source::Bit;
using source::Characters;
using source::Decimal;

// C types that share their C++ type with others get one of their own.
struct CBit {
  SQLCHAR value;
};
template <bool kSingle, bool kYearMonth>
struct Interval {
  SQL_INTERVAL_STRUCT value;
};

template <class T>
concept Integer = std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;
template <class T>
concept CInteger = std::integral<T>;
template <class T>
concept NumericText = std::same_as<T, Characters> || std::same_as<T, Decimal>;

// --- Integers

template <CInteger T>
Outcome assign(const OutPlan&, const Integer auto& value, T& out) {
  if (!std::in_range<T>(value)) return Outcome::out_of_range;
  out = static_cast<T>(value);
  return Outcome::ok;
}

template <CInteger T>
Outcome assign(const OutPlan&, const Real auto& value, T& out) {
  constexpr double kLimit = 2.0 * static_cast<double>(std::uint64_t{1} << (std::numeric_limits<T>::digits - 1));
  const double whole = __builtin_trunc(static_cast<double>(value));
  if (!(whole < kLimit && whole >= (std::is_signed_v<T> ? -kLimit : 0.0))) return Outcome::out_of_range;
  out = static_cast<T>(whole);
  return whole == value ? Outcome::ok : Outcome::fraction_truncated;
}

// Any numeric literal as a sign and a magnitude: exponents, fractions, spaces.
Outcome to_integer(std::string_view text, bool& negative, std::uint64_t& magnitude);

template <CInteger T>
Outcome assign(const OutPlan&, const NumericText auto& value, T& out) {
  bool negative;
  std::uint64_t magnitude;
  const Outcome outcome = to_integer(value.text, negative, magnitude);
  if (is_error(outcome)) return outcome;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (negative ? magnitude > (std::is_signed_v<T> ? kMax + 1 : 0) : magnitude > kMax) return Outcome::out_of_range;
  out = static_cast<T>(negative ? 0 - magnitude : magnitude);
  return outcome;
}

template <CInteger T>
Outcome assign(const OutPlan&, const Bit& value, T& out) {
  out = static_cast<T>(value.value);
  return Outcome::ok;
}

// --- Approximate numbers

template <Real T>
Outcome assign(const OutPlan&, const Integer auto& value, T& out) {
  out = static_cast<T>(value);
  return Outcome::ok;
}

template <Real T>
Outcome assign(const OutPlan&, const Real auto& value, T& out) {
  constexpr double kMax = std::numeric_limits<T>::max();
  if (value > kMax || value < -kMax) return Outcome::out_of_range;
  out = static_cast<T>(value);
  return Outcome::ok;
}

inline Outcome assign(const OutPlan&, const NumericText auto& value, double& out) {
  return source::outcome_of(parse_double(value.text, out));
}
inline Outcome assign(const OutPlan&, const NumericText auto& value, float& out) {
  return source::outcome_of(parse_float(value.text, out));
}

template <Real T>
Outcome assign(const OutPlan&, const Bit& value, T& out) {
  out = value.value;
  return Outcome::ok;
}

// --- SQL_C_BIT: 0 and 1; fractions between 0 and 2 are cut

inline Outcome assign(const OutPlan&, const Integer auto& value, CBit& out) {
  if (value != 0 && value != 1) return Outcome::out_of_range;
  out.value = static_cast<SQLCHAR>(value);
  return Outcome::ok;
}

inline Outcome assign(const OutPlan&, const Real auto& value, CBit& out) {
  if (!(value >= 0 && value < 2)) return Outcome::out_of_range;
  out.value = value >= 1 ? 1 : 0;
  return value == 0 || value == 1 ? Outcome::ok : Outcome::fraction_truncated;
}

inline Outcome assign(const OutPlan&, const NumericText auto& value, CBit& out) {
  bool negative;
  std::uint64_t magnitude;
  const Outcome outcome = to_integer(value.text, negative, magnitude);
  if (is_error(outcome)) return outcome;
  if (magnitude > 1 || (negative && (magnitude > 0 || outcome == Outcome::fraction_truncated))) return Outcome::out_of_range;
  out.value = static_cast<SQLCHAR>(magnitude);
  return outcome;
}

inline Outcome assign(const OutPlan&, const Bit& value, CBit& out) {
  out.value = value.value;
  return Outcome::ok;
}

// --- SQL_C_NUMERIC

// `scale`: what the value has by its type, -1 when that is left to the value.
Outcome to_numeric(const OutPlan& plan, std::string_view text, int scale, SQL_NUMERIC_STRUCT& out);

Outcome assign(const OutPlan& plan, const Integer auto& value, SQL_NUMERIC_STRUCT& out) {
  char text[24];
  return to_numeric(plan, {text, format_integer(value, text)}, 0, out);
}
inline Outcome assign(const OutPlan& plan, const double& value, SQL_NUMERIC_STRUCT& out) {
  char text[kMaxForm];
  return to_numeric(plan, {text, format_double(value, text)}, -1, out);
}
inline Outcome assign(const OutPlan& plan, const float& value, SQL_NUMERIC_STRUCT& out) {
  char text[kMaxForm];
  return to_numeric(plan, {text, format_float(value, text)}, -1, out);
}
inline Outcome assign(const OutPlan& plan, const Decimal& value, SQL_NUMERIC_STRUCT& out) {
  return to_numeric(plan, value.text, plan.column->decimals, out);
}
inline Outcome assign(const OutPlan& plan, const Characters& value, SQL_NUMERIC_STRUCT& out) {
  return to_numeric(plan, value.text, -1, out);
}
inline Outcome assign(const OutPlan& plan, const Bit& value, SQL_NUMERIC_STRUCT& out) {
  return to_numeric(plan, value.value != 0 ? "1" : "0", 0, out);
}

// --- Dates and times. Zero dates have been dealt with before.

inline void put(const Date& date, auto& out) {
  out.year = static_cast<SQLSMALLINT>(date.year);
  out.month = static_cast<SQLUSMALLINT>(date.month);
  out.day = static_cast<SQLUSMALLINT>(date.day);
}
inline void put(const Time& time, auto& out) {
  out.hour = static_cast<SQLUSMALLINT>(time.hour);
  out.minute = static_cast<SQLUSMALLINT>(time.minute);
  out.second = static_cast<SQLUSMALLINT>(time.second);
}
constexpr SQLUINTEGER kBillionthsPerMicro = 1'000;

inline Outcome assign(const OutPlan&, const Date& value, SQL_DATE_STRUCT& out) {
  put(value, out);
  return Outcome::ok;
}
inline Outcome assign(const OutPlan&, const Date& value, SQL_TIMESTAMP_STRUCT& out) {
  out = {};
  put(value, out);
  return Outcome::ok;
}
inline Outcome assign(const OutPlan&, const DateTime& value, SQL_TIMESTAMP_STRUCT& out) {
  put(value.date, out);
  put(value.time, out);
  out.fraction = value.time.micro * kBillionthsPerMicro;
  return Outcome::ok;
}
inline Outcome assign(const OutPlan&, const DateTime& value, SQL_DATE_STRUCT& out) {
  put(value.date, out);
  const Time& time = value.time;
  return (time.hour | time.minute | time.second | time.micro) == 0 ? Outcome::ok : Outcome::fraction_truncated;
}
inline Outcome assign(const OutPlan&, const DateTime& value, SQL_TIME_STRUCT& out) {
  put(value.time, out);
  return value.time.micro == 0 ? Outcome::ok : Outcome::fraction_truncated;
}
inline Outcome assign(const OutPlan&, const Time& value, SQL_TIME_STRUCT& out) {
  if (!is_time_of_day(value)) return Outcome::datetime_overflow;
  put(value, out);
  return value.micro == 0 ? Outcome::ok : Outcome::fraction_truncated;
}
inline Outcome assign(const OutPlan&, const Time& value, SQL_TIMESTAMP_STRUCT& out) {
  if (!is_time_of_day(value)) return Outcome::datetime_overflow;
  put(today(), out);
  put(value, out);
  out.fraction = value.micro * kBillionthsPerMicro;
  return Outcome::ok;
}

Outcome assign(const OutPlan& plan, const Characters& value, SQL_DATE_STRUCT& out);
Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIME_STRUCT& out);
Outcome assign(const OutPlan& plan, const Characters& value, SQL_TIMESTAMP_STRUCT& out);

Outcome assign(const OutPlan& plan, const Characters& value, SQLGUID& out);

// --- Intervals: text to all, exact numbers to those with one field, TIME to the day-time ones

// The specification lists exact numbers to intervals of several fields, too, but only with their failure.
template <bool kYearMonth>
Outcome assign(const OutPlan&, const Integer auto&, Interval<false, kYearMonth>&) {
  return Outcome::interval_overflow;
}
template <bool kYearMonth>
Outcome assign(const OutPlan&, const Decimal&, Interval<false, kYearMonth>&) {
  return Outcome::interval_overflow;
}

Outcome to_interval(const OutPlan& plan, std::string_view number, SQL_INTERVAL_STRUCT& out);
Outcome to_interval(const OutPlan& plan, const Time& value, SQL_INTERVAL_STRUCT& out);
Outcome to_interval(const OutPlan& plan, const Characters& value, SQL_INTERVAL_STRUCT& out);

template <bool kYearMonth>
Outcome assign(const OutPlan& plan, const Integer auto& value, Interval<true, kYearMonth>& out) {
  char text[24];
  return to_interval(plan, std::string_view(text, format_integer(value, text)), out.value);
}
template <bool kYearMonth>
Outcome assign(const OutPlan& plan, const Decimal& value, Interval<true, kYearMonth>& out) {
  return to_interval(plan, value.text, out.value);
}
template <bool kSingle>
Outcome assign(const OutPlan& plan, const Time& value, Interval<kSingle, false>& out) {
  return to_interval(plan, value, out.value);
}
template <bool kSingle, bool kYearMonth>
Outcome assign(const OutPlan& plan, const Characters& value, Interval<kSingle, kYearMonth>& out) {
  return to_interval(plan, value, out.value);
}

}  // namespace selkie::odbc::target
