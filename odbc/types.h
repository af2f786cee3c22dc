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

// Choices of the connection that change how columns are described.
struct DescribeOptions {
  bool wide = true;        // text columns are SQL_W* types (the application connected through the W functions)
  bool no_bigint = false;  // BIGINT is reported as INTEGER
  bool tinyint1_is_bit = false;
  std::uint32_t long_size_cap = 0;  // column size of long types is at most this; 0 = ODBC's own limit of 2^31 - 1
};

// All that ODBC says about a result column or a table's column, in the specification's terms and units.
struct TypeDescription {
  SQLSMALLINT concise_type = SQL_VARCHAR;  // SQL_DESC_CONCISE_TYPE
  SQLSMALLINT verbose_type = SQL_VARCHAR;  // SQL_DESC_TYPE
  SQLSMALLINT datetime_code = 0;           // SQL_DESC_DATETIME_INTERVAL_CODE
  SQLULEN column_size = 0;                 // characters, digits or bytes, by type
  SQLLEN octet_length = 0;                 // bytes in the default C type, terminator not counted
  SQLLEN display_size = 0;                 // characters
  SQLSMALLINT decimal_digits = 0;
  SQLINTEGER num_prec_radix = 0;  // 10, 2 or 0
  bool is_unsigned = false;       // true also for types that have no sign, as ODBC wants it
  bool case_sensitive = false;
  bool fixed_prec_scale = false;
  SQLSMALLINT searchable = SQL_PRED_SEARCHABLE;
  std::string_view type_name;  // "int unsigned"
  std::string_view literal_prefix, literal_suffix;
};

TypeDescription describe(const protocol::Column& column, const DescribeOptions& options);

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
};
inline constexpr SQLSMALLINT kNull = -32768;

// All rows, sorted by data_type and then by how closely they map, as the specification asks.
std::span<const TypeInfoRow> type_info_rows();

}  // namespace selkie::odbc
