// Resetting a session for a pool's next user: what the server forgets and what it keeps is put right in two round trips.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const Server* const kOne[] = {&kMySql97};
constexpr const char* kNames = "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci";

void reset(Connection& connection) { connection.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES); }

TEST(Reset, RestoresCharacterSetDatabaseAttributesAndInitStatement) {
  replay(script()
             .reads(query("SET app.who=1"))  // at connecting
             .sends(ok())
             .reads(query("SET autocommit=0"))
             .sends(ok(0))
             .reads(reset_connection())
             .sends(ok())
             .reads(query(kNames))
             .reads(query("USE `my``shop`"))
             .reads(query("SET app.who=1"))
             .sends(ok())
             .next_answer()
             .sends(ok())
             .next_answer()
             .sends(ok())
             .then(another_query()),
         [](Connection& connection) {
           connection.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
           reset(connection);
           EXPECT_EQ(connection.get(SQL_ATTR_AUTOCOMMIT), SQLUINTEGER{SQL_AUTOCOMMIT_ON});
           expect_wire_in_step(connection);
         },
         {.servers = kOne, .settings = "DATABASE={my`shop};INITSTMT={SET app.who=1};", .cuts = false, .losses = false});
}

TEST(Reset, ThrowsOpenRowsAway) {
  replay(script()
             .reads(query("SELECT v FROM t"))
             .sends(head({text("v")}), row({"one"}), row({"two"}), end())
             .reads(reset_connection())
             .sends(ok())
             .reads(query(kNames))
             .sends(ok())
             .then(another_query()),
         [](Connection& connection) {
           Statement reader(connection);
           reader.run("SELECT v FROM t").fetch();
           reset(connection);
           expect_error("HY010", 0, [&] { reader.fetch(); });
           expect_wire_in_step(connection);
         },
         {.servers = kOne});
}

// An old server or a proxy does not know the command: a new session has nothing of the former user either.
TEST(Reset, RefusedByTheServerBeginsANewSession) {
  replay(
      [](const Server& server) {
        return script()
            .reads(reset_connection())
            .sends(error(1047, "08S01", "Unknown command"))
            .meets(login_script(server)
                       .then(another_query())
                       .meets(login_script(server).then(another_query())));  // the next time it is not asked
      },
      [](Connection& connection) {
        for (int i = 0; i < 2; ++i) {
          reset(connection);
          expect_wire_in_step(connection);
        }
        connection.disconnect();
      },
      {.servers = kOne, .whole_only = true});
}

}  // namespace
}  // namespace selkie::test
