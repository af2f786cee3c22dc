// Descriptor fields: what each is, and which role may read or write it. Spec: SQLSetDescField, "Initialization of Descriptor
// Fields"; SQLGetDescField
#include <algorithm>
#include <climits>

#include "odbc/catalog.h"
#include "odbc/connection.h"
#include "odbc/convert.h"
#include "odbc/descriptor.h"
#include "odbc/sqlstate.h"
#include "odbc/text.h"
#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

enum class Kind : std::uint8_t { smallint, integer, len, pointer, text };
enum class Access : std::uint8_t { none, read, write };

struct Field {
  SQLSMALLINT id;
  bool is_header;
  Kind kind;
  Access access[4];  // by DescriptorRole: ARD, APD, IRD, IPD
};

constexpr Access O = Access::none, R = Access::read, W = Access::write;

// An IPD's read-only fields are those of a driver that fills it by itself; this one does not, so they are undefined there.
constexpr Field kFields[] = {
    // clang-format off
    {SQL_DESC_CONCISE_TYPE,                false, Kind::smallint, {W, W, R, W}},
    {SQL_DESC_DISPLAY_SIZE,                false, Kind::len,      {O, O, R, O}},
    {SQL_DESC_UNSIGNED,                    false, Kind::smallint, {O, O, R, O}},
    {SQL_DESC_FIXED_PREC_SCALE,            false, Kind::smallint, {O, O, R, O}},
    {SQL_DESC_UPDATABLE,                   false, Kind::smallint, {O, O, R, O}},
    {SQL_DESC_AUTO_UNIQUE_VALUE,           false, Kind::integer,  {O, O, R, O}},
    {SQL_DESC_CASE_SENSITIVE,              false, Kind::integer,  {O, O, R, O}},
    {SQL_DESC_SEARCHABLE,                  false, Kind::smallint, {O, O, R, O}},
    {SQL_DESC_TYPE_NAME,                   false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_TABLE_NAME,                  false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_SCHEMA_NAME,                 false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_CATALOG_NAME,                false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_LABEL,                       false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_ARRAY_SIZE,                  true,  Kind::len,      {W, W, O, O}},
    {SQL_DESC_ARRAY_STATUS_PTR,            true,  Kind::pointer,  {W, W, W, W}},
    {SQL_DESC_BASE_COLUMN_NAME,            false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_BASE_TABLE_NAME,             false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_BIND_OFFSET_PTR,             true,  Kind::pointer,  {W, W, O, O}},
    {SQL_DESC_BIND_TYPE,                   true,  Kind::integer,  {W, W, O, O}},
    {SQL_DESC_DATETIME_INTERVAL_PRECISION, false, Kind::integer,  {W, W, R, W}},
    {SQL_DESC_LITERAL_PREFIX,              false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_LITERAL_SUFFIX,              false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_LOCAL_TYPE_NAME,             false, Kind::text,     {O, O, R, O}},
    {SQL_DESC_NUM_PREC_RADIX,              false, Kind::integer,  {W, W, R, W}},
    {SQL_DESC_PARAMETER_TYPE,              false, Kind::smallint, {O, O, O, W}},
    {SQL_DESC_ROWS_PROCESSED_PTR,          true,  Kind::pointer,  {O, O, W, W}},
    {SQL_DESC_ROWVER,                      false, Kind::smallint, {O, O, R, O}},
    {SQL_DESC_COUNT,                       true,  Kind::smallint, {W, W, R, W}},
    {SQL_DESC_TYPE,                        false, Kind::smallint, {W, W, R, W}},
    {SQL_DESC_LENGTH,                      false, Kind::len,      {W, W, R, W}},
    {SQL_DESC_OCTET_LENGTH_PTR,            false, Kind::pointer,  {W, W, O, O}},
    {SQL_DESC_PRECISION,                   false, Kind::smallint, {W, W, R, W}},
    {SQL_DESC_SCALE,                       false, Kind::smallint, {W, W, R, W}},
    {SQL_DESC_DATETIME_INTERVAL_CODE,      false, Kind::smallint, {W, W, R, W}},
    {SQL_DESC_NULLABLE,                    false, Kind::smallint, {O, O, R, R}},
    {SQL_DESC_INDICATOR_PTR,               false, Kind::pointer,  {W, W, O, O}},
    {SQL_DESC_DATA_PTR,                    false, Kind::pointer,  {W, W, O, W}},  // IPD: asks for a consistency check
    {SQL_DESC_NAME,                        false, Kind::text,     {O, O, R, W}},
    {SQL_DESC_UNNAMED,                     false, Kind::smallint, {O, O, R, W}},
    {SQL_DESC_OCTET_LENGTH,                false, Kind::len,      {W, W, R, W}},
    {SQL_DESC_ALLOC_TYPE,                  true,  Kind::smallint, {R, R, R, R}},
    // clang-format on
};
static_assert(std::is_sorted(std::begin(kFields), std::end(kFields),
                             [](const Field& a, const Field& b) { return a.id <= b.id; }),
              "each field once, by number");

