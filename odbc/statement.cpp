#include "odbc/statement.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "odbc/local_infile.h"
#include "odbc/row_operation.h"

namespace selkie::odbc {
namespace {

constexpr std::size_t kMaxColumns = 32767;  // an SQLSMALLINT counts them
constexpr std::uint16_t kUnsupportedInPrepared = 1295;
constexpr std::uint16_t kUnknownStatement = 1243;
constexpr std::uint16_t kTooManyPrepared = 1461;
constexpr std::uint16_t kSyntaxError = 1064;
constexpr std::uint16_t kInterrupted = 1317;

// How long a command may take to end after KILL QUERY before the connection is given up.
constexpr std::chrono::seconds kKillGrace{10};

// What a server makes of values of these types once it settled on one of them is the same.
bool settles_alike(protocol::ParameterType a, protocol::ParameterType b) {
  const auto is_integer = [](protocol::ParameterType type) {
    using enum protocol::WireType;
    return type.type == tiny || type.type == short_ || type.type == long_ || type.type == longlong;
  };
  return a == b || (is_integer(a) && is_integer(b) && a.unsigned_ == b.unsigned_);
}

}  // namespace

Statement::Statement(Connection& connection)
    : Handle(kTag),
      connection_(connection),
      automatic_ard_(connection, DescriptorRole::ard, true),
      automatic_apd_(connection, DescriptorRole::apd, true),
      ird_(connection, DescriptorRole::ird, true),
      ipd_(connection, DescriptorRole::ipd, true),
      cursor_(*this),
      parameters_(*this) {
  attributes.metadata_id = connection.metadata_id;
  diagnostics.set_server(connection.server_name());
  connection.statements.insert(this);
}

Statement::Statement(Connection& connection, Statement& cause) : Statement(connection) {
  connection.statements.erase(this);
  attributes.noscan = SQL_NOSCAN_ON;
  cause_ = &cause;
}

Statement::~Statement() {
  drop_answer();
  give_back_server_statement();
  connection_.statements.erase(this);
}

void Statement::admit(Call call) {
  // unixODBC takes SQLCancel for SQLFreeStmt(SQL_CLOSE), as ODBC 2 had it, and so may the application: where that is needed, it
  // is done.
  const bool was_executed = phase_ == Phase::cursor || phase_ == Phase::executed;
  if (cancel_called && was_executed && !admits(call, state(), is_prepared_)) close_cursor();
  odbc::admit(call, state(), is_prepared_);
}

State Statement::state() const {
  switch (phase_) {
    case Phase::allocated: return State::allocated;
    case Phase::prepared: {
      const bool asked = server_statement_.has_value() || text_only_;
      const bool has_columns = server_statement_ && server_statement_->columns;
      return asked && !has_columns ? State::prepared_no_results : State::prepared_results;
    }
    case Phase::executed: return answer_.has_more_results() ? State::executed_more : State::executed;
    case Phase::cursor: return cursor_state_;
    case Phase::need_data: break;
  }
  if (operation_) return operation_->state();
  if (!parameters_.awaits_data()) return State::need_data;
  return parameters_.has_data() ? State::can_put : State::must_put;
}

void admit(const Connection& connection, Call call) {
  for (Statement* statement : connection.statements) statement->admit(call);
}

void admit(Descriptor& descriptor, Call call) {
  for (Statement* statement : descriptor.connection().statements) {
    const Descriptor* const in_use[] = {&statement->ard(), &statement->apd(), &statement->ird(), &statement->ipd()};
    if (std::ranges::find(in_use, &descriptor) != std::end(in_use)) statement->admit(call);
  }
}

ZeroDate Statement::zero_date() const {
  switch (connection_.settings().zero_date) {
    case setup::ZeroDateMode::error: return ZeroDate::error;
    case setup::ZeroDateMode::min: return ZeroDate::min;
    case setup::ZeroDateMode::null: break;
  }
  return ZeroDate::null;
}

void Statement::drop_descriptor(const Descriptor* descriptor) {
  if (ard_ == descriptor) ard_ = &automatic_ard_;
  if (apd_ == descriptor) apd_ = &automatic_apd_;
}

// --- Text and preparation

void Statement::set_text(std::string_view sql) {
  drop_answer();
  const bool scan = attributes.noscan == SQL_NOSCAN_OFF;
  SqlText text = read_sql(sql, connection_.lexer_modes(), !scan);
  const bool outdated = server_statement_ && server_statement_->context != connection_.session().context();
  if (text.text != sql_.text || outdated) {
    give_back_server_statement();
    last_columns_.reset();
    marker_columns.reset();
    text_only_ = false;
  }
  array_.stop();
  warnings_.clear();
  sql_ = std::move(text);
  current_of_ = find_current_of(sql_, connection_.lexer_modes());
  text_only_ = text_only_ || current_of_.has_value();  // no server knows it
  row_count_ = -1;
  ird_.show(nullptr);
}

void Statement::prepare(std::string_view sql) {
  (void)connection_.session();
  set_text(sql);
  is_prepared_ = true;
  phase_ = Phase::prepared;
}

// True: the text protocol may be able to run what the server cannot prepare.
bool Statement::cannot_be_prepared(const protocol::Failure& failure) {
  if (failure.errc != protocol::Errc::server_error) return false;
  if (failure.server_code == kUnsupportedInPrepared || failure.server_code == kTooManyPrepared) return true;
  return failure.server_code == kSyntaxError && sql_.has_several_statements &&
         connection_.session().dialect().multi_statements();
}

// True: what lies between, a proxy or a balancer, has gone on to another server, which knows nothing of the statement. Whatever
// a transaction held is lost there as well, and that is for the application to know; so are pieces of long data.
bool Statement::may_prepare_again(const protocol::Failure& failure) const {
  return failure.server_code == kUnknownStatement && server_statement_ && !connection_.in_transaction() &&
         !parameters_.has_streamed();
}

protocol::Result<protocol::PreparedStatement> Statement::ask_to_prepare(std::string_view sql,
                                                                        const protocol::ColumnSetPtr& known) {
  protocol::Session& session = connection_.claim(this);
  const Connection::Running running(connection_, *cause_);
  protocol::write_prepare(session.begin_command(), sql);
  session.end_command();
  send(session);
  auto prepared = session.read_prepare(known);
  connection_.release(this);
  return prepared;
}

void Statement::prepare_on_server() {
  if (server_statement_ || text_only_ || take_prepared()) return;
  auto prepared = ask_to_prepare(sql_.text, last_columns_);
  if (!prepared.ok()) {
    if (!cannot_be_prepared(prepared.failure())) fail(std::move(prepared).failure());
    text_only_ = true;
    return;
  }
  server_statement_ = std::move(*prepared);
  sent_types_.clear();
  // Servers drop markers they find superfluous ("ORDER BY ?") or count none (SET on some proxies): ours are bound all the same.
  if (server_statement_->parameters != sql_.markers.size()) {
    drop_server_statement();
    text_only_ = true;
  }
}

// Parameters of other types than the server settled on.
bool Statement::has_settled_types() const {
  const auto& types = parameters_.types();
  if (!connection_.session().dialect().settles_parameter_types() || sent_types_.size() != types.size()) return false;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (!parameters_.is_null(i) && !settles_alike(types[i], sent_types_[i])) return true;
  }
  return false;
}

