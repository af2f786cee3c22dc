// The open result: rowsets into bound buffers, scrolling, SQLGetData. Rows come live from the answer (forward-only) or from a
// store (scrollable).
// Spec: ODBC SQLFetchScroll, SQLGetData, "Block Cursors"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "odbc/convert.h"
#include "odbc/descriptor.h"
#include "protocol/answer.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Statement;

class Cursor {
 public:
  explicit Cursor(Statement& statement);
  ~Cursor();

  bool is_open() const { return columns_ != nullptr; }
  // `scrollable`: rows are kept, so that any of them can be fetched again.
  void open(protocol::ColumnSetPtr columns, protocol::Encoding encoding, bool scrollable);
  void close();

  // Fetches a rowset. For SQLExtendedFetch `status`, `row_count` and `rowset_size` are the call's own, else the IRD's and
  // ARD's.
  SQLRETURN fetch(SQLSMALLINT orientation, SQLLEN offset);
  SQLRETURN get_data(SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER buffer, SQLLEN capacity_bytes, SQLLEN* indicator);

  // SQLSetPos(SQL_POSITION): the row of the rowset that SQLGetData reads; counts from 1.
  void set_position(SQLSETPOSIROW row);
  SQLULEN row_number() const;  // of the current row in the result, from 1; 0 unknown
  SQLULEN rows_in_rowset() const { return rows_in_rowset_; }

  // Copies the current row out of the session's buffer, which is about to be used for something else.
  void pin_current_row();

 private:
  struct Bound;  // one bound column, resolved

  void plan_bindings();
  // One row into the bound buffers. `position`: its place in the rowset, from 0.
  SQLRETURN deliver(protocol::Bytes row, SQLULEN position);
  protocol::RowStep next_row(protocol::Bytes& row);
  bool make_current(SQLULEN position);

  Statement& statement_;
  protocol::ColumnSetPtr columns_;
  protocol::Encoding encoding_ = protocol::Encoding::text;
  std::vector<protocol::Cell> cells_;
  std::vector<Bound> bound_;
  std::uint64_t planned_generation_ = 0;
  const Descriptor* planned_ard_ = nullptr;
  protocol::ColumnSetPtr planned_columns_;

  std::unique_ptr<protocol::RowStore> store_;  // scrollable: every row; else null
  bool store_complete_ = false;
  std::vector<std::uint8_t> pinned_row_;
  std::unique_ptr<protocol::RowStore> rowset_rows_;  // rows of the rowset, kept while SQLGetData may ask for any of them

  std::uint64_t first_row_ = 0;  // of the rowset in the result, from 0
  std::uint64_t rows_read_ = 0;
  SQLULEN rows_in_rowset_ = 0;
  SQLULEN position_ = 0;  // current row in the rowset, from 1; 0 = none
  bool before_start_ = true, after_end_ = false;

  struct GetDataState {
    SQLUSMALLINT column = 0;
    SQLSMALLINT c_type = 0;
    Progress progress;
  } get_data_;
  std::vector<OutPlan> get_plans_;  // by column, for the C type asked for last time
  std::vector<SQLSMALLINT> get_types_;
};

}  // namespace selkie::odbc
