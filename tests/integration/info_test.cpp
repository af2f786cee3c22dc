// SQLGetInfo: what is claimed of the server is run on it.
#include <array>
#include <set>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Info : public OnEveryServer {
 protected:
  SQLUINTEGER bits(SQLUSMALLINT type) {
    SQLUINTEGER value = 0;
    check(::SQLGetInfo(connection().handle(), type, &value, sizeof value, nullptr), SQL_HANDLE_DBC, connection().handle());
    return value;
  }
  SQLUSMALLINT small(SQLUSMALLINT type) {
    SQLUSMALLINT value = 0;
    check(::SQLGetInfo(connection().handle(), type, &value, sizeof value, nullptr), SQL_HANDLE_DBC, connection().handle());
    return value;
  }
  std::string text(SQLUSMALLINT type) { return connection().info(type); }

  // A bit of an information type, and a statement that needs what it claims.
  struct Claim {
    SQLUINTEGER bit;
    const char* sql;
  };
  // Every bit that is set is known here and its statement runs.
  template <std::size_t count>
  void expect_true(SQLUSMALLINT type, const Claim (&claims)[count]) {
    SQLUINTEGER unproven = bits(type);
    for (const Claim& claim : claims) {
      if ((bits(type) & claim.bit) == 0) continue;
      unproven &= ~claim.bit;
      try {
        Statement s(connection());
        s.run(claim.sql);
        while (s.columns() > 0 && s.fetch()) {}
      } catch (const OdbcError& error) {
        ADD_FAILURE() << claim.sql << ": " << error.what();
      }
    }
    EXPECT_EQ(unproven, 0u) << "bits of " << type << " that nothing proves";
  }
};
SELKIE_ON_EVERY_SERVER(Info);

TEST_P(Info, TheProductIsNamedAndNumbered) {
  EXPECT_EQ(text(SQL_DBMS_NAME), "MySQL");
  const std::string version = text(SQL_DBMS_VER), server_says = rows("SELECT VERSION()");
  EXPECT_EQ(version.substr(2, 1) + version.substr(5, 1) + version.substr(10, 1), ".. ") << version;
  EXPECT_NE(version.find(server().is_mariadb() ? "MariaDB" : server_says), std::string::npos) << version;
  EXPECT_EQ(std::stoi(version), std::stoi(server_says.substr(0, server_says.find('.'))));
  EXPECT_EQ(text(SQL_DATABASE_NAME), database());
  EXPECT_EQ(text(SQL_USER_NAME), server().setting("user"));
  EXPECT_EQ(text(SQL_SERVER_NAME), server().setting("host"));
}

TEST_P(Info, EveryTypeIsAnsweredThroughTheDriverManager) {
  constexpr std::array<SQLUSMALLINT, 13> kFurther{173,   1750,  10000, 10001, 10002, 10003, 10004,
                                                  10005, 10021, 10022, 10023, 10024, 10025};
  // Answered from a handle that the caller hands in, or by the driver manager alone.
  const std::set<SQLUSMALLINT> others{SQL_DRIVER_HSTMT, SQL_DRIVER_HDESC, SQL_DRIVER_HLIB, SQL_DM_VER};
  const auto expect_answer = [&](SQLUSMALLINT type) {
    std::array<SQLCHAR, 8192> value{};
    SQLSMALLINT length = 0;
    const SQLRETURN code = ::SQLGetInfo(connection().handle(), type, value.data(), value.size(), &length);
    EXPECT_EQ(code, SQL_SUCCESS) << type;
  };
  for (SQLUSMALLINT type = 0; type <= 172; ++type) {
    if (!others.contains(type)) expect_answer(type);
  }
  for (const SQLUSMALLINT type : kFurther) expect_answer(type);
  std::array<SQLCHAR, 64> value{};
  EXPECT_EQ(::SQLGetInfo(connection().handle(), 65000, value.data(), value.size(), nullptr), SQL_ERROR);
  EXPECT_EQ(diagnostics(SQL_HANDLE_DBC, connection().handle()).at(0).state, "HY096");
}

TEST_P(Info, IdentifiersFollowTheServersSettings) {
  const std::string setting = rows("SELECT @@lower_case_table_names");
  EXPECT_EQ(small(SQL_IDENTIFIER_CASE), setting == "0" ? SQL_IC_SENSITIVE : setting == "1" ? SQL_IC_LOWER : SQL_IC_MIXED);
  const std::string quote = text(SQL_IDENTIFIER_QUOTE_CHAR);
  for (const char* mode : {"", "ANSI_QUOTES"}) {
    run(std::string("SET sql_mode='") + mode + "'");
    EXPECT_EQ(rows("SELECT 5 AS " + quote + "select" + quote), "5");
  }
  run("CREATE TABLE `" + std::string(64, 'x') + "` (a INT)");
  EXPECT_EQ(small(SQL_MAX_TABLE_NAME_LEN), 64);
  expect_failure("42000", kAnyCode, [&] { run("CREATE TABLE `" + std::string(65, 'x') + "` (a INT)"); });
}

TEST_P(Info, SpecialCharactersMayStandInQuotedNames) {
  run("CREATE TABLE t (a INT)");
  for (const char c : text(SQL_SPECIAL_CHARACTERS)) {
    run(std::string("ALTER TABLE t ADD `a") + c + "b` INT");
  }
}

// A word that needs no quotes, as the name of a column and of a table.
bool is_free(Connection& connection, const std::string& word) {
  for (const std::string& sql : {"SELECT 5 AS " + word, "SELECT " + word + ".a FROM (SELECT 5 AS a) AS " + word}) {
    try {
      EXPECT_EQ(Statement(connection).run(sql).rows(), "5");
    } catch (const OdbcError& error) {
      EXPECT_EQ(error.native(), 1064) << error.what();
      return false;
    }
  }
  return true;
}

