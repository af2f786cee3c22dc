// The query of each catalog function: one SELECT from INFORMATION_SCHEMA whose columns are the specification's, in its order;
// in the place of those about a type stand the facts that they follow from (catalog_types.h).
// Pure: the same context and arguments give the same text. No user variables, no functions that a compatible server may lack.
#pragma once

#include <string>

#include "odbc/catalog_filter.h"

namespace selkie::odbc {

std::string tables_query(const CatalogContext& context, const TableName& name, const CatalogArgument& table_types);
std::string columns_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column);
std::string best_row_id_query(const CatalogContext& context, const TableName& name);
std::string row_version_query(const CatalogContext& context, const TableName& name);
std::string primary_keys_query(const CatalogContext& context, const TableName& name);
std::string statistics_query(const CatalogContext& context, const TableName& name, bool unique_only);
std::string foreign_keys_query(const CatalogContext& context, const TableName& primary, const TableName& foreign);
std::string procedures_query(const CatalogContext& context, const TableName& name);
std::string procedure_columns_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column);
std::string table_privileges_query(const CatalogContext& context, const TableName& name);
std::string column_privileges_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column);

}  // namespace selkie::odbc
