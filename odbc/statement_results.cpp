// A statement's results, one after another: columns, rows, row counts, OUT values, warnings, and how reading them may fail.
#include <charconv>
#include <chrono>
#include <utility>

#include "odbc/keyset.h"
#include "odbc/sql_kind.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

constexpr std::size_t kMaxColumns = 32767;  // an SQLSMALLINT counts them
constexpr std::uint16_t kInterrupted = 1317;

// How long a command may take to end after KILL QUERY before the connection is given up.
constexpr std::chrono::seconds kKillGrace{10};

}  // namespace

SQLSMALLINT Statement::result_columns() {
  if (phase_ == Phase::prepared) {
    prepare_on_server();
    ird_.show(server_statement_ ? server_statement_->columns : nullptr);
  }
  return ird_.columns() ? static_cast<SQLSMALLINT>(ird_.columns()->size()) : SQLSMALLINT{0};
}

const protocol::ColumnSetPtr& Statement::require_columns(Call call) {
  if (result_columns() == 0) admit(call);
  return ird_.columns();
}

protocol::ResultHead Statement::next_head(const protocol::ColumnSetPtr& known) {
  // After a DROP and a CREATE, too: MySQL would go on with the types that the parameters had for the former table.
  const bool changes_context = sql_.kind == StatementKind::set || sql_.kind == StatementKind::use ||
                               sql_.kind == StatementKind::ddl || sql_.has_several_statements;
  if (changes_context) connection_.session().context_changed();
  connection_.expect_end_after_kill();
  auto head = answer_.next_result(known);
  if (!head.ok()) fail(std::move(head).failure());
  release_wire_when_done();
  return std::move(*head);
}

void Statement::open_next_result(const protocol::ColumnSetPtr& known) {
  protocol::ResultHead head = next_head(known);
  const bool is_of_text = server_statement_ && head.has_rows && sql_.kind != StatementKind::call;
  if (is_of_text && server_statement_->columns != head.columns) server_statement_->columns = head.columns;
  open_result(std::move(head));
}

void Statement::open_result(protocol::ResultHead head, protocol::ColumnSetPtr shape) {
  // Which result holds a CALL's OUT values is known for certain only at its end.
  const bool wants_output = sql_.kind == StatementKind::call && parameters_.has_output();
  if (head.has_rows && wants_output) {
    require(answer_.park());
    release_wire_when_done();
  }
  while (head.has_rows && answer_.out_params()) {
    take_output_values(*head.columns, parameters_.outputs());
    head = next_head(nullptr);
  }
  if (head.has_rows && sql_.has_return_value) {
    take_output_values(*head.columns, {1});
    head = {};
  }
  cursor_.close();
  if (!head.has_rows) {
    ird_.show(nullptr);
    set_row_count(static_cast<SQLLEN>(head.affected_rows));
    result_info_ = head.info;
    phase_ = output_values_.has_streams() ? Phase::output : Phase::executed;
    if (sql_.kind == StatementKind::set || sql_.has_several_statements) watch_charset();
    take_warnings(head.warnings);
    if (phase_ == Phase::executed) show_warnings();
    return;
  }
  if (last_columns_ != head.columns) {
    require_utf8(*head.columns);
    last_columns_ = head.columns;
  }
  if (!shape) shape = std::move(head.columns);
  if (shape->size() > kMaxColumns) {
    drop_answer();
    phase_ = closed_phase();
    throw Fail(SqlState::general_error, "The result has more than 32767 columns, which ODBC cannot number. Select fewer.");
  }
  ird_.show(shape);
  set_row_count(-1);
  cursor_.open(std::move(shape), answer_.encoding(), attributes.cursor_type != SQL_CURSOR_FORWARD_ONLY);
  phase_ = Phase::cursor;
  cursor_state_ = State::cursor_opened;
  if (attributes.cursor_type == SQL_CURSOR_KEYSET_DRIVEN) open_keyset();
}

// Where the rows cannot be read again, this one cursor is static. Spec: SQLExecDirect, 01S02
void Statement::open_keyset() {
  if (Keyset::is_possible(*this)) {
    cursor_.read_all();
    skip_rows();  // beyond SQL_ATTR_MAX_ROWS
    if (cursor_.follow_table()) return;
  }
  diagnostics.warning(
      SqlState::option_changed,
      "The cursor is static: its rows are not those of one table with a unique key without NULL that is selected, too.");
}

