// What stress tests read from the environment, and how they run programs and tell what those did.
//   SELKIE_STRESS_SEED    a failed run's seed, to run it again (default: another one each time)
//   SELKIE_STRESS_STEPS   steps of the programs together (default: what a test run has time for)
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/integration/server.h"
#include "tests/stress/program.h"

namespace selkie::test {

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return otherwise;
  const std::string_view digits = text;
  std::from_chars(digits.data(), digits.data() + digits.size(), otherwise);
  return otherwise;
}

inline std::uint64_t stress_seed() {
  static const std::uint64_t seed = number_from_environment("SELKIE_STRESS_SEED", std::random_device{}());
  return seed;
}
inline std::size_t stress_steps(std::size_t otherwise) { return number_from_environment("SELKIE_STRESS_STEPS", otherwise); }

inline std::ostream& figures() { return std::cout << "[  figures ] seed " << stress_seed() << ": "; }
inline void print(const Program::Figures& f) {
  figures() << f.steps << " steps, " << f.executions << " executions, " << f.rows << " rows, " << f.cancels << " cancels, "
            << f.cancelled << " calls cancelled" << std::endl;
}

// Every server, each with the tables of the programs.
class StressTest : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (!IsSkipped()) create_program_tables(connection());
  }
  std::unique_ptr<Connection> connect_for_program(const std::string& settings = "SSLMODE=DISABLED;") const {
    return connect("MULTI_STATEMENTS=1;" + settings);
  }
};

// Runs `steps` of a program, and cancels at random from another thread if it shall bear that. The number makes the program
// another one than those of the same test.
inline Program::Figures run_program(Connection& connection, int number, std::size_t steps, const ProgramOptions& options) {
  const std::uint64_t seed = stress_seed() + static_cast<std::uint64_t>(number);
  Program program(connection, seed, options);
  std::atomic<bool> over{false};
  std::thread canceller;
  if (options.is_cancelled) {
    canceller = std::thread([&] {
      constexpr int kMicrosecondsAtMost = 3000;
      Random random(~seed);
      while (!over) {
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(kMicrosecondsAtMost)));
        program.cancel_something(random);
      }
    });
  }
  try {
    program.run(steps);
  } catch (const Mismatch& mismatch) {
    ADD_FAILURE() << "SELKIE_STRESS_SEED=" << stress_seed() << ", program " << number << ":\n" << mismatch.what();
  }
  over = true;
  if (canceller.joinable()) canceller.join();
  return program.figures();
}

// Runs a program in each of several threads, together so many steps; `connection_of` says on which connection.
inline void run_programs(int threads, std::size_t steps, const ProgramOptions& options,
                         const std::function<Connection&(int)>& connection_of) {
  std::vector<std::thread> all;
  std::vector<Program::Figures> each(static_cast<std::size_t>(threads));
  for (int number = 0; number < threads; ++number) {
    all.emplace_back([&, number] {
      each[static_cast<std::size_t>(number)] =
          run_program(connection_of(number), number, steps / static_cast<std::size_t>(threads), options);
    });
  }
  for (std::thread& thread : all) thread.join();
  Program::Figures sum;
  for (const Program::Figures& figures : each) sum += figures;
  print(sum);
}

}  // namespace selkie::test
