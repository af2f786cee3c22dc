// unixODBC's connection pool: what comes back from it, what is left of the former user, and that dead connections are noticed.
// SQLDisconnect puts a connection into the pool without a word to the driver; the next SQLDriverConnect asks for
// SQL_ATTR_CONNECTION_DEAD and no more.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

// An odbcinst.ini of this program's own, before the driver manager reads one.
class PrivateDriver : public ::testing::Environment {
 public:
  void SetUp() override {
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ + "/odbcinst.ini")
        << "[ODBC]\nPooling=Yes\n[" SELKIE_DRIVER "]\nDriver=" SELKIE_DRIVER_FILE "\nCPTimeout=600\n";
    ::setenv("ODBCSYSINI", folder_.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

 private:
  const std::string folder_ = "/tmp/selkie-pool-" + std::to_string(::getpid());
};
[[maybe_unused]] ::testing::Environment* const kDriver = ::testing::AddGlobalTestEnvironment(new PrivateDriver);

class Pool : public OnEveryServer {
 protected:
  // A connection string that no other test's connection in the pool has.
  std::string own_string() const {
    static int made = 0;
    return connection_string("DESCRIPTION=" + std::to_string(++made) + ";");
  }
  static std::string id_of(Connection& connection) { return value(connection, "SELECT CONNECTION_ID()"); }
  static std::string value(Connection& connection, const std::string& sql) { return Statement(connection).run(sql).rows(); }
};
SELKIE_ON_EVERY_SERVER(Pool);

TEST_P(Pool, AConnectionComesBack) {
  const std::string string = own_string();
  std::string first;
  for (int use = 0; use < 3; ++use) {
    Connection pooled;
    pooled.connect(string);
    const std::string id = id_of(pooled);
    if (use == 0) first = id;
    EXPECT_EQ(id, first);
    EXPECT_EQ(value(pooled, "SELECT DATABASE()"), database());
  }
  Connection one, another;  // the pool has one of them
  one.connect(string);
  another.connect(string);
  EXPECT_EQ(id_of(one), first);
  EXPECT_NE(id_of(another), first);
}

TEST_P(Pool, ADeadOneIsNoticed) {
  const std::string string = own_string();
  std::string first;
  {
    Connection pooled;
    pooled.connect(string);
    first = id_of(pooled);
  }
  run("KILL " + first);
  for (int i = 0; i < 100 && rows("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = " + first) != "0"; ++i) {
    rows("SELECT SLEEP(0.02)");
  }
  Connection fresh;
  fresh.connect(string);
  EXPECT_NE(id_of(fresh), first);
  EXPECT_EQ(value(fresh, "SELECT 1"), "1");
}

// As README says. With a reset it is as after connecting.
TEST_P(Pool, WhatTheFormerUserLeftIsThereUntilTheConnectionIsReset) {
  run("CREATE TABLE t (a INT) ENGINE=InnoDB");
  const std::string string = own_string();
  std::string first;
  {
    Connection pooled;
    pooled.connect(string);
    first = id_of(pooled);
    Statement(pooled).run("SET @mine = 5");
    Statement(pooled).run("USE information_schema");
    Statement(pooled).run("CREATE TEMPORARY TABLE " + database() + ".scratch (a INT)");
    EXPECT_EQ(value(pooled, "SELECT GET_LOCK('" + database() + "', 0)"), "1");
    pooled.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
    Statement(pooled).run("INSERT INTO " + database() + ".t VALUES (1)");
    EXPECT_EQ(::SQLDisconnect(pooled.handle()), SQL_SUCCESS);
  }
  Connection next;
  next.connect(string);
  ASSERT_EQ(id_of(next), first);
  EXPECT_EQ(value(next, "SELECT @mine, DATABASE()"), "5,information_schema");
  next.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
  EXPECT_EQ(id_of(next), first);
  EXPECT_EQ(value(next, "SELECT @mine, DATABASE()"), "NULL," + database());
  EXPECT_EQ(value(next, "SELECT * FROM t"), "");  // rolled back
  EXPECT_EQ(value(next, "SELECT @@autocommit"), "1");
  EXPECT_EQ(value(next, "SELECT IS_FREE_LOCK('" + database() + "')"), "1");
  expect_failure("42S02", 1146, [&] { Statement(next).run("SELECT * FROM scratch"); });
}

TEST_P(Pool, AnOpenResultOfTheFormerUserIsNotInTheWay) {
  const std::string string = own_string();
  std::string first;
  {
    Connection pooled;
    pooled.connect(string);
    first = id_of(pooled);
    SQLHSTMT left = nullptr;
    ASSERT_EQ(::SQLAllocHandle(SQL_HANDLE_STMT, pooled.handle(), &left), SQL_SUCCESS);
    ASSERT_EQ(::SQLExecDirect(left, sql_text("SELECT 1 UNION ALL SELECT 2"), SQL_NTS), SQL_SUCCESS);
    ASSERT_EQ(::SQLFetch(left), SQL_SUCCESS);
  }
  Connection next;
  next.connect(string);
  EXPECT_EQ(id_of(next), first);
  EXPECT_EQ(value(next, "SELECT 3"), "3");
}

}  // namespace
}  // namespace selkie::test

// The driver manager never frees its record of a pooled connection, nor what converts that one's text.
extern "C" [[gnu::visibility("default")]] const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libodbc.so\nleak:iconv_open"; }
