#include "protocol/stream.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/certificates.h"
#include "tests/support/sockets.h"

namespace selkie::protocol {
namespace {

using namespace std::chrono_literals;
using test::Listener;
using test::Socket;
using testing::HasSubstr;

Deadline in(std::chrono::milliseconds time) { return Clock::now() + time; }

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string read_text(Stream& stream, Deadline deadline = in(5s)) {
  std::uint8_t buffer[64];
  const auto received = stream.read_some(buffer, deadline);
  return received.ok() ? std::string(as_text(Bytes(buffer).first(received.value())))
                       : "!" + std::to_string(static_cast<int>(received.failure().errc));
}
std::string failed(Errc errc) { return "!" + std::to_string(static_cast<int>(errc)); }

// A TCP stream and its other end.
struct Pair {
  Listener listener{Listener::Family::ipv4};
  std::unique_ptr<Stream> stream;
  Socket peer;

  Pair() {
    auto connected = connect_tcp({"127.0.0.1", listener.port()}, in(5s));
    EXPECT_TRUE(connected.ok());
    stream = std::move(connected).value();
    peer = listener.accept();
  }
};

TEST(SocketStream, CarriesBytesBothWays) {
  Pair pair;
  ASSERT_TRUE(pair.stream->write_all(bytes_of("ping"), kNoDeadline).ok());
  EXPECT_EQ(pair.peer.receive(4), "ping");
  pair.peer.send("pong");
  EXPECT_EQ(read_text(*pair.stream, kNoDeadline), "pong");
  EXPECT_FALSE(pair.stream->is_private());
}

TEST(SocketStream, OverTcpSendsAtOnceProbesTheLinkAndIsNotInherited) {
  Pair pair;
  int value = 0;
  socklen_t size = sizeof value;
  ASSERT_EQ(::getsockopt(pair.stream->fd(), IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
  EXPECT_NE(value, 0);
  ASSERT_EQ(::getsockopt(pair.stream->fd(), SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
  EXPECT_NE(value, 0);
  EXPECT_NE(::fcntl(pair.stream->fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(::fcntl(pair.stream->fd(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(SocketStream, ThroughAUnixSocketIsPrivate) {
  const test::TemporaryFolder folder;
  Listener listener(folder.file("socket"));
  ASSERT_TRUE(listener.valid());
  auto connected = connect_unix(folder.file("socket"), in(5s));
  ASSERT_TRUE(connected.ok());
  Socket peer = listener.accept();
  peer.send("hi");
  EXPECT_EQ(read_text(**connected), "hi");
  EXPECT_TRUE((*connected)->is_private());
  EXPECT_NE(::fcntl((*connected)->fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SocketStream, SilentPeerEndsAReadAtItsDeadlineAndTheStreamLives) {
  Pair pair;
  const auto start = Clock::now();
  EXPECT_EQ(read_text(*pair.stream, in(50ms)), failed(Errc::timed_out));
  EXPECT_GE(Clock::now() - start, 50ms);
  EXPECT_LT(Clock::now() - start, 2s);
  pair.peer.send("late");
  EXPECT_EQ(read_text(*pair.stream, in(5s)), "late");
}

TEST(SocketStream, DeadlineInThePastFailsAtOnce) {
  Pair pair;
  EXPECT_EQ(read_text(*pair.stream, Clock::now() - 1s), failed(Errc::timed_out));
  EXPECT_EQ(pair.stream->write_all(bytes_of("x"), Clock::now() - 1s).failure().errc, Errc::timed_out);
}

TEST(SocketStream, EveryReadKeepsItsOwnDeadline) {
  Pair pair;
  pair.peer.send("a");
  EXPECT_EQ(read_text(*pair.stream, in(60s)), "a");
  auto start = Clock::now();
  EXPECT_EQ(read_text(*pair.stream, in(50ms)), failed(Errc::timed_out));  // shorter than the one before
  EXPECT_LT(Clock::now() - start, 2s);

  std::thread late([&] {
    std::this_thread::sleep_for(150ms);
    pair.peer.send("b");
    std::this_thread::sleep_for(150ms);
    pair.peer.send("c");
  });
  EXPECT_EQ(read_text(*pair.stream, in(60s)), "b");      // longer than the one before
  EXPECT_EQ(read_text(*pair.stream, kNoDeadline), "c");  // none
  late.join();
}

TEST(SocketStream, PeerThatDoesNotReadEndsAWriteAtItsDeadline) {
  Pair pair;
  const std::string much(64 << 20, 'x');
  const Status written = pair.stream->write_all(bytes_of(much), in(100ms));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.failure().errc, Errc::timed_out);
}

TEST(SocketStream, WriteThatMayNotWaitEndsWhereThePeerTakesNoMore) {
  Pair pair;
  const std::string much(64 << 20, 'x');
  ASSERT_TRUE(pair.stream->write_all(bytes_of("first"), kNoWait).ok());
  const auto start = Clock::now();
  const Status written = pair.stream->write_all(bytes_of(much), kNoWait);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.failure().errc, Errc::timed_out);
  EXPECT_LT(Clock::now() - start, 2s);
  EXPECT_EQ(pair.stream->write_both(bytes_of("x"), bytes_of("y"), kNoWait).failure().errc, Errc::timed_out);
  EXPECT_EQ(pair.peer.receive(5), "first");
}

TEST(SocketStream, LargeWritesArriveWhole) {
  Pair pair;
  std::string much(8 << 20, '\0');
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>(i * 31 >> 8);
  std::string arrived;
  std::thread reader([&] { arrived = pair.peer.receive(much.size()); });
  EXPECT_TRUE(pair.stream->write_all(bytes_of(much), in(10s)).ok());
  reader.join();
  EXPECT_TRUE(arrived == much);
}

// More than the socket's buffers hold, so the system takes it in parts: cut in either piece.
TEST(SocketStream, TwoPiecesArriveAsOne) {
  Pair pair;
  std::string much(8 << 20, '\0');
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>(i * 31 >> 8);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{15}, much.size() - 1, much.size()}) {
    std::string arrived;
    std::thread reader([&] { arrived = pair.peer.receive(much.size()); });
    EXPECT_TRUE(pair.stream->write_both(bytes_of(much).first(cut), bytes_of(much).subspan(cut), in(10s)).ok());
    reader.join();
    EXPECT_TRUE(arrived == much) << cut;
  }
}

TEST(SocketStream, WhatTheFirstPieceCannotHoldIsReadIntoTheSecond) {
  Pair pair;
  std::uint8_t first[5], second[64];
  pair.peer.send("ping");
  const auto fits = pair.stream->read_both(first, second, in(5s));
  ASSERT_TRUE(fits.ok());
  EXPECT_EQ(as_text(Bytes(first).first(fits.value())), "ping");
  pair.peer.send("head and body");
  const auto overflows = pair.stream->read_both(first, second, in(5s));
  ASSERT_TRUE(overflows.ok());
  EXPECT_EQ(overflows.value(), 13u);
  EXPECT_EQ(as_text(first), "head ");
  EXPECT_EQ(as_text(Bytes(second).first(8)), "and body");
  EXPECT_EQ(pair.stream->read_both(first, second, in(10ms)).failure().errc, Errc::timed_out);
}

TEST(SocketStream, ClosedAndResetConnectionsAreLost) {
  Pair closed;
  closed.peer.close();
  EXPECT_EQ(read_text(*closed.stream), failed(Errc::connection_lost));
  Pair reset;
  reset.peer.reset();
  EXPECT_EQ(read_text(*reset.stream), failed(Errc::connection_lost));
}

TEST(SocketStream, WritingToAClosedConnectionRaisesNoSignal) {
  Pair pair;
  pair.peer.reset();
  Status written;
  for (int i = 0; i < 10 && written.ok(); ++i) written = pair.stream->write_all(bytes_of("x"), in(5s));  // SIGPIPE would end us
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.failure().errc, Errc::connection_lost);
}

TEST(SocketStream, SignalsDoNotEndARead) {
  struct sigaction action {
  }, previous{};
  action.sa_handler = [](int) {};  // and no SA_RESTART
  ::sigaction(SIGUSR1, &action, &previous);
  Pair pair;
  const pthread_t reader = ::pthread_self();
  std::thread disturber([&] {
    for (int i = 0; i < 5; ++i) {
      std::this_thread::sleep_for(20ms);
      ::pthread_kill(reader, SIGUSR1);
    }
    pair.peer.send("x");
  });
  EXPECT_EQ(read_text(*pair.stream, in(5s)), "x");
  disturber.join();
  ::sigaction(SIGUSR1, &previous, nullptr);
}

TEST(SocketStream, IdleConnectionShowsUnaskedBytesAndItsEndWithoutReading) {
  Pair pair;
  EXPECT_FALSE(pair.stream->has_input_or_end());
  pair.peer.send("shutdown");
  ASSERT_TRUE(test::wait_readable(pair.stream->fd()));
  EXPECT_TRUE(pair.stream->has_input_or_end());
  EXPECT_TRUE(pair.stream->has_input_or_end());
  EXPECT_EQ(read_text(*pair.stream), "shutdown");
  EXPECT_FALSE(pair.stream->has_input_or_end());
  pair.peer.close();
  ASSERT_TRUE(test::wait_readable(pair.stream->fd()));
  EXPECT_TRUE(pair.stream->has_input_or_end());

  Pair reset;
  reset.peer.reset();
  ASSERT_TRUE(test::wait_readable(reset.stream->fd()));
  EXPECT_TRUE(reset.stream->has_input_or_end());
}

TEST(SocketStream, InterruptEndsABlockedReadOfAnotherThread) {
  Pair pair;
  std::thread interrupter([&] {
    std::this_thread::sleep_for(50ms);
    pair.stream->interrupt();
  });
  EXPECT_EQ(read_text(*pair.stream, kNoDeadline), failed(Errc::connection_lost));
  interrupter.join();
  EXPECT_TRUE(pair.stream->has_input_or_end());
}

TEST(ConnectTcp, RefusedPortSaysWhatToCheck) {
  std::uint16_t port = 0;
  {
    const Listener listener(Listener::Family::ipv4);
    port = listener.port();
  }
  const auto connected = connect_tcp({"127.0.0.1", port}, in(5s));
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.failure().errc, Errc::connect_failed);
  EXPECT_EQ(connected.failure().message, "Cannot connect to 127.0.0.1:" + std::to_string(port) +
                                             ": Connection refused. Is the server running and listening on this port?");
  const auto without_deadline = connect_tcp({"127.0.0.1", port}, kNoDeadline);
  ASSERT_FALSE(without_deadline.ok());
  EXPECT_EQ(without_deadline.failure().message, connected.failure().message);
}

TEST(ConnectTcp, WithoutDeadlineReadsKeepTheirs) {
  Listener listener(Listener::Family::ipv4);
  auto connected = connect_tcp({"127.0.0.1", listener.port()}, kNoDeadline);
  ASSERT_TRUE(connected.ok());
  Socket peer = listener.accept();
  EXPECT_EQ(read_text(**connected, in(50ms)), failed(Errc::timed_out));
  peer.send("late");
  EXPECT_EQ(read_text(**connected, kNoDeadline), "late");
}

TEST(ConnectTcp, UnknownHostIsNamed) {
  const auto connected = connect_tcp({"no-such-host.invalid", 3306}, in(5s));
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.failure().errc, Errc::connect_failed);
  EXPECT_THAT(connected.failure().message, HasSubstr("no-such-host.invalid"));
  const auto without_deadline = connect_tcp({"no-such-host.invalid", 3306}, kNoDeadline);
  ASSERT_FALSE(without_deadline.ok());
  EXPECT_EQ(without_deadline.failure().message, connected.failure().message);
}

TEST(ConnectTcp, NameServiceThatDoesNotAnswerEndsAtTheDeadline) {
  const auto start = Clock::now();
  const auto connected = connect_tcp({"silent.test", 3306}, in(100ms));
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.failure().errc, Errc::connect_timeout);
  EXPECT_THAT(connected.failure().message, HasSubstr("name service did not find host 'silent.test'"));
  EXPECT_LT(Clock::now() - start, 800ms);  // it is silent for a second
}

// A listener whose queue is full does not answer: Linux drops what comes.
struct Silent {
  Listener listener;
  std::vector<Socket> waiting;
  explicit Silent(std::uint16_t port = 0) : listener(Listener::Family::ipv4, port, 0) {
    for (int i = 0; i < 4; ++i) {
      Socket client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(listener.port());
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      ::connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
      waiting.push_back(std::move(client));
    }
  }
};

TEST(ConnectTcp, SilentHostEndsAtTheDeadline) {
  const Silent silent;
  const auto start = Clock::now();
  const auto connected = connect_tcp({"127.0.0.1", silent.listener.port()}, in(100ms));
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.failure().errc, Errc::connect_timeout);
  EXPECT_LT(Clock::now() - start, 2s);
}

TEST(ConnectTcp, LocalhostIsTheLoopbackOfBothFamilies) {
  Listener ipv4(Listener::Family::ipv4);
  EXPECT_TRUE(connect_tcp({"localhost", ipv4.port()}, in(5s)).ok());
  Listener ipv6(Listener::Family::ipv6);
  if (!ipv6.valid()) GTEST_SKIP() << "needs IPv6 on the loopback";
  EXPECT_TRUE(connect_tcp({"localhost", ipv6.port()}, in(5s)).ok());  // IPv4 refuses, so the other is next
  EXPECT_TRUE(connect_tcp({"::1", ipv6.port()}, in(5s)).ok());
}

TEST(ConnectTcp, SilentAddressDoesNotHoldUpTheNext) {
  Listener ipv6(Listener::Family::ipv6);
  if (!ipv6.valid()) GTEST_SKIP() << "needs IPv6 on the loopback";
  const Silent ipv4(ipv6.port());
  if (!ipv4.listener.valid()) GTEST_SKIP() << "the port is taken";
  const auto start = Clock::now();
  EXPECT_TRUE(connect_tcp({"localhost", ipv6.port()}, in(10s)).ok());
  EXPECT_GE(Clock::now() - start, 250ms);
  EXPECT_LT(Clock::now() - start, 5s);
}

TEST(ConnectUnix, FailuresNameThePathAndTheCause) {
  const test::TemporaryFolder folder;
  const auto message = [](const std::string& path) {
    const auto connected = connect_unix(path, in(1s));
    EXPECT_FALSE(connected.ok());
    EXPECT_EQ(connected.failure().errc, Errc::connect_failed);
    EXPECT_THAT(connected.failure().message, HasSubstr(path));
    return connected.failure().message;
  };
  EXPECT_THAT(message(folder.file("missing")), HasSubstr("Is the server running"));
  EXPECT_THAT(message(std::string(108, 'x')), HasSubstr("107 bytes"));
  { const Listener gone(folder.file("gone")); }
  EXPECT_THAT(message(folder.file("gone")), HasSubstr("no server listens"));
}

}  // namespace
}  // namespace selkie::protocol
