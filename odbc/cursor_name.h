// Cursor names: SQLSetCursorName and SQLGetCursorName.
#pragma once

#include <string>

#include "odbc/statement.h"

namespace selkie::odbc {

// The statement's cursor name; one of the driver's own making ("SQL_CUR1") when the application gave none.
const std::string& cursor_name(Statement& statement);

// The statement whose cursor has this name; null when none has.
Statement* find_cursor(Connection& connection, const std::string& name);

// Throws Fail: 24000 a cursor is open, 34000 empty, too long or reserved, 3C000 another statement of the connection has it.
void set_cursor_name(Statement& statement, std::string name);

}  // namespace selkie::odbc
