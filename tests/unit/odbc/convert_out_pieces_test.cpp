#include <algorithm>
#include <cstring>

#include "convert_support.h"

namespace selkie::odbc {
namespace {

using namespace test;

// --- Numbers and dates in buffers too small for them

TEST(ConvertOut, FractionsMayBeCutFromTextButNotTheWholePart) {
  struct Row {
    Column column;
    std::string text;
    std::size_t whole;  // characters that have to fit
  };
  for (const Row& row : {
           Row{column(WireType::long_, 11), "-12345", 6},
           Row{column(WireType::newdecimal, 12, 2), "-123.45", 4},
           Row{column(WireType::double_, 10, 2), "123.45", 3},
           Row{column(WireType::date, 10), "2020-02-29", 10},
           Row{column(WireType::time, 17, 6), "-838:59:59.999999", 10},
           Row{column(WireType::datetime, 26, 6), "2020-02-29 01:02:03.123456", 19},
           Row{column(WireType::datetime, 19, 0), "2020-02-29 01:02:03", 19},
       }) {
    for (std::size_t capacity = 1; capacity <= row.text.size() + 1; ++capacity) {
      for (const std::size_t unit : {1u, 2u}) {
        const Seen seen =
            convert(row.column, Encoding::text, {row.text}, unit == 1 ? SQL_C_CHAR : SQL_C_WCHAR, capacity * unit);
        const Outcome expected = capacity > row.text.size() ? Outcome::ok
                                 : capacity > row.whole     ? Outcome::truncated
                                                            : Outcome::out_of_range;
        ASSERT_EQ(seen.outcome, expected) << row.text << " " << capacity;
        if (is_error(expected)) continue;
        EXPECT_EQ(seen.length, static_cast<SQLLEN>(row.text.size() * unit));
        for (std::size_t i = 0; i < capacity - 1; ++i) EXPECT_EQ(seen.data[i * unit], row.text[i]);
        EXPECT_EQ(seen.data[(capacity - 1) * unit], '\0');
      }
    }
  }
}

TEST(ConvertOut, RealsFitTheirDisplaySizeWithAnExponent) {
  const Column real = column(WireType::double_, 22, 31);
  const Value small{"0.000000000000012345678901234567"};  // as servers print 1.2345678901234567e-14
  EXPECT_EQ(narrow_of(real, Encoding::text, small), small.bytes);
  for (const Encoding encoding : {Encoding::text, Encoding::binary}) {
    const Value value = encoding == Encoding::text ? small : native(1.2345678901234567e-14);
    const Seen narrow = convert(real, encoding, value, SQL_C_CHAR, 25);
    EXPECT_EQ(narrow.outcome, Outcome::ok);
    EXPECT_STREQ(narrow.data.c_str(), "1.2345678901234567e-14");
    EXPECT_EQ(narrow.length, 22);
    EXPECT_EQ(convert(real, encoding, value, SQL_C_WCHAR, 50).length, 44);
    EXPECT_EQ(convert(real, encoding, value, SQL_C_CHAR, 22).outcome, Outcome::out_of_range);
  }
  const Seen single = convert(column(WireType::float_, 12, 31), Encoding::binary, native(-1.23457e-14f), SQL_C_CHAR, 15);
  EXPECT_STREQ(single.data.c_str(), "-1.23457e-14");
}

TEST(ConvertOut, TextIsCutBetweenCharactersAndTheWholeLengthTold) {
  const std::string text = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80z";  // 1 2 3 4 1 bytes; 1 1 1 2 1 units
  constexpr std::size_t kNarrow[] = {0, 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
  for (std::size_t capacity = 1; capacity <= text.size() + 1; ++capacity) {
    const Seen seen = convert(text_column(), Encoding::text, {text}, SQL_C_CHAR, capacity);
    EXPECT_EQ(seen.outcome, capacity > text.size() ? Outcome::ok : Outcome::truncated);
    EXPECT_EQ(seen.data.substr(0, kNarrow[capacity] + 1), text.substr(0, kNarrow[capacity]) + '\0');
    EXPECT_EQ(seen.length, 11);
  }
  const std::u16string wide = to_utf16(text);
  constexpr std::size_t kWide[] = {0, 0, 1, 2, 3, 3, 5, 6};
  for (std::size_t capacity = 1; capacity <= wide.size() + 1; ++capacity) {
    for (const std::size_t odd : {0u, 1u}) {
      const Seen seen = convert(text_column(), Encoding::text, {text}, SQL_C_WCHAR, capacity * 2 + odd);
      EXPECT_EQ(seen.outcome, capacity > wide.size() ? Outcome::ok : Outcome::truncated);
      EXPECT_EQ(std::memcmp(seen.data.data(), wide.data(), kWide[capacity] * 2), 0);
      EXPECT_EQ(seen.data.substr(kWide[capacity] * 2, 2), std::string(2, '\0'));
      EXPECT_EQ(seen.length, 12);
    }
  }
}

TEST(ConvertOut, WithoutRoomOnlyTheLengthIsTold) {
  for (const auto& [c_type, length] : {std::pair{SQL_C_CHAR, 3}, {SQL_C_WCHAR, 6}, {SQL_C_BINARY, 3}}) {
    const auto type = static_cast<SQLSMALLINT>(c_type);
    const Seen seen = convert(text_column(), Encoding::text, {"abc"}, type, 0);
    EXPECT_EQ(seen.outcome, Outcome::truncated);
    EXPECT_EQ(seen.length, length);
    const OutPlan plan = plan_output(text_column(), Encoding::text, type, {});
    SQLLEN told = 0;
    const Value abc{"abc"};
    EXPECT_EQ(plan.convert(plan, abc.cell(), Slot{nullptr, 0, &told, &told}, nullptr), Outcome::ok);
    EXPECT_EQ(told, length);
  }
  EXPECT_EQ(convert(column(WireType::long_, 11), Encoding::text, {"-12345"}, SQL_C_CHAR, 0).length, 6);
  EXPECT_EQ(convert(column(WireType::long_, 11), Encoding::text, {"-12345"}, SQL_C_CHAR, 0).outcome, Outcome::truncated);
  EXPECT_EQ(convert(text_column(), Encoding::text, {"abc"}, SQL_C_WCHAR, 1).outcome, Outcome::truncated);
}

// --- SQLGetData in pieces

struct Pieces {
  std::string whole;
  std::vector<SQLLEN> lengths;
  int calls = 0;
};

Pieces in_pieces(const Column& from, const Value& value, SQLSMALLINT c_type, std::size_t capacity) {
  const std::size_t terminator = c_type == SQL_C_CHAR ? 1 : c_type == SQL_C_WCHAR ? 2 : 0;
  Pieces pieces;
  Progress progress;
  for (;;) {
    const Seen seen = convert(from, Encoding::text, value, c_type, capacity, {}, &progress);
    if (seen.outcome == Outcome::no_data) break;
    if (is_error(seen.outcome) || ++pieces.calls > 5000) {
      ADD_FAILURE() << "stuck or failed at capacity " << capacity;
      break;
    }
    pieces.lengths.push_back(seen.length);
    if (seen.outcome == Outcome::ok) {
      EXPECT_LE(static_cast<std::size_t>(seen.length) + terminator, capacity);
      pieces.whole.append(seen.data, 0, static_cast<std::size_t>(seen.length));
      continue;
    }
    // A cut piece fills the buffer up to its terminator.
    const std::size_t before = pieces.whole.size();
    const std::size_t size = terminator == 0 ? capacity : (capacity / terminator - 1) * terminator;
    EXPECT_EQ(seen.data.substr(size, terminator), std::string(terminator, '\0'));
    pieces.whole.append(seen.data, 0, size);
    EXPECT_GT(pieces.whole.size(), before) << "no way forward at capacity " << capacity;
    EXPECT_EQ(progress.delivered_bytes, pieces.whole.size());
  }
  EXPECT_TRUE(progress.finished);
  return pieces;
}

TEST(GetData, PiecesOfAnySizeMakeTheWholeValue) {
  const std::string mixed = "ascii \xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\xf0\x9f\x98\x81 and \xe6\x9c\xac end";
  const Value long_text{mixed + std::string(40, 'x') + mixed};
  const std::u16string wide = to_utf16(long_text.bytes);
  const std::string wide_bytes(reinterpret_cast<const char*>(wide.data()), wide.size() * 2);
  const Value octets{"\x01\xff\x80zyx\x7f\x10"};
  const std::string hex = "01FF807A79787F10";
  std::string wide_hex;
  for (const char c : hex) wide_hex += c, wide_hex += '\0';
  const Column blob = column(WireType::blob, 65535);
  struct Row {
    const Column& column;
    const Value& value;
    SQLSMALLINT c_type;
    std::size_t smallest;
    const std::string& whole;
  };
  const Column text = text_column();
  for (const Row& row : {Row{text, long_text, SQL_C_CHAR, 2, long_text.bytes}, Row{text, long_text, SQL_C_WCHAR, 4, wide_bytes},
                         Row{text, long_text, SQL_C_BINARY, 1, long_text.bytes}, Row{blob, octets, SQL_C_CHAR, 2, hex},
                         Row{blob, octets, SQL_C_WCHAR, 4, wide_hex}, Row{blob, octets, SQL_C_BINARY, 1, octets.bytes}}) {
    for (std::size_t capacity = row.smallest; capacity < row.whole.size() + 5; ++capacity) {
      const Pieces pieces = in_pieces(row.column, row.value, row.c_type, capacity);
      ASSERT_EQ(pieces.whole, row.whole) << row.c_type << " " << capacity;
      // Each call tells what was left before it.
      ASSERT_EQ(pieces.lengths.front(), static_cast<SQLLEN>(row.whole.size()));
      for (std::size_t i = 1; i < pieces.lengths.size(); ++i) ASSERT_LT(pieces.lengths[i], pieces.lengths[i - 1]);
    }
  }
}

// Clients reckon where the next piece goes by the size of their buffer.
TEST(GetData, PiecesFillTheBufferThoughThatCutsACharacter) {
  const Value text{"\xf0\x9f\x98\x80\xf0\x9f\x98\x80"};
  for (std::size_t capacity = 2; capacity < 9; ++capacity) {
    Progress progress;
    convert(text_column(), Encoding::text, text, SQL_C_CHAR, capacity, {}, &progress);
    EXPECT_EQ(progress.delivered_bytes, capacity - 1);
  }
  for (std::size_t units = 2; units < 5; ++units) {
    Progress progress;
    convert(text_column(), Encoding::text, text, SQL_C_WCHAR, units * 2, {}, &progress);
    EXPECT_EQ(progress.delivered_bytes, units * 2 - 2);
  }
}

TEST(ConvertOut, HexadecimalPairsStayWholeInABoundColumnOnly) {
  const Column blob = column(WireType::blob, 65535);
  const Seen bound = convert(blob, Encoding::text, {"abc"}, SQL_C_CHAR, 4);
  EXPECT_EQ(bound.outcome, Outcome::truncated);
  EXPECT_STREQ(bound.data.c_str(), "61");
  EXPECT_EQ(bound.length, 6);
  Progress progress;
  EXPECT_STREQ(convert(blob, Encoding::text, {"abc"}, SQL_C_CHAR, 4, {}, &progress).data.c_str(), "616");
  EXPECT_STREQ(convert(blob, Encoding::text, {"abc"}, SQL_C_CHAR, 4, {}, &progress).data.c_str(), "263");
}

TEST(GetData, LengthMayBeAskedForBetweenPieces) {
  Progress progress;
  const Value value{"0123456789"};
  EXPECT_EQ(convert(text_column(), Encoding::text, value, SQL_C_WCHAR, 0, {}, &progress).length, 20);
  EXPECT_EQ(convert(text_column(), Encoding::text, value, SQL_C_WCHAR, 10, {}, &progress).length, 20);
  EXPECT_EQ(convert(text_column(), Encoding::text, value, SQL_C_WCHAR, 0, {}, &progress).length, 12);
  const Seen rest = convert(text_column(), Encoding::text, value, SQL_C_WCHAR, 100, {}, &progress);
  EXPECT_EQ(rest.outcome, Outcome::ok);
  EXPECT_EQ(rest.length, 12);
  EXPECT_EQ(convert(text_column(), Encoding::text, value, SQL_C_WCHAR, 100, {}, &progress).outcome, Outcome::no_data);
}

TEST(GetData, AnEmptyValueIsDeliveredOnce) {
  for (const SQLSMALLINT c_type : {SQLSMALLINT{SQL_C_CHAR}, SQLSMALLINT{SQL_C_WCHAR}, SQLSMALLINT{SQL_C_BINARY}}) {
    for (const Column& from : {text_column(), column(WireType::blob, 65535)}) {
      Progress progress;
      if (c_type != SQL_C_BINARY) {
        EXPECT_EQ(convert(from, Encoding::text, {""}, c_type, 0, {}, &progress).outcome,
                  Outcome::truncated);  // no room for the NUL
      }
      const Seen seen = convert(from, Encoding::text, {""}, c_type, 10, {}, &progress);
      EXPECT_EQ(seen.outcome, Outcome::ok);
      EXPECT_EQ(seen.length, 0);
      EXPECT_EQ(convert(from, Encoding::text, {""}, c_type, 10, {}, &progress).outcome, Outcome::no_data);
    }
  }
}

TEST(GetData, AFixedLengthValueIsDeliveredOnceAndAnErrorLeavesItThere) {
  Progress progress;
  const Column number = column(WireType::long_, 11);
  EXPECT_EQ(convert(number, Encoding::text, {"300"}, SQL_C_UTINYINT, 1, {}, &progress).outcome, Outcome::out_of_range);
  EXPECT_EQ(convert(number, Encoding::text, {"300"}, SQL_C_SLONG, 4, {}, &progress).outcome, Outcome::ok);
  EXPECT_EQ(convert(number, Encoding::text, {"300"}, SQL_C_SLONG, 4, {}, &progress).outcome, Outcome::no_data);
  Progress text;
  const Column decimal = column(WireType::newdecimal, 12, 2);
  EXPECT_EQ(convert(decimal, Encoding::text, {"123.45"}, SQL_C_CHAR, 5, {}, &text).outcome, Outcome::truncated);
  const Seen rest = convert(decimal, Encoding::text, {"123.45"}, SQL_C_CHAR, 5, {}, &text);
  EXPECT_EQ(rest.outcome, Outcome::ok);
  EXPECT_STREQ(rest.data.c_str(), "45");
  EXPECT_EQ(convert(decimal, Encoding::text, {"123.45"}, SQL_C_CHAR, 5, {}, &text).outcome, Outcome::no_data);
}

}  // namespace
}  // namespace selkie::odbc