void Statement::prepare_for_parameters() {
  prepare_on_server();
  if (!server_statement_ || !has_settled_types() || parameters_.has_streamed()) return;
  drop_server_statement();
  prepare_on_server();
}

// Parameters go into the text: the server cannot prepare it, or the person does not want it to.
bool Statement::runs_as_text() const {
  if (sql_.kind == StatementKind::load_data_local) return true;
  return as_text || text_only_ || (!connection_.settings().server_prepare && !parameters_.has_output());
}

bool Statement::take_prepared() {
  server_statement_ = connection_.take_prepared(sql_.text);
  sent_types_.clear();
  if (server_statement_) sent_types_ = std::move(server_statement_->parameter_types);
  return server_statement_.has_value();
}

void Statement::drop_server_statement() {
  array_.drop_server_statement();
  if (server_statement_ && connection_.connected()) connection_.session().close_statement(server_statement_->id);
  server_statement_.reset();
  sent_types_.clear();
}

// The text is done with; the next one who prepares it finds it prepared.
void Statement::give_back_server_statement() {
  array_.drop_server_statement();
  if (server_statement_) {
    server_statement_->parameter_types = std::move(sent_types_);
    connection_.give_back(std::move(sql_.text), std::move(*server_statement_));
  }
  server_statement_.reset();
  sent_types_.clear();
}

void Statement::forget_server_statement() {
  array_.forget_server_statement();
  cursor_.changes().forget_server_statement();
  server_statement_.reset();
  drop_answer();
  phase_ = closed_phase();
}

SQLSMALLINT Statement::parameter_count() { return static_cast<SQLSMALLINT>(sql_.markers_in_input); }

protocol::ColumnSetPtr Statement::parameter_definitions() {
  prepare_on_server();
  return server_statement_ ? server_statement_->parameter_columns : nullptr;
}

