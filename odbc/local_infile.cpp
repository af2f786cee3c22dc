#include "odbc/local_infile.h"

#include "setup/words.h"

namespace selkie::odbc {
namespace {

// What a letter behind a backslash stands for; any other stands for itself.
char unescaped(char letter) {
  switch (letter) {
    case '0': return '\0';
    case 'b': return '\b';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'Z': return '\x1a';
    default: return letter;
  }
}

// `literal` begins with its quote and, unless it was never closed, ends with it.
std::string string_value(std::string_view literal, bool backslash_escapes) {
  const char quote = literal[0];
  std::string value;
  for (std::size_t i = 1; i < literal.size(); ++i) {
    const char c = literal[i], next = i + 1 < literal.size() ? literal[i + 1] : quote;
    if (c == quote) {
      if (i + 1 == literal.size()) break;
      value += c;
      ++i;
    } else if (c == '\\' && backslash_escapes && i + 1 < literal.size()) {
      if (next == '%' || next == '_') value += c;  // of patterns
      value += unescaped(next);
      ++i;
    } else {
      value += c;
    }
  }
  return value;
}

}  // namespace

std::optional<std::string> local_infile_name(std::string_view sql, LexerModes modes) {
  SqlLexer lexer(sql, modes);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind != TokenKind::word || !setup::same_word(lexer.text(token), "INFILE")) continue;
    token = lexer.next();
    if (token.kind != TokenKind::string) return std::nullopt;
    return string_value(lexer.text(token), !modes.no_backslash_escapes);
  }
  return std::nullopt;
}

}  // namespace selkie::odbc
