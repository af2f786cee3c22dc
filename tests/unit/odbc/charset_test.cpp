// Character sets of narrow text: names, what is refused, conversions that stop and go on.
#include "odbc/charset.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "odbc/sqlstate.h"

namespace selkie::odbc {
namespace {

TEST(Charset, Utf8UnderAnyNameIsNone) {
  for (const char* name : {"", "UTF-8", "utf8"}) EXPECT_EQ(Charset::open(name), nullptr) << name;
}

TEST(Charset, NamesOfMySqlAndOfIconvAreKnown) {
  for (const char* name :
       {"latin1", "LATIN2",  "latin5", "latin7",   "cp1250",       "cp1251",      "cp1256", "cp1257", "cp850",
        "cp852",  "cp866",   "koi8r",  "koi8u",    "greek",        "hebrew",      "ascii",  "big5",   "gb2312",
        "gbk",    "gb18030", "sjis",   "cp932",    "ujis",         "eucjpms",     "euckr",  "tis620", "armscii8",
        "dec8",   "geostd8", "macce",  "macroman", "windows-1252", "ISO-8859-15", "EUC-JP"}) {
    EXPECT_NE(Charset::open(name), nullptr) << name;
  }
}

TEST(Charset, UnknownOnesAndThoseWithoutAsciiAreRefused) {
  for (const char* name : {"klingon", "UTF-16", "UCS-2", "UTF-7", "EBCDIC-US", "ISO-2022-JP"}) {
    EXPECT_THROW(Charset::open(name), Fail) << name;
  }
}

TEST(Charset, LocaleIsWhatTheEnvironmentSays) {
  ::setenv("LC_ALL", "C", 1);
  const auto charset = Charset::open("locale");
  ASSERT_NE(charset, nullptr);
  EXPECT_EQ(charset->decode("plain"), "plain");
  EXPECT_EQ(charset->decode("caf\xe9"), std::nullopt);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  EXPECT_EQ(Charset::open("locale"), nullptr);
  ::unsetenv("LC_ALL");
}

TEST(Charset, ConversionsStopBetweenCharacters) {
  const auto gbk = Charset::open("gbk");
  std::array<char, 5> room;
  const Charset::Done full = gbk->encode("a你好", std::span(room).first(4));  // a and 你 are three bytes, 好 two more
  EXPECT_EQ(full.stop, Charset::Stop::full);
  EXPECT_EQ(full.read, 4u);
  EXPECT_EQ(full.written, 3u);
  const Charset::Done incomplete = gbk->decode("a\xc4\xe3\xba", room);
  EXPECT_EQ(incomplete.stop, Charset::Stop::incomplete);
  EXPECT_EQ(incomplete.read, 3u);
  EXPECT_EQ(std::string_view(room.data(), incomplete.written), "a你");
  EXPECT_EQ(gbk->decode("a\xff", room).stop, Charset::Stop::invalid);
  EXPECT_EQ(Charset::open("latin1")->encode("é日", room).stop, Charset::Stop::invalid);
}

TEST(Charset, LongTextIsConvertedWhole) {
  const auto latin1 = Charset::open("latin1");
  std::string narrow(100'000, '\xe9'), utf8;
  for (std::size_t i = 0; i < narrow.size(); ++i) utf8 += "é";
  EXPECT_EQ(latin1->decode(narrow), utf8);
  EXPECT_EQ(latin1->encoded_size(utf8), narrow.size());
  bool replaced = false;
  EXPECT_EQ(latin1->encode_replacing(utf8, replaced), narrow);
  EXPECT_FALSE(replaced);
  EXPECT_EQ(latin1->encode_replacing("日é本", replaced), "?\xe9?");
  EXPECT_TRUE(replaced);
  EXPECT_EQ(latin1->encoded_size("日"), std::nullopt);
}

TEST(Charset, OutputTextIsCutBetweenCharactersAndSaysItsWholeLength) {
  const auto gbk = Charset::open("gbk");
  std::array<SQLCHAR, 5> buffer;
  for (std::size_t capacity = 0; capacity <= buffer.size(); ++capacity) {
    buffer.fill('#');
    SQLLEN length = 0;
    bool replaced = false;
    const bool cut = text_out(gbk.get(), "你好", buffer.data(), BytesCount{static_cast<SQLLEN>(capacity)}, &length, replaced);
    EXPECT_EQ(length, 4);
    EXPECT_EQ(cut, capacity < 5) << capacity;
    const std::array<const char*, 6> expected{"#####", "", "", "\xc4\xe3", "\xc4\xe3", "\xc4\xe3\xba\xc3"};
    const std::string_view written(reinterpret_cast<char*>(buffer.data()), buffer.size());
    EXPECT_EQ(written.substr(0, std::string_view(expected[capacity]).size()), expected[capacity]) << capacity;
    if (capacity > 0) {
      EXPECT_EQ(buffer[std::string_view(expected[capacity]).size()], 0) << capacity;
    }
  }
}

}  // namespace
}  // namespace selkie::odbc
