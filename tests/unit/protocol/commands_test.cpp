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
  EXPECT_EQ(written(write_query, "DO 1"), hex("03 444f2031"));
  EXPECT_EQ(written(write_prepare, "DO ?"), hex("16 444f203f"));
  EXPECT_EQ(written(write_init_db, "test"), hex("02 74657374"));
  EXPECT_EQ(written(write_ping), hex("0e"));
  EXPECT_EQ(written(write_quit), hex("01"));
  EXPECT_EQ(written(write_reset_connection), hex("1f"));
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
