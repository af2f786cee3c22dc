#include "wire.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace selkie::bench {
namespace {

constexpr std::size_t kBuffer = 65536, kHeader = 4, kLargest = 0xffffff;

void put_header(char* at, std::size_t size, std::uint8_t sequence) {
  for (int i = 0; i < 3; ++i) at[i] = static_cast<char>(size >> (8 * i));
  at[3] = static_cast<char>(sequence);
}

std::string errno_text(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw Failure{"socket path is too long"};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw Failure{errno_text(path.c_str())};
  return socket;
}

int connect_tcp(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) throw Failure{"unknown host " + host};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address; address = address->ai_next) {
    const int socket = ::socket(address->ai_family, SOCK_STREAM, 0);
    if (::connect(socket, address->ai_addr, address->ai_addrlen) == 0) {
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return socket;
    }
    close(socket);
  }
  throw Failure{errno_text((host + ":" + std::to_string(port)).c_str())};
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

Wire::Wire(const Options& options)
    : socket_(options.socket.empty() ? connect_tcp(options.host, options.port) : connect_unix(options.socket)),
      buffer_(kBuffer) {
  login(options);
}

Wire::~Wire() {
  const char quit[] = {1, 0, 0, 0, command::kQuit};
  if (::send(socket_, quit, sizeof quit, MSG_NOSIGNAL) < 0) {}  // the server may be gone already
  close(socket_);
}

void Wire::write_all(std::string_view bytes) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  write_all(&part, 1);
}

void Wire::write_all(iovec* parts, int count) {
  while (count > 0) {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<std::size_t>(count);
    const ssize_t sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0) throw Failure{errno_text("send")};
    auto left = static_cast<std::size_t>(sent);
    for (; count > 0 && left >= parts->iov_len; --count) left -= parts++->iov_len;
    if (count > 0) {
      parts->iov_base = static_cast<char*>(parts->iov_base) + left;
      parts->iov_len -= left;
    }
  }
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
  write_all(vectors, count);
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
  write_all(parts, 2);
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
  while (end_ - begin_ < bytes) {
    const ssize_t got = recv(socket_, buffer_.data() + end_, buffer_.size() - end_, 0);
    if (got <= 0) throw Failure{got == 0 ? "the server closed the connection" : errno_text("recv")};
    end_ += static_cast<std::size_t>(got);
  }
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
      const ssize_t read = recv(socket_, out, want, MSG_WAITALL);
      if (read <= 0) throw Failure{"the connection ended within a row"};
      got = static_cast<std::size_t>(read);
    }
    out += got;
    bytes -= got;
    payload_left_ -= got;
  }
}

}  // namespace selkie::bench
