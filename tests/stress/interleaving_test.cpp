// Statements of one connection by turns, in one thread and in several.
#include <string>
#include <vector>

#include "tests/stress/stress.h"

namespace selkie::test {
namespace {

class Interleaving : public StressTest {};
SELKIE_ON_EVERY_SERVER(Interleaving);

TEST_P(Interleaving, EveryStatementReadsWhatItWouldAlone) {
  int number = 0;
  Program::Figures sum;
  // Rows that are parked go to memory, or to a temporary file.
  for (const char* settings : {"", "CURSOR_MEMORY=10000;", "NO_SSPS=1;", "STATEMENT_CACHE=2;"}) {
    SCOPED_TRACE(settings);
    const auto own = connect_for_program(std::string("SSLMODE=DISABLED;") + settings);
    sum += run_program(*own, number++, stress_steps(4000) / 4, {});
  }
  print(sum);
}

TEST_P(Interleaving, ThreadsWithStatementsOfOneConnection) {
  const auto shared = connect_for_program();
  run_programs(4, stress_steps(2000), {.statements = 3, .owns_connection = false}, [&](int) -> Connection& { return *shared; });
}

TEST_P(Interleaving, ThreadsWithConnectionsOfTheirOwn) {
  std::vector<std::unique_ptr<Connection>> own;
  for (int i = 0; i < 4; ++i) own.push_back(connect_for_program());
  run_programs(4, stress_steps(2000), {.statements = 3},
               [&](int number) -> Connection& { return *own[static_cast<std::size_t>(number)]; });
}

}  // namespace
}  // namespace selkie::test
