// Opening a session's connection: hosts in order, stream, greeting, TLS, login.
// Spec: page_protocol_connection_phase.html; MariaDB "Connection phase"
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/dialect.h"
#include "protocol/frame.h"
#include "protocol/packets.h"
#include "protocol/stream.h"
#include "protocol/trace.h"

namespace selkie::protocol {

// Everything a person may say about how to reach and enter a server. Plain data; owners of secrets wipe them.
struct ConnectOptions {
  std::vector<TcpAddress> hosts;  // tried in order, see next_host_may_help(); none = localhost:3306
  std::string socket_path;        // when set, instead of the hosts
  std::string user, password, database;
  std::string password2, password3;  // further factors, or answers to PAM's further questions
  std::string first_method;          // to begin with where the server's data allow it; empty = the server's default
  TlsOptions tls;
  Wishes wishes;              // tls and database are filled in here from the options above
  int compression_level = 0;  // see start_compression()
  std::string rsa_key_file;   // the server's public key, PEM
  bool get_server_public_key = false;
  bool cleartext_enabled = false;
  std::vector<std::pair<std::string, std::string>> attributes;  // connection attributes shown in performance_schema
  std::size_t max_packet_bytes = std::size_t{1} << 30;
  TraceOptions trace;
  // Goes on to the server that the first one names (redirect_url), if that said so under TLS or on a Unix socket, and the other
  // keeps to the same demands.
  bool follow_redirection = false;
  // 0 = none. One deadline for connect, greeting, TLS and login together, shared out among the hosts not yet tried.
  std::chrono::milliseconds connect_timeout{0};
};

// Overwrites the passwords and the key's passphrase; for whoever keeps options.
void wipe_secrets(ConnectOptions& options);

// What login leaves behind for the session to go on with.
struct Opened {
  std::unique_ptr<Stream> stream;
  FrameReader frames;
  Dialect dialect;
  std::uint32_t connection_id = 0;
  std::uint16_t status = 0;     // server status flags of the final OK
  std::string session_changes;  // the final OK's state-change block, copied
  TcpAddress host;              // which host answered; a side session (KILL) goes to the same one
};

// Errors: every transport, TLS and login failure, and server_error with the server's own code, state and words.
// In any failure the socket is closed. Before TLS is up nothing leaves the machine but the SSL request.
Result<Opened> open_connection(const ConnectOptions& options);

}  // namespace selkie::protocol
