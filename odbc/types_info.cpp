// The rows of SQLGetTypeInfo.
#include <array>

#include "odbc/types.h"

namespace selkie::odbc {
namespace {

constexpr SQLINTEGER kLong = 2'147'483'647;  // LONGTEXT and LONGBLOB hold twice that, ODBC's columns do not
constexpr SQLINTEGER kVarying = 65'535;      // bytes of a row, the bound of VARCHAR and VARBINARY

// How the rows of one family differ.
constexpr TypeInfoRow text(std::string_view name, SQLSMALLINT type, SQLINTEGER size, std::string_view params,
                           SQLSMALLINT case_sensitive = SQL_FALSE) {
  return {name,  type,      size,  "'",   "'",   params, SQL_NULLABLE, case_sensitive, SQL_SEARCHABLE,
          kNull, SQL_FALSE, kNull, kNull, kNull, type,   kNull,        kNull};
}

constexpr TypeInfoRow bytes(std::string_view name, SQLSMALLINT type, SQLINTEGER size, std::string_view params,
                            SQLSMALLINT searchable = SQL_SEARCHABLE) {
  return {name,  type,      size,  "0x",  "",    params, SQL_NULLABLE, SQL_FALSE, searchable,
          kNull, SQL_FALSE, kNull, kNull, kNull, type,   kNull,        kNull};
}

constexpr TypeInfoRow number(std::string_view name, SQLSMALLINT type, SQLINTEGER size, SQLSMALLINT is_unsigned,
                             std::string_view params = {}, SQLSMALLINT max_scale = 0) {
  return {name,        type,      size,      "", "",        params, SQL_NULLABLE, SQL_FALSE, SQL_SEARCHABLE,
          is_unsigned, SQL_FALSE, SQL_FALSE, 0,  max_scale, type,   kNull,        10};
}

// Approximate numbers have no scale.
constexpr TypeInfoRow approximate(std::string_view name, SQLSMALLINT type, SQLINTEGER size, SQLSMALLINT is_unsigned) {
  TypeInfoRow row = number(name, type, size, is_unsigned);
  row.minimum_scale = row.maximum_scale = kNull;
  return row;
}

constexpr TypeInfoRow datetime(std::string_view name, SQLSMALLINT type, SQLINTEGER size, SQLSMALLINT code,
                               std::string_view params = {}, SQLSMALLINT max_scale = kNull) {
  TypeInfoRow row = text(name, type, size, params);
  row.sql_data_type = SQL_DATETIME;
  row.sql_datetime_sub = code;
  row.maximum_scale = max_scale;
  row.minimum_scale = max_scale == kNull ? kNull : SQLSMALLINT{0};
  return row;
}

constexpr TypeInfoRow bit() {
  return {"bit",    SQL_BIT,   1,         "b'",  "'",   "",      SQL_NULLABLE, SQL_FALSE, SQL_SEARCHABLE,
          SQL_TRUE, SQL_FALSE, SQL_FALSE, kNull, kNull, SQL_BIT, kNull,        kNull};
}

constexpr TypeInfoRow since(std::uint32_t mariadb, std::uint32_t mysql, TypeInfoRow row) {
  row.since_mariadb = mariadb;
  row.since_mysql = mysql;
  return row;
}

constexpr TypeInfoRow geometry(std::string_view name) { return bytes(name, SQL_LONGVARBINARY, kLong, "", SQL_PRED_BASIC); }

constexpr std::string_view kLength = "length", kPrecisionScale = "precision,scale", kFraction = "fractional seconds precision";

// By data type; within one by how well the name's values are those of the type.
constexpr std::array kRows{
    text("longtext", SQL_WLONGVARCHAR, kLong, ""),
    text("mediumtext", SQL_WLONGVARCHAR, 16'777'215, ""),
    text("text", SQL_WLONGVARCHAR, 65'535, ""),
    text("tinytext", SQL_WLONGVARCHAR, 255, ""),
    text("json", SQL_WLONGVARCHAR, kLong, "", SQL_TRUE),
    text("varchar", SQL_WVARCHAR, kVarying, kLength),
    text("char", SQL_WCHAR, 255, kLength),
    text("enum", SQL_WCHAR, 255, "values"),
    text("set", SQL_WCHAR, 255, "values"),
    since(100700, kNever, text("uuid", SQL_WCHAR, 36, "")),
    since(101000, kNever, text("inet4", SQL_WCHAR, 15, "")),
    since(100500, kNever, text("inet6", SQL_WCHAR, 39, "")),
    bit(),
    number("tinyint", SQL_TINYINT, 3, SQL_FALSE),
    number("bigint", SQL_BIGINT, 19, SQL_FALSE),
    number("int unsigned", SQL_BIGINT, 19, SQL_TRUE),
    bytes("longblob", SQL_LONGVARBINARY, kLong, ""),
    bytes("mediumblob", SQL_LONGVARBINARY, 16'777'215, ""),
    bytes("blob", SQL_LONGVARBINARY, 65'535, ""),
    bytes("tinyblob", SQL_LONGVARBINARY, 255, ""),
    geometry("geometry"),
    geometry("point"),
    geometry("linestring"),
    geometry("polygon"),
    geometry("multipoint"),
    geometry("multilinestring"),
    geometry("multipolygon"),
    since(0, kNever, geometry("geometrycollection")),
    since(kNever, 0, geometry("geomcollection")),
    since(kNever, 90000, bytes("vector", SQL_LONGVARBINARY, 65'532, "dimensions")),
    bytes("varbinary", SQL_VARBINARY, kVarying, kLength),
    since(110700, kNever, bytes("vector", SQL_VARBINARY, 65'532, "dimensions")),
    bytes("binary", SQL_BINARY, 255, kLength),
    bytes("bit", SQL_BINARY, 8, "bits"),
    text("longtext", SQL_LONGVARCHAR, kLong, ""),
    text("mediumtext", SQL_LONGVARCHAR, 16'777'215, ""),
    text("text", SQL_LONGVARCHAR, 65'535, ""),
    text("tinytext", SQL_LONGVARCHAR, 255, ""),
    text("json", SQL_LONGVARCHAR, kLong, "", SQL_TRUE),
    text("char", SQL_CHAR, 255, kLength),
    text("enum", SQL_CHAR, 255, "values"),
    text("set", SQL_CHAR, 255, "values"),
    since(100700, kNever, text("uuid", SQL_CHAR, 36, "")),
    since(101000, kNever, text("inet4", SQL_CHAR, 15, "")),
    since(100500, kNever, text("inet6", SQL_CHAR, 39, "")),
    number("numeric", SQL_NUMERIC, 65, SQL_FALSE, kPrecisionScale, 30),
    number("decimal", SQL_DECIMAL, 65, SQL_FALSE, kPrecisionScale, 30),
    number("decimal unsigned", SQL_DECIMAL, 65, SQL_TRUE, kPrecisionScale, 30),
    number("bigint unsigned", SQL_DECIMAL, 20, SQL_TRUE),
    number("int", SQL_INTEGER, 10, SQL_FALSE),
    number("mediumint", SQL_INTEGER, 10, SQL_FALSE),
    number("mediumint unsigned", SQL_INTEGER, 10, SQL_TRUE),
    number("smallint unsigned", SQL_INTEGER, 10, SQL_TRUE),
    number("smallint", SQL_SMALLINT, 5, SQL_FALSE),
    number("tinyint unsigned", SQL_SMALLINT, 5, SQL_TRUE),
    number("year", SQL_SMALLINT, 5, SQL_TRUE),
    approximate("double", SQL_FLOAT, 15, SQL_FALSE),
    approximate("float", SQL_REAL, 7, SQL_FALSE),
    approximate("float unsigned", SQL_REAL, 7, SQL_TRUE),
    approximate("double", SQL_DOUBLE, 15, SQL_FALSE),
    approximate("double unsigned", SQL_DOUBLE, 15, SQL_TRUE),
    text("varchar", SQL_VARCHAR, kVarying, kLength),
    datetime("date", SQL_TYPE_DATE, 10, SQL_CODE_DATE),
    datetime("time", SQL_TYPE_TIME, 15, SQL_CODE_TIME, kFraction, 6),
    datetime("datetime", SQL_TYPE_TIMESTAMP, 26, SQL_CODE_TIMESTAMP, kFraction, 6),
    datetime("timestamp", SQL_TYPE_TIMESTAMP, 26, SQL_CODE_TIMESTAMP, kFraction, 6),
};

}  // namespace

std::span<const TypeInfoRow> type_info_rows() { return kRows; }

}  // namespace selkie::odbc
