#include "odbc/row_identity.h"

#include <algorithm>
#include <map>
#include <utility>

#include "odbc/bindings.h"
#include "odbc/convert.h"
#include "odbc/statement.h"
#include "odbc/types.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

using protocol::Column;
using protocol::WireType;

bool is_approximate(WireType type) { return type == WireType::float_ || type == WireType::double_; }

bool is_temporal(WireType type) {
  switch (type) {
    case WireType::date:
    case WireType::newdate:
    case WireType::time:
    case WireType::time2:
    case WireType::datetime:
    case WireType::datetime2:
    case WireType::timestamp:
    case WireType::timestamp2: return true;
    default: return false;
  }
}

bool is_integer(WireType type) {
  switch (type) {
    case WireType::tiny:
    case WireType::short_:
    case WireType::int24:
    case WireType::long_:
    case WireType::longlong:
    case WireType::year: return true;
    default: return false;
  }
}

bool is_comparable(const Column& column) {
  return !is_approximate(column.type) && (column.flags & protocol::column_flag::kBlob) == 0 && column.type != WireType::json &&
         column.type != WireType::geometry && column.type != WireType::vector;
}

// The first column of the table, when there is one table and only one.
const Column* only_table(const protocol::ColumnSet& columns, std::string& refusal) {
  const Column* found = nullptr;
  for (const Column& column : columns.columns()) {
    if (!is_of_table(column)) continue;
    if (found == nullptr) found = &column;
    // A table that is joined with itself has two aliases.
    if (column.schema != found->schema || column.org_table != found->org_table || column.table != found->table) {
      refusal = "The result comes from several tables, so no row of one can be named.";
      return nullptr;
    }
  }
  if (found == nullptr) refusal = "No column of the result is a table's.";
  return found;
}

// The table's unique keys that cannot be NULL and reach over whole columns, and the columns that the server computes.
struct TableFacts {
  std::vector<std::vector<std::string>> keys;  // the primary key first, then by the number of columns
  std::vector<std::string> computed;
};
// SHOW knows temporary tables, too, which INFORMATION_SCHEMA does not.
TableFacts table_facts(Connection& connection, const std::string& table) {
  constexpr std::size_t kField = 0, kExtra = 5;                              // of SHOW COLUMNS
  constexpr std::size_t kKeyName = 2, kColumn = 4, kSubPart = 7, kNull = 9;  // of SHOW KEYS
  struct Key {
    std::vector<std::string> columns;
    bool is_partial = false;
  };
  std::map<std::string, Key> keys;
  std::vector<std::string> primary;
  TableFacts facts;
  for (const auto& row : connection.query("SHOW KEYS FROM " + table + " WHERE Non_unique=0")) {
    if (row.size() <= kNull) return facts;  // somebody else's answer
    Key& key = keys[row[kKeyName].value_or("")];
    const auto& column = row[kColumn];  // NULL: an expression
    key.is_partial = key.is_partial || !column || row[kSubPart] || row[kNull] == "YES";
    key.columns.push_back(column.value_or(""));
  }
  for (auto& [name, key] : keys) {
    if (key.is_partial) continue;
    facts.keys.push_back(std::move(key.columns));
    if (name == "PRIMARY") primary = facts.keys.back();
  }
  std::ranges::stable_sort(facts.keys, {}, [&](const auto& key) { return std::pair(key != primary, key.size()); });
  for (const auto& row : connection.query("SHOW COLUMNS FROM " + table)) {
    if (row.size() <= kExtra) return facts;
    const bool is_computed = row[kExtra].value_or("").find(" GENERATED") != std::string::npos;  // VIRTUAL, STORED
    if (is_computed) facts.computed.push_back(row[kField].value_or(""));
  }
  return facts;
}

// The result's columns that show the key; empty when it lacks one, or shows one that cannot be compared: `inexact` then.
std::vector<std::size_t> shown_key(const std::vector<std::string>& key, const protocol::ColumnSet& columns,
                                   const Column*& inexact) {
  std::vector<std::size_t> shown;
  for (const std::string& name : key) {
    const auto& all = columns.columns();
    const auto column = std::ranges::find_if(all, [&](const Column& c) { return is_of_table(c) && c.org_name == name; });
    if (column == all.end()) return {};
    if (!is_comparable(*column)) {
      inexact = &*column;
      return {};
    }
    shown.push_back(static_cast<std::size_t>(column - all.begin()));
  }
  return shown;
}

std::string why_no_key(const std::string& table, const TableFacts& facts, const Column* inexact) {
  if (facts.keys.empty()) return "Table " + table + " has no unique key without NULL, so no row of it can be named.";
  if (inexact == nullptr) {
    return "Table " + table + " has a unique key, but the result does not show all of it: select its columns, too.";
  }
  return "Column " + setup::shown(inexact->org_name) + " is part of the key of table " + table +
         " and cannot be compared exactly. Give the table a unique key without FLOAT, DOUBLE and long columns and select that, "
         "or "
         "set SQL_ATTR_SIMULATE_CURSOR to SQL_SC_TRY_UNIQUE to name rows by their other values.";
}

// A number of a BIT column: its bytes, the highest first.
std::uint64_t bits_of(const protocol::Cell& cell) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : cell.bytes()) value = value << 8 | byte;
  return value;
}

template <class Number>
void put_number(RowValue& value, SQLSMALLINT c_type, Number number) {
  value.c_type = c_type;
  value.sql_type = SQL_BIGINT;
  value.bytes.resize(sizeof number);
  std::memcpy(value.bytes.data(), &number, sizeof number);
  value.length = sizeof number;
}

