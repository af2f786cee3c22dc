#include "protocol/column.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "allocations.h"
#include "golden.h"

namespace selkie::protocol {
namespace {

const Packet kId = hex(  // MySQL 9.7.4, INT PRIMARY KEY AUTO_INCREMENT
    "03646566 08636f72655f646576 0174 0174 026964 026964 0c 3f00 0b000000 03 0342 00 0000");
const Packet kName = hex("03646566 08636f72655f646576 0174 0174 046e616d65 046e616d65 0c 2d00 50000000 fd 0000 00 0000");
const Packet kNumber = hex("03646566 08636f72655f646576 0174 0174 016e 016e 0c 3f00 14000000 08 2000 00 0000");
// MariaDB 10.11.19 with extended metadata
const Packet kUuid = hex("03646566 08636f72655f646576 0179 0179 0175 0175 06 000475756964 0c 2d00 90000000 fe a000 00 0000");
const Packet kJson = hex("03646566 08636f72655f646576 0179 0179 016a 016a 06 01046a736f6e 0c 2d00 ffffffff fc 9000 00 0000");
const Packet kPlain = hex("03646566 08636f72655f646576 0174 0174 026964 026964 00 0c 3f00 0b000000 03 0342 00 0000");

TEST(ParseColumn, ReadsEveryField) {
  Column column;
  ASSERT_TRUE(parse_column(kId, false, column));
  EXPECT_EQ(column.schema, "core_dev");
  EXPECT_EQ(column.table, "t");
  EXPECT_EQ(column.org_table, "t");
  EXPECT_EQ(column.name, "id");
  EXPECT_EQ(column.org_name, "id");
  EXPECT_EQ(column.charset, kBinaryCharset);
  EXPECT_EQ(column.length, 11u);
  EXPECT_EQ(column.type, WireType::long_);
  EXPECT_EQ(column.flags, 0x4203);  // not NULL, primary key, auto increment, part of a key
  EXPECT_EQ(column.decimals, 0);
  EXPECT_FALSE(column.is_unsigned());
  ASSERT_TRUE(parse_column(kNumber, false, column));
  EXPECT_TRUE(column.is_unsigned());
}

TEST(ParseColumn, ExtendedMetadataNamesTypeAndFormat) {
  Column column;
  ASSERT_TRUE(parse_column(kUuid, true, column));
  EXPECT_EQ(column.extended_type, "uuid");
  EXPECT_EQ(column.extended_format, "");
  ASSERT_TRUE(parse_column(kJson, true, column));
  EXPECT_EQ(column.extended_type, "");
  EXPECT_EQ(column.extended_format, "json");
  EXPECT_EQ(column.type, WireType::blob);
  ASSERT_TRUE(parse_column(kPlain, true, column));
  EXPECT_EQ(column.extended_type, "");
  EXPECT_EQ(column.extended_format, "");
}

TEST(ParseColumn, ExtendedMetadataMayHoldSeveralChunksAndUnknownKinds) {
  Column column;
  const Packet packet = hex("00 00 00 00 00 00 12 63 02ffff 000475756964 7700 01046a736f6e 0c 3f00 0b000000 03 0000 00 0000");
  ASSERT_TRUE(parse_column(packet, true, column));
  EXPECT_EQ(column.extended_type, "uuid");
  EXPECT_EQ(column.extended_format, "json");
}

TEST(ParseColumn, ExtendedChunkPastItsBlockIsMalformed) {
  Column column;
  EXPECT_FALSE(parse_column(hex("00 00 00 00 00 00 03 000461 0c 3f00 0b000000 03 0000 00 0000"), true, column));
  EXPECT_FALSE(parse_column(hex("00 00 00 00 00 00 01 00 0c 3f00 0b000000 03 0000 00 0000"), true, column));
}

// Whether the block is there was agreed on at login, and cannot be seen.
TEST(ParseColumn, ExtendedMetadataWhereNoneWasAgreedOnIsMalformed) {
  Column column;
  EXPECT_FALSE(parse_column(kUuid, false, column));
  EXPECT_FALSE(parse_column(kId, true, column));
}

TEST(ParseColumn, TruncatedTwins) {
  Column column;
  for (const bool extended : {false, true}) {
    const Packet& whole = extended ? kUuid : kId;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(parse_column(cut(whole, size), extended, column)) << extended << " " << size;
    }
  }
}

TEST(ParseColumn, FixedPartShorterThanItsFieldsIsMalformed) {
  Column column;
  EXPECT_FALSE(parse_column(hex("00 00 00 00 00 00 09 3f00 0b000000 03 0000 00 0000"), false, column));
  EXPECT_TRUE(parse_column(hex("00 00 00 00 00 00 0a 3f00 0b000000 03 0000 00"), false, column));
}

// A longer fixed part, or a default value behind it, belongs to later or older servers.
TEST(ParseColumn, BytesLeftOverAreNotOurs) {
  Column column;
  EXPECT_TRUE(parse_column(hex("00 00 00 00 00 00 0e 3f00 0b000000 03 0000 00 0000 ffff"), false, column));
  EXPECT_TRUE(parse_column(kId + hex("0137"), false, column));
  EXPECT_EQ(column.type, WireType::long_);
}

TEST(ParseColumn, ImpossibleLengthsAreMalformed) {
  Column column;
  EXPECT_FALSE(parse_column(hex("fe ffffffffffffffff 00"), false, column));
  EXPECT_FALSE(parse_column(hex("fb 00 00 00 00 00 0c 3f00 0b000000 03 0000 00 0000"), false, column));
  EXPECT_FALSE(parse_column({}, false, column));
}

Packet definition(std::string_view catalog, std::string_view name, std::uint8_t type) {
  ByteWriter out;
  out.lenenc_text(catalog);
  for (int i = 0; i < 3; ++i) out.lenenc_text("");
  out.lenenc_text(name);
  out.lenenc_text("");
  out.bytes(hex("0c 2d00 0a000000"));
  out.u8(type);
  out.bytes(hex("0000 00 0000"));
  return packet_of(out.bytes());
}

TEST(ParseColumn, CatalogAndNamesMayBeAnything) {
  Column column;
  ASSERT_TRUE(parse_column(definition("mysql", "", 3), false, column));
  EXPECT_EQ(column.name, "");
  const std::string expression(70'000, 'e');
  const Packet packet = definition("", expression, 3);
  ASSERT_TRUE(parse_column(packet, false, column));
  EXPECT_EQ(column.name, expression);
}

// ---- Sets

ColumnSetPtr build(ColumnSetBuilder& builder, const std::vector<Packet>& packets, ColumnSetPtr previous = nullptr,
                   bool extended = false) {
  builder.begin(packets.size(), extended, std::move(previous));
  for (const Packet& packet : packets) EXPECT_TRUE(builder.add(packet));
  return builder.finish();
}

ColumnSetPtr build(const std::vector<Packet>& packets, ColumnSetPtr previous = nullptr, bool extended = false) {
  ColumnSetBuilder builder;
  return build(builder, packets, std::move(previous), extended);
}

std::string names(const ColumnSet& set) {
  std::string line;
  for (const Column& column : set.columns()) line += std::string(column.name) + " ";
  return line;
}

TEST(ColumnSet, OwnsWhatItsColumnsPointTo) {
  std::vector<Packet> packets = {kId, kName, kNumber};
  const ColumnSetPtr set = build(packets);
  for (Packet& packet : packets) std::fill(packet.begin(), packet.end(), std::uint8_t{'!'});
  EXPECT_EQ(names(*set), "id name n ");
  EXPECT_EQ((*set)[2].type, WireType::longlong);
}

TEST(ColumnSet, DuplicateAndEmptyNamesAndManyColumnsAreColumns) {
  std::vector<Packet> packets(70'000, definition("def", "a", 3));
  packets.push_back(definition("def", "", 3));
  const ColumnSetPtr set = build(packets);
  ASSERT_EQ(set->size(), 70'001u);
  EXPECT_EQ((*set)[69'999].name, "a");
  EXPECT_EQ((*set)[70'000].name, "");
}

// Spec: page_protocol_binary_resultset.html, values
TEST(ColumnSet, BinaryWidthsFollowTheTypeAndUnknownTypesCarryTheirLength) {
  std::vector<Packet> packets;
  for (int type = 0; type < 256; ++type) packets.push_back(definition("def", "", static_cast<std::uint8_t>(type)));
  const ColumnSetPtr set = build(packets);
  std::vector<std::uint8_t> expected(256, 0);
  expected[1] = 1;
  expected[2] = expected[13] = 2;
  expected[3] = expected[4] = expected[9] = 4;
  expected[5] = expected[8] = 8;
  EXPECT_EQ(set->binary_widths(), expected);
  EXPECT_EQ((*set)[200].type, static_cast<WireType>(200));
}

TEST(ColumnSetBuilder, UnchangedDefinitionsGiveTheSamePointerAndAllocateNothing) {
  const std::vector<Packet> packets = {kId, kName, kNumber};
  ColumnSetBuilder builder;
  const ColumnSetPtr first = build(builder, packets);
  const std::size_t before = allocations();
  builder.begin(packets.size(), false, first);
  for (const Packet& packet : packets) ASSERT_TRUE(builder.add(packet));
  const ColumnSetPtr second = builder.finish();
  EXPECT_EQ(allocations(), before);
  EXPECT_EQ(second, first);
}

TEST(ColumnSetBuilder, ChangeInAnyPlaceGivesANewSet) {
  const std::vector<Packet> packets = {kId, kName, kNumber};
  const ColumnSetPtr first = build(packets);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    std::vector<Packet> changed = packets;
    ++changed[i].back();  // the filler's last byte, which means nothing: bytes decide
    EXPECT_NE(build(changed, first), first);
    changed[i] = definition("def", "new", 5);
    const ColumnSetPtr second = build(changed, first);
    EXPECT_NE(second, first);
    ASSERT_EQ(second->size(), 3u);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ((*second)[k].name, k == i ? "new" : (*first)[k].name) << i;
    EXPECT_EQ(second->binary_widths()[i], 8);
  }
  EXPECT_EQ(names(*first), "id name n ");
}

TEST(ColumnSetBuilder, AnotherCountGivesANewSet) {
  const ColumnSetPtr two = build({kId, kName});
  const ColumnSetPtr three = build({kId, kName, kNumber}, two);
  EXPECT_EQ(names(*three), "id name n ");
  const ColumnSetPtr shorter = build({kId, kName}, three);
  EXPECT_EQ(names(*shorter), "id name ");
  EXPECT_NE(shorter, two);
  EXPECT_EQ(names(*build({kId}, two)), "id ");
}

TEST(ColumnSetBuilder, OutlivesThePreviousSet) {
  ColumnSetBuilder builder;
  ColumnSetPtr set = build(builder, {kId, kName, kNumber});
  set = build(builder, {kId, kName, definition("def", "other", 3)}, std::move(set));
  EXPECT_EQ(names(*set), "id name other ");
}

TEST(ColumnSetBuilder, MalformedDefinitionIsToldAtOnce) {
  ColumnSetBuilder builder;
  builder.begin(2, false, nullptr);
  EXPECT_TRUE(builder.add(kId));
  EXPECT_FALSE(builder.add(hex("03 64")));
  builder.begin(2, false, build({kId, kName}));
  EXPECT_TRUE(builder.add(kId));
  EXPECT_FALSE(builder.add({}));
}

TEST(ColumnSetBuilder, NothingIsSizedByTheAnnouncedCount) {
  ColumnSetBuilder builder;
  builder.begin(~0ull, false, build({kId}));
  EXPECT_TRUE(builder.add(kId));
  EXPECT_EQ(builder.finish()->size(), 1u);
}

// A server may send definitions without end, each as long as a packet.
TEST(ColumnSetBuilder, DefinitionsTogetherHaveABound) {
  std::vector<std::uint8_t> large = kId;
  large.resize(1u << 20);  // bytes behind the fields are not ours, but they are kept
  ColumnSetBuilder builder;
  for (const int round : {1, 2}) {
    SCOPED_TRACE(round);
    builder.begin(~0ull, false, nullptr);
    for (int i = 0; i < 32; ++i) ASSERT_TRUE(builder.add(large)) << i;
    EXPECT_FALSE(builder.add(large));
  }
}

}  // namespace
}  // namespace selkie::protocol
