// The statement's states and what may be called in each: the specification's state tables as one table, which the entry points
// ask before they do anything. Depends on sqlstate.h alone.
// Spec: ODBC Appendix B, "Statement Transitions"; "Retrieving Output Parameters Using SQLGetData"
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "odbc/sqlstate.h"

namespace selkie::odbc {

// S0 is a handle that is none. S11 and S12 do not occur: nothing runs asynchronously (SQL_ASYNC_MODE is SQL_AM_NONE). The
// tables know none for streamed output parameters; S13 and S14 go on with their numbers, as unixODBC does.
enum class State : std::uint8_t {
  allocated,            // S1
  prepared_no_results,  // S2
  prepared_results,     // S3; also where the server was not asked yet
  executed,             // S4, the last result
  executed_more,        // S4, more results to come
  cursor_opened,        // S5
  cursor_fetched,       // S6: SQLFetch, SQLFetchScroll
  cursor_extended,      // S7: SQLExtendedFetch
  need_data,            // S8
  must_put,             // S9
  can_put,              // S10
  output_available,     // S13: SQL_PARAM_DATA_AVAILABLE was answered
  output_named,         // S14: SQLParamData has named a streamed value
};
inline constexpr std::size_t kStates = 13;
std::string_view state_name(State state);  // "S1 allocated"

// What the application calls: one or several functions with the same row in the tables, or a function with some arguments.
enum class Call : std::uint8_t {
  bind,
  bulk_operations,
  close_cursor,
  column_attribute,
  column_count_attribute,
  copy_from_ird,
  describe_column,
  describe_parameter,
  disconnect,
  end_transaction,
  execute,
  extended_fetch,
  fetch,
  free,
  get_attribute,
  get_cursor_name,
  get_data,
  get_descriptor,
  get_ird,
  get_row_number,
  more_results,
  new_statement,
  parameter_count,
  parameter_data,
  put_data,
  reset_parameters,
  result_columns,
  row_count,
  set_attribute,
  set_connection_attribute,
  set_current_catalog,
  set_cursor_attribute,
  set_cursor_name,
  set_descriptor,
  set_position,
};
inline constexpr std::size_t kCalls = static_cast<std::size_t>(Call::set_position) + 1;

// The state of the calls that a state refuses; empty where the call is admitted. It may differ for what SQLPrepare prepared
// and what SQLExecDirect or a catalog function runs.
struct Refusal {
  std::optional<SqlState> prepared, direct;
};

struct StateRow {
  Call call;
  std::string_view functions;  // "SQLBindCol, SQLBindParameter"
  Refusal refusals[kStates];   // by State
};
std::span<const StateRow> state_rows();  // by Call

// The same as bits, by State, for what SQLPrepare prepared and for what it did not: each call asks them first.
struct Admitting {
  std::uint16_t prepared = 0, direct = 0;
};
static_assert(kStates <= 16);
extern const std::array<Admitting, kCalls> kAdmitting;  // by Call

inline bool admits(Call call, State state, bool is_prepared) {
  const Admitting& states = kAdmitting[static_cast<std::size_t>(call)];
  return ((is_prepared ? states.prepared : states.direct) >> static_cast<unsigned>(state) & 1) != 0;
}
// Throws Fail with the table's SQLSTATE when `state` refuses the call.
void admit(Call call, State state, bool is_prepared);

}  // namespace selkie::odbc
