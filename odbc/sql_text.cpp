#include "odbc/sql_text.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "odbc/sql_functions.h"
#include "odbc/sql_kind.h"
#include "odbc/sqlstate.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

using setup::same_word;

// Escapes nest ({fn UCASE({fn LCASE(x)})}); reading them is recursive, so the depth is bounded.
constexpr int kDeepest = 100;

[[noreturn]] void fail(std::string message) { throw Fail(SqlState::syntax_error, std::move(message)); }

// A piece of the output.
struct Range {
  std::size_t begin = 0, end = 0;
};

// The arguments of a function, as offsets in the output, while they are read.
struct Arguments {
  std::array<Range, 3> each;
  std::size_t count = 0;  // may be more than fit
  Range all;
  int depth = 1;  // of parentheses; 0 behind the one that closes the list
};

class Translator {
 public:
  Translator(std::string_view sql, LexerModes modes, bool no_scan)
      : sql_(sql), modes_(modes), lexer_(sql, modes), no_scan_(no_scan) {}

  SqlText run() && {
    if (sql_.size() > std::numeric_limits<std::uint32_t>::max() / 4) fail("The SQL text is longer than any server accepts.");
    walk(nullptr);
    copy(sql_.size());
    out_.kind = kind_.kind();
    out_.dynamic_function = kind_.dynamic_function();
    out_.has_several_statements = kind_.has_several_statements();
    return std::move(out_);
  }

 private:
  // Reads up to the '}' that closes the escape it was called in, which it returns, or to the end.
  Token walk(Arguments* arguments);

  void escape(Token open);
  void expression(Token word);
  void temporal(std::string_view literal, std::string_view type);
  void function();
  void return_value();
  void interval();
  void like_escape(Token word);
  void rest_from(Token token);
  void rest_behind(Token token);
  Token closed(Token token) const;
  [[noreturn]] void refuse(std::string_view what) const;
  [[noreturn]] void refuse_unclosed() const;

  // The output is made by copying the input up to where something is replaced.
  void copy(std::size_t to) {
    out_.text.append(sql_, copied_, to - copied_);
    copied_ = to;
  }
  std::size_t output_offset(Token token) const { return out_.text.size() + (token.begin - copied_); }
  // A word of the translation that says what kind of statement this is.
  void write_verb(std::string_view word) {
    out_.text += word;
    kind_.on_token(TokenKind::word, word);
  }
  std::string_view translation_of(std::string_view function, const Arguments& arguments) const;
  void rewrite(std::size_t start, std::string_view translation, const Arguments& arguments);

  std::string_view sql_;
  LexerModes modes_;
  SqlLexer lexer_;
  bool no_scan_;
  KindReader kind_;
  SqlText out_;
  std::size_t copied_ = 0;
  int depth_ = 0;
  // The innermost escape being read: its name and its place, for messages, and the executable comment that it was opened in.
  std::string_view escape_name_;
  std::size_t opened_at_ = 0;
  std::size_t opened_in_comment_ = 0;
};

Token Translator::walk(Arguments* arguments) {
  while (true) {
    const Token token = lexer_.next();
    if (token.kind == TokenKind::end) return token;
    if (token.kind == TokenKind::marker) {
      out_.markers.push_back(static_cast<std::uint32_t>(output_offset(token)));
      ++out_.markers_in_input;
    }
    if (token.kind == TokenKind::punctuation) {
      const char c = sql_[token.begin];
      if (c == '{' && !no_scan_) {
        escape(token);
        continue;
      }
      if (c == '}' && depth_ > 0) return token;
      if (arguments != nullptr && arguments->depth > 0) {
        if (c == '(') ++arguments->depth;
        if (c == ')') --arguments->depth;
        if (arguments->depth == 0 || (arguments->depth == 1 && c == ',')) {
          const std::size_t at = output_offset(token), index = arguments->count++;
          if (index < arguments->each.size()) arguments->each[index].end = at;
          if (index + 1 < arguments->each.size()) arguments->each[index + 1].begin = at + 1;
          arguments->all.end = at;
        }
      }
    }
    kind_.on_token(token.kind, lexer_.text(token));
  }
}

