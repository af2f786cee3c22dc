#include "protocol/bytes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "golden.h"

namespace selkie::protocol {
namespace {

// Spec: page_protocol_basic_dt_integers.html
TEST(ByteWriter, LengthEncodedIntegersTakeTheShortestForm) {
  struct Case {
    std::uint64_t value;
    const char* bytes;
  };
  const Case cases[] = {{0, "00"},
                        {250, "fa"},
                        {251, "fc fb00"},
                        {0xffff, "fc ffff"},
                        {0x10000, "fd 000001"},
                        {0xffffff, "fd ffffff"},
                        {0x1000000, "fe 0000000100000000"},
                        {~0ull, "fe ffffffffffffffff"}};
  for (const Case& c : cases) {
    ByteWriter out;
    out.lenenc(c.value);
    EXPECT_EQ(packet_of(out.bytes()), hex(c.bytes)) << c.value;
    ByteReader in(out.bytes());
    EXPECT_EQ(in.lenenc(), c.value);
    EXPECT_TRUE(!in.failed() && in.size() == 0) << c.value;
  }
}

TEST(ByteReader, LongerFormsThanNeededAreRead) {
  const Packet packet = hex("fc 0100  fd 020000  fe 0300000000000000");
  ByteReader in{Bytes(packet)};
  EXPECT_EQ(in.lenenc(), 1u);
  EXPECT_EQ(in.lenenc(), 2u);
  EXPECT_EQ(in.lenenc(), 3u);
  EXPECT_FALSE(in.failed());
}

TEST(ByteReader, CutIntegersAndMarkersThatAreNoLengthFail) {
  for (const char* bytes : {"", "fb", "ff", "fc", "fc 01", "fd 0102", "fe 01020304050607"}) {
    const Packet packet = hex(bytes);
    ByteReader in{Bytes(packet)};
    in.lenenc();
    EXPECT_TRUE(in.failed()) << bytes;
  }
}

TEST(ByteReader, ReadsNothingMoreOnceItFailed) {
  const Packet packet = hex("01 02 03");
  ByteReader in{Bytes(packet)};
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.u8(), 0u);
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_TRUE(in.failed());
}

TEST(ByteReader, LengthsPastTheEndFailWhateverTheirSize) {
  for (const char* bytes : {"01", "fa 00", "fe ffffffffffffffff 00", "fe 0000000001000000 00"}) {
    const Packet packet = hex(bytes);
    ByteReader in{Bytes(packet)};
    EXPECT_TRUE(in.take_lenenc().empty()) << bytes;
    EXPECT_TRUE(in.failed()) << bytes;
  }
}

TEST(ByteReader, TextUpToANulNeedsTheNul) {
  const Packet packet = hex("6162 00 00 63");
  ByteReader in{Bytes(packet)};
  EXPECT_EQ(as_text(in.take_to_nul()), "ab");
  EXPECT_EQ(as_text(in.take_to_nul()), "");
  EXPECT_FALSE(in.failed());
  in.take_to_nul();
  EXPECT_TRUE(in.failed());
}

TEST(ByteWriter, NumbersAreLittleEndian) {
  ByteWriter out;
  out.u8(0x01);
  out.u16(0x0203);
  out.u24(0x040506);
  out.u32(0x0708090a);
  out.u64(0x0b0c0d0e0f101112);
  out.lenenc_text("hi");
  out.text_nul("x");
  out.bytes({});
  out.zeros(2);
  EXPECT_EQ(packet_of(out.bytes()), hex("01 0302 060504 0a090807 1211100f0e0d0c0b 026869 7800 0000"));
  out.truncate(3);
  EXPECT_EQ(packet_of(out.bytes()), hex("01 0302"));
}

TEST(RawBuffer, KeepsWhatFitsWhenItsSizeChanges) {
  RawBuffer buffer;
  EXPECT_EQ(buffer.capacity(), 0u);
  buffer.resize(4);
  std::memcpy(buffer.data(), "abcd", 4);
  buffer.resize(10'000'000);
  EXPECT_EQ(std::memcmp(buffer.data(), "abcd", 4), 0);
  buffer.resize(2);
  EXPECT_EQ(std::memcmp(buffer.data(), "ab", 2), 0);
  RawBuffer other = std::move(buffer);
  EXPECT_EQ(other.capacity(), 2u);
  EXPECT_EQ(buffer.capacity(), 0u);
  other.resize(0);
  EXPECT_EQ(other.data(), nullptr);
}

}  // namespace
}  // namespace selkie::protocol
