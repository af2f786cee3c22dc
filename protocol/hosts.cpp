#include "protocol/hosts.h"

#include <algorithm>
#include <charconv>

namespace selkie::protocol {
namespace {

// Server errors that speak of this server's state, not of us.
constexpr std::uint16_t kServerHasNoRoom[] = {
    1040,  // ER_CON_COUNT_ERROR, too many connections
    1053,  // ER_SERVER_SHUTDOWN
    1129,  // ER_HOST_IS_BLOCKED, by earlier connection errors
    1135,  // ER_CANT_CREATE_THREAD
    1203,  // ER_TOO_MANY_USER_CONNECTIONS
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

Failure unreadable(std::string_view entry) {
  return our_failure(Errc::bad_option,
                     "Cannot read '" + std::string(entry) +
                         "' as a host. Write name, name:port, address or [IPv6 address]:port, with commas between.");
}

Result<TcpAddress> parse_host(std::string_view entry, std::uint16_t default_port) {
  std::string_view host = entry, port;
  bool has_port = false;
  if (entry.starts_with('[')) {
    const std::size_t closing = entry.find(']');
    if (closing == std::string_view::npos) return unreadable(entry);
    host = entry.substr(1, closing - 1);
    const std::string_view rest = entry.substr(closing + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return unreadable(entry);
    port = has_port ? rest.substr(1) : rest;
  } else if (std::ranges::count(entry, ':') == 1) {  // more of them: a bare IPv6 address
    const std::size_t colon = entry.find(':');
    has_port = true;
    host = entry.substr(0, colon);
    port = entry.substr(colon + 1);
  }
  TcpAddress address{std::string(host), default_port};
  if (has_port) {
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || stop != port.data() + port.size() || address.port == 0) return unreadable(entry);
  }
  if (host.empty() || host.find_first_of("[] \t") != std::string_view::npos) return unreadable(entry);
  return address;
}

}  // namespace

std::string to_text(const TcpAddress& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<std::vector<TcpAddress>> parse_hosts(std::string_view list, std::uint16_t default_port) {
  std::vector<TcpAddress> hosts;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t comma = std::min(list.find(',', start), list.size());
    auto host = parse_host(trimmed(list.substr(start, comma - start)), default_port);
    if (!host.ok()) return std::move(host).failure();
    hosts.push_back(std::move(host).value());
    start = comma + 1;
  }
  return hosts;
}

bool next_host_may_help(const Failure& failure) {
  switch (failure.errc) {
    case Errc::connect_failed:
    case Errc::connect_timeout:
    case Errc::connection_lost:
    case Errc::timed_out: return true;
    case Errc::server_error: return std::ranges::find(kServerHasNoRoom, failure.server_code) != std::end(kServerHasNoRoom);
    default: return false;
  }
}

}  // namespace selkie::protocol
