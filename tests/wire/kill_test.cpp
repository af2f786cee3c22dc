// Stopping what runs, by a session of its own: the conversations of both, and what becomes of the statement and its connection.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kKill = "KILL QUERY 7";  // 7 is the connection's number in every greeting

Script kills(const Server& server) { return login_script(server).reads(query(kKill)).sends(ok()); }
const Reply kInterrupted = error(1317, "70100", "Query execution was interrupted");
// A KILL that comes late is kept by the server for the next command: the driver gives it one to hit.
Script late_kill_absorbed() { return script().reads(query("DO 0")).sends(kInterrupted); }
// A query that sleeps until it is stopped, and the one after it.
Script stopped_query(const Server& server) {
  return script()
      .reads(query("SELECT SLEEP(60)"))
      .meets(kills(server))
      .sends(kInterrupted)
      .then(late_kill_absorbed())
      .then(another_query());
}

TEST(QueryTimeout, StopsTheStatementAndKeepsTheConnection) {
  replay(stopped_query,
         [](Connection& connection) {
           Statement statement(connection);
           statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
           expect_error("HYT00", 0, [&] { statement.run("SELECT SLEEP(60)"); });
           EXPECT_FALSE(connection.is_dead());
           expect_wire_in_step(connection);
         },
         {.servers = kMariaDbs, .whole_only = true});
}

TEST(QueryTimeout, ClosesTheConnectionWhereTheServerRefusesToStopIt) {
  replay(
      [](const Server& server) {
        return script()
            .reads(query("SELECT SLEEP(60)"))
            .meets(login_script(server).reads(query(kKill)).sends(error(1095, "HY000", "You are not owner of thread 7")))
            .expects_close();
      },
      [](Connection& connection) {
        Statement statement(connection);
        statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
        expect_error("HYT00", 0, [&] { statement.run("SELECT SLEEP(60)"); });
        EXPECT_TRUE(connection.is_dead());
        expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
      },
      {.servers = kMariaDbs, .whole_only = true});
}

// A connection number of 64 bits of which the greeting carries half, or a gateway's own, might be a stranger's: no KILL goes
// out.
TEST(QueryTimeout, ClosesTheConnectionWhereAKillMightHitAStranger) {
  const Server old_tidb{"TiDB 6.5", "5.7.25-TiDB-v6.5.0", kTiDb7.capabilities, kTiDb7.auth_plugin};
  const Server* const doubtful[] = {&old_tidb, &kVitess};
  replay(script().reads(query("SELECT SLEEP(60)")).expects_close(),  // and nobody else connects
         [](Connection& connection) {
           Statement statement(connection);
           statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
           expect_error("HYT00", 0, [&] { statement.run("SELECT SLEEP(60)"); });
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = doubtful, .whole_only = true, .wrappings = {}});
}

TEST(Cancel, FromAnotherThreadEndsTheStatementAndNoOther) {
  replay(stopped_query,
         [](Connection& connection) {
           Statement statement(connection);
           std::thread canceller([&] {
             std::this_thread::sleep_for(50ms);
             EXPECT_EQ(::SQLCancel(statement.handle()), SQL_SUCCESS);
           });
           expect_error("HY008", 0, [&] { statement.run("SELECT SLEEP(60)"); });
           canceller.join();
           expect_wire_in_step(connection);
         },
         {.whole_only = true});
}

