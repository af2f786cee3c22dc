// Column types as INFORMATION_SCHEMA has them, in ODBC's terms: made by describe(), so that what SQLColumns says about a column
// is what SQLDescribeCol says about it in a result. Computed here and not by the query: there, a CASE over all types for each
// column of the result makes a third of what the whole query costs the server. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "odbc/types.h"
#include "protocol/row.h"

namespace selkie::odbc {

// What a row of COLUMNS or PARAMETERS says about a type.
struct TypeFacts {
  std::string_view data_type{};  // "int"
  bool is_unsigned = false;
  std::optional<std::int64_t> characters{};  // of bytes: their number
  std::optional<std::int64_t> precision{}, scale{};
  std::optional<std::int64_t> fraction{};  // digits of seconds
  bool is_one_wide = false;                // TINYINT(1)
};

// The expressions that select the facts, in one order; DATA_TYPE is the first.
//   prefix       of the view's columns: "C."
//   column_type  the one that holds "int(10) unsigned"
std::string type_facts(std::string_view prefix, std::string_view column_type);
inline constexpr std::size_t kTypeFacts = 7;

// The same, from a text row. What is no number is as good as NULL.
TypeFacts read_type_facts(std::span<const protocol::Cell, kTypeFacts> cells);

// On what else the description depends.
struct TypeRules {
  DescribeOptions describe{};
  bool mariadb = false;  // where the two families send a type differently
  bool odbc2 = false;    // the application declared ODBC 2 and knows its datetime codes
};

// The columns of a catalog function's result that are about a type; nullopt: NULL.
struct TypeColumns {
  SQLSMALLINT data_type = 0;
  std::string type_name;
  std::optional<std::int64_t> column_size, buffer_length, decimal_digits, num_prec_radix;
  SQLSMALLINT sql_data_type = 0;
  std::optional<std::int64_t> datetime_sub, char_octet_length;
};

TypeColumns type_columns(const TypeFacts& facts, const TypeRules& rules);

}  // namespace selkie::odbc
