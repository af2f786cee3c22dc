// C types of ODBC for tests: their names, and values in the application's memory as text that tells them apart.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace selkie::test {

struct CType {
  SQLSMALLINT code;
  const char* name;
};
inline constexpr CType kCTypes[] = {
    {SQL_C_CHAR, "CHAR"},
    {SQL_C_WCHAR, "WCHAR"},
    {SQL_C_BINARY, "BINARY"},
    {SQL_C_BIT, "BIT"},
    {SQL_C_STINYINT, "STINYINT"},
    {SQL_C_UTINYINT, "UTINYINT"},
    {SQL_C_TINYINT, "TINYINT"},
    {SQL_C_SSHORT, "SSHORT"},
    {SQL_C_USHORT, "USHORT"},
    {SQL_C_SHORT, "SHORT"},
    {SQL_C_SLONG, "SLONG"},
    {SQL_C_ULONG, "ULONG"},
    {SQL_C_LONG, "LONG"},
    {SQL_C_SBIGINT, "SBIGINT"},
    {SQL_C_UBIGINT, "UBIGINT"},
    {SQL_C_FLOAT, "FLOAT"},
    {SQL_C_DOUBLE, "DOUBLE"},
    {SQL_C_NUMERIC, "NUMERIC"},
    {SQL_C_TYPE_DATE, "TYPE_DATE"},
    {SQL_C_TYPE_TIME, "TYPE_TIME"},
    {SQL_C_TYPE_TIMESTAMP, "TYPE_TIMESTAMP"},
    {SQL_C_DATE, "DATE"},
    {SQL_C_TIME, "TIME"},
    {SQL_C_TIMESTAMP, "TIMESTAMP"},
    {SQL_C_GUID, "GUID"},
    {SQL_C_INTERVAL_YEAR, "INTERVAL_YEAR"},
    {SQL_C_INTERVAL_MONTH, "INTERVAL_MONTH"},
    {SQL_C_INTERVAL_DAY, "INTERVAL_DAY"},
    {SQL_C_INTERVAL_HOUR, "INTERVAL_HOUR"},
    {SQL_C_INTERVAL_MINUTE, "INTERVAL_MINUTE"},
    {SQL_C_INTERVAL_SECOND, "INTERVAL_SECOND"},
    {SQL_C_INTERVAL_YEAR_TO_MONTH, "INTERVAL_YEAR_TO_MONTH"},
    {SQL_C_INTERVAL_DAY_TO_HOUR, "INTERVAL_DAY_TO_HOUR"},
    {SQL_C_INTERVAL_DAY_TO_MINUTE, "INTERVAL_DAY_TO_MINUTE"},
    {SQL_C_INTERVAL_DAY_TO_SECOND, "INTERVAL_DAY_TO_SECOND"},
    {SQL_C_INTERVAL_HOUR_TO_MINUTE, "INTERVAL_HOUR_TO_MINUTE"},
    {SQL_C_INTERVAL_HOUR_TO_SECOND, "INTERVAL_HOUR_TO_SECOND"},
    {SQL_C_INTERVAL_MINUTE_TO_SECOND, "INTERVAL_MINUTE_TO_SECOND"},
};

inline bool is_interval_type(SQLSMALLINT type) {
  return type >= SQL_C_INTERVAL_YEAR && type <= SQL_C_INTERVAL_MINUTE_TO_SECOND;
}

inline std::string hex(std::string_view bytes) {
  std::string out;
  char digits[3];
  for (const char byte : bytes) {
    std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned char>(byte));
    out += digits;
  }
  return out;
}

