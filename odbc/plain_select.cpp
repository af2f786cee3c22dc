#include "odbc/plain_select.h"

#include <algorithm>
#include <initializer_list>

#include "setup/words.h"

namespace selkie::odbc {
namespace {

// Reads the text's tokens one after the other, as far as they are those of a plain query.
class Reader {
 public:
  Reader(std::string_view sql, LexerModes modes) : sql_(sql), lexer_(sql, modes) { step(); }

  std::optional<PlainSelect> read() {
    if (!take("SELECT") || !skip_columns() || !take_table()) return std::nullopt;
    if (!is_end() && !is_one_of({"WHERE", "ORDER", "LIMIT"}) && !is_locking()) return std::nullopt;
    for (; !is_end() && !is_locking(); step()) {
      if (depth_ == 0 &&
          is_one_of({"GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "MINUS", "INTO", "PROCEDURE"})) {
        return std::nullopt;
      }
    }
    PlainSelect found;
    const std::size_t locking = token_.begin;
    std::size_t end = locking;
    for (; !is_end(); step()) {
      if (is("OF")) return std::nullopt;  // the table goes by another name where its rows are read again
      end = token_.end;
    }
    found.locking = sql_.substr(locking, end - locking);
    while (lexer_.is(token_, ';')) step();
    if (token_.kind != TokenKind::end || is_commented_) return std::nullopt;
    return found;
  }

 private:
  bool is_end() const { return token_.kind == TokenKind::end || lexer_.is(token_, ';'); }
  bool is(std::string_view word) const { return token_.kind == TokenKind::word && setup::same_word(lexer_.text(token_), word); }
  bool is_one_of(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [&](std::string_view word) { return is(word); });
  }
  bool is_name() const { return token_.kind == TokenKind::word || token_.kind == TokenKind::name; }

  void step() {
    depth_ += lexer_.is(token_, '(') ? 1 : lexer_.is(token_, ')') ? -1 : 0;
    token_ = lexer_.next();
    is_commented_ = is_commented_ || token_.executable_comment != 0;
  }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    step();
    return true;
  }
  bool take_name() {
    if (!is_name()) return false;
    step();
    return true;
  }
  bool take_dot() {
    if (!lexer_.is(token_, '.')) return false;
    step();
    return true;
  }

  // Up to behind FROM.
  bool skip_columns() {
    for (; !is_end(); step()) {
      if (depth_ != 0) continue;
      if (is("INTO")) return false;
      if (take("FROM")) return true;
    }
    return false;
  }
  // Its name, qualified or not, and its alias.
  bool take_table() {
    if (!take_name() || (take_dot() && !take_name())) return false;
    if (take("AS")) return take_name();
    const bool has_alias = !is_end() && !is_one_of({"WHERE", "ORDER", "LIMIT", "FOR", "LOCK"});
    return !has_alias || take_name();
  }
  // FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE
  bool is_locking() const {
    if (depth_ != 0) return false;
    SqlLexer ahead = lexer_;
    const Token next = ahead.next();
    const auto next_is = [&](std::string_view word) { return setup::same_word(ahead.text(next), word); };
    return (is("FOR") && (next_is("UPDATE") || next_is("SHARE"))) || (is("LOCK") && next_is("IN"));
  }

  std::string_view sql_;
  SqlLexer lexer_;
  Token token_;
  int depth_ = 0;              // of parentheses
  bool is_commented_ = false;  // some of it stands in an executable comment, which not every server reads
};

}  // namespace

std::optional<PlainSelect> read_plain_select(std::string_view sql, LexerModes modes) { return Reader(sql, modes).read(); }

}  // namespace selkie::odbc
