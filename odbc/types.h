// One row per type of the servers: what ODBC calls it and how it is described. SQLDescribeCol, SQLColAttribute, SQLColumns and
// SQLGetTypeInfo all read from here, so they agree.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/column.h"

namespace selkie::odbc {

// The reporting cap for long types that is proposed as default: clients that allocate by column size get along with 4 MiB a
// value, and only values past a million characters are cut by them. It never cuts data: SQLGetData delivers values of any
// length.
inline constexpr std::uint32_t kDefaultLongSizeCap = 1u << 20;

// Choices of the connection that change how columns are described.
struct DescribeOptions {
  bool wide = true;                 // text columns are SQL_W* types (the application connected through the W functions)
  bool no_bigint = false;           // BIGINT is reported as INTEGER
  bool tinyint1_is_bit = false;     // TINYINT(1) is reported as BIT
  std::uint32_t long_size_cap = 0;  // column size of long types is at most this; 0 = ODBC's own limit of 2^31 - 1
};

// All that ODBC says about a result column or a table's column, in the specification's terms and units.
struct TypeDescription {
  SQLSMALLINT concise_type = SQL_VARCHAR;  // SQL_DESC_CONCISE_TYPE
  SQLSMALLINT verbose_type = SQL_VARCHAR;  // SQL_DESC_TYPE
  SQLSMALLINT datetime_code = 0;           // SQL_DESC_DATETIME_INTERVAL_CODE
  SQLULEN column_size = 0;                 // characters, digits or bytes, by type; never 0
  SQLLEN octet_length = 0;                 // bytes in the default C type, terminator not counted
  SQLLEN display_size = 0;                 // characters; of narrow text: bytes, which is what a SQL_C_CHAR buffer counts
  SQLSMALLINT decimal_digits = 0;
  SQLINTEGER num_prec_radix = 0;  // 10 for numbers, else 0
  bool is_unsigned = false;       // true also for types that have no sign, as ODBC wants it
  bool case_sensitive = false;
  bool fixed_prec_scale = false;
  SQLSMALLINT searchable = SQL_PRED_SEARCHABLE;
  std::string_view type_name;  // "int unsigned"; may point into the column's set
  std::string_view literal_prefix, literal_suffix;
};

// How servers' types map where more than one answer is possible:
//   unsigned integers   the narrowest signed type that holds them all (INT UNSIGNED is SQL_BIGINT, BIGINT UNSIGNED is
//                       SQL_DECIMAL(20,0)), so that a client which binds by type alone reads every value; is_unsigned stays
//                       true
//   text and JSON       by the charset; JSON is text although MySQL sends it as binary
//   UUID, INET4, INET6  SQL_(W)CHAR: every client reads them; SQL_C_GUID works on such text
//   BIT(1), BIT(n)      SQL_BIT, SQL_BINARY
//   TIME                sizes without sign and third hour digit, as ODBC has it; display_size holds '-838:59:59'
//   unknown codes       SQL_LONGVARBINARY
TypeDescription describe(const protocol::Column& column, const DescribeOptions& options);

// The size of a type as reported: long types obey the cap, nothing is beyond 2^31 - 1. SQLGetTypeInfo's sizes go through it
// too.
SQLULEN reported_size(SQLSMALLINT concise_type, SQLULEN column_size, const DescribeOptions& options);

// True for the types of characters and bytes.
bool is_string(protocol::WireType type);

// True for string types whose bytes are text: not the binary charset, or JSON.
bool is_text(const protocol::Column& column);

// True for collations whose text is UTF-8 as it is: of utf8mb4, utf8mb3 and ascii.
bool is_utf8(std::uint16_t collation);
// Bytes per character at most of a collation id's charset, as the server counts Column::length: 4 for utf8mb4.
std::uint8_t max_bytes_per_char(std::uint16_t collation);

// One row of SQLGetTypeInfo, in the order of its result columns. Empty text = NULL; kNull = NULL.
struct TypeInfoRow {
  std::string_view type_name;
  SQLSMALLINT data_type;
  SQLINTEGER column_size;
  std::string_view literal_prefix, literal_suffix, create_params;
  SQLSMALLINT nullable, case_sensitive, searchable, unsigned_attribute, fixed_prec_scale, auto_unique_value;
  SQLSMALLINT minimum_scale, maximum_scale, sql_data_type, sql_datetime_sub;
  SQLINTEGER num_prec_radix;
  std::uint32_t since_mariadb = 0, since_mysql = 0;  // the first version that has the type, as 101106; kNever
};
inline constexpr std::uint32_t kNever = UINT32_MAX;
inline constexpr SQLSMALLINT kNull = -32768;

// All rows, sorted by data_type and then by how closely they map, as the specification asks.
std::span<const TypeInfoRow> type_info_rows();

}  // namespace selkie::odbc