// UTF-16 of the machine's byte order, well formed.
inline std::string utf8(std::u16string_view units) {
  std::string out;
  for (std::size_t i = 0; i < units.size(); ++i) {
    char32_t c = units[i];
    if (c >= 0xd800 && c < 0xdc00 && i + 1 < units.size()) c = 0x10000 + ((c - 0xd800) << 10) + (units[++i] - 0xdc00u);
    if (c < 0x80) {
      out += static_cast<char>(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned char kLead[] = {0, 0xc0, 0xe0, 0xf0};
    out += static_cast<char>(kLead[more] | (c >> (6 * more)));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6) out += static_cast<char>(0x80 | ((c >> shift) & 0x3f));
  }
  return out;
}

template <class T>
T loaded(const void* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

template <class... Args>
std::string formatted(const char* format, Args... args) {
  char text[1024];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

inline std::string numeric_text(const SQL_NUMERIC_STRUCT& numeric) {
  unsigned __int128 value = 0;
  for (int i = SQL_MAX_NUMERIC_LEN - 1; i >= 0; --i) value = value << 8 | numeric.val[i];
  std::string digits;
  for (; value != 0 || digits.size() <= static_cast<std::size_t>(std::max<int>(numeric.scale, 0)); value /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  }
  if (numeric.scale > 0) digits.insert(digits.size() - static_cast<std::size_t>(numeric.scale), ".");
  return (numeric.sign == 0 ? "-" : "") + digits;
}

// The fields that an interval has, and its sign: "-3 04:05:06.500000"
inline std::string interval_text(SQLSMALLINT type, const SQL_INTERVAL_STRUCT& interval) {
  const SQL_DAY_SECOND_STRUCT& day = interval.intval.day_second;
  const SQL_YEAR_MONTH_STRUCT& year = interval.intval.year_month;
  const auto code = static_cast<int>(type) - SQL_C_INTERVAL_YEAR + 1;
  if (static_cast<int>(interval.interval_type) != code)
    return formatted("interval_type %d", static_cast<int>(interval.interval_type));
  const std::string sign = interval.interval_sign == SQL_TRUE ? "-" : "";
  const auto second = [&] { return formatted("%02u.%06u", day.second, day.fraction); };
  switch (type) {
    case SQL_C_INTERVAL_YEAR: return sign + formatted("%u", year.year);
    case SQL_C_INTERVAL_MONTH: return sign + formatted("%u", year.month);
    case SQL_C_INTERVAL_DAY: return sign + formatted("%u", day.day);
    case SQL_C_INTERVAL_HOUR: return sign + formatted("%u", day.hour);
    case SQL_C_INTERVAL_MINUTE: return sign + formatted("%u", day.minute);
    case SQL_C_INTERVAL_SECOND: return sign + formatted("%u.%06u", day.second, day.fraction);
    case SQL_C_INTERVAL_YEAR_TO_MONTH: return sign + formatted("%u-%u", year.year, year.month);
    case SQL_C_INTERVAL_DAY_TO_HOUR: return sign + formatted("%u %02u", day.day, day.hour);
    case SQL_C_INTERVAL_DAY_TO_MINUTE: return sign + formatted("%u %02u:%02u", day.day, day.hour, day.minute);
    case SQL_C_INTERVAL_DAY_TO_SECOND: return sign + formatted("%u %02u:%02u:", day.day, day.hour, day.minute) + second();
    case SQL_C_INTERVAL_HOUR_TO_MINUTE: return sign + formatted("%u:%02u", day.hour, day.minute);
    case SQL_C_INTERVAL_HOUR_TO_SECOND: return sign + formatted("%u:%02u:", day.hour, day.minute) + second();
    default: return sign + formatted("%u:", day.minute) + second();
  }
}

// A value of C type `type`, `length` bytes long where that is not fixed.
inline std::string value_text(SQLSMALLINT type, const void* data, SQLLEN length) {
  const auto* const bytes = static_cast<const char*>(data);
  const auto size = static_cast<std::size_t>(length);
  switch (type) {
    case SQL_C_CHAR: return {bytes, size};
    case SQL_C_WCHAR: {
      std::u16string units(size / 2, u'\0');
      std::memcpy(units.data(), data, units.size() * 2);
      return utf8(units);
    }
    case SQL_C_BINARY: return hex({bytes, size});
    case SQL_C_BIT:
    case SQL_C_UTINYINT: return formatted("%u", unsigned{loaded<SQLCHAR>(data)});
    case SQL_C_STINYINT:
    case SQL_C_TINYINT: return formatted("%d", int{loaded<SQLSCHAR>(data)});
    case SQL_C_SSHORT:
    case SQL_C_SHORT: return formatted("%d", int{loaded<SQLSMALLINT>(data)});
    case SQL_C_USHORT: return formatted("%u", unsigned{loaded<SQLUSMALLINT>(data)});
    case SQL_C_SLONG:
    case SQL_C_LONG: return formatted("%d", loaded<SQLINTEGER>(data));
    case SQL_C_ULONG: return formatted("%u", loaded<SQLUINTEGER>(data));
    case SQL_C_SBIGINT: return formatted("%lld", static_cast<long long>(loaded<SQLBIGINT>(data)));
    case SQL_C_UBIGINT: return formatted("%llu", static_cast<unsigned long long>(loaded<SQLUBIGINT>(data)));
    case SQL_C_FLOAT: return formatted("%.9g", static_cast<double>(loaded<SQLREAL>(data)));
    case SQL_C_DOUBLE: return formatted("%.17g", loaded<SQLDOUBLE>(data));
    case SQL_C_NUMERIC: return numeric_text(loaded<SQL_NUMERIC_STRUCT>(data));
    case SQL_C_DATE:
    case SQL_C_TYPE_DATE: {
      const auto d = loaded<SQL_DATE_STRUCT>(data);
      return formatted("%04d-%02u-%02u", d.year, d.month, d.day);
    }
    case SQL_C_TIME:
    case SQL_C_TYPE_TIME: {
      const auto t = loaded<SQL_TIME_STRUCT>(data);
      return formatted("%02u:%02u:%02u", t.hour, t.minute, t.second);
    }
    case SQL_C_TIMESTAMP:
    case SQL_C_TYPE_TIMESTAMP: {
      const auto t = loaded<SQL_TIMESTAMP_STRUCT>(data);
      return formatted("%04d-%02u-%02u %02u:%02u:%02u.%09u", t.year, t.month, t.day, t.hour, t.minute, t.second, t.fraction);
    }
    case SQL_C_GUID: {
      const auto g = loaded<SQLGUID>(data);
      std::string text = formatted("%08x-%04x-%04x-", static_cast<unsigned>(g.Data1), g.Data2, g.Data3);
      for (int i = 0; i < 8; ++i) text += formatted(i == 2 ? "-%02x" : "%02x", g.Data4[i]);
      return text;
    }
    default: return is_interval_type(type) ? interval_text(type, loaded<SQL_INTERVAL_STRUCT>(data)) : "?";
  }
}

inline std::size_t fixed_size(SQLSMALLINT type) {
  switch (type) {
    case SQL_C_CHAR:
    case SQL_C_WCHAR:
    case SQL_C_BINARY: return 0;
    case SQL_C_BIT:
    case SQL_C_STINYINT:
    case SQL_C_UTINYINT:
    case SQL_C_TINYINT: return 1;
    case SQL_C_SSHORT:
    case SQL_C_USHORT:
    case SQL_C_SHORT: return 2;
    case SQL_C_SLONG:
    case SQL_C_ULONG:
    case SQL_C_LONG:
    case SQL_C_FLOAT: return 4;
    case SQL_C_SBIGINT:
    case SQL_C_UBIGINT:
    case SQL_C_DOUBLE: return 8;
    case SQL_C_NUMERIC: return sizeof(SQL_NUMERIC_STRUCT);
    case SQL_C_DATE:
    case SQL_C_TYPE_DATE: return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TIME:
    case SQL_C_TYPE_TIME: return sizeof(SQL_TIME_STRUCT);
    case SQL_C_TIMESTAMP:
    case SQL_C_TYPE_TIMESTAMP: return sizeof(SQL_TIMESTAMP_STRUCT);
    case SQL_C_GUID: return sizeof(SQLGUID);
    default: return sizeof(SQL_INTERVAL_STRUCT);
  }
}

}  // namespace selkie::test
