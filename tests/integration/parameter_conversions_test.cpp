// Every C type to every SQL type, as parameters of prepared statements and as literals in the text (NO_SSPS). What is expected
// comes from the specification's tables, worked out here from the value's text. Spec: ODBC Appendix D, "Converting Data from C
// to SQL Data Types"
#include <array>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "tests/integration/c_values.h"
#include "tests/integration/numbers.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class InputConversions : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(InputConversions);

// --- The values, and how they lie in memory

enum class Kind : std::uint8_t { text, bytes, exact, approximate, bit, date, time, timestamp, guid, year_month, day_second };

struct Value {
  SQLSMALLINT c_type;
  Kind kind;
  const char* text;  // bytes as hexadecimal digits
};
constexpr Value kValues[] = {
    {SQL_C_CHAR, Kind::text, ""},
    {SQL_C_CHAR, Kind::text, "42"},
    {SQL_C_CHAR, Kind::text, " -3.75 "},
    {SQL_C_CHAR, Kind::text, "1"},
    {SQL_C_CHAR, Kind::text, "1e2"},
    {SQL_C_CHAR, Kind::text, "0.5"},
    {SQL_C_CHAR, Kind::text, "18446744073709551616"},
    {SQL_C_CHAR, Kind::text, "日本語 😀 '\\\""},
    {SQL_C_CHAR, Kind::text, "0a1BFF"},
    {SQL_C_CHAR, Kind::text, "2024-02-29"},
    {SQL_C_CHAR, Kind::text, "2023-02-29"},
    {SQL_C_CHAR, Kind::text, "23:59:58"},
    {SQL_C_CHAR, Kind::text, "2024-02-29 00:00:00"},
    {SQL_C_CHAR, Kind::text, "2024-02-29 23:59:58.25"},
    {SQL_C_CHAR, Kind::text, "123e4567-e89b-12d3-a456-426655440000"},
    {SQL_C_CHAR, Kind::text, "7-11"},
    {SQL_C_CHAR, Kind::text, "-3 04:05:06.5"},
    {SQL_C_WCHAR, Kind::text, "42"},
    {SQL_C_WCHAR, Kind::text, "日本語 😀 '\\\""},
    {SQL_C_WCHAR, Kind::text, "0a1BFF"},
    {SQL_C_WCHAR, Kind::text, "2024-02-29 23:59:58.25"},
    {SQL_C_WCHAR, Kind::text, "not a number"},
    {SQL_C_BINARY, Kind::bytes, "34"},
    {SQL_C_BINARY, Kind::bytes, "343200"},
    {SQL_C_BIT, Kind::bit, "0"},
    {SQL_C_BIT, Kind::bit, "1"},
    {SQL_C_STINYINT, Kind::exact, "-128"},
    {SQL_C_TINYINT, Kind::exact, "1"},
    {SQL_C_UTINYINT, Kind::exact, "255"},
    {SQL_C_SSHORT, Kind::exact, "-32768"},
    {SQL_C_SHORT, Kind::exact, "0"},
    {SQL_C_USHORT, Kind::exact, "65535"},
    {SQL_C_SLONG, Kind::exact, "-2147483648"},
    {SQL_C_LONG, Kind::exact, "2"},
    {SQL_C_ULONG, Kind::exact, "4294967295"},
    {SQL_C_SBIGINT, Kind::exact, "-9223372036854775808"},
    {SQL_C_UBIGINT, Kind::exact, "18446744073709551615"},
    {SQL_C_FLOAT, Kind::approximate, "0.5"},
    {SQL_C_FLOAT, Kind::approximate, "-16777216"},
    {SQL_C_DOUBLE, Kind::approximate, "-1234.0625"},
    {SQL_C_DOUBLE, Kind::approximate, "1"},
    {SQL_C_DOUBLE, Kind::approximate, "1e300"},
    {SQL_C_NUMERIC, Kind::exact, "12345.678"},
    {SQL_C_NUMERIC, Kind::exact, "1"},
    {SQL_C_NUMERIC, Kind::exact, "-0.50"},
    {SQL_C_NUMERIC, Kind::exact, "99999999999999999999999999999999999999"},
    {SQL_C_TYPE_DATE, Kind::date, "2024-02-29"},
    {SQL_C_DATE, Kind::date, "9999-12-31"},
    {SQL_C_TYPE_TIME, Kind::time, "23:59:58"},
    {SQL_C_TYPE_TIMESTAMP, Kind::timestamp, "2024-02-29 23:59:58.25"},
    {SQL_C_TYPE_TIMESTAMP, Kind::timestamp, "2024-02-29 00:00:00"},
    {SQL_C_GUID, Kind::guid, "123e4567-e89b-12d3-a456-426655440000"},
    {SQL_C_INTERVAL_YEAR, Kind::year_month, "7"},
    {SQL_C_INTERVAL_SECOND, Kind::day_second, "-5"},
};

