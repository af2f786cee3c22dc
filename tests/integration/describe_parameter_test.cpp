// SQLDescribeParam through the driver manager on real servers: by the column a marker belongs to, else by the server's
// definition.
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class DescribeParameter : public OnEveryServer {
 protected:
  // "type size digits nullable", or the SQLSTATE.
  std::string describe(Statement& statement, SQLUSMALLINT number) {
    SQLSMALLINT type = 0, digits = 0, nullable = 0;
    SQLULEN size = 0;
    const SQLRETURN code = ::SQLDescribeParam(statement.handle(), number, &type, &size, &digits, &nullable);
    if (!SQL_SUCCEEDED(code)) {
      SQLCHAR state[6];
      ::SQLGetDiagRec(SQL_HANDLE_STMT, statement.handle(), 1, state, nullptr, nullptr, 0, nullptr);
      return reinterpret_cast<const char*>(state);
    }
    return std::to_string(type) + " " + std::to_string(size) + " " + std::to_string(digits) + " " + std::to_string(nullable);
  }
  static std::string shown(SQLSMALLINT type, SQLULEN size, SQLSMALLINT digits = 0, SQLSMALLINT nullable = SQL_NULLABLE) {
    return std::to_string(type) + " " + std::to_string(size) + " " + std::to_string(digits) + " " + std::to_string(nullable);
  }

  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n VARCHAR(20) NOT NULL, d DECIMAL(10,2), b VARBINARY(7), l "
        "LONGTEXT, "
        "s DATETIME(3))");
  }
};
SELKIE_ON_EVERY_SERVER(DescribeParameter);

TEST_P(DescribeParameter, IsTheColumnTheMarkerFillsOrMeets) {
  Statement insert(connection());
  insert.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)");
  EXPECT_EQ(describe(insert, 1), shown(SQL_INTEGER, 10));
  EXPECT_EQ(describe(insert, 2), shown(SQL_VARCHAR, 20, 0, SQL_NO_NULLS));
  EXPECT_EQ(describe(insert, 3), shown(SQL_DECIMAL, 10, 2));
  EXPECT_EQ(describe(insert, 4), shown(SQL_VARBINARY, 7));
  EXPECT_EQ(describe(insert, 5), shown(SQL_LONGVARCHAR, 0));
  EXPECT_EQ(describe(insert, 6), shown(SQL_TYPE_TIMESTAMP, 23, 3));
  Statement update(connection());
  update.prepare("UPDATE t SET b = ? WHERE n LIKE ?");
  EXPECT_EQ(describe(update, 1), shown(SQL_VARBINARY, 7));
  EXPECT_EQ(describe(update, 2), shown(SQL_VARCHAR, 20, 0, SQL_NO_NULLS));
}

// MariaDB tells nothing of a marker's type.
TEST_P(DescribeParameter, IsWhatTheServerSaysElseTextOfUnknownSize) {
  const std::string unknown = shown(SQL_VARCHAR, 0, 0, SQL_NULLABLE_UNKNOWN);
  Statement statement(connection());
  statement.prepare("SELECT CONCAT(?, 'x')");
  EXPECT_EQ(describe(statement, 1), server().is_mariadb() ? unknown : shown(SQL_VARCHAR, 16383, 0, SQL_NULLABLE_UNKNOWN));
  // The name of a subquery's table means nothing outside, so the server refuses to tell about it.
  Statement nested(connection());
  nested.prepare("SELECT (SELECT COUNT(*) FROM (SELECT 1 AS q) u WHERE q = ?) FROM t");
  EXPECT_EQ(describe(nested, 1), server().is_mariadb() ? unknown : shown(SQL_BIGINT, 19, 0, SQL_NULLABLE_UNKNOWN));
}

TEST_P(DescribeParameter, RefusesWhatIsNotThere) {
  Statement statement(connection());
  EXPECT_EQ(describe(statement, 1), "HY010");
  statement.prepare("SELECT ?");
  EXPECT_EQ(describe(statement, 0), "07009");
  EXPECT_EQ(describe(statement, 2), "07009");
  statement.prepare("SELECT nothing FROM nowhere WHERE a = ?");
  EXPECT_EQ(describe(statement, 1), "42S02");
}

TEST_P(DescribeParameter, LeavesTheStatementReadyToRun) {
  Statement statement(connection());
  statement.prepare("INSERT INTO t (n) VALUES (?)");
  EXPECT_EQ(describe(statement, 1), shown(SQL_VARCHAR, 20, 0, SQL_NO_NULLS));
  char text[] = "seal";
  check(::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, text, sizeof text, nullptr),
        SQL_HANDLE_STMT, statement.handle());
  check(::SQLExecute(statement.handle()), SQL_HANDLE_STMT, statement.handle());
  EXPECT_EQ(rows("SELECT n FROM t"), "seal");
}

}  // namespace
}  // namespace selkie::test
