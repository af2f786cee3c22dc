// The addresses of a host, looked up within the time that there is.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "protocol/hosts.h"
#include "protocol/stream.h"

namespace selkie::protocol {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size_bytes = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// Every address of the name, the two families taking turns (RFC 8305, section 4). "localhost" is the loopback whatever the
// name service says. Errors: connect_failed (names the host and the system's words), connect_timeout.
Result<std::vector<SocketAddress>> find_addresses(const TcpAddress& address, Deadline deadline);

}  // namespace selkie::protocol
