#include "odbc/catalog_types.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>

#include "odbc/type_numbers.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

using protocol::WireType;

// Where a type's size comes from.
enum class Size : std::uint8_t {
  fixed,
  integer,     // fixed, and another type when unsigned
  decimal,     // NUMERIC_PRECISION, NUMERIC_SCALE
  fraction,    // DATETIME_PRECISION
  characters,  // CHARACTER_MAXIMUM_LENGTH
  bytes,       // likewise
  bit,         // NUMERIC_PRECISION
};

constexpr std::uint16_t kText = protocol::kUtf8mb4;
constexpr std::uint16_t kBytes = protocol::kBinaryCharset;
constexpr std::uint32_t kCharacterBytes = protocol::kUtf8mb4Bytes;
constexpr std::uint32_t kLongest = std::numeric_limits<std::uint32_t>::max();

// A type of INFORMATION_SCHEMA and how a result's column of it looks on the wire.
struct ServerType {
  std::string_view name;
  WireType wire;
  Size size = Size::fixed;
  std::uint16_t charset = kBytes;
  std::uint32_t length = 0;  // bytes, of types whose length INFORMATION_SCHEMA does not tell
};

constexpr ServerType kTypes[] = {
    {"tinyint", WireType::tiny, Size::integer},
    {"smallint", WireType::short_, Size::integer},
    {"mediumint", WireType::int24, Size::integer},
    {"int", WireType::long_, Size::integer},
    {"bigint", WireType::longlong, Size::integer},
    {"year", WireType::year},
    {"float", WireType::float_},
    {"double", WireType::double_},
    {"decimal", WireType::newdecimal, Size::decimal},
    {"bit", WireType::bit, Size::bit},
    {"date", WireType::date},
    {"time", WireType::time, Size::fraction},
    {"datetime", WireType::datetime, Size::fraction},
    {"timestamp", WireType::timestamp, Size::fraction},
    {"char", WireType::string, Size::characters, kText},
    {"varchar", WireType::var_string, Size::characters, kText},
    {"enum", WireType::enum_, Size::characters, kText},
    {"set", WireType::set, Size::characters, kText},
    {"tinytext", WireType::blob, Size::characters, kText},
    {"text", WireType::blob, Size::characters, kText},
    {"mediumtext", WireType::blob, Size::characters, kText},
    {"longtext", WireType::blob, Size::characters, kText},
    {"json", WireType::json, Size::fixed, kBytes, kLongest},
    {"uuid", WireType::string, Size::fixed, kText, 36 * kCharacterBytes},
    {"inet4", WireType::string, Size::fixed, kText, 15 * kCharacterBytes},
    {"inet6", WireType::string, Size::fixed, kText, 39 * kCharacterBytes},
    {"binary", WireType::string, Size::bytes},
    {"varbinary", WireType::var_string, Size::bytes},
    {"tinyblob", WireType::blob, Size::bytes},
    {"blob", WireType::blob, Size::bytes},
    {"mediumblob", WireType::blob, Size::bytes},
    {"longblob", WireType::blob, Size::bytes},
};
// MariaDB sends its VECTOR as VARBINARY.
constexpr ServerType kMariadbVector{"vector", WireType::var_string, Size::bytes};
constexpr ServerType kMysqlVector{"vector", WireType::vector, Size::bytes};
// GEOMETRY with its subtypes, and whatever a server may add: as describe() has types that it does not know.
constexpr ServerType kOther{"", WireType::geometry, Size::fixed, kBytes, kLongest};

const ServerType& server_type(std::string_view name, bool mariadb) {
  if (setup::same_word(name, kMariadbVector.name)) return mariadb ? kMariadbVector : kMysqlVector;
  const auto* type = std::ranges::find_if(kTypes, [&](const ServerType& t) { return setup::same_word(t.name, name); });
  return type == std::end(kTypes) ? kOther : *type;
}

