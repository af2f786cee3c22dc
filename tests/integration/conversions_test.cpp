// Every server type to every C type: bound and by SQLGetData, from text rows and from binary rows. What is expected comes from
// the specification's tables, worked out here from the value's text. Spec: ODBC Appendix D, "Converting Data from SQL to C Data
// Types"
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "tests/integration/c_values.h"
#include "tests/integration/numbers.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class OutputConversions : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(OutputConversions);

// --- The values

enum class Kind : std::uint8_t { exact, approximate, bit, text, bytes, date, time, timestamp };

// What a server must have to know a type.
enum class Needs : std::uint8_t { nothing, mariadb_types, vector, mysql_vector };

struct Value {
  const char* type;
  const char* literal;
  Kind kind;
  const char* text;          // as the server writes it; bytes as hexadecimal digits
  SQLSMALLINT default_type;  // what SQL_C_DEFAULT is
  Needs needs = Needs::nothing;

  // What SQL_C_BINARY has the memory of. A BIGINT UNSIGNED is described as a DECIMAL so that everybody reads it.
  SQLSMALLINT memory_type() const { return std::string_view(type) == "BIGINT UNSIGNED" ? SQL_C_UBIGINT : default_type; }
};

constexpr SQLSMALLINT kWide = SQL_C_CHAR;  // of text for an application that calls the narrow functions