void Statement::take_output_values(const protocol::ColumnSet& columns, const std::vector<SQLSMALLINT>& numbers) {
  protocol::Bytes row;
  if (next_row(row)) output_values_.take(row, columns, answer_.encoding(), numbers, array_.set_in_hand());
  skip_rows();
}

SQLRETURN Statement::next_output_value(SQLPOINTER* token) {
  if (const auto next = output_values_.next()) {
    if (token != nullptr) *token = *next;
    return SQL_PARAM_DATA_AVAILABLE;
  }
  phase_ = Phase::executed;
  output_values_.finish();
  show_warnings();
  return SQL_SUCCESS;
}

// The session restores utf8mb4 before its next command, so that what SET NAMES asked for is not: the application is told.
void Statement::watch_charset() {
  protocol::Session& session = connection_.session();
  const bool is_reported = session.dialect().session_track();
  if (!is_reported && sets_charset(sql_.text, connection_.lexer_modes())) session.charset_may_be_foreign();
  const auto foreign = session.foreign_charset();
  const bool is_lossy = foreign && !foreign->empty() && !foreign->starts_with("utf8");  // utf8mb4 holds all of utf8mb3
  if (!is_lossy) return;
  diagnostics.warning(SqlState::general_warning,
                      "The connection goes on in utf8mb4, not in " + std::string(*foreign) +
                          ": text is converted for the application, so SET NAMES and the like are not needed.");
}

// Of results in the same text, or procedure, as such a SET.
void Statement::require_utf8(const protocol::ColumnSet& columns) {
  if (!connection_.session().dialect().session_track()) return;  // it may be a proxy that names any character set
  for (const protocol::Column& column : columns.columns()) {
    if (!is_text(column) || column.charset == protocol::kBinaryCharset || is_utf8(column.charset)) continue;
    const std::string name(column.name);
    drop_answer();
    phase_ = closed_phase();
    throw Fail(SqlState::general_error,
               "The text of column '" + name +
                   "' comes in another character set than utf8mb4, which the statement has set itself. Leave SET NAMES and the "
                   "like out of it: text is converted for the application.");
  }
}

SQLRETURN Statement::more_results() {
  if (phase_ == Phase::allocated || phase_ == Phase::prepared) return SQL_NO_DATA;
  const Connection::Running running(connection_, *cause_);
  if (!sql_.has_several_statements) name_function();     // else it is of the first only
  if (phase_ == Phase::output) output_values_.finish();  // the streams are left unread
  auto unread_failure = cursor_.take_pending_failure();
  cursor_.close();
  ird_.show(nullptr);
  phase_ = Phase::executed;  // also when the next result is a failure
  if (unread_failure) throw CoreFail{std::move(*unread_failure)};
  skip_rows();
  while (answer_.has_more_results()) {
    protocol::ResultHead head = next_head(nullptr);
    const bool ends_a_call = sql_.kind == StatementKind::call && !head.has_rows && !answer_.has_more_results();
    if (ends_a_call) break;
    open_result(std::move(head));
    if (phase_ == Phase::output) return opened();
    // A CALL's OUT values were its last result.
    if (phase_ == Phase::executed && sql_.kind == StatementKind::call && !answer_.has_more_results()) break;
    return SQL_SUCCESS;
  }
  drop_answer();
  phase_ = closed_phase();
  return array_.run_rest();
}

SQLRETURN Statement::fetch(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size, State fetched) {
  const Connection::Running running(connection_, *cause_);
  renew_deadline();
  SQLRETURN code = cursor_.fetch(orientation, offset, rowset_size);
  if (fetched == State::cursor_extended && code != SQL_NO_DATA) code = as_extended(code);
  if (code != SQL_ERROR) cursor_state_ = fetched;
  if (code != SQL_NO_DATA) show_warnings();
  return code;
}

// What SQLExtendedFetch tells otherwise than SQLFetchScroll. Spec: SQLFetchScroll, "Error Handling"
SQLRETURN Statement::as_extended(SQLRETURN code) {
  for (SQLULEN position = 1; position <= cursor_.rows_in_rowset(); ++position) {
    SQLUSMALLINT* const status = cursor_.status_of(position);
    if (status != nullptr && *status == SQL_ROW_SUCCESS_WITH_INFO) *status = SQL_ROW_SUCCESS;
  }
  diagnostics.head_bad_rows();
  return code == SQL_ERROR ? SQL_SUCCESS_WITH_INFO : code;
}

