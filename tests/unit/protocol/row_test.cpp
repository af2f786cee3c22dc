#include "protocol/row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "allocations.h"
#include "golden.h"

namespace selkie::protocol {
namespace {

using Values = std::vector<std::string>;  // "NULL" for NULL

Values values(const std::vector<Cell>& cells) {
  Values out;
  for (const Cell& cell : cells) out.push_back(cell.is_null() ? "NULL" : std::string(as_text(cell.bytes())));
  return out;
}

std::string text_of(const char* digits) { return std::string(as_text(hex(digits))); }

// ---- Text rows. Captured from MariaDB 10.11.19; MySQL 9.7.4 sends the same.
// TINYINT, SMALLINT UNSIGNED, MEDIUMINT, INT, BIGINT UNSIGNED, YEAR, FLOAT, DOUBLE, DECIMAL(10,3), DATE, DATETIME(6), TIME(6),
// BIT(9), ENUM, SET, JSON, BLOB, VARCHAR

const Packet kTextRow = hex(
    "022d31 053635353335 082d38333838363038 0b2d32313437343833363438 143138343436373434303733373039353531363135 0432303234"
    "03312e35 052d322e3235 0a2d31323334352e363738 0a323032342d30322d3239 1a323032342d30322d32392032333a35393a35382e313233343536"
    "112d3833383a35393a35382e303030303031 020101 026262 03782c79 035b315d 020001 0368c3a9");
const Packet kTextRowWithNulls =
    hex("fb fb fb fb fb fb fb fb fb 0a303030302d30302d3030 1a323032342d30322d32392030303a30303a30302e303030303030"
        "0f30303a30303a30302e303030303030 fb fb fb fb fb 00");

TEST(SliceText, CellsPointIntoTheRow) {
  std::vector<Cell> cells(18);
  ASSERT_TRUE(slice_text(kTextRow, cells));
  EXPECT_EQ(values(cells), (Values{"-1", "65535", "-8388608", "-2147483648", "18446744073709551615", "2024", "1.5", "-2.25",
                                   "-12345.678", "2024-02-29", "2024-02-29 23:59:58.123456", "-838:59:58.000001", "\x01\x01",
                                   "bb", "x,y", "[1]", std::string("\0\1", 2), "h\xc3\xa9"}));
  EXPECT_EQ(cells[0].data, kTextRow.data() + 1);
  EXPECT_EQ(cells[17].data + cells[17].size_bytes, kTextRow.data() + kTextRow.size());
}

TEST(SliceText, NullIsNotTheEmptyText) {
  std::vector<Cell> cells(18);
  ASSERT_TRUE(slice_text(kTextRowWithNulls, cells));
  EXPECT_TRUE(cells[0].is_null());
  EXPECT_EQ(values({cells[9]}), Values{"0000-00-00"});
  EXPECT_FALSE(cells[17].is_null());
  EXPECT_EQ(cells[17].size_bytes, 0u);
}

TEST(SliceText, TruncatedTwinsAndBytesLeftOver) {
  std::vector<Cell> cells(18);
  for (const Packet& row : {kTextRow, kTextRowWithNulls}) {
    for (std::size_t size = 0; size < row.size(); ++size) EXPECT_FALSE(slice_text(cut(row, size), cells)) << size;
    EXPECT_FALSE(slice_text(row + hex("00"), cells));
  }
}

// The count in the result's header and the cells in a row must agree.
TEST(SliceText, AnotherColumnCountIsRefused) {
  for (const std::size_t count : {17u, 19u}) {
    std::vector<Cell> cells(count);
    EXPECT_FALSE(slice_text(kTextRow, cells));
  }
}

TEST(SliceText, LongCellsOfEveryLengthForm) {
  for (const std::size_t size : {250u, 251u, 252u, 65535u, 65536u, 0xffffffu, 0x1000000u}) {
    ByteWriter row;
    row.u8(0xfb);
    row.lenenc(size);
    row.zeros(size);
    row.lenenc_text("x");
    std::vector<Cell> cells(3);
    ASSERT_TRUE(slice_text(row.bytes(), cells)) << size;
    EXPECT_TRUE(cells[0].is_null());
    EXPECT_EQ(cells[1].size_bytes, size);
    EXPECT_EQ(values({cells[2]}), Values{"x"});
  }
}

TEST(SliceText, LengthsThatCannotBeAreRefused) {
  std::vector<Cell> cells(1);
  for (const char* row : {"ff", "ff 00", "ff 0100000000000000 61", "fc", "fc 01", "fc 0200 61", "fd 0100", "fd 020000 61",
                          "fe 01000000000000", "fe 0200000000000000 61", "fe ffffffffffffffff 61", "fe 0000000000000080 61"}) {
    EXPECT_FALSE(slice_text(hex(row), cells)) << row;
  }
}

// ---- Binary rows of the same table

const WireType kTypes[] = {WireType::tiny,     WireType::short_, WireType::int24,     WireType::long_,      WireType::longlong,
                           WireType::year,     WireType::float_, WireType::double_,   WireType::newdecimal, WireType::date,
                           WireType::datetime, WireType::time,   WireType::bit,       WireType::string,     WireType::string,
                           WireType::json,     WireType::blob,   WireType::var_string};
const Packet kBinaryRow =
    hex("00 000000 ff ffff 000080ff 00000080 ffffffffffffffff e807 0000c03f 00000000000002c0 0a2d31323334352e363738 04e807021d"
        "0be807021d173b3a40e20100 0c0122000000163b3a01000000 020101 026262 03782c79 035b315d 020001 0368c3a9");
const Packet kBinaryRowWithNulls = hex("00 fcc707 00 04e807021d 00 00");
const Packet kBinaryRowOfZeros =
    hex("00 000000 01 0200 03000000 04000000 0500000000000000 0000 00000000 0000000000000000 05302e303030 0401000101"
        "07e807021d010203 0800000000000a0000 020000 00 00 027b7d 00 0178");

ColumnSetPtr columns_of(std::span<const WireType> types) {
  ColumnSetBuilder builder;
  builder.begin(types.size(), false, nullptr);
  for (const WireType type : types) {
    ByteWriter out;
    out.zeros(6);
    out.bytes(hex("0c 3f00 00000000"));
    out.u8(static_cast<std::uint8_t>(type));
    out.bytes(hex("0000 00 0000"));
    EXPECT_TRUE(builder.add(out.bytes()));
  }
  return builder.finish();
}

TEST(SliceBinary, CellsHoldTheValuesBytes) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(18);
  ASSERT_TRUE(slice_binary(kBinaryRow, *columns, cells));
  EXPECT_EQ(values(cells),
            (Values{text_of("ff"), text_of("ffff"), text_of("000080ff"), text_of("00000080"), text_of("ffffffffffffffff"),
                    text_of("e807"), text_of("0000c03f"), text_of("00000000000002c0"), "-12345.678", text_of("e807021d"),
                    text_of("e807021d173b3a40e20100"), text_of("0122000000163b3a01000000"), "\x01\x01", "bb", "x,y", "[1]",
                    std::string("\0\1", 2), "h\xc3\xa9"}));
}

// 0, 4, 7 and 11 bytes for a date, 0, 8 and 12 for a time: what they mean is the converter's to say.
TEST(SliceBinary, TemporalCellsHaveTheLengthTheServerChose) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(18);
  ASSERT_TRUE(slice_binary(kBinaryRowWithNulls, *columns, cells));
  for (std::size_t i = 0; i < 18; ++i) EXPECT_EQ(cells[i].is_null(), i < 9 || (i >= 12 && i < 17)) << i;
  EXPECT_EQ(cells[9].size_bytes, 0u);  // 0000-00-00
  EXPECT_EQ(cells[10].size_bytes, 4u);
  EXPECT_EQ(cells[11].size_bytes, 0u);  // 00:00:00
  EXPECT_EQ(cells[17].size_bytes, 0u);
  ASSERT_TRUE(slice_binary(kBinaryRowOfZeros, *columns, cells));
  EXPECT_EQ(cells[10].size_bytes, 7u);
  EXPECT_EQ(cells[11].size_bytes, 8u);
}

