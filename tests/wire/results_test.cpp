// Text results through the whole driver, against scripted servers: errors in every place, answers left unread, several
// statements on one connection.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

// Every test ends with this exchange, which only works when the wire is in step.

// Name and size of the first column.
std::string described(Statement& statement) {
  SQLCHAR name[20];
  SQLSMALLINT length = 0, type = 0;
  SQLULEN size = 0;
  statement.check(::SQLDescribeCol(statement.handle(), 1, name, sizeof name, &length, &type, &size, nullptr, nullptr));
  return std::string(reinterpret_cast<const char*>(name), static_cast<std::size_t>(length)) + " " + std::to_string(type) + " " +
         std::to_string(size);
}

TEST(TextResult, IsDescribedAsItsColumnsAreAtEachExecution) {
  const std::string sql = "SELECT * FROM t";
  const auto answers = [&](const Definition& column) { return script().reads(query(sql)).sends(head({column}), end()); };
  replay(answers(integer("id")).then(answers(integer("id"))).then(answers(big_integer("key"))).then(answers(integer("id"))),
         [&](Connection& connection) {
           Statement statement(connection);
           for (const char* const expected : {"id 4 10", "id 4 10", "key -5 19", "id 4 10"}) {
             statement.run(sql);
             EXPECT_EQ(described(statement), expected);
             EXPECT_EQ(described(statement), expected);
             statement.close();
           }
         },
         {.cuts = false, .losses = false, .wrappings = {}});
}

TEST(TextResult, RowsAreReadAndTheWireIsInStep) {
  replay(script()
             .reads(query("SELECT * FROM t"))
             .sends(head({integer("id"), text("name")}), row({"1", "one"}), row({"2", nullptr}), row({"", ""}), end())
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           EXPECT_EQ(statement.run("SELECT * FROM t").rows(), "1,one; 2,NULL; ,");
           statement.close();
           expect_wire_in_step(connection);
         });
}

// 0x00 and 0xFB begin other packets elsewhere: an OK and a request for a file.
TEST(TextResult, RowMayBeginWithAnEmptyValueOrNull) {
  replay(script().reads(query("SELECT a")).sends(head({text("a")}), row({""}), row({nullptr}), end()),
         [](Connection& connection) { EXPECT_EQ(Statement(connection).run("SELECT a").rows(), "; NULL"); });
}

TEST(TextResult, ErrorAfterTheFirstRowsIsReportedByTheFetchThatReachesIt) {
  replay(script()
             .reads(query("SELECT n FROM t"))
             .sends(head({integer("n")}), row({"1"}), row({"2"}), error(1028, "HY000", "Sort aborted"))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT n FROM t");
           EXPECT_TRUE(statement.fetch());
           EXPECT_EQ(statement.number(1), 1);
           EXPECT_TRUE(statement.fetch());
           EXPECT_EQ(statement.number(1), 2);
           const OdbcError failure = expect_error("HY000", 1028, [&] { statement.fetch(); });
           EXPECT_NE(failure.message().find("Sort aborted"), std::string::npos) << failure.message();
           statement.close();
           expect_wire_in_step(connection);
         });
}

TEST(TextResult, ErrorBeforeTheFirstRowIsReportedByTheFirstFetch) {
  replay(script()
             .reads(query("SELECT n FROM t"))
             .sends(head({integer("n")}), error(1205, "HY000", "Lock wait timeout exceeded"))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT n FROM t");
           expect_error("HYT00", 1205, [&] { statement.fetch(); });
           statement.close();
           expect_wire_in_step(connection);
         });
}

TEST(TextResult, ErrorInPlaceOfAResultKeepsTheServersCodeAndState) {
  replay(script()
             .reads(query("SELECT * FROM nowhere"))
             .sends(error(1146, "42S02", "Table 'test.nowhere' doesn't exist"))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           expect_error("42S02", 1146, [&] { statement.run("SELECT * FROM nowhere"); });
           expect_wire_in_step(connection);
         });
}

TEST(SeveralResults, ErrorInPlaceOfTheSecondIsReportedByMoreResults) {
  replay(script()
             .reads(query("CALL p()"))
             .sends(head({integer("n")}), row({"1"}), end(kAutocommit | kMoreResults), error(1146, "42S02", "No such table"))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           EXPECT_EQ(statement.run("CALL p()").rows(), "1");
           expect_error("42S02", 1146, [&] { statement.more(); });
           expect_wire_in_step(connection);
         });
}

