// Packets as frames: numbers that wrap, payloads at the limit of a frame, commands that the server does not read to their end.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

TEST(SequenceNumber, WrapsInTheMiddleOfALongResult) {
  Script talk = script().reads(query("SELECT n FROM t")).sends(head({integer("n")}));
  std::string expected;
  for (int n = 0; n < 600; ++n) {
    talk.sends(row({std::to_string(n)}));
    expected += (n == 0 ? "" : "; ") + std::to_string(n);
  }
  replay(talk.sends(end()).then(another_query()),
         [&](Connection& connection) {
           EXPECT_EQ(Statement(connection).run("SELECT n FROM t").rows(), expected);
           expect_wire_in_step(connection);
         },
         {.cuts = false, .losses = false});
}

// A row of one value, whose payload has this size: four bytes go for the length of the value (nine past 16 MiB).
constexpr std::size_t kFrame = 0xffffff;

class RowOf : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RowOf, SizesAroundTheLimitOfAFrameIsReadWhole) {
  const std::size_t payload_bytes = GetParam();
  const std::size_t value_bytes = payload_bytes - (payload_bytes - 4 < 0x1000000 ? 4 : 9);
  std::string value(value_bytes, 'x');
  value.front() = 'a', value.back() = 'z';
  const Server* const servers[] = {&kMySql97, &kMySql57Proxied};
  replay(script().reads(query("SELECT v")).sends(head({text("v")}), row({value}), row({"short"}), end()).then(another_query()),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT v");
           EXPECT_TRUE(statement.fetch());
           EXPECT_TRUE(statement.text(1) == value);
           EXPECT_TRUE(statement.fetch());
           EXPECT_EQ(statement.text(1), "short");
           EXPECT_FALSE(statement.fetch());
           expect_wire_in_step(connection);
         },
         {.servers = servers, .whole_only = true});
}

INSTANTIATE_TEST_SUITE_P(Bytes, RowOf, ::testing::Values(kFrame - 1, kFrame, kFrame + 1, 2 * kFrame, 2 * kFrame + 7));

TEST(LongCommand, IsSplitAndReadWholeByTheServer) {
  const std::string sql = "SELECT '" + std::string(kFrame, 'x') + "'";
  const Server* const servers[] = {&kMySql97};
  replay(script().reads(query(sql)).sends(ok()).then(another_query()),
         [&](Connection& connection) {
           Statement(connection).run(sql);
           expect_wire_in_step(connection);
         },
         {.servers = servers, .whole_only = true});
}

// The server does not read a command past its max_allowed_packet: it says so, hangs up, and writing fails.
TEST(LongCommand, RefusalBeforeItsEndIsReportedInTheServersWords) {
  const std::string sql = "SELECT '" + std::string(kFrame, 'x') + "'";
  const Server* const servers[] = {&kMySql97};
  replay(script().reads_bytes(1000).sends(error(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes")).closes(),
         [&](Connection& connection) {
           const OdbcError failure = expect_error("08S01", 1153, [&] { Statement(connection).run(sql); });
           EXPECT_NE(failure.message().find("max_allowed_packet"), std::string::npos) << failure.message();
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = servers, .whole_only = true});
}

}  // namespace
}  // namespace selkie::test