TEST_P(Info, KeywordsAreReserved) {
  std::string list = text(SQL_KEYWORDS);
  int refused = 0;
  for (std::size_t at = 0; at < list.size();) {
    const std::string word = list.substr(at, list.find(',', at) - at);
    at += word.size() + 1;
    // Reserved by a newer or older server of the family only.
    const bool is_of_some = word == "VECTOR" || word.ends_with("GTIDS") || word == "MASTER_SSL_VERIFY_SERVER_CERT";
    const bool is_reserved = !is_free(connection(), word);
    EXPECT_TRUE(is_reserved || is_of_some) << word;
    refused += is_reserved ? 1 : 0;
  }
  EXPECT_GT(refused, 120);
}

// What an application writes without quotes because neither list has it must be taken.
TEST_P(Info, WhatIsReservedIsAKeywordOfTheServerOrOfOdbc) {
  // The header's list runs two of the specification's words together.
  const std::string known = "," + text(SQL_KEYWORDS) + "," SQL_ODBC_KEYWORDS ",ROWS,SCHEMA,";
  Statement words(connection());
  words.run("SELECT DISTINCT WORD FROM INFORMATION_SCHEMA.KEYWORDS WHERE WORD REGEXP '^[A-Z0-9_]+$'");
  int others = 0;
  while (words.fetch()) {
    const std::string word = words.text(1).value();
    if (known.find("," + word + ",") != known.npos) continue;
    EXPECT_TRUE(is_free(connection(), word)) << word;
    ++others;
  }
  EXPECT_GT(others, 200);
}

TEST_P(Info, PredicatesSubqueriesAndJoins) {
  run("CREATE TABLE a (i INT, s VARCHAR(9))");
  run("CREATE TABLE b (i INT, t VARCHAR(9))");
  static constexpr Claim predicates[] = {
      {SQL_SP_BETWEEN, "SELECT * FROM a WHERE i BETWEEN 1 AND 2"},
      {SQL_SP_COMPARISON, "SELECT * FROM a WHERE i <> 1 AND i <= 2"},
      {SQL_SP_EXISTS, "SELECT * FROM a WHERE EXISTS (SELECT * FROM b)"},
      {SQL_SP_IN, "SELECT * FROM a WHERE i IN (1, 2)"},
      {SQL_SP_ISNOTNULL, "SELECT * FROM a WHERE i IS NOT NULL"},
      {SQL_SP_ISNULL, "SELECT * FROM a WHERE i IS NULL"},
      {SQL_SP_LIKE, "SELECT * FROM a WHERE s LIKE 'a!%%' {escape '!'}"},
      {SQL_SP_QUANTIFIED_COMPARISON, "SELECT * FROM a WHERE i > ALL (SELECT i FROM b) OR i = ANY (SELECT i FROM b)"}};
  expect_true(SQL_SQL92_PREDICATES, predicates);
  static constexpr Claim subqueries[] = {
      {SQL_SQ_CORRELATED_SUBQUERIES, "SELECT * FROM a WHERE i = (SELECT MAX(i) FROM b WHERE b.t = a.s)"},
      {SQL_SQ_COMPARISON, "SELECT * FROM a WHERE i > (SELECT MAX(i) FROM b)"},
      {SQL_SQ_EXISTS, "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.i = a.i)"},
      {SQL_SQ_IN, "SELECT * FROM a WHERE i IN (SELECT i FROM b)"},
      {SQL_SQ_QUANTIFIED, "SELECT * FROM a WHERE i >= SOME (SELECT i FROM b)"}};
  expect_true(SQL_SUBQUERIES, subqueries);
  static constexpr Claim joins[] = {{SQL_SRJO_CROSS_JOIN, "SELECT * FROM a CROSS JOIN b"},
                                    {SQL_SRJO_INNER_JOIN, "SELECT * FROM a INNER JOIN b ON a.i = b.i"},
                                    {SQL_SRJO_LEFT_OUTER_JOIN, "SELECT * FROM a LEFT OUTER JOIN b ON a.i = b.i"},
                                    {SQL_SRJO_RIGHT_OUTER_JOIN, "SELECT * FROM a RIGHT OUTER JOIN b ON a.i = b.i"},
                                    {SQL_SRJO_NATURAL_JOIN, "SELECT * FROM a NATURAL JOIN b"},
                                    {SQL_SRJO_EXCEPT_JOIN, "SELECT i FROM a EXCEPT SELECT i FROM b"},
                                    {SQL_SRJO_INTERSECT_JOIN, "SELECT i FROM a INTERSECT SELECT i FROM b"}};
  expect_true(SQL_SQL92_RELATIONAL_JOIN_OPERATORS, joins);
  static constexpr Claim outer[] = {
      {SQL_OJ_LEFT, "SELECT * FROM {oj a LEFT OUTER JOIN b ON a.i = b.i}"},
      {SQL_OJ_RIGHT, "SELECT * FROM {oj a RIGHT OUTER JOIN b ON a.i = b.i}"},
      {SQL_OJ_NESTED, "SELECT * FROM {oj a LEFT OUTER JOIN (b LEFT OUTER JOIN b AS c ON b.i = c.i) ON a.i = b.i}"},
      {SQL_OJ_NOT_ORDERED, "SELECT * FROM {oj a LEFT OUTER JOIN b ON b.i = a.i}"},
      {SQL_OJ_INNER, "SELECT * FROM {oj a LEFT OUTER JOIN b ON a.i = b.i} INNER JOIN b AS c ON c.i = b.i"},
      {SQL_OJ_ALL_COMPARISON_OPS, "SELECT * FROM {oj a LEFT OUTER JOIN b ON a.i >= b.i}"}};
  expect_true(SQL_OJ_CAPABILITIES, outer);
  static constexpr Claim unions[] = {{SQL_U_UNION, "SELECT i FROM a UNION SELECT i FROM b"},
                                     {SQL_U_UNION_ALL, "SELECT i FROM a UNION ALL SELECT i FROM b"}};
  expect_true(SQL_UNION, unions);
  static constexpr Claim aggregates[] = {
      {SQL_AF_AVG, "SELECT AVG(i) FROM a"},    {SQL_AF_COUNT, "SELECT COUNT(*) FROM a"},
      {SQL_AF_MAX, "SELECT MAX(i) FROM a"},    {SQL_AF_MIN, "SELECT MIN(i) FROM a"},
      {SQL_AF_SUM, "SELECT SUM(i) FROM a"},    {SQL_AF_DISTINCT, "SELECT COUNT(DISTINCT i) FROM a"},
      {SQL_AF_ALL, "SELECT SUM(ALL i) FROM a"}};
  expect_true(SQL_AGGREGATE_FUNCTIONS, aggregates);
  EXPECT_EQ(small(SQL_GROUP_BY), SQL_GB_GROUP_BY_CONTAINS_SELECT);
  run("SET sql_mode = CONCAT(@@sql_mode, ',ONLY_FULL_GROUP_BY')");
  rows("SELECT s, MAX(i) FROM a GROUP BY s, i");
  rows("SELECT i AS x FROM a ORDER BY s, i + 1");  // SQL_ORDER_BY_COLUMNS_IN_SELECT "N", SQL_EXPRESSIONS_IN_ORDERBY "Y"
}

