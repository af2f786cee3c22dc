// CHARSET: narrow text in other character sets than UTF-8, everywhere that an application writes or reads text.
#include <array>
#include <cstdio>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class CharsetOfTheApplication : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(CharsetOfTheApplication);

struct Case {
  const char* charset;
  std::string text;  // as the application has it
  std::string utf8;
};

// Second bytes that are a backslash, a quote's neighbour or a brace in ASCII are the ones that matter: 0x5c in 表 and 縗, 0x7c
// in 綻.
const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"latin1", "caf\xe9 \x80", "café €"},
      {"ISO-8859-15", "caf\xe9 \xa4", "café €"},
      {"koi8r", "\xd0\xd2\xc9\xd7\xc5\xd4", "привет"},
      {"sjis", "\x93\xfa\x96\x7b\x95\x5c", "日本表"},
      {"cp932", "\x95\x5c'' \x95\x5c", "表'' 表"},
      {"gbk", "\xc4\xe3\xba\xc3\xbf\x5c", "你好縗"},
      {"big5", "\xa7\x41\xa6\x6e", "你好"},
      {"euckr", "\xb0\xa1\xb3\xaa", "가나"},
      {"gb18030", "\xc4\xe3\x94\x39\xfc\x36", "你😀"},
      {"utf8mb4", "日本語😀", "日本語😀"},
  };
  return all;
}

std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    std::array<char, 3> two{};
    std::snprintf(two.data(), two.size(), "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += two.data();
  }
  return hex;
}

std::string without_doubled_quotes(std::string text) {
  for (std::size_t at; (at = text.find("''")) != std::string::npos;) text.erase(at, 1);
  return text;
}

std::string settings_of(const Case& c, bool in_text) {
  return std::string("CHARSET=") + c.charset + (in_text ? ";NO_SSPS=1;" : ";");
}

TEST_P(CharsetOfTheApplication, LiteralsAndParametersArriveAndValuesComeBack) {
  for (const Case& c : cases()) {
    for (const bool in_text : {false, true}) {
      SCOPED_TRACE(settings_of(c, in_text));
      const auto connection = connect(settings_of(c, in_text));
      const std::string text = without_doubled_quotes(c.text), hex = hex_of(without_doubled_quotes(c.utf8));
      EXPECT_EQ(Statement(*connection).run("SELECT HEX('" + c.text + "'), '" + c.text + "'").rows(), hex + "," + text);
      SQLLEN length = 0;
      EXPECT_EQ(Statement(*connection).bind(1, text, length).prepare("SELECT HEX(?)").execute().rows(), hex);

      // Byte by byte, so that characters are cut.
      Statement s(*connection);
      SQLLEN at_execution = SQL_DATA_AT_EXEC;
      SQLPOINTER token = nullptr;
      s.check(
          ::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 100, 0, &token, 0, &at_execution));
      s.prepare("SELECT HEX(?)");
      EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
      EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
      for (const char byte : text) {
        char piece = byte;
        s.check(::SQLPutData(s.handle(), &piece, 1));
      }
      EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_SUCCESS);
      EXPECT_EQ(s.rows(), hex);
    }
  }
}

// Every piece fills its buffer, whatever that cuts, and says how much is left.
TEST_P(CharsetOfTheApplication, PiecesOfAnySizeMakeUpTheValue) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.charset);
    const auto connection = connect(settings_of(c, false));
    const std::string text = without_doubled_quotes(c.text + c.text + c.text);
    for (SQLLEN capacity = 2; capacity < 12; ++capacity) {
      Statement s(*connection);
      s.run("SELECT '" + c.text + c.text + c.text + "'");
      ASSERT_TRUE(s.fetch());
      std::string value;
      for (;;) {
        std::array<char, 16> piece{};
        SQLLEN left = 0;
        const SQLRETURN code = s.check(::SQLGetData(s.handle(), 1, SQL_C_CHAR, piece.data(), capacity, &left));
        if (code == SQL_NO_DATA) break;
        EXPECT_EQ(left, static_cast<SQLLEN>(text.size() - value.size()));
        EXPECT_EQ(code, left < capacity ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO);
        value.append(piece.data(), static_cast<std::size_t>(std::min(left, capacity - 1)));
      }
      EXPECT_EQ(value, text) << "capacity " << capacity;
    }
  }
}

// A bound column is cut between characters.
TEST_P(CharsetOfTheApplication, ABoundColumnHoldsWholeCharacters) {
  const auto connection = connect("CHARSET=gbk;");
  Statement s(*connection);
  std::array<char, 4> bound{};
  SQLLEN length = 0;
  s.check(::SQLBindCol(s.handle(), 1, SQL_C_CHAR, bound.data(), bound.size(), &length));
  s.run("SELECT '\xc4\xe3\xba\xc3'");
  EXPECT_EQ(s.check(::SQLFetch(s.handle())), SQL_SUCCESS_WITH_INFO);
  EXPECT_STREQ(bound.data(), "\xc4\xe3");
  EXPECT_EQ(length, 4);
}

