#include "protocol/answer.h"

#include <algorithm>

namespace selkie::protocol {

Answer::Answer(ColumnSetPtr columns, std::unique_ptr<RowStore> rows) {
  ResultHead head;
  head.has_rows = true;
  head.columns = std::move(columns);
  parked_.push_back({std::move(head), {}, std::move(rows), {}, std::nullopt});
}

void Answer::forget() {
  session_ = nullptr;
  live_ = in_rows_ = out_params_ = false;
  parked_.clear();
  begun_ = 0;
  next_row_ = next_rest_ = 0;
  row_rest_.reset();
  rest_part_ = {};
  rows_end_ = {};
}

Result<ResultHead> Answer::next_live_result(const ColumnSetPtr& known) {
  auto head = session_->next_result(known);
  in_rows_ = head.ok() && head->has_rows;
  out_params_ = in_rows_ && head->out_params;
  live_ = in_rows_ || (head.ok() && session_->has_more_results());
  return head;
}

Result<ResultHead> Answer::next_parked_result() {
  if (begun_ != 0) parked_[begun_ - 1].rows.reset();
  if (begun_ == parked_.size()) return {Errc::malformed, "The answer holds no further result."};
  ParkedResult& result = parked_[begun_++];
  next_row_ = 0;
  in_rows_ = result.rows != nullptr;
  out_params_ = result.end.out_params;
  if (result.head.ok()) result.head->info = result.info;
  return std::move(result.head);
}

// At their end, or by a failure.
RowStep Answer::live_rows_stopped(RowStep step) {
  if (step == RowStep::failed) {
    failure_ = session_->take_failure();
    if (failure_.errc == Errc::deadline_passed) return step;  // the answer can be read on
  }
  rows_end_ = session_->end_of_rows();
  in_rows_ = false;
  live_ = session_->has_more_results();
  return step;
}

RowStep Answer::next_parked_row(Bytes& row) {
  row_rest_.reset();
  ParkedResult& result = parked_[begun_ - 1];
  if (next_row_ < result.rows->rows()) {
    if (Status read = result.rows->read(next_row_++, row); !read.ok()) {
      failure_ = std::move(read).failure();
      return RowStep::failed;
    }
    return RowStep::row;
  }
  in_rows_ = false;
  rows_end_ = result.end;
  result.rows.reset();
  if (!result.failure) return RowStep::end;
  failure_ = std::move(*result.failure);
  return RowStep::failed;
}

bool Answer::has_more_results() const { return live_ ? session_->has_more_results() : parked_.size() > begun_; }

// Reads the current result's remaining rows from the wire into `result`. When they cannot be kept, that is for their reader to
// hear, who has the rest of the answer thrown away.
Status Answer::park_rows(ParkedResult& result) {
  result.rows = std::make_unique<RowStore>(memory_limit_bytes_);
  for (;;) {
    Bytes row;
    switch (session_->next_row(row)) {
      case RowStep::row:
      case RowStep::large_row:
        if (Status kept = result.rows->append(row); !kept.ok()) {
          result.failure = std::move(kept).failure();
          auto drained = session_->drain();
          return drained.ok() ? Status() : Status(std::move(drained).failure());
        }
        break;
      case RowStep::end: result.end = session_->end_of_rows(); return {};
      case RowStep::failed: {
        Failure failure = session_->take_failure();
        const bool of_the_server = failure.errc == Errc::server_error;
        if (!of_the_server) return failure;
        result.failure = std::move(failure);
        return {};
      }
    }
  }
}

Result<std::size_t> Answer::read_row_part(std::span<std::uint8_t> into) {
  if (live_) return session_->read_row_part(into);
  if (rest_part_.empty() && row_rest_ && next_rest_ < row_rest_->rows()) {
    if (Status read = row_rest_->read(next_rest_++, rest_part_); !read.ok()) return std::move(read).failure();
  }
  const Bytes part = rest_part_.first(std::min(into.size(), rest_part_.size()));
  std::copy_n(part.data(), part.size(), into.data());
  rest_part_ = rest_part_.subspan(part.size());
  return part.size();
}

Status Answer::park_rest_of_row() {
  row_rest_ = std::make_unique<RowStore>(memory_limit_bytes_);
  next_rest_ = 0;
  rest_part_ = {};
  for (Bytes part;;) {
    if (Status read = session_->read_row_part(part); !read.ok()) return read;
    if (part.empty()) return {};
    if (Status kept = row_rest_->append(part); !kept.ok()) return kept;
  }
}

Status Answer::park() {
  if (!live_) return {};
  if (session_->in_large_row()) {
    if (Status parked = park_rest_of_row(); !parked.ok()) return parked;
  }
  parked_.clear();
  next_row_ = 0;
  begun_ = 1;
  // The current result's head was handed out already; only its rows, if any are left, are read on.
  ParkedResult& current = parked_.emplace_back(ParkedResult{ResultHead{}, {}, nullptr, {}, std::nullopt});
  if (in_rows_) {
    if (Status parked = park_rows(current); !parked.ok()) return parked;
    out_params_ = current.end.out_params;
  }
  bool more = !current.failure && session_->has_more_results();
  while (more) {
    auto head = session_->next_result(nullptr);
    if (!head.ok() && head.failure().errc != Errc::server_error) return std::move(head).failure();
    const bool has_rows = head.ok() && head->has_rows;
    more = head.ok();
    std::string info(has_rows || !head.ok() ? std::string_view() : head->info);
    ParkedResult& result = parked_.emplace_back(ParkedResult{std::move(head), std::move(info), nullptr, {}, std::nullopt});
    if (has_rows) {
      if (Status parked = park_rows(result); !parked.ok()) return parked;
      more = !result.failure;
    }
    more = more && session_->has_more_results();
  }
  live_ = false;
  return {};
}

}  // namespace selkie::protocol
