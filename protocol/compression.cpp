#include "protocol/compression.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "protocol/frame.h"

namespace selkie::protocol {
namespace {

constexpr std::size_t kHeaderBytes = 7;          // size, sequence number, size once decoded: 0 for a packet that is not packed
constexpr std::size_t kReadBytes = 64 * 1024;    // what one read asks for
constexpr std::size_t kPieceBytes = 256 * 1024;  // the most that one packet sent carries
constexpr std::size_t kWriteBytes = 2 * kPieceBytes;
constexpr std::size_t kStoredBelow = 50;         // bytes; packing fewer gains nothing, as the servers have it too
constexpr std::size_t kCopiedBelow = 16 * 1024;  // larger pieces that cannot be packed are written from where they lie
constexpr int kZstdWindowLog = 24;               // of what is received: no packet has more than 16 MiB once decoded

struct Decoded {
  std::size_t bytes = 0;
  enum class State : std::uint8_t { more, end, damaged } state = State::more;
};

// Both codecs: decode() takes what it can use off the front of `in`; encode() answers 0 when the result is not smaller.

class Zlib {
 public:
  explicit Zlib(int level) {
    const int used = level == kDefaultCompressionLevel ? Z_DEFAULT_COMPRESSION : std::min(level, kMaxZlibLevel);
    if (deflateInit(&out_, used) != Z_OK) throw std::bad_alloc();
    if (inflateInit(&in_) != Z_OK) {
      deflateEnd(&out_);
      throw std::bad_alloc();
    }
  }
  ~Zlib() {
    deflateEnd(&out_);
    inflateEnd(&in_);
  }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  void begin_decoding() { inflateReset(&in_); }

  Decoded decode(Bytes& in, std::span<std::uint8_t> into) {
    in_.next_in = const_cast<Bytef*>(in.data());  // zlib does not write there
    in_.avail_in = static_cast<uInt>(in.size());
    in_.next_out = into.data();
    in_.avail_out = static_cast<uInt>(into.size());
    const int result = inflate(&in_, Z_SYNC_FLUSH);
    in = in.last(in_.avail_in);
    const std::size_t bytes = into.size() - in_.avail_out;
    if (result == Z_STREAM_END) return {bytes, Decoded::State::end};
    const bool goes_on = result == Z_OK || result == Z_BUF_ERROR;
    return {bytes, goes_on ? Decoded::State::more : Decoded::State::damaged};
  }

  std::size_t encode(Bytes plain, std::span<std::uint8_t> into) {
    deflateReset(&out_);
    out_.next_in = const_cast<Bytef*>(plain.data());
    out_.avail_in = static_cast<uInt>(plain.size());
    out_.next_out = into.data();
    out_.avail_out = static_cast<uInt>(into.size());
    return deflate(&out_, Z_FINISH) == Z_STREAM_END ? into.size() - out_.avail_out : 0;
  }

 private:
  z_stream in_{}, out_{};
};

class Zstd {
 public:
  explicit Zstd(int level) : in_(ZSTD_createDCtx()), out_(ZSTD_createCCtx()) {
    if (!in_ || !out_) throw std::bad_alloc();
    const int used = level == kDefaultCompressionLevel ? kDefaultZstdLevel : std::min(level, kMaxZstdLevel);
    ZSTD_DCtx_setParameter(in_.get(), ZSTD_d_windowLogMax, kZstdWindowLog);
    ZSTD_CCtx_setParameter(out_.get(), ZSTD_c_compressionLevel, used);
  }

  void begin_decoding() { ZSTD_DCtx_reset(in_.get(), ZSTD_reset_session_only); }

  Decoded decode(Bytes& in, std::span<std::uint8_t> into) {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{into.data(), into.size(), 0};
    const std::size_t result = ZSTD_decompressStream(in_.get(), &to, &from);
    in = in.subspan(from.pos);
    if (ZSTD_isError(result) != 0) return {to.pos, Decoded::State::damaged};
    return {to.pos, result == 0 ? Decoded::State::end : Decoded::State::more};
  }

  std::size_t encode(Bytes plain, std::span<std::uint8_t> into) {
    const std::size_t size = ZSTD_compress2(out_.get(), into.data(), into.size(), plain.data(), plain.size());
    return ZSTD_isError(size) != 0 ? 0 : size;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> in_;
  std::unique_ptr<ZSTD_CCtx, Free> out_;
};

Failure left_protocol(const char* why) {
  return our_failure(Errc::malformed,
                     std::string("The server left the protocol (compressed packet: ") + why + "); the connection was closed.");
}

// The first command in `bytes`, which are whole packets: up to the next one that is numbered 0.
Bytes first_command(Bytes bytes) {
  std::size_t end = 0;
  do end += kFrameHeaderBytes + static_cast<std::size_t>(load_little_endian(bytes.data() + end, 3));
  while (end < bytes.size() && bytes[end + 3] != 0);
  return bytes.first(end);
}

template <class Codec>
class CompressedStream final : public Stream {
 public:
  CompressedStream(std::unique_ptr<Stream> below, int level, Bytes received)
      : below_(std::move(below)), codec_(level), end_(received.size()) {
    received_.resize(std::max(kReadBytes, received.size()));
    std::ranges::copy(received, received_.data());
  }