TEST(SliceBinary, TruncatedTwinsAndBytesLeftOver) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(18);
  for (const Packet& row : {kBinaryRow, kBinaryRowWithNulls, kBinaryRowOfZeros}) {
    for (std::size_t size = 0; size < row.size(); ++size) EXPECT_FALSE(slice_binary(cut(row, size), *columns, cells)) << size;
    EXPECT_FALSE(slice_binary(row + hex("00"), *columns, cells));
  }
}

TEST(SliceBinary, OnlyAHeaderOfZeroIsARow) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(18);
  Packet row = kBinaryRow;
  row[0] = 0x01;
  EXPECT_FALSE(slice_binary(row, *columns, cells));
}

// Two unused bits come first: with 6 columns the bitmap is one byte long, with 7 it is two.
TEST(SliceBinary, NullBitsStartAtTheThird) {
  for (std::size_t count = 1; count <= 20; ++count) {
    const std::vector<WireType> types(count, WireType::tiny);
    const ColumnSetPtr columns = columns_of(types);
    std::vector<Cell> cells(count);
    for (std::size_t null = 0; null < count; ++null) {
      Packet row(1 + (count + 9) / 8);
      row[1 + (null + 2) / 8] = static_cast<std::uint8_t>(1 << (null + 2) % 8);
      for (std::size_t i = 0; i + 1 < count; ++i) row.push_back(static_cast<std::uint8_t>(i));
      ASSERT_TRUE(slice_binary(row, *columns, cells)) << count << " " << null;
      for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(cells[i].is_null(), i == null) << count << " " << null;
      row.erase(row.begin() + 1);  // a bitmap too small by one byte, as one proxy has sent it
      EXPECT_FALSE(slice_binary(row, *columns, cells));
    }
  }
}

