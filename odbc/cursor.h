// The open result: rowsets into bound buffers, scrolling, SQLGetData. Rows come live from the answer (forward-only) or from a
// store (scrollable). cursor.cpp has the rows and the place among them, cursor_values.cpp what becomes of their values.
// Spec: ODBC SQLFetchScroll, SQLGetData, "Block Cursors"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "odbc/catalog_rows.h"
#include "odbc/convert.h"
#include "odbc/descriptor.h"
#include "odbc/row_changes.h"
#include "protocol/answer.h"
#include "protocol/large_row.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Statement;

class Cursor {
 public:
  explicit Cursor(Statement& statement) : statement_(statement), changes_(statement) {}

  bool is_open() const { return columns_ != nullptr; }
  bool is_scrollable() const { return store_ != nullptr; }
  // `scrollable`: rows are kept, so that any of them can be fetched again.
  void open(protocol::ColumnSetPtr columns, protocol::Encoding encoding, bool scrollable);
  // Keeps all rows of a scrollable cursor now.
  void read_all() { read_on(std::numeric_limits<std::uint64_t>::max()); }
  // Makes a cursor of which all rows are kept keyset-driven; false where it cannot be.
  bool follow_table();
  bool is_keyset_driven() { return changes_.keyset() != nullptr; }
  // The answer's rows are those of a catalog query, and have to be read so; null: they are the result's.
  void read_by(std::unique_ptr<CatalogRows> rows) { catalog_rows_ = std::move(rows); }
  void close();
  // What the next fetch would have to tell of; then nobody does any more.
  std::optional<protocol::Failure> take_pending_failure() { return std::exchange(pending_failure_, std::nullopt); }

  // Fetches a rowset into the bound columns.
  //   rowset_size  SQL_ATTR_ROW_ARRAY_SIZE, or SQL_ROWSET_SIZE for SQLExtendedFetch
  // SQL_NO_DATA past either end. A failure on the wire after some rows of the rowset is reported by the next call.
  SQLRETURN fetch(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size);
  SQLRETURN get_data(SQLUSMALLINT column, SQLSMALLINT c_type, const Slot& slot);

  // The row of the rowset that SQLGetData reads; counts from 1. Throws Fail(HY107).
  void set_position(SQLSETPOSIROW row);
  // SQLBulkOperations leaves no position behind that SQLSetPos could start from, until the next fetch.
  void lose_position() { is_position_lost_ = true; }
  bool is_position_lost() const { return is_position_lost_; }
  SQLULEN position() const { return position_; }  // 0: none
  SQLULEN rows_in_rowset() const { return rows_in_rowset_; }
  SQLULEN rowset_size() const { return rowset_size_; }  // asked for by the last fetch

  // --- For those who change rows. Rows of the result count from 0 here.
  const protocol::ColumnSetPtr& columns() const { return columns_; }
  protocol::Encoding encoding() const { return encoding_; }
  RowChanges& changes() { return changes_; }
  std::uint64_t row_in_rowset(SQLULEN position) const { return first_row_ + position - 1; }
  std::uint64_t current_row() const { return row_in_rowset(position_); }
  // The row that a bookmark names. Throws Fail(HY111).
  std::uint64_t row_of(std::uint64_t bookmark);
  // A row's values as they are known now; they stay good until the cursor does anything else. Of a forward-only cursor only
  // rows of the rowset are there. Throws Fail(HY109) for one that was deleted.
  std::span<const protocol::Cell> load(std::uint64_t row) {
    if (loaded_row_ != row || !changes_.none()) load_again(row);
    return std::span(cells_).first(columns_->size());
  }
  // Delivers a row again into row `position` (from 0) of the bound buffers; its row status.
  SQLUSMALLINT show_again(std::uint64_t row, SQLULEN position);
  // Where the last fetch put the row status of `position`; null: nowhere.
  SQLUSMALLINT* status_of(SQLULEN position) const { return status_ == nullptr ? nullptr : status_ + position - 1; }

  // The answer's view of the current row is about to become invalid: keep a copy of it.
  void pin_current_row();

 private:
  // One bound column, resolved against the result's shape.
  struct Bound {
    std::size_t number;  // of the column; 0 is the bookmark
    OutPlan plan;
    Slot slot;         // for the first row of the rowset
    SQLLEN data_step;  // bytes from one row to the next
    SQLLEN length_step;
  };

