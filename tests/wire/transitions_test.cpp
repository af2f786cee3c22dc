// The state that a statement is in after each call, told by what is admitted and refused then.
// Spec: ODBC Appendix B, "Statement Transitions"
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/wire/states.h"

namespace selkie::test {
namespace {

// Rows of the tables that have a state behind an arrow, at least in one cell.
bool may_change_state(const Caller& caller) {
  using enum Call;
  constexpr Call kMovers[] = {bulk_operations, close_cursor,  disconnect,     execute,  extended_fetch, fetch, free,
                              more_results,    new_statement, parameter_data, put_data, set_position};
  return std::ranges::find(kMovers, caller.row) != std::end(kMovers);
}

// Calls everything that the state refuses, and everything admitted that leaves a state as it is.
// Behind the last row there is none to read.
void expect_state(State state, bool is_prepared, Subject& s, bool is_past_end = false) {
  SCOPED_TRACE("expecting " + std::string(odbc::state_name(state)) + (is_prepared ? " (prepared)" : " (direct)"));
  for (const Caller& caller : callers()) {
    std::string refusal = expected(caller, state, is_prepared);
    if (is_past_end && (caller.row == Call::get_data || caller.row == Call::get_row_number)) refusal = "24000";
    if (!refusal.empty()) {
      EXPECT_EQ(state_said(caller, s), refusal) << caller.name;
    } else if (!may_change_state(caller)) {
      const std::string said = state_said(caller, s);
      EXPECT_FALSE(is_refusal(said)) << caller.name << ": " << said;
    }
  }
}

// Spec: Appendix B, SQLGetDiagField and SQLGetDiagRec
void expect_row_count_in_the_header(State state, Subject& s) {
  const bool is_executed = state >= State::executed && state <= State::cursor_extended;
  if (state >= State::output_available) return;  // the tables do not know them
  SQLLEN rows = 0;
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, s.statement, 0, SQL_DIAG_ROW_COUNT, &rows, 0, nullptr),
            is_executed ? SQL_SUCCESS : SQL_ERROR);
}

// The same, and then what tells the last states apart and leaves this one: S4 from S4 with more results, S10 from S8 and S9.
void expect_state_and_leave(State state, bool is_prepared, Subject& s, bool is_past_end = false) {
  expect_state(state, is_prepared, s, is_past_end);
  expect_row_count_in_the_header(state, s);
  for (const Call call : {Call::new_statement, Call::parameter_data, Call::put_data}) {
    const std::vector<Caller> all = callers();
    Caller caller = *std::ranges::find(all, call, &Caller::row);
    if (!expected(caller, state, is_prepared).empty()) continue;
    SQLRETURN code = SQL_SUCCESS;
    caller.call = [&, run = caller.call](Subject& subject) { return code = run(subject); };
    const std::string said = state_said(caller, s);
    EXPECT_FALSE(is_refusal(said)) << caller.name << ": " << said;
    EXPECT_EQ(code == SQL_NEED_DATA, state == State::need_data) << caller.name;
    return;
  }
}

struct Transition {
  const char* name;
  Way from;
  std::function<SQLRETURN(Subject&)> call;
  SQLRETURN code;
  State to;
  bool prepared;
  Script talk{};  // what the call says to the server
};

// --- Ways that lead to more results, and to a value that comes in pieces

Way rows_and_more(State state) {
  return {state, false,
          [=](Subject& s) {
            EXPECT_EQ(::SQLExecDirect(s.statement, sql_text("SELECT 1"), SQL_NTS), SQL_SUCCESS);
            if (state == State::cursor_fetched) {
              EXPECT_EQ(::SQLFetch(s.statement), SQL_SUCCESS);
            }
          },
          script()
              .reads(query("SELECT 1"))
              .sends(head({integer("one")}, kAutocommit | kMoreResults), row({"1"}), end(kAutocommit | kMoreResults))};
}

Way count_and_more() {
  return {State::executed_more, false,
          [](Subject& s) { EXPECT_EQ(::SQLExecDirect(s.statement, sql_text("DO 1"), SQL_NTS), SQL_SUCCESS); },
          script().reads(query("DO 1")).sends(ok(kAutocommit | kMoreResults))};
}