struct Memory {
  alignas(16) std::array<char, 256> data{};
  SQLLEN length = 0;
};

template <class T>
void store(Memory& memory, const T& value) {
  std::memcpy(memory.data.data(), &value, sizeof value);
  memory.length = sizeof value;
}

std::u16string utf16(std::string_view text) {
  std::u16string units;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0x3fu >> (size - 1));
    for (std::size_t k = 1; k < size; ++k) c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    i += size;
    if (c > 0xffff) units += static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10));
    units += static_cast<char16_t>(c > 0xffff ? 0xdc00 + ((c - 0x10000) & 0x3ff) : c);
  }
  return units;
}

void store_numeric(Memory& memory, std::string text) {
  SQL_NUMERIC_STRUCT numeric{};
  numeric.precision = 38;
  numeric.sign = text[0] == '-' ? 0 : 1;
  if (text[0] == '-') text.erase(0, 1);
  if (const auto point = text.find('.'); point != std::string::npos) {
    numeric.scale = static_cast<SQLSCHAR>(text.size() - point - 1);
    text.erase(point, 1);
  }
  unsigned __int128 value = 0;
  for (const char digit : text) value = value * 10 + static_cast<unsigned>(digit - '0');
  for (auto& byte : numeric.val) byte = static_cast<SQLCHAR>(value), value >>= 8;
  store(memory, numeric);
}

Memory memory_of(const Value& v) {
  Memory m;
  const std::string text = v.text;
  const long long number = std::strtoll(v.text, nullptr, 10);
  unsigned y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, hundredths = 0;
  switch (v.c_type) {
    case SQL_C_WCHAR: {
      const std::u16string units = utf16(text);
      m.length = static_cast<SQLLEN>(units.size() * 2);
      std::memcpy(m.data.data(), units.data(), units.size() * 2);
      break;
    }
    case SQL_C_BINARY:
      for (std::size_t i = 0; i < text.size(); i += 2) {
        m.data[i / 2] = static_cast<char>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16));
      }
      m.length = static_cast<SQLLEN>(text.size() / 2);
      break;
    case SQL_C_CHAR:
      std::copy(text.begin(), text.end(), m.data.begin());
      m.length = static_cast<SQLLEN>(text.size());
      break;
    case SQL_C_FLOAT: store(m, std::strtof(v.text, nullptr)); break;
    case SQL_C_DOUBLE: store(m, std::strtod(v.text, nullptr)); break;
    case SQL_C_UBIGINT: store(m, std::strtoull(v.text, nullptr, 10)); break;
    case SQL_C_NUMERIC: store_numeric(m, text); break;
    case SQL_C_DATE:
    case SQL_C_TYPE_DATE:
    case SQL_C_TYPE_TIMESTAMP:
      std::sscanf(v.text, "%u-%u-%u %u:%u:%u.%u", &y, &mo, &d, &h, &mi, &s, &hundredths);
      if (v.c_type != SQL_C_TYPE_TIMESTAMP) {
        store(m, SQL_DATE_STRUCT{static_cast<SQLSMALLINT>(y), static_cast<SQLUSMALLINT>(mo), static_cast<SQLUSMALLINT>(d)});
      } else {
        store(m, SQL_TIMESTAMP_STRUCT{static_cast<SQLSMALLINT>(y), static_cast<SQLUSMALLINT>(mo), static_cast<SQLUSMALLINT>(d),
                                      static_cast<SQLUSMALLINT>(h), static_cast<SQLUSMALLINT>(mi), static_cast<SQLUSMALLINT>(s),
                                      hundredths * 10'000'000});
      }
      break;
    case SQL_C_TYPE_TIME:
      std::sscanf(v.text, "%u:%u:%u", &h, &mi, &s);
      store(m, SQL_TIME_STRUCT{static_cast<SQLUSMALLINT>(h), static_cast<SQLUSMALLINT>(mi), static_cast<SQLUSMALLINT>(s)});
      break;
    case SQL_C_GUID: store(m, SQLGUID{0x123e4567, 0xe89b, 0x12d3, {0xa4, 0x56, 0x42, 0x66, 0x55, 0x44, 0, 0}}); break;
    case SQL_C_INTERVAL_YEAR:
    case SQL_C_INTERVAL_SECOND: {
      SQL_INTERVAL_STRUCT interval{};
      interval.interval_type = v.c_type == SQL_C_INTERVAL_YEAR ? SQL_IS_YEAR : SQL_IS_SECOND;
      interval.interval_sign = number < 0 ? SQL_TRUE : SQL_FALSE;
      if (v.c_type == SQL_C_INTERVAL_YEAR) {
        interval.intval.year_month.year = static_cast<SQLUINTEGER>(std::llabs(number));
      } else {
        interval.intval.day_second.second = static_cast<SQLUINTEGER>(std::llabs(number));
      }
      store(m, interval);
      break;
    }
    default:  // the integers: little-endian, so the low bytes come first
      store(m, number);
      m.length = static_cast<SQLLEN>(fixed_size(v.c_type));
  }
  return m;
}

