#include "odbc/diagnostics.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace selkie::odbc {
namespace {

// "[vendor][component]" of what the driver says itself; the server's own words get "[server]" behind it.
// Spec: SQLGetDiagField, "SQL_DIAG_MESSAGE_TEXT"; "Diagnostic Messages"
constexpr std::string_view kPrefix = "[Selkie][ODBC 3.8 driver]";

using protocol::Errc;

// What a failure of the protocol core is called in ODBC. server_error has its own tables below.
struct CoreState {
  Errc errc;
  SqlState state;
};
constexpr CoreState kCoreStates[] = {
    {Errc::connect_failed, SqlState::cannot_connect},
    {Errc::connect_timeout, SqlState::timeout},  // SQL_ATTR_LOGIN_TIMEOUT is HYT00 in SQLConnect
    {Errc::not_a_server, SqlState::cannot_connect},
    {Errc::tls_unavailable, SqlState::cannot_connect},
    {Errc::tls_failed, SqlState::cannot_connect},
    {Errc::compression_refused, SqlState::cannot_connect},
    {Errc::auth_unsupported, SqlState::invalid_authorization},
    {Errc::auth_refused, SqlState::invalid_authorization},
    {Errc::connection_lost, SqlState::link_failure},
    {Errc::timed_out, SqlState::connection_timeout},  // SQL_ATTR_CONNECTION_TIMEOUT
    {Errc::deadline_passed, SqlState::timeout},       // SQL_ATTR_QUERY_TIMEOUT
    {Errc::malformed, SqlState::link_failure},
    {Errc::packet_too_large, SqlState::link_failure},  // the session is closed after it
    {Errc::spool_failed, SqlState::general_error},
    {Errc::local_infile_refused, SqlState::general_error},
    {Errc::session_dead, SqlState::link_failure},
    {Errc::bad_option, SqlState::cannot_connect},
};

constexpr std::uint16_t kOptionPrevents = 1290;  // ER_OPTION_PREVENTS_STATEMENT

// Errors whose SQLSTATE from the server is HY000, or says something else in ODBC. Sorted by code.
// Spec: ODBC Appendix A; MySQL "Server Error Message Reference"; MariaDB "Error Codes"
constexpr ServerState kServerStates[] = {
    {1020, "40001", "record has changed since last read: snapshot isolation"},
    {1040, "08004", "too many connections: said before the greeting, without a state"},
    {1053, "08S01", "shutdown in progress"},
    {1061, "42S11", "duplicate key name"},
    {1129, "08004", "host is blocked"},
    {1130, "08004", "host is not allowed to connect"},
    {1176, "42S12", "key does not exist"},
    {1203, "08004", "too many connections of this user"},
    {1205, "HYT00", "lock wait timeout"},
    {1251, "08004", "client does not support the authentication"},
    {1265, "22018", "data truncated, sent as 01000 although it is an error"},
    {1300, "22018", "invalid character string"},
    {1364, "23000", "field has no default value"},
    {1366, "22018", "incorrect integer, string, ... value"},
    {1369, "44000", "CHECK OPTION failed"},
    {1411, "22007", "incorrect value for a function"},
    {1525, "22007", "incorrect DATE, DATETIME, ... value"},
    {1820, "42000", "password has expired: nothing but setting a new one is allowed"},
    {1836, "25006", "server is read-only (MySQL)"},
    {1862, "28000", "password has expired"},
    {1927, "08S01", "connection was killed (MariaDB)"},
    {1969, "HYT00", "max_statement_time exceeded (MariaDB)"},
    {2006, "08S01", "vtgate: server has gone away"},
    {2013, "08S01", "vtgate: lost connection during query"},
    {3024, "HYT00", "max_execution_time exceeded (MySQL)"},
    {3118, "28000", "account is locked (MySQL)"},
    {3159, "08004", "server demands TLS"},
    {3169, "08S01", "session was killed (MySQL)"},
    {3572, "HYT00", "NOWAIT"},
    {3819, "23000", "CHECK constraint violated (MySQL)"},
    {4031, "08S01", "disconnected for inactivity (MySQL)"},
    {4151, "28000", "account is locked (MariaDB)"},
};
static_assert(std::is_sorted(std::begin(kServerStates), std::end(kServerStates),
                             [](const ServerState& a, const ServerState& b) { return a.code < b.code; }));

// What a value's conversion is called.
struct OutcomeState {
  Outcome outcome;
  SqlState state;
};
constexpr OutcomeState kOutcomeStates[] = {
    {Outcome::truncated, SqlState::truncated},
    {Outcome::fraction_truncated, SqlState::fraction_truncated},
    {Outcome::null_without_indicator, SqlState::indicator_required},
    {Outcome::out_of_range, SqlState::out_of_range},
    {Outcome::not_convertible, SqlState::bad_cast},
    {Outcome::bad_datetime, SqlState::bad_datetime},
    {Outcome::datetime_overflow, SqlState::datetime_overflow},
    {Outcome::interval_overflow, SqlState::interval_overflow},
    {Outcome::bad_length, SqlState::invalid_length},
    {Outcome::too_long, SqlState::string_too_long},
};

// States with a subclass that ODBC added to the standard, apart from those marked by an S, HYT or IM.
// Spec: SQLGetDiagField, "SQL_DIAG_SUBCLASS_ORIGIN"
constexpr std::string_view kOdbcSubclasses[] = {"HY095", "HY097", "HY098", "HY099", "HY100", "HY101",
                                                "HY105", "HY107", "HY109", "HY110", "HY111"};

// Spec: SQLGetDiagField, "Values of the Dynamic Function Fields"
struct DynamicFunction {
  SQLINTEGER code;
  std::string_view name;
};
constexpr DynamicFunction kDynamicFunctions[] = {
    {SQL_DIAG_ALTER_TABLE, "ALTER TABLE"},
    {SQL_DIAG_CALL, "CALL"},
    {SQL_DIAG_CREATE_INDEX, "CREATE INDEX"},
    {SQL_DIAG_CREATE_SCHEMA, "CREATE SCHEMA"},
    {SQL_DIAG_CREATE_TABLE, "CREATE TABLE"},
    {SQL_DIAG_CREATE_VIEW, "CREATE VIEW"},
    {SQL_DIAG_DELETE_WHERE, "DELETE WHERE"},
    {SQL_DIAG_DROP_INDEX, "DROP INDEX"},
    {SQL_DIAG_DROP_SCHEMA, "DROP SCHEMA"},
    {SQL_DIAG_DROP_TABLE, "DROP TABLE"},
    {SQL_DIAG_DROP_VIEW, "DROP VIEW"},
    {SQL_DIAG_DYNAMIC_DELETE_CURSOR, "DYNAMIC DELETE CURSOR"},
    {SQL_DIAG_DYNAMIC_UPDATE_CURSOR, "DYNAMIC UPDATE CURSOR"},
    {SQL_DIAG_GRANT, "GRANT"},
    {SQL_DIAG_INSERT, "INSERT"},
    {SQL_DIAG_REVOKE, "REVOKE"},
    {SQL_DIAG_SELECT_CURSOR, "SELECT CURSOR"},
    {SQL_DIAG_UPDATE_WHERE, "UPDATE WHERE"},
};

SqlState core_state(Errc errc) {
  for (const CoreState& known : kCoreStates) {
    if (known.errc == errc) return known.state;
  }
  return SqlState::general_error;
}

void set_state(char (&to)[6], std::string_view state) {
  std::memcpy(to, state.data(), 5);
  to[5] = '\0';
}

bool is_sqlstate(std::string_view state) {
  return state.size() == 5 &&
         std::all_of(state.begin(), state.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

// The ODBC 2 name of a server's state. Spec: "SQLSTATE Mappings"
std::array<char, 5> odbc2_state(std::string_view state) {
  std::array<char, 5> old{};
  std::copy_n(state.begin(), 5, old.begin());
  if (state.starts_with("HY")) {  // HY010 -> S1010
    old[0] = 'S', old[1] = '1';
  } else if (state.starts_with("42S")) {  // 42S02 -> S0002
    old[0] = 'S', old[1] = '0', old[2] = '0';
  } else if (state == "42000") {
    return {'3', '7', '0', '0', '0'};
  } else if (state == "22018") {
    return {'2', '2', '0', '0', '5'};
  } else if (state == "22007") {
    return {'2', '2', '0', '0', '8'};
  }
  return old;
}

void fill(DiagnosticRecord& record, SqlState state, std::string_view message) {
  set_state(record.state, sqlstate_text(state));
  set_state(record.state2, sqlstate2_text(state));
  record.message.append(kPrefix).append(message.empty() ? default_message(state) : message);
}

}  // namespace

void Diagnostics::clear_records() {
  records_.clear();
  errors_ = 0;
}

DiagnosticRecord& Diagnostics::add(bool is_error, SQLLEN row, SQLINTEGER column) {
  // Spec: "Sequence of Status Records". The numbers for "no row" (-1) and "unknown row" (-2) sort as they should.
  const auto place = std::upper_bound(records_.begin(), records_.end(), row, [&](SQLLEN at, const DiagnosticRecord& record) {
    return record.row != at ? at < record.row : is_error && !record.is_error;
  });
  DiagnosticRecord& record = *records_.emplace(place);
  record.row = row;
  record.column = column;
  record.is_error = is_error;
  errors_ += is_error ? 1 : 0;
  return record;
}

void Diagnostics::post(bool is_error, SqlState state, std::string_view message, SQLLEN row, SQLINTEGER column) {
  fill(add(is_error, row, column), state, message);
}

void Diagnostics::error(SqlState state, std::string_view message, SQLLEN row, SQLINTEGER column) {
  post(true, state, message, row, column);
}

void Diagnostics::warning(SqlState state, std::string_view message, SQLLEN row, SQLINTEGER column) {
  post(false, state, message, row, column);
}

SqlState state_of(Outcome outcome) {
  for (const OutcomeState& known : kOutcomeStates) {
    if (known.outcome == outcome) return known.state;
  }
  return SqlState::general_error;
}

void Diagnostics::conversion(Outcome outcome, SQLLEN row, SQLINTEGER column) {
  const bool is_told = outcome != Outcome::ok && outcome != Outcome::no_data;
  if (is_told) post(is_error(outcome), state_of(outcome), {}, row, column);
}

void Diagnostics::failure(const protocol::Failure& failure, SQLLEN row) {
  DiagnosticRecord& record = add(true, row, SQL_NO_COLUMN_NUMBER);
  record.native = failure.server_code;
  if (failure.errc == Errc::server_error) {
    const std::string_view state = server_state(failure);
    set_state(record.state, state);
    set_state(record.state2, {odbc2_state(state).data(), 5});
  } else {
    const SqlState state = core_state(failure.errc);
    set_state(record.state, sqlstate_text(state));
    set_state(record.state2, sqlstate2_text(state));
  }
  record.message = kPrefix;
  if (failure.server_code != 0 && !server_.empty()) record.message.append("[").append(server_).append("]");
  record.message += failure.message;
  // A transaction that failed outranks everything else of its row. Spec: "Sequence of Status Records"
  if (std::string_view(record.state).starts_with("40")) {
    const auto first = std::ranges::find(records_, row, &DiagnosticRecord::row);
    std::rotate(first, records_.begin() + (&record - records_.data()), records_.begin() + (&record - records_.data() + 1));
  }
}

void Diagnostics::head_bad_rows() {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const SQLLEN row = records_[i].row;
    const bool begins_row = row >= 1 && (i == 0 || records_[i - 1].row != row);
    if (!begins_row || !records_[i].is_error) continue;
    fill(*records_.emplace(records_.begin() + static_cast<std::ptrdiff_t>(i)), SqlState::row_error, {});
    records_[i].row = row;
    ++i;
  }
}

void Diagnostics::take(Diagnostics& other) {
  for (DiagnosticRecord& record : other.records_) {
    add(record.is_error, record.row, record.column) = std::move(record);
  }
  other.clear();
}

void Diagnostics::server_warning(SQLINTEGER code, std::string_view message) {
  DiagnosticRecord& record = add(false, SQL_NO_ROW_NUMBER, SQL_NO_COLUMN_NUMBER);
  set_state(record.state, sqlstate_text(SqlState::general_warning));
  set_state(record.state2, sqlstate2_text(SqlState::general_warning));
  record.native = code;
  record.message.append(kPrefix).append("[").append(server_).append("]").append(message);
}

std::string_view server_state(const protocol::Failure& failure) {
  // The code is of many options, and only the words tell which.
  if (failure.server_code == kOptionPrevents && failure.message.find("read-only") != std::string::npos) return "25006";
  const auto* row = std::lower_bound(std::begin(kServerStates), std::end(kServerStates), failure.server_code,
                                     [](const ServerState& s, std::uint16_t code) { return s.code < code; });
  if (row != std::end(kServerStates) && row->code == failure.server_code) return {row->state, 5};
  const std::string_view state{failure.sqlstate.data(), ::strnlen(failure.sqlstate.data(), 5)};
  const bool is_failure =
      is_sqlstate(state) && !state.starts_with("00") && !state.starts_with("01") && !state.starts_with("02");
  return is_failure ? state : "HY000";
}

std::span<const ServerState> server_states() { return kServerStates; }

std::string_view class_origin(std::string_view state) { return state.starts_with("IM") ? "ODBC 3.0" : "ISO 9075"; }

std::string_view subclass_origin(std::string_view state) {
  const bool is_odbc = state.starts_with("IM") || state.starts_with("HYT") || (state.size() == 5 && state[2] == 'S') ||
                       std::find(std::begin(kOdbcSubclasses), std::end(kOdbcSubclasses), state) != std::end(kOdbcSubclasses);
  return is_odbc ? "ODBC 3.0" : "ISO 9075";
}

std::string_view dynamic_function(SQLINTEGER code) {
  for (const DynamicFunction& known : kDynamicFunctions) {
    if (known.code == code) return known.name;
  }
  return "";
}

}  // namespace selkie::odbc
