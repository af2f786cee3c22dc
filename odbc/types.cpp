#include "odbc/types.h"

#include <algorithm>
#include <array>
#include <limits>

#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

using protocol::Column;
using protocol::WireType;
namespace column_flag = protocol::column_flag;

constexpr SQLULEN kMaxSize = std::numeric_limits<SQLINTEGER>::max();  // many clients keep sizes in an SQLINTEGER
constexpr std::uint8_t kMaxFraction = 6;                              // of seconds, on every server
constexpr std::uint8_t kFloatingDecimals = 31;                        // Column::decimals of a number without fixed decimals
constexpr std::uint16_t kMaxPrecision = 65;                           // of DECIMAL

// Sizes that depend on the type alone. Spec: Appendix D, "Column Size", "Transfer Octet Length", "Display Size".
struct FixedSize {
  SQLSMALLINT type;
  std::uint8_t column_size, octet_length, display_size;
};
constexpr std::array kFixedSizes{
    FixedSize{SQL_BIT, 1, 1, 1},       FixedSize{SQL_TINYINT, 3, 1, 4},     FixedSize{SQL_SMALLINT, 5, 2, 6},
    FixedSize{SQL_INTEGER, 10, 4, 11}, FixedSize{SQL_BIGINT, 19, 8, 20},    FixedSize{SQL_REAL, 7, 4, 14},
    FixedSize{SQL_DOUBLE, 15, 8, 24},  FixedSize{SQL_TYPE_DATE, 10, 6, 10},
};

// Integer types of the wire, and what holds all values of the signed and of the unsigned one.
struct IntegerType {
  WireType wire;
  SQLSMALLINT signed_type, unsigned_type;
  std::string_view name, unsigned_name;
};
constexpr std::array kIntegerTypes{
    IntegerType{WireType::tiny, SQL_TINYINT, SQL_SMALLINT, "tinyint", "tinyint unsigned"},
    IntegerType{WireType::short_, SQL_SMALLINT, SQL_INTEGER, "smallint", "smallint unsigned"},
    IntegerType{WireType::int24, SQL_INTEGER, SQL_INTEGER, "mediumint", "mediumint unsigned"},
    IntegerType{WireType::long_, SQL_INTEGER, SQL_BIGINT, "int", "int unsigned"},
    IntegerType{WireType::longlong, SQL_BIGINT, SQL_DECIMAL, "bigint", "bigint unsigned"},
    IntegerType{WireType::year, SQL_SMALLINT, SQL_SMALLINT, "year", "year"},
};

