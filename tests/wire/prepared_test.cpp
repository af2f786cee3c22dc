// Prepared statements through the whole driver, against scripted servers.
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using protocol::ByteWriter;

const std::string kSql = "SELECT id, name FROM t WHERE id > ?";
const std::vector<Definition> kColumns{integer("id"), text("name")};

// One SQL_C_SLONG.
SentParameters one_integer(std::int32_t value, bool with_type) {
  SentParameters sent;
  if (with_type) sent.types = {protocol::WireType::long_};
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(value));
  sent.values = copy_of(out.bytes());
  return sent;
}

TEST(PreparedStatement, RowsAreReadAndTheWireIsInStep) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), binary_row({null_value(), null_value()}), end())
            .reads(execute(1))
            .sends(head(kColumns), end())
            .reads(close_statement(1))
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        {
          Statement statement(connection);
          statement.prepare(kSql).bind(1, low).execute();
          EXPECT_EQ(statement.rows(), "7,seven; NULL,NULL");
          statement.close();
          EXPECT_EQ(statement.execute().rows(), "");
        }
        expect_wire_in_step(connection);  // the closed statement is told with the next command, and not answered
      },
      {.settings = "STATEMENT_CACHE=0;"});
}

TEST(PreparedStatement, ColumnsAreKnownBeforeExecutionAndTheServerIsAskedOnce) {
  replay(
      [](const Server&) {
        return script().reads(prepare(kSql)).sends(prepared(1, 1, kColumns)).reads(execute(1)).sends(head(kColumns), end());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low);
        EXPECT_EQ(statement.columns(), 2);
        SQLCHAR name[64] = {};
        SQLSMALLINT type = 0;
        statement.check(::SQLDescribeCol(statement.handle(), 1, name, sizeof name, nullptr, &type, nullptr, nullptr, nullptr));
        EXPECT_STREQ(reinterpret_cast<char*>(name), "id");
        EXPECT_EQ(type, SQL_INTEGER);
        EXPECT_EQ(statement.columns(), 2);
        EXPECT_EQ(statement.execute().rows(), "");
      });
}

// A client that looks whether an EOF is waiting in its buffer, instead of knowing that one must come, takes the late bytes for
// the next command's answer.
TEST(PreparedStatement, LastEofOfThePreparationMayComeInTwoPiecesLate) {
  const Packet eof_frame = frame(5, 6, Packet{0xfe, 0, 0, 2, 0});
  const Packet first(eof_frame.begin(), eof_frame.begin() + 5), second(eof_frame.begin() + 5, eof_frame.end());
  const Server* const classic[] = {&kMySql57Proxied};
  Packet prepare_ok{0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0};
  const Agreed nothing;
  replay(script()
             .reads(prepare(kSql))
             .sends(payload(prepare_ok), payload(definition_packet(text("?"), nothing)), eof())
             .sends(payload(definition_packet(kColumns[0], nothing)), payload(definition_packet(kColumns[1], nothing)))
             .pauses(20ms)
             .sends_bytes(first)
             .pauses(20ms)
             .sends_bytes(second)
             .reads(execute(1))
             .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end())
             .then(another_query()),
         [](Connection& connection) {
           std::int32_t low = 0;
           Statement statement(connection);
           statement.prepare(kSql).bind(1, low);
           EXPECT_EQ(statement.columns(), 2);
           EXPECT_EQ(statement.execute().rows(), "7,seven");
           expect_wire_in_step(connection);
         },
         {.servers = classic, .transport = Transport::tcp, .whole_only = true});
}

