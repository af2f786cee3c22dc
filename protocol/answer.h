// A command's whole answer as its statement reads it: live from the wire, parked when somebody else needs the wire,
// or made here without a server. The reader cannot tell the difference.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/row.h"
#include "protocol/row_store.h"
#include "protocol/session.h"

namespace selkie::protocol {

class Answer {
 public:
  // Nothing to read.
  Answer() = default;
  // Live, as by begin().
  Answer(Session& session, Encoding encoding, std::size_t memory_limit_bytes) { begin(session, encoding, memory_limit_bytes); }
  // One result made here; rows in text encoding.
  Answer(ColumnSetPtr columns, std::unique_ptr<RowStore> rows);

  // Live from here on: the session's current answer, which must have been sent for. `session` must outlive it or its clear().
  void begin(Session& session, Encoding encoding, std::size_t memory_limit_bytes) {
    clear();
    session_ = &session;
    encoding_ = encoding;
    memory_limit_bytes_ = memory_limit_bytes;
    live_ = true;
  }
  // Nothing to read from here on; what is left on the wire is the caller's.
  void clear() {
    if (session_ != nullptr || !parked_.empty()) forget();
  }

  Encoding encoding() const { return encoding_; }
  bool live() const { return live_; }

  // As Session's functions of the same names.
  Result<ResultHead> next_result(const ColumnSetPtr& known) { return live_ ? next_live_result(known) : next_parked_result(); }
  RowStep next_rows(std::span<Bytes> rows, std::size_t& count, LargeRows large = LargeRows::whole) {
    if (!live_) [[unlikely]] {
      count = 1;
      return next_parked_row(rows.front());
    }
    const RowStep step = session_->next_rows(rows, count, large);
    if (step == RowStep::row || step == RowStep::large_row) [[likely]]
      return step;
    return live_rows_stopped(step);
  }
  RowStep next_row(Bytes& row, LargeRows large = LargeRows::whole) {
    std::size_t count = 0;
    return next_rows({&row, 1}, count, large);
  }
  // As Session's function of the same name; of a parked answer the row comes from its copy.
  Result<std::size_t> read_row_part(std::span<std::uint8_t> into);
  bool has_more_results() const;
  const Session::RowsEnd& end_of_rows() const { return rows_end_; }
  Failure take_failure() { return std::move(failure_); }

  // Reads all that is left into memory or a temporary file; afterwards the session is free for another command. An ERR met on
  // the way is kept for the reader to find in its place. The view of the last next_row() is invalid afterwards.
  // Errors: those that end the session, spool_failed.
  Status park();

  // Whether the current result's rows are a CALL's OUT values; of a live answer only as far as known before its rows.
  bool out_params() const { return out_params_; }

  // Whether the current result still has unread rows or its end has not been seen.
  bool in_rows() const { return in_rows_; }

 private:
  struct ParkedResult {
    Result<ResultHead> head;
    std::string info;                // the head's
    std::unique_ptr<RowStore> rows;  // null without rows
    Session::RowsEnd end;
    std::optional<Failure> failure;  // an ERR in place of the rows' end
  };

  void forget();
  Result<ResultHead> next_live_result(const ColumnSetPtr& known);
  Result<ResultHead> next_parked_result();
  RowStep next_parked_row(Bytes& row);
  RowStep live_rows_stopped(RowStep step);
  Status park_rows(ParkedResult& result);
  Status park_rest_of_row();

  Session* session_ = nullptr;
  Encoding encoding_ = Encoding::text;
  std::size_t memory_limit_bytes_ = 0;
  bool live_ = false;
  bool in_rows_ = false;
  bool out_params_ = false;
  std::vector<ParkedResult> parked_;
  std::size_t begun_ = 0;  // of the parked results; the last of these is the current one
  std::uint64_t next_row_ = 0;
  // What was left of a large row when the answer was parked, as it came; and what of it was read last, as far as it is unread.
  std::unique_ptr<RowStore> row_rest_;
  std::uint64_t next_rest_ = 0;
  Bytes rest_part_;
  Session::RowsEnd rows_end_;
  Failure failure_;
};

}  // namespace selkie::protocol
