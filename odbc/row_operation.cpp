#include "odbc/row_operation.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "odbc/bindings.h"
#include "odbc/bookmarks.h"
#include "odbc/sql_text.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

// The record as if it were bound to row `row` alone.
DescriptorRecord at_row(const Descriptor& descriptor, DescriptorRecord record, SQLSMALLINT c_type, SQLULEN row) {
  const RowSteps steps = descriptor.row_steps(record, c_type);
  const SQLLEN offset = descriptor.bind_offset(), rows = static_cast<SQLLEN>(row);
  record.data_ptr = at(record.data_ptr, offset + rows * steps.data);
  record.octet_length_ptr = at(record.octet_length_ptr, offset + rows * steps.length);
  record.indicator_ptr = at(record.indicator_ptr, offset + rows * steps.length);
  return record;
}

SQLLEN length_of(const DescriptorRecord& record) {
  if (record.indicator_ptr != nullptr && *record.indicator_ptr == SQL_NULL_DATA) return SQL_NULL_DATA;
  return record.octet_length_ptr != nullptr ? *record.octet_length_ptr : SQLLEN{SQL_NTS};
}

// The rows that met the condition. The server's words begin with their number, in any language; SQLRowCount's may leave out
// those that an UPDATE left as they were.
SQLLEN rows_matched(const Statement& statement) {
  const std::string& info = statement.result_info();
  const std::size_t digits = info.find_first_of("0123456789");
  SQLLEN rows = statement.row_count();
  if (digits != std::string::npos) std::from_chars(info.data() + digits, info.data() + info.size(), rows);
  return rows;
}

}  // namespace

RowOperation::RowOperation(Statement& owner, Kind kind, std::vector<Target> targets, bool is_lone)
    : owner_(owner),
      cursor_owner_(owner),
      helper_(owner.cursor().changes().helper()),
      kind_(kind),
      is_lone_(is_lone),
      targets_(std::move(targets)) {}

RowOperation::RowOperation(Statement& owner, const Addition& addition)
    : RowOperation(owner, Kind::add, {Target{.buffer_row = addition.first, .status = addition.status}}, true) {
  addition_ = addition;
}

RowOperation::RowOperation(Statement& owner, Kind kind, Statement& cursor_owner, std::string sql)
    : owner_(owner),
      cursor_owner_(cursor_owner),
      helper_(owner.cursor().changes().helper()),
      kind_(kind),
      is_lone_(true),
      targets_{{.row = cursor_owner.cursor().current_row()}},
      positioned_sql_(std::move(sql)) {}

// --- Running

SQLRETURN RowOperation::run() {
  while (next_ < targets_.size()) {
    const SQLRETURN code = attempt([&] {
      prepare();
      return helper_.execute();
    });
    if (code == SQL_NEED_DATA) return code;
  }
  return outcome();
}

SQLRETURN RowOperation::param_data(SQLPOINTER* token) {
  SQLRETURN code = attempt([&] { return helper_.param_data(token); });
  if (code == SQL_NEED_DATA) return code;
  code = run();
  return code == SQL_NEED_DATA ? param_data(token) : code;  // the first value of another row
}

void RowOperation::put_data(SQLPOINTER data, SQLLEN length) { helper_.put_data(data, length); }

void RowOperation::cancel() { helper_.cancel_awaited(); }

State RowOperation::state() const { return helper_.state(); }

// Does the change at hand, or goes on with it, until it is done or failed.
template <class Body>
SQLRETURN RowOperation::attempt(Body&& body) {
  try {
    if (body() == SQL_NEED_DATA) return SQL_NEED_DATA;
    finish();
  } catch (...) {
    failed();
  }
  ++next_;
  return SQL_SUCCESS;
}

