#include "odbc/parameter_arrays.h"

#include <algorithm>
#include <utility>

#include "odbc/statement.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

constexpr std::size_t kCommandBytes = 1u << 20;  // well below the smallest max_allowed_packet in use
// Below the 65,535 that a statement can have, and few enough that the server's memory for one is small.
constexpr std::size_t kMarkers = 16'384;

// In flight are at most two batches. The server never waits for us to read: an answer without rows has at most about 600
// bytes, so those of two batches fit into the smallest socket buffers.
constexpr std::size_t kBatchCommands = 64, kBatchBytes = 32 * 1024;

constexpr std::uint16_t kDeadlock = 1213;  // ER_LOCK_DEADLOCK: the server has rolled the transaction back
constexpr std::uint16_t kInterrupted = 1317;

bool changes_rows(StatementKind kind) {
  return kind == StatementKind::insert || kind == StatementKind::replace || kind == StatementKind::update ||
         kind == StatementKind::delete_;
}

}  // namespace

void ParameterArray::begin() {
  sets_ = statement_.sql_.markers.empty() ? 1 : statement_.parameters_.sets();
  next_ = failed_ = succeeded_ = 0;
  stopped_ = false;
  withheld_.clear();
  if (sets_ > 1) statement_.parameters_.clear_statuses();
}

SQLRETURN ParameterArray::run() {
  if (next_ == 0 && sets_ > 1 && may_run_ahead()) {
    run_together();
    if (!waiting_.empty()) run_in_flight();
  }
  Parameters& parameters = statement_.parameters_;
  while (next_ < sets_) {
    const std::size_t set = next_++;
    if (parameters.is_ignored(set)) {
      parameters.set_status(set, SQL_PARAM_UNUSED);
      parameters.set_processed(set + 1);
      continue;
    }
    if (stopped_) break;
    if (parameters.needs_data(set)) {
      --next_;
      parameters.begin_data(set);
      statement_.phase_ = Statement::Phase::need_data;
      withheld_.take(statement_.diagnostics);
      return SQL_NEED_DATA;
    }
    if (run_one(set)) return opened();  // SQLMoreResults goes on with the next set
  }
  if (succeeded_ + failed_ == 0 && !stopped_) {  // every set is ignored: it ran, and did nothing
    parameters.set_processed(sets_);
    statement_.ird_.show(nullptr);
    statement_.phase_ = Statement::Phase::executed;
  }
  return outcome();
}

SQLRETURN ParameterArray::run_awaited() { return run_one(next_++) ? opened() : run(); }

SQLRETURN ParameterArray::run_rest() {
  if (finished()) return SQL_NO_DATA;
  const std::size_t ran_before = succeeded_ + failed_;
  const SQLRETURN code = run();
  if (code == SQL_NEED_DATA) return code;
  if (succeeded_ + failed_ == ran_before) return SQL_NO_DATA;
  const bool failed_to_the_last = statement_.phase_ == statement_.closed_phase();
  if (failed_to_the_last) statement_.phase_ = Statement::Phase::executed;
  return code;
}

SQLRETURN ParameterArray::opened() {
  statement_.diagnostics.take(withheld_);
  return statement_.opened();
}

SQLRETURN ParameterArray::outcome() {
  statement_.diagnostics.take(withheld_);
  if (failed_ != 0 || stopped_) return succeeded_ == 0 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
  const bool nothing_changed =
      sets_ == 1 && succeeded_ == 1 && changes_rows(statement_.sql_.kind) && statement_.row_count_ == 0;
  return nothing_changed && !statement_.connection_.odbc2() ? SQL_NO_DATA : SQL_SUCCESS;
}

// True: a cursor is open, or OUT values are to be read. A lone set's failure is the statement's; one of several is noted and
// the others run all the same.
bool ParameterArray::run_one(std::size_t set) {
  try {
    statement_.run_set(set);
    set_done(set);
  } catch (...) {
    if (sets_ == 1) {
      statement_.parameters_.set_processed(1);
      statement_.parameters_.set_status(set, SQL_PARAM_ERROR);
      throw;
    }
    set_failed(set);
  }
  return statement_.phase_ == Statement::Phase::cursor || statement_.phase_ == Statement::Phase::output;
}

