// An ODBC driver that does nothing, to measure the driver manager and the bench's own loops: it connects at once, every
// statement succeeds, and a result has as many rows as the text's "WHERE id <= N" says, else one. No value is written.
// Both A and W names are exported, as the driver manager converts nothing then. connection.h: built to log in, it does.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "connection.h"

namespace {

using selkie::bench::NullConnection;

struct Statement {
  NullConnection* connection;
  std::int64_t number = 0;  // of a query for one
  std::int64_t rows = 1, fetched = 0;
  std::int64_t rowset = 1;
  SQLULEN* rows_fetched = nullptr;

  void parse(std::string_view sql) {
    const std::size_t at = sql.find("id <= ");
    rows = at == sql.npos ? 1 : std::atoll(sql.data() + at + 6);
    fetched = 0;
  }
  SQLRETURN fetch() {
    const std::int64_t now = rows - fetched < rowset ? rows - fetched : rowset;
    if (now == 0) return SQL_NO_DATA;
    fetched += now;
    if (rows_fetched) *rows_fetched = static_cast<SQLULEN>(now);
    return SQL_SUCCESS;
  }
};

Statement& statement(SQLHANDLE handle) { return *static_cast<Statement*>(handle); }
NullConnection& connection(SQLHANDLE handle) { return *static_cast<NullConnection*>(handle); }

std::string_view text(const SQLCHAR* sql, SQLINTEGER length) {
  const char* begin = reinterpret_cast<const char*>(sql);
  return {begin, length == SQL_NTS ? std::strlen(begin) : static_cast<std::size_t>(length)};
}

void get_info(SQLPOINTER value, SQLSMALLINT size) {
  if (value && size > 0) std::memset(value, 0, static_cast<std::size_t>(size));
}

void set_attribute(SQLHSTMT handle, SQLINTEGER which, SQLPOINTER value) {
  if (which == SQL_ATTR_ROW_ARRAY_SIZE) statement(handle).rowset = static_cast<std::int64_t>(reinterpret_cast<SQLULEN>(value));
  if (which == SQL_ATTR_ROWS_FETCHED_PTR) statement(handle).rows_fetched = static_cast<SQLULEN*>(value);
}

// The driver manager asks for the four descriptors only.
void get_attribute(SQLHSTMT handle, SQLPOINTER value) { *static_cast<SQLHANDLE*>(value) = handle; }

}  // namespace