protocol::ColumnSetPtr Statement::columns_of(std::string_view query) {
  auto prepared = ask_to_prepare(query, nullptr);
  if (prepared.ok()) {
    connection_.session().close_statement(prepared->id);
    return prepared->columns;
  }
  if (prepared.failure().errc != protocol::Errc::server_error) fail(std::move(prepared).failure());
  return nullptr;
}

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

// --- Execution

SQLRETURN Statement::execute() { return run(); }

SQLRETURN Statement::execute_direct(std::string_view sql) {
  is_prepared_ = false;
  phase_ = Phase::allocated;
  set_text(sql);
  return run();
}

SQLRETURN Statement::run() {
  begin_execution();
  return current_of_ ? run_positioned(*this, *current_of_) : array_.run();
}

void Statement::begin_execution() {
  (void)connection_.session();
  drop_answer();
  phase_ = closed_phase();
  cancel_called = cause_->killed = false;
  row_count_ = -1;
  warnings_.clear();
  parameters_.plan(sql_.markers.size(), sql_.has_return_value ? 2 : 1);
  parameters_.end_data();
  parameters_.set_processed(0);
  array_.begin();
}

void Statement::run_set(std::size_t set) {
  const Connection::Running running(connection_, *cause_);
  const SQLLEN rows_before = row_count_;
  parameters_.convert(set);
  const bool no_backslash_escapes = connection_.lexer_modes().no_backslash_escapes;
  if (sql_.markers.empty() && !is_prepared_ && !connection_.settings().execdirect_on_server) {
    send_text(sql_.text);
  } else if (parameters_.has_default()) {
    send_text(parameters_.interpolate(sql_.text, sql_.markers, no_backslash_escapes));
  } else {
    const bool at_once =
        !server_statement_ && !runs_as_text() && !take_prepared() && connection_.session().dialect().execute_last_prepared();
    if (at_once) {
      send_prepare_and_execute();
    } else if (!runs_as_text()) {
      prepare_for_parameters();
    }
    if (runs_as_text()) {
      send_text(parameters_.interpolate(sql_.text, sql_.markers, no_backslash_escapes));
    } else if (!at_once) {
      send_execute();
    }
  }
  const auto open_first_result = [this] {
    open_next_result(server_statement_ && server_statement_->columns ? server_statement_->columns : last_columns_);
  };
  try {
    open_first_result();
  } catch (const CoreFail& failed) {
    if (!may_prepare_again(failed.failure)) throw;
    connection_.session().context_changed();  // the others are lost, too
    drop_server_statement();
    prepare_on_server();
    send_execute();
    open_first_result();
  }
  if (rows_before > 0 && row_count_ >= 0) row_count_ += rows_before;
  parameters_.end_data();
}

// The shorter of the statement's timeout and the connection's; 0 = none.
SQLULEN Statement::timeout_s() const {
  const SQLULEN query = attributes.query_timeout_s, connection = connection_.connection_timeout_s;
  return query == 0 || (connection != 0 && connection < query) ? connection : query;
}

protocol::Deadline Statement::command_deadline() const {
  const SQLULEN seconds = timeout_s();
  return seconds == 0 ? protocol::kNoDeadline : protocol::Clock::now() + std::chrono::seconds(seconds);
}

void Statement::send(protocol::Session& session) {
  require(session.send());
  session.set_command_deadline(command_deadline());
}

void Statement::send_text(const std::string& sql) {
  protocol::Session& session = connection_.claim(this);
  protocol::write_query(session.begin_command(), sql);
  session.end_command();
  send(session);
  if (sql_.kind == StatementKind::load_data_local) permit_local_file(session, sql);
  answer_ = protocol::Answer(session, protocol::Encoding::text, connection_.settings().cursor_memory_bytes);
}

void Statement::permit_local_file(protocol::Session& session, std::string_view sql) {
  const setup::Settings& settings = connection_.settings();
  if (!settings.local_infile && settings.local_infile_dir.empty()) return;
  auto name = local_infile_name(sql, connection_.lexer_modes());
  if (name) session.permit_local_file({.name = std::move(*name), .folder = settings.local_infile_dir});
}

