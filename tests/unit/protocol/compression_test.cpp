#include "protocol/compression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "allocations.h"
#include "decoding_watch.h"
#include "golden.h"
#include "protocol/frame.h"

namespace selkie::protocol {
namespace {

using testing::HasSubstr;

// What the other end sends, in reads of at most `step` bytes, and what it gets.
class Below final : public Stream {
 public:
  Packet script, written;
  std::size_t step = SIZE_MAX, at = 0, writes = 0;
  const Packet* watched = nullptr;
  std::size_t straight = 0;  // bytes that were read into the watched memory

  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline) override {
    const std::size_t count = std::min({into.size(), step, script.size() - at});
    if (count == 0) return our_failure(Errc::timed_out, "nothing");
    std::copy_n(script.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
    at += count;
    if (watched != nullptr && into.data() >= watched->data() && into.data() < watched->data() + watched->size()) {
      straight += count;
    }
    return count;
  }
  Status write_all(Bytes bytes, Deadline) override {
    ++writes;
    written.insert(written.end(), bytes.begin(), bytes.end());
    return {};
  }
  bool has_input_or_end() override { return at < script.size(); }
  bool is_private() const override { return true; }
  void interrupt() noexcept override {}
  int fd() const override { return 7; }
};

struct Made {
  Below* below;
  std::unique_ptr<Stream> stream;
};
Made make(Compression algorithm, int level = kDefaultCompressionLevel) {
  auto below = std::make_unique<Below>();
  Below* const raw = below.get();
  return {raw, start_compression(std::move(below), algorithm, level)};
}

Packet pack(Compression algorithm, const Packet& plain) {
  Packet packed(plain.size() + 1000);
  if (algorithm == Compression::zstd) {
    packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 1));
  } else {
    uLongf size = packed.size();
    EXPECT_EQ(compress(packed.data(), &size, plain.data(), plain.size()), Z_OK);
    packed.resize(size);
  }
  return packed;
}

Packet header(std::size_t size, std::uint8_t number, std::size_t plain_size) {
  ByteWriter out;
  out.u24(static_cast<std::uint32_t>(size)), out.u8(number), out.u24(static_cast<std::uint32_t>(plain_size));
  return packet_of(out.bytes());
}
Packet packed_packet(Compression algorithm, const Packet& plain, std::uint8_t number) {
  const Packet body = pack(algorithm, plain);
  return header(body.size(), number, plain.size()) + body;
}
Packet stored_packet(const Packet& plain, std::uint8_t number) { return header(plain.size(), number, 0) + plain; }

