#include "odbc/sql_kind.h"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <span>

#include "setup/words.h"

namespace selkie::odbc {
namespace {

using setup::same_word;

// With what SQL_DIAG_DYNAMIC_FUNCTION_CODE calls it; 0 where it has no name, or where the object decides.
struct Verb {
  std::string_view word;
  StatementKind kind;
  int dynamic_function = SQL_DIAG_UNKNOWN_STATEMENT;
};
constexpr Verb kVerbs[] = {
    {"SELECT", StatementKind::select, SQL_DIAG_SELECT_CURSOR},
    {"INSERT", StatementKind::insert, SQL_DIAG_INSERT},
    {"REPLACE", StatementKind::replace},
    {"UPDATE", StatementKind::update, SQL_DIAG_UPDATE_WHERE},
    {"DELETE", StatementKind::delete_, SQL_DIAG_DELETE_WHERE},
    {"VALUES", StatementKind::select, SQL_DIAG_SELECT_CURSOR},
    {"TABLE", StatementKind::select, SQL_DIAG_SELECT_CURSOR},
    {"CALL", StatementKind::call, SQL_DIAG_CALL},
    {"SET", StatementKind::set},
    {"USE", StatementKind::use},
    {"LOAD", StatementKind::other},
    {"WITH", StatementKind::select, SQL_DIAG_SELECT_CURSOR},
    {"CREATE", StatementKind::ddl},
    {"ALTER", StatementKind::ddl},
    {"DROP", StatementKind::ddl},
    {"TRUNCATE", StatementKind::ddl},
    {"RENAME", StatementKind::ddl},
    {"GRANT", StatementKind::ddl, SQL_DIAG_GRANT},
    {"REVOKE", StatementKind::ddl, SQL_DIAG_REVOKE},
};

struct ObjectVerb {
  std::string_view verb, object;
  int dynamic_function;
};
constexpr ObjectVerb kObjectVerbs[] = {
    {"ALTER", "TABLE", SQL_DIAG_ALTER_TABLE},     {"CREATE", "TABLE", SQL_DIAG_CREATE_TABLE},
    {"CREATE", "VIEW", SQL_DIAG_CREATE_VIEW},     {"CREATE", "INDEX", SQL_DIAG_CREATE_INDEX},
    {"CREATE", "SCHEMA", SQL_DIAG_CREATE_SCHEMA}, {"CREATE", "DATABASE", SQL_DIAG_CREATE_SCHEMA},
    {"DROP", "TABLE", SQL_DIAG_DROP_TABLE},       {"DROP", "VIEW", SQL_DIAG_DROP_VIEW},
    {"DROP", "INDEX", SQL_DIAG_DROP_INDEX},       {"DROP", "SCHEMA", SQL_DIAG_DROP_SCHEMA},
    {"DROP", "DATABASE", SQL_DIAG_DROP_SCHEMA},
};
// What may stand behind WITH ... AS (...).
constexpr std::size_t kVerbsAfterWith = 7;

constexpr std::string_view kRoutines[] = {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"};
constexpr std::string_view kOtherObjects[] = {"TABLE",    "VIEW",   "INDEX",      "DATABASE", "SCHEMA",   "USER",   "ROLE",
                                              "SEQUENCE", "SERVER", "TABLESPACE", "LOGFILE",  "RESOURCE", "SPATIAL"};
// Statements of MariaDB that are blocks outside of routines too.
constexpr std::string_view kBlocks[] = {"IF", "CASE", "WHILE", "LOOP", "REPEAT", "FOR", "DECLARE"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view each) { return same_word(each, word); });
}

const Verb* find_verb(std::span<const Verb> verbs, std::string_view word) {
  for (const Verb& verb : verbs) {
    if (same_word(verb.word, word)) return &verb;
  }
  return nullptr;
}

constexpr std::string_view kCharsetWords[] = {"NAMES", "CHARACTER", "CHARSET", "character_set_client", "character_set_results"};

}  // namespace

bool sets_charset(std::string_view set_statement, LexerModes modes) {
  SqlLexer lexer(set_statement, modes);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::word && is_one_of(kCharsetWords, lexer.text(token))) return true;
  }
  return false;
}

void KindReader::on_token(TokenKind token, std::string_view text) {
  if (token == TokenKind::punctuation && text == ";") {
    has_ended_ |= kind_ != StatementKind::empty && !is_compound_;
    if (phase_ != Phase::start) phase_ = Phase::done;
    return;
  }
  has_several_ |= has_ended_;
  if (kind_ == StatementKind::empty) kind_ = StatementKind::other;
  if (phase_ == Phase::done) return;
  if (token == TokenKind::punctuation) {
    if (text == "(") ++depth_;
    if (text == ")") --depth_;
    if (phase_ == Phase::start && text != "(") phase_ = Phase::done;
  } else if (token == TokenKind::word) {
    on_word(text);
  } else if (phase_ == Phase::start) {
    phase_ = Phase::done;
  }
}

void KindReader::first_word(std::string_view word) {
  depth_ = 0;
  phase_ = Phase::done;
  kind_ = StatementKind::other;
  dynamic_function_ = SQL_DIAG_UNKNOWN_STATEMENT;
  if (const Verb* verb = find_verb(kVerbs, word)) {
    kind_ = verb->kind;
    ddl_verb_ = verb->word;
    dynamic_function_ = verb->dynamic_function;
  }
  if (same_word(word, "WITH")) phase_ = Phase::with;
  if (same_word(word, "SET")) phase_ = Phase::set;
  if (same_word(word, "LOAD")) phase_ = Phase::load;
  if (same_word(word, "CREATE") || same_word(word, "ALTER")) phase_ = Phase::create;
  if (same_word(word, "DROP")) phase_ = Phase::drop;
  if (same_word(word, "BEGIN")) phase_ = Phase::begin;
  is_compound_ = is_one_of(kBlocks, word);
}

void KindReader::on_object(std::string_view word) {
  phase_ = Phase::done;
  for (const ObjectVerb& known : kObjectVerbs) {
    if (known.verb == ddl_verb_ && same_word(known.object, word)) dynamic_function_ = known.dynamic_function;
  }
}

void KindReader::on_word(std::string_view word) {
  switch (phase_) {
    case Phase::start: return first_word(word);
    case Phase::with:
      if (depth_ != 0) return;
      if (const Verb* verb = find_verb(std::span(kVerbs).first(kVerbsAfterWith), word)) {
        kind_ = verb->kind;
        dynamic_function_ = verb->dynamic_function;
        phase_ = Phase::done;
      }
      return;
    case Phase::set: phase_ = same_word(word, "STATEMENT") ? Phase::set_statement : Phase::done; return;
    case Phase::set_statement:
      if (depth_ == 0 && same_word(word, "FOR")) phase_ = Phase::start;
      return;
    case Phase::load:
      if (same_word(word, "DATA") || same_word(word, "XML") || same_word(word, "LOW_PRIORITY") ||
          same_word(word, "CONCURRENT")) {
        return;
      }
      if (same_word(word, "LOCAL")) kind_ = StatementKind::load_data_local;
      phase_ = Phase::done;
      return;
    case Phase::create:
      is_compound_ = is_one_of(kRoutines, word);
      if (is_compound_ || is_one_of(kOtherObjects, word)) on_object(word);
      return;
    case Phase::drop:
      if (!same_word(word, "TEMPORARY")) on_object(word);
      return;
    case Phase::begin:
      is_compound_ = !same_word(word, "WORK");
      phase_ = Phase::done;
      return;
    case Phase::done: return;
  }
}

}  // namespace selkie::odbc
