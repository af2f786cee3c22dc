// Stopping what runs: SQLCancel from another thread, the query timeout, cursors closed early.
#include <chrono>
#include <thread>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Cancelling : public OnEveryServer {
 protected:
  // More rows than any buffer on the way holds.
  void make_many_rows() {
    run("CREATE TABLE digit (d INT)");
    run("INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  }
  static constexpr const char* kManyRows =
      "SELECT a.d, REPEAT('x', 100) FROM digit a, digit b, digit c, digit d, digit e, digit f, digit g";
};
SELKIE_ON_EVERY_SERVER(Cancelling);

TEST_P(Cancelling, CancelFromAnotherThreadEndsTheStatementAndKeepsTheConnection) {
  for (const char* settings : {"SSLMODE=DISABLED;", "SSLMODE=PREFERRED;"}) {
    const auto c = connect(settings);
    Statement statement(*c);
    std::thread canceller([&] {
      std::this_thread::sleep_for(200ms);
      ::SQLCancel(statement.handle());
    });
    const auto start = Clock::now();
    // A SLEEP alone would answer the interruption with 1 and no error.
    expect_failure("HY008", kAnyCode, [&] {
      statement
          .run(
              "SELECT COUNT(*), SLEEP(10) FROM information_schema.tables a, "
              "information_schema.tables b WHERE SLEEP(10) = 0")
          .rows();
    });
    canceller.join();
    EXPECT_LT(Clock::now() - start, 3s);
    EXPECT_EQ(Statement(*c).run("SELECT 'usable'").rows(), "usable");
  }
}

// A gigabyte, of a procedure that might go on to change something: it is read for a while, then stopped, and that is said.
TEST_P(Cancelling, AbandonedProcedureWithAVeryLargeResultIsStopped) {
  make_many_rows();
  run(std::string("CREATE PROCEDURE p() BEGIN ") + kManyRows + "; CREATE TABLE made_later (a INT); END");
  Statement statement(connection());
  EXPECT_TRUE(statement.run("CALL p()").fetch());
  const auto start = Clock::now();
  EXPECT_EQ(statement.check(::SQLCloseCursor(statement.handle())), SQL_SUCCESS_WITH_INFO);
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_EQ(statement.records().at(0).state, "01000");
  EXPECT_EQ(rows("SHOW TABLES LIKE 'made%'"), "");
}

TEST_P(Cancelling, CancelOfAnIdleStatementDoesNothing) {
  Statement statement(connection());
  statement.check(::SQLCancel(statement.handle()));
  EXPECT_EQ(statement.run("SELECT 1").rows(), "1");
  statement.check(::SQLCancelHandle(SQL_HANDLE_STMT, statement.handle()));
  EXPECT_EQ(rows("SELECT 2"), "2");
}

TEST_P(Cancelling, QueryTimeoutEndsTheStatementAndKeepsTheConnection) {
  Statement statement(connection());
  statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
  const auto start = Clock::now();
  expect_failure("HYT00", kAnyCode, [&] { statement.run("SELECT SLEEP(10)").rows(); });
  EXPECT_LT(Clock::now() - start, 4s);
  EXPECT_EQ(rows("SELECT 'usable'"), "usable");
  EXPECT_EQ(statement.run("SELECT 1").rows(), "1");
}

TEST_P(Cancelling, CursorClosedEarlyStopsTheServerInsteadOfReadingEverything) {
  make_many_rows();
  Statement statement(connection());
  statement.run(kManyRows);
  EXPECT_TRUE(statement.fetch());
  const auto start = Clock::now();
  statement.close();
  EXPECT_EQ(rows("SELECT 'next'"), "next");
  EXPECT_LT(Clock::now() - start, 2s);  // the whole answer is about a gigabyte
}

// unixODBC takes a successful SQLCancel for SQLFreeStmt(SQL_CLOSE), whatever the statement's own thread has come to meanwhile:
// after one that is late, it refuses to fetch (HY010). So nothing but closing follows an execution here; tests/stress has the
// storm without a driver manager.
TEST_P(Cancelling, StormOfCancelsNeverHitsAnotherStatement) {
  Statement victim(connection());
  for (int round = 0; round < 60; ++round) {
    std::thread canceller([&, round] {
      std::this_thread::sleep_for(std::chrono::microseconds(round * 137 % 4000));
      ::SQLCancel(victim.handle());
    });
    try {
      victim.run(round % 2 == 0 ? "SELECT 1" : "SELECT SLEEP(0.003)");
    } catch (const OdbcError& error) {
      EXPECT_EQ(error.state(), "HY008") << error.what();
    }
    const std::string bystander = rows("SELECT 'bystander'");
    canceller.join();
    ::SQLFreeStmt(victim.handle(), SQL_CLOSE);
    EXPECT_EQ(bystander, "bystander");
    EXPECT_EQ(rows("SELECT SLEEP(0.001)"), "0");
  }
}

// For unixODBC the cursor is closed then, so the statement must be free for another execution.
TEST_P(Cancelling, CancelOfAnIdleStatementWithACursorLetsItRunAgain) {
  Statement statement(connection());
  statement.run("SELECT 1 UNION SELECT 2");
  EXPECT_TRUE(statement.fetch());
  statement.check(::SQLCancel(statement.handle()));
  statement.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  EXPECT_EQ(statement.run("SELECT 3").rows(), "3");
}

}  // namespace
}  // namespace selkie::test
