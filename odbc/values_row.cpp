#include "odbc/values_row.h"

#include <algorithm>

#include "setup/words.h"

namespace selkie::odbc {
namespace {

using setup::same_word;

// Reads the grammar token by token; a function that answers false has met something else.
class Reader {
 public:
  Reader(std::string_view sql, LexerModes modes) : lexer_(sql, modes) { advance(); }

  std::optional<ValuesRow> read() {
    if (!word("INSERT") && !word("REPLACE")) return std::nullopt;
    static_cast<void>(word("INTO"));
    if (!table()) return std::nullopt;
    if (lexer_.is(token_, '(') && !list([this] { return name(); })) return std::nullopt;
    if (!word("VALUES") && !word("VALUE")) return std::nullopt;
    ValuesRow row{.begin = token_.begin};
    if (!list([this] { return constant(); })) return std::nullopt;
    row.end = list_end_;
    while (punctuation(';')) {}
    if (token_.kind != TokenKind::end || in_comment_) return std::nullopt;
    return row;
  }

 private:
  void advance() {
    token_ = lexer_.next();
    in_comment_ |= token_.executable_comment != 0;
  }
  bool accept(bool matches) {
    if (matches) advance();
    return matches;
  }
  bool word(std::string_view expected) {
    return accept(token_.kind == TokenKind::word && same_word(lexer_.text(token_), expected));
  }
  bool punctuation(char expected) { return accept(lexer_.is(token_, expected)); }
  bool name() { return accept(token_.kind == TokenKind::word || token_.kind == TokenKind::name); }
  bool table() { return name() && (!punctuation('.') || name()); }

  bool constant() {
    if (token_.kind == TokenKind::marker || token_.kind == TokenKind::string) return accept(true);
    const std::string_view text = lexer_.text(token_);
    const bool number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return accept(token_.kind == TokenKind::word && (number || same_word(text, "DEFAULT") || same_word(text, "NULL")));
  }

  template <class Item>
  bool list(Item item) {
    if (!punctuation('(')) return false;
    do {
      if (!item()) return false;
    } while (punctuation(','));
    list_end_ = token_.end;
    return punctuation(')');
  }

  SqlLexer lexer_;
  Token token_;
  bool in_comment_ = false;
  std::size_t list_end_ = 0;
};

}  // namespace

std::optional<ValuesRow> repeatable_row(std::string_view sql, LexerModes modes) { return Reader(sql, modes).read(); }

std::string repeat_row(std::string_view sql, ValuesRow row, std::size_t rows) {
  const std::string_view one = sql.substr(row.begin, row.end - row.begin);
  std::string many;
  many.reserve(row.end + rows * (one.size() + 1));
  many.append(sql, 0, row.end);
  for (std::size_t i = 1; i < rows; ++i) many.append(1, ',').append(one);
  return many;
}

}  // namespace selkie::odbc
