#include "tests/integration/expected_outputs.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace selkie::test {
namespace {

constexpr Value kAll[] = {
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

}  // namespace

constinit const std::span<const Value> kValues = kAll;

bool is_known(const Value& value, const RealServer& server) {
  switch (value.needs) {
    case Needs::nothing: return true;
    case Needs::mariadb_types: return server.has(Feature::mariadb_types);
    case Needs::vector: return server.is_mariadb() && server.has(Feature::vector_type);
    case Needs::mysql_vector: return !server.is_mariadb() && server.has(Feature::vector_type);
  }
  return false;
}

namespace {

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

}  // namespace

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
      if (!is_interval_type(c_type)) return kNotListed;
      return is_single(c_type) ? to_single_interval(c_type, number_of(v.text)) : Answer{"22015", ""};
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

}  // namespace selkie::test
