#include "protocol/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace selkie::protocol {
namespace {

using Packet = std::vector<std::uint8_t>;
constexpr std::size_t kNoBound = std::size_t{1} << 30;

Packet patterned(std::size_t size) {
  Packet payload(size);
  std::uint32_t x = 12345;
  for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>((x = x * 1664525 + 1013904223) >> 24);
  return payload;
}

Packet framed(const std::vector<Packet>& payloads, std::uint8_t sequence = 0) {
  FrameWriter writer;
  for (const Packet& payload : payloads) {
    writer.begin(sequence).bytes(payload);
    sequence = writer.end();
  }
  return {writer.bytes().begin(), writer.bytes().end()};
}

// Feeds `stream` to the reader in reads of at most `step` bytes and takes the packets that come out.
std::vector<Packet> read_all(FrameReader& reader, Bytes stream, std::size_t step, FrameStatus& last) {
  std::vector<Packet> packets;
  last = FrameStatus::need_more;
  while (!stream.empty()) {
    const std::span<std::uint8_t> room = reader.writable();
    EXPECT_GT(room.size(), 0u);
    const std::size_t count = std::min({room.size(), stream.size(), step});
    std::copy_n(stream.begin(), count, room.begin());
    reader.commit(count);
    stream = stream.subspan(count);
    Bytes payload;
    while ((last = reader.next(payload)) == FrameStatus::packet) packets.emplace_back(payload.begin(), payload.end());
    if (last != FrameStatus::need_more) break;
  }
  return packets;
}

TEST(FrameReader, PacketsComeOutWholeWhereverTheStreamIsCut) {
  const std::vector<Packet> payloads = {patterned(1), patterned(0), patterned(250), patterned(7)};
  const Packet stream = framed(payloads);
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    FrameReader reader(kNoBound);
    FrameStatus last;
    EXPECT_EQ(read_all(reader, stream, step, last), payloads) << step;
    EXPECT_EQ(last, FrameStatus::need_more);
    EXPECT_EQ(reader.unread_bytes(), 0u);
    EXPECT_EQ(reader.sequence(), 4);
  }
}

TEST(FrameReader, PiecesOfSixteenMebibytesAreJoined) {
  for (const std::size_t size : {kMaxFramePayload - 1, kMaxFramePayload, kMaxFramePayload + 1, 2 * kMaxFramePayload - 1,
                                 2 * kMaxFramePayload, 2 * kMaxFramePayload + 1}) {
    const std::vector<Packet> payloads = {patterned(size), patterned(3)};
    const Packet stream = framed(payloads);
    EXPECT_EQ(stream.size(), size + 4 * (size / kMaxFramePayload + 1) + 7);
    for (const std::size_t step : {std::size_t{100'000}, stream.size()}) {
      FrameReader reader(kNoBound);
      FrameStatus last;
      EXPECT_TRUE(read_all(reader, stream, step, last) == payloads) << size;
      EXPECT_EQ(reader.sequence(), size / kMaxFramePayload + 2);
    }
  }
}

TEST(FrameReader, SequenceNumberWrapsInsideAnAnswer) {
  const std::vector<Packet> payloads(600, Packet{1, 2, 3});
  FrameReader reader(kNoBound);
  reader.expect_sequence(1);
  FrameStatus last;
  EXPECT_EQ(read_all(reader, framed(payloads, 1), 1000, last), payloads);
}

TEST(FrameReader, WrongSequenceNumberIsFatal) {
  FrameReader reader(kNoBound);
  reader.expect_sequence(1);
  Packet stream = framed({{1}}, 1);
  const Packet stray = framed({{2}}, 0);
  stream.insert(stream.end(), stray.begin(), stray.end());
  FrameStatus last;
  EXPECT_EQ(read_all(reader, stream, 1000, last), std::vector<Packet>{{1}});
  EXPECT_EQ(last, FrameStatus::out_of_order);
  Bytes payload;
  EXPECT_EQ(reader.next(payload), FrameStatus::out_of_order);
}

TEST(FrameReader, MemoryFollowsWhatArrivesNotWhatAHeaderClaims) {
  FrameReader reader(kNoBound);
  FrameStatus last;
  const Packet lie = {0xfe, 0xff, 0xff, 0, 'x'};  // "16 MiB will follow"
  read_all(reader, lie, 1, last);
  EXPECT_EQ(last, FrameStatus::need_more);
  for (int i = 0; i < 100; ++i) EXPECT_LE(reader.writable().size(), 128u * 1024);
}

TEST(FrameReader, PacketPastTheBoundIsRefusedByItsHeader) {
  FrameReader reader(1000);
  FrameStatus last;
  EXPECT_EQ(read_all(reader, framed({patterned(1000)}), 5000, last).size(), 1u);
  reader.expect_sequence(0);
  EXPECT_TRUE(read_all(reader, Bytes(framed({patterned(1001)})).first(4), 5000, last).empty());
  EXPECT_EQ(last, FrameStatus::too_large);
}

TEST(FrameReader, BoundCountsAllPieces) {
  FrameReader reader(kMaxFramePayload + 10);
  FrameStatus last;
  EXPECT_TRUE(read_all(reader, framed({patterned(kMaxFramePayload + 11)}), kNoBound, last).empty());
  EXPECT_EQ(last, FrameStatus::too_large);
}

TEST(FrameReader, ShrinkGivesALargePacketsMemoryBackAndKeepsUnreadBytes) {
  const std::vector<Packet> payloads = {patterned(1'000'000), patterned(10)};
  Packet stream = framed(payloads);
  FrameReader reader(kNoBound);
  FrameStatus last;
  read_all(reader, Bytes(stream).first(stream.size() - 5), kNoBound, last);
  reader.shrink();
  EXPECT_LE(reader.writable().size(), 64u * 1024);
  EXPECT_EQ(reader.unread_bytes(), 9u);
  EXPECT_EQ(read_all(reader, Bytes(stream).last(5), 5, last), std::vector<Packet>{payloads[1]});
}

TEST(FrameWriter, SplitsWhatIsTooLongAndNumbersThePieces) {
  FrameWriter writer;
  writer.begin(255).bytes(patterned(kMaxFramePayload));
  EXPECT_EQ(writer.end(), 1);
  const Bytes sent = writer.bytes();
  ASSERT_EQ(sent.size(), 4 + kMaxFramePayload + 4);
  EXPECT_EQ(Packet(sent.begin(), sent.begin() + 4), (Packet{0xff, 0xff, 0xff, 255}));
  EXPECT_EQ(Packet(sent.end() - 4, sent.end()), (Packet{0, 0, 0, 0}));
}

TEST(FrameWriter, SeveralCommandsGoOutTogether) {
  FrameWriter writer;
  EXPECT_TRUE(writer.empty());
  writer.begin().u8(0x0e);
  EXPECT_EQ(writer.end(), 1);
  writer.begin().u8(0x01);
  EXPECT_EQ(writer.end(), 1);
  EXPECT_EQ(Packet(writer.bytes().begin(), writer.bytes().end()), (Packet{1, 0, 0, 0, 0x0e, 1, 0, 0, 0, 0x01}));
  writer.clear();
  EXPECT_TRUE(writer.empty());
}

}  // namespace
}  // namespace selkie::protocol
