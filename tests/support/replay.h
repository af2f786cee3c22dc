// Plays one script to the whole driver in every way a network may deliver it. The script and the client's code stay the same:
//   whole; every byte in a segment of its own; with a pause in front of every single byte; with the link lost before every step
//   and in the middle of every packet; and under TLS and compressed: whole, and with one of the servers
//   byte by byte and with the link lost before every step.
// A client that hangs is a failure that names the step at which it did.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/odbc_client.h"
#include "tests/support/script.h"
#include "tests/support/scripted_server.h"

namespace selkie::test {

// The client's side of a conversation. An OdbcError that it does not expect is a failure, except where the link was lost: there
// the first call that notices must say 08S01, and what was read before must be right.
using Client = std::function<void(Connection& connection)>;

struct ReplayOptions {
  std::span<const Server* const> servers = kDialects;
  std::string settings{};  // more of the connection string: "MULTI_STATEMENTS=1;"
  Transport transport = Transport::unix_socket;
  bool cuts = true;  // a pause in front of every byte; for a long script, byte by byte in clear has to do
  bool losses = true;
  bool whole_only = false;            // for conversations of many megabytes
  std::vector<std::size_t> places{};  // of these: in front of which bytes there is a pause, and the link lost, all the same
  std::vector<Wrapping> wrappings{Wrapping::tls, Wrapping::zlib, Wrapping::zstd};
};

// A conversation after login, with each of the servers.
void replay(const Script& talk, const Client& client, const ReplayOptions& options = {});
// The same where servers are spoken to differently.
using Talk = std::function<Script(const Server& server)>;
void replay(const Talk& talk, const Client& client, const ReplayOptions& options = {});

// SQLPrepare and the first SQLExecute, up to where the answer to the execution goes: MariaDB gets both commands in one write.
Script prepares_and_executes(const Server& server, const std::string& sql, std::uint32_t id, std::uint16_t parameters,
                             std::vector<Definition> columns);

// Proof that nothing of an earlier answer is left: the last words of a conversation, and the client's side of them.
Script another_query();
void expect_wire_in_step(Connection& connection);

// A conversation from the greeting on. The client connects by itself, with `address` in its connection string.
using LoginClient = std::function<void(Connection& connection, const std::string& address)>;
void replay_login(const Script& script, const LoginClient& client, const ReplayOptions& options = {});

// Expects `call` to fail with this SQLSTATE and native code. Where the link was lost instead, that is the client's end.
OdbcError expect_error(const std::string& state, SQLINTEGER native, const std::function<void()>& call);

}  // namespace selkie::test
