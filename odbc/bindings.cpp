#include "odbc/bindings.h"

#include <algorithm>
#include <climits>

#include "odbc/convert.h"
#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

constexpr SQLULEN kMaxDecimalDigits = 65;  // of the servers' DECIMAL

bool is_decimal(SQLSMALLINT sql_type) { return sql_type == SQL_DECIMAL || sql_type == SQL_NUMERIC; }

void require_direction(SQLSMALLINT direction) {
  switch (direction) {
    case SQL_PARAM_INPUT:
    case SQL_PARAM_OUTPUT:
    case SQL_PARAM_INPUT_OUTPUT:
    case SQL_PARAM_OUTPUT_STREAM:
    case SQL_PARAM_INPUT_OUTPUT_STREAM: return;
    default: throw Fail(SqlState::invalid_parameter_type);
  }
}

void require_c_type(SQLSMALLINT c_type) {
  if (c_type != SQL_C_DEFAULT && !is_c_type(c_type)) throw Fail(SqlState::invalid_c_type);
}

}  // namespace

void bind_column(Statement& statement, SQLUSMALLINT number, SQLSMALLINT c_type, SQLPOINTER data, SQLLEN capacity_bytes,
                 SQLLEN* length) {
  if (number > SHRT_MAX || (number == 0 && statement.attributes.use_bookmarks == SQL_UB_OFF)) {
    throw Fail(SqlState::invalid_descriptor_index);
  }
  Descriptor& ard = statement.ard();
  const auto record_number = static_cast<SQLSMALLINT>(number);
  if (data == nullptr && length == nullptr) return ard.unbind(record_number);
  c_type = odbc3_type(c_type);
  require_c_type(c_type);
  if (capacity_bytes < 0) throw Fail(SqlState::invalid_length);

  DescriptorRecord& record = ard.record(record_number);
  Descriptor::set_concise_type(record, c_type);
  record.octet_length = capacity_bytes;
  record.data_ptr = data;
  record.octet_length_ptr = record.indicator_ptr = length;
  ard.changed();
}

void bind_parameter(Statement& statement, SQLUSMALLINT number, const ParameterBinding& binding) {
  if (number == 0 || number > SHRT_MAX) throw Fail(SqlState::invalid_descriptor_index);
  require_direction(binding.direction);
  const SQLSMALLINT c_type = odbc3_type(binding.c_type), sql_type = odbc3_type(binding.sql_type);
  require_c_type(c_type);
  if (!is_sql_type(sql_type)) throw Fail(SqlState::invalid_sql_type);
  if (is_decimal(sql_type) && (binding.column_size > kMaxDecimalDigits || binding.decimal_digits < 0)) {
    throw Fail(SqlState::invalid_precision, "A DECIMAL has at most 65 digits, none or more of them after the point.");
  }
  // What driver managers make of ODBC 1's SQLSetParam: the buffer's size is not told.
  const bool is_set_param = binding.direction == SQL_PARAM_INPUT_OUTPUT && binding.capacity_bytes == SQL_SETPARAM_VALUE_MAX;
  if (binding.capacity_bytes < 0 && !is_set_param) throw Fail(SqlState::invalid_length);
  if (binding.data == nullptr && binding.length == nullptr && is_input(binding.direction)) {
    throw Fail(SqlState::null_pointer);
  }

  const auto record_number = static_cast<SQLSMALLINT>(number);
  DescriptorRecord& in = statement.ipd().record(record_number);
  Descriptor::set_concise_type(in, sql_type);
  in.parameter_type = binding.direction;
  in.length = binding.column_size;
  if (is_decimal(sql_type) || sql_type == SQL_FLOAT || sql_type == SQL_REAL || sql_type == SQL_DOUBLE) {
    in.precision = static_cast<SQLSMALLINT>(std::min<SQLULEN>(binding.column_size, SHRT_MAX));
    in.scale = binding.decimal_digits;
  } else {
    in.precision = binding.decimal_digits;  // digits of the seconds
  }
  statement.ipd().changed();

  DescriptorRecord& application = statement.apd().record(record_number);
  Descriptor::set_concise_type(application, c_type);
  application.octet_length = is_set_param ? 0 : binding.capacity_bytes;
  application.data_ptr = binding.data;
  application.octet_length_ptr = application.indicator_ptr = binding.length;
  statement.apd().changed();
}

}  // namespace selkie::odbc
