// Which column each parameter marker of a statement is stored into or compared with, as far as the text tells without knowing
// the tables. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "odbc/sql_text.h"

namespace selkie::odbc {

struct MarkerTargets {
  // A query whose result columns are the markers' columns, to be prepared and never run; empty when no marker has one. The
  // server may refuse it: a name of a subquery's table, for one, means nothing in it.
  std::string query;
  std::vector<std::optional<std::size_t>> column_of;  // by marker: its column in the query's result

  friend bool operator==(const MarkerTargets&, const MarkerTargets&) = default;
};

// What is understood: the values of INSERT and REPLACE, with or without a column list, and wherever a name stands before the
// marker with =, <, >, LIKE or the like between them (in SET, WHERE, ON, HAVING) in INSERT, REPLACE, UPDATE, DELETE and SELECT.
MarkerTargets marker_targets(const SqlText& sql, LexerModes modes);

}  // namespace selkie::odbc
