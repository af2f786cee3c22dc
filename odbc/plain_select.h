// Queries whose rows are rows of one table, each at most once: SELECT ... FROM table [WHERE] [ORDER BY] [LIMIT] [FOR UPDATE].
// Pure; what the columns are is for the result's metadata to tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "odbc/sql_lexer.h"

namespace selkie::odbc {

struct PlainSelect {
  std::string locking;  // "FOR UPDATE", as written; empty: none
};

// Nothing for any other text, and for clauses that are not known to leave rows what they are: joins, GROUP BY, set operations,
// FOR SYSTEM_TIME, FOR UPDATE OF.
std::optional<PlainSelect> read_plain_select(std::string_view sql, LexerModes modes);

}  // namespace selkie::odbc
