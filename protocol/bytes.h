// Views over wire bytes, a reader that cannot leave them, and a writer.
// Depends on the standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace selkie::protocol {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Reads a packet front to back. A read past the end yields zeros and makes failed() true for good, so a parser reads all
// its fields in a row and asks once, at the end.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  std::size_t size() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(little_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little_endian(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little_endian(4)); }
  std::uint64_t u64() { return little_endian(8); }

  // Length-encoded integer. 0xFB (NULL) and 0xFF are no integers and fail.
  // Spec: page_protocol_basic_dt_integers.html
  std::uint64_t lenenc() {
    const std::uint8_t first = u8();
    if (first < 0xfb) return first;
    if (first == 0xfc) return little_endian(2);
    if (first == 0xfd) return little_endian(3);
    if (first == 0xfe) return little_endian(8);
    failed_ = true;
    return 0;
  }

  // The next `count` bytes. The count comes from the wire: compared as 64 bits, before any cast.
  Bytes take(std::uint64_t count) {
    if (failed_ || count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const Bytes taken = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(static_cast<std::size_t>(count));
    return taken;
  }

  Bytes take_lenenc() { return take(lenenc()); }
  Bytes take_rest() { return take(rest_.size()); }

 private:
  std::uint64_t little_endian(std::size_t width) {
    std::uint64_t value = 0;
    const Bytes bytes = take(width);
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
    return value;
  }

  Bytes rest_;  // owned by whoever owns the packet
  bool failed_ = false;
};

// Appends wire values to a buffer that keeps its capacity when cleared.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { buffer_.push_back(value); }
  void u16(std::uint16_t value) { little_endian(value, 2); }
  void u24(std::uint32_t value) { little_endian(value, 3); }
  void u32(std::uint32_t value) { little_endian(value, 4); }
  void u64(std::uint64_t value) { little_endian(value, 8); }

  // Spec: page_protocol_basic_dt_integers.html
  void lenenc(std::uint64_t value) {
    if (value < 0xfb) return u8(static_cast<std::uint8_t>(value));
    if (value <= 0xffff) return u8(0xfc), u16(static_cast<std::uint16_t>(value));
    if (value <= 0xffffff) return u8(0xfd), u24(static_cast<std::uint32_t>(value));
    u8(0xfe), u64(value);
  }

  void bytes(Bytes value) { std::memcpy(extend(value.size()), value.data(), value.size()); }
  void text(std::string_view value) { bytes({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()}); }
  void lenenc_bytes(Bytes value) { lenenc(value.size()), bytes(value); }
  void lenenc_text(std::string_view value) { lenenc(value.size()), text(value); }
  void text_nul(std::string_view value) { text(value), u8(0); }
  void zeros(std::size_t count) { buffer_.resize(buffer_.size() + count); }

  // Room for `count` more bytes, to be filled by the caller; valid until the next append.
  std::uint8_t* extend(std::size_t count) {
    buffer_.resize(buffer_.size() + count);
    return buffer_.data() + (buffer_.size() - count);
  }
  // Takes back what lies beyond `size_bytes`.
  void truncate(std::size_t size_bytes) { buffer_.resize(size_bytes); }

  std::size_t size() const { return buffer_.size(); }
  Bytes bytes() const { return buffer_; }
  std::uint8_t* data() { return buffer_.data(); }
  void clear() { buffer_.clear(); }
  std::vector<std::uint8_t>& buffer() { return buffer_; }

 private:
  void little_endian(std::uint64_t value, std::size_t width) {
    std::uint8_t* out = extend(width);
    for (std::size_t i = 0; i < width; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  std::vector<std::uint8_t> buffer_;
};

}  // namespace selkie::protocol