TEST(PreparedStatement, TypesAreSentOnceAndAgainWhenTheyChange) {
  const SentParameters null_of_the_same_type{.null_bitmap = 1};
  const SentParameters big{.types = {protocol::WireType::longlong}, .values = {9, 0, 0, 0, 0, 0, 0, 0}};
  replay(
      [&](const Server& server) {
        Script first = server.is_mariadb()
                           ? script().reads(prepare(kSql)).reads(execute_with(kLastPreparedId, one_integer(7, true)))
                           : script().reads(prepare(kSql));
        first.sends(prepared(1, 1, kColumns)).next_answer();
        if (!server.is_mariadb()) first.reads(execute_with(1, one_integer(7, true)));
        return first.sends(head(kColumns), end())
            .reads(execute_with(1, one_integer(8, false)))
            .sends(head(kColumns), end())
            .reads(execute_with(1, null_of_the_same_type))
            .sends(head(kColumns), end())
            .reads(execute_with(1, big))
            .sends(head(kColumns), end());
      },
      [](Connection& connection) {
        std::int32_t value = 7;
        SQLLEN length = 0;
        Statement s(connection);
        s.prepare(kSql);
        s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value, 0, &length));
        s.execute().close();
        value = 8;
        s.execute().close();
        length = SQL_NULL_DATA;
        s.execute().close();
        std::int64_t big_value = 9;
        s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, &big_value, 0, nullptr));
        s.execute().close();
      },
      {.cuts = false});
}

// MySQL casts what comes to the type that came first: 'seven' would be 0. On the same handle, and on another one that finds the
// text prepared.
TEST(PreparedStatement, ValueOfAnotherKindIsPreparedAnewWhereTheServerSettlesTypes) {
  const std::string sql = "SELECT ?";
  const Server* const settling[] = {&kMySql97};
  const auto executes = [](std::uint32_t id) {
    return script().reads(execute(id)).sends(head({text("?")}), binary_row({bytes("x")}), end());
  };
  const auto prepares_anew = [&](std::uint32_t closed, std::uint32_t id) {
    return script().reads(close_statement(closed)).reads(prepare(sql)).sends(prepared(id, 1, {text("?")})).then(executes(id));
  };
  replay(script()
             .reads(prepare(sql))
             .sends(prepared(1, 1, {text("?")}))
             .then(executes(1))          // 7
             .then(executes(1))          // NULL
             .then(prepares_anew(1, 2))  // "seven"
             .then(prepares_anew(2, 3))  // 7, by another handle
             .then(executes(3)),         // 8
         [&](Connection& connection) {
           std::int32_t number = 7;
           SQLLEN length = 0;
           const std::string text = "seven";
           {
             Statement first(connection);
             first.prepare(sql).bind(1, number).execute().close();
             length = SQL_NULL_DATA;
             first.check(::SQLBindParameter(first.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 5, 0,
                                            const_cast<char*>(text.data()), 5, &length));
             first.execute().close();
             first.bind(1, text, length).execute().close();
           }
           Statement second(connection);
           second.prepare(sql).bind(1, number).execute().close();
           number = 8;
           second.execute().close();
         },
         {.servers = settling, .cuts = false});
}

TEST(PreparedStatement, ErrorOfThePreparationIsReportedOnceAndTheWireIsInStep) {
  const auto no_table = error(1146, "42S02", "Table 'test.t' doesn't exist");
  replay(
      [&](const Server& server) {
        Script talk = script().reads(prepare(kSql));
        if (server.is_mariadb()) {  // the execution sent along has nothing to execute
          talk.reads(execute(kLastPreparedId))
              .sends(no_table)
              .next_answer()
              .sends(error(1243, "HY000", "Unknown prepared statement handler"));
        } else {
          talk.sends(no_table);
        }
        return talk.then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low);
        expect_error("42S02", 1146, [&] { statement.execute(); });
        EXPECT_EQ(statement.records().size(), 1u);
        expect_wire_in_step(connection);
      });
}