TEST_P(Info, ValueExpressionsOfSql92) {
  run("CREATE TABLE a (i INT, s VARCHAR(9))");
  static constexpr Claim expressions[] = {{SQL_SVE_CASE, "SELECT CASE WHEN i = 1 THEN 2 ELSE 3 END FROM a"},
                                          {SQL_SVE_CAST, "SELECT CAST(i AS CHAR(5)) FROM a"},
                                          {SQL_SVE_COALESCE, "SELECT COALESCE(i, 1) FROM a"},
                                          {SQL_SVE_NULLIF, "SELECT NULLIF(i, 1) FROM a"}};
  expect_true(SQL_SQL92_VALUE_EXPRESSIONS, expressions);
  static constexpr Claim strings[] = {{SQL_SSF_CONVERT, "SELECT CONVERT(s USING utf8mb4) FROM a"},
                                      {SQL_SSF_LOWER, "SELECT LOWER(s) FROM a"},
                                      {SQL_SSF_UPPER, "SELECT UPPER(s) FROM a"},
                                      {SQL_SSF_SUBSTRING, "SELECT SUBSTRING(s FROM 2 FOR 3) FROM a"},
                                      {SQL_SSF_TRIM_BOTH, "SELECT TRIM(BOTH 'x' FROM s) FROM a"},
                                      {SQL_SSF_TRIM_LEADING, "SELECT TRIM(LEADING 'x' FROM s) FROM a"},
                                      {SQL_SSF_TRIM_TRAILING, "SELECT TRIM(TRAILING 'x' FROM s) FROM a"}};
  expect_true(SQL_SQL92_STRING_FUNCTIONS, strings);
  static constexpr Claim numbers[] = {{SQL_SNVF_BIT_LENGTH, "SELECT BIT_LENGTH(s) FROM a"},
                                      {SQL_SNVF_CHAR_LENGTH, "SELECT CHAR_LENGTH(s) FROM a"},
                                      {SQL_SNVF_CHARACTER_LENGTH, "SELECT CHARACTER_LENGTH(s) FROM a"},
                                      {SQL_SNVF_EXTRACT, "SELECT EXTRACT(YEAR FROM CURRENT_DATE)"},
                                      {SQL_SNVF_OCTET_LENGTH, "SELECT OCTET_LENGTH(s) FROM a"},
                                      {SQL_SNVF_POSITION, "SELECT POSITION('b' IN s) FROM a"}};
  expect_true(SQL_SQL92_NUMERIC_VALUE_FUNCTIONS, numbers);
  static constexpr Claim dates[] = {{SQL_SDF_CURRENT_DATE, "SELECT CURRENT_DATE"},
                                    {SQL_SDF_CURRENT_TIME, "SELECT CURRENT_TIME"},
                                    {SQL_SDF_CURRENT_TIMESTAMP, "SELECT CURRENT_TIMESTAMP"}};
  expect_true(SQL_SQL92_DATETIME_FUNCTIONS, dates);
  static constexpr Claim literals[] = {{SQL_DL_SQL92_DATE, "SELECT DATE '2020-01-02'"},
                                       {SQL_DL_SQL92_TIME, "SELECT TIME '03:04:05'"},
                                       {SQL_DL_SQL92_TIMESTAMP, "SELECT TIMESTAMP '2020-01-02 03:04:05'"}};
  expect_true(SQL_DATETIME_LITERALS, literals);
  static constexpr Claim constructors[] = {{SQL_SRVC_VALUE_EXPRESSION, "SELECT * FROM a WHERE (i, s) = (1, 'x')"},
                                           {SQL_SRVC_NULL, "SELECT * FROM a WHERE (i, s) = (NULL, 'x')"},
                                           {SQL_SRVC_ROW_SUBQUERY, "SELECT * FROM a WHERE (i, s) = (SELECT 1, 'x')"}};
  expect_true(SQL_SQL92_ROW_VALUE_CONSTRUCTOR, constructors);
}

