// SQLCancel from other threads, at every moment and on every way to the server: it ends the call that it is meant for, soon,
// and no other.
#include <chrono>
#include <thread>

#include "tests/stress/stress.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Cancelling : public StressTest {
 protected:
  // Keywords for each way to reach the server.
  std::vector<std::string> ways() const {
    std::vector<std::string> ways{"SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;", "SOCKET=" + server().setting("socket") + ";"};
    if (!server().setting("ca").empty()) ways.push_back("SSLMODE=REQUIRED;");
    return ways;
  }
};
SELKIE_ON_EVERY_SERVER(Cancelling);

// How a statement may come to run for ten seconds.
struct LongCall {
  const char* name;
  void (*run)(Statement& statement);
};
// A SLEEP alone answers an interruption with 1 and no error.
constexpr const char* kLongQuery = "SELECT n, SLEEP(10) FROM number WHERE n < 2";
constexpr LongCall kLongCalls[] = {
    {"SQLExecDirect", [](Statement& s) { s.run(kLongQuery).rows(); }},
    {"SQLPrepare and SQLExecute", [](Statement& s) { s.prepare(kLongQuery).execute().rows(); }},
    {"SQLExecute alone",
     [](Statement& s) {
       s.prepare(kLongQuery).columns();
       s.execute().rows();
     }},
    {"SQLFetch",
     [](Statement& s) { s.run("SELECT n, IF(n = 900, SLEEP(10), REPEAT('x', 1000)) FROM number ORDER BY n").rows(); }},
    {"SQLMoreResults",
     [](Statement& s) {
       s.run("SELECT 1; SELECT n, SLEEP(10) FROM number WHERE n < 2");
       if (s.more()) s.rows();
     }},
};

TEST_P(Cancelling, EndsEveryLongCallWithinASecondOnEveryWayToTheServer) {
  for (const std::string& way : ways()) {
    const auto own = connect_for_program(way);
    for (const LongCall& call : kLongCalls) {
      SCOPED_TRACE(way + " " + call.name);
      Statement statement(*own);
      Clock::time_point cancelled_at;
      std::thread canceller([&] {
        std::this_thread::sleep_for(100ms);
        cancelled_at = Clock::now();
        EXPECT_EQ(::SQLCancelHandle(SQL_HANDLE_STMT, statement.handle()), SQL_SUCCESS);
      });
      expect_failure("HY008", kAnyCode, [&] { call.run(statement); });
      const auto ended_at = Clock::now();
      canceller.join();
      EXPECT_LT(ended_at - cancelled_at, 1s);
      EXPECT_FALSE(own->is_dead());
      EXPECT_EQ(Statement(*own).run("SELECT 'usable'").rows(), "usable");
    }
  }
}

// A cancel for one statement must not end another one's rows, though it is these that the server is sending.
TEST_P(Cancelling, OfAStatementThatWaitsForTheWireSparesWhatIsOnIt) {
  const auto own = connect_for_program();
  for (int round = 0; round < 20; ++round) {
    Statement reader(*own), victim(*own);
    reader.run("SELECT a.n, REPEAT('x', 500) FROM number a, number b WHERE b.n < 20");  // 10 MB
    ASSERT_TRUE(reader.fetch());
    std::thread canceller([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(round * 500));
      EXPECT_EQ(::SQLCancel(victim.handle()), SQL_SUCCESS);
    });
    try {
      victim.run("SELECT 1");
    } catch (const OdbcError& error) {
      EXPECT_EQ(error.state(), "HY008") << error.what();
    }
    canceller.join();
    int rows = 1;
    while (reader.fetch()) ++rows;
    EXPECT_EQ(rows, 20'000);
  }
}

// One thread runs short and long queries, others cancel them at any time.
TEST_P(Cancelling, StormHitsNoOtherCallAndMissesNone) {
  const auto own = connect_for_program();
  Statement victim(*own), bystander(*own);
  Random random(stress_seed());
  std::atomic<bool> over{false};
  std::atomic<std::size_t> sent{0};
  std::vector<std::thread> cancellers;
  for (std::uint64_t number = 0; number < 2; ++number) {
    cancellers.emplace_back([&, number] {
      Random pauses(stress_seed() ^ (number + 1));
      while (!over) {
        std::this_thread::sleep_for(std::chrono::microseconds(pauses.below(6000)));
        if (::SQLCancel(victim.handle()) != SQL_SUCCESS) ADD_FAILURE() << "SQLCancel failed";
        ++sent;
      }
    });
  }
  std::size_t answered = 0, cancelled = 0;
  const std::size_t rounds = stress_steps(2000) / 10;
  for (std::size_t round = 0; round < rounds && !HasFailure(); ++round) {
    const int number = random.below(1000), kind = random.below(8);
    const std::string value = std::to_string(number);
    const auto start = Clock::now();
    try {
      const std::string sql = "SELECT " + value + (kind == 0 ? ", SLEEP(20) FROM number WHERE n < 2" : "");
      if (kind % 2 == 0) {
        EXPECT_EQ(victim.run(sql).rows(), value);
      } else {
        EXPECT_EQ(victim.prepare(sql).execute().rows(), value);
      }
      ++answered;
    } catch (const OdbcError& error) {
      EXPECT_EQ(error.state(), "HY008") << error.what();
      ++cancelled;
    }
    EXPECT_LT(Clock::now() - start, 2s) << "kind " << kind;
    EXPECT_EQ(::SQLFreeStmt(victim.handle(), SQL_CLOSE), SQL_SUCCESS);
    EXPECT_EQ(bystander.run("SELECT 'mine', " + value).rows(), "mine," + value);
    bystander.close();
  }
  over = true;
  for (std::thread& canceller : cancellers) canceller.join();
  figures() << sent << " cancels against " << rounds << " executions: " << answered << " answered, " << cancelled
            << " cancelled" << std::endl;
  if (HasFailure()) std::cout << "SELKIE_STRESS_SEED=" << stress_seed() << std::endl;
}

TEST_P(Cancelling, ProgramsOfOneConnectionBearCancelsAtAnyTime) {
  const auto shared = connect_for_program();
  run_programs(3, stress_steps(2000), {.statements = 3, .owns_connection = false, .is_cancelled = true},
               [&](int) -> Connection& { return *shared; });
}

}  // namespace
}  // namespace selkie::test
