// The scripted server itself: it cuts where it is told, and names the step at which a client goes wrong or hangs.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "tests/support/scripted_server.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;

class RawClient {
 public:
  explicit RawClient(const ScriptedServer& server) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    server.address().substr(std::string("SOCKET=").size()).copy(name.sun_path, sizeof name.sun_path - 1);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;

  void send(const Packet& bytes) { EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), ssize_t(bytes.size())); }
  // What one read brings; empty at the end of the stream.
  Packet receive() {
    Packet bytes(1024);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(::recv(fd_, bytes.data(), bytes.size(), 0), 0)));
    return bytes;
  }

 private:
  int fd_;
};

const Packet kPing{1, 0, 0, 0, 0x0e};
const Script kPingPong = script().reads(ping()).sends(ok());
const std::size_t kOkBytes = 4 + 7;

TEST(ScriptedServer, FollowsTheScriptAndCountsItsBytes) {
  ScriptedServer server(script(), kPingPong, {});
  {
    RawClient client(server);
    client.send(kPing);
    EXPECT_EQ(client.receive().size(), kOkBytes);
  }
  EXPECT_EQ(server.finish().failure, "");
  EXPECT_EQ(server.finish().sent_bytes, kOkBytes);
}

TEST(ScriptedServer, CutsInFrontOfTheByteAndWaitsForTheClientToReadSoFar) {
  // The server waits a millisecond at most; on a busy machine the client may come later than that, but not always.
  constexpr int kAttempts = 50;
  for (std::size_t cut = 1; cut < kOkBytes; ++cut) {
    std::size_t first = 0, second = 0;
    for (int attempt = 0; attempt < kAttempts && first != cut; ++attempt) {
      ScriptedServer server(script(), kPingPong, {.cut_at = cut});
      RawClient client(server);
      client.send(kPing);
      first = client.receive().size();
      if (first == cut) second = client.receive().size();
    }
    EXPECT_EQ(first, cut);
    EXPECT_EQ(second, kOkBytes - cut);
  }
}

TEST(ScriptedServer, LosesTheLinkWhereItIsTold) {
  {
    ScriptedServer server(script(), kPingPong, {.lost_before = 1});
    RawClient client(server);
    client.send(kPing);
    EXPECT_EQ(client.receive().size(), 0u);
  }
  ScriptedServer server(script(), kPingPong, {.lost_at_byte = 5});
  RawClient client(server);
  client.send(kPing);
  EXPECT_EQ(client.receive().size(), 5u);
  EXPECT_EQ(client.receive().size(), 0u);
}

TEST(ScriptedServer, NamesTheStepThatReadSomethingElse) {
  ScriptedServer server(script(), script().reads(ping()).sends(ok()).reads(query("SELECT 1")), {});
  {
    RawClient client(server);
    client.send(kPing);
    (void)client.receive();
    client.send(kPing);
  }
  EXPECT_EQ(server.finish().failure, "step 3 (reads query SELECT 1): expected \\x03SELECT 1 but read \\x0e");
}

TEST(ScriptedServer, NamesTheStepAtWhichTheClientHangs) {
  ScriptedServer server(script(), kPingPong, {.patience = 20ms});
  RawClient client(server);
  EXPECT_EQ(client.receive().size(), 0u);  // it is let go
  EXPECT_EQ(server.finish().failure, "step 1 (reads ping): the client says nothing");
}

TEST(ScriptedServer, CommandBehindTheEndIsAFailureAndAFarewellIsNot) {
  for (const std::uint8_t command : Packet{0x01, 0x0e}) {
    ScriptedServer server(script(), kPingPong, {});
    {
      RawClient client(server);
      client.send(kPing);
      (void)client.receive();
      client.send({1, 0, 0, 0, command});
    }
    EXPECT_EQ(server.finish().failure.empty(), command == 0x01) << server.finish().failure;
  }
}

}  // namespace
}  // namespace selkie::test