constexpr SQLSMALLINT kParameterTypes[] = {SQL_PARAM_INPUT, SQL_PARAM_OUTPUT, SQL_PARAM_INPUT_OUTPUT, SQL_PARAM_OUTPUT_STREAM,
                                           SQL_PARAM_INPUT_OUTPUT_STREAM};

const Field& field_row(SQLSMALLINT id) {
  const auto* row = std::lower_bound(std::begin(kFields), std::end(kFields), id,
                                     [](const Field& field, SQLSMALLINT wanted) { return field.id < wanted; });
  if (row == std::end(kFields) || row->id != id) throw Fail(SqlState::invalid_descriptor_field);
  return *row;
}

Descriptor::Value text(std::string_view value) { return {.kind = Descriptor::Value::Kind::text, .text = std::string(value)}; }
Descriptor::Value number(SQLLEN value) { return {.number = value}; }
template <class T>
Descriptor::Value pointer(T* value) {
  return {.kind = Descriptor::Value::Kind::pointer, .pointer = const_cast<void*>(static_cast<const void*>(value))};
}

SQLSMALLINT width(Kind kind) {
  switch (kind) {
    case Kind::smallint: return sizeof(SQLSMALLINT);
    case Kind::integer: return sizeof(SQLINTEGER);
    default: return sizeof(SQLLEN);
  }
}

bool has_flag(const protocol::Column& column, std::uint16_t flag) { return (column.flags & flag) != 0; }

bool is_temporal_date(protocol::WireType type) {
  using protocol::WireType;
  return type == WireType::date || type == WireType::newdate || type == WireType::datetime || type == WireType::timestamp;
}

}  // namespace

bool Descriptor::is_type(SQLSMALLINT concise_type) const {
  return role_ == DescriptorRole::ipd ? is_sql_type(concise_type) : is_c_type(concise_type);
}

bool Descriptor::is_past_end(SQLSMALLINT record_number, SQLSMALLINT field) {
  if (field_row(field).is_header) return false;
  if (role_ == DescriptorRole::ird) need_columns(Call::get_ird);
  return record_number > count();
}

Descriptor::Value Descriptor::get_field(SQLSMALLINT record_number, SQLSMALLINT field) {
  const Field& row = field_row(field);
  const Access access = row.access[static_cast<std::size_t>(role_)];
  if (access == Access::none) throw Fail(SqlState::invalid_descriptor_field);
  const bool is_ird = role_ == DescriptorRole::ird;
  if (is_ird && access == Access::read && field != SQL_DESC_ALLOC_TYPE) need_columns(Call::get_ird);

  Value value;
  if (row.is_header) {
    value = header_field(field);
  } else {
    const bool has_bookmark_record = role_ == DescriptorRole::ard || role_ == DescriptorRole::apd || bookmark != nullptr;
    if (record_number < (has_bookmark_record ? 0 : 1) || record_number > count()) {
      throw Fail(SqlState::invalid_descriptor_index);
    }
    value = !is_ird              ? record_field(*find(record_number), field)
            : record_number == 0 ? column_field(*bookmark, field)
                                 : column_field((*columns_)[static_cast<std::size_t>(record_number) - 1], field);
  }
  value.size_bytes = width(row.kind);
  return value;
}

Descriptor::Value Descriptor::header_field(SQLSMALLINT field) const {
  switch (field) {
    case SQL_DESC_ALLOC_TYPE: return number(is_automatic_ ? SQL_DESC_ALLOC_AUTO : SQL_DESC_ALLOC_USER);
    case SQL_DESC_ARRAY_SIZE: return number(static_cast<SQLLEN>(array_size));
    case SQL_DESC_ARRAY_STATUS_PTR: return pointer(array_status_ptr);
    case SQL_DESC_BIND_OFFSET_PTR: return pointer(bind_offset_ptr);
    case SQL_DESC_BIND_TYPE: return number(static_cast<SQLLEN>(bind_type));
    case SQL_DESC_ROWS_PROCESSED_PTR: return pointer(rows_processed_ptr);
    default: return number(count());  // SQL_DESC_COUNT
  }
}

