// Rows too large to be held: read in pieces as they arrive, with other columns, other statements and broken links in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

constexpr std::size_t kFrame = 0xffffff;
const Server* const kTwo[] = {&kMySql97, &kMySql57Proxied};  // results end with OK packets, and with EOFs

// Text of which no two places near each other look alike.
std::string long_text(std::size_t size) {
  std::string value(size, ' ');
  for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<char>('a' + (i ^ i >> 8 ^ i >> 16) % 23);
  return value;
}

Script rows_of(const std::vector<Definition>& columns, const std::vector<std::vector<Value>>& rows) {
  Script talk = script().reads(query("SELECT large")).sends(head(columns));
  for (const auto& values : rows) talk.sends(row(values));
  return talk.sends(end());
}

struct Piece {
  SQLRETURN code = SQL_ERROR;
  SQLLEN length = 0;
  std::string bytes;  // as many as were written
};
Piece get(Statement& statement, SQLUSMALLINT column, SQLSMALLINT c_type, std::size_t capacity) {
  std::string room(capacity, '\x7f');
  Piece piece;
  piece.code = statement.check(
      ::SQLGetData(statement.handle(), column, c_type, room.data(), static_cast<SQLLEN>(capacity), &piece.length));
  if (piece.code == SQL_NO_DATA || piece.length < 0 || capacity == 0) return piece;
  const std::size_t terminator = c_type == SQL_C_CHAR ? 1 : 0;
  const std::size_t size = std::min(static_cast<std::size_t>(piece.length), capacity - terminator);
  if (terminator != 0) {
    EXPECT_EQ(room[size], '\0');
  }
  piece.bytes = room.substr(0, size);
  return piece;
}

// All pieces of a value; each but the last fills its buffer and tells what was left.
std::string read_in_pieces(Statement& statement, SQLUSMALLINT column, SQLSMALLINT c_type, std::size_t capacity) {
  std::string value;
  SQLLEN left = -1;
  for (;;) {
    const Piece piece = get(statement, column, c_type, capacity);
    if (left >= 0) {
      EXPECT_EQ(piece.length, left);
    }
    value += piece.bytes;
    left = piece.length - static_cast<SQLLEN>(piece.bytes.size());
    if (piece.code == SQL_SUCCESS) break;
    EXPECT_EQ(piece.code, SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(statement.records().at(0).state, "01004");
  }
  EXPECT_EQ(get(statement, column, c_type, capacity).code, SQL_NO_DATA);
  return value;
}

TEST(LargeRow, OfSeveralFramesIsReadInPiecesWhereverItIsCutAndNeverEndsByALostLink) {
  const std::string value = long_text(2 * kFrame + 7);
  const std::vector<Definition> columns{integer("id"), text("v"), integer("after")};
  replay(rows_of(columns, {{"1", value, "2"}, {"3", "short", "4"}}).then(another_query()),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(statement.number(1), 1);
           EXPECT_TRUE(read_in_pieces(statement, 2, SQL_C_CHAR, 1'000'000) == value);
           EXPECT_EQ(statement.number(3), 2);
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(statement.number(1), 3);
           EXPECT_EQ(statement.text(2), "short");
           EXPECT_EQ(statement.number(3), 4);
           EXPECT_FALSE(statement.fetch());
           expect_wire_in_step(connection);
         },
         {.servers = kTwo, .whole_only = true, .places = {1000, kFrame + 150, 2 * kFrame + 164}});
}