TEST_P(Info, DefinitionsOfTablesViewsAndIndexes) {
  run("CREATE TABLE p (i INT PRIMARY KEY) ENGINE=InnoDB");
  static constexpr Claim tables[] = {
      {SQL_CT_CREATE_TABLE, "CREATE TABLE t1 (i INT)"},
      {SQL_CT_TABLE_CONSTRAINT, "CREATE TABLE t2 (i INT, UNIQUE (i))"},
      {SQL_CT_CONSTRAINT_NAME_DEFINITION, "CREATE TABLE t3 (i INT, CONSTRAINT named UNIQUE (i))"},
      {SQL_CT_COLUMN_CONSTRAINT, "CREATE TABLE t4 (i INT NOT NULL UNIQUE)"},
      {SQL_CT_COLUMN_DEFAULT, "CREATE TABLE t5 (i INT DEFAULT 5)"},
      {SQL_CT_COLUMN_COLLATION, "CREATE TABLE t6 (s VARCHAR(9) COLLATE utf8mb4_bin)"}};
  expect_true(SQL_CREATE_TABLE, tables);
  static constexpr Claim changes[] = {
      {SQL_AT_ADD_COLUMN, "ALTER TABLE t1 ADD COLUMN a INT"},
      {SQL_AT_ADD_COLUMN_SINGLE, "ALTER TABLE t1 ADD COLUMN b INT"},
      {SQL_AT_ADD_COLUMN_DEFAULT, "ALTER TABLE t1 ADD COLUMN c INT DEFAULT 5"},
      {SQL_AT_ADD_COLUMN_COLLATION, "ALTER TABLE t1 ADD COLUMN d VARCHAR(9) COLLATE utf8mb4_bin"},
      {SQL_AT_ADD_CONSTRAINT, "ALTER TABLE t1 ADD COLUMN e INT UNIQUE"},
      {SQL_AT_ADD_TABLE_CONSTRAINT, "ALTER TABLE t1 ADD UNIQUE (a)"},
      {SQL_AT_CONSTRAINT_NAME_DEFINITION, "ALTER TABLE t1 ADD CONSTRAINT called UNIQUE (b)"},
      {SQL_AT_SET_COLUMN_DEFAULT, "ALTER TABLE t1 ALTER COLUMN a SET DEFAULT 6"},
      {SQL_AT_DROP_COLUMN_DEFAULT, "ALTER TABLE t1 ALTER COLUMN a DROP DEFAULT"},
      {SQL_AT_DROP_COLUMN, "ALTER TABLE t1 DROP COLUMN c"},
      {SQL_AT_DROP_COLUMN_CASCADE, "ALTER TABLE t1 DROP COLUMN d CASCADE"},
      {SQL_AT_DROP_COLUMN_RESTRICT, "ALTER TABLE t1 DROP COLUMN e RESTRICT"}};
  expect_true(SQL_ALTER_TABLE, changes);
  static constexpr Claim views[] = {
      {SQL_CV_CREATE_VIEW, "CREATE VIEW v1 AS SELECT i FROM p"},
      {SQL_CV_CHECK_OPTION, "CREATE VIEW v2 AS SELECT i FROM p WHERE i > 1 WITH CHECK OPTION"},
      {SQL_CV_CASCADED, "CREATE VIEW v3 AS SELECT i FROM p WHERE i > 1 WITH CASCADED CHECK OPTION"},
      {SQL_CV_LOCAL, "CREATE VIEW v4 AS SELECT i FROM p WHERE i > 1 WITH LOCAL CHECK OPTION"}};
  expect_true(SQL_CREATE_VIEW, views);
  static constexpr Claim dropped_views[] = {
      {SQL_DV_DROP_VIEW, "DROP VIEW v1"}, {SQL_DV_CASCADE, "DROP VIEW v2 CASCADE"}, {SQL_DV_RESTRICT, "DROP VIEW v3 RESTRICT"}};
  expect_true(SQL_DROP_VIEW, dropped_views);
  static constexpr Claim indexes[] = {{SQL_DI_CREATE_INDEX, "CREATE INDEX made ON t5 (i ASC)"},
                                      {SQL_DI_DROP_INDEX, "DROP INDEX made ON t5"}};
  expect_true(SQL_DDL_INDEX, indexes);
  static constexpr Claim dropped[] = {{SQL_DT_DROP_TABLE, "DROP TABLE t1"},
                                      {SQL_DT_CASCADE, "DROP TABLE t2 CASCADE"},
                                      {SQL_DT_RESTRICT, "DROP TABLE t3 RESTRICT"}};
  expect_true(SQL_DROP_TABLE, dropped);
  static constexpr Claim on_delete[] = {
      {SQL_SFKD_CASCADE, "CREATE TABLE f1 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON DELETE CASCADE) ENGINE=InnoDB"},
      {SQL_SFKD_NO_ACTION, "CREATE TABLE f2 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON DELETE NO ACTION) ENGINE=InnoDB"},
      {SQL_SFKD_SET_NULL, "CREATE TABLE f3 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON DELETE SET NULL) ENGINE=InnoDB"}};
  expect_true(SQL_SQL92_FOREIGN_KEY_DELETE_RULE, on_delete);
  static constexpr Claim on_update[] = {
      {SQL_SFKU_CASCADE, "CREATE TABLE g1 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON UPDATE CASCADE) ENGINE=InnoDB"},
      {SQL_SFKU_NO_ACTION, "CREATE TABLE g2 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON UPDATE NO ACTION) ENGINE=InnoDB"},
      {SQL_SFKU_SET_NULL, "CREATE TABLE g3 (i INT, FOREIGN KEY (i) REFERENCES p (i) ON UPDATE SET NULL) ENGINE=InnoDB"}};
  expect_true(SQL_SQL92_FOREIGN_KEY_UPDATE_RULE, on_update);
  static constexpr Claim inserts[] = {{SQL_IS_INSERT_LITERALS, "INSERT INTO t5 VALUES (1)"},
                                      {SQL_IS_INSERT_SEARCHED, "INSERT INTO t5 SELECT i FROM p"}};
  expect_true(SQL_INSERT_STATEMENT, inserts);
}

