// An application of ODBC 2, with that version's own functions from the first handle to the last: the driver manager turns them
// into what the driver has.
#include <array>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Odbc2Application : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB");
    run("INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    ASSERT_EQ(::SQLAllocEnv(&environment_), SQL_SUCCESS);
    ASSERT_EQ(::SQLAllocConnect(environment_, &connection_), SQL_SUCCESS);
    const std::string in = connection_string();
    ASSERT_EQ(::SQLDriverConnect(connection_, nullptr, sql_text(in), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
              SQL_SUCCESS);
    ASSERT_EQ(::SQLAllocStmt(connection_, &statement_), SQL_SUCCESS);
  }
  void TearDown() override {
    if (statement_ != nullptr) {
      EXPECT_EQ(::SQLFreeStmt(statement_, SQL_DROP), SQL_SUCCESS);
      EXPECT_EQ(::SQLTransact(environment_, connection_, SQL_ROLLBACK), SQL_SUCCESS);
      EXPECT_EQ(::SQLDisconnect(connection_), SQL_SUCCESS);
      EXPECT_EQ(::SQLFreeConnect(connection_), SQL_SUCCESS);
      EXPECT_EQ(::SQLFreeEnv(environment_), SQL_SUCCESS);
    }
    OnEveryServer::TearDown();
  }
  SQLHDBC c() const { return connection_; }
  SQLHSTMT s() const { return statement_; }
  SQLHENV e() const { return environment_; }
  // "S0002 1146" of the statement's oldest record, which is then gone.
  std::string error() const {
    SQLCHAR state[6] = {}, message[512];
    SQLINTEGER native = 0;
    if (::SQLError(environment_, connection_, statement_, state, &native, message, sizeof message, nullptr) != SQL_SUCCESS) {
      return "";
    }
    return std::string(reinterpret_cast<char*>(state)) + " " + std::to_string(native);
  }

 private:
  SQLHENV environment_ = nullptr;
  SQLHDBC connection_ = nullptr;
  SQLHSTMT statement_ = nullptr;
};
SELKIE_ON_EVERY_SERVER(Odbc2Application);

TEST_P(Odbc2Application, SetsAndReadsOptions) {
  SQLUINTEGER autocommit = 0;
  EXPECT_EQ(::SQLSetConnectOption(c(), SQL_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
  EXPECT_EQ(::SQLGetConnectOption(c(), SQL_AUTOCOMMIT, &autocommit), SQL_SUCCESS);
  EXPECT_EQ(autocommit, SQLUINTEGER{SQL_AUTOCOMMIT_OFF});
  SQLULEN rows = 0;
  EXPECT_EQ(::SQLSetStmtOption(s(), SQL_MAX_ROWS, 2), SQL_SUCCESS);
  EXPECT_EQ(::SQLGetStmtOption(s(), SQL_MAX_ROWS, &rows), SQL_SUCCESS);
  EXPECT_EQ(rows, 2u);
  EXPECT_EQ(::SQLSetStmtOption(s(), SQL_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON), SQL_ERROR);
  EXPECT_EQ(error(), "S1C00 0");
  EXPECT_EQ(error(), "");
}

TEST_P(Odbc2Application, FetchesBlocksOfAScrollableCursor) {
  ASSERT_EQ(::SQLSetScrollOptions(s(), SQL_CONCUR_VALUES, SQL_SCROLL_STATIC, 2), SQL_SUCCESS);
  ASSERT_EQ(::SQLExecDirect(s(), sql_text("SELECT id, v FROM t ORDER BY id"), SQL_NTS), SQL_SUCCESS);
  SQLLEN number = 0;
  std::array<SQLCHAR, 20> label{};
  EXPECT_EQ(::SQLColAttributes(s(), 1, SQL_COLUMN_COUNT, nullptr, 0, nullptr, &number), SQL_SUCCESS);
  EXPECT_EQ(number, 2);
  EXPECT_EQ(::SQLColAttributes(s(), 2, SQL_COLUMN_LABEL, label.data(), label.size(), nullptr, nullptr), SQL_SUCCESS);
  EXPECT_STREQ(reinterpret_cast<char*>(label.data()), "v");
  std::array<std::int32_t, 2> id{};
  std::array<SQLUSMALLINT, 2> status{};
  SQLULEN fetched = 0;
  ASSERT_EQ(::SQLBindCol(s(), 1, SQL_C_LONG, id.data(), 0, nullptr), SQL_SUCCESS);
  ASSERT_EQ(::SQLExtendedFetch(s(), SQL_FETCH_LAST, 0, &fetched, status.data()), SQL_SUCCESS);
  EXPECT_EQ(fetched, 2u);
  EXPECT_EQ(id, (std::array<std::int32_t, 2>{2, 3}));
  EXPECT_EQ(::SQLSetPos(s(), 2, SQL_POSITION, SQL_LOCK_NO_CHANGE), SQL_SUCCESS);
  std::array<char, 9> value{};
  EXPECT_EQ(::SQLGetData(s(), 2, SQL_C_CHAR, value.data(), value.size(), nullptr), SQL_SUCCESS);
  EXPECT_STREQ(value.data(), "three");
}

TEST_P(Odbc2Application, EndsTransactionsAndHearsItsOwnStates) {
  ASSERT_EQ(::SQLSetConnectOption(c(), SQL_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
  ASSERT_EQ(::SQLExecDirect(s(), sql_text("DELETE FROM t WHERE id = 1"), SQL_NTS), SQL_SUCCESS);
  EXPECT_EQ(::SQLTransact(e(), c(), SQL_ROLLBACK), SQL_SUCCESS);
  ASSERT_EQ(::SQLExecDirect(s(), sql_text("DELETE FROM t WHERE id = 2"), SQL_NTS), SQL_SUCCESS);
  EXPECT_EQ(::SQLTransact(e(), SQL_NULL_HDBC, SQL_COMMIT), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT id FROM t ORDER BY id"), "1; 3");
  EXPECT_EQ(::SQLExecDirect(s(), sql_text("SELECT * FROM nowhere"), SQL_NTS), SQL_ERROR);
  EXPECT_EQ(error(), "S0002 1146");
}

}  // namespace
}  // namespace selkie::test
