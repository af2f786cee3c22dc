#include "odbc/sql_functions.h"

#include <algorithm>
#include <span>

#include "setup/words.h"

namespace selkie::odbc {
namespace {

using G = FunctionGroup;

constexpr ScalarFunction kFunctions[] = {
    {"ASCII", G::string, SQL_FN_STR_ASCII, ""},
    {"BIT_LENGTH", G::string, SQL_FN_STR_BIT_LENGTH, ""},
    {"CHAR", G::string, SQL_FN_STR_CHAR, "CHAR($ USING utf8mb4)"},  // alone it gives bytes
    {"CHAR_LENGTH", G::string, SQL_FN_STR_CHAR_LENGTH, ""},
    {"CHARACTER_LENGTH", G::string, SQL_FN_STR_CHARACTER_LENGTH, ""},
    {"CONCAT", G::string, SQL_FN_STR_CONCAT, ""},
    {"INSERT", G::string, SQL_FN_STR_INSERT, ""},
    {"LCASE", G::string, SQL_FN_STR_LCASE, ""},
    {"LEFT", G::string, SQL_FN_STR_LEFT, ""},
    {"LENGTH", G::string, SQL_FN_STR_LENGTH, "CHAR_LENGTH(RTRIM($))"},  // ODBC: characters without trailing blanks
    {"LOCATE", G::string, SQL_FN_STR_LOCATE | SQL_FN_STR_LOCATE_2, ""},
    {"LTRIM", G::string, SQL_FN_STR_LTRIM, ""},
    {"OCTET_LENGTH", G::string, SQL_FN_STR_OCTET_LENGTH, ""},
    {"POSITION", G::string, SQL_FN_STR_POSITION, ""},
    {"REPEAT", G::string, SQL_FN_STR_REPEAT, ""},
    {"REPLACE", G::string, SQL_FN_STR_REPLACE, ""},
    {"RIGHT", G::string, SQL_FN_STR_RIGHT, ""},
    {"RTRIM", G::string, SQL_FN_STR_RTRIM, ""},
    {"SOUNDEX", G::string, SQL_FN_STR_SOUNDEX, ""},
    {"SPACE", G::string, SQL_FN_STR_SPACE, ""},
    {"SUBSTRING", G::string, SQL_FN_STR_SUBSTRING, ""},
    {"UCASE", G::string, SQL_FN_STR_UCASE, ""},

    {"ABS", G::numeric, SQL_FN_NUM_ABS, ""},
    {"ACOS", G::numeric, SQL_FN_NUM_ACOS, ""},
    {"ASIN", G::numeric, SQL_FN_NUM_ASIN, ""},
    {"ATAN", G::numeric, SQL_FN_NUM_ATAN, ""},
    {"ATAN2", G::numeric, SQL_FN_NUM_ATAN2, ""},
    {"CEILING", G::numeric, SQL_FN_NUM_CEILING, ""},
    {"COS", G::numeric, SQL_FN_NUM_COS, ""},
    {"COT", G::numeric, SQL_FN_NUM_COT, ""},
    {"DEGREES", G::numeric, SQL_FN_NUM_DEGREES, ""},
    {"EXP", G::numeric, SQL_FN_NUM_EXP, ""},
    {"FLOOR", G::numeric, SQL_FN_NUM_FLOOR, ""},
    {"LOG", G::numeric, SQL_FN_NUM_LOG, ""},  // natural in both
    {"LOG10", G::numeric, SQL_FN_NUM_LOG10, ""},
    {"MOD", G::numeric, SQL_FN_NUM_MOD, ""},
    {"PI", G::numeric, SQL_FN_NUM_PI, ""},
    {"POWER", G::numeric, SQL_FN_NUM_POWER, ""},
    {"RADIANS", G::numeric, SQL_FN_NUM_RADIANS, ""},
    {"RAND", G::numeric, SQL_FN_NUM_RAND, ""},
    {"ROUND", G::numeric, SQL_FN_NUM_ROUND, ""},
    {"SIGN", G::numeric, SQL_FN_NUM_SIGN, ""},
    {"SIN", G::numeric, SQL_FN_NUM_SIN, ""},
    {"SQRT", G::numeric, SQL_FN_NUM_SQRT, ""},
    {"TAN", G::numeric, SQL_FN_NUM_TAN, ""},
    {"TRUNCATE", G::numeric, SQL_FN_NUM_TRUNCATE, ""},

    {"CURDATE", G::timedate, SQL_FN_TD_CURDATE, ""},
    {"CURRENT_DATE", G::timedate, SQL_FN_TD_CURRENT_DATE, ""},
    {"CURRENT_TIME", G::timedate, SQL_FN_TD_CURRENT_TIME, ""},
    {"CURRENT_TIMESTAMP", G::timedate, SQL_FN_TD_CURRENT_TIMESTAMP, ""},
    {"CURTIME", G::timedate, SQL_FN_TD_CURTIME, ""},
    {"DAYNAME", G::timedate, SQL_FN_TD_DAYNAME, ""},
    {"DAYOFMONTH", G::timedate, SQL_FN_TD_DAYOFMONTH, ""},
    {"DAYOFWEEK", G::timedate, SQL_FN_TD_DAYOFWEEK, ""},
    {"DAYOFYEAR", G::timedate, SQL_FN_TD_DAYOFYEAR, ""},
    {"EXTRACT", G::timedate, SQL_FN_TD_EXTRACT, ""},
    {"HOUR", G::timedate, SQL_FN_TD_HOUR, ""},
    {"MINUTE", G::timedate, SQL_FN_TD_MINUTE, ""},
    {"MONTH", G::timedate, SQL_FN_TD_MONTH, ""},
    {"MONTHNAME", G::timedate, SQL_FN_TD_MONTHNAME, ""},
    {"NOW", G::timedate, SQL_FN_TD_NOW, ""},
    {"QUARTER", G::timedate, SQL_FN_TD_QUARTER, ""},
    {"SECOND", G::timedate, SQL_FN_TD_SECOND, ""},
    {"TIMESTAMPADD", G::timedate, SQL_FN_TD_TIMESTAMPADD, ""},    // by interval, see below
    {"TIMESTAMPDIFF", G::timedate, SQL_FN_TD_TIMESTAMPDIFF, ""},  // by interval, see below
    {"WEEK", G::timedate, SQL_FN_TD_WEEK, "WEEK($1, 3)", 1},      // 1 to 53 as ODBC says; without a mode it begins at 0
    {"YEAR", G::timedate, SQL_FN_TD_YEAR, ""},

    {"DATABASE", G::system, SQL_FN_SYS_DBNAME, ""},
    {"IFNULL", G::system, SQL_FN_SYS_IFNULL, ""},
    {"USER", G::system, SQL_FN_SYS_USERNAME, ""},
};

constexpr TimestampInterval kTimestampIntervals[] = {
    // ODBC's fractions are billionths of a second, the servers' are millionths.
    {"SQL_TSI_FRAC_SECOND", SQL_FN_TSI_FRAC_SECOND, "TIMESTAMPADD(MICROSECOND, ($2) DIV 1000, $3)",
     "(TIMESTAMPDIFF(MICROSECOND, $2, $3) * 1000)"},
    {"SQL_TSI_SECOND", SQL_FN_TSI_SECOND, "TIMESTAMPADD(SECOND, $2, $3)", "TIMESTAMPDIFF(SECOND, $2, $3)"},
    {"SQL_TSI_MINUTE", SQL_FN_TSI_MINUTE, "TIMESTAMPADD(MINUTE, $2, $3)", "TIMESTAMPDIFF(MINUTE, $2, $3)"},
    {"SQL_TSI_HOUR", SQL_FN_TSI_HOUR, "TIMESTAMPADD(HOUR, $2, $3)", "TIMESTAMPDIFF(HOUR, $2, $3)"},
    {"SQL_TSI_DAY", SQL_FN_TSI_DAY, "TIMESTAMPADD(DAY, $2, $3)", "TIMESTAMPDIFF(DAY, $2, $3)"},
    {"SQL_TSI_WEEK", SQL_FN_TSI_WEEK, "TIMESTAMPADD(WEEK, $2, $3)", "TIMESTAMPDIFF(WEEK, $2, $3)"},
    {"SQL_TSI_MONTH", SQL_FN_TSI_MONTH, "TIMESTAMPADD(MONTH, $2, $3)", "TIMESTAMPDIFF(MONTH, $2, $3)"},
    {"SQL_TSI_QUARTER", SQL_FN_TSI_QUARTER, "TIMESTAMPADD(QUARTER, $2, $3)", "TIMESTAMPDIFF(QUARTER, $2, $3)"},
    {"SQL_TSI_YEAR", SQL_FN_TSI_YEAR, "TIMESTAMPADD(YEAR, $2, $3)", "TIMESTAMPDIFF(YEAR, $2, $3)"},
};

constexpr std::string_view kToCharacters = "CAST($1 AS CHAR)", kToBytes = "CAST($1 AS BINARY)",
                           kToInteger = "CAST($1 AS SIGNED)";
constexpr std::string_view kToDouble = "(($1) + 0e0)";  // older servers have no CAST to DOUBLE
// SQL_C_NUMERIC holds 38 digits; without a scale a DECIMAL would lose its fraction.
constexpr std::string_view kToDecimal = "CAST($1 AS DECIMAL(38, 10))";
constexpr std::string_view kToDate = "CAST($1 AS DATE)", kToTime = "CAST($1 AS TIME)", kToTimestamp = "CAST($1 AS DATETIME(6))";

constexpr ConvertTarget kConvertTargets[] = {
    {"SQL_BIGINT", SQL_CVT_BIGINT, kToInteger},
    {"SQL_BINARY", SQL_CVT_BINARY, kToBytes},
    {"SQL_BIT", SQL_CVT_BIT, "(($1) <> 0)"},
    {"SQL_CHAR", SQL_CVT_CHAR, kToCharacters},
    {"SQL_DATE", SQL_CVT_DATE, kToDate},
    {"SQL_DECIMAL", SQL_CVT_DECIMAL, kToDecimal},
    {"SQL_DOUBLE", SQL_CVT_DOUBLE, kToDouble},
    {"SQL_FLOAT", SQL_CVT_FLOAT, kToDouble},
    {"SQL_GUID", SQL_CVT_GUID, kToCharacters},
    {"SQL_INTEGER", SQL_CVT_INTEGER, kToInteger},
    {"SQL_LONGVARBINARY", SQL_CVT_LONGVARBINARY, kToBytes},
    {"SQL_LONGVARCHAR", SQL_CVT_LONGVARCHAR, kToCharacters},
    {"SQL_NUMERIC", SQL_CVT_NUMERIC, kToDecimal},
    {"SQL_REAL", SQL_CVT_REAL, kToDouble},
    {"SQL_SMALLINT", SQL_CVT_SMALLINT, kToInteger},
    {"SQL_TIME", SQL_CVT_TIME, kToTime},
    {"SQL_TIMESTAMP", SQL_CVT_TIMESTAMP, kToTimestamp},
    {"SQL_TINYINT", SQL_CVT_TINYINT, kToInteger},
    {"SQL_TYPE_DATE", SQL_CVT_DATE, kToDate},
    {"SQL_TYPE_TIME", SQL_CVT_TIME, kToTime},
    {"SQL_TYPE_TIMESTAMP", SQL_CVT_TIMESTAMP, kToTimestamp},
    {"SQL_VARBINARY", SQL_CVT_VARBINARY, kToBytes},
    {"SQL_VARCHAR", SQL_CVT_VARCHAR, kToCharacters},
    {"SQL_WCHAR", SQL_CVT_WCHAR, kToCharacters},
    {"SQL_WLONGVARCHAR", SQL_CVT_WLONGVARCHAR, kToCharacters},
    {"SQL_WVARCHAR", SQL_CVT_WVARCHAR, kToCharacters},
};

constexpr IntervalUnit kIntervalUnits[] = {
    {"YEAR", "", "YEAR", "YEAR"},
    {"YEAR", "MONTH", "YEAR_MONTH", "YEAR_MONTH"},
    {"MONTH", "", "MONTH", "MONTH"},
    {"DAY", "", "DAY", "DAY"},
    {"DAY", "HOUR", "DAY_HOUR", "DAY_HOUR"},
    {"DAY", "MINUTE", "DAY_MINUTE", "DAY_MINUTE"},
    {"DAY", "SECOND", "DAY_SECOND", "DAY_MICROSECOND"},
    {"HOUR", "", "HOUR", "HOUR"},
    {"HOUR", "MINUTE", "HOUR_MINUTE", "HOUR_MINUTE"},
    {"HOUR", "SECOND", "HOUR_SECOND", "HOUR_MICROSECOND"},
    {"MINUTE", "", "MINUTE", "MINUTE"},
    {"MINUTE", "SECOND", "MINUTE_SECOND", "MINUTE_MICROSECOND"},
    {"SECOND", "", "SECOND", "SECOND"},
};

template <typename Row>
const Row* find(std::span<const Row> rows, std::string_view name) {
  const auto row = std::ranges::find_if(rows, [&](const Row& r) { return setup::same_word(r.name, name); });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace

const ScalarFunction* find_scalar_function(std::string_view name) { return find<ScalarFunction>(kFunctions, name); }
const TimestampInterval* find_timestamp_interval(std::string_view name) {
  return find<TimestampInterval>(kTimestampIntervals, name);
}
const ConvertTarget* find_convert_target(std::string_view name) { return find<ConvertTarget>(kConvertTargets, name); }

const IntervalUnit* find_interval_unit(std::string_view first, std::string_view second) {
  for (const IntervalUnit& row : kIntervalUnits) {
    if (setup::same_word(row.first, first) && setup::same_word(row.second, second)) return &row;
  }
  return nullptr;
}

SQLUINTEGER function_bits(FunctionGroup group) {
  SQLUINTEGER bits = 0;
  for (const ScalarFunction& function : kFunctions) bits |= function.group == group ? function.bit : 0;
  return bits;
}
SQLUINTEGER timestamp_interval_bits() {
  SQLUINTEGER bits = 0;
  for (const TimestampInterval& interval : kTimestampIntervals) bits |= interval.bit;
  return bits;
}
SQLUINTEGER convert_bits() {
  SQLUINTEGER bits = 0;
  for (const ConvertTarget& target : kConvertTargets) bits |= target.bit;
  return bits;
}

}  // namespace selkie::odbc
