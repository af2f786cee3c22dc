#include "tests/wire/states.h"

#include <algorithm>
#include <array>

namespace selkie::test {

void bind_awaited_number(SQLHSTMT statement) {
  static SQLLEN at_execution = SQL_DATA_AT_EXEC;
  static std::int32_t token = 0;
  test::check(::SQLBindParameter(statement, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &token, 0, &at_execution),
              SQL_HANDLE_STMT, statement);
}

namespace {

// A streamed OUT value waits, and SQLParamData may have named it.
Way way_to_output(State state, bool is_prepared) {
  const bool eofs = (kMySql97.capabilities & protocol::capability::kDeprecateEof) == 0;
  const std::uint16_t marked = kAutocommit | kMoreResults | kOutParams;
  const auto go = [=](Subject& s) {
    const auto call = [&](SQLRETURN code) { return test::check(code, SQL_HANDLE_STMT, s.statement); };
    SQLCHAR* const sql = sql_text("{CALL p(?)}");
    call(::SQLBindParameter(s.statement, 1, SQL_PARAM_OUTPUT_STREAM, SQL_C_SLONG, SQL_INTEGER, 0, 0, s.statement, 0, nullptr));
    if (is_prepared) call(::SQLPrepare(s.statement, sql, SQL_NTS));
    EXPECT_EQ(call(is_prepared ? ::SQLExecute(s.statement) : ::SQLExecDirect(s.statement, sql, SQL_NTS)),
              SQL_PARAM_DATA_AVAILABLE);
    SQLPOINTER token = nullptr;
    if (state == State::output_named) call(::SQLParamData(s.statement, &token));
  };
  return {state, is_prepared, go,
          prepares_and_executes(kMySql97, "CALL p(?)", 1, 1, {})
              .sends(head({integer("a")}, marked), binary_row({int32(42)}), end(eofs ? kAutocommit : marked), ok())};
}

}  // namespace

Way way(State state, bool is_prepared) {
  if (state >= State::output_available) return way_to_output(state, is_prepared);
  const bool awaits = state >= State::need_data;
  const bool has_rows = state == State::prepared_results || (state >= State::cursor_opened && !awaits);
  const std::string sql = awaits ? "DO ?" : has_rows ? "SELECT 1" : "DO 1";
  const std::vector<Definition> columns = has_rows ? std::vector{integer("one")} : std::vector<Definition>{};
  const bool asks = state == State::prepared_no_results || state == State::prepared_results;
  const bool runs = state >= State::executed && !awaits;

  Script talk;
  const auto says_what_was_prepared = [&] { talk.reads(prepare(sql)).sends(prepared(1, awaits ? 1 : 0, columns)); };
  if (asks || (runs && is_prepared) || state == State::can_put) says_what_was_prepared();
  if (runs) {
    talk.reads(is_prepared ? execute(1) : query(sql));
    if (has_rows) {
      talk.sends(head(columns), is_prepared ? binary_row({int32(1)}) : row({"1"}), end());
    } else {
      talk.sends(ok(state == State::executed_more ? kMoreResults : kAutocommit));
      if (state == State::executed_more) talk.sends(ok());
    }
  }

  const auto go = [=](Subject& s) {
    const auto call = [&](SQLRETURN code) { return test::check(code, SQL_HANDLE_STMT, s.statement); };
    if (awaits) bind_awaited_number(s.statement);
    if (is_prepared) call(::SQLPrepare(s.statement, sql_text(sql), SQL_NTS));
    SQLSMALLINT count = 0;
    if (asks) call(::SQLNumResultCols(s.statement, &count));
    if (state >= State::executed)
      call(is_prepared ? ::SQLExecute(s.statement) : ::SQLExecDirect(s.statement, sql_text(sql), SQL_NTS));
    if (state == State::cursor_fetched) call(::SQLFetch(s.statement));
    if (state == State::cursor_extended) call(::SQLExtendedFetch(s.statement, SQL_FETCH_NEXT, 0, nullptr, nullptr));
    SQLPOINTER token = nullptr;
    if (state >= State::must_put) call(::SQLParamData(s.statement, &token));
    std::int32_t value = 7;
    if (state == State::can_put) call(::SQLPutData(s.statement, &value, 0));
  };
  return {state, is_prepared, go, talk};
}

std::vector<Way> all_ways() {
  std::vector<Way> ways;
  for (std::size_t i = 0; i < odbc::kStates; ++i) {
    const auto state = static_cast<State>(i);
    const bool by_prepare_alone = state == State::prepared_no_results || state == State::prepared_results;
    if (!by_prepare_alone) ways.push_back(way(state, false));
    if (state != State::allocated) ways.push_back(way(state, true));
  }
  return ways;
}

namespace {

SQLHANDLE reporting_handle(const Caller& caller, const Subject& s) {
  switch (caller.reports_on) {
    case SQL_HANDLE_DBC: return s.connection;
    case SQL_HANDLE_DESC:
      return caller.row == Call::get_ird ? s.ird : caller.row == Call::copy_from_ird ? s.explicit_descriptor : s.ard;
    default: return s.statement;
  }
}

}  // namespace

std::vector<Caller> callers() {
  static SQLCHAR text[64];
  static std::int32_t number = 0;
  static SQLLEN length = 0;
  static SQLSMALLINT small = 0;
  constexpr SQLSMALLINT kStmt = SQL_HANDLE_STMT, kDbc = SQL_HANDLE_DBC, kDesc = SQL_HANDLE_DESC;
  const auto pointer = [](std::uintptr_t value) { return reinterpret_cast<SQLPOINTER>(value); };
  SQLCHAR* const t = sql_text("t");
  return {
      // clang-format off
      {Call::bind, "SQLBindCol", kStmt, [](Subject& s) { return ::SQLBindCol(s.statement, 1, SQL_C_SLONG, &number, 4, nullptr); }},
      {Call::bind, "SQLBindParameter", kStmt, [](Subject& s) { return ::SQLBindParameter(s.statement, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &number, 0, nullptr); }},
      {Call::bulk_operations, "SQLBulkOperations", kStmt, [](Subject& s) { return ::SQLBulkOperations(s.statement, SQL_ADD); }},
      {Call::close_cursor, "SQLCloseCursor", kStmt, [](Subject& s) { return ::SQLCloseCursor(s.statement); }},
      {Call::column_attribute, "SQLColAttribute", kStmt, [](Subject& s) { return ::SQLColAttribute(s.statement, 1, SQL_DESC_TYPE, nullptr, 0, nullptr, &length); }},
      {Call::column_count_attribute, "SQLColAttribute(SQL_DESC_COUNT)", kStmt, [](Subject& s) { return ::SQLColAttribute(s.statement, 0, SQL_DESC_COUNT, nullptr, 0, nullptr, &length); }},
      {Call::copy_from_ird, "SQLCopyDesc(IRD)", kDesc, [](Subject& s) { return ::SQLCopyDesc(s.ird, s.explicit_descriptor); }},
      {Call::describe_column, "SQLDescribeCol", kStmt, [](Subject& s) { return ::SQLDescribeCol(s.statement, 1, text, sizeof text, &small, nullptr, nullptr, nullptr, nullptr); }},
      {Call::describe_parameter, "SQLDescribeParam", kStmt, [](Subject& s) { return ::SQLDescribeParam(s.statement, 1, &small, nullptr, nullptr, nullptr); }},
      {Call::end_transaction, "SQLEndTran", kDbc, [](Subject& s) { return ::SQLEndTran(SQL_HANDLE_DBC, s.connection, SQL_COMMIT); }},
      {Call::disconnect, "SQLDisconnect", kDbc, [](Subject& s) {
         const SQLRETURN code = ::SQLDisconnect(s.connection);
         if (code != SQL_ERROR) s.statement = nullptr;
         return code;
       }},
      {Call::execute, "SQLExecute", kStmt, [](Subject& s) { return ::SQLExecute(s.statement); }},
      {Call::extended_fetch, "SQLExtendedFetch", kStmt, [](Subject& s) { return ::SQLExtendedFetch(s.statement, SQL_FETCH_NEXT, 0, nullptr, nullptr); }},
      {Call::fetch, "SQLFetch", kStmt, [](Subject& s) { return ::SQLFetch(s.statement); }},
      {Call::fetch, "SQLFetchScroll", kStmt, [](Subject& s) { return ::SQLFetchScroll(s.statement, SQL_FETCH_NEXT, 0); }},
      {Call::free, "SQLFreeHandle", kStmt, [](Subject& s) {
         const SQLRETURN code = ::SQLFreeHandle(SQL_HANDLE_STMT, s.statement);
         if (code != SQL_ERROR) s.statement = nullptr;
         return code;
       }},
      {Call::free, "SQLFreeStmt(SQL_CLOSE)", kStmt, [](Subject& s) { return ::SQLFreeStmt(s.statement, SQL_CLOSE); }},
      {Call::free, "SQLFreeStmt(SQL_UNBIND)", kStmt, [](Subject& s) { return ::SQLFreeStmt(s.statement, SQL_UNBIND); }},
      {Call::reset_parameters, "SQLFreeStmt(SQL_RESET_PARAMS)", kStmt, [](Subject& s) { return ::SQLFreeStmt(s.statement, SQL_RESET_PARAMS); }},
      {Call::get_attribute, "SQLGetStmtAttr", kStmt, [](Subject& s) { return ::SQLGetStmtAttr(s.statement, SQL_ATTR_MAX_ROWS, &length, 0, nullptr); }},
      {Call::get_cursor_name, "SQLGetCursorName", kStmt, [](Subject& s) { return ::SQLGetCursorName(s.statement, text, sizeof text, nullptr); }},
      {Call::get_data, "SQLGetData", kStmt, [](Subject& s) { return ::SQLGetData(s.statement, 1, SQL_C_SLONG, &number, 0, &length); }},
      {Call::get_descriptor, "SQLGetDescField", kDesc, [](Subject& s) { return ::SQLGetDescField(s.ard, 0, SQL_DESC_COUNT, &small, 0, nullptr); }},
      {Call::get_descriptor, "SQLGetDescRec", kDesc, [](Subject& s) { return ::SQLGetDescRec(s.ard, 1, nullptr, 0, nullptr, &small, nullptr, nullptr, nullptr, nullptr, nullptr); }},
      {Call::get_ird, "SQLGetDescField(IRD)", kDesc, [](Subject& s) { return ::SQLGetDescField(s.ird, 1, SQL_DESC_TYPE, &small, 0, nullptr); }},
      {Call::get_ird, "SQLGetDescRec(IRD)", kDesc, [](Subject& s) { return ::SQLGetDescRec(s.ird, 1, nullptr, 0, nullptr, &small, nullptr, nullptr, nullptr, nullptr, nullptr); }},
      {Call::get_row_number, "SQLGetStmtAttr(SQL_ATTR_ROW_NUMBER)", kStmt, [](Subject& s) { return ::SQLGetStmtAttr(s.statement, SQL_ATTR_ROW_NUMBER, &length, 0, nullptr); }},
      {Call::more_results, "SQLMoreResults", kStmt, [](Subject& s) { return ::SQLMoreResults(s.statement); }},
      {Call::new_statement, "SQLPrepare", kStmt, [](Subject& s) { return ::SQLPrepare(s.statement, sql_text("SELECT 2"), SQL_NTS); }},
      {Call::new_statement, "SQLExecDirect", kStmt, [](Subject& s) { return ::SQLExecDirect(s.statement, sql_text("SELECT 2"), SQL_NTS); }},
      {Call::new_statement, "SQLGetTypeInfo", kStmt, [](Subject& s) { return ::SQLGetTypeInfo(s.statement, SQL_ALL_TYPES); }},
      {Call::new_statement, "SQLTables", kStmt, [t](Subject& s) { return ::SQLTables(s.statement, nullptr, 0, nullptr, 0, t, 1, nullptr, 0); }},
      {Call::new_statement, "SQLColumns", kStmt, [t](Subject& s) { return ::SQLColumns(s.statement, nullptr, 0, nullptr, 0, t, 1, nullptr, 0); }},
      {Call::new_statement, "SQLPrimaryKeys", kStmt, [t](Subject& s) { return ::SQLPrimaryKeys(s.statement, nullptr, 0, nullptr, 0, t, 1); }},
      {Call::new_statement, "SQLForeignKeys", kStmt, [t](Subject& s) { return ::SQLForeignKeys(s.statement, nullptr, 0, nullptr, 0, t, 1, nullptr, 0, nullptr, 0, nullptr, 0); }},
      {Call::new_statement, "SQLStatistics", kStmt, [t](Subject& s) { return ::SQLStatistics(s.statement, nullptr, 0, nullptr, 0, t, 1, SQL_INDEX_ALL, SQL_QUICK); }},
      {Call::new_statement, "SQLSpecialColumns", kStmt, [t](Subject& s) { return ::SQLSpecialColumns(s.statement, SQL_BEST_ROWID, nullptr, 0, nullptr, 0, t, 1, SQL_SCOPE_SESSION, SQL_NULLABLE); }},
      {Call::new_statement, "SQLProcedures", kStmt, [t](Subject& s) { return ::SQLProcedures(s.statement, nullptr, 0, nullptr, 0, t, 1); }},
      {Call::new_statement, "SQLProcedureColumns", kStmt, [t](Subject& s) { return ::SQLProcedureColumns(s.statement, nullptr, 0, nullptr, 0, t, 1, nullptr, 0); }},
      {Call::new_statement, "SQLTablePrivileges", kStmt, [t](Subject& s) { return ::SQLTablePrivileges(s.statement, nullptr, 0, nullptr, 0, t, 1); }},
      {Call::new_statement, "SQLColumnPrivileges", kStmt, [t](Subject& s) { return ::SQLColumnPrivileges(s.statement, nullptr, 0, nullptr, 0, t, 1, nullptr, 0); }},
      {Call::parameter_data, "SQLParamData", kStmt, [](Subject& s) { SQLPOINTER token = nullptr; return ::SQLParamData(s.statement, &token); }},
      {Call::parameter_count, "SQLNumParams", kStmt, [](Subject& s) { return ::SQLNumParams(s.statement, &small); }},
      {Call::result_columns, "SQLNumResultCols", kStmt, [](Subject& s) { return ::SQLNumResultCols(s.statement, &small); }},
      {Call::put_data, "SQLPutData", kStmt, [](Subject& s) { return ::SQLPutData(s.statement, &number, 0); }},
      {Call::row_count, "SQLRowCount", kStmt, [](Subject& s) { return ::SQLRowCount(s.statement, &length); }},
      {Call::set_attribute, "SQLSetStmtAttr", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_MAX_ROWS, pointer(0), 0); }},
      {Call::set_connection_attribute, "SQLSetConnectAttr", kDbc, [pointer](Subject& s) { return ::SQLSetConnectAttr(s.connection, SQL_ATTR_METADATA_ID, pointer(SQL_FALSE), 0); }},
      {Call::set_current_catalog, "SQLSetConnectAttr(SQL_ATTR_CURRENT_CATALOG)", kDbc, [t](Subject& s) { return ::SQLSetConnectAttr(s.connection, SQL_ATTR_CURRENT_CATALOG, t, 1); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_CURSOR_TYPE)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_CURSOR_TYPE, pointer(SQL_CURSOR_STATIC), 0); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_CONCURRENCY)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_CONCURRENCY, pointer(SQL_CONCUR_READ_ONLY), 0); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_CURSOR_SCROLLABLE)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_CURSOR_SCROLLABLE, pointer(SQL_NONSCROLLABLE), 0); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_CURSOR_SENSITIVITY)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_CURSOR_SENSITIVITY, pointer(SQL_UNSPECIFIED), 0); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_SIMULATE_CURSOR)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_SIMULATE_CURSOR, pointer(SQL_SC_UNIQUE), 0); }},
      {Call::set_cursor_attribute, "SQLSetStmtAttr(SQL_ATTR_USE_BOOKMARKS)", kStmt, [pointer](Subject& s) { return ::SQLSetStmtAttr(s.statement, SQL_ATTR_USE_BOOKMARKS, pointer(SQL_UB_OFF), 0); }},
      {Call::set_cursor_name, "SQLSetCursorName", kStmt, [t](Subject& s) { return ::SQLSetCursorName(s.statement, t, 1); }},
      {Call::set_descriptor, "SQLSetDescField", kDesc, [pointer](Subject& s) { return ::SQLSetDescField(s.ard, 1, SQL_DESC_TYPE, pointer(static_cast<std::uintptr_t>(SQL_C_SLONG)), 0); }},
      {Call::set_descriptor, "SQLSetDescRec", kDesc, [](Subject& s) { return ::SQLSetDescRec(s.ard, 1, SQL_C_SLONG, 0, 4, 0, 0, &number, nullptr, nullptr); }},
      {Call::set_descriptor, "SQLCopyDesc", kDesc, [](Subject& s) { return ::SQLCopyDesc(s.explicit_descriptor, s.ard); }},
      {Call::set_position, "SQLSetPos", kStmt, [](Subject& s) { return ::SQLSetPos(s.statement, 1, SQL_POSITION, SQL_LOCK_NO_CHANGE); }},
      // clang-format on
  };
}

