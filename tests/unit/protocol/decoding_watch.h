// Where OpenSSL, zlib and zstd put what they decode, to test that it is the reader's own memory and no buffer in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace selkie::protocol {

// While one lives: the bytes that this thread has decoded into `memory`, and those that went elsewhere.
class DecodingWatch {
 public:
  explicit DecodingWatch(std::span<const std::uint8_t> memory);
  ~DecodingWatch();
  DecodingWatch(const DecodingWatch&) = delete;
  DecodingWatch& operator=(const DecodingWatch&) = delete;

  std::size_t inside() const { return inside_; }
  std::size_t elsewhere() const { return elsewhere_; }
  void note(const void* decoded, std::size_t size_bytes);

 private:
  std::span<const std::uint8_t> memory_;
  std::size_t inside_ = 0, elsewhere_ = 0;
};

}  // namespace selkie::protocol
