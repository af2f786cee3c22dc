// A server that leaves the protocol: the connection is closed with 08S01, says so from then on, and nothing is read as if it
// were data.
#include <gtest/gtest.h>

#include <array>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using protocol::ByteWriter;

// The statement fails when it is run, or when its rows are read.
void expect_broken(Connection& connection) {
  Statement statement(connection);
  expect_error("08S01", 0, [&] {
    statement.run("SELECT a, b");
    statement.rows();
  });
  EXPECT_TRUE(connection.is_dead());
  expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
}

struct Damage {
  const char* name;
  std::vector<Reply> replies;
};

Packet definition(std::uint8_t fixed_part_size, std::uint8_t name_length) {
  ByteWriter out;
  for (const char* part : {"def", "test", "t", "t"}) out.lenenc_text(part);
  out.u8(name_length);
  out.text("a");
  out.lenenc_text("a");
  out.u8(fixed_part_size);
  out.u16(45), out.u32(400), out.u8(253), out.u16(0), out.u8(0), out.u16(0);
  return copy_of(out.bytes());
}

class LeftProtocol : public ::testing::TestWithParam<Damage> {};

TEST_P(LeftProtocol, EndsTheConnectionWithALinkFailure) {
  const Server* const plain[] = {&kMySql57Proxied};
  Script talk = script().reads(query("SELECT a, b"));
  for (const Reply& reply : GetParam().replies) talk.sends(reply);
  talk.expects_close();
  replay(talk, expect_broken, {.servers = plain});
}

const Reply kTwoColumns = head({text("a"), text("b")});

INSTANTIATE_TEST_SUITE_P(
    Answers, LeftProtocol,
    ::testing::Values(Damage{"EmptyPacket", {payload("")}},                                                    //
                      Damage{"ColumnCountOf2To40", {payload(std::string_view("\xfe\0\0\0\0\0\x01\0\0", 9))}},  //
                      Damage{"CountCutShort", {payload("\xfc")}},                                              //
                      Damage{"BytesBehindTheCount", {payload("\x02\x02\x02")}},                                //
                      Damage{"OkCutShort", {payload(std::string_view("\0\0", 2))}},                            //
                      Damage{"DefinitionEmpty", {payload("\x01"), payload("")}},                               //
                      Damage{"DefinitionCutShort",
                             {payload("\x01"), payload("\x03"
                                                       "def\x04te")}},                                      //
                      Damage{"DefinitionNamePastTheEnd", {payload("\x01"), payload(definition(12, 200))}},  //
                      Damage{"DefinitionNameOf2To40",
                             {payload("\x01"), payload(std::string_view("\x03"
                                                                        "def\xfe\0\0\0\0\0\x01\0\0name",
                                                                        17))}},                             //
                      Damage{"DefinitionFixedPartTooShort", {payload("\x01"), payload(definition(3, 1))}},  //
                      Damage{"EofInPlaceOfADefinition", {payload("\x02"), eof(), eof()}},                   //
                      Damage{"RowCutShort", {kTwoColumns, payload("\x01x")}},                               //
                      Damage{"RowTooLong", {kTwoColumns, payload("\x01x\x01y\x01z")}},                      //
                      Damage{"RowValuePastTheEnd", {kTwoColumns, payload("\x01x\x09y")}},                   //
                      Damage{"RowLengthOf2To60",
                             {kTwoColumns, payload(std::string_view("\x01x\xfe\0\0\0\0\0\0\0\x10y", 12))}},  //
                      Damage{"RowEmpty", {kTwoColumns, payload("")}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(LeftProtocolInARowset, RowsBeforeTheDamagedOneAreDeliveredFirst) {
  const Server* const plain[] = {&kMySql57Proxied};
  replay(script()
             .reads(query("SELECT a, b"))
             .sends(kTwoColumns, row({"x", "1"}), row({"y", "2"}), payload("\x01x"), row({"z", "3"}), end())
             .expects_close(),
         [](Connection& connection) {
           Statement statement(connection);
           std::array<std::array<char, 4>, 10> a{}, b{};
           std::array<SQLLEN, 10> a_length{}, b_length{};
           std::array<SQLUSMALLINT, 10> status{};
           SQLULEN fetched = 0;
           statement.set(SQL_ATTR_ROW_ARRAY_SIZE, a.size());
           statement.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
           statement.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
           statement.check(::SQLBindCol(statement.handle(), 1, SQL_C_CHAR, a.data(), a[0].size(), a_length.data()));
           statement.check(::SQLBindCol(statement.handle(), 2, SQL_C_CHAR, b.data(), b[0].size(), b_length.data()));
           statement.run("SELECT a, b");
           EXPECT_TRUE(statement.fetch());
           EXPECT_EQ(fetched, 2u);
           EXPECT_STREQ(a[1].data(), "y");
           EXPECT_STREQ(b[1].data(), "2");
           EXPECT_EQ(status[1], SQL_ROW_SUCCESS);
           EXPECT_EQ(status[2], SQL_ROW_NOROW);
           expect_error("08S01", 0, [&] { statement.fetch(); });
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = plain, .losses = false});
}

TEST(LeftProtocolByFraming, WrongSequenceNumberIsFatal) {
  replay(script().reads(query("SELECT a, b")).skips_number().sends(ok()).expects_close(), expect_broken);
}

TEST(LeftProtocolByFraming, SequenceNumberLostInTheMiddleOfRowsIsFatal) {
  replay(script()
             .reads(query("SELECT a, b"))
             .sends(kTwoColumns, row({"1", "2"}))
             .skips_number()
             .sends(row({"3", "4"}), end())
             .expects_close(),
         expect_broken);
}

// Under compression the numbers of the packets around them count.
TEST(LeftProtocolByFraming, SequenceNumberRepeatedInTheMiddleOfRowsIsFatal) {
  replay(script()
             .reads(query("SELECT a, b"))
             .sends(kTwoColumns, row({"1", "2"}))
             .sends_bytes(frame(4, 1, Packet{1, 'x', 1, 'y'}))
             .expects_close(),
         expect_broken, {.wrappings = {Wrapping::tls}});
}

TEST(LeftProtocolByFraming, JunkBehindAnAnswerIsNotReadAsTheNextOne) {
  const Packet junk(40, 'x');
  replay(script().reads(query("SELECT 1")).sends(ok()).sends_bytes(junk).reads(query("SELECT a, b")).expects_close(),
         [](Connection& connection) {
           Statement(connection).run("SELECT 1");
           expect_broken(connection);
         },
         {.losses = false});
}

TEST(LeftProtocolByFraming, AnswerNobodyAskedForIsNotReadAsTheNextOne) {
  replay(script().reads(query("SELECT 1")).sends(ok(), ok()).reads(query("SELECT a, b")).expects_close(),
         [](Connection& connection) {
           Statement(connection).run("SELECT 1");
           expect_broken(connection);
         },
         {.losses = false});
}

}  // namespace
}  // namespace selkie::test
