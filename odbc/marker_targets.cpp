#include "odbc/marker_targets.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace selkie::odbc {
namespace {

using Words = std::initializer_list<std::string_view>;

// Reads a statement's tokens to and fro.
class Reader {
 public:
  Reader(std::string_view sql, LexerModes modes) : sql_(sql) {
    SqlLexer lexer(sql, modes);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) tokens_.push_back(token);
  }

  std::size_t size() const { return tokens_.size(); }
  TokenKind kind(std::size_t i) const { return i < size() ? tokens_[i].kind : TokenKind::end; }
  bool is(std::size_t i, char punctuation) const {
    return kind(i) == TokenKind::punctuation && sql_[tokens_[i].begin] == punctuation;
  }
  bool is_word(std::size_t i, Words words) const {
    if (kind(i) != TokenKind::word) return false;
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return std::ranges::equal(text(i, i + 1), word, same_letter); });
  }
  // The text from token `first` up to, not including, token `last`.
  std::string_view text(std::size_t first, std::size_t last) const {
    if (first >= last) return {};
    return sql_.substr(tokens_[first].begin, tokens_[last - 1].end - tokens_[first].begin);
  }

  // Behind a name, qualified or not, that begins at `i`; `i` itself when there is none.
  std::size_t behind_name(std::size_t i) const {
    if (!is_part(i)) return i;
    for (++i; is(i, '.') && is_part(i + 1);) i += 2;
    return i;
  }
  // The first token of a name that ends before `i`; `i` itself when there is none.
  std::size_t name_before(std::size_t i) const {
    if (i == 0 || !is_part(i - 1)) return i;
    for (--i; i >= 2 && is(i - 1, '.') && is_part(i - 2);) i -= 2;
    return i;
  }

 private:
  static bool same_letter(char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; }
  bool is_part(std::size_t i) const { return kind(i) == TokenKind::word || kind(i) == TokenKind::name; }

  std::string_view sql_;
  std::vector<Token> tokens_;
};

// Where the statement's tables stand, as tokens [first, last): SQL for behind FROM. Empty when they can't be told.
struct Range {
  std::size_t first = 0, last = 0;
  bool empty() const { return first >= last; }
};
Range tables(const Reader& sql, StatementKind kind) {
  std::size_t first = 0;
  int depth = 0;
  const auto count = [&](std::size_t i) { depth += sql.is(i, '(') ? 1 : sql.is(i, ')') ? -1 : 0; };
  if (kind == StatementKind::select || kind == StatementKind::delete_) {
    for (; first < sql.size() && !(depth == 0 && sql.is_word(first, {"from"})); ++first) count(first);
    ++first;
  } else {
    for (++first; sql.is_word(first, {"low_priority", "high_priority", "delayed", "ignore", "into"});) ++first;
    if (kind != StatementKind::update) return {first, sql.behind_name(first)};
  }
  std::size_t last = first;
  for (; last < sql.size() && !sql.is(last, ';'); ++last) {
    if (sql.kind(last) == TokenKind::marker) return {};
    count(last);
    const bool is_behind =
        sql.is_word(last, {"set", "where", "group", "having", "order", "limit", "union", "for", "returning"});
    if (depth == 0 && is_behind) break;
  }
  return {first, last};
}

// Where the rows of VALUES begin in INSERT INTO table [(columns)] VALUES (...), and which columns they fill.
struct InsertShape {
  std::vector<std::string_view> columns;  // empty: all of the table, in its order
  std::size_t rows = 0;                   // the first '('; 0 when the statement has another shape
};
InsertShape insert_shape(const Reader& sql, std::size_t behind_table) {
  InsertShape shape;
  std::size_t i = behind_table;
  if (sql.is(i, '(')) {
    do {
      const std::size_t end = sql.behind_name(i + 1);
      shape.columns.push_back(sql.text(i + 1, end));
      i = end;
    } while (sql.is(i, ','));
    if (!sql.is(i, ')')) return {};
    ++i;
  }
  if (sql.is_word(i, {"values", "value"}) && sql.is(i + 1, '(')) shape.rows = i + 1;
  return shape;
}

