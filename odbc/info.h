// SQLGetInfo: one row per information type, true of the server at hand. SQLGetTypeInfo's result.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <string>

#include "odbc/connection.h"
#include "odbc/statement.h"

namespace selkie::odbc {

struct InfoValue {
  enum class Kind : std::uint8_t { text, usmallint, uinteger, handle } kind = Kind::text;
  std::string text;
  SQLULEN number = 0;
};
// Throws Fail(HY096) for an unknown type, Fail(08003) for one that needs a connection.
InfoValue get_info(Connection& connection, SQLUSMALLINT type);

// SQLGetTypeInfo: opens a cursor on `statement`. Throws Fail(HY004).
void type_info(Statement& statement, SQLSMALLINT data_type);

}  // namespace selkie::odbc
