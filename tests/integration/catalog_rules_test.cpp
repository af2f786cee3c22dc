// Catalog functions as a whole: each asks the server once, each has the specification's columns.
#include <functional>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class CatalogRules : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(CatalogRules);

struct Function {
  const char* name;
  SQLRETURN (*call)(SQLHSTMT, SQLCHAR* table);
  const char* columns;
};
constexpr Function kFunctions[] = {
    {"SQLTables", [](SQLHSTMT h, SQLCHAR* t) { return ::SQLTables(h, nullptr, 0, nullptr, 0, t, SQL_NTS, nullptr, 0); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS "},
    {"SQLColumns", [](SQLHSTMT h, SQLCHAR* t) { return ::SQLColumns(h, nullptr, 0, nullptr, 0, t, SQL_NTS, nullptr, 0); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH DECIMAL_DIGITS NUM_PREC_RADIX "
     "NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE SQL_DATETIME_SUB CHAR_OCTET_LENGTH ORDINAL_POSITION IS_NULLABLE "},
    {"SQLPrimaryKeys", [](SQLHSTMT h, SQLCHAR* t) { return ::SQLPrimaryKeys(h, nullptr, 0, nullptr, 0, t, SQL_NTS); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEY_SEQ PK_NAME "},
    {"SQLForeignKeys",
     [](SQLHSTMT h, SQLCHAR* t) {
       return ::SQLForeignKeys(h, nullptr, 0, nullptr, 0, t, SQL_NTS, nullptr, 0, nullptr, 0, nullptr, 0);
     },
     "PKTABLE_CAT PKTABLE_SCHEM PKTABLE_NAME PKCOLUMN_NAME FKTABLE_CAT FKTABLE_SCHEM FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ "
     "UPDATE_RULE DELETE_RULE FK_NAME PK_NAME DEFERRABILITY "},
    {"SQLStatistics",
     [](SQLHSTMT h, SQLCHAR* t) { return ::SQLStatistics(h, nullptr, 0, nullptr, 0, t, SQL_NTS, SQL_INDEX_ALL, SQL_ENSURE); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME NON_UNIQUE INDEX_QUALIFIER INDEX_NAME TYPE ORDINAL_POSITION COLUMN_NAME ASC_OR_DESC "
     "CARDINALITY PAGES FILTER_CONDITION "},
    {"SQLSpecialColumns",
     [](SQLHSTMT h, SQLCHAR* t) {
       return ::SQLSpecialColumns(h, SQL_BEST_ROWID, nullptr, 0, nullptr, 0, t, SQL_NTS, SQL_SCOPE_CURROW, SQL_NO_NULLS);
     },
     "SCOPE COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH DECIMAL_DIGITS PSEUDO_COLUMN "},
    {"SQLProcedures", [](SQLHSTMT h, SQLCHAR* t) { return ::SQLProcedures(h, nullptr, 0, nullptr, 0, t, SQL_NTS); },
     "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME NUM_INPUT_PARAMS NUM_OUTPUT_PARAMS NUM_RESULT_SETS REMARKS PROCEDURE_TYPE "},
    {"SQLProcedureColumns",
     [](SQLHSTMT h, SQLCHAR* t) { return ::SQLProcedureColumns(h, nullptr, 0, nullptr, 0, t, SQL_NTS, nullptr, 0); },
     "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME COLUMN_NAME COLUMN_TYPE DATA_TYPE TYPE_NAME COLUMN_SIZE BUFFER_LENGTH "
     "DECIMAL_DIGITS NUM_PREC_RADIX NULLABLE REMARKS COLUMN_DEF SQL_DATA_TYPE SQL_DATETIME_SUB CHAR_OCTET_LENGTH "
     "ORDINAL_POSITION IS_NULLABLE "},
    {"SQLTablePrivileges", [](SQLHSTMT h, SQLCHAR* t) { return ::SQLTablePrivileges(h, nullptr, 0, nullptr, 0, t, SQL_NTS); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE "},
    {"SQLColumnPrivileges",
     [](SQLHSTMT h, SQLCHAR* t) { return ::SQLColumnPrivileges(h, nullptr, 0, nullptr, 0, t, SQL_NTS, nullptr, 0); },
     "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE "},
};

TEST_P(CatalogRules, EachFunctionIsOneStatementAndHasItsColumns) {
  run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))");
  const auto questions = [&] { return std::stoll(rows("SHOW SESSION STATUS LIKE 'Questions'").substr(10)); };
  for (const Function& function : kFunctions) {
    SCOPED_TRACE(function.name);
    const long long before = questions();
    Statement s(connection());
    s.check(function.call(s.handle(), sql_text("t")));
    std::string columns;
    for (SQLUSMALLINT i = 1; i <= s.columns(); ++i) {
      SQLCHAR called[64] = {};
      SQLULEN size = 0;
      s.check(::SQLDescribeCol(s.handle(), i, called, sizeof called, nullptr, nullptr, &size, nullptr, nullptr));
      EXPECT_GT(size, 0u) << called;
      columns.append(reinterpret_cast<char*>(called)).append(" ");
    }
    EXPECT_EQ(columns, function.columns);
    s.rows();
    EXPECT_EQ(questions() - before, 2);  // the one that counts, too
  }
}

TEST_P(CatalogRules, StatisticsShowIndexesOfEveryKind) {
  run("CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(90), c INT, d TEXT, KEY p (b(5)), KEY x (c DESC, b), FULLTEXT KEY f (d))"
      " ENGINE=InnoDB");
  if (!server().is_mariadb()) run("CREATE INDEX e ON t ((c + 1))");
  Statement s(connection());
  s.check(::SQLStatistics(s.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, SQL_INDEX_ALL, SQL_QUICK));
  std::string all;
  while (s.fetch()) {
    for (SQLUSMALLINT column = 6; column <= 10; ++column) all += s.text(column).value_or("NULL") + (column == 10 ? "; " : ",");
  }
  EXPECT_EQ(all, std::string("NULL,0,NULL,NULL,NULL; PRIMARY,1,1,a,A; ") +
                     (server().is_mariadb() ? "" : "e,3,1,(`c` + 1),A; ") + "f,3,1,d,NULL; p,3,1,b,A; x,3,1,c,D; x,3,2,b,A; ");
}

}  // namespace
}  // namespace selkie::test
