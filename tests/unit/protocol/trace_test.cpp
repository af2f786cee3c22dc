#include "protocol/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "golden.h"
#include "protocol/dialect.h"
#include "protocol/packets.h"
#include "tests/support/certificates.h"
#include "tests/support/greetings.h"
#include "tests/support/sockets.h"

namespace selkie::protocol {
namespace {

using testing::HasSubstr;
using testing::Not;

// --- What a trace shows of a login

std::string text_of(const std::optional<Packet>& packet) {
  return packet ? std::string(as_text(*packet)) : std::string("left out");
}

Packet login_packet(std::uint32_t capabilities, const std::string& answer, const std::string& behind) {
  ByteWriter out;
  out.u32(capabilities), out.zeros(28), out.text_nul("ann"), out.lenenc_text(answer), out.text(behind);
  return packet_of(out.bytes());
}

TEST(TraceLogin, GreetingIsShownWithoutItsRandomBytesAndWithoutTlsAndCompression) {
  TraceLogin mask;
  std::uint8_t number = 0;
  const Packet& original = test::kGreetingOfMariaDb1011;
  const auto shown = mask.received(original, number);
  ASSERT_TRUE(shown);
  const auto before = parse_greeting(original), after = parse_greeting(*shown);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->scramble, std::string(20, '*'));
  EXPECT_EQ(after->auth_plugin, before->auth_plugin);
  EXPECT_EQ(after->offer.version, before->offer.version);
  const std::uint64_t taken_off = capability::kSsl | capability::kCompress | capability::kZstd;
  EXPECT_NE(before->offer.capabilities & taken_off, 0u);
  EXPECT_EQ(after->offer.capabilities, before->offer.capabilities & ~taken_off);
  EXPECT_EQ(shown->size(), original.size());
  for (std::size_t size = 0; size < original.size(); ++size) {
    TraceLogin of_cut;
    (void)of_cut.received(cut(original, size), number);  // whatever is shown of it, it is not read past its end
  }
}

TEST(TraceLogin, AnswersOfTheClientBecomeEightStars) {
  constexpr std::uint32_t kLenenc = capability::kPluginAuthLenenc, kZstd = capability::kZstd;
  for (const std::string& secret : {std::string(), std::string("hash"), std::string(400, 's')}) {
    TraceLogin mask;
    std::uint8_t number = 1;
    EXPECT_EQ(mask.sent(login_packet(kLenenc, secret, "shop"), number), login_packet(kLenenc, "********", "shop"));
    EXPECT_EQ(number, 1);
    EXPECT_EQ(text_of(mask.sent(packet_of(secret), number)), "********");
  }
  TraceLogin mask;
  std::uint8_t number = 1;
  EXPECT_EQ(mask.sent(login_packet(kLenenc | kZstd, "hash", "shop\x03"), number), login_packet(kLenenc, "********", "shop"));
  for (std::size_t size = 0; size < 40; ++size) {
    TraceLogin of_cut;
    const auto shown = of_cut.sent(cut(login_packet(kLenenc, std::string(30, 's'), "shop"), size), number);
    EXPECT_EQ(text_of(shown), "left out") << size;
  }
}

TEST(TraceLogin, RequestForTlsIsLeftOutAndTheNumbersCloseUp) {
  TraceLogin mask;
  std::uint8_t number = 0;
  (void)mask.received(test::kGreetingOfMariaDb1011, number);
  number = 1;
  EXPECT_FALSE(mask.sent(Packet(32), number));
  number = 2;
  EXPECT_TRUE(mask.sent(login_packet(capability::kPluginAuthLenenc, "hash", ""), number));
  EXPECT_EQ(number, 1);
  number = 3;
  EXPECT_TRUE(mask.received(hex("00 00 00 0200 0000"), number));
  EXPECT_EQ(number, 2);
}

TEST(TraceLogin, ServersRandomBytesAndProofsAreMasked) {
  TraceLogin mask;
  std::uint8_t number = 0;
  (void)mask.received(test::kGreetingOfMariaDb1011, number);
  const auto shown = [&](const std::string& packet) { return text_of(mask.received(packet_of(packet), number)); };
  EXPECT_EQ(shown(std::string("\xfe"
                              "ed25519\0random",
                              15)),
            std::string("\xfe"
                        "ed25519\0******",
                        15));
  EXPECT_EQ(shown(std::string("\x02"
                              "dialog\0Password:",
                              17)),
            std::string("\x02"
                        "dialog\0*********",
                        17));
  EXPECT_EQ(shown("\x01key"), "\x01***");
  EXPECT_EQ(shown("\x01\x04"), "\x01\x04");
  EXPECT_EQ(shown("plain"), "*****");
  EXPECT_EQ(shown(std::string("\0\0\0\2\0\0\0\5proof", 13)), std::string("\0\0\0\2\0\0\0", 7));
  EXPECT_EQ(shown("\xff\x15\x04#28000Access denied"), "\xff\x15\x04#28000Access denied");
}

// --- The file

struct Block {
  std::uint32_t type;
  Packet body;
};

std::vector<Block> blocks_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const Packet bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<Block> blocks;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto type = static_cast<std::uint32_t>(load_little_endian(&bytes[at], 4));
    const auto size = static_cast<std::size_t>(load_little_endian(&bytes[at + 4], 4));
    EXPECT_EQ(size % 4, 0u);
    EXPECT_EQ(load_little_endian(&bytes[at + size - 4], 4), size);
    blocks.push_back({type, Packet(bytes.begin() + static_cast<std::ptrdiff_t>(at) + 8,
                                   bytes.begin() + static_cast<std::ptrdiff_t>(at + size) - 4)});
    at += size;
  }
  return blocks;
}

