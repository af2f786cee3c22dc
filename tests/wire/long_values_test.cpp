// Values that go to a prepared statement in pieces and come back from a procedure, against scripted servers.
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

// Not NULL, and no value: it went out before.
SentParameters no_value(protocol::WireType type) { return {.types = {type}}; }

constexpr const char* kInsertOne = "INSERT INTO t VALUES (?)";

// An INSERT of one value that is awaited: executed, and asked for the value.
struct AwaitedValue {
  AwaitedValue(Connection& connection, SQLSMALLINT c_type, SQLSMALLINT sql_type) : s(connection) {
    s.prepare(kInsertOne);
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, c_type, sql_type, 0, 0, this, 0, &length));
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
    EXPECT_EQ(next(), SQL_NEED_DATA);
    EXPECT_EQ(token, this);
  }
  SQLRETURN next() { return s.check(::SQLParamData(s.handle(), &token)); }
  void put(const void* data, std::size_t bytes) {
    s.check(::SQLPutData(s.handle(), const_cast<void*>(data), static_cast<SQLLEN>(bytes)));
  }

  Statement s;
  SQLLEN length = SQL_DATA_AT_EXEC;
  SQLPOINTER token = nullptr;
};

// The server answers nothing to the pieces; what was wrong with them shows at the execution.
TEST(LongData, PiecesAreNotAnsweredAndTheirErrorShowsAtExecution) {
  replay(
      [&](const Server&) {
        return script()
            .reads(prepare(kInsertOne))
            .sends(prepared(1, 1, {}))
            .reads(long_data(1, 0, "first "))
            .reads(long_data(1, 0, "second"))
            .reads(execute_with(1, no_value(protocol::WireType::blob)))
            .sends(
                error(1105, "HY000", "Parameter of prepared statement which is set through mysql_send_long_data() is too long"))
            .then(another_query());
      },
      [&](Connection& connection) {
        AwaitedValue value(connection, SQL_C_BINARY, SQL_LONGVARBINARY);
        value.put("first ", 6);
        value.put("second", 6);
        expect_error("HY000", 1105, [&] { value.next(); });
        expect_wire_in_step(connection);
      },
      {.cuts = false});
}

TEST(LongData, EmptyPieceIsSentAndIsAnEmptyValueNotNull) {
  replay(
      [&](const Server&) {
        return script()
            .reads(prepare(kInsertOne))
            .sends(prepared(1, 1, {}))
            .reads(long_data(1, 0, ""))
            .reads(execute_with(1, no_value(protocol::WireType::blob)))
            .sends(ok(kAutocommit, {.affected_rows = 1}))
            .then(another_query());
      },
      [&](Connection& connection) {
        AwaitedValue value(connection, SQL_C_BINARY, SQL_LONGVARBINARY);
        value.put("", 0);
        EXPECT_EQ(value.next(), SQL_SUCCESS);
        EXPECT_EQ(value.s.row_count(), 1);
        expect_wire_in_step(connection);
      },
      {.cuts = false});
}

// UTF-16 may be cut inside a surrogate pair, but not end there; nothing of such a value arrives.
TEST(LongData, WideTextThatEndsInsideACharacterIsRefusedAndTheNextExecutionStartsAnew) {
  struct Pieces {
    std::vector<std::u16string> sent;
    std::vector<std::string> received;
    bool is_whole;
  };
  const Pieces all[] = {
      {{u"a\xd83d", u"\xde00 b"}, {"a", "\xf0\x9f\x98\x80 b"}, true},
      {{u"a", u"b\xd83d"}, {"a", "b"}, false},
      {{u"a", u"b\xdc00"}, {"a"}, false},
      {{u"a",
        u"\xd83d"
        u"b"},
       {"a"},
       false},
  };
  for (const Pieces& pieces : all) {
    replay(
        [&](const Server&) {
          Script talk = script().reads(prepare(kInsertOne)).sends(prepared(1, 1, {}));
          for (const std::string& piece : pieces.received) talk.reads(long_data(1, 0, piece));
          if (!pieces.is_whole) return talk.reads(close_statement(1)).then(another_query());
          return talk.reads(execute_with(1, no_value(protocol::WireType::var_string)))
              .sends(ok(kAutocommit, {.affected_rows = 1}))
              .then(another_query());
        },
        [&](Connection& connection) {
          AwaitedValue value(connection, SQL_C_WCHAR, SQL_WLONGVARCHAR);
          const auto send_all = [&] {
            for (const std::u16string& piece : pieces.sent) value.put(piece.data(), piece.size() * 2);
            EXPECT_EQ(value.next(), SQL_SUCCESS);
          };
          if (pieces.is_whole) {
            send_all();
          } else {
            expect_error("22018", 0, send_all);
            EXPECT_EQ(value.s.check(::SQLExecute(value.s.handle())),
                      SQL_NEED_DATA);  // data is awaited no longer, so it may run again
          }
          expect_wire_in_step(connection);
        },
        {.whole_only = true});
  }
}