// --- The SQL types, and a column that shows what arrived

enum class Class : std::uint8_t { text, decimal, integer, real, bit, bytes, date, time, timestamp, guid, interval };

struct SqlType {
  SQLSMALLINT code;
  const char* name;
  Class group;
  SQLULEN size;
  SQLSMALLINT digits;
  const char* column;
};
constexpr int kScale = 20;
constexpr SqlType kSqlTypes[] = {
    {SQL_CHAR, "CHAR", Class::text, 100, 0, "VARCHAR(100)"},
    {SQL_VARCHAR, "VARCHAR", Class::text, 100, 0, "VARCHAR(100)"},
    {SQL_LONGVARCHAR, "LONGVARCHAR", Class::text, 100, 0, "LONGTEXT"},
    {SQL_WCHAR, "WCHAR", Class::text, 100, 0, "VARCHAR(100)"},
    {SQL_WVARCHAR, "WVARCHAR", Class::text, 100, 0, "VARCHAR(100)"},
    {SQL_WLONGVARCHAR, "WLONGVARCHAR", Class::text, 100, 0, "LONGTEXT"},
    {SQL_DECIMAL, "DECIMAL", Class::decimal, 65, kScale, "DECIMAL(65,20)"},
    {SQL_NUMERIC, "NUMERIC", Class::decimal, 65, kScale, "DECIMAL(65,20)"},
    {SQL_TINYINT, "TINYINT", Class::integer, 0, 0, "DECIMAL(30)"},
    {SQL_SMALLINT, "SMALLINT", Class::integer, 0, 0, "DECIMAL(30)"},
    {SQL_INTEGER, "INTEGER", Class::integer, 0, 0, "DECIMAL(30)"},
    {SQL_BIGINT, "BIGINT", Class::integer, 0, 0, "DECIMAL(30)"},
    {SQL_REAL, "REAL", Class::real, 0, 0, "DOUBLE"},
    {SQL_FLOAT, "FLOAT", Class::real, 0, 0, "DOUBLE"},
    {SQL_DOUBLE, "DOUBLE", Class::real, 0, 0, "DOUBLE"},
    {SQL_BIT, "BIT", Class::bit, 0, 0, "INT"},
    {SQL_BINARY, "BINARY", Class::bytes, 100, 0, "VARBINARY(100)"},
    {SQL_VARBINARY, "VARBINARY", Class::bytes, 100, 0, "VARBINARY(100)"},
    {SQL_LONGVARBINARY, "LONGVARBINARY", Class::bytes, 100, 0, "LONGBLOB"},
    {SQL_TYPE_DATE, "TYPE_DATE", Class::date, 10, 0, "DATE"},
    {SQL_TYPE_TIME, "TYPE_TIME", Class::time, 8, 0, "TIME(6)"},
    {SQL_TYPE_TIMESTAMP, "TYPE_TIMESTAMP", Class::timestamp, 26, 6, "DATETIME(6)"},
    {SQL_GUID, "GUID", Class::guid, 36, 0, "VARCHAR(100)"},
    {SQL_INTERVAL_YEAR, "INTERVAL_YEAR", Class::interval, 0, 0, "VARCHAR(100)"},
    {SQL_INTERVAL_SECOND, "INTERVAL_SECOND", Class::interval, 0, 0, "VARCHAR(100)"},
    {SQL_INTERVAL_DAY_TO_SECOND, "INTERVAL_DAY_TO_SECOND", Class::interval, 0, 0, "VARCHAR(100)"},
};

