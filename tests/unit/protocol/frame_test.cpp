#include "protocol/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "allocations.h"
#include "golden.h"

namespace selkie::protocol {
namespace {

constexpr std::size_t kNoBound = std::size_t{1} << 30;

// Bytes of which no two places near each other look alike.
Packet patterned(std::size_t size) {
  Packet payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i ^ (i >> 8) ^ (i >> 16));
  return payload;
}

Packet framed(const std::vector<Packet>& payloads, std::uint8_t sequence = 0) {
  FrameWriter writer;
  for (const Packet& payload : payloads) {
    writer.begin(sequence).bytes(payload);
    sequence = writer.end();
  }
  return packet_of(writer.bytes());
}

// Feeds `stream` to the reader, cutting it into reads of `step` bytes at most and at every place in `cuts`, and takes the
// packets that come out.
std::vector<Packet> read_all(FrameReader& reader, Bytes stream, std::size_t step, FrameStatus& last,
                             const std::vector<std::size_t>& cuts = {}) {
  std::vector<Packet> packets;
  last = FrameStatus::need_more;
  for (std::size_t at = 0; at < stream.size() && last == FrameStatus::need_more;) {
    const std::span<std::uint8_t> room = reader.writable();
    EXPECT_GT(room.size(), 0u);
    std::size_t count = std::min({room.size(), stream.size() - at, step});
    for (const std::size_t cut : cuts) {
      if (cut > at) count = std::min(count, cut - at);
    }
    std::ranges::copy(stream.subspan(at, count), room.begin());
    reader.commit(count);
    at += count;
    Bytes payload;
    while ((last = reader.next(payload)) == FrameStatus::packet) packets.push_back(packet_of(payload));
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

TEST(FrameReader, PacketsThatAreWantedComeTogetherAndTheOthersStay) {
  const std::vector<Packet> payloads = {patterned(1), patterned(2), patterned(300), patterned(9), patterned(3)};
  const Packet stream = framed(payloads);
  for (std::size_t arrived = 0; arrived <= stream.size(); ++arrived) {
    FrameReader reader(kNoBound);
    reader.expect_sequence(0);
    const std::span<std::uint8_t> room = reader.writable();
    std::copy_n(stream.data(), arrived, room.data());
    reader.commit(arrived);
    std::size_t whole = 0;
    for (std::size_t end = 0; whole < payloads.size() && end + 4 + payloads[whole].size() <= arrived; ++whole) {
      end += 4 + payloads[whole].size();
    }
    std::array<Bytes, 2> taken;
    const auto short_ones = [](Bytes payload) { return payload.size() < 9; };
    EXPECT_EQ(reader.next_while(std::span(taken).first(1), short_ones), std::min<std::size_t>(whole, 1)) << arrived;
    EXPECT_EQ(reader.next_while(taken, short_ones), std::min<std::size_t>(whole, 2) - std::min<std::size_t>(whole, 1));
    for (std::size_t i = std::min<std::size_t>(whole, 2); i < payloads.size(); ++i) {
      Bytes payload;
      const FrameStatus status = reader.next(payload);
      ASSERT_EQ(status, i < whole ? FrameStatus::packet : FrameStatus::need_more) << arrived;
      if (status == FrameStatus::need_more) break;
      EXPECT_TRUE(std::ranges::equal(payload, payloads[i]));
    }
  }
}

TEST(FrameReader, PiecesOfSixteenMebibytesAreJoined) {
  for (const std::size_t size : {kMaxFramePayload - 1, kMaxFramePayload, kMaxFramePayload + 1, 2 * kMaxFramePayload - 1,
                                 2 * kMaxFramePayload, 2 * kMaxFramePayload + 1}) {
    const std::vector<Packet> payloads = {patterned(size), patterned(3)};
    const Packet stream = framed(payloads);
    EXPECT_EQ(stream.size(), size + 4 * (size / kMaxFramePayload + 1) + 7);
    FrameReader reader(kNoBound);
    FrameStatus last;
    EXPECT_TRUE(read_all(reader, stream, kNoBound, last) == payloads) << size;
    EXPECT_EQ(reader.sequence(), size / kMaxFramePayload + 2);
    EXPECT_EQ(reader.unread_bytes(), 0u);
  }
}

TEST(FrameReader, StreamMayBeCutAnywhereAroundALaterHeader) {
  const std::vector<Packet> payloads = {patterned(kMaxFramePayload + 2), patterned(3)};
  const Packet stream = framed(payloads);
  std::vector<std::size_t> cuts;
  for (std::size_t i = 0; i < 10; ++i) cuts.push_back(kMaxFramePayload + i);  // the second header starts at + 4
  FrameReader reader(kNoBound);
  FrameStatus last;
  EXPECT_TRUE(read_all(reader, stream, kNoBound, last, cuts) == payloads);
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

TEST(FrameReader, WrongSequenceNumberInsideALongPacketIsFatal) {
  Packet stream = framed({patterned(kMaxFramePayload + 2)});
  stream[4 + kMaxFramePayload + 3] = 7;
  FrameReader reader(kNoBound);
  FrameStatus last;
  EXPECT_TRUE(read_all(reader, stream, kNoBound, last).empty());
  EXPECT_EQ(last, FrameStatus::out_of_order);
}

TEST(FrameReader, MemoryFollowsWhatArrivesNotWhatAHeaderClaims) {
  FrameReader reader(kNoBound);
  Packet stream = hex("feffff 00");  // "16 MiB will follow"
  stream.resize(1'000'000);
  for (std::size_t arrived = 0; arrived < stream.size();) {
    const std::span<std::uint8_t> room = reader.writable();
    ASSERT_LE(arrived + room.size(), 64u * 1024 + 4 * arrived);
    const std::size_t count = std::min({room.size(), stream.size() - arrived, std::size_t{5000}});
    std::ranges::copy(Bytes(stream).subspan(arrived, count), room.begin());
    reader.commit(count);
    arrived += count;
    Bytes payload;
    ASSERT_EQ(reader.next(payload), FrameStatus::need_more);
  }
}

TEST(FrameReader, OnceWarmAllocatesNothing) {
  const Packet stream = framed(std::vector<Packet>(300, patterned(1000)));
  FrameReader reader(kNoBound);
  const auto read_stream = [&] {
    for (std::size_t at = 0; at < stream.size();) {
      const std::span<std::uint8_t> room = reader.writable();
      const std::size_t count = std::min(room.size(), stream.size() - at);
      std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), count, room.begin());
      reader.commit(count);
      at += count;
      Bytes payload;
      while (reader.next(payload) == FrameStatus::packet) {}
    }
    reader.expect_sequence(0);
  };
  read_stream();
  const std::size_t before = allocations();
  const std::uint8_t* const memory = reader.writable().data();
  read_stream();
  EXPECT_EQ(allocations(), before);
  EXPECT_EQ(reader.writable().data(), memory);
}

TEST(FrameReader, AsksForLittleUntilThatWasFilledOnce) {
  FrameReader reader(kNoBound);
  const std::size_t first = reader.writable().size();
  EXPECT_LE(first, 8u * 1024);
  const Packet stream = framed(std::vector<Packet>(first / 128, patterned(124)));
  std::ranges::copy(stream, reader.writable().begin());
  reader.commit(stream.size());
  Bytes payload;
  while (reader.next(payload) == FrameStatus::packet) {}
  EXPECT_EQ(reader.writable().size(), 64u * 1024);
}

TEST(FrameReader, GivesRoomThoughNothingWasTakenOut) {
  FrameReader reader(kNoBound);
  const Packet stream = framed(std::vector<Packet>(100, patterned(5000)), 0);
  for (std::size_t at = 0; at < stream.size();) {
    const std::span<std::uint8_t> room = reader.writable();
    ASSERT_GT(room.size(), 0u);
    const std::size_t count = std::min(room.size(), stream.size() - at);
    std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), count, room.begin());
    reader.commit(count);
    at += count;
  }
  EXPECT_EQ(reader.unread_bytes(), stream.size());
  Bytes payload;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(reader.next(payload), FrameStatus::packet);
    ASSERT_EQ(packet_of(payload), patterned(5000));
  }
}

