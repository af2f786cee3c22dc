#include "odbc/statement.h"

#include <algorithm>
#include <utility>

#include "odbc/row_operation.h"

namespace selkie::odbc {
namespace {

constexpr std::size_t kLongDataBytes = 512 * 1024;  // of a command; below the smallest max_allowed_packet in use

}  // namespace

Statement::Statement(Connection& connection)
    : Handle(kTag),
      connection_(connection),
      automatic_ard_(connection, DescriptorRole::ard, true),
      automatic_apd_(connection, DescriptorRole::apd, true),
      ird_(connection, DescriptorRole::ird, true),
      ipd_(connection, DescriptorRole::ipd, true),
      cursor_(*this),
      parameters_(*this),
      output_values_(*this) {
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

// unixODBC takes SQLCancel for SQLFreeStmt(SQL_CLOSE), as ODBC 2 had it, and so may the application: where that is needed, it
// is done.
void Statement::admit_after_cancel(Call call) {
  const bool was_executed = phase_ == Phase::cursor || phase_ == Phase::executed;
  if (cancel_called && was_executed) close_cursor();
  odbc::admit(call, state(), is_prepared_);
}

State Statement::state_without_cursor() const {
  switch (phase_) {
    case Phase::allocated: return State::allocated;
    case Phase::prepared: {
      const bool asked = server_statement_.has_value() || text_only_;
      const bool has_columns = server_statement_ && server_statement_->columns;
      return asked && !has_columns ? State::prepared_no_results : State::prepared_results;
    }
    case Phase::executed: return answer_.has_more_results() ? State::executed_more : State::executed;
    case Phase::cursor: return cursor_state_;
    case Phase::output: return output_values_.is_named() ? State::output_named : State::output_available;
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

// --- Text

// What was prepared or executed is gone, also when the new text is refused.
void Statement::set_text(std::string_view sql) {
  drop_answer();
  is_prepared_ = false;
  phase_ = Phase::allocated;
  array_.stop();
  warnings_.clear();
  row_count_ = -1;
  const Reading reading{.modes = connection_.lexer_modes_for(sql), .no_scan = attributes.noscan != SQL_NOSCAN_OFF};
  const bool outdated = server_statement_ && server_statement_->context != connection_.session().context();
  if (is_read(sql, reading) && !outdated) return;
  SqlText text = read_sql(sql, reading.modes, reading.no_scan);
  if (text.text != sql_.text || outdated) {
    give_back_server_statement();
    last_columns_.reset();
    marker_columns.reset();
    text_only_ = false;
  }
  sql_ = std::move(text);
  reading_ = sql_.text == sql ? std::optional(reading) : std::nullopt;
  current_of_ = find_current_of(sql_, reading.modes);
  text_only_ = text_only_ || current_of_.has_value();  // no server knows it
}

// An application that says the same text again means what it meant. Empty is the text of results that no text asked for.
bool Statement::is_read(std::string_view sql, const Reading& reading) const {
  return reading_ == reading && sql_.text == sql && !sql.empty();
}

void Statement::prepare(std::string_view sql) {
  (void)connection_.session();
  set_text(sql);
  is_prepared_ = true;
  phase_ = Phase::prepared;
}

SQLSMALLINT Statement::parameter_count() { return static_cast<SQLSMALLINT>(sql_.markers_in_input); }

// --- Ending

void Statement::close_cursor() {
  if (phase_ == Phase::cursor || phase_ == Phase::executed || phase_ == Phase::output) {
    drop_answer();
    array_.stop();
    phase_ = closed_phase();
  }
  show_warnings();
}

void Statement::drain() {
  try {
    const bool only_reads = sql_.kind == StatementKind::select && !sql_.has_several_statements;
    if (!connection_.drain(only_reads)) {
      diagnostics.warning(SqlState::general_warning,
                          "The results that were left were too large to be thrown away, so the server was told to stop: what "
                          "the statement had not done by then is not done. Read a CALL or a batch to its end.");
    }
  } catch (const CoreFail&) {}
}

// Whatever is left on the wire is read or stopped; a failure of the connection shows at its next use.
void Statement::drop_answer() {
  cursor_.close();
  output_values_.forget();
  if (answer_.live()) drain();
  answer_.clear();
  ird_.show(nullptr);
  connection_.release(this);
}

protocol::Status Statement::park() {
  cursor_.pin_current_row();
  return answer_.park();
}

void Statement::forget_server_statement() {
  array_.forget_server_statement();
  cursor_.changes().forget_server_statement();
  server_statement_.reset();
  drop_answer();
  phase_ = closed_phase();
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
    cancel_awaited();
    throw;
  }
}

SQLRETURN Statement::param_data(SQLPOINTER* token) {
  if (operation_) return go_on_with_operation([&] { return operation_->param_data(token); });
  if (phase_ == Phase::output) return next_output_value(token);
  const auto ask_for_next = [&] {
    const auto next = parameters_.next_data();
    if (next && token != nullptr) *token = *next;
    return next.has_value();
  };
  if (or_end_data(ask_for_next)) return SQL_NEED_DATA;
  phase_ = closed_phase();
  name_function();
  const SQLRETURN code = array_.run_awaited();
  if (code == SQL_NEED_DATA) or_end_data(ask_for_next);  // the first value of another set
  if (code == SQL_PARAM_DATA_AVAILABLE && token != nullptr) *token = output_values_.name_first().value_or(nullptr);
  return code;
}

void Statement::put_data(SQLPOINTER data, SQLLEN length) {
  or_end_data([&] {
    if (operation_) return operation_->put_data(data, length);
    if (!runs_as_text()) prepare_for_parameters();
    protocol::ByteWriter room;
    std::optional<protocol::Bytes> rest = parameters_.put_data(data, length, may_stream_parameter(), room);
    if (!rest) return;
    const Connection::Running running(connection_, *cause_);  // the server may be slow to take it
    protocol::Session& session = connection_.claim(this);
    do {
      const protocol::Bytes piece = rest->first(std::min(rest->size(), kLongDataBytes));
      rest = rest->subspan(piece.size());
      protocol::write_long_data(session.begin_command(), server_statement_->id, parameters_.data_parameter(), {});
      session.end_command(false, piece);
      require(session.send());
    } while (!rest->empty() && !cause_->cancelled);
    connection_.release(this);
    if (cause_->cancelled) throw Fail(SqlState::cancelled);
  });
}

void Statement::cancel_awaited() {
  if (phase_ == Phase::output) return close_cursor();
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
