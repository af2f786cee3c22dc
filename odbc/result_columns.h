// What SQLDescribeCol and SQLColAttribute say about a result's columns.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <string>
#include <string_view>

#include "odbc/descriptor.h"
#include "odbc/statement.h"

namespace selkie::odbc {

// Column `number` counts from 1. Throws Fail: 07005 no result set, 07009 number.
const ColumnAnswer& describe_column(Statement& statement, SQLUSMALLINT number);

// SQL_DESC_COUNT or ODBC 2's name of it: not of a column.
bool is_count(SQLUSMALLINT field);

// One field of SQLColAttribute, ODBC 2's SQL_COLUMN_* numbers included. Throws Fail as above, and HY091 for an unknown field.
Descriptor::Value column_attribute(Statement& statement, SQLUSMALLINT number, SQLUSMALLINT field);

}  // namespace selkie::odbc