Descriptor::Value Descriptor::record_field(const DescriptorRecord& record, SQLSMALLINT field) const {
  switch (field) {
    case SQL_DESC_CONCISE_TYPE: return number(record.concise_type);
    case SQL_DESC_TYPE: return number(record.type);
    case SQL_DESC_DATETIME_INTERVAL_CODE: return number(record.datetime_interval_code);
    case SQL_DESC_DATETIME_INTERVAL_PRECISION: return number(record.datetime_interval_precision);
    case SQL_DESC_LENGTH: return number(static_cast<SQLLEN>(record.length));
    case SQL_DESC_OCTET_LENGTH: return number(record.octet_length);
    case SQL_DESC_PRECISION: return number(record.precision);
    case SQL_DESC_SCALE: return number(record.scale);
    case SQL_DESC_NUM_PREC_RADIX: return number(record.num_prec_radix);
    case SQL_DESC_DATA_PTR: return pointer(record.data_ptr);
    case SQL_DESC_OCTET_LENGTH_PTR: return pointer(record.octet_length_ptr);
    case SQL_DESC_INDICATOR_PTR: return pointer(record.indicator_ptr);
    case SQL_DESC_PARAMETER_TYPE: return number(record.parameter_type);
    case SQL_DESC_NAME: return text(record.name);
    case SQL_DESC_UNNAMED: return number(record.name.empty() ? SQL_UNNAMED : SQL_NAMED);
    default: return number(SQL_NULLABLE);  // SQL_DESC_NULLABLE: a parameter always is
  }
}

std::string Descriptor::full_name(const protocol::Column& column) const {
  if (!connection_.settings().full_column_names || column.table.empty()) return {};
  return std::string(column.table).append(".").append(column.name);
}

SQLSMALLINT Descriptor::nullable(const protocol::Column& column) const {
  // A zero date arrives as NULL, so a column of dates has NULLs even when it is NOT NULL.
  const bool reads_null = connection_.settings().zero_date == setup::ZeroDateMode::null && is_temporal_date(column.type);
  return has_flag(column, protocol::column_flag::kNotNull) && !reads_null ? SQL_NO_NULLS : SQL_NULLABLE;
}

const ColumnAnswer& Descriptor::answer(std::size_t number) {
  if (answered_for_ != columns_) {
    answers_.clear();
    answers_.resize(columns_->size() + 1);
    answered_for_ = columns_;
  }
  ColumnAnswer& answer = answers_[number];
  if (answer.type != SQL_UNKNOWN_TYPE && number != 0) return answer;  // the bookmark may be another one at each execution
  const protocol::Column& column = number == 0 ? *bookmark : (*columns_)[number - 1];
  const TypeDescription type = describe(column, connection_.describe_options());
  answer = {.column_name = column.name,
            .full_name = full_name(column),
            .type = concise_type_for(connection_, type.concise_type),
            .column_size = type.column_size,
            .decimal_digits = type.decimal_digits,
            .nullable = nullable(column)};
  return answer;
}

Descriptor::Value Descriptor::column_field(const protocol::Column& column, SQLSMALLINT field) const {
  const setup::Settings& settings = connection_.settings();
  const bool has_base = !column.org_table.empty() && !column.org_name.empty();
  switch (field) {
    case SQL_DESC_NULLABLE: return number(nullable(column));
    case SQL_DESC_AUTO_UNIQUE_VALUE:
      return number(has_flag(column, protocol::column_flag::kAutoIncrement) ? SQL_TRUE : SQL_FALSE);
    case SQL_DESC_ROWVER: return number(has_flag(column, protocol::column_flag::kOnUpdateNow) ? SQL_TRUE : SQL_FALSE);
    case SQL_DESC_UPDATABLE: return number(has_base ? SQL_ATTR_READWRITE_UNKNOWN : SQL_ATTR_READONLY);
    // Names
    case SQL_DESC_NAME: {
      const std::string full = full_name(column);
      return text(full.empty() ? column.name : full);
    }
    case SQL_DESC_LABEL: return text(column.name);
    case SQL_DESC_UNNAMED: return number(column.name.empty() ? SQL_UNNAMED : SQL_NAMED);
    case SQL_DESC_TABLE_NAME: return text(column.table);
    case SQL_DESC_BASE_TABLE_NAME: return text(column.org_table);
    case SQL_DESC_BASE_COLUMN_NAME: return text(has_base ? column.org_name : "");  // of a UNION MySQL names one without a table
    case SQL_DESC_CATALOG_NAME: return text(database_is(settings) == DatabaseIs::catalog ? column.schema : "");
    case SQL_DESC_SCHEMA_NAME: return text(database_is(settings) == DatabaseIs::schema ? column.schema : "");
    default: return type_field(describe(column, connection_.describe_options()), field);
  }
}

