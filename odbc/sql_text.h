// The application's SQL: a lexer that knows strings, quoted names and comments; parameter markers; ODBC escapes; what kind of
// statement it is. Pure; depends on the standard library only. The server alone decides what a statement returns.
// Spec: ODBC Appendix C, "ODBC Escape Sequences"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selkie::odbc {

struct LexerModes {
  bool ansi_quotes = false;           // "x" is a name
  bool no_backslash_escapes = false;  // \ is a letter
};

enum class StatementKind : std::uint8_t {
  select,
  insert,
  replace,
  update,
  delete_,
  call,
  load_data_local,
  set,
  use,
  ddl,
  other,
  empty
};

struct SqlText {
  std::string text;                    // for the server: escapes translated; identical to the input when there were none
  std::vector<std::uint32_t> markers;  // offsets of the parameter markers in `text`
  StatementKind kind = StatementKind::other;
  bool has_return_value = false;        // {?=call f(...)}: the first marker of the application is the return value
  bool has_several_statements = false;  // a ';' with more behind it
  std::uint32_t markers_in_input = 0;   // the application's count, the return value included
};

// Throws Fail(42000) for an escape that is opened and never closed or not known.
SqlText read_sql(std::string_view sql, LexerModes modes, bool no_scan);

// `select * from t where c like 'a\_b'` pieces: text with every quote and backslash safe inside '...' in any sql_mode of
// `modes`.
void append_quoted(std::string& sql, std::string_view text, LexerModes modes);
// A name between backticks.
void append_identifier(std::string& sql, std::string_view name);

}  // namespace selkie::odbc
