// Views over wire bytes, a reader that cannot leave them, a writer, and memory that grows without being filled first.
// Depends on the standard library only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace selkie::protocol {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// The first `width` bytes as a little-endian number. The caller has checked that they are there.
inline std::uint64_t load_little_endian(const std::uint8_t* bytes, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

// The same with a width that is known before, and the other way round: of 2, 4 and 8 bytes one load or store.
template <std::size_t width>
std::uint64_t load_little_endian(const std::uint8_t* bytes) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) { return ((std::uint64_t{bytes[i]} << (8 * i)) | ...); }
  (std::make_index_sequence<width>());
}
template <std::size_t width>
void store_little_endian(std::uint8_t* bytes, std::uint64_t value) {
  [&]<std::size_t... i>(std::index_sequence<i...>) { ((bytes[i] = static_cast<std::uint8_t>(value >> (8 * i))), ...); }
  (std::make_index_sequence<width>());
}

// Reads a packet front to back. A read past the end yields zeros and makes failed() true for good, so a parser reads all
// its fields in a row and asks once, at the end.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  std::size_t size() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(little_endian<1>()); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little_endian<2>()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little_endian<4>()); }
  std::uint64_t u64() { return little_endian<8>(); }

  // Length-encoded integer. 0xFB (NULL) and 0xFF are no integers and fail.
  // Spec: page_protocol_basic_dt_integers.html
  std::uint64_t lenenc() {
    const std::uint8_t first = u8();
    if (first < 0xfb) return first;
    if (first == 0xfc) return little_endian<2>();
    if (first == 0xfd) return little_endian<3>();
    if (first == 0xfe) return little_endian<8>();
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

  // The bytes up to the next NUL, which is skipped. Fails when there is none.
  Bytes take_to_nul() {
    const Bytes taken = take(static_cast<std::size_t>(std::ranges::find(rest_, std::uint8_t{0}) - rest_.begin()));
    take(1);
    return taken;
  }

 private:
  template <std::size_t width>
  std::uint64_t little_endian() {
    const Bytes bytes = take(width);
    return bytes.empty() ? 0 : load_little_endian<width>(bytes.data());
  }

  Bytes rest_;  // owned by whoever owns the packet
  bool failed_ = false;
};

// Raw memory for bytes. Growing keeps what is in it and fills nothing; the kernel moves a large block's pages
// instead of copying them.
class RawBuffer {
 public:
  std::uint8_t* data() { return memory_.get(); }
  const std::uint8_t* data() const { return memory_.get(); }
  std::size_t capacity() const { return capacity_; }

  // Makes the capacity `size_bytes`, more or less than now; what fits is kept. Throws std::bad_alloc.
  void resize(std::size_t size_bytes) {
    if (size_bytes == 0) return *this = RawBuffer(), void();
    void* moved = std::realloc(memory_.get(), size_bytes);
    if (moved == nullptr) throw std::bad_alloc();
    static_cast<void>(memory_.release());
    memory_.reset(static_cast<std::uint8_t*>(moved));
    capacity_ = size_bytes;
  }

  RawBuffer() = default;
  RawBuffer(RawBuffer&& other) noexcept : memory_(std::move(other.memory_)), capacity_(std::exchange(other.capacity_, 0)) {}
  RawBuffer& operator=(RawBuffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::uint8_t, Free> memory_;
  std::size_t capacity_ = 0;
};

// Appends wire values to a buffer that keeps its capacity when cleared.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { *extend(1) = value; }
  void u16(std::uint16_t value) { little_endian<2>(value); }
  void u24(std::uint32_t value) { little_endian<3>(value); }
  void u32(std::uint32_t value) { little_endian<4>(value); }
  void u64(std::uint64_t value) { little_endian<8>(value); }

  // Spec: page_protocol_basic_dt_integers.html
  void lenenc(std::uint64_t value) {
    if (value < 0xfb) return u8(static_cast<std::uint8_t>(value));
    if (value <= 0xffff) return u8(0xfc), u16(static_cast<std::uint16_t>(value));
    if (value <= 0xffffff) return u8(0xfd), u24(static_cast<std::uint32_t>(value));
    u8(0xfe), u64(value);
  }

  void bytes(Bytes value) { std::copy(value.data(), value.data() + value.size(), extend(value.size())); }
  void text(std::string_view value) { bytes(as_bytes(value)); }
  void lenenc_bytes(Bytes value) {
    if (value.size() >= 0xfb) [[unlikely]]
      return lenenc_long(value);
    std::uint8_t* const out = extend(1 + value.size());
    *out = static_cast<std::uint8_t>(value.size());
    std::copy(value.data(), value.data() + value.size(), out + 1);
  }
  void lenenc_text(std::string_view value) { lenenc_bytes(as_bytes(value)); }
  void text_nul(std::string_view value) { text(value), u8(0); }
  void zeros(std::size_t count) { std::fill_n(extend(count), count, std::uint8_t{0}); }

  // Room for `count` more bytes, to be filled by the caller; valid until the next append.
  [[gnu::always_inline]] std::uint8_t* extend(std::size_t count) {
    if (count > static_cast<std::size_t>(end_ - at_)) [[unlikely]]
      grow(count);
    return std::exchange(at_, at_ + count);
  }
  // Takes back what lies beyond `size_bytes`.
  void truncate(std::size_t size_bytes) { at_ = room_.data() + size_bytes; }
  void clear() { truncate(0); }
  // Until so many bytes are written in all, they stay where they are. Throws std::bad_alloc.
  void reserve(std::size_t size_bytes) {
    if (size_bytes > room_.capacity()) grow(size_bytes - size());
  }
  // Gives the memory back.
  void release() { *this = ByteWriter(); }

  std::size_t size() const { return static_cast<std::size_t>(at_ - room_.data()); }
  std::size_t capacity() const { return room_.capacity(); }
  Bytes bytes() const { return {room_.data(), size()}; }
  std::uint8_t* data() { return room_.data(); }

  ByteWriter() = default;
  ByteWriter(ByteWriter&& other) noexcept
      : room_(std::move(other.room_)), at_(std::exchange(other.at_, nullptr)), end_(std::exchange(other.end_, nullptr)) {}
  ByteWriter& operator=(ByteWriter&& other) noexcept {
    room_ = std::move(other.room_);
    at_ = std::exchange(other.at_, nullptr);
    end_ = std::exchange(other.end_, nullptr);
    return *this;
  }

 private:
  // Apart: inlined it would be most of its callers' code.
  [[gnu::noinline]] void lenenc_long(Bytes value) { lenenc(value.size()), bytes(value); }

  template <std::size_t width>
  void little_endian(std::uint64_t value) {
    store_little_endian<width>(extend(width), value);
  }

  [[gnu::noinline]] void grow(std::size_t count) {
    constexpr std::size_t kLeast = 64;
    const std::size_t written = size();
    room_.resize(std::max({written + count, 2 * room_.capacity(), kLeast}));
    at_ = room_.data() + written;
    end_ = room_.data() + room_.capacity();
  }

  RawBuffer room_;
  std::uint8_t* at_ = nullptr;  // in room_, as is its end
  std::uint8_t* end_ = nullptr;
};

}  // namespace selkie::protocol