// In a handler. The failure of a lone row is the call's; one of several is noted and the others are changed all the same.
void RowOperation::failed() {
  const Target& target = targets_[next_];
  if (target.status != nullptr) *target.status = SQL_ROW_ERROR;
  failed_ += is_lone_ ? 0 : 1;
  const auto row = static_cast<SQLLEN>(target.buffer_row + 1);
  try {
    throw;
  } catch (Fail& failure) {
    failure.row = row;
    failure.column = column_of(failure.column);
    if (is_lone_) throw;
    owner_.diagnostics.error(failure.state, failure.message, row, failure.column);
  } catch (const CoreFail& failure) {
    if (is_lone_) throw;
    owner_.diagnostics.failure(failure.failure, row);
    if (owner_.connection().session().dead()) throw;
  }
}

// The column of the result that a parameter of the helper has its value from.
SQLINTEGER RowOperation::column_of(SQLINTEGER parameter) const {
  const bool is_buffer = positioned_sql_.empty() && parameter > 0 && static_cast<std::size_t>(parameter) <= columns_.size();
  return is_buffer ? static_cast<SQLINTEGER>(columns_[static_cast<std::size_t>(parameter) - 1] + 1) : parameter;
}

SQLRETURN RowOperation::outcome() {
  owner_.set_row_count(rows_changed_);
  if (failed_ == 0) return SQL_SUCCESS;
  return failed_ == targets_.size() ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

void RowOperation::prepare() {
  const Target& target = targets_[next_];
  (void)owner_.cursor().changes().helper();  // idle again
  its_result_ = cursor_owner_.cursor().changes().result();
  std::string sql;
  switch (kind_) {
    case Kind::add: sql = insertion(); break;
    case Kind::update: sql = positioned_sql_.empty() ? update(target) : positioned(target); break;
    case Kind::delete_: sql = positioned_sql_.empty() ? deletion(target) : positioned(target); break;
  }
  helper_.prepare(sql);
}

void RowOperation::finish() {
  if (kind_ == Kind::add) return finish_addition();
  const Target& target = targets_[next_];
  const SQLLEN matched = rows_matched(helper_);
  rows_changed_ += matched;
  if (matched != 1) {
    const SQLLEN row = is_lone_ ? SQL_NO_ROW_NUMBER : static_cast<SQLLEN>(target.buffer_row + 1);
    owner_.diagnostics.warning(matched == 0 ? SqlState::cursor_conflict : SqlState::several_rows_changed,
                               matched == 0 ? "The row is no longer as it was fetched, so it was left alone. Fetch it again."
                                            : "Several rows have the values that name this one; all were changed.",
                               row);
  }
  if (matched == 0) {
    if (target.status != nullptr) *target.status = SQL_ROW_ERROR;
    return;
  }
  if (!its_result_.expired()) tell_cursor();
}

void RowOperation::tell_cursor() {
  Cursor& cursor = cursor_owner_.cursor();
  const Target& target = targets_[next_];
  const bool is_update = kind_ == Kind::update;
  if (is_update) {
    cursor.changes().updated(target.row, key_after(), positioned_sql_.empty());
  } else {
    cursor.changes().deleted(target.row);
  }
  SQLUSMALLINT* status = target.status;
  if (!positioned_sql_.empty() && cursor.position() != 0 && cursor.current_row() == target.row) {
    status = cursor.status_of(cursor.position());
  }
  if (status != nullptr) *status = is_update ? SQL_ROW_UPDATED : SQL_ROW_DELETED;
}

void RowOperation::finish_addition() {
  rows_changed_ += helper_.row_count() > 0 ? helper_.row_count() : 0;
  helper_.diagnostics.number_columns([&](SQLINTEGER parameter) { return column_of(parameter); });
  owner_.diagnostics.take(helper_.diagnostics);
  const auto is_failed = [](SQLUSMALLINT s) { return s == SQL_PARAM_ERROR || s == SQL_PARAM_DIAG_UNAVAILABLE; };
  const auto is_added = [](SQLUSMALLINT s) { return s == SQL_PARAM_SUCCESS || s == SQL_PARAM_SUCCESS_WITH_INFO; };
  std::size_t added = 0;
  for (SQLULEN row = 0; row < addition_.count; ++row) {
    added += is_added(added_[row]) ? 1 : 0;
    if (is_added(added_[row])) clear_bookmark(addition_.first + row);
    if (addition_.status == nullptr) continue;
    if (is_added(added_[row])) addition_.status[row] = SQL_ROW_ADDED;
    if (is_failed(added_[row])) addition_.status[row] = SQL_ROW_ERROR;
  }
  if (added == 0 && std::ranges::any_of(added_, is_failed)) failed_ = targets_.size();
}

// A row that was added is none of the result's: the bookmark in its buffer would name another one.
void RowOperation::clear_bookmark(SQLULEN buffer_row) {
  const DescriptorRecord* const record = owner_.ard().find(0);
  if (owner_.attributes.use_bookmarks == SQL_UB_OFF || record->data_ptr == nullptr) return;
  const DescriptorRecord bookmark = at_row(owner_.ard(), *record, record->concise_type, buffer_row);
  clear_bookmark_at(bookmark.data_ptr);
  if (bookmark.indicator_ptr != nullptr) *bookmark.indicator_ptr = SQL_NULL_DATA;
}

// --- The statements

std::string RowOperation::insertion() {
  const RowIdentity& identity = cursor_owner_.cursor().changes().identity();
  if (identity.table.empty()) throw Fail(SqlState::optional_feature, identity.refusal);
  columns_.clear();
  std::string names, markers;
  for (std::size_t column = 0; column < identity.is_updatable.size(); ++column) {
    if (!identity.is_updatable[column] || bound_column(column) == nullptr) continue;
    columns_.push_back(column);
    append_identifier(names += names.empty() ? "" : ",", (*owner_.cursor().columns())[column].org_name);
    markers += markers.empty() ? "?" : ",?";
  }
  bind_columns(addition_.first);
  added_.assign(addition_.count, SQL_PARAM_UNUSED);
  helper_.apd().array_size = addition_.count;
  helper_.apd().bind_type = owner_.ard().bind_type;
  helper_.apd().array_status_ptr = addition_.operations;
  helper_.ipd().array_status_ptr = added_.data();
  return "INSERT INTO " + identity.table + " (" + names + ") VALUES (" + markers + ")";
}

std::string RowOperation::update(const Target& target) {
  name_ = cursor_owner_.cursor().changes().name(target.row);
  const RowIdentity& identity = cursor_owner_.cursor().changes().identity();
  columns_ = columns_to_set(target.buffer_row);
  std::string assignments;
  for (const std::size_t column : columns_) {
    append_identifier(assignments += assignments.empty() ? "" : ",", (*owner_.cursor().columns())[column].org_name);
    assignments += "=?";
  }
  bind_columns(target.buffer_row);
  return "UPDATE " + identity.table + " SET " + assignments + name_row();
}

std::string RowOperation::deletion(const Target& target) {
  name_ = cursor_owner_.cursor().changes().name(target.row);
  columns_.clear();
  return "DELETE FROM " + cursor_owner_.cursor().changes().identity().table + name_row();
}

// With the application's own parameters, each at its place in memory: what names the row comes from elsewhere.
std::string RowOperation::positioned(const Target& target) {
  name_ = cursor_owner_.cursor().changes().name(target.row);
  const auto count = static_cast<SQLSMALLINT>(owner_.sql().markers.size());
  columns_.assign(static_cast<std::size_t>(count), 0);
  for (SQLSMALLINT number = 1; number <= std::min(count, owner_.apd().count()); ++number) {
    const DescriptorRecord& record = *owner_.apd().find(number);
    helper_.apd().record(number) = at_row(owner_.apd(), record, record.concise_type, 0);
    if (const DescriptorRecord* sent = owner_.ipd().find(number)) helper_.ipd().record(number) = *sent;
  }
  helper_.apd().changed();
  helper_.ipd().changed();
  helper_.ipd().array_status_ptr = owner_.ipd().array_status_ptr;
  helper_.ipd().rows_processed_ptr = owner_.ipd().rows_processed_ptr;
  return positioned_sql_ + name_row();
}

// The condition that finds the row, its values bound behind the other parameters.
std::string RowOperation::name_row() {
  const auto first = static_cast<SQLUSMALLINT>(columns_.size() + 1);
  bind_values(helper_, first, name_.key);
  bind_values(helper_, static_cast<SQLUSMALLINT>(first + name_.key.size()), name_.compared);
  return condition(name_.key, name_.compared, *cursor_owner_.cursor().columns());
}

// The ARD's record of a column of the result; null when it is not bound.
const DescriptorRecord* RowOperation::bound_column(std::size_t column) {
  const DescriptorRecord* record = owner_.ard().find(static_cast<SQLSMALLINT>(column + 1));
  return record != nullptr && record->is_bound() ? record : nullptr;
}

std::vector<std::size_t> RowOperation::columns_to_set(SQLULEN buffer_row) {
  const RowIdentity& identity = cursor_owner_.cursor().changes().identity();
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < identity.is_updatable.size(); ++column) {
    const DescriptorRecord* record = bound_column(column);
    if (!identity.is_updatable[column] || record == nullptr) continue;
    if (length_of(at_row(owner_.ard(), *record, record->concise_type, buffer_row)) != SQL_COLUMN_IGNORE) {
      columns.push_back(column);
    }
  }
  if (columns.empty()) {
    throw Fail(SqlState::no_column_to_update, "Every column is unbound, read-only or marked SQL_COLUMN_IGNORE.");
  }
  return columns;
}