void ParameterArray::set_done(std::size_t set) {
  ++succeeded_;
  statement_.parameters_.set_status(set, SQL_PARAM_SUCCESS);
  statement_.parameters_.set_processed(set + 1);
}

// In a handler. Puts the failure into the diagnostics and sees whether the sets to come can be run.
void ParameterArray::report(SQLLEN row) {
  try {
    throw;
  } catch (const Fail& failure) {
    statement_.diagnostics.error(failure.state, failure.message, row, failure.column);
    stopped_ |= failure.state == SqlState::cancelled || failure.state == SqlState::timeout ||
                failure.state == SqlState::connection_timeout;
  } catch (const CoreFail& failure) {
    statement_.diagnostics.failure(failure.failure, row);
    // The application's transaction is gone; what ran now would be half of another.
    stopped_ |= failure.failure.server_code == kDeadlock && !statement_.connection_.autocommit();
  }
  stopped_ |= statement_.connection_.session().dead();
}

void ParameterArray::set_failed(std::size_t set) {
  ++failed_;
  statement_.parameters_.set_processed(set + 1);
  statement_.parameters_.set_status(set, SQL_PARAM_ERROR);
  report(static_cast<SQLLEN>(set + 1));
}

void ParameterArray::sets_failed(const std::vector<std::size_t>& sets, SQLUSMALLINT status) {
  failed_ += sets.size();
  statement_.parameters_.set_statuses(sets, status);
}

void ParameterArray::count_rows(std::uint64_t affected) {
  statement_.row_count_ = std::max<SQLLEN>(statement_.row_count_, 0) + static_cast<SQLLEN>(affected);
  statement_.diagnostics.row_count = statement_.row_count_;
}

bool ParameterArray::may_run_ahead() const {
  return changes_rows(statement_.sql_.kind) && !statement_.sql_.has_several_statements && !statement_.runs_as_text() &&
         !statement_.parameters_.has_output() && !statement_.parameters_.awaits_data_in_some_set();
}

// --- Many rows in a command

// Leaves in waiting_ what has to run row by row.
void ParameterArray::run_together() {
  waiting_.clear();
  sent_ = answered_ = 0;
  const bool bulk = statement_.connection_.session().dialect().bulk();
  const bool each_for_itself = statement_.parameters_.has_attributes();  // they are a command's, and each row has its own
  values_row_ =
      bulk || each_for_itself ? std::nullopt : repeatable_row(statement_.sql_.text, statement_.connection_.lexer_modes());
  if (!values_row_ && !(bulk && may_prepare_at_once())) statement_.prepare_on_server();
  const bool returns_rows = statement_.server_statement_ && statement_.server_statement_->columns;
  if (statement_.runs_as_text() || returns_rows) return;
  statement_.ird_.show(nullptr);
  statement_.phase_ = Statement::Phase::executed;
  if (bulk || values_row_) run_commands_of_many(bulk);
  for (; next_ < sets_ && !stopped_; ++next_) {
    if (!statement_.parameters_.is_ignored(next_)) waiting_.push_back(next_);
  }
}

// True: the statement can be prepared in the round trip of its first command of many rows, as it cannot return any.
bool ParameterArray::may_prepare_at_once() {
  return !statement_.server_statement_ && !statement_.take_prepared() &&
         statement_.connection_.session().dialect().execute_last_prepared() &&
         !setup::has_letters(statement_.sql_.text, "RETURNING");
}

