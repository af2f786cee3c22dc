#include "odbc/types.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "convert_support.h"

namespace selkie::odbc {
namespace {

using namespace test;

constexpr std::uint16_t kBinary = protocol::column_flag::kBinary, kZerofill = protocol::column_flag::kZerofill;

Column extended(Column made, std::string_view type, std::string_view format = {}) {
  made.extended_type = type;
  made.extended_format = format;
  return made;
}

// Definitions as MySQL 9.7, MariaDB 10.11 and 11.8 send them on a utf8mb4 connection.
struct Row {
  Column column;
  std::string_view name;
  SQLSMALLINT type;
  SQLULEN size;
  SQLLEN octets, display;
  SQLSMALLINT digits;
};
const Row kRows[] = {
    {column(WireType::tiny, 4), "tinyint", SQL_TINYINT, 3, 1, 4, 0},
    {column(WireType::tiny, 3, 0, kUnsigned), "tinyint unsigned", SQL_SMALLINT, 5, 2, 6, 0},
    {column(WireType::short_, 6), "smallint", SQL_SMALLINT, 5, 2, 6, 0},
    {column(WireType::short_, 5, 0, kUnsigned), "smallint unsigned", SQL_INTEGER, 10, 4, 11, 0},
    {column(WireType::int24, 9), "mediumint", SQL_INTEGER, 10, 4, 11, 0},
    {column(WireType::int24, 8, 0, kUnsigned), "mediumint unsigned", SQL_INTEGER, 10, 4, 11, 0},
    {column(WireType::long_, 11), "int", SQL_INTEGER, 10, 4, 11, 0},
    {column(WireType::long_, 10, 0, kUnsigned), "int unsigned", SQL_BIGINT, 19, 8, 20, 0},
    {column(WireType::longlong, 20), "bigint", SQL_BIGINT, 19, 8, 20, 0},
    {column(WireType::longlong, 20, 0, kUnsigned), "bigint unsigned", SQL_DECIMAL, 20, 22, 22, 0},
    {column(WireType::long_, 20, 0, kUnsigned | kZerofill), "int unsigned", SQL_BIGINT, 19, 8, 20, 0},
    {column(WireType::long_, 60, 0, kUnsigned | kZerofill), "int unsigned", SQL_BIGINT, 19, 8, 60, 0},
    {column(WireType::year, 4, 0, kUnsigned | kZerofill), "year", SQL_SMALLINT, 5, 2, 6, 0},
    {column(WireType::bit, 1, 0, kUnsigned), "bit", SQL_BIT, 1, 1, 1, 0},
    {column(WireType::bit, 8, 0, kUnsigned), "bit", SQL_BINARY, 1, 1, 2, 0},
    {column(WireType::bit, 64, 0, kUnsigned), "bit", SQL_BINARY, 8, 8, 16, 0},
    {column(WireType::newdecimal, 12, 2), "decimal", SQL_DECIMAL, 10, 12, 12, 2},
    {column(WireType::newdecimal, 11, 2, kUnsigned), "decimal unsigned", SQL_DECIMAL, 10, 12, 12, 2},
    {column(WireType::newdecimal, 6, 0), "decimal", SQL_DECIMAL, 5, 7, 7, 0},
    {column(WireType::newdecimal, 67, 30), "decimal", SQL_DECIMAL, 65, 67, 67, 30},
    {column(WireType::newdecimal, 2, 0), "decimal", SQL_DECIMAL, 1, 3, 3, 0},
    {column(WireType::float_, 12, 31), "float", SQL_REAL, 7, 4, 14, 0},
    {column(WireType::double_, 22, 31), "double", SQL_DOUBLE, 15, 8, 24, 0},
    {column(WireType::double_, 255, 30), "double", SQL_DOUBLE, 15, 8, 255, 0},
    {column(WireType::date, 10, 0, kBinary), "date", SQL_TYPE_DATE, 10, 6, 10, 0},
    {column(WireType::time, 10, 0, kBinary), "time", SQL_TYPE_TIME, 8, 6, 10, 0},
    {column(WireType::time, 17, 6, kBinary), "time", SQL_TYPE_TIME, 15, 6, 17, 6},
    {column(WireType::datetime, 19, 0, kBinary), "datetime", SQL_TYPE_TIMESTAMP, 19, 16, 19, 0},
    {column(WireType::datetime, 23, 3, kBinary), "datetime", SQL_TYPE_TIMESTAMP, 23, 16, 23, 3},
    {column(WireType::timestamp, 26, 6, kBinary), "timestamp", SQL_TYPE_TIMESTAMP, 26, 16, 26, 6},
    {column(WireType::string, 40, 0, 0, 45), "char", SQL_WCHAR, 10, 20, 10, 0},
    {column(WireType::var_string, 360, 0, 0, 255), "varchar", SQL_WVARCHAR, 90, 180, 90, 0},
    {column(WireType::var_string, 270, 0, 0, 33), "varchar", SQL_WVARCHAR, 90, 180, 90, 0},
    {column(WireType::var_string, 90, 0, 0, 8), "varchar", SQL_WVARCHAR, 90, 180, 90, 0},
    {column(WireType::var_string, 0, 39, 1, 45), "varchar", SQL_WVARCHAR, 1, 2, 1, 0},
    {column(WireType::blob, 1020, 0, 16, 45), "tinytext", SQL_WLONGVARCHAR, 255, 510, 255, 0},
    {column(WireType::blob, 262140, 0, 16, 224), "text", SQL_WLONGVARCHAR, 65535, 131070, 65535, 0},
    {column(WireType::blob, 67108860, 0, 16, 224), "mediumtext", SQL_WLONGVARCHAR, 1 << 20, 2 << 20, 1 << 20, 0},
    {column(WireType::blob, 4294967295, 0, 16, 224), "longtext", SQL_WLONGVARCHAR, 1 << 20, 2 << 20, 1 << 20, 0},
    {column(WireType::blob, 255, 0, 144), "tinyblob", SQL_LONGVARBINARY, 255, 255, 510, 0},
    {column(WireType::blob, 65535, 0, 144), "blob", SQL_LONGVARBINARY, 65535, 65535, 131070, 0},
    {column(WireType::blob, 4294967295, 0, 144), "longblob", SQL_LONGVARBINARY, 1 << 20, 1 << 20, 2 << 20, 0},
    {column(WireType::string, 4, 0, kBinary), "binary", SQL_BINARY, 4, 4, 8, 0},
    {column(WireType::var_string, 100, 0, kBinary), "varbinary", SQL_VARBINARY, 100, 100, 200, 0},
    {column(WireType::string, 8, 0, 256, 255), "enum", SQL_WCHAR, 2, 4, 2, 0},
    {column(WireType::string, 12, 0, 2048, 255), "set", SQL_WCHAR, 3, 6, 3, 0},
    {column(WireType::json, 4294967295, 0, 144), "json", SQL_WLONGVARCHAR, 1 << 20, 2 << 20, 1 << 20, 0},
    {extended(column(WireType::var_string, 40, 0, 144, 45), "", "json"), "json", SQL_WLONGVARCHAR, 62, 124, 62,
     0},  // no table's
    {extended(column(WireType::blob, 4294967295, 0, 144, 45), "", "json"), "json", SQL_WLONGVARCHAR, 1 << 20, 2 << 20, 1 << 20,
     0},
    {extended(column(WireType::string, 144, 0, 160, 45), "uuid"), "uuid", SQL_WCHAR, 36, 72, 36, 0},
    {extended(column(WireType::string, 156, 0, 160, 45), "inet6"), "inet6", SQL_WCHAR, 39, 78, 39, 0},
    {extended(column(WireType::string, 60, 0, 160, 45), "inet4"), "inet4", SQL_WCHAR, 15, 30, 15, 0},
    {column(WireType::geometry, 4294967295, 0, 144), "geometry", SQL_LONGVARBINARY, 1 << 20, 1 << 20, 2 << 20, 0},
    {extended(column(WireType::geometry, 4294967295, 0, 144), "point"), "point", SQL_LONGVARBINARY, 1 << 20, 1 << 20, 2 << 20,
     0},
    {column(WireType::vector, 12, 31, 144), "vector", SQL_LONGVARBINARY, 12, 12, 24, 0},
    {column(WireType::null, 0, 0, kBinary), "null", SQL_WVARCHAR, 1, 2, 1, 0},
    {column(static_cast<WireType>(200), 7), "unknown", SQL_LONGVARBINARY, 7, 7, 14, 0},
};

constexpr DescribeOptions kDefault{.long_size_cap = kDefaultLongSizeCap};

TEST(Describe, EachWireTypeHasItsTypeAndSizes) {
  for (const Row& row : kRows) {
    const TypeDescription d = describe(row.column, kDefault);
    EXPECT_EQ(d.type_name, row.name);
    EXPECT_EQ(d.concise_type, row.type) << row.name;
    EXPECT_EQ(d.column_size, row.size) << row.name << " " << row.column.length;
    EXPECT_EQ(d.octet_length, row.octets) << row.name << " " << row.column.length;
    EXPECT_EQ(d.display_size, row.display) << row.name << " " << row.column.length;
    EXPECT_EQ(d.decimal_digits, row.digits) << row.name;
  }
}

bool is_number(SQLSMALLINT type) {
  switch (type) {
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
    case SQL_DECIMAL:
    case SQL_REAL:
    case SQL_DOUBLE: return true;
    default: return false;
  }
}

TEST(Describe, FieldsAgreeWithEachOther) {
  for (const Row& row : kRows) {
    const TypeDescription d = describe(row.column, kDefault);
    const bool is_datetime = d.concise_type >= SQL_TYPE_DATE && d.concise_type <= SQL_TYPE_TIMESTAMP;
    EXPECT_EQ(d.verbose_type, is_datetime ? SQL_DATETIME : d.concise_type) << row.name;
    EXPECT_EQ(d.datetime_code, is_datetime ? d.concise_type - 90 : 0) << row.name;
    EXPECT_EQ(d.num_prec_radix, is_number(d.concise_type) ? 10 : 0) << row.name;
    EXPECT_EQ(d.is_unsigned, !is_number(d.concise_type) || row.column.is_unsigned()) << row.name;
    EXPECT_FALSE(d.fixed_prec_scale);
    EXPECT_EQ(d.literal_prefix.empty(), is_number(d.concise_type) || d.type_name == "tinyint") << row.name;
  }
}

TEST(Describe, NarrowTextCountsColumnsInCharactersAndBuffersInBytes) {
  const TypeDescription d = describe(text_column(90), {.wide = false});
  EXPECT_EQ(d.concise_type, SQL_VARCHAR);
  EXPECT_EQ(d.column_size, 90u);
  EXPECT_EQ(d.octet_length, 360);
  EXPECT_EQ(d.display_size, 360);
  EXPECT_EQ(describe(column(WireType::string, 40, 0, 0, 45), {.wide = false}).concise_type, SQL_CHAR);
  EXPECT_EQ(describe(column(WireType::json, 400), {.wide = false}).concise_type, SQL_LONGVARCHAR);
}

TEST(Describe, WithoutACapSizesEndWhereOdbcsIntegersDo) {
  for (const Row& row : kRows) {
    for (const bool wide : {true, false}) {
      const TypeDescription d = describe(row.column, {.wide = wide});
      EXPECT_GT(d.column_size, 0u) << row.name;
      EXPECT_LE(d.column_size, 2147483647u) << row.name;
      EXPECT_GT(d.octet_length, 0) << row.name;
      EXPECT_LE(d.octet_length, 2147483647) << row.name;
      EXPECT_GT(d.display_size, 0) << row.name;
      EXPECT_LE(d.display_size, 2147483647) << row.name;
    }
  }
  EXPECT_EQ(describe(column(WireType::blob, 4294967295, 0, 16, 45), {}).column_size, 1073741823u);
  EXPECT_EQ(describe(column(WireType::blob, 4294967295, 0, 144), {}).column_size, 2147483647u);
}

TEST(Describe, OptionsOfTheConnection) {
  EXPECT_EQ(describe(column(WireType::longlong, 20), {.no_bigint = true}).concise_type, SQL_INTEGER);
  EXPECT_EQ(describe(column(WireType::longlong, 20, 0, kUnsigned), {.no_bigint = true}).concise_type, SQL_INTEGER);
  EXPECT_EQ(describe(column(WireType::tiny, 1), {.tinyint1_is_bit = true}).concise_type, SQL_BIT);
  EXPECT_EQ(describe(column(WireType::tiny, 4), {.tinyint1_is_bit = true}).concise_type, SQL_TINYINT);
  EXPECT_EQ(describe(column(WireType::blob, 65535), {.long_size_cap = 1000}).column_size, 1000u);
  EXPECT_EQ(describe(column(WireType::var_string, 65535), {.long_size_cap = 1000}).column_size, 65535u);
}

TEST(Describe, CaseSensitivityFollowsTheCollation) {
  EXPECT_FALSE(describe(column(WireType::var_string, 80, 0, 0, 45), {}).case_sensitive);
  EXPECT_TRUE(describe(column(WireType::var_string, 80, 0, kBinary, 45), {}).case_sensitive);  // utf8mb4_bin: text, no bytes
  EXPECT_EQ(describe(column(WireType::var_string, 80, 0, kBinary, 45), {}).concise_type, SQL_WVARCHAR);
  EXPECT_TRUE(describe(column(WireType::json, 80), {}).case_sensitive);
  EXPECT_FALSE(describe(column(WireType::var_string, 80, 0, kBinary), {}).case_sensitive);
}

TEST(Describe, NoCodeNoLengthAndNoDecimalsAreTooOdd) {
  for (int type = 0; type < 256; ++type) {
    for (const std::uint32_t length : {0u, 1u, 3u, 0xffffffffu}) {
      for (const int decimals : {0, 6, 31, 39, 255}) {
        for (const std::uint16_t charset : {std::uint16_t{45}, std::uint16_t{63}, std::uint16_t{65535}}) {
          for (const std::uint16_t flags : {std::uint16_t{0}, std::uint16_t{65535}}) {
            const Column odd = column(static_cast<WireType>(type), length, static_cast<std::uint8_t>(decimals), flags, charset);
            const TypeDescription d = describe(odd, kDefault);
            ASSERT_NE(d.concise_type, 0);
            ASSERT_GT(d.column_size, 0u);
            ASSERT_GT(d.display_size, 0);
            ASSERT_GE(d.decimal_digits, 0);
            ASSERT_LE(d.decimal_digits, 65);
            ASSERT_FALSE(d.type_name.empty());
          }
        }
      }
    }
  }
}

// information_schema.COLLATIONS of the three servers: the first and last id of each charset, and what lies beside them.
TEST(Collations, MaxBytesPerCharacterOfEveryCharset) {
  struct Range {
    std::uint16_t first, last;
    int bytes;
  };
  for (const Range& range : {
           Range{1, 1, 2},       Range{2, 11, 1},      Range{12, 12, 3},     Range{13, 13, 2},     Range{14, 16, 1},
           Range{18, 18, 1},     Range{19, 19, 2},     Range{20, 23, 1},     Range{24, 24, 2},     Range{25, 27, 1},
           Range{28, 28, 2},     Range{29, 32, 1},     Range{33, 33, 3},     Range{34, 34, 1},     Range{35, 35, 2},
           Range{36, 44, 1},     Range{45, 46, 4},     Range{47, 53, 1},     Range{54, 56, 4},     Range{57, 59, 1},
           Range{60, 62, 4},     Range{63, 75, 1},     Range{76, 76, 3},     Range{77, 82, 1},     Range{83, 83, 3},
           Range{84, 88, 2},     Range{89, 89, 1},     Range{90, 90, 2},     Range{91, 91, 3},     Range{92, 94, 1},
           Range{95, 96, 2},     Range{97, 98, 3},     Range{99, 99, 1},     Range{101, 124, 4},   Range{128, 151, 2},
           Range{159, 159, 2},   Range{160, 183, 4},   Range{192, 215, 3},   Range{223, 223, 3},   Range{224, 247, 4},
           Range{248, 250, 4},   Range{255, 323, 4},   Range{576, 579, 3},   Range{608, 611, 4},   Range{640, 642, 2},
           Range{672, 674, 4},   Range{736, 738, 4},   Range{1025, 1025, 2}, Range{1032, 1035, 1}, Range{1057, 1057, 3},
           Range{1069, 1070, 4}, Range{1119, 1120, 2}, Range{1216, 1216, 3}, Range{1248, 1270, 4}, Range{2048, 2247, 3},
           Range{2304, 2503, 4}, Range{2560, 2759, 2}, Range{2816, 3015, 4}, Range{3072, 3271, 4},
       }) {
    for (int id = range.first; id <= range.last; ++id) {
      EXPECT_EQ(max_bytes_per_char(static_cast<std::uint16_t>(id)), range.bytes) << id;
    }
  }
  EXPECT_EQ(max_bytes_per_char(65535), 4);
}

// Of information_schema.COLLATIONS: the first and last id of each charset that is UTF-8, and neighbours that are not.
TEST(Collations, WhoseTextIsUtf8) {
  for (const int id : {11,  33,  45,  46,  65,   76,   83,   192,  223,  224,  247,  255,  323,
                       576, 579, 608, 611, 1035, 1057, 1070, 1216, 1270, 2048, 2247, 2304, 2503}) {
    EXPECT_TRUE(is_utf8(static_cast<std::uint16_t>(id))) << id;
  }
  for (const int id :
       {1, 8, 12, 28, 35, 47, 54, 61, 63, 84, 91, 97, 101, 128, 160, 248, 640, 672, 1032, 1119, 2560, 2816, 3072}) {
    EXPECT_FALSE(is_utf8(static_cast<std::uint16_t>(id))) << id;
  }
}

TEST(TypeInfo, RowsAreSortedByDataType) {
  const auto rows = type_info_rows();
  EXPECT_TRUE(std::ranges::is_sorted(rows, {}, &TypeInfoRow::data_type));
  std::set<std::pair<SQLSMALLINT, std::string_view>> seen;
  for (const TypeInfoRow& row : rows) EXPECT_TRUE(seen.insert({row.data_type, row.type_name}).second) << row.type_name;
}

TEST(TypeInfo, EveryDescribedTypeHasItsRow) {
  const auto rows = type_info_rows();
  for (const Row& row : kRows) {
    if (row.name == "null" || row.name == "unknown" || row.name == "vector" || row.name == "point" || row.name == "uuid" ||
        row.name.starts_with("inet")) {
      continue;  // not on every server, or nothing to declare a column with
    }
    for (const bool wide : {true, false}) {
      const TypeDescription d = describe(row.column, {.wide = wide});
      const auto found = std::ranges::find_if(
          rows, [&](const TypeInfoRow& info) { return info.data_type == d.concise_type && info.type_name == row.name; });
      ASSERT_NE(found, rows.end()) << row.name;
      EXPECT_LE(d.column_size, static_cast<SQLULEN>(found->column_size)) << row.name;
      EXPECT_EQ(found->sql_data_type, d.verbose_type) << row.name;
      EXPECT_EQ(found->sql_datetime_sub, d.datetime_code != 0 ? d.datetime_code : kNull) << row.name;
      EXPECT_EQ(found->num_prec_radix, d.num_prec_radix != 0 ? d.num_prec_radix : kNull) << row.name;
      EXPECT_EQ(found->literal_prefix.empty(), d.literal_prefix.empty() && d.concise_type != SQL_BIT) << row.name;
      EXPECT_EQ(found->searchable, d.searchable) << row.name;
      if (is_number(d.concise_type)) {
        EXPECT_EQ(found->unsigned_attribute, d.is_unsigned ? SQL_TRUE : SQL_FALSE) << row.name;
      }
    }
  }
}

// What clients read at connect to decide how to bind.
TEST(TypeInfo, FirstRowsOfStringsAndTimestampsAreLargeEnough) {
  const auto first = [](SQLSMALLINT type) {
    const auto rows = type_info_rows();
    return *std::ranges::find(rows, type, &TypeInfoRow::data_type);
  };
  EXPECT_EQ(first(SQL_VARCHAR).column_size, 65535);
  EXPECT_EQ(first(SQL_WVARCHAR).column_size, 65535);
  EXPECT_EQ(first(SQL_VARBINARY).column_size, 65535);
  EXPECT_EQ(first(SQL_TYPE_TIMESTAMP).column_size, 26);
  EXPECT_EQ(first(SQL_TYPE_TIMESTAMP).maximum_scale, 6);
  EXPECT_EQ(first(SQL_DECIMAL).type_name, "decimal");
  EXPECT_EQ(first(SQL_BIGINT).type_name, "bigint");
  EXPECT_EQ(first(SQL_INTEGER).type_name, "int");
  EXPECT_EQ(first(SQL_SMALLINT).type_name, "smallint");
  EXPECT_EQ(first(SQL_WLONGVARCHAR).type_name, "longtext");
}

}  // namespace
}  // namespace selkie::odbc
