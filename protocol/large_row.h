// One row that is too large to be held, read column by column as it arrives. What is asked for goes straight to its reader;
// what is passed over on the way to a later column is kept.
// Spec: page_protocol_com_query_response_text_resultset_row.html, page_protocol_binary_resultset.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/answer.h"
#include "protocol/column.h"
#include "protocol/row.h"

namespace selkie::protocol {

// Errors of all functions: malformed (the row does not fit its columns; the session is beyond use), those of
// Answer::read_row_part().
class LargeRow {
 public:
  // The row that `answer` has just announced as RowStep::large_row. Both arguments must outlive it or its end().
  Status begin(Answer& answer, const ColumnSet& columns);
  void end();
  bool is_begun() const { return answer_ != nullptr; }

  // Reads on to the beginning of a column's value; up to kHeldValueBytes of it are read at once. Quiet where it was reached.
  Status reach(std::size_t column);
  // Reads on until a column's whole value is in memory. Precondition: not is_lost(column).
  Status hold(std::size_t column);
  // The value, which was held; valid until the next call.
  Cell cell(std::size_t column) const;

  // The value is the one that was reached last, and not wholly in memory: read() goes on with it.
  bool is_arriving(std::size_t column) const { return column + 1 == reached_ && left_bytes_ != 0; }
  // So much of it was given out by read(), and so much is left.
  std::uint64_t given_bytes() const { return given_bytes_; }
  std::uint64_t left_bytes() const { return left_bytes_; }
  // Fills `into`, which is no larger than what is left, with the next bytes of the value that is arriving. The first
  // kHeldValueBytes stay, so that one who has only tasted may begin anew.
  Status read(std::span<std::uint8_t> into);
  // Too much of the value was read to be kept, so it cannot be had again.
  bool is_lost(std::size_t column) const { return column < reached_ && places_[column].is_lost; }

  static constexpr std::size_t kHeldValueBytes = 64 * 1024;

 private:
  struct Place {  // of a value in kept_
    std::size_t offset = 0, size_bytes = 0;
    bool is_null = false, is_lost = false;
  };

  Status begin_next();
  Status read_length(std::uint64_t& size_bytes, bool& is_null);
  Status take(std::span<std::uint8_t> into);
  Status keep(std::uint64_t size_bytes);
  Status pass_over();
  Status expect_end();
  std::uint8_t* room_for(std::size_t size_bytes);

  Answer* answer_ = nullptr;
  const ColumnSet* columns_ = nullptr;
  std::vector<std::uint8_t> nulls_;  // of a binary row: its bitmap
  std::vector<Place> places_;
  std::size_t reached_ = 0;        // columns whose values have begun
  std::uint64_t given_bytes_ = 0;  // of the last of them, by read()
  std::uint64_t left_bytes_ = 0;   // of the last of them, not read yet
  RawBuffer kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace selkie::protocol
