#include "odbc/catalog_types.h"

#include <limits>
#include <vector>

#include "odbc/type_numbers.h"

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

constexpr std::uint16_t kText = 45;  // utf8mb4: what all text is on the connection
constexpr std::uint16_t kBytes = protocol::kBinaryCharset;
constexpr std::uint32_t kCharacterBytes = 4;
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

TypeDescription describe_type(const ServerType& type, const DescribeOptions& options, std::uint32_t length,
                              bool is_unsigned = false) {
  protocol::Column column;
  column.type = type.wire;
  column.charset = type.charset;
  column.length = length;
  column.flags = is_unsigned ? protocol::column_flag::kUnsigned : std::uint16_t{0};
  return describe(column, options);
}

template <class Number>
std::string text(Number number) {
  return std::to_string(number);
}

// The expressions of one type.
class TypeWriter {
 public:
  TypeWriter(std::string_view prefix, std::string_view column_type, const DescribeOptions& options, bool odbc2)
      : prefix_(prefix), column_type_(column_type), options_(options), odbc2_(odbc2) {}

  TypeColumns write(const ServerType& type) const {
    switch (type.size) {
      case Size::fixed: return fixed(describe_type(type, options_, type.length));
      case Size::integer: return integer(type);
      case Size::decimal: return decimal(describe_type(type, options_, 12));
      case Size::fraction: return fraction(describe_type(type, options_, 0));
      case Size::characters: return characters(type);
      case Size::bytes: return bytes(type);
      case Size::bit: return bit(type);
    }
    return {};
  }

 private:
  std::string field(std::string_view name) const { return std::string(prefix_).append(name); }

  TypeColumns fixed(const TypeDescription& d) const {
    const bool is_exact = d.num_prec_radix != 0 && d.concise_type != SQL_REAL && d.concise_type != SQL_DOUBLE;
    TypeColumns sql;
    sql.data_type = text(odbc2_ ? odbc2_type(d.concise_type) : d.concise_type);
    sql.column_size = text(d.column_size);
    sql.buffer_length = text(d.octet_length);
    sql.decimal_digits = is_exact ? text(d.decimal_digits) : "NULL";
    sql.num_prec_radix = d.num_prec_radix != 0 ? text(d.num_prec_radix) : "NULL";
    sql.sql_data_type = text(d.verbose_type);
    sql.datetime_sub = d.datetime_code != 0 ? text(d.datetime_code) : "NULL";
    sql.char_octet_length = !d.literal_prefix.empty() && d.datetime_code == 0 && d.concise_type != SQL_BIT
                                ? sql.buffer_length
                                : std::string("NULL");
    return sql;
  }

  TypeColumns integer(const ServerType& type) const {
    const TypeColumns with_sign = fixed(describe_type(type, options_, 0)),
                      without = fixed(describe_type(type, options_, 0, true));
    const auto either = [&](const std::string TypeColumns::*field_of) {
      const std::string &a = with_sign.*field_of, &b = without.*field_of;
      if (a == b) return a;
      return "IF(" + field(column_type_) + " LIKE '%unsigned%'," + b + "," + a + ")";
    };
    TypeColumns sql = with_sign;
    for (const auto column : {&TypeColumns::data_type, &TypeColumns::column_size, &TypeColumns::buffer_length,
                              &TypeColumns::decimal_digits, &TypeColumns::sql_data_type}) {
      sql.*column = either(column);
    }
    return sql;
  }

  TypeColumns decimal(const TypeDescription& d) const {
    TypeColumns sql = fixed(d);
    sql.column_size = field("NUMERIC_PRECISION");
    sql.buffer_length = field("NUMERIC_PRECISION") + "+2";
    sql.decimal_digits = field("NUMERIC_SCALE");
    return sql;
  }

  TypeColumns fraction(const TypeDescription& d) const {
    const std::string digits = field("DATETIME_PRECISION");
    TypeColumns sql = fixed(d);
    sql.column_size = text(d.column_size) + "+IF(" + digits + ">0," + digits + "+1,0)";
    sql.decimal_digits = digits;
    return sql;
  }