void Statement::write_execute(protocol::Session& session, std::uint32_t statement_id) {
  const auto& types = parameters_.types();
  // A CALL writes its OUT values, and their types, over MySQL's copy of the parameters.
  const bool has_types = sent_types_.size() == types.size();
  bool known = has_types && !parameters_.has_output();
  sent_types_.resize(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (has_types && (types[i] == sent_types_[i] || parameters_.is_null(i))) continue;  // NULL is of any type
    sent_types_[i] = types[i];
    known = false;
  }
  protocol::ByteWriter& out = session.begin_command();
  protocol::write_execute_head(out, {.statement_id = statement_id,
                                     .parameters = static_cast<std::uint16_t>(types.size()),
                                     .null_bitmap = parameters_.null_bitmap(),
                                     .types = known ? std::span<const protocol::ParameterType>{} : sent_types_});
  out.bytes(parameters_.values());
  session.end_command();
}

void Statement::send_execute() {
  protocol::Session& session = connection_.claim(this);
  write_execute(session, server_statement_->id);
  send(session);
  answer_ = protocol::Answer(session, protocol::Encoding::binary, connection_.settings().cursor_memory_bytes);
}

// Preparation and first execution in one round trip.
void Statement::send_prepare_and_execute() {
  protocol::Session& session = connection_.claim(this);
  protocol::write_prepare(session.begin_command(), sql_.text);
  session.end_command();
  sent_types_.clear();
  write_execute(session, protocol::kLastPrepared);
  send(session);
  auto prepared = session.read_prepare(last_columns_);
  if (prepared.ok()) {
    server_statement_ = std::move(*prepared);
    answer_ = protocol::Answer(session, protocol::Encoding::binary, connection_.settings().cursor_memory_bytes);
    return;
  }
  sent_types_.clear();
  if (session.dead() || prepared.failure().errc == protocol::Errc::deadline_passed) fail(std::move(prepared).failure());
  (void)require(session.drain());  // the execution has nothing to execute and fails, too
  connection_.release(this);
  if (!cannot_be_prepared(prepared.failure())) fail(std::move(prepared).failure());
  text_only_ = true;
}

// --- Results

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
  if (server_statement_ && head.has_rows && sql_.kind != StatementKind::call) server_statement_->columns = head.columns;
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
    take_output_values(*head.columns);
    head = next_head(nullptr);
  }
  if (head.has_rows && sql_.has_return_value) {
    protocol::Bytes row;
    if (next_row(row)) parameters_.deliver_return_value(row, *head.columns, answer_.encoding());
    skip_rows();
    head = {};
  }
  cursor_.close();
  if (!head.has_rows) {
    ird_.show(nullptr);
    set_row_count(static_cast<SQLLEN>(head.affected_rows));
    result_info_ = std::move(head.info);
    phase_ = Phase::executed;
    take_warnings(head.warnings);
    show_warnings();
    return;
  }
  last_columns_ = head.columns;
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
}

void Statement::take_output_values(const protocol::ColumnSet& columns) {
  protocol::Bytes row;
  if (next_row(row) && parameters_.has_output()) parameters_.deliver_output(row, columns, answer_.encoding());
  skip_rows();
}

SQLRETURN Statement::more_results() {
  if (phase_ == Phase::allocated || phase_ == Phase::prepared) return SQL_NO_DATA;
  const Connection::Running running(connection_, *cause_);
  auto unread_failure = cursor_.take_pending_failure();
  cursor_.close();
  if (unread_failure) throw CoreFail{std::move(*unread_failure)};
  skip_rows();
  while (answer_.has_more_results()) {
    protocol::ResultHead head = next_head(nullptr);
    const bool ends_a_call = sql_.kind == StatementKind::call && !head.has_rows && !answer_.has_more_results();
    if (ends_a_call) break;
    open_result(std::move(head));
    // A CALL's OUT values were its last result.
    if (phase_ == Phase::executed && sql_.kind == StatementKind::call && !answer_.has_more_results()) break;
    return SQL_SUCCESS;
  }
  drop_answer();
  phase_ = closed_phase();
  if (!array_.finished()) return array_.run();
  return SQL_NO_DATA;
}

SQLRETURN Statement::fetch(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size, State fetched) {
  const Connection::Running running(connection_, *cause_);
  renew_deadline();
  const SQLRETURN code = cursor_.fetch(orientation, offset, rowset_size);
  if (code != SQL_ERROR) cursor_state_ = fetched;
  if (code != SQL_NO_DATA) show_warnings();
  return code;
}