// The TEXT and BLOB types are one type on the wire, told apart by their size.
struct LongType {
  std::uint32_t max_size;  // characters, bytes of a BLOB
  std::string_view text_name, bytes_name;
};
constexpr std::array kLongTypes{
    LongType{255, "tinytext", "tinyblob"},
    LongType{65'535, "text", "blob"},
    LongType{16'777'215, "mediumtext", "mediumblob"},
    LongType{std::numeric_limits<std::uint32_t>::max(), "longtext", "longblob"},
};

SQLSMALLINT wide_type(SQLSMALLINT type) {
  if (type == SQL_CHAR) return SQL_WCHAR;
  return type == SQL_VARCHAR ? SQL_WVARCHAR : SQL_WLONGVARCHAR;
}

SQLLEN clamp(SQLULEN size) { return static_cast<SQLLEN>(std::min(size, kMaxSize)); }

void set_type(TypeDescription& d, SQLSMALLINT type, std::string_view name) {
  d.concise_type = d.verbose_type = type;
  d.type_name = name;
}

void set_fixed(TypeDescription& d, SQLSMALLINT type, std::string_view name) {
  set_type(d, type, name);
  const auto* row = std::ranges::find(kFixedSizes, type, &FixedSize::type);
  d.column_size = row->column_size;
  d.octet_length = row->octet_length;
  d.display_size = row->display_size;
}

void set_decimal(TypeDescription& d, SQLULEN precision, SQLSMALLINT scale, std::string_view name) {
  set_type(d, SQL_DECIMAL, name);
  d.column_size = precision;
  d.octet_length = d.display_size = static_cast<SQLLEN>(precision) + 2;  // sign and point
  d.decimal_digits = scale;
}

void set_text(TypeDescription& d, SQLSMALLINT type, SQLULEN characters, std::string_view name, const DescribeOptions& options) {
  set_type(d, options.wide ? wide_type(type) : type, name);
  d.column_size = reported_size(type, characters, options);
  d.octet_length = clamp(d.column_size * (options.wide ? sizeof(SQLWCHAR) : 4));
  d.display_size = options.wide ? clamp(d.column_size) : d.octet_length;
  d.literal_prefix = d.literal_suffix = "'";
}

void set_bytes(TypeDescription& d, SQLSMALLINT type, SQLULEN size, std::string_view name, const DescribeOptions& options) {
  set_type(d, type, name);
  d.column_size = reported_size(type, size, options);
  d.octet_length = clamp(d.column_size);
  d.display_size = clamp(d.column_size * 2);  // hexadecimal
  d.literal_prefix = "0x";
}

// `whole`: the size without a fraction; `sign`: what a text may have beyond it.
void set_datetime(TypeDescription& d, const Column& column, SQLSMALLINT code, SQLULEN whole, SQLLEN octets, SQLLEN sign) {
  const SQLULEN digits = std::min(column.decimals, kMaxFraction);
  d.verbose_type = SQL_DATETIME;
  d.datetime_code = code;
  d.column_size = digits == 0 ? whole : whole + 1 + digits;
  d.octet_length = octets;
  d.display_size = static_cast<SQLLEN>(d.column_size) + sign;
  d.decimal_digits = static_cast<SQLSMALLINT>(digits);
  d.literal_prefix = d.literal_suffix = "'";
}

void describe_integer(TypeDescription& d, const IntegerType& type, const Column& column, const DescribeOptions& options) {
  const bool is_unsigned = column.is_unsigned();
  const std::string_view name = is_unsigned ? type.unsigned_name : type.name;
  SQLSMALLINT concise = is_unsigned ? type.unsigned_type : type.signed_type;
  if (type.wire == WireType::tiny && options.tinyint1_is_bit && column.length == 1 && !is_unsigned) concise = SQL_BIT;
  if (options.no_bigint && (concise == SQL_BIGINT || concise == SQL_DECIMAL)) concise = SQL_INTEGER;
  if (concise == SQL_DECIMAL) {
    set_decimal(d, 20, 0, name);
  } else {
    set_fixed(d, concise, name);
  }
  d.is_unsigned = is_unsigned || concise == SQL_BIT;
  d.num_prec_radix = concise == SQL_BIT ? 0 : 10;
  if ((column.flags & column_flag::kZerofill) != 0) d.display_size = std::max(d.display_size, SQLLEN{column.length});
}

void describe_decimal(TypeDescription& d, const Column& column) {
  // The server's length counts the point, and the sign of a type that has one.
  SQLULEN extra = column.decimals > 0 ? 1 : 0;
  if (!column.is_unsigned()) ++extra;
  SQLULEN precision = column.length > extra ? column.length - extra : 1;
  precision = std::clamp<SQLULEN>(precision, std::max<SQLULEN>(column.decimals, 1), kMaxPrecision);
  const auto scale = static_cast<SQLSMALLINT>(std::min<SQLULEN>(column.decimals, precision));
  set_decimal(d, precision, scale, column.is_unsigned() ? "decimal unsigned" : "decimal");
  d.is_unsigned = column.is_unsigned();
  d.num_prec_radix = 10;
}

void describe_approximate(TypeDescription& d, const Column& column) {
  const bool is_single = column.type == WireType::float_;
  if (is_single) {
    set_fixed(d, SQL_REAL, column.is_unsigned() ? "float unsigned" : "float");
  } else {
    set_fixed(d, SQL_DOUBLE, column.is_unsigned() ? "double unsigned" : "double");
  }
  d.is_unsigned = column.is_unsigned();
  d.num_prec_radix = 10;
  // DOUBLE(255,30) is written with all its digits.
  if (column.decimals < kFloatingDecimals) d.display_size = std::max(d.display_size, SQLLEN{column.length});
}

std::string_view long_name(bool text, SQLULEN size) {
  const auto* row = std::ranges::find_if(kLongTypes, [=](const LongType& type) { return size <= type.max_size; });
  return text ? row->text_name : row->bytes_name;
}

void describe_string(TypeDescription& d, const Column& column, const DescribeOptions& options) {
  const bool text = is_text(column);
  SQLULEN size = text ? column.length / max_bytes_per_char(column.charset) : column.length;
  const auto set = [&](SQLSMALLINT text_type, SQLSMALLINT bytes_type, std::string_view text_name, std::string_view bytes_name) {
    if (text) return set_text(d, text_type, size, text_name, options);
    set_bytes(d, bytes_type, size, bytes_name, options);
  };
  d.case_sensitive = text && (column.flags & column_flag::kBinary) != 0;
  if (column.type == WireType::json) {
    set_text(d, SQL_LONGVARCHAR, column.length / 4, "json", options);
    d.case_sensitive = true;
  } else if (column.extended_format == "json") {
    // Of JSON that functions make, MariaDB counts neither the escapes, such as \u0001, nor the brackets of JSON_ARRAY().
    constexpr SQLULEN kEscape = 6, kBrackets = 2;
    if (column.org_table.empty()) size = size * kEscape + kBrackets;
    set(SQL_LONGVARCHAR, SQL_LONGVARBINARY, "json", "json");
  } else if (column.type == WireType::enum_ || (column.flags & column_flag::kEnum) != 0) {
    set(SQL_CHAR, SQL_BINARY, "enum", "enum");
  } else if (column.type == WireType::set || (column.flags & column_flag::kSet) != 0) {
    set(SQL_CHAR, SQL_BINARY, "set", "set");
  } else if (column.type == WireType::string) {
    set(SQL_CHAR, SQL_BINARY, "char", "binary");
  } else if (column.type == WireType::var_string || column.type == WireType::varchar) {
    set(SQL_VARCHAR, SQL_VARBINARY, "varchar", "varbinary");
  } else {
    set(SQL_LONGVARCHAR, SQL_LONGVARBINARY, long_name(true, size), long_name(false, size));
  }
  if (!column.extended_type.empty()) {  // uuid, inet4, inet6
    d.type_name = column.extended_type;
    d.case_sensitive = false;
  }
}

}  // namespace

