// A session whose character sets were changed by the application's SQL: utf8mb4 is restored in front of the next command.
#include <gtest/gtest.h>

#include <initializer_list>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using protocol::ByteWriter;

const Server* const kReporting[] = {&kMySql97, &kMariaDb118};
const Server* const kSilent[] = {&kMySql57Proxied, &kMariaDb1011};
constexpr const char* kLatin = "SET NAMES latin1";

Expectation restores(const Server& server) {
  return query(server.is_mariadb() ? "SET NAMES utf8mb4" : "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci");
}

// OK with changes of variables, one entry each. Spec: page_protocol_basic_ok_packet.html, SESSION_TRACK_SYSTEM_VARIABLES
Reply reports(const std::string& charset) {
  ByteWriter entries;
  for (const char* const variable : {"character_set_client", "character_set_results", "character_set_connection"}) {
    ByteWriter change;
    change.lenenc_text(variable);
    change.lenenc_text(charset);
    entries.u8(0);
    entries.lenenc_bytes(change.bytes());
  }
  ByteWriter out;
  out.u8(0x00), out.lenenc(0), out.lenenc(0);
  out.u16(kAutocommit | protocol::server_status::kSessionStateChanged), out.u16(0);
  out.lenenc_text("");
  out.lenenc_bytes(entries.bytes());
  return payload(copy_of(out.bytes()));
}

// Both go out together, and the first answer is nobody's.
TEST(ForeignCharset, IsUndoneInFrontOfTheNextCommandWithoutARoundTrip) {
  replay(
      [](const Server& server) {
        return script()
            .reads(query(kLatin))
            .sends(reports("latin1"))
            .reads(restores(server))
            .reads(query("SELECT 'next'"))
            .sends(reports("utf8mb4"))
            .next_answer()
            .sends(head({text("next")}), row({"next"}), end())
            .then(another_query());  // once is enough
      },
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_EQ(statement.check(::SQLExecDirect(statement.handle(), sql_text(kLatin), SQL_NTS)), SQL_SUCCESS_WITH_INFO);
        EXPECT_EQ(statement.records().at(0).state, "01000");
        expect_wire_in_step(connection);
        expect_wire_in_step(connection);
      },
      {.servers = kReporting});
}

TEST(ForeignCharset, IsUndoneInFrontOfAPreparation) {
  const std::string sql = "SELECT ?";
  const Server* const one[] = {&kMySql97};
  replay(
      [&](const Server& server) {
        return script()
            .reads(query(kLatin))
            .sends(reports("latin1"))
            .reads(restores(server))
            .reads(prepare(sql))
            .sends(reports("utf8mb4"))
            .next_answer()
            .sends(prepared(1, 1, {text("?")}))
            .reads(execute(1))
            .sends(head({text("?")}), binary_row({bytes("x")}), end())
            .then(another_query());
      },
      [&](Connection& connection) {
        std::int32_t value = 7;
        Statement(connection).run(kLatin);
        EXPECT_EQ(Statement(connection).prepare(sql).bind(1, value).execute().rows(), "x");
        expect_wire_in_step(connection);
      },
      {.servers = one, .settings = "STATEMENT_CACHE=8;", .cuts = false});
}

// What follows was written in utf8mb4, so the server must not take it for anything else.
TEST(ForeignCharset, ThatCannotBeUndoneEndsTheConnection) {
  replay(
      [](const Server& server) {
        return script()
            .reads(query(kLatin))
            .sends(reports("latin1"))
            .reads(restores(server))
            .reads(query("SELECT 1"))
            .sends(error(1231, "42000", "Variable 'character_set_client' can't be set"))
            .expects_close();
      },
      [](Connection& connection) {
        Statement(connection).run(kLatin);
        const OdbcError refused = expect_error("08S01", 1231, [&] { Statement(connection).run("SELECT 1"); });
        EXPECT_NE(refused.message().find("utf8mb4"), std::string::npos) << refused.message();
        EXPECT_TRUE(connection.is_dead());
      },
      {.servers = kReporting, .cuts = false, .losses = false});
}

TEST(ForeignCharset, IsUndoneByNothingWhereItIsUtf8mb4Again) {
  replay(
      [](const Server&) {
        return script()
            .reads(query(kLatin))
            .sends(reports("utf8mb4"))  // by a trigger, say
            .then(another_query());
      },
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_EQ(statement.check(::SQLExecDirect(statement.handle(), sql_text(kLatin), SQL_NTS)), SQL_SUCCESS);
        expect_wire_in_step(connection);
      },
      {.servers = kReporting, .cuts = false});
}

// A server, or a proxy, that reports nothing: the statement's own words tell.
TEST(ForeignCharset, IsSuspectedWhereTheServerReportsNothing) {
  for (const char* const sql : {kLatin, "/* x */ set @@session.character_set_results = NULL", "SET CHARACTER SET cp1250"}) {
    replay(
        [&](const Server& server) {
          return script()
              .reads(query(sql))
              .sends(ok())
              .reads(restores(server))
              .reads(query("SELECT 'next'"))
              .sends(ok())
              .next_answer()
              .sends(head({text("next")}), row({"next"}), end())
              .reads(query("SET @x = 'NAMES latin1'"))
              .sends(ok())
              .then(another_query());
        },
        [&](Connection& connection) {
          Statement(connection).run(sql);
          expect_wire_in_step(connection);
          Statement(connection).run("SET @x = 'NAMES latin1'");
          expect_wire_in_step(connection);
        },
        {.servers = kSilent, .cuts = false});
  }
}

// ANSI_QUOTES is in no status flag of MySQL: it is asked for once, and only where a text may be read in two ways.
TEST(AnsiQuotes, AreAskedForWhereTheTextDependsOnThem) {
  const Server* const one[] = {&kMySql97};
  const std::string sql = R"(SELECT 1 "a\", ? -- ")";
  const auto asks = [](const char* modes) {
    return script().reads(query("SELECT @@sql_mode")).sends(head({text("@@sql_mode")}), row({modes}), end());
  };
  const auto runs = [&] { return script().reads(query(sql)).sends(head({integer("a")}), row({"1"}), end()); };
  replay(script()
             .then(another_query())
             .then(asks("STRICT_TRANS_TABLES"))
             .then(runs())
             .then(runs())
             .reads(query("SET sql_mode = 'ANSI_QUOTES'"))
             .sends(ok())
             .then(asks("ANSI_QUOTES")),
         [&](Connection& connection) {
           expect_wire_in_step(connection);
           for (int i = 0; i < 2; ++i) EXPECT_EQ(Statement(connection).run(sql).rows(), "1");
           Statement(connection).run("SET sql_mode = 'ANSI_QUOTES'");
           expect_error("07002", 0, [&] { Statement(connection).run(sql); });  // its marker is bound to nothing
         },
         {.servers = one, .cuts = false});
}

}  // namespace
}  // namespace selkie::test
