// Tables, columns, procedures and privileges; keys are in catalog_keys.cpp.
#include "odbc/catalog_queries.h"

#include <cctype>
#include <vector>

#include "odbc/catalog_types.h"

namespace selkie::odbc {
namespace {

// The kind of a table in ODBC's words. What belongs to the server itself is told apart from what people made.
constexpr std::string_view kTableType =
    "CASE WHEN T.TABLE_TYPE='SYSTEM VIEW' THEN 'SYSTEM VIEW'"
    " WHEN T.TABLE_SCHEMA IN ('mysql','performance_schema','sys') THEN IF(T.TABLE_TYPE='VIEW','SYSTEM VIEW','SYSTEM TABLE')"
    " WHEN T.TABLE_TYPE IN ('VIEW','SEQUENCE') THEN T.TABLE_TYPE"
    " WHEN T.TABLE_TYPE LIKE 'TEMPORARY%' THEN 'LOCAL TEMPORARY'"
    " ELSE 'TABLE' END";

// All values of kTableType, sorted. MariaDB alone has sequences, and shows temporary tables.
constexpr std::string_view kTableTypes[] = {"SYSTEM TABLE", "SYSTEM VIEW", "TABLE", "VIEW"};
constexpr std::string_view kMariadbTableTypes[] = {"LOCAL TEMPORARY", "SEQUENCE", "SYSTEM TABLE",
                                                   "SYSTEM VIEW",     "TABLE",    "VIEW"};

bool is_text(const CatalogArgument& argument, std::string_view text) { return argument && *argument == text; }

// "'TABLE', 'VIEW'" or "table,view" -> TABLE, VIEW. Spec: SQLTables, "TableType"
std::vector<std::string> split_types(std::string_view list) {
  std::vector<std::string> types;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    constexpr std::string_view kAround = " '";
    const std::size_t first = item.find_first_not_of(kAround);
    if (first == std::string_view::npos) continue;
    item = item.substr(first, item.find_last_not_of(kAround) - first + 1);
    std::string type;
    for (const char c : item) type += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    types.push_back(std::move(type));
  }
  return types;
}

constexpr std::string_view kNoRows = "SELECT NULL,NULL,NULL,NULL,NULL FROM DUAL WHERE 1=0";

std::string list_databases(bool as_schema) {
  return std::string("SELECT ") + (as_schema ? "NULL,S.SCHEMA_NAME" : "S.SCHEMA_NAME,NULL") +
         ",NULL,NULL,NULL FROM INFORMATION_SCHEMA.SCHEMATA S ORDER BY S.SCHEMA_NAME";
}

std::string list_table_types(bool mariadb) {
  std::string sql;
  const auto add = [&](std::string_view type) {
    sql.append(sql.empty() ? "" : " UNION ALL ").append("SELECT NULL,NULL,NULL,'").append(type).append("',NULL");
  };
  if (mariadb) {
    for (const std::string_view type : kMariadbTableTypes) add(type);
  } else {
    for (const std::string_view type : kTableTypes) add(type);
  }
  return sql;
}

// A column's default as the specification wants it: text in quotes, expressions and numbers without, the word NULL for NULL.
std::string column_default(const CatalogContext& context) {
  if (context.mariadb && context.version >= protocol::Version{10, 2, 7}) return "C.COLUMN_DEFAULT";  // it writes it that way
  return "CASE WHEN C.EXTRA LIKE '% GENERATED%' THEN NULL"
         " WHEN C.COLUMN_DEFAULT IS NULL THEN IF(C.IS_NULLABLE='YES','NULL',NULL)"
         " WHEN C.EXTRA LIKE '%DEFAULT_GENERATED%' OR C.COLUMN_DEFAULT LIKE 'CURRENT_TIMESTAMP%'"
         " OR C.NUMERIC_PRECISION IS NOT NULL OR C.DATA_TYPE='year' THEN C.COLUMN_DEFAULT"
         " ELSE CONCAT('''',REPLACE(C.COLUMN_DEFAULT,'''',''''''),'''') END";
}

// Who may do what: grants of every level down to `levels`, each with the database (a LIKE pattern), table and column it is
// bound to, NULL for all.
std::string grants(bool of_columns) {
  std::string sql =
      "SELECT GRANTEE,TABLE_SCHEMA AS D,TABLE_NAME AS T,NULL AS C,PRIVILEGE_TYPE,IS_GRANTABLE"
      " FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES"
      " UNION ALL SELECT GRANTEE,TABLE_SCHEMA,NULL,NULL,PRIVILEGE_TYPE,IS_GRANTABLE FROM INFORMATION_SCHEMA.SCHEMA_PRIVILEGES"
      " UNION ALL SELECT GRANTEE,NULL,NULL,NULL,PRIVILEGE_TYPE,IS_GRANTABLE FROM INFORMATION_SCHEMA.USER_PRIVILEGES";
  if (of_columns) {
    sql +=
        " UNION ALL SELECT GRANTEE,TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,PRIVILEGE_TYPE,IS_GRANTABLE"
        " FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES";
  }
  return sql;
}

// The grants that reach a table whose database and name are T.TABLE_SCHEMA and T.TABLE_NAME.
std::string join_grants(const CatalogContext& context, bool of_columns) {
  std::string sql = " JOIN (" + grants(of_columns) + ") G ON (G.D IS NULL OR (G.T IS NULL AND T.TABLE_SCHEMA LIKE G.D ESCAPE ";
  append_quoted(sql, "\\", context.modes);
  return sql + ") OR (T.TABLE_SCHEMA=G.D AND T.TABLE_NAME=G.T))" +
         (of_columns ? " AND (G.C IS NULL OR G.C=T.COLUMN_NAME)" : "");
}

}  // namespace