TEST(FrameReader, MovesWithWhatItHasRead) {
  const Packet stream = framed({patterned(10), patterned(20)});
  FrameReader first(kNoBound);
  FrameStatus last;
  EXPECT_EQ(read_all(first, Bytes(stream).first(20), kNoBound, last).size(), 1u);
  FrameReader second = std::move(first);
  EXPECT_EQ(second.unread_bytes(), 6u);
  EXPECT_EQ(read_all(second, Bytes(stream).subspan(20), kNoBound, last), std::vector<Packet>{patterned(20)});
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

TEST(FrameWriter, EveryPieceKeepsItsBytesAndOnlyTheFirstStartsTheCommand) {
  const Packet payload = patterned(2 * kMaxFramePayload + 5);
  FrameWriter writer;
  writer.begin().bytes(payload);
  EXPECT_EQ(writer.end(), 3);
  Bytes sent = writer.bytes();
  Packet joined;
  for (const std::size_t piece : {kMaxFramePayload, kMaxFramePayload, std::size_t{5}}) {
    EXPECT_EQ(load_little_endian(sent.data(), 3), piece);
    const Bytes body = sent.subspan(4, piece);
    joined.insert(joined.end(), body.begin(), body.end());
    sent = sent.subspan(4 + piece);
  }
  EXPECT_TRUE(sent.empty());
  EXPECT_TRUE(joined == payload);
}

TEST(FrameWriter, EmptyPacketIsAHeader) {  // which refuses a file
  FrameWriter writer;
  writer.begin(2);
  EXPECT_EQ(writer.end(), 3);
  EXPECT_EQ(packet_of(writer.bytes()), hex("000000 02"));
}

TEST(FrameWriter, GivesALargePacketsMemoryBack) {
  FrameWriter writer;
  ByteWriter& out = writer.begin();
  out.zeros(5'000'000);
  writer.end();
  writer.clear();
  EXPECT_LE(out.capacity(), 1024u * 1024);
}

TEST(FrameWriter, SeveralCommandsGoOutTogether) {
  FrameWriter writer;
  EXPECT_TRUE(writer.empty());
  writer.begin().u8(0x0e);
  EXPECT_EQ(writer.end(), 1);
  writer.begin().u8(0x01);
  EXPECT_EQ(writer.end(), 1);
  EXPECT_EQ(packet_of(writer.bytes()), hex("010000 00 0e 010000 00 01"));
  writer.clear();
  EXPECT_TRUE(writer.empty());
}

TEST(FrameWriter, LeavesATailWhereItIs) {
  const Packet tail = hex("0a0b0c");
  FrameWriter writer;
  writer.begin().u8(0x18);
  EXPECT_EQ(writer.end(tail), 1);
  EXPECT_EQ(packet_of(writer.bytes()), hex("040000 00 18"));
  EXPECT_EQ(writer.tail().data(), tail.data());
  writer.clear();
  EXPECT_TRUE(writer.tail().empty());
}

TEST(FrameWriter, PutsATailInFrontOfTheNextCommand) {
  const Packet tail = hex("0a0b0c");
  FrameWriter writer;
  writer.begin().u8(0x18);
  writer.end(tail);
  writer.begin().u8(0x01);
  writer.end();
  EXPECT_TRUE(writer.tail().empty());
  EXPECT_EQ(packet_of(writer.bytes()), hex("040000 00 18 0a0b0c 010000 00 01"));
}

TEST(FrameWriter, SplitsATailThatIsTooLong) {
  for (const std::size_t beyond : {0u, 1u}) {
    const Packet tail = patterned(kMaxFramePayload - 1 + beyond);
    FrameWriter together, apart;
    together.begin().u8(0x18);
    EXPECT_EQ(together.end(tail), 2);
    EXPECT_TRUE(together.tail().empty());
    ByteWriter& packet = apart.begin();
    packet.u8(0x18);
    packet.bytes(tail);
    apart.end();
    EXPECT_TRUE(std::ranges::equal(together.bytes(), apart.bytes()));
  }
}

}  // namespace
}  // namespace selkie::protocol
