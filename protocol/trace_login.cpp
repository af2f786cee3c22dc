#include "protocol/trace_login.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/dialect.h"

namespace selkie::protocol {
namespace {

using Packet = std::vector<std::uint8_t>;

constexpr std::uint8_t kOk = 0x00, kMoreData = 0x01, kNextFactor = 0x02, kSwitch = 0xfe, kErr = 0xff;
constexpr std::uint8_t kMask = '*';
constexpr std::string_view kMasked = "********";  // instead of whatever is secret: not even its length is told
constexpr std::uint64_t kTakenOff = capability::kSsl | capability::kCompress | capability::kZstd;
constexpr std::size_t kLoginHeadBytes = 32;  // and the whole of a request for TLS

Packet copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// To the end of the packet.
void mask_from(Packet& packet, std::size_t start) {
  if (start < packet.size()) std::fill(packet.begin() + static_cast<std::ptrdiff_t>(start), packet.end(), kMask);
}

// Behind the text that begins at `start` and its NUL.
std::size_t behind_text(const Packet& packet, std::size_t start) {
  const auto from = packet.begin() + static_cast<std::ptrdiff_t>(std::min(start, packet.size()));
  return static_cast<std::size_t>(std::find(from, packet.end(), 0) - packet.begin()) + 1;
}

// Clears what was taken off in a part of the capabilities: `shift` is the number of its lowest bit.
void clear_capabilities(Packet& packet, std::size_t at, std::size_t size, unsigned shift) {
  for (std::size_t i = 0; i < size; ++i) packet[at + i] &= static_cast<std::uint8_t>(~(kTakenOff >> (shift + 8 * i)));
}

// Spec: page_protocol_connection_phase_packets_protocol_handshake_v10.html
std::optional<Packet> masked_greeting(Bytes payload) {
  Packet packet = copy(payload);
  const std::size_t scramble = behind_text(packet, 1) + 4;
  const std::size_t capabilities = scramble + 8 + 1, more_capabilities = capabilities + 5, rest = more_capabilities + 13;
  if (rest > packet.size()) return std::nullopt;
  std::fill_n(packet.begin() + static_cast<std::ptrdiff_t>(scramble), 8, kMask);
  clear_capabilities(packet, capabilities, 2, 0);
  clear_capabilities(packet, more_capabilities, 2, 16);
  const std::size_t scramble_end = std::min(behind_text(packet, rest) - 1, packet.size());
  std::fill(packet.begin() + static_cast<std::ptrdiff_t>(rest), packet.begin() + static_cast<std::ptrdiff_t>(scramble_end),
            kMask);
  return packet;
}

// Spec: page_protocol_connection_phase_packets_protocol_handshake_response.html
std::optional<Packet> masked_login(Bytes payload) {
  ByteReader in(payload);
  const std::uint32_t capabilities = in.u32();
  in.take(kLoginHeadBytes - 4);
  in.take_to_nul();
  const std::size_t answer = payload.size() - in.size();
  if ((capabilities & capability::kPluginAuthLenenc) != 0) {
    in.take_lenenc();
  } else {
    in.take(in.u8());
  }
  if ((capabilities & capability::kZstd) != 0 && in.size() == 0) return std::nullopt;
  const Bytes behind = in.take_rest();
  if (in.failed()) return std::nullopt;

  Packet packet = copy(payload.first(answer));
  clear_capabilities(packet, 0, 4, 0);
  packet.push_back(static_cast<std::uint8_t>(kMasked.size()));  // the same in both forms
  packet.insert(packet.end(), kMasked.begin(), kMasked.end());
  const std::size_t level = (capabilities & capability::kZstd) != 0 ? 1 : 0;
  packet.insert(packet.end(), behind.begin(), behind.end() - static_cast<std::ptrdiff_t>(level));
  return packet;
}

// Of an OK packet. Spec: page_protocol_basic_ok_packet.html
std::size_t counters_end(Bytes payload) {
  ByteReader in(payload.subspan(1));
  in.lenenc(), in.lenenc(), in.u32();
  return in.failed() ? 1 : payload.size() - in.size();
}

}  // namespace

std::optional<Packet> TraceLogin::received(Bytes payload, std::uint8_t& frame_number) {
  frame_number = static_cast<std::uint8_t>(frame_number - left_out_);
  const bool is_greeting = !std::exchange(greeted_, true);
  Packet packet = copy(payload);
  if (payload.empty() || payload[0] == kErr) return packet;
  if (is_greeting) return masked_greeting(payload);
  switch (payload[0]) {
    case kOk: packet.resize(counters_end(payload)); break;  // MariaDB proves in the text behind it that it knows the password
    case kSwitch:
    case kNextFactor: mask_from(packet, behind_text(packet, 1)); break;
    case kMoreData:
      if (packet.size() > 2) mask_from(packet, 1);  // one byte says how caching_sha2_password goes on
      break;
    default: mask_from(packet, 0);
  }
  return packet;
}

std::optional<Packet> TraceLogin::sent(Bytes payload, std::uint8_t& frame_number) {
  frame_number = static_cast<std::uint8_t>(frame_number - left_out_);
  if (!answered_ && payload.size() == kLoginHeadBytes) {
    left_out_ = 1;
    return std::nullopt;
  }
  if (!std::exchange(answered_, true)) return masked_login(payload);
  return copy(as_bytes(kMasked));
}

}  // namespace selkie::protocol
