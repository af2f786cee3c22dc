// A file of this machine that the server asked for because of LOAD DATA LOCAL: whether it may have it, and its bytes.
// Depends on the system and status.h only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/status.h"

namespace selkie::protocol {

// What a command allows the server to ask for.
struct LocalFilePermission {
  std::string name;      // as the statement spells it; nothing else is handed out
  std::string folder{};  // where the file must lie, links followed; empty: anywhere
};

class LocalFile {
 public:
  // Opens what was asked for, first, and then looks where it really lies, so that nobody can exchange it in between.
  // Errors: local_infile_refused (another name than the permitted one, outside the folder, no regular file, unreadable).
  static Result<LocalFile> open(const LocalFilePermission& permission, std::string_view requested);
  ~LocalFile();
  LocalFile(LocalFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LocalFile& operator=(LocalFile&&) = delete;

  // The next bytes; 0 at the end. Errors: local_infile_refused, with the system's words.
  Result<std::size_t> read(std::span<std::uint8_t> into);

 private:
  explicit LocalFile(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace selkie::protocol
