// OUT values that are read in pieces: SQL_PARAM_OUTPUT_STREAM and SQL_PARAM_INPUT_OUTPUT_STREAM, by themselves, after results,
// with bound OUT values, in arrays, and left unread.
// Spec: ODBC "Retrieving Output Parameters Using SQLGetData"
#include <array>
#include <cstring>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class OutputStreams : public OnEveryServer {
 protected:
  // The driver manager passes streams on for applications of ODBC 3.8 alone.
  void SetUp() override {
    OnEveryServer::SetUp();
    if (!IsSkipped()) connection_38_.connect(connection_string());
  }
  void TearDown() override {
    connection_38_.disconnect();
    OnEveryServer::TearDown();
  }
  Connection& connection_38() { return connection_38_; }

  // The token of a stream: what SQLParamData answers.
  static SQLPOINTER token_of(SQLUSMALLINT number) { return reinterpret_cast<SQLPOINTER>(std::uintptr_t{number}); }

  static void bind_stream(const Statement& s, SQLUSMALLINT number, SQLSMALLINT sql_type,
                          SQLSMALLINT direction = SQL_PARAM_OUTPUT_STREAM, SQLLEN* length = nullptr) {
    s.check(::SQLBindParameter(s.handle(), number, direction, SQL_C_BINARY, sql_type, 0, 0, token_of(number), 0, length));
  }
  static SQLPOINTER next(const Statement& s, SQLRETURN expected = SQL_PARAM_DATA_AVAILABLE) {
    SQLPOINTER token = nullptr;
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), expected);
    return token;
  }

 private:
  Connection connection_38_{SQL_OV_ODBC3_80};
};
SELKIE_ON_EVERY_SERVER(OutputStreams);

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Reads what SQLParamData named in pieces of `piece_bytes`, terminators not included in what is answered.
std::string read(const Statement& s, SQLUSMALLINT number, SQLSMALLINT c_type, std::size_t piece_bytes) {
  const std::size_t terminator = c_type == SQL_C_BINARY ? 0 : c_type == SQL_C_WCHAR ? 2 : 1;
  std::vector<char> piece(piece_bytes);
  std::string value;
  for (SQLLEN left_before = -1;;) {
    SQLLEN left = 0;
    const SQLRETURN code =
        s.check(::SQLGetData(s.handle(), number, c_type, piece.data(), static_cast<SQLLEN>(piece.size()), &left));
    if (code == SQL_NO_DATA) return value;
    if (left == SQL_NULL_DATA) return "NULL";
    EXPECT_TRUE(left_before < 0 || left == left_before);
    const auto got = std::min(static_cast<std::size_t>(left), piece_bytes - terminator);
    value.append(piece.data(), got);
    left_before = left - static_cast<SQLLEN>(got);
    EXPECT_EQ(code == SQL_SUCCESS, left_before == 0);
  }
}

std::string as_bytes(std::u16string_view text) { return {reinterpret_cast<const char*>(text.data()), text.size() * 2}; }

TEST_P(OutputStreams, AreNamedByParamDataAndReadInPiecesOfAnyCType) {
  run("CREATE PROCEDURE p(OUT t LONGTEXT CHARACTER SET utf8mb4, IN n INT, OUT b LONGBLOB, OUT i INT) "
      "BEGIN SET t = REPEAT('aé日😀', n); SET b = REPEAT(UNHEX('00FF10'), n); SET i = n; END");
  constexpr std::size_t kTimes = 5000;
  std::int32_t n = kTimes;
  struct Case {
    SQLSMALLINT c_type;
    std::size_t piece_bytes;
    std::string expected;
  };
  std::u16string wide_text;
  for (std::size_t i = 0; i < kTimes; ++i) wide_text += u"aé日😀";
  const Case cases[] = {{SQL_C_CHAR, 1001, repeated("aé日😀", kTimes)},
                        {SQL_C_CHAR, 1 << 20, repeated("aé日😀", kTimes)},
                        {SQL_C_WCHAR, 998, as_bytes(wide_text)}};
  Statement s(connection_38());
  bind_stream(s, 1, SQL_LONGVARCHAR);
  s.bind(2, n);
  bind_stream(s, 3, SQL_LONGVARBINARY);
  bind_stream(s, 4, SQL_INTEGER);
  s.prepare("{CALL p(?, ?, ?, ?)}");
  for (const Case& c : cases) {
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_PARAM_DATA_AVAILABLE);
    EXPECT_EQ(next(s), token_of(1));
    EXPECT_EQ(read(s, 1, c.c_type, c.piece_bytes), c.expected);
    EXPECT_EQ(next(s), token_of(3));
    EXPECT_EQ(read(s, 3, SQL_C_BINARY, 777), repeated(std::string("\0\xff\x10", 3), kTimes));
    EXPECT_EQ(next(s), token_of(4));
    EXPECT_EQ(s.number(4), kTimes);
    next(s, SQL_SUCCESS);
    EXPECT_FALSE(s.more());
  }
}

