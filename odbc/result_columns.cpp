#include "odbc/result_columns.h"

#include "odbc/types.h"

namespace selkie::odbc {
namespace {

const protocol::Column& require_column(Statement& statement, const protocol::ColumnSetPtr& columns, SQLUSMALLINT number) {
  const protocol::Column* const bookmark = statement.ird().bookmark;
  if (number > columns->size() || (number == 0 && bookmark == nullptr)) throw Fail(SqlState::invalid_descriptor_index);
  return number == 0 ? *bookmark : (*columns)[number - 1];
}

Descriptor::Value number_value(SQLLEN number) {
  Descriptor::Value value;
  value.number = number;
  return value;
}

}  // namespace

bool is_count(SQLUSMALLINT field) { return field == SQL_DESC_COUNT || field == SQL_COLUMN_COUNT; }

const ColumnAnswer& describe_column(Statement& statement, SQLUSMALLINT number) {
  (void)require_column(statement, statement.require_columns(Call::describe_column), number);
  return statement.ird().answer(number);
}

Descriptor::Value column_attribute(Statement& statement, SQLUSMALLINT number, SQLUSMALLINT field) {
  if (is_count(field)) return number_value(statement.result_columns());
  const protocol::ColumnSetPtr& columns = statement.require_columns(Call::column_attribute);
  const protocol::Column& column = require_column(statement, columns, number);
  const auto described = [&] { return describe(column, statement.connection().describe_options()); };
  switch (field) {  // ODBC 2 had other meanings for these three. Spec: "SQLColAttributes Mapping"
    case SQL_COLUMN_PRECISION: return number_value(static_cast<SQLLEN>(described().column_size));
    case SQL_COLUMN_LENGTH: return number_value(described().octet_length);
    case SQL_COLUMN_SCALE: return number_value(described().decimal_digits);
    case SQL_COLUMN_NAME: field = SQL_DESC_NAME; break;
    case SQL_COLUMN_NULLABLE: field = SQL_DESC_NULLABLE; break;
    default: break;
  }
  return statement.ird().get_field(static_cast<SQLSMALLINT>(number), static_cast<SQLSMALLINT>(field));
}

}  // namespace selkie::odbc
