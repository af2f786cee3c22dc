// Servers behind a proxy or a balancer that know nothing of a statement prepared earlier; and modes of the session that change
// how text is read, seen in the status flags alone.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const std::string kSql = "SELECT id, name FROM t WHERE id > ?";
const std::vector<Definition> kColumns{integer("id"), text("name")};
const Reply kUnknownHandler = error(1243, "HY000", "Unknown prepared statement handler (1) given to mysqld_stmt_execute");

Script prepares_anew(std::uint32_t id) {
  return script().reads(prepare(kSql)).sends(prepared(id, 1, kColumns)).reads(execute(id));
}

TEST(LostStatement, IsPreparedAnewOutsideATransaction) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end())
            .reads(execute(1))
            .sends(kUnknownHandler)
            .reads(close_statement(1))
            .then(prepares_anew(2))
            .sends(head(kColumns), binary_row({int32(8), bytes("eight")}), end())
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        EXPECT_EQ(statement.prepare(kSql).bind(1, low).execute().rows(), "7,seven");
        statement.close();
        EXPECT_EQ(statement.execute().rows(), "8,eight");
        expect_wire_in_step(connection);
      },
      {.cuts = false});
}

// Servers that only imitate these may prepare nothing at all: that is learnt once, and no reason to give a connection up.
TEST(UnknownCommand, ServerThatPreparesNothingGetsValuesInTheTextFromThenOn) {
  replay(
      [](const Server& server) {
        const auto answers = [] { return script().sends(head(kColumns), row({"8", "eight"}), end()); };
        Script talk = script().reads(prepare(kSql));
        if (server.is_mariadb()) talk.reads(execute(kLastPreparedId));
        talk.sends(error(1047, "08S01", "Unknown command"));
        if (server.is_mariadb()) talk.next_answer().sends(error(1047, "08S01", "Unknown command"));
        return talk.reads(query("SELECT id, name FROM t WHERE id > 7"))
            .then(answers())
            .reads(query("SELECT id, name FROM t WHERE id > 7"))
            .then(answers())
            .reads(query("SELECT 8"))
            .then(answers());
      },
      [](Connection& connection) {
        std::int32_t low = 7;
        for (int i = 0; i < 2; ++i) {
          Statement statement(connection);
          EXPECT_EQ(statement.prepare(kSql).bind(1, low).execute().rows(), "8,eight");
        }
        Statement other(connection);
        EXPECT_EQ(other.prepare("SELECT 8").columns(), 0);  // nobody can tell before it runs
        EXPECT_EQ(other.execute().rows(), "8,eight");
        EXPECT_FALSE(connection.is_dead());
      },
      {.cuts = false, .losses = false});
}

// What the transaction did before is lost as well: only the application knows what to do about that.
TEST(LostStatement, InsideATransactionIsTheApplicationsToKnow) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns, kInTransaction), end(kInTransaction))
            .reads(execute(1))
            .sends(kUnknownHandler)
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low).execute().close();
        expect_error("HY000", 1243, [&] { statement.execute(); });
        expect_wire_in_step(connection);
      },
      {.cuts = false});
}

TEST(LostStatement, LostAgainAtOnceIsReported) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), end())
            .reads(execute(1))
            .sends(kUnknownHandler)
            .reads(close_statement(1))
            .then(prepares_anew(2))
            .sends(kUnknownHandler)
            .reads(close_statement(2))
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        {
          Statement statement(connection);
          statement.prepare(kSql).bind(1, low).execute().close();
          expect_error("HY000", 1243, [&] { statement.execute(); });
        }
        expect_wire_in_step(connection);
      },
      {.settings = "STATEMENT_CACHE=0;", .cuts = false});
}

// A proxy for MariaDB may prepare well and know nothing of "the statement prepared just before".
TEST(LostStatement, ProxyThatKnowsNoLastStatementIsToldItsNumber) {
  replay(prepares_and_executes(kMariaDb118, kSql, 1, 1, kColumns)
             .sends(kUnknownHandler)
             .reads(close_statement(1))
             .then(prepares_anew(2))
             .sends(head(kColumns), binary_row({int32(8), bytes("eight")}), end())
             .then(another_query()),
         [](Connection& connection) {
           std::int32_t low = 0;
           EXPECT_EQ(Statement(connection).prepare(kSql).bind(1, low).execute().rows(), "8,eight");
           expect_wire_in_step(connection);
         },
         {.servers = kMariaDbs, .cuts = false});
}

// No proxy tracks sql_mode; the flag comes with every OK.
TEST(NoBackslashEscapes, StatusFlagAloneChangesWhereStringsEnd) {
  constexpr std::uint16_t kNoBackslashes = kAutocommit | protocol::server_status::kNoBackslashEscapes;
  const std::string set = "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", sql = R"(SELECT '\', ?)";
  replay(
      [&](const Server& server) {
        return script()
            .reads(query(set))
            .sends(ok(kNoBackslashes))
            .then(prepares_and_executes(server, sql, 1, 1, {text("a"), integer("b")}))
            .sends(head({text("a"), integer("b")}, kNoBackslashes), binary_row({bytes("\\"), int32(7)}), end(kNoBackslashes));
      },
      [&](Connection& connection) {
        std::int32_t value = 7;
        Statement statement(connection);
        statement.prepare(sql);  // as yet one string, which does not end
        Statement(connection).run(set);
        EXPECT_EQ(statement.prepare(sql).bind(1, value).execute().rows(), "\\,7");
      },
      {.cuts = false});
}

TEST(Noscan, TheSameTextIsTranslatedOnceItsEscapesAreLookedFor) {
  const std::string sql = "SELECT {fn PI()}";
  replay(script().reads(query(sql)).sends(ok()).reads(query("SELECT PI()")).sends(ok()).reads(query(sql)).sends(ok()),
         [&](Connection& connection) {
           Statement statement(connection);
           for (const std::uintptr_t noscan : {SQL_NOSCAN_ON, SQL_NOSCAN_OFF, SQL_NOSCAN_ON}) {
             statement.set(SQL_ATTR_NOSCAN, noscan);
             statement.run(sql);
           }
         },
         {.cuts = false});
}

// Numbers that client libraries use for errors of their own: from a server, they are its own, and the connection is well.
TEST(ErrorNumbersOfClientLibraries, FromTheServerKeepItsWordsAndTheConnection) {
  for (const int number : {2027, 2050, 5001}) {
    const auto code = static_cast<std::uint16_t>(number);
    SCOPED_TRACE(code);
    replay(script().reads(query("SELECT 1")).sends(error(code, "HY000", "said the server")).then(another_query()),
           [&](Connection& connection) {
             const OdbcError failure = expect_error("HY000", code, [&] { Statement(connection).run("SELECT 1"); });
             EXPECT_NE(failure.message().find("said the server"), std::string::npos) << failure.message();
             expect_wire_in_step(connection);
           },
           {.cuts = false});
  }
}

}  // namespace
}  // namespace selkie::test
