// Numbers of SQL types: which there are, and how ODBC 2 numbered dates and times.
// Spec: Appendix D, "SQL Data Types"; "Datetime Data Type Changes"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <iterator>

#include "odbc/intervals.h"

namespace selkie::odbc {

// ODBC 2's numbers for date, time and timestamp, the same for SQL and C types, as ODBC 3's; any other number as it is.
constexpr SQLSMALLINT odbc3_type(SQLSMALLINT type) {
  switch (type) {
    case SQL_DATE: return SQL_TYPE_DATE;
    case SQL_TIME: return SQL_TYPE_TIME;
    case SQL_TIMESTAMP: return SQL_TYPE_TIMESTAMP;
    default: return type;
  }
}

// The other way round.
constexpr SQLSMALLINT odbc2_type(SQLSMALLINT type) {
  switch (type) {
    case SQL_TYPE_DATE: return SQL_DATE;
    case SQL_TYPE_TIME: return SQL_TIME;
    case SQL_TYPE_TIMESTAMP: return SQL_TIMESTAMP;
    default: return type;
  }
}

inline constexpr SQLSMALLINT kSqlTypes[] = {
    SQL_CHAR,           SQL_VARCHAR,       SQL_LONGVARCHAR, SQL_WCHAR,   SQL_WVARCHAR, SQL_WLONGVARCHAR, SQL_BINARY,
    SQL_VARBINARY,      SQL_LONGVARBINARY, SQL_BIT,         SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER,      SQL_BIGINT,
    SQL_REAL,           SQL_FLOAT,         SQL_DOUBLE,      SQL_DECIMAL, SQL_NUMERIC,  SQL_TYPE_DATE,    SQL_TYPE_TIME,
    SQL_TYPE_TIMESTAMP, SQL_GUID,
};

constexpr bool is_character_type(SQLSMALLINT sql_type) {
  switch (sql_type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_LONGVARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
    case SQL_WLONGVARCHAR: return true;
    default: return false;
  }
}

constexpr bool is_long_type(SQLSMALLINT sql_type) {
  return sql_type == SQL_LONGVARCHAR || sql_type == SQL_WLONGVARCHAR || sql_type == SQL_LONGVARBINARY;
}

// True for a concise type of ODBC 3.
inline bool is_sql_type(SQLSMALLINT type) {
  return is_interval(type) || std::find(std::begin(kSqlTypes), std::end(kSqlTypes), type) != std::end(kSqlTypes);
}

}  // namespace selkie::odbc
