// What runs again and again takes no memory anew. Counted in the application's thread alone: the server's has its own.
#include <gtest/gtest.h>

#include "tests/support/replay.h"
#include "tests/unit/protocol/allocations.h"

namespace selkie::test {
namespace {

const std::string kSql = "SELECT id, name FROM t";
const std::vector<Definition> kColumns{integer("id"), text("name")};
constexpr int kRuns = 12, kFirstOnes = 4;  // these make the room that the others find

ReplayOptions whole(std::span<const Server* const> servers) {
  return {.servers = servers, .cuts = false, .losses = false, .whole_only = true, .wrappings = {}};
}

// A program's loop: runs, describes each column, fetches into bound buffers to the end, closes.
template <class Run>
void run_again_and_again(Statement& statement, Run&& run) {
  std::int32_t id = 0;
  SQLCHAR name[20] = {};
  SQLLEN lengths[2] = {};
  statement.check(::SQLBindCol(statement.handle(), 1, SQL_C_SLONG, &id, 0, &lengths[0]));
  statement.check(::SQLBindCol(statement.handle(), 2, SQL_C_CHAR, name, sizeof name, &lengths[1]));
  for (int time = 0; time < kRuns; ++time) {
    const std::size_t before = protocol::allocations();
    run();
    for (SQLUSMALLINT column = 1; column <= 2; ++column) {
      SQLCHAR label[20];
      SQLSMALLINT type = 0;
      statement.check(
          ::SQLDescribeCol(statement.handle(), column, label, sizeof label, nullptr, &type, nullptr, nullptr, nullptr));
    }
    statement.check(::SQLFetch(statement.handle()));
    EXPECT_EQ(::SQLFetch(statement.handle()), SQL_NO_DATA);
    statement.check(::SQLFreeStmt(statement.handle(), SQL_CLOSE));
    if (time >= kFirstOnes) {
      EXPECT_EQ(protocol::allocations(), before) << time;
    }
    EXPECT_EQ(id, 7);
    EXPECT_STREQ(reinterpret_cast<const char*>(name), "seven");
  }
}

void run_prepared(Connection& connection) {
  Statement statement(connection);
  statement.prepare(kSql);
  run_again_and_again(statement, [&] { statement.execute(); });
}

TEST(Allocations, PreparedSelectWithoutDefinitionsTakesNone) {
  Script talk = prepares_and_executes(kMariaDb118, kSql, 1, 0, kColumns);
  for (int time = 0; time < kRuns; ++time) {
    if (time != 0) talk.reads(execute(1));
    talk.sends(head_without_definitions(2), binary_row({int32(7), bytes("seven")}), end());
  }
  replay(talk, run_prepared, whole(kMariaDbs));
}

TEST(Allocations, PreparedSelectWithTheSameDefinitionsTakesNone) {
  Script talk = prepares_and_executes(kMySql97, kSql, 1, 0, kColumns);
  for (int time = 0; time < kRuns; ++time) {
    if (time != 0) talk.reads(execute(1));
    talk.sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end());
  }
  replay(talk, run_prepared, whole(kMySqls));
}

TEST(Allocations, DirectSelectOfTheSameTextTakesNone) {
  Script talk;
  for (int time = 0; time < kRuns; ++time) talk.reads(query(kSql)).sends(head(kColumns), row({"7", "seven"}), end());
  const auto client = [](Connection& connection) {
    Statement statement(connection);
    run_again_and_again(statement, [&] { statement.run(kSql); });
  };
  replay(talk, client, whole(kDialects));
}

}  // namespace
}  // namespace selkie::test