// Integers travel as such, bytes as bytes; all else compares rightly as text.
RowValue value_of(const Column& column, protocol::Encoding encoding, const protocol::Cell& cell) {
  RowValue value;
  if (cell.is_null()) {
    value.length = SQL_NULL_DATA;
    return value;
  }
  if (column.type == WireType::bit) {
    put_number(value, SQL_C_UBIGINT, bits_of(cell));
    return value;
  }
  if (is_integer(column.type)) put_number(value, column.is_unsigned() ? SQL_C_UBIGINT : SQL_C_SBIGINT, std::uint64_t{0});
  const bool is_bytes = !is_integer(column.type) && column.charset == protocol::kBinaryCharset && !is_text(column) &&
                        !is_temporal(column.type) && column.type != WireType::newdecimal && column.type != WireType::decimal;
  if (is_bytes) {
    value.c_type = SQL_C_BINARY;
    value.sql_type = SQL_VARBINARY;
  }
  const OutPlan plan = plan_output(column, encoding, value.c_type, {});
  if (plan.convert == nullptr) throw Fail(SqlState::general_error, "A value that names the row cannot be compared.");
  if (!is_integer(column.type)) {
    plan.convert(plan, cell, {nullptr, 0, &value.length, nullptr}, nullptr);
    value.bytes.resize(static_cast<std::size_t>(value.length) + 1);
  }
  plan.convert(plan, cell, {value.bytes.data(), static_cast<SQLLEN>(value.bytes.size()), &value.length, nullptr}, nullptr);
  if (value.c_type == SQL_C_CHAR) value.c_type = SQL_C_BINARY;  // UTF-8, whatever the application's character set is
  return value;
}

// An expression that is equal for equal values only, whatever the column's collation ignores.
std::string exact(const Column& column) {
  std::string name;
  append_identifier(name, column.org_name);
  if (column.type == WireType::bit) return name + "+0";
  if (is_temporal(column.type)) return "CAST(" + name + " AS CHAR)";
  if (is_text(column)) return "CONVERT(" + name + " USING utf8mb4) COLLATE utf8mb4_bin";
  return name;
}

}  // namespace

bool is_of_table(const Column& column) { return !column.org_table.empty() && !column.org_name.empty(); }

RowIdentity identify_rows(Connection& connection, const protocol::ColumnSet& columns) {
  RowIdentity identity;
  identity.is_updatable.resize(columns.size());
  const Column* const table = only_table(columns, identity.refusal);
  if (table == nullptr) return identity;
  identity.schema = table->schema;
  identity.name = table->org_table;
  append_identifier(identity.table, table->schema);
  append_identifier(identity.table += '.', table->org_table);

  const TableFacts facts = table_facts(connection, identity.table);
  identity.is_whole = std::ranges::all_of(columns.columns(), is_of_table);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto has_same_name = [&](const Column& other) { return other.org_name == columns[i].org_name; };
    const bool is_first =
        std::none_of(columns.columns().begin(), columns.columns().begin() + static_cast<std::ptrdiff_t>(i), has_same_name);
    identity.is_updatable[i] =
        is_of_table(columns[i]) && is_first && std::ranges::find(facts.computed, columns[i].org_name) == facts.computed.end();
  }
  const Column* inexact = nullptr;
  for (const std::vector<std::string>& key : facts.keys) {
    if (identity.key = shown_key(key, columns, inexact); !identity.key.empty()) return identity;
  }
  identity.refusal = why_no_key(identity.table, facts, inexact);
  return identity;
}

std::string row_query(const RowIdentity& identity, const protocol::ColumnSet& columns) {
  std::string sql;
  for (const Column& column : columns.columns()) append_identifier(sql += sql.empty() ? "SELECT " : ",", column.org_name);
  return sql + " FROM " + identity.table;
}

std::vector<std::size_t> comparable_columns(const RowIdentity& identity, const protocol::ColumnSet& columns) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (identity.is_updatable[i] && is_comparable(columns[i])) found.push_back(i);
  }
  return found;
}

std::vector<RowValue> values_of(std::span<const std::size_t> which, const protocol::ColumnSet& columns,
                                protocol::Encoding encoding, std::span<const protocol::Cell> cells) {
  std::vector<RowValue> values;
  for (const std::size_t column : which) {
    values.push_back(value_of(columns[column], encoding, cells[column]));
    values.back().column = column;
  }
  return values;
}

std::string equal_to(std::span<const RowValue> key, const protocol::ColumnSet& columns) {
  std::string sql;
  for (const RowValue& value : key) {
    append_identifier(sql += sql.empty() ? "" : " AND ", columns[value.column].org_name);
    sql += "=?";
  }
  return sql;
}

std::string condition(std::span<const RowValue> key, std::span<const RowValue> compared, const protocol::ColumnSet& columns) {
  std::string sql = equal_to(key, columns);
  for (const RowValue& value : compared)
    (sql += sql.empty() ? "" : " AND ").append(exact(columns[value.column])).append("<=>?");
  return sql.empty() ? sql : " WHERE " + sql;
}

void bind_values(Statement& statement, SQLUSMALLINT first, std::span<RowValue> values) {
  for (RowValue& value : values) {
    bind_parameter(statement, first++,
                   {.c_type = value.c_type,
                    .sql_type = value.sql_type,
                    .column_size = std::max<std::size_t>(value.bytes.size(), 1),
                    .data = value.bytes.data(),
                    .capacity_bytes = static_cast<SQLLEN>(value.bytes.size()),
                    .length = &value.length});
  }
}

}  // namespace selkie::odbc
