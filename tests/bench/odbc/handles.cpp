#include "handles.h"

namespace selkie::bench {
namespace {

SQLCHAR* text(std::string_view sql) { return reinterpret_cast<SQLCHAR*>(const_cast<char*>(sql.data())); }

std::string braced(const std::string& value) {
  std::string out = "{";
  for (const char c : value) {
    if (c == '}') out += c;
    out += c;
  }
  return out + "}";
}

}  // namespace

void fail(SQLSMALLINT type, SQLHANDLE handle, const char* call) {
  SQLCHAR state[6] = "", words[512] = "";
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  if (!SQL_SUCCEEDED(SQLGetDiagRec(type, handle, 1, state, &native, words, sizeof words, &length))) {
    throw Failure{std::string(call) + " failed and left no diagnostic"};
  }
  throw Failure{std::string(call) + ": " + reinterpret_cast<char*>(state) + " (" + std::to_string(native) + ") " +
                reinterpret_cast<char*>(words)};
}

Handle::Handle(SQLSMALLINT type, SQLHANDLE parent) : type_(type) {
  if (SQL_SUCCEEDED(SQLAllocHandle(type, parent, &handle_))) return;
  const SQLSMALLINT parents = type == SQL_HANDLE_STMT ? SQL_HANDLE_DBC : SQL_HANDLE_ENV;
  if (parent == SQL_NULL_HANDLE) throw Failure{"SQLAllocHandle failed"};
  fail(parents, parent, "SQLAllocHandle");
}

Environment::Environment() : Handle(SQL_HANDLE_ENV, SQL_NULL_HANDLE) {
  ok(SQLSetEnvAttr(*this, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0), "SQLSetEnvAttr");
}

std::string connection_string(const Options& options) {
  if (!options.connect.empty()) return options.connect;
  // Of equal keywords the first counts.
  std::string string = "Driver=Bench;" + options.extra + ";Database=selkie_bench;UID=" + options.user +
                       ";PWD=" + braced(options.password) + ";Charset=utf8mb4;SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;";
  if (options.socket.empty()) {
    string += "Server=" + options.host + ";Port=" + std::to_string(options.port) + ";";
  } else {
    string += "Server=localhost;Socket=" + options.socket + ";";
  }
  return string;
}

Connection::Connection(const Options& options) : environment_(std::in_place), handle_(SQL_HANDLE_DBC, *environment_) {
  open(options);
}

Connection::Connection(const Options& options, const Environment& shared) : handle_(SQL_HANDLE_DBC, shared) { open(options); }

void Connection::open(const Options& options) {
  const std::string string = connection_string(options);
  handle_.ok(SQLDriverConnect(handle_, nullptr, text(string), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
             "SQLDriverConnect");
}

void Connection::autocommit(bool on) {
  handle_.ok(SQLSetConnectAttr(handle_, SQL_ATTR_AUTOCOMMIT,
                               reinterpret_cast<SQLPOINTER>(on ? SQL_AUTOCOMMIT_ON : SQL_AUTOCOMMIT_OFF), 0),
             "SQLSetConnectAttr");
}

void Connection::commit() { handle_.ok(SQLEndTran(SQL_HANDLE_DBC, handle_, SQL_COMMIT), "SQLEndTran"); }

void Connection::run(std::string_view sql) {
  Statement statement(handle_);
  statement.execute(sql);
}

std::int64_t Connection::number(std::string_view sql) {
  Statement statement(handle_);
  statement.execute(sql);
  statement.fetch_one();
  SQLBIGINT value = 0;
  SQLLEN length = 0;
  statement.ok(SQLGetData(statement, 1, SQL_C_SBIGINT, &value, sizeof value, &length), "SQLGetData");
  return length == SQL_NULL_DATA ? 0 : value;
}

void Statement::prepare(std::string_view sql) {
  ok(SQLPrepare(*this, text(sql), static_cast<SQLINTEGER>(sql.size())), "SQLPrepare");
}

void Statement::execute(std::string_view sql) {
  const SQLRETURN code = SQLExecDirect(*this, text(sql), static_cast<SQLINTEGER>(sql.size()));
  if (code != SQL_NO_DATA) ok(code, "SQLExecDirect");  // an UPDATE of no row
}

void Statement::parameter(SQLUSMALLINT number, SQLSMALLINT c_type, SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                          void* value, std::size_t bytes, SQLLEN* length) {
  ok(SQLBindParameter(*this, number, SQL_PARAM_INPUT, c_type, sql_type, size, digits, value, static_cast<SQLLEN>(bytes),
                      length),
     "SQLBindParameter");
}

}  // namespace selkie::bench
