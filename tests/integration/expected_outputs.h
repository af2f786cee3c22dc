// Values of every type of the servers, and what must come of each in every C type: worked out from the specification's tables
// and the value's text. Spec: ODBC Appendix D, "Converting Data from SQL to C Data Types"
#pragma once

#include <span>
#include <string_view>

#include "tests/integration/c_values.h"
#include "tests/integration/numbers.h"
#include "tests/integration/server.h"

namespace selkie::test {

enum class Kind : std::uint8_t { exact, approximate, bit, text, bytes, date, time, timestamp };

// What a server must have to know a type.
enum class Needs : std::uint8_t { nothing, mariadb_types, vector, mysql_vector };

struct Value {
  const char* type;
  const char* literal;
  Kind kind;
  const char* text;          // as the server writes it; bytes as hexadecimal digits
  SQLSMALLINT default_type;  // what SQL_C_DEFAULT is
  Needs needs = Needs::nothing;

  // What SQL_C_BINARY has the memory of. A BIGINT UNSIGNED is described as a DECIMAL so that everybody reads it.
  SQLSMALLINT memory_type() const { return std::string_view(type) == "BIGINT UNSIGNED" ? SQL_C_UBIGINT : default_type; }
};

inline constexpr SQLSMALLINT kWide = SQL_C_CHAR;  // of text for an application that calls the narrow functions

extern const std::span<const Value> kValues;
bool is_known(const Value& value, const RealServer& server);

inline const Answer kNotListed{"07006", ""};  // a pair that the specification does not list
Answer expected(const Value& v, SQLSMALLINT c_type);

}  // namespace selkie::test
