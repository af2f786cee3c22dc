// Environment and Connection: connecting, transactions, who owns the wire, cancelling.
// Spec: ODBC SQLConnect, SQLDriverConnect, SQLEndTran, SQLSetConnectAttr
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "odbc/charset.h"
#include "odbc/handle.h"
#include "odbc/sql_text.h"
#include "odbc/types.h"
#include "protocol/session.h"
#include "protocol/statement_cache.h"
#include "setup/settings.h"

namespace selkie::odbc {

class Connection;
class Descriptor;
class Statement;

class Environment : public Handle {
 public:
  static constexpr HandleTag kTag = HandleTag::environment;
  Environment() : Handle(kTag) {}

  std::mutex& mutex() { return mutex_; }

  SQLINTEGER odbc_version = 0;  // 0 until SQL_ATTR_ODBC_VERSION is set
  SQLUINTEGER connection_pooling = SQL_CP_OFF;
  SQLUINTEGER cp_match = SQL_CP_STRICT_MATCH;

  std::unordered_set<Connection*> connections;  // guarded by mutex_
  // TLS sessions that a connection may resume, also the one that stops a statement. Guards itself.
  const std::shared_ptr<protocol::TlsSessions> tls_sessions = protocol::make_tls_sessions();

 private:
  std::mutex mutex_;
};

class Connection : public Handle {
 public:
  static constexpr HandleTag kTag = HandleTag::connection;
  // Enters itself into the environment's connections and leaves them again; the caller holds the environment's lock.
  explicit Connection(Environment& environment);
  ~Connection();

  std::mutex& mutex() { return mutex_; }
  Environment& environment() { return environment_; }
  bool odbc2() const { return environment_.odbc_version == SQL_OV_ODBC2; }

  // --- Connecting. `wide`: through a W function, so the application reads wide types. Else the text is still as it came: in
  // the character set that CHARSET, there or in the data source, says.
  void connect(std::string_view dsn, std::string_view user, std::string_view password, bool wide);
  // Answers the completed connection string. Throws Fail(IM008 and the like) where a dialog would be needed.
  std::string driver_connect(std::string_view in, SQLUSMALLINT completion, bool wide);
  // Takes what the application knows so far. SQL_NEED_DATA: `out` asks for what is still missing; SQL_SUCCESS: connected, `out`
  // is the completed connection string. An error ends the browsing, and so does disconnect().
  SQLRETURN browse_connect(std::string_view in, bool wide, std::string& out);
  void disconnect();  // frees all statements and explicit descriptors
  bool connected() const { return session_ != nullptr; }
  bool browsing() const { return browsed_.has_value(); }  // SQLBrowseConnect awaits more

  // --- The session. Throws Fail(08003) when not connected.
  protocol::Session& session();
  // The session, ready for a command of `statement` (null: of the connection itself): whoever reads from the wire right now is
  // parked, a late KILL is waited for. Throws Fail(HY008) when `statement` was cancelled meanwhile.
  protocol::Session& claim(Statement* statement);
  // `statement` no longer has anything on the wire.
  void release(Statement* statement) {
    if (wire_owner_ == statement) wire_owner_ = nullptr;
  }
  bool owns_wire(const Statement* statement) const { return wire_owner_ == statement; }
  // Ends an answer that nobody wants to read: reads on while little is left, else has the server stop it. A server that goes on
  // sending all the same loses the connection.
  //   only_reads  stopping the statement early changes nothing, so little is less
  //   false       it was stopped, and may have had changes to make that it did not make
  bool drain(bool only_reads);
  // A statement without interest in rows, on behalf of the connection.
  void run(std::string_view sql);
  // All rows of a query that has few; nullopt for NULL.
  std::vector<std::vector<std::optional<std::string>>> query(std::string_view sql);
  // The first column of a query's first row; nullopt for NULL or no row.
  std::optional<std::string> query_value(std::string_view sql);

  // A server statement of exactly this text that nobody uses; and a used one back.
  std::optional<protocol::PreparedStatement> take_prepared(std::string_view sql);
  void give_back(std::string sql, protocol::PreparedStatement statement);

  const setup::Settings& settings() const { return settings_; }
  Charset* charset() const { return charset_.get(); }              // of narrow text; null: UTF-8
  const std::string& server_name() const { return server_name_; }  // "MariaDB 10.11.6", in front of the server's messages
  LexerModes lexer_modes();
  // The same for a text of the application: asks a server that does not report ANSI_QUOTES for it where the text may mean
  // different things, which takes a " and a \ in it.
  LexerModes lexer_modes_for(std::string_view sql);
  DescribeOptions describe_options() const;
  std::string current_catalog();
  void set_catalog(const std::string& catalog);
  // COM_RESET_CONNECTION for pools: afterwards as after connecting; open cursors are gone.
  void reset();