Descriptor::Value Descriptor::type_field(const TypeDescription& type, SQLSMALLINT field) const {
  const bool is_numeric = type.num_prec_radix != 0;
  const bool is_temporal = type.verbose_type == SQL_DATETIME;
  switch (field) {
    case SQL_DESC_CONCISE_TYPE: return number(concise_type_for(connection_, type.concise_type));
    case SQL_DESC_TYPE: return number(type.verbose_type);
    case SQL_DESC_DATETIME_INTERVAL_CODE: return number(type.datetime_code);
    case SQL_DESC_DATETIME_INTERVAL_PRECISION: return number(0);
    case SQL_DESC_LENGTH: return number(static_cast<SQLLEN>(type.column_size));
    case SQL_DESC_OCTET_LENGTH: return number(type.octet_length);
    case SQL_DESC_DISPLAY_SIZE: return number(type.display_size);
    case SQL_DESC_PRECISION:  // of a time the digits behind the second; a width that does not fit the field is cut
      return number(is_temporal ? type.decimal_digits : static_cast<SQLLEN>(std::min<SQLULEN>(type.column_size, SHRT_MAX)));
    case SQL_DESC_SCALE: return number(is_numeric ? type.decimal_digits : 0);
    case SQL_DESC_NUM_PREC_RADIX: return number(type.num_prec_radix);
    case SQL_DESC_UNSIGNED: return number(type.is_unsigned ? SQL_TRUE : SQL_FALSE);
    case SQL_DESC_FIXED_PREC_SCALE: return number(type.fixed_prec_scale ? SQL_TRUE : SQL_FALSE);
    case SQL_DESC_CASE_SENSITIVE: return number(type.case_sensitive ? SQL_TRUE : SQL_FALSE);
    case SQL_DESC_SEARCHABLE: return number(type.searchable);
    case SQL_DESC_TYPE_NAME: return text(type.type_name);
    case SQL_DESC_LITERAL_PREFIX: return text(type.literal_prefix);
    case SQL_DESC_LITERAL_SUFFIX: return text(type.literal_suffix);
    case SQL_DESC_LOCAL_TYPE_NAME: return text("");
    default: throw Fail(SqlState::invalid_descriptor_field);
  }
}

DescriptorRecord Descriptor::described_record(SQLSMALLINT column_number) const {
  const protocol::Column& column = (*columns_)[static_cast<std::size_t>(column_number) - 1];
  const auto field = [&](SQLSMALLINT id) { return column_field(column, id).number; };
  DescriptorRecord record;
  set_concise_type(record, static_cast<SQLSMALLINT>(field(SQL_DESC_CONCISE_TYPE)));
  record.length = static_cast<SQLULEN>(field(SQL_DESC_LENGTH));
  record.octet_length = field(SQL_DESC_OCTET_LENGTH);
  record.precision = static_cast<SQLSMALLINT>(field(SQL_DESC_PRECISION));
  record.scale = static_cast<SQLSMALLINT>(field(SQL_DESC_SCALE));
  record.num_prec_radix = static_cast<SQLINTEGER>(field(SQL_DESC_NUM_PREC_RADIX));
  record.name = column_field(column, SQL_DESC_NAME).text;
  return record;
}

void Descriptor::set_field(SQLSMALLINT record_number, SQLSMALLINT field, SQLPOINTER value, SQLINTEGER buffer_length,
                           bool wide) {
  const Field& row = field_row(field);
  const Access access = row.access[static_cast<std::size_t>(role_)];
  if (role_ == DescriptorRole::ird && access != Access::write) throw Fail(SqlState::cannot_modify_ird);
  if (access != Access::write) throw Fail(SqlState::invalid_descriptor_field);
  changed();
  if (row.is_header) return set_header_field(field, value);
  if (record_number < (role_ == DescriptorRole::ipd ? 1 : 0)) throw Fail(SqlState::invalid_descriptor_index);
  set_record_field(record(record_number), field, value, buffer_length, wide);
  if (field == SQL_DESC_DATA_PTR && value == nullptr && role_ != DescriptorRole::ipd) trim();
}