void Translator::refuse(std::string_view what) const {
  fail("ODBC escape {" + std::string(escape_name_) + "} " + std::string(what));
}

void Translator::refuse_unclosed() const {
  const auto is_start = [](char c) { return (c & 0xc0) != 0x80; };  // of a character in UTF-8
  refuse("is never closed: it begins at character " +
         std::to_string(std::ranges::count_if(sql_.substr(0, opened_at_), is_start) + 1) + ".");
}

// The token, if it is the escape's '}'.
Token Translator::closed(Token token) const {
  if (token.kind == TokenKind::end) refuse_unclosed();
  if (!lexer_.is(token, '}')) refuse("has " + setup::shown(lexer_.text(token)) + " where '}' is expected.");
  if (token.executable_comment != opened_in_comment_) refuse("begins or ends inside an executable comment.");
  return token;
}

// Copies from the token to the closing '}', escapes inside translated.
void Translator::rest_from(Token token) {
  copied_ = token.begin;
  lexer_.seek(token);
  copy(closed(walk(nullptr)).begin);
}
void Translator::rest_behind(Token token) {
  copied_ = token.end;
  lexer_.seek_behind(token);
  copy(closed(walk(nullptr)).begin);
}

void Translator::escape(Token open) {
  copy(open.begin);
  if (++depth_ > kDeepest) fail("ODBC escapes are nested more than " + std::to_string(kDeepest) + " deep.");
  const std::string_view outer = escape_name_;
  const std::size_t outer_at = std::exchange(opened_at_, open.begin);
  const std::size_t outer_in_comment = std::exchange(opened_in_comment_, open.executable_comment);
  const Token word = lexer_.next();
  escape_name_ = word.kind == TokenKind::marker ? "?=call" : word.kind == TokenKind::word ? lexer_.text(word) : "";
  if (word.kind == TokenKind::end) refuse_unclosed();
  if (word.kind == TokenKind::marker) {
    return_value();
  } else if (same_word(escape_name_, "call")) {
    write_verb("CALL");
    rest_behind(word);
  } else {
    kind_.on_token(TokenKind::string, {});  // something is here
    expression(word);
  }
  copied_ = lexer_.offset();
  escape_name_ = outer;
  opened_at_ = outer_at;
  opened_in_comment_ = outer_in_comment;
  --depth_;
}

// An escape inside a statement, read up to its word.
void Translator::expression(Token word) {
  if (same_word(escape_name_, "d")) return temporal("DATE", "DATE");
  if (same_word(escape_name_, "t")) return temporal("TIME", "TIME(6)");
  if (same_word(escape_name_, "ts")) return temporal("TIMESTAMP", "DATETIME(6)");
  if (same_word(escape_name_, "fn")) return function();
  if (same_word(escape_name_, "oj") || same_word(escape_name_, "guid")) return rest_from(lexer_.next());
  if (same_word(escape_name_, "interval")) return interval();
  if (same_word(escape_name_, "escape")) return like_escape(word);
  fail("ODBC escape " + setup::shown("{" + std::string(escape_name_.substr(0, 40))) +
       " is not known; known are {d}, {t}, {ts}, {fn}, {oj}, {call}, {?=call}, {escape}, {interval} and {guid}. "
       "Set SQL_ATTR_NOSCAN for SQL that has braces of its own.");
}

// {d '2024-02-29'} is a literal; a marker or an expression in its place is converted.
void Translator::temporal(std::string_view literal, std::string_view type) {
  const Token value = lexer_.next();
  if (value.kind == TokenKind::end || lexer_.is(value, '}')) refuse("has no value.");
  const Token behind = lexer_.next();
  if (value.kind == TokenKind::string && lexer_.is(behind, '}')) {
    closed(behind);
    out_.text.append(literal).append(lexer_.text(value));
    return;
  }
  out_.text += "CAST(";
  rest_from(value);
  out_.text.append(" AS ").append(type).append(")");
}

