#include "odbc/descriptor.h"

#include <algorithm>
#include <climits>

#include "odbc/connection.h"
#include "odbc/statement.h"
#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

constexpr SQLSMALLINT kDatetimeBase = SQL_TYPE_DATE - SQL_CODE_DATE;      // concise type = base + code
constexpr SQLSMALLINT kIntervalBase = SQL_INTERVAL_YEAR - SQL_CODE_YEAR;  // likewise
constexpr SQLSMALLINT kDefaultLeadingPrecision = 2;                       // of an interval. Spec: "Interval Precision"
constexpr SQLSMALLINT kDefaultSecondsPrecision = 6;

constexpr SQLSMALLINT kUsualRecords = 8;  // more than most bind: room for so many is made at once

bool is_datetime(SQLSMALLINT concise) { return concise >= SQL_TYPE_DATE && concise <= SQL_TYPE_TIMESTAMP; }

// The concise type of a verbose type and a datetime or interval code; 0 when there is none.
SQLSMALLINT concise_of(SQLSMALLINT type, SQLSMALLINT code) {
  if (type == SQL_DATETIME) {
    const auto concise = static_cast<SQLSMALLINT>(kDatetimeBase + code);
    return is_datetime(concise) ? concise : SQLSMALLINT{0};
  }
  if (type == SQL_INTERVAL) {
    const auto concise = static_cast<SQLSMALLINT>(kIntervalBase + code);
    return is_interval(concise) ? concise : SQLSMALLINT{0};
  }
  return type;
}

// What a type's other fields are until the application says otherwise. Spec: SQLSetDescField, "SQL_DESC_TYPE"
void set_defaults(DescriptorRecord& record) {
  switch (record.type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
      record.length = 1;
      record.precision = 0;
      break;
    case SQL_NUMERIC:
    case SQL_DECIMAL:
      record.precision = 0;  // the column's own, and its scale with it
      record.scale = 0;
      break;
    case SQL_DATETIME:
      record.precision = record.datetime_interval_code == SQL_CODE_TIMESTAMP ? kDefaultSecondsPrecision : 0;
      break;
    case SQL_INTERVAL:
      record.datetime_interval_precision = kDefaultLeadingPrecision;
      record.precision = kDefaultSecondsPrecision;
      break;
    default: break;
  }
}

}  // namespace

Descriptor::Descriptor(Connection& connection, DescriptorRole role, bool is_automatic)
    : Handle(kTag), connection_(connection), role_(role), is_automatic_(is_automatic) {}

std::mutex& Descriptor::mutex() { return connection_.mutex(); }

SQLSMALLINT Descriptor::count() const {
  const std::size_t count = role_ != DescriptorRole::ird ? records_.size() : columns_ != nullptr ? columns_->size() : 0;
  return static_cast<SQLSMALLINT>(std::min<std::size_t>(count, SHRT_MAX));
}

DescriptorRecord* Descriptor::find(SQLSMALLINT number) {
  if (number == 0) return &bookmark_;
  return number > 0 && static_cast<std::size_t>(number) <= records_.size() ? &records_[static_cast<std::size_t>(number) - 1]
                                                                           : nullptr;
}

DescriptorRecord& Descriptor::record(SQLSMALLINT number) {
  if (number > 0 && static_cast<std::size_t>(number) > records_.size()) set_count(number);
  return *find(number);
}

void Descriptor::set_count(SQLSMALLINT count) {
  if (count > 0 && count <= kUsualRecords && records_.capacity() == 0) records_.reserve(kUsualRecords);
  records_.resize(static_cast<std::size_t>(count));
  changed();
}

RowSteps Descriptor::row_steps(const DescriptorRecord& record, SQLSMALLINT c_type) const {
  if (bind_type != SQL_BIND_BY_COLUMN) return {static_cast<SQLLEN>(bind_type), static_cast<SQLLEN>(bind_type)};
  const auto fixed_bytes = static_cast<SQLLEN>(c_type_size(c_type));
  return {fixed_bytes != 0 ? fixed_bytes : record.octet_length, SQLLEN{sizeof(SQLLEN)}};
}

void Descriptor::unbind(SQLSMALLINT number) {
  DescriptorRecord* record = find(number);
  if (record == nullptr) return;
  *record = {};
  trim();
  changed();
}

