#include "protocol/connect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <functional>
#include <thread>

#include "protocol/openssl.h"
#include "tests/support/certificates.h"
#include "tests/support/greetings.h"
#include "tests/support/sockets.h"

namespace selkie::protocol {
namespace {

using namespace std::chrono_literals;
using test::Listener;
using test::Socket;
using testing::HasSubstr;
using testing::Not;
using Packet = std::vector<std::uint8_t>;

// A packet as it goes over the wire.
std::string framed(std::uint8_t sequence, Bytes payload) {
  std::string text{static_cast<char>(payload.size()), static_cast<char>(payload.size() >> 8), '\0',
                   static_cast<char>(sequence)};
  return text.append(as_text(payload));
}
std::string framed(std::uint8_t sequence, std::string_view payload) {
  return framed(sequence, Bytes{reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}
std::string greeting(const Packet& captured = test::kGreetingOfMariaDb1011) { return framed(0, captured); }
const std::string kOk("\0\0\0\x02\0\0\0", 7);

// The payload of the client's next packet, "" at the end of the stream. It must carry this sequence number.
std::string receive_packet(Socket& peer, std::uint8_t sequence) {
  const std::string header = peer.receive(4);
  if (header.size() < 4) return "";
  EXPECT_EQ(static_cast<std::uint8_t>(header[3]), sequence);
  return peer.receive(static_cast<std::uint8_t>(header[0]) | static_cast<std::size_t>(static_cast<std::uint8_t>(header[1]))
                                                                 << 8);
}

// Plays one script for each connection in turn; `visits` counts them.
class Server {
 public:
  using Script = std::function<void(Socket&)>;

  explicit Server(Script script) : listener_(Listener::Family::ipv4), script_(std::move(script)) {
    thread_ = std::thread([this] {
      test::block_sigpipe();
      for (;;) {
        Socket peer = listener_.accept();
        if (closing_) return;
        ++visits;
        script_(peer);
      }
    });
  }
  ~Server() {
    closing_ = true;
    (void)connect_tcp(address(), Clock::now() + 1s);
    thread_.join();
  }

  TcpAddress address() const { return {"127.0.0.1", listener_.port()}; }
  std::atomic<int> visits = 0;

 private:
  Listener listener_;
  Script script_;
  std::atomic<bool> closing_ = false;
  std::thread thread_;
};

void log_in(Socket& peer) {
  peer.send(greeting());
  receive_packet(peer, 1);
  peer.send(framed(2, kOk));
  peer.receive(1);
}
Server::Script refuse(std::uint16_t code, const std::string& text) {
  return [=](Socket& peer) {
    const std::string error{'\xff', static_cast<char>(code), static_cast<char>(code >> 8)};
    peer.send(framed(0, error + text));
  };
}

ConnectOptions options(std::vector<TcpAddress> hosts, SslMode mode = SslMode::preferred) {
  ConnectOptions made;
  made.hosts = std::move(hosts);
  made.user = "ann";
  made.password = "secret";
  made.tls.mode = mode;
  made.connect_timeout = 5s;
  return made;
}

Failure failure_of(const ConnectOptions& made) {
  const auto opened = open_connection(made);
  EXPECT_FALSE(opened.ok());
  if (opened.ok()) return {};
  EXPECT_THAT(opened.failure().message, Not(HasSubstr("secret")));
  return opened.failure();
}

TEST(OpenConnection, LeavesAllThatASessionGoesOnWith) {
  const std::string ok_with_changes("\0\0\0\x02\x40\0\0\0\x07\x01\x05\x04shop", 16);
  const Server server([&](Socket& peer) {
    peer.send(greeting());
    EXPECT_THAT(receive_packet(peer, 1), HasSubstr("ann"));
    peer.send(framed(2, ok_with_changes) + "more");  // bytes behind the login belong to the session
    peer.receive(1);
  });
  auto opened = open_connection(options({server.address()}));
  ASSERT_TRUE(opened.ok()) << opened.failure().message;
  EXPECT_TRUE(opened->dialect.mariadb());
  EXPECT_EQ(opened->connection_id, 33u);
  EXPECT_EQ(opened->status, 0x4002);
  EXPECT_EQ(opened->session_changes, "\x01\x05\x04shop");
  EXPECT_EQ(opened->host.port, server.address().port);
  EXPECT_LE(opened->frames.unread_bytes(), 4u);  // as far as they have arrived
}

TEST(OpenConnection, TakesPacketsInPiecesOfOneByte) {
  const Server server([](Socket& peer) {
    for (const char byte : greeting()) peer.send({&byte, 1});
    receive_packet(peer, 1);
    for (const char byte : framed(2, kOk)) peer.send({&byte, 1});
    peer.receive(1);
  });
  EXPECT_TRUE(open_connection(options({server.address()})).ok());
}

TEST(OpenConnection, NumbersItsPacketsAfterTheServers) {
  const Server server([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
    peer.send(framed(2, std::string("\xfemysql_native_password\0ABCDEFGHIJKLMNOPQRST\0", 44)));
    EXPECT_EQ(receive_packet(peer, 3).size(), 20u);
    peer.send(framed(4, kOk));
    peer.receive(1);
  });
  EXPECT_TRUE(open_connection(options({server.address()})).ok());
}

TEST(OpenConnection, GoesThroughAUnixSocket) {
  const test::TemporaryFolder folder;
  Listener listener(folder.file("socket"));
  std::thread server([&] {
    Socket peer = listener.accept();
    log_in(peer);
  });
  ConnectOptions made = options({});
  made.socket_path = folder.file("socket");
  {
    const auto opened = open_connection(made);
    EXPECT_TRUE(opened.ok());
  }
  server.join();
}

TEST(OpenConnection, SilentServerEndsAtTheDeadline) {
  const Server server([](Socket& peer) { peer.receive(1); });
  ConnectOptions made = options({server.address()});
  made.connect_timeout = 100ms;
  const auto start = Clock::now();
  const Failure failure = failure_of(made);
  EXPECT_EQ(failure.errc, Errc::connect_timeout);
  EXPECT_THAT(failure.message, HasSubstr("send its greeting"));
  EXPECT_LT(Clock::now() - start, 2s);
}

TEST(OpenConnection, ServerThatFallsSilentDuringLoginEndsAtTheDeadline) {
  const Server server([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
    peer.receive(1);
  });
  ConnectOptions made = options({server.address()});
  made.connect_timeout = 100ms;
  const Failure failure = failure_of(made);
  EXPECT_EQ(failure.errc, Errc::connect_timeout);
  EXPECT_THAT(failure.message, HasSubstr("finish the login"));
}

TEST(OpenConnection, ServerThatClosesIsNamedWithTheStep) {
  const Server at_once([](Socket&) {});
  EXPECT_EQ(failure_of(options({at_once.address()})).errc, Errc::connection_lost);
  EXPECT_THAT(failure_of(options({at_once.address()})).message, HasSubstr("send its greeting"));
  const Server later([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
  });
  EXPECT_THAT(failure_of(options({later.address()})).message, HasSubstr("finish the login"));
}

TEST(OpenConnection, OtherProtocolsAreToldAtOnce) {
  const Server server([](Socket& peer) {
    peer.send("SSH-2.0-OpenSSH_9.2p1\r\n");
    peer.receive(1);
  });
  const auto start = Clock::now();
  const Failure failure = failure_of(options({server.address()}));
  EXPECT_EQ(failure.errc, Errc::not_a_server);
  EXPECT_THAT(failure.message, HasSubstr("SSH-2.0"));
  EXPECT_LT(Clock::now() - start, 2s);
}

TEST(OpenConnection, WrongSequenceNumbersAreFatal) {
  const Server server([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
    peer.send(framed(5, kOk));
    peer.receive(1);
  });
  EXPECT_EQ(failure_of(options({server.address()})).errc, Errc::malformed);
}

TEST(OpenConnection, ErrorBeforeTheGreetingKeepsTheServersWords) {
  const Server server(refuse(1040, "Too many connections"));
  const Failure failure = failure_of(options({server.address()}));
  EXPECT_EQ(failure.errc, Errc::server_error);
  EXPECT_EQ(failure.server_code, 1040);
  EXPECT_EQ(failure.message, "Too many connections");
}

TEST(OpenConnection, FailureClosesTheSocket) {
  std::string left_over = "open";
  {
    const Server server([&](Socket& peer) {
      peer.send(greeting());
      receive_packet(peer, 1);
      peer.send(framed(2, "\xff\x15\x04#28000Access denied"));
      left_over = peer.receive(1);  // returns when the client has closed
    });
    EXPECT_EQ(failure_of(options({server.address()})).server_code, 1045);
  }
  EXPECT_EQ(left_over, "");
}

// --- Hosts

TEST(OpenConnection, GoesOnToTheNextHostWhenOneIsAbsentOrFull) {
  std::uint16_t closed_port = 0;
  {
    const Listener listener(Listener::Family::ipv4);
    closed_port = listener.port();
  }
  const Server full(refuse(1040, "Too many connections")), closing([](Socket&) {}), good(log_in);
  for (const TcpAddress& first : {TcpAddress{"127.0.0.1", closed_port}, full.address(), closing.address()}) {
    const auto opened = open_connection(options({first, good.address()}));
    ASSERT_TRUE(opened.ok()) << opened.failure().message;
    EXPECT_EQ(opened.value().host.port, good.address().port);
  }
}

TEST(OpenConnection, StaysWithAHostThatHasAnswered) {
  const Server denying([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
    peer.send(framed(2, "\xff\x15\x04#28000Access denied"));
  });
  const Server good(log_in);
  EXPECT_EQ(failure_of(options({denying.address(), good.address()})).server_code, 1045);
  EXPECT_EQ(failure_of(options({good.address(), denying.address()}, SslMode::required)).errc, Errc::tls_unavailable);
  EXPECT_EQ(denying.visits, 1);
}

TEST(OpenConnection, SilentHostLeavesTimeForTheNext) {
  const Server silent([](Socket&peer) { peer.receive(1); }), good(log_in);
  ConnectOptions made = options({silent.address(), good.address()});
  made.connect_timeout = 400ms;
  EXPECT_TRUE(open_connection(made).ok());
}

TEST(OpenConnection, FailureOfAllHostsNamesEach) {
  const Server full(refuse(1040, "Too many connections")), closing([](Socket&) {});
  const Failure failure = failure_of(options({full.address(), closing.address()}));
  EXPECT_EQ(failure.errc, Errc::connection_lost);
  EXPECT_THAT(failure.message, HasSubstr("Too many connections"));
  EXPECT_THAT(failure.message, HasSubstr(std::to_string(closing.address().port)));
}

// --- TLS

// Greets as a server with TLS, and gives the rest to `script` once TLS is up.
Server::Script tls_server(const test::Identity& identity, std::function<void(SSL*)> script) {
  return [identity, script](Socket& peer) {
    peer.send(greeting(test::kGreetingOfMySql97));
    EXPECT_EQ(receive_packet(peer, 1).size(), 32u);
    const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity.certificate());
    SSL_CTX_use_PrivateKey(context.get(), identity.key());
    const Owned<SSL, SSL_free> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), peer.fd());
    if (SSL_accept(ssl.get()) == 1) script(ssl.get());
    peer.receive(1);
  };
}

TEST(OpenConnection, LogsInUnderTls) {
  std::string login;
  const Server server(tls_server(test::Identity({.common_name = "db.test"}), [&](SSL* ssl) {
    login.resize(1000);
    login.resize(static_cast<std::size_t>(std::max(0, SSL_read(ssl, login.data(), 1000))));
    const std::string done = framed(3, kOk);
    SSL_write(ssl, done.data(), static_cast<int>(done.size()));
  }));
  const auto opened = open_connection(options({server.address()}, SslMode::required));
  ASSERT_TRUE(opened.ok()) << opened.failure().message;
  EXPECT_TRUE(opened.value().stream->is_private());
  EXPECT_EQ(login[3], 2);  // the SSL request was packet 1
  EXPECT_THAT(login, HasSubstr("ann"));
}

TEST(OpenConnection, CertificateThatFailsEndsBeforeTheLogin) {
  bool reached = false;
  const Server server(tls_server(test::Identity({.common_name = "db.test"}), [&](SSL* ssl) {
    char byte;
    reached = SSL_read(ssl, &byte, 1) > 0;
  }));
  EXPECT_EQ(failure_of(options({server.address()}, SslMode::verify_identity)).errc, Errc::tls_failed);
  EXPECT_FALSE(reached);
}

// All that a client says in clear to a server that answers with `greeted` and then listens.
std::string said_in_clear(const std::string& greeted, SslMode mode, Errc expected) {
  std::string said;
  {
    const Server server([&](Socket& peer) {
      peer.send(greeted);
      said = peer.receive(10'000);
    });
    ConnectOptions made = options({server.address()}, mode);
    made.connect_timeout = 200ms;
    EXPECT_EQ(failure_of(made).errc, expected);
  }
  return said;
}

TEST(OpenConnection, SaysNothingToAServerWithoutTlsWhenTlsIsDemanded) {
  EXPECT_EQ(said_in_clear(greeting(), SslMode::required, Errc::tls_unavailable), "");
  EXPECT_EQ(said_in_clear(greeting(), SslMode::verify_identity, Errc::tls_unavailable), "");
}

TEST(OpenConnection, SaysNothingInClearButTheSslRequest) {
  const std::string said = said_in_clear(greeting(test::kGreetingOfMySql97), SslMode::required, Errc::connect_timeout);
  ASSERT_GT(said.size(), 36u);
  EXPECT_EQ(said.substr(0, 4), std::string("\x20\0\0\x01", 4));
  EXPECT_EQ(said[36], 0x16);  // a TLS handshake record
  EXPECT_THAT(said, Not(HasSubstr("ann")));
}

TEST(OpenConnection, PlaintextInjectedBeforeTheTlsHandshakeIsFatal) {
  const std::string injected = greeting(test::kGreetingOfMySql97) + framed(2, kOk);
  EXPECT_EQ(said_in_clear(injected, SslMode::required, Errc::malformed).size(), 36u);
  EXPECT_EQ(said_in_clear(injected, SslMode::preferred, Errc::malformed).size(), 36u);
}

}  // namespace
}  // namespace selkie::protocol
