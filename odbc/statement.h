// A statement: text, preparation, execution, results. Rows are the cursor's, parameter values the parameters'.
// statement.cpp has its states, statement_execution.cpp the way to the server, statement_results.cpp the way back.
// Spec: ODBC Appendix B, "Statement Transitions"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/connection.h"
#include "odbc/current_of.h"
#include "odbc/cursor.h"
#include "odbc/descriptor.h"
#include "odbc/marker_targets.h"
#include "odbc/output_values.h"
#include "odbc/parameter_arrays.h"
#include "odbc/parameters.h"
#include "odbc/sql_text.h"
#include "odbc/states.h"
#include "protocol/answer.h"

namespace selkie::odbc {

class RowOperation;

// What the thread that holds the lock and that of SQLCancel, which does without, both read or set. Unlike a plain atomic's,
// its assignments wait for no other thread to see them.
template <class T>
class Watched {
 public:
  explicit Watched(T value) : value_(value) {}
  operator T() const { return value_.load(std::memory_order_acquire); }
  void operator=(T value) { value_.store(value, std::memory_order_release); }

 private:
  std::atomic<T> value_;
};

class Statement : public Handle {
 public:
  static constexpr HandleTag kTag = HandleTag::statement;
  explicit Statement(Connection& connection);  // enters itself into the connection's statements
  // One of the driver's own, not of the connection's, that runs on behalf of `cause`: who cancels that one means this one.
  Statement(Connection& connection, Statement& cause);
  ~Statement();

  std::mutex& mutex() { return connection_.mutex(); }
  Connection& connection() { return connection_; }

  // ODBC's states, as far as they differ in what the driver does.
  enum class Phase : std::uint8_t {
    allocated,  // S1
    prepared,   // S2, S3
    executed,   // S4: no result set
    cursor,     // S5-S7: a result set is open
    need_data,  // S8-S10
    output,     // S13, S14: streamed OUT values wait
  };
  Phase phase() const { return phase_; }
  [[gnu::always_inline]] State state() const { return phase_ == Phase::cursor ? cursor_state_ : state_without_cursor(); }
  // Throws Fail with the state table's SQLSTATE.
  [[gnu::always_inline]] void admit(Call call) {
    if (!admits(call, state(), is_prepared_)) [[unlikely]]
      admit_after_cancel(call);
  }

  // --- Running statements
  void prepare(std::string_view sql);
  SQLRETURN execute();
  SQLRETURN execute_direct(std::string_view sql);
  SQLRETURN param_data(SQLPOINTER* token);
  void put_data(SQLPOINTER data, SQLLEN length);
  SQLRETURN more_results();
  // SQLSetPos, SQLBulkOperations and positioned statements.
  SQLRETURN run_operation(std::unique_ptr<RowOperation> operation);
  // SQLCancel where the statement waits for the application: for data, or for streamed OUT values to be read.
  bool awaits_application() const { return phase_ == Phase::need_data || phase_ == Phase::output; }
  void cancel_awaited();  // quiet when it does not wait

  // --- Results
  SQLSMALLINT result_columns();  // asks the server after SQLPrepare alone
  // The columns for a call that needs some. Throws Fail(07005) without a result set.
  const protocol::ColumnSetPtr& require_columns(Call call);
  SQLLEN row_count() const { return row_count_; }
  void set_row_count(SQLLEN rows) { diagnostics.row_count = row_count_ = rows; }
  const std::string& result_info() const { return result_info_; }  // the server's words about what it changed
  SQLSMALLINT parameter_count();

  // --- For SQLDescribeParam
  protocol::ColumnSetPtr parameter_definitions();  // the server's, of the prepared text; null when it has none
  // The result columns of another query, which is prepared and given up again; null when the server refuses it.
  protocol::ColumnSetPtr columns_of(std::string_view query);
  // What was found out about the prepared text's markers.
  struct MarkerColumns {
    protocol::ColumnSetPtr targets, definitions;
    std::vector<std::optional<std::size_t>> target_of;  // by marker: its column in targets
  };
  std::optional<MarkerColumns> marker_columns;

