// Rows: splitting a row packet into cells, and keeping packets for later.
// Spec: page_protocol_com_query_response_text_resultset_row.html, page_protocol_binary_resultset.html
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/bytes.h"
#include "protocol/column.h"
#include "protocol/status.h"

namespace selkie::protocol {

enum class Encoding : std::uint8_t { text, binary };

// One value inside a row packet; valid as long as the packet is. data == nullptr means NULL.
struct Cell {
  const std::uint8_t* data = nullptr;
  std::size_t size_bytes = 0;

  bool is_null() const { return data == nullptr; }
  Bytes bytes() const { return {data, size_bytes}; }
};

// Splits a whole row payload into cells that point into it, one per column.
//   cells   as many as the result has columns
//   false   the packet is truncated, or bytes are left over; never reads outside `row`
// slice_binary takes the header byte and the NULL bitmap as sent. A temporal cell holds the bytes behind its length byte.
bool slice_text(Bytes row, std::span<Cell> cells);
bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells);

// Row packets kept for later: what a parked or scrollable cursor has read from the wire. Each row is stored as its 4-byte
// length and its payload, so the store is no larger than the wire's own bytes; past the memory limit the bytes go to an
// unlinked temporary file. A sparse index finds any row in a few steps.
class RowStore {
 public:
  explicit RowStore(std::size_t memory_limit_bytes);
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  // Errors: spool_failed when the temporary file cannot be made or written.
  Status append(Bytes row);

  std::uint64_t rows() const { return rows_; }

  // Row `index` (0-based, < rows()). The view is valid until the next call on this store.
  // Errors: spool_failed.
  Status read(std::uint64_t index, Bytes& row);

 private:
  static constexpr std::uint64_t kIndexEvery = 64;  // rows between two index entries

  Status spill();
  Status read_at(std::uint64_t offset, std::size_t size, Bytes& out);

  std::size_t memory_limit_bytes_;
  std::vector<std::uint8_t> tail_;    // bytes not yet in the file; all bytes while there is no file
  std::uint64_t tail_offset_ = 0;     // where tail_ starts in the sequence of all bytes
  std::vector<std::uint64_t> index_;  // offset of every kIndexEvery-th row
  std::uint64_t rows_ = 0;
  std::uint64_t next_row_ = 0, next_offset_ = 0;  // a forward reader needs no index
  int file_ = -1;
  std::vector<std::uint8_t> window_;  // what was read back from the file
  std::uint64_t window_offset_ = 0;
};

}  // namespace selkie::protocol
