// Row packets kept for later: what a parked or scrollable cursor has read from the wire.
// Depends on bytes and status only; knows nothing of what is in a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/bytes.h"
#include "protocol/status.h"

namespace selkie::protocol {

// Each row is stored as its 4-byte length and its payload, so the store is no larger than the wire's own bytes; past the
// memory limit the bytes go to an unlinked temporary file. A sparse index finds any row in a few steps; reading forward
// needs none.
class RowStore {
 public:
  explicit RowStore(std::size_t memory_limit_bytes) : memory_limit_bytes_(memory_limit_bytes) {}
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  // Keeps a copy of the row. Errors: spool_failed when the temporary file cannot be made or written; the row is kept in
  // memory all the same.
  Status append(Bytes row);

  std::uint64_t rows() const { return rows_; }

  // Row `index` (0-based, < rows()). The view is valid until the next call on this store.
  // Errors: spool_failed.
  Status read(std::uint64_t index, Bytes& row);

 private:
  Status spill();
  Status read_at(std::uint64_t offset, std::size_t size, const std::uint8_t*& bytes);
  Status read_length(std::uint64_t offset, std::size_t& size);

  std::size_t memory_limit_bytes_;
  RawBuffer tail_;  // bytes not yet in the file; all bytes while there is no file
  std::size_t tail_size_ = 0;
  std::uint64_t tail_offset_ = 0;     // where tail_ starts in the sequence of all bytes
  std::vector<std::uint64_t> index_;  // offset of every kIndexEvery-th row
  std::uint64_t rows_ = 0;
  std::uint64_t next_row_ = 0, next_offset_ = 0;  // behind the row read last
  int file_ = -1;
  RawBuffer window_;  // what was read back from the file: its bytes [window_offset_, window_offset_ + window_size_)
  std::size_t window_size_ = 0;
  std::uint64_t window_offset_ = 0;
};

}  // namespace selkie::protocol
