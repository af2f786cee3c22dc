// Where a server sends its clients: the variable redirect_url, which the OK of the login tells.
// Spec: MariaDB "Connection Redirection Mechanism in the MariaDB Client/Server Protocol"
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/hosts.h"

namespace selkie::protocol {

struct Redirection {
  TcpAddress host;
  std::string user;  // empty: the same as before
};

// Reads "mysql://user@host:port/..." or the same with mariadb://. A password in it is left alone, and so are options; nullopt
// for what is none.
std::optional<Redirection> parse_redirect_url(std::string_view url);

// What a state-change block says of it; nullopt when it says nothing, or nothing that can be read.
std::optional<Redirection> find_redirection(Bytes session_changes);

}  // namespace selkie::protocol