void Descriptor::trim() {
  while (!records_.empty() && !records_.back().is_bound()) records_.pop_back();
}

void Descriptor::unbind_all() { set_count(0); }

void Descriptor::set_concise_type(DescriptorRecord& record, SQLSMALLINT concise_type) {
  concise_type = odbc3_type(concise_type);
  record.concise_type = concise_type;
  if (is_datetime(concise_type)) {
    record.type = SQL_DATETIME;
    record.datetime_interval_code = static_cast<SQLSMALLINT>(concise_type - kDatetimeBase);
  } else if (is_interval(concise_type)) {
    record.type = SQL_INTERVAL;
    record.datetime_interval_code = static_cast<SQLSMALLINT>(concise_type - kIntervalBase);
  } else {
    record.type = concise_type;
    record.datetime_interval_code = 0;
  }
  set_defaults(record);
}

void Descriptor::set_verbose_type(DescriptorRecord& record, SQLSMALLINT type) {
  if (const SQLSMALLINT concise = concise_of(type, record.datetime_interval_code); concise != 0) {
    return set_concise_type(record, concise);
  }
  record.type = type;  // the code is still to come; until then the record cannot be bound
  record.concise_type = type;
  record.datetime_interval_code = 0;
}

void Descriptor::set_datetime_code(DescriptorRecord& record, SQLSMALLINT code) {
  const SQLSMALLINT concise = concise_of(record.type, code);
  if (concise == 0) throw Fail(SqlState::inconsistent_descriptor);
  if (concise != record.type) return set_concise_type(record, concise);
  record.datetime_interval_code = code;  // the type is still to come
}

void Descriptor::check_consistency(const DescriptorRecord& record) const {
  const auto require_range = [](SQLLEN value, SQLLEN low, SQLLEN high) {
    if (value < low || value > high) throw Fail(SqlState::inconsistent_descriptor);
  };
  DescriptorRecord expected = record;
  if (!is_type(record.concise_type)) throw Fail(SqlState::inconsistent_descriptor);
  set_concise_type(expected, record.concise_type);
  if (expected.type != record.type || expected.datetime_interval_code != record.datetime_interval_code) {
    throw Fail(SqlState::inconsistent_descriptor);
  }
  switch (record.type) {
    case SQL_NUMERIC:
    case SQL_DECIMAL:
      // No upper bound: pyodbc says 255 where it was not told better, and means "any".
      require_range(record.precision, 0, SHRT_MAX);
      if (record.precision != 0) require_range(record.scale, SCHAR_MIN, record.precision);
      break;
    case SQL_DATETIME: require_range(record.precision, 0, 9); break;
    case SQL_INTERVAL:
      require_range(record.datetime_interval_precision, 0, 10);
      require_range(record.precision, 0, 9);
      break;
    default: break;
  }
}

void Descriptor::copy_from(Descriptor& source) {
  if (role_ == DescriptorRole::ird) throw Fail(SqlState::cannot_modify_ird);
  if (&source == this) return;
  std::vector<DescriptorRecord> records = source.records_;
  if (source.role_ == DescriptorRole::ird) {
    source.need_columns(Call::copy_from_ird);
    records.clear();
    for (SQLSMALLINT number = 1; number <= source.count(); ++number) records.push_back(source.described_record(number));
  }
  for (const DescriptorRecord& record : records) {
    if (record.data_ptr != nullptr) check_consistency(record);
  }
  // All fields but SQL_DESC_ALLOC_TYPE, whatever the roles use of them.
  array_size = source.array_size;
  array_status_ptr = source.array_status_ptr;
  bind_offset_ptr = source.bind_offset_ptr;
  bind_type = source.bind_type;
  rows_processed_ptr = source.rows_processed_ptr;
  bookmark_ = source.bookmark_;
  records_ = std::move(records);
  changed();
}

void Descriptor::need_columns(Call call) {
  if (columns_ != nullptr) return;
  for (Statement* statement : connection_.statements) {
    if (&statement->ird() != this) continue;
    statement->admit(call);
    statement->result_columns();
    return;
  }
}

SQLSMALLINT concise_type_for(const Connection& connection, SQLSMALLINT concise_type) {
  return connection.odbc2() ? odbc2_type(concise_type) : concise_type;
}

}  // namespace selkie::odbc
