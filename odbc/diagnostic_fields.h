// SQLGetDiagRec and SQLGetDiagField: reads what the last call left on a handle, without changing it.
// Spec: ODBC SQLGetDiagField
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <mutex>
#include <string_view>

#include "odbc/charset.h"
#include "odbc/diagnostics.h"

namespace selkie::odbc {

class Statement;

struct DiagnosticField {
  enum class Kind : std::uint8_t { code, integer, count, text } kind = Kind::integer;  // SQLRETURN, SQLINTEGER, SQLLEN, text
  SQLLEN number = 0;
  std::string_view text;  // valid as long as the reader
};

// Holds the handle's lock while it lives.
class DiagnosticsReader {
 public:
  DiagnosticsReader(SQLSMALLINT handle_type, SQLHANDLE handle);
  bool valid() const { return diagnostics_ != nullptr; }

  // Record `number`, from 1; null past the last one.
  const DiagnosticRecord* record(SQLSMALLINT number) const;
  Charset* charset() const { return charset_; }  // of the connection's narrow text

  // The record's state in the words of the application's ODBC version.
  std::string_view state(const DiagnosticRecord& record) const { return odbc2_ ? record.state2 : record.state; }

  // A header field (any `number`) or a field of record `number`.
  // SQL_SUCCESS; SQL_NO_DATA past the last record; SQL_ERROR for a number below 1, an unknown field, a field of statements
  // asked of another handle, or SQL_DIAG_ROW_COUNT where nothing was executed.
  SQLRETURN field(SQLSMALLINT number, SQLSMALLINT field, DiagnosticField& out) const;

 private:
  SQLRETURN header_field(SQLSMALLINT field, DiagnosticField& out) const;

  std::unique_lock<std::mutex> lock_;
  const Diagnostics* diagnostics_ = nullptr;
  std::string_view data_source_;  // of the connection's settings
  Charset* charset_ = nullptr;
  bool odbc2_ = false;
  const Statement* statement_ = nullptr;  // null: another handle
};

}  // namespace selkie::odbc