// What INFORMATION_SCHEMA says as a result's definition would say it.
protocol::Column as_column(const ServerType& type, const TypeFacts& facts) {
  const auto length = [](std::optional<std::int64_t> size, std::int64_t unit) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(size.value_or(0), 0, kLongest / unit) * unit);
  };
  protocol::Column column;
  column.type = type.wire;
  column.charset = type.charset;
  column.length = type.length;
  switch (type.size) {
    case Size::characters: column.length = length(facts.characters, kCharacterBytes); break;
    case Size::bytes: column.length = length(facts.characters, 1); break;
    case Size::bit: column.length = length(facts.precision, 1); break;
    case Size::fraction:
      column.decimals = static_cast<std::uint8_t>(std::clamp<std::int64_t>(facts.fraction.value_or(0), 0, 6));
      break;
    case Size::integer:
      column.flags = facts.is_unsigned ? protocol::column_flag::kUnsigned : std::uint16_t{0};
      column.length = facts.is_one_wide ? 1 : 0;
      break;
    case Size::fixed:
    case Size::decimal: break;
  }
  return column;
}

}  // namespace

std::string type_facts(std::string_view prefix, std::string_view column_type) {
  const std::string p(prefix);
  const std::string full_type = p + std::string(column_type);
  return p + "DATA_TYPE," + full_type + " LIKE '%unsigned%'," + p + "CHARACTER_MAXIMUM_LENGTH," + p + "NUMERIC_PRECISION," + p +
         "NUMERIC_SCALE," + p + "DATETIME_PRECISION," + full_type + " LIKE 'tinyint(1)%'";
}

TypeFacts read_type_facts(std::span<const protocol::Cell, kTypeFacts> cells) {
  const auto number = [&](std::size_t i) -> std::optional<std::int64_t> {
    const char* const begin = reinterpret_cast<const char*>(cells[i].data);
    std::int64_t value = 0;
    if (cells[i].is_null() || std::from_chars(begin, begin + cells[i].size_bytes, value).ec != std::errc()) return std::nullopt;
    return value;
  };
  return {.data_type = {reinterpret_cast<const char*>(cells[0].data), cells[0].size_bytes},
          .is_unsigned = number(1).value_or(0) != 0,
          .characters = number(2),
          .precision = number(3),
          .scale = number(4),
          .fraction = number(5),
          .is_one_wide = number(6).value_or(0) != 0};
}

TypeColumns type_columns(const TypeFacts& facts, const TypeRules& rules) {
  const ServerType& type = server_type(facts.data_type, rules.mariadb);
  const TypeDescription d = describe(as_column(type, facts), rules.describe);
  const bool is_number = d.num_prec_radix != 0, is_approximate = d.concise_type == SQL_REAL || d.concise_type == SQL_DOUBLE;
  const bool has_bytes = !d.literal_prefix.empty() && d.datetime_code == 0 && d.concise_type != SQL_BIT;
  TypeColumns columns;
  columns.data_type = rules.odbc2 ? odbc2_type(d.concise_type) : d.concise_type;
  columns.type_name = std::string(facts.data_type).append(facts.is_unsigned && facts.precision ? " unsigned" : "");
  columns.column_size = static_cast<std::int64_t>(d.column_size);
  columns.buffer_length = d.octet_length;
  columns.sql_data_type = d.verbose_type;
  if (is_number && !is_approximate) columns.decimal_digits = d.decimal_digits;
  if (is_number) columns.num_prec_radix = d.num_prec_radix;
  if (d.datetime_code != 0) columns.datetime_sub = d.datetime_code;
  if (has_bytes) columns.char_octet_length = d.octet_length;
  if (type.size == Size::fraction) columns.decimal_digits = facts.fraction;
  if (type.size == Size::decimal && facts.precision) {
    columns.column_size = *facts.precision;
    columns.buffer_length = *facts.precision + 2;  // sign and point
    columns.decimal_digits = facts.scale;
  }
  return columns;
}

}  // namespace selkie::odbc
