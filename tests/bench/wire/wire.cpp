#include "wire.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace selkie::bench {
namespace {

constexpr std::size_t kBuffer = 65536, kHeader = 4, kLargest = 0xffffff;

void put_header(char* at, std::size_t size, std::uint8_t sequence) {
  for (int i = 0; i < 3; ++i) at[i] = static_cast<char>(size >> (8 * i));
  at[3] = static_cast<char>(sequence);
}

}  // namespace

std::uint64_t take_lenenc(const std::uint8_t*& at) {
  const std::uint8_t first = *at++;
  if (first < 0xfb) return first;
  const std::size_t width = first == 0xfc ? 2 : first == 0xfd ? 3 : 8;
  std::uint64_t value = 0;
  std::memcpy(&value, at, width);
  at += width;
  return value;
}

Wire::Wire(const Options& options) : stream_(connect_socket(options)), buffer_(kBuffer) { login(options); }

Wire::~Wire() {
  try {
    send({{&command::kQuit, 1}});
  } catch (const Failure&) {}  // the server may be gone already
}

void Wire::send_packed(std::string_view packets) {
  iovec part{const_cast<char*>(packets.data()), packets.size()};
  stream_->write(&part, 1);
}

void Wire::send(std::initializer_list<std::string_view> parts) {
  char head[kHeader];
  iovec vectors[8] = {{head, sizeof head}};
  int count = 1;
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    vectors[count++] = {const_cast<char*>(part.data()), part.size()};
    size += part.size();
  }
  put_header(head, size, 0);
  stream_->write(vectors, count);
}

void Wire::append_packet(std::string& packets, std::initializer_list<std::string_view> parts) {
  const std::size_t begin = packets.size();
  packets.append(kHeader, '\0');
  for (const std::string_view part : parts) packets += part;
  put_header(&packets[begin], packets.size() - begin - kHeader, 0);
}

void Wire::reply(std::string_view payload) {
  char head[kHeader];
  put_header(head, payload.size(), ++sequence_);
  iovec parts[] = {{head, sizeof head}, {const_cast<char*>(payload.data()), payload.size()}};
  stream_->write(parts, 2);
}

// Makes at least `bytes` unread bytes lie in the buffer; reads as much as there is room for.
void Wire::fill(std::size_t bytes) {
  if (end_ - begin_ >= bytes) return;
  if (begin_ + bytes > buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (bytes > buffer_.size()) buffer_.resize(bytes + kBuffer);
  }
  while (end_ - begin_ < bytes) end_ += stream_->read(buffer_.data() + end_, buffer_.size() - end_);
}

std::size_t Wire::header() {
  if (begin_ == end_) begin_ = end_ = 0;
  fill(kHeader);
  const std::uint8_t* at = buffer_.data() + begin_;
  begin_ += kHeader;
  sequence_ = at[3];
  return static_cast<std::size_t>(at[0]) | static_cast<std::size_t>(at[1]) << 8 | static_cast<std::size_t>(at[2]) << 16;
}

Packet Wire::packet() {
  const std::size_t size = header();
  fill(size);
  const Packet payload(buffer_.data() + begin_, size);
  begin_ += size;
  if (size > 0 && payload[0] == 0xff) fail(payload);
  return payload;
}

void Wire::fail(Packet error) {
  const std::string_view words(reinterpret_cast<const char*>(error.data()), error.size());
  throw Failure{"server: " + std::string(words.size() > 9 && words[3] == '#' ? words.substr(4, 5) : "") + " (" +
                std::to_string(error[1] | error[2] << 8) + ") " +
                std::string(words.substr(std::min<std::size_t>(9, words.size())))};
}

std::uint64_t Wire::result() {
  const Packet head = packet();
  if (head[0] == 0x00) return 0;
  const std::uint8_t* at = head.data();
  const std::uint64_t columns = take_lenenc(at);
  const bool definitions = !mariadb_ || *at != 0;
  for (std::uint64_t i = 0; i < columns && definitions; ++i) packet();
  return columns;
}

bool Wire::row(Packet& out) {
  out = packet();
  return out[0] != 0xfe || out.size() >= kLargest;
}

void Wire::skip_rows() {
  for (Packet row_packet; row(row_packet);) {}
}

void Wire::run(std::string_view sql) {
  query(sql);
  if (result() > 0) skip_rows();
}

std::int64_t Wire::number(std::string_view sql) {
  query(sql);
  result();
  std::int64_t value = 0;
  for (Packet cell; row(cell);) {
    if (cell[0] == 0xfb) continue;
    const char* text = reinterpret_cast<const char*>(cell.data());
    std::from_chars(text + 1, text + 1 + cell[0], value);
  }
  return value;
}

Wire::Prepared Wire::prepare(std::string_view sql) {
  send({{&command::kPrepare, 1}, sql});
  return prepared();
}

Wire::Prepared Wire::prepared() {
  const Packet head = packet();
  Prepared prepared{};
  std::memcpy(&prepared.id, head.data() + 1, 4);
  std::memcpy(&prepared.columns, head.data() + 5, 2);
  std::memcpy(&prepared.parameters, head.data() + 7, 2);
  for (int i = 0; i < prepared.columns + prepared.parameters; ++i) packet();
  return prepared;
}

void Wire::execute(std::uint32_t statement) {
  std::string body(1, command::kExecute);
  append(body, statement);
  body += '\0';  // no cursor
  append(body, 1u);
  send({body});
}

void Wire::begin_large_row() {
  payload_left_ = header();
  payload_continues_ = payload_left_ == kLargest;
}

void Wire::read_payload(void* to, std::size_t bytes) {
  auto* out = static_cast<std::uint8_t*>(to);
  while (bytes > 0) {
    if (payload_left_ == 0) {
      if (!payload_continues_) throw Failure{"the row ended early"};
      begin_large_row();
      continue;
    }
    const std::size_t want = std::min(bytes, payload_left_);
    std::size_t got = std::min(want, end_ - begin_);
    if (got > 0) {
      std::memcpy(out, buffer_.data() + begin_, got);
      begin_ += got;
    } else {
      got = stream_->read_full(out, want);
    }
    out += got;
    bytes -= got;
    payload_left_ -= got;
  }
}

}  // namespace selkie::bench
