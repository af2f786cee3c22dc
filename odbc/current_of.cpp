#include "odbc/current_of.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "odbc/catalog_filter.h"
#include "odbc/cursor_name.h"
#include "odbc/row_operation.h"
#include "odbc/statement.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

using setup::same_word;

// Reads the statement's tokens one after the other.
class Reader {
 public:
  Reader(std::string_view sql, LexerModes modes) : sql_(sql) {
    SqlLexer lexer(sql, modes);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) tokens_.push_back(token);
    while (!tokens_.empty() && is(tokens_.size() - 1, ";")) tokens_.pop_back();
  }
  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }
  std::string_view text(std::size_t i) const { return sql_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }
  bool is(std::size_t i, std::string_view word) const { return i < size() && same_word(text(i), word); }
  bool is_name(std::size_t i) const {
    return i < size() && (tokens_[i].kind == TokenKind::word || tokens_[i].kind == TokenKind::name);
  }

 private:
  std::string_view sql_;
  std::vector<Token> tokens_;
};

// Words that may stand before the table's name.
bool is_modifier(const Reader& sql, std::size_t i) {
  return std::ranges::any_of(std::initializer_list<std::string_view>{"LOW_PRIORITY", "QUICK", "IGNORE", "FROM"},
                             [&](std::string_view word) { return sql.is(i, word); });
}

}  // namespace

std::optional<CurrentOf> find_current_of(const SqlText& sql, LexerModes modes) {
  if (sql.kind != StatementKind::update && sql.kind != StatementKind::delete_) return std::nullopt;
  if (!setup::has_letters(sql.text, "CURRENT")) return std::nullopt;  // nearly every statement
  const Reader reader(sql.text, modes);
  // ... WHERE CURRENT OF name
  const std::size_t size = reader.size();
  if (size < 6 || !reader.is(size - 4, "WHERE") || !reader.is(size - 3, "CURRENT") || !reader.is(size - 2, "OF") ||
      !reader.is_name(size - 1)) {
    return std::nullopt;
  }
  std::size_t table = 1;
  while (is_modifier(reader, table)) ++table;
  if (!reader.is_name(table)) return std::nullopt;
  std::size_t last = table;
  if (reader.is(table + 1, ".") && reader.is_name(table + 2)) last = table + 2;
  return CurrentOf{.cursor = plain_identifier(reader.text(size - 1)),
                   .database = last == table ? "" : plain_identifier(reader.text(table)),
                   .table = plain_identifier(reader.text(last)),
                   .table_begin = reader[table].begin,
                   .table_end = reader[last].end,
                   .where = reader[size - 5].end};
}

SQLRETURN run_positioned(Statement& statement, const CurrentOf& positioned) {
  Statement* const owner = find_cursor(statement.connection(), positioned.cursor);
  if (owner == nullptr || !owner->cursor().is_open()) {
    throw Fail(SqlState::invalid_cursor_name, "No open cursor of this connection is named " + positioned.cursor + ".");
  }
  Cursor& cursor = owner->cursor();
  if (cursor.position() == 0) {
    throw Fail(SqlState::invalid_cursor_state, "Cursor " + positioned.cursor + " stands on no row. Fetch one first.");
  }
  if (owner->attributes.concurrency == SQL_CONCUR_READ_ONLY) {
    throw Fail(SqlState::syntax_error, "Cursor " + positioned.cursor +
                                           " is read-only. Set SQL_ATTR_CONCURRENCY to SQL_CONCUR_VALUES before executing.");
  }
  if (statement.apd().array_size > 1) {
    throw Fail(SqlState::optional_feature, "A positioned statement takes one set of parameters.");
  }
  const RowIdentity& identity = cursor.changes().identity();
  if (identity.table.empty()) throw Fail(SqlState::cursor_conflict, identity.refusal);
  const bool is_its_table = same_word(positioned.table, identity.name) &&
                            (positioned.database.empty() || same_word(positioned.database, identity.schema));
  if (!is_its_table) {
    throw Fail(SqlState::syntax_error,
               "Cursor " + positioned.cursor + " shows rows of " + identity.table + " and of no other table.");
  }
  // The table is the cursor's, whatever the current database is.
  std::string sql = statement.sql().text.substr(0, positioned.where);
  sql.replace(positioned.table_begin, positioned.table_end - positioned.table_begin, identity.table);
  const bool is_update = statement.sql().kind == StatementKind::update;
  return statement.run_operation(std::make_unique<RowOperation>(
      statement, is_update ? RowOperation::Kind::update : RowOperation::Kind::delete_, *owner, std::move(sql)));
}

}  // namespace selkie::odbc
