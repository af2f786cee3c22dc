#include "odbc/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "odbc/sqlstate.h"

namespace selkie::odbc {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

const std::string kMixed = "ascii, \xc3\xa9t\xc3\xa9, \xe6\x97\xa5\xe6\x9c\xac, \xf0\x9f\x98\x80!";  // 1 to 4 bytes a character
const std::u16string kMixedWide = u"ascii, \u00e9t\u00e9, \u65e5\u672c, \U0001F600!";

TEST(Text, EveryWidthOfCharacterGoesThereAndBack) {
  EXPECT_EQ(to_utf16(kMixed), kMixedWide);
  EXPECT_EQ(to_utf8(kMixedWide), kMixed);
  EXPECT_EQ(utf16_length(kMixed), kMixedWide.size());
  EXPECT_EQ(utf8_length(kMixedWide), kMixed.size());
  EXPECT_EQ(count_characters(kMixed), kMixedWide.size() - 1);
  EXPECT_TRUE(is_valid_utf8(kMixed));
}

TEST(Text, EdgesOfTheCodeSpaceGoThereAndBack) {
  for (const std::uint32_t code :
       {0x0u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0xd7ffu, 0xe000u, 0xfffdu, 0xffffu, 0x10000u, 0x10ffffu}) {
    std::u16string wide;
    if (code < 0x10000) {
      wide = static_cast<char16_t>(code);
    } else {
      wide = {static_cast<char16_t>(0xd7c0 + (code >> 10)), static_cast<char16_t>(0xdc00 + (code & 0x3ff))};
    }
    const std::string narrow = to_utf8(wide);
    EXPECT_EQ(narrow.size(), code < 0x80 ? 1u : code < 0x800 ? 2u : code < 0x10000 ? 3u : 4u) << std::hex << code;
    EXPECT_EQ(to_utf16(narrow), wide) << std::hex << code;
    EXPECT_TRUE(is_valid_utf8(narrow)) << std::hex << code;
  }
}

// The vector loops take 16 characters at a time and the last ones together with some before them, or one by one: a wide
// character at each place must be found by all of them.
TEST(Text, AWideCharacterAtAnyPlaceOfAsciiIsFound) {
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      std::string narrow(size, 'x');
      std::u16string wide(size, u'x');
      narrow.insert(at, "\xf0\x9f\x98\x80");
      wide.insert(at, u"\U0001F600");
      ASSERT_EQ(to_utf16(narrow), wide) << size << " " << at;
      ASSERT_EQ(to_utf8(wide), narrow) << size << " " << at;
      ASSERT_EQ(utf16_length(narrow), wide.size());
      ASSERT_EQ(utf8_length(wide), narrow.size());
    }
  }
}

