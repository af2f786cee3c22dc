#include "odbc/set_pos.h"

#include <memory>
#include <utility>
#include <vector>

#include "odbc/bookmarks.h"
#include "odbc/keyset.h"
#include "odbc/row_operation.h"

namespace selkie::odbc {
namespace {

using Kind = RowOperation::Kind;
using Target = RowOperation::Target;

void require_updatable(const Statement& statement) {
  if (statement.attributes.concurrency == SQL_CONCUR_READ_ONLY) {
    throw Fail(SqlState::invalid_attribute,
               "The cursor is read-only. Set SQL_ATTR_CONCURRENCY to SQL_CONCUR_VALUES before executing.");
  }
}

// The number of rows that a bulk operation is about. Spec: SQLSetPos, "Performing Bulk Operations"
void tell_rows_processed(Statement& statement, SQLULEN rows) {
  if (statement.ird().rows_processed_ptr != nullptr) *statement.ird().rows_processed_ptr = rows;
}

// The rows of the rowset that `row` means: one, or with 0 all that are there.
//   operations  those that are left out when all are meant; null: none
std::vector<Target> targets(Statement& statement, SQLSETPOSIROW row, const SQLUSMALLINT* operations) {
  Cursor& cursor = statement.cursor();
  const SQLULEN rows = cursor.rows_in_rowset();
  std::vector<Target> found;
  for (SQLULEN position = row == 0 ? 1 : row; position <= (row == 0 ? rows : row); ++position) {
    const std::uint64_t index = cursor.row_in_rowset(position);
    const bool is_ignored = operations != nullptr && operations[position - 1] == SQL_ROW_IGNORE;
    if (row == 0 && (is_ignored || cursor.changes().is_deleted(index))) continue;
    found.push_back({index, position - 1, cursor.status_of(position)});
  }
  if (row == 0) tell_rows_processed(statement, found.size());
  return found;
}

// Delivers rows into the bound buffers; the call's return code.
SQLRETURN show(Statement& statement, const std::vector<Target>& targets) {
  const Connection::Running running(statement.connection(), statement);
  if (Keyset* const keyset = statement.cursor().changes().keyset()) {
    std::vector<std::uint64_t> rows;
    for (const Target& target : targets) rows.push_back(target.row);
    keyset->fetch(rows);
  }
  std::size_t errors = 0;
  for (const Target& target : targets) {
    const SQLUSMALLINT status = statement.cursor().show_again(target.row, target.buffer_row);
    if (target.status != nullptr) *target.status = status;
    errors += status == SQL_ROW_ERROR ? 1 : 0;
  }
  if (errors == 0) return SQL_SUCCESS;
  return errors == targets.size() ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

// What an updatable cursor shows of a row that it can name is what the table holds now, a keyset-driven one whatever it is;
// any other row stays as it was fetched.
SQLRETURN refresh(Statement& statement, const std::vector<Target>& targets) {
  RowChanges& changes = statement.cursor().changes();
  const bool is_updatable = statement.attributes.concurrency != SQL_CONCUR_READ_ONLY;
  const bool can_name = is_updatable && changes.keyset() == nullptr && !changes.identity().key.empty();
  for (const Target& target : targets) {
    if (can_name) changes.updated(target.row, changes.name(target.row).key, true);
  }
  return show(statement, targets);
}

SQLRETURN change(Statement& statement, Kind kind, std::vector<Target> targets, bool is_lone) {
  require_updatable(statement);
  return statement.run_operation(std::make_unique<RowOperation>(statement, kind, std::move(targets), is_lone));
}

SQLRETURN add(Statement& statement, const RowOperation::Addition& addition) {
  require_updatable(statement);
  return statement.run_operation(std::make_unique<RowOperation>(statement, addition));
}

// The rows that the bookmarks in the buffers of column 0 name.
std::vector<Target> bookmarked(Statement& statement) {
  const DescriptorRecord* const bookmarks = statement.ard().find(0);
  if (statement.attributes.use_bookmarks == SQL_UB_OFF || bookmarks->data_ptr == nullptr) {
    throw Fail(SqlState::invalid_attribute, "Set SQL_ATTR_USE_BOOKMARKS and bind column 0 to name rows by bookmark.");
  }
  const RowSteps steps = statement.ard().row_steps(*bookmarks, bookmarks->concise_type);
  SQLUSMALLINT* const status = statement.ird().array_status_ptr;
  const auto* bookmark = static_cast<const std::uint8_t*>(bookmarks->data_ptr) + statement.ard().bind_offset();
  std::vector<Target> found;
  for (SQLULEN row = 0; row < statement.ard().array_size; ++row, bookmark += steps.data) {
    found.push_back({statement.cursor().row_of(read_bookmark(bookmark)), row, status == nullptr ? nullptr : status + row});
  }
  tell_rows_processed(statement, found.size());
  return found;
}

}  // namespace

SQLRETURN set_pos(Statement& statement, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock) {
  Cursor& cursor = statement.cursor();
  if (operation > SQL_ADD || lock > SQL_LOCK_UNLOCK) throw Fail(SqlState::invalid_attribute);
  if (lock != SQL_LOCK_NO_CHANGE)
    throw Fail(SqlState::optional_feature, "Rows are not locked one by one: use SELECT ... FOR UPDATE.");
  if (operation == SQL_ADD) {
    const SQLULEN rows = cursor.rowset_size();
    if (row > rows) throw Fail(SqlState::row_out_of_range);
    const bool is_lone = row != 0;
    return add(statement, {.first = is_lone ? row - 1 : 0,
                           .count = is_lone ? 1 : rows,
                           .status = cursor.status_of(is_lone ? row : 1),
                           .operations = is_lone ? nullptr : statement.ard().array_status_ptr});
  }
  if (cursor.rows_in_rowset() == 0) throw Fail(SqlState::invalid_cursor_state, "No rowset is current. Fetch one first.");
  if (cursor.is_position_lost()) {
    throw Fail(SqlState::invalid_cursor_position,
               "SQLBulkOperations left the cursor without a position. Fetch a rowset first.");
  }
  if (operation == SQL_POSITION && row == 0) {
    throw Fail(SqlState::invalid_cursor_position, "The cursor is positioned on one row, not on all.");
  }
  if (row != 0) cursor.set_position(row);
  if (operation == SQL_POSITION) return SQL_SUCCESS;
  if (row != 0) (void)cursor.load(cursor.current_row());  // it is there
  if (operation == SQL_REFRESH) return refresh(statement, targets(statement, row, nullptr));
  return change(statement, operation == SQL_UPDATE ? Kind::update : Kind::delete_,
                targets(statement, row, statement.ard().array_status_ptr), row != 0);
}

SQLRETURN bulk_operations(Statement& statement, SQLSMALLINT operation) {
  const auto run = [&] {
    switch (operation) {
      case SQL_ADD: {
        const SQLULEN rows = statement.ard().array_size;
        tell_rows_processed(statement, rows);
        return add(statement, {.count = rows, .status = statement.ird().array_status_ptr});
      }
      case SQL_UPDATE_BY_BOOKMARK: return change(statement, Kind::update, bookmarked(statement), false);
      case SQL_DELETE_BY_BOOKMARK: return change(statement, Kind::delete_, bookmarked(statement), false);
      case SQL_FETCH_BY_BOOKMARK: return show(statement, bookmarked(statement));
      default: throw Fail(SqlState::invalid_attribute);
    }
  };
  const SQLRETURN code = run();
  if (code != SQL_NEED_DATA) statement.cursor().lose_position();  // a cancel would leave it as it was
  return code;
}

}  // namespace selkie::odbc