const Value kValues[] = {
    {"TINYINT", "-128", Kind::exact, "-128", SQL_C_STINYINT},
    {"TINYINT", "127", Kind::exact, "127", SQL_C_STINYINT},
    {"TINYINT", "1", Kind::exact, "1", SQL_C_STINYINT},
    {"TINYINT UNSIGNED", "255", Kind::exact, "255", SQL_C_USHORT},
    {"SMALLINT", "-32768", Kind::exact, "-32768", SQL_C_SSHORT},
    {"SMALLINT UNSIGNED", "65535", Kind::exact, "65535", SQL_C_ULONG},
    {"MEDIUMINT", "-8388608", Kind::exact, "-8388608", SQL_C_SLONG},
    {"MEDIUMINT UNSIGNED", "16777215", Kind::exact, "16777215", SQL_C_ULONG},
    {"INT", "-2147483648", Kind::exact, "-2147483648", SQL_C_SLONG},
    {"INT", "0", Kind::exact, "0", SQL_C_SLONG},
    {"INT UNSIGNED", "4294967295", Kind::exact, "4294967295", SQL_C_UBIGINT},
    {"INT(6) ZEROFILL", "42", Kind::exact, "000042", SQL_C_UBIGINT},
    {"BIGINT", "-9223372036854775808", Kind::exact, "-9223372036854775808", SQL_C_SBIGINT},
    {"BIGINT UNSIGNED", "18446744073709551615", Kind::exact, "18446744073709551615", SQL_C_CHAR},
    {"YEAR", "2155", Kind::exact, "2155", SQL_C_USHORT},
    {"YEAR", "0", Kind::exact, "0000", SQL_C_USHORT},
    {"DECIMAL(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567891", Kind::exact,
     "-12345678901234567890123456789012345.123456789012345678901234567891", SQL_C_CHAR},
    {"DECIMAL(65,0)", "99999999999999999999999999999999999999999999999999999999999999999", Kind::exact,
     "99999999999999999999999999999999999999999999999999999999999999999", SQL_C_CHAR},
    {"DECIMAL(38,10)", "9999999999999999999999999999.9999999999", Kind::exact, "9999999999999999999999999999.9999999999",
     SQL_C_CHAR},
    {"DECIMAL(10,2)", "-0.50", Kind::exact, "-0.50", SQL_C_CHAR},
    {"DECIMAL(10,2)", "1.99", Kind::exact, "1.99", SQL_C_CHAR},
    {"DECIMAL(10,0)", "99", Kind::exact, "99", SQL_C_CHAR},
    {"DECIMAL(20,8) UNSIGNED", "12.12345678", Kind::exact, "12.12345678", SQL_C_CHAR},
    {"FLOAT", "0.1", Kind::approximate, "0.1", SQL_C_FLOAT},
    {"FLOAT", "-3.40282e38", Kind::approximate, "-3.40282e38", SQL_C_FLOAT},
    {"DOUBLE", "1.7976931348623157e308", Kind::approximate, "1.7976931348623157e308", SQL_C_DOUBLE},
    {"DOUBLE", "2.2250738585072014e-308", Kind::approximate, "2.2250738585072014e-308", SQL_C_DOUBLE},
    {"DOUBLE", "-1234.0625", Kind::approximate, "-1234.0625", SQL_C_DOUBLE},
    {"DOUBLE", "1.5", Kind::approximate, "1.5", SQL_C_DOUBLE},
    {"DOUBLE", "1", Kind::approximate, "1", SQL_C_DOUBLE},
    {"DOUBLE", "9223372036854775808", Kind::approximate, "9.223372036854776e18", SQL_C_DOUBLE},
    {"DOUBLE(10,3)", "1.5", Kind::approximate, "1.500", SQL_C_DOUBLE},
    {"BIT(1)", "b'0'", Kind::bit, "0", SQL_C_BIT},
    {"BIT(1)", "b'1'", Kind::bit, "1", SQL_C_BIT},
    {"BIT(10)", "b'1100000001'", Kind::bytes, "0301", SQL_C_BINARY},
    {"BIT(64)", "18446744073709551615", Kind::bytes, "FFFFFFFFFFFFFFFF", SQL_C_BINARY},
    {"DATE", "'2024-02-29'", Kind::date, "2024-02-29", SQL_C_TYPE_DATE},
    {"DATE", "'9999-12-31'", Kind::date, "9999-12-31", SQL_C_TYPE_DATE},
    {"TIME", "'23:59:59'", Kind::time, "23:59:59", SQL_C_TYPE_TIME},
    {"TIME", "'-838:59:59'", Kind::time, "-838:59:59", SQL_C_TYPE_TIME},
    {"TIME", "'25:00:00'", Kind::time, "25:00:00", SQL_C_TYPE_TIME},
    {"TIME(6)", "'12:34:56.000001'", Kind::time, "12:34:56.000001", SQL_C_TYPE_TIME},
    {"TIME(3)", "'00:00:00'", Kind::time, "00:00:00.000", SQL_C_TYPE_TIME},
    {"DATETIME", "'9999-12-31 23:59:59'", Kind::timestamp, "9999-12-31 23:59:59", SQL_C_TYPE_TIMESTAMP},
    {"DATETIME(6)", "'2024-01-02 03:04:05.678901'", Kind::timestamp, "2024-01-02 03:04:05.678901", SQL_C_TYPE_TIMESTAMP},
    {"DATETIME(3)", "'2024-01-02 00:00:00'", Kind::timestamp, "2024-01-02 00:00:00.000", SQL_C_TYPE_TIMESTAMP},
    {"TIMESTAMP(2) NULL", "'2024-01-02 03:04:05.67'", Kind::timestamp, "2024-01-02 03:04:05.67", SQL_C_TYPE_TIMESTAMP},
    {"CHAR(8)", "'abc'", Kind::text, "abc", kWide},
    {"VARCHAR(40)", "''", Kind::text, "", kWide},
    {"VARCHAR(40)", "'日本語 😀 é'", Kind::text, "日本語 😀 é", kWide},
    {"VARCHAR(40)", "'42'", Kind::text, "42", kWide},
    {"VARCHAR(40)", "' -3.75 '", Kind::text, " -3.75 ", kWide},
    {"VARCHAR(40)", "'1e3'", Kind::text, "1e3", kWide},
    {"VARCHAR(40)", "'1'", Kind::text, "1", kWide},
    {"VARCHAR(60)", "'340282366920938463463374607431768211456'", Kind::text, "340282366920938463463374607431768211456", kWide},
    {"VARCHAR(40)", "'12abc'", Kind::text, "12abc", kWide},
    {"VARCHAR(40)", "'2024-02-29'", Kind::text, "2024-02-29", kWide},
    {"VARCHAR(40)", "'2023-02-29'", Kind::text, "2023-02-29", kWide},
    {"VARCHAR(40)", "'23:59:58'", Kind::text, "23:59:58", kWide},
    {"VARCHAR(40)", "'2024-02-29 00:00:00'", Kind::text, "2024-02-29 00:00:00", kWide},
    {"VARCHAR(40)", "'2024-02-29 23:59:58.25'", Kind::text, "2024-02-29 23:59:58.25", kWide},
    {"VARCHAR(40)", "'123E4567-e89b-12d3-a456-426655440000'", Kind::text, "123E4567-e89b-12d3-a456-426655440000", kWide},
    {"VARCHAR(40)", "'7-11'", Kind::text, "7-11", kWide},
    {"VARCHAR(40)", "'-3 04:05:06.5'", Kind::text, "-3 04:05:06.5", kWide},
    {"VARCHAR(40) CHARACTER SET latin1", "'caf\u00e9'", Kind::text, "caf\u00e9", kWide},
    {"TINYTEXT", "'short'", Kind::text, "short", kWide},
    {"LONGTEXT", "'long'", Kind::text, "long", kWide},
    {"ENUM('one','two')", "'two'", Kind::text, "two", kWide},
    {"SET('a','b','c')", "'a,c'", Kind::text, "a,c", kWide},
    {"JSON", "'{\"a\": 1}'", Kind::text, "{\"a\": 1}", kWide},
    {"BINARY(3)", "X'00ff41'", Kind::bytes, "00FF41", SQL_C_BINARY},
    {"VARBINARY(10)", "X'0001fe00'", Kind::bytes, "0001FE00", SQL_C_BINARY},
    {"BLOB", "X'00'", Kind::bytes, "00", SQL_C_BINARY},
    {"GEOMETRY", "ST_GeomFromText('POINT(1 2)')", Kind::bytes, "000000000101000000000000000000F03F0000000000000040",
     SQL_C_BINARY},
    {"UUID", "'123e4567-e89b-12d3-a456-426655440000'", Kind::text, "123e4567-e89b-12d3-a456-426655440000", kWide,
     Needs::mariadb_types},
    {"INET4", "'192.0.2.1'", Kind::text, "192.0.2.1", kWide, Needs::mariadb_types},
    {"INET6", "'2001:db8::1'", Kind::text, "2001:db8::1", kWide, Needs::mariadb_types},
    {"VECTOR(2)", "VEC_FromText('[1,2]')", Kind::bytes, "0000803F00000040", SQL_C_BINARY, Needs::vector},
    {"VECTOR(2)", "STRING_TO_VECTOR('[1,2]')", Kind::bytes, "0000803F00000040", SQL_C_BINARY, Needs::mysql_vector},
};

