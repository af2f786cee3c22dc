#include "protocol/row_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

namespace selkie::protocol {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::uint64_t kIndexEvery = 64;  // rows between two index entries
constexpr std::size_t kFirstTailBytes = 4 * 1024;
constexpr std::size_t kSpillBytes = 1024 * 1024;  // written at once, as soon as there is a file
constexpr std::size_t kWindowBytes = 64 * 1024;   // read back at once

Failure spool_failure(const char* what, int error) {
  return {Errc::spool_failed,
          0,
          {},
          std::string("Cannot ") + what + " the temporary file for rows that are kept: " +
              std::generic_category().message(error) + ". Free space there, or name another directory in TMPDIR."};
}

// A file that has lost its name: it goes away with the process, however that ends. -1 and errno: none could be made.
int open_unnamed(std::string directory) {
  std::string path = std::move(directory) + "/selkie-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

// TMPDIR when it is set; else the place for large temporary files, since /tmp is often memory.
int open_temporary() {
  const char* const chosen = ::secure_getenv("TMPDIR");
  if (chosen != nullptr && *chosen != '\0') return open_unnamed(chosen);
  const int file = open_unnamed("/var/tmp");
  return file >= 0 ? file : open_unnamed("/tmp");
}

}  // namespace

RowStore::~RowStore() {
  if (file_ >= 0) ::close(file_);
}

Status RowStore::append(Bytes row) {
  const std::size_t needed = tail_size_ + kLengthBytes + row.size();
  if (needed > tail_.capacity()) tail_.resize(std::max({needed, 2 * tail_.capacity(), kFirstTailBytes}));
  if (rows_ % kIndexEvery == 0) index_.push_back(tail_offset_ + tail_size_);
  std::uint8_t* const out = tail_.data() + tail_size_;
  const auto length = static_cast<std::uint32_t>(row.size());
  std::memcpy(out, &length, kLengthBytes);
  std::copy_n(row.data(), row.size(), out + kLengthBytes);  // by pointers: libstdc++ copies ranges of a span byte by byte
  tail_size_ = needed;
  ++rows_;
  const std::size_t limit = file_ < 0 ? memory_limit_bytes_ : std::min(memory_limit_bytes_, kSpillBytes);
  return tail_size_ > limit ? spill() : Status();
}

Status RowStore::spill() {
  if (file_ < 0) file_ = open_temporary();
  if (file_ < 0) return spool_failure("make", errno);
  std::size_t written = 0;
  while (written < tail_size_) {
    const ssize_t count =
        ::pwrite(file_, tail_.data() + written, tail_size_ - written, static_cast<off_t>(tail_offset_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return spool_failure("write", count == 0 ? ENOSPC : errno);
    written += static_cast<std::size_t>(count);
  }
  tail_offset_ += tail_size_;
  tail_size_ = 0;
  if (tail_.capacity() > 2 * kSpillBytes) tail_.resize(0);
  return {};
}

Status RowStore::read(std::uint64_t index, Bytes& row) {
  if (index != next_row_) {
    // From the index entry before it, or from where the last read stopped when that is nearer.
    const std::uint64_t entry = index / kIndexEvery;
    if (next_row_ > index || next_row_ < entry * kIndexEvery) {
      next_row_ = entry * kIndexEvery;
      next_offset_ = index_[static_cast<std::size_t>(entry)];
    }
    for (; next_row_ < index; ++next_row_) {
      std::size_t size = 0;
      if (Status status = read_length(next_offset_, size); !status) return status;
      next_offset_ += kLengthBytes + size;
    }
  }
  std::size_t size = 0;
  if (Status status = read_length(next_offset_, size); !status) return status;
  const std::uint8_t* bytes = nullptr;
  if (Status status = read_at(next_offset_ + kLengthBytes, size, bytes); !status) return status;
  next_offset_ += kLengthBytes + size;
  ++next_row_;
  row = {bytes, size};
  return {};
}

Status RowStore::read_length(std::uint64_t offset, std::size_t& size) {
  const std::uint8_t* bytes = nullptr;
  if (Status status = read_at(offset, kLengthBytes, bytes); !status) return status;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes, kLengthBytes);
  size = length;
  return {};
}

// `size` bytes from `offset` on. A spill writes whole rows, so a row lies wholly in the file or wholly in the tail.
Status RowStore::read_at(std::uint64_t offset, std::size_t size, const std::uint8_t*& bytes) {
  if (offset >= tail_offset_) {
    bytes = tail_.data() + (offset - tail_offset_);
    return {};
  }
  if (offset < window_offset_ || offset + size > window_offset_ + window_size_) {
    const std::uint64_t in_file = tail_offset_ - offset;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, kWindowBytes), in_file));
    if (count > window_.capacity()) window_.resize(count);
    window_offset_ = offset;
    window_size_ = 0;
    while (window_size_ < count) {
      const ssize_t got =
          ::pread(file_, window_.data() + window_size_, count - window_size_, static_cast<off_t>(offset + window_size_));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return spool_failure("read", got == 0 ? EIO : errno);
      window_size_ += static_cast<std::size_t>(got);
    }
  }
  bytes = window_.data() + (offset - window_offset_);
  return {};
}

}  // namespace selkie::protocol