TEST_P(CharsetOfTheApplication, NamesCatalogAndMessages) {
  for (const Case& c : cases()) {
    if (c.text.find('\'') != std::string::npos || c.text.find(' ') != std::string::npos) continue;       // of names in SQL
    if (std::string_view(c.charset) == "gb18030" || std::string_view(c.charset) == "utf8mb4") continue;  // beyond the BMP
    SCOPED_TRACE(c.charset);
    const auto connection = connect(settings_of(c, false));
    const std::string quoted = "`" + c.text + "`";
    Statement(*connection).run("CREATE TABLE " + quoted + " (" + quoted + " INT)");
    Statement s(*connection);
    s.run("SELECT " + quoted + " FROM " + quoted);
    std::array<SQLCHAR, 64> name{};
    SQLSMALLINT length = 0;
    s.check(::SQLDescribeCol(s.handle(), 1, name.data(), name.size(), &length, nullptr, nullptr, nullptr, nullptr));
    EXPECT_EQ(reinterpret_cast<char*>(name.data()), c.text);
    EXPECT_EQ(length, static_cast<SQLSMALLINT>(c.text.size()));
    s.close();
    s.check(::SQLColumns(s.handle(), nullptr, 0, nullptr, 0, sql_text(c.text), SQL_NTS, nullptr, 0));
    ASSERT_TRUE(s.fetch());
    EXPECT_EQ(s.text(3), c.text);
    EXPECT_EQ(s.text(4), c.text);
    Statement(*connection).run("DROP TABLE " + quoted);
    const OdbcError error = expect_failure("42S02", 1146, [&] { Statement(*connection).run("SELECT 1 FROM " + quoted); });
    EXPECT_NE(error.message().find(c.text), std::string::npos) << error.message();
  }
}

TEST_P(CharsetOfTheApplication, TheConnectionStringIsInItToo) {
  const std::string name = database() + "_\xe4";
  const auto latin1 = connect("CHARSET=latin1;");
  Statement(*latin1).run("CREATE DATABASE `" + name + "`");
  Connection connection;
  const std::string completed = connection.connect("CHARSET=latin1;" + server().connection_string() + "DATABASE=" + name + ";");
  EXPECT_NE(completed.find("DATABASE=" + name), std::string::npos) << completed;
  EXPECT_EQ(Statement(connection).run("SELECT DATABASE()").rows(), name);
  Statement(*latin1).run("DROP DATABASE `" + name + "`");
}

TEST_P(CharsetOfTheApplication, WhatItDoesNotHaveFailsAsAValueAndIsReplacedInAName) {
  const auto connection = connect("CHARSET=latin1;");
  Statement s(*connection);
  s.run("SELECT CONVERT(UNHEX('F09F9880') USING utf8mb4) AS a, 1 AS b");
  ASSERT_TRUE(s.fetch());
  std::array<char, 16> value{};
  SQLLEN length = 0;
  expect_failure("22018", 0, [&] { s.check(::SQLGetData(s.handle(), 1, SQL_C_CHAR, value.data(), value.size(), &length)); });
  s.check(::SQLGetData(s.handle(), 1, SQL_C_WCHAR, value.data(), value.size(), &length));
  EXPECT_EQ(length, 4);
  EXPECT_EQ(s.text(2), "1");

  run("CREATE TABLE t (`日` INT)");
  Statement named(*connection);
  named.run("SELECT * FROM t");
  std::array<SQLCHAR, 16> name{};
  EXPECT_EQ(
      named.check(::SQLDescribeCol(named.handle(), 1, name.data(), name.size(), nullptr, nullptr, nullptr, nullptr, nullptr)),
      SQL_SUCCESS_WITH_INFO);
  EXPECT_STREQ(reinterpret_cast<char*>(name.data()), "?");
  EXPECT_EQ(named.records().at(0).state, "01000");
}

TEST_P(CharsetOfTheApplication, WhatIsNotOfItIsRefused) {
  const auto connection = connect("CHARSET=gbk;");
  Statement s(*connection);
  expect_failure("22018", 0, [&] { s.run("SELECT '\xff\xff'"); });
  const std::string half = "\xc4";
  SQLLEN length = 0;
  s.bind(1, half, length).prepare("SELECT ?");
  expect_failure("22018", 0, [&] { s.execute(); });
  Connection other;
  expect_failure("HY000", 0, [&] { other.connect("CHARSET=klingon;" + server().connection_string()); });
  expect_failure("HY000", 0, [&] { other.connect("CHARSET=UTF-16;" + server().connection_string()); });
}

// Rows are found again by their key, whose text the driver sends by itself.
TEST_P(CharsetOfTheApplication, RowsAreChangedThroughACursor) {
  const auto connection = connect("CHARSET=latin1;");
  run("CREATE TABLE t (k VARCHAR(20) CHARACTER SET utf8mb4 PRIMARY KEY, v VARCHAR(20) CHARACTER SET utf8mb4)");
  run("INSERT INTO t VALUES ('é', 'old')");
  Statement s(*connection);
  s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  std::array<char, 20> value{};
  SQLLEN length = 0;
  s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, value.data(), value.size(), &length));
  s.run("SELECT k, v FROM t");
  ASSERT_TRUE(s.fetch());
  value = {"\xfc"};
  length = 1;
  s.check(::SQLSetPos(s.handle(), 1, SQL_UPDATE, SQL_LOCK_NO_CHANGE));
  EXPECT_EQ(rows("SELECT k, v FROM t"), "é,ü");
}

}  // namespace
}  // namespace selkie::test