  // `fetched`: the cursor's state afterwards, State::cursor_fetched or State::cursor_extended.
  SQLRETURN fetch(SQLSMALLINT orientation, SQLLEN offset, SQLULEN rowset_size, State fetched);
  // SQLGetData: of the cursor's row, or of the OUT value that SQLParamData has named.
  SQLRETURN get_data(SQLUSMALLINT number, SQLSMALLINT c_type, const Slot& slot) {
    return phase_ == Phase::output ? output_values_.get_data(number, c_type, slot) : cursor_.get_data(number, c_type, slot);
  }
  Cursor& cursor() { return cursor_; }
  // SQL_ATTR_CURSOR_TYPE of the open cursor, which may be another than was asked for; or of the next one.
  SQLULEN cursor_type() {
    const bool is_substituted =
        cursor_.is_open() && attributes.cursor_type == SQL_CURSOR_KEYSET_DRIVEN && !cursor_.is_keyset_driven();
    return is_substituted ? SQLULEN{SQL_CURSOR_STATIC} : attributes.cursor_type;
  }
  const SqlText& sql() const { return sql_; }

  // Opens a cursor on rows made here: SQLGetTypeInfo. Values in text encoding.
  void open_local(protocol::ColumnSetPtr columns, std::unique_ptr<protocol::RowStore> rows);
  // Runs a query of a catalog function and shows its rows under `columns`, the specification's names and types.
  //   rows   turns the query's rows into the result's; null: they are the same
  void open_query(std::string_view sql, protocol::ColumnSetPtr columns, std::unique_ptr<CatalogRows> rows = nullptr);

  // --- For the cursor
  // The next row of the answer; false at its end. A large one, where it may come in parts, is empty: LargeRow reads it
  // from answer(). Throws what the server or the wire has to say.
  bool next_row(protocol::Bytes& row, protocol::LargeRows large = protocol::LargeRows::whole) {
    return next_rows({&row, 1}, large) != 0;
  }
  // The same for as many rows as have arrived, at most `rows` has room for; their number.
  [[gnu::always_inline]] std::size_t next_rows(std::span<protocol::Bytes> rows, protocol::LargeRows large) {
    std::size_t count = 0;
    const protocol::RowStep step = answer_.next_rows(rows, count, large);
    if (step == protocol::RowStep::row) [[likely]]
      return count;
    return step == protocol::RowStep::large_row || rows_ended(step) ? 1 : 0;
  }
  protocol::Answer& answer() { return answer_; }
  // Throws what the wire has to say, and leaves a clean one.
  void check(protocol::Status status) {
    if (!status.ok()) fail(std::move(status).failure());
  }
  // The query timeout counts anew for each call that waits for the server.
  void renew_deadline() {
    if (timeout_s() != 0 && answer_.live()) connection_.session().set_command_deadline(command_deadline());
  }
  std::uint64_t max_rows() const { return attributes.max_rows; }
  ZeroDate zero_date() const;

  // --- Ending
  void close_cursor();  // SQL_CLOSE: quiet when none is open
  // The connection needs the wire for somebody else: what is left of the answer goes into memory.
  protocol::Status park();
  void forget_server_statement();  // the connection was reset: nothing of it exists on the server any more

  // --- Descriptors in use
  Descriptor& ard() { return *ard_; }
  Descriptor& apd() { return *apd_; }
  Descriptor& ird() { return ird_; }
  Descriptor& ipd() { return ipd_; }
  void use_ard(Descriptor* descriptor) { ard_ = descriptor != nullptr ? descriptor : &automatic_ard_; }
  void use_apd(Descriptor* descriptor) { apd_ = descriptor != nullptr ? descriptor : &automatic_apd_; }
  void drop_descriptor(const Descriptor* descriptor);  // an explicit one was freed

