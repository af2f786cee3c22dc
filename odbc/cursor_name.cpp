#include "odbc/cursor_name.h"

#include <strings.h>
#include <algorithm>
#include <utility>

#include "odbc/text.h"

namespace selkie::odbc {
namespace {

constexpr std::size_t kMaxCharacters = 64;  // as the servers' other names; SQL_MAX_CURSOR_NAME_LEN

bool is_same_name(const std::string& a, const std::string& b) {  // names of cursors ignore case
  return a.size() == b.size() && ::strncasecmp(a.c_str(), b.c_str(), a.size()) == 0;
}

bool is_taken(Statement& statement, const std::string& name) {
  const Statement* const owner = find_cursor(statement.connection(), name);
  return owner != nullptr && owner != &statement;
}

bool is_reserved(const std::string& name) {
  return ::strncasecmp(name.c_str(), "SQL_CUR", 7) == 0 || ::strncasecmp(name.c_str(), "SQLCUR", 6) == 0;
}

}  // namespace

Statement* find_cursor(Connection& connection, const std::string& name) {
  const auto& all = connection.statements;
  const auto found = std::ranges::find_if(all, [&](const Statement* s) { return is_same_name(s->cursor_name, name); });
  return found == all.end() ? nullptr : *found;
}

const std::string& cursor_name(Statement& statement) {
  for (unsigned number = 1; statement.cursor_name.empty(); ++number) {
    std::string name = "SQL_CUR" + std::to_string(number);
    if (!is_taken(statement, name)) statement.cursor_name = std::move(name);
  }
  return statement.cursor_name;
}

void set_cursor_name(Statement& statement, std::string name) {
  if (name.empty() || is_reserved(name) || count_characters(name) > kMaxCharacters) {
    throw Fail(SqlState::invalid_cursor_name,
               "A cursor name has 1 to 64 characters and does not begin with SQL_CUR or SQLCUR.");
  }
  if (is_taken(statement, name)) throw Fail(SqlState::duplicate_cursor_name);
  statement.cursor_name = std::move(name);
}

}  // namespace selkie::odbc
