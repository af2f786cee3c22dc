// Finds the row of an INSERT that may be repeated, so that many rows go in one statement. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "odbc/sql_lexer.h"

namespace selkie::odbc {

// The parentheses of VALUES (...) with what is between them, as offsets in the text.
struct ValuesRow {
  std::size_t begin = 0, end = 0;
};

// The row of a plain INSERT or REPLACE: a table, perhaps its columns, VALUES, one row of markers and constants, and nothing
// else. nullopt for every other text: expressions (each row would see its own clock), IGNORE, ON DUPLICATE KEY, RETURNING,
// SELECT, executable comments, a second statement.
std::optional<ValuesRow> repeatable_row(std::string_view sql, LexerModes modes);

// The same statement with `rows` rows.
std::string repeat_row(std::string_view sql, ValuesRow row, std::size_t rows);

}  // namespace selkie::odbc
