// A server's bytes without a server, for the tests of the session and of what reads from it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "protocol/stream.h"

namespace selkie::protocol {

using Packet = std::vector<std::uint8_t>;

// A stream that hands out what the script holds, cut in two at one position, and keeps what was written.
class ScriptedStream : public Stream {
 public:
  Packet script;
  std::size_t cut = SIZE_MAX;          // the bytes before it and those behind it never come in one read
  std::size_t silent_from = SIZE_MAX;  // once this much was read, one read times out
  Packet written;
  bool interrupted = false;

  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline) override {
    if (at_ == silent_from) {
      silent_from = SIZE_MAX;
      return {Errc::timed_out, "silent"};
    }
    if (at_ == script.size()) return {Errc::connection_lost, "end of script"};
    std::size_t end = std::min(script.size(), at_ + into.size());
    for (const std::size_t stop : {cut, silent_from}) {
      if (at_ < stop) end = std::min(end, stop);
    }
    std::copy(script.begin() + static_cast<std::ptrdiff_t>(at_), script.begin() + static_cast<std::ptrdiff_t>(end),
              into.begin());
    return end - std::exchange(at_, end);
  }
  // As a socket does that is asked for all.
  Result<std::size_t> read_full(std::span<std::uint8_t> into, Deadline deadline) override {
    for (std::size_t done = 0; done < into.size();) {
      auto read = read_some(into.subspan(done), deadline);
      if (!read.ok()) return read;
      done += *read;
    }
    return into.size();
  }
  Status write_all(Bytes bytes, Deadline) override {
    written.insert(written.end(), bytes.begin(), bytes.end());
    return {};
  }
  bool has_input_or_end() override { return false; }
  bool is_private() const override { return true; }
  void interrupt() noexcept override { interrupted = true; }
  int fd() const override { return -1; }

 private:
  std::size_t at_ = 0;
};

}  // namespace selkie::protocol
