// MariaDB leaves out the column definitions that the client has: every case in which it does, and in which it sends them again.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const std::string kSql = "SELECT id, name FROM t WHERE id > ?";
const std::vector<Definition> kColumns{integer("id"), text("name")};
const ReplayOptions kOnMariaDb{.servers = kMariaDbs};

Script first_execution(const std::vector<Definition>& columns = kColumns) {
  return prepares_and_executes(kMariaDb118, kSql, 1, 1, columns);
}

struct Prepared {
  explicit Prepared(Connection& connection) : statement(connection) { statement.prepare(kSql).bind(1, low); }
  std::string run() {
    std::string rows = statement.execute().rows();
    statement.close();
    return rows;
  }
  std::int32_t low = 0;
  Statement statement;
};

TEST(OmittedDefinitions, FirstExecutionUsesThoseOfThePreparation) {
  replay(
      first_execution()
          .sends(head_without_definitions(2), binary_row({int32(7), bytes("seven")}), end())
          .reads(execute(1))
          .sends(head_without_definitions(2), binary_row({int32(8), bytes("eight")}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        EXPECT_EQ(prepared.run(), "7,seven");
        EXPECT_EQ(prepared.run(), "8,eight");
      },
      kOnMariaDb);
}

// The server statement outlives its handle, and its definitions go with it to the next one of the same text.
TEST(OmittedDefinitions, AreKnownOfAStatementTakenFromTheCache) {
  replay(
      first_execution()
          .sends(head(kColumns), binary_row({int32(7), bytes("seven")}), end())
          .reads(query("SELECT 'x'"))
          .sends(head({text("x")}), row({"x"}), end())
          .reads(execute(1))
          .sends(head_without_definitions(2), binary_row({int32(8), bytes("eight")}), end()),
      [](Connection& connection) {
        EXPECT_EQ(Prepared(connection).run(), "7,seven");
        EXPECT_EQ(Statement(connection).run("SELECT 'x'").rows(), "x");
        EXPECT_EQ(Prepared(connection).run(), "8,eight");
      },
      kOnMariaDb);
}

TEST(OmittedDefinitions, ChangedOnesAreSentAgainAndKept) {
  const std::vector<Definition> wider{integer("id"), text("name"), big_integer("size")};
  replay(
      first_execution()
          .sends(head_without_definitions(2), binary_row({int32(7), bytes("seven")}), end())
          .reads(execute(1))
          .sends(head(wider), binary_row({int32(8), bytes("eight"), int64(88)}), end())
          .reads(execute(1))
          .sends(head_without_definitions(3), binary_row({int32(9), bytes("nine"), int64(99)}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        EXPECT_EQ(prepared.run(), "7,seven");
        EXPECT_EQ(prepared.run(), "8,eight,88");
        EXPECT_EQ(prepared.run(), "9,nine,99");
      },
      kOnMariaDb);
}

// An execution whose rows nobody wants must still take note of the new definitions.
TEST(OmittedDefinitions, ChangeSeenByAnExecutionWithoutAFetchIsKept) {
  const std::vector<Definition> other{big_integer("id"), text("name")};
  replay(
      first_execution()
          .sends(head(other), binary_row({int64(7), bytes("seven")}), end())
          .reads(execute(1))
          .sends(head_without_definitions(2), binary_row({int64(1'000'000'000'000), bytes("more")}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        prepared.statement.execute().close();
        EXPECT_EQ(prepared.run(), "1000000000000,more");
      },
      kOnMariaDb);
}

// INSERT ... RETURNING: the preparation promises nothing, the first execution brings the definitions.
TEST(OmittedDefinitions, ThoseThatOnlyTheExecutionBroughtAreKept) {
  replay(
      first_execution({})
          .sends(head({integer("id")}), binary_row({int32(41)}), end())
          .reads(execute(1))
          .sends(head_without_definitions(1), binary_row({int32(42)}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        EXPECT_EQ(prepared.run(), "41");
        EXPECT_EQ(prepared.run(), "42");
      },
      kOnMariaDb);
}

// SELECT ?: what the parameter is shows only when it is bound.
TEST(OmittedDefinitions, ExecutionMayDescribeAnotherTypeThanThePreparation) {
  replay(
      first_execution({text("?")})
          .sends(head({big_integer("?")}), binary_row({int64(7)}), end())
          .reads(execute(1))
          .sends(head_without_definitions(1), binary_row({int64(8)}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        EXPECT_EQ(prepared.run(), "7");
        EXPECT_EQ(prepared.run(), "8");
      },
      kOnMariaDb);
}

TEST(OmittedDefinitions, OthersThanTheExecutedStatementsOwnAreNotMixedUp) {
  replay(
      first_execution()
          .sends(head_without_definitions(2), binary_row({int32(7), bytes("seven")}), end())
          .reads(query("SELECT 'x'"))
          .sends(head({text("x")}), row({"x"}), end())
          .reads(execute(1))
          .sends(head_without_definitions(2), binary_row({int32(8), bytes("eight")}), end()),
      [](Connection& connection) {
        Prepared prepared(connection);
        EXPECT_EQ(prepared.run(), "7,seven");
        EXPECT_EQ(Statement(connection).run("SELECT 'x'").rows(), "x");
        EXPECT_EQ(prepared.run(), "8,eight");
      },
      kOnMariaDb);
}

TEST(OmittedDefinitions, AnotherCountThanTheKnownOneEndsTheConnection) {
  replay(
      first_execution().sends(head_without_definitions(3), binary_row({int32(7), bytes("x"), int64(1)}), end()).expects_close(),
      [](Connection& connection) {
        Prepared prepared(connection);
        expect_error("08S01", 0, [&] { prepared.run(); });
        EXPECT_TRUE(connection.is_dead());
      },
      kOnMariaDb);
}

TEST(OmittedDefinitions, OfATextResultThatNeverHadAnyEndTheConnection) {
  replay(
      script().reads(query("SELECT 1")).sends(head_without_definitions(1), row({"1"}), end()).expects_close(),
      [](Connection& connection) {
        expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
        EXPECT_TRUE(connection.is_dead());
      },
      kOnMariaDb);
}

// The flag byte is in every result header, of text results and behind the first one, too.
TEST(OmittedDefinitions, FlagIsReadInEveryResultOfACall) {
  replay(
      script()
          .reads(query("CALL p()"))
          .sends(head({integer("n")}), row({"1"}), end(kAutocommit | kMoreResults))
          .sends(head(kColumns), row({"2", "two"}), end(kAutocommit | kMoreResults), ok()),
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_EQ(statement.run("CALL p()").rows(), "1");
        EXPECT_TRUE(statement.more());
        EXPECT_EQ(statement.rows(), "2,two");
      },
      kOnMariaDb);
}

}  // namespace
}  // namespace selkie::test
