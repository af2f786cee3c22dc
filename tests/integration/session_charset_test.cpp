// SET NAMES, sql_mode and the like of the application, and what becomes of text and of the reading of SQL afterwards.
#include <memory>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class SessionCharset : public OnEveryServer {
 protected:
  const std::string umlaut_ = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80";  // of 2, 3 and 4 bytes
  std::string warning(const std::string& sql) {
    Statement statement(connection());
    const auto code = statement.check(::SQLExecDirect(statement.handle(), sql_text(sql), SQL_NTS));
    EXPECT_EQ(code == SQL_SUCCESS_WITH_INFO, !statement.records().empty()) << sql;
    return statement.records().empty() ? "" : statement.records()[0].state + " " + statement.records()[0].message;
  }
  void expect_direct_text_unharmed() {
    EXPECT_EQ(rows("SELECT '" + umlaut_ + "', HEX('" + umlaut_ + "'), HEX(_utf8mb4 0xf09f9880)"),
              umlaut_ + ",6772C3BCC39F20E282AC20F09F9880,F09F9880");
  }
  void expect_prepared_text_unharmed() {
    SQLLEN length = 0;
    Statement prepared(connection());
    prepared.prepare("SELECT ?, HEX(?)").bind(1, umlaut_, length).bind(2, umlaut_, length);
    EXPECT_EQ(prepared.execute().rows(), umlaut_ + ",6772C3BCC39F20E282AC20F09F9880");
  }
};
SELKIE_ON_EVERY_SERVER(SessionCharset);

TEST_P(SessionCharset, SetByTheApplicationHarmsNoText) {
  struct Change {
    const char* sql;
    bool is_told;
  };
  const Change changes[] = {
      {"SET NAMES latin1", true},
      {"SET CHARACTER SET cp1250", true},
      {"SET character_set_results = koi8r", true},
      {"SET @@session.character_set_client = gbk", true},
      {"SET character_set_results = NULL", false},
      {"SET NAMES utf8mb3", false},
      {"SET NAMES utf8mb4", false},
      {"SET NAMES utf8mb4 COLLATE utf8mb4_bin", false},
      {"SET collation_connection = utf8mb4_bin", false},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.sql);
    (void)warning(change.sql);
    expect_prepared_text_unharmed();
    const std::string told = warning(change.sql);
    EXPECT_EQ(told.find("01000") != std::string::npos && told.find("utf8mb4") != std::string::npos, change.is_told) << told;
    expect_direct_text_unharmed();
    EXPECT_EQ(rows("SELECT @@character_set_client, @@character_set_results"), "utf8mb4,utf8mb4");
  }
}

// What keeps utf8mb4 is the application's choice.
TEST_P(SessionCharset, CollationOfTheApplicationStays) {
  run("SET NAMES utf8mb4 COLLATE utf8mb4_bin");
  EXPECT_EQ(rows("SELECT @@collation_connection, 'a' = 'A'"), "utf8mb4_bin,0");
  EXPECT_EQ(rows("SELECT @@collation_connection, 'a' = 'A'"), "utf8mb4_bin,0");
}

// A result of the same text comes before anything can be restored.
TEST_P(SessionCharset, ResultInAnotherOneIsRefusedAndNotShownWrong) {
  const auto other = connect("MULTI_STATEMENTS=1;");
  Statement statement(*other);
  statement.run("SET NAMES latin1; SELECT 'x', _utf8mb4 0xc3bc; SELECT 1");
  const OdbcError error = expect_failure("HY000", 0, [&] { statement.more(); });
  EXPECT_NE(error.message().find("utf8mb4"), std::string::npos) << error.message();
  EXPECT_EQ(Statement(*other).run("SELECT '" + umlaut_ + "'").rows(), umlaut_);
}

// Rows that were on the way before are read to their end in between.
TEST_P(SessionCharset, SetWhileAnotherResultIsOpenHarmsNoText) {
  Statement open(connection());
  open.run("SELECT '" + umlaut_ + "' UNION ALL SELECT '" + umlaut_ + "'");
  EXPECT_TRUE(open.fetch());
  run("SET NAMES latin1");
  EXPECT_EQ(open.text(1), umlaut_);
  EXPECT_TRUE(open.fetch());
  EXPECT_EQ(open.text(1), umlaut_);
  expect_direct_text_unharmed();
}

class SqlModes : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(SqlModes);

TEST_P(SqlModes, ChangedInMidSessionChangeWhereStringsEnd) {
  std::int32_t seven = 7;
  const auto parameters = [&](const std::string& sql) {
    Statement statement(connection());
    SQLSMALLINT count = 0;
    statement.prepare(sql).check(::SQLNumParams(statement.handle(), &count));
    for (SQLSMALLINT i = 1; i <= count; ++i) statement.bind(static_cast<SQLUSMALLINT>(i), seven);
    return std::to_string(count) + ": " + statement.execute().rows();
  };
  const std::string single = R"(SELECT 'a\', ? -- ')", quoted = R"(SELECT 1 "a\", ? -- ")";
  EXPECT_EQ(parameters(single), "0: a', ? -- ");
  EXPECT_EQ(parameters(quoted), "0: 1");
  run("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
  EXPECT_EQ(parameters(single), "1: a\\,7");
  EXPECT_EQ(parameters(quoted), "1: 1,7");
  run("SET sql_mode = 'ANSI_QUOTES'");
  EXPECT_EQ(parameters(single), "0: a', ? -- ");
  EXPECT_EQ(parameters(quoted), "1: 1,7");
  run("SET sql_mode = ''");
  EXPECT_EQ(parameters(single), "0: a', ? -- ");
  EXPECT_EQ(parameters(quoted), "0: 1");
}

}  // namespace
}  // namespace selkie::test
