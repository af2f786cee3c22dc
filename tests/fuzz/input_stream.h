// A session whose server says what the input holds, and listens to nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "protocol/commands.h"
#include "protocol/session.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

// Hands out the input in pieces of one size; what is written goes nowhere.
class InputStream : public protocol::Stream {
 public:
  InputStream(Bytes input, std::size_t piece) : rest_(input), piece_(piece) {}

  protocol::Result<std::size_t> read_some(std::span<std::uint8_t> into, protocol::Deadline) override {
    if (rest_.empty()) return {protocol::Errc::connection_lost, "end of input"};
    const std::size_t size = std::min({piece_, rest_.size(), into.size()});
    std::copy_n(rest_.begin(), size, into.begin());
    rest_ = rest_.subspan(size);
    return size;
  }
  protocol::Status write_all(Bytes, protocol::Deadline) override { return {}; }
  bool has_input_or_end() override { return false; }
  bool is_private() const override { return true; }
  void interrupt() noexcept override {}
  int fd() const override { return -1; }

 private:
  Bytes rest_;
  std::size_t piece_;
};

//   piece   bytes that a read gives at most
inline std::unique_ptr<protocol::Session> session_over(Bytes input, std::uint64_t capabilities, std::size_t piece = SIZE_MAX) {
  protocol::Opened opened{.stream = std::make_unique<InputStream>(input, piece),
                          .frames = protocol::FrameReader(1u << 24),
                          .dialect = {},
                          .session_changes = {},
                          .host = {}};
  opened.dialect.capabilities = capabilities;
  return std::make_unique<protocol::Session>(std::move(opened));
}

// A command whose answer the input is.
inline void send_query(protocol::Session& session) {
  session.queue_query("q");
  require(session.send().ok(), "a query is sent");
}

}  // namespace selkie::fuzz