// A server that is slow to take a piece of long data: the pieces, and with them the execution, are given up.
TEST(Cancel, InTheMiddleOfSqlPutDataEndsTheDataAtExecution) {
  const Server* const one[] = {&kMySql97};
  const std::string sql = "INSERT INTO t VALUES (?)", piece(8'000'000, 'x');
  replay(
      [&](const Server& server) {
        return script()
            .reads(prepare(sql))
            .sends(prepared(1, 1, {}))
            .meets(kills(server))
            .pauses(20ms)
            .reads(long_data(1, 0, piece.substr(0, 512 * 1024)))  // which was under way; no more is sent
            .reads(close_statement(1))
            .then(late_kill_absorbed())
            .then(another_query());
      },
      [&](Connection& connection) {
        Statement statement(connection);
        SQLLEN later = SQL_DATA_AT_EXEC;
        SQLPOINTER token = nullptr;
        statement.check(::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, 0, 0,
                                           &token, 0, &later));
        statement.prepare(sql);
        EXPECT_EQ(statement.check(::SQLExecute(statement.handle())), SQL_NEED_DATA);
        EXPECT_EQ(statement.check(::SQLParamData(statement.handle(), &token)), SQL_NEED_DATA);
        std::thread canceller([&] {
          std::this_thread::sleep_for(50ms);
          EXPECT_EQ(::SQLCancel(statement.handle()), SQL_SUCCESS);
        });
        expect_error("HY008", 0, [&] {
          statement.check(::SQLPutData(statement.handle(), const_cast<char*>(piece.data()), static_cast<SQLLEN>(piece.size())));
        });
        canceller.join();
        EXPECT_EQ(::SQLParamData(statement.handle(), &token), SQL_ERROR);  // nothing is awaited any more
        expect_wire_in_step(connection);
      },
      {.servers = one, .whole_only = true, .wrappings = {}});
}

// As MariaDB does where the KILL comes between two statements of one text.
TEST(Cancel, OfAServerThatBreaksItsPromiseOfMoreResultsWaitsForNone) {
  const Script promise = script().reads(query("SELECT 1; SELECT 2"));
  const auto cancel_soon = [](Statement& statement) {
    return std::thread([&] {
      std::this_thread::sleep_for(50ms);
      EXPECT_EQ(::SQLCancel(statement.handle()), SQL_SUCCESS);
    });
  };
  const ReplayOptions options{
      .servers = std::span(kMariaDbs).first(1), .settings = "MULTI_STATEMENTS=1;", .whole_only = true, .wrappings = {}};
  replay(  // while the promised result is waited for
      [&](const Server& server) {
        return Script(promise)
            .sends(head({integer("1")}), row({"1"}), end(kAutocommit | kMoreResults))
            .meets(kills(server))
            .expects_close();
      },
      [&](Connection& connection) {
        Statement statement(connection);
        statement.run("SELECT 1; SELECT 2");
        std::thread canceller = cancel_soon(statement);
        expect_error("HY008", 0, [&] { statement.more(); });
        canceller.join();
        EXPECT_TRUE(connection.is_dead());
      },
      options);
  replay(  // in the call before
      [&](const Server& server) {
        return Script(promise)
            .meets(kills(server))
            .sends(head({integer("1")}), row({"1"}), end(kAutocommit | kMoreResults))
            .expects_close();
      },
      [&](Connection& connection) {
        Statement statement(connection);
        std::thread canceller = cancel_soon(statement);
        statement.run("SELECT 1; SELECT 2");
        canceller.join();
        statement.close();
        EXPECT_TRUE(connection.is_dead());
      },
      options);
}

// The same error without a cancel of ours is somebody else's KILL.
TEST(Cancel, InterruptionByAStrangerKeepsItsName) {
  replay(script().reads(query("SELECT SLEEP(60)")).sends(kInterrupted).then(another_query()), [](Connection& connection) {
    Statement statement(connection);
    expect_error("70100", 1317, [&] { statement.run("SELECT SLEEP(60)"); });
    expect_wire_in_step(connection);
  });
}

// Reading on for a quarter of a megabyte is cheaper than to connect once more; then it is not.
TEST(AbandonedResult, OfAQueryIsStoppedAtTheServerInsteadOfReadToItsEnd) {
  const std::string value(60000, 'x');
  replay(
      [&](const Server& server) {
        Script talk = script().reads(query("SELECT v FROM t")).sends(head({text("v")}));
        for (int i = 0; i < 6; ++i) talk.sends(row({value}));
        return talk.meets(kills(server)).sends(row({value}), kInterrupted).then(late_kill_absorbed()).then(another_query());
      },
      [](Connection& connection) {
        Statement statement(connection);
        statement.run("SELECT v FROM t");
        EXPECT_TRUE(statement.fetch());
        statement.close();
        expect_wire_in_step(connection);
      },
      {.whole_only = true});
}