Way awaited_text(State state, bool is_prepared) {
  Script talk = script().reads(prepare("DO ?")).sends(prepared(1, 1, {}));
  if (state == State::can_put) talk.reads(long_data(1, 0, "a"));
  return {state, is_prepared,
          [=](Subject& s) {
            static SQLLEN at_execution = SQL_DATA_AT_EXEC;
            SQLPOINTER token = nullptr;
            SQLCHAR* const sql = sql_text("DO ?");
            ::SQLBindParameter(s.statement, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, &at_execution, 0, &at_execution);
            if (is_prepared) ::SQLPrepare(s.statement, sql, SQL_NTS);
            EXPECT_EQ(is_prepared ? ::SQLExecute(s.statement) : ::SQLExecDirect(s.statement, sql, SQL_NTS), SQL_NEED_DATA);
            EXPECT_EQ(::SQLParamData(s.statement, &token), SQL_NEED_DATA);
            if (state == State::can_put) {
              EXPECT_EQ(::SQLPutData(s.statement, sql_text("a"), 1), SQL_SUCCESS);
            }
          },
          talk};
}

// --- The calls

SQLRETURN execute_direct(Subject& s, std::string_view sql) { return ::SQLExecDirect(s.statement, sql_text(sql), SQL_NTS); }
SQLRETURN cancel(Subject& s) { return ::SQLCancel(s.statement); }
SQLRETURN close_cursor(Subject& s) { return ::SQLCloseCursor(s.statement); }
SQLRETURN close_statement_handle(Subject& s) { return ::SQLFreeStmt(s.statement, SQL_CLOSE); }
SQLRETURN execute_prepared(Subject& s) { return ::SQLExecute(s.statement); }
SQLRETURN extended_fetch(Subject& s) { return ::SQLExtendedFetch(s.statement, SQL_FETCH_NEXT, 0, nullptr, nullptr); }
SQLRETURN fetch(Subject& s) { return ::SQLFetch(s.statement); }
SQLRETURN fetch_scroll(Subject& s) { return ::SQLFetchScroll(s.statement, SQL_FETCH_NEXT, 0); }
SQLRETURN fetch_prior(Subject& s) { return ::SQLFetchScroll(s.statement, SQL_FETCH_PRIOR, 0); }
SQLRETURN more_results(Subject& s) { return ::SQLMoreResults(s.statement); }
SQLRETURN type_info(Subject& s) { return ::SQLGetTypeInfo(s.statement, SQL_ALL_TYPES); }
SQLRETURN tables(Subject& s) { return ::SQLTables(s.statement, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 0); }
SQLRETURN param_data(Subject& s) {
  SQLPOINTER token = nullptr;
  return ::SQLParamData(s.statement, &token);
}
SQLRETURN put_number(Subject& s) {
  static std::int32_t value = 7;
  return ::SQLPutData(s.statement, &value, 0);
}
// A preparation is asked of the server only when somebody needs to know.
SQLRETURN prepare_and_ask(Subject& s, std::string_view sql) {
  if (const SQLRETURN code = ::SQLPrepare(s.statement, sql_text(sql), SQL_NTS); code != SQL_SUCCESS) return code;
  SQLSMALLINT columns = 0;
  return ::SQLNumResultCols(s.statement, &columns);
}

// --- The tables

