// How a statement is executed: prepared on the server, in one round trip with its first execution, or as text.
#include <algorithm>
#include <utility>

#include "odbc/local_infile.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

constexpr std::uint16_t kUnknownCommand = 1047;
constexpr std::uint16_t kUnsupportedInPrepared = 1295;
constexpr std::uint16_t kUnknownStatement = 1243;
constexpr std::uint16_t kTooManyPrepared = 1461;
constexpr std::uint16_t kSyntaxError = 1064;

// A program that fetches as many at a time expects a long result. Its rows in binary take a server half the time they take as
// text, so they pay for the preparation, and to MySQL for its round trip, which the statement cache saves the next time.
constexpr SQLULEN kManyRows = 100;

// What a server makes of values of these types once it settled on one of them is the same.
bool settles_alike(protocol::ParameterType a, protocol::ParameterType b) {
  const auto is_integer = [](protocol::ParameterType type) {
    using enum protocol::WireType;
    return type.type == tiny || type.type == short_ || type.type == long_ || type.type == longlong;
  };
  return a == b || (is_integer(a) && is_integer(b) && a.unsigned_ == b.unsigned_);
}

}  // namespace

// --- Preparation

// True: the text protocol may be able to run what the server cannot prepare.
bool Statement::cannot_be_prepared(const protocol::Failure& failure) {
  if (failure.errc != protocol::Errc::server_error) return false;
  if (failure.server_code == kUnknownCommand) {  // a server that prepares nothing
    connection_.server_prepares = false;
    return true;
  }
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
  text_only_ = text_only_ || !connection_.server_prepares;
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
  const std::size_t count = parameters_.count();
  if (!connection_.session().dialect().settles_parameter_types() || sent_types_.size() < count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!parameters_.is_null(i) && !settles_alike(parameters_.types()[i], sent_types_[i])) return true;
  }
  return false;
}

// MariaDB reads long data as of the type that the parameter had before: such a value is sent whole, with its type. So is an
// attribute, which is no parameter of the server statement.
bool Statement::may_stream_parameter() const {
  const std::size_t i = parameters_.data_parameter();
  return !runs_as_text() && i < parameters_.count() &&
         (i >= sent_types_.size() || settles_alike(parameters_.types()[i], sent_types_[i]));
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
  if (as_text || text_only_ || !connection_.server_prepares) return true;
  return !connection_.settings().server_prepare && !parameters_.has_output();
}