TEST_P(Info, PrivilegesSchemasAndQualifiedNames) {
  run("CREATE TABLE t (i INT PRIMARY KEY, n INT)");
  run("DROP USER IF EXISTS selkie_info_test");
  run("CREATE USER selkie_info_test");
  static constexpr Claim grants[] = {{SQL_SG_DELETE_TABLE, "GRANT DELETE ON t TO selkie_info_test"},
                                     {SQL_SG_INSERT_TABLE, "GRANT INSERT ON t TO selkie_info_test"},
                                     {SQL_SG_INSERT_COLUMN, "GRANT INSERT (n) ON t TO selkie_info_test"},
                                     {SQL_SG_REFERENCES_TABLE, "GRANT REFERENCES ON t TO selkie_info_test"},
                                     {SQL_SG_REFERENCES_COLUMN, "GRANT REFERENCES (n) ON t TO selkie_info_test"},
                                     {SQL_SG_SELECT_TABLE, "GRANT SELECT ON t TO selkie_info_test"},
                                     {SQL_SG_UPDATE_TABLE, "GRANT UPDATE ON t TO selkie_info_test"},
                                     {SQL_SG_UPDATE_COLUMN, "GRANT UPDATE (n) ON t TO selkie_info_test"},
                                     {SQL_SG_WITH_GRANT_OPTION, "GRANT SELECT ON t TO selkie_info_test WITH GRANT OPTION"}};
  expect_true(SQL_SQL92_GRANT, grants);
  static constexpr Claim revokes[] = {{SQL_SR_DELETE_TABLE, "REVOKE DELETE ON t FROM selkie_info_test"},
                                      {SQL_SR_INSERT_COLUMN, "REVOKE INSERT (n) ON t FROM selkie_info_test"},
                                      {SQL_SR_INSERT_TABLE, "REVOKE INSERT ON t FROM selkie_info_test"},
                                      {SQL_SR_REFERENCES_COLUMN, "REVOKE REFERENCES (n) ON t FROM selkie_info_test"},
                                      {SQL_SR_REFERENCES_TABLE, "REVOKE REFERENCES ON t FROM selkie_info_test"},
                                      {SQL_SR_SELECT_TABLE, "REVOKE SELECT ON t FROM selkie_info_test"},
                                      {SQL_SR_UPDATE_COLUMN, "REVOKE UPDATE (n) ON t FROM selkie_info_test"},
                                      {SQL_SR_UPDATE_TABLE, "REVOKE UPDATE ON t FROM selkie_info_test"}};
  expect_true(SQL_SQL92_REVOKE, revokes);
  run("DROP USER selkie_info_test");

  static constexpr Claim schemas[] = {
      {SQL_CS_CREATE_SCHEMA, "CREATE SCHEMA selkie_info_test"},
      {SQL_CS_DEFAULT_CHARACTER_SET, "CREATE SCHEMA selkie_info_test_2 DEFAULT CHARACTER SET latin1"}};
  run("DROP SCHEMA IF EXISTS selkie_info_test");
  run("DROP SCHEMA IF EXISTS selkie_info_test_2");
  expect_true(SQL_CREATE_SCHEMA, schemas);
  static constexpr Claim usage[] = {
      {SQL_CU_TABLE_DEFINITION, "CREATE TABLE `selkie_info_test`.`t` (i INT)"},
      {SQL_CU_INDEX_DEFINITION, "CREATE INDEX x ON `selkie_info_test`.`t` (i)"},
      {SQL_CU_DML_STATEMENTS, "INSERT INTO `selkie_info_test`.`t` SELECT i FROM `selkie_info_test`.`t`"},
      {SQL_CU_PRIVILEGE_DEFINITION, "GRANT SELECT ON `selkie_info_test`.`t` TO CURRENT_USER()"},
      {SQL_CU_PROCEDURE_INVOCATION, "{CALL `selkie_info_test`.`p`()}"}};
  run("CREATE PROCEDURE selkie_info_test.p() SELECT 1");
  expect_true(SQL_CATALOG_USAGE, usage);
  static constexpr Claim dropped[] = {{SQL_DS_DROP_SCHEMA, "DROP SCHEMA selkie_info_test"}};
  expect_true(SQL_DROP_SCHEMA, dropped);
  run("DROP SCHEMA selkie_info_test_2");
}

TEST_P(Info, ViewsOfTheInformationSchemaAndKeywordsOfIndexes) {
  run("CREATE TABLE t (i INT, j INT)");
  static constexpr Claim views[] = {
      {SQL_ISV_CHARACTER_SETS, "SELECT CHARACTER_SET_NAME FROM INFORMATION_SCHEMA.CHARACTER_SETS"},
      {SQL_ISV_CHECK_CONSTRAINTS, "SELECT CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS LIMIT 1"},
      {SQL_ISV_COLLATIONS, "SELECT COLLATION_NAME FROM INFORMATION_SCHEMA.COLLATIONS"},
      {SQL_ISV_COLUMN_PRIVILEGES, "SELECT GRANTEE FROM INFORMATION_SCHEMA.COLUMN_PRIVILEGES LIMIT 1"},
      {SQL_ISV_COLUMNS, "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS LIMIT 1"},
      {SQL_ISV_KEY_COLUMN_USAGE, "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE LIMIT 1"},
      {SQL_ISV_REFERENTIAL_CONSTRAINTS, "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS LIMIT 1"},
      {SQL_ISV_SCHEMATA, "SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA"},
      {SQL_ISV_TABLE_CONSTRAINTS, "SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS LIMIT 1"},
      {SQL_ISV_TABLE_PRIVILEGES, "SELECT GRANTEE FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES LIMIT 1"},
      {SQL_ISV_TABLES, "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES LIMIT 1"},
      {SQL_ISV_VIEWS, "SELECT VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS LIMIT 1"}};
  expect_true(SQL_INFO_SCHEMA_VIEWS, views);
  static constexpr Claim keywords[] = {{SQL_IK_ASC, "CREATE INDEX up ON t (i ASC)"},
                                       {SQL_IK_DESC, "CREATE INDEX down ON t (j DESC)"}};
  expect_true(SQL_INDEX_KEYWORDS, keywords);
}