void ParameterArray::run_commands_of_many(bool bulk) {
  const Connection::Running running(statement_.connection_, *statement_.cause_);
  protocol::Session& session = statement_.connection_.claim(&statement_);
  const bool own = statement_.connection_.autocommit() && !statement_.connection_.in_transaction();
  safety_ = own ? Safety::own_transaction : Safety::savepoint;
  in_own_transaction_ = false;
  uncommitted_.clear();
  while (next_ < sets_ && !stopped_ && waiting_.empty()) {
    if (gather(bulk) == 0) break;
    if (gathered_.empty()) {
      statement_.parameters_.set_processed(next_);
      continue;
    }
    try {
      if (send_gathered(session, bulk)) {
        statement_.parameters_.set_statuses(gathered_, SQL_PARAM_SUCCESS);
        statement_.parameters_.set_processed(next_);
        succeeded_ += gathered_.size();
        if (own) uncommitted_.swap(gathered_);
      } else if (take_back(session)) {
        waiting_ = gathered_;
      } else {
        refused_for_good();
      }
    } catch (...) {  // stopped, or the connection failed
      report(SQL_ROW_NUMBER_UNKNOWN);
      const bool undone = !session.dead() && take_back(session);
      sets_failed(gathered_, undone ? SQL_PARAM_ERROR : SQL_PARAM_DIAG_UNAVAILABLE);
      stopped_ = true;
    }
  }
  if (in_own_transaction_ && !session.dead()) leave_own_transaction(session);
  statement_.answer_.clear();
  statement_.connection_.release(&statement_);
}

// It is not known which rows of the command are there, so none is run again.
void ParameterArray::refused_for_good() {
  sets_failed(gathered_, SQL_PARAM_DIAG_UNAVAILABLE);
  if (refusal_) {
    statement_.diagnostics.failure(*refusal_, SQL_ROW_NUMBER_UNKNOWN);
  } else {
    statement_.diagnostics.error(SqlState::general_error,
                                 "The server changed values to make them fit, and the table kept them: it takes no part in "
                                 "transactions.",
                                 SQL_ROW_NUMBER_UNKNOWN);
  }
  stopped_ |= safety_ != Safety::own_transaction || statement_.connection_.session().dead();
  if (!stopped_) safety_ = Safety::own_transaction;
}

// Collects the rows of the next command in gathered_ and their values in the parameters. Answers their number; 0 when the
// next set needs a command of its own.
std::size_t ParameterArray::gather(bool bulk) {
  Parameters& parameters = statement_.parameters_;
  const std::size_t most = bulk ? SIZE_MAX : std::max<std::size_t>(kMarkers / parameters.count(), 1);
  gathered_.clear();
  parameters.begin_rows();
  std::size_t tried = 0;
  for (; next_ < sets_ && gathered_.size() < most && parameters.values().size() < kCommandBytes; ++next_, ++tried) {
    if (bulk) {
      const std::size_t stopped_at = parameters.append_bulk_rows(next_, kCommandBytes);
      for (; next_ < stopped_at; ++next_, ++tried) gathered_.push_back(next_);
      if (next_ == sets_ || parameters.values().size() >= kCommandBytes) break;
    }
    if (parameters.is_ignored(next_)) {
      parameters.set_status(next_, SQL_PARAM_UNUSED);
      continue;
    }
    try {
      if (!(bulk ? parameters.append_bulk_row(next_) : parameters.append_row(next_))) break;
      gathered_.push_back(next_);
    } catch (const Fail&) {
      set_failed(next_);
    }
  }
  return tried;
}

