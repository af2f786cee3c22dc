// "UPDATE t SET ... WHERE CURRENT OF name" and "DELETE FROM t WHERE CURRENT OF name": found in a text, and run on the row that
// the named cursor stands on.
// Spec: ODBC "Positioned Update and Delete Statements"
#pragma once

#include <sql.h>

#include <optional>
#include <string>

#include "odbc/sql_text.h"

namespace selkie::odbc {

class Statement;

struct CurrentOf {
  std::string cursor;                          // its name, without quotes
  std::string database;                        // that the statement gives to its table; empty when it gives none
  std::string table;                           // without quotes
  std::size_t table_begin = 0, table_end = 0;  // where its name stands in the text
  std::size_t where = 0;                       // the text up to here is all but the condition

  friend bool operator==(const CurrentOf&, const CurrentOf&) = default;
};

// nullopt for a text that is no positioned UPDATE or DELETE. Pure.
std::optional<CurrentOf> find_current_of(const SqlText& sql, LexerModes modes);

// Runs `statement`, whose text is `positioned`. Throws Fail: 34000 no open cursor of that name, 24000 it stands on no row,
// 42000 it is read-only or shows another table, HYC00 an array of parameters, 01001 the row cannot be named.
SQLRETURN run_positioned(Statement& statement, const CurrentOf& positioned);

}  // namespace selkie::odbc