  // --- Attributes (attributes.cpp reads and writes them)
  struct Attributes {
    SQLULEN cursor_type = SQL_CURSOR_FORWARD_ONLY;
    SQLULEN concurrency = SQL_CONCUR_READ_ONLY;
    SQLULEN cursor_scrollable = SQL_NONSCROLLABLE;
    SQLULEN cursor_sensitivity = SQL_UNSPECIFIED;
    SQLULEN query_timeout_s = 0;
    SQLULEN max_rows = 0, max_length = 0;
    SQLULEN noscan = SQL_NOSCAN_OFF;
    SQLULEN metadata_id = SQL_FALSE;
    SQLULEN retrieve_data = SQL_RD_ON;
    SQLULEN use_bookmarks = SQL_UB_OFF;
    SQLULEN simulate_cursor = SQL_SC_UNIQUE;
    SQLULEN keyset_size = 0;
    SQLULEN rowset_size = 1;  // SQL_ROWSET_SIZE, of SQLExtendedFetch alone
    SQLPOINTER fetch_bookmark_ptr = nullptr;
  } attributes;
  std::string cursor_name;
  bool as_text = false;  // values go into the text, so rows come in text encoding

  // What SQLCancel from another thread leaves behind.
  Watched<bool> cancel_called{false};  // since the last execution, whatever it found
  std::atomic<bool> cancelled{false};  // during the running call
  Watched<bool> killed{false};         // a KILL went out for the last execution: its 1317 means "cancelled" (HY008)

 private:
  State state_without_cursor() const;
  void admit_after_cancel(Call call);
  // What the reading of a text depends on.
  struct Reading {
    LexerModes modes;
    bool no_scan;
    bool operator==(const Reading&) const = default;
  };
  void set_text(std::string_view sql);
  bool is_read(std::string_view sql, const Reading& reading) const;
  template <class Body>
  SQLRETURN go_on_with_operation(Body&& body);
  void end_operation();
  SQLRETURN run();
  void begin_execution();
  void name_function();            // in the diagnostics' header: what is executed, or whose results are read
  [[gnu::noinline]] void drain();  // apart: most answers have been read when they are dropped
  void drop_answer();
  void drop_server_statement();
  void give_back_server_statement();
  bool take_prepared();
  bool runs_as_text() const;
  bool wants_binary_rows() const;

  protocol::Result<protocol::PreparedStatement> ask_to_prepare(std::string_view sql, const protocol::ColumnSetPtr& known);

  // The path of one execution. All leave answer_ live and its first result opened.
  void prepare_on_server();
  friend class ParameterArray;
  void run_set(std::size_t set);
  void send_text(const std::string& sql, const protocol::QueryAttributes& with = {});
  void permit_local_file(protocol::Session& session, std::string_view sql);
  void send_execute();
  void send_prepare_and_execute();
  bool cannot_be_prepared(const protocol::Failure& failure);
  bool may_prepare_again(const protocol::Failure& failure) const;
  bool has_settled_types() const;
  bool may_stream_parameter() const;
  void prepare_for_parameters();
  void write_execute(protocol::Session& session, std::uint32_t statement_id);
  void send(protocol::Session& session);