std::uint32_t big(const Packet& bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | bytes[at + i];
  return value;
}

// A frame's part of TCP, and whether the checksums are right.
struct Segment {
  std::uint16_t from = 0, to = 0;
  std::uint32_t sequence = 0, acknowledged = 0;
  std::uint8_t flags = 0;
  std::string data;
};

std::uint16_t ones_sum(const Packet& bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += std::uint32_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::vector<Segment> segments_of(const std::string& file) {
  std::vector<Segment> segments;
  for (const Block& block : blocks_of(file)) {
    if (block.type != 6) continue;
    const auto size = static_cast<std::size_t>(load_little_endian(&block.body[12], 4));
    const Packet frame(block.body.begin() + 20, block.body.begin() + 20 + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(big(frame, 12, 2), 0x0800u);
    EXPECT_EQ(big(frame, 16, 2), size - 14);
    EXPECT_EQ(ones_sum(Packet(frame.begin() + 14, frame.begin() + 34)), 0xffff);
    const Packet addresses(frame.begin() + 26, frame.begin() + 34), tcp(frame.begin() + 34, frame.end());
    EXPECT_EQ(ones_sum(tcp, std::uint32_t{ones_sum(addresses)} + 6 + static_cast<std::uint32_t>(tcp.size())), 0xffff);
    segments.push_back({static_cast<std::uint16_t>(big(tcp, 0, 2)), static_cast<std::uint16_t>(big(tcp, 2, 2)), big(tcp, 4, 4),
                        big(tcp, 8, 4), tcp[13], std::string(tcp.begin() + 20, tcp.end())});
  }
  return segments;
}

// Takes what is written and has nothing to say.
class Silent final : public Stream {
 public:
  explicit Silent(int fd = -1) : fd_(fd) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline) override {
    std::memcpy(into.data(), "answer", 6);
    return std::size_t{6};
  }
  Status write_all(Bytes, Deadline) override { return {}; }
  bool has_input_or_end() override { return false; }
  bool is_private() const override { return true; }
  void interrupt() noexcept override {}
  int fd() const override { return fd_; }

 private:
  int fd_;
};

class Traces : public testing::Test {
 protected:
  std::unique_ptr<Trace> begin(std::uint64_t max_bytes = 0) {
    auto trace = Trace::begin({.file = file_, .max_bytes = max_bytes}, "/run/db.sock", Silent());
    EXPECT_TRUE(trace.ok());
    return std::move(trace).value();
  }
  static void log_in(Trace& trace) {
    trace.received_at_login(test::kGreetingOfMariaDb1011, 0);
    const Packet login = login_packet(capability::kPluginAuthLenenc, "TheAnswer", "");
    Packet frame{static_cast<std::uint8_t>(login.size()), 0, 0, 1};
    trace.sent_at_login(frame + login);
    trace.received_at_login(hex("00 00 00 0200 0000"), 2);
  }
  std::string content(const std::string& name) const {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TemporaryFolder folder_;
  const std::string file_ = folder_.file("trace.pcapng");
};

TEST_F(Traces, ConversationIsATcpConnectionFromBeginningToEnd) {
  {
    auto trace = begin();
    log_in(*trace);
    const std::unique_ptr<Stream> stream = traced(std::make_unique<Silent>(), std::move(trace));
    const Packet command = packet_of(std::string(70'000, 'q'));
    ASSERT_TRUE(stream->write_all(command, kNoDeadline).ok());
    std::array<std::uint8_t, 100> room;
    ASSERT_TRUE(stream->read_some(room, kNoDeadline).ok());
  }
  const std::vector<Block> blocks = blocks_of(file_);
  ASSERT_GT(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].type, 0x0a0d0d0au);
  EXPECT_EQ(blocks[1].type, 1u);
  EXPECT_EQ(blocks[2].type, 4u);

  const std::vector<Segment> segments = segments_of(file_);
  const std::uint16_t client = segments[0].from;
  std::map<std::uint16_t, std::uint32_t> next;  // by sender
  std::map<std::uint16_t, std::string> said;
  std::string flags;
  for (const Segment& segment : segments) {
    EXPECT_TRUE(segment.from == 3306 || segment.to == 3306);
    EXPECT_TRUE(!next.contains(segment.from) || segment.sequence == next[segment.from]);
    EXPECT_TRUE((segment.flags & 0x10) == 0 || segment.acknowledged == next[segment.to]);
    next[segment.from] =
        segment.sequence + static_cast<std::uint32_t>(segment.data.size()) + ((segment.flags & 3) != 0 ? 1 : 0);
    said[segment.from] += segment.data;
    flags += (segment.flags & 2) != 0 ? 'S' : (segment.flags & 1) != 0 ? 'F' : segment.data.empty() ? 'a' : 'd';
  }
  EXPECT_EQ(flags,
            "SSa"
            "ddd"
            "ddd"
            "d"
            "FFa");
  EXPECT_THAT(said[client], HasSubstr("ann"));
  EXPECT_TRUE(said[client].ends_with(std::string(70'000, 'q')));
  EXPECT_TRUE(said[3306].ends_with("answer"));
  EXPECT_THAT(content(file_), Not(HasSubstr("TheAnswer")));
  struct stat status;
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Traces, AddressesAndPortsAreThoseOfTheSocket) {
  test::Listener listener(test::Listener::Family::ipv4);
  auto stream = connect_tcp({"127.0.0.1", listener.port()}, kNoDeadline);
  ASSERT_TRUE(stream.ok());
  (void)Trace::begin({.file = file_}, "db.test:3307", **stream);
  const Segment first = segments_of(file_)[0];
  EXPECT_EQ(first.to, listener.port());
  EXPECT_THAT(content(file_), HasSubstr("-d tcp.port==" + std::to_string(listener.port()) + ",mysql"));
  EXPECT_THAT(content(file_), HasSubstr(std::string("db.test\0", 8)));
}

TEST_F(Traces, ConnectionsShareOneFileAndGoOnBehindWhatIsThere) {
  std::ofstream(file_).close();
  auto first = begin(), second = begin();
  first->sent(as_bytes("one")), second->sent(as_bytes("two")), first->sent(as_bytes("three"));
  first.reset(), second.reset();
  std::string said;
  for (const Segment& segment : segments_of(file_)) said += segment.data;
  EXPECT_EQ(said, "onetwothree");
}

// What follows in the new file can be read only by one who knows what the login agreed on.
TEST_F(Traces, FullFileIsRenamedAndTheNextBeginsWithTheLogin) {
  auto trace = begin(20'000), other = begin(20'000);
  log_in(*trace);
  trace->sent(packet_of(std::string(30'000, 'x')));
  trace->received(as_bytes("the answer's rest"));  // in the middle of an answer it is not renamed
  EXPECT_NE(::access(file_.c_str(), F_OK), -1);
  EXPECT_EQ(::access((file_ + ".1").c_str(), F_OK), -1);
  trace->sent(as_bytes("second command"));
  other->sent(as_bytes("other command"));
  EXPECT_THAT(content(file_ + ".1"), HasSubstr("the answer's rest"));
  const std::string begun = content(file_);
  EXPECT_THAT(begun, Not(HasSubstr("the answer's rest")));
  for (const char* part : {"ann", "second command", "other command"}) EXPECT_THAT(begun, HasSubstr(part));
  const std::vector<Segment> segments = segments_of(file_);
  EXPECT_EQ(segments[0].flags, 0x02);
  EXPECT_EQ(segments[3].from, 3306);  // the greeting
}

TEST_F(Traces, FileThatCannotBeWrittenIsSaidAtOnce) {
  const auto trace = Trace::begin({.file = folder_.file("no/such/folder")}, "db:3306", Silent());
  ASSERT_FALSE(trace.ok());
  EXPECT_EQ(trace.failure().errc, Errc::bad_option);
  EXPECT_THAT(trace.failure().message, HasSubstr("No such file or directory"));
}

TEST_F(Traces, FullDiskEndsTheTraceAndNothingElse) {
  auto trace = Trace::begin({.file = "/dev/full"}, "db:3306", Silent());
  ASSERT_TRUE(trace.ok());
  (*trace)->sent(as_bytes("goes on"));
}

}  // namespace
}  // namespace selkie::protocol