// What takes long to come is not waited for either.
TEST(AbandonedResult, OfAQueryThatIsSilentIsStoppedAtTheServer) {
  replay(
      [&](const Server& server) {
        return script()
            .reads(query("SELECT v FROM t"))
            .sends(head({text("v")}), row({"one"}))
            .meets(kills(server))
            .sends(kInterrupted)
            .then(late_kill_absorbed())
            .then(another_query());
      },
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_TRUE(statement.run("SELECT v FROM t").fetch());
        statement.close();
        expect_wire_in_step(connection);
      },
      {.servers = kMySqls, .whole_only = true, .wrappings = {}});
}

TEST(AbandonedResult, OfAQueryThatTheServerWillNotStopEndsTheConnectionSoon) {
  const Server* const one[] = {&kMySql97};
  replay(
      [&](const Server& server) {
        Script talk = script()
                          .reads(query("SELECT v FROM t"))
                          .sends(head({text("v")}), row({"one"}))
                          .meets(login_script(server).reads(query(kKill)).sends(error(1095, "HY000", "You are not owner")));
        for (int i = 0; i < 80; ++i) talk.sends(row({"more"})).pauses(100ms);
        return talk.expects_close();
      },
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_TRUE(statement.run("SELECT v FROM t").fetch());
        statement.close();
        EXPECT_TRUE(connection.is_dead());
      },
      {.servers = one, .whole_only = true, .wrappings = {}});
}

// Rather read on than stop it half way; but not without end, and then that is said.
TEST(AbandonedResult, OfAStatementThatMayChangeSomethingIsStoppedWhenItIsVeryLarge) {
  const Server* const one[] = {&kMySql97};
  const std::string large(8'000'000, 'x'), value(60'000, 'x');  // 64 MiB, and less beyond that than fits into a socket's buffer
  replay(
      [&](const Server& server) {
        Script talk = script().reads(query("CALL p()")).sends(head({text("v")}), row({"one"}));
        for (int i = 0; i < 8; ++i) talk.sends(row({large}));
        for (int i = 0; i < 53; ++i) talk.sends(row({value}));
        return talk.meets(kills(server)).sends(kInterrupted).then(late_kill_absorbed()).then(another_query());
      },
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_TRUE(statement.run("CALL p()").fetch());
        EXPECT_EQ(statement.check(::SQLCloseCursor(statement.handle())), SQL_SUCCESS_WITH_INFO);
        ASSERT_EQ(statement.records().size(), 1u);
        EXPECT_EQ(statement.records()[0].state, "01000");
        expect_wire_in_step(connection);
      },
      {.servers = one, .whole_only = true, .wrappings = {}});
}

// The KILL is acknowledged, and nothing comes of it.
TEST(AbandonedResult, ThatGoesOnInSpiteOfTheKillEndsTheConnection) {
  const Server* const one[] = {&kMySql97};
  replay(
      [&](const Server& server) {
        const Reply as_much_as_is_read = {"many results", [](const Agreed& agreed) {
                                            const Packet another = ok(kAutocommit | kMoreResults).packets(agreed).front();
                                            return std::vector<Packet>(16'384, another);  // 16 bytes each
                                          }};
        Script talk = script().reads(query("SELECT 1")).sends(ok(kAutocommit | kMoreResults)).sends(as_much_as_is_read);
        talk.meets(kills(server));
        for (int i = 0; i < 80; ++i) talk.sends(ok(kAutocommit | kMoreResults)).pauses(100ms);
        return talk.expects_close();
      },
      [](Connection& connection) {
        Statement statement(connection);
        statement.run("SELECT 1");
        statement.check(::SQLFreeStmt(statement.handle(), SQL_CLOSE));
        EXPECT_TRUE(connection.is_dead());
        expect_error("08S01", 0, [&] { statement.run("SELECT 2"); });
      },
      {.servers = one, .whole_only = true});
}

// An INSERT ... RETURNING or a CALL has more to do than to send rows: it is read to its end.
TEST(AbandonedResult, OfAStatementThatMayChangeSomethingIsReadToItsEnd) {
  const std::string value(60000, 'x');
  Script talk = script().reads(query("CALL p()")).sends(head({text("v")}));
  for (int i = 0; i < 10; ++i) talk.sends(row({value}));
  replay(talk.sends(end(kAutocommit | kMoreResults), ok()).then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("CALL p()");
           EXPECT_TRUE(statement.fetch());
           statement.close();
           expect_wire_in_step(connection);
         },
         {.whole_only = true});
}

}  // namespace
}  // namespace selkie::test
