// The blocking shell around the machines: sends commands, reads answers, knows when the connection is beyond use.
// One user at a time; interrupt() alone may be called from another thread. Knows nothing of ODBC.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/column.h"
#include "protocol/commands.h"
#include "protocol/connect.h"
#include "protocol/dialect.h"
#include "protocol/frame.h"
#include "protocol/local_file.h"
#include "protocol/packets.h"
#include "protocol/response.h"
#include "protocol/status.h"
#include "protocol/stream.h"

namespace selkie::protocol {

// The head of one result of an answer.
struct ResultHead {
  bool has_rows = false;
  bool out_params = false;     // with rows: they are a CALL's OUT values, as far as known before the rows
  ColumnSetPtr columns;        // with rows
  std::uint16_t warnings = 0;  // without rows, as is all below
  std::uint64_t affected_rows = 0;
  std::string_view info;  // until the next result
};

// What COM_STMT_PREPARE answered.
struct PreparedStatement {
  std::uint32_t id = 0;
  std::uint16_t parameters = 0;
  ColumnSetPtr columns;            // null when the server says it returns no rows (execution may say otherwise)
  ColumnSetPtr parameter_columns;  // the server's definitions of the parameters; null when there are none
  std::uint16_t warnings = 0;
  std::uint64_t context = 0;  // Session::context() when it was prepared
  // What the server has been told of the parameters; empty before the first execution.
  std::vector<ParameterType> parameter_types{};
};

// Rows of more than this may be had in parts.
inline constexpr std::size_t kWholeRowBytes = 256 * 1024;
enum class LargeRows : std::uint8_t { whole, in_parts };

enum class RowStep : std::uint8_t {
  row,
  large_row,  // too large to be held: read_row_part() reads it
  end,        // of this result; end_of_rows() tells the rest
  failed,     // take_failure() tells why; a server's ERR ends the whole answer, any other failure ends the session
};

inline constexpr std::string_view kCharset = "utf8mb4";  // of every login

class Session {
 public:
  // Follows a redirection, where that is wished and the other server takes us; else the first one serves.
  // Errors: those of open_connection().
  static Result<std::unique_ptr<Session>> open(const ConnectOptions& options);
  explicit Session(Opened opened, std::string redirected_user = {});
  ~Session();  // says COM_QUIT when the connection is idle and alive

  const Dialect& dialect() const { return opened_.dialect; }
  std::uint16_t status() const { return status_; }  // server status flags, as last heard
  std::uint32_t connection_id() const { return opened_.connection_id; }
  const TcpAddress& host() const { return opened_.host; }
  // The name to log in with at host(), when a redirection gave another than was asked for; else empty.
  const std::string& redirected_user() const { return redirected_user_; }
  bool is_private() const { return opened_.stream->is_private(); }
  // The current schema as far as the server reports changes of it; nullopt = never heard.
  const std::optional<std::string>& schema() const { return schema_; }

  // The character set in which the server now takes SQL or sends text, where that is another than the login's utf8mb4; nullopt
  // when it is not, as far as the server reports it. Empty: not known which. The next command is preceded by a statement that
  // restores utf8mb4, in the same write; a server that refuses it ends the session.
  std::optional<std::string_view> foreign_charset() const;
  void charset_may_be_foreign() { foreign_client_charset_.emplace(); }  // of a server that reports nothing

  // A number that changes with whatever a text's meaning depends on: the current schema as far as the server reports it, and
  // what the session's user says (SET, USE, CREATE, DROP). A prepared statement stands for its text while the number stays.
  std::uint64_t context() const { return context_; }
  void context_changed() { ++context_; }

  // See ColumnSetBuilder: for results whose columns nobody knows yet.
  void take_bytes_of_no_table_for_text() { builder_.take_bytes_of_no_table_for_text(); }

  void set_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds write);  // 0 = none
  // How long a command may take whose sender sets no deadline of its own; 0 = any time.
  void set_command_timeout(std::chrono::milliseconds timeout) { command_timeout_ = timeout; }
  // A bound for the running command (query timeout). When it passes, reading fails with Errc::deadline_passed and can go on
  // later: nothing is lost. Each send() begins another one, see set_command_timeout().
  void set_command_deadline(Deadline deadline) { command_deadline_ = deadline; }

