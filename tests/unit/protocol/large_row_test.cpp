#include "protocol/large_row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "protocol/frame.h"
#include "scripted_stream.h"

namespace selkie::protocol {
namespace {

using Values = std::vector<std::optional<std::string>>;

constexpr std::size_t kFrame = kMaxFramePayload;
constexpr std::size_t kHeld = LargeRow::kHeldValueBytes;

// Text of which no two places near each other look alike.
std::string patterned(std::size_t size, char first) {
  std::string value(size, ' ');
  for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<char>('a' + (i ^ i >> 8 ^ i >> 16) % 23);
  if (size != 0) value.front() = first;
  return value;
}

// A result with EOFs: its head, the rows, the end. Columns are of the types given, all others BLOBs.
struct Result {
  Packet bytes;
  std::size_t first_row_at = 0;
};
Result result_of(const std::vector<Values>& rows, bool binary = false, std::vector<WireType> types = {}) {
  FrameWriter out;
  std::uint8_t sequence = 1;
  const auto packet = [&](Bytes payload) {
    out.begin(sequence).bytes(payload);
    sequence = out.end();
  };
  const std::size_t columns = rows.front().size();
  types.resize(columns, WireType::blob);
  packet(Packet{static_cast<std::uint8_t>(columns)});
  for (std::size_t i = 0; i < columns; ++i) {
    packet(Packet{3, 'd', 'e', 'f', 0,    0,    0,    1,    static_cast<std::uint8_t>('a' + i),
                  0, 12,  45,  0,   0xff, 0xff, 0xff, 0xff, static_cast<std::uint8_t>(types[i]),
                  0, 0,   0,   0,   0});
  }
  const Packet eof{0xfe, 0, 0, 2, 0};
  packet(eof);
  Result result{.bytes = {}, .first_row_at = out.bytes().size()};
  for (const Values& values : rows) {
    ByteWriter row;
    if (binary) {
      row.zeros(1 + null_bitmap_bytes(columns));
      for (std::size_t i = 0; i < columns; ++i) {
        const std::size_t bit = i + kResultBitmapOffset;
        if (!values[i]) row.data()[1 + bit / 8] |= static_cast<std::uint8_t>(1u << (bit % 8));
      }
    }
    for (const auto& value : values) {
      if (value) {
        row.lenenc_text(*value);
      } else if (!binary) {
        row.u8(0xfb);
      }
    }
    packet(row.bytes());
  }
  packet(eof);
  result.bytes.assign(out.bytes().begin(), out.bytes().end());
  return result;
}

// The result's first row as it is about to be read.
struct Reading {
  explicit Reading(Packet script, bool binary = false, std::size_t cut = SIZE_MAX, std::size_t parked_bytes = 1 << 20) {
    auto owned = std::make_unique<ScriptedStream>();
    owned->script = std::move(script);
    owned->cut = cut;
    session = std::make_unique<Session>(Opened{std::move(owned), FrameReader(1u << 30), Dialect{}, 1, 2, {}, {}});
    session->queue_query("q");
    EXPECT_TRUE(session->send().ok());
    answer = Answer(*session, binary ? Encoding::binary : Encoding::text, parked_bytes);
    auto head = answer.next_result(nullptr);
    EXPECT_TRUE(head.ok());
    columns = head->columns;
  }
  RowStep next() { return answer.next_row(row, LargeRows::in_parts); }
  void begin() {
    ASSERT_EQ(next(), RowStep::large_row);
    ASSERT_TRUE(large.begin(answer, *columns).ok());
  }

  // Reads a whole value, in pieces of this size where it arrives.
  void expect_value(std::size_t column, const std::optional<std::string>& expected, std::size_t piece_bytes) {
    ASSERT_TRUE(large.reach(column).ok());
    std::vector<std::uint8_t> piece(piece_bytes);
    std::size_t at = static_cast<std::size_t>(large.given_bytes());
    if (!large.is_arriving(column)) {
      EXPECT_TRUE(held(column) == expected) << column;
    }
    while (large.is_arriving(column)) {
      const std::size_t size = std::min<std::uint64_t>(piece_bytes, large.left_bytes());
      ASSERT_TRUE(large.read({piece.data(), size}).ok());
      ASSERT_EQ(as_text(Bytes(piece).first(size)), std::string_view(*expected).substr(at, size)) << column;
      at += size;
    }
  }
  std::optional<std::string> held(std::size_t column) {
    EXPECT_TRUE(large.hold(column).ok());
    const Cell cell = large.cell(column);
    return cell.is_null() ? std::nullopt : std::optional<std::string>(as_text(cell.bytes()));
  }
  void expect_end() {
    EXPECT_EQ(next(), RowStep::end);
    EXPECT_TRUE(session->idle());
  }

