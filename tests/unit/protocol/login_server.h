// A server for tests of logging in: plays a script to whoever connects, packets made by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "protocol/connect.h"
#include "tests/support/greetings.h"
#include "tests/support/sockets.h"

namespace selkie::protocol {

using namespace std::chrono_literals;
using test::Listener;
using test::Socket;
using Packet = std::vector<std::uint8_t>;

// A packet as it goes over the wire.
inline std::string framed(std::uint8_t sequence, Bytes payload) {
  std::string text{static_cast<char>(payload.size()), static_cast<char>(payload.size() >> 8), '\0',
                   static_cast<char>(sequence)};
  return text.append(as_text(payload));
}
inline std::string framed(std::uint8_t sequence, std::string_view payload) {
  return framed(sequence, Bytes{reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}
inline std::string greeting(const Packet& captured = test::kGreetingOfMariaDb1011) { return framed(0, captured); }
inline const std::string kOk("\0\0\0\x02\0\0\0", 7);

// The payload of the client's next packet, "" at the end of the stream. It must carry this sequence number.
inline std::string receive_packet(Socket& peer, std::uint8_t sequence) {
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

inline ConnectOptions options(std::vector<TcpAddress> hosts, SslMode mode = SslMode::preferred) {
  ConnectOptions made;
  made.hosts = std::move(hosts);
  made.user = "ann";
  made.password = "secret";
  made.tls.mode = mode;
  made.connect_timeout = 5s;
  return made;
}

inline Failure failure_of(const ConnectOptions& made) {
  const auto opened = open_connection(made);
  EXPECT_FALSE(opened.ok());
  if (opened.ok()) return {};
  EXPECT_THAT(opened.failure().message, testing::Not(testing::HasSubstr("secret")));
  return opened.failure();
}

}  // namespace selkie::protocol
