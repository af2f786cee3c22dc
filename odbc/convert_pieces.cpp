#include "odbc/convert_pieces.h"

#include <algorithm>
#include <cstring>

namespace selkie::odbc {
namespace {

std::size_t units_in(const Slot& slot) { return static_cast<std::size_t>(slot.capacity_bytes) / sizeof(SQLWCHAR); }

// Before a piece: true when there is nothing more to deliver. A value is finished by the piece that holds its end, be it empty.
bool is_finished(const Progress* progress) { return progress != nullptr && progress->finished; }

constexpr char kHex[] = "0123456789ABCDEF";

// Digits [first, first + count) of the hexadecimal text, and the terminator. `out` may lie at any address.
template <class Ch>
void put_hex(protocol::Bytes bytes, std::size_t first, std::size_t count, void* out) {
  auto* p = static_cast<char*>(out);
  const auto put = [&](char c) {
    const auto unit = static_cast<Ch>(c);
    std::memcpy(p, &unit, sizeof unit);
    p += sizeof unit;
  };
  for (std::size_t i = first; i < first + count; ++i) put(kHex[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15]);
  put(0);
}

template <class Ch>
Outcome hex_piece(protocol::Bytes bytes, const Slot& slot, Progress* progress) {
  if (is_finished(progress)) return Outcome::no_data;
  const std::size_t first = progress != nullptr ? progress->delivered_bytes / sizeof(Ch) : 0;
  const std::size_t left = bytes.size() * 2 - first;
  const std::size_t capacity = static_cast<std::size_t>(slot.capacity_bytes) / sizeof(Ch);
  if (slot.data == nullptr || capacity == 0) return tell_length(slot, progress, left * sizeof(Ch));
  std::size_t count = std::min(left, capacity - 1);
  if (count < left && progress == nullptr) count -= count % 2;
  put_hex<Ch>(bytes, first, count, slot.data);
  return delivered(slot, progress, count * sizeof(Ch), left * sizeof(Ch));
}

}  // namespace

Outcome tell_length(const Slot& slot, const Progress* progress, std::size_t left_bytes) {
  write_length(slot, left_bytes);
  return slot.data == nullptr && progress == nullptr ? Outcome::ok : Outcome::truncated;
}

Outcome delivered(const Slot& slot, Progress* progress, std::size_t bytes, std::size_t left_bytes) {
  write_length(slot, left_bytes);
  const bool is_end = bytes == left_bytes;
  if (progress != nullptr) {
    progress->delivered_bytes += bytes;
    progress->finished = is_end;
  }
  return is_end ? Outcome::ok : Outcome::truncated;
}

Outcome narrow_piece(std::string_view text, std::size_t whole, const Slot& slot, Progress* progress) {
  if (is_finished(progress)) return Outcome::no_data;
  const std::size_t before = progress != nullptr ? progress->delivered_bytes : 0;
  const std::string_view left = text.substr(std::min(before, text.size()));
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  if (slot.data == nullptr || capacity == 0) return tell_length(slot, progress, left.size());
  if (before == 0 && whole >= capacity) return Outcome::out_of_range;
  // SQLGetData's pieces fill the buffer, as its callers reckon: the next piece brings the rest of a character that was cut.
  const std::size_t fits =
      progress != nullptr ? std::min(left.size(), capacity - 1) : cut_between_characters(left, capacity - 1);
  std::memcpy(slot.data, left.data(), fits);
  static_cast<char*>(slot.data)[fits] = 0;
  return delivered(slot, progress, fits, left.size());
}

Outcome wide_piece(std::string_view text, std::size_t whole, const Slot& slot, Progress* progress) {
  if (is_finished(progress)) return Outcome::no_data;
  Progress bound;
  Progress& at = progress != nullptr ? *progress : bound;
  if (at.delivered_bytes == 0 && at.total_bytes == 0) at.total_bytes = utf16_length(text) * sizeof(SQLWCHAR);
  const std::size_t left_bytes = at.total_bytes - at.delivered_bytes;
  const std::size_t capacity = units_in(slot);
  if (slot.data == nullptr || capacity == 0) return tell_length(slot, progress, left_bytes);
  if (at.delivered_bytes == 0 && whole >= capacity) return Outcome::out_of_range;
  auto* out = static_cast<char16_t*>(slot.data);
  std::size_t units = 0;
  const auto put = [&](char16_t unit) { std::memcpy(out + units++, &unit, sizeof unit); };
  if (at.pending_unit != 0 && capacity > 1) put(std::exchange(at.pending_unit, char16_t{0}));
  const Converted done =
      utf8_to_utf16(text.data() + at.source_bytes, text.size() - at.source_bytes, out + units, capacity - 1 - units);
  units += done.written;
  at.source_bytes += done.read;
  // The next character is a pair with room for its first half. Callers reckon that a piece of SQLGetData fills the buffer.
  if (units + 1 < capacity && progress != nullptr && at.source_bytes < text.size()) {
    char16_t pair[2];
    at.source_bytes += utf8_to_utf16(text.data() + at.source_bytes, text.size() - at.source_bytes, pair, 2).read;
    put(pair[0]);
    at.pending_unit = pair[1];
  }
  const std::size_t bytes = units * sizeof(SQLWCHAR);
  put(0);
  return delivered(slot, progress, bytes, left_bytes);
}

Outcome charset_piece(Charset& charset, std::string_view text, const Slot& slot, Progress* progress) {
  if (is_finished(progress)) return Outcome::no_data;
  Progress bound;
  Progress& at = progress != nullptr ? *progress : bound;
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  const std::span<char> room(static_cast<char*>(slot.data), slot.data == nullptr || capacity == 0 ? 0 : capacity - 1);
  std::size_t size = 0;
  for (; at.pending_count != 0 && size < room.size(); --at.pending_count) {
    room[size++] = at.pending_bytes.front();
    std::rotate(at.pending_bytes.begin(), at.pending_bytes.begin() + 1, at.pending_bytes.end());
  }
  const Charset::Done done = charset.encode(text.substr(at.source_bytes), room.subspan(size));
  const bool is_broken = done.stop == Charset::Stop::invalid || done.stop == Charset::Stop::incomplete;
  if (is_broken) return Outcome::not_convertible;
  if (at.total_bytes == 0) {
    const auto rest = charset.encoded_size(text.substr(done.read));
    if (!rest) return Outcome::not_convertible;
    at.total_bytes = done.written + *rest;
  }
  const std::size_t left_bytes = at.total_bytes - at.delivered_bytes;
  if (slot.data == nullptr || capacity == 0) return tell_length(slot, progress, left_bytes);
  at.source_bytes += done.read;
  size += done.written;
  // The next character has no room as a whole. Callers reckon that a piece of SQLGetData fills the buffer.
  if (progress != nullptr && size < room.size() && done.stop == Charset::Stop::full) {
    std::array<char, 8> character;
    const std::string_view rest = text.substr(at.source_bytes);
    const Charset::Done whole = charset.encode(rest.substr(0, first_character_bytes(rest)), character);
    if (whole.stop != Charset::Stop::end) return Outcome::not_convertible;
    at.source_bytes += whole.read;
    for (std::size_t i = 0; i < whole.written; ++i) {
      if (size < room.size()) {
        room[size++] = character[i];
      } else {
        at.pending_bytes[at.pending_count++] = character[i];
      }
    }
  }
  static_cast<char*>(slot.data)[size] = 0;
  return delivered(slot, progress, size, left_bytes);
}

Outcome raw_piece(protocol::Bytes bytes, const Slot& slot, Progress* progress) {
  if (is_finished(progress)) return Outcome::no_data;
  const protocol::Bytes left = bytes.subspan(progress != nullptr ? std::min(progress->delivered_bytes, bytes.size()) : 0);
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  if (slot.data == nullptr || (capacity == 0 && !left.empty())) return tell_length(slot, progress, left.size());
  const std::size_t fits = std::min(left.size(), capacity);
  std::memcpy(slot.data, left.data(), fits);
  return delivered(slot, progress, fits, left.size());
}

Outcome narrow_hex(protocol::Bytes bytes, const Slot& slot, Progress* progress) {
  return hex_piece<char>(bytes, slot, progress);
}
Outcome wide_hex(protocol::Bytes bytes, const Slot& slot, Progress* progress) {
  return hex_piece<char16_t>(bytes, slot, progress);
}

}  // namespace selkie::odbc