bool is_string(WireType type) {
  switch (type) {
    case WireType::varchar:
    case WireType::var_string:
    case WireType::string:
    case WireType::enum_:
    case WireType::set:
    case WireType::tiny_blob:
    case WireType::blob:
    case WireType::medium_blob:
    case WireType::long_blob:
    case WireType::json: return true;
    default: return false;
  }
}

bool is_text(const Column& column) {
  if (column.type == WireType::json) return true;  // MySQL gives it the binary charset
  return is_string(column.type) && column.charset != protocol::kBinaryCharset;
}

SQLULEN reported_size(SQLSMALLINT concise_type, SQLULEN column_size, const DescribeOptions& options) {
  const SQLULEN cap = is_long_type(concise_type) && options.long_size_cap != 0 ? options.long_size_cap : kMaxSize;
  return std::clamp<SQLULEN>(column_size, 1, std::min(cap, kMaxSize));
}

TypeDescription describe(const Column& column, const DescribeOptions& options) {
  TypeDescription d;
  d.is_unsigned = true;
  if (is_string(column.type)) {
    describe_string(d, column, options);
    return d;
  }
  if (const auto* type = std::ranges::find(kIntegerTypes, column.type, &IntegerType::wire); type != kIntegerTypes.end()) {
    describe_integer(d, *type, column, options);
    return d;
  }
  switch (column.type) {
    case WireType::decimal:
    case WireType::newdecimal: describe_decimal(d, column); break;
    case WireType::float_:
    case WireType::double_: describe_approximate(d, column); break;
    case WireType::date:
    case WireType::newdate:
      set_fixed(d, SQL_TYPE_DATE, "date");
      d.verbose_type = SQL_DATETIME;
      d.datetime_code = SQL_CODE_DATE;
      d.literal_prefix = d.literal_suffix = "'";
      break;
    case WireType::time:
    case WireType::time2:
      set_type(d, SQL_TYPE_TIME, "time");
      set_datetime(d, column, SQL_CODE_TIME, 8, sizeof(SQL_TIME_STRUCT), 2);
      break;
    case WireType::datetime:
    case WireType::datetime2:
      set_type(d, SQL_TYPE_TIMESTAMP, "datetime");
      set_datetime(d, column, SQL_CODE_TIMESTAMP, 19, sizeof(SQL_TIMESTAMP_STRUCT), 0);
      break;
    case WireType::timestamp:
    case WireType::timestamp2:
      set_type(d, SQL_TYPE_TIMESTAMP, "timestamp");
      set_datetime(d, column, SQL_CODE_TIMESTAMP, 19, sizeof(SQL_TIMESTAMP_STRUCT), 0);
      break;
    case WireType::bit:
      if (column.length <= 1) {
        set_fixed(d, SQL_BIT, "bit");
        d.literal_prefix = "b'";
        d.literal_suffix = "'";
      } else {
        set_bytes(d, SQL_BINARY, (SQLULEN{column.length} + 7) / 8, "bit", options);
      }
      break;
    case WireType::null: set_text(d, SQL_VARCHAR, column.length, "null", options); break;
    case WireType::geometry:
      set_bytes(d, SQL_LONGVARBINARY, column.length, column.extended_type.empty() ? "geometry" : column.extended_type, options);
      d.searchable = SQL_PRED_BASIC;
      break;
    case WireType::vector: set_bytes(d, SQL_LONGVARBINARY, column.length, "vector", options); break;
    default: set_bytes(d, SQL_LONGVARBINARY, column.length, "unknown", options); break;
  }
  return d;
}

