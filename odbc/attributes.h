// Attributes of environments, connections and statements: one table each (name, type, when it may be set, getter, setter).
// Spec: ODBC SQLSetEnvAttr, SQLSetConnectAttr, SQLSetStmtAttr
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <string>
#include <vector>

#include "odbc/connection.h"
#include "odbc/statement.h"

namespace selkie::odbc {

// What a getter answers: a number of the given width, a pointer, or text.
struct AttributeValue {
  enum class Kind : std::uint8_t { uinteger, ulen, pointer, text } kind = Kind::uinteger;
  SQLULEN number = 0;
  SQLPOINTER pointer = nullptr;
  std::string text{};
};

// What the tables say of an attribute.
struct AttributeFacts {
  enum class When : std::uint8_t { any, before_connect, connected };

  SQLINTEGER id;
  AttributeValue::Kind kind;
  bool is_readable, is_writable;
  When when;  // it may be set
};
std::vector<AttributeFacts> environment_attributes();  // by number, as are the others
std::vector<AttributeFacts> connection_attributes();
std::vector<AttributeFacts> statement_attributes();

// Throw Fail: HY092 unknown, HY024 bad value, HY011 not now, HYC00; post 01S02 when a value was replaced by a near one.
AttributeValue get_attribute(Environment& environment, SQLINTEGER attribute);
AttributeValue get_attribute(Connection& connection, SQLINTEGER attribute);
AttributeValue get_attribute(Statement& statement, SQLINTEGER attribute);
// `text`: the value of a text attribute, already UTF-8; `value` otherwise, as the function received it.
void set_attribute(Environment& environment, SQLINTEGER attribute, SQLPOINTER value);
void set_attribute(Connection& connection, SQLINTEGER attribute, SQLPOINTER value, const std::string& text);
void set_attribute(Statement& statement, SQLINTEGER attribute, SQLPOINTER value);
// One of those that decide the kind of cursor, which cannot be changed once the statement is prepared.
bool is_cursor_attribute(SQLINTEGER statement_attribute);
bool is_text_attribute(SQLINTEGER connection_attribute);

}  // namespace selkie::odbc