  // The size by CHARACTER_MAXIMUM_LENGTH, within what describe() reports for the longest value.
  std::string length(const TypeDescription& longest) const {
    return "GREATEST(LEAST(" + field("CHARACTER_MAXIMUM_LENGTH") + "," + text(longest.column_size) + "),1)";
  }

  TypeColumns characters(const ServerType& type) const {
    const TypeDescription longest = describe_type(type, options_, kLongest);
    const SQLLEN unit = describe_type(type, options_, kCharacterBytes).octet_length;  // bytes a character
    TypeColumns sql = fixed(longest);
    sql.column_size = length(longest);
    sql.buffer_length = "LEAST(" + sql.column_size + "*" + text(unit) + "," + text(longest.octet_length) + ")";
    sql.char_octet_length = sql.buffer_length;
    return sql;
  }

  TypeColumns bytes(const ServerType& type) const {
    const TypeDescription longest = describe_type(type, options_, kLongest);
    TypeColumns sql = fixed(longest);
    sql.column_size = sql.buffer_length = sql.char_octet_length = length(longest);
    return sql;
  }

  TypeColumns bit(const ServerType& type) const {
    const TypeDescription one = describe_type(type, options_, 1), many = describe_type(type, options_, 2);
    const std::string bits = field("NUMERIC_PRECISION"), is_many = "IF(" + bits + ">1,";
    TypeColumns sql = fixed(one);
    sql.data_type = is_many + text(many.concise_type) + "," + sql.data_type + ")";
    sql.sql_data_type = is_many + text(many.verbose_type) + "," + sql.sql_data_type + ")";
    sql.column_size = sql.buffer_length = "(" + bits + "+7) DIV 8";
    sql.char_octet_length = is_many + sql.column_size + ",NULL)";
    return sql;
  }

  std::string_view prefix_, column_type_;
  const DescribeOptions& options_;
  bool odbc2_;
};

}  // namespace

TypeColumns type_columns(std::string_view prefix, std::string_view column_type, const DescribeOptions& options, bool mariadb,
                         bool odbc2) {
  const TypeWriter writer(prefix, column_type, options, odbc2);
  std::vector<ServerType> types(std::begin(kTypes), std::end(kTypes));
  types.push_back(mariadb ? kMariadbVector : kMysqlVector);
  std::vector<TypeColumns> written;
  for (const ServerType& type : types) written.push_back(writer.write(type));
  const TypeColumns other = writer.write(kOther);

  // The simple form of CASE: it evaluates DATA_TYPE, a long expression in MySQL's view, once instead of once a branch.
  const auto column = [&](const std::string TypeColumns::*which) {
    const std::string& otherwise = other.*which;
    std::string sql = "CASE " + std::string(prefix) + "DATA_TYPE";
    for (std::size_t i = 0; i < types.size(); ++i) {
      const std::string& value = written[i].*which;
      if (value != otherwise) sql.append(" WHEN '").append(types[i].name).append("' THEN ").append(value);
    }
    return sql + " ELSE " + otherwise + " END";
  };
  const std::string p(prefix);
  TypeColumns sql;
  sql.data_type = column(&TypeColumns::data_type);
  sql.type_name = "CONCAT(" + p + "DATA_TYPE,IF(" + p + "NUMERIC_PRECISION IS NOT NULL AND " + p + std::string(column_type) +
                  " LIKE '%unsigned%',' unsigned',''))";
  sql.column_size = column(&TypeColumns::column_size);
  sql.buffer_length = column(&TypeColumns::buffer_length);
  sql.decimal_digits = column(&TypeColumns::decimal_digits);
  sql.num_prec_radix = column(&TypeColumns::num_prec_radix);
  sql.sql_data_type = column(&TypeColumns::sql_data_type);
  sql.datetime_sub = column(&TypeColumns::datetime_sub);
  sql.char_octet_length = column(&TypeColumns::char_octet_length);
  return sql;
}

}  // namespace selkie::odbc