// Unicode 3.9, tables 3-8 to 3-11.
TEST(Text, BrokenUtf8IsReplacedByMaximalSubparts) {
  struct Row {
    std::string_view in;
    std::u16string_view out;
  };
  for (const Row& row : {
           Row{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"sv, u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA"},
           Row{"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"sv, u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA"},
           Row{"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"sv, u"\ufffd\ufffd\ufffd\ufffd\ufffdA\ufffd\ufffdB"},
           Row{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"sv, u"\ufffd\ufffd\ufffd\ufffdA"},
           Row{"\xe6\x97"sv, u"\ufffd"},
           Row{"a\xf0\x9f\x98"sv, u"a\ufffd"},
           Row{"\x80"sv, u"\ufffd"},
       }) {
    EXPECT_EQ(to_utf16(row.in), row.out);
    EXPECT_EQ(utf16_length(row.in), row.out.size());
    EXPECT_FALSE(is_valid_utf8(row.in));
    std::array<char16_t, 16> out;
    EXPECT_TRUE(utf8_to_utf16(row.in.data(), row.in.size(), out.data(), out.size()).replaced);
  }
}

TEST(Text, LoneSurrogatesAreReplaced) {
  const std::u16string broken = {u'a', 0xd83d, u'b', 0xde00, 0xd83d, 0xd83d, 0xde00, 0xd83d};
  EXPECT_EQ(to_utf8(broken),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd");
  EXPECT_EQ(utf8_length(broken), to_utf8(broken).size());
  std::array<char, 32> out;
  EXPECT_TRUE(utf16_to_utf8(broken.data(), broken.size(), out.data(), out.size()).replaced);
}

TEST(Text, ConversionStopsBeforeACharacterThatDoesNotFit) {
  for (std::size_t capacity = 0; capacity <= kMixedWide.size(); ++capacity) {
    std::u16string out(capacity + 1, u'#');
    const Converted done = utf8_to_utf16(kMixed.data(), kMixed.size(), out.data(), capacity);
    EXPECT_EQ(out[capacity], u'#');
    EXPECT_EQ(out.substr(0, done.written), kMixedWide.substr(0, done.written));
    EXPECT_EQ(to_utf16(std::string_view(kMixed).substr(0, done.read)), kMixedWide.substr(0, done.written));
    EXPECT_GE(done.written + 1, capacity);
    EXPECT_FALSE(done.replaced);
  }
}

TEST(Text, WideTextAtAnOddAddressIsReadAndWritten) {
  std::vector<char> memory(2 * kMixedWide.size() + 1);
  auto* odd = reinterpret_cast<char16_t*>(memory.data() + 1);
  EXPECT_EQ(utf8_to_utf16(kMixed.data(), kMixed.size(), odd, kMixedWide.size()).written, kMixedWide.size());
  EXPECT_EQ(std::memcmp(odd, kMixedWide.data(), 2 * kMixedWide.size()), 0);
  std::string back(kMixed.size(), '\0');
  EXPECT_EQ(utf16_to_utf8(odd, kMixedWide.size(), back.data(), back.size()).written, kMixed.size());
  EXPECT_EQ(back, kMixed);
}

TEST(TextIn, LengthsAreResolved) {
  const auto* narrow = reinterpret_cast<const SQLCHAR*>("abc\0\0");
  EXPECT_EQ(bytes_in(narrow, SQL_NTS), "abc");
  EXPECT_EQ(bytes_in(narrow, 2), "ab");
  EXPECT_EQ(bytes_in(narrow, 5), "abc");  // counted terminators are no text
  EXPECT_EQ(bytes_in(narrow, 0), "");
  EXPECT_EQ(bytes_in(static_cast<const SQLCHAR*>(nullptr), SQL_NTS), "");
  const auto* wide = reinterpret_cast<const SQLWCHAR*>(u"\u65e5\U0001F600\0");
  EXPECT_EQ(text_in(wide, SQL_NTS), "\xe6\x97\xa5\xf0\x9f\x98\x80");
  EXPECT_EQ(text_in(wide, 4), "\xe6\x97\xa5\xf0\x9f\x98\x80");
  EXPECT_EQ(text_in(wide, 1), "\xe6\x97\xa5");
  EXPECT_EQ(text_in(static_cast<const SQLWCHAR*>(nullptr), 7), "");
}

TEST(TextIn, NegativeLengthThatIsNotNtsIsRefused) {
  const SQLCHAR text[] = "x";
  try {
    bytes_in(text, -2);
    FAIL();
  } catch (const Fail& fail) {
    EXPECT_EQ(fail.state, SqlState::invalid_length);
  }
}

TEST(TextIn, LengthsInBytesAreOfWholeUnits) {
  const auto* const wide = reinterpret_cast<const SQLWCHAR*>(u"ab");
  EXPECT_EQ(text_in(wide, BytesCount{SQL_NTS}), "ab");
  EXPECT_EQ(text_in(wide, BytesCount{2}), "a");
  EXPECT_EQ(text_in(wide, BytesCount{0}), "");
  for (const SQLLEN broken : {1, 3, -2}) {
    try {
      text_in(wide, BytesCount{broken});
      ADD_FAILURE() << broken;
    } catch (const Fail& fail) {
      EXPECT_EQ(fail.state, SqlState::invalid_length);
    }
  }
}

TEST(TextIn, LoneSurrogatesAreRefusedWhereverTheyStand) {
  for (const std::u16string& text : {std::u16string{0xd83d}, std::u16string{0xde00}, std::u16string{u'a', 0xd83d, u'b'},
                                     std::u16string{0xde00, 0xd83d}, std::u16string(300, u'x') + char16_t{0xd83d}}) {
    try {
      text_in(reinterpret_cast<const SQLWCHAR*>(text.data()), static_cast<SQLLEN>(text.size()));
      ADD_FAILURE() << text.size();
    } catch (const Fail& fail) {
      EXPECT_EQ(fail.state, SqlState::bad_cast);
    }
  }
}

TEST(TextOut, NarrowTextIsCutBetweenCharactersAndTerminated) {
  const std::string text = "a\xe6\x97\xa5z";  // 1 + 3 + 1 bytes
  constexpr std::array<std::size_t, 7> kKept{0, 0, 1, 1, 1, 4, 5};
  for (SQLLEN capacity = 1; capacity < 7; ++capacity) {
    std::array<SQLCHAR, 8> buffer;
    buffer.fill('#');
    SQLLEN length = -1;
    const bool cut = text_out(text, buffer.data(), Chars{capacity}, &length);
    const std::size_t kept = kKept[static_cast<std::size_t>(capacity)];
    EXPECT_EQ(cut, kept < text.size());
    EXPECT_EQ(length, 5);
    EXPECT_EQ(std::string(reinterpret_cast<char*>(buffer.data())), text.substr(0, kept));
    EXPECT_EQ(buffer[static_cast<std::size_t>(capacity)], '#');
  }
}

TEST(TextOut, WideTextIsCutBetweenCharactersAndTerminated) {
  const std::string text = "a\xf0\x9f\x98\x80z";  // 1 + 2 + 1 units
  constexpr std::array<std::size_t, 6> kKept{0, 0, 1, 1, 3, 4};
  for (SQLLEN capacity = 1; capacity < 6; ++capacity) {
    std::array<SQLWCHAR, 7> buffer;
    buffer.fill('#');
    SQLLEN length = -1;
    const bool cut = text_out(text, buffer.data(), Chars{capacity}, &length);
    const std::size_t kept = kKept[static_cast<std::size_t>(capacity)];
    EXPECT_EQ(cut, kept < 4);
    EXPECT_EQ(length, 4);
    EXPECT_EQ(buffer[kept], 0);
    EXPECT_EQ(buffer[static_cast<std::size_t>(capacity)], '#');
    SQLLEN bytes = -1;
    EXPECT_EQ(text_out(text, buffer.data(), BytesCount{capacity * 2 + 1}, &bytes), cut);
    EXPECT_EQ(bytes, 8);
  }
}

TEST(TextOut, WithoutABufferOnlyTheLengthIsTold) {
  SQLLEN length = -1;
  EXPECT_FALSE(text_out("\xe6\x97\xa5", static_cast<SQLCHAR*>(nullptr), Chars{0}, &length));
  EXPECT_EQ(length, 3);
  EXPECT_FALSE(text_out("\xe6\x97\xa5", static_cast<SQLWCHAR*>(nullptr), Chars{0}, &length));
  EXPECT_EQ(length, 1);
  EXPECT_FALSE(text_out("\xe6\x97\xa5", static_cast<SQLWCHAR*>(nullptr), BytesCount{0}, &length));
  EXPECT_EQ(length, 2);
  SQLCHAR untouched = '#';
  EXPECT_TRUE(text_out("x", &untouched, Chars{0}, nullptr));
  EXPECT_EQ(untouched, '#');
}

TEST(SqlStates, EachIsFiveCharactersWithAMessage) {
  EXPECT_EQ(sqlstate_text(SqlState::general_warning), "01000");
  EXPECT_EQ(sqlstate_text(SqlState::function_not_supported), "IM001");
  EXPECT_EQ(sqlstate2_text(SqlState::sequence_error), "S1010");
  for (int i = 0; i <= static_cast<int>(SqlState::function_not_supported); ++i) {
    const auto state = static_cast<SqlState>(i);
    EXPECT_EQ(sqlstate_text(state).size(), 5u);
    EXPECT_EQ(sqlstate2_text(state).size(), 5u);
    EXPECT_FALSE(default_message(state).empty());
  }
}

// Every cut of a text, and of texts that are broken, ends as the whole does.
TEST(Text, ValidityOfPiecesIsThatOfTheWhole) {
  using namespace std::string_literals;
  for (const std::string& text :
       {"a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80z"s, "a\xff"s, "\x80"s, "\xc3"s, "\xe6\x97"s, "\xf0\x9f\x98"s, "\xe6\x97z"s,
        "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xc0\x80"s, "\xf0\x9f\x98\xc3\xa9"s, ""s}) {
    for (std::size_t first = 0; first <= text.size(); ++first) {
      for (std::size_t second = first; second <= text.size(); ++second) {
        std::vector<std::uint8_t> open;
        const std::string_view whole = text;
        bool is_valid = is_valid_utf8_piece(whole.substr(0, first), open);
        is_valid = is_valid && is_valid_utf8_piece(whole.substr(first, second - first), open);
        is_valid = is_valid && is_valid_utf8_piece(whole.substr(second), open);
        EXPECT_EQ(is_valid && open.empty(), is_valid_utf8(text)) << ::testing::PrintToString(text) << first << "," << second;
      }
    }
  }
}

}  // namespace
}  // namespace selkie::odbc
