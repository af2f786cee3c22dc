// Bytes <-> packets: headers, sequence numbers, packets of 16 MiB and more. No I/O.
// Spec: page_protocol_basic_packets.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/bytes.h"

namespace selkie::protocol {

inline constexpr std::size_t kFrameHeaderBytes = 4;
inline constexpr std::size_t kMaxFramePayload = 0xffffff;  // a piece of this size is followed by another, perhaps empty, one

enum class FrameStatus : std::uint8_t {
  packet,        // a whole packet is there
  need_more,     // feed more bytes
  out_of_order,  // wrong sequence number: fatal, nothing after it can be trusted
  too_large,     // past the bound on packet size
};

// The session's one read buffer. Bytes are received into writable(), packets come out as views into it.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_packet_bytes) : max_packet_bytes_(max_packet_bytes) {}

  // Where the next bytes from the stream go; room for at least one byte: 8 KiB until that was filled once, then usually 64 KiB
  // or what the current packet lacks. Packets handed out earlier are invalid from here on. Memory grows with the bytes that
  // arrive, not with the length that a header claims. Throws std::bad_alloc.
  std::span<std::uint8_t> writable();
  void commit(std::size_t received_bytes) { end_ += received_bytes; }

  // The next packet, its pieces joined in place; what is left of one that is read in parts is skipped, unkept. The view is
  // valid until writable() or shrink() is called.
  // After out_of_order and too_large every later call answers the same.
  FrameStatus next(Bytes& payload) {
    if (!is_whole(payload)) [[unlikely]]
      return next_in_pieces(payload);
    pass(payload);
    return FrameStatus::packet;
  }
  // The next packets that lie whole in the buffer, as long as they are `wanted`; how many. What ends them is left to next().
  template <class Wanted>
  std::size_t next_while(std::span<Bytes> payloads, Wanted wanted) {
    std::size_t count = 0;
    for (Bytes payload; count < payloads.size() && is_whole(payload) && wanted(payload); ++count) {
      payloads[count] = payload;
      pass(payload);
    }
    return count;
  }

  // The same without their payloads.
  template <class Wanted>
  std::size_t pass_while(std::size_t most, Wanted wanted) {
    std::size_t count = 0;
    for (Bytes payload; count < most && is_whole(payload) && wanted(payload); ++count) pass(payload);
    return count;
  }

  // --- A packet that is not to be held whole. After next() answered need_more:

  // More than so many bytes of it are announced, and its first byte is there.
  bool is_larger_than(std::size_t size_bytes) const {
    return !header_due_ && !in_parts_ && gathered_ > kFrameHeaderBytes + size_bytes && unread_bytes() > kFrameHeaderBytes;
  }
  std::uint8_t first_byte() const { return buffer_.data()[begin_ + kFrameHeaderBytes]; }
  std::size_t announced_bytes() const { return gathered_ - kFrameHeaderBytes; }  // of the pieces whose headers have come
  // From here on next_part() hands it out as it arrives.
  void begin_parts();
  bool in_parts() const { return in_parts_; }
  // The next bytes of the packet, as many as are there, at most `most_bytes`; none: it has ended. Valid as a packet is.
  FrameStatus next_part(Bytes& part, std::size_t most_bytes);
  // So many bytes come next in the stream and belong to the packet: they may be received elsewhere. 0: ask next_part().
  std::size_t due_bytes() const { return unread_bytes() == 0 ? piece_left_ : 0; }
  void received_elsewhere(std::size_t size_bytes) { piece_left_ -= size_bytes; }

  // A new command restarts the numbering; the answer's first packet is expected to carry `sequence`.
  void expect_sequence(std::uint8_t sequence) { sequence_ = sequence; }
  std::uint8_t sequence() const { return sequence_; }
  // Under compression its packets are numbered, and servers number the ones inside as they like.
  void ignore_sequence() { checked_bits_ = 0; }