void Statement::renew_deadline() {
  if (timeout_s() != 0 && answer_.live()) connection_.session().set_command_deadline(command_deadline());
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

void Statement::show_warnings() {
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
  const bool given_up = failure.errc == protocol::Errc::connection_lost || failure.errc == protocol::Errc::timed_out;
  if (given_up && cause_->killed) {
    throw Fail(SqlState::cancelled,
               "The statement was cancelled. The server did not say that it has stopped, so the connection was closed.");
  }
  throw CoreFail{std::move(failure)};
}

void Statement::open_local(protocol::ColumnSetPtr columns, std::unique_ptr<protocol::RowStore> rows) {
  set_text({});
  is_prepared_ = false;
  phase_ = Phase::allocated;
  answer_ = protocol::Answer(std::move(columns), std::move(rows));
  open_next_result(nullptr);
}

void Statement::open_query(std::string_view sql, protocol::ColumnSetPtr columns) {
  set_text({});
  is_prepared_ = false;
  phase_ = Phase::allocated;
  sql_.kind = StatementKind::select;
  cancel_called = killed = false;
  const Connection::Running running(connection_, *cause_);
  send_text(std::string(sql));
  protocol::ResultHead head = next_head(last_columns_);
  if (head.has_rows && head.columns->size() != columns->size()) {
    drop_answer();
    throw Fail(SqlState::general_error, "The server's answer to a catalog query has an unexpected shape.");
  }
  open_result(std::move(head), std::move(columns));
}

// --- Ending

void Statement::close_cursor() {
  if (phase_ == Phase::cursor || phase_ == Phase::executed) {
    drop_answer();
    array_.stop();
    phase_ = closed_phase();
  }
  show_warnings();
}

// Whatever is left on the wire is read or stopped; a failure of the connection shows at its next use.
void Statement::drop_answer() {
  cursor_.close();
  if (answer_.live()) {
    try {
      connection_.drain(sql_.kind == StatementKind::select && !sql_.has_several_statements);
    } catch (const CoreFail&) {}
  }
  answer_ = {};
  connection_.release(this);
}

protocol::Status Statement::park() {
  cursor_.pin_current_row();
  return answer_.park();
}

// --- Changing rows of a cursor

SQLRETURN Statement::run_operation(std::unique_ptr<RowOperation> operation) {
  cancelled = false;
  operation_ = std::move(operation);
  return go_on_with_operation([&] { return operation_->run(); });
}

template <class Body>
SQLRETURN Statement::go_on_with_operation(Body&& body) {
  try {
    const SQLRETURN code = body();
    if (code == SQL_NEED_DATA) {
      phase_ = Phase::need_data;
      return code;
    }
    end_operation();
    if (current_of_) phase_ = Phase::executed;
    return code;
  } catch (...) {
    end_operation();
    throw;
  }
}

void Statement::end_operation() {
  operation_.reset();
  phase_ = cursor_.is_open() ? Phase::cursor : closed_phase();
}

// --- Data at execution

// An error ends what awaits data. Spec: Appendix B, SQLParamData and SQLPutData in the need data states
template <class Body>
auto Statement::or_end_data(Body&& body) {
  try {
    return body();
  } catch (...) {
    cancel_data_at_execution();
    throw;
  }
}

SQLRETURN Statement::param_data(SQLPOINTER* token) {
  if (operation_) return go_on_with_operation([&] { return operation_->param_data(token); });
  const auto ask_for_next = [&] {
    const auto next = parameters_.next_data();
    if (next && token != nullptr) *token = *next;
    return next.has_value();
  };
  if (or_end_data(ask_for_next)) return SQL_NEED_DATA;
  phase_ = closed_phase();
  const SQLRETURN code = array_.run_awaited();
  if (code == SQL_NEED_DATA) or_end_data(ask_for_next);  // the first value of another set
  return code;
}

// MariaDB reads long data as of the type that the parameter had before: such a value is sent whole, with its type.
bool Statement::may_stream_parameter() const {
  const std::size_t i = parameters_.data_parameter();
  return !runs_as_text() && (i >= sent_types_.size() || settles_alike(parameters_.types()[i], sent_types_[i]));
}

void Statement::put_data(SQLPOINTER data, SQLLEN length) {
  or_end_data([&] {
    if (operation_) return operation_->put_data(data, length);
    if (!runs_as_text()) prepare_for_parameters();
    protocol::ByteWriter piece;
    if (!parameters_.put_data(data, length, may_stream_parameter(), piece)) return;
    protocol::Session& session = connection_.claim(this);
    protocol::write_long_data(session.begin_command(), server_statement_->id, parameters_.data_parameter(), piece.bytes());
    session.end_command(false);
    require(session.send());
    connection_.release(this);
  });
}

void Statement::cancel_data_at_execution() {
  if (phase_ != Phase::need_data) return;
  if (operation_) {
    operation_->cancel();
    return end_operation();
  }
  parameters_.end_data();
  drop_server_statement();  // with the pieces it has got
  phase_ = closed_phase();
}

}  // namespace selkie::odbc
