// Catalog functions: each runs one query and opens a cursor whose shape is the specification's.
// Spec: ODBC "Catalog Functions"
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "odbc/statement.h"

namespace selkie::odbc {

// What ODBC calls the server's databases: catalogs unless the person chose otherwise (NO_CATALOG, NO_SCHEMA=0).
enum class DatabaseIs : std::uint8_t { catalog, schema, unnamed };
DatabaseIs database_is(const setup::Settings& settings);

// An argument as the application gave it: nullopt for a null pointer.
using CatalogArgument = std::optional<std::string>;

struct TableName {
  CatalogArgument catalog{}, schema{}, table{};
};

void tables(Statement& statement, const TableName& name, const CatalogArgument& table_types);
void columns(Statement& statement, const TableName& name, const CatalogArgument& column);
void primary_keys(Statement& statement, const TableName& name);
void statistics(Statement& statement, const TableName& name, SQLUSMALLINT unique, SQLUSMALLINT reserved);
void foreign_keys(Statement& statement, const TableName& primary, const TableName& foreign);
void special_columns(Statement& statement, SQLUSMALLINT identifier_type, const TableName& name, SQLUSMALLINT scope,
                     SQLUSMALLINT nullable);
void procedures(Statement& statement, const TableName& name);
void procedure_columns(Statement& statement, const TableName& name, const CatalogArgument& column);
void table_privileges(Statement& statement, const TableName& name);
void column_privileges(Statement& statement, const TableName& name, const CatalogArgument& column);

}  // namespace selkie::odbc