TEST(LargeRow, ColumnsAreReadInAnyOrderAndMoreThanOnce) {
  const std::string first = long_text(300'000), second = long_text(400'000);
  replay(rows_of({text("a"), integer("b"), text("c"), text("d")}, {{first, "2", second, nullptr}}).then(another_query()),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(statement.text(4), std::nullopt);
           EXPECT_TRUE(read_in_pieces(statement, 1, SQL_C_CHAR, 10'000) == first);
           EXPECT_TRUE(read_in_pieces(statement, 3, SQL_C_BINARY, 10'000) == second);
           EXPECT_EQ(statement.number(2), 2);
           EXPECT_TRUE(read_in_pieces(statement, 1, SQL_C_BINARY, 70'000) == first);
           EXPECT_FALSE(statement.fetch());
           expect_wire_in_step(connection);
         },
         {.servers = kTwo, .whole_only = true, .places = {300, 280'000, 300'100, 700'000}});
}

TEST(LargeRow, TastedValueBeginsAnewInAnotherType) {
  const std::string value = long_text(300'000);
  replay(rows_of({text("v"), integer("after")}, {{value, "2"}}),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(get(statement, 1, SQL_C_CHAR, 0).length, 300'000);  // only the length is asked for
           EXPECT_EQ(get(statement, 1, SQL_C_CHAR, 101).bytes, value.substr(0, 100));
           EXPECT_EQ(get(statement, 1, SQL_C_WCHAR, 20).length, 600'000);
           EXPECT_EQ(statement.number(2), 2);
           EXPECT_TRUE(read_in_pieces(statement, 1, SQL_C_CHAR, 100'000) == value);
         },
         {.servers = kTwo, .whole_only = true});
}

TEST(LargeRow, ValueThatIsNoLongerKeptSaysSo) {
  replay(rows_of({text("v"), integer("after")}, {{long_text(300'000), "2"}}).then(another_query()),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(get(statement, 1, SQL_C_BINARY, 200'000).code, SQL_SUCCESS_WITH_INFO);
           EXPECT_EQ(statement.number(2), 2);
           const OdbcError failure = expect_error("HYC00", 0, [&] { get(statement, 1, SQL_C_BINARY, 10); });
           EXPECT_NE(failure.message().find("SQL_CURSOR_STATIC"), std::string::npos) << failure.message();
           EXPECT_EQ(statement.number(2), 2);
           EXPECT_FALSE(statement.fetch());
           expect_wire_in_step(connection);
         },
         {.servers = kTwo, .whole_only = true});
}

TEST(LargeRow, BoundColumnsOnBothSidesAreThereAtOnce) {
  const std::string value = long_text(300'000), other = long_text(290'000);
  replay(rows_of({integer("a"), text("v"), text("w"), text("x")}, {{"1", value, "bound", other}, {"2", "v", "w", "x"}}),
         [&](Connection& connection) {
           Statement statement(connection);
           std::int32_t number = 0;
           std::array<char, 8> word{};
           SQLLEN word_length = 0;
           statement.check(::SQLBindCol(statement.handle(), 1, SQL_C_SLONG, &number, 0, nullptr));
           statement.check(::SQLBindCol(statement.handle(), 3, SQL_C_CHAR, word.data(), word.size(), &word_length));
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(number, 1);
           EXPECT_STREQ(word.data(), "bound");
           EXPECT_TRUE(read_in_pieces(statement, 4, SQL_C_CHAR, 50'000) == other);
           EXPECT_TRUE(read_in_pieces(statement, 2, SQL_C_CHAR, 50'000) == value);
           EXPECT_EQ(statement.number(1), 1);
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(number, 2);
           EXPECT_EQ(statement.text(4), "x");
         },
         {.servers = kTwo, .whole_only = true, .places = {300, 200'000, 300'200, 500'000}});
}

TEST(LargeRow, SecondStatementInTheMiddleOfAValueKeepsTheRest) {
  const std::string value = long_text(700'000);
  for (const char* settings : {"", "CURSOR_MEMORY=65536;"}) {
    replay(rows_of({text("v"), integer("after")}, {{value, "2"}, {value, "3"}}).then(another_query()),
           [&](Connection& connection) {
             Statement statement(connection);
             statement.run("SELECT large");
             ASSERT_TRUE(statement.fetch());
             std::string read = get(statement, 1, SQL_C_BINARY, 200'000).bytes;
             expect_wire_in_step(connection);
             read += read_in_pieces(statement, 1, SQL_C_BINARY, 30'000);
             EXPECT_TRUE(read == value);
             EXPECT_EQ(statement.number(2), 2);
             ASSERT_TRUE(statement.fetch());
             EXPECT_TRUE(read_in_pieces(statement, 1, SQL_C_CHAR, 99'999) == value);
             EXPECT_EQ(statement.number(2), 3);
             EXPECT_FALSE(statement.fetch());
           },
           {.servers = kTwo, .settings = settings, .whole_only = true, .places = {200, 300'000, 700'300, 1'400'000}});
  }
}

TEST(LargeRow, ClosedInTheMiddleLeavesACleanWire) {
  replay(rows_of({text("v"), integer("after")}, {{long_text(300'000), "2"}, {"short", "3"}}).then(another_query()),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(get(statement, 1, SQL_C_BINARY, 200'000).code, SQL_SUCCESS_WITH_INFO);
           statement.close();
           expect_wire_in_step(connection);
         },
         {.servers = kTwo, .whole_only = true, .places = {300'400}});
}

// What is left of the row counts as any other bytes: past a quarter of a megabyte the server is asked to stop.
TEST(LargeRow, ClosedLongBeforeItsEndStopsTheQuery) {
  replay(
      [](const Server& server) {
        return script()
            .reads(query("SELECT large"))
            .sends(head({text("v")}), row({long_text(300'000)}))
            .meets(login_script(server).reads(query("KILL QUERY 7")).sends(ok()))
            .sends(error(1317, "70100", "Query execution was interrupted"))
            .reads(query("DO 0"))
            .sends(ok())
            .then(another_query());
      },
      [&](Connection& connection) {
        Statement statement(connection);
        statement.run("SELECT large");
        ASSERT_TRUE(statement.fetch());
        statement.close();
        expect_wire_in_step(connection);
      },
      {.servers = kTwo, .whole_only = true});
}

TEST(LargeRow, ThatDoesNotFitItsColumnsEndsTheConnection) {
  replay(script()
             .reads(query("SELECT large"))
             .sends(head({text("v"), integer("after")}), row({long_text(300'000)}))
             .expects_close(),
         [&](Connection& connection) {
           Statement statement(connection);
           statement.run("SELECT large");
           ASSERT_TRUE(statement.fetch());
           EXPECT_EQ(read_in_pieces(statement, 1, SQL_C_CHAR, 100'000).size(), 300'000u);
           expect_error("08S01", 0, [&] { statement.number(2); });
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = kTwo, .whole_only = true});
}

}  // namespace
}  // namespace selkie::test
