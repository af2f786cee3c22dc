// Types of INFORMATION_SCHEMA in ODBC's terms, and the rows that show them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "odbc/catalog_rows.h"
#include "odbc/catalog_shapes.h"

namespace selkie::odbc {
namespace {

constexpr TypeRules kNarrow{.describe = {.wide = false}, .mariadb = true};

// --- Types

TEST(TypeColumns, AnUnsignedIntegerHasTheTypeThatHoldsItsValues) {
  const TypeColumns with_sign = type_columns({.data_type = "int", .precision = 10, .scale = 0}, kNarrow),
                    without = type_columns({.data_type = "int", .is_unsigned = true, .precision = 10, .scale = 0}, kNarrow);
  EXPECT_EQ(with_sign.data_type, SQL_INTEGER);
  EXPECT_EQ(with_sign.type_name, "int");
  EXPECT_EQ(with_sign.column_size, 10);
  EXPECT_EQ(with_sign.decimal_digits, 0);
  EXPECT_EQ(without.data_type, SQL_BIGINT);
  EXPECT_EQ(without.type_name, "int unsigned");
  EXPECT_EQ(without.column_size, 19);
  EXPECT_EQ(without.char_octet_length, std::nullopt);
}

TEST(TypeColumns, AnEnumerationThatNamesUnsignedIsNone) {
  EXPECT_EQ(type_columns({.data_type = "enum", .is_unsigned = true, .characters = 8}, kNarrow).type_name, "enum");
}

TEST(TypeColumns, OneDigitIsABitWhereThatIsWished) {
  const TypeFacts one{.data_type = "tinyint", .precision = 3, .scale = 0, .is_one_wide = true};
  EXPECT_EQ(type_columns(one, kNarrow).data_type, SQL_TINYINT);
  EXPECT_EQ(type_columns(one, {.describe = {.tinyint1_is_bit = true}}).data_type, SQL_BIT);
}

TEST(TypeColumns, ADecimalIsAsLongAsItIsDeclared) {
  const TypeColumns type = type_columns({.data_type = "decimal", .precision = 18, .scale = 4}, kNarrow);
  EXPECT_EQ(type.data_type, SQL_DECIMAL);
  EXPECT_EQ(type.column_size, 18);
  EXPECT_EQ(type.buffer_length, 20);
  EXPECT_EQ(type.decimal_digits, 4);
  EXPECT_EQ(type.num_prec_radix, 10);
}

TEST(TypeColumns, AnApproximateNumberHasNoDecimalDigits) {
  const TypeColumns type = type_columns({.data_type = "double", .precision = 22}, kNarrow);
  EXPECT_EQ(type.column_size, 15);
  EXPECT_EQ(type.decimal_digits, std::nullopt);
  EXPECT_EQ(type.num_prec_radix, 10);
}

TEST(TypeColumns, FractionsOfSecondsMakeATimeLonger) {
  const TypeColumns whole = type_columns({.data_type = "datetime", .fraction = 0}, kNarrow),
                    micro = type_columns({.data_type = "datetime", .fraction = 6}, kNarrow);
  EXPECT_EQ(whole.column_size, 19);
  EXPECT_EQ(whole.decimal_digits, 0);
  EXPECT_EQ(micro.column_size, 26);
  EXPECT_EQ(micro.decimal_digits, 6);
  EXPECT_EQ(micro.sql_data_type, SQL_DATETIME);
  EXPECT_EQ(micro.datetime_sub, SQL_CODE_TIMESTAMP);
}

TEST(TypeColumns, TextIsWideOrNarrowAsTheConnectionIs) {
  const TypeFacts varchar{.data_type = "varchar", .characters = 64};
  const TypeColumns narrow = type_columns(varchar, kNarrow), wide = type_columns(varchar, {.describe = {.wide = true}});
  EXPECT_EQ(narrow.data_type, SQL_VARCHAR);
  EXPECT_EQ(narrow.buffer_length, 256);
  EXPECT_EQ(wide.data_type, SQL_WVARCHAR);
  EXPECT_EQ(wide.buffer_length, 128);
  EXPECT_EQ(wide.column_size, 64);
  EXPECT_EQ(wide.char_octet_length, 128);
}

TEST(TypeColumns, LongTextsObeyTheCap) {
  const TypeFacts longtext{.data_type = "longtext", .characters = 4'294'967'295};
  EXPECT_EQ(type_columns(longtext, {.describe = {.wide = false, .long_size_cap = 1000}}).column_size, 1000);
  EXPECT_EQ(type_columns(longtext, {.describe = {.wide = false, .long_size_cap = 1000}}).buffer_length, 4000);
  EXPECT_EQ(type_columns(longtext, kNarrow).column_size, 1'073'741'823);
}

TEST(TypeColumns, OneBitIsABitAndMoreAreBytes) {
  EXPECT_EQ(type_columns({.data_type = "bit", .precision = 1}, kNarrow).data_type, SQL_BIT);
  EXPECT_EQ(type_columns({.data_type = "bit", .precision = 1}, kNarrow).char_octet_length, std::nullopt);
  EXPECT_EQ(type_columns({.data_type = "bit", .precision = 9}, kNarrow).data_type, SQL_BINARY);
  EXPECT_EQ(type_columns({.data_type = "bit", .precision = 9}, kNarrow).column_size, 2);
}

TEST(TypeColumns, Odbc2ApplicationsGetTheirDatetimeCodes) {
  EXPECT_EQ(type_columns({.data_type = "date"}, {.odbc2 = true}).data_type, SQL_DATE);
  EXPECT_EQ(type_columns({.data_type = "date"}, {.odbc2 = false}).data_type, SQL_TYPE_DATE);
}

TEST(TypeColumns, AnUnknownTypeIsBytes) {
  EXPECT_EQ(type_columns({.data_type = "linestring"}, kNarrow).data_type, SQL_LONGVARBINARY);
  EXPECT_EQ(type_columns({.data_type = "linestring"}, kNarrow).type_name, "linestring");
}

// --- Rows

using Values = std::vector<std::optional<std::string>>;

std::vector<std::uint8_t> text_row(const Values& values) {
  std::vector<std::uint8_t> row;
  for (const std::optional<std::string>& value : values) {
    row.push_back(value ? static_cast<std::uint8_t>(value->size()) : protocol::kNullLength);
    if (value) row.insert(row.end(), value->begin(), value->end());
  }
  return row;
}

Values shown(CatalogRows& rows, const Values& query, std::size_t columns) {
  const std::vector<std::uint8_t> row = text_row(query);
  std::vector<protocol::Cell> cells(columns);
  EXPECT_EQ(rows.split(std::vector<protocol::Bytes>{row}, cells), 1u);
  Values values;
  for (const protocol::Cell& cell : cells) {
    values.push_back(cell.is_null() ? std::nullopt : std::optional(std::string(cell.bytes().begin(), cell.bytes().end())));
  }
  return values;
}

TEST(CatalogRows, LayoutsFitTheShapes) {
  EXPECT_EQ(kColumnsTypes.result_columns(), kColumnsShape.size());
  EXPECT_EQ(kProcedureColumnsTypes.result_columns(), kProcedureColumnsShape.size());
  EXPECT_EQ(kSpecialColumnsTypes.result_columns(), kSpecialColumnsShape.size());
}

TEST(CatalogRows, ColumnsAboutTheTypeTakeThePlaceOfItsFacts) {
  CatalogRows rows(kColumnsTypes, kNarrow);
  const auto query = [](std::string column, Values facts) {
    Values values{"db", std::nullopt, "t", column};
    values.insert(values.end(), facts.begin(), facts.end());
    values.insert(values.end(), {"1", "remark", std::nullopt, "3", "YES"});
    return values;
  };
  const Values decimal{"decimal", "0", std::nullopt, "18", "4", std::nullopt, "0"},
      text{"varchar", "0", "64", std::nullopt, std::nullopt, std::nullopt, "0"};
  const Values as_decimal{"db", std::nullopt, "t",      "a",          "3", "decimal",    "18",         "20", "4",
                          "10", "1",          "remark", std::nullopt, "3", std::nullopt, std::nullopt, "3",  "YES"};
  const Values as_text{"db",         std::nullopt, "t",      "b",          "12", "varchar",    "64",  "256", std::nullopt,
                       std::nullopt, "1",          "remark", std::nullopt, "12", std::nullopt, "256", "3",   "YES"};
  EXPECT_EQ(shown(rows, query("a", decimal), kColumnsShape.size()), as_decimal);
  EXPECT_EQ(shown(rows, query("b", text), kColumnsShape.size()), as_text);
  EXPECT_EQ(shown(rows, query("a", decimal), kColumnsShape.size()), as_decimal) << "a type met before";
}

TEST(CatalogRows, SpecialColumnsHaveNoSecondGroup) {
  CatalogRows rows(kSpecialColumnsTypes, kNarrow);
  EXPECT_EQ(shown(rows, {"2", "id", "int", "0", std::nullopt, "10", "0", std::nullopt, "0", "1"}, kSpecialColumnsShape.size()),
            (Values{"2", "id", "4", "int", "10", "4", "0", "1"}));
}

TEST(CatalogRows, ManyTypesAreToldApart) {
  CatalogRows rows(kSpecialColumnsTypes, kNarrow);
  for (int characters = 1; characters <= 10'000; ++characters) {
    const std::string size = std::to_string(characters);
    const Values row = shown(rows, {"2", "id", "varchar", "0", size, std::nullopt, std::nullopt, std::nullopt, "0", "1"},
                             kSpecialColumnsShape.size());
    ASSERT_EQ(row[4], size);
  }
}

TEST(CatalogRows, ARowThatDoesNotFitIsRefused) {
  CatalogRows rows(kSpecialColumnsTypes, kNarrow);
  std::vector<protocol::Cell> cells(kSpecialColumnsShape.size());
  const Values good{"2", "id", "int", "0", std::nullopt, "10", "0", std::nullopt, "0", "1"};
  std::vector<std::uint8_t> row = text_row(good);
  const auto fits = [&](protocol::Bytes packet) { return rows.split({&packet, 1}, cells) == 1; };
  EXPECT_TRUE(fits(row));
  for (std::size_t size = 0; size < row.size(); ++size) {
    EXPECT_FALSE(fits(protocol::Bytes(row).first(size))) << size;
  }
  Values without_type = good, without_end = good;
  without_type[2] = without_end[9] = std::nullopt;
  EXPECT_FALSE(fits(text_row(without_type)));
  EXPECT_FALSE(fits(text_row(without_end)));
}

TEST(CatalogRows, RowsAreSplitUpToTheFirstThatDoesNotFit) {
  CatalogRows rows(kSpecialColumnsTypes, kNarrow);
  const std::size_t columns = kSpecialColumnsShape.size();
  const std::vector<std::uint8_t> first = text_row({"2", "a", "int", "0", std::nullopt, "10", "0", std::nullopt, "0", "1"}),
                                  second = text_row({"2", "b", "text", "0", "9", std::nullopt, "0", std::nullopt, "0", "1"});
  const std::vector<protocol::Bytes> packets{first, second, protocol::Bytes(first).first(3), second};
  std::vector<protocol::Cell> cells(packets.size() * columns);
  ASSERT_EQ(rows.split(packets, cells), 2u);
  EXPECT_EQ(protocol::as_text(cells[1].bytes()), "a");
  EXPECT_EQ(protocol::as_text(cells[3].bytes()), "int");
  EXPECT_EQ(protocol::as_text(cells[columns + 1].bytes()), "b");
  EXPECT_EQ(protocol::as_text(cells[columns + 3].bytes()), "text");
  cells.pop_back();
  EXPECT_EQ(rows.split(packets, cells), 0u);
}

}  // namespace
}  // namespace selkie::odbc
