// The other end of a stream under test: a listener on the loopback or a Unix socket, and what it accepts.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace selkie::test {

// A connected or listening socket; all calls block.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  // Ends the connection by a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Exactly so many bytes; fewer where the peer ends before.
  std::string receive(std::size_t size) {
    std::string text(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const ssize_t received = ::recv(fd_, text.data() + have, size - have, 0);
      if (received <= 0) break;
      have += static_cast<std::size_t>(received);
    }
    text.resize(have);
    return text;
  }

 private:
  int fd_;
};

class Listener {
 public:
  enum class Family : std::uint8_t { ipv4, ipv6 };

  // On the loopback; port 0: any that is free. invalid() where the machine lacks the family or the port is taken.
  explicit Listener(Family family, std::uint16_t port = 0, int backlog = 16)
      : socket_(::socket(family == Family::ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (family == Family::ipv4) {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      std::memcpy(&storage, &address, size = sizeof address);
    } else {
      ::setsockopt(socket_.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      address.sin6_addr = in6addr_loopback;
      std::memcpy(&storage, &address, size = sizeof address);
    }
    listen(storage, size, backlog);
    socklen_t known = sizeof storage;
    ::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&storage), &known);
    in_port_t network_port = 0;
    std::memcpy(&network_port, reinterpret_cast<const char*>(&storage) + offsetof(sockaddr_in, sin_port), sizeof network_port);
    port_ = ntohs(network_port);
  }
  explicit Listener(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, sizeof address);
    listen(storage, sizeof address, 16);
  }

  bool valid() const { return valid_; }
  std::uint16_t port() const { return port_; }
  Socket accept() { return Socket(::accept(socket_.fd(), nullptr, nullptr)); }
  void close() { socket_.close(); }

 private:
  void listen(const sockaddr_storage& storage, socklen_t size, int backlog) {
    valid_ =
        ::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0 && ::listen(socket_.fd(), backlog) == 0;
  }

  Socket socket_;
  std::uint16_t port_ = 0;
  bool valid_ = false;
};

// For a thread that plays a server by OpenSSL's own sockets, which raise SIGPIPE. The client's thread keeps it unblocked: there
// it has to end the test.
inline void block_sigpipe() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

// Waits until something can be read from the descriptor; false: nothing came.
inline bool wait_readable(int fd, int milliseconds = 2000) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, milliseconds) == 1;
}

}  // namespace selkie::test
