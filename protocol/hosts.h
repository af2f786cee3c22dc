// Which servers are tried, in which order, and what makes the next one worth trying.
// Depends on the standard library and status.h only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/status.h"

namespace selkie::protocol {

struct TcpAddress {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 3306;
};

// "db1:3306", "[::1]:3306"
std::string to_text(const TcpAddress& address);

// Reads "db1, db2:3307, [2001:db8::1]:3308, ::1" in order; `default_port` where none is given.
// Errors: bad_option (an empty entry, a port that is no number from 1 to 65535, an open bracket).
Result<std::vector<TcpAddress>> parse_hosts(std::string_view list, std::uint16_t default_port);

// Whether another host may do better: this one was not reached, was lost on the way in, or has no room for us.
// A refused login, a failed certificate check or missing TLS is an answer, not an absence: the list ends there.
bool next_host_may_help(const Failure& failure);

}  // namespace selkie::protocol
