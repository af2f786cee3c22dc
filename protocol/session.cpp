#include "protocol/session.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "protocol/redirect.h"

namespace selkie::protocol {
namespace {

constexpr std::chrono::milliseconds kPartingPatience{200};
constexpr std::chrono::seconds kLongPause{5};  // of a reader; nobody sets net_write_timeout lower
constexpr const char* kPartForWhole =
    "The statement was cancelled while its file was being sent. The server says nevertheless that it is done: it has taken a "
    "part "
    "of the file for the whole.";
constexpr const char* kBadDefinition = "malformed column definition, or more of them than memory is for";
constexpr std::size_t kWorthReceiving = 8 * 1024;  // below, a read fills the buffer and the bytes are copied
constexpr std::size_t kHeadBytes = 16;             // what the head of a result counts for when answers are thrown away
constexpr std::size_t kMaxCommandBytes = std::size_t{1} << 30;  // the largest max_allowed_packet any server accepts

// The time to a few milliseconds, for less than half the price.
Clock::time_point coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return Clock::time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

Failure server_failure(const event::ServerError& error) {
  return {Errc::server_error, error.code, error.state, std::string(error.text)};
}

Failure died_before() {
  return our_failure(Errc::session_dead, "The connection was closed after an earlier failure. Connect again.");
}

Failure left_protocol(const char* why) {
  return {Errc::malformed, 0, {}, std::string("The server left the protocol (") + why + "); the connection was closed."};
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(const ConnectOptions& options) {
  auto opened = open_connection(options);
  if (!opened.ok()) return std::move(opened).failure();
  auto session = std::make_unique<Session>(std::move(*opened));
  if (auto elsewhere = options.follow_redirection ? session->redirected(options) : nullptr) return elsewhere;
  return session;
}

// A session with the server that this one names; null when there is none, or it does not take us.
std::unique_ptr<Session> Session::redirected(const ConnectOptions& options) const {
  // In clear, anyone on the way could have named a server of his own.
  if (!is_private()) return nullptr;
  const auto redirection = find_redirection(as_bytes(opened_.session_changes));
  if (!redirection) return nullptr;
  ConnectOptions there = options;
  there.socket_path.clear();
  there.hosts = {redirection->host};
  there.tls.mode = std::max(there.tls.mode, SslMode::required);
  if (!redirection->user.empty()) there.user = redirection->user;
  auto opened = open_connection(there);
  wipe_secrets(there);
  return opened.ok() ? std::make_unique<Session>(std::move(*opened), redirection->user) : nullptr;
}

Session::Session(Opened opened, std::string redirected_user)
    : opened_(std::move(opened)), redirected_user_(std::move(redirected_user)), status_(opened_.status) {
  heard_session_changes(as_bytes(opened_.session_changes));
}

Session::~Session() {
  if (!idle()) return;
  write_quit(out_.begin());
  (void)out_.end();
  opened_.stream->restart_numbering();
  (void)opened_.stream->write_all(out_.bytes(), kNoWait);
}

void Session::set_timeouts(std::chrono::milliseconds read, std::chrono::milliseconds write) {
  read_timeout_ = read;
  write_timeout_ = write;
}

bool Session::looks_dead() {
  if (!dead_ && idle() && (opened_.frames.unread_bytes() != 0 || opened_.stream->has_input_or_end())) {
    (void)die({Errc::connection_lost, 0, {}, "The server closed the idle connection."});
  }
  return dead_;
}

ByteWriter& Session::begin_command() {
  restore_charset();
  return out_.begin();
}

void Session::end_command(bool answered, Bytes tail) {
  const std::uint8_t next_sequence = out_.end(tail);
  if (!answered) return;
  answers_.push_back(next_sequence);
  ++queued_;
}

void Session::queue_query(std::string_view sql, const QueryAttributes& attributes) {
  restore_charset();
  append_query(sql, attributes);
}

void Session::append_query(std::string_view sql, const QueryAttributes& attributes) {
  ByteWriter& out = out_.begin();
  opened_.dialect.query_attributes() ? write_query(out, sql, attributes) : write_query(out, sql);
  end_command();
}

// In front of the first command to be sent.
void Session::restore_charset() {
  if (!foreign_charset() || dead_ || !answers_.empty()) return;
  restores_charset_ = true;
  append_query(opened_.dialect.names_statement(), {});
}

void Session::close_statement(std::uint32_t statement_id) {
  if (dead_) return;
  write_statement_close(begin_command(), statement_id);
  end_command(false);
}

Status Session::send() {
  if (dead_) return died_before();
  if (out_.bytes().size() + out_.tail().size() > kMaxCommandBytes) {
    out_.clear();
    answers_.resize(answers_.size() - std::exchange(queued_, 0));
    restores_charset_ = false;
    return {Errc::packet_too_large, "The statement and its parameters exceed 1 GiB. Send long values in pieces."};
  }
  command_deadline_ = in_future(command_timeout_);
  patience_ = std::chrono::milliseconds(0);
  least_bytes_ = 0;
  local_file_.reset();
  stops_file_.store(false, std::memory_order_relaxed);
  file_is_cut_ = false;
  longest_pause_ = {};
  opened_.stream->restart_numbering();
  const Deadline deadline = in_future(write_timeout_);
  Status sent = out_.tail().empty() ? opened_.stream->write_all(out_.bytes(), deadline)
                                    : opened_.stream->write_both(out_.bytes(), out_.tail(), deadline);
  out_.clear();
  queued_ = 0;
  if (!answers_.empty()) opened_.frames.expect_sequence(answers_.front());
  if (!sent.ok()) return lost_while_writing(std::move(sent).failure());
  return {};
}

// A server that closes a connection says why before it does (idle too long, packet too large, shutdown): the words may be
// waiting although writing failed.
Status Session::lost_while_writing(Failure failure) { return die(parting_words().value_or(std::move(failure))); }

// What the server said before it hung up: an ERR, numbered 0 where it had not seen our command, or by as many frames of it as
// it has read. Waits a moment for the rest of it.
std::optional<Failure> Session::parting_words() {
  command_deadline_ = Clock::now() + kPartingPatience;
  Bytes payload;
  int number = 0;
  for (FrameStatus frame; (frame = opened_.frames.next(payload)) != FrameStatus::packet;) {
    if (frame == FrameStatus::need_more) {
      if (!receive().ok()) return std::nullopt;
    } else if (frame == FrameStatus::out_of_order && awaits_answer() && number <= answers_.front()) {
      opened_.frames.expect_sequence(static_cast<std::uint8_t>(number++));
    } else {
      return std::nullopt;
    }
  }
  const auto err = parse_err(payload);
  if (!err) return std::nullopt;
  Failure failure = to_failure(*err);
  failure.errc = Errc::connection_lost;
  return failure;
}

Deadline Session::read_deadline() const {
  return std::min({command_deadline_, in_future(read_timeout_), in_future(patience_)});
}

Result<std::size_t> Session::receive_into(std::span<std::uint8_t> room, Wait wait) {
  const Deadline deadline = read_deadline();
  if (in_rows_) longest_pause_ = std::max(longest_pause_, coarse_now() - last_received_);
  auto received = wait == Wait::for_all ? opened_.stream->read_full(room, deadline) : opened_.stream->read_some(room, deadline);
  last_received_ = coarse_now();
  if (received.ok()) return received;
  if (received.failure().errc == Errc::timed_out && deadline == command_deadline_) {
    return {Errc::deadline_passed, "The command did not finish in time."};
  }
  Failure failure = std::move(received).failure();
  const auto pause = std::chrono::duration_cast<std::chrono::seconds>(longest_pause_);
  if (in_rows_ && failure.errc == Errc::connection_lost && pause >= kLongPause) {
    failure.message += " For " + std::to_string(pause.count()) +
                       " s nothing of the result was read, and a server hangs up when it cannot send for net_write_timeout "
                       "(60 s by default). Fetch faster, use a static cursor, or raise it: SET net_write_timeout=3600.";
  }
  return std::move(die(std::move(failure))).failure();
}

// Counted from here, as what has been received of them may be read, and gone from the buffer, before more is needed.
void Session::await_answers(std::size_t count) {
  const std::size_t bytes = count * kLeastAnswerBytes;
  least_bytes_ = bytes - std::min(bytes, opened_.frames.unread_bytes());
}

Status Session::receive() {
  const std::span<std::uint8_t> room = opened_.frames.writable();
  const std::size_t least = std::exchange(least_bytes_, 0);
  auto received =
      least != 0 && least <= room.size() ? receive_into(room.first(least), Wait::for_all) : receive_into(room, Wait::for_some);
  if (!received.ok()) return std::move(received).failure();
  opened_.frames.commit(*received);
  return {};
}

Status Session::next_packet(Bytes& payload) {
  for (;;) {
    const FrameStatus frame = opened_.frames.next(payload);
    if (frame == FrameStatus::packet) return {};
    if (Status status = frame == FrameStatus::need_more ? receive() : frame_failure(frame); !status.ok()) return status;
  }
}

Status Session::frame_failure(FrameStatus frame) {
  if (frame == FrameStatus::too_large) {
    return die({Errc::packet_too_large, 0, {}, "The server sent a packet larger than MAX_PACKET; the connection was closed."});
  }
  const bool at_the_start = !in_large_row() && awaits_answer() && opened_.frames.sequence() == answers_.front();
  auto goodbye = at_the_start ? parting_words() : std::nullopt;
  return die(goodbye ? std::move(*goodbye) : left_protocol("packets out of order"));
}

Status Session::die(Failure failure) {
  dead_ = true;
  in_rows_ = false;
  more_results_ = false;
  response_.reset();
  opened_.stream->interrupt();
  return failure;
}

void Session::answer_ended() {
  response_.reset();
  in_rows_ = false;
  more_results_ = false;
  answers_.erase(answers_.begin());
  if (awaits_answer()) {
    opened_.frames.expect_sequence(answers_.front());
    opened_.stream->restart_numbering();
  } else {
    opened_.frames.shrink();
  }
}

void Session::heard(const event::End& end) {
  status_ = end.status;
  more_results_ = end.more;
  if (!end.session_changes.empty()) heard_session_changes(end.session_changes);
}

void Session::heard_session_changes(Bytes block) {
  SessionChanges changes(block);
  while (const auto change = changes.next()) {
    if (change->kind == SessionChanges::Kind::system_variable) {
      const auto foreign = change->value == kCharset ? std::nullopt : std::optional(std::string(change->value));
      if (change->name == "character_set_client") foreign_client_charset_ = foreign;
      if (change->name == "character_set_results") foreign_results_charset_ = foreign;
    } else if (change->kind == SessionChanges::Kind::schema) {
      schema_ = std::string(change->value);
      context_changed();
    }
  }
}

std::optional<std::string_view> Session::foreign_charset() const {
  return foreign_results_charset_ ? foreign_results_charset_ : foreign_client_charset_;
}

// What comes next was written in utf8mb4: a server that does not take it as such must not go on.
Status Session::end_restoring_charset() {
  restores_charset_ = false;
  auto head = read_head(nullptr, Columns::unwanted);
  if (head.ok()) {
    foreign_client_charset_.reset();
    foreign_results_charset_.reset();
    return {};
  }
  Failure failure = std::move(head).failure();
  restores_charset_ = failure.errc == Errc::deadline_passed;
  if (dead_ || restores_charset_) return failure;
  failure.errc = Errc::connection_lost;
  failure.message = "The session did not go back to utf8mb4 (" + failure.message + "); the connection was closed.";
  return die(std::move(failure));
}

Result<PreparedStatement> Session::read_prepare(const ColumnSetPtr& known) {
  if (Status restored = read_restored_charset(); !restored.ok()) return std::move(restored).failure();
  PrepareMachine machine(opened_.dialect.response_rules());
  PreparedStatement prepared;
  prepared.context = context_;
  ColumnSetBuilder parameters;
  const bool extended = opened_.dialect.extended_metadata();
  while (!machine.finished()) {
    Bytes payload;
    if (Status status = next_packet(payload); !status.ok()) return std::move(status).failure();
    const PrepareEvent event = machine.on_packet(payload);
    bool well_formed = true;
    if (const auto* ok = std::get_if<event::Prepared>(&event)) {
      prepared.id = ok->statement_id;
      prepared.parameters = ok->parameters;
      prepared.warnings = ok->warnings;
      parameters.begin(ok->parameters, extended, nullptr);
      builder_.begin(ok->columns, extended, known);
    } else if (const auto* parameter = std::get_if<event::ParameterDef>(&event)) {
      well_formed = parameters.add(parameter->packet);
    } else if (const auto* column = std::get_if<event::ColumnDef>(&event)) {
      well_formed = builder_.add(column->packet);
    } else if (const auto* error = std::get_if<event::ServerError>(&event)) {
      Failure failure = server_failure(*error);
      answer_ended();
      return failure;
    } else if (const auto* broken = std::get_if<event::Broken>(&event)) {
      return std::move(die(left_protocol(broken->why))).failure();
    }
    if (!well_formed) return std::move(die(left_protocol(kBadDefinition))).failure();
  }
  ColumnSetPtr columns = builder_.finish();
  ColumnSetPtr parameter_columns = parameters.finish();
  if (columns->size() != 0) prepared.columns = std::move(columns);
  if (parameter_columns->size() != 0) prepared.parameter_columns = std::move(parameter_columns);
  answer_ended();
  return prepared;
}

Result<ResultHead> Session::next_result(const ColumnSetPtr& known) {
  auto head = read_head(known, Columns::wanted);
  if (!head.ok() && head.failure().errc == Errc::local_infile_refused && !dead_) {
    if (auto drained = drain(); !drained.ok()) head = std::move(drained).failure();
  }
  return head;
}

// Columns::unwanted: of an answer that is thrown away, whose definitions nobody needs.
Result<ResultHead> Session::read_head(const ColumnSetPtr& known, Columns columns) {
  if (dead_) return died_before();
  if (Status restored = read_restored_charset(); !restored.ok()) return std::move(restored).failure();
  if (!response_) response_.emplace(opened_.dialect.response_rules());
  more_results_ = false;
  ResultHead head;
  std::optional<Failure> refusal;  // of a local file; told when the result has ended
  for (;;) {
    Bytes payload;
    if (Status status = next_packet(payload); !status.ok()) return std::move(status).failure();
    const Event event = response_->on_packet(payload);
    if (const auto* begin = std::get_if<event::ColumnsBegin>(&event)) {
      if (columns == Columns::unwanted) {
        head.columns = nullptr;
      } else if (begin->sent) {
        builder_.begin(begin->count, opened_.dialect.extended_metadata(), known);
        take_known_columns(head);
      } else if (known == nullptr || known->size() != begin->count) {
        return std::move(die(left_protocol("column definitions left out that were never sent"))).failure();
      } else {
        head.columns = known;
      }
    } else if (const auto* column = std::get_if<event::ColumnDef>(&event)) {
      if (columns == Columns::wanted) {
        if (!builder_.add(column->packet)) return std::move(die(left_protocol(kBadDefinition))).failure();
        take_known_columns(head);
      }
    } else if (const auto* end = std::get_if<event::End>(&event)) {
      head.affected_rows = end->affected_rows;
      head.warnings = end->warnings;
      head.info = info_ = end->info;
      heard(*end);
      if (response_->finished()) answer_ended();
      if (refusal) return std::move(*refusal);
      if (file_is_cut_) return our_failure(Errc::local_infile_refused, kPartForWhole);
      return head;
    } else if (const auto* file = std::get_if<event::LocalInfile>(&event)) {
      if (Status sent = answer_local_file(file->name, refusal); !sent.ok()) return std::move(sent).failure();
    } else if (const auto* error = std::get_if<event::ServerError>(&event)) {
      Failure failure = server_failure(*error);
      answer_ended();
      return refusal ? std::move(*refusal) : std::move(failure);
    } else if (const auto* broken = std::get_if<event::Broken>(&event)) {
      return std::move(die(left_protocol(broken->why))).failure();
    }
    if (response_->in_rows()) {
      head.has_rows = true;
      head.out_params = response_->out_params();
      in_rows_ = true;
      return head;
    }
  }
}

// The definitions that have arrived, as far as they are those of the last time.
void Session::take_known_columns(ResultHead& head) {
  const std::size_t due = response_->columns_due();
  const std::size_t taken = opened_.frames.pass_while(due, [&](Bytes packet) { return builder_.add_known(packet); });
  response_->pass_columns(taken);
  if (taken == due) head.columns = builder_.finish();
}

RowStep Session::next_row(Bytes& row, LargeRows large) {
  if (dead_) {
    failure_ = died_before();
    return RowStep::failed;
  }
  for (;;) {
    const FrameStatus frame = opened_.frames.next(row);
    if (frame == FrameStatus::packet) {
      if (response_->is_row(row)) [[likely]]
        return RowStep::row;
      if (const std::optional<RowStep> step = row_or_end(row)) return *step;
      continue;
    }
    FrameReader& frames = opened_.frames;
    if (frame == FrameStatus::need_more && large == LargeRows::in_parts && frames.is_larger_than(kWholeRowBytes) &&
        response_->takes_large_row(frames.first_byte(), frames.announced_bytes())) {
      frames.begin_parts();
      row = {};
      return RowStep::large_row;
    }
    Status status = frame == FrameStatus::need_more ? receive() : frame_failure(frame);
    if (!status.ok()) {
      failure_ = std::move(status).failure();
      return RowStep::failed;
    }
  }
}

Status Session::next_row_part(Bytes& part, std::size_t most_bytes) {
  if (dead_) return died_before();
  for (;;) {
    const FrameStatus frame = opened_.frames.next_part(part, most_bytes);
    if (frame == FrameStatus::packet) return {};
    if (Status status = frame == FrameStatus::need_more ? receive() : frame_failure(frame); !status.ok()) return status;
  }
}

Status Session::read_row_part(Bytes& part) { return next_row_part(part, SIZE_MAX); }

Result<std::size_t> Session::read_row_part(std::span<std::uint8_t> into) {
  const std::size_t due = std::min(opened_.frames.due_bytes(), into.size());
  if (due >= kWorthReceiving && !dead_) {
    auto received = receive_into(into.first(due), Wait::for_all);
    if (received.ok()) opened_.frames.received_elsewhere(*received);
    return received;
  }
  Bytes part;
  if (Status status = next_row_part(part, into.size()); !status.ok()) return std::move(status).failure();
  std::copy_n(part.data(), part.size(), into.data());
  return part.size();
}

// What a packet among the rows is that is_row() could not tell at once; nullopt: structure only.
std::optional<RowStep> Session::row_or_end(Bytes payload) {
  const Event event = response_->on_packet(payload);
  if (std::holds_alternative<event::Row>(event)) return RowStep::row;
  if (std::holds_alternative<event::None>(event)) return std::nullopt;
  in_rows_ = false;
  if (const auto* end = std::get_if<event::End>(&event)) {
    rows_end_ = {end->warnings, end->out_params};
    heard(*end);
    if (response_->finished()) answer_ended();
    return RowStep::end;
  }
  if (const auto* error = std::get_if<event::ServerError>(&event)) {
    failure_ = server_failure(*error);
    answer_ended();
    return RowStep::failed;
  }
  const auto* broken = std::get_if<event::Broken>(&event);
  failure_ = die(left_protocol(broken != nullptr ? broken->why : "no row, and no end of rows")).failure();
  return RowStep::failed;
}

Result<bool> Session::drain(std::size_t limit_bytes) {
  std::size_t read_bytes = 0;
  while (!dead_ && awaits_answer()) {
    if (in_large_row()) {
      Bytes part;
      if (Status status = read_row_part(part); !status.ok()) return std::move(status).failure();
      read_bytes += part.size();
      if (read_bytes >= limit_bytes) return false;
    } else if (in_rows_) {
      Bytes row;
      const RowStep step = next_row(row, LargeRows::in_parts);
      read_bytes += row.size();
      if (step == RowStep::failed && (dead_ || failure_.errc == Errc::deadline_passed)) return take_failure();
      if (step == RowStep::row && read_bytes >= limit_bytes) return false;
    } else {
      auto head = read_head(nullptr, Columns::unwanted);
      if (!head.ok() && (dead_ || head.failure().errc == Errc::deadline_passed)) return std::move(head).failure();
      read_bytes += kHeadBytes;
      if (read_bytes >= limit_bytes && awaits_answer()) return false;
    }
  }
  return true;
}

Status Session::run(std::string_view sql) {
  queue_query(sql);
  return finish_command();
}

Status Session::run_all(std::span<const std::string> statements) {
  for (const std::string& sql : statements) queue_query(sql);
  return finish_command();
}

Status Session::ping() {
  write_ping(begin_command());
  end_command();
  return finish_command();
}

Status Session::change_schema(const std::string& schema) {
  write_init_db(begin_command(), schema);
  end_command();
  Status changed = finish_command();
  if (changed.ok() && schema_) schema_ = schema;
  context_changed();
  return changed;
}

Status Session::reset() {
  write_reset_connection(begin_command());
  end_command();
  return finish_command();
}

Status Session::finish_command() {
  if (Status sent = send(); !sent.ok()) return sent;
  Status first_failure;
  while (awaits_answer()) {
    Status status;
    if (in_rows_) {
      Bytes row;
      if (next_row(row, LargeRows::in_parts) == RowStep::failed) status = take_failure();
    } else if (auto head = read_head(nullptr, Columns::unwanted); !head.ok()) {
      status = std::move(head).failure();
    }
    if (status.ok()) continue;
    if (status.failure().errc == Errc::deadline_passed) {
      return die({Errc::timed_out, 0, {}, "The server did not answer in time; the connection was closed."});
    }
    if (first_failure.ok()) first_failure = std::move(status);
    if (dead_) break;
  }
  return first_failure;
}

}  // namespace selkie::protocol