TEST_P(OutputStreams, NullIsOnePieceAndTheDirectPathIsTheSame) {
  run("CREATE PROCEDURE p(OUT t LONGTEXT, OUT u LONGTEXT) BEGIN SET t = NULL; SET u = ''; END");
  Statement s(connection_38());
  bind_stream(s, 1, SQL_LONGVARCHAR);
  bind_stream(s, 2, SQL_LONGVARCHAR);
  EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text("{CALL p(?, ?)}"), SQL_NTS)), SQL_PARAM_DATA_AVAILABLE);
  EXPECT_EQ(next(s), token_of(1));
  EXPECT_EQ(read(s, 1, SQL_C_CHAR, 10), "NULL");
  EXPECT_EQ(next(s), token_of(2));
  EXPECT_EQ(read(s, 2, SQL_C_CHAR, 10), "");
  next(s, SQL_SUCCESS);
  EXPECT_FALSE(s.more());
}

TEST_P(OutputStreams, ComeAfterTheResultsAndBeforeTheBoundValues) {
  run("CREATE PROCEDURE p(OUT t LONGTEXT, OUT n INT) BEGIN SELECT 1 AS a UNION SELECT 2; SELECT 'x'; SET t = 'long'; SET n = "
      "7; "
      "END");
  std::int32_t n = 0;
  SQLLEN length = 0;
  Statement s(connection_38());
  bind_stream(s, 1, SQL_LONGVARCHAR);
  s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &n, 0, &length));
  s.prepare("{CALL p(?, ?)}");
  for (int round = 0; round < 2; ++round) {
    n = 0;
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_SUCCESS);
    EXPECT_EQ(s.rows(), "1; 2");
    EXPECT_EQ(s.check(::SQLMoreResults(s.handle())), SQL_SUCCESS);
    EXPECT_EQ(s.rows(), "x");
    EXPECT_EQ(s.check(::SQLMoreResults(s.handle())), SQL_PARAM_DATA_AVAILABLE);
    EXPECT_EQ(rows("SELECT 'the wire is free'"), "the wire is free");
    EXPECT_EQ(next(s), token_of(1));
    EXPECT_EQ(read(s, 1, SQL_C_CHAR, 3), "long");
    next(s, SQL_SUCCESS);
    EXPECT_EQ(n, 7);
    EXPECT_FALSE(s.more());
  }
}

TEST_P(OutputStreams, InOutValuesAreAwaitedFirst) {
  run("CREATE PROCEDURE p(INOUT t LONGTEXT CHARACTER SET utf8mb4) SET t = CONCAT(t, '|', t)");
  SQLLEN at_execution = SQL_DATA_AT_EXEC;
  Statement s(connection_38());
  bind_stream(s, 1, SQL_LONGVARCHAR, SQL_PARAM_INPUT_OUTPUT_STREAM, &at_execution);
  s.prepare("{CALL p(?)}");
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
    EXPECT_EQ(next(s, SQL_NEED_DATA), token_of(1));
    for (const std::string_view piece : {"one ", "and ", "two"}) {
      s.check(::SQLPutData(s.handle(), const_cast<char*>(piece.data()), static_cast<SQLLEN>(piece.size())));
    }
    EXPECT_EQ(next(s), token_of(1));
    EXPECT_EQ(read(s, 1, SQL_C_CHAR, 6), "one and two|one and two");
    next(s, SQL_SUCCESS);
    EXPECT_FALSE(s.more());
  }
  at_execution = 4;
  expect_failure("07007", 0, [&] { s.execute(); });
}

