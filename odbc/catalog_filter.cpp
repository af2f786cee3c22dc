#include "odbc/catalog_filter.h"

#include <algorithm>

namespace selkie::odbc {
namespace {

constexpr std::string_view kWildcards = "%_";
constexpr char kEscape = '\\';     // in the application's patterns: SQL_SEARCH_PATTERN_ESCAPE
constexpr char kLikeEscape = '!';  // in the query: means the same in every sql_mode

bool is_only_percent(std::string_view text) { return text.find_first_not_of('%') == std::string_view::npos; }

}  // namespace

DatabaseIs database_is(const setup::Settings& settings) {
  if (!settings.no_schema) return DatabaseIs::schema;
  return settings.no_catalog ? DatabaseIs::unnamed : DatabaseIs::catalog;
}

std::string database_columns(const CatalogContext& context, std::string_view column) {
  switch (context.database_is) {
    case DatabaseIs::catalog: return std::string(column) + ",NULL";
    case DatabaseIs::schema: return "NULL," + std::string(column);
    case DatabaseIs::unnamed: break;
  }
  return "NULL,NULL";
}

std::string plain_identifier(std::string_view identifier) {
  const char quote = identifier.empty() ? '\0' : identifier.front();
  if (identifier.size() < 2 || (quote != '`' && quote != '"') || identifier.back() != quote) {
    return std::string(identifier.substr(0, identifier.find_last_not_of(' ') + 1));
  }
  identifier = identifier.substr(1, identifier.size() - 2);
  std::string name;
  for (std::size_t i = 0; i < identifier.size(); ++i) {
    name += identifier[i];
    if (identifier[i] == quote && i + 1 < identifier.size() && identifier[i + 1] == quote) ++i;
  }
  return name;
}

std::string match_pattern(std::string_view pattern, LexerModes modes) {
  if (!pattern.empty() && is_only_percent(pattern)) return "";
  std::string name, like;
  bool has_wildcards = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    const bool is_wildcard = kWildcards.find(c) != std::string_view::npos;
    if (c == kEscape && i + 1 < pattern.size() &&
        (pattern[i + 1] == kEscape || kWildcards.find(pattern[i + 1]) != std::string_view::npos)) {
      c = pattern[++i];
    }
    has_wildcards = has_wildcards || is_wildcard;
    if (!is_wildcard && (c == kLikeEscape || kWildcards.find(c) != std::string_view::npos)) like += kLikeEscape;
    like += c;
    name += c;
  }
  std::string sql = has_wildcards ? " LIKE " : "=";
  append_quoted(sql, has_wildcards ? like : name, modes);
  if (has_wildcards) sql.append(" ESCAPE '").append(1, kLikeEscape).append("'");
  return sql;
}

CatalogFilter& CatalogFilter::also(std::string_view condition) {
  sql_.append(sql_.empty() ? " WHERE " : " AND ").append(condition);
  return *this;
}

CatalogFilter& CatalogFilter::name(std::string_view column, const CatalogArgument& argument, ArgumentKind kind) {
  if (!argument) return *this;
  std::string match;
  if (!context_.identifiers && kind == ArgumentKind::pattern) {
    match = match_pattern(*argument, context_.modes);
  } else {
    match = "=";
    append_quoted(match, context_.identifiers ? plain_identifier(*argument) : *argument, context_.modes);
  }
  return match.empty() ? *this : also(std::string(column) + match);
}

CatalogFilter& CatalogFilter::database(std::string_view column, const TableName& name_, ArgumentKind kind) {
  const auto is_absent = [](const CatalogArgument& argument) { return !argument || is_only_percent(*argument); };
  const bool as_schema = context_.database_is == DatabaseIs::schema;
  const CatalogArgument& database = as_schema ? name_.schema : name_.catalog;
  const CatalogArgument& other = as_schema ? name_.catalog : name_.schema;
  const bool is_unnamed = context_.database_is == DatabaseIs::unnamed;
  const bool names_foreign = !is_absent(other) || (is_unnamed && !is_absent(database));
  if (names_foreign && !context_.ignores_foreign) return also("1=0");
  if (!is_unnamed && !database && !context_.null_is_current) return *this;
  if (is_unnamed || !database || database->empty()) {
    const std::string c(column);
    return also("(DATABASE() IS NULL OR " + c + "=DATABASE())");
  }
  if (is_only_percent(*database)) return *this;  // no database is called "%", whatever kind of argument this is
  return name(column, database, kind);
}

}  // namespace selkie::odbc
