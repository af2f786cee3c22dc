#include "odbc/states.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace selkie::odbc {
namespace {

// The cells, named by their SQLSTATE; `go` admits.
constexpr Refusal both(SqlState state) { return {state, state}; }
constexpr Refusal go{};
constexpr Refusal s07005 = both(SqlState::not_a_cursor_specification);
constexpr Refusal s24000 = both(SqlState::invalid_cursor_state);
constexpr Refusal HY007 = both(SqlState::not_prepared);
constexpr Refusal HY010 = both(SqlState::sequence_error);
constexpr Refusal HY011 = both(SqlState::attribute_cannot_be_set_now);
constexpr Refusal HY010np{std::nullopt, SqlState::sequence_error};                          // not prepared
constexpr Refusal s24000p{SqlState::invalid_cursor_state, SqlState::sequence_error};        // prepared, else HY010
constexpr Refusal HY011p{SqlState::attribute_cannot_be_set_now, SqlState::sequence_error};  // likewise

// The state tables give an unprepared IRD HY010, SQLGetDescField and SQLCopyDesc themselves say HY007, which says more.
constexpr StateRow kRows[] = {
    // clang-format off
    //                                                                        S1      S2      S3      S4       S4+      S5       S6       S7       S8      S9      S10     S13      S14
    {Call::bind,                     "SQLBindCol, SQLBindParameter",          {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::bulk_operations,          "SQLBulkOperations",                     {HY010,  HY010,  HY010,  s24000,  s24000,  go,      go,      HY010,   HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::close_cursor,             "SQLCloseCursor",                        {s24000, s24000, s24000, s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::column_attribute,         "SQLColAttribute",                       {HY010,  s07005, go,     s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::column_count_attribute,   "SQLColAttribute of SQL_DESC_COUNT",     {HY010,  go,     go,     s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::copy_from_ird,            "SQLCopyDesc from an IRD",               {HY007,  s24000, go,     s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::describe_column,          "SQLDescribeCol",                        {HY010,  s07005, go,     s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::describe_parameter,       "SQLDescribeParam",                      {HY010,  go,     go,     HY010np, HY010np, HY010,   HY010,   HY010,   HY010,  HY010,  HY010,  HY010np, HY010np}},
    {Call::disconnect,               "SQLDisconnect",                         {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::end_transaction,          "SQLEndTran",                            {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::execute,                  "SQLExecute",                            {HY010,  go,     go,     HY010np, s24000p, s24000p, s24000p, s24000p, HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::extended_fetch,           "SQLExtendedFetch",                      {HY010,  HY010,  HY010,  s24000,  s24000,  go,      HY010,   go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::fetch,                    "SQLFetch, SQLFetchScroll",              {HY010,  HY010,  HY010,  s24000,  s24000,  go,      go,      HY010,   HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::free,                     "SQLFreeHandle, SQLFreeStmt",            {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::get_attribute,            "SQLGetStmtAttr",                        {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::get_cursor_name,          "SQLGetCursorName",                      {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::get_data,                 "SQLGetData",                            {HY010,  HY010,  HY010,  s24000,  s24000,  s24000,  go,      go,      HY010,  HY010,  HY010,  HY010,   go}},
    {Call::get_descriptor,           "SQLGetDescField, SQLGetDescRec",        {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::get_ird,                  "SQLGetDescField, SQLGetDescRec of an IRD's columns",
                                                                              {HY007,  go,     go,     s24000,  s24000,  go,      go,      go,      HY010,  HY010,  HY010,  s24000,  s24000}},
    {Call::get_row_number,           "SQLGetStmtAttr of SQL_ATTR_ROW_NUMBER", {s24000, s24000, s24000, s24000,  s24000,  s24000,  go,      go,      HY010,  HY010,  HY010,  s24000,  s24000}},
    {Call::more_results,             "SQLMoreResults",                        {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::new_statement,            "SQLPrepare, SQLExecDirect, SQLGetTypeInfo and the catalog functions",
                                                                              {go,     go,     go,     go,      s24000,  s24000,  s24000,  s24000,  HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::parameter_count,          "SQLNumParams",                          {HY010,  go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::parameter_data,           "SQLParamData",                          {HY010,  HY010,  HY010,  HY010,   HY010,   HY010,   HY010,   HY010,   go,     HY010,  go,     go,      go}},
    {Call::put_data,                 "SQLPutData",                            {HY010,  HY010,  HY010,  HY010,   HY010,   HY010,   HY010,   HY010,   HY010,  go,     go,     HY010,   HY010}},
    {Call::reset_parameters,         "SQLFreeStmt of SQL_RESET_PARAMS",       {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::result_columns,           "SQLNumResultCols",                      {HY010,  go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::row_count,                "SQLRowCount",                           {HY010,  HY010,  HY010,  go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::set_attribute,            "SQLSetStmtAttr",                        {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::set_connection_attribute, "SQLSetConnectAttr",                     {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::set_current_catalog,      "SQLSetConnectAttr of SQL_ATTR_CURRENT_CATALOG",
                                                                              {go,     go,     go,     go,      go,      s24000,  s24000,  s24000,  HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::set_cursor_attribute,     "SQLSetStmtAttr of the cursor's kind",   {go,     HY011,  HY011,  s24000,  s24000,  s24000,  s24000,  s24000,  HY011p, HY011p, HY011p, HY010,   HY010}},
    {Call::set_cursor_name,          "SQLSetCursorName",                      {go,     go,     go,     s24000,  s24000,  s24000,  s24000,  s24000,  HY010,  HY010,  HY010,  HY010,   HY010}},
    {Call::set_descriptor,           "SQLSetDescField, SQLSetDescRec, SQLCopyDesc",
                                                                              {go,     go,     go,     go,      go,      go,      go,      go,      HY010,  HY010,  HY010,  go,      go}},
    {Call::set_position,             "SQLSetPos",                             {HY010,  HY010,  HY010,  s24000,  s24000,  s24000,  go,      go,      HY010,  HY010,  HY010,  HY010,   HY010}},
    // clang-format on
};

constexpr bool has_a_row_for_each_call() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].call) != i) return false;
  }
  return std::size(kRows) == kCalls;
}
static_assert(has_a_row_for_each_call());

bool has_cursor(State state) { return state >= State::cursor_opened && state <= State::cursor_extended; }

// What the application can do about it.
std::string_view advice(SqlState refusal, State state) {
  if (state >= State::output_available) {
    return "Streamed OUT values are waiting: go on with SQLParamData and SQLGetData, or leave them with SQLMoreResults.";
  }
  if (state >= State::need_data) {
    return state == State::must_put
               ? "Data is awaited for a parameter: send it with SQLPutData, or call SQLCancel."
               : "Data is awaited for parameters: go on with SQLParamData and SQLPutData, or call SQLCancel.";
  }
  switch (refusal) {
    case SqlState::invalid_cursor_state:
      if (state == State::executed_more)
        return "More results are waiting: read them with SQLMoreResults, or close the statement.";
      return has_cursor(state) ? "A cursor is open and this needs it closed, or needs a row fetched first."
                               : "No result set is open.";
    case SqlState::not_prepared:
    case SqlState::sequence_error:
      if (state == State::allocated) return "Prepare or execute a statement first.";
      if (state <= State::prepared_results) return "Execute the statement first.";
      return has_cursor(state) ? "This does not go with how the open cursor is fetched or was made."
                               : "This needs a statement that SQLPrepare prepared.";
    case SqlState::attribute_cannot_be_set_now: return "Set this attribute before preparing the statement.";
    default: return {};
  }
}

}  // namespace

std::string_view state_name(State state) {
  constexpr std::string_view kNames[] = {"S1 allocated",
                                         "S2 prepared, no results",
                                         "S3 prepared, results",
                                         "S4 executed",
                                         "S4 more results to come",
                                         "S5 cursor opened",
                                         "S6 fetched",
                                         "S7 extended fetch",
                                         "S8 needs data",
                                         "S9 must put",
                                         "S10 can put",
                                         "S13 output available",
                                         "S14 output named"};
  static_assert(std::size(kNames) == kStates);
  return kNames[static_cast<std::size_t>(state)];
}

std::span<const StateRow> state_rows() { return kRows; }

constinit const std::array<Admitting, kCalls> kAdmitting = [] {
  std::array<Admitting, kCalls> admitting;
  for (std::size_t call = 0; call < kCalls; ++call) {
    for (std::size_t state = 0; state < kStates; ++state) {
      const Refusal& refusal = kRows[call].refusals[state];
      const auto bit = static_cast<std::uint16_t>(1u << state);
      if (!refusal.prepared) admitting[call].prepared |= bit;
      if (!refusal.direct) admitting[call].direct |= bit;
    }
  }
  return admitting;
}();

void admit(Call call, State state, bool is_prepared) {
  const Refusal& refusal = kRows[static_cast<std::size_t>(call)].refusals[static_cast<std::size_t>(state)];
  if (const auto why = is_prepared ? refusal.prepared : refusal.direct) throw Fail(*why, std::string(advice(*why, state)));
}

}  // namespace selkie::odbc
