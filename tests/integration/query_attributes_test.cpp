// Query attributes as the server itself reads them back.
#include <cstring>
#include <memory>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class QueryAttributes : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    if (server().is_mariadb()) GTEST_SKIP() << "needs query attributes";
    try {
      run("INSTALL COMPONENT 'file://component_query_attributes'");
    } catch (const OdbcError&) {}  // it is there
  }

  // Bound as parameter `number`; the value must outlive the execution.
  void bind(Statement& statement, SQLSMALLINT number, std::string_view name, const char* value) {
    statement.check(::SQLBindParameter(statement.handle(), static_cast<SQLUSMALLINT>(number), SQL_PARAM_INPUT, SQL_C_CHAR,
                                       SQL_VARCHAR, 100, 0, const_cast<char*>(value), 0, &terminated_));
    SQLHDESC ipd = nullptr;
    statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, nullptr));
    Statement::check(::SQLSetDescField(ipd, number, SQL_DESC_NAME, sql_text(name), static_cast<SQLINTEGER>(name.size())),
                     SQL_HANDLE_DESC, ipd);
  }
  SQLLEN terminated_ = SQL_NTS;
};
SELKIE_ON_EVERY_SERVER(QueryAttributes);

TEST_P(QueryAttributes, ReachDirectAndPreparedStatementsAndNoOther) {
  const std::string reads = "SELECT mysql_query_attribute_string('app'), mysql_query_attribute_string('\xc3\xbc')";
  Statement direct(connection());
  bind(direct, 1, "app", "shop");
  bind(direct, 2, "\xc3\xbc", "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(direct.run(reads).rows(), "shop,gr\xc3\xbc\xc3\x9f");
  direct.close();
  EXPECT_EQ(direct.run(reads).rows(), "shop,gr\xc3\xbc\xc3\x9f");
  direct.close();
  direct.check(::SQLFreeStmt(direct.handle(), SQL_RESET_PARAMS));
  EXPECT_EQ(direct.run(reads).rows(), "NULL,NULL");

  std::int32_t number = 7;
  Statement prepared(connection());
  prepared.prepare("SELECT ?, mysql_query_attribute_string('app')").bind(1, number);
  EXPECT_EQ(prepared.execute().rows(), "7,NULL");
  prepared.close();
  bind(prepared, 2, "app", "shop");
  for (const char* const expected : {"7,shop", "8,shop"}) {
    EXPECT_EQ(prepared.execute().rows(), expected);
    prepared.close();
    ++number;
  }
  prepared.check(::SQLFreeStmt(prepared.handle(), SQL_RESET_PARAMS));
  prepared.bind(1, number);
  EXPECT_EQ(prepared.execute().rows(), "9,NULL");
  prepared.close();
  EXPECT_EQ(prepared.execute().rows(), "9,NULL");

  Statement without_markers(connection());
  without_markers.prepare("SELECT mysql_query_attribute_string('app')");
  bind(without_markers, 1, "app", "shop");
  EXPECT_EQ(without_markers.execute().rows(), "shop");
}

TEST_P(QueryAttributes, AreOfAnyTypeAndWorkWhateverThePathOfTheStatement) {
  for (const char* const settings : {"", "NO_SSPS=1;", "EDSERVER=1;"}) {
    SCOPED_TRACE(settings);
    const auto other = connect(settings);
    Statement statement(*other);
    std::int32_t value = 7, part = 12;
    SQL_DATE_STRUCT day{2024, 2, 29};
    statement.bind(1, value).bind(2, part);
    statement.check(
        ::SQLBindParameter(statement.handle(), 3, SQL_PARAM_INPUT, SQL_C_TYPE_DATE, SQL_TYPE_DATE, 10, 0, &day, 0, nullptr));
    SQLHDESC ipd = nullptr;
    statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, nullptr));
    Statement::check(::SQLSetDescField(ipd, 2, SQL_DESC_NAME, sql_text("part"), SQL_NTS), SQL_HANDLE_DESC, ipd);
    Statement::check(::SQLSetDescField(ipd, 3, SQL_DESC_NAME, sql_text("day"), SQL_NTS), SQL_HANDLE_DESC, ipd);
    const std::string sql = "SELECT ?, mysql_query_attribute_string('part'), mysql_query_attribute_string('day')";
    EXPECT_EQ(statement.run(sql).rows(), "7,12,2024-02-29");
    statement.close();
    EXPECT_EQ(statement.prepare(sql).execute().rows(), "7,12,2024-02-29");
  }
}

TEST_P(QueryAttributes, OfAnArrayAreEachRowsOwn) {
  run("CREATE TABLE t (v INT, app VARCHAR(20))");
  run("CREATE TRIGGER of_t BEFORE INSERT ON t FOR EACH ROW SET NEW.app = mysql_query_attribute_string('part')");
  std::int32_t values[] = {1, 2, 3}, parts[] = {10, 20, 30};
  Statement statement(connection());
  statement.prepare("INSERT INTO t (v) VALUES (?)");
  statement.set(SQL_ATTR_PARAMSET_SIZE, std::uintptr_t{3});
  statement.bind(1, values[0]).bind(2, parts[0]);
  SQLHDESC ipd = nullptr;
  statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, nullptr));
  Statement::check(::SQLSetDescField(ipd, 2, SQL_DESC_NAME, sql_text("part"), SQL_NTS), SQL_HANDLE_DESC, ipd);
  statement.execute();
  EXPECT_EQ(statement.row_count(), 3);
  EXPECT_EQ(rows("SELECT v, app FROM t ORDER BY v"), "1,10; 2,20; 3,30");
}

TEST_P(QueryAttributes, MayComeWhenTheStatementRuns) {
  Statement statement(connection());
  std::string token = "app";
  SQLLEN later = SQL_DATA_AT_EXEC;
  bind(statement, 1, "app", "");
  statement.check(
      ::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 100, 0, token.data(), 0, &later));
  statement.prepare("SELECT mysql_query_attribute_string('app')");
  ASSERT_EQ(::SQLExecute(statement.handle()), SQL_NEED_DATA);
  SQLPOINTER asked = nullptr;
  ASSERT_EQ(::SQLParamData(statement.handle(), &asked), SQL_NEED_DATA);
  EXPECT_EQ(asked, token.data());
  for (const char* const piece : {"sh", "op"}) statement.check(::SQLPutData(statement.handle(), sql_text(piece), 2));
  ASSERT_EQ(::SQLParamData(statement.handle(), &asked), SQL_SUCCESS);
  EXPECT_EQ(statement.rows(), "shop");
}

}  // namespace
}  // namespace selkie::test