std::string tables_query(const CatalogContext& context, const TableName& name, const CatalogArgument& table_types) {
  const bool as_schema = context.database_is == DatabaseIs::schema;
  if (is_text(name.table, "")) {  // the three enumerations. Spec: SQLTables, "Comments"
    if (is_text(name.catalog, "%") && is_text(name.schema, "")) {
      return context.database_is == DatabaseIs::catalog ? list_databases(false) : std::string(kNoRows);
    }
    if (is_text(name.catalog, "") && is_text(name.schema, "%")) return as_schema ? list_databases(true) : std::string(kNoRows);
    if (is_text(name.catalog, "") && is_text(name.schema, "") && is_text(table_types, "%")) {
      return list_table_types(context.mariadb);
    }
  }
  CatalogFilter filter(context);
  filter.database("T.TABLE_SCHEMA", name, ArgumentKind::pattern).name("T.TABLE_NAME", name.table, ArgumentKind::pattern);
  if (table_types && !table_types->empty() && *table_types != "%") {
    std::string list;
    for (const std::string& type : split_types(*table_types)) {
      list += list.empty() ? "" : ",";
      append_quoted(list, type, context.modes);
    }
    filter.also(std::string(kTableType).append(" IN (").append(list.empty() ? "''" : list).append(")"));
  }
  return "SELECT " + database_columns(context, "T.TABLE_SCHEMA") + ",T.TABLE_NAME," + std::string(kTableType) +
         ",IF(T.TABLE_TYPE LIKE '%VIEW','',T.TABLE_COMMENT) FROM INFORMATION_SCHEMA.TABLES T" + filter.sql() +
         " ORDER BY 4,1,2,3";
}

std::string columns_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column) {
  CatalogFilter filter(context);
  filter.database("C.TABLE_SCHEMA", name, ArgumentKind::ordinary)
      .name("C.TABLE_NAME", name.table, ArgumentKind::pattern)
      .name("C.COLUMN_NAME", column, ArgumentKind::pattern);
  return "SELECT " + database_columns(context, "C.TABLE_SCHEMA") + ",C.TABLE_NAME,C.COLUMN_NAME," +
         type_facts("C.", "COLUMN_TYPE") + ",IF(C.IS_NULLABLE='NO',0,1),C.COLUMN_COMMENT," + column_default(context) +
         ",C.ORDINAL_POSITION,C.IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS C" + filter.sql() +
         " ORDER BY 1,2,3,C.ORDINAL_POSITION";
}