  // Lets the running command's answer ask for one file (LOAD DATA LOCAL); any other request fails with
  // Errc::local_infile_refused once the answer has been read. Cleared by each send().
  void permit_local_file(LocalFilePermission permission) { local_file_ = std::move(permission); }
  // The server has acknowledged a KILL of the running command: a file that it still gets ends early. Any thread.
  void stop_local_file() noexcept { stops_file_ = true; }

  bool dead() const { return dead_; }
  // Dead, or the peer has closed or spoken while nobody asked. No round trip.
  bool looks_dead();
  // The server was told to stop what it answers: from here to the end of the answers it is not waited for longer than this.
  void expect_soon(std::chrono::milliseconds patience) { patience_ = patience; }
  // Gives the session up: dead from now on.
  void close() { (void)die({Errc::session_dead, 0, {}, {}}); }
  // Closes the socket under a blocked call; any thread.
  void interrupt() noexcept { opened_.stream->interrupt(); }

  // --- Sending. Between commands the answer of the previous one must have been read to its end (idle()).

  bool idle() const { return !dead_ && !awaits_answer(); }
  // Starts a command; its payload is what is appended until end_command(). Several may be queued: each owes one answer.
  ByteWriter& begin_command();
  //   tail  the end of the payload, which may be large: it has to stay as it is until send(), the next thing to call
  void end_command(bool answered = true, Bytes tail = {});
  // Queues COM_QUERY. The attributes go along where they are agreed on, else nowhere.
  void queue_query(std::string_view sql, const QueryAttributes& attributes = {});
  // Queues COM_STMT_CLOSE to go out before the next command: it has no answer and costs no round trip. Any time.
  void close_statement(std::uint32_t statement_id);
  // To be called after send(): the next read waits for so many answers at least to begin, instead of being woken by the first.
  // They are the next that are read. None of their commands may be one that could ask for a file.
  void await_answers(std::size_t count);
  // Sends all queued commands with one write. Errors: connection_lost (with the server's parting words if there are any), ...
  Status send();

  // --- Reading the answers in the order of their commands.

  // COM_STMT_PREPARE's. `known`: the columns of an earlier prepare of the same text, reused when unchanged.
  Result<PreparedStatement> read_prepare(const ColumnSetPtr& known = nullptr);

  // Any other command's: the next result of the answer, beginning with the first. Rows of the previous result must have ended.
  //   known  the columns that an earlier execution had (or its prepare): used when the server leaves them out, and handed back
  //          as the same pointer when they are unchanged
  // Errors: server_error and local_infile_refused end the answer; anything else ends the session.
  Result<ResultHead> next_result(const ColumnSetPtr& known);

  // The next row of the current result; what is left of a large one is skipped. The view is valid until the next call on this
  // session.
  RowStep next_row(Bytes& row, LargeRows large = LargeRows::whole);
  // The same for as many rows as have arrived: at least one is waited for, at most `rows` has room for.
  //   count  of RowStep::row: the rows' number
  RowStep next_rows(std::span<Bytes> rows, std::size_t& count, LargeRows large = LargeRows::whole) {
    count = dead_ ? 0 : opened_.frames.next_while(rows, [this](Bytes packet) { return response_->is_row(packet); });
    if (count != 0) [[likely]]
      return RowStep::row;
    count = 1;
    return next_row(rows.front(), large);
  }
  // The next bytes of the large row: at least one, or 0 at its end. Where none are waiting in the read buffer they are
  // received straight into `into`.
  // Errors: those that end the session, deadline_passed.
  Result<std::size_t> read_row_part(std::span<std::uint8_t> into);
  // The same as a view, valid until the next call on this session.
  Status read_row_part(Bytes& part);
  bool in_large_row() const { return opened_.frames.in_parts(); }
  struct RowsEnd {
    std::uint16_t warnings = 0;
    bool out_params = false;
  };
  const RowsEnd& end_of_rows() const { return rows_end_; }
  Failure take_failure() { return std::move(failure_); }