TEST_P(Info, EveryScalarFunctionRuns) {
  static constexpr Claim strings[] = {{SQL_FN_STR_ASCII, "SELECT {fn ASCII('a')}"},
                                      {SQL_FN_STR_BIT_LENGTH, "SELECT {fn BIT_LENGTH('a')}"},
                                      {SQL_FN_STR_CHAR, "SELECT {fn CHAR(65)}"},
                                      {SQL_FN_STR_CHAR_LENGTH, "SELECT {fn CHAR_LENGTH('a')}"},
                                      {SQL_FN_STR_CHARACTER_LENGTH, "SELECT {fn CHARACTER_LENGTH('a')}"},
                                      {SQL_FN_STR_CONCAT, "SELECT {fn CONCAT('a', 'b')}"},
                                      {SQL_FN_STR_INSERT, "SELECT {fn INSERT('abc', 2, 1, 'xy')}"},
                                      {SQL_FN_STR_LCASE, "SELECT {fn LCASE('A')}"},
                                      {SQL_FN_STR_LEFT, "SELECT {fn LEFT('abc', 2)}"},
                                      {SQL_FN_STR_LENGTH, "SELECT {fn LENGTH('abc')}"},
                                      {SQL_FN_STR_LOCATE, "SELECT {fn LOCATE('b', 'abcb', 3)}"},
                                      {SQL_FN_STR_LOCATE_2, "SELECT {fn LOCATE('b', 'abc')}"},
                                      {SQL_FN_STR_LTRIM, "SELECT {fn LTRIM(' a')}"},
                                      {SQL_FN_STR_OCTET_LENGTH, "SELECT {fn OCTET_LENGTH('a')}"},
                                      {SQL_FN_STR_POSITION, "SELECT {fn POSITION('b' IN 'abc')}"},
                                      {SQL_FN_STR_REPEAT, "SELECT {fn REPEAT('a', 3)}"},
                                      {SQL_FN_STR_REPLACE, "SELECT {fn REPLACE('abc', 'b', 'x')}"},
                                      {SQL_FN_STR_RIGHT, "SELECT {fn RIGHT('abc', 2)}"},
                                      {SQL_FN_STR_RTRIM, "SELECT {fn RTRIM('a ')}"},
                                      {SQL_FN_STR_SOUNDEX, "SELECT {fn SOUNDEX('selkie')}"},
                                      {SQL_FN_STR_SPACE, "SELECT {fn SPACE(3)}"},
                                      {SQL_FN_STR_SUBSTRING, "SELECT {fn SUBSTRING('abc', 2, 1)}"},
                                      {SQL_FN_STR_UCASE, "SELECT {fn UCASE('a')}"}};
  expect_true(SQL_STRING_FUNCTIONS, strings);
  static constexpr Claim numbers[] = {{SQL_FN_NUM_ABS, "SELECT {fn ABS(-1)}"},
                                      {SQL_FN_NUM_ACOS, "SELECT {fn ACOS(1)}"},
                                      {SQL_FN_NUM_ASIN, "SELECT {fn ASIN(1)}"},
                                      {SQL_FN_NUM_ATAN, "SELECT {fn ATAN(1)}"},
                                      {SQL_FN_NUM_ATAN2, "SELECT {fn ATAN2(1, 2)}"},
                                      {SQL_FN_NUM_CEILING, "SELECT {fn CEILING(1.5)}"},
                                      {SQL_FN_NUM_COS, "SELECT {fn COS(1)}"},
                                      {SQL_FN_NUM_COT, "SELECT {fn COT(1)}"},
                                      {SQL_FN_NUM_DEGREES, "SELECT {fn DEGREES(1)}"},
                                      {SQL_FN_NUM_EXP, "SELECT {fn EXP(1)}"},
                                      {SQL_FN_NUM_FLOOR, "SELECT {fn FLOOR(1.5)}"},
                                      {SQL_FN_NUM_LOG, "SELECT {fn LOG(2)}"},
                                      {SQL_FN_NUM_LOG10, "SELECT {fn LOG10(2)}"},
                                      {SQL_FN_NUM_MOD, "SELECT {fn MOD(5, 3)}"},
                                      {SQL_FN_NUM_PI, "SELECT {fn PI()}"},
                                      {SQL_FN_NUM_POWER, "SELECT {fn POWER(2, 3)}"},
                                      {SQL_FN_NUM_RADIANS, "SELECT {fn RADIANS(1)}"},
                                      {SQL_FN_NUM_RAND, "SELECT {fn RAND(1)}"},
                                      {SQL_FN_NUM_ROUND, "SELECT {fn ROUND(1.55, 1)}"},
                                      {SQL_FN_NUM_SIGN, "SELECT {fn SIGN(-1)}"},
                                      {SQL_FN_NUM_SIN, "SELECT {fn SIN(1)}"},
                                      {SQL_FN_NUM_SQRT, "SELECT {fn SQRT(2)}"},
                                      {SQL_FN_NUM_TAN, "SELECT {fn TAN(1)}"},
                                      {SQL_FN_NUM_TRUNCATE, "SELECT {fn TRUNCATE(1.55, 1)}"}};
  expect_true(SQL_NUMERIC_FUNCTIONS, numbers);
  static constexpr Claim times[] = {
      {SQL_FN_TD_CURDATE, "SELECT {fn CURDATE()}"},
      {SQL_FN_TD_CURRENT_DATE, "SELECT {fn CURRENT_DATE()}"},
      {SQL_FN_TD_CURRENT_TIME, "SELECT {fn CURRENT_TIME(3)}"},
      {SQL_FN_TD_CURRENT_TIMESTAMP, "SELECT {fn CURRENT_TIMESTAMP(3)}"},
      {SQL_FN_TD_CURTIME, "SELECT {fn CURTIME()}"},
      {SQL_FN_TD_DAYNAME, "SELECT {fn DAYNAME({d '2020-01-02'})}"},
      {SQL_FN_TD_DAYOFMONTH, "SELECT {fn DAYOFMONTH({d '2020-01-02'})}"},
      {SQL_FN_TD_DAYOFWEEK, "SELECT {fn DAYOFWEEK({d '2020-01-02'})}"},
      {SQL_FN_TD_DAYOFYEAR, "SELECT {fn DAYOFYEAR({d '2020-01-02'})}"},
      {SQL_FN_TD_EXTRACT, "SELECT {fn EXTRACT(YEAR FROM {d '2020-01-02'})}"},
      {SQL_FN_TD_HOUR, "SELECT {fn HOUR({t '03:04:05'})}"},
      {SQL_FN_TD_MINUTE, "SELECT {fn MINUTE({t '03:04:05'})}"},
      {SQL_FN_TD_MONTH, "SELECT {fn MONTH({d '2020-01-02'})}"},
      {SQL_FN_TD_MONTHNAME, "SELECT {fn MONTHNAME({d '2020-01-02'})}"},
      {SQL_FN_TD_NOW, "SELECT {fn NOW()}"},
      {SQL_FN_TD_QUARTER, "SELECT {fn QUARTER({d '2020-01-02'})}"},
      {SQL_FN_TD_SECOND, "SELECT {fn SECOND({t '03:04:05'})}"},
      {SQL_FN_TD_TIMESTAMPADD, "SELECT {fn TIMESTAMPADD(SQL_TSI_DAY, 1, {d '2020-01-02'})}"},
      {SQL_FN_TD_TIMESTAMPDIFF, "SELECT {fn TIMESTAMPDIFF(SQL_TSI_DAY, {d '2020-01-02'}, {d '2020-01-05'})}"},
      {SQL_FN_TD_WEEK, "SELECT {fn WEEK({d '2020-01-02'})}"},
      {SQL_FN_TD_YEAR, "SELECT {fn YEAR({d '2020-01-02'})}"}};
  expect_true(SQL_TIMEDATE_FUNCTIONS, times);
  static constexpr Claim system[] = {{SQL_FN_SYS_DBNAME, "SELECT {fn DATABASE()}"},
                                     {SQL_FN_SYS_IFNULL, "SELECT {fn IFNULL(NULL, 1)}"},
                                     {SQL_FN_SYS_USERNAME, "SELECT {fn USER()}"}};
  expect_true(SQL_SYSTEM_FUNCTIONS, system);
}