bool is_known(const Value& value, const RealServer& server) {
  switch (value.needs) {
    case Needs::nothing: return true;
    case Needs::mariadb_types: return server.has(Feature::mariadb_types);
    case Needs::vector: return server.is_mariadb() && server.has(Feature::vector_type);
    case Needs::mysql_vector: return !server.is_mariadb() && server.has(Feature::vector_type);
  }
  return false;
}

// --- What must come of them

const Answer kNotListed{"07006", ""};

struct IntegerLimits {
  SQLSMALLINT type;
  const char *lowest, *highest;  // magnitudes
};
constexpr IntegerLimits kIntegers[] = {
    {SQL_C_STINYINT, "128", "127"},
    {SQL_C_TINYINT, "128", "127"},
    {SQL_C_UTINYINT, "0", "255"},
    {SQL_C_SSHORT, "32768", "32767"},
    {SQL_C_SHORT, "32768", "32767"},
    {SQL_C_USHORT, "0", "65535"},
    {SQL_C_SLONG, "2147483648", "2147483647"},
    {SQL_C_LONG, "2147483648", "2147483647"},
    {SQL_C_ULONG, "0", "4294967295"},
    {SQL_C_SBIGINT, "9223372036854775808", "9223372036854775807"},
    {SQL_C_UBIGINT, "0", "18446744073709551615"},
};

Answer to_integer(const Number& n, const IntegerLimits& limits) {
  if (exceeds(n.whole, n.negative ? limits.lowest : limits.highest)) return {"22003", ""};
  return {n.fraction_is_zero() ? "" : "01S07", (n.negative && n.whole != "0" ? "-" : "") + n.whole};
}

Answer to_bit(const Number& n) {
  const bool is_zero = n.whole == "0" && n.fraction_is_zero();
  if ((n.negative && !is_zero) || (n.whole != "0" && n.whole != "1")) return {"22003", ""};
  return {n.fraction_is_zero() ? "" : "01S07", n.whole};
}

// 38 digits; the whole ones have precedence.
Answer to_numeric(const Number& n, bool is_approximate) {
  constexpr std::size_t kDigits = 38;
  const std::string whole = n.whole == "0" ? "" : n.whole;
  if (whole.size() > kDigits) return {"22003", ""};
  std::string fraction = n.fraction;
  if (is_approximate) fraction.erase(fraction.find_last_not_of('0') + 1);  // its scale is its own
  const std::string kept = fraction.substr(0, kDigits - whole.size());
  const bool lost = fraction.find_first_not_of('0', kept.size()) != std::string::npos;
  return {lost ? "01S07" : "", (n.negative ? "-" : "") + n.whole + (kept.empty() ? "" : "." + kept)};
}

Answer to_single_interval(SQLSMALLINT c_type, const Number& n) {
  const std::string sign = n.negative ? "-" : "";
  if (n.whole.size() > 2) return {"22015", ""};  // SQL_DESC_DATETIME_INTERVAL_PRECISION is 2
  if (c_type != SQL_C_INTERVAL_SECOND) return {n.fraction_is_zero() ? "" : "01S07", sign + n.whole};
  std::string micro = n.fraction.substr(0, 6);
  const bool lost = n.fraction.find_first_not_of('0', micro.size()) != std::string::npos;
  micro.resize(6, '0');
  return {lost ? "01S07" : "", sign + n.whole + "." + micro};
}

bool is_single(SQLSMALLINT interval) { return interval >= SQL_C_INTERVAL_YEAR && interval <= SQL_C_INTERVAL_SECOND; }

