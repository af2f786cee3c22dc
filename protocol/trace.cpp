#include "protocol/trace.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "protocol/frame.h"

namespace selkie::protocol {
namespace {

constexpr std::uint16_t kMySqlPort = 3306;        // what Wireshark takes for MySQL unasked
constexpr std::size_t kSegmentBytes = 32 * 1024;  // an IP packet has less than 64 KiB
constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kPush = 0x08, kAck = 0x10;
constexpr std::uint8_t kTcp = 6, kHops = 64;

void u16_big(ByteWriter& out, std::uint16_t value) {
  out.u8(static_cast<std::uint8_t>(value >> 8)), out.u8(static_cast<std::uint8_t>(value));
}
void u32_big(ByteWriter& out, std::uint32_t value) {
  u16_big(out, static_cast<std::uint16_t>(value >> 16)), u16_big(out, static_cast<std::uint16_t>(value));
}

// RFC 1071: the sum of 16-bit words, big-endian. Only the last part may have an odd size.
std::uint32_t sum_words(Bytes part, std::uint32_t sum) {
  for (std::size_t i = 0; i < part.size(); ++i) sum += std::uint32_t{part[i]} << (i % 2 == 0 ? 8 : 0);
  return (sum & 0xffff) + (sum >> 16);
}
std::uint16_t checksum(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void put_u16_big(ByteWriter& out, std::size_t at, std::uint16_t value) {
  out.data()[at] = static_cast<std::uint8_t>(value >> 8), out.data()[at + 1] = static_cast<std::uint8_t>(value);
}

class TracedStream final : public Stream {
 public:
  TracedStream(std::unique_ptr<Stream> below, std::unique_ptr<Trace> trace)
      : below_(std::move(below)), trace_(std::move(trace)) {}

  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) override {
    auto count = below_->read_some(into, deadline);
    if (count.ok()) trace_->received(into.first(*count));
    return count;
  }
  Status write_all(Bytes bytes, Deadline deadline) override {
    trace_->sent(bytes);
    return below_->write_all(bytes, deadline);
  }
  void restart_numbering() override { below_->restart_numbering(); }
  bool has_input_or_end() override { return below_->has_input_or_end(); }
  bool is_private() const override { return below_->is_private(); }
  void interrupt() noexcept override { below_->interrupt(); }
  int fd() const override { return below_->fd(); }

 private:
  std::unique_ptr<Stream> below_;
  std::unique_ptr<Trace> trace_;
};

}  // namespace

Result<std::unique_ptr<Trace>> Trace::begin(const TraceOptions& options, const std::string& server, const Stream& stream) {
  auto file = CaptureFile::open(options.file, options.max_bytes);
  if (!file.ok()) return std::move(file).failure();
  (void)file->rotate();
  return std::unique_ptr<Trace>(new Trace(std::move(*file), server, stream));
}

Trace::Trace(CaptureFile file, std::string server, const Stream& stream) : file_(std::move(file)), server_(std::move(server)) {
  read_addresses(stream.fd());
  open_connection();
}

Trace::~Trace() {
  segment(kClient, kFin | kAck, {});
  segment(kServer, kFin | kAck, {});
  segment(kClient, kAck, {});
}

void Trace::read_addresses(int fd) {
  const auto read = [](const sockaddr_storage& storage, Endpoint& end) {
    if (storage.ss_family == AF_INET) {
      sockaddr_in v4;
      std::memcpy(&v4, &storage, sizeof v4);
      std::memcpy(end.address.data(), &v4.sin_addr, 4);
      end.port = ntohs(v4.sin_port);
    } else {
      sockaddr_in6 v6;
      std::memcpy(&v6, &storage, sizeof v6);
      std::memcpy(end.address.data(), &v6.sin6_addr, end.address_bytes = 16);
      end.port = ntohs(v6.sin6_port);
    }
  };
  sockaddr_storage near{}, far{};
  socklen_t near_size = sizeof near, far_size = sizeof far;
  const bool known = ::getsockname(fd, reinterpret_cast<sockaddr*>(&near), &near_size) == 0 &&
                     ::getpeername(fd, reinterpret_cast<sockaddr*>(&far), &far_size) == 0;
  if (known && near.ss_family == far.ss_family && (far.ss_family == AF_INET || far.ss_family == AF_INET6)) {
    read(near, ends_[kClient]);
    read(far, ends_[kServer]);
    return;
  }
  // Process and descriptor keep the connections of one file apart.
  const auto process = static_cast<std::uint32_t>(::getpid());
  ends_[kClient].address = {127, static_cast<std::uint8_t>(process >> 16), static_cast<std::uint8_t>(process >> 8),
                            static_cast<std::uint8_t>(process)};
  ends_[kClient].port = static_cast<std::uint16_t>(49152 + fd % 16384);
  ends_[kServer].address = {127, 0, 0, 1};
  ends_[kServer].port = kMySqlPort;
}

// The handshake of TCP, and the login if there was one.
void Trace::open_connection() {
  // By the clock, so that a later connection between the same ports is not taken for this one.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto start = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  next_byte_ = {start, start};
  const std::uint16_t port = ends_[kServer].port;
  std::string comment = "Connection of process " + std::to_string(::getpid()) + " to " + server_ + ".";
  if (port != kMySqlPort) {
    const std::string number = std::to_string(port);
    comment += " To see packets of MySQL: Analyze, Decode As, TCP port " + number +
               ", MySQL; or tshark -d tcp.port==" + number + ",mysql.";
  }
  const Endpoint& end = ends_[kServer];
  const std::size_t name_end = server_.starts_with('/') ? server_.size() : server_.rfind(':');
  file_.name(Bytes(end.address).first(end.address_bytes), server_.substr(0, name_end));
  segment(kClient, kSyn, {}, comment);
  segment(kServer, kSyn | kAck, {});
  segment(kClient, kAck, {});
  for (const LoginPacket& packet : login_) say(packet.from, packet.frame);
}

void Trace::keep(Side from, std::vector<std::uint8_t> payload, std::uint8_t frame_number) {
  const std::size_t size = payload.size();
  const std::uint8_t header[kFrameHeaderBytes] = {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8),
                                                  static_cast<std::uint8_t>(size >> 16), frame_number};
  payload.insert(payload.begin(), std::begin(header), std::end(header));
  login_.push_back({from, std::move(payload)});
  say(from, login_.back().frame);
}

