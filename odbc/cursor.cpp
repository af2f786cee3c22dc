#include "odbc/cursor.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "odbc/bookmarks.h"
#include "odbc/keyset.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

// Far beyond every row; near enough that sums of two of them do not overflow.
constexpr SQLLEN kFarAway = std::numeric_limits<SQLLEN>::max() / 4;

}  // namespace

void Cursor::open(protocol::ColumnSetPtr columns, protocol::Encoding encoding, bool scrollable) {
  close();
  if (planned_for_ != columns || encoding_ != encoding) {
    planned_for_ = columns;
    planned_ard_ = nullptr;
    get_plans_.clear();
  }
  columns_ = std::move(columns);
  encoding_ = encoding;
  roomy_for_ = 0;
  cells_.resize(columns_->size());
  bookmarks_.resize(1);
  get_plans_.resize(columns_->size() + 1);
  get_plans_.front() = {};  // of the bookmark, which is of another kind from execution to execution
  max_length_ = statement_.attributes.max_length;
  if (scrollable) {
    store_ = std::make_unique<protocol::RowStore>(statement_.connection().settings().cursor_memory_bytes);
  }
}

// Of the rows only the keys are kept in the end. They are all read before the server is asked for anything else.
bool Cursor::follow_table() {
  auto keys = std::make_unique<protocol::RowStore>(statement_.connection().settings().cursor_memory_bytes);
  if (!changes_.follow_table(*keys)) return false;
  for (std::uint64_t index = 0; index < store_->rows(); ++index) {
    protocol::Bytes row;
    require(store_->read(index, row));
    if (split({&row, 1}) != 1) fail_row_shape();
    require(keys->append(changes_.keyset()->record_of(row, std::span(cells_).first(columns_->size()))));
  }
  store_ = std::move(keys);
  return true;
}

void Cursor::close() {
  if (!is_open()) return;
  columns_.reset();
  catalog_rows_.reset();
  changes_.forget();
  store_.reset();
  large_row_.end();
  answer_ended_ = false;
  pending_failure_.reset();
  loaded_row_ = kNoRow;
  current_row_is_live_ = false;
  status_ = nullptr;
  forget_rowset();
  first_row_ = rows_taken_ = 0;
  rows_in_rowset_ = position_ = 0;
  place_ = Place::before_start;
  get_column_ = kNoColumn;
}

inline void Cursor::plan_bindings() {
  const Descriptor& ard = statement_.ard();
  if (planned_ard_ != &ard || planned_generation_ != ard.generation()) [[unlikely]]
    plan_bindings_anew();
}

