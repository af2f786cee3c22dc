#include <array>
#include <cstring>
#include <limits>
#include <string>

#include "convert_support.h"

namespace selkie::odbc {
namespace {

using namespace test;

// --- The same value in a text and in a binary row gives the same answer.

struct Twin {
  const char* name;
  Column column;
  std::string text;  // as the server writes it; captured from MySQL 9.7 and MariaDB 11.8
  Value binary;
};

const std::uint16_t kZerofill = protocol::column_flag::kZerofill | kUnsigned;

std::vector<Twin> twins() {
  return {
      {"tinyint", column(WireType::tiny, 4), "-128", native<std::int8_t>(-128)},
      {"tinyint unsigned", column(WireType::tiny, 3, 0, kUnsigned), "255", native<std::uint8_t>(255)},
      {"smallint", column(WireType::short_, 6), "-32768", native<std::int16_t>(-32768)},
      {"smallint unsigned", column(WireType::short_, 5, 0, kUnsigned), "65535", native<std::uint16_t>(65535)},
      {"mediumint", column(WireType::int24, 9), "-8388608", native<std::int32_t>(-8388608)},
      {"int", column(WireType::long_, 11), "-2147483648", native<std::int32_t>(-2147483647 - 1)},
      {"int unsigned", column(WireType::long_, 10, 0, kUnsigned), "4294967295", native<std::uint32_t>(4294967295u)},
      {"int zero", column(WireType::long_, 11), "0", native<std::int32_t>(0)},
      {"bigint", column(WireType::longlong, 20), "-9223372036854775808", native(std::numeric_limits<std::int64_t>::min())},
      {"bigint max", column(WireType::longlong, 20), "9223372036854775807", native(std::numeric_limits<std::int64_t>::max())},
      {"bigint unsigned", column(WireType::longlong, 20, 0, kUnsigned), "18446744073709551615", native(~std::uint64_t{0})},
      {"int zerofill", column(WireType::long_, 5, 0, kZerofill), "00042", native<std::int32_t>(42)},
      {"bigint zerofill", column(WireType::longlong, 25, 0, kZerofill), "0000000000000000000000042", native<std::int64_t>(42)},
      {"year", column(WireType::year, 4, 0, kZerofill), "2000", native<std::uint16_t>(2000)},
      {"year zero", column(WireType::year, 4, 0, kZerofill), "0000", native<std::uint16_t>(0)},
      {"float", column(WireType::float_, 12, 31), "1.5", native(1.5f)},
      {"double", column(WireType::double_, 22, 31), "0.3333333333333333", native(1.0 / 3)},
      {"double large", column(WireType::double_, 22, 31), "1.7976931348623157e308", native(std::numeric_limits<double>::max())},
      {"double small", column(WireType::double_, 22, 31), "5e-324", native(5e-324)},
      {"double -0", column(WireType::double_, 22, 31), "-0", native(-0.0)},
      {"double(10,2)", column(WireType::double_, 10, 2), "1.50", native(1.5)},
      {"double(12,3) zerofill", column(WireType::double_, 12, 3, kZerofill), "00000001.500", native(1.5)},
      {"date", column(WireType::date, 10), "2020-02-29", temporal({0xe4, 7, 2, 29})},
      {"time", column(WireType::time, 10), "-838:59:59", temporal({1, 34, 0, 0, 0, 22, 59, 59})},
      {"time(6)", column(WireType::time, 17, 6), "-00:00:00.500000", temporal({1, 0, 0, 0, 0, 0, 0, 0, 0x20, 0xa1, 7, 0})},
      {"time zero", column(WireType::time, 17, 6), "00:00:00.000000", {}},
      {"datetime", column(WireType::datetime, 19), "2020-01-01 00:00:00", temporal({0xe4, 7, 1, 1})},
      {"datetime(3)", column(WireType::datetime, 23, 3), "2020-01-10 01:02:03.456",
       temporal({0xe4, 7, 1, 10, 1, 2, 3, 0x40, 0xf5, 6, 0})},
      {"datetime(3) whole", column(WireType::datetime, 23, 3), "2020-01-10 01:02:03.000", temporal({0xe4, 7, 1, 10, 1, 2, 3})},
      {"timestamp", column(WireType::timestamp, 19), "2038-01-19 03:14:07", temporal({0xf6, 7, 1, 19, 3, 14, 7})},
      {"zero date", column(WireType::date, 10), "0000-00-00", {}},
      {"partial date", column(WireType::date, 10), "2020-00-10", temporal({0xe4, 7, 0, 10})},
      {"zero datetime", column(WireType::datetime, 19), "0000-00-00 00:00:00", {}},
      {"decimal", column(WireType::newdecimal, 12, 2), "-12345678.90", {"-12345678.90"}},
      {"bit(1)", column(WireType::bit, 1, 0, kUnsigned), "\x01", {"\x01"}},
      {"bit(64)", column(WireType::bit, 64, 0, kUnsigned), std::string(7, '\0') + "A", {std::string(7, '\0') + "A"}},
      {"varchar", text_column(), "42", {"42"}},
      {"varbinary", column(WireType::var_string, 10), "\xff\x01", {"\xff\x01"}},
  };
}

constexpr SQLSMALLINT kAllCTypes[] = {SQL_C_CHAR,
                                      SQL_C_WCHAR,
                                      SQL_C_BINARY,
                                      SQL_C_BIT,
                                      SQL_C_STINYINT,
                                      SQL_C_UTINYINT,
                                      SQL_C_TINYINT,
                                      SQL_C_SSHORT,
                                      SQL_C_USHORT,
                                      SQL_C_SHORT,
                                      SQL_C_SLONG,
                                      SQL_C_ULONG,
                                      SQL_C_LONG,
                                      SQL_C_SBIGINT,
                                      SQL_C_UBIGINT,
                                      SQL_C_FLOAT,
                                      SQL_C_DOUBLE,
                                      SQL_C_NUMERIC,
                                      SQL_C_TYPE_DATE,
                                      SQL_C_TYPE_TIME,
                                      SQL_C_TYPE_TIMESTAMP,
                                      SQL_C_DATE,
                                      SQL_C_TIME,
                                      SQL_C_TIMESTAMP,
                                      SQL_C_GUID,
                                      SQL_C_INTERVAL_YEAR,
                                      SQL_C_INTERVAL_MONTH,
                                      SQL_C_INTERVAL_DAY,
                                      SQL_C_INTERVAL_HOUR,
                                      SQL_C_INTERVAL_MINUTE,
                                      SQL_C_INTERVAL_SECOND,
                                      SQL_C_INTERVAL_YEAR_TO_MONTH,
                                      SQL_C_INTERVAL_DAY_TO_HOUR,
                                      SQL_C_INTERVAL_DAY_TO_MINUTE,
                                      SQL_C_INTERVAL_DAY_TO_SECOND,
                                      SQL_C_INTERVAL_HOUR_TO_MINUTE,
                                      SQL_C_INTERVAL_HOUR_TO_SECOND,
                                      SQL_C_INTERVAL_MINUTE_TO_SECOND};

TEST(ConvertOut, TextAndBinaryRowsGiveTheSameAnswer) {
  for (const Twin& twin : twins()) {
    for (const SQLSMALLINT c_type : kAllCTypes) {
      for (const ZeroDate zero_date : {ZeroDate::null, ZeroDate::error, ZeroDate::min}) {
        const OutOptions options{.zero_date = zero_date};
        const OutPlan text = plan_output(twin.column, Encoding::text, c_type, options);
        const OutPlan binary = plan_output(twin.column, Encoding::binary, c_type, options);
        ASSERT_EQ(text.convert == nullptr, binary.convert == nullptr) << twin.name << " " << c_type;
        if (text.convert == nullptr) continue;
        for (const std::size_t capacity : {0u, 1u, 2u, 5u, 8u, 11u, 12u, 20u, 21u, 27u, 100u, 400u}) {
          if (c_type_size(c_type) > capacity) continue;
          const Seen from_text = convert(twin.column, Encoding::text, {twin.text}, c_type, capacity, options);
          const Seen from_binary = convert(twin.column, Encoding::binary, twin.binary, c_type, capacity, options);
          EXPECT_EQ(from_text.outcome, from_binary.outcome) << twin.name << " " << c_type << " " << capacity;
          EXPECT_EQ(from_text.data, from_binary.data) << twin.name << " " << c_type << " " << capacity;
          EXPECT_EQ(from_text.length, from_binary.length) << twin.name << " " << c_type << " " << capacity;
        }
      }
    }
  }
}

TEST(ConvertOut, TextIsWhatTheServerPrints) {
  for (const Twin& twin : twins()) {
    if (twin.column.type == WireType::bit || twin.column.type == WireType::var_string) continue;
    EXPECT_EQ(narrow_of(twin.column, Encoding::binary, twin.binary), twin.text) << twin.name;
    EXPECT_EQ(narrow_of(twin.column, Encoding::text, {twin.text}), twin.text) << twin.name;
  }
}

// --- A column of a rowset

struct Places {
  bool data, octet_length, indicator;
};

// Four rows, the second of them NULL, by `convert` with memory of their own: what is in the memory and the outcomes behind it.
template <class Convert>
std::string rows_in_memory(const Value& value, std::size_t capacity, const Places& places, Convert convert) {
  constexpr std::size_t kRows = 4;
  std::array<Cell, 2 * kRows> cells{};  // another column's between them
  for (const std::size_t row : {0u, 2u, 3u}) cells[2 * row] = value.cell();
  std::string data(kRows * (capacity + 3), kFill), outcomes;
  std::array<SQLLEN, kRows> lengths, indicators;
  lengths.fill(-99), indicators.fill(-99);
  ColumnRun run{.rows = kRows,
                .cell = cells.data(),
                .cells_per_row = 2,
                .slot = {places.data ? data.data() : nullptr, static_cast<SQLLEN>(capacity),
                         places.octet_length ? lengths.data() : nullptr, places.indicator ? indicators.data() : nullptr},
                .data_step = static_cast<SQLLEN>(capacity + 3),
                .length_step = sizeof(SQLLEN)};
  while (run.rows != 0) convert(run, outcomes);
  for (const auto& array : {lengths, indicators}) {
    for (const SQLLEN length : array) data += " " + std::to_string(length);
  }
  return data + outcomes;
}

TEST(ConvertOut, ARunDoesWhatItsValuesDoOneByOne) {
  for (const Twin& twin : twins()) {
    for (const SQLSMALLINT c_type : kAllCTypes) {
      const OutPlan plan = plan_output(twin.column, Encoding::binary, c_type, {});
      if (plan.convert == nullptr) continue;
      const auto note = [](std::string& outcomes, Outcome outcome) {
        if (outcome != Outcome::ok) outcomes += " !" + std::to_string(static_cast<int>(outcome));
      };
      const auto at_once = [&](ColumnRun& run, std::string& outcomes) {
        const std::size_t before = run.rows;
        const Outcome outcome = plan.convert_run(plan, run);
        note(outcomes, outcome);
        if (run.rows < before) return;
        ADD_FAILURE() << "no row further";
        run.rows = 0;
      };
      const auto one_by_one = [&](ColumnRun& run, std::string& outcomes) {
        note(outcomes, run.cell->is_null() ? write_null(run.slot) : plan.convert(plan, *run.cell, run.slot, nullptr));
        --run.rows;
        run.cell += run.cells_per_row;
        run.slot.data = at(run.slot.data, run.data_step);
        run.slot.octet_length = at(run.slot.octet_length, run.length_step);
        run.slot.indicator = at(run.slot.indicator, run.length_step);
      };
      for (const std::size_t capacity : {3u, 16u, 60u}) {
        if (c_type_size(c_type) > capacity) continue;
        for (const Places places : {Places{true, true, true}, Places{true, false, true}, Places{true, true, false},
                                    Places{true, false, false}, Places{false, true, true}, Places{false, false, false}}) {
          ASSERT_EQ(rows_in_memory(twin.binary, capacity, places, at_once),
                    rows_in_memory(twin.binary, capacity, places, one_by_one))
              << twin.name << " " << c_type << " " << capacity;
        }
      }
    }
  }
}

// --- Which pairs there are. Appendix D, "Converting Data from SQL to C Data Types"

TEST(ConvertOut, PairsAreThoseThatTheSpecificationLists) {
  constexpr SQLSMALLINT kTargets[] = {SQL_C_CHAR,           SQL_C_WCHAR,
                                      SQL_C_BINARY,         SQL_C_BIT,
                                      SQL_C_SLONG,          SQL_C_UBIGINT,
                                      SQL_C_DOUBLE,         SQL_C_NUMERIC,
                                      SQL_C_TYPE_DATE,      SQL_C_TYPE_TIME,
                                      SQL_C_TYPE_TIMESTAMP, SQL_C_GUID,
                                      SQL_C_INTERVAL_DAY,   SQL_C_INTERVAL_DAY_TO_SECOND,
                                      SQL_C_INTERVAL_YEAR,  SQL_C_INTERVAL_YEAR_TO_MONTH};
  struct Row {
    const char* name;
    Column column;
    std::string_view pairs;
  };
  const Row rows[] = {
      {"varchar", text_column(), "yyyyyyyyyyyyyyyy"},
      {"text", column(WireType::blob, 1020, 0, 16, kUtf8), "yyyyyyyyyyyyyyyy"},
      {"json", column(WireType::json, 4294967295u), "yyyyyyyyyyyyyyyy"},
      {"enum", column(WireType::string, 8, 0, 256, kUtf8), "yyyyyyyyyyyyyyyy"},
      {"null", column(WireType::null), "yyyyyyyyyyyyyyyy"},
      {"int", column(WireType::long_, 11), "yyyyyyyy----yyyy"},
      {"year", column(WireType::year, 4, 0, kUnsigned), "yyyyyyyy----yyyy"},
      {"decimal", column(WireType::newdecimal, 12, 2), "yyyyyyyy----yyyy"},
      {"double", column(WireType::double_, 22, 31), "yyyyyyyy--------"},
      {"float", column(WireType::float_, 12, 31), "yyyyyyyy--------"},
      {"bit(1)", column(WireType::bit, 1), "yyyyyyyy--------"},
      {"bit(9)", column(WireType::bit, 9), "yyy-------------"},
      {"blob", column(WireType::blob, 65535), "yyy-------------"},
      {"binary", column(WireType::string, 4), "yyy-------------"},
      {"geometry", column(WireType::geometry, 4294967295u), "yyy-------------"},
      {"vector", column(WireType::vector, 12), "yyy-------------"},
      {"unknown", column(static_cast<WireType>(100), 12), "yyy-------------"},
      {"date", column(WireType::date, 10), "yyy-----y-y-----"},
      {"datetime", column(WireType::datetime, 19), "yyy-----yyy-----"},
      {"timestamp", column(WireType::timestamp, 19), "yyy-----yyy-----"},
      {"time", column(WireType::time, 10), "yyy------yy-yy--"},  // day-time intervals beyond the specification
  };
  for (const Row& row : rows) {
    for (const Encoding encoding : {Encoding::text, Encoding::binary}) {
      std::string pairs;
      for (const SQLSMALLINT target : kTargets)
        pairs += plan_output(row.column, encoding, target, {}).convert != nullptr ? 'y' : '-';
      EXPECT_EQ(pairs, row.pairs) << row.name;
      EXPECT_EQ(plan_output(row.column, encoding, 12345, {}).convert, nullptr);
    }
  }
}

// --- Bytes

TEST(ConvertOut, BytesAreHexadecimalTextInUpperCase) {
  EXPECT_EQ(narrow_of(column(WireType::blob, 65535), Encoding::text, {std::string("\x00\x0f\xab\xff", 4)}), "000FABFF");
  EXPECT_EQ(narrow_of(column(WireType::geometry, 65535), Encoding::binary, {"\x01"}), "01");
}

TEST(ConvertOut, BinaryOfAStructureIsTheDefaultCType) {
  const auto bytes = [](const Column& from, const std::string& text) {
    const Seen seen = convert(from, Encoding::text, {text}, SQL_C_BINARY, 50);
    EXPECT_EQ(seen.outcome, Outcome::ok);
    return seen.data.substr(0, static_cast<std::size_t>(seen.length));
  };
  EXPECT_EQ(bytes(column(WireType::tiny, 4), "-1"), native<std::int8_t>(-1).bytes);
  EXPECT_EQ(bytes(column(WireType::tiny, 3, 0, kUnsigned), "255"), native<std::uint16_t>(255).bytes);  // described as SMALLINT
  EXPECT_EQ(bytes(column(WireType::long_, 11), "-1"), native<std::int32_t>(-1).bytes);
  EXPECT_EQ(bytes(column(WireType::long_, 10, 0, kUnsigned), "4294967295"), native<std::uint64_t>(4294967295u).bytes);
  EXPECT_EQ(bytes(column(WireType::longlong, 20), "-1"), native<std::int64_t>(-1).bytes);
  EXPECT_EQ(bytes(column(WireType::double_, 22, 31), "1.5"), native(1.5).bytes);
  EXPECT_EQ(bytes(column(WireType::newdecimal, 12, 2), "1.50"), "1.50");
  EXPECT_EQ(bytes(column(WireType::date, 10), "2020-02-29"), native(SQL_DATE_STRUCT{2020, 2, 29}).bytes);
  EXPECT_EQ(bytes(column(WireType::bit, 1), "\x01"), "\x01");
  EXPECT_EQ(convert(column(WireType::long_, 11), Encoding::text, {"1"}, SQL_C_BINARY, 3).outcome, Outcome::out_of_range);
  EXPECT_EQ(convert(column(WireType::datetime, 19), Encoding::text, {"2020-01-01 00:00:00"}, SQL_C_BINARY, 15).outcome,
            Outcome::out_of_range);
}

// --- The application's memory

TEST(ConvertOut, ValuesAndLengthsAreWrittenAtAnyAddress) {
  alignas(16) char memory[64];
  for (const SQLSMALLINT c_type :
       {SQLSMALLINT{SQL_C_SBIGINT}, SQLSMALLINT{SQL_C_DOUBLE}, SQLSMALLINT{SQL_C_NUMERIC}, SQLSMALLINT{SQL_C_WCHAR}}) {
    std::memset(memory, kFill, sizeof memory);
    const Column number = column(WireType::longlong, 20);
    const OutPlan plan = plan_output(number, Encoding::text, c_type, {});
    const Value value{"42"};
    auto* length = reinterpret_cast<SQLLEN*>(memory + 41);
    EXPECT_EQ(plan.convert(plan, value.cell(), Slot{memory + 1, 20, length, length}, nullptr), Outcome::ok);
    SQLLEN told;
    std::memcpy(&told, memory + 41, sizeof told);
    EXPECT_EQ(told, static_cast<SQLLEN>(c_type == SQL_C_WCHAR ? 4 : c_type_size(c_type)));
    EXPECT_EQ(memory[0], kFill);
  }
}

TEST(ConvertOut, SeparateIndicatorIsZeroForAValueAndHoldsTheNull) {
  SQLINTEGER out = 0;
  SQLLEN length = -7, indicator = -7;
  const Column number = column(WireType::long_, 11);
  const OutPlan plan = plan_output(number, Encoding::text, SQL_C_SLONG, {});
  const Value value{"42"};
  const Slot slot{&out, sizeof out, &length, &indicator};
  EXPECT_EQ(plan.convert(plan, value.cell(), slot, nullptr), Outcome::ok);
  EXPECT_EQ(out, 42);
  EXPECT_EQ(length, 4);
  EXPECT_EQ(indicator, 0);
  EXPECT_EQ(write_null(slot), Outcome::ok);
  EXPECT_EQ(indicator, SQL_NULL_DATA);
  EXPECT_EQ(write_null(Slot{&out, 4, nullptr, nullptr}), Outcome::null_without_indicator);
  EXPECT_EQ(plan.convert(plan, value.cell(), Slot{&out, 4, nullptr, nullptr}, nullptr), Outcome::ok);
}

TEST(CTypes, SizesAndDefaults) {
  EXPECT_EQ(c_type_size(SQL_C_CHAR), 0u);
  EXPECT_EQ(c_type_size(SQL_C_LONG), 4u);
  EXPECT_EQ(c_type_size(SQL_C_TIMESTAMP), 16u);
  EXPECT_EQ(c_type_size(SQL_C_NUMERIC), 19u);
  EXPECT_EQ(c_type_size(SQL_C_INTERVAL_DAY_TO_SECOND), sizeof(SQL_INTERVAL_STRUCT));
  for (const SQLSMALLINT c_type : kAllCTypes) EXPECT_TRUE(is_c_type(c_type)) << c_type;
  EXPECT_TRUE(is_c_type(SQL_C_DEFAULT));
  EXPECT_FALSE(is_c_type(12345));
  EXPECT_EQ(default_c_type(SQL_BIGINT, true), SQL_C_UBIGINT);
  EXPECT_EQ(default_c_type(SQL_BIGINT, false), SQL_C_SBIGINT);
  EXPECT_EQ(default_c_type(SQL_DECIMAL, true), SQL_C_CHAR);
  EXPECT_EQ(default_c_type(SQL_WLONGVARCHAR, true), SQL_C_WCHAR);
  EXPECT_EQ(default_c_type(SQL_TYPE_TIMESTAMP, true), SQL_C_TYPE_TIMESTAMP);
  EXPECT_EQ(default_c_type(SQL_INTERVAL_DAY, false), SQL_C_INTERVAL_DAY);
  EXPECT_EQ(default_c_type(12345, false), SQL_C_CHAR);
}

}  // namespace
}  // namespace selkie::odbc
