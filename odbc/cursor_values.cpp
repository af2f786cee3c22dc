// How the values of a cursor's rows reach the application: into bound columns, a rowset at a time, and by SQLGetData.
#include <algorithm>
#include <string>

#include "odbc/bookmarks.h"
#include "odbc/convert_pieces.h"
#include "odbc/cursor.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

// The C type a record or a call asks for, SQL_C_DEFAULT resolved by what the column is.
SQLSMALLINT resolve_c_type(SQLSMALLINT c_type, const protocol::Column& column, const DescribeOptions& options) {
  if (c_type != SQL_C_DEFAULT) return c_type;
  const TypeDescription description = describe(column, options);
  return default_c_type(description.concise_type, description.is_unsigned);
}

// Shortens a value of characters or bytes to SQL_ATTR_MAX_LENGTH, text between two characters.
protocol::Cell cut(protocol::Cell cell, const protocol::Column& column, SQLULEN max_bytes) {
  if (cell.size_bytes <= max_bytes || !is_string(column.type)) return cell;
  cell.size_bytes = max_bytes;
  const auto is_inside_character = [&] { return (cell.data[cell.size_bytes] & 0xc0) == 0x80; };
  while (is_text(column) && cell.size_bytes != 0 && is_inside_character()) --cell.size_bytes;
  return cell;
}

// A bookmark that was cut, or is looked at as something else, names another row or none.
// Spec: SQLFetchScroll, 07006 and HY090
void require_bookmark_buffer(const DescriptorRecord& record, SQLULEN use_bookmarks) {
  const bool is_variable = use_bookmarks == SQL_UB_VARIABLE, is_bytes = record.concise_type == SQL_C_VARBOOKMARK;
  if (record.concise_type != SQL_C_DEFAULT && is_bytes != is_variable) {
    throw Fail(SqlState::restricted_type,
               is_variable ? "Bookmarks are of variable length: bind column 0 as SQL_C_VARBOOKMARK."
                           : "Bookmarks are of fixed length: bind column 0 as SQL_C_BOOKMARK, or set SQL_ATTR_USE_BOOKMARKS to "
                             "SQL_UB_VARIABLE.");
  }
  if (is_variable && record.octet_length != static_cast<SQLLEN>(kBookmarkBytes)) {
    throw Fail(SqlState::invalid_length, "A bookmark takes " + std::to_string(kBookmarkBytes) +
                                             " bytes, no more and no fewer: "
                                             "bind column 0 to a buffer of the length that SQLColAttribute tells.");
  }
}

}  // namespace

// --- Bound columns

void Cursor::plan_bindings_anew() {
  Descriptor& ard = statement_.ard();
  bound_.clear();
  const bool retrieve = statement_.attributes.retrieve_data == SQL_RD_ON;
  const bool has_bookmarks = statement_.attributes.use_bookmarks != SQL_UB_OFF;
  for (SQLSMALLINT number = has_bookmarks ? 0 : 1; retrieve && number <= ard.count(); ++number) {
    const DescriptorRecord* record = ard.find(number);
    if (record == nullptr || !record->is_bound()) continue;
    bound_.push_back(plan_binding(number, *record));
  }
  planned_ard_ = &ard;
  planned_generation_ = ard.generation();
}

Cursor::Bound Cursor::plan_binding(SQLSMALLINT number, const DescriptorRecord& record) {
  const auto column = static_cast<std::size_t>(number);
  if (column == 0) require_bookmark_buffer(record, statement_.attributes.use_bookmarks);
  if (column > columns_->size()) {
    throw Fail(SqlState::invalid_descriptor_index,
               "Column " + std::to_string(number) + " is bound, the result has " + std::to_string(columns_->size()) + ".");
  }
  const protocol::Column& definition = column_of(column);
  const SQLSMALLINT c_type = resolve_c_type(record.concise_type, definition, statement_.connection().describe_options());
  const OutOptions options{.zero_date = statement_.zero_date(),
                           .numeric_precision = record.precision,
                           .numeric_scale = record.scale,
                           .interval_precision = record.datetime_interval_precision,
                           .seconds_precision = record.precision,
                           .charset = statement_.connection().charset()};
  OutPlan plan = plan_output(definition, encoding_of(column), c_type, options);
  if (plan.convert == nullptr) {
    throw Fail(SqlState::restricted_type,
               "Column " + std::to_string(number) + " cannot be converted to the C type it is bound as.");
  }
  const RowSteps steps = statement_.ard().row_steps(record, c_type);
  return {.number = column,
          .plan = plan,
          .slot = {record.data_ptr, record.octet_length, record.octet_length_ptr, record.indicator_ptr},
          .data_step = steps.data,
          .length_step = steps.length};
}