template <class Real>
Answer to_real(const char* text, const char* format) {
  Real value;
  if constexpr (std::same_as<Real, float>) {
    value = std::strtof(text, nullptr);
  } else {
    value = std::strtod(text, nullptr);
  }
  if (std::isinf(value)) return {"22003", ""};
  return {"", formatted(format, static_cast<double>(value))};
}

bool is_float(const Value& v) { return std::string_view(v.type) == "FLOAT"; }

// All digits that the approximate number of this text has.
std::string exact_text(const Value& v) {
  return formatted("%.340f", is_float(v) ? static_cast<double>(std::strtof(v.text, nullptr)) : std::strtod(v.text, nullptr));
}

Answer from_number(const Value& v, SQLSMALLINT c_type) {
  const bool as_shortest = v.kind != Kind::approximate || c_type == SQL_C_NUMERIC;
  const Number n = number_of(as_shortest ? v.text : exact_text(v));
  if (!n.is_number) return {"22018", ""};
  for (const IntegerLimits& limits : kIntegers) {
    if (limits.type == c_type) return to_integer(n, limits);
  }
  switch (c_type) {
    case SQL_C_BIT: return to_bit(n);
    case SQL_C_NUMERIC: return to_numeric(n, v.kind == Kind::approximate);
    case SQL_C_FLOAT: return to_real<float>(v.text, "%.9g");
    default:  // a FLOAT is read as the float that it is
      if (is_float(v)) return {"", formatted("%.17g", static_cast<double>(std::strtof(v.text, nullptr)))};
      return to_real<double>(v.text, "%.17g");
  }
}

bool is_number_type(SQLSMALLINT c_type) {
  return c_type == SQL_C_BIT || c_type == SQL_C_NUMERIC || c_type == SQL_C_FLOAT || c_type == SQL_C_DOUBLE ||
         std::any_of(std::begin(kIntegers), std::end(kIntegers), [&](const IntegerLimits& l) { return l.type == c_type; });
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::localtime(&now));
  return text;
}

// A date, a time of day and their fraction, as far as the text has them.
struct Moment {
  std::string date, clock, fraction;
};
Moment moment_of(const std::string& text) {
  Moment m;
  const auto is_shaped = [](const std::string& t, char mark) {
    return (mark == '-' ? t.size() == 10 && t[4] == mark && t[7] == mark : t.size() == 8 && t[2] == mark && t[5] == mark);
  };
  std::string rest = text;
  if (const std::string date = text.substr(0, 10); is_shaped(date, '-') && date != "2023-02-29") {
    m.date = date;
    rest = text.size() > 11 ? text.substr(11) : "";
  }
  if (const std::string clock = rest.substr(0, 8); is_shaped(clock, ':') && (m.date.empty() || text[10] == ' ')) {
    m.clock = clock;
    m.fraction = rest.size() > 9 ? rest.substr(9) : "";
  }
  return m;
}

Answer from_moment(const Moment& m, SQLSMALLINT c_type) {
  const bool has_fraction = m.fraction.find_first_not_of('0') != std::string::npos;
  std::string billionths = m.fraction;
  billionths.resize(9, '0');
  switch (c_type) {
    case SQL_C_DATE:
    case SQL_C_TYPE_DATE:
      if (m.date.empty()) return {"22018", ""};
      return {m.clock.empty() || (m.clock == "00:00:00" && !has_fraction) ? "" : "01S07", m.date};
    case SQL_C_TIME:
    case SQL_C_TYPE_TIME:
      if (m.clock.empty()) return {"22018", ""};
      return {has_fraction ? "01S07" : "", m.clock};
    default:
      if (m.date.empty() && m.clock.empty()) return {"22018", ""};
      return {"", (m.date.empty() ? today() : m.date) + " " + (m.clock.empty() ? "00:00:00" : m.clock) + "." + billionths};
  }
}

