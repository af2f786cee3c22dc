// The socket itself.
#include "stream.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace selkie::bench {
namespace {

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

class Socket final : public Stream {
 public:
  explicit Socket(int socket) : socket_(socket) {}
  ~Socket() override { close(socket_); }

  std::size_t read(void* to, std::size_t size) override { return receive(to, size, 0); }
  std::size_t read_full(void* to, std::size_t size) override { return receive(to, size, MSG_WAITALL); }

  void write(iovec* parts, int count) override {
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

  int fd() const override { return socket_; }

 private:
  std::size_t receive(void* to, std::size_t size, int flags) {
    const ssize_t got = recv(socket_, to, size, flags);
    if (got <= 0) throw Failure{got == 0 ? "the server closed the connection" : errno_text("recv")};
    return static_cast<std::size_t>(got);
  }

  int socket_;
};

}  // namespace

std::unique_ptr<Stream> connect_socket(const Options& options) {
  return std::make_unique<Socket>(options.socket.empty() ? connect_tcp(options.host, options.port)
                                                         : connect_unix(options.socket));
}

}  // namespace selkie::bench