TEST_P(Info, EveryIntervalCanBeAddedAndCounted) {
  struct Interval {
    SQLUINTEGER bit;
    const char* name;
    const char* later;  // one such interval after 2020-01-01
  };
  static constexpr Interval intervals[] = {{SQL_FN_TSI_SECOND, "SQL_TSI_SECOND", "2020-01-01 00:00:01"},
                                           {SQL_FN_TSI_MINUTE, "SQL_TSI_MINUTE", "2020-01-01 00:01:00"},
                                           {SQL_FN_TSI_HOUR, "SQL_TSI_HOUR", "2020-01-01 01:00:00"},
                                           {SQL_FN_TSI_DAY, "SQL_TSI_DAY", "2020-01-02 00:00:00"},
                                           {SQL_FN_TSI_WEEK, "SQL_TSI_WEEK", "2020-01-08 00:00:00"},
                                           {SQL_FN_TSI_MONTH, "SQL_TSI_MONTH", "2020-02-01 00:00:00"},
                                           {SQL_FN_TSI_QUARTER, "SQL_TSI_QUARTER", "2020-04-01 00:00:00"},
                                           {SQL_FN_TSI_YEAR, "SQL_TSI_YEAR", "2021-01-01 00:00:00"}};
  SQLUINTEGER claimed = SQL_FN_TSI_FRAC_SECOND;
  for (const Interval& interval : intervals) {
    claimed |= interval.bit;
    const std::string start = "{ts '2020-01-01 00:00:00'}", end = std::string("{ts '") + interval.later + "'}";
    EXPECT_EQ(rows(std::string("SELECT {fn TIMESTAMPADD(") + interval.name + ", 1, " + start + ")}").substr(0, 19),
              interval.later);
    EXPECT_EQ(rows(std::string("SELECT {fn TIMESTAMPDIFF(") + interval.name + ", " + start + ", " + end + ")}"), "1");
  }
  EXPECT_EQ(rows("SELECT {fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {ts '2020-01-01 00:00:00'}, {ts '2020-01-01 00:00:00.5'})}"),
            "500000000");
  EXPECT_EQ(bits(SQL_TIMEDATE_ADD_INTERVALS), claimed);
  EXPECT_EQ(bits(SQL_TIMEDATE_DIFF_INTERVALS), claimed);
}