void Trace::received_at_login(Bytes payload, std::uint8_t frame_number) {
  if (auto shown = mask_.received(payload, frame_number)) keep(kServer, std::move(*shown), frame_number);
}

void Trace::sent_at_login(Bytes frame) {
  std::uint8_t number = frame[3];
  if (auto shown = mask_.sent(frame.subspan(kFrameHeaderBytes), number)) keep(kClient, std::move(*shown), number);
}

void Trace::received(Bytes piece) { say(kServer, piece); }

// Another file is begun with a command, not in the middle of an answer.
void Trace::sent(Bytes piece) {
  if (file_.rotate()) open_connection();
  say(kClient, piece);
}

void Trace::say(Side from, Bytes bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kSegmentBytes) {
    segment(from, kPush | kAck, bytes.subspan(at, std::min(kSegmentBytes, bytes.size() - at)));
  }
}

// Spec: RFC 791 (IPv4), RFC 8200 (IPv6), RFC 9293 (TCP)
void Trace::segment(Side from, std::uint8_t flags, Bytes payload, std::string_view comment) {
  constexpr std::size_t kTcpBytes = 20;
  const Side to = from == kClient ? kServer : kClient;
  const Endpoint &source = ends_[from], &destination = ends_[to];
  const Bytes source_address = Bytes(source.address).first(source.address_bytes);
  const Bytes destination_address = Bytes(destination.address).first(destination.address_bytes);
  const auto tcp_size = static_cast<std::uint16_t>(kTcpBytes + payload.size());
  const bool is_v4 = source.address_bytes == 4;

  ByteWriter out;
  for (const std::uint8_t last : {static_cast<std::uint8_t>(to), static_cast<std::uint8_t>(from)}) {
    out.u8(2), out.zeros(4), out.u8(last);  // locally administered
  }
  u16_big(out, is_v4 ? 0x0800 : 0x86dd);
  const std::size_t ip = out.size();
  if (is_v4) {
    out.u8(0x45), out.u8(0), u16_big(out, static_cast<std::uint16_t>(20 + tcp_size));
    out.u16(0), out.u8(0x40), out.u8(0);  // not to be cut
    out.u8(kHops), out.u8(kTcp), out.u16(0);
  } else {
    out.u8(0x60), out.zeros(3), u16_big(out, tcp_size), out.u8(kTcp), out.u8(kHops);
  }
  out.bytes(source_address), out.bytes(destination_address);
  if (is_v4) put_u16_big(out, ip + 10, checksum(sum_words(out.bytes().subspan(ip), 0)));

  const std::size_t tcp = out.size();
  u16_big(out, source.port), u16_big(out, destination.port);
  u32_big(out, next_byte_[from]);
  u32_big(out, (flags & kAck) != 0 ? next_byte_[to] : 0);
  out.u8(kTcpBytes / 4 << 4), out.u8(flags), u16_big(out, 0xffff), out.u32(0);
  std::uint32_t sum = std::uint32_t{kTcp} + tcp_size;
  for (const Bytes part : {source_address, destination_address, out.bytes().subspan(tcp), payload}) sum = sum_words(part, sum);
  put_u16_big(out, tcp + 16, checksum(sum));

  next_byte_[from] += static_cast<std::uint32_t>(payload.size()) + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
  file_.frame(out.bytes(), payload, comment);
}

std::unique_ptr<Stream> traced(std::unique_ptr<Stream> below, std::unique_ptr<Trace> trace) {
  return std::make_unique<TracedStream>(std::move(below), std::move(trace));
}

}  // namespace selkie::protocol