SQLRETURN Cursor::fetch(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size) {
  if (orientation != SQL_FETCH_NEXT && !is_scrollable()) {
    throw Fail(SqlState::fetch_type_out_of_range,
               "A forward-only cursor only fetches the next rowset. Set SQL_ATTR_CURSOR_TYPE to SQL_CURSOR_STATIC.");
  }
  Descriptor& ird = statement_.ird();
  SQLULEN* const fetched_ptr = ird.rows_processed_ptr;
  SQLUSMALLINT* const status = status_ = ird.array_status_ptr;
  if (fetched_ptr != nullptr) *fetched_ptr = 0;
  get_column_ = kNoColumn;
  position_ = 0;
  is_position_lost_ = false;
  loaded_row_ = kNoRow;
  if (pending_failure_) [[unlikely]] {
    place_ = Place::after_end;
    throw CoreFail{*take_pending_failure()};
  }
  plan_bindings();

  std::uint64_t first = rows_taken_;
  bool past_end = place_ == Place::after_end;
  if (is_scrollable()) {
    past_end = false;
    first = first_row_for(orientation, offset, rowset_size, past_end);
    if (!past_end) read_keyset_rows(first, rowset_size);
  }
  rows_in_rowset_ = 0;
  if (past_end) return SQL_NO_DATA;

  if (!is_scrollable()) changes_.forget_rows();
  if (large_row_.is_begun()) large_row_.end();
  if (!rowset_ends_.empty()) forget_rowset();
  if (rowset_size != roomy_for_ || rowset_size == 0) make_room_for(rowset_size);

  std::array<SQLUSMALLINT, kMostRowsAtOnce> unasked_statuses;
  SQLULEN rows = 0, bad_rows = 0;
  try {
    while (rows < rowset_size) {
      const std::span<protocol::Bytes> read = read_rows(first + rows, rowset_size - rows);
      if (read.empty()) break;
      SQLUSMALLINT* const statuses = status != nullptr ? status + rows : unasked_statuses.data();
      const std::size_t shown = is_scrollable() ? show_stored(first + rows, read, rows, statuses, bad_rows)
                                                : show(first + rows, read, rows, statuses, bad_rows);
      if (keeps_rows(rowset_size)) keep_for_rowset(read.first(shown));
      rows += shown;
      if (shown < read.size()) fail_row_shape();
    }
  } catch (CoreFail& fail) {
    if (rows == 0) {
      place_ = Place::after_end;
      throw;
    }
    pending_failure_ = std::move(fail.failure);
  }

  if (status != nullptr) std::fill(status + rows, status + rowset_size, SQLUSMALLINT{SQL_ROW_NOROW});
  if (fetched_ptr != nullptr) *fetched_ptr = rows;
  first_row_ = first;
  rows_in_rowset_ = rows;
  rowset_size_ = rowset_size;
  if (rows == 0) {
    place_ = Place::after_end;
    return SQL_NO_DATA;
  }
  place_ = Place::on_rowset;
  position_ = 1;
  if (!is_scrollable()) {
    current_row_is_live_ = rowset_size == 1;
    if (!current_row_is_live_) loaded_row_ = kNoRow;
  }
  if (bad_rows == 0) return SQL_SUCCESS;
  return bad_rows == rows ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

// SQLGetData may ask for any row of a rowset unless everything is bound, and who changes a row has to name it.
bool Cursor::keeps_rows(SQLULEN rowset_size) const {
  return !is_scrollable() && rowset_size > 1 && (is_updatable() || !binds_every_column());
}

bool Cursor::is_updatable() const { return statement_.attributes.concurrency != SQL_CONCUR_READ_ONLY; }

void Cursor::keep_for_rowset(std::span<const protocol::Bytes> rows) {
  for (const protocol::Bytes row : rows) {
    rowset_bytes_.insert(rowset_bytes_.end(), row.begin(), row.end());
    rowset_ends_.push_back(rowset_bytes_.size());
  }
}

void Cursor::forget_rowset() {
  rowset_bytes_.clear();
  rowset_ends_.clear();
}

// Where the rowset of a scrollable cursor begins. Spec: SQLFetchScroll, "Cursor Positioning Rules"
std::uint64_t Cursor::first_row_for(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size, bool& past_end) {
  const std::int64_t size = static_cast<std::int64_t>(rowset_size);
  offset = std::clamp(offset, -kFarAway, kFarAway);
  std::int64_t first = 0;  // from 0; negative: before the first row
  bool overlaps_start = false;
  const std::int64_t current = static_cast<std::int64_t>(first_row_);
  const auto last_row = [&] {
    read_on(std::numeric_limits<std::uint64_t>::max());
    return static_cast<std::int64_t>(store_->rows());
  };
  const auto overlap_start = [&] {
    overlaps_start = true;
    first = 0;
  };
  const auto before_start = [&] {
    place_ = Place::before_start;
    past_end = true;
    return std::uint64_t{0};
  };
  switch (orientation) {
    case SQL_FETCH_NEXT:
      if (place_ == Place::after_end) past_end = true;
      first = place_ == Place::on_rowset ? current + static_cast<std::int64_t>(std::max<SQLULEN>(rows_in_rowset_, 1)) : 0;
      break;
    case SQL_FETCH_FIRST: first = 0; break;
    case SQL_FETCH_LAST: first = std::max<std::int64_t>(last_row() - size, 0); break;
    case SQL_FETCH_PRIOR:
      if (place_ == Place::before_start) return before_start();
      if (place_ == Place::on_rowset && current == 0) return before_start();
      first = (place_ == Place::after_end ? last_row() : current) - size;
      if (first < 0) overlap_start();
      break;
    case SQL_FETCH_RELATIVE:
      if ((place_ == Place::before_start && offset > 0) || (place_ == Place::after_end && offset < 0)) {
        return first_row_for(SQL_FETCH_ABSOLUTE, offset, rowset_size, past_end);
      }
      if (place_ == Place::before_start) return before_start();
      if (place_ == Place::after_end) {
        past_end = true;
        return 0;
      }
      first = current + offset;
      if (first < 0) {
        if (current == 0 || -offset > size) return before_start();
        overlap_start();
      }
      break;
    case SQL_FETCH_ABSOLUTE:
      if (offset == 0) return before_start();
      if (offset > 0) {
        first = offset - 1;
      } else {
        first = last_row() + offset;
        if (first < 0) {
          if (-offset > size) return before_start();
          overlap_start();
        }
      }
      break;
    case SQL_FETCH_BOOKMARK:
      first = static_cast<std::int64_t>(fetch_bookmark()) + offset;
      if (first < 0) return before_start();
      break;
    default: throw Fail(SqlState::fetch_type_out_of_range);
  }
  const std::uint64_t row = static_cast<std::uint64_t>(first);
  if (!past_end) read_on(row + 1);
  if (row >= store_->rows()) past_end = true;
  if (past_end) {
    place_ = Place::after_end;
  } else if (overlaps_start) {
    statement_.diagnostics.warning(SqlState::fetched_before_first);
  }
  return row;
}

// The row that SQL_ATTR_FETCH_BOOKMARK_PTR points to.
std::uint64_t Cursor::fetch_bookmark() {
  if (statement_.attributes.use_bookmarks == SQL_UB_OFF) {
    throw Fail(SqlState::fetch_type_out_of_range, "Set SQL_ATTR_USE_BOOKMARKS before executing to fetch by bookmark.");
  }
  const SQLPOINTER bookmark = statement_.attributes.fetch_bookmark_ptr;
  if (bookmark == nullptr) throw Fail(SqlState::invalid_bookmark, "SQL_ATTR_FETCH_BOOKMARK_PTR points to no bookmark.");
  return row_of(read_bookmark(bookmark));
}

std::uint64_t Cursor::row_of(std::uint64_t bookmark) {
  const bool is_row = bookmark != 0 && bookmark <= kMaxBookmark && is_scrollable();
  if (is_row) read_on(bookmark);
  if (!is_row || bookmark > store_->rows()) throw Fail(SqlState::invalid_bookmark);
  return bookmark - 1;
}

void Cursor::read_on(std::uint64_t rows) {
  if (!answer_ended_) loaded_row_ = kNoRow;
  while (!answer_ended_ && store_->rows() < rows) {
    protocol::Bytes row;
    answer_ended_ = true;  // by an error, too
    if (!statement_.next_row(row)) return;
    require(store_->append(row));
    answer_ended_ = store_->rows() == statement_.max_rows();
  }
}

// The rows of a rowset as the table of a keyset-driven cursor holds them now.
void Cursor::read_keyset_rows(std::uint64_t first, SQLULEN count) {
  Keyset* const keyset = changes_.keyset();
  if (keyset == nullptr) return;
  std::vector<std::uint64_t> rows(std::min<std::uint64_t>(count, store_->rows() - first));
  std::iota(rows.begin(), rows.end(), first);
  keyset->fetch(rows);
}

// Memory for the rows that are taken at once: of a store, one; of the answer, as many as the rowset has, up to the bounds.
void Cursor::make_room_for(SQLULEN rowset_size) {
  roomy_for_ = rowset_size;
  const std::size_t most =
      is_scrollable() ? 1 : std::clamp<std::size_t>(kMostCellsAtOnce / columns_->size(), 1, kMostRowsAtOnce);
  rows_.resize(std::clamp<SQLULEN>(rowset_size, 1, most));
  cells_.resize(rows_.size() * columns_->size());
  bookmarks_.resize(rows_.size());
  // A row that is to be changed, or whose values are to be cut or put into another order, is looked at as a whole.
  const bool is_whole = is_updatable() || rowset_size > 1 || max_length_ != 0 || catalog_rows_ != nullptr;
  large_rows_ = is_whole ? protocol::LargeRows::whole : protocol::LargeRows::in_parts;
}

std::span<protocol::Bytes> Cursor::read_rows(std::uint64_t index, SQLULEN wanted) {
  if (!is_scrollable()) {
    if (answer_ended_) return {};
    if (statement_.max_rows() != 0) wanted = std::min(wanted, statement_.max_rows() - rows_taken_);
    const std::span<protocol::Bytes> room(rows_.data(), std::min(wanted, rows_.size()));
    const std::size_t count = statement_.next_rows(room, large_rows_);
    rows_taken_ += count;
    answer_ended_ = count == 0 || rows_taken_ == statement_.max_rows();
    return room.first(count);
  }
  read_on(index + 1);
  if (index >= store_->rows()) return {};
  require(store_->read(index, rows_.front()));
  return {rows_.data(), 1};
}

// How many were split: all, or those before the first that does not fit the result's columns.
inline std::size_t Cursor::split(std::span<const protocol::Bytes> rows) {
  if (catalog_rows_) return catalog_rows_->split(rows, cells_);
  return protocol::slice_rows(rows, encoding_, *columns_, cells_);
}

void Cursor::fail_row_shape() {
  statement_.connection().session().close();
  throw CoreFail{
      {protocol::Errc::malformed, 0, {}, "The server sent a row that does not fit its columns; the connection was closed."}};
}

void Cursor::check(protocol::Status status) {
  if (!status.ok() && status.failure().errc == protocol::Errc::malformed) fail_row_shape();
  statement_.check(std::move(status));
}

// The bound columns' cells are converted whole, so they and all before them are read at once.
void Cursor::hold_bound_columns() {
  if (!bound_.empty() && bound_.back().number != 0) check(large_row_.hold(bound_.back().number - 1));
  for (const Bound& bound : bound_) {
    if (bound.number == 0) continue;
    require_kept(bound.number - 1);
    cells_[bound.number - 1] = large_row_.cell(bound.number - 1);
  }
}

void Cursor::require_kept(std::size_t column) const {
  if (!large_row_.is_lost(column)) return;
  throw Fail(SqlState::optional_feature,
             "The beginning of column " + std::to_string(column + 1) +
                 " is no longer kept: it was read in pieces from a row too large for memory. Read the value once, or set "
                 "SQL_ATTR_CURSOR_TYPE to SQL_CURSOR_STATIC.");
}

// Rows of the result from `index` on into the bound buffers from row `position` on, both from 0. How many: all, or those before
// the first that does not fit the result's columns.
inline std::size_t Cursor::show(std::uint64_t index, std::span<const protocol::Bytes> rows, SQLULEN position,
                                SQLUSMALLINT* statuses, SQLULEN& bad_rows) {
  const std::size_t count = hold(index, rows);
  bad_rows += count == 1 ? deliver_row(position, *statuses) : deliver_rows(count, position, statuses);
  return count;
}

// The same of rows that may have been changed: those of a store, which come one by one.
std::size_t Cursor::show_stored(std::uint64_t index, std::span<protocol::Bytes> rows, SQLULEN position, SQLUSMALLINT* statuses,
                                SQLULEN& bad_rows) {
  const RowChanges::Look look = changes_.look_up(index, rows.front());
  if (look == RowChanges::Look::deleted) {
    *statuses = SQL_ROW_DELETED;
    return 1;
  }
  const std::size_t count = show(index, rows, position, statuses, bad_rows);
  if (look == RowChanges::Look::updated && *statuses == SQL_ROW_SUCCESS) *statuses = SQL_ROW_UPDATED;
  return count;
}

// Splits rows into cells_; how many, as split().
inline std::size_t Cursor::hold(std::uint64_t index, std::span<const protocol::Bytes> rows) {
  const std::size_t count = rows.front().empty() ? hold_large_row() : split(rows);
  loaded_row_ = index;
  return count;
}

// The one row that has just been announced, as far as its columns are bound.
[[gnu::noinline]] std::size_t Cursor::hold_large_row() {
  check(large_row_.begin(statement_.answer(), *columns_));
  hold_bound_columns();
  return 1;
}

SQLUSMALLINT Cursor::show_again(std::uint64_t index, SQLULEN position) {
  plan_bindings();
  get_column_ = kNoColumn;
  protocol::Bytes row;
  const RowChanges::Look look = changes_.look_up(index, row);
  if (look == RowChanges::Look::deleted) return SQL_ROW_DELETED;
  load(index);
  if (large_row_.is_begun()) hold_bound_columns();
  SQLUSMALLINT status;
  deliver_row(position, status);
  return look == RowChanges::Look::updated && status == SQL_ROW_SUCCESS ? SQLUSMALLINT{SQL_ROW_UPDATED} : status;
}

void Cursor::set_position(SQLSETPOSIROW row) {
  if (row == 0 || row > rows_in_rowset_) throw Fail(SqlState::row_out_of_range);
  position_ = row;
  get_column_ = kNoColumn;
}

void Cursor::load_again(std::uint64_t index) {
  protocol::Bytes row;
  switch (changes_.look_up(index, row)) {
    case RowChanges::Look::deleted: throw Fail(SqlState::invalid_cursor_position, "The row has been deleted.");
    case RowChanges::Look::as_it_was:
      if (loaded_row_ == index) return;
      find_row(index, row);
      break;
    case RowChanges::Look::current:
    case RowChanges::Look::updated: break;
  }
  current_row_is_live_ = false;
  if (hold(index, {&row, 1}) != 1) fail_row_shape();
}

// A row that was fetched before, as it was then.
void Cursor::find_row(std::uint64_t index, protocol::Bytes& row) {
  loaded_row_ = kNoRow;
  if (is_scrollable()) {
    require(store_->read(index, row));
    return;
  }
  const auto at = static_cast<std::size_t>(index - first_row_);
  if (at >= rowset_ends_.size()) {
    throw Fail(SqlState::invalid_cursor_position, "Every column of this rowset is bound; its rows are in the bound buffers.");
  }
  const std::size_t begin = at == 0 ? 0 : rowset_ends_[at - 1];
  row = protocol::Bytes(rowset_bytes_).subspan(begin, rowset_ends_[at] - begin);
}

void Cursor::pin_current_row() {
  if (!current_row_is_live_ || large_row_.is_begun()) return;
  current_row_is_live_ = false;
  std::size_t size = 0;
  const std::span cells = std::span(cells_).first(columns_->size());
  for (const protocol::Cell& cell : cells) size += cell.size_bytes;
  pinned_row_.resize(std::max<std::size_t>(size, 1));
  std::uint8_t* at = pinned_row_.data();
  for (protocol::Cell& cell : cells) {
    if (cell.is_null()) continue;
    std::copy_n(cell.data, cell.size_bytes, at);
    cell.data = at;
    at += cell.size_bytes;
  }
}

}  // namespace selkie::odbc
