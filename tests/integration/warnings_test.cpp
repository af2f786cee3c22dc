// SHOW_WARNINGS: what the server warns of becomes diagnostic records of the call that ends a result.
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Warnings : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    asked_ = connect("SHOW_WARNINGS=1;MULTI_STATEMENTS=1;");
    for (Connection* c : {asked_.get(), &connection()}) Statement(*c).run("SET sql_mode = ''");
    run("CREATE TABLE t (v TINYINT, w VARCHAR(2))");
  }
  void TearDown() override {
    asked_.reset();
    OnEveryServer::TearDown();
  }
  std::unique_ptr<Connection> asked_;
};
SELKIE_ON_EVERY_SERVER(Warnings);

constexpr SQLINTEGER kOutOfRange = 1264, kTruncated = 1265, kDivisionByZero = 1365;

void expect_warnings(const Statement& s, const std::vector<SQLINTEGER>& codes) {
  const std::vector<Diagnostic> records = s.records();
  ASSERT_EQ(records.size(), codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    EXPECT_EQ(records[i].state, "01000");
    EXPECT_EQ(records[i].native, codes[i]) << records[i].message;
    EXPECT_NE(records[i].message.find("[Selkie]"), std::string::npos) << records[i].message;
  }
}

TEST_P(Warnings, AreRecordsOfTheExecutionThatChangedValues) {
  const std::string sql = "INSERT INTO t VALUES (1000, 'long')";
  for (const bool prepared : {false, true}) {
    Statement s(*asked_);
    if (prepared) s.prepare(sql);
    const SQLRETURN code = prepared ? ::SQLExecute(s.handle()) : ::SQLExecDirect(s.handle(), sql_text(sql), SQL_NTS);
    EXPECT_EQ(code, SQL_SUCCESS_WITH_INFO);
    expect_warnings(s, {kOutOfRange, kTruncated});
    EXPECT_EQ(s.row_count(), 1);
    EXPECT_TRUE(s.records().empty());  // the next call has its own
  }
  Statement quiet(*asked_);
  EXPECT_EQ(::SQLExecDirect(quiet.handle(), sql_text("INSERT INTO t VALUES (1, 'ok')"), SQL_NTS), SQL_SUCCESS);
}

TEST_P(Warnings, OfAQueryAreThereWhenItsRowsAreRead) {
  Statement(*asked_).run("SET sql_mode = 'ERROR_FOR_DIVISION_BY_ZERO'");
  for (const bool scrollable : {false, true}) {
    Statement s(*asked_);
    if (scrollable) s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    // Row by row nothing is asked after the SQL_NO_DATA that ends the rows; the closing tells.
    s.run("SELECT 1 / 0");
    EXPECT_EQ(::SQLFetch(s.handle()), SQL_SUCCESS);
    EXPECT_EQ(::SQLFetch(s.handle()), SQL_NO_DATA);
    EXPECT_EQ(::SQLCloseCursor(s.handle()), SQL_SUCCESS_WITH_INFO);
    expect_warnings(s, {kDivisionByZero});
    // A rowset that meets the end tells at once, and the closing has nothing left.
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, 10);
    s.run("SELECT 1 / 0");
    EXPECT_EQ(::SQLFetch(s.handle()), SQL_SUCCESS_WITH_INFO);
    expect_warnings(s, {kDivisionByZero});
    EXPECT_EQ(::SQLCloseCursor(s.handle()), SQL_SUCCESS);
  }
}

TEST_P(Warnings, OfTheLastOfSeveralResultsOnly) {
  Statement s(*asked_);
  s.run("INSERT INTO t VALUES (1000, 'a'); INSERT INTO t VALUES (1, 'long')");
  EXPECT_TRUE(s.records().empty());
  EXPECT_TRUE(s.more());
  expect_warnings(s, {kTruncated});
  EXPECT_FALSE(s.more());
}

TEST_P(Warnings, AreNotAskedForUnlessWanted) {
  Statement s(connection());
  EXPECT_EQ(::SQLExecDirect(s.handle(), sql_text("INSERT INTO t VALUES (1000, 'long')"), SQL_NTS), SQL_SUCCESS);
  EXPECT_TRUE(s.records().empty());
}

}  // namespace
}  // namespace selkie::test
