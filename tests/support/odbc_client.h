// A small ODBC client for tests: handles that free themselves, errors as exceptions, results as text.
// The same code runs against the driver's own entry points (wire tests) and through the driver manager (integration tests).
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selkie::test {

struct Diagnostic {
  std::string state;
  SQLINTEGER native = 0;
  std::string message;
};

// All records that a handle holds.
inline std::vector<Diagnostic> diagnostics(SQLSMALLINT type, SQLHANDLE handle) {
  std::vector<Diagnostic> records;
  for (SQLSMALLINT number = 1;; ++number) {
    SQLCHAR state[6] = {}, message[2048] = {};
    SQLINTEGER native = 0;
    SQLSMALLINT size = 0;
    const SQLRETURN code = ::SQLGetDiagRec(type, handle, number, state, &native, message, sizeof message, &size);
    if (!SQL_SUCCEEDED(code)) return records;
    records.push_back({reinterpret_cast<char*>(state), native, reinterpret_cast<char*>(message)});
  }
}

class OdbcError : public std::runtime_error {
 public:
  OdbcError(SQLRETURN code, std::vector<Diagnostic> records)
      : std::runtime_error(describe(code, records)), code_(code), records_(std::move(records)) {}

  SQLRETURN code() const { return code_; }
  const std::vector<Diagnostic>& records() const { return records_; }
  std::string state() const { return records_.empty() ? "" : records_.front().state; }
  SQLINTEGER native() const { return records_.empty() ? 0 : records_.front().native; }
  std::string message() const { return records_.empty() ? "" : records_.front().message; }

 private:
  static std::string describe(SQLRETURN code, const std::vector<Diagnostic>& records) {
    std::string text = "returned " + std::to_string(code);
    for (const Diagnostic& r : records) text += "; " + r.state + " (" + std::to_string(r.native) + ") " + r.message;
    return text;
  }

  SQLRETURN code_;
  std::vector<Diagnostic> records_;
};

// Throws OdbcError for SQL_ERROR and SQL_INVALID_HANDLE; hands any other code back.
inline SQLRETURN check(SQLRETURN code, SQLSMALLINT type, SQLHANDLE handle) {
  if (code == SQL_ERROR || code == SQL_INVALID_HANDLE) throw OdbcError(code, diagnostics(type, handle));
  return code;
}

inline SQLCHAR* sql_text(std::string_view text) { return const_cast<SQLCHAR*>(reinterpret_cast<const SQLCHAR*>(text.data())); }

inline std::u16string wide(std::string_view ascii) { return {ascii.begin(), ascii.end()}; }
inline SQLWCHAR* sql_text(std::u16string_view text) {
  return const_cast<SQLWCHAR*>(reinterpret_cast<const SQLWCHAR*>(text.data()));
}

class Environment {
 public:
  explicit Environment(std::uintptr_t odbc_version = SQL_OV_ODBC3) {
    check(::SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &handle_), SQL_HANDLE_ENV, handle_);
    check(::SQLSetEnvAttr(handle_, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(odbc_version), 0), SQL_HANDLE_ENV,
          handle_);
  }
  ~Environment() { ::SQLFreeHandle(SQL_HANDLE_ENV, handle_); }
  Environment(const Environment&) = delete;
  SQLHENV handle() const { return handle_; }

 private:
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

class Connection {
 public:
  explicit Connection(std::uintptr_t odbc_version = SQL_OV_ODBC3) : environment_(odbc_version) {
    check(::SQLAllocHandle(SQL_HANDLE_DBC, environment_.handle(), &handle_), SQL_HANDLE_ENV, environment_.handle());
  }
  ~Connection() {
    disconnect();
    ::SQLFreeHandle(SQL_HANDLE_DBC, handle_);
  }
  Connection(const Connection&) = delete;
  SQLHDBC handle() const { return handle_; }
  Environment& environment() { return environment_; }

  // Answers the completed connection string.
  std::string connect(std::string_view connection_string) {
    SQLCHAR completed[4096] = {};
    SQLSMALLINT size = 0;
    check(::SQLDriverConnect(handle_, nullptr, sql_text(connection_string), static_cast<SQLSMALLINT>(connection_string.size()),
                             completed, sizeof completed, &size, SQL_DRIVER_NOPROMPT),
          SQL_HANDLE_DBC, handle_);
    return reinterpret_cast<char*>(completed);
  }
  // Rolls back what is open.
  void disconnect() noexcept {
    if (::SQLDisconnect(handle_) == SQL_ERROR) {
      ::SQLEndTran(SQL_HANDLE_DBC, handle_, SQL_ROLLBACK);
      ::SQLDisconnect(handle_);
    }
  }

  void set(SQLINTEGER attribute, std::uintptr_t value) {
    check(::SQLSetConnectAttr(handle_, attribute, reinterpret_cast<SQLPOINTER>(value), 0), SQL_HANDLE_DBC, handle_);
  }
  SQLUINTEGER get(SQLINTEGER attribute) {
    SQLUINTEGER value = 0;
    check(::SQLGetConnectAttr(handle_, attribute, &value, sizeof value, nullptr), SQL_HANDLE_DBC, handle_);
    return value;
  }
  bool is_dead() { return get(SQL_ATTR_CONNECTION_DEAD) == SQL_CD_TRUE; }
  void commit() { check(::SQLEndTran(SQL_HANDLE_DBC, handle_, SQL_COMMIT), SQL_HANDLE_DBC, handle_); }
  void rollback() { check(::SQLEndTran(SQL_HANDLE_DBC, handle_, SQL_ROLLBACK), SQL_HANDLE_DBC, handle_); }
  std::string info(SQLUSMALLINT type) {
    SQLCHAR value[4096] = {};
    SQLSMALLINT size = 0;
    check(::SQLGetInfo(handle_, type, value, sizeof value, &size), SQL_HANDLE_DBC, handle_);
    return reinterpret_cast<char*>(value);
  }

 private:
  Environment environment_;
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

class Statement {
 public:
  explicit Statement(Connection& connection) {
    check(::SQLAllocHandle(SQL_HANDLE_STMT, connection.handle(), &handle_), SQL_HANDLE_DBC, connection.handle());
  }
  ~Statement() {
    if (handle_ == SQL_NULL_HANDLE || ::SQLFreeHandle(SQL_HANDLE_STMT, handle_) != SQL_ERROR) return;
    ::SQLCancel(handle_);  // it awaits data
    ::SQLFreeHandle(SQL_HANDLE_STMT, handle_);
  }
  Statement(const Statement&) = delete;
  SQLHSTMT handle() const { return handle_; }
  // Ends the statement before its time, and says how that went.
  void free() { check(::SQLFreeHandle(SQL_HANDLE_STMT, std::exchange(handle_, nullptr)), SQL_HANDLE_STMT, nullptr); }

  SQLRETURN check(SQLRETURN code) const { return test::check(code, SQL_HANDLE_STMT, handle_); }
  static SQLRETURN check(SQLRETURN code, SQLSMALLINT type, SQLHANDLE handle) { return test::check(code, type, handle); }

  void set(SQLINTEGER attribute, std::uintptr_t value) {
    check(::SQLSetStmtAttr(handle_, attribute, reinterpret_cast<SQLPOINTER>(value), 0));
  }
  void set(SQLINTEGER attribute, void* value) { check(::SQLSetStmtAttr(handle_, attribute, value, 0)); }

  // --- Running
  Statement& run(std::string_view sql) {
    check(::SQLExecDirect(handle_, sql_text(sql), static_cast<SQLINTEGER>(sql.size())));
    return *this;
  }
  Statement& prepare(std::string_view sql) {
    check(::SQLPrepare(handle_, sql_text(sql), static_cast<SQLINTEGER>(sql.size())));
    return *this;
  }
  Statement& execute() {
    check(::SQLExecute(handle_));
    return *this;
  }
  // The values must outlive the execution.
  Statement& bind(SQLUSMALLINT number, std::int32_t& value) {
    check(::SQLBindParameter(handle_, number, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value, 0, nullptr));
    return *this;
  }
  Statement& bind(SQLUSMALLINT number, const std::string& value, SQLLEN& length) {
    length = static_cast<SQLLEN>(value.size());
    check(::SQLBindParameter(handle_, number, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, std::max<SQLULEN>(value.size(), 1), 0,
                             const_cast<char*>(value.data()), length, &length));
    return *this;
  }

  // --- Results
  SQLSMALLINT columns() {
    SQLSMALLINT count = 0;
    check(::SQLNumResultCols(handle_, &count));
    return count;
  }
  SQLLEN row_count() {
    SQLLEN count = 0;
    check(::SQLRowCount(handle_, &count));
    return count;
  }
  bool fetch() { return check(::SQLFetch(handle_)) != SQL_NO_DATA; }
  bool more() { return check(::SQLMoreResults(handle_)) != SQL_NO_DATA; }
  void close() { check(::SQLCloseCursor(handle_)); }
  void unbind_and_close() {
    check(::SQLFreeStmt(handle_, SQL_CLOSE));
    check(::SQLFreeStmt(handle_, SQL_UNBIND));
  }

  // The current row's value as text, read in pieces; nullopt for NULL.
  std::optional<std::string> text(SQLUSMALLINT column) {
    std::string value;
    for (char piece[4096];;) {
      SQLLEN length = 0;
      const SQLRETURN code = check(::SQLGetData(handle_, column, SQL_C_CHAR, piece, sizeof piece, &length));
      if (code == SQL_NO_DATA) return value;
      if (length == SQL_NULL_DATA) return std::nullopt;
      const bool whole = length != SQL_NO_TOTAL && length < SQLLEN{sizeof piece};
      value.append(piece, whole ? static_cast<std::size_t>(length) : sizeof piece - 1);
      if (whole) return value;
    }
  }
  std::optional<std::int64_t> number(SQLUSMALLINT column) {
    std::int64_t value = 0;
    SQLLEN length = 0;
    check(::SQLGetData(handle_, column, SQL_C_SBIGINT, &value, 0, &length));
    return length == SQL_NULL_DATA ? std::nullopt : std::optional(value);
  }
  // All rows that are left, as "1,one; 2,NULL".
  std::string rows() {
    std::string all;
    const SQLSMALLINT count = columns();
    for (bool first = true; fetch(); first = false) {
      if (!first) all += "; ";
      for (SQLSMALLINT column = 1; column <= count; ++column) {
        if (column > 1) all += ',';
        all += text(static_cast<SQLUSMALLINT>(column)).value_or("NULL");
      }
    }
    return all;
  }

  std::vector<Diagnostic> records() const { return diagnostics(SQL_HANDLE_STMT, handle_); }

 private:
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

}  // namespace selkie::test
