// The scalar functions, intervals and conversions of ODBC, each with its bit for SQLGetInfo and what the servers call it: what
// is claimed and what is translated are one table. Spec: ODBC Appendix E, "Scalar Functions"; SQLGetInfo
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <string_view>

namespace selkie::odbc {

enum class FunctionGroup : std::uint8_t { string, numeric, timedate, system };

// Translations are texts in which $1, $2, $3 stand for one argument and $ for all, in the application's order.
struct ScalarFunction {
  std::string_view name;
  FunctionGroup group;
  SQLUINTEGER bit;               // SQL_FN_*
  std::string_view translation;  // empty: the servers know it by the same name and arguments
  int arguments = 0;             // the translation holds for this many; 0 = any
};
const ScalarFunction* find_scalar_function(std::string_view name);  // case-insensitive; null: none of ODBC's
SQLUINTEGER function_bits(FunctionGroup group);                     // SQL_STRING_FUNCTIONS and the like

// Intervals of TIMESTAMPADD and TIMESTAMPDIFF.
struct TimestampInterval {
  std::string_view name;  // SQL_TSI_DAY
  SQLUINTEGER bit;        // SQL_FN_TSI_*
  std::string_view add, diff;
};
const TimestampInterval* find_timestamp_interval(std::string_view name);
SQLUINTEGER timestamp_interval_bits();  // SQL_TIMEDATE_ADD_INTERVALS, SQL_TIMEDATE_DIFF_INTERVALS

// Targets of {fn CONVERT(value, SQL_type)}.
struct ConvertTarget {
  std::string_view name;  // SQL_INTEGER
  SQLUINTEGER bit;        // SQL_CVT_*
  std::string_view translation;
};
const ConvertTarget* find_convert_target(std::string_view name);
SQLUINTEGER convert_bits();  // every SQL_CONVERT_*: what can be a source can become each target

// Units of {interval 'value' first TO second}.
struct IntervalUnit {
  std::string_view first, second;  // second is empty for a single field
  std::string_view unit;           // the servers' name
  std::string_view with_fraction;  // the same when the value has a fraction of a second
};
const IntervalUnit* find_interval_unit(std::string_view first, std::string_view second);

}  // namespace selkie::odbc