// False: the server has refused the command, or done it in a way that may differ from row by row. Throws when it was stopped
// or the connection failed.
bool ParameterArray::send_gathered(protocol::Session& session, bool bulk) {
  Parameters& parameters = statement_.parameters_;
  if (!bulk && (!many_ || many_->rows != gathered_.size() || many_->context != session.context()) &&
      !prepare_rows(session, gathered_.size())) {
    safety_ = Safety::nothing_sent;
    return false;
  }
  refusal_.reset();
  queue_safety(session);
  const bool prepares = bulk && !statement_.server_statement_;
  if (prepares) {
    protocol::write_prepare(session.begin_command(), statement_.sql_.text);
    session.end_command();
  }
  if (bulk) {
    const std::uint32_t id = prepares ? protocol::kLastPrepared : statement_.server_statement_->id;
    protocol::write_bulk_head(session.begin_command(), {.statement_id = id, .types = parameters.types()});
    statement_.sent_types_.clear();
  } else {
    const bool known = many_->sent_types == parameters.types();
    std::vector<protocol::ParameterType> types;
    for (std::size_t row = 0; !known && row < many_->rows; ++row)
      types.insert(types.end(), parameters.types().begin(), parameters.types().end());
    protocol::ByteWriter& out = session.begin_command();
    protocol::write_execute_head(out, {.statement_id = many_->id,
                                       .parameters = static_cast<std::uint16_t>(many_->rows * parameters.count()),
                                       .null_bitmap = parameters.null_bitmap(),
                                       .types = types,
                                       .takes_names = session.dialect().query_attributes()});
    many_->sent_types = parameters.types();
  }
  session.end_command(true, parameters.values());
  statement_.send(session);
  session.await_answers(prepares ? 3 : 2);

  if (auto safe = session.next_result(nullptr); !safe.ok()) {
    const bool commit_failed = !uncommitted_.empty();
    if (!session.dead() && commit_failed) static_cast<void>(require(session.drain()));
    if (session.dead() || commit_failed) {
      forget_uncommitted();
      throw CoreFail{std::move(safe).failure()};
    }
    safety_ = Safety::none;  // a server without savepoints
  }
  uncommitted_.clear();
  if (prepares && !read_prepared(session)) {
    safety_ = Safety::nothing_sent;
    return false;
  }
  statement_.answer_.begin(session, protocol::Encoding::binary, 0);
  auto head = statement_.answer_.next_result(nullptr);
  if (!head.ok()) {
    const bool refused = head.failure().errc == protocol::Errc::server_error && head.failure().server_code != kInterrupted;
    if (!refused) statement_.fail(std::move(head).failure());
    refusal_ = std::move(head).failure();
    return false;
  }
  static_cast<void>(require(session.drain()));
  statement_.answer_.clear();
  // A NULL where none is allowed fails in an INSERT of one row; in one of many it becomes the type's default value, with a
  // warning, unless sql_mode is strict.
  if (head->warnings != 0 && parameters.has_null()) return false;
  count_rows(head->affected_rows);
  return true;
}

// The answer to a preparation that its first command has followed at once. False: the server does not take it, and nothing
// was executed; who prepares it again hears why.
bool ParameterArray::read_prepared(protocol::Session& session) {
  auto prepared = session.read_prepare();
  if (prepared.ok()) {
    statement_.server_statement_ = std::move(*prepared);
    return true;
  }
  const bool was_stopped = prepared.failure().server_code == kInterrupted;
  if (session.dead() || prepared.failure().errc == protocol::Errc::deadline_passed) {
    statement_.fail(std::move(prepared).failure());
  }
  static_cast<void>(require(session.drain()));  // the command has nothing to execute and fails, too
  if (was_stopped) statement_.fail(std::move(prepared).failure());
  return false;
}

// False: the server does not take it.
bool ParameterArray::prepare_rows(protocol::Session& session, std::size_t rows) {
  drop_server_statement();
  protocol::write_prepare(session.begin_command(), repeat_row(statement_.sql_.text, *values_row_, rows));
  session.end_command();
  statement_.send(session);
  auto prepared = session.read_prepare();
  if (!prepared.ok()) {
    if (session.dead() || prepared.failure().errc != protocol::Errc::server_error)
      statement_.fail(std::move(prepared).failure());
    return false;
  }
  many_ = ManyRows{.id = prepared->id, .context = session.context(), .rows = rows, .sent_types = {}};
  return true;
}

// Queues what makes the next command one that can be taken back; it costs no round trip. Its answer comes before the command's.
void ParameterArray::queue_safety(protocol::Session& session) {
  if (safety_ != Safety::own_transaction) return session.queue_query("SAVEPOINT selkie_rows");  // replaces the one before
  // START TRANSACTION would unlock the application's locked tables.
  session.queue_query(in_own_transaction_ ? "COMMIT" : "SET autocommit=0");
  in_own_transaction_ = true;
}

// Undoes the command that failed. True: nothing of it is left, so its rows can be run again. The server warns when tables
// without transactions were changed since the transaction began (ER_WARNING_NOT_COMPLETE_ROLLBACK); it alone knows, as
// triggers may write to others than the statement names.
bool ParameterArray::take_back(protocol::Session& session) {
  statement_.answer_.clear();
  if (safety_ == Safety::nothing_sent) return true;
  if (safety_ == Safety::none) return false;
  session.queue_query(safety_ == Safety::savepoint ? "ROLLBACK TO SAVEPOINT selkie_rows" : "ROLLBACK");
  statement_.send(session);
  auto undone = session.next_result(nullptr);
  return undone.ok() && undone->warnings == 0;
}

