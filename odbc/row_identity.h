// How a row of a result is found again in its table: by the values of a unique key without NULL, as the server's metadata
// tells it, or, where the application allows it, by all values that can be compared.
// Spec: ODBC SQL_ATTR_SIMULATE_CURSOR, "Positioned Update and Delete Statements"
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/connection.h"
#include "protocol/column.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Statement;

// What a result shows of the one table that it comes from. Columns are those of the result, from 0.
struct RowIdentity {
  std::string table;               // quoted and qualified, for SQL
  std::string_view schema, name;   // of the same; views into the result's columns
  std::vector<std::size_t> key;    // its values name one row; empty: `refusal` says why there is none
  std::vector<bool> is_updatable;  // by column: one of the table's own that can be written
  bool is_whole = false;           // every column is one of the table's
  std::string refusal;             // for people
};

// Asks the server for the table's keys. A result without a table, or of several, has no identity: all is refused.
RowIdentity identify_rows(Connection& connection, const protocol::ColumnSet& columns);

// Whether a column shows one of a table's own, as against a value that the query computes.
bool is_of_table(const protocol::Column& column);

// "SELECT `a`,`b` FROM `schema`.`table`" with the result's columns, all of which are the table's.
std::string row_query(const RowIdentity& identity, const protocol::ColumnSet& columns);

// The columns whose values tell whether a row is still as it was: those of the table that the server compares exactly.
// Approximate numbers and long values are left out.
std::vector<std::size_t> comparable_columns(const RowIdentity& identity, const protocol::ColumnSet& columns);

// A value of a fetched row, or of the application, as a parameter.
struct RowValue {
  std::size_t column = 0;
  SQLSMALLINT c_type = SQL_C_CHAR, sql_type = SQL_VARCHAR;
  std::vector<std::uint8_t> bytes;
  SQLLEN length = 0;  // bytes, or SQL_NULL_DATA
};

// The values of `which` columns of a row.
std::vector<RowValue> values_of(std::span<const std::size_t> which, const protocol::ColumnSet& columns,
                                protocol::Encoding encoding, std::span<const protocol::Cell> cells);

// "`a`=? AND `b`=?" for the values of a key.
std::string equal_to(std::span<const RowValue> key, const protocol::ColumnSet& columns);

// " WHERE `a`=? AND ...", with a marker for each value: those of the key, then those to be compared, which may be NULL.
std::string condition(std::span<const RowValue> key, std::span<const RowValue> compared, const protocol::ColumnSet& columns);

// Binds the values to the markers from `first` on. They must outlive the execution.
void bind_values(Statement& statement, SQLUSMALLINT first, std::span<RowValue> values);

}  // namespace selkie::odbc