TEST(PreparedStatement, WhatTheServerCannotPrepareRunsAsTextWithLiterals) {
  const std::string sql = "SET @a = ?";
  const auto unsupported = error(1295, "HY000", "This command is not supported in the prepared statement protocol yet");
  replay(
      [&](const Server& server) {
        Script talk = script().reads(prepare(sql));
        if (server.is_mariadb()) {
          talk.reads(execute(kLastPreparedId)).sends(unsupported).next_answer().sends(error(1243, "HY000", "Unknown handler"));
        } else {
          talk.sends(unsupported);
        }
        return talk.reads(query("SET @a = 7")).sends(ok()).then(another_query());
      },
      [&](Connection& connection) {
        std::int32_t value = 7;
        Statement(connection).prepare(sql).bind(1, value).execute();
        expect_wire_in_step(connection);
      });
}

// MySQL drops markers that its resolver finds superfluous, and some proxies count none in a SET.
TEST(PreparedStatement, FewerParametersThanMarkersRunAsTextWithLiterals) {
  const std::string sql = "SELECT id FROM t WHERE id > ? ORDER BY ?";
  replay(script()
             .reads(prepare(sql))
             .sends(prepared(4, 1, {integer("id")}))
             .reads(close_statement(4))
             .reads(query("SELECT id FROM t WHERE id > 7 ORDER BY 1"))
             .sends(head({integer("id")}), row({"8"}), end())
             .then(another_query()),
         [&](Connection& connection) {
           std::int32_t low = 7, order = 1;
           Statement statement(connection);
           statement.prepare(sql).bind(1, low).bind(2, order).execute();
           EXPECT_EQ(statement.rows(), "8");
           expect_wire_in_step(connection);
         },
         {.servers = kMySqls});
}

TEST(PreparedStatement, ExecutionMayReturnRowsThoughThePreparationSaidNone) {
  const std::string sql = "INSERT INTO t VALUES (?) RETURNING id";
  replay(
      [&](const Server& server) {
        return prepares_and_executes(server, sql, 1, 1, {})
            .sends(head({integer("id")}), binary_row({int32(41)}), end())
            .reads(execute(1))
            .sends(head({integer("id")}), binary_row({int32(42)}), end())
            .then(another_query());
      },
      [&](Connection& connection) {
        std::int32_t value = 7;
        Statement statement(connection);
        statement.prepare(sql).bind(1, value).execute();
        EXPECT_EQ(statement.columns(), 1);
        EXPECT_EQ(statement.rows(), "41");
        statement.close();
        EXPECT_EQ(statement.execute().rows(), "42");
        expect_wire_in_step(connection);
      });
}

TEST(PreparedStatement, ExecutionMayReturnNoRowsThoughThePreparationSaidSome) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(ok(kAutocommit, {.affected_rows = 3}))
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 7;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low).execute();
        EXPECT_EQ(statement.columns(), 0);
        EXPECT_EQ(statement.row_count(), 3);
        expect_wire_in_step(connection);
      });
}

TEST(PreparedStatement, BoundColumnThatTheTableNoLongerHasIsAnErrorAndNotWrittenTo) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end())
            .reads(execute(1))
            .sends(head({integer("id")}), binary_row({int32(8)}), end())
            .then(another_query());
      },
      [](Connection& connection) {
        std::int32_t low = 0, id = 0;
        std::array<char, 16> name{};
        SQLLEN id_length = 0, name_length = 0;
        Statement s(connection);
        s.prepare(kSql).bind(1, low);
        s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &id, 0, &id_length));
        s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, name.data(), name.size(), &name_length));
        s.execute();
        EXPECT_TRUE(s.fetch());
        EXPECT_EQ(id, 7);
        EXPECT_STREQ(name.data(), "seven");
        s.close();
        name = {'?'};
        s.execute();
        EXPECT_EQ(s.columns(), 1);
        expect_error("07009", 0, [&] { s.fetch(); });
        EXPECT_STREQ(name.data(), "?");
        s.close();
        expect_wire_in_step(connection);
      });
}

// A proxy may answer with definitions that are no longer the table's.
TEST(PreparedStatement, RowThatDoesNotFitItsDefinitionsEndsTheConnection) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), binary_row({int32(7), bytes("seven"), int64(1)}), end())
            .expects_close();
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low).execute();
        expect_error("08S01", 0, [&] { statement.fetch(); });
        EXPECT_TRUE(connection.is_dead());
      });
}

