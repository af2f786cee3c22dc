// Isolation levels of transactions, as ODBC, SQL and the server's variables name them.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <string>

namespace selkie::odbc {

class Connection;

// SET SESSION TRANSACTION ISOLATION LEVEL ... Throws Fail(HY024) for what is none of the four SQL_TXN_* levels.
std::string isolation_statement(SQLUINTEGER level);

// The level of the session's transactions, or of new sessions' ones: asked of the server, as it may be configured there, or set
// by SQL. SQL_TXN_* of ODBC; 0 when the server names none of them.
SQLUINTEGER session_isolation(Connection& connection);
SQLUINTEGER server_isolation(Connection& connection);

}  // namespace selkie::odbc
