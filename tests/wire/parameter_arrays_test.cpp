// Arrays of parameters through the whole driver, against scripted servers: what goes in which round trip.
#include <gtest/gtest.h>

#include <array>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using protocol::ByteWriter;

const std::string kInsert = "INSERT INTO t VALUES (?)";
constexpr const Server* kWithBulk[] = {&kMariaDb118};
constexpr std::uint16_t kOpen = kInTransaction;  // autocommit is off

// COM_STMT_BULK_EXECUTE, whatever its values.
Expectation bulk(std::uint32_t id) {
  ByteWriter head;
  head.u8(0xfa);
  head.u32(id);
  return packet_starting(copy_of(head.bytes()));
}

// A prepared statement, bound to three sets.
struct Three {
  explicit Three(Connection& connection, const std::string& sql = kInsert) : statement(connection) {
    statement.set(SQL_ATTR_PARAMSET_SIZE, values.size());
    statement.set(SQL_ATTR_PARAM_STATUS_PTR, statuses.data());
    statement.set(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    statement.prepare(sql).bind(1, values[0]);
  }
  std::array<std::int32_t, 3> values{1, 2, 3};
  std::array<SQLUSMALLINT, 3> statuses{};
  SQLULEN processed = 0;
  Statement statement;
};

// The server reads all that is here before it answers any of it.
Script prepares_with_its_first_command() {
  return script().reads(query("SET autocommit=0")).reads(prepare(kInsert)).reads(bulk(kLastPreparedId));
}

TEST(ParameterArray, IsPreparedInTheRoundTripOfItsFirstCommand) {
  replay(prepares_with_its_first_command()
             .sends(ok(0))
             .next_answer()
             .sends(prepared(7, 1, {}))
             .next_answer()
             .sends(ok(kOpen, {.affected_rows = 3}))
             .reads(query("SET autocommit=1"))
             .sends(ok())
             .reads(query("SET autocommit=0"))
             .reads(bulk(7))
             .sends(ok(0))
             .next_answer()
             .sends(ok(kOpen, {.affected_rows = 3}))
             .reads(query("SET autocommit=1"))
             .sends(ok())
             .then(another_query()),
         [](Connection& connection) {
           Three three(connection);
           EXPECT_EQ(three.statement.execute().row_count(), 3);
           EXPECT_EQ(three.statement.execute().row_count(), 3);
           EXPECT_EQ(three.processed, 3u);
           expect_wire_in_step(connection);
         },
         {.servers = kWithBulk});
}

TEST(ParameterArray, InATransactionTakesOneRoundTripWithItsPreparation) {
  replay(script()
             .reads(query("SET autocommit=0"))
             .sends(ok(0))
             .reads(query("SAVEPOINT selkie_rows"))
             .reads(prepare(kInsert))
             .reads(bulk(kLastPreparedId))
             .sends(ok(kOpen))
             .next_answer()
             .sends(prepared(7, 1, {}))
             .next_answer()
             .sends(ok(kOpen, {.affected_rows = 3}))
             .reads(query("ROLLBACK"))
             .sends(ok(0)),
         [](Connection& connection) {
           connection.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
           Three three(connection);
           EXPECT_EQ(three.statement.execute().row_count(), 3);
           connection.rollback();
         },
         {.servers = kWithBulk, .cuts = false});
}

TEST(ParameterArray, ThatCannotBePreparedFailsOnceAndTheConnectionGoesOn) {
  replay(prepares_with_its_first_command()
             .sends(ok(0))
             .next_answer()
             .sends(error(1146, "42S02", "Table 'test.t' doesn't exist"))
             .next_answer()
             .sends(error(1243, "HY000", "Unknown prepared statement handler"))
             .reads(query("SET autocommit=1"))
             .sends(ok())
             .reads(prepare(kInsert))
             .sends(error(1146, "42S02", "Table 'test.t' doesn't exist"))
             .then(another_query()),
         [](Connection& connection) {
           Three three(connection);
           const OdbcError failure = expect_error("42S02", 1146, [&] { three.statement.execute(); });
           EXPECT_EQ(failure.records().size(), 1u);
           expect_wire_in_step(connection);
         },
         {.servers = kWithBulk});
}

// Whoever stopped the preparation does not want the rows one by one.
TEST(ParameterArray, StoppedInItsPreparationIsNotRunAgain) {
  replay(prepares_with_its_first_command()
             .sends(ok(0))
             .next_answer()
             .sends(error(1317, "70100", "Query execution was interrupted"))
             .next_answer()
             .sends(error(1243, "HY000", "Unknown prepared statement handler"))
             .reads(query("ROLLBACK"))
             .sends(ok(0))
             .reads(query("SET autocommit=1"))
             .sends(ok())
             .then(another_query()),
         [](Connection& connection) {
           Three three(connection);
           expect_error("70100", 1317, [&] { three.statement.execute(); });
           EXPECT_EQ(three.statuses[0], SQL_PARAM_ERROR);
           expect_wire_in_step(connection);
         },
         {.servers = kWithBulk, .cuts = false, .losses = false});
}

// Rows that it returns are the application's, so each set is run by itself.
TEST(ParameterArray, ThatMayReturnRowsIsPreparedFirst) {
  const std::string returning = "INSERT INTO t VALUES (?) Returning id";
  const std::vector<Definition> columns{integer("id")};
  const auto rows_of = [&](std::int32_t id) {
    return script().reads(execute(7)).sends(head(columns), binary_row({int32(id)}), end());
  };
  replay(script().reads(prepare(returning)).sends(prepared(7, 1, columns)).then(rows_of(1)).then(rows_of(2)).then(rows_of(3)),
         [&](Connection& connection) {
           Three three(connection, returning);
           three.statement.execute();
           EXPECT_EQ(three.statement.rows(), "1");
           three.statement.check(::SQLMoreResults(three.statement.handle()));
           EXPECT_EQ(three.statement.rows(), "2");
           three.statement.check(::SQLMoreResults(three.statement.handle()));
           EXPECT_EQ(three.statement.rows(), "3");
         },
         {.servers = kWithBulk, .cuts = false, .losses = false});
}

}  // namespace
}  // namespace selkie::test