TEST_P(OutputStreams, ReturnValueOfAFunctionMayBeOne) {
  run("CREATE FUNCTION f(n INT) RETURNS LONGTEXT CHARACTER SET utf8mb4 DETERMINISTIC RETURN REPEAT('é', n)");
  std::int32_t n = 4000;
  Statement s(connection_38());
  bind_stream(s, 1, SQL_LONGVARCHAR);
  s.bind(2, n);
  EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text("{? = CALL f(?)}"), SQL_NTS)), SQL_PARAM_DATA_AVAILABLE);
  EXPECT_EQ(next(s), token_of(1));
  EXPECT_EQ(read(s, 1, SQL_C_CHAR, 100), repeated("é", 4000));
  next(s, SQL_SUCCESS);
}

TEST_P(OutputStreams, EachSetOfAnArrayHasItsOwn) {
  run("CREATE PROCEDURE p(IN n INT, OUT t LONGTEXT, OUT m INT) BEGIN SET t = REPEAT('x', n); SET m = n * 2; END");
  std::array<std::int32_t, 3> n{1, 2, 3}, m{};
  std::array<SQLLEN, 3> m_lengths{};
  Statement s(connection_38());
  s.set(SQL_ATTR_PARAMSET_SIZE, 3);
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, n.data(), 0, nullptr));
  bind_stream(s, 2, SQL_LONGVARCHAR);
  s.check(::SQLBindParameter(s.handle(), 3, SQL_PARAM_OUTPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, m.data(), 0, m_lengths.data()));
  SQLRETURN code = s.check(::SQLExecDirect(s.handle(), sql_text("{CALL p(?, ?, ?)}"), SQL_NTS));
  for (std::size_t set = 0; set < 3; ++set) {
    EXPECT_EQ(code, SQL_PARAM_DATA_AVAILABLE);
    EXPECT_EQ(next(s), token_of(2));
    EXPECT_EQ(read(s, 2, SQL_C_CHAR, 100), std::string(set + 1, 'x'));
    next(s, SQL_SUCCESS);
    EXPECT_EQ(m[set], static_cast<std::int32_t>(set + 1) * 2);
    code = s.check(::SQLMoreResults(s.handle()));
  }
  EXPECT_EQ(code, SQL_NO_DATA);
}

// As unixODBC lets it through: SQLGetData after each SQLParamData, and SQLCancel to leave the rest.
TEST_P(OutputStreams, MayBeReadInPartOrLeft) {
  run("CREATE PROCEDURE p(OUT t LONGTEXT, OUT u LONGTEXT) BEGIN SET t = 'first'; SET u = 'second'; END");
  char piece[3];
  SQLLEN left = 0;
  const auto begin = [&](Statement& s) {
    bind_stream(s, 1, SQL_LONGVARCHAR);
    bind_stream(s, 2, SQL_LONGVARCHAR);
    EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text("{CALL p(?, ?)}"), SQL_NTS)), SQL_PARAM_DATA_AVAILABLE);
  };
  {
    Statement s(connection_38());
    begin(s);
    EXPECT_EQ(next(s), token_of(1));
    EXPECT_EQ(s.check(::SQLGetData(s.handle(), 1, SQL_C_CHAR, piece, sizeof piece, &left)), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(s.records().at(0).state, "01004");
    expect_failure("07009", 0, [&] { s.check(::SQLGetData(s.handle(), 2, SQL_C_CHAR, piece, sizeof piece, &left)); });
    EXPECT_EQ(next(s), token_of(2));
    EXPECT_EQ(read(s, 2, SQL_C_CHAR, 100), "second");
    expect_failure("HY010", 0, [&] { s.run("SELECT 1"); });
    next(s, SQL_SUCCESS);
    EXPECT_EQ(s.run("SELECT 1").rows(), "1");
  }
  for (const bool named : {false, true}) {
    Statement s(connection_38());
    begin(s);
    if (named) next(s);
    EXPECT_EQ(s.check(::SQLCancel(s.handle())), SQL_SUCCESS);
    EXPECT_EQ(s.run("SELECT 2").rows(), "2");
  }
}

TEST_P(OutputStreams, AreClaimedByGetInfo) {
  SQLUINTEGER extensions = 0;
  check(::SQLGetInfo(connection().handle(), SQL_GETDATA_EXTENSIONS, &extensions, sizeof extensions, nullptr), SQL_HANDLE_DBC,
        connection().handle());
  EXPECT_NE(extensions & SQL_GD_OUTPUT_PARAMS, 0u);
}

}  // namespace
}  // namespace selkie::test
