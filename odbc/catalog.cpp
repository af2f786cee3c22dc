#include "odbc/catalog.h"

#include "odbc/catalog_queries.h"
#include "odbc/catalog_rows.h"
#include "odbc/catalog_shapes.h"

namespace selkie::odbc {
namespace {

CatalogContext context_of(Statement& statement) {
  Connection& connection = statement.connection();
  const protocol::Dialect& dialect = connection.session().dialect();
  return {.database_is = database_is(connection.settings()),
          .modes = connection.lexer_modes(),
          .identifiers = statement.attributes.metadata_id == SQL_TRUE,
          .mariadb = dialect.mariadb(),
          .version = dialect.version,
          .null_is_current = connection.settings().null_is_current,
          .ignores_foreign = connection.settings().schema_no_error};
}

std::unique_ptr<CatalogRows> rows_with_types(Statement& statement, const TypeLayout& layout) {
  Connection& connection = statement.connection();
  return std::make_unique<CatalogRows>(layout, TypeRules{.describe = connection.describe_options(),
                                                         .mariadb = connection.session().dialect().mariadb(),
                                                         .odbc2 = connection.odbc2()});
}

void require_argument(const CatalogArgument& argument) {
  if (!argument) throw Fail(SqlState::null_pointer);
}

// Identifier arguments cannot be left out: "any" is no identifier. Spec: "Identifier Arguments"
void require_identifiers(const CatalogContext& context, const TableName& name) {
  if (!context.identifiers) return;
  if (context.database_is == DatabaseIs::catalog) require_argument(name.catalog);
  if (context.database_is == DatabaseIs::schema) require_argument(name.schema);
  require_argument(name.table);
}

}  // namespace

void tables(Statement& statement, const TableName& name, const CatalogArgument& table_types) {
  const CatalogContext context = context_of(statement);
  require_identifiers(context, name);
  statement.open_query(tables_query(context, name, table_types), column_set(kTablesShape));
}

void columns(Statement& statement, const TableName& name, const CatalogArgument& column) {
  const CatalogContext context = context_of(statement);
  require_identifiers(context, name);
  if (context.identifiers) require_argument(column);
  statement.open_query(columns_query(context, name, column), column_set(kColumnsShape),
                       rows_with_types(statement, kColumnsTypes));
}

void primary_keys(Statement& statement, const TableName& name) {
  const CatalogContext context = context_of(statement);
  require_argument(name.table);
  require_identifiers(context, name);
  statement.open_query(primary_keys_query(context, name), column_set(kPrimaryKeysShape));
}

void statistics(Statement& statement, const TableName& name, SQLUSMALLINT unique, SQLUSMALLINT reserved) {
  if (unique != SQL_INDEX_UNIQUE && unique != SQL_INDEX_ALL) throw Fail(SqlState::uniqueness_out_of_range);
  if (reserved != SQL_QUICK && reserved != SQL_ENSURE) throw Fail(SqlState::accuracy_out_of_range);
  const CatalogContext context = context_of(statement);
  require_argument(name.table);
  require_identifiers(context, name);
  statement.open_query(statistics_query(context, name, unique == SQL_INDEX_UNIQUE), column_set(kStatisticsShape));
}

void foreign_keys(Statement& statement, const TableName& primary, const TableName& foreign) {
  const CatalogContext context = context_of(statement);
  if (!primary.table && !foreign.table) throw Fail(SqlState::null_pointer);
  require_identifiers(context, primary);  // both: an identifier is never left out
  require_identifiers(context, foreign);
  statement.open_query(foreign_keys_query(context, primary, foreign), column_set(kForeignKeysShape));
}

void special_columns(Statement& statement, SQLUSMALLINT identifier_type, const TableName& name, SQLUSMALLINT scope,
                     SQLUSMALLINT nullable) {
  if (identifier_type != SQL_BEST_ROWID && identifier_type != SQL_ROWVER) throw Fail(SqlState::column_type_out_of_range);
  if (scope > SQL_SCOPE_SESSION) throw Fail(SqlState::scope_out_of_range);
  if (nullable != SQL_NO_NULLS && nullable != SQL_NULLABLE) throw Fail(SqlState::nullable_out_of_range);
  const CatalogContext context = context_of(statement);
  require_argument(name.table);
  require_identifiers(context, name);
  statement.open_query(identifier_type == SQL_BEST_ROWID ? best_row_id_query(context, name) : row_version_query(context, name),
                       column_set(kSpecialColumnsShape), rows_with_types(statement, kSpecialColumnsTypes));
}

void procedures(Statement& statement, const TableName& name) {
  const CatalogContext context = context_of(statement);
  require_identifiers(context, name);
  statement.open_query(procedures_query(context, name), column_set(kProceduresShape));
}

void procedure_columns(Statement& statement, const TableName& name, const CatalogArgument& column) {
  const CatalogContext context = context_of(statement);
  require_identifiers(context, name);
  if (context.identifiers) require_argument(column);
  statement.open_query(procedure_columns_query(context, name, column), column_set(kProcedureColumnsShape),
                       rows_with_types(statement, kProcedureColumnsTypes));
}

void table_privileges(Statement& statement, const TableName& name) {
  const CatalogContext context = context_of(statement);
  require_identifiers(context, name);
  statement.open_query(table_privileges_query(context, name), column_set(kTablePrivilegesShape));
}

void column_privileges(Statement& statement, const TableName& name, const CatalogArgument& column) {
  const CatalogContext context = context_of(statement);
  require_argument(name.table);
  require_identifiers(context, name);
  if (context.identifiers) require_argument(column);
  statement.open_query(column_privileges_query(context, name, column), column_set(kColumnPrivilegesShape));
}

}  // namespace selkie::odbc
