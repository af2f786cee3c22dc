// The compressed protocol: packets with a header of seven bytes, zlib or zstd inside or the bytes as they are.
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "stream.h"

namespace selkie::bench {
namespace {

constexpr std::size_t kHeader = 7, kReceived = 65536;

// Each takes a packet's body, which stays where it is, and decodes it piece by piece; at once where there is room for all of
// it.

class Zlib {
 public:
  Zlib() { inflateInit(&stream_); }
  ~Zlib() { inflateEnd(&stream_); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  void begin(const std::uint8_t* body, std::size_t size) {
    inflateReset(&stream_);
    stream_.next_in = const_cast<Bytef*>(body);  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(size);
  }
  std::size_t decode(void* to, std::size_t size) {
    stream_.next_out = static_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(size);
    inflate(&stream_, Z_FINISH);  // keeps no window where all is decoded at once
    return size - stream_.avail_out;
  }

 private:
  z_stream stream_{};
};

class Zstd {
 public:
  void begin(const std::uint8_t* body, std::size_t size) {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    body_ = {body, size, 0};
  }
  std::size_t decode(void* to, std::size_t size) {
    ZSTD_outBuffer out{to, size, 0};
    ZSTD_decompressStream(context_.get(), &out, &body_);
    return out.pos;
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  ZSTD_inBuffer body_{};
};

std::size_t load_size(const std::uint8_t* at) {
  return static_cast<std::size_t>(at[0]) | static_cast<std::size_t>(at[1]) << 8 | static_cast<std::size_t>(at[2]) << 16;
}

template <class Codec>
class Compressed final : public Stream {
 public:
  explicit Compressed(std::unique_ptr<Stream> below) : below_(std::move(below)), received_(kReceived) {}

  std::size_t read(void* to, std::size_t size) override {
    while (plain_left_ == 0) begin_packet();
    const std::size_t want = std::min(size, plain_left_);
    const std::size_t got = is_stored_ ? take_stored(to, want) : codec_.decode(to, want);
    if (got == 0) throw Failure{"a compressed packet is damaged"};
    plain_left_ -= got;
    return got;
  }

  void write(iovec* parts, int count) override {
    if (count == 1) return write_each(static_cast<const char*>(parts->iov_base), parts->iov_len);
    char head[kHeader];
    iovec all[9] = {{head, sizeof head}};
    std::size_t size = 0;
    for (int i = 0; i < count; ++i) size += (all[i + 1] = parts[i]).iov_len;
    put_header(head, size);
    below_->write(all, count + 1);
  }

  int fd() const override { return below_->fd(); }

 private:
  static void put_header(char* head, std::size_t size) {
    std::fill_n(head, kHeader, '\0');  // number 0; the size of what is inside 0: not packed
    for (int i = 0; i < 3; ++i) head[i] = static_cast<char>(size >> (8 * i));
  }

  // Several commands: each in a packet of its own, since servers take no second one out of it.
  void write_each(const char* packets, std::size_t size) {
    constexpr std::size_t kInnerHeader = 4;
    commands_.clear();
    for (const char* const end = packets + size; packets < end;) {
      const std::size_t command = kInnerHeader + load_size(reinterpret_cast<const std::uint8_t*>(packets));
      commands_.resize(commands_.size() + kHeader);
      put_header(&commands_[commands_.size() - kHeader], command);
      commands_.append(packets, command);
      packets += command;
    }
    iovec all{commands_.data(), commands_.size()};
    below_->write(&all, 1);
  }

  void begin_packet() {
    fill(kHeader);
    const std::uint8_t* const header = received_.data() + begin_;
    const std::size_t size = load_size(header), plain = load_size(header + 4);
    begin_ += kHeader;
    is_stored_ = plain == 0;
    plain_left_ = is_stored_ ? size : plain;
    if (is_stored_) return;
    fill(size);
    codec_.begin(received_.data() + begin_, size);
    begin_ += size;
  }

  std::size_t take_stored(void* to, std::size_t want) {
    if (begin_ == end_) return below_->read_full(to, want);
    const std::size_t got = std::min(want, end_ - begin_);
    std::memcpy(to, received_.data() + begin_, got);
    begin_ += got;
    return got;
  }

  void fill(std::size_t bytes) {
    if (end_ - begin_ >= bytes) return;
    std::memmove(received_.data(), received_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (bytes > received_.size()) received_.resize(bytes);
    while (end_ < bytes) end_ += below_->read(received_.data() + end_, received_.size() - end_);
  }

  std::unique_ptr<Stream> below_;
  Codec codec_;
  std::string commands_;
  std::vector<std::uint8_t> received_;
  std::size_t begin_ = 0, end_ = 0;  // the unread part of received_
  bool is_stored_ = false;
  std::size_t plain_left_ = 0;  // of the present packet
};

}  // namespace

std::unique_ptr<Stream> start_compression(std::unique_ptr<Stream> below, Compression algorithm) {
  if (algorithm == Compression::zlib) return std::make_unique<Compressed<Zlib>>(std::move(below));
  return std::make_unique<Compressed<Zstd>>(std::move(below));
}

}  // namespace selkie::bench