// Column 0 is the bookmark, which comes in binary whatever the rows come in.
const protocol::Column& Cursor::column_of(std::size_t number) const {
  return number == 0 ? *statement_.ird().bookmark : (*columns_)[number - 1];
}

protocol::Encoding Cursor::encoding_of(std::size_t number) const {
  return number == 0 ? protocol::Encoding::binary : encoding_;
}

protocol::Cell Cursor::shown_cell(std::size_t number, std::size_t row) {
  if (number == 0) {
    bookmarks_[row] = bookmark_of(loaded_row_ + row);
    return {reinterpret_cast<const std::uint8_t*>(&bookmarks_[row]), kBookmarkBytes};
  }
  const protocol::Cell& held = cells_[row * columns_->size() + number - 1];
  return is_shown_as_held(number) ? held : cut(held, (*columns_)[number - 1], max_length_);
}

// The bound buffers of row `position`, moved by SQL_DESC_BIND_OFFSET_PTR's value.
inline Slot Cursor::slot_of(const Bound& bound, SQLULEN position, SQLLEN offset) {
  const auto row = static_cast<SQLLEN>(position);
  const SQLLEN length_at = offset + row * bound.length_step;
  return {at(bound.slot.data, offset + row * bound.data_step), bound.slot.capacity_bytes,
          at(bound.slot.octet_length, length_at), at(bound.slot.indicator, length_at)};
}

// True: nothing had to be told.
[[gnu::always_inline]] inline bool Cursor::deliver_value(const Bound& bound, const protocol::Cell& cell, const Slot& slot,
                                                         SQLULEN position, SQLUSMALLINT& status) {
  const Outcome outcome = cell.is_null() ? write_null(slot) : bound.plan.convert(bound.plan, cell, slot, nullptr);
  if (outcome == Outcome::ok) [[likely]]
    return true;
  tell_of_value(outcome, position, bound, status);
  return false;
}

// The first rows in cells_ into the bound buffers from row `position` on. How many of them have an error.
SQLULEN Cursor::deliver_rows(std::size_t rows, SQLULEN position, SQLUSMALLINT* statuses) {
  const SQLLEN offset = statement_.ard().bind_offset();
  std::fill_n(statuses, rows, SQLUSMALLINT{SQL_ROW_SUCCESS});
  bool all_well = true;
  for (const Bound& bound : bound_) all_well &= deliver_column(bound, rows, position, offset, statuses);
  return all_well ? 0 : static_cast<SQLULEN>(std::count(statuses, statuses + rows, SQLUSMALLINT{SQL_ROW_ERROR}));
}

// One row, without the runs of deliver_rows(), which take longer to begin than most values to convert. The buffers that were
// bound are the first row's own: nothing is reckoned for the values of a rowset of one.
SQLULEN Cursor::deliver_row(SQLULEN position, SQLUSMALLINT& status) {
  const SQLLEN offset = statement_.ard().bind_offset();
  status = SQL_ROW_SUCCESS;
  bool all_well = true;
  if (position == 0 && offset == 0 && !binds_bookmark() && max_length_ == 0) [[likely]] {
    const protocol::Cell* const cells = cells_.data();
    for (const Bound& bound : bound_) {
      all_well &= deliver_value(bound, cells[bound.number - 1], bound.slot, position, status);
    }
  } else {
    for (const Bound& bound : bound_) {
      all_well &= deliver_value(bound, shown_cell(bound.number, 0), slot_of(bound, position, offset), position, status);
    }
  }
  return all_well || status != SQL_ROW_ERROR ? 0 : 1;
}

// A column of deliver_rows(). True: nothing had to be told.
bool Cursor::deliver_column(const Bound& bound, std::size_t rows, SQLULEN position, SQLLEN offset, SQLUSMALLINT* statuses) {
  ColumnRun run{.rows = rows,
                .cell = is_shown_as_held(bound.number) ? &cells_[bound.number - 1] : nullptr,
                .cells_per_row = columns_->size(),
                .slot = slot_of(bound, position, offset),
                .data_step = bound.data_step,
                .length_step = bound.length_step};
  if (run.cell == nullptr) {
    shown_cells_.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) shown_cells_[row] = shown_cell(bound.number, row);
    run.cell = shown_cells_.data();
    run.cells_per_row = 1;
  }
  bool all_well = true;
  while (run.rows != 0) {
    const Outcome outcome = bound.plan.convert_run(bound.plan, run);
    if (outcome == Outcome::ok) [[likely]]
      continue;
    all_well = false;
    const std::size_t row = rows - run.rows - 1;
    tell_of_value(outcome, position + row, bound, statuses[row]);
  }
  return all_well;
}