// --- What must arrive

const Answer kNotListed{"07006", ""};

std::string with_scale(const Number& n) {
  std::string fraction = n.fraction;
  fraction.resize(kScale, '0');
  return (n.negative ? "-" : "") + n.whole + "." + fraction;
}

// An integer type takes what its signed and its unsigned columns take.
bool fits(const Number& n, SQLSMALLINT sql_type) {
  switch (sql_type) {
    case SQL_TINYINT: return !exceeds(n.whole, n.negative ? "128" : "255");
    case SQL_SMALLINT: return !exceeds(n.whole, n.negative ? "32768" : "65535");
    case SQL_INTEGER: return !exceeds(n.whole, n.negative ? "2147483648" : "4294967295");
    default: return !exceeds(n.whole, n.negative ? "9223372036854775808" : "18446744073709551615");
  }
}

Answer from_number(const Value& v, const SqlType& to) {
  const bool from_text = v.kind == Kind::text;
  const Number n = number_of(v.text);
  const bool is_zero = n.whole == "0" && n.fraction_is_zero();
  switch (to.group) {
    case Class::decimal:
      if (!n.is_number) return {"22018", ""};
      return n.whole.size() > 65 - kScale ? Answer{"22003", ""} : Answer{"", with_scale(n)};
    case Class::integer:
      if (!n.is_number) return {"22018", ""};
      if (!fits(n, to.code)) return {from_text ? "22001" : "22003", ""};
      if (from_text && !n.fraction_is_zero()) return {"22001", ""};
      return {"", (n.negative && n.whole != "0" ? "-" : "") + n.whole};
    case Class::real: {
      if (!n.is_number) return {"22018", ""};
      const double value = std::strtod(v.text, nullptr);
      if (to.code == SQL_REAL && std::abs(value) > 3.5e38) return {"22003", ""};
      return {"", formatted("%.17g", value)};
    }
    default:  // BIT
      if (!n.is_number) return {"22018", ""};
      if ((n.negative && !is_zero) || (n.whole != "0" && n.whole != "1")) return {"22003", ""};
      return n.fraction_is_zero() ? Answer{"", n.whole} : Answer{"22001", ""};
  }
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::localtime(&now));
  return text;
}

// Text, or a date or time of C: what parts it has decides. Fractions of seconds go along, as TIME has them on these servers,
// except where the parameter is a TIME without digits and the value a timestamp.
Answer to_moment(const Value& v, const SqlType& to) {
  const std::string text = v.text;
  const bool has_date =
      text.size() >= 10 && text[4] == '-' && text[7] == '-' && text.substr(0, 10) != "2023-02-29" && text.size() < 30;
  const bool is_time = text.size() >= 8 && text[2] == ':' && text[5] == ':';
  const std::string wrong = v.kind == Kind::text ? "22018" : "22007";
  if (!has_date && !is_time) return {wrong, ""};
  std::string clock = is_time ? text : text.size() > 11 ? text.substr(11) : "00:00:00";
  const bool has_clock = clock.find_first_not_of("0:.") != std::string::npos, has_fraction = clock.size() > 8;
  if (!has_fraction) clock += '.';
  clock.resize(15, '0');
  switch (to.group) {
    case Class::date:
      if (!has_date) return {wrong, ""};
      return has_clock ? Answer{"22008", ""} : Answer{"", text.substr(0, 10)};
    case Class::time:
      if (!is_time && text.size() == 10) return {wrong, ""};
      if (v.kind == Kind::timestamp && has_fraction) return {"22008", ""};
      return {"", clock};
    default: return {"", (is_time ? today() : text.substr(0, 10)) + " " + clock};
  }
}