// Of a text without markers that was not prepared. The type of a user's variable ('@') is settled when a statement is prepared,
// and may be another at the next execution.
bool Statement::wants_binary_rows() const {
  switch (connection_.settings().direct_execution) {
    case setup::DirectExecution::as_text: return false;
    case setup::DirectExecution::prepared: return true;
    case setup::DirectExecution::by_rowset: break;
  }
  return ard_->array_size >= kManyRows && sql_.kind == StatementKind::select && !sql_.has_several_statements &&
         sql_.text.find('@') == sql_.text.npos;
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

// --- Execution

SQLRETURN Statement::execute() {
  drop_answer();
  return run();
}

SQLRETURN Statement::execute_direct(std::string_view sql) {
  set_text(sql);
  return run();
}

SQLRETURN Statement::run() {
  begin_execution();
  return current_of_ ? run_positioned(*this, *current_of_) : array_.run();
}

void Statement::name_function() {
  diagnostics.dynamic_function_code = sql_.dynamic_function;
  if (!current_of_) return;
  diagnostics.dynamic_function_code =
      sql_.kind == StatementKind::update ? SQL_DIAG_DYNAMIC_UPDATE_CURSOR : SQL_DIAG_DYNAMIC_DELETE_CURSOR;
}

void Statement::begin_execution() {
  (void)connection_.session();
  name_function();
  phase_ = closed_phase();
  cancel_called = false;
  cause_->killed = false;
  row_count_ = -1;
  warnings_.clear();
  parameters_.plan({.count = sql_.markers.size(),
                    .first = static_cast<SQLSMALLINT>(sql_.has_return_value ? 2 : 1),
                    .takes_attributes = connection_.session().dialect().query_attributes(),
                    .may_be_stored = sql_.kind != StatementKind::select && sql_.kind != StatementKind::delete_});
  parameters_.end_data();
  parameters_.set_processed(0);
  array_.begin();
}

void Statement::run_set(std::size_t set) {
  const Connection::Running running(connection_, *cause_);
  const SQLLEN rows_before = row_count_;
  parameters_.convert(set);
  const auto with_literals = [&] {
    return parameters_.interpolate(sql_.text, sql_.markers, connection_.lexer_modes().no_backslash_escapes);
  };
  if (sql_.markers.empty() && !is_prepared_ && !wants_binary_rows()) {
    send_text(sql_.text, parameters_.attributes());
  } else if (parameters_.has_default()) {
    send_text(with_literals(), parameters_.attributes());
  } else {
    const bool at_once =
        !server_statement_ && !runs_as_text() && !take_prepared() && connection_.session().dialect().execute_last_prepared();
    if (at_once) {
      send_prepare_and_execute();
    } else if (!runs_as_text()) {
      prepare_for_parameters();
    }
    if (runs_as_text()) {
      send_text(with_literals(), parameters_.attributes());
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

protocol::Deadline Statement::command_deadline() const { return protocol::in_future(std::chrono::seconds(timeout_s())); }

void Statement::send(protocol::Session& session) {
  require(session.send());
  session.set_command_deadline(command_deadline());
}

void Statement::send_text(const std::string& sql, const protocol::QueryAttributes& with) {
  protocol::Session& session = connection_.claim(this);
  session.queue_query(sql, with);
  send(session);
  if (sql_.kind == StatementKind::load_data_local) permit_local_file(session, sql);
  answer_.begin(session, protocol::Encoding::text, connection_.settings().cursor_memory_bytes);
}

void Statement::permit_local_file(protocol::Session& session, std::string_view sql) {
  const setup::Settings& settings = connection_.settings();
  if (!settings.local_infile && settings.local_infile_dir.empty()) return;
  auto name = local_infile_name(sql, connection_.lexer_modes());
  if (name) session.permit_local_file({.name = std::move(*name), .folder = settings.local_infile_dir});
}

void Statement::write_execute(protocol::Session& session, std::uint32_t statement_id) {
  const auto& types = parameters_.types();
  const std::size_t told = std::min(sent_types_.size(), parameters_.count());
  // A CALL writes its OUT values, and their types, over MySQL's copy of the parameters. Attributes' names go with the types.
  bool known = sent_types_.size() == types.size() && !parameters_.has_output() && !parameters_.has_attributes();
  sent_types_.resize(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i < told && (types[i] == sent_types_[i] || parameters_.is_null(i))) continue;  // NULL is of any type
    sent_types_[i] = types[i];
    known = false;
  }
  protocol::ByteWriter& out = session.begin_command();
  protocol::write_execute_head(out, {.statement_id = statement_id,
                                     .parameters = static_cast<std::uint16_t>(types.size()),
                                     .null_bitmap = parameters_.null_bitmap(),
                                     .types = known ? std::span<const protocol::ParameterType>{} : sent_types_,
                                     .takes_names = session.dialect().query_attributes(),
                                     .names = parameters_.attribute_names()});
  out.bytes(parameters_.values());
  session.end_command();
}

void Statement::send_execute() {
  protocol::Session& session = connection_.claim(this);
  write_execute(session, server_statement_->id);
  send(session);
  answer_.begin(session, protocol::Encoding::binary, connection_.settings().cursor_memory_bytes);
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
    answer_.begin(session, protocol::Encoding::binary, connection_.settings().cursor_memory_bytes);
    return;
  }
  sent_types_.clear();
  if (session.dead() || prepared.failure().errc == protocol::Errc::deadline_passed) fail(std::move(prepared).failure());
  (void)require(session.drain());  // the execution has nothing to execute and fails, too
  connection_.release(this);
  if (!cannot_be_prepared(prepared.failure())) fail(std::move(prepared).failure());
  text_only_ = true;
}

}  // namespace selkie::odbc