  void open_next_result(const protocol::ColumnSetPtr& known);
  void open_result(protocol::ResultHead head, protocol::ColumnSetPtr shape = nullptr);
  void open_keyset();
  void take_output_values(const protocol::ColumnSet& columns, const std::vector<SQLSMALLINT>& numbers);
  SQLRETURN next_output_value(SQLPOINTER* token);
  // What SQLExecute and SQLMoreResults answer once a result is open.
  SQLRETURN opened() const { return phase_ == Phase::output ? SQL_PARAM_DATA_AVAILABLE : SQL_SUCCESS; }
  protocol::ResultHead next_head(const protocol::ColumnSetPtr& known);
  bool rows_ended(protocol::RowStep step);  // always false, or throws
  SQLRETURN as_extended(SQLRETURN code);
  void skip_rows();
  void watch_charset();
  void require_utf8(const protocol::ColumnSet& columns);
  void take_warnings(std::uint16_t count);
  void show_warnings() {
    if (!warnings_.empty()) tell_warnings();
  }
  void tell_warnings();
  template <class Body>
  auto or_end_data(Body&& body);
  void release_wire_when_done();
  [[noreturn]] void fail(protocol::Failure failure);
  // The shorter of the statement's timeout and the connection's; 0 = none.
  SQLULEN timeout_s() const {
    const SQLULEN query = attributes.query_timeout_s, connection = connection_.connection_timeout_s;
    return query == 0 || (connection != 0 && connection < query) ? connection : query;
  }
  protocol::Deadline command_deadline() const;
  Phase closed_phase() const { return is_prepared_ ? Phase::prepared : Phase::allocated; }

  Connection& connection_;
  Watched<Phase> phase_{Phase::allocated};
  State cursor_state_ = State::cursor_opened;  // in Phase::cursor
  bool is_prepared_ = false;                   // by SQLPrepare
  // Taken when the rows ended, told by a call that succeeds: driver managers do not ask after SQL_NO_DATA.
  struct ServerWarning {
    SQLINTEGER code;
    std::string message;
  };
  std::vector<ServerWarning> warnings_;
  SqlText sql_;
  std::optional<Reading> reading_;  // of sql_; nullopt where it was translated: its text is not the application's
  std::optional<protocol::PreparedStatement> server_statement_;
  std::vector<protocol::ParameterType> sent_types_;  // that the server knows of the server statement
  bool text_only_ = false;                           // the server cannot prepare this text
  protocol::ColumnSetPtr last_columns_;              // of the last result: an unchanged one keeps its pointer

  SQLLEN row_count_ = -1;
  std::string result_info_;
  std::optional<CurrentOf> current_of_;  // the text is a positioned statement

  Descriptor automatic_ard_, automatic_apd_, ird_, ipd_;
  Descriptor* ard_ = &automatic_ard_;
  Descriptor* apd_ = &automatic_apd_;
  protocol::Answer answer_;
  Cursor cursor_;
  Parameters parameters_;
  OutputValues output_values_;
  ParameterArray array_{*this};
  Statement* cause_ = this;
  std::unique_ptr<RowOperation> operation_;  // under way: it awaits data
};

inline Connection::Running::Running(Connection& connection, Statement& statement)
    : connection_(connection), is_inner_(connection.caller_ != nullptr) {
  if (is_inner_) return;
  connection.caller_ = &statement;
  statement.cancelled.store(false, std::memory_order_relaxed);
  // While another one's answer is on the wire, a KILL would hit that. claim() makes room and goes on from there. A KILL that
  // misses this has come before the call, so nothing has to wait for the store to be seen.
  const bool may_be_hit = connection.wire_owner_ == nullptr || connection.wire_owner_ == &statement;
  if (may_be_hit) connection.running_.store(&statement, std::memory_order_release);
}

inline Connection::Running::~Running() {
  if (is_inner_) return;
  connection_.caller_ = nullptr;
  connection_.set_running(nullptr);
}

// The same for what concerns more than one statement: all of a connection, those that use a descriptor.
[[gnu::always_inline]] inline void admit(Statement& statement, Call call) { statement.admit(call); }
void admit(const Connection& connection, Call call);
void admit(Descriptor& descriptor, Call call);

// The door to a call that the state tables have a row for.
template <class H, class Body>
SQLRETURN enter(SQLHANDLE handle, Call call, Body&& body) noexcept {
  return enter<H>(handle, [&](H& h) {
    admit(h, call);
    return body(h);
  });
}

}  // namespace selkie::odbc
