// Changes of rows under way: what SQLSetPos, SQLBulkOperations and positioned statements have in common. Each change is an
// INSERT, UPDATE or DELETE of the driver's own, whose parameters are the buffers that the application bound as columns; data
// at execution interrupts it as it does any execution.
// Spec: ODBC SQLSetPos, SQLBulkOperations, "Long Data and SQLSetPos and SQLBulkOperations"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "odbc/descriptor.h"
#include "odbc/row_changes.h"
#include "odbc/states.h"

namespace selkie::odbc {

class Cursor;
class Statement;

class RowOperation {
 public:
  enum class Kind : std::uint8_t { add, update, delete_ };

  // A row of a cursor's result to be updated or deleted.
  struct Target {
    std::uint64_t row = 0;           // of the result, from 0
    SQLULEN buffer_row = 0;          // of the bound buffers, from 0
    SQLUSMALLINT* status = nullptr;  // where its row status goes; null: nowhere
  };
  //   is_lone  the one target was asked for by its number: its failure is the call's
  RowOperation(Statement& owner, Kind kind, std::vector<Target> targets, bool is_lone);

  // Rows of the bound buffers to be inserted.
  struct Addition {
    SQLULEN first = 0, count = 1;        // from 0
    SQLUSMALLINT* status = nullptr;      // of the first; null: nowhere
    SQLUSMALLINT* operations = nullptr;  // row operation array; null: all are inserted
  };
  RowOperation(Statement& owner, const Addition& addition);

  // A positioned UPDATE or DELETE.
  //   cursor_owner  has the cursor and its current row
  //   sql           lacks the condition alone; its parameters are the owner's
  RowOperation(Statement& owner, Kind kind, Statement& cursor_owner, std::string sql);

  // All answer SQL_NEED_DATA while data is awaited. Throw what makes the whole call fail.
  SQLRETURN run();
  SQLRETURN param_data(SQLPOINTER* token);
  void put_data(SQLPOINTER data, SQLLEN length);
  void cancel();
  State state() const;  // while it awaits data

 private:
  template <class Body>
  SQLRETURN attempt(Body&& body);
  void prepare();
  void finish();
  void tell_cursor();
  void finish_addition();
  void clear_bookmark(SQLULEN buffer_row);
  void failed();

  std::string insertion();
  std::string update(const Target& target);
  std::string deletion(const Target& target);
  std::string positioned(const Target& target);
  const DescriptorRecord* bound_column(std::size_t column);
  SQLINTEGER column_of(SQLINTEGER parameter) const;
  std::vector<std::size_t> columns_to_set(SQLULEN buffer_row);
  void bind_columns(SQLULEN buffer_row);
  std::string name_row();
  std::vector<RowValue> key_after();
  SQLRETURN outcome();

  Statement& owner_;
  Statement& cursor_owner_;
  Statement& helper_;
  Kind kind_;
  bool is_lone_;
  std::vector<Target> targets_;
  std::size_t next_ = 0, failed_ = 0;
  SQLLEN rows_changed_ = 0;
  std::string positioned_sql_;      // empty: not a positioned statement
  std::weak_ptr<void> its_result_;  // the cursor's, which the application may close while data is awaited

  // Of the change at hand.
  std::vector<std::size_t> columns_;  // whose buffers are its parameters
  RowChanges::Name name_;

  Addition addition_;
  std::vector<SQLUSMALLINT> added_;  // parameter status of the rows to be inserted
};

}  // namespace selkie::odbc
