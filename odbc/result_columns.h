// What SQLDescribeCol and SQLColAttribute say about a result's columns.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <string>
#include <string_view>

#include "odbc/descriptor.h"
#include "odbc/statement.h"

namespace selkie::odbc {

struct ColumnAnswer {
  std::string_view column_name;  // as long as the result is open
  std::string full_name;         // with the table's, where that is wished; else empty
  std::string_view name() const { return full_name.empty() ? column_name : full_name; }
  SQLSMALLINT type = 0;
  SQLULEN column_size = 0;
  SQLSMALLINT decimal_digits = 0;
  SQLSMALLINT nullable = SQL_NULLABLE_UNKNOWN;
};
// Column `number` counts from 1. Throws Fail: 07005 no result set, 07009 number.
ColumnAnswer describe_column(Statement& statement, SQLUSMALLINT number);

// SQL_DESC_COUNT or ODBC 2's name of it: not of a column.
bool is_count(SQLUSMALLINT field);

// One field of SQLColAttribute, ODBC 2's SQL_COLUMN_* numbers included. Throws Fail as above, and HY091 for an unknown field.
Descriptor::Value column_attribute(Statement& statement, SQLUSMALLINT number, SQLUSMALLINT field);

}  // namespace selkie::odbc
