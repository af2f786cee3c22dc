#include "odbc/diagnostic_fields.h"

#include "odbc/connection.h"
#include "odbc/descriptor.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

constexpr bool is_header_field(SQLSMALLINT field) {
  switch (field) {
    case SQL_DIAG_CURSOR_ROW_COUNT:
    case SQL_DIAG_DYNAMIC_FUNCTION:
    case SQL_DIAG_DYNAMIC_FUNCTION_CODE:
    case SQL_DIAG_NUMBER:
    case SQL_DIAG_RETURNCODE:
    case SQL_DIAG_ROW_COUNT: return true;
    default: return false;
  }
}

constexpr bool is_of_statements(SQLSMALLINT header_field) {
  return header_field != SQL_DIAG_NUMBER && header_field != SQL_DIAG_RETURNCODE;
}

DiagnosticField text(std::string_view value) { return {DiagnosticField::Kind::text, 0, value}; }
DiagnosticField integer(SQLLEN value) { return {DiagnosticField::Kind::integer, value, {}}; }
DiagnosticField count(SQLLEN value) { return {DiagnosticField::Kind::count, value, {}}; }
DiagnosticField code(SQLLEN value) { return {DiagnosticField::Kind::code, value, {}}; }

}  // namespace

DiagnosticsReader::DiagnosticsReader(SQLSMALLINT handle_type, SQLHANDLE handle) {
  const auto read = [&](auto* h, Connection* connection) {
    if (h == nullptr) return;
    lock_ = std::unique_lock(h->mutex());
    diagnostics_ = &h->diagnostics;
    if (connection == nullptr) return;
    data_source_ = connection->settings().dsn;
    charset_ = connection->charset();
    odbc2_ = connection->odbc2();
  };
  switch (handle_type) {
    case SQL_HANDLE_ENV: {
      auto* environment = as<Environment>(handle);
      read(environment, nullptr);
      odbc2_ = environment != nullptr && environment->odbc_version == SQL_OV_ODBC2;
      break;
    }
    case SQL_HANDLE_DBC: {
      auto* connection = as<Connection>(handle);
      read(connection, connection);
      break;
    }
    case SQL_HANDLE_STMT: {
      auto* statement = as<Statement>(handle);
      read(statement, statement != nullptr ? &statement->connection() : nullptr);
      statement_ = statement;
      break;
    }
    case SQL_HANDLE_DESC: {
      auto* descriptor = as<Descriptor>(handle);
      read(descriptor, descriptor != nullptr ? &descriptor->connection() : nullptr);
      break;
    }
    default: break;
  }
}

const DiagnosticRecord* DiagnosticsReader::record(SQLSMALLINT number) const {
  const auto& records = diagnostics_->records();
  const auto index = static_cast<std::size_t>(number) - 1;
  return number >= 1 && index < records.size() ? &records[index] : nullptr;
}

SQLRETURN DiagnosticsReader::header_field(SQLSMALLINT field, DiagnosticField& out) const {
  if (is_of_statements(field) && statement_ == nullptr) return SQL_ERROR;
  // Spec: Appendix B, SQLGetDiagField and SQLGetDiagRec
  if (field == SQL_DIAG_ROW_COUNT && !admits(Call::row_count, statement_->state(), true)) return SQL_ERROR;
  switch (field) {
    case SQL_DIAG_NUMBER: out = integer(static_cast<SQLLEN>(diagnostics_->records().size())); break;
    case SQL_DIAG_RETURNCODE: out = code(diagnostics_->return_code); break;
    case SQL_DIAG_ROW_COUNT: out = count(diagnostics_->row_count); break;
    case SQL_DIAG_CURSOR_ROW_COUNT: out = count(diagnostics_->cursor_row_count); break;
    case SQL_DIAG_DYNAMIC_FUNCTION_CODE: out = integer(diagnostics_->dynamic_function_code); break;
    case SQL_DIAG_DYNAMIC_FUNCTION: out = text(dynamic_function(diagnostics_->dynamic_function_code)); break;
    default: return SQL_ERROR;
  }
  return SQL_SUCCESS;
}

SQLRETURN DiagnosticsReader::field(SQLSMALLINT number, SQLSMALLINT field, DiagnosticField& out) const {
  if (is_header_field(field)) return header_field(field, out);
  if (number < 1) return SQL_ERROR;
  const DiagnosticRecord* const r = record(number);
  if (r == nullptr) return SQL_NO_DATA;
  switch (field) {
    case SQL_DIAG_SQLSTATE: out = text(state(*r)); break;
    case SQL_DIAG_MESSAGE_TEXT: out = text(r->message); break;
    case SQL_DIAG_NATIVE: out = integer(r->native); break;
    case SQL_DIAG_ROW_NUMBER: out = count(r->row); break;
    case SQL_DIAG_COLUMN_NUMBER: out = integer(r->column); break;
    case SQL_DIAG_CLASS_ORIGIN: out = text(class_origin(r->state)); break;
    case SQL_DIAG_SUBCLASS_ORIGIN: out = text(subclass_origin(r->state)); break;
    case SQL_DIAG_CONNECTION_NAME:
    case SQL_DIAG_SERVER_NAME: out = text(data_source_); break;
    default: return SQL_ERROR;
  }
  return SQL_SUCCESS;
}

}  // namespace selkie::odbc