void Descriptor::set_header_field(SQLSMALLINT field, SQLPOINTER value) {
  const auto as_number = reinterpret_cast<SQLLEN>(value);
  switch (field) {
    case SQL_DESC_ARRAY_SIZE:
      if (as_number <= 0) throw Fail(SqlState::invalid_attribute, "An array has at least one row.");
      array_size = static_cast<SQLULEN>(as_number);
      break;
    case SQL_DESC_ARRAY_STATUS_PTR: array_status_ptr = static_cast<SQLUSMALLINT*>(value); break;
    case SQL_DESC_BIND_OFFSET_PTR: bind_offset_ptr = static_cast<SQLLEN*>(value); break;
    case SQL_DESC_BIND_TYPE: bind_type = static_cast<SQLUINTEGER>(as_number); break;
    case SQL_DESC_ROWS_PROCESSED_PTR: rows_processed_ptr = static_cast<SQLULEN*>(value); break;
    default: {  // SQL_DESC_COUNT
      const auto count = static_cast<SQLSMALLINT>(as_number);
      if (count < 0) throw Fail(SqlState::invalid_descriptor_index);
      set_count(count);
    }
  }
}

void Descriptor::set_record_field(DescriptorRecord& record, SQLSMALLINT field, SQLPOINTER value, SQLINTEGER buffer_length,
                                  bool wide) {
  const auto as_len = reinterpret_cast<SQLLEN>(value);
  const auto as_integer = static_cast<SQLINTEGER>(as_len);  // an application may leave rubbish in the upper half
  const auto as_smallint = static_cast<SQLSMALLINT>(as_len);
  switch (field) {
    // Deferred fields leave the record bound, all others unbind it: the types must be complete before the buffer is named.
    case SQL_DESC_OCTET_LENGTH_PTR: record.octet_length_ptr = static_cast<SQLLEN*>(value); return;
    case SQL_DESC_INDICATOR_PTR: record.indicator_ptr = static_cast<SQLLEN*>(value); return;
    case SQL_DESC_DATA_PTR:
      if (value != nullptr) check_consistency(record);
      if (role_ != DescriptorRole::ipd) record.data_ptr = value;
      return;

    case SQL_DESC_CONCISE_TYPE:
      if (!is_type(as_smallint)) throw Fail(SqlState::inconsistent_descriptor);
      set_concise_type(record, as_smallint);
      break;
    case SQL_DESC_TYPE:
      if (as_smallint != SQL_DATETIME && as_smallint != SQL_INTERVAL && !is_type(as_smallint)) {
        throw Fail(SqlState::inconsistent_descriptor);
      }
      set_verbose_type(record, as_smallint);
      break;
    case SQL_DESC_DATETIME_INTERVAL_CODE: set_datetime_code(record, as_smallint); break;
    case SQL_DESC_DATETIME_INTERVAL_PRECISION: record.datetime_interval_precision = as_integer; break;
    case SQL_DESC_LENGTH: record.length = static_cast<SQLULEN>(as_len); break;
    case SQL_DESC_OCTET_LENGTH: record.octet_length = as_len; break;
    case SQL_DESC_PRECISION: record.precision = as_smallint; break;
    case SQL_DESC_SCALE: record.scale = as_smallint; break;
    case SQL_DESC_NUM_PREC_RADIX: record.num_prec_radix = as_integer; break;
    case SQL_DESC_PARAMETER_TYPE:
      if (std::find(std::begin(kParameterTypes), std::end(kParameterTypes), as_smallint) == std::end(kParameterTypes)) {
        throw Fail(SqlState::invalid_parameter_type);
      }
      record.parameter_type = as_smallint;
      break;
    case SQL_DESC_NAME:
      record.name = wide ? text_in(static_cast<const SQLWCHAR*>(value), BytesCount{buffer_length})
                         : text_in(connection_.charset(), static_cast<const SQLCHAR*>(value), buffer_length);
      break;
    case SQL_DESC_UNNAMED:
      if (as_smallint != SQL_UNNAMED) throw Fail(SqlState::invalid_attribute, "Only SQL_UNNAMED can be set.");
      record.name.clear();
      break;
    default: throw Fail(SqlState::invalid_descriptor_field);
  }
  record.data_ptr = nullptr;
}

}  // namespace selkie::odbc