Answer to_interval(const Value& v, const SqlType& to) {
  const std::string text = v.text;
  if (to.code == SQL_INTERVAL_DAY_TO_SECOND) {
    if (v.kind == Kind::day_second) return {"", "-0 00:00:05"};
    if (v.kind == Kind::exact) return kNotListed;
    return text == "-3 04:05:06.5" ? Answer{"", "-3 04:05:06.500000"} : Answer{"22018", ""};
  }
  if (to.code == SQL_INTERVAL_YEAR && text == "7-11") return {"22015", ""};  // the months would be lost
  const Number n = number_of(text);
  const bool is_field = n.is_number && text.find('e') == std::string::npos;
  const bool may_have_fraction = to.code == SQL_INTERVAL_SECOND;
  if (v.kind == Kind::text && (!is_field || (!may_have_fraction && !n.fraction.empty()))) return {"22018", ""};
  if (exceeds(n.whole, "4294967295") || (!may_have_fraction && !n.fraction_is_zero())) return {"22015", ""};
  std::string fraction = n.fraction_is_zero() ? "" : "." + n.fraction;
  if (!fraction.empty()) fraction.resize(7, '0');
  return {"", (n.negative ? "-" : "") + n.whole + fraction};
}

Answer expected(const Value& v, const SqlType& to) {
  const std::string text = v.text;
  const bool to_number =
      to.group == Class::decimal || to.group == Class::integer || to.group == Class::real || to.group == Class::bit;
  switch (v.kind) {
    case Kind::text:
      if (to.group == Class::text) return {"", text};
      if (to_number) return from_number(v, to);
      if (to.group == Class::bytes) {
        std::string upper = text.substr(0, text.size() - text.size() % 2);  // a last digit without its partner is left out
        const bool is_hex = upper.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        return is_hex ? Answer{"", upper} : Answer{"22018", ""};
      }
      if (to.group == Class::guid) return text.size() == 36 ? Answer{"", text} : Answer{"22018", ""};
      return to.group == Class::interval ? to_interval(v, to) : to_moment(v, to);
    case Kind::bytes:
      if (to.group == Class::text) return {"", text == "34" ? "4" : std::string("42\0", 3)};
      if (to.group == Class::bytes) return {"", text};
      if (to.group == Class::decimal) return text == "34" ? Answer{"", with_scale(number_of("4"))} : Answer{"22018", ""};
      if (to.code == SQL_TINYINT && text == "34") return {"", "52"};
      return {"22003", ""};  // it has not the size of the type's memory, or is no value of it
    case Kind::exact:
    case Kind::approximate:
      if (to.group == Class::text) return {"", text};
      if (to_number) return from_number(v, to);
      return to.group == Class::interval && v.kind == Kind::exact ? to_interval(v, to) : kNotListed;
    case Kind::bit: return to.group == Class::text ? Answer{"", text} : to_number ? from_number(v, to) : kNotListed;
    case Kind::date:
      if (to.group == Class::text) return {"", text};
      return to.group == Class::date || to.group == Class::timestamp ? to_moment(v, to) : kNotListed;
    case Kind::time:
      if (to.group == Class::text) return {"", text};
      return to.group == Class::time || to.group == Class::timestamp ? to_moment(v, to) : kNotListed;
    case Kind::timestamp:
      if (to.group == Class::text) return {"", text.find('.') == std::string::npos ? text : text + "0000"};
      return to.group == Class::date || to.group == Class::time || to.group == Class::timestamp ? to_moment(v, to) : kNotListed;
    case Kind::guid: return to.group == Class::text || to.group == Class::guid ? Answer{"", text} : kNotListed;
    case Kind::year_month:
    case Kind::day_second: {
      const bool is_years = v.kind == Kind::year_month;
      if (to.group == Class::text) return {"", text};
      if (to.group == Class::decimal || to.group == Class::integer) return from_number(v, to);
      if (to.group == Class::time)
        return is_years ? kNotListed : Answer{"", "-00:00:05.000000"};  // beyond the specification's list
      const bool same_family = to.group == Class::interval && is_years == (to.code == SQL_INTERVAL_YEAR);
      return same_family ? to_interval(v, to) : kNotListed;
    }
  }
  return kNotListed;
}

// --- What does arrive

// How the value comes: from the buffer, or while the statement runs, as a whole or byte by byte, which cuts characters, units
// and pairs of surrogates.
enum class How : std::uint8_t { bound, as_a_whole, byte_by_byte };

