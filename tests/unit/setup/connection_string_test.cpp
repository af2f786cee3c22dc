#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "setup/settings.h"

namespace selkie::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The pairs as "KEYWORD|value\n", then each problem as "! message" (error) or "? message".
std::string read(std::string_view text) {
  std::vector<Problem> problems;
  std::string out;
  for (const Pair& pair : split_connection_string(text, problems)) out += pair.keyword + "|" + pair.value + "\n";
  for (const Problem& problem : problems) out += (problem.is_error ? "! " : "? ") + problem.message + "\n";
  return out;
}

TEST(ConnectionString, PairsAreSplitWithoutBlanksAroundThem) {
  const struct {
    std::string_view text, pairs;
  } rows[] = {
      {"", ""},
      {";", ""},
      {" ; ;; ", ""},
      {"DSN=x", "DSN|x\n"},
      {"DSN=x;", "DSN|x\n"},
      {" DSN = x ; UID\t= ann\n;", "DSN|x\nUID|ann\n"},
      {"PWD=", "PWD|\n"},
      {"PWD=;UID=", "PWD|\nUID|\n"},
      {"PWD={}", "PWD|\n"},
      {"PWD=a=b==", "PWD|a=b==\n"},
      {"PWD=a}b{c", "PWD|a}b{c\n"},
      {"PWD={a;b}", "PWD|a;b\n"},
      {"PWD={a}}b}", "PWD|a}b\n"},
      {"PWD={}}}", "PWD|}\n"},
      {"PWD={}}}};UID=x}", "PWD|}};UID=x\n"},
      {"PWD={{a}", "PWD|{a\n"},
      {"PWD = { two blanks  } ; UID=b", "PWD| two blanks  \nUID|b\n"},
      {"DRIVER={My Driver};SERVER=[::1]:3306,b", "DRIVER|My Driver\nSERVER|[::1]:3306,b\n"},
      {"uid=a;UID=b", "uid|a\nUID|b\n"},
      {"SERVER=größe;PWD={日本😀}", "SERVER|größe\nPWD|日本😀\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.text), row.pairs) << row.text;
}

TEST(ConnectionString, MalformedPartIsAnErrorThatSaysHowToWriteIt) {
  EXPECT_THAT(read("UID=a;PWD={abc;DSN=x"), HasSubstr("! The value of 'PWD' begins with '{' and has no closing '}'."));
  EXPECT_THAT(read("PWD={"), HasSubstr("no closing '}'"));
  EXPECT_THAT(read("PWD={a}}"), HasSubstr("no closing '}'"));
  EXPECT_THAT(read("PWD={a}b;UID=c"), HasSubstr("UID|c\n! The value of 'PWD' goes on behind its closing '}'"));
  EXPECT_THAT(read("=x;UID=c"), HasSubstr("UID|c\n! Part 1 of the connection string has no keyword"));
  EXPECT_THAT(read("UID=c;rest"), HasSubstr("UID|c\n! Part 2 of the connection string has no '='"));
}

TEST(ConnectionString, MalformedPartNeverShowsThePassword) {
  for (const char* text : {"PWD=open;sesame", "PWD={open;sesame", "PWD={open}sesame", "PWD={open}sesame};UID=x"}) {
    std::vector<Problem> problems;
    split_connection_string(text, problems);
    ASSERT_FALSE(problems.empty()) << text;
    for (const Problem& problem : problems) {
      EXPECT_THAT(problem.message, Not(HasSubstr("open")));
      EXPECT_THAT(problem.message, Not(HasSubstr("sesame")));
    }
  }
}

TEST(ConnectionString, ValueOfManyKilobytesIsKeptWhole) {
  const std::string token(64 * 1024, 't');
  EXPECT_EQ(read("PWD=" + token + ";UID=x"), "PWD|" + token + "\nUID|x\n");
  EXPECT_EQ(read("PWD={" + token + "};UID=x"), "PWD|" + token + "\nUID|x\n");
}

TEST(ConnectionString, JoinPutsTheDataSourceFirstAndBracesWhereNeeded) {
  const std::vector<Pair> pairs{{"UID", "ann"},  {"PWD", "a;b}c"}, {"dsn", "demo"},
                                {"SERVER", "h"}, {"SOCKET", " s"}, {"DB", ""}};
  EXPECT_EQ(join_connection_string(pairs), "dsn=demo;UID=ann;PWD={a;b}}c};SERVER=h;SOCKET={ s};DB=;");
  EXPECT_EQ(join_connection_string(std::vector<Pair>{{"UID", "a"}, {"DRIVER", "Selkie"}}), "DRIVER={Selkie};UID=a;");
}

TEST(ConnectionString, JoinedStringReadsBackTheSame) {
  std::mt19937 random(7);
  const std::string letters = "ab {}=;[]\t\"'!@\\\xc3\xa9";
  for (int round = 0; round < 500; ++round) {
    std::vector<Pair> pairs{{"DSN", "d"}};
    for (auto i = random() % 4; i > 0; --i) {
      std::string value;
      for (auto n = random() % 12; n > 0; --n) value += letters[random() % letters.size()];
      pairs.push_back({"K" + std::to_string(i), value});
    }
    std::vector<Problem> problems;
    const std::vector<Pair> back = split_connection_string(join_connection_string(pairs), problems);
    ASSERT_TRUE(problems.empty());
    ASSERT_EQ(back.size(), pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      EXPECT_EQ(back[i].keyword, pairs[i].keyword);
      EXPECT_EQ(back[i].value, pairs[i].value);
    }
  }
}

TEST(ConnectionString, GarbageOfAnyShapeIsReadWithoutHarm) {
  std::mt19937 random(11);
  using namespace std::string_literals;
  const std::string letters = "{}=;= \0\xff\xc3PWDuid,"s;
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (auto n = random() % 2000; n > 0; --n) text += letters[random() % letters.size()];
    Settings settings;
    std::vector<const Keyword*> already;
    std::vector<Problem> problems;
    apply(settings, split_connection_string(text, problems), already, problems);
  }
  for (const char* unit : {"{", "}", "=", ";", "a=;", "={", "PWD={", "{}", "a={}}", "x=y;"}) {
    std::string text;
    while (text.size() < 100'000) text += unit;
    Settings settings;
    std::vector<const Keyword*> already;
    std::vector<Problem> problems;
    apply(settings, split_connection_string(text, problems), already, problems);
  }
}

}  // namespace
}  // namespace selkie::setup
