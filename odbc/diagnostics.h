// What a handle has to say about its last call: records in rank order and the header fields.
// Spec: ODBC "Diagnostics", SQLGetDiagField, SQLGetDiagRec
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/convert.h"
#include "odbc/sqlstate.h"
#include "protocol/status.h"

namespace selkie::odbc {

struct DiagnosticRecord {
  char state[6] = "HY000";
  char state2[6] = "S1000";  // what an ODBC 2 application is told
  SQLINTEGER native = 0;
  std::string message;  // with its "[Selkie]..." prefix
  SQLLEN row = SQL_NO_ROW_NUMBER;
  SQLINTEGER column = SQL_NO_COLUMN_NUMBER;
  bool is_error = false;
};

// What a warning or an error is called: 01004, 22003, ...
SqlState state_of(Outcome outcome);

// A failure of the protocol core on its way to the door; diagnostics turn it into a record.
struct CoreFail {
  protocol::Failure failure;
};

// Throws CoreFail when `status` is a failure; returns the value otherwise.
inline void require(protocol::Status status) {
  if (!status.ok()) throw CoreFail{std::move(status).failure()};
}
template <class T>
T require(protocol::Result<T> result) {
  if (!result.ok()) throw CoreFail{std::move(result).failure()};
  return std::move(result).value();
}

class Diagnostics {
 public:
  // Forgets everything; keeps the memory. The server's name, shown in front of its own messages, stays.
  void clear() {
    if (!records_.empty()) [[unlikely]]
      clear_records();
    return_code = SQL_SUCCESS;
    row_count = -1;
    cursor_row_count = -1;
    dynamic_function_code = SQL_DIAG_UNKNOWN_STATEMENT;
  }
  void set_server(std::string name) { server_ = std::move(name); }  // "MariaDB 10.11.6"

  void error(SqlState state, std::string_view message = {}, SQLLEN row = SQL_NO_ROW_NUMBER,
             SQLINTEGER column = SQL_NO_COLUMN_NUMBER);
  void warning(SqlState state, std::string_view message = {}, SQLLEN row = SQL_NO_ROW_NUMBER,
               SQLINTEGER column = SQL_NO_COLUMN_NUMBER);
  // A value's conversion; nothing for Outcome::ok. `column` counts from 1.
  void conversion(Outcome outcome, SQLLEN row, SQLINTEGER column);
  // Keeps the server's own code and words, and its SQLSTATE where that is not too generic for ODBC.
  void failure(const protocol::Failure& failure, SQLLEN row = SQL_NO_ROW_NUMBER);

  // Puts a 01S01 in front of the records of each row that has an error, as SQLExtendedFetch does.
  void head_bad_rows();

  // Moves the records of another handle here.
  void take(Diagnostics& other);

  // Replaces the records' column numbers: `column_of` answers a column for a parameter.
  template <class ColumnOf>
  void number_columns(ColumnOf column_of) {
    for (DiagnosticRecord& record : records_) record.column = column_of(record.column);
  }

  // One of the server's warnings, with its own code and words: 01000.
  void server_warning(SQLINTEGER code, std::string_view message);

  bool empty() const { return records_.empty(); }
  bool has_errors() const { return errors_ != 0; }
  const std::vector<DiagnosticRecord>& records() const { return records_; }

  // Header fields.
  SQLRETURN return_code = SQL_SUCCESS;
  SQLLEN row_count = -1;         // SQL_DIAG_ROW_COUNT
  SQLLEN cursor_row_count = -1;  // SQL_DIAG_CURSOR_ROW_COUNT
  SQLINTEGER dynamic_function_code = SQL_DIAG_UNKNOWN_STATEMENT;

 private:
  void clear_records();
  DiagnosticRecord& add(bool is_error, SQLLEN row, SQLINTEGER column);
  void post(bool is_error, SqlState state, std::string_view message, SQLLEN row, SQLINTEGER column);

  std::vector<DiagnosticRecord> records_;  // by row; within a row errors before warnings
  std::size_t errors_ = 0;
  std::string server_;
};

// A server's error whose SQLSTATE is another in ODBC than the server says.
struct ServerState {
  std::uint16_t code;
  char state[6];
  std::string_view meaning;
};
std::span<const ServerState> server_states();  // by code
// The state of a server's ERR. Classes 00, 01 and 02 are no errors in ODBC, so an error cannot carry them.
std::string_view server_state(const protocol::Failure& failure);

// The class and subclass origin of a state: "ISO 9075" or "ODBC 3.0".
std::string_view class_origin(std::string_view state);
std::string_view subclass_origin(std::string_view state);

// SQL_DIAG_DYNAMIC_FUNCTION of a SQL_DIAG_DYNAMIC_FUNCTION_CODE: "INSERT"; empty for SQL_DIAG_UNKNOWN_STATEMENT.
std::string_view dynamic_function(SQLINTEGER code);

}  // namespace selkie::odbc
