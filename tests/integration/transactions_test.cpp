// Transactions through the driver manager on real servers.
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Transactions : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB");
  }
  std::string seen_by_others() { return Statement(*connect()).run("SELECT id FROM t ORDER BY id").rows(); }
};
SELKIE_ON_EVERY_SERVER(Transactions);

TEST_P(Transactions, AutocommitIsOnFromTheStart) {
  EXPECT_EQ(connection().get(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_ON);
  run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(seen_by_others(), "1");
}

TEST_P(Transactions, WithoutAutocommitOnlyACommitShowsTheRows) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(seen_by_others(), "");
  connection().commit();
  EXPECT_EQ(seen_by_others(), "1");
  run("INSERT INTO t VALUES (2)");
  connection().rollback();
  EXPECT_EQ(rows("SELECT id FROM t"), "1");
  connection().rollback();
}

TEST_P(Transactions, TurningAutocommitOnCommits) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1)");
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON);
  EXPECT_EQ(seen_by_others(), "1");
}

TEST_P(Transactions, AutocommitSetBeforeConnectingHolds) {
  Connection early;
  early.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  early.connect(connection_string());
  EXPECT_EQ(early.get(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_OFF);
  Statement(early).run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(seen_by_others(), "");
  early.rollback();
}

TEST_P(Transactions, DisconnectInsideOneIsRefused) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1)");
  expect_failure("25000", 0, [&] { check(::SQLDisconnect(connection().handle()), SQL_HANDLE_DBC, connection().handle()); });
  EXPECT_EQ(rows("SELECT id FROM t"), "1");
  connection().rollback();
}

TEST_P(Transactions, EndingThemForTheEnvironmentEndsEachConnections) {
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  run("INSERT INTO t VALUES (1)");
  SQLHANDLE const environment = connection().environment().handle();
  check(::SQLEndTran(SQL_HANDLE_ENV, environment, SQL_COMMIT), SQL_HANDLE_ENV, environment);
  EXPECT_EQ(seen_by_others(), "1");
}

TEST_P(Transactions, OpenCursorOutlivesACommit) {
  run("INSERT INTO t VALUES (1), (2), (3)");
  connection().set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  Statement statement(connection());
  statement.run("SELECT id FROM t ORDER BY id");
  EXPECT_TRUE(statement.fetch());
  run("INSERT INTO t VALUES (4)");
  connection().commit();
  EXPECT_EQ(statement.rows(), "2; 3");
  statement.close();
  connection().rollback();
}

TEST_P(Transactions, IsolationLevelReachesTheServerBeforeAndAfterConnecting) {
  struct Level {
    std::uintptr_t odbc;
    const char* name;
  };
  constexpr Level kLevels[] = {{SQL_TXN_READ_UNCOMMITTED, "READ-UNCOMMITTED"},
                               {SQL_TXN_READ_COMMITTED, "READ-COMMITTED"},
                               {SQL_TXN_REPEATABLE_READ, "REPEATABLE-READ"},
                               {SQL_TXN_SERIALIZABLE, "SERIALIZABLE"}};
  const auto on_server = [&](Connection& c) {
    // Its name differs between the servers and their versions.
    std::string value =
        Statement(c).run("SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')").rows();
    return value.substr(value.find(',') + 1, value.find(';') - value.find(',') - 1);
  };
  for (const Level& level : kLevels) {
    Connection early;
    early.set(SQL_ATTR_TXN_ISOLATION, level.odbc);
    early.connect(connection_string());
    EXPECT_EQ(on_server(early), level.name);
    connection().set(SQL_ATTR_TXN_ISOLATION, level.odbc);
    EXPECT_EQ(on_server(connection()), level.name);
    EXPECT_EQ(connection().get(SQL_ATTR_TXN_ISOLATION), level.odbc);
  }
}

}  // namespace
}  // namespace selkie::test