// clang-format off
std::vector<Transition> transitions() {
  using enum State;
  std::vector<Transition> all;
  const auto direct = [](State state) { return way(state, false); };
  const auto by_prepare = [](State state) { return way(state, true); };
  const Reply two[] = {head({integer("two")}), row({"2"}), end()};
  const auto rows = [&](Script talk) { return talk.sends(two[0], two[1], two[2]); };
  const Reply refusal = error(1064, "42000", "no");

  // A new statement takes the place of the former one, and what was prepared is gone also where the new one fails.
  const std::vector<Way> before_new_ones = {direct(allocated), by_prepare(prepared_no_results), by_prepare(prepared_results),
                                direct(executed), by_prepare(executed)};
  for (const Way& from : before_new_ones) {
    const bool p = from.prepared;
    const State keeps = from.state;
    const auto run = [](std::string_view sql) { return [=](Subject& s) { return execute_direct(s, sql); }; };
    const auto make = [](std::string_view sql) { return [=](Subject& s) { return prepare_and_ask(s, sql); }; };
    const auto reads_tables = [] { return script().reads(query_starting("SELECT")); };
    const std::vector<Definition> five(5, text("x"));
    const auto await = [](Subject& s) { return bind_awaited_number(s.statement), execute_direct(s, "DO ?"); };
    all.insert(all.end(), {
        {"SQLExecDirect, no result set", from, run("DO 2"), SQL_SUCCESS, executed, false, script().reads(query("DO 2")).sends(ok())},
        {"SQLExecDirect, result set", from, run("SELECT 2"), SQL_SUCCESS, cursor_opened, false, rows(script().reads(query("SELECT 2")))},
        {"SQLExecDirect, needs data", from, await, SQL_NEED_DATA, need_data, false},
        {"SQLExecDirect, error", from, run("NO"), SQL_ERROR, allocated, false, script().reads(query("NO")).sends(refusal)},
        {"SQLExecDirect, no text", from, [](Subject& s) { return ::SQLExecDirect(s.statement, nullptr, 0); }, SQL_ERROR, keeps, p},
        {"SQLPrepare, no results", from, make("DO 2"), SQL_SUCCESS, prepared_no_results, true, script().reads(prepare("DO 2")).sends(prepared(2, 0, {}))},
        {"SQLPrepare, results", from, make("SELECT 2"), SQL_SUCCESS, prepared_results, true, script().reads(prepare("SELECT 2")).sends(prepared(2, 0, {integer("two")}))},
        {"SQLPrepare, error", from, make("SELECT {fn"), SQL_ERROR, allocated, false},
        {"SQLPrepare, no text", from, [](Subject& s) { return ::SQLPrepare(s.statement, nullptr, 0); }, SQL_ERROR, keeps, p},
        {"SQLPrepare, bad length", from, [](Subject& s) { return ::SQLPrepare(s.statement, sql_text("DO 2"), -9); }, SQL_ERROR, keeps, p},
        {"SQLGetTypeInfo", from, type_info, SQL_SUCCESS, cursor_opened, false},
        {"SQLTables", from, tables, SQL_SUCCESS, cursor_opened, false, reads_tables().sends(head(five), end())},
        {"SQLTables, error", from, tables, SQL_ERROR, allocated, false, reads_tables().sends(refusal)},
    });
  }

  // SQLExecute
  const auto executes = [] { return script().reads(execute(1)); };
  all.insert(all.end(), {
      {"SQLExecute", by_prepare(prepared_no_results), execute_prepared, SQL_SUCCESS, executed, true, executes().sends(ok())},
      {"SQLExecute, error", by_prepare(prepared_no_results), execute_prepared, SQL_ERROR, prepared_no_results, true, executes().sends(refusal)},
      {"SQLExecute", by_prepare(prepared_results), execute_prepared, SQL_SUCCESS, cursor_opened, true, executes().sends(head({integer("one")}), binary_row({int32(1)}), end())},
      {"SQLExecute, error", by_prepare(prepared_results), execute_prepared, SQL_ERROR, prepared_results, true, executes().sends(refusal)},
      {"SQLExecute", by_prepare(executed), execute_prepared, SQL_SUCCESS, executed, true, executes().sends(ok())},
      {"SQLExecute, result set", by_prepare(executed), execute_prepared, SQL_SUCCESS, cursor_opened, true, executes().sends(head({integer("one")}), binary_row({int32(1)}), end())},
      {"SQLExecute, error", by_prepare(executed), execute_prepared, SQL_ERROR, prepared_no_results, true, executes().sends(refusal)},
  });

  // The cursor states
  for (const bool p : {false, true}) {
    const Way opened = way(cursor_opened, p), fetched = way(cursor_fetched, p), extended = way(cursor_extended, p);
    const State closed = p ? prepared_results : allocated;
    all.insert(all.end(), {
        {"SQLFetch", opened, fetch, SQL_SUCCESS, cursor_fetched, p},
        {"SQLFetchScroll", opened, fetch_scroll, SQL_SUCCESS, cursor_fetched, p},
        {"SQLFetchScroll, error", opened, fetch_prior, SQL_ERROR, cursor_opened, p},
        {"SQLExtendedFetch", opened, extended_fetch, SQL_SUCCESS, cursor_extended, p},
        {"SQLFetch, no data", fetched, fetch, SQL_NO_DATA, cursor_fetched, p},
        {"SQLFetchScroll, no data", fetched, fetch_scroll, SQL_NO_DATA, cursor_fetched, p},
        {"SQLExtendedFetch, no data", extended, extended_fetch, SQL_NO_DATA, cursor_extended, p},
    });
    for (const Way& cursor : {opened, fetched, extended}) {
      all.insert(all.end(), {
          {"SQLCloseCursor", cursor, close_cursor, SQL_SUCCESS, closed, p},
          {"SQLFreeStmt(SQL_CLOSE)", cursor, close_statement_handle, SQL_SUCCESS, closed, p},
          {"SQLMoreResults, no data", cursor, more_results, SQL_NO_DATA, closed, p},
      });
    }
  }

  // Results, one after another. What an error of SQLMoreResults leads to is not in the tables: no result is at hand, and more
  // may follow.
  const auto more = [&] { return script().sends(ok()); };
  const auto more_rows = [&] { return rows(script()); };
  for (const Way& from : {count_and_more(), rows_and_more(cursor_opened), rows_and_more(cursor_fetched)}) {
    all.insert(all.end(), {
        {"SQLMoreResults, row count", from, more_results, SQL_SUCCESS, executed, false, more()},
        {"SQLMoreResults, result set", from, more_results, SQL_SUCCESS, cursor_opened, false, more_rows()},
        {"SQLMoreResults, error", from, more_results, SQL_ERROR, executed, false, script().sends(refusal)},
        {"SQLFreeStmt(SQL_CLOSE)", from, close_statement_handle, SQL_SUCCESS, allocated, false, more()},
    });
  }
  for (const Way& from : {direct(allocated), by_prepare(prepared_no_results), by_prepare(prepared_results)}) {
    all.insert(all.end(), {
        {"SQLMoreResults, no data", from, more_results, SQL_NO_DATA, from.state, from.prepared},
        {"SQLFreeStmt(SQL_CLOSE)", from, close_statement_handle, SQL_SUCCESS, from.state, from.prepared},
        {"SQLCancel", from, cancel, SQL_SUCCESS, from.state, from.prepared},
    });
  }
  for (const bool p : {false, true}) {
    const State closed = p ? prepared_no_results : allocated;
    all.insert(all.end(), {
        {"SQLMoreResults, no data", way(executed, p), more_results, SQL_NO_DATA, closed, p},
        {"SQLFreeStmt(SQL_CLOSE)", way(executed, p), close_statement_handle, SQL_SUCCESS, closed, p},
    });

    // The need data states. The server's statement is given up together with the pieces it has got, and with it what is known
    // of the results.
    const State given_up = p ? prepared_results : allocated;
    const auto put_text = [](Subject& s) { return ::SQLPutData(s.statement, sql_text("b"), 1); };
    const auto put_nonsense = [](Subject& s) { return ::SQLPutData(s.statement, sql_text("b"), -9); };
    const auto one_row = [] { return std::pair(head({integer("one")}), binary_row({int32(1)})); };
    all.insert(all.end(), {
        {"SQLParamData", way(need_data, p), param_data, SQL_NEED_DATA, must_put, p},
        {"SQLPutData", way(must_put, p), put_number, SQL_SUCCESS, can_put, p, script().reads(prepare("DO ?")).sends(prepared(1, 1, {}))},
        {"SQLPutData, error", awaited_text(must_put, p), put_nonsense, SQL_ERROR, given_up, p},
        {"SQLPutData, another piece", awaited_text(can_put, p), put_text, SQL_SUCCESS, can_put, p, script().reads(long_data(1, 0, "b"))},
        {"SQLPutData, a number in pieces", way(can_put, p), put_number, SQL_ERROR, given_up, p},
        {"SQLParamData, no result set", way(can_put, p), param_data, SQL_SUCCESS, executed, p, executes().sends(ok())},
        {"SQLParamData, result set", way(can_put, p), param_data, SQL_SUCCESS, cursor_opened, p, executes().sends(one_row().first, one_row().second, end())},
        {"SQLParamData, error", way(can_put, p), param_data, SQL_ERROR, closed, p, executes().sends(refusal)},
    });
    for (const State awaits : {need_data, must_put, can_put}) {
      all.push_back({"SQLCancel", way(awaits, p), cancel, SQL_SUCCESS, given_up, p});
    }

    // Streamed output
    all.insert(all.end(), {
        {"SQLParamData", way(output_available, p), param_data, SQL_PARAM_DATA_AVAILABLE, output_named, p},
        {"SQLParamData, the last was read", way(output_named, p), param_data, SQL_SUCCESS, executed, p},
    });
    for (const State waits : {output_available, output_named}) {
      all.insert(all.end(), {
          {"SQLMoreResults, no data", way(waits, p), more_results, SQL_NO_DATA, closed, p},
          {"SQLCloseCursor", way(waits, p), close_cursor, SQL_SUCCESS, closed, p},
          {"SQLFreeStmt(SQL_CLOSE)", way(waits, p), close_statement_handle, SQL_SUCCESS, closed, p},
          {"SQLCancel", way(waits, p), cancel, SQL_SUCCESS, closed, p},
      });
    }
  }
  return all;
}
// clang-format on

TEST(StatementTransition, EachCallLeadsToTheStateOfTheTables) {
  for (const Transition& transition : transitions()) {
    SCOPED_TRACE(transition.name);
    in_state(transition.from, transition.talk, [&](Subject& s) {
      EXPECT_EQ(transition.call(s), transition.code);
      const bool is_past_end = transition.code == SQL_NO_DATA && transition.to > State::cursor_opened;
      expect_state_and_leave(transition.to, transition.prepared, s, is_past_end);
    });
  }
}

TEST(StatementTransition, TheOtherCallsLeaveTheStateAsItIs) {
  for (const Way& way : all_ways()) {
    in_state(way, {}, [&](Subject& s) {
      for (int round = 0; round < 2; ++round) expect_state(way.state, way.prepared, s);
      expect_state_and_leave(way.state, way.prepared, s);
    });
  }
}

}  // namespace
}  // namespace selkie::test