#pragma GCC visibility push(default)
extern "C" {
SQLRETURN SQLAllocHandle(SQLSMALLINT type, SQLHANDLE parent, SQLHANDLE* out) {
  static int environment;
  if (type == SQL_HANDLE_STMT)
    *out = new Statement{&connection(parent)};
  else if (type == SQL_HANDLE_DBC)
    *out = new NullConnection;
  else
    *out = &environment;
  return SQL_SUCCESS;
}
SQLRETURN SQLFreeHandle(SQLSMALLINT type, SQLHANDLE handle) {
  if (type == SQL_HANDLE_STMT) delete &statement(handle);
  if (type == SQL_HANDLE_DBC) delete &connection(handle);
  return SQL_SUCCESS;
}
SQLRETURN SQLSetEnvAttr(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER) { return SQL_SUCCESS; }
SQLRETURN SQLSetConnectAttr(SQLHDBC, SQLINTEGER, SQLPOINTER, SQLINTEGER) { return SQL_SUCCESS; }
SQLRETURN SQLSetConnectAttrW(SQLHDBC, SQLINTEGER, SQLPOINTER, SQLINTEGER) { return SQL_SUCCESS; }
SQLRETURN SQLDriverConnect(SQLHDBC handle, SQLHWND, SQLCHAR*, SQLSMALLINT, SQLCHAR*, SQLSMALLINT, SQLSMALLINT*, SQLUSMALLINT) {
  return connection(handle).open() ? SQL_SUCCESS : SQL_ERROR;
}
SQLRETURN SQLDriverConnectW(SQLHDBC handle, SQLHWND, SQLWCHAR*, SQLSMALLINT, SQLWCHAR*, SQLSMALLINT, SQLSMALLINT*,
                            SQLUSMALLINT) {
  return connection(handle).open() ? SQL_SUCCESS : SQL_ERROR;
}
SQLRETURN SQLDisconnect(SQLHDBC handle) {
  connection(handle).close();
  return SQL_SUCCESS;
}
SQLRETURN SQLEndTran(SQLSMALLINT, SQLHANDLE, SQLSMALLINT) { return SQL_SUCCESS; }
SQLRETURN SQLGetInfo(SQLHDBC, SQLUSMALLINT, SQLPOINTER value, SQLSMALLINT size, SQLSMALLINT*) {
  get_info(value, size);
  return SQL_SUCCESS;
}
SQLRETURN SQLGetInfoW(SQLHDBC, SQLUSMALLINT, SQLPOINTER value, SQLSMALLINT size, SQLSMALLINT*) {
  get_info(value, size);
  return SQL_SUCCESS;
}
// All are there: the driver manager asks once, when it connects.
SQLRETURN SQLGetFunctions(SQLHDBC, SQLUSMALLINT which, SQLUSMALLINT* supported) {
  if (which == SQL_API_ODBC3_ALL_FUNCTIONS)
    std::memset(supported, 0xff, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * sizeof *supported);
  else
    *supported = SQL_TRUE;
  return SQL_SUCCESS;
}
SQLRETURN SQLSetStmtAttr(SQLHSTMT handle, SQLINTEGER which, SQLPOINTER value, SQLINTEGER) {
  set_attribute(handle, which, value);
  return SQL_SUCCESS;
}
SQLRETURN SQLSetStmtAttrW(SQLHSTMT handle, SQLINTEGER which, SQLPOINTER value, SQLINTEGER) {
  set_attribute(handle, which, value);
  return SQL_SUCCESS;
}
SQLRETURN SQLGetStmtAttr(SQLHSTMT handle, SQLINTEGER, SQLPOINTER value, SQLINTEGER, SQLINTEGER*) {
  get_attribute(handle, value);
  return SQL_SUCCESS;
}
SQLRETURN SQLGetStmtAttrW(SQLHSTMT handle, SQLINTEGER, SQLPOINTER value, SQLINTEGER, SQLINTEGER*) {
  get_attribute(handle, value);
  return SQL_SUCCESS;
}
SQLRETURN SQLPrepare(SQLHSTMT handle, SQLCHAR* sql, SQLINTEGER length) {
  statement(handle).parse(text(sql, length));
  return SQL_SUCCESS;
}
SQLRETURN SQLPrepareW(SQLHSTMT, SQLWCHAR*, SQLINTEGER) { return SQL_SUCCESS; }
SQLRETURN SQLExecute(SQLHSTMT handle) {
  statement(handle).fetched = 0;
  return SQL_SUCCESS;
}
SQLRETURN SQLExecDirect(SQLHSTMT handle, SQLCHAR* sql, SQLINTEGER length) {
  Statement& asking = statement(handle);
  asking.parse(text(sql, length));
  asking.number = asking.connection->ask(text(sql, length));
  return SQL_SUCCESS;
}
SQLRETURN SQLExecDirectW(SQLHSTMT, SQLWCHAR*, SQLINTEGER) { return SQL_SUCCESS; }
SQLRETURN SQLNumResultCols(SQLHSTMT, SQLSMALLINT* count) {
  *count = 1000;  // as the bench's widest result has, whose columns are described
  return SQL_SUCCESS;
}
SQLRETURN SQLRowCount(SQLHSTMT, SQLLEN* count) {
  *count = 0;
  return SQL_SUCCESS;
}
SQLRETURN SQLBindCol(SQLHSTMT, SQLUSMALLINT, SQLSMALLINT, SQLPOINTER, SQLLEN, SQLLEN*) { return SQL_SUCCESS; }
SQLRETURN SQLBindParameter(SQLHSTMT, SQLUSMALLINT, SQLSMALLINT, SQLSMALLINT, SQLSMALLINT, SQLULEN, SQLSMALLINT, SQLPOINTER,
                           SQLLEN, SQLLEN*) {
  return SQL_SUCCESS;
}
SQLRETURN SQLFetch(SQLHSTMT handle) { return statement(handle).fetch(); }
SQLRETURN SQLGetData(SQLHSTMT handle, SQLUSMALLINT, SQLSMALLINT type, SQLPOINTER value, SQLLEN, SQLLEN*) {
  if (type == SQL_C_SBIGINT) std::memcpy(value, &statement(handle).number, sizeof(std::int64_t));
  return SQL_SUCCESS;
}
SQLRETURN SQLCloseCursor(SQLHSTMT) { return SQL_SUCCESS; }
SQLRETURN SQLFreeStmt(SQLHSTMT, SQLUSMALLINT) { return SQL_SUCCESS; }
SQLRETURN SQLGetDiagRec(SQLSMALLINT, SQLHANDLE, SQLSMALLINT, SQLCHAR*, SQLINTEGER*, SQLCHAR*, SQLSMALLINT, SQLSMALLINT*) {
  return SQL_NO_DATA;
}
SQLRETURN SQLGetDiagField(SQLSMALLINT, SQLHANDLE, SQLSMALLINT, SQLSMALLINT, SQLPOINTER, SQLSMALLINT, SQLSMALLINT*) {
  return SQL_NO_DATA;
}
}
#pragma GCC visibility pop