// The token before a comparison or assignment that ends before `i`; `i` itself when none does.
std::size_t before_operator(const Reader& sql, std::size_t i) {
  std::size_t at = i;
  if (at > 0 && sql.is_word(at - 1, {"like", "regexp", "rlike", "between"})) {
    --at;
    return at > 0 && sql.is_word(at - 1, {"not"}) ? at - 1 : at;
  }
  constexpr std::string_view kSigns = "=<>!";
  while (at > 0 && std::ranges::any_of(kSigns, [&](char sign) { return sql.is(at - 1, sign); })) --at;
  return at;
}

class Finder {
 public:
  Finder(const SqlText& sql, LexerModes modes) : sql_(sql.text, modes), tables_(tables(sql_, sql.kind)) {
    const bool is_insert = sql.kind == StatementKind::insert || sql.kind == StatementKind::replace;
    if (is_insert && !tables_.empty()) shape_ = insert_shape(sql_, tables_.last);
  }

  MarkerTargets find() {
    MarkerTargets found;
    for (std::size_t i = 0; i < sql_.size(); ++i) {
      follow_row(i);
      if (sql_.kind(i) == TokenKind::marker) found.column_of.push_back(tables_.empty() ? std::nullopt : target(i));
    }
    if (all_columns_) found.query = "SELECT *";
    for (const std::string_view name : names_) (found.query += found.query.empty() ? "SELECT " : ", ") += name;
    if (!found.query.empty()) (found.query += " FROM ") += sql_.text(tables_.first, tables_.last);
    return found;
  }

 private:
  bool in_row() const { return depth_ > 0; }

  // Keeps track of where in the rows of VALUES token `i` is. Anything but another row ends them.
  void follow_row(std::size_t i) {
    if (i < shape_.rows || shape_.rows == 0 || rows_ended_) return;
    if (sql_.is(i, '(') && depth_++ == 0) item_ = 0;
    if (sql_.is(i, ')')) --depth_;
    if (sql_.is(i, ',') && depth_ == 1) ++item_;
    rows_ended_ = depth_ == 0 && !sql_.is(i, ')') && !sql_.is(i, ',');
  }

  std::optional<std::size_t> target(std::size_t i) {
    if (in_row()) {
      const bool is_whole_item =
          depth_ == 1 && (sql_.is(i - 1, '(') || sql_.is(i - 1, ',')) && (sql_.is(i + 1, ',') || sql_.is(i + 1, ')'));
      if (!is_whole_item) return std::nullopt;
      if (!shape_.columns.empty()) return item_ < shape_.columns.size() ? index_of(shape_.columns[item_]) : std::nullopt;
      all_columns_ = true;
      return item_;
    }
    const std::size_t end = before_operator(sql_, i), begin = sql_.name_before(end);
    return end < i && begin < end ? index_of(sql_.text(begin, end)) : std::nullopt;
  }

  // The result column of a name. Where the result is all of the table's columns, a name's place among them is not known.
  std::optional<std::size_t> index_of(std::string_view name) {
    if (all_columns_) return std::nullopt;
    const auto index = static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
    if (index == names_.size()) names_.push_back(name);
    return index;
  }

  Reader sql_;
  Range tables_;
  InsertShape shape_;
  std::vector<std::string_view> names_;  // of the query's columns
  bool all_columns_ = false;
  bool rows_ended_ = false;
  int depth_ = 0;         // of parentheses in the rows of VALUES
  std::size_t item_ = 0;  // of the row
};

}  // namespace

MarkerTargets marker_targets(const SqlText& sql, LexerModes modes) {
  const bool is_understood = sql.kind == StatementKind::insert || sql.kind == StatementKind::replace ||
                             sql.kind == StatementKind::update || sql.kind == StatementKind::delete_ ||
                             sql.kind == StatementKind::select;
  const MarkerTargets none{{}, std::vector<std::optional<std::size_t>>(sql.markers.size())};
  if (!is_understood || sql.has_several_statements) return none;
  MarkerTargets found = Finder(sql, modes).find();
  return found.column_of.size() == sql.markers.size() ? found : none;
}

}  // namespace selkie::odbc
