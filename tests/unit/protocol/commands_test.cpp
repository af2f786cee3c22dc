#include "protocol/commands.h"

#include <gtest/gtest.h>

#include <string>

#include "golden.h"

namespace selkie::protocol {
namespace {

template <class Write, class... Args>
Packet written(Write write, Args... args) {
  ByteWriter out;
  write(out, args...);
  return packet_of(out.bytes());
}

// Spec: page_protocol_command_phase.html, one page per command
TEST(Commands, WithTextOrWithoutArguments) {
  ByteWriter query;
  write_query(query, "DO 1");
  EXPECT_EQ(packet_of(query.bytes()), hex("03 444f2031"));
  EXPECT_EQ(written(write_prepare, "DO ?"), hex("16 444f203f"));
  EXPECT_EQ(written(write_init_db, "test"), hex("02 74657374"));
  EXPECT_EQ(written(write_ping), hex("0e"));
  EXPECT_EQ(written(write_quit), hex("01"));
  EXPECT_EQ(written(write_reset_connection), hex("1f"));
}

// Spec: page_protocol_com_query.html. MySQL 9.7 answers these bytes with the attribute's value.
TEST(WriteQuery, AttributesStandInFrontOfTheTextAndAreCountedEvenWhenThereAreNone) {
  ByteWriter none;
  write_query(none, "DO 1", {});
  EXPECT_EQ(packet_of(none.bytes()), hex("03 00 01 444f2031"));

  const Packet second_is_null = hex("02");
  const ParameterType types[] = {{WireType::var_string, false}, {WireType::longlong, true}};
  const std::string_view names[] = {"app", "n"};
  const Packet value = hex("03 666f6f");
  ByteWriter two;
  write_query(two, "DO 1", {.null_bitmap = second_is_null, .types = types, .names = names, .values = value});
  EXPECT_EQ(packet_of(two.bytes()), hex("03 02 01 02 01 fd00 03617070 0880 016e 03666f6f 444f2031"));
}

TEST(Commands, OnAStatement) {
  EXPECT_EQ(written(write_statement_close, 0x01020304u), hex("19 04030201"));
  EXPECT_EQ(written(write_statement_reset, 7u), hex("1a 07000000"));
}

TEST(Commands, LongDataMayBeEmpty) {  // which makes the parameter '' and not NULL
  const Packet piece = hex("00ff");
  EXPECT_EQ(written(write_long_data, 7u, std::uint16_t{258}, Bytes(piece)), hex("18 07000000 0201 00ff"));
  EXPECT_EQ(written(write_long_data, 7u, std::uint16_t{0}, Bytes()), hex("18 07000000 0000"));
}

TEST(WriteExecuteHead, WithoutParametersEndsAfterTheIterations) {
  EXPECT_EQ(written(write_execute_head, ExecuteHead{.statement_id = 5}), hex("17 05000000 00 01000000"));
  EXPECT_EQ(written(write_execute_head, ExecuteHead{.statement_id = kLastPrepared, .read_only_cursor = true}),
            hex("17 ffffffff 01 01000000"));
}

// Spec: page_protocol_com_stmt_execute.html, example: one parameter of type VAR_STRING, "foo"
TEST(WriteExecuteHead, TypesFollowTheNullBitmap) {
  const Packet no_nulls = hex("00");
  const ParameterType types[] = {{WireType::var_string, false}};
  ByteWriter out;
  write_execute_head(out, {.statement_id = 1, .parameters = 1, .null_bitmap = no_nulls, .types = types});
  out.lenenc_text("foo");
  EXPECT_EQ(packet_of(out.bytes()), hex("17 01000000 00 01000000 00 01 fd00 03666f6f"));
}

// A column's unsigned flag, 0x20, has no meaning here.
TEST(WriteExecuteHead, UnsignedIsTheTopBitOfTheTypesSecondByte) {
  const Packet no_nulls = hex("00");
  const ParameterType types[] = {{WireType::longlong, true}, {WireType::longlong, false}};
  EXPECT_EQ(
      written(write_execute_head, ExecuteHead{.statement_id = 1, .parameters = 2, .null_bitmap = no_nulls, .types = types}),
      hex("17 01000000 00 01000000 00 01 0880 0800"));
}

TEST(WriteExecuteHead, WithoutTypesTheServerUsesTheLastOnes) {
  const Packet nulls = hex("0102");  // parameters 0 and 9
  EXPECT_EQ(written(write_execute_head, ExecuteHead{.statement_id = 1, .parameters = 10, .null_bitmap = nulls}),
            hex("17 01000000 00 01000000 0102 00"));
}

// The statement's own parameters have empty names. Attributes alone say by a flag that they are there.
TEST(WriteExecuteHead, NamesFollowTheTypesWhereAttributesAreAgreedOn) {
  const Packet no_nulls = hex("00");
  const ParameterType types[] = {{WireType::long_, false}, {WireType::var_string, false}};
  const std::string_view names[] = {"app"};
  const std::span<const ParameterType> all(types);
  const auto head = [&](std::uint16_t parameters, std::span<const ParameterType> sent,
                        std::span<const std::string_view> attributes) {
    return written(write_execute_head, ExecuteHead{.statement_id = 1,
                                                   .parameters = parameters,
                                                   .null_bitmap = no_nulls,
                                                   .types = sent,
                                                   .takes_names = true,
                                                   .names = attributes});
  };
  EXPECT_EQ(head(0, {}, {}), hex("17 01000000 00 01000000"));
  EXPECT_EQ(head(1, all.first(1), {}), hex("17 01000000 00 01000000 01 00 01 0300 00"));
  EXPECT_EQ(head(1, {}, {}), hex("17 01000000 00 01000000 01 00 00"));
  EXPECT_EQ(head(2, all, names), hex("17 01000000 08 01000000 02 00 01 0300 00 fd00 03617070"));
  EXPECT_EQ(head(1, all.last(1), names), hex("17 01000000 08 01000000 01 00 01 fd00 03617070"));
}

// Spec: MariaDB "COM_STMT_BULK_EXECUTE"
TEST(WriteBulkHead, FlagsSayWhetherTypesAndUnitResultsAreMeant) {
  const ParameterType types[] = {{WireType::long_, false}, {WireType::longlong, true}};
  EXPECT_EQ(written(write_bulk_head, BulkHead{.statement_id = 1, .types = types}), hex("fa 01000000 8000 0300 0880"));
  EXPECT_EQ(written(write_bulk_head, BulkHead{.statement_id = 1, .unit_results = true, .types = types}),
            hex("fa 01000000 c000 0300 0880"));
  EXPECT_EQ(written(write_bulk_head, BulkHead{.statement_id = 1}), hex("fa 01000000 0000"));
}

}  // namespace
}  // namespace selkie::protocol