// A proxy with definitions of an older table sends rows of another width.
TEST(SliceBinary, RowsThatDoNotFitTheDefinitionsAreRefused) {
  std::vector<WireType> types(kTypes, kTypes + 18);
  std::vector<Cell> cells(18);
  types[3] = WireType::longlong;
  EXPECT_FALSE(slice_binary(kBinaryRow, *columns_of(types), cells));
  types[3] = WireType::short_;
  EXPECT_FALSE(slice_binary(kBinaryRow, *columns_of(types), cells));
  cells.resize(17);
  EXPECT_FALSE(slice_binary(kBinaryRow, *columns_of(kTypes), cells));
}

TEST(SliceBinary, LengthsThatCannotBeAreRefused) {
  const WireType blob[] = {WireType::blob};
  const ColumnSetPtr columns = columns_of(blob);
  std::vector<Cell> cells(1);
  for (const char* value : {"", "fb", "fb 0100000000000000 61", "ff", "ff 0100000000000000 61", "fc", "fc 0200 61",
                            "fd 020000 61", "fe 0200000000000000 61", "fe ffffffffffffffff 61"}) {
    EXPECT_FALSE(slice_binary(hex("00 00") + hex(value), *columns, cells)) << value;
  }
  EXPECT_TRUE(slice_binary(hex("00 00 fc 0100 61"), *columns, cells));
}

TEST(SliceBinary, UnknownTypesAreBytesWithALength) {
  const WireType types[] = {static_cast<WireType>(200), WireType::vector, WireType::geometry, WireType::null};
  std::vector<Cell> cells(4);
  const Packet row = hex("00 20 0161 026263 00");
  ASSERT_TRUE(slice_binary(row, *columns_of(types), cells));
  EXPECT_EQ(values(cells), (Values{"a", "bc", "", "NULL"}));
}

TEST(SliceRows, GivesTheCellsOfOneRowBehindThoseOfTheOther) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> alone(18), together(36);
  const std::vector<Bytes> text{kTextRowWithNulls, kTextRow}, binary{kBinaryRowWithNulls, kBinaryRow};
  ASSERT_EQ(slice_rows(text, Encoding::text, *columns, together), 2u);
  ASSERT_TRUE(slice_text(kTextRow, alone));
  EXPECT_EQ(values({together.begin() + 18, together.end()}), values(alone));
  ASSERT_EQ(slice_rows(binary, Encoding::binary, *columns, together), 2u);
  ASSERT_TRUE(slice_binary(kBinaryRow, *columns, alone));
  EXPECT_EQ(values({together.begin() + 18, together.end()}), values(alone));
  EXPECT_EQ(slice_rows(binary, Encoding::binary, *columns, alone), 0u);  // no room for two
}

TEST(SliceRows, EndsBeforeTheFirstThatDoesNotFit) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(54);
  for (std::size_t size = 0; size < kTextRow.size(); ++size) {
    const Packet twin = cut(kTextRow, size);
    EXPECT_EQ(slice_rows(std::vector<Bytes>{kTextRow, twin, kTextRow}, Encoding::text, *columns, cells), 1u) << size;
  }
  for (std::size_t size = 0; size < kBinaryRow.size(); ++size) {
    const Packet twin = cut(kBinaryRow, size);
    EXPECT_EQ(slice_rows(std::vector<Bytes>{kBinaryRow, twin, kBinaryRow}, Encoding::binary, *columns, cells), 1u) << size;
  }
}

TEST(Slicing, AllocatesNothing) {
  const ColumnSetPtr columns = columns_of(kTypes);
  std::vector<Cell> cells(18);
  const std::size_t before = allocations();
  slice_text(kTextRow, cells);
  slice_binary(kBinaryRow, *columns, cells);
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace selkie::protocol