TEST(SeveralResults, EachIsReachedInOrderAndTheCallsOwnOkIsNone) {
  replay(script()
             .reads(query("CALL p()"))
             .sends(head({integer("n")}), row({"1"}), end(kAutocommit | kMoreResults))
             .sends(head({text("a"), text("b")}), row({"x", "y"}), end(kAutocommit | kMoreResults))
             .sends(ok(kAutocommit))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           EXPECT_EQ(statement.run("CALL p()").rows(), "1");
           EXPECT_TRUE(statement.more());
           EXPECT_EQ(statement.columns(), 2);
           EXPECT_EQ(statement.rows(), "x,y");
           EXPECT_FALSE(statement.more());
           expect_wire_in_step(connection);
         });
}

TEST(SeveralResults, CallAbandonedAfterOneRowLeavesACleanWire) {
  replay(script()
             .reads(query("CALL p()"))
             .sends(head({integer("n")}), row({"1"}), row({"2"}), row({"3"}), end(kAutocommit | kMoreResults))
             .sends(head({text("a")}), row({"x"}), end(kAutocommit | kMoreResults))
             .sends(ok(kAutocommit))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("CALL p()");
           EXPECT_TRUE(statement.fetch());
           EXPECT_EQ(statement.number(1), 1);
           statement.close();
           expect_wire_in_step(connection);
         });
}

TEST(SeveralResults, UnreadTrailingOkOfACallDoesNotAnswerTheNextStatement) {
  replay(script()
             .reads(query("CALL p()"))
             .sends(head({integer("n")}), row({"1"}), end(kAutocommit | kMoreResults), ok(kAutocommit))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           EXPECT_EQ(statement.run("CALL p()").rows(), "1");
           expect_wire_in_step(connection);  // from another statement, while the first stays open
         });
}

TEST(SeveralResults, CountsAndRowsOfSeveralStatementsFollowEachOther) {
  replay(script()
             .reads(query("UPDATE t SET a = 1; SELECT a; DELETE FROM t"))
             .sends(ok(kAutocommit | kMoreResults, {.affected_rows = 3}))
             .sends(head({text("a")}), row({"1"}), end(kAutocommit | kMoreResults))
             .sends(ok(kAutocommit, {.affected_rows = 7}))
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("UPDATE t SET a = 1; SELECT a; DELETE FROM t");
           EXPECT_EQ(statement.row_count(), 3);
           EXPECT_TRUE(statement.more());
           EXPECT_EQ(statement.rows(), "1");
           EXPECT_TRUE(statement.more());
           EXPECT_EQ(statement.row_count(), 7);
           EXPECT_FALSE(statement.more());
           expect_wire_in_step(connection);
         },
         {.settings = "MULTI_STATEMENTS=1;"});
}

TEST(SeveralStatements, SecondOneRunsWhileTheFirstStreams) {
  replay(script()
             .reads(query("SELECT n FROM t"))
             .sends(head({integer("n")}), row({"1"}), row({"2"}), row({"3"}), end())
             .then(another_query()),
         [](Connection& connection) {
           Statement first(connection);
           first.run("SELECT n FROM t");
           EXPECT_TRUE(first.fetch());
           expect_wire_in_step(connection);
           EXPECT_EQ(first.number(1), 1);  // the row that was current stays readable
           EXPECT_EQ(first.rows(), "2; 3");
         });
}

TEST(SeveralStatements, ErrorMetWhileTheFirstIsSetAsideIsReportedByItsOwnFetch) {
  replay(script()
             .reads(query("SELECT n FROM t"))
             .sends(head({integer("n")}), row({"1"}), row({"2"}), error(1028, "HY000", "Sort aborted"))
             .then(another_query()),
         [](Connection& connection) {
           Statement first(connection);
           first.run("SELECT n FROM t");
           EXPECT_TRUE(first.fetch());
           expect_wire_in_step(connection);
           EXPECT_TRUE(first.fetch());
           EXPECT_EQ(first.number(1), 2);
           expect_error("HY000", 1028, [&] { first.fetch(); });
         });
}

TEST(SeveralStatements, LaterResultsOfTheFirstAreKeptWhileTheSecondRuns) {
  replay(script()
             .reads(query("CALL p()"))
             .sends(head({integer("n")}), row({"1"}), end(kAutocommit | kMoreResults))
             .sends(head({text("a"), text("b")}), row({"x", "y"}), end(kAutocommit | kMoreResults))
             .sends(ok(kAutocommit))
             .then(another_query()),
         [](Connection& connection) {
           Statement first(connection);
           first.run("CALL p()");
           expect_wire_in_step(connection);
           EXPECT_EQ(first.rows(), "1");
           EXPECT_TRUE(first.more());
           EXPECT_EQ(first.rows(), "x,y");
           EXPECT_FALSE(first.more());
         });
}