// Commits the last command's rows.
void ParameterArray::leave_own_transaction(protocol::Session& session) {
  session.queue_query("SET autocommit=1");
  try {
    statement_.send(session);
    require(session.next_result(nullptr));
  } catch (const CoreFail&) {
    forget_uncommitted();
    report(SQL_ROW_NUMBER_UNKNOWN);
  }
  in_own_transaction_ = false;
}

// Rows that were there until they could not be committed.
void ParameterArray::forget_uncommitted() {
  succeeded_ -= uncommitted_.size();
  sets_failed(std::exchange(uncommitted_, {}), SQL_PARAM_ERROR);
}

// --- Commands of one row, sent ahead of the answers

void ParameterArray::run_in_flight() {
  while (answered_ < waiting_.size() && !stopped_) {
    statement_.parameters_.begin_rows();  // NULLs are looked at when each set is sent
    statement_.prepare_for_parameters();
    if (!statement_.runs_as_text()) run_batches();
    // What could not be sent ahead is alone now.
    if (stopped_ || sent_ == waiting_.size()) break;
    const std::size_t set = waiting_[sent_++];
    ++answered_;
    run_one(set);
  }
  for (std::size_t i = answered_; i < waiting_.size(); ++i) {
    if (i < sent_) sets_failed({waiting_[i]}, SQL_PARAM_DIAG_UNAVAILABLE);
  }
  if (!stopped_) statement_.parameters_.set_processed(sets_);
}

// Sends and reads by turns until all is answered or the next set needs a command of another kind.
void ParameterArray::run_batches() {
  const Connection::Running running(statement_.connection_, *statement_.cause_);
  protocol::Session& session = statement_.connection_.claim(&statement_);
  std::size_t reading = send_batch(session);
  while (reading != 0) {
    const std::size_t ahead = stopped_ ? 0 : send_batch(session);
    read_batch(session, reading);
    reading = session.idle() ? 0 : ahead;
  }
  statement_.connection_.release(&statement_);
}

// Answers how many commands went out: 0 when all have, or the next set needs one of another kind.
std::size_t ParameterArray::send_batch(protocol::Session& session) {
  Parameters& parameters = statement_.parameters_;
  std::size_t commands = 0, bytes = 0;
  while (sent_ < waiting_.size() && commands < kBatchCommands && bytes < kBatchBytes) {
    const std::size_t set = waiting_[sent_];
    try {
      parameters.convert(set);
    } catch (const Fail&) {
      if (commands != 0 || answered_ != sent_) break;  // its turn comes when all before it are answered
      ++sent_, ++answered_;
      set_failed(set);
      continue;
    }
    if (parameters.is_special()) break;
    statement_.write_execute(session, statement_.server_statement_->id);
    bytes += parameters.values().size();
    ++commands, ++sent_;
  }
  if (commands != 0) statement_.send(session);
  return commands;
}

void ParameterArray::read_batch(protocol::Session& session, std::size_t count) {
  session.await_answers(count);
  for (; count != 0 && !session.idle(); --count) {
    const std::size_t set = waiting_[answered_++];
    statement_.answer_.begin(session, protocol::Encoding::binary, 0);
    try {
      const protocol::ResultHead head = statement_.next_head(nullptr);
      count_rows(head.affected_rows);
      set_done(set);
    } catch (const Fail&) {
      set_failed(set);
    } catch (const CoreFail&) {
      set_failed(set);
    }
    statement_.answer_.clear();
    if (session.dead()) return;
  }
}

// --- The INSERT of many rows

void ParameterArray::drop_server_statement() {
  if (many_ && statement_.connection_.connected()) statement_.connection_.session().close_statement(many_->id);
  many_.reset();
}

void ParameterArray::forget_server_statement() { many_.reset(); }

}  // namespace selkie::odbc
