#include "odbc/diagnostics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "odbc/handle.h"

namespace selkie::odbc {
namespace {

using protocol::Errc;
using protocol::Failure;

Failure server_error(std::uint16_t code, std::string_view state, std::string message = "said the server") {
  Failure failure{Errc::server_error, code, {}, std::move(message)};
  std::copy(state.begin(), state.end(), failure.sqlstate.begin());
  return failure;
}

// The state that the record of `failure` has.
std::string state_of(const Failure& failure) {
  Diagnostics diagnostics;
  diagnostics.failure(failure);
  return diagnostics.records().at(0).state;
}

std::string states(const Diagnostics& diagnostics) {
  std::string all;
  for (const DiagnosticRecord& record : diagnostics.records()) all += std::string(record.state) + " ";
  return all;
}

TEST(Diagnostics, RecordsAreOrderedByRowAndWithinARowErrorsComeFirst) {
  Diagnostics diagnostics;
  diagnostics.warning(SqlState::fraction_truncated, {}, 3, 1);
  diagnostics.warning(SqlState::truncated, {}, 1, 1);
  diagnostics.error(SqlState::out_of_range, {}, 3, 2);
  diagnostics.error(SqlState::bad_cast, {}, 1, 2);
  diagnostics.warning(SqlState::option_changed);
  diagnostics.error(SqlState::general_error, {}, SQL_ROW_NUMBER_UNKNOWN);
  EXPECT_EQ(states(diagnostics), "HY000 01S02 22018 01004 22003 01S07 ");
  EXPECT_TRUE(diagnostics.has_errors());
}

TEST(Diagnostics, ATransactionThatFailedComesBeforeOtherErrorsOfItsRow) {
  Diagnostics diagnostics;
  diagnostics.warning(SqlState::truncated, {}, 2, 1);
  diagnostics.error(SqlState::bad_cast, {}, 2, 2);
  diagnostics.error(SqlState::out_of_range, {}, 1, 1);
  diagnostics.failure(server_error(1213, "40001"), 2);
  EXPECT_EQ(states(diagnostics), "22003 40001 22018 01004 ");
}

TEST(Diagnostics, RecordsOfOneRankKeepTheOrderInWhichTheyArose) {
  Diagnostics diagnostics;
  diagnostics.warning(SqlState::truncated, "first", 1, 1);
  diagnostics.warning(SqlState::truncated, "second", 1, 2);
  EXPECT_EQ(diagnostics.records()[0].column, 1);
  EXPECT_EQ(diagnostics.records()[1].column, 2);
}

TEST(Diagnostics, OurMessagesNameTheDriverAndTheServersNameTheServerToo) {
  Diagnostics diagnostics;
  diagnostics.set_server("MariaDB 10.11.6");
  diagnostics.error(SqlState::sequence_error);
  EXPECT_EQ(diagnostics.records()[0].message, "[Selkie][ODBC 3.8 driver]Function sequence error");
  diagnostics.clear();
  diagnostics.failure(server_error(1146, "42S02", "Table 'a.b' doesn't exist"));
  EXPECT_EQ(diagnostics.records()[0].message, "[Selkie][ODBC 3.8 driver][MariaDB 10.11.6]Table 'a.b' doesn't exist");
  EXPECT_EQ(diagnostics.records()[0].native, 1146);
}

TEST(Diagnostics, ClearForgetsRecordsAndHeaderButNotTheServer) {
  Diagnostics diagnostics;
  diagnostics.set_server("MySQL 9.7.0");
  diagnostics.error(SqlState::general_error);
  diagnostics.row_count = 5;
  diagnostics.return_code = SQL_ERROR;
  diagnostics.clear();
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.row_count, -1);
  EXPECT_EQ(diagnostics.return_code, SQL_SUCCESS);
  diagnostics.failure(server_error(1064, "42000"));
  EXPECT_EQ(diagnostics.records()[0].message, "[Selkie][ODBC 3.8 driver][MySQL 9.7.0]said the server");
}

TEST(Diagnostics, AServersStateIsKeptUnlessItIsTooGeneric) {
  EXPECT_EQ(state_of(server_error(1146, "42S02")), "42S02");
  EXPECT_EQ(state_of(server_error(1062, "23000")), "23000");
  EXPECT_EQ(state_of(server_error(1213, "40001")), "40001");
  EXPECT_EQ(state_of(server_error(1049, "42000")), "42000");
  EXPECT_EQ(state_of(server_error(1317, "70100")), "70100");
  EXPECT_EQ(state_of(server_error(1644, "45000")), "45000");  // SIGNAL
  EXPECT_EQ(state_of(server_error(1205, "HY000")), "HYT00");
  EXPECT_EQ(state_of(server_error(3024, "HY000")), "HYT00");
  EXPECT_EQ(state_of(server_error(1969, "70100")), "HYT00");
  EXPECT_EQ(state_of(server_error(4031, "HY000")), "08S01");
  EXPECT_EQ(state_of(server_error(1364, "HY000")), "23000");
  EXPECT_EQ(state_of(server_error(3819, "HY000")), "23000");
  EXPECT_EQ(state_of(server_error(1061, "42000")), "42S11");
}

TEST(Diagnostics, AnErrorNeverHasTheStateOfAWarning) {
  EXPECT_EQ(state_of(server_error(9999, "01000")), "HY000");
  EXPECT_EQ(state_of(server_error(1329, "02000")), "HY000");
  EXPECT_EQ(state_of(server_error(9999, "00000")), "HY000");
  EXPECT_EQ(state_of(server_error(9999, "")), "HY000");
  EXPECT_EQ(state_of(server_error(9999, "ab#00")), "HY000");
}

TEST(Diagnostics, EveryFailureOfTheCoreHasAState) {
  const auto of = [](Errc errc) { return state_of({errc, 0, {}, "why"}); };
  EXPECT_EQ(of(Errc::connect_failed), "08001");
  EXPECT_EQ(of(Errc::connect_timeout), "HYT00");
  EXPECT_EQ(of(Errc::not_a_server), "08001");
  EXPECT_EQ(of(Errc::tls_unavailable), "08001");
  EXPECT_EQ(of(Errc::tls_failed), "08001");
  EXPECT_EQ(of(Errc::auth_unsupported), "28000");
  EXPECT_EQ(of(Errc::auth_refused), "28000");
  EXPECT_EQ(of(Errc::connection_lost), "08S01");
  EXPECT_EQ(of(Errc::timed_out), "HYT01");
  EXPECT_EQ(of(Errc::deadline_passed), "HYT00");
  EXPECT_EQ(of(Errc::malformed), "08S01");
  EXPECT_EQ(of(Errc::packet_too_large), "08S01");
  EXPECT_EQ(of(Errc::spool_failed), "HY000");
  EXPECT_EQ(of(Errc::compression_refused), "08001");
  EXPECT_EQ(of(Errc::local_infile_refused), "HY000");
  EXPECT_EQ(of(Errc::session_dead), "08S01");
  EXPECT_EQ(of(Errc::bad_option), "08001");
}

TEST(Diagnostics, ALostConnectionKeepsTheServersPartingWords) {
  Diagnostics diagnostics;
  diagnostics.set_server("MySQL 9.7.0");
  diagnostics.failure({Errc::connection_lost, 4031, {}, "The client was disconnected by the server because of inactivity."});
  EXPECT_STREQ(diagnostics.records()[0].state, "08S01");
  EXPECT_EQ(diagnostics.records()[0].native, 4031);
  EXPECT_NE(diagnostics.records()[0].message.find("[MySQL 9.7.0]"), std::string::npos);
}

TEST(Diagnostics, Odbc2ApplicationsAreToldOdbc2States) {
  const auto old = [](std::uint16_t code, std::string_view state) {
    Diagnostics diagnostics;
    diagnostics.failure(server_error(code, state));
    return std::string(diagnostics.records()[0].state2);
  };
  EXPECT_EQ(old(1146, "42S02"), "S0002");
  EXPECT_EQ(old(1054, "42S22"), "S0022");
  EXPECT_EQ(old(1064, "42000"), "37000");
  EXPECT_EQ(old(9999, "HY000"), "S1000");
  EXPECT_EQ(old(1205, "HY000"), "S1T00");
  EXPECT_EQ(old(1062, "23000"), "23000");
}

TEST(Diagnostics, ConversionsThatSucceededPostNothing) {
  Diagnostics diagnostics;
  diagnostics.conversion(Outcome::ok, 1, 1);
  diagnostics.conversion(Outcome::no_data, 1, 1);
  EXPECT_TRUE(diagnostics.empty());
  diagnostics.conversion(Outcome::truncated, 2, 7);
  diagnostics.conversion(Outcome::out_of_range, 2, 8);
  EXPECT_EQ(states(diagnostics), "22003 01004 ");
  EXPECT_EQ(diagnostics.records()[0].column, 8);
}

TEST(Diagnostics, OriginsOfStates) {
  EXPECT_EQ(class_origin("42S02"), "ISO 9075");
  EXPECT_EQ(class_origin("IM001"), "ODBC 3.0");
  EXPECT_EQ(subclass_origin("42S02"), "ODBC 3.0");
  EXPECT_EQ(subclass_origin("HYT00"), "ODBC 3.0");
  EXPECT_EQ(subclass_origin("HY105"), "ODBC 3.0");
  EXPECT_EQ(subclass_origin("HY010"), "ISO 9075");
  EXPECT_EQ(subclass_origin("23000"), "ISO 9075");
}

// What the door makes of an exception.
template <class Throw>
std::string posted(Throw&& raise) {
  Diagnostics diagnostics;
  try {
    raise();
  } catch (...) {
    post_current_exception(diagnostics);
  }
  return diagnostics.records().at(0).state;
}

TEST(PostCurrentException, EachKindOfExceptionBecomesARecord) {
  EXPECT_EQ(posted([] { throw Fail(SqlState::invalid_cursor_state); }), "24000");
  EXPECT_EQ(posted([] { throw CoreFail{{Errc::connection_lost, 0, {}, ""}}; }), "08S01");
  EXPECT_EQ(posted([] { throw std::bad_alloc(); }), "HY001");
  EXPECT_EQ(posted([] { throw std::runtime_error("what"); }), "HY000");
  EXPECT_EQ(posted([] { throw 1; }), "HY000");
}

}  // namespace
}  // namespace selkie::odbc
