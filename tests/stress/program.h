// Random programs over the statements of one connection: execute, fetch, read values in pieces, go to the next result, close,
// free, prepare, cancel, commit, reset, by turns. Each answer must be what the statement would have got alone: what a query
// returns is a function of the query, so every step is checked.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/stress/queries.h"
#include "tests/support/odbc_client.h"

namespace selkie::test {

struct ProgramOptions {
  int statements = 5;
  bool owns_connection = true;  // may do what concerns all statements: reset, end transactions
  bool is_cancelled = false;    // cancel_something() is called meanwhile
};

// A step went wrong; says which, and what came before it.
class Mismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Program {
 public:
  Program(Connection& connection, std::uint64_t seed, ProgramOptions options);
  ~Program();

  // Throws Mismatch.
  void run(std::size_t steps);

  // SQLCancel of one of the statements. Any thread, while run() runs in another.
  void cancel_something(Random& random);

  struct Figures {
    std::size_t steps = 0, rows = 0, executions = 0, cancels = 0, cancelled = 0;
    Figures& operator+=(const Figures& other);
  };
  Figures figures() const;

 private:
  class Slot;

  Connection& connection_;
  Random random_;
  ProgramOptions options_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::deque<std::string> last_steps_;
  Figures figures_;
  std::atomic<std::size_t> cancels_{0};
};

}  // namespace selkie::test
