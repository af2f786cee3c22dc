#include "odbc/describe_parameter.h"

#include "odbc/type_numbers.h"
#include "odbc/types.h"

namespace selkie::odbc {
namespace {

ParameterAnswer answer(const Connection& connection, const DescribeOptions& options, const protocol::Column& column) {
  const TypeDescription type = describe(column, options);
  return {.type = concise_type_for(connection, type.concise_type),
          .column_size = is_long_type(type.concise_type) ? 0 : type.column_size,
          .decimal_digits = type.decimal_digits};
}

// An auto-increment column takes NULL, although it holds none.
SQLSMALLINT nullable(const protocol::Column& column) {
  namespace flag = protocol::column_flag;
  return (column.flags & (flag::kNotNull | flag::kAutoIncrement)) == flag::kNotNull ? SQL_NO_NULLS : SQL_NULLABLE;
}

const Statement::MarkerColumns& marker_columns(Statement& statement) {
  if (statement.marker_columns) return *statement.marker_columns;
  Statement::MarkerColumns found;
  MarkerTargets targets = marker_targets(statement.sql(), statement.connection().lexer_modes());
  found.definitions = statement.parameter_definitions();
  if (!targets.query.empty()) found.targets = statement.columns_of(targets.query);
  found.target_of = std::move(targets.column_of);
  return statement.marker_columns.emplace(std::move(found));
}

}  // namespace

ParameterAnswer describe_parameter(Statement& statement, SQLUSMALLINT number) {
  if (number == 0 || number > statement.parameter_count()) throw Fail(SqlState::invalid_descriptor_index);
  const Connection& connection = statement.connection();
  const DescribeOptions options = statement.connection().describe_options();
  const ParameterAnswer unknown{.type = static_cast<SQLSMALLINT>(options.wide ? SQL_WVARCHAR : SQL_VARCHAR)};
  std::size_t marker = number - 1u;
  if (statement.sql().has_return_value && marker-- == 0) return unknown;

  const Statement::MarkerColumns& columns = marker_columns(statement);
  if (const auto target = columns.target_of[marker]; columns.targets && target && *target < columns.targets->size()) {
    ParameterAnswer described = answer(connection, options, (*columns.targets)[*target]);
    described.nullable = nullable((*columns.targets)[*target]);
    return described;
  }
  // MariaDB sends definitions, too, and says NULL in each.
  const bool is_defined = columns.definitions && (*columns.definitions)[marker].type != protocol::WireType::null;
  return is_defined ? answer(connection, options, (*columns.definitions)[marker]) : unknown;
}

}  // namespace selkie::odbc
