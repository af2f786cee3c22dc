// Queries about keys and indexes.
#include "odbc/catalog_queries.h"
#include "odbc/catalog_types.h"

namespace selkie::odbc {
namespace {

// All of one table's functions name it exactly.
std::string of_table(const CatalogContext& context, const std::string& alias, const TableName& name) {
  return CatalogFilter(context)
      .database(alias + ".TABLE_SCHEMA", name, ArgumentKind::ordinary)
      .name(alias + ".TABLE_NAME", name.table, ArgumentKind::ordinary)
      .sql();
}

// Joins two views by a database's or table's name. Each view has its own condition on that name, too: MariaDB answers it by
// opening the one table named, but opens every table of the server when an equality ties the views together.
std::string same(const CatalogContext& context, const std::string& a, const std::string& b) {
  return context.mariadb ? " AND STRCMP(" + a + "," + b + ")=0" : " AND " + a + "=" + b;
}

// Foreign keys' rules. RESTRICT is what the servers do for NO ACTION; ODBC 3 knows only the latter.
std::string rule(std::string_view column) {
  return std::string("CASE ").append(column).append(
      " WHEN 'CASCADE' THEN 0 WHEN 'SET NULL' THEN 2 WHEN 'SET DEFAULT' THEN 4 ELSE 3 END");
}

}  // namespace

std::string best_row_id_query(const CatalogContext& context, const TableName& name) {
  // The primary key, else the unique key with the fewest columns that identifies every row: no NULL, no prefix, no expression.
  const std::string key = "SELECT I.INDEX_NAME FROM INFORMATION_SCHEMA.STATISTICS I" + of_table(context, "I", name) +
                          " AND I.NON_UNIQUE=0 GROUP BY I.INDEX_NAME"
                          " HAVING SUM(I.NULLABLE='YES' OR I.SUB_PART IS NOT NULL OR I.COLUMN_NAME IS NULL)=0"
                          " ORDER BY I.INDEX_NAME<>'PRIMARY',COUNT(*),I.INDEX_NAME LIMIT 1";
  return "SELECT 2,C.COLUMN_NAME," + type_facts("C.", "COLUMN_TYPE") +
         ",1 FROM INFORMATION_SCHEMA.STATISTICS S JOIN INFORMATION_SCHEMA.COLUMNS C"
         " ON C.COLUMN_NAME=S.COLUMN_NAME" +
         same(context, "C.TABLE_SCHEMA", "S.TABLE_SCHEMA") + same(context, "C.TABLE_NAME", "S.TABLE_NAME") +
         CatalogFilter(context)
             .database("S.TABLE_SCHEMA", name, ArgumentKind::ordinary)
             .name("S.TABLE_NAME", name.table, ArgumentKind::ordinary)
             .database("C.TABLE_SCHEMA", name, ArgumentKind::ordinary)
             .name("C.TABLE_NAME", name.table, ArgumentKind::ordinary)
             .also("S.INDEX_NAME=(" + key + ")")
             .sql() +
         " ORDER BY S.SEQ_IN_INDEX";
}

std::string row_version_query(const CatalogContext& context, const TableName& name) {
  return "SELECT NULL,C.COLUMN_NAME," + type_facts("C.", "COLUMN_TYPE") + ",1 FROM INFORMATION_SCHEMA.COLUMNS C" +
         of_table(context, "C", name) + " AND C.EXTRA LIKE '%on update%' ORDER BY C.ORDINAL_POSITION";
}

std::string primary_keys_query(const CatalogContext& context, const TableName& name) {
  return "SELECT " + database_columns(context, "K.TABLE_SCHEMA") +
         ",K.TABLE_NAME,K.COLUMN_NAME,K.ORDINAL_POSITION,K.CONSTRAINT_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE K" +
         of_table(context, "K", name) + " AND K.CONSTRAINT_NAME='PRIMARY' ORDER BY 1,2,3,5";
}

std::string statistics_query(const CatalogContext& context, const TableName& name, bool unique_only) {
  const bool has_expressions = !context.mariadb && context.version >= protocol::Version{8, 0, 13};
  const std::string column = has_expressions ? "COALESCE(S.COLUMN_NAME,S.EXPRESSION,'')" : "S.COLUMN_NAME";
  // SQL_INDEX_HASHED 2, SQL_INDEX_CLUSTERED 1, SQL_INDEX_OTHER 3; SQL_TABLE_STAT 0 describes the table itself.
  const std::string type =
      "CASE WHEN S.INDEX_TYPE='HASH' THEN 2"
      " WHEN S.INDEX_NAME='PRIMARY' AND 'InnoDB'=(SELECT E.ENGINE FROM INFORMATION_SCHEMA.TABLES E" +
      of_table(context, "E", name) + " LIMIT 1) THEN 1 ELSE 3 END";
  return "SELECT " + database_columns(context, "T.TABLE_SCHEMA") +
         ",T.TABLE_NAME,NULL,NULL,NULL,0,NULL,NULL,NULL,LEAST(T.TABLE_ROWS,2147483647),NULL,NULL"
         " FROM INFORMATION_SCHEMA.TABLES T" +
         of_table(context, "T", name) + " AND T.TABLE_TYPE NOT LIKE '%VIEW' UNION ALL SELECT " +
         database_columns(context, "S.TABLE_SCHEMA") + ",S.TABLE_NAME,S.NON_UNIQUE,NULL,S.INDEX_NAME," + type +
         ",S.SEQ_IN_INDEX," + column +
         ",S.COLLATION,LEAST(S.CARDINALITY,2147483647),NULL,NULL"
         " FROM INFORMATION_SCHEMA.STATISTICS S" +
         of_table(context, "S", name) + (unique_only ? " AND S.NON_UNIQUE=0" : "") + " ORDER BY 4,7,5,6,8";
}

std::string foreign_keys_query(const CatalogContext& context, const TableName& primary, const TableName& foreign) {
  CatalogFilter filter(context);
  filter.also("K.REFERENCED_TABLE_NAME IS NOT NULL");
  if (primary.table) {
    filter.database("K.REFERENCED_TABLE_SCHEMA", primary, ArgumentKind::ordinary)
        .name("K.REFERENCED_TABLE_NAME", primary.table, ArgumentKind::ordinary);
  }
  // Without a foreign database only keys within the primary table's own are looked for: searching every database means opening
  // every table of the server.
  const bool as_schema = context.database_is == DatabaseIs::schema;
  const bool names_database = foreign.table || (as_schema ? foreign.schema : foreign.catalog);
  const TableName& where = names_database ? foreign : primary;
  for (const std::string alias : {"K.TABLE_", "R.CONSTRAINT_"}) {
    filter.database(alias + "SCHEMA", where, ArgumentKind::ordinary);
  }
  for (const std::string alias : {"K.", "R."}) filter.name(alias + "TABLE_NAME", foreign.table, ArgumentKind::ordinary);
  return "SELECT " + database_columns(context, "K.REFERENCED_TABLE_SCHEMA") +
         ",K.REFERENCED_TABLE_NAME,K.REFERENCED_COLUMN_NAME," + database_columns(context, "K.TABLE_SCHEMA") +
         ",K.TABLE_NAME,K.COLUMN_NAME,K.ORDINAL_POSITION," + rule("R.UPDATE_RULE") + "," + rule("R.DELETE_RULE") +
         ",K.CONSTRAINT_NAME,R.UNIQUE_CONSTRAINT_NAME,7"  // SQL_NOT_DEFERRABLE
         " FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE K JOIN INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS R"
         " ON R.CONSTRAINT_NAME=K.CONSTRAINT_NAME" +
         same(context, "R.CONSTRAINT_SCHEMA", "K.CONSTRAINT_SCHEMA") + same(context, "R.TABLE_NAME", "K.TABLE_NAME") +
         filter.sql() + (foreign.table ? " ORDER BY 1,2,3,9,12" : " ORDER BY 5,6,7,9,12");
}

}  // namespace selkie::odbc