namespace {

// Collations of charsets with more than one byte a character, and of those whose bytes are UTF-8.
// Source: information_schema.COLLATIONS of MySQL 9.7, MariaDB 11.8.
struct CollationRange {
  std::uint16_t first, last;
  std::uint8_t max_bytes;
  bool utf8 = false;
};
constexpr CollationRange kOneByte{0, 0, 1};
constexpr std::array kCollations{
    CollationRange{1, 1, 2},            // big5
    CollationRange{11, 11, 1, true},    // ascii
    CollationRange{12, 12, 3},          // ujis
    CollationRange{13, 13, 2},          // sjis
    CollationRange{19, 19, 2},          // euckr
    CollationRange{24, 24, 2},          // gb2312
    CollationRange{28, 28, 2},          // gbk
    CollationRange{33, 33, 3, true},    // utf8mb3
    CollationRange{35, 35, 2},          // ucs2
    CollationRange{45, 46, 4, true},    // utf8mb4
    CollationRange{54, 56, 4},          // utf16, utf16le
    CollationRange{60, 62, 4},          // utf32, utf16le
    CollationRange{65, 65, 1, true},    // ascii
    CollationRange{76, 76, 3, true},    // utf8mb3
    CollationRange{83, 83, 3, true},    // utf8mb3
    CollationRange{84, 88, 2},          // big5, euckr, gb2312, gbk, sjis
    CollationRange{90, 90, 2},          // ucs2
    CollationRange{91, 91, 3},          // ujis
    CollationRange{95, 96, 2},          // cp932
    CollationRange{97, 98, 3},          // eucjpms
    CollationRange{101, 124, 4},        // utf16
    CollationRange{128, 159, 2},        // ucs2
    CollationRange{160, 191, 4},        // utf32
    CollationRange{192, 223, 3, true},  // utf8mb3
    CollationRange{224, 247, 4, true},  // utf8mb4
    CollationRange{248, 250, 4},        // gb18030
    CollationRange{255, 575, 4, true},  // utf8mb4
    CollationRange{576, 607, 3, true},  // utf8mb3
    CollationRange{608, 639, 4, true},  // utf8mb4
    CollationRange{640, 671, 2},        // ucs2
    CollationRange{672, 1023, 4},       // utf16, utf32
};
constexpr std::uint16_t kNoPad = 1024;    // MariaDB: the NO PAD twin of a collation has this much more
constexpr std::uint16_t kUca1400 = 2048;  // MariaDB 10.10: from here on 256 collations a charset, in the order below
constexpr std::array<CollationRange, 5> kUca1400Charsets{
    {{0, 0, 3, true}, {0, 0, 4, true}, {0, 0, 2}, {0, 0, 4}, {0, 0, 4}}};  // utf8mb3, utf8mb4, ucs2, utf16, utf32

const CollationRange& charset_of(std::uint16_t collation) {
  if (collation >= kUca1400) {
    const std::size_t charset = (collation - kUca1400) / 256u;
    return kUca1400Charsets[charset < kUca1400Charsets.size() ? charset : 1];  // one that is not known yet is UTF-8
  }
  if (collation >= kNoPad) collation = static_cast<std::uint16_t>(collation - kNoPad);
  const auto* range = std::ranges::find_if(kCollations, [=](const CollationRange& r) { return collation <= r.last; });
  return range != kCollations.end() && collation >= range->first ? *range : kOneByte;
}

}  // namespace

std::uint8_t max_bytes_per_char(std::uint16_t collation) { return charset_of(collation).max_bytes; }
bool is_utf8(std::uint16_t collation) { return charset_of(collation).utf8; }

}  // namespace selkie::odbc