  // Of one packet at most: where the next answer begins with the next packet, the reader says so in between.
  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) override {
    for (;;) {
      if (!in_packet_ && unread().size() >= kHeaderBytes) {
        if (Status begun = begin_packet(); !begun.ok()) return std::move(begun).failure();
        if (!in_packet_) continue;  // it is empty
      }
      if (in_packet_) {
        const bool past_the_buffer = is_stored_ && unread().empty();
        auto taken = past_the_buffer ? receive_stored(into, deadline) : is_stored_ ? take_stored(into) : take_packed(into);
        if (!taken.ok()) return taken;
        if (must_be_error_ && !may_be_error(into.first(*taken))) return left_protocol("out of order");
        if (*taken != 0) return taken;
        if (!in_packet_) continue;
      }
      if (Status received = receive(deadline); !received.ok()) return std::move(received).failure();
    }
  }

  // A command's packets are numbered from 0 on; what is sent in the middle of its answer continues the answer's numbers.
  Status write_all(Bytes bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      const Bytes unit = restarted_ ? first_command(bytes) : bytes;
      bytes = bytes.subspan(unit.size());
      std::uint8_t number = restarted_ ? 0 : next_;
      for (std::size_t at = 0; at < unit.size(); at += kPieceBytes) {
        const Bytes piece = unit.subspan(at, std::min(kPieceBytes, unit.size() - at));
        if (Status sent = write_piece(piece, number++, deadline); !sent.ok()) return sent;
      }
      if (restarted_) {
        longest_command_ = std::max(longest_command_, (unit.size() + kPieceBytes - 1) / kPieceBytes);
      } else {
        next_ = number;
      }
    }
    return flush(deadline);
  }

  // The end of a packet may come behind the last of its bytes; it says nothing to the reader.
  bool has_input_or_end() override {
    while (in_packet_ && plain_left_ == 0) {
      if (unread().empty()) {
        if (!below_->has_input_or_end()) return false;
        if (!receive(kNoDeadline).ok()) return true;
      }
      if (!take_packed({}).ok()) return true;
    }
    return in_packet_ || !unread().empty() || below_->has_input_or_end();
  }

  void restart_numbering() override { restarted_ = true; }
  bool is_private() const override { return below_->is_private(); }
  void interrupt() noexcept override { below_->interrupt(); }
  int fd() const override { return below_->fd(); }

 private:
  Bytes unread() const { return Bytes(received_.data() + begin_, end_ - begin_); }
  void skip(std::size_t count) { begin_ += count; }