  // --- Transactions
  void set_autocommit(bool on);
  bool autocommit() const;
  void end_transaction(bool commit);
  bool in_transaction() const;
  void set_isolation(SQLUINTEGER level);
  void set_connection_timeout(SQLUINTEGER seconds);
  void set_access_mode(SQLUINTEGER mode);  // the server itself refuses to write in SQL_MODE_READ_ONLY

  // --- Cancelling
  // While it lives, `statement` runs commands that SQLCancel may stop from another thread. One inside another changes nothing.
  // In statement.h, as it has to know a statement.
  class Running {
   public:
    Running(Connection& connection, Statement& statement);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Connection& connection_;
    const bool is_inner_;
  };
  // Has the server stop what `statement` runs, through a session of its own. Any thread, without the lock; the running call
  // cannot return before the KILL was answered, so a late one never meets the next command. Where the server cannot be asked,
  // or refuses, the connection is closed.
  void cancel(Statement& statement) noexcept;
  bool runs(const Statement& statement) const { return running_.load() == &statement; }  // any thread
  // Before the answer is read on: a server that was told to stop may not send all that it promised. MariaDB (11.8) sends
  // nothing more where a KILL comes between two statements of one text, after "more results follow".
  void expect_end_after_kill();
  // KILL QUERY through a session of its own, while the thread that holds the lock does nothing else with the wire.
  protocol::Status kill_query();

  // --- Attributes (attributes.cpp reads and writes them)
  bool attribute_autocommit = true;
  SQLUINTEGER attribute_isolation = 0;  // 0: the server's default
  // The level that was set here is still the session's: no SET has come since.
  bool knows_isolation() const;
  SQLUINTEGER login_timeout_s = 0, connection_timeout_s = 0;
  SQLUINTEGER access_mode = SQL_MODE_READ_WRITE;
  SQLUINTEGER metadata_id = SQL_FALSE;
  std::string attribute_catalog;  // set before connecting
  SQLULEN quiet_mode = 0;
  bool ansi_application = false;  // it reads narrow types even when the driver manager calls the W functions

  bool server_prepares = true;                        // until it says that it does not know the command
  std::optional<std::string> lower_case_table_names;  // the server's; nullopt until somebody asks

  std::unordered_set<Statement*> statements;
  std::unordered_set<Descriptor*> descriptors;  // explicit ones

 private:
  std::optional<std::vector<setup::Pair>> browsed_;  // by SQLBrowseConnect, while it asks for more
  void require_unconnected() const;
  std::vector<setup::Pair> read(std::string_view text, bool wide, const std::vector<setup::Pair>& given = {});
  void resolve(std::span<const setup::Pair> given, std::vector<setup::Problem>& problems);
  std::string narrow_in(const std::string& text) const;
  void report(const std::vector<setup::Problem>& problems);
  void open(bool wide);
  void free_children();
  void close_session();  // and forgets the passwords
  void begin_session();
  static std::vector<std::vector<std::optional<std::string>>> query(protocol::Session& session, std::string_view sql);
  void apply_session_settings(std::vector<std::string> to_run = {});
  void make_room_for(Statement* statement);
  void absorb_late_kill();
  // By the thread that holds the lock. What it takes away cannot be hit any more afterwards.
  void set_running(Statement* statement) {
    running_.store(statement);
    if (killing_.load()) [[unlikely]]
      wait_for_the_kill();
  }
  void wait_for_the_kill() { const std::lock_guard lock(kill_mutex_); }

  Environment& environment_;
  std::mutex mutex_;
  setup::Settings settings_;
  std::unique_ptr<Charset> charset_;
  protocol::ConnectOptions options_;  // of the session, for the side sessions that cancel
  std::unique_ptr<protocol::Session> session_;
  protocol::StatementCache cache_;
  struct AnsiQuotes {
    std::uint64_t context;  // the session's when it was asked
    bool are_on;
  };
  std::optional<AnsiQuotes> ansi_quotes_;           // of a server that does not report them
  std::optional<std::uint64_t> isolation_context_;  // the session's context when the level was set
  Statement* wire_owner_ = nullptr;
  Statement* caller_ = nullptr;  // whose call is Running
  bool server_resets_ = true;    // until it says that it does not know COM_RESET_CONNECTION
  std::string server_name_;
  bool wide_ = false;
  struct AtConnecting {  // what reset() goes back to
    bool autocommit = true;
    SQLUINTEGER isolation = 0, access_mode = SQL_MODE_READ_WRITE;
    std::string catalog{};
  } at_connecting_;

  // The running thread stores running_, then looks at killing_; a cancelling thread stores killing_, then looks at running_.
  // So either the one waits for the KILL or the other sees that there is nothing to stop.
  std::atomic<Statement*> running_{nullptr};  // whose command a KILL would hit
  std::atomic<bool> killing_{false};
  std::mutex kill_mutex_;               // held while a KILL is under way
  std::atomic<bool> kill_sent_{false};  // a KILL went out since the last command was fenced off
};

}  // namespace selkie::odbc
