// SQLDescribeParam: what a parameter of a prepared statement is.
// Sources, best first: the column that the marker is stored into or compared with; the server's own definition (MySQL 8.0.22
// and newer); else text of unknown size.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include "odbc/statement.h"

namespace selkie::odbc {

struct ParameterAnswer {
  SQLSMALLINT type = SQL_VARCHAR;
  SQLULEN column_size = 0;  // 0: not known, or a long type's, for which clients allocate no buffer of that size
  SQLSMALLINT decimal_digits = 0;
  SQLSMALLINT nullable = SQL_NULLABLE_UNKNOWN;
};
// Parameter `number` counts from 1. Asks the server once for each prepared text.
// Throws Fail: HY010 nothing prepared, 07009 number, and what the server says of a text that it can't prepare.
ParameterAnswer describe_parameter(Statement& statement, SQLUSMALLINT number);

}  // namespace selkie::odbc
