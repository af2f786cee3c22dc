// ODBC handles that free themselves, and one place where a return code becomes a failure with the driver's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sql.h>
#include <sqlext.h>

#include "../common/program.h"

namespace selkie::bench {

[[noreturn]] void fail(SQLSMALLINT type, SQLHANDLE handle, const char* call);

class Handle {
 public:
  Handle(SQLSMALLINT type, SQLHANDLE parent);
  ~Handle() { SQLFreeHandle(type_, handle_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  operator SQLHANDLE() const { return handle_; }

  // Success with information passes: the check of the values finds what was cut.
  void ok(SQLRETURN code, const char* call) const {
    if (!SQL_SUCCEEDED(code)) fail(type_, handle_, call);
  }

 private:
  SQLSMALLINT type_;
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

class Environment : public Handle {
 public:
  Environment();
};

// The connection string of a run: what the options say in keywords that every driver for these servers understands.
// TLS is off, so that all drivers and the limit move the same bytes.
std::string connection_string(const Options& options);

class Connection {
 public:
  explicit Connection(const Options& options);
  Connection(const Options& options, const Environment& shared);
  ~Connection() { SQLDisconnect(handle_); }

  operator const Handle&() const { return handle_; }
  void autocommit(bool on);
  void commit();
  void run(std::string_view sql);
  std::int64_t number(std::string_view sql);  // the first cell, 0 for NULL

 private:
  void open(const Options& options);

  std::optional<Environment> environment_;  // none where it is shared
  Handle handle_;
};

class Statement : public Handle {
 public:
  explicit Statement(const Handle& connection) : Handle(SQL_HANDLE_STMT, connection) {}

  void prepare(std::string_view sql);
  void execute(std::string_view sql);
  void execute() { ok(SQLExecute(*this), "SQLExecute"); }
  void attribute(SQLINTEGER which, SQLULEN value) { set(which, reinterpret_cast<SQLPOINTER>(value)); }
  void attribute(SQLINTEGER which, void* value) { set(which, value); }
  void bind(SQLUSMALLINT column, SQLSMALLINT c_type, void* cell, std::size_t bytes, SQLLEN* length) {
    ok(SQLBindCol(*this, column, c_type, cell, static_cast<SQLLEN>(bytes), length), "SQLBindCol");
  }
  void parameter(SQLUSMALLINT number, SQLSMALLINT c_type, SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits, void* value,
                 std::size_t bytes, SQLLEN* length);

  // The next row or rowset; false at the end.
  bool fetch() {
    const SQLRETURN code = SQLFetch(*this);
    if (code == SQL_NO_DATA) return false;
    ok(code, "SQLFetch");
    return true;
  }
  void fetch_one() {
    if (!fetch()) throw Failure{"no row where there has to be one"};
  }
  void close() { ok(SQLCloseCursor(*this), "SQLCloseCursor"); }

 private:
  void set(SQLINTEGER which, SQLPOINTER value) { ok(SQLSetStmtAttr(*this, which, value, 0), "SQLSetStmtAttr"); }
};

}  // namespace selkie::bench
