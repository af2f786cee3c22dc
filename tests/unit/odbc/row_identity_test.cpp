#include "odbc/row_identity.h"

#include "unconnected.h"

namespace selkie::odbc {
namespace {

using namespace test;
using protocol::WireType;

constexpr std::uint16_t kUtf8mb4 = 45;

protocol::Cell cell(std::string_view bytes) { return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}; }

RowValue value(const ColumnParts& parts, protocol::Encoding encoding, protocol::Cell cell) {
  const auto columns = columns_of({parts});
  const std::size_t first[] = {0};
  return values_of(first, *columns, encoding, std::span(&cell, 1)).front();
}
std::string bytes_of(const RowValue& value) { return {value.bytes.begin(), value.bytes.begin() + value.length}; }

TEST(RowIdentity, ConditionsFindExactlyTheValuesThatWereFetched) {
  const auto columns = columns_of({{.org_table = "t", .name = "x", .org_name = "i`d"},
                                   {.org_table = "t", .org_name = "name", .type = WireType::var_string, .charset = kUtf8mb4},
                                   {.org_table = "t", .org_name = "raw", .type = WireType::var_string},
                                   {.org_table = "t", .org_name = "at", .type = WireType::datetime},
                                   {.org_table = "t", .org_name = "flag", .type = WireType::bit}});
  std::vector<RowValue> key(1), compared(5);
  for (std::size_t i = 0; i < compared.size(); ++i) compared[i].column = i;
  EXPECT_EQ(condition(key, {}, *columns), " WHERE `i``d`=?");
  EXPECT_EQ(condition(key, compared, *columns),
            " WHERE `i``d`=? AND `i``d`<=>? AND CONVERT(`name` USING utf8mb4) COLLATE utf8mb4_bin<=>? AND `raw`<=>?"
            " AND CAST(`at` AS CHAR)<=>? AND `flag`+0<=>?");
}

TEST(RowIdentity, LongAndApproximateValuesAreNotCompared) {
  const auto columns =
      columns_of({{.org_table = "t", .org_name = "id"},
                  {.org_table = "t", .org_name = "f", .type = WireType::float_},
                  {.org_table = "t", .org_name = "d", .type = WireType::double_},
                  {.org_table = "t", .org_name = "b", .type = WireType::blob, .flags = protocol::column_flag::kBlob},
                  {.org_table = "t", .org_name = "n", .type = WireType::newdecimal},
                  {.org_table = "t", .org_name = "g"}});
  RowIdentity identity;
  identity.is_updatable = {true, true, true, true, true, false};
  EXPECT_EQ(comparable_columns(identity, *columns), (std::vector<std::size_t>{0, 4}));
}

TEST(RowIdentity, ValuesBecomeParametersAlikeInBothEncodings) {
  using enum protocol::Encoding;
  const ColumnParts integer{.type = WireType::long_},
      big{.type = WireType::longlong, .flags = protocol::column_flag::kUnsigned};
  const ColumnParts text_column{.type = WireType::var_string, .charset = kUtf8mb4}, raw{.type = WireType::var_string};
  const std::string minus_one(4, '\xff'), most(8, '\xff');
  EXPECT_EQ(value(integer, text, cell("-1")).bytes, value(integer, binary, cell(minus_one)).bytes);
  EXPECT_EQ(value(integer, text, cell("-1")).c_type, SQL_C_SBIGINT);
  EXPECT_EQ(value(big, text, cell("18446744073709551615")).bytes, value(big, binary, cell(most)).bytes);
  EXPECT_EQ(value(big, text, cell("0")).c_type, SQL_C_UBIGINT);
  EXPECT_EQ(bytes_of(value(text_column, text, cell("\xc3\xa9 x"))), "\xc3\xa9 x");
  EXPECT_EQ(value(raw, binary, cell(std::string_view("\0\xff", 2))).c_type, SQL_C_BINARY);
  EXPECT_EQ(bytes_of(value(raw, binary, cell(std::string_view("\0\xff", 2)))), std::string("\0\xff", 2));
  EXPECT_EQ(value({.type = WireType::bit}, text, cell("\x01\x02")).bytes, (std::vector<std::uint8_t>{2, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(value(raw, text, {}).length, SQL_NULL_DATA);
}

}  // namespace
}  // namespace selkie::odbc
