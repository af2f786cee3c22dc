#include "protocol/frame.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace selkie::protocol {
namespace {

constexpr std::size_t kFirstReadBytes = 8 * 1024;     // enough for a log-in and short answers
constexpr std::size_t kReadBytes = 64 * 1024;         // what one read asks for from when they were filled once
constexpr std::size_t kKeptWriteBytes = 1024 * 1024;  // a writer that grew past this gives its memory back

}  // namespace

std::span<std::uint8_t> FrameReader::writable() {
  const std::size_t capacity = buffer_.capacity();
  const bool was_filled = end_ == capacity && capacity < kReadBytes;
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // Growth follows what has arrived, never what a header claims: no more than twice the memory that is half full already.
  if (capacity == 0) {
    buffer_.resize(kFirstReadBytes);
  } else if (was_filled || end_ == capacity || (wanted_ > capacity && end_ >= capacity / 2)) {
    const std::size_t enough = std::max(wanted_, capacity + kReadBytes);
    buffer_.resize(std::max(kReadBytes, std::min(enough, 2 * capacity)));
  }
  return {buffer_.data() + end_, buffer_.capacity() - end_};
}

// Takes note of the header of the packet's next piece.
FrameStatus FrameReader::begin_piece(const std::uint8_t* header, std::size_t& piece_bytes) {
  piece_bytes = static_cast<std::size_t>(load_little_endian<3>(header));
  if (!in_order(header[3])) return FrameStatus::out_of_order;
  const std::size_t payload_so_far = gathered_ == 0 ? 0 : gathered_ - kFrameHeaderBytes;
  if (piece_bytes > max_packet_bytes_ - payload_so_far) return FrameStatus::too_large;
  ++sequence_;
  last_piece_ = piece_bytes < kMaxFramePayload;
  return FrameStatus::packet;
}

// The unread bytes begin with the current packet's first header; behind it lie the pieces gathered so far, later headers
// taken out. A header is due at begin_ + gathered_ unless the piece before it is still arriving.
FrameStatus FrameReader::next_in_pieces(Bytes& payload) {
  while (in_parts_) {
    Bytes skipped;
    if (const FrameStatus status = next_part(skipped, SIZE_MAX); status != FrameStatus::packet) return status;
  }
  for (;;) {
    if (header_due_) {
      wanted_ = gathered_ + kFrameHeaderBytes;
      if (unread_bytes() < wanted_) return FrameStatus::need_more;
      std::uint8_t* const header = buffer_.data() + begin_ + gathered_;
      std::size_t piece = 0;
      if (const FrameStatus status = begin_piece(header, piece); status != FrameStatus::packet) return status;
      if (gathered_ == 0) {
        gathered_ = kFrameHeaderBytes;
      } else {
        const std::uint8_t* const behind = header + kFrameHeaderBytes;
        std::memmove(header, behind, static_cast<std::size_t>(buffer_.data() + end_ - behind));
        end_ -= kFrameHeaderBytes;
      }
      gathered_ += piece;
      header_due_ = false;
    }
    wanted_ = gathered_;
    if (unread_bytes() < gathered_) return FrameStatus::need_more;
    if (last_piece_) break;
    header_due_ = true;
  }
  payload = Bytes(buffer_.data() + begin_, gathered_).subspan(kFrameHeaderBytes);
  begin_ += gathered_;
  gathered_ = 0;
  wanted_ = 0;
  header_due_ = true;
  return FrameStatus::packet;
}

// The pieces gathered so far lie joined behind the first header and count as one.
void FrameReader::begin_parts() {
  in_parts_ = true;
  piece_left_ = gathered_ - kFrameHeaderBytes;
  begin_ += kFrameHeaderBytes;
}

FrameStatus FrameReader::next_part(Bytes& part, std::size_t most_bytes) {
  part = {};
  wanted_ = 0;
  while (piece_left_ == 0) {
    if (last_piece_) {
      in_parts_ = false;
      gathered_ = 0;
      header_due_ = true;
      return FrameStatus::packet;
    }
    if (unread_bytes() < kFrameHeaderBytes) return FrameStatus::need_more;
    std::size_t piece = 0;
    if (const FrameStatus status = begin_piece(buffer_.data() + begin_, piece); status != FrameStatus::packet) return status;
    begin_ += kFrameHeaderBytes;
    gathered_ += piece;
    piece_left_ = piece;
  }
  if (unread_bytes() == 0) return FrameStatus::need_more;
  part = Bytes(buffer_.data() + begin_, std::min({most_bytes, piece_left_, unread_bytes()}));
  begin_ += part.size();
  piece_left_ -= part.size();
  return FrameStatus::packet;
}

void FrameReader::shrink() {
  if (buffer_.capacity() <= kReadBytes || unread_bytes() > kReadBytes) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, unread_bytes());
  end_ -= begin_;
  begin_ = 0;
  buffer_.resize(kReadBytes);
}

ByteWriter& FrameWriter::begin(std::uint8_t sequence) {
  buffer_.bytes(std::exchange(tail_, {}));
  packet_start_ = buffer_.size();
  sequence_ = sequence;
  buffer_.zeros(kFrameHeaderBytes);
  return buffer_;
}

std::uint8_t FrameWriter::end_in_pieces(Bytes tail, std::size_t size) {
  buffer_.bytes(tail);
  const std::size_t full_pieces = size / kMaxFramePayload;  // behind them always comes a shorter one, perhaps empty
  buffer_.zeros(full_pieces * kFrameHeaderBytes);
  std::uint8_t* const first = buffer_.data() + packet_start_;
  // From the last piece to the first, each to its place behind its own header.
  for (std::size_t i = full_pieces + 1; i-- > 0;) {
    const std::size_t piece = i == full_pieces ? size % kMaxFramePayload : kMaxFramePayload;
    std::uint8_t* const header = first + i * (kMaxFramePayload + kFrameHeaderBytes);
    if (i != 0) std::memmove(header + kFrameHeaderBytes, first + kFrameHeaderBytes + i * kMaxFramePayload, piece);
    put_header(header, piece, static_cast<std::uint8_t>(sequence_ + i));
  }
  sequence_ = static_cast<std::uint8_t>(sequence_ + full_pieces + 1);
  return sequence_;
}

void FrameWriter::clear() {
  buffer_.clear();
  tail_ = {};
  if (buffer_.capacity() > kKeptWriteBytes) buffer_.release();
  packet_start_ = 0;
}

}  // namespace selkie::protocol
