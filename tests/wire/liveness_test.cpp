// Connections that end or fall silent: noticed at once, named 08S01, never waited for past a timeout. That a link lost at any
// step of any conversation is a link failure is part of every replay.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

void wait_until_dead(Connection& connection) {
  for (const auto patience = Clock::now() + 2s; !connection.is_dead() && Clock::now() < patience;)
    std::this_thread::sleep_for(1ms);
}

TEST(IdleConnection, ClosedByTheServerIsDeadBeforeTheNextStatement) {
  replay(script().reads(query("SELECT 1")).sends(head({integer("1")}), row({"1"}), end()).closes(),
         [](Connection& connection) {
           EXPECT_EQ(Statement(connection).run("SELECT 1").rows(), "1");
           wait_until_dead(connection);
           EXPECT_TRUE(connection.is_dead());
           expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
         },
         {.cuts = false});
}

// A server says why it hangs up, unasked and with sequence number 0.
TEST(IdleConnection, ServersFarewellIsTheReasonOfTheLinkFailure) {
  const Packet farewell{0xff, 0xbf, 0x0f, '#', 'H', 'Y', '0', '0', '0', 'i', 'd', 'l', 'e'};  // 4031
  replay(script().sends_bytes(frame(static_cast<std::uint32_t>(farewell.size()), 0, farewell)).closes(),
         [](Connection& connection) {
           std::this_thread::sleep_for(2ms);
           const OdbcError failure = expect_error("08S01", 4031, [&] { Statement(connection).run("SELECT 1"); });
           EXPECT_NE(failure.message().find("idle"), std::string::npos) << failure.message();
           EXPECT_TRUE(connection.is_dead());
         },
         {.cuts = false, .losses = false});
}

TEST(IdleConnection, WithAFarewellWaitingIsDeadWithoutARoundTrip) {
  const Packet farewell{0xff, 0xbf, 0x0f, '#', 'H', 'Y', '0', '0', '0', 'i', 'd', 'l', 'e'};  // 4031
  replay(script().sends_bytes(frame(static_cast<std::uint32_t>(farewell.size()), 0, farewell)).expects_close(),
         [](Connection& connection) {
           wait_until_dead(connection);
           EXPECT_TRUE(connection.is_dead());
         },
         {.cuts = false, .losses = false});
}

TEST(SilentServer, ReadTimeoutEndsTheWaitAndTheConnection) {
  const Server* const one[] = {&kMySql97};
  replay(script().reads(query("SELECT 1")).expects_close(),
         [](Connection& connection) {
           const auto start = Clock::now();
           expect_error("HYT01", 0, [&] { Statement(connection).run("SELECT 1"); });
           EXPECT_LT(Clock::now() - start, 3s);
           EXPECT_TRUE(connection.is_dead());
           expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
         },
         {.servers = one, .settings = "READTIMEOUT=1;", .whole_only = true});
}

}  // namespace
}  // namespace selkie::test