TEST(PreparedStatement, NullsAreFoundInEveryByteOfTheBitmap) {
  const std::string sql = "SELECT * FROM wide WHERE id = ?";
  std::vector<Definition> columns;
  std::vector<BinaryValue> values;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    columns.push_back(integer("c" + std::to_string(i)));
    values.push_back(i % 3 == 0 ? null_value() : int32(i));
    expected += (i == 0 ? "" : ",") + (i % 3 == 0 ? std::string("NULL") : std::to_string(i));
  }
  replay(
      [&](const Server& server) {
        return prepares_and_executes(server, sql, 1, 1, columns).sends(head(columns), binary_row(values), end());
      },
      [&](Connection& connection) {
        std::int32_t id = 0;
        EXPECT_EQ(Statement(connection).prepare(sql).bind(1, id).execute().rows(), expected);
      },
      {.cuts = false});
}

TEST(PreparedStatement, AnotherTextClosesTheFormerStatement) {
  const std::string other = "SELECT 2 FROM u WHERE a = ?";
  replay(
      [&](const Server& server) {
        Script talk =
            prepares_and_executes(server, kSql, 1, 1, kColumns).sends(head(kColumns), end()).reads(close_statement(1));
        return talk.then(prepares_and_executes(server, other, 2, 1, {integer("2")})).sends(head({integer("2")}), end());
      },
      [&](Connection& connection) {
        std::int32_t low = 0;
        Statement statement(connection);
        statement.prepare(kSql).bind(1, low).execute().close();
        EXPECT_EQ(statement.prepare(other).execute().rows(), "");
      },
      {.settings = "STATEMENT_CACHE=0;", .cuts = false});
}

TEST(StatementCache, TextPreparedBeforeCostsNoSecondPreparation) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end())
            .reads(execute(1))
            .sends(head(kColumns), binary_row({int32(8), bytes("eight")}), end())
            .then(another_query());
      },
      [](Connection& connection) {
        for (const char* expected : {"7,seven", "8,eight"}) {
          std::int32_t low = 0;
          Statement statement(connection);
          EXPECT_EQ(statement.prepare(kSql).bind(1, low).execute().rows(), expected);
        }
        expect_wire_in_step(connection);
      });
}

// The table may be another one by now, and MySQL goes on with the types that its parameters had.
TEST(StatementCache, AfterACreateOrDropTextsArePreparedAnew) {
  replay(
      [](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), end())
            .reads(query("DROP TABLE t"))
            .sends(ok())
            .reads(close_statement(1))
            .then(prepares_and_executes(server, kSql, 2, 1, {integer("id")}))
            .sends(head({integer("id")}), binary_row({int32(8)}), end());
      },
      [](Connection& connection) {
        std::int32_t low = 0;
        Statement(connection).prepare(kSql).bind(1, low).execute();
        Statement(connection).run("DROP TABLE t");
        EXPECT_EQ(Statement(connection).prepare(kSql).bind(1, low).execute().rows(), "8");
      },
      {.cuts = false});
}

TEST(StatementCache, WhatFallsOutIsClosedWithTheNextCommand) {
  const std::string other = "SELECT 2 FROM u WHERE a = ?";
  replay(
      [&](const Server& server) {
        return prepares_and_executes(server, kSql, 1, 1, kColumns)
            .sends(head(kColumns), end())
            .then(prepares_and_executes(server, other, 2, 1, {integer("2")}))
            .sends(head({integer("2")}), end())
            .reads(close_statement(1))
            .then(another_query());
      },
      [&](Connection& connection) {
        for (const std::string& sql : {kSql, other}) {
          std::int32_t value = 0;
          Statement(connection).prepare(sql).bind(1, value).execute();
        }
        expect_wire_in_step(connection);
      },
      {.settings = "STATEMENT_CACHE=1;", .cuts = false});
}

}  // namespace
}  // namespace selkie::test
