// The statement's states: every call in every state, without a driver manager in front that would refuse it first.
// Spec: ODBC Appendix B, "Statement Transitions"
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/wire/states.h"

namespace selkie::test {
namespace {

TEST(StatementState, EveryRowOfTheTablesIsWalked) {
  const std::vector<Caller> all = callers();
  for (const odbc::StateRow& row : odbc::state_rows()) {
    const bool is_called = std::ranges::any_of(all, [&](const Caller& c) { return c.row == row.call; });
    EXPECT_TRUE(is_called) << row.functions;
  }
}

TEST(StatementState, WhatTheTablesRefuseFailsWithTheirSqlstateAndChangesNothing) {
  const std::vector<Caller> all = callers();
  for (const Way& way : all_ways()) {
    in_state(way, {}, [&](Subject& s) {
      for (int round = 0; round < 2; ++round) {  // the second finds the state as the first did
        for (const Caller& caller : all) {
          const std::string state = expected(caller, way.state, way.prepared);
          if (state.empty()) continue;
          EXPECT_EQ(state_said(caller, s), state) << caller.name;
        }
      }
    });
  }
}

// The server has hung up: an admitted call succeeds without it, or fails for another reason than the state.
TEST(StatementState, WhatTheTablesAdmitIsNotRefusedForTheState) {
  for (const Way& way : all_ways()) {
    for (const Caller& caller : callers()) {
      if (!expected(caller, way.state, way.prepared).empty()) continue;
      in_state(way, {}, [&](Subject& s) {
        const std::string state = state_said(caller, s);
        EXPECT_FALSE(is_refusal(state)) << caller.name << ": " << state;
      });
    }
  }
}

}  // namespace
}  // namespace selkie::test