// The interval literals among the values.
Answer from_interval_text(const std::string& text, SQLSMALLINT c_type) {
  struct Known {
    const char* text;
    SQLSMALLINT type;
    Answer answer;
  };
  const Known known[] = {
      {"7-11", SQL_C_INTERVAL_YEAR, {"01S07", "7"}},
      {"7-11", SQL_C_INTERVAL_YEAR_TO_MONTH, {"", "7-11"}},
      {"-3 04:05:06.5", SQL_C_INTERVAL_DAY, {"01S07", "-3"}},
      {"-3 04:05:06.5", SQL_C_INTERVAL_DAY_TO_HOUR, {"01S07", "-3 04"}},
      {"-3 04:05:06.5", SQL_C_INTERVAL_DAY_TO_MINUTE, {"01S07", "-3 04:05"}},
      {"-3 04:05:06.5", SQL_C_INTERVAL_DAY_TO_SECOND, {"", "-3 04:05:06.500000"}},
      {"23:59:58", SQL_C_INTERVAL_HOUR, {"01S07", "23"}},
      {"23:59:58", SQL_C_INTERVAL_HOUR_TO_MINUTE, {"01S07", "23:59"}},
      {"23:59:58", SQL_C_INTERVAL_HOUR_TO_SECOND, {"", "23:59:58.000000"}},
  };
  for (const Known& k : known) {
    if (text == k.text && c_type == k.type) return k.answer;
  }
  const Number n = number_of(text);
  const bool is_field =
      n.is_number && text.find_first_of("eE") == std::string::npos && (n.fraction.empty() || c_type == SQL_C_INTERVAL_SECOND);
  return is_field && is_single(c_type) ? to_single_interval(c_type, n) : Answer{"22018", ""};
}