// Binds the buffers of columns_ from row `buffer_row` on as parameters.
void RowOperation::bind_columns(SQLULEN buffer_row) {
  const DescribeOptions options = owner_.connection().describe_options();
  SQLUSMALLINT number = 0;
  for (const std::size_t column : columns_) {
    const TypeDescription type = describe((*owner_.cursor().columns())[column], options);
    DescriptorRecord record = *bound_column(column);
    if (record.concise_type == SQL_C_DEFAULT) {
      Descriptor::set_concise_type(record, default_c_type(type.concise_type, type.is_unsigned));
    }
    record = at_row(owner_.ard(), std::move(record), record.concise_type, buffer_row);
    ++number;
    bind_parameter(helper_, number,
                   {.c_type = record.concise_type,
                    .sql_type = type.concise_type,
                    .column_size = type.column_size,
                    .decimal_digits = type.decimal_digits,
                    .data = record.data_ptr,
                    .capacity_bytes = record.octet_length,
                    .length = record.octet_length_ptr});
    helper_.apd().record(static_cast<SQLSMALLINT>(number)) = std::move(record);
  }
  helper_.apd().changed();
}

// What names the row once it was updated; empty when that cannot be known.
std::vector<RowValue> RowOperation::key_after() {
  if (!positioned_sql_.empty()) return name_.key;
  for (RowValue& value : name_.key) {
    if (std::ranges::find(columns_, value.column) == columns_.end()) continue;
    const auto number = static_cast<SQLSMALLINT>(std::ranges::find(columns_, value.column) - columns_.begin() + 1);
    const DescriptorRecord& set = *helper_.apd().find(number);
    SQLLEN size = static_cast<SQLLEN>(c_type_size(set.concise_type));
    if (size == 0) size = length_of(set);
    if (size == SQL_NTS) size = terminated_size(set.data_ptr, set.concise_type);
    if (size < 0 || length_of(set) < SQL_NTS) return {};
    value.c_type = set.concise_type;
    value.sql_type = helper_.ipd().find(number)->concise_type;
    value.bytes.assign(static_cast<const std::uint8_t*>(set.data_ptr), static_cast<const std::uint8_t*>(set.data_ptr) + size);
    value.length = size;
  }
  return std::move(name_.key);
}

}  // namespace selkie::odbc