void Cursor::tell_of_value(Outcome outcome, SQLULEN position, const Bound& bound, SQLUSMALLINT& status) {
  statement_.diagnostics.conversion(outcome, static_cast<SQLLEN>(position) + 1, static_cast<SQLINTEGER>(bound.number));
  if (is_error(outcome)) {
    status = SQL_ROW_ERROR;
  } else if (status == SQL_ROW_SUCCESS) {
    status = SQL_ROW_SUCCESS_WITH_INFO;
  }
}

// --- SQLGetData

SQLRETURN Cursor::get_data(SQLUSMALLINT column, SQLSMALLINT c_type, const Slot& slot) {
  if (position_ == 0) throw Fail(SqlState::invalid_cursor_state, "No row is current. Call SQLFetch first.");
  const bool is_missing_bookmark = column == 0 && statement_.attributes.use_bookmarks == SQL_UB_OFF;
  if (is_missing_bookmark || column > columns_->size()) {
    throw Fail(SqlState::invalid_descriptor_index, "The result has columns 1 to " + std::to_string(columns_->size()) + ".");
  }
  if (slot.capacity_bytes < 0) throw Fail(SqlState::invalid_length);
  load(current_row());
  GetPlan& planned = get_plans_[column];
  if (planned.c_type != c_type || c_type == SQL_ARD_TYPE) plan_get(column, c_type);
  const OutPlan& plan = planned.plan;
  if (get_column_ != column || get_type_ != c_type) {
    get_column_ = column;
    get_type_ = c_type;
    progress_ = {};
  }
  Outcome outcome;
  if (large_row_.is_begun() && column != 0) [[unlikely]] {
    outcome = get_from_large_row(column - 1u, plan, slot);
  } else if (is_shown_as_held(column)) [[likely]] {
    outcome = get_piece(plan, cells_[column - 1u], slot, progress_);
  } else {
    outcome = get_piece(plan, shown_cell(column, 0), slot, progress_);
  }
  if (outcome == Outcome::ok) [[likely]]
    return SQL_SUCCESS;
  if (outcome == Outcome::no_data) return SQL_NO_DATA;
  statement_.diagnostics.conversion(outcome, static_cast<SQLLEN>(position_), column);
  return is_error(outcome) ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

[[gnu::noinline]] void Cursor::plan_get(SQLUSMALLINT column, SQLSMALLINT c_type) {
  OutOptions options{.zero_date = statement_.zero_date(), .charset = statement_.connection().charset()};
  SQLSMALLINT resolved = c_type;
  if (c_type == SQL_ARD_TYPE) {
    const DescriptorRecord* record = statement_.ard().find(static_cast<SQLSMALLINT>(column));
    if (record == nullptr) throw Fail(SqlState::invalid_descriptor_index, "SQL_ARD_TYPE needs a record in the row descriptor.");
    resolved = record->concise_type;
    options.numeric_precision = record->precision;
    options.numeric_scale = record->scale;
    options.interval_precision = record->datetime_interval_precision;
    options.seconds_precision = record->precision;
  }
  const protocol::Column& definition = column_of(column);
  resolved = resolve_c_type(resolved, definition, statement_.connection().describe_options());
  if (!is_c_type(resolved)) throw Fail(SqlState::invalid_c_type);
  const OutPlan plan = plan_output(definition, encoding_of(column), resolved, options);
  if (plan.convert == nullptr) {
    throw Fail(SqlState::restricted_type, "Column " + std::to_string(column) + " cannot be converted to the C type asked for.",
               static_cast<SQLLEN>(position_), column);
  }
  get_plans_[column] = {c_type, plan};
}

// Text and bytes asked for in order go from the wire to the application; anything else is first read whole.
[[gnu::noinline]] Outcome Cursor::get_from_large_row(std::size_t column, const OutPlan& plan, const Slot& slot) {
  if (progress_.finished) return Outcome::no_data;
  const Connection::Running running(statement_.connection(), statement_);
  statement_.renew_deadline();
  check(large_row_.reach(column));
  if (plan.verbatim != OutPlan::Verbatim::no && large_row_.is_arriving(column) &&
      large_row_.given_bytes() == progress_.delivered_bytes) {
    return arriving_piece(static_cast<std::size_t>(large_row_.left_bytes()), plan.verbatim == OutPlan::Verbatim::terminated,
                          slot, progress_, [&](std::span<std::uint8_t> into) { check(large_row_.read(into)); });
  }
  require_kept(column);
  check(large_row_.hold(column));
  return get_piece(plan, large_row_.cell(column), slot, progress_);
}

}  // namespace selkie::odbc