  std::unique_ptr<Session> session;
  Answer answer;
  ColumnSetPtr columns;
  Bytes row;
  LargeRow large;
};

const Values& mixed() {
  static const Values values{"one", patterned(300'000, '2'), std::nullopt, "", patterned(kHeld, '5'), patterned(kHeld + 1, '6'),
                             "7"};
  return values;
}

class LargeRowIn : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(, LargeRowIn, ::testing::Bool(),
                         [](const auto& test) { return std::string(test.param ? "Binary" : "Text"); });

TEST_P(LargeRowIn, EncodingIsReadInOrderAndInPiecesWhereverTheStreamIsCut) {
  const Result result = result_of({mixed(), mixed()}, GetParam());
  std::vector<std::size_t> cuts;
  for (std::size_t i = 0; i < 40; ++i) cuts.push_back(result.first_row_at + i);
  for (std::size_t at = result.first_row_at; at < result.bytes.size(); at += 9'973) cuts.push_back(at);
  for (std::size_t i = 1; i < 40; ++i) cuts.push_back(result.bytes.size() - i);
  for (const std::size_t cut : cuts) {
    SCOPED_TRACE(cut);
    Reading reading(result.bytes, GetParam(), cut);
    for (int row = 0; row < 2; ++row) {
      reading.begin();
      for (std::size_t i = 0; i < mixed().size(); ++i) reading.expect_value(i, mixed()[i], 10'000);
    }
    reading.expect_end();
  }
}

TEST_P(LargeRowIn, EncodingKeepsWhatIsPassedOver) {
  Reading reading(result_of({mixed()}, GetParam()).bytes, GetParam());
  reading.begin();
  for (std::size_t i = mixed().size(); i-- > 0;) EXPECT_TRUE(reading.held(i) == mixed()[i]) << i;
  for (std::size_t i = 0; i < mixed().size(); ++i) EXPECT_TRUE(reading.held(i) == mixed()[i]) << i;
  reading.expect_end();
}

TEST_P(LargeRowIn, EncodingGoesOnFromACopyWhereverItIsParked) {
  const Result result = result_of({mixed(), mixed()}, GetParam());
  for (std::size_t parked_at = 0; parked_at <= mixed().size(); ++parked_at) {
    for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{100'000}}) {  // of the smaller, all goes to a file
      SCOPED_TRACE(parked_at);
      Reading reading(result.bytes, GetParam(), SIZE_MAX, memory);
      reading.begin();
      for (std::size_t i = 0; i < mixed().size(); ++i) {
        if (i == parked_at) {
          ASSERT_TRUE(reading.answer.park().ok());
          EXPECT_TRUE(reading.session->idle());
        }
        reading.expect_value(i, mixed()[i], 7000);
      }
      if (parked_at == mixed().size()) {
        ASSERT_TRUE(reading.answer.park().ok());
      }
      ASSERT_EQ(reading.next(), RowStep::row);
      EXPECT_GT(reading.row.size(), 300'000u);
      reading.expect_end();
    }
  }
}

TEST_P(LargeRowIn, EncodingTellsAnEmptyFirstValueFromNull) {
  for (const bool is_null : {false, true}) {
    const auto first = is_null ? std::nullopt : std::optional<std::string>("");
    Reading reading(result_of({{first, patterned(300'000, '2')}}, GetParam()).bytes, GetParam());
    reading.begin();
    EXPECT_EQ(reading.held(0), first);
  }
}

TEST(LargeRow, NullOfAFixedWidthHasNoBytes) {
  Reading reading(result_of({{patterned(300'000, '1'), std::nullopt, "3"}}, true, {WireType::blob, WireType::double_}).bytes,
                  true);
  reading.begin();
  reading.expect_value(0, patterned(300'000, '1'), 100'000);
  EXPECT_EQ(reading.held(1), std::nullopt);
  EXPECT_EQ(reading.held(2), "3");
  reading.expect_end();
}

TEST(LargeRow, ParkedInTheMiddleOfAValueGoesOnInside) {
  Reading reading(result_of({mixed()}).bytes);
  reading.begin();
  std::string value(100'000, ' ');
  ASSERT_TRUE(reading.large.reach(1).ok());
  ASSERT_TRUE(reading.large.read({reinterpret_cast<std::uint8_t*>(value.data()), value.size()}).ok());
  ASSERT_TRUE(reading.answer.park().ok());
  EXPECT_TRUE(mixed()[1]->starts_with(value));
  reading.expect_value(1, mixed()[1], 30'000);
  EXPECT_TRUE(reading.large.is_lost(1));
  EXPECT_EQ(reading.held(6), "7");
}

TEST(LargeRow, TastedValueMayBeHeldFromItsStart) {
  Reading reading(result_of({mixed()}).bytes);
  reading.begin();
  std::string taste(kHeld, ' ');
  ASSERT_TRUE(reading.large.reach(1).ok());
  ASSERT_TRUE(reading.large.read({reinterpret_cast<std::uint8_t*>(taste.data()), taste.size()}).ok());
  EXPECT_TRUE(mixed()[1]->starts_with(taste));
  EXPECT_FALSE(reading.large.is_lost(1));
  EXPECT_EQ(reading.held(6), "7");
  EXPECT_TRUE(reading.held(1) == mixed()[1]);
}

TEST(LargeRow, RestIsSkippedByTheNextRowFromAnyPlace) {
  const Result result = result_of({mixed(), mixed(), {"a", "b", "c", "d", "e", "f", "g"}});
  for (std::size_t reached = 0; reached <= mixed().size(); ++reached) {
    Reading reading(result.bytes);
    for (int row = 0; row < 2; ++row) {
      reading.begin();
      if (reached != 0) {
        EXPECT_TRUE(reading.large.reach(reached - 1).ok());
      }
    }
    ASSERT_EQ(reading.next(), RowStep::row);
    EXPECT_EQ(as_text(reading.row), "\1a\1b\1c\1d\1e\1f\1g");
    reading.expect_end();
  }
}

TEST(LargeRow, DrainStopsAtItsLimitInsideARowAndGoesOnLater) {
  Reading reading(result_of({{patterned(1'000'000, '1')}, {"next"}}).bytes);
  reading.begin();
  int steps = 0;
  for (; !reading.session->drain(100'000).value(); ++steps) {}
  EXPECT_GE(steps, 5);
  EXPECT_LE(steps, 10);
  EXPECT_TRUE(reading.session->idle());
}

// A row's end on the edge of a frame, behind it and in front of it; cut around every header.
TEST(LargeRow, OfSeveralFramesIsReadWhereverTheStreamIsCut) {
  for (const std::size_t payload : {kFrame - 1, kFrame, kFrame + 1}) {
    const Values values{"0123456789", patterned(payload - 11 - 4, '*')};
    const Result result = result_of({values, {"next", "row"}});
    for (std::size_t i = 0; i < 12; ++i) {
      const std::size_t at = i < 6 ? i : kFrame + 4 + i - 6;
      SCOPED_TRACE(at);
      Reading reading(result.bytes, false, result.first_row_at + at);
      reading.begin();
      reading.expect_value(0, values[0], 1);
      reading.expect_value(1, values[1], i % 2 == 0 ? 65'536 : 5'000'000);
      ASSERT_EQ(reading.next(), RowStep::row);
      EXPECT_EQ(as_text(reading.row), "\4next\3row");
      reading.expect_end();
    }
  }
}

TEST(LargeRow, LostAnywhereIsALostConnectionAndNoEnd) {
  const Result result = result_of({{patterned(kFrame, '1'), "last"}});
  for (const std::size_t lost : {std::size_t{10}, std::size_t{100'000}, kFrame + 3, kFrame + 4, kFrame + 6, kFrame + 11,
                                 result.bytes.size() - result.first_row_at - 9 - 1}) {
    SCOPED_TRACE(lost);
    Packet script = result.bytes;
    script.resize(result.first_row_at + lost);
    Reading reading(script);
    reading.begin();
    Status status;
    std::string piece(100'000, ' ');
    while (status.ok() && (status = reading.large.reach(0)).ok() && reading.large.is_arriving(0)) {
      const std::size_t size = std::min<std::uint64_t>(piece.size(), reading.large.left_bytes());
      status = reading.large.read({reinterpret_cast<std::uint8_t*>(piece.data()), size});
    }
    if (status.ok()) status = reading.large.hold(1);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.failure().errc, Errc::connection_lost);
    EXPECT_TRUE(reading.session->dead());
  }
}

TEST(LargeRow, ThatDoesNotFitItsColumnsIsMalformed) {
  const auto shape_of = [](const std::string& row) {
    Packet script = result_of({{"x", "y"}}).bytes;
    script.resize(script.size() - 9 - 8);  // without the row and the end
    const std::size_t size = row.size();
    script.insert(script.end(), {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8),
                                 static_cast<std::uint8_t>(size >> 16), 5});
    script.insert(script.end(), row.begin(), row.end());
    script.resize(script.size() + 100);
    Reading reading(script);
    reading.begin();
    const Status status = reading.large.hold(1);
    return status.ok() ? Errc::server_error : status.failure().errc;
  };
  const std::string length = std::string("\xfd\x00\x00\x08", 4), value(0x80000, 'v');
  EXPECT_EQ(shape_of(length + value + "\1y"), Errc::server_error);  // no failure
  EXPECT_EQ(shape_of(length + value + "\1yz"), Errc::malformed);
  EXPECT_EQ(shape_of(length + value + "\2y"), Errc::malformed);
  EXPECT_EQ(shape_of(length + value + "\xfc"), Errc::malformed);
  EXPECT_EQ(shape_of(length + value), Errc::malformed);
  EXPECT_EQ(shape_of("\1x\xff" + value), Errc::malformed);
  EXPECT_EQ(shape_of("\1x\xfe" + std::string(8, '\x7f') + value), Errc::malformed);
}

TEST(LargeRow, BinaryRowWithAWrongHeaderIsMalformed) {
  Packet script = result_of({mixed()}, true).bytes;
  script[result_of({mixed()}, true).first_row_at + 4] = 1;
  Reading reading(script, true);
  ASSERT_EQ(reading.next(), RowStep::large_row);
  EXPECT_EQ(reading.large.begin(reading.answer, *reading.columns).failure().errc, Errc::malformed);
}

}  // namespace
}  // namespace selkie::protocol