std::string procedures_query(const CatalogContext& context, const TableName& name) {
  CatalogFilter filter(context);
  filter.database("R.ROUTINE_SCHEMA", name, ArgumentKind::ordinary)
      .name("R.ROUTINE_NAME", name.table, ArgumentKind::pattern)
      .also("R.ROUTINE_TYPE IN ('PROCEDURE','FUNCTION')");
  return "SELECT " + database_columns(context, "R.ROUTINE_SCHEMA") +
         ",R.ROUTINE_NAME,NULL,NULL,NULL,R.ROUTINE_COMMENT,IF(R.ROUTINE_TYPE='FUNCTION',2,1)"
         " FROM INFORMATION_SCHEMA.ROUTINES R" +
         filter.sql() + " ORDER BY 1,2,3,8";
}

std::string procedure_columns_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column) {
  // A function's return value has position 0, no mode and no name.
  constexpr std::string_view kName = "COALESCE(P.PARAMETER_NAME,'')";
  constexpr std::string_view kDirection =
      "CASE WHEN P.ORDINAL_POSITION=0 THEN 5 WHEN P.PARAMETER_MODE='OUT' THEN 4 WHEN P.PARAMETER_MODE='INOUT' THEN 2 ELSE 1 "
      "END";
  CatalogFilter filter(context);
  filter.database("P.SPECIFIC_SCHEMA", name, ArgumentKind::ordinary)
      .name("P.SPECIFIC_NAME", name.table, ArgumentKind::pattern)
      .name(kName, column, ArgumentKind::pattern);
  return "SELECT " + database_columns(context, "P.SPECIFIC_SCHEMA") + ",P.SPECIFIC_NAME," + std::string(kName) + "," +
         std::string(kDirection) + "," + type_facts("P.", "DTD_IDENTIFIER") +
         ",1,NULL,NULL,P.ORDINAL_POSITION,'YES' FROM INFORMATION_SCHEMA.PARAMETERS P" + filter.sql() +
         " ORDER BY 1,2,3,P.ORDINAL_POSITION";
}

std::string table_privileges_query(const CatalogContext& context, const TableName& name) {
  CatalogFilter filter(context);
  filter.database("T.TABLE_SCHEMA", name, ArgumentKind::ordinary)
      .name("T.TABLE_NAME", name.table, ArgumentKind::pattern)
      .also("G.PRIVILEGE_TYPE IN ('SELECT','INSERT','UPDATE','DELETE','REFERENCES','ALTER','CREATE','DROP','INDEX','TRIGGER')");
  return "SELECT " + database_columns(context, "T.TABLE_SCHEMA") +
         ",T.TABLE_NAME,NULL,G.GRANTEE,G.PRIVILEGE_TYPE,MAX(G.IS_GRANTABLE) FROM INFORMATION_SCHEMA.TABLES T" +
         join_grants(context, false) + filter.sql() +
         " GROUP BY T.TABLE_SCHEMA,T.TABLE_NAME,G.GRANTEE,G.PRIVILEGE_TYPE ORDER BY 1,2,3,6,5";
}

std::string column_privileges_query(const CatalogContext& context, const TableName& name, const CatalogArgument& column) {
  CatalogFilter filter(context);
  filter.database("T.TABLE_SCHEMA", name, ArgumentKind::ordinary)
      .name("T.TABLE_NAME", name.table, ArgumentKind::ordinary)
      .name("T.COLUMN_NAME", column, ArgumentKind::pattern)
      .also("G.PRIVILEGE_TYPE IN ('SELECT','INSERT','UPDATE','REFERENCES')");
  return "SELECT " + database_columns(context, "T.TABLE_SCHEMA") +
         ",T.TABLE_NAME,T.COLUMN_NAME,NULL,G.GRANTEE,G.PRIVILEGE_TYPE,MAX(G.IS_GRANTABLE) FROM INFORMATION_SCHEMA.COLUMNS T" +
         join_grants(context, true) + filter.sql() +
         " GROUP BY T.TABLE_SCHEMA,T.TABLE_NAME,T.COLUMN_NAME,G.GRANTEE,G.PRIVILEGE_TYPE ORDER BY 1,2,3,4,7,6";
}

}  // namespace selkie::odbc
