#include "setup/dsn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/setup/private_odbc.h"

namespace selkie::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string as_text(const std::vector<Pair>& pairs) {
  std::string text;
  for (const Pair& pair : pairs) text += pair.keyword + "|" + pair.value + "\n";
  return text;
}

class Dsn : public ::testing::Test {
 protected:
  Dsn() { write(""); }
  static void write(const std::string& text) { PrivateOdbc::instance().write_data_sources(text); }
};

TEST_F(Dsn, SectionIsReadInOrderWithValuesAsWritten) {
  write("# note\n[other]\nUID=no\n\n[demo]\nDriver = Selkie\nPWD={a;b} = c#d\n; note\nSERVER= h,i \nEmpty=\n[last]\nUID=no\n");
  EXPECT_EQ(as_text(read_dsn("demo")), "Driver|Selkie\nPWD|{a;b} = c#d\nSERVER|h,i\nEmpty|\n");
  EXPECT_EQ(as_text(read_dsn("DEMO")), as_text(read_dsn("demo")));
  EXPECT_EQ(as_text(read_dsn("nosuch")), "");
  EXPECT_EQ(as_text(read_dsn("")), "");
}

TEST_F(Dsn, ValueOfAnyLengthIsReadWhole) {
  for (const std::size_t size : {200u, 256u, 600u, 890u, 905u, 990u, 995u, 1000u, 1024u, 4096u, 50'000u}) {
    const std::string token(size, 't');
    const std::string name = "demo" + std::to_string(size);  // odbcinst caches values for a while
    write("[" + name + "]\nDriver=Selkie\nPWD=" + token + "\nUID=ann\n");
    EXPECT_EQ(as_text(read_dsn(name)), "Driver|Selkie\nPWD|" + token + "\nUID|ann\n") << size;
  }
}

TEST_F(Dsn, SectionWithManyKeywordsIsReadWhole) {
  std::string text = "[demo]\n", expected;
  for (int i = 0; i < 500; ++i) {
    text += "Keyword" + std::to_string(i) + "=" + std::to_string(i) + "\n";
    expected += "Keyword" + std::to_string(i) + "|" + std::to_string(i) + "\n";
  }
  write(text);
  EXPECT_EQ(as_text(read_dsn("demo")), expected);
}

TEST_F(Dsn, WrittenSourceReadsBackAndReplacesTheOldOne) {
  const std::vector<Pair> first{{"DSN", "demo"}, {"DRIVER", "x"}, {"UID", "ann"}, {"PWD", "a;b}=#"}, {"DATABASE", ""}};
  EXPECT_EQ(write_dsn("demo", "Selkie", first), std::nullopt);
  EXPECT_EQ(as_text(read_dsn("demo")), "Driver|Selkie\nUID|ann\nPWD|a;b}=#\nDATABASE|\n");
  EXPECT_EQ(write_dsn("demo", "Selkie", std::vector<Pair>{{"SERVER", "h"}}), std::nullopt);
  EXPECT_EQ(as_text(read_dsn("demo")), "Driver|Selkie\nSERVER|h\n");
}

TEST_F(Dsn, ValueThatTheFileCannotHoldIsRefusedAndNothingIsWritten) {
  for (const std::string& value : {std::string("se\nsame"), std::string(" sesame"), std::string("sesame\t"),
                                   std::string(901, 's'), std::string("se\0same", 7)}) {
    const DsnFailure failure = write_dsn("demo", "Selkie", std::vector<Pair>{{"PWD", value}});
    ASSERT_TRUE(failure.has_value());
    EXPECT_THAT(*failure, HasSubstr("odbc.ini cannot hold the value of 'PWD'"));
    EXPECT_THAT(*failure, Not(HasSubstr("same")));
    EXPECT_EQ(as_text(read_dsn("demo")), "");
  }
  EXPECT_THAT(*write_dsn("a[b", "Selkie", {}), HasSubstr("'a[b' is no valid name"));
  EXPECT_THAT(*write_dsn("", "Selkie", {}), HasSubstr("no valid name"));
}

TEST_F(Dsn, RemovedSourceIsGoneAndAnUnknownOneIsAFailure) {
  write("[demo]\nDriver=Selkie\n[other]\nUID=x\n");
  EXPECT_EQ(remove_dsn("demo"), std::nullopt);
  EXPECT_EQ(as_text(read_dsn("demo")), "");
  EXPECT_EQ(as_text(read_dsn("other")), "UID|x\n");
  EXPECT_THAT(*remove_dsn("demo"), HasSubstr("There is no data source 'demo'"));
}

TEST(IniSection, OddFilesAreReadWithoutHarm) {
  EXPECT_EQ(read_ini_section("", "a"), std::nullopt);
  EXPECT_EQ(read_ini_section("[", "a"), std::nullopt);
  EXPECT_EQ(read_ini_section("[a", "a")->size(), 0u);
  EXPECT_EQ(as_text(*read_ini_section("x=0\n[A]\r\nk\n = v\nb=c", "a")), "k|\n|v\nb|c\n");
  EXPECT_EQ(as_text(*read_ini_section("[a]\nk=1\n[b]\nk=2\n[a]\nk=3\n", "a")), "k|1\n");
}

}  // namespace
}  // namespace selkie::setup
