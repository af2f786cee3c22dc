#include "odbc/connection.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "odbc/connect_options.h"
#include "odbc/descriptor.h"
#include "odbc/isolation.h"
#include "odbc/statement.h"
#include "protocol/answer.h"
#include "setup/dsn.h"

namespace selkie::odbc {
namespace {

// What is read and thrown away, and waited for, before the server is asked to stop sending: about as much as comes while the
// side session opens. Servers make 100 to 200 KB of short rows in a millisecond.
constexpr std::size_t kDrainBytes = 256u << 10;
constexpr std::chrono::seconds kDrainPatience{1};
// The same of a statement that may change something: rather read on than stop it half way, but not without end.
constexpr std::size_t kDrainBytesOfChanges = 64u << 20;
constexpr std::chrono::seconds kKillTimeout{5};
constexpr std::uint16_t kUnknownCommand = 1047;      // ER_UNKNOWN_COM_ERROR
constexpr std::uint16_t kMustChangePassword = 1820;  // ER_MUST_CHANGE_PASSWORD

// Of a KILL that was answered: when it is looked whether the command has ended, sent again, and sent for the last time.
constexpr std::chrono::milliseconds kKillGlance{1}, kKillAgainAfter{100}, kKillPatience{1000};

std::string_view flavour_name(protocol::Flavour flavour) {
  switch (flavour) {
    case protocol::Flavour::mysql: return "MySQL";
    case protocol::Flavour::mariadb: return "MariaDB";
    case protocol::Flavour::tidb: return "TiDB";
    case protocol::Flavour::vitess: return "Vitess";
  }
  return "MySQL";
}

std::string product_and_version(const protocol::Dialect& dialect) {
  const protocol::Version v = dialect.version;
  return std::string(flavour_name(dialect.flavour)) + " " + std::to_string(v.major) + "." + std::to_string(v.minor) + "." +
         std::to_string(v.patch);
}

std::string access_mode_statement(SQLUINTEGER mode) {
  return mode == SQL_MODE_READ_ONLY ? "SET SESSION TRANSACTION READ ONLY" : "SET SESSION TRANSACTION READ WRITE";
}

}  // namespace

Connection::Connection(Environment& environment) : Handle(kTag), environment_(environment) {
  environment.connections.insert(this);
}

Connection::~Connection() {
  free_children();
  close_session();
  environment_.connections.erase(this);
}

void Connection::free_children() {
  while (!statements.empty()) delete *statements.begin();
  for (Descriptor* descriptor : std::exchange(descriptors, {})) delete descriptor;
}

void Connection::require_unconnected() const {
  if (connected()) throw Fail(SqlState::connection_in_use);
  if (browsing()) {
    throw Fail(SqlState::connection_in_use, "SQLBrowseConnect awaits more: go on with it, or call SQLDisconnect.");
  }
}

void Connection::connect(std::string_view dsn, std::string_view user, std::string_view password, bool wide) {
  require_unconnected();
  std::vector<setup::Pair> given{{"DSN", std::string(dsn)}};
  if (!user.empty()) given.push_back({"UID", std::string(user)});
  if (!password.empty()) given.push_back({"PWD", std::string(password)});
  std::vector<setup::Problem> problems;
  resolve(given, problems);
  if (!wide) {
    std::vector<setup::Pair> utf8 = given;
    for (setup::Pair& pair : utf8) pair.value = narrow_in(pair.value);
    if (utf8 != given) {
      problems.clear();
      resolve(utf8, problems);
    }
  }
  report(problems);
  open(wide);
}

std::string Connection::driver_connect(std::string_view in, SQLUSMALLINT completion, bool wide) {
  require_unconnected();
  if (completion > SQL_DRIVER_COMPLETE_REQUIRED) throw Fail(SqlState::invalid_driver_completion);
  const std::vector<setup::Pair> given = read(in, wide);
  open(wide);
  return setup::join_connection_string(given);
}

SQLRETURN Connection::browse_connect(std::string_view in, bool wide, std::string& out) {
  if (connected()) throw Fail(SqlState::connection_in_use);
  // Spec: SQLBrowseConnect, "Browse Request and Result Strings": keyword:name for a person=?, with * where it may be left out
  struct Asked {
    std::string_view keyword, request;
    bool is_required;
  };
  constexpr Asked kAsked[] = {{"SERVER", "SERVER:Server=?;", true},
                              {"UID", "UID:User=?;", true},
                              {"PWD", "PWD:Password=?;", true},
                              {"PORT", "*PORT:Port=?;", false},
                              {"DATABASE", "*DATABASE:Database=?;", false}};
  std::vector<setup::Pair> given = read(in, wide, std::exchange(browsed_, std::nullopt).value_or(std::vector<setup::Pair>()));
  std::vector<setup::Pair> known = given;
  if (!settings_.dsn.empty()) {
    const std::vector<setup::Pair> of_dsn = setup::read_dsn(settings_.dsn);
    known.insert(known.end(), of_dsn.begin(), of_dsn.end());
  }
  const auto is_known = [&](const Asked& asked) {
    return std::ranges::any_of(known, [&](const setup::Pair& pair) {
      const setup::Keyword* const keyword = setup::find_keyword(pair.keyword);
      return keyword != nullptr && (keyword->name == asked.keyword || (asked.keyword == "SERVER" && keyword->name == "SOCKET"));
    });
  };
  bool is_complete = true;
  for (const Asked& asked : kAsked) {
    if (is_known(asked)) continue;
    out += asked.request;
    is_complete = is_complete && !asked.is_required;
  }
  if (!is_complete) {
    browsed_ = std::move(given);
    return SQL_NEED_DATA;
  }
  open(wide);
  out = setup::join_connection_string(given);
  return SQL_SUCCESS;
}

std::string Connection::narrow_in(const std::string& text) const {
  return text_in(charset(), reinterpret_cast<const SQLCHAR*>(text.data()), static_cast<SQLLEN>(text.size()));
}

// Takes the settings from a connection string, or what was `given` before it, and returns the pairs of all. What says the
// character set of the text is found first: keywords and marks are ASCII in all of them.
std::vector<setup::Pair> Connection::read(std::string_view text, bool wide, const std::vector<setup::Pair>& given) {
  std::vector<setup::Problem> problems;
  const auto take = [&](std::string_view utf8) {
    problems.clear();
    std::vector<setup::Pair> pairs = given;
    for (setup::Pair& pair : setup::split_connection_string(utf8, problems)) pairs.push_back(std::move(pair));
    resolve(pairs, problems);
    return pairs;
  };
  std::vector<setup::Pair> pairs = take(text);
  if (!wide) {
    const std::string utf8 = narrow_in(std::string(text));
    if (utf8 != text) pairs = take(utf8);
  }
  report(problems);
  return pairs;
}

// The connection string beats the DSN it names.
void Connection::resolve(std::span<const setup::Pair> given, std::vector<setup::Problem>& problems) {
  settings_ = {};
  std::vector<const setup::Keyword*> already;
  setup::apply(settings_, given, already, problems);
  if (!settings_.dsn.empty()) setup::apply(settings_, setup::read_dsn(settings_.dsn), already, problems);
  if (!attribute_catalog.empty()) settings_.database = attribute_catalog;
  charset_ = Charset::open(settings_.charset);
}

void Connection::report(const std::vector<setup::Problem>& problems) {
  for (const setup::Problem& problem : problems) {
    if (problem.is_error) throw Fail(SqlState::general_error, problem.message);
    diagnostics.warning(SqlState::invalid_keyword, problem.message);
  }
}

void Connection::open(bool wide) {
  options_ = connect_options(settings_, login_timeout_s);
  options_.tls.sessions = environment_.tls_sessions;
  setup::wipe_secrets(settings_);
  wide_ = wide;
  cache_ = protocol::StatementCache(settings_.statement_cache);
  at_connecting_ = {attribute_autocommit, attribute_isolation, access_mode, attribute_catalog};
  lower_case_table_names.reset();
  server_prepares = server_resets_ = true;
  try {
    begin_session();
    server_name_ = product_and_version(session_->dialect());
    diagnostics.set_server(server_name_);
    apply_session_settings();
  } catch (...) {
    close_session();
    throw;
  }
}

void Connection::begin_session() {
  session_ = require(protocol::Session::open(options_));
  session_->set_timeouts(std::chrono::seconds(settings_.read_timeout_s), std::chrono::seconds(settings_.write_timeout_s));
  session_->set_command_timeout(std::chrono::seconds(connection_timeout_s));
  if (settings_.no_binary_result) session_->take_bytes_of_no_table_for_text();
  kill_sent_ = false;
  ansi_quotes_.reset();
}

// What the handshake cannot say, in one round trip; nothing at all for a connection with default attributes.
//   to_run  what to run before that
void Connection::apply_session_settings(std::vector<std::string> to_run) {
  if (!attribute_autocommit) to_run.push_back("SET autocommit=0");
  if (attribute_isolation != 0) to_run.push_back(isolation_statement(attribute_isolation));
  if (access_mode != SQL_MODE_READ_WRITE) to_run.push_back(access_mode_statement(access_mode));
  if (settings_.auto_is_null) to_run.push_back("SET sql_auto_is_null=1");
  if (!settings_.init_statement.empty()) to_run.push_back(settings_.init_statement);
  if (!to_run.empty()) {
    protocol::Status run = session_->run_all(to_run);
    if (!run.ok() && settings_.expired_password_ok && run.failure().server_code == kMustChangePassword) {
      diagnostics.warning(
          SqlState::general_warning,
          "The password has expired. Set a new one (ALTER USER USER() IDENTIFIED BY '...') and connect again: the "
          "connection's attributes and INITSTMT have not been applied.");
    } else {
      require(std::move(run));
    }
  }
  isolation_context_ = settings_.init_statement.empty() ? std::optional(session_->context()) : std::nullopt;
}

void Connection::reset() {
  for (Statement* statement : statements) statement->forget_server_statement();
  protocol::Session& session = claim(nullptr);
  (void)cache_.clear();  // the reset closes them
  attribute_autocommit = at_connecting_.autocommit;
  attribute_isolation = at_connecting_.isolation;
  access_mode = at_connecting_.access_mode;
  attribute_catalog = at_connecting_.catalog;

  // The server keeps the current database, and no command takes it away.
  const bool has_foreign_database = settings_.database.empty() && !session.schema().value_or("").empty();
  const bool asks = server_resets_ && !has_foreign_database;
  protocol::Status reset;
  if (asks) reset = session.reset();
  if (!reset.ok() && reset.failure().server_code == kUnknownCommand) server_resets_ = false;  // an old server, or a proxy
  if (!asks || (!reset.ok() && !session.dead())) {
    begin_session();
    return apply_session_settings();
  }
  require(std::move(reset));
  std::vector<std::string> lost{std::string(session.dialect().names_statement())};  // the server's default is in force now
  if (!settings_.database.empty()) append_identifier(lost.emplace_back("USE "), settings_.database);
  apply_session_settings(std::move(lost));
}

void Connection::disconnect() {
  if (std::exchange(browsed_, std::nullopt)) return;
  if (!connected()) throw Fail(SqlState::not_connected);
  if (!session_->dead() && in_transaction() && !autocommit()) {
    throw Fail(SqlState::invalid_transaction_state, "A transaction is open. Call SQLEndTran before SQLDisconnect.");
  }
  free_children();
  wire_owner_ = nullptr;
  close_session();
}

void Connection::close_session() {
  session_.reset();
  protocol::wipe_secrets(options_);
}

protocol::Session& Connection::session() {
  if (!connected()) throw Fail(SqlState::not_connected);
  return *session_;
}

protocol::Session& Connection::claim(Statement* statement) {
  protocol::Session& s = session();
  const bool others_answer = wire_owner_ != nullptr && wire_owner_ != statement;
  if (others_answer || kill_sent_.load(std::memory_order_relaxed)) make_room_for(statement);
  wire_owner_ = statement;
  return s;
}

// What the server does until the wire is free is not the caller's: a cancel must not stop that, and is heeded afterwards.
void Connection::make_room_for(Statement* statement) {
  if (caller_ != nullptr) set_running(nullptr);
  if (wire_owner_ != nullptr && wire_owner_ != statement) {
    Statement* const owner = std::exchange(wire_owner_, nullptr);
    session_->set_command_deadline(protocol::kNoDeadline);  // the owner's
    expect_end_after_kill();
    require(owner->park());
  }
  if (kill_sent_.load(std::memory_order_relaxed)) absorb_late_kill();
  if (caller_ == nullptr) return;
  running_.store(caller_);
  if (caller_->cancelled) throw Fail(SqlState::cancelled);
}

// A KILL that came when its command had just ended may be kept by the server for the next one: give it one to hit.
void Connection::absorb_late_kill() {
  kill_sent_ = false;
  if (protocol::Status status = session_->run("DO 0"); !status.ok() && session_->dead())
    throw CoreFail{std::move(status).failure()};
}

bool Connection::drain(bool only_reads) {
  if (!session_ || session_->dead()) return true;
  session_->set_command_deadline(only_reads ? protocol::Clock::now() + kDrainPatience : protocol::kNoDeadline);
  expect_end_after_kill();
  auto drained = session_->drain(only_reads ? kDrainBytes : kDrainBytesOfChanges);
  if (drained.ok() && *drained) return true;
  if (!drained.ok() && drained.failure().errc != protocol::Errc::deadline_passed) throw CoreFail{std::move(drained).failure()};
  // What was under way at an acknowledged KILL comes soon. Who goes on after that, or refuses, is not waited for.
  const bool stopped = kill_query().ok();
  session_->set_command_deadline(protocol::Clock::now() + kKillTimeout);
  drained = session_->drain();
  if (drained.ok()) return only_reads || !stopped;
  session_->close();
  throw CoreFail{std::move(drained).failure()};
}

std::optional<protocol::PreparedStatement> Connection::take_prepared(std::string_view sql) {
  auto statement = cache_.take(sql);
  if (!statement || statement->context == session().context()) return statement;
  session_->close_statement(statement->id);
  return std::nullopt;
}

void Connection::give_back(std::string sql, protocol::PreparedStatement statement) {
  if (!session_) return;
  std::optional<std::uint32_t> unwanted = statement.id;
  if (statement.context == session_->context()) unwanted = cache_.put(std::move(sql), std::move(statement));
  if (unwanted) session_->close_statement(*unwanted);
}

void Connection::run(std::string_view sql) { require(claim(nullptr).run(sql)); }

LexerModes Connection::lexer_modes() {
  if (!session_) return {};
  using namespace protocol::server_status;
  const protocol::Dialect& dialect = session_->dialect();
  // Of executable comments only these two say by version what they execute.
  const bool version_counts = dialect.mariadb() || dialect.flavour == protocol::Flavour::mysql;
  const protocol::Version& version = dialect.version;
  const bool were_asked = ansi_quotes_ && ansi_quotes_->context == session_->context();
  return {.ansi_quotes = dialect.mariadb() ? (session_->status() & kAnsiQuotes) != 0 : were_asked && ansi_quotes_->are_on,
          .no_backslash_escapes = (session_->status() & kNoBackslashEscapes) != 0,
          .is_mariadb = dialect.mariadb(),
          .server_version = version_counts ? version.major * 10000u + version.minor * 100u + version.patch : 0};
}

LexerModes Connection::lexer_modes_for(std::string_view sql) {
  const LexerModes known = lexer_modes();
  const bool is_reported = known.is_mariadb || (ansi_quotes_ && ansi_quotes_->context == session().context());
  if (is_reported || known.no_backslash_escapes || sql.find('"') == sql.npos || sql.find('\\') == sql.npos) return known;
  std::string modes;
  try {
    modes = query_value("SELECT @@sql_mode").value_or("");
  } catch (const CoreFail&) {  // a server without modes
    if (session_->dead()) throw;
  }
  ansi_quotes_ = {.context = session_->context(), .are_on = modes.find("ANSI_QUOTES") != modes.npos};
  return lexer_modes();
}

DescribeOptions Connection::describe_options() const {
  DescribeOptions options;
  options.wide = wide_ && !ansi_application;
  options.no_bigint = settings_.no_bigint;
  options.tinyint1_is_bit = settings_.tinyint1_is_bit;
  options.long_size_cap = settings_.long_size_cap;
  return options;
}

std::string Connection::current_catalog() {
  if (!session_) return attribute_catalog;
  if (session_->schema()) return *session_->schema();
  return query_value("SELECT DATABASE()").value_or("");
}

void Connection::set_catalog(const std::string& catalog) {
  if (connected()) require(claim(nullptr).change_schema(catalog));
  attribute_catalog = catalog;
}

std::vector<std::vector<std::optional<std::string>>> Connection::query(std::string_view sql) {
  protocol::Session& s = claim(nullptr);
  try {
    return query(s, sql);
  } catch (CoreFail& late) {
    if (late.failure.errc == protocol::Errc::deadline_passed) {
      s.close();
      late.failure =
          protocol::our_failure(protocol::Errc::timed_out, "The server did not answer in time; the connection was closed.");
    }
    throw;
  }
}

std::vector<std::vector<std::optional<std::string>>> Connection::query(protocol::Session& s, std::string_view sql) {
  s.queue_query(sql);
  require(s.send());
  const protocol::ResultHead head = require(s.next_result(nullptr));
  std::vector<std::vector<std::optional<std::string>>> rows;
  if (head.has_rows) {
    std::vector<protocol::Cell> cells(head.columns->size());
    protocol::Bytes row;
    protocol::RowStep step = s.next_row(row);
    for (; step == protocol::RowStep::row && protocol::slice_text(row, cells); step = s.next_row(row)) {
      auto& values = rows.emplace_back();
      for (const protocol::Cell& cell : cells) {
        values.push_back(cell.is_null() ? std::nullopt : std::optional(std::string(protocol::as_text(cell.bytes()))));
      }
    }
    if (step == protocol::RowStep::failed) throw CoreFail{s.take_failure()};
  }
  (void)require(s.drain());
  return rows;
}

std::optional<std::string> Connection::query_value(std::string_view sql) {
  const auto rows = query(sql);
  return rows.empty() || rows[0].empty() ? std::nullopt : rows[0][0];
}

bool Connection::autocommit() const {
  return session_ ? (session_->status() & protocol::server_status::kAutocommit) != 0 : attribute_autocommit;
}

void Connection::set_autocommit(bool on) {
  if (connected() && autocommit() != on) run(on ? "SET autocommit=1" : "SET autocommit=0");
  attribute_autocommit = on;
}

bool Connection::in_transaction() const {
  return session_ && (session_->status() & protocol::server_status::kInTransaction) != 0;
}

void Connection::end_transaction(bool commit) {
  protocol::Session& s = claim(nullptr);
  // The flag is trusted to say "no" where the server itself keeps it; a proxy may not.
  const bool flag_is_kept = s.dialect().flavour != protocol::Flavour::vitess;
  if (flag_is_kept && !in_transaction()) return;
  require(s.run(commit ? "COMMIT" : "ROLLBACK"));
}

void Connection::set_isolation(SQLUINTEGER level) {
  const std::string sql = isolation_statement(level);
  if (connected()) {
    if (in_transaction())
      throw Fail(SqlState::attribute_cannot_be_set_now, "The isolation level cannot change inside a transaction.");
    run(sql);
    isolation_context_ = session_->context();
  }
  attribute_isolation = level;
}

bool Connection::knows_isolation() const {
  return !session_ || (attribute_isolation != 0 && isolation_context_ == session_->context());
}

void Connection::set_connection_timeout(SQLUINTEGER seconds) {
  connection_timeout_s = seconds;
  if (session_) session_->set_command_timeout(std::chrono::seconds(seconds));
}

void Connection::set_access_mode(SQLUINTEGER mode) {
  if (connected() && mode != access_mode) {
    if (in_transaction())
      throw Fail(SqlState::attribute_cannot_be_set_now, "The access mode cannot change inside a transaction.");
    run(access_mode_statement(mode));
  }
  access_mode = mode;
}

void Connection::cancel(Statement& statement) noexcept {
  const std::lock_guard lock(kill_mutex_);
  killing_.store(true);
  statement.cancelled = true;  // heeded when its command has not been sent yet
  if (runs(statement)) {
    statement.killed = true;
    bool stopped = false;
    try {
      // A server that has not begun with the command yet forgets a KILL.
      const auto patience = protocol::Clock::now() + kKillPatience;
      do {
        stopped = kill_query().ok();
        if (stopped) session_->stop_local_file();
        const auto again = protocol::Clock::now() + kKillAgainAfter;
        while (stopped && runs(statement) && protocol::Clock::now() < again) std::this_thread::sleep_for(kKillGlance);
      } while (stopped && runs(statement) && protocol::Clock::now() < patience);
      const auto end = patience + kKillTimeout;
      while (stopped && runs(statement) && protocol::Clock::now() < end) std::this_thread::sleep_for(kKillAgainAfter);
      stopped = !runs(statement);
    } catch (...) {  // no memory
      stopped = false;
    }
    if (!stopped) session_->interrupt();
  }
  killing_.store(false);
}

void Connection::expect_end_after_kill() {
  if (kill_sent_.load(std::memory_order_relaxed)) session_->expect_soon(kKillTimeout);
}

protocol::Status Connection::kill_query() {
  if (!session_->dialect().kills_by_connection_id()) {
    return {protocol::Errc::connect_failed, "The server's connection numbers do not tell whom a KILL would hit."};
  }
  protocol::ConnectOptions options = options_;
  options.hosts = {session_->host()};
  options.follow_redirection = false;
  if (!session_->redirected_user().empty()) options.user = session_->redirected_user();
  options.database.clear();
  options.wishes.compressions.clear();
  options.connect_timeout = kKillTimeout;
  auto side = protocol::Session::open(options);
  protocol::wipe_secrets(options);
  if (!side.ok()) return std::move(side).failure();
  (*side)->set_timeouts(kKillTimeout, kKillTimeout);
  kill_sent_ = true;
  return (*side)->run("KILL QUERY " + std::to_string(session_->connection_id()));
}

}  // namespace selkie::odbc