std::string expected(const Caller& caller, State state, bool is_prepared) {
  const odbc::StateRow& row = odbc::state_rows()[static_cast<std::size_t>(caller.row)];
  const odbc::Refusal& cell = row.refusals[static_cast<std::size_t>(state)];
  const auto& refusal = is_prepared ? cell.prepared : cell.direct;
  return refusal ? std::string(odbc::sqlstate_text(*refusal)) : "";
}

std::string state_said(const Caller& caller, Subject& s) {
  if (caller.call(s) != SQL_ERROR) return "";
  const auto records = diagnostics(caller.reports_on, reporting_handle(caller, s));
  return records.empty() ? "nothing" : records.front().state;
}

bool is_refusal(const std::string& state) {
  constexpr std::array kRefusals{"HY010", "24000", "HY011", "HY007", "07005", "nothing"};
  return std::ranges::count(kRefusals, state) != 0;
}

void in_state(const Way& way, const Script& more, const std::function<void(Subject&)>& body) {
  SCOPED_TRACE(std::string(odbc::state_name(way.state)) + (way.prepared ? " (prepared)" : " (direct)"));
  const Server* const one[] = {&kMySql97};
  const auto client = [&](Connection& connection) {
    Subject subject(connection);
    way.go(subject);
    body(subject);
  };
  replay(Script(way.talk).then(more).closes(), client,
         {.servers = one, .settings = "MULTI_STATEMENTS=1;", .whole_only = true, .wrappings = {}});
}

}  // namespace selkie::test