// The rows of OUT values are marked in other places with and without EOF packets, and are never the last result.
TEST(PreparedCall, OutValuesAreDeliveredAndTheCallsOkIsRead) {
  const std::string sql = "CALL p(?)";
  replay(
      [&](const Server& server) {
        const bool eofs = (server.capabilities & protocol::capability::kDeprecateEof) == 0;
        const std::uint16_t marked = kAutocommit | kMoreResults | kOutParams;
        const std::vector<Definition> out{integer("a")};
        return prepares_and_executes(server, sql, 1, 1, {})
            .sends(head(out, marked), binary_row({int32(42)}), end(eofs ? kAutocommit : marked), ok())
            .then(another_query());
      },
      [&](Connection& connection) {
        std::int32_t value = 0;
        SQLLEN length = 0;
        Statement s(connection);
        s.prepare("{CALL p(?)}");
        s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value, 0, &length));
        s.execute();
        EXPECT_FALSE(s.more());
        EXPECT_EQ(value, 42);
        expect_wire_in_step(connection);
      });
}

// What the driver manager would not let through: SQL_APD_TYPE, a value that nobody read, and SQLMoreResults before the end.
TEST(PreparedCall, StreamedOutValuesAreReadOrGivenUp) {
  const std::string sql = "CALL p(?,?)";
  const auto client = [&](const std::function<void(Statement&, SQLPOINTER&)>& body) {
    return [&, body](Connection& connection) {
      static std::int32_t bound = 0;
      SQLLEN length = 0;
      SQLPOINTER token = nullptr;
      bound = 0;
      Statement s(connection);
      s.prepare(sql);
      s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_OUTPUT_STREAM, SQL_C_SLONG, SQL_INTEGER, 0, 0, &token, 0, nullptr));
      s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &bound, 0, &length));
      EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_PARAM_DATA_AVAILABLE);
      EXPECT_EQ(bound, 0);
      body(s, token);
      EXPECT_EQ(bound, 43);
      EXPECT_FALSE(s.more());
      expect_wire_in_step(connection);
    };
  };
  const Talk talk = [&](const Server& server) {
    const bool eofs = (server.capabilities & protocol::capability::kDeprecateEof) == 0;
    const std::uint16_t marked = kAutocommit | kMoreResults | kOutParams;
    const std::vector<Definition> out{integer("a"), integer("b")};
    return prepares_and_executes(server, sql, 1, 2, {})
        .sends(head(out, marked), binary_row({int32(42), int32(43)}), end(eofs ? kAutocommit : marked), ok())
        .then(another_query());
  };
  constexpr SQLSMALLINT kApdType = -100;  // SQL_APD_TYPE
  replay(talk, client([](Statement& s, SQLPOINTER& token) {
           SQLPOINTER named = nullptr;
           EXPECT_EQ(s.check(::SQLParamData(s.handle(), &named)), SQL_PARAM_DATA_AVAILABLE);
           EXPECT_EQ(named, &token);
           std::int32_t value = 0;
           SQLLEN length = 0;
           EXPECT_EQ(s.check(::SQLGetData(s.handle(), 1, kApdType, &value, 0, &length)), SQL_SUCCESS);
           EXPECT_EQ(value, 42);
           EXPECT_EQ(s.check(::SQLGetData(s.handle(), 1, kApdType, &value, 0, &length)), SQL_NO_DATA);
           EXPECT_EQ(s.check(::SQLParamData(s.handle(), &named)), SQL_SUCCESS);
         }));
  replay(talk, client([](Statement& s, SQLPOINTER&) {
           SQLPOINTER named = nullptr;
           EXPECT_EQ(s.check(::SQLParamData(s.handle(), &named)), SQL_PARAM_DATA_AVAILABLE);
           EXPECT_EQ(s.check(::SQLParamData(s.handle(), &named)), SQL_SUCCESS);
         }),
         {.whole_only = true});
  replay(talk, client([](Statement& s, SQLPOINTER&) { EXPECT_FALSE(s.more()); }), {.whole_only = true});
}

}  // namespace
}  // namespace selkie::test
