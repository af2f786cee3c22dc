#include "tests/stress/program.h"

#include <algorithm>

#include "tests/stress/slot.h"

namespace selkie::test {

Program::Figures& Program::Figures::operator+=(const Figures& other) {
  steps += other.steps, rows += other.rows, executions += other.executions;
  cancels += other.cancels, cancelled += other.cancelled;
  return *this;
}

Program::Program(Connection& connection, std::uint64_t seed, ProgramOptions options)
    : connection_(connection), random_(seed), options_(options) {
  for (int i = 0; i < options.statements; ++i) slots_.push_back(std::make_unique<Slot>(*this, i));
}

Program::~Program() = default;

Program::Figures Program::figures() const {
  Figures figures = figures_;
  figures.cancels = cancels_;
  return figures;
}

void Program::cancel_something(Random& random) {
  slots_[static_cast<std::size_t>(random.below(options_.statements))]->cancel();
  ++cancels_;
}

void Program::run(std::size_t steps) {
  constexpr int kConnectionSteps = 200;  // one of so many concerns the whole connection
  try {
    for (std::size_t i = 0; i < steps; ++i, ++figures_.steps) {
      if (!options_.owns_connection || !random_.one_in(kConnectionSteps)) {
        slots_[static_cast<std::size_t>(random_.below(options_.statements))]->step();
        continue;
      }
      // Both are refused while a statement awaits data.
      if (std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->awaits_data(); })) continue;
      const bool reset = random_.one_in(2);
      last_steps_.push_back(reset ? "reset the connection" : "commit");
      if (reset) {
        connection_.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
        for (const auto& slot : slots_) slot->connection_was_reset();
      } else {
        connection_.commit();
        if (connection_.is_dead()) throw Mismatch("the connection is dead");
      }
    }
  } catch (const std::exception& why) {
    std::string story = std::string(why.what()) + "\nat step " + std::to_string(figures_.steps) + ". The last steps:";
    for (const std::string& step : last_steps_) story += "\n  " + step;
    throw Mismatch(story);
  }
}

}  // namespace selkie::test
