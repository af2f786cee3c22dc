// What repeating one text costs a real server, counted by the server itself.
#include <deque>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class StatementCache : public OnEveryServer {
 protected:
  // A counter of this session: "Com_stmt_prepare".
  static long counter(Connection& connection, const std::string& name) {
    const std::string row = Statement(connection).run("SHOW SESSION STATUS LIKE '" + name + "'").rows();
    return std::stol(row.substr(row.find(',') + 1));
  }
  static long prepared(Connection& connection) { return counter(connection, "Com_stmt_prepare"); }
  static long executed(Connection& connection) { return counter(connection, "Com_stmt_execute"); }
  // Statements that the server keeps for this session.
  static long kept(Connection& connection) { return prepared(connection) - counter(connection, "Com_stmt_close"); }
};
SELKIE_ON_EVERY_SERVER(StatementCache);

TEST_P(StatementCache, RepeatedCyclesOfOneTextPrepareItOnce) {
  constexpr int kCycles = 20;
  const long prepared_before = prepared(connection()), executed_before = executed(connection());
  for (std::int32_t value = 0; value < kCycles; ++value) {
    Statement statement(connection());
    EXPECT_EQ(statement.prepare("SELECT ? + 1").bind(1, value).execute().rows(), std::to_string(value + 1));
  }
  EXPECT_EQ(prepared(connection()) - prepared_before, 1);
  EXPECT_EQ(executed(connection()) - executed_before, kCycles);
}

TEST_P(StatementCache, DirectExecutionsOfOneTextAreOneCommandEach) {
  constexpr int kCycles = 20;
  const auto commands = [&] { return counter(connection(), "Com_select") + counter(connection(), "Com_stmt_prepare"); };
  const long before = commands();
  for (int cycle = 0; cycle < kCycles; ++cycle) EXPECT_EQ(rows("SELECT 41 + 1"), "42");
  EXPECT_LE(commands() - before, kCycles + 1);
}

TEST_P(StatementCache, TheServerKeepsNoMoreStatementsThanCacheAndHandlesHold) {
  constexpr int kCache = 5, kHandles = 3;
  const auto limited = connect("STATEMENT_CACHE=" + std::to_string(kCache) + ";");
  std::deque<Statement> handles;
  std::int32_t value = 0;
  const auto text = [](int number) { return "SELECT ? + " + std::to_string(number); };
  for (int number = 0; number < kHandles; ++number) {
    EXPECT_EQ(handles.emplace_back(*limited).prepare(text(number)).bind(1, value).execute().rows(), std::to_string(number));
    handles.back().close();
  }
  for (int number = kHandles; number < 10 * kCache; ++number) {
    Statement(*limited).prepare(text(number)).bind(1, value).execute().rows();
    EXPECT_LE(kept(*limited), kCache + kHandles) << number;
  }
  EXPECT_EQ(kept(*limited), kCache + kHandles);
}

}  // namespace
}  // namespace selkie::test