// Gives what SQLExecute asks for.
void put_value(const Statement& s, const Memory& memory, SQLLEN length, How how) {
  SQLPOINTER token = nullptr;
  EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
  EXPECT_EQ(token, memory.data.data());
  const SQLLEN piece = how == How::byte_by_byte && length > 0 ? 1 : length;
  for (SQLLEN at = 0; at == 0 || at < length; at += piece) {
    s.check(::SQLPutData(s.handle(), const_cast<char*>(memory.data.data()) + at, piece));
    if (piece == length) break;
  }
  s.check(::SQLParamData(s.handle(), &token));
}

Answer arrived(Connection& connection, const Value& v, const SqlType& to, How how = How::bound) {
  Memory memory = memory_of(v);
  const SQLLEN length = memory.length;
  if (how == How::as_a_whole) memory.length = SQL_LEN_DATA_AT_EXEC(length);
  if (how == How::byte_by_byte) memory.length = SQL_DATA_AT_EXEC;
  Statement s(connection);
  s.prepare(std::string("INSERT INTO t (") + to.name + "_) VALUES (?)");
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, v.c_type, to.code, to.size, to.digits, memory.data.data(),
                             static_cast<SQLLEN>(memory.data.size()), &memory.length));
  try {
    s.execute();
    if (how != How::bound) put_value(s, memory, length, how);
  } catch (const OdbcError& error) {
    return {error.state(), ""};
  }
  const std::string shown = to.group == Class::bytes ? std::string("HEX(") + to.name + "_)" : std::string(to.name) + "_";
  std::string value = Statement(connection).run("SELECT " + shown + " FROM t").rows();
  Statement(connection).run("DELETE FROM t");
  if (to.group == Class::real) value = formatted("%.17g", std::strtod(value.c_str(), nullptr));
  return {"", value};
}

void make_table(Connection& connection) {
  std::string columns;
  for (const SqlType& type : kSqlTypes) columns += (columns.empty() ? "" : ", ") + std::string(type.name) + "_ " + type.column;
  Statement(connection).run("SET sql_mode = 'STRICT_TRANS_TABLES'");
  Statement(connection).run("CREATE TABLE t (" + columns + ")");
}

const char* name_of(SQLSMALLINT c_type) {
  return std::find_if(std::begin(kCTypes), std::end(kCTypes), [&](const CType& t) { return t.code == c_type; })->name;
}

TEST_P(InputConversions, EveryTypeToEveryTypeInBinaryAndAsLiteral) {
  make_table(connection());
  const auto by_text = connect("NO_SSPS=1;");
  Statement(*by_text).run("SET sql_mode = 'STRICT_TRANS_TABLES'");
  const auto without_backslashes = connect("NO_SSPS=1;");
  Statement(*without_backslashes).run("SET sql_mode = 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES'");
  for (const Value& v : kValues) {
    for (const SqlType& to : kSqlTypes) {
      SCOPED_TRACE(std::string(name_of(v.c_type)) + " " + v.text + " to " + to.name);
      const Answer wanted = expected(v, to);
      EXPECT_EQ(arrived(connection(), v, to), wanted) << "in binary";
      EXPECT_EQ(arrived(*by_text, v, to), wanted) << "as literal";
      const bool is_in_pieces = v.kind == Kind::text || v.kind == Kind::bytes;
      const How at_execution = is_in_pieces ? How::byte_by_byte : How::as_a_whole;
      EXPECT_EQ(arrived(connection(), v, to, at_execution), wanted) << "in binary, at execution";
      EXPECT_EQ(arrived(*by_text, v, to, at_execution), wanted) << "as literal, at execution";
      if (to.group != Class::text && to.group != Class::bytes) continue;
      EXPECT_EQ(arrived(*without_backslashes, v, to), wanted) << "as literal without backslashes";
    }
  }
}

// Bytes are a string in every context, a number among them.
TEST_P(InputConversions, BytesInANumericContextAreTheNumberThatTheySpell) {
  const auto by_text = connect("NO_SSPS=1;");
  for (Connection* c : {&connection(), by_text.get()}) {
    Memory memory = memory_of({SQL_C_BINARY, Kind::bytes, "3432"});
    Statement s(*c);
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_VARBINARY, 10, 0, memory.data.data(), 256,
                               &memory.length));
    EXPECT_EQ(s.run("SELECT ? + 0").rows(), "42");
  }
}

}  // namespace
}  // namespace selkie::test