void Translator::function() {
  const Token name = lexer_.next();
  if (name.kind != TokenKind::word) refuse("has no function name.");
  const Token paren = lexer_.next();
  if (lexer_.is(paren, '}')) {  // {fn NOW}
    closed(paren);
    out_.text.append(lexer_.text(name)).append("()");
    return;
  }
  if (!lexer_.is(paren, '(')) return rest_from(name);  // {fn database.function(...)}

  const std::size_t start = out_.text.size();
  out_.text.append(lexer_.text(name)).append("(");  // without a blank between: the servers demand that of some functions
  kind_.on_token(TokenKind::punctuation, "(");
  copied_ = paren.end;
  Arguments arguments;
  arguments.all.begin = arguments.each[0].begin = out_.text.size();
  const Token close = closed(walk(&arguments));
  if (arguments.depth != 0) refuse("has no ')' for the '(' of " + setup::shown(lexer_.text(name)) + ".");
  copy(close.begin);
  rewrite(start, translation_of(lexer_.text(name), arguments), arguments);
}

// Empty: the servers know the function as it stands.
std::string_view Translator::translation_of(std::string_view function, const Arguments& arguments) const {
  const auto argument = [&](std::size_t i) {
    const Range range = arguments.each[i];
    return setup::trim(std::string_view(out_.text).substr(range.begin, range.end - range.begin));
  };
  const auto is_symbol = [](std::string_view text, std::string_view prefix) {
    return same_word(text.substr(0, prefix.size()), prefix);
  };
  if (same_word(function, "CONVERT") && arguments.count == 2 && is_symbol(argument(1), "SQL_")) {
    const ConvertTarget* const target = find_convert_target(argument(1));
    if (target == nullptr) refuse("cannot CONVERT to " + setup::shown(argument(1)) + ".");
    return target->translation;
  }
  const bool adds = same_word(function, "TIMESTAMPADD");
  if ((adds || same_word(function, "TIMESTAMPDIFF")) && arguments.count == 3 && is_symbol(argument(0), "SQL_TSI_")) {
    const TimestampInterval* const unit = find_timestamp_interval(argument(0));
    if (unit == nullptr) refuse("does not know the interval " + setup::shown(argument(0)) + ".");
    return adds ? unit->add : unit->diff;
  }
  const ScalarFunction* const known = find_scalar_function(function);
  if (known == nullptr || (known->arguments != 0 && static_cast<std::size_t>(known->arguments) != arguments.count)) return {};
  return known->translation;
}

// Replaces the function call at the output's end, from `start` on, by its translation. Arguments keep their order, so their
// markers do too.
void Translator::rewrite(std::size_t start, std::string_view translation, const Arguments& arguments) {
  if (translation.empty()) return;
  const std::string call = out_.text.substr(start);
  out_.text.resize(start);
  auto marker = std::ranges::lower_bound(out_.markers, start);
  const auto put = [&](Range range) {
    for (; marker != out_.markers.end() && *marker < range.end; ++marker) {
      *marker = static_cast<std::uint32_t>(*marker - range.begin + out_.text.size());
    }
    out_.text.append(call, range.begin - start, range.end - range.begin);
  };
  const auto put_argument = [&](std::size_t i) {
    Range range = arguments.each[i];
    while (range.begin < range.end && setup::is_blank(call[range.begin - start])) ++range.begin;
    put(range);
  };
  for (std::size_t at = 0; at < translation.size(); ++at) {
    if (translation[at] != '$') {
      out_.text += translation[at];
    } else if (const char next = translation.substr(at + 1).empty() ? ' ' : translation[at + 1]; next >= '1' && next <= '3') {
      put_argument(static_cast<std::size_t>(next - '1'));
      ++at;
    } else {
      put(arguments.all);
    }
  }
  put({arguments.all.end + 1, start + call.size()});  // what follows the ')' inside the braces
}

