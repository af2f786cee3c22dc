// Cuts SQL text into tokens the way the servers do, so that nothing inside a string, a quoted name or a comment is ever taken
// for something else. Pure; depends on the standard library only. Spec: MySQL manual "Lexical Structure", "Comments"; MariaDB
// "Comment Syntax"
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace selkie::odbc {

// What the session's sql_mode and the server's version change in the reading of SQL.
struct LexerModes {
  bool ansi_quotes = false;           // "x" is a name
  bool no_backslash_escapes = false;  // \ is a letter
  // Decide whether the content of /*!80000 ... */ is SQL or comment. Version 0: unknown, all such content is SQL.
  bool is_mariadb = false;
  std::uint32_t server_version = 0;  // 101106, 90700
  bool operator==(const LexerModes&) const = default;
};

enum class TokenKind : std::uint8_t {
  end,
  word,         // letters, digits, _ $ and all non-ASCII: keywords, bare names, numbers
  string,       // with its quotes; one that is never closed reaches to the end
  name,         // quoted, with its quotes
  marker,       // ?
  punctuation,  // one character
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t begin = 0, end = 0;      // offsets in the text
  std::size_t executable_comment = 0;  // where the content of the one that it stands in begins; 0: in none
};

class SqlLexer {
 public:
  // The text must outlive the lexer.
  SqlLexer(std::string_view sql, LexerModes modes) : sql_(sql), modes_(modes) {}

  // The next token; blanks and comments are skipped, the content of executable comments is not.
  Token next();
  std::string_view text(Token token) const { return sql_.substr(token.begin, token.end - token.begin); }
  bool is(Token token, char punctuation) const {
    return token.kind == TokenKind::punctuation && sql_[token.begin] == punctuation;
  }

  std::size_t offset() const { return at_; }  // where reading goes on
  void seek(Token token) { seek_to(token.begin, token); }
  void seek_behind(Token token) { seek_to(token.end, token); }

 private:
  void seek_to(std::size_t offset, Token token) {
    at_ = offset;
    executable_comment_ = token.executable_comment;
  }
  void skip_blanks_and_comments();
  bool skip_slash();
  bool executes_here(std::size_t& content) const;
  void skip_comment(bool nests);
  void skip_line();
  void skip_quoted(bool backslash_escapes);

  std::string_view sql_;
  LexerModes modes_;
  std::size_t at_ = 0;
  std::size_t executable_comment_ = 0;
};

}  // namespace selkie::odbc