Packet text(std::size_t size) {
  Packet bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>('a' + i * i % 23);
  return bytes;
}
Packet noise(std::size_t size) {
  Packet bytes(size);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

Packet command(const Packet& payload) {
  FrameWriter writer;
  writer.begin().bytes(payload);
  writer.end();
  return packet_of(writer.bytes());
}

// Reads until nothing more comes, `room` bytes at a time. The failure that ended it is in `why`.
Packet read_all(Stream& stream, std::size_t room, Failure& why) {
  Packet all, piece(room);
  for (;;) {
    auto count = stream.read_some(piece, kNoDeadline);
    if (!count.ok()) {
      why = count.failure();
      return all;
    }
    EXPECT_GT(*count, 0u);
    all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

class Algorithm : public testing::TestWithParam<Compression> {
 protected:
  // What reading `script` as the answer to a command of one packet comes to.
  Failure failure_of(const Packet& script, Packet* read = nullptr) {
    Made made = make(GetParam());
    send(made, 20);
    made.below->script = script;
    Failure why;
    const Packet all = read_all(*made.stream, 4096, why);
    if (read != nullptr) *read = all;
    return why;
  }
  void send(Made& made, std::size_t size) {
    made.stream->restart_numbering();
    ASSERT_TRUE(made.stream->write_all(command(text(size)), kNoDeadline).ok());
  }
  Packet packed(const Packet& plain, std::uint8_t number) { return packed_packet(GetParam(), plain, number); }
};
INSTANTIATE_TEST_SUITE_P(, Algorithm, testing::Values(Compression::zlib, Compression::zstd),
                         [](const auto& test) { return std::string(test.param == Compression::zstd ? "zstd" : "zlib"); });

TEST_P(Algorithm, PacketsAreReadWhereverTheyAreCutAndHoweverLittleRoomThereIs) {
  const Packet first = text(300), second = noise(40), third = text(70'000);
  const Packet script = packed(first, 1) + stored_packet(second, 2) + stored_packet({}, 3) + packed(third, 4);
  const Packet expected = first + second + third;
  for (const std::size_t step : {1u, 2u, 3u, 7u, 100u, 65'536u, 1'000'000u}) {
    for (const std::size_t room : {1u, 5u, 299u, 300u, 301u, 65'536u}) {
      if (step * room < 30) continue;  // slow, and nothing new
      Made made = make(GetParam());
      made.below->script = script;
      made.below->step = step;
      send(made, 20);
      Failure why;
      EXPECT_TRUE(read_all(*made.stream, room, why) == expected) << step << " " << room;
      EXPECT_EQ(why.errc, Errc::timed_out);
    }
  }
}

// A server may speak at once, so that its words come in the same read as the end of the login.
TEST_P(Algorithm, BytesThatCameBeforeTheLayerDidAreReadFirst) {
  const Packet words = command({0xff, 1, 2, 3}), script = packed(words, 0);
  for (std::size_t early = 0; early <= script.size(); ++early) {
    auto below = std::make_unique<Below>();
    below->script = Packet(script.begin() + static_cast<std::ptrdiff_t>(early), script.end());
    const auto stream = start_compression(std::move(below), GetParam(), 0, cut(script, early));
    EXPECT_TRUE(stream->has_input_or_end());
    Failure why;
    EXPECT_EQ(read_all(*stream, 4096, why), words) << early;
  }
}

// A timeout between two reads loses nothing.
TEST_P(Algorithm, ReadingGoesOnAfterATimeout) {
  const Packet plain = text(5000), script = packed(plain, 1);
  Made made = make(GetParam());
  send(made, 20);
  Packet all, piece(100);
  for (const std::uint8_t byte : script) {
    Failure why;
    made.below->script.push_back(byte);
    const Packet read = read_all(*made.stream, 100, why);
    all.insert(all.end(), read.begin(), read.end());
    EXPECT_EQ(why.errc, Errc::timed_out);
  }
  EXPECT_EQ(all, plain);
}

TEST_P(Algorithm, CommandIsSentPackedAndNumberedFromZero) {
  const Packet sent = command(text(10'000));
  Made made = make(GetParam());
  send(made, 10'000);
  ASSERT_GT(made.below->written.size(), 7u);
  const Packet& written = made.below->written;
  EXPECT_EQ(cut(written, 7), header(written.size() - 7, 0, sent.size()));
  EXPECT_LT(written.size(), sent.size() / 2);
  EXPECT_EQ(made.below->writes, 1u);
  // The reader takes its own writer's packets, once they have an answer's number.
  Made other = make(GetParam());
  send(other, 1);
  other.below->script = header(written.size() - 7, 1, sent.size()) + Packet(written.begin() + 7, written.end());
  Failure why;
  EXPECT_EQ(read_all(*other.stream, 65'536, why), sent);
}

TEST_P(Algorithm, ShortOrUnpackableBytesGoOutAsTheyAre) {
  for (const std::size_t size : {0u, 45u, 300u, 40'000u}) {
    const Packet sent = command(noise(size));
    Made made = make(GetParam());
    ASSERT_TRUE(made.stream->write_all(sent, kNoDeadline).ok());
    EXPECT_EQ(made.below->written, header(sent.size(), 0, 0) + sent) << size;
  }
}

TEST_P(Algorithm, LongCommandIsSentInPacketsNumberedInOrderAndItsAnswerComesBehindThem) {
  Made made = make(GetParam());
  const Packet sent = command(noise(1'000'000));
  made.stream->restart_numbering();
  ASSERT_TRUE(made.stream->write_all(sent, kNoDeadline).ok());
  Packet plain;
  std::uint8_t number = 0;
  for (std::size_t at = 0; at < made.below->written.size(); ++number) {
    const std::uint8_t* const p = made.below->written.data() + at;
    const auto size = static_cast<std::ptrdiff_t>(load_little_endian(p, 3));
    EXPECT_EQ(p[3], number);
    EXPECT_EQ(load_little_endian(p + 4, 3), 0u);
    plain.insert(plain.end(), p + 7, p + 7 + size);
    at += 7 + static_cast<std::size_t>(size);
  }
  EXPECT_TRUE(plain == sent);
  EXPECT_EQ(number, 4);
  made.below->script = packed(text(100), number);
  Failure why;
  EXPECT_EQ(read_all(*made.stream, 4096, why), text(100));
}

// Servers begin to count with each command, so none may share a packet with another.
TEST_P(Algorithm, EachCommandOfOneWriteHasPacketsOfItsOwn) {
  const Packet first = command(text(10)), second = command(text(20)), third = command(text(30));
  Made made = make(GetParam());
  made.stream->restart_numbering();
  ASSERT_TRUE(made.stream->write_all(first + second + third, kNoDeadline).ok());
  EXPECT_EQ(made.below->written, stored_packet(first, 0) + stored_packet(second, 0) + stored_packet(third, 0));
  EXPECT_EQ(made.below->writes, 1u);

  // Their answers come one by one, all numbered from 1 on; each read brings one of them.
  made.below->script = packed(text(100), 1) + packed(text(200), 2) + packed(text(300), 1) + packed(text(400), 1);
  Packet piece(65'536);
  for (const std::size_t size : {100u, 200u, 300u, 400u}) {
    auto count = made.stream->read_some(piece, kNoDeadline);
    ASSERT_TRUE(count.ok()) << count.failure().message;
    EXPECT_EQ(*count, size);
    if (size != 100) made.stream->restart_numbering();
  }
}

TEST_P(Algorithm, WhatIsSentInTheMiddleOfAnAnswerGoesOnCounting) {
  Made made = make(GetParam());
  send(made, 10);
  made.below->script = stored_packet(text(30), 1);
  Failure why;
  (void)read_all(*made.stream, 100, why);
  made.below->written.clear();
  FrameWriter writer;
  writer.begin(0).bytes(text(5));  // numbers inside wrap
  writer.end();
  const Packet piece = packet_of(writer.bytes());
  ASSERT_TRUE(made.stream->write_all(piece, kNoDeadline).ok());
  ASSERT_TRUE(made.stream->write_all(piece, kNoDeadline).ok());
  EXPECT_EQ(made.below->written, stored_packet(piece, 2) + stored_packet(piece, 3));
  made.below->script = made.below->script + stored_packet(text(9), 4);
  EXPECT_EQ(read_all(*made.stream, 100, why), text(9));
}

// --- What a server must not do. Each ends the session.

TEST_P(Algorithm, PacketOutOfOrderIsFatal) {
  for (const Packet& script : {stored_packet(text(9), 2), packed(text(100), 1) + packed(text(100), 3),
                               packed(text(100), 1) + packed(text(100), 1), stored_packet({}, 1) + stored_packet({}, 1)}) {
    const Failure why = failure_of(script);
    EXPECT_EQ(why.errc, Errc::malformed);
    EXPECT_THAT(why.message, HasSubstr("out of order"));
  }
}

TEST_P(Algorithm, NumbersWrapAndTheServersPartingWordsMayComeEarly) {
  Packet script;
  for (int number = 1; number < 600; ++number) script = script + stored_packet({'x'}, static_cast<std::uint8_t>(number));
  Packet read;
  EXPECT_EQ(failure_of(script, &read).errc, Errc::timed_out);
  EXPECT_EQ(read.size(), 599u);
  // It did not read the command, or it spoke after the last answer: only an error may come then.
  const Packet words = command({0xff, 1, 2, 3});
  EXPECT_EQ(failure_of(stored_packet(words, 0), &read).errc, Errc::timed_out);
  EXPECT_EQ(read, words);
  EXPECT_THAT(failure_of(stored_packet(command({0, 1, 2, 3}), 0)).message, HasSubstr("out of order"));
  for (const std::size_t room : {1u, 3u, 4u, 5u, 100u}) {
    for (const std::uint8_t first : {std::uint8_t{0xff}, std::uint8_t{0x00}}) {
      Made made = make(GetParam());
      send(made, 20);
      made.below->script = packed(text(100), 1);
      Failure why;
      (void)read_all(*made.stream, 100, why);
      send(made, 20);
      const Packet unasked = packed(command({first, 1, 2, 3}), 2);
      made.below->script.insert(made.below->script.end(), unasked.begin(), unasked.end());
      (void)read_all(*made.stream, room, why);
      EXPECT_EQ(why.errc, first == 0xff ? Errc::timed_out : Errc::malformed) << room;
    }
  }
}

TEST_P(Algorithm, BombIsStoppedAtTheSizeThatItsHeaderPromises) {
  const Packet bomb = pack(GetParam(), Packet(50'000'000));
  ASSERT_LT(bomb.size(), 100'000u);
  for (const std::size_t promised : {1u, 4095u, 4096u, 4097u, 0xffffffu}) {
    Packet read;
    const Failure why = failure_of(header(bomb.size(), 1, promised) + bomb, &read);
    EXPECT_EQ(why.errc, Errc::malformed);
    EXPECT_THAT(why.message, HasSubstr("longer than it says"));
    EXPECT_LE(read.size(), promised);
  }
}

TEST_P(Algorithm, HeaderThatPromisesMoreThanThereIsIsFatal) {
  const Packet body = pack(GetParam(), text(100));
  const Failure why = failure_of(header(body.size(), 1, 101) + body + stored_packet(text(50), 2));
  EXPECT_EQ(why.errc, Errc::malformed);
  EXPECT_THAT(why.message, HasSubstr("shorter than it says"));
}

TEST_P(Algorithm, PackedSizeThatLiesIsFatal) {
  const Packet body = pack(GetParam(), text(100));
  for (std::size_t size = 0; size < body.size(); ++size) {
    const Failure why = failure_of(header(size, 1, 100) + body);
    EXPECT_EQ(why.errc, Errc::malformed) << size;
    EXPECT_THAT(why.message, HasSubstr("cut off")) << size;
  }
  const Failure why = failure_of(header(body.size() + 1, 1, 100) + body + text(9));
  EXPECT_EQ(why.errc, Errc::malformed);
  EXPECT_THAT(why.message, HasSubstr("more behind its end"));
}

TEST_P(Algorithm, DamagedBytesAreFatalOrReadAsWhatTheyAre) {
  const Packet script = packed(text(300), 1);
  for (std::size_t i = 7; i < script.size(); ++i) {
    Packet damaged = script;
    damaged[i] ^= 0x55;
    Packet read;
    const Failure why = failure_of(damaged, &read);
    EXPECT_LE(read.size(), 300u);
    // zstd packets of servers carry no checksum; of zlib's every bit counts.
    EXPECT_TRUE(why.errc == Errc::malformed || GetParam() == Compression::zstd) << i;
  }
}

TEST(Compression, ZstdWindowOfMoreThanAPacketCanHoldIsRefused) {
  // Frame header: no size, no single segment; a window of 2^27 bytes would have to be kept.
  const Packet frame = hex("28b52ffd 00 88 0100 00");
  Made made = make(Compression::zstd);
  made.below->script = header(frame.size(), 1, 100) + frame;
  ASSERT_TRUE(made.stream->write_all(command({1}), kNoDeadline).ok());
  Failure why;
  (void)read_all(*made.stream, 100, why);
  EXPECT_THAT(why.message, HasSubstr("damaged"));
}

// The last bytes of a packed packet may come after the reader has all that was packed.
TEST(Compression, EndOfAPacketBehindItsLastByteIsNoInput) {
  const Packet script = packed_packet(Compression::zlib, text(100), 1);
  Made made = make(Compression::zlib);
  ASSERT_TRUE(made.stream->write_all(command({1}), kNoDeadline).ok());
  made.below->script = cut(script, script.size() - 4);  // without its checksum
  Packet piece(100);
  auto count = made.stream->read_some(piece, kNoDeadline);
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(*count, 100u);
  EXPECT_FALSE(made.stream->has_input_or_end());
  made.below->script = script;
  EXPECT_FALSE(made.stream->has_input_or_end());
  EXPECT_EQ(made.below->at, script.size());
  made.below->script = script + Packet{9};
  EXPECT_TRUE(made.stream->has_input_or_end());
}

TEST_P(Algorithm, PackedBytesAreDecodedStraightIntoTheReadersMemory) {
  const Packet expected = text(70'000) + text(100);
  Made made = make(GetParam());
  send(made, 20);
  made.below->script = packed(text(70'000), 1) + packed(text(100), 2);
  made.below->step = 1000;
  Packet memory(expected.size());
  const DecodingWatch watch(memory);
  for (std::size_t read = 0; read < memory.size();) {
    auto count = made.stream->read_some(std::span(memory).subspan(read), kNoDeadline);
    ASSERT_TRUE(count.ok());
    read += *count;
  }
  EXPECT_TRUE(memory == expected);
  EXPECT_EQ(watch.inside(), expected.size());
  EXPECT_EQ(watch.elsewhere(), 0u);
}

// Only what came in one read with a packet's header is copied.
TEST_P(Algorithm, StoredBytesAreReceivedStraightIntoTheReadersMemory) {
  constexpr std::size_t kStep = 1000;
  const Packet expected = noise(200'000);
  Made made = make(GetParam());
  send(made, 20);
  made.below->script = stored_packet(expected, 1);
  made.below->step = kStep;
  Packet memory(expected.size());
  made.below->watched = &memory;
  for (std::size_t read = 0; read < memory.size();) {
    auto count = made.stream->read_some(std::span(memory).subspan(read), kNoDeadline);
    ASSERT_TRUE(count.ok());
    read += *count;
  }
  EXPECT_TRUE(memory == expected);
  EXPECT_GE(made.below->straight, expected.size() - kStep);
}

TEST_P(Algorithm, NothingIsAllocatedOncePacketsOfTheSameSizeHaveComeAndGone) {
  Made made = make(GetParam());
  const Packet sent = command(text(2000));
  Packet script, piece(65'536);
  for (int i = 0; i < 20; ++i) script = script + packed(text(20'000), 1);
  made.below->script = script;
  made.below->written.reserve(1'000'000);
  std::size_t before = 0;
  for (int i = 0; i < 20; ++i) {
    if (i == 2) before = allocations();
    made.stream->restart_numbering();
    ASSERT_TRUE(made.stream->write_all(sent, kNoDeadline).ok());
    for (std::size_t read = 0; read < 20'000;) read += *made.stream->read_some(piece, kNoDeadline);
  }
  EXPECT_EQ(allocations(), before);
}

TEST_P(Algorithm, EveryLevelIsTaken) {
  for (const int level : {1, 9, 22}) {
    Made made = make(GetParam(), level);
    ASSERT_TRUE(made.stream->write_all(command(text(3000)), kNoDeadline).ok());
    EXPECT_LT(made.below->written.size(), 2000u) << level;
  }
}

}  // namespace
}  // namespace selkie::protocol