Answer from_text(const Value& v, SQLSMALLINT c_type) {
  if (is_number_type(c_type)) return from_number(v, c_type);
  if (is_interval_type(c_type)) return from_interval_text(v.text, c_type);
  if (c_type == SQL_C_GUID) {
    std::string guid = v.text;
    std::transform(guid.begin(), guid.end(), guid.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return guid.size() == 36 && guid[8] == '-' && guid[23] == '-' ? Answer{"", guid} : Answer{"22018", ""};
  }
  return from_moment(moment_of(v.text), c_type);
}

// TIME is a span here: up to 838 hours, either sign. As a time of day it must be one; the day-time intervals take it, too,
// which the specification does not list, with as many digits in the leading field as there are.
Answer from_time(const Value& v, SQLSMALLINT c_type) {
  std::string text = v.text;
  const bool negative = text[0] == '-';
  if (negative) text.erase(0, 1);
  const int hours = std::atoi(text.c_str());
  const auto colon = text.find(':');
  const int minutes = std::atoi(text.c_str() + colon + 1), seconds = std::atoi(text.c_str() + colon + 4);
  const std::string fraction = text.size() > colon + 7 ? text.substr(colon + 7) : "";
  if (c_type == SQL_C_TYPE_DATE || c_type == SQL_C_DATE) return kNotListed;
  if (!is_interval_type(c_type)) {
    if (negative || hours > 23) return {"22008", ""};
    return from_moment({"", text.substr(0, 8), fraction}, c_type);
  }
  if (c_type <= SQL_C_INTERVAL_MONTH || c_type == SQL_C_INTERVAL_YEAR_TO_MONTH) return kNotListed;
  const bool has_fraction = fraction.find_first_not_of('0') != std::string::npos;
  std::string micro = fraction;
  micro.resize(6, '0');
  const std::string sign = negative ? "-" : "";
  const auto answer = [&](int leading, bool lost, const std::string& rest) {
    return Answer{lost ? "01S07" : "", sign + std::to_string(leading) + rest};
  };
  const bool has_second = seconds != 0 || has_fraction;
  const std::string second = formatted(":%02d.", seconds) + micro;
  switch (c_type) {
    case SQL_C_INTERVAL_DAY: return answer(hours / 24, hours % 24 != 0 || minutes != 0 || has_second, "");
    case SQL_C_INTERVAL_HOUR: return answer(hours, minutes != 0 || has_second, "");
    case SQL_C_INTERVAL_MINUTE: return answer(hours * 60 + minutes, has_second, "");
    case SQL_C_INTERVAL_SECOND: return answer(hours * 3600 + minutes * 60 + seconds, false, "." + micro);
    case SQL_C_INTERVAL_DAY_TO_HOUR: return answer(hours / 24, minutes != 0 || has_second, formatted(" %02d", hours % 24));
    case SQL_C_INTERVAL_DAY_TO_MINUTE: return answer(hours / 24, has_second, formatted(" %02d:%02d", hours % 24, minutes));
    case SQL_C_INTERVAL_DAY_TO_SECOND: return answer(hours / 24, false, formatted(" %02d:%02d", hours % 24, minutes) + second);
    case SQL_C_INTERVAL_HOUR_TO_MINUTE: return answer(hours, has_second, formatted(":%02d", minutes));
    case SQL_C_INTERVAL_HOUR_TO_SECOND: return answer(hours, false, formatted(":%02d", minutes) + second);
    default: return answer(hours * 60 + minutes, false, second);
  }
}

bool is_moment_type(SQLSMALLINT c_type) {
  return (c_type >= SQL_C_DATE && c_type <= SQL_C_TIMESTAMP) || (c_type >= SQL_C_TYPE_DATE && c_type <= SQL_C_TYPE_TIMESTAMP);
}

Answer expected(const Value& v, SQLSMALLINT c_type) {
  if (c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR) return {"", v.text};
  if (c_type == SQL_C_BINARY) {
    if (v.kind == Kind::bytes) return {"", v.text};
    if (v.memory_type() == SQL_C_CHAR) return {"", hex(v.text)};
    return expected(v, v.memory_type());  // in other words: the test compares the memory
  }
  switch (v.kind) {
    case Kind::exact:
      if (is_number_type(c_type)) return from_number(v, c_type);
      return is_interval_type(c_type) && is_single(c_type) ? to_single_interval(c_type, number_of(v.text)) : kNotListed;
    case Kind::approximate:
    case Kind::bit: return is_number_type(c_type) ? from_number(v, c_type) : kNotListed;
    case Kind::bytes: return kNotListed;
    case Kind::text: return from_text(v, c_type);
    case Kind::time: return is_moment_type(c_type) || is_interval_type(c_type) ? from_time(v, c_type) : kNotListed;
    case Kind::date:
      if (!is_moment_type(c_type) || c_type == SQL_C_TYPE_TIME || c_type == SQL_C_TIME) return kNotListed;
      return from_moment(moment_of(v.text), c_type);
    case Kind::timestamp: return is_moment_type(c_type) ? from_moment(moment_of(v.text), c_type) : kNotListed;
  }
  return kNotListed;
}

// --- What does come

struct Buffer {
  alignas(16) std::array<char, 512> data;
  SQLLEN length = -99;
  Buffer() { data.fill('\x5a'); }
};

// What a call left in `buffer`. SQL_C_BINARY of a value with a structure is shown as that.
Answer answer_of(const Value& v, SQLRETURN code, SQLHSTMT statement, SQLSMALLINT c_type, const Buffer& buffer) {
  Answer answer;
  if (code != SQL_SUCCESS) {
    const auto records = diagnostics(SQL_HANDLE_STMT, statement);
    answer.state = records.empty() ? "nothing" : records.front().state;
  }
  if (code == SQL_ERROR) return answer;
  if (buffer.length == SQL_NULL_DATA) return {answer.state, "NULL"};
  const bool is_structure = c_type == SQL_C_BINARY && fixed_size(v.memory_type()) != 0;
  const SQLSMALLINT shown = is_structure ? v.memory_type() : c_type;
  if (const auto fixed = static_cast<SQLLEN>(fixed_size(shown)); fixed != 0 && buffer.length != fixed) {
    answer.state += "length " + std::to_string(buffer.length);
  }
  answer.value = value_text(shown, buffer.data.data(), buffer.length);
  return answer;
}

std::string column_of(std::size_t i) { return "c" + std::to_string(i); }

class ValuesTable {
 public:
  ValuesTable(Connection& connection, const RealServer& server, bool nulls) {
    std::string columns, values;
    for (std::size_t i = 0; i < std::size(kValues); ++i) {
      const Value& v = kValues[i];
      if (!is_known(v, server)) continue;
      columns += (columns.empty() ? "" : ", ") + column_of(i) + " " + v.type;
      values += (values.empty() ? "" : ", ") + std::string(nulls ? "NULL" : v.literal);
      used.push_back(i);
    }
    Statement(connection).run("SET sql_mode = 'STRICT_TRANS_TABLES'");
    Statement(connection).run("CREATE TABLE v (" + columns + ")");
    Statement(connection).run("INSERT INTO v VALUES (" + values + ")");
  }
  std::vector<std::size_t> used;  // of kValues
};

void run_either(Statement& s, const std::string& sql, bool prepared) {
  prepared ? (void)s.prepare(sql).execute() : (void)s.run(sql);
}

TEST_P(OutputConversions, SqlGetDataOfEveryTypeToEveryType) {
  const ValuesTable table(connection(), server(), false);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    Statement s(connection());
    run_either(s, "SELECT * FROM v", prepared);
    ASSERT_TRUE(s.fetch());
    for (std::size_t column = 0; column < table.used.size(); ++column) {
      const Value& v = kValues[table.used[column]];
      for (const CType& to : kCTypes) {
        Buffer b;
        const SQLRETURN code = ::SQLGetData(s.handle(), static_cast<SQLUSMALLINT>(column + 1), to.code, b.data.data(),
                                            static_cast<SQLLEN>(b.data.size()), &b.length);
        EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), expected(v, to.code))
            << v.type << " " << v.text << " to " << to.name;
      }
      Buffer b;
      const SQLRETURN code = ::SQLGetData(s.handle(), static_cast<SQLUSMALLINT>(column + 1), SQL_C_DEFAULT, b.data.data(),
                                          static_cast<SQLLEN>(b.data.size()), &b.length);
      const Answer as_default = expected(v, v.default_type);
      EXPECT_EQ(answer_of(v, code, s.handle(), v.default_type, b), as_default)
          << v.type << " " << v.text << " to SQL_C_DEFAULT";
    }
  }
}

