// A server that falls silent, in every phase of a session: the wait ends with the timeout's own name, and so does the
// connection, since nobody can tell what the server would have said.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const Server* const kOne[] = {&kMySql97};
constexpr const char* kReadTimeout = "READ_TIMEOUT=1;";

struct Silence {
  const char* phase;
  Script talk;
  std::function<void(Connection&)> client;
  std::string state = "HYT01";
  std::string settings = kReadTimeout;
  bool call_fails = true;
};

Script query_answered(const std::string& sql, Reply answer) { return script().reads(query(sql)).sends(std::move(answer)); }
Script rows_begin() { return script().reads(query("SELECT v FROM t")).sends(head({text("v")}), row({"one"})); }

std::vector<Silence> silences() {
  const auto select = [](Connection& c) { Statement(c).run("SELECT v FROM t"); };
  return {
      {"preparing", script().reads(prepare("SELECT ?")), [](Connection& c) { Statement(c).prepare("SELECT ?").columns(); }},
      {"executing", script().reads(query("SELECT v FROM t")), select},
      {"the column definitions", script().reads(query("SELECT v FROM t")).sends(payload(Packet{1})), select},
      {"within a packet", script().reads(query("SELECT v FROM t")).sends_bytes({1, 0}), select},
      {"fetching", rows_begin(),
       [](Connection& c) {
         Statement statement(c);
         statement.run("SELECT v FROM t");
         while (statement.fetch()) {}
       }},
      {"parking another statement's rows", rows_begin(),
       [](Connection& c) {
         Statement reader(c), other(c);
         reader.run("SELECT v FROM t").fetch();
         other.run("SELECT 1");
       }},
      {"the next result", query_answered("DO 1; DO 2", ok(kAutocommit | kMoreResults)),
       [](Connection& c) { Statement(c).run("DO 1; DO 2").more(); }, "HYT01",
       std::string(kReadTimeout) + "MULTI_STATEMENTS=1;"},
      // Closing never fails; the connection is gone all the same.
      {"closing a cursor", rows_begin(),
       [](Connection& c) {
         Statement statement(c);
         statement.run("SELECT v FROM t");
         statement.close();
       },
       "", kReadTimeout, false},
      {"committing", query_answered("BEGIN", ok(kInTransaction)).reads(query("COMMIT")),
       [](Connection& c) {
         Statement(c).run("BEGIN");
         c.commit();
       }},
      {"an attribute", script().reads(query("SET autocommit=0")),
       [](Connection& c) { c.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF); }},
      {"resetting", script().reads(reset_connection()),
       [](Connection& c) { c.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES); }},
      {"what is asked for by SQL_ATTR_CONNECTION_TIMEOUT", script().reads(query("SET autocommit=0")),
       [](Connection& c) {
         c.set(SQL_ATTR_CONNECTION_TIMEOUT, 1);
         c.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
       },
       "HYT01", ""},
  };
}

// All at a time: each takes its second.
TEST(SilentServer, EndsTheWaitAndTheConnectionInEveryPhase) {
  std::vector<std::thread> threads;
  for (const Silence& silence : silences()) {
    threads.emplace_back([silence] {
      SCOPED_TRACE(silence.phase);
      Script talk = silence.talk;
      replay(talk.expects_close(),
             [&](Connection& connection) {
               const auto start = Clock::now();
               if (silence.call_fails) {
                 expect_error(silence.state, 0, [&] { silence.client(connection); });
               } else {
                 silence.client(connection);
               }
               EXPECT_LT(Clock::now() - start, 8s) << silence.phase;
               EXPECT_TRUE(connection.is_dead()) << silence.phase;
               expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
             },
             {.servers = kOne, .settings = silence.settings, .whole_only = true, .wrappings = {Wrapping::tls}});
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SilentServer, EndsTheLoginInEveryPhase) {
  const Script phases[] = {
      script().expects_close(),
      script().sends(greeting(kMySql97)).reads_login("ann").expects_close(),
      script().sends(greeting(kMySql97)).reads_login("ann").sends_bytes({7, 0}).expects_close(),
  };
  std::vector<std::thread> threads;
  for (const Script& phase : phases) {
    threads.emplace_back([&phase] {
      replay_login(phase,
                   [](Connection& connection, const std::string& address) {
                     const auto start = Clock::now();
                     expect_error("HYT00", 0,
                                  [&] { connection.connect(address + ";UID=ann;SSLMODE=DISABLED;CONN_TIMEOUT=1;"); });
                     EXPECT_LT(Clock::now() - start, 8s);
                   },
                   {.servers = kOne, .whole_only = true});
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// The socket's buffers hold a few megabytes, so this is more; compressed it would not be.
TEST(SilentServer, ThatReadsNothingEndsAtTheWriteTimeout) {
  replay(script().reads_bytes(10).pauses(3s),
         [](Connection& connection) {
           const auto start = Clock::now();
           expect_error("HYT01", 0, [&] { Statement(connection).run("SELECT '" + std::string(32u << 20, 'x') + "'"); });
           EXPECT_LT(Clock::now() - start, 8s);
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = kOne, .settings = "WRITE_TIMEOUT=1;", .losses = false, .whole_only = true, .wrappings = {}});
}

// Of one statement that others do not share: it must not end what they do on the same connection.
TEST(QueryTimeout, OfAnOpenCursorDoesNotConcernOthersOrItsClosing) {
  const std::string rest(1000, 'x');
  const auto talk = [&] {
    return rows_begin()
        .pauses(1300ms)
        .sends(row({rest}), end())
        .then(script().reads(query("SELECT 'next'")).sends(head({text("next")}), row({"next"}), end()));
  };
  const auto next = [](Connection& connection) { EXPECT_EQ(Statement(connection).run("SELECT 'next'").rows(), "next"); };
  replay(talk(),
         [&](Connection& connection) {
           Statement timed(connection);
           timed.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
           timed.run("SELECT v FROM t").fetch();
           std::this_thread::sleep_for(1100ms);
           timed.close();
           next(connection);
         },
         {.servers = kOne, .whole_only = true, .wrappings = {}});
  replay(talk(),
         [&](Connection& connection) {
           Statement timed(connection);
           timed.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
           timed.run("SELECT v FROM t").fetch();
           std::this_thread::sleep_for(1100ms);
           next(connection);
           EXPECT_EQ(timed.rows(), rest);
         },
         {.servers = kOne, .whole_only = true, .wrappings = {}});
}

// The server's own timeout for a client that does not read: 60 s unless set, and the server says nothing when it hangs up.
TEST(Timeouts, ServerThatWasLeftWaitingForARowsReaderIsSaidToHaveHungUpForThat) {
  const std::string value(100'000, 'x');
  for (const auto pause : {0s, 5s}) {
    SCOPED_TRACE(pause.count());
    replay(script().reads(query("SELECT v FROM t")).sends(head({text("v")}), row({value}), row({value})).closes(),
           [&](Connection& connection) {
             Statement statement(connection);
             EXPECT_TRUE(statement.run("SELECT v FROM t").fetch());
             std::this_thread::sleep_for(pause);
             EXPECT_TRUE(statement.fetch());
             const OdbcError error = expect_error("08S01", 0, [&] { statement.fetch(); });
             EXPECT_EQ(error.message().find("net_write_timeout") != std::string::npos, pause != 0s) << error.message();
           },
           {.servers = kOne, .whole_only = true, .wrappings = {}});
  }
}

}  // namespace
}  // namespace selkie::test
