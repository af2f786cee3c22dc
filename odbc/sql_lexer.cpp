#include "odbc/sql_lexer.h"

#include <algorithm>
#include <array>

namespace selkie::odbc {
namespace {

enum class CharClass : std::uint8_t { other, blank, word };

constexpr std::array<CharClass, 256> classes() {
  std::array<CharClass, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c <= ' ' || c == 0x7f) table[c] = CharClass::blank;  // control characters separate, as blanks do
    if (letter || c == '_' || c == '$' || c >= 0x80) table[c] = CharClass::word;
  }
  return table;
}
constexpr std::array<CharClass, 256> kClasses = classes();

CharClass class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Token SqlLexer::next() {
  skip_blanks_and_comments();
  Token token{TokenKind::end, at_, at_, executable_comment_};
  if (at_ >= sql_.size()) return token;
  const char c = sql_[at_];
  if (class_of(c) == CharClass::word) {
    token.kind = TokenKind::word;
    while (at_ < sql_.size() && class_of(sql_[at_]) == CharClass::word) ++at_;
  } else if (c == '\'' || (c == '"' && !modes_.ansi_quotes)) {
    token.kind = TokenKind::string;
    skip_quoted(!modes_.no_backslash_escapes);
  } else if (c == '"' || c == '`') {
    token.kind = TokenKind::name;
    skip_quoted(false);
  } else {
    token.kind = c == '?' ? TokenKind::marker : TokenKind::punctuation;
    ++at_;
  }
  token.end = at_;
  return token;
}

// To behind the closing quote. A doubled quote is one quote inside.
void SqlLexer::skip_quoted(bool backslash_escapes) {
  const char quote = sql_[at_++];
  while (at_ < sql_.size()) {
    const char c = sql_[at_++];
    if (c == '\\' && backslash_escapes) {
      at_ = std::min(at_ + 1, sql_.size());
    } else if (c == quote) {
      if (at_ >= sql_.size() || sql_[at_] != quote) return;
      ++at_;
    }
  }
}

void SqlLexer::skip_blanks_and_comments() {
  while (at_ < sql_.size()) {
    const char c = sql_[at_];
    if (class_of(c) == CharClass::blank) {
      ++at_;
    } else if (c == '#') {
      skip_line();
    } else if (c == '-' && sql_.substr(at_, 2) == "--" &&
               (at_ + 2 == sql_.size() || class_of(sql_[at_ + 2]) == CharClass::blank)) {
      skip_line();  // without a blank behind it, "--" is two minus signs
    } else if (c == '*' && executable_comment_ != 0 && sql_.substr(at_, 2) == "*/") {
      executable_comment_ = 0;
      at_ += 2;
    } else if (c != '/' || !skip_slash()) {
      return;
    }
  }
}

// At a '/': skips a comment, or the opening of one whose content is SQL. False: it is a division.
bool SqlLexer::skip_slash() {
  if (sql_.substr(at_, 2) != "/*") return false;
  const std::string_view mark = sql_.substr(at_ + 2, 2);
  if (!mark.starts_with('!') && mark != "M!") {
    skip_comment(false);
    return true;
  }
  std::size_t content = at_ + (mark[0] == 'M' ? 4 : 3);
  if (executes_here(content)) {
    executable_comment_ = at_ = content;
  } else {
    skip_comment(true);
  }
  return true;
}

// Whether the server runs what stands in an executable comment; `content` is moved behind its version number. Five or six
// digits are a version, fewer belong to the SQL.
bool SqlLexer::executes_here(std::size_t& content) const {
  const bool for_mariadb = sql_[at_ + 2] == 'M';
  std::size_t digits = 0;
  std::uint32_t version = 0;
  while (digits < 6 && content + digits < sql_.size() && is_digit(sql_[content + digits])) {
    version = version * 10 + static_cast<std::uint32_t>(sql_[content + digits++] - '0');
  }
  const bool has_version = digits >= 5;
  if (has_version) content += digits;
  if (modes_.server_version == 0) return true;
  if (for_mariadb && !modes_.is_mariadb) return false;
  if (!has_version) return true;
  // MariaDB's own versions begin at 10.0: it takes 5.7 to 9.x for features of MySQL that it does not have.
  const bool of_mysql_alone = modes_.is_mariadb && !for_mariadb && version >= 50700 && version <= 99999;
  return version <= modes_.server_version && !of_mysql_alone;
}

// A plain comment ends at the first "*/". One that was written to be executed elsewhere may hold plain comments.
void SqlLexer::skip_comment(bool nests) {
  at_ += 2;
  while (at_ < sql_.size()) {
    const std::string_view two = sql_.substr(at_, 2);
    if (two == "*/") {
      at_ += 2;
      return;
    }
    if (nests && two == "/*") {
      skip_comment(false);
    } else {
      ++at_;
    }
  }
}

void SqlLexer::skip_line() { at_ = std::min(sql_.find('\n', at_), sql_.size()); }

}  // namespace selkie::odbc