// {?=call f(...)}: read up to the marker. A function's value is selected.
void Translator::return_value() {
  const bool comes_first = out_.markers_in_input == 0 && depth_ == 1;
  if (!comes_first) refuse("must be the first marker of the statement.");
  const Token equals = lexer_.next(), call = lexer_.next();
  if (!lexer_.is(equals, '=') || !same_word(lexer_.text(call), "call")) refuse("is not '?', '=', 'call'.");
  out_.has_return_value = true;
  out_.markers_in_input = 1;
  write_verb("SELECT");
  Token behind = lexer_.next();
  while (behind.kind == TokenKind::word || behind.kind == TokenKind::name || lexer_.is(behind, '.')) behind = lexer_.next();
  const bool has_parentheses = lexer_.is(behind, '(');
  rest_behind(call);
  if (has_parentheses) return;
  while (setup::is_blank(out_.text.back())) out_.text.pop_back();
  out_.text += "()";
}

// {interval -'3 12' day(3) to hour}: sign, value, fields with precisions, which the servers do not have.
void Translator::interval() {
  out_.text += "INTERVAL ";
  Token token = lexer_.next();
  if (lexer_.is(token, '-') || lexer_.is(token, '+')) {
    out_.text += lexer_.text(token);
    token = lexer_.next();
  }
  if (token.kind != TokenKind::string) refuse("has no value in quotes.");
  const std::string_view value = lexer_.text(token);
  out_.text.append(value).append(" ");
  const auto field = [&] {
    const Token word = token;
    token = lexer_.next();
    if (lexer_.is(token, '(')) {
      while (token.kind != TokenKind::end && !lexer_.is(token, ')')) token = lexer_.next();
      token = lexer_.next();
    }
    return lexer_.text(word);
  };
  token = lexer_.next();
  const std::string_view first = field();
  std::string_view second;
  if (same_word(lexer_.text(token), "TO")) {
    token = lexer_.next();
    second = field();
  }
  closed(token);
  const IntervalUnit* const unit = find_interval_unit(first, second);
  if (unit == nullptr) {
    refuse("does not know " + setup::shown(std::string(first) + (second.empty() ? "" : " TO ") + std::string(second)) + ".");
  }
  out_.text += value.find('.') == std::string_view::npos ? unit->unit : unit->with_fraction;
}

// {escape '\'}: in ODBC a backslash in quotes is that one character. Where it would swallow the quote behind it, the text is
// read again with other eyes.
void Translator::like_escape(Token word) {
  constexpr std::string_view kBackslash = R"('\')";
  out_.text += "ESCAPE ";
  SqlLexer plain(sql_, {.no_backslash_escapes = true});
  plain.seek_behind(word);
  const Token lone = plain.next();
  if (plain.text(lone) == kBackslash && plain.is(plain.next(), '}')) {
    out_.text += modes_.no_backslash_escapes ? kBackslash : R"('\\')";
    lexer_.seek_behind(lone);
    closed(lexer_.next());
    return;
  }
  const Token character = lexer_.next();
  if (character.kind != TokenKind::string && character.kind != TokenKind::marker) refuse("has no character in quotes.");
  rest_from(character);
}

}  // namespace

SqlText read_sql(std::string_view sql, LexerModes modes, bool no_scan) { return Translator(sql, modes, no_scan).run(); }

void append_quoted(std::string& sql, std::string_view text, LexerModes modes) {
  sql += '\'';
  for (const char c : text) {
    if (c == '\'' || (c == '\\' && !modes.no_backslash_escapes)) sql += c;  // doubled
    sql += c;
  }
  sql += '\'';
}

void append_identifier(std::string& sql, std::string_view name) {
  sql += '`';
  for (const char c : name) sql.append(c == '`' ? 2 : 1, c);
  sql += '`';
}

}  // namespace selkie::odbc
