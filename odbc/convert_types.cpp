// What the C types are: their sizes, their older codes, and which one SQL_C_DEFAULT means.
#include <algorithm>
#include <array>

#include "odbc/convert.h"
#include "odbc/intervals.h"

namespace selkie::odbc {
namespace {

struct CType {
  SQLSMALLINT code;
  std::size_t size_bytes;  // 0: as long as the value
};
constexpr std::array kCTypes{
    CType{SQL_C_CHAR, 0},
    CType{SQL_C_WCHAR, 0},
    CType{SQL_C_BINARY, 0},
    CType{SQL_C_BIT, sizeof(SQLCHAR)},
    CType{SQL_C_STINYINT, sizeof(SQLSCHAR)},
    CType{SQL_C_UTINYINT, sizeof(SQLCHAR)},
    CType{SQL_C_SSHORT, sizeof(SQLSMALLINT)},
    CType{SQL_C_USHORT, sizeof(SQLUSMALLINT)},
    CType{SQL_C_SLONG, sizeof(SQLINTEGER)},
    CType{SQL_C_ULONG, sizeof(SQLUINTEGER)},
    CType{SQL_C_SBIGINT, sizeof(SQLBIGINT)},
    CType{SQL_C_UBIGINT, sizeof(SQLUBIGINT)},
    CType{SQL_C_FLOAT, sizeof(SQLREAL)},
    CType{SQL_C_DOUBLE, sizeof(SQLDOUBLE)},
    CType{SQL_C_NUMERIC, sizeof(SQL_NUMERIC_STRUCT)},
    CType{SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT)},
    CType{SQL_C_TYPE_TIME, sizeof(SQL_TIME_STRUCT)},
    CType{SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT)},
    CType{SQL_C_GUID, sizeof(SQLGUID)},
};

// Codes of ODBC 1 and 2. Without a sign in their name the integers are signed.
struct Renamed {
  SQLSMALLINT old_code, code;
};
constexpr std::array kRenamed{
    Renamed{SQL_C_TINYINT, SQL_C_STINYINT}, Renamed{SQL_C_SHORT, SQL_C_SSHORT},  //
    Renamed{SQL_C_LONG, SQL_C_SLONG},       Renamed{SQL_C_DATE, SQL_C_TYPE_DATE},
    Renamed{SQL_C_TIME, SQL_C_TYPE_TIME},   Renamed{SQL_C_TIMESTAMP, SQL_C_TYPE_TIMESTAMP},
};

struct Default {
  SQLSMALLINT sql_type, c_type, unsigned_c_type;
};
constexpr std::array kDefaults{
    Default{SQL_CHAR, SQL_C_CHAR, SQL_C_CHAR},
    Default{SQL_VARCHAR, SQL_C_CHAR, SQL_C_CHAR},
    Default{SQL_LONGVARCHAR, SQL_C_CHAR, SQL_C_CHAR},
    Default{SQL_WCHAR, SQL_C_WCHAR, SQL_C_WCHAR},
    Default{SQL_WVARCHAR, SQL_C_WCHAR, SQL_C_WCHAR},
    Default{SQL_WLONGVARCHAR, SQL_C_WCHAR, SQL_C_WCHAR},
    Default{SQL_DECIMAL, SQL_C_CHAR, SQL_C_CHAR},
    Default{SQL_NUMERIC, SQL_C_CHAR, SQL_C_CHAR},
    Default{SQL_BIT, SQL_C_BIT, SQL_C_BIT},
    Default{SQL_TINYINT, SQL_C_STINYINT, SQL_C_UTINYINT},
    Default{SQL_SMALLINT, SQL_C_SSHORT, SQL_C_USHORT},
    Default{SQL_INTEGER, SQL_C_SLONG, SQL_C_ULONG},
    Default{SQL_BIGINT, SQL_C_SBIGINT, SQL_C_UBIGINT},
    Default{SQL_REAL, SQL_C_FLOAT, SQL_C_FLOAT},
    Default{SQL_FLOAT, SQL_C_DOUBLE, SQL_C_DOUBLE},
    Default{SQL_DOUBLE, SQL_C_DOUBLE, SQL_C_DOUBLE},
    Default{SQL_BINARY, SQL_C_BINARY, SQL_C_BINARY},
    Default{SQL_VARBINARY, SQL_C_BINARY, SQL_C_BINARY},
    Default{SQL_LONGVARBINARY, SQL_C_BINARY, SQL_C_BINARY},
    Default{SQL_DATE, SQL_C_TYPE_DATE, SQL_C_TYPE_DATE},
    Default{SQL_TIME, SQL_C_TYPE_TIME, SQL_C_TYPE_TIME},
    Default{SQL_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP},
    Default{SQL_TYPE_DATE, SQL_C_TYPE_DATE, SQL_C_TYPE_DATE},
    Default{SQL_TYPE_TIME, SQL_C_TYPE_TIME, SQL_C_TYPE_TIME},
    Default{SQL_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP},
    Default{SQL_GUID, SQL_C_GUID, SQL_C_GUID},
};

const CType* find(SQLSMALLINT c_type) {
  const auto* row = std::ranges::find(kCTypes, current_c_type(c_type), &CType::code);
  return row == kCTypes.end() ? nullptr : row;
}

}  // namespace

SQLSMALLINT current_c_type(SQLSMALLINT c_type) {
  const auto* row = std::ranges::find(kRenamed, c_type, &Renamed::old_code);
  return row == kRenamed.end() ? c_type : row->code;
}

std::size_t c_type_size(SQLSMALLINT c_type) {
  if (is_interval(c_type)) return sizeof(SQL_INTERVAL_STRUCT);
  const CType* row = find(c_type);
  return row == nullptr ? 0 : row->size_bytes;
}

bool is_c_type(SQLSMALLINT c_type) { return c_type == SQL_C_DEFAULT || is_interval(c_type) || find(c_type) != nullptr; }

SQLSMALLINT default_c_type(SQLSMALLINT sql_type, bool is_unsigned) {
  if (is_interval(sql_type)) return sql_type;
  const auto* row = std::ranges::find(kDefaults, sql_type, &Default::sql_type);
  if (row == kDefaults.end()) return SQL_C_CHAR;
  return is_unsigned ? row->unsigned_c_type : row->c_type;
}

}  // namespace selkie::odbc
