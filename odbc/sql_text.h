// The application's SQL: parameter markers, ODBC escapes, what kind of statement it is. Pure; the server alone decides what a
// statement returns.
// Spec: ODBC Appendix C, "ODBC Escape Sequences"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/sql_lexer.h"

namespace selkie::odbc {

enum class StatementKind : std::uint8_t {
  select,  // and VALUES, TABLE
  insert,
  replace,
  update,
  delete_,
  call,
  load_data_local,
  set,
  use,
  ddl,  // what commits by itself: CREATE, ALTER, DROP, RENAME, TRUNCATE, GRANT, REVOKE
  other,
  empty
};

struct SqlText {
  std::string text;                    // for the server: escapes translated; identical to the input when there were none
  std::vector<std::uint32_t> markers;  // offsets of the parameter markers in `text`
  // Of the first statement, seen through comments, parentheses, WITH and SET STATEMENT ... FOR. {?=call f(...)} is a select.
  StatementKind kind = StatementKind::other;
  int dynamic_function = 0;             // of the same: what SQL_DIAG_DYNAMIC_FUNCTION_CODE says
  bool has_return_value = false;        // {?=call f(...)}: the first marker of the application is the return value
  bool has_several_statements = false;  // a ';' with more behind it, unless it stands in a routine's body
  std::uint32_t markers_in_input = 0;   // the application's count, the return value included
};

// Reads a text once. Throws Fail(42000) for an escape that is not known, malformed, or opened and never closed.
//   no_scan  escapes are left alone (SQL_ATTR_NOSCAN); markers are found all the same
SqlText read_sql(std::string_view sql, LexerModes modes, bool no_scan);

// Appends text as a string literal, quotes included, that a server in these modes reads back as the same text.
void append_quoted(std::string& sql, std::string_view text, LexerModes modes);
// Appends a name between backticks.
void append_identifier(std::string& sql, std::string_view name);

}  // namespace selkie::odbc