TEST_P(OutputConversions, BoundColumnsOfEveryTypeToEveryType) {
  const ValuesTable table(connection(), server(), false);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    for (const std::size_t i : table.used) {
      const Value& v = kValues[i];
      Statement s(connection());
      for (const CType& to : kCTypes) {
        run_either(s, "SELECT " + column_of(i) + " FROM v", prepared);
        Buffer b;
        s.check(::SQLBindCol(s.handle(), 1, to.code, b.data.data(), static_cast<SQLLEN>(b.data.size()), &b.length));
        const SQLRETURN code = ::SQLFetch(s.handle());
        EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), expected(v, to.code))
            << v.type << " " << v.text << " to " << to.name;
        s.unbind_and_close();
      }
    }
  }
}

TEST_P(OutputConversions, NullIsNullInEveryTypeThatIsListed) {
  const ValuesTable table(connection(), server(), true);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    Statement s(connection());
    run_either(s, "SELECT * FROM v", prepared);
    ASSERT_TRUE(s.fetch());
    for (std::size_t column = 0; column < table.used.size(); ++column) {
      const Value& v = kValues[table.used[column]];
      for (const CType& to : kCTypes) {
        const auto number = static_cast<SQLUSMALLINT>(column + 1);
        const Answer wanted = expected(v, to.code) == kNotListed ? kNotListed : Answer{"", "NULL"};
        Buffer b;
        const SQLRETURN code =
            ::SQLGetData(s.handle(), number, to.code, b.data.data(), static_cast<SQLLEN>(b.data.size()), &b.length);
        EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), wanted) << v.type << " to " << to.name;
      }
    }
  }
}

// A buffer one character too short: text is cut, a number or a time loses its fraction, and nothing else is ever cut.
TEST_P(OutputConversions, TextThatDoesNotFitIsCutOnlyWhereTheSpecificationCutsIt) {
  const ValuesTable table(connection(), server(), false);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    Statement s(connection());
    run_either(s, "SELECT * FROM v", prepared);
    ASSERT_TRUE(s.fetch());
    for (std::size_t column = 0; column < table.used.size(); ++column) {
      const Value& v = kValues[table.used[column]];
      const std::string text = v.text;
      if (v.kind == Kind::approximate || text.empty()) continue;  // those are written with an exponent instead
      const bool has_whole_part = v.kind != Kind::text && v.kind != Kind::bytes;
      const bool may_lose = !has_whole_part || (text.find('.') != std::string::npos && v.kind != Kind::date);
      Buffer b;
      const SQLRETURN code = ::SQLGetData(s.handle(), static_cast<SQLUSMALLINT>(column + 1), SQL_C_CHAR, b.data.data(),
                                          static_cast<SQLLEN>(text.size()), &b.length);
      const auto records = diagnostics(SQL_HANDLE_STMT, s.handle());
      ASSERT_FALSE(records.empty()) << v.type << " " << v.text << " returned " << code;
      EXPECT_EQ(records.front().state, may_lose ? "01004" : "22003") << v.type << " " << v.text;
      EXPECT_TRUE(!may_lose || b.length == static_cast<SQLLEN>(text.size())) << v.type << " " << v.text << ": " << b.length;
    }
  }
}

SQLSMALLINT sql_type_of(Kind kind) {
  switch (kind) {
    case Kind::exact: return SQL_DECIMAL;
    case Kind::approximate: return SQL_DOUBLE;
    case Kind::bit: return SQL_BIT;
    case Kind::text: return SQL_LONGVARCHAR;
    case Kind::bytes: return SQL_LONGVARBINARY;
    case Kind::date: return SQL_TYPE_DATE;
    case Kind::time: return SQL_TYPE_TIME;
    case Kind::timestamp: break;
  }
  return SQL_TYPE_TIMESTAMP;
}

// OUT, INOUT and a function's value are converted as a column of the same type.
void expect_output(Connection& connection, const Value& v, SQLSMALLINT direction, const char* call, bool every_type) {
  Statement s(connection);
  s.prepare(call);
  for (const CType& to : kCTypes) {
    const bool is_one_of_few = to.code == SQL_C_WCHAR || to.code == SQL_C_SBIGINT || to.code == SQL_C_TYPE_TIMESTAMP;
    if (!every_type && !is_one_of_few) continue;
    Buffer b;
    b.length = SQL_NULL_DATA;  // an INOUT value goes there as NULL
    s.check(::SQLBindParameter(s.handle(), 1, direction, to.code, sql_type_of(v.kind), 65, 0, b.data.data(),
                               static_cast<SQLLEN>(b.data.size()), &b.length));
    const Answer wanted = expected(v, to.code);
    const SQLRETURN code = ::SQLExecute(s.handle());
    if (wanted == kNotListed && code == SQL_ERROR) continue;  // by the SQL type that it is bound with, or by what comes
    EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), wanted)
        << call << " of " << v.type << " " << v.text << " to " << to.name;
    s.check(::SQLFreeStmt(s.handle(), SQL_CLOSE));
  }
}

