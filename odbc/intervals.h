// The thirteen interval types: which fields each has, and their way to and from numbers, times and text.
// Depends on values.h and the ODBC headers. Spec: ODBC Appendix D, "Interval Data Types", "Interval Literals"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <string_view>

#include "odbc/values.h"

namespace selkie::odbc {

enum class IntervalField : std::uint8_t { year, month, day, hour, minute, second };

struct IntervalRange {
  IntervalField leading, trailing;
  SQLINTERVAL code;

  bool is_single() const { return leading == trailing; }
  bool is_year_month() const { return leading <= IntervalField::month; }
};

bool is_interval(SQLSMALLINT type);
// Precondition: is_interval(type), a C or SQL interval type; the codes are the same.
IntervalRange interval_range(SQLSMALLINT type);

// Precision of an interval: digits of the leading field, digits of the second's fraction.
struct IntervalPrecision {
  unsigned leading = 2, seconds = 6;
};

enum class IntervalFit : std::uint8_t { exact, truncated, overflow, not_an_interval };

// Whether every field behind the leading one is in its range: 59 minutes, 11 months, 999999 millionths.
bool is_valid(const SQL_INTERVAL_STRUCT& interval, IntervalRange range);

// A number is the one field of a single-field interval; the fraction of a SECOND stays.
IntervalFit interval_from_number(const NumberText& number, IntervalRange range, IntervalPrecision precision,
                                 SQL_INTERVAL_STRUCT& interval);
// A span is spread over the fields; day-time types only. The leading field takes what it gets: 838 hours need no precision.
IntervalFit interval_from_time(const Time& time, IntervalRange range, unsigned seconds_precision,
                               SQL_INTERVAL_STRUCT& interval);
// An interval string: "3-11", "-1 02:03:04.5". The first field is the type's leading one; fields behind the trailing one are
// cut.
IntervalFit interval_from_text(std::string_view text, IntervalRange range, IntervalPrecision precision,
                               SQL_INTERVAL_STRUCT& interval);

// "1-02", "34 22:59:59.5": the string of an interval literal. `out` has room for kMaxForm characters.
char* format_interval(const SQL_INTERVAL_STRUCT& interval, IntervalRange range, unsigned seconds_precision, char* out);
// A day-time interval as a span. False: beyond what 32 bits of hours hold.
bool interval_to_time(const SQL_INTERVAL_STRUCT& interval, IntervalRange range, unsigned seconds_precision, Time& time);

// A year-month interval in the fields of another. False: months that are no whole years, or too many.
bool year_month_as(const SQL_INTERVAL_STRUCT& interval, IntervalRange from, IntervalRange to, SQL_INTERVAL_STRUCT& out);

}  // namespace selkie::odbc