bool Statement::rows_ended(protocol::RowStep step) {
  if (step == protocol::RowStep::failed) fail(answer_.take_failure());
  release_wire_when_done();
  // MariaDB ends rows that a KILL has cut short as if they were whole, now and then.
  if (cause_->killed) throw Fail(SqlState::cancelled);
  if (step == protocol::RowStep::end) take_warnings(answer_.end_of_rows().warnings);
  return false;
}

// SHOW_WARNINGS: asks for those of the answer's last result, as the server keeps no others.
void Statement::take_warnings(std::uint16_t count) {
  if (count == 0 || !connection_.settings().show_warnings || answer_.live() || answer_.has_more_results()) return;
  try {
    for (auto& row : connection_.query("SHOW WARNINGS")) {  // level, code, message
      if (row.size() < 3 || !row[1] || !row[2]) continue;
      SQLINTEGER code = 0;
      std::from_chars(row[1]->data(), row[1]->data() + row[1]->size(), code);
      warnings_.push_back({code, std::move(*row[2])});
    }
  } catch (const CoreFail&) {}  // the statement did run; a lost link shows at the connection's next use
}

void Statement::tell_warnings() {
  for (const ServerWarning& warning : std::exchange(warnings_, {})) diagnostics.server_warning(warning.code, warning.message);
}

void Statement::skip_rows() {
  protocol::Bytes row;
  while (answer_.in_rows() && next_row(row, protocol::LargeRows::in_parts)) {}
}

void Statement::release_wire_when_done() {
  if (!answer_.live()) connection_.release(this);
}

// Turns a failed read into what the application is told, and leaves a clean wire.
void Statement::fail(protocol::Failure failure) {
  protocol::Session& session = connection_.session();
  if (failure.errc == protocol::Errc::deadline_passed) {
    const bool of_the_statement = timeout_s() == attributes.query_timeout_s;
    bool stopped = connection_.kill_query().ok();
    if (stopped) {
      session.set_command_deadline(protocol::Clock::now() + kKillGrace);
      stopped = session.drain().ok();
    }
    if (!stopped) session.close();
    drop_answer();
    throw Fail(of_the_statement ? SqlState::timeout : SqlState::connection_timeout,
               std::string("The statement did not finish within ") +
                   (of_the_statement ? "SQL_ATTR_QUERY_TIMEOUT (" : "SQL_ATTR_CONNECTION_TIMEOUT (") +
                   std::to_string(timeout_s()) + " s) and was stopped" +
                   (stopped ? "." : "; the connection had to be closed."));
  }
  release_wire_when_done();
  if (failure.server_code == kInterrupted && cause_->killed) throw Fail(SqlState::cancelled);
  if (failure.errc == protocol::Errc::local_infile_refused && cause_->killed) {
    throw Fail(SqlState::cancelled, std::move(failure.message));
  }
  const bool given_up = failure.errc == protocol::Errc::connection_lost || failure.errc == protocol::Errc::timed_out;
  if (given_up && cause_->killed) {
    throw Fail(SqlState::cancelled,
               "The statement was cancelled. The server did not say that it has stopped, so the connection was closed.");
  }
  const bool is_refused = failure.errc == protocol::Errc::server_error && server_state(failure) == "25006";
  if (is_refused && connection_.settings().reject_read_only && connection_.access_mode != SQL_MODE_READ_ONLY) {
    session.close();
    failure.message += " The connection was closed (REJECT_READ_ONLY): connect again to reach a server that takes changes.";
  }
  throw CoreFail{std::move(failure)};
}

void Statement::open_local(protocol::ColumnSetPtr columns, std::unique_ptr<protocol::RowStore> rows) {
  set_text({});
  answer_ = protocol::Answer(std::move(columns), std::move(rows));
  open_next_result(nullptr);
}

void Statement::open_query(std::string_view sql, protocol::ColumnSetPtr columns, std::unique_ptr<CatalogRows> rows) {
  set_text({});
  sql_.kind = StatementKind::select;
  cancel_called = false;
  killed = false;
  const Connection::Running running(connection_, *cause_);
  send_text(std::string(sql));
  protocol::ResultHead head = next_head(last_columns_);
  if (head.has_rows && head.columns->size() != (rows ? rows->query_columns() : columns->size())) {
    drop_answer();
    throw Fail(SqlState::general_error, "The server's answer to a catalog query has an unexpected shape.");
  }
  open_result(std::move(head), std::move(columns));
  if (cursor_.is_open()) cursor_.read_by(std::move(rows));
}

}  // namespace selkie::odbc