  // One read from below behind what is unread: at most the start of a header.
  Status receive(Deadline deadline) {
    std::memmove(received_.data(), received_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    auto count = below_->read_some({received_.data() + end_, received_.capacity() - end_}, deadline);
    if (!count.ok()) return std::move(count).failure();
    end_ += *count;
    return {};
  }

  Status begin_packet() {
    const std::uint8_t* const header = unread().data();
    const std::uint8_t number = header[3];
    // An answer begins behind the packets of its command: behind fewer of them where the server gave up reading. Its parting
    // words, which nobody asked for, count from 0 or go on where the last answer ended: only an error may do that.
    const bool begins_answer = restarted_ && number != 0 && number <= longest_command_;
    if (!begins_answer && number != next_ && !(restarted_ && number == 0)) return left_protocol("out of order");
    must_be_error_ = restarted_ && !begins_answer;
    handed_out_ = 0;
    next_ = static_cast<std::uint8_t>(number + 1);
    restarted_ = false;
    packed_left_ = static_cast<std::size_t>(load_little_endian(header, 3));
    plain_left_ = static_cast<std::size_t>(load_little_endian(header + 4, 3));
    skip(kHeaderBytes);
    is_stored_ = plain_left_ == 0;
    if (is_stored_) {
      plain_left_ = packed_left_;
    } else {
      codec_.begin_decoding();
    }
    in_packet_ = packed_left_ != 0 || !is_stored_;
    return {};
  }

  // Looks at the first byte of the frame within; the frame's header may have been handed out before.
  bool may_be_error(Bytes piece) {
    constexpr std::uint8_t kErr = 0xff;
    const std::size_t before = std::exchange(handed_out_, handed_out_ + piece.size());
    if (handed_out_ <= kFrameHeaderBytes || before > kFrameHeaderBytes) return true;
    return piece[kFrameHeaderBytes - before] == kErr;
  }

  void stored(std::size_t count) {
    plain_left_ -= count;
    in_packet_ = plain_left_ != 0;
  }

  Result<std::size_t> take_stored(std::span<std::uint8_t> into) {
    const std::size_t count = std::min({into.size(), plain_left_, unread().size()});
    std::memcpy(into.data(), unread().data(), count);
    skip(count);
    stored(count);
    return count;
  }

  Result<std::size_t> receive_stored(std::span<std::uint8_t> into, Deadline deadline) {
    auto count = below_->read_some(into.first(std::min(into.size(), plain_left_)), deadline);
    if (count.ok()) stored(*count);
    return count;
  }

  // What of the packet is here and fits; 0: more must arrive first, or the packet has ended.
  Result<std::size_t> take_packed(std::span<std::uint8_t> into) {
    std::uint8_t excess;  // a byte decoded into it is one more than the header promised
    const std::span<std::uint8_t> room =
        plain_left_ == 0 ? std::span(&excess, 1) : into.first(std::min(into.size(), plain_left_));
    Bytes in = unread().first(std::min(unread().size(), packed_left_));
    const std::size_t offered = in.size();
    const Decoded decoded = codec_.decode(in, room);
    skip(offered - in.size());
    packed_left_ -= offered - in.size();
    if (decoded.state == Decoded::State::damaged) return left_protocol("damaged");
    if (decoded.bytes > plain_left_) return left_protocol("longer than it says");
    plain_left_ -= decoded.bytes;
    if (decoded.state == Decoded::State::end) {
      if (plain_left_ != 0) return left_protocol("shorter than it says");
      if (packed_left_ != 0) return left_protocol("more behind its end");
      in_packet_ = false;
    } else if (packed_left_ == 0 && decoded.bytes < room.size()) {
      return left_protocol("cut off");
    }
    return decoded.bytes;
  }

  Status write_piece(Bytes piece, std::uint8_t number, Deadline deadline) {
    const std::size_t needed = kHeaderBytes + piece.size();
    if (out_size_ + needed > kWriteBytes) {
      if (Status sent = flush(deadline); !sent.ok()) return sent;
    }
    if (out_.capacity() < out_size_ + needed) out_.resize(std::min(kWriteBytes, 2 * (out_size_ + needed)));
    std::uint8_t* const header = out_.data() + out_size_;
    const std::span<std::uint8_t> room(header + kHeaderBytes, piece.size() - 1);
    const std::size_t packed = piece.size() < kStoredBelow ? 0 : codec_.encode(piece, room);
    const bool as_it_is = packed == 0;
    put_sizes(header, as_it_is ? piece.size() : packed, number, as_it_is ? 0 : piece.size());
    out_size_ += kHeaderBytes;
    if (as_it_is && piece.size() >= kCopiedBelow) {
      if (Status sent = flush(deadline); !sent.ok()) return sent;
      return below_->write_all(piece, deadline);
    }
    if (as_it_is) std::memcpy(header + kHeaderBytes, piece.data(), piece.size());
    out_size_ += as_it_is ? piece.size() : packed;
    return {};
  }

  static void put_sizes(std::uint8_t* header, std::size_t size, std::uint8_t number, std::size_t plain_size) {
    for (int i = 0; i < 3; ++i) {
      header[i] = static_cast<std::uint8_t>(size >> (8 * i));
      header[4 + i] = static_cast<std::uint8_t>(plain_size >> (8 * i));
    }
    header[3] = number;
  }

  Status flush(Deadline deadline) {
    if (out_size_ == 0) return {};
    return below_->write_all({out_.data(), std::exchange(out_size_, 0)}, deadline);
  }

  std::unique_ptr<Stream> below_;
  Codec codec_;

  RawBuffer received_;
  std::size_t begin_ = 0, end_ = 0;  // the unread bytes are received_[begin_, end_)
  bool in_packet_ = false, is_stored_ = false;
  bool must_be_error_ = false;   // it has no number that an answer has
  std::size_t handed_out_ = 0;   // of such a packet
  std::size_t packed_left_ = 0;  // of the packet, as its header has it
  std::size_t plain_left_ = 0;

  RawBuffer out_;
  std::size_t out_size_ = 0;

  std::uint8_t next_ = 0;            // number of the next packet to read, or to send in the middle of an answer
  bool restarted_ = true;            // see restart_numbering()
  std::size_t longest_command_ = 0;  // packets
};

}  // namespace

std::unique_ptr<Stream> start_compression(std::unique_ptr<Stream> below, Compression algorithm, int level, Bytes received) {
  if (algorithm == Compression::zstd) return std::make_unique<CompressedStream<Zstd>>(std::move(below), level, received);
  return std::make_unique<CompressedStream<Zlib>>(std::move(below), level, received);
}

}  // namespace selkie::protocol
