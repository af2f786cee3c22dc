// Which file a LOAD DATA LOCAL statement names. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "odbc/sql_lexer.h"

namespace selkie::odbc {

// The string behind the first INFILE, its quotes and escapes undone as the server undoes them; nullopt without one.
// Spec: MySQL manual "LOAD DATA Statement", "String Literals"
std::optional<std::string> local_infile_name(std::string_view sql, LexerModes modes);

}  // namespace selkie::odbc