  // Bytes received and not yet handed out. Before a TLS handshake anything but 0 is an injection.
  std::size_t unread_bytes() const { return end_ - begin_; }
  // Takes them away, for a layer that comes in between. The view is valid as a packet is.
  Bytes take_unread() {
    const Bytes unread(buffer_.data() + begin_, unread_bytes());
    begin_ = end_;
    return unread;
  }

  // Gives memory back after a large packet. Packets handed out earlier are invalid from here on.
  void shrink();

 private:
  bool in_order(std::uint8_t number) const { return ((number ^ sequence_) & checked_bits_) == 0; }
  // The next packet lies whole in the buffer and is its own last piece, as almost all do.
  bool is_whole(Bytes& payload) const {
    const std::size_t unread = end_ - begin_;
    if (gathered_ != 0 || unread < kFrameHeaderBytes) return false;
    const std::uint8_t* const header = buffer_.data() + begin_;
    const auto size_and_number = static_cast<std::uint32_t>(load_little_endian<kFrameHeaderBytes>(header));
    const std::size_t size = size_and_number & kMaxFramePayload;
    payload = {header + kFrameHeaderBytes, size};
    return size <= unread - kFrameHeaderBytes && size < kMaxFramePayload && size <= max_packet_bytes_ &&
           in_order(static_cast<std::uint8_t>(size_and_number >> 24));
  }
  void pass(Bytes payload) {
    begin_ += kFrameHeaderBytes + payload.size();
    ++sequence_;
  }
  FrameStatus next_in_pieces(Bytes& payload);
  FrameStatus begin_piece(const std::uint8_t* header, std::size_t& piece_bytes);

  RawBuffer buffer_;
  std::size_t begin_ = 0, end_ = 0;  // the unread bytes are buffer_[begin_, end_)
  std::size_t wanted_ = 0;           // bytes from begin_ on that the current packet needs, as far as known
  std::size_t gathered_ = 0;         // the current packet's first header and its pieces so far; 0: not begun
  bool header_due_ = true;           // behind the gathered bytes comes a header
  bool last_piece_ = false;          // the piece being gathered ends the packet
  bool in_parts_ = false;            // the packet is handed out as it arrives; gathered_ only counts then
  std::size_t piece_left_ = 0;       // in parts: bytes of the current piece still to be handed out
  std::size_t max_packet_bytes_;
  std::uint8_t sequence_ = 0;         // of the next header
  std::uint8_t checked_bits_ = 0xff;  // of the number in it
};

// Builds outgoing packets in one buffer that is sent with one write. Several commands may be queued (close + execute).
class FrameWriter {
 public:
  // Starts a packet; the payload is what is appended to the returned writer until end(). `sequence` numbers its first piece.
  ByteWriter& begin(std::uint8_t sequence = 0);
  // Completes the packet: splits it into pieces where it has 16 MiB or more. Returns the sequence number after its last piece.
  //   tail  the end of the payload; copied only where it has to be. Else it has to stay as it is until the next begin() or
  //         clear()
  std::uint8_t end(Bytes tail = {}) {
    const std::size_t size = buffer_.size() - packet_start_ - kFrameHeaderBytes + tail.size();
    if (size >= kMaxFramePayload) [[unlikely]]
      return end_in_pieces(tail, size);
    put_header(buffer_.data() + packet_start_, size, sequence_);
    tail_ = tail;
    return ++sequence_;
  }

  // What is to be sent: the bytes, and behind them a tail that was not copied.
  Bytes bytes() const { return buffer_.bytes(); }
  Bytes tail() const { return tail_; }
  bool empty() const { return buffer_.size() == 0; }
  void clear();

 private:
  static void put_header(std::uint8_t* at, std::size_t size, std::uint8_t sequence) {
    store_little_endian<kFrameHeaderBytes>(at, size | std::size_t{sequence} << 24);
  }
  std::uint8_t end_in_pieces(Bytes tail, std::size_t size);

  ByteWriter buffer_;
  Bytes tail_;  // the caller's
  std::size_t packet_start_ = 0;
  std::uint8_t sequence_ = 0;
};

}  // namespace selkie::protocol
