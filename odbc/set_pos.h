// SQLSetPos and SQLBulkOperations: which rows a call means, then what is done with them.
// Spec: ODBC SQLSetPos, SQLBulkOperations
#pragma once

#include <sql.h>
#include <sqlext.h>

#include "odbc/statement.h"

namespace selkie::odbc {

// Throws Fail: HY092 no such operation or the cursor is read-only, HYC00 locking, HY107 no such row, HY109 a deleted row,
// 21S02 nothing to update, 01001 the row cannot be named.
SQLRETURN set_pos(Statement& statement, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock);

// Throws Fail: HY092 no such operation, the cursor is read-only or no bookmarks are bound, HY111 a bookmark of no row, else as
// set_pos().
SQLRETURN bulk_operations(Statement& statement, SQLSMALLINT operation);

}  // namespace selkie::odbc