TEST_P(OutputConversions, OutputParametersOfEveryTypeToEveryType) {
  for (const Value& v : kValues) {
    const std::string_view type = v.type;
    const auto is_declared = [&](std::string_view word) { return type.find(word) != type.npos; };
    if (!is_known(v, server()) || is_declared("NULL") || is_declared("ZEROFILL")) continue;
    // The servers send an OUT value of many bits as the digits of its number, MySQL one of latin1 as it is.
    if ((v.kind == Kind::bytes && is_declared("BIT")) || is_declared("latin1")) continue;
    const std::string set = std::string(v.type) + ") SET v = " + v.literal;
    run("CREATE PROCEDURE o(OUT v " + set);
    run("CREATE PROCEDURE io(INOUT v " + set);
    run("CREATE FUNCTION f() RETURNS " + std::string(v.type) + " DETERMINISTIC RETURN " + v.literal);
    expect_output(connection(), v, SQL_PARAM_OUTPUT, "{CALL o(?)}", true);
    expect_output(connection(), v, SQL_PARAM_INPUT_OUTPUT, "{CALL io(?)}", false);
    expect_output(connection(), v, SQL_PARAM_OUTPUT, "{? = CALL f()}", false);
    for (const char* const drop : {"PROCEDURE o", "PROCEDURE io", "FUNCTION f"}) run(std::string("DROP ") + drop);
  }
}

// '0000-00-00' and dates with a part that is zero have no place in ODBC's structures.
TEST_P(OutputConversions, ZeroDatesAreWhatTheSettingSays) {
  struct Zero {
    const char* expression;
    SQLSMALLINT c_type;
    Answer as_min;
  };
  const Zero kZeros[] = {
      {"d", SQL_C_TYPE_DATE, {"", "0001-01-01"}},
      {"d", SQL_C_TYPE_TIMESTAMP, {"", "0001-01-01 00:00:00.000000000"}},
      {"t", SQL_C_TYPE_TIMESTAMP, {"", "0001-01-01 00:00:00.000000000"}},
      {"t", SQL_C_TYPE_DATE, {"", "0001-01-01"}},
      {"partial", SQL_C_TYPE_DATE, {"", "2020-01-10"}},
      {"partial", SQL_C_BINARY, {"", "2020-01-10"}},
  };
  run("SET sql_mode = ''");
  run("CREATE TABLE z (d DATE NOT NULL, t DATETIME(3) NOT NULL, partial DATE NOT NULL)");
  run("INSERT INTO z VALUES ('0000-00-00', '0000-00-00 00:00:00', '2020-00-10')");
  for (const char* const setting : {"", "ZERO_DATE=null;", "ZERO_DATE=error;", "ZERO_DATE=min;"}) {
    SCOPED_TRACE(setting);
    const auto asked = connect(setting);
    const bool min = std::string_view(setting).find("min") != std::string_view::npos;
    const bool error = std::string_view(setting).find("error") != std::string_view::npos;
    for (const bool prepared : {false, true}) {
      SCOPED_TRACE(prepared ? "binary rows" : "text rows");
      Statement s(*asked);
      for (const Zero& zero : kZeros) {
        run_either(s, std::string("SELECT ") + zero.expression + " FROM z", prepared);
        SQLLEN nullable = -1;
        s.check(::SQLColAttribute(s.handle(), 1, SQL_DESC_NULLABLE, nullptr, 0, nullptr, &nullable));
        EXPECT_EQ(nullable, min || error ? SQL_NO_NULLS : SQL_NULLABLE);
        Buffer b;
        s.check(::SQLBindCol(s.handle(), 1, zero.c_type, b.data.data(), static_cast<SQLLEN>(b.data.size()), &b.length));
        const Value v{"DATE", "", Kind::date, "", SQL_C_TYPE_DATE};
        const SQLRETURN code = ::SQLFetch(s.handle());
        const Answer wanted = min ? zero.as_min : error ? Answer{"22007", ""} : Answer{"", "NULL"};
        EXPECT_EQ(answer_of(v, code, s.handle(), zero.c_type, b), wanted) << zero.expression << " to " << zero.c_type;
        s.unbind_and_close();
      }
      run_either(s, "SELECT d, t, partial FROM z", prepared);
      EXPECT_EQ(s.rows(), "0000-00-00,0000-00-00 00:00:00.000,2020-00-10");  // text has room for them
    }
  }
}

}  // namespace
}  // namespace selkie::test