TEST_P(Info, EveryClaimedConversionRuns) {
  struct Type {
    SQLUSMALLINT info;
    SQLUINTEGER bit;
    const char* name;
    const char* column;  // of its own type
  };
  static constexpr Type types[] = {{SQL_CONVERT_BIGINT, SQL_CVT_BIGINT, "SQL_BIGINT", "c_bigint"},
                                   {SQL_CONVERT_BINARY, SQL_CVT_BINARY, "SQL_BINARY", "c_binary"},
                                   {SQL_CONVERT_BIT, SQL_CVT_BIT, "SQL_BIT", "c_bit"},
                                   {SQL_CONVERT_CHAR, SQL_CVT_CHAR, "SQL_CHAR", "c_char"},
                                   {SQL_CONVERT_DATE, SQL_CVT_DATE, "SQL_TYPE_DATE", "c_date"},
                                   {SQL_CONVERT_DECIMAL, SQL_CVT_DECIMAL, "SQL_DECIMAL", "c_decimal"},
                                   {SQL_CONVERT_DOUBLE, SQL_CVT_DOUBLE, "SQL_DOUBLE", "c_double"},
                                   {SQL_CONVERT_FLOAT, SQL_CVT_FLOAT, "SQL_FLOAT", "c_double"},
                                   {SQL_CONVERT_INTEGER, SQL_CVT_INTEGER, "SQL_INTEGER", "c_int"},
                                   {SQL_CONVERT_LONGVARBINARY, SQL_CVT_LONGVARBINARY, "SQL_LONGVARBINARY", "c_blob"},
                                   {SQL_CONVERT_LONGVARCHAR, SQL_CVT_LONGVARCHAR, "SQL_LONGVARCHAR", "c_text"},
                                   {SQL_CONVERT_NUMERIC, SQL_CVT_NUMERIC, "SQL_NUMERIC", "c_decimal"},
                                   {SQL_CONVERT_REAL, SQL_CVT_REAL, "SQL_REAL", "c_float"},
                                   {SQL_CONVERT_SMALLINT, SQL_CVT_SMALLINT, "SQL_SMALLINT", "c_smallint"},
                                   {SQL_CONVERT_TIME, SQL_CVT_TIME, "SQL_TYPE_TIME", "c_time"},
                                   {SQL_CONVERT_TIMESTAMP, SQL_CVT_TIMESTAMP, "SQL_TYPE_TIMESTAMP", "c_datetime"},
                                   {SQL_CONVERT_TINYINT, SQL_CVT_TINYINT, "SQL_TINYINT", "c_tinyint"},
                                   {SQL_CONVERT_VARBINARY, SQL_CVT_VARBINARY, "SQL_VARBINARY", "c_varbinary"},
                                   {SQL_CONVERT_VARCHAR, SQL_CVT_VARCHAR, "SQL_VARCHAR", "c_varchar"},
                                   {SQL_CONVERT_WCHAR, SQL_CVT_WCHAR, "SQL_WCHAR", "c_char"},
                                   {SQL_CONVERT_WLONGVARCHAR, SQL_CVT_WLONGVARCHAR, "SQL_WLONGVARCHAR", "c_text"},
                                   {SQL_CONVERT_WVARCHAR, SQL_CVT_WVARCHAR, "SQL_WVARCHAR", "c_varchar"}};
  run("CREATE TABLE v (c_bigint BIGINT, c_binary BINARY(10), c_bit BIT, c_char CHAR(10), c_date DATE, c_decimal DECIMAL(9,2),"
      " c_double DOUBLE, c_float FLOAT, c_int INT, c_blob BLOB, c_text TEXT, c_smallint SMALLINT, c_time TIME, c_datetime "
      "DATETIME,"
      " c_tinyint TINYINT, c_varbinary VARBINARY(20), c_varchar VARCHAR(20))");
  run("INSERT INTO v VALUES (1, '2020-01-02', 1, '2020-01-02', '2020-01-02', 1.5, 1.5, 1.5, 1, '2020-01-02', '2020-01-02', 1,"
      " '03:04:05', '2020-01-02 03:04:05', 1, '2020-01-02', '2020-01-02')");
  for (const Type& from : types) {
    std::string list;  // all targets in one statement
    for (const Type& to : types) {
      if ((bits(from.info) & to.bit) == 0) continue;
      list += list.empty() ? "" : ", ";
      list += std::string("{fn CONVERT(") + from.column + ", " + to.name + ")}";
    }
    ASSERT_NE(list, "") << from.name;
    EXPECT_NE(rows("SELECT " + list + " FROM v"), "") << from.name;
  }
}

TEST_P(Info, WhatDependsOnTheConnectionFollowsIt) {
  EXPECT_EQ(bits(SQL_BATCH_SUPPORT), SQLUINTEGER{SQL_BS_SELECT_PROC | SQL_BS_ROW_COUNT_PROC});
  const auto batches = connect("MULTI_STATEMENTS=1;");
  SQLUINTEGER support = 0;
  check(::SQLGetInfo(batches->handle(), SQL_BATCH_SUPPORT, &support, sizeof support, nullptr), SQL_HANDLE_DBC,
        batches->handle());
  EXPECT_NE(support & SQL_BS_SELECT_EXPLICIT, 0u);
  EXPECT_EQ(Statement(*batches).run("SELECT 1; SELECT 2").rows(), "1");
  EXPECT_EQ(text(SQL_CATALOG_TERM), "database");
  EXPECT_EQ(text(SQL_SCHEMA_TERM), "");
  EXPECT_EQ(bits(SQL_SCHEMA_USAGE), 0u);
  EXPECT_EQ(small(SQL_TXN_CAPABLE), SQL_TC_DDL_COMMIT);
  const auto forward = connect("FORWARDONLY=1;");
  SQLUINTEGER scroll = 0;
  check(::SQLGetInfo(forward->handle(), SQL_SCROLL_OPTIONS, &scroll, sizeof scroll, nullptr), SQL_HANDLE_DBC,
        forward->handle());
  EXPECT_EQ(scroll, SQLUINTEGER{SQL_SO_FORWARD_ONLY});
}

TEST_P(Info, CursorsSurviveTheEndOfATransaction) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  run("INSERT INTO t VALUES (1), (2), (3)");
  ASSERT_EQ(small(SQL_CURSOR_COMMIT_BEHAVIOR), SQL_CB_PRESERVE);
  ASSERT_EQ(small(SQL_CURSOR_ROLLBACK_BEHAVIOR), SQL_CB_PRESERVE);
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Statement s(connection());
  s.prepare("SELECT a FROM t ORDER BY a").execute();
  ASSERT_TRUE(s.fetch());
  connection().commit();
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(s.text(1), "2");
  connection().rollback();
  EXPECT_EQ(s.rows(), "3");
  s.close();
  EXPECT_EQ(s.execute().rows(), "1; 2; 3");
}

}  // namespace
}  // namespace selkie::test