TEST(SeveralStatements, FreeingOneInTheMiddleOfItsRowsLeavesTheOthersAlone) {
  replay(script()
             .reads(query("SELECT a FROM t"))
             .sends(head({integer("a")}), row({"1"}), row({"2"}), end())
             .reads(query("SELECT b FROM t"))
             .sends(head({integer("b")}), row({"3"}), row({"4"}), end())
             .then(another_query()),
         [](Connection& connection) {
           Statement first(connection);
           first.run("SELECT a FROM t");
           EXPECT_TRUE(first.fetch());
           Statement second(connection);
           second.run("SELECT b FROM t");
           EXPECT_TRUE(second.fetch());
           second.free();
           expect_wire_in_step(connection);
           EXPECT_TRUE(first.fetch());
           EXPECT_EQ(first.number(1), 2);
           EXPECT_FALSE(first.fetch());
         });
}

TEST(TextResult, CountsPastThirtyTwoBitsAreExact) {
  replay(script()
             .reads(query("DELETE FROM t"))
             .sends(ok(kAutocommit, {.affected_rows = 5'000'000'000, .insert_id = ~0ull}))
             .then(another_query()),
         [](Connection& connection) {
           EXPECT_EQ(Statement(connection).run("DELETE FROM t").row_count(), 5'000'000'000);
           expect_wire_in_step(connection);
         });
}

// A proxy or a query cache may replay a result recorded for a client of the other kind.
TEST(TextResult, RealEofEndsRowsWhereAnOkWasAgreedOn) {
  const Server* const deprecating[] = {&kMySql97, &kMariaDb118};
  replay(script().reads(query("SELECT 1")).sends(head({integer("1")}), row({"1"}), eof()).then(another_query()),
         [](Connection& connection) {
           EXPECT_EQ(Statement(connection).run("SELECT 1").rows(), "1");
           expect_wire_in_step(connection);
         },
         {.servers = deprecating});
}

TEST(TextResult, EmptyDuplicateAndLongColumnNamesAreColumns) {
  const std::string long_name(300, 'n');
  replay(
      script()
          .reads(query("SELECT x"))
          .sends(head({text(""), text("a"), text("a"), text(long_name)}), row({"1", "2", "3", "4"}), end()),
      [&](Connection& connection) {
        Statement statement(connection);
        statement.run("SELECT x");
        SQLCHAR name[512] = {};
        SQLSMALLINT size = 0;
        statement.check(::SQLDescribeCol(statement.handle(), 4, name, sizeof name, &size, nullptr, nullptr, nullptr, nullptr));
        EXPECT_EQ(std::string(reinterpret_cast<char*>(name)), long_name);
        statement.check(::SQLDescribeCol(statement.handle(), 1, name, sizeof name, &size, nullptr, nullptr, nullptr, nullptr));
        EXPECT_EQ(size, 0);
        EXPECT_EQ(statement.rows(), "1,2,3,4");
      },
      {.cuts = false});
}

TEST(TextResult, UnknownColumnTypeIsReadAsBytes) {
  Definition unknown = text("v");
  unknown.type = static_cast<protocol::WireType>(200);
  unknown.charset = protocol::kBinaryCharset;
  replay(script().reads(query("SELECT v")).sends(head({unknown}), row({"\x01\xff"}), end()).then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT v");
           EXPECT_TRUE(statement.fetch());
           unsigned char bytes[8] = {};
           SQLLEN length = 0;
           statement.check(::SQLGetData(statement.handle(), 1, SQL_C_BINARY, bytes, sizeof bytes, &length));
           EXPECT_EQ(length, 2);
           EXPECT_EQ(bytes[1], 0xff);
           statement.close();
           expect_wire_in_step(connection);
         });
}

TEST(TextResult, MoreColumnsThanOdbcCanNumberAreRefusedAndTheWireIsInStep) {
  const std::vector<Definition> definitions(40000, integer("c"));
  const std::vector<Value> values(40000, Value("1"));
  replay(script().reads(query("SELECT c, c")).sends(head(definitions), row(values), end()).then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           const OdbcError failure = expect_error("HY000", 0, [&] { statement.run("SELECT c, c"); });
           EXPECT_NE(failure.message().find("32767"), std::string::npos) << failure.message();
           expect_wire_in_step(connection);
         },
         {.whole_only = true});
}

TEST(LocalInfile, RequestForAFileIsRefusedByAnEmptyPacket) {
  replay(script()
             .reads(query("SELECT 1"))
             .sends(payload("\xfb/etc/passwd"))
             .reads(empty_packet())
             .sends(ok())
             .then(another_query()),
         [](Connection& connection) {
           Statement statement(connection);
           const OdbcError failure = expect_error("HY000", 0, [&] { statement.run("SELECT 1"); });
           EXPECT_NE(failure.message().find("/etc/passwd"), std::string::npos) << failure.message();
           expect_wire_in_step(connection);
         });
}

}  // namespace
}  // namespace selkie::test
