// Golden packets, written as hexadecimal digits. Blanks part fields as a reader likes.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.h"

namespace selkie::protocol {

using Packet = std::vector<std::uint8_t>;

inline Packet hex(std::string_view digits) {
  Packet packet;
  int pending = -1;
  for (const char c : digits) {
    if (c == ' ') continue;
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0) throw std::invalid_argument("not a hexadecimal digit");
    if (pending < 0) {
      pending = value;
    } else {
      packet.push_back(static_cast<std::uint8_t>(pending * 16 + value));
      pending = -1;
    }
  }
  if (pending >= 0) throw std::invalid_argument("half a byte");
  return packet;
}

inline Packet packet_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
inline Packet packet_of(std::string_view text) { return packet_of(as_bytes(text)); }

// A packet's first `size` bytes as a block of its own, so that a read past them is a read past the memory.
inline Packet cut(const Packet& packet, std::size_t size) {
  return {packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)};
}

inline Packet operator+(Packet left, const Packet& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace selkie::protocol
