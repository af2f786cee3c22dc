#include "protocol/connect.h"

#include "tests/support/certificates.h"
#include "tests/unit/protocol/login_server.h"

namespace selkie::protocol {
namespace {

using testing::HasSubstr;

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

TEST(OpenConnection, PacketBeyondTheBoundIsFatalByItsHeader) {
  const Server server([](Socket& peer) {
    peer.send(greeting());
    receive_packet(peer, 1);
    peer.send(std::string("\xff\xff\xff\x02\xfe", 5));
    peer.receive(1);
  });
  ConnectOptions bounded = options({server.address()});
  bounded.max_packet_bytes = 1 << 20;
  EXPECT_EQ(failure_of(bounded).errc, Errc::packet_too_large);
}

TEST(OpenConnection, TraceThatCannotBeWrittenIsAnErrorBeforeAnythingIsSaid) {
  std::string said;
  {
    const Server server([&](Socket& peer) {
      peer.send(greeting());
      said = peer.receive(1);
    });
    ConnectOptions traced = options({server.address()});
    traced.trace.file = "/no/such/folder/trace.pcapng";
    const Failure failure = failure_of(traced);
    EXPECT_EQ(failure.errc, Errc::bad_option);
    EXPECT_THAT(failure.message, HasSubstr(traced.trace.file));
  }
  EXPECT_EQ(said, "");
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

}  // namespace
}  // namespace selkie::protocol