  void plan_bindings();
  void plan_bindings_anew();
  Bound plan_binding(SQLSMALLINT number, const DescriptorRecord& record);
  const protocol::Column& column_of(std::size_t number) const;
  protocol::Encoding encoding_of(std::size_t number) const;
  bool binds_bookmark() const { return !bound_.empty() && bound_.front().number == 0; }
  bool binds_every_column() const { return bound_.size() - (binds_bookmark() ? 1 : 0) >= columns_->size(); }
  // Of the rows that cells_ hold, as it is shown: cells_ do not have bookmarks, nor what SQL_ATTR_MAX_LENGTH cuts.
  bool is_shown_as_held(std::size_t number) const { return number != 0 && max_length_ == 0; }
  protocol::Cell shown_cell(std::size_t number, std::size_t row);
  std::uint64_t first_row_for(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size, bool& past_end);
  void make_room_for(SQLULEN rowset_size);
  bool is_updatable() const;
  bool keeps_rows(SQLULEN rowset_size) const;
  // The rows of the result from `index` on, as many as are at hand and wanted; none: past the end.
  std::span<protocol::Bytes> read_rows(std::uint64_t index, SQLULEN wanted);
  void read_on(std::uint64_t rows);  // scrollable: until so many rows are stored
  void read_keyset_rows(std::uint64_t first, SQLULEN count);
  std::uint64_t fetch_bookmark();
  std::size_t split(std::span<const protocol::Bytes> rows);
  void keep_for_rowset(std::span<const protocol::Bytes> rows);
  void forget_rowset();
  std::size_t hold(std::uint64_t index, std::span<const protocol::Bytes> rows);
  void load_again(std::uint64_t index);
  void find_row(std::uint64_t index, protocol::Bytes& row);
  std::size_t show(std::uint64_t index, std::span<const protocol::Bytes> rows, SQLULEN position, SQLUSMALLINT* statuses,
                   SQLULEN& bad_rows);
  std::size_t show_stored(std::uint64_t index, std::span<protocol::Bytes> rows, SQLULEN position, SQLUSMALLINT* statuses,
                          SQLULEN& bad_rows);
  SQLULEN deliver_rows(std::size_t rows, SQLULEN position, SQLUSMALLINT* statuses);
  static Slot slot_of(const Bound& bound, SQLULEN position, SQLLEN offset);
  SQLULEN deliver_row(SQLULEN position, SQLUSMALLINT& status);
  bool deliver_value(const Bound& bound, const protocol::Cell& cell, const Slot& slot, SQLULEN position, SQLUSMALLINT& status);
  bool deliver_column(const Bound& bound, std::size_t rows, SQLULEN position, SQLLEN offset, SQLUSMALLINT* statuses);
  // What became of a bound value, where it is not ok, into the diagnostics and its row's status.
  void tell_of_value(Outcome outcome, SQLULEN position, const Bound& bound, SQLUSMALLINT& status);
  [[noreturn]] void fail_row_shape();
  std::size_t hold_large_row();
  void hold_bound_columns();
  void require_kept(std::size_t column) const;
  void check(protocol::Status status);
  void plan_get(SQLUSMALLINT column, SQLSMALLINT c_type);
  Outcome get_from_large_row(std::size_t column, const OutPlan& plan, const Slot& slot);

  Statement& statement_;
  protocol::ColumnSetPtr columns_;
  protocol::Encoding encoding_ = protocol::Encoding::text;
  std::unique_ptr<CatalogRows> catalog_rows_;
  // Rows are taken from the answer, split and delivered column by column, several at a time: few enough for the cells to stay
  // in the processor's nearest cache.
  static constexpr std::size_t kMostRowsAtOnce = 128, kMostCellsAtOnce = 512;
  SQLULEN roomy_for_ = 0;  // the rowset's rows that the following have room for; 0: a new result
  protocol::LargeRows large_rows_ = protocol::LargeRows::whole;  // how those are taken that are large
  std::vector<protocol::Bytes> rows_;                            // taken last
  std::vector<protocol::Cell> cells_;                            // of these rows, one behind another, or of loaded_row_ alone
  std::vector<std::uint64_t> bookmarks_;                         // of the same rows, those that were shown
  std::vector<protocol::Cell> shown_cells_;  // of one column of the same rows, where cells_ do not have them as they are shown
  static constexpr std::uint64_t kNoRow = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t loaded_row_ = kNoRow;  // in the result: the first in cells_
  SQLULEN max_length_ = 0;             // SQL_ATTR_MAX_LENGTH when the cursor was opened
  std::vector<Bound> bound_;
  std::uint64_t planned_generation_ = 0;
  const Descriptor* planned_ard_ = nullptr;
  protocol::ColumnSetPtr planned_for_;  // what bound_ and get_plans_ were made for, in encoding_; kept over executions

  std::unique_ptr<protocol::RowStore> store_;         // of a scrollable cursor: the rows read so far
  bool answer_ended_ = false;                         // no more rows will come
  std::optional<protocol::Failure> pending_failure_;  // met after rows that were still delivered
  RowChanges changes_;

  // The rows of a forward-only rowset with more than one row, kept while somebody may ask for any of them.
  std::vector<std::uint8_t> rowset_bytes_;
  std::vector<std::size_t> rowset_ends_;
  bool current_row_is_live_ = false;  // cells_ point into the answer's buffer
  std::vector<std::uint8_t> pinned_row_;
  protocol::LargeRow large_row_;  // the current row of a forward-only cursor, where it is too large for cells_

  std::uint64_t first_row_ = 0;   // of the rowset in the result, from 0
  std::uint64_t rows_taken_ = 0;  // from a forward-only answer
  SQLULEN rows_in_rowset_ = 0, rowset_size_ = 1;
  SQLUSMALLINT* status_ = nullptr;  // row status array of the last fetch
  SQLULEN position_ = 0;            // the current row in the rowset, from 1; 0 = none
  bool is_position_lost_ = false;
  enum class Place : std::uint8_t { before_start, on_rowset, after_end } place_ = Place::before_start;

  // SQLGetData: how far the current value was read, and the plan of each column for the C type asked for last.
  static constexpr SQLUSMALLINT kNoColumn = std::numeric_limits<SQLUSMALLINT>::max();  // more than a result has
  SQLUSMALLINT get_column_ = kNoColumn;
  SQLSMALLINT get_type_ = 0;
  Progress progress_;
  struct GetPlan {
    SQLSMALLINT c_type = SQL_ARD_TYPE;  // which is planned anew each time
    OutPlan plan;
  };
  std::vector<GetPlan> get_plans_;  // by column number
};

}  // namespace selkie::odbc
