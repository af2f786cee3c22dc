#include "odbc/row_changes.h"

#include <utility>

#include "odbc/keyset.h"
#include "odbc/statement.h"

namespace selkie::odbc {

RowChanges::RowChanges(Statement& statement) : statement_(statement) {}
RowChanges::~RowChanges() = default;

void RowChanges::forget() {
  forget_rows();
  keyset_.reset();
  result_.reset();
  identity_.reset();
}

void RowChanges::forget_server_statement() {
  if (helper_) helper_->forget_server_statement();
}

const RowIdentity& RowChanges::identity() {
  if (!identity_) identity_ = identify_rows(statement_.connection(), *statement_.cursor().columns());
  return *identity_;
}

bool RowChanges::follow_table(protocol::RowStore& keys) {
  keyset_ = Keyset::of_result(statement_, keys);
  return keyset_ != nullptr;
}

std::weak_ptr<void> RowChanges::result() {
  if (!result_) result_ = std::make_shared<char>();
  return result_;
}

Statement& RowChanges::helper() {
  if (!helper_) helper_ = std::make_unique<Statement>(statement_.connection(), statement_);
  helper_->cancel_awaited();
  helper_->close_cursor();
  helper_->diagnostics.clear();
  helper_->as_text = false;
  for (Descriptor* descriptor : {&helper_->apd(), &helper_->ipd()}) {
    descriptor->set_count(0);
    descriptor->array_size = 1;
    descriptor->bind_offset_ptr = nullptr;
    descriptor->array_status_ptr = nullptr;
    descriptor->bind_type = SQL_PARAM_BIND_BY_COLUMN;
    descriptor->rows_processed_ptr = nullptr;
  }
  helper_->attributes.query_timeout_s = statement_.attributes.query_timeout_s;
  return *helper_;
}

RowChanges::Name RowChanges::name(std::uint64_t index) {
  Cursor& cursor = statement_.cursor();
  if (keyset_) keyset_->require_as_fetched(index);
  const protocol::ColumnSet& columns = *cursor.columns();
  const std::span<const protocol::Cell> cells = cursor.load(index);
  const std::vector<std::size_t> comparable = comparable_columns(identity(), columns);
  const bool has_key = !identity().key.empty();
  if (!has_key && (statement_.attributes.simulate_cursor == SQL_SC_UNIQUE || comparable.empty())) {
    throw Fail(SqlState::cursor_conflict, identity().refusal);
  }
  Name name;
  const auto known = rows_.find(index);
  if (known != rows_.end() && known->second.bytes.empty()) {  // what was fetched of it is no longer true
    name.key = known->second.key;
    return name;
  }
  name.key = values_of(identity().key, columns, cursor.encoding(), cells);
  name.compared = values_of(comparable, columns, cursor.encoding(), cells);
  return name;
}

bool RowChanges::is_deleted(std::uint64_t index) const {
  if (keyset_) return keyset_->is_deleted(index);
  const auto found = rows_.find(index);
  return found != rows_.end() && found->second.is_deleted;
}

void RowChanges::deleted(std::uint64_t index) {
  if (keyset_) return keyset_->deleted(index);
  Row row;
  row.is_deleted = true;
  rows_[index] = std::move(row);
}

void RowChanges::updated(std::uint64_t index, std::vector<RowValue> key, bool is_certain) {
  if (keyset_) return keyset_->updated(index, std::move(key));
  if (key.empty()) return;
  Row& row = rows_[index];
  row.key = std::move(key);
  row.is_outdated = true;
  row.is_key_certain = is_certain;
}

RowChanges::Look RowChanges::look_closer(std::uint64_t index, protocol::Bytes& row) {
  if (keyset_) return keyset_->look_up(index, row);
  const auto found = rows_.find(index);
  if (found == rows_.end()) return Look::as_it_was;
  Row& changed = found->second;
  if (changed.is_outdated) read_again(changed);
  if (changed.is_deleted) return Look::deleted;
  if (changed.bytes.empty()) return Look::as_it_was;
  row = changed.bytes;
  return Look::current;
}

// The whole row as the table has it now, in the encoding of the cursor's rows. One with computed columns stays as it was.
void RowChanges::read_again(Row& row) {
  row.is_outdated = false;
  row.bytes.clear();
  if (!identity().is_whole) return;
  const protocol::ColumnSet& columns = *statement_.cursor().columns();
  Statement& reader = helper();
  reader.as_text = statement_.cursor().encoding() == protocol::Encoding::text;
  reader.prepare(row_query(identity(), columns) + condition(row.key, {}, columns));
  bind_values(reader, 1, row.key);
  reader.execute();
  protocol::Bytes fresh;
  const bool is_there = reader.next_row(fresh);
  if (is_there && reader.cursor().encoding() == statement_.cursor().encoding()) row.bytes.assign(fresh.begin(), fresh.end());
  row.is_deleted = !is_there && row.is_key_certain;
  reader.as_text = false;
  reader.close_cursor();
}

}  // namespace selkie::odbc
