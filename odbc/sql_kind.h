// Finds out what kind of statement a text is, from its tokens one by one, and whether it holds several.
#pragma once

#include <string_view>

#include "odbc/sql_text.h"

namespace selkie::odbc {

// A SET that may change in which character sets SQL and results travel: NAMES, CHARACTER SET, character_set_client, ...
bool sets_charset(std::string_view set_statement, LexerModes modes);

class KindReader {
 public:
  // Every token in order; escapes are passed as what they are translated to.
  void on_token(TokenKind token, std::string_view text);

  StatementKind kind() const { return kind_; }
  int dynamic_function() const { return dynamic_function_; }  // SQL_DIAG_SELECT_CURSOR, ...
  bool has_several_statements() const { return has_several_; }

 private:
  // What the words so far leave open.
  enum class Phase : std::uint8_t {
    start,          // nothing read
    with,           // the verb behind the common table expressions
    set,            // SET, or SET STATEMENT
    set_statement,  // the verb behind FOR
    load,           // LOAD DATA, LOCAL or not
    create,         // what is created or altered: routines have ';' in their bodies
    drop,           // what is dropped
    begin,          // a transaction, or a block
    done
  };
  void first_word(std::string_view word);
  void on_word(std::string_view word);
  void on_object(std::string_view word);

  Phase phase_ = Phase::start;
  StatementKind kind_ = StatementKind::empty;
  std::string_view ddl_verb_;  // of the table of objects
  int dynamic_function_ = 0;
  int depth_ = 0;             // of parentheses
  bool is_compound_ = false;  // ';' belongs to the statement
  bool has_ended_ = false;    // a ';' was read
  bool has_several_ = false;
};

}  // namespace selkie::odbc