  // More results follow in this answer.
  bool has_more_results() const { return more_results_; }

  // Reads the answer to its end and throws it away, up to `limit_bytes`. True: the end was reached (an ERR is an end, too).
  Result<bool> drain(std::size_t limit_bytes = SIZE_MAX);

  // --- Whole conversations. One that takes longer than the command timeout ends the session.

  // A statement without interest in rows: sends, reads, drains. Precondition: idle().
  Status run(std::string_view sql);
  // All of them in one round trip; the first failure is answered, the others have run all the same.
  Status run_all(std::span<const std::string> statements);
  Status ping();
  Status change_schema(const std::string& schema);
  // COM_RESET_CONNECTION: server-side statements, temporary tables, variables and the transaction are gone afterwards.
  Status reset();

 private:
  static constexpr std::size_t kLeastAnswerBytes =
      kFrameHeaderBytes + 7;  // an OK; an ERR and the head of rows with an end have more

  std::unique_ptr<Session> redirected(const ConnectOptions& options) const;
  // Reads until `room` is full, where the stream can, or what there is.
  enum class Wait : bool { for_some, for_all };
  Result<std::size_t> receive_into(std::span<std::uint8_t> room, Wait wait);
  Status receive();                    // one read from the stream into the frames
  Status next_packet(Bytes& payload);  // the next whole packet
  Status next_row_part(Bytes& part, std::size_t most_bytes);
  Status frame_failure(FrameStatus frame);
  Status die(Failure failure);  // closes the session; hands the failure back
  Status lost_while_writing(Failure failure);
  std::optional<Failure> parting_words();
  bool awaits_answer() const { return answers_.size() > queued_; }
  void answer_ended();
  void heard(const event::End& end);  // status flags and session state changes
  void heard_session_changes(Bytes block);
  void restore_charset();
  Status read_restored_charset() { return restores_charset_ ? end_restoring_charset() : Status(); }
  Status end_restoring_charset();
  void append_query(std::string_view sql, const QueryAttributes& attributes);
  enum class Columns : bool { unwanted, wanted };
  void take_known_columns(ResultHead& head);
  Result<ResultHead> read_head(const ColumnSetPtr& known, Columns columns);
  std::optional<RowStep> row_or_end(Bytes payload);
  Status answer_local_file(std::string_view name, std::optional<Failure>& refusal);
  Status send_file(LocalFile* file);
  Status file_cut_off(Failure failure);
  Status finish_command();
  Deadline read_deadline() const;

  Opened opened_;
  std::string redirected_user_;
  FrameWriter out_;
  std::optional<ResponseMachine> response_;  // of the answer that is being read
  ColumnSetBuilder builder_;
  std::size_t least_bytes_ = 0;  // are sure to be received yet: what the next read waits for
  std::uint16_t status_ = 0;
  std::optional<std::string> schema_;
  std::optional<std::string> foreign_client_charset_, foreign_results_charset_;  // nullopt: it is kCharset
  bool restores_charset_ = false;  // the first of the answers is to the statement that does
  std::uint64_t context_ = 0;
  std::chrono::milliseconds read_timeout_{0}, write_timeout_{0}, command_timeout_{0}, patience_{0};
  Deadline command_deadline_ = kNoDeadline;
  // How long the reader of an answer's rows has let the server wait at most: it hangs up after its net_write_timeout.
  Clock::time_point last_received_{};
  Clock::duration longest_pause_{};
  std::optional<LocalFilePermission> local_file_;
  std::atomic<bool> stops_file_{false};  // of the command sent last
  bool file_is_cut_ = false;
  // The sequence number with which each answer begins: a command of several frames has used more than one. The first is being
  // read; the last `queued_` are those of commands not yet sent.
  std::vector<std::uint8_t> answers_;
  std::size_t queued_ = 0;
  bool in_rows_ = false;
  bool more_results_ = false;
  bool dead_ = false;
  RowsEnd rows_end_;
  std::string info_;  // of the last result without rows
  Failure failure_;
};

}  // namespace selkie::protocol
