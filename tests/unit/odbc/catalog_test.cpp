#include <gtest/gtest.h>

#include "odbc/catalog_filter.h"
#include "odbc/catalog_queries.h"
#include "odbc/catalog_rows.h"
#include "odbc/catalog_shapes.h"

namespace selkie::odbc {
namespace {

using ::testing::Test;

constexpr LexerModes kModes{};

// --- Patterns and identifiers

TEST(MatchPattern, WithoutWildcardsItIsAnEquality) {
  EXPECT_EQ(match_pattern("orders", kModes), "='orders'");
  EXPECT_EQ(match_pattern("a\\_b\\%c", kModes), "='a_b%c'");
  EXPECT_EQ(match_pattern("", kModes), "=''");
}

TEST(MatchPattern, PercentAloneMatchesEverything) {
  EXPECT_EQ(match_pattern("%", kModes), "");
  EXPECT_EQ(match_pattern("%%", kModes), "");
}

TEST(MatchPattern, WildcardsStayAndEscapedOnesBecomeLetters) {
  EXPECT_EQ(match_pattern("ord%", kModes), " LIKE 'ord%' ESCAPE '!'");
  EXPECT_EQ(match_pattern("a\\_b_", kModes), " LIKE 'a!_b_' ESCAPE '!'");
  EXPECT_EQ(match_pattern("hey!_", kModes), " LIKE 'hey!!_' ESCAPE '!'");
  EXPECT_EQ(match_pattern("\\\\%", {.no_backslash_escapes = true}), " LIKE '\\%' ESCAPE '!'");
}

TEST(MatchPattern, ABackslashBeforeALetterIsALetterItself) {
  EXPECT_EQ(match_pattern("a\\b", {.no_backslash_escapes = true}), "='a\\b'");
  EXPECT_EQ(match_pattern("a\\", {.no_backslash_escapes = true}), "='a\\'");
}

TEST(MatchPattern, QuotesCannotEndTheText) {
  EXPECT_EQ(match_pattern("x' OR '1", {.no_backslash_escapes = true}), "='x'' OR ''1'");
}

TEST(PlainIdentifier, QuotesAreRemovedAndTrailingBlanksOfUnquotedOnes) {
  EXPECT_EQ(plain_identifier("orders  "), "orders");
  EXPECT_EQ(plain_identifier("`or``ders `"), "or`ders ");
  EXPECT_EQ(plain_identifier("\"a\"\"b\""), "a\"b");
  EXPECT_EQ(plain_identifier("`"), "`");
  EXPECT_EQ(plain_identifier(""), "");
}

// --- Which database

constexpr std::string_view kCurrent = " WHERE (DATABASE() IS NULL OR S=DATABASE())";

std::string database(const CatalogContext& context, const TableName& name, ArgumentKind kind = ArgumentKind::ordinary) {
  return CatalogFilter(context).database("S", name, kind).sql();
}

TEST(CatalogFilter, NoCatalogIsTheCurrentDatabase) {
  EXPECT_EQ(database({}, {}), kCurrent);
  EXPECT_EQ(database({}, {.catalog = ""}), kCurrent);
}

TEST(CatalogFilter, TheCatalogIsAPatternOnlyWhereTheSpecificationSaysSo) {
  EXPECT_EQ(database({}, {.catalog = "shop_1"}), " WHERE S='shop_1'");
  EXPECT_EQ(database({}, {.catalog = "shop_1"}, ArgumentKind::pattern), " WHERE S LIKE 'shop_1' ESCAPE '!'");
  EXPECT_EQ(database({}, {.catalog = "%"}, ArgumentKind::pattern), "");
}

TEST(CatalogFilter, ASchemaThatNothingHasMatchesNothing) {
  EXPECT_EQ(database({}, {.schema = ""}), kCurrent);
  EXPECT_EQ(database({}, {.schema = "%"}), kCurrent);
  EXPECT_EQ(database({}, {.schema = "dbo"}), " WHERE 1=0");
}

TEST(CatalogFilter, DatabasesAsSchemasSwapTheArguments) {
  const CatalogContext context{.database_is = DatabaseIs::schema};
  EXPECT_EQ(database(context, {.schema = "shop"}), " WHERE S='shop'");
  EXPECT_EQ(database(context, {.catalog = "shop"}), " WHERE 1=0");
}

TEST(CatalogFilter, WithoutNamesForDatabasesThereIsOnlyTheCurrentOne) {
  const CatalogContext context{.database_is = DatabaseIs::unnamed};
  EXPECT_EQ(database(context, {.catalog = "%"}), kCurrent);
  EXPECT_EQ(database(context, {.catalog = "shop"}), " WHERE 1=0");
}

TEST(CatalogFilter, IdentifiersAreNoPatterns) {
  const CatalogContext context{.identifiers = true};
  EXPECT_EQ(CatalogFilter(context).name("T", "`a%b`", ArgumentKind::pattern).sql(), " WHERE T='a%b'");
}

// --- Queries

// How many columns a SELECT list has, up to its FROM.
std::size_t selected_columns(std::string_view sql) {
  std::size_t columns = 1;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') in_text = !in_text;
    if (in_text) continue;
    depth += sql[i] == '(' ? 1 : sql[i] == ')' ? -1 : 0;
    if (depth == 0 && sql.substr(i).starts_with(" FROM ")) break;
    if (depth == 0 && sql.substr(i).starts_with(" UNION ")) break;
    if (depth == 0 && sql[i] == ',') ++columns;
  }
  return columns;
}

class CatalogQueries : public ::testing::TestWithParam<CatalogContext> {};

TEST_P(CatalogQueries, EachSelectsAsManyColumnsAsItsShapeHas) {
  const CatalogContext& c = GetParam();
  const TableName name{.catalog = "db", .table = "t"}, none;
  EXPECT_EQ(selected_columns(tables_query(c, name, std::nullopt)), kTablesShape.size());
  EXPECT_EQ(selected_columns(tables_query(c, {"%", "", ""}, std::nullopt)), kTablesShape.size());
  EXPECT_EQ(selected_columns(tables_query(c, {"", "%", ""}, std::nullopt)), kTablesShape.size());
  EXPECT_EQ(selected_columns(tables_query(c, {"", "", ""}, "%")), kTablesShape.size());
  EXPECT_EQ(selected_columns(columns_query(c, name, "c%")), kColumnsTypes.query_columns());
  EXPECT_EQ(selected_columns(best_row_id_query(c, name)), kSpecialColumnsTypes.query_columns());
  EXPECT_EQ(selected_columns(row_version_query(c, name)), kSpecialColumnsTypes.query_columns());
  EXPECT_EQ(selected_columns(primary_keys_query(c, name)), kPrimaryKeysShape.size());
  EXPECT_EQ(selected_columns(statistics_query(c, name, true)), kStatisticsShape.size());
  EXPECT_EQ(selected_columns(foreign_keys_query(c, name, none)), kForeignKeysShape.size());
  EXPECT_EQ(selected_columns(foreign_keys_query(c, none, name)), kForeignKeysShape.size());
  EXPECT_EQ(selected_columns(procedures_query(c, name)), kProceduresShape.size());
  EXPECT_EQ(selected_columns(procedure_columns_query(c, name, std::nullopt)), kProcedureColumnsTypes.query_columns());
  EXPECT_EQ(selected_columns(table_privileges_query(c, name)), kTablePrivilegesShape.size());
  EXPECT_EQ(selected_columns(column_privileges_query(c, name, "c")), kColumnPrivilegesShape.size());
}

INSTANTIATE_TEST_SUITE_P(Contexts, CatalogQueries,
                         ::testing::Values(CatalogContext{.mariadb = true, .version = {10, 11, 6}},
                                           CatalogContext{.version = {9, 7, 0}}, CatalogContext{.version = {5, 7, 0}},
                                           CatalogContext{.database_is = DatabaseIs::schema},
                                           CatalogContext{.database_is = DatabaseIs::unnamed}));

TEST(CatalogQuery, TableTypesAreUnquotedAndCompared) {
  const std::string sql = tables_query({}, {}, "'TABLE', view");
  EXPECT_NE(sql.find(" IN ('TABLE','VIEW')"), std::string::npos) << sql;
  EXPECT_EQ(tables_query({}, {}, "%").find(" IN ('TABLE"), std::string::npos);
}

TEST(CatalogQuery, ForeignKeysOfOneTableAreLookedUpInItsOwnDatabase) {
  const std::string sql = foreign_keys_query({}, {.catalog = "db", .table = "t"}, {});
  EXPECT_NE(sql.find("K.TABLE_SCHEMA='db'"), std::string::npos) << sql;
  EXPECT_NE(sql.find("R.CONSTRAINT_SCHEMA='db'"), std::string::npos) << sql;
}

TEST(CatalogQuery, ViewsAreNotTiedByAnEqualityOnMariadb) {
  const TableName name{.catalog = "db", .table = "t"};
  for (const std::string& sql : {best_row_id_query({.mariadb = true}, name), foreign_keys_query({.mariadb = true}, {}, name)}) {
    EXPECT_EQ(sql.find("TABLE_NAME=S.TABLE_NAME"), std::string::npos) << sql;
    EXPECT_EQ(sql.find("TABLE_NAME=K.TABLE_NAME"), std::string::npos) << sql;
  }
}

// --- Shapes

class Shapes : public ::testing::TestWithParam<const Shape*> {};

TEST_P(Shapes, EveryColumnHasItsNameAndASize) {
  const Shape& shape = *GetParam();
  const protocol::ColumnSetPtr columns = column_set(shape);
  ASSERT_EQ(columns->size(), shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    EXPECT_EQ((*columns)[i].name, shape[i].name);
    const TypeDescription type = describe((*columns)[i], {.wide = false});
    EXPECT_GT(type.column_size, 0u);
    switch (shape[i].type) {
      case ShapeColumn::Type::smallint: EXPECT_EQ(type.concise_type, SQL_SMALLINT); break;
      case ShapeColumn::Type::integer: EXPECT_EQ(type.concise_type, SQL_INTEGER); break;
      case ShapeColumn::Type::varchar:
        EXPECT_EQ(type.concise_type, SQL_VARCHAR);
        EXPECT_EQ(type.column_size, shape[i].characters);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Shapes,
                         ::testing::Values(&kTablesShape, &kColumnsShape, &kPrimaryKeysShape, &kStatisticsShape,
                                           &kForeignKeysShape, &kSpecialColumnsShape, &kProceduresShape,
                                           &kProcedureColumnsShape, &kTablePrivilegesShape, &kColumnPrivilegesShape,
                                           &kTypeInfoShape));

}  // namespace
}  // namespace selkie::odbc
