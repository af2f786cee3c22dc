// SQLBindCol and SQLBindParameter: arguments checked, then kept in the statement's descriptors.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include "odbc/statement.h"

namespace selkie::odbc {

// Binds column `number` (0: the bookmark) in the ARD. Null `data` unbinds; a length buffer alone may stay bound.
// Throws Fail: 07009 number, HY003 C type, HY090 negative capacity.
void bind_column(Statement& statement, SQLUSMALLINT number, SQLSMALLINT c_type, SQLPOINTER data, SQLLEN capacity_bytes,
                 SQLLEN* length);

// One parameter, as SQLBindParameter describes it.
struct ParameterBinding {
  SQLSMALLINT direction = SQL_PARAM_INPUT;
  SQLSMALLINT c_type = SQL_C_DEFAULT, sql_type = SQL_VARCHAR;
  SQLULEN column_size = 0;
  SQLSMALLINT decimal_digits = 0;
  SQLPOINTER data = nullptr;
  SQLLEN capacity_bytes = 0;
  SQLLEN* length = nullptr;
};
// Binds parameter `number` (from 1) in the APD and IPD.
// Throws Fail: 07009 number, HY105 direction, HY003 C type, HY004 SQL type, HY104 size or digits,
// HY090 negative capacity, HY009 neither value nor length.
void bind_parameter(Statement& statement, SQLUSMALLINT number, const ParameterBinding& binding);

}  // namespace selkie::odbc
