// Values that are sent while the statement runs: in pieces, for arrays of parameters, with and without their length in advance.
#include <array>
#include <string>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class DataAtExecution : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (!IsSkipped()) run("CREATE TABLE t (id INT, v LONGTEXT)");
  }
};
SELKIE_ON_EVERY_SERVER(DataAtExecution);

constexpr SQLULEN kSets = 3;

struct Row {  // row-wise: the token of a value is the address of its data
  SQLINTEGER id;
  SQLLEN id_length;
  char value[8];
  SQLLEN value_length;
};

void put(const Statement& s, std::string_view piece) {
  s.check(::SQLPutData(s.handle(), const_cast<char*>(piece.data()), static_cast<SQLLEN>(piece.size())));
}

TEST_P(DataAtExecution, EachSetOfAnArrayNamesItsOwnValue) {
  for (const bool in_text : {false, true}) {
    SCOPED_TRACE(in_text ? "NO_SSPS" : "");
    run("DELETE FROM t");
    const auto c = connect(in_text ? "NO_SSPS=1;" : "");
    std::array<Row, kSets> rows{{{1, 0, "", SQL_DATA_AT_EXEC}, {2, 0, "two", 3}, {3, 0, "", SQL_LEN_DATA_AT_EXEC(6)}}};
    std::array<SQLUSMALLINT, kSets> status{};
    SQLULEN processed = 0;
    Statement s(*c);
    s.set(SQL_ATTR_PARAM_BIND_TYPE, sizeof(Row));
    s.set(SQL_ATTR_PARAMSET_SIZE, kSets);
    s.set(SQL_ATTR_PARAM_STATUS_PTR, status.data());
    s.set(SQL_ATTR_PARAMS_PROCESSED_PTR, &processed);
    s.prepare("INSERT INTO t VALUES (?, ?)");
    s.check(
        ::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &rows[0].id, 0, &rows[0].id_length));
    s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 100, 0, rows[0].value,
                               sizeof rows[0].value, &rows[0].value_length));
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
    SQLPOINTER token = nullptr;
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
    EXPECT_EQ(token, rows[0].value);
    put(s, "first ");
    put(s, "value");
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);  // the second set went without asking
    EXPECT_EQ(token, rows[2].value);
    put(s, "third");
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_SUCCESS);
    EXPECT_EQ(processed, kSets);
    for (const SQLUSMALLINT one : status) EXPECT_EQ(one, SQL_PARAM_SUCCESS);
    EXPECT_EQ(this->rows("SELECT * FROM t ORDER BY id"), "1,first value; 2,two; 3,third");
  }
}

TEST_P(DataAtExecution, AFailedSetDoesNotStopTheOthers) {
  run("ALTER TABLE t ADD PRIMARY KEY (id)");
  run("INSERT INTO t VALUES (2, 'there')");
  std::array<SQLINTEGER, kSets> id{1, 2, 3};
  std::array<SQLLEN, kSets> length{SQL_DATA_AT_EXEC, SQL_DATA_AT_EXEC, SQL_DATA_AT_EXEC};
  std::array<char, kSets> tokens{};
  std::array<SQLUSMALLINT, kSets> status{};
  Statement s(connection());
  s.set(SQL_ATTR_PARAMSET_SIZE, kSets);
  s.set(SQL_ATTR_PARAM_STATUS_PTR, status.data());
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, id.data(), 0, nullptr));
  s.check(
      ::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 1, 0, tokens.data(), 1, length.data()));
  const std::string sql = "INSERT INTO t VALUES (?, ?)";
  EXPECT_EQ(s.check(::SQLExecDirect(s.handle(), sql_text(sql), SQL_NTS)), SQL_NEED_DATA);
  SQLRETURN code = SQL_NEED_DATA;
  for (std::size_t set = 0;; ++set) {
    SQLPOINTER token = nullptr;
    code = s.check(::SQLParamData(s.handle(), &token));
    if (code != SQL_NEED_DATA) break;
    ASSERT_LT(set, kSets);
    EXPECT_EQ(token, &tokens[set]);
    put(s, "new");
  }
  EXPECT_EQ(code, SQL_SUCCESS_WITH_INFO);
  EXPECT_EQ(status, (std::array<SQLUSMALLINT, kSets>{SQL_PARAM_SUCCESS, SQL_PARAM_ERROR, SQL_PARAM_SUCCESS}));
  EXPECT_EQ(rows("SELECT * FROM t ORDER BY id"), "1,new; 2,there; 3,new");
}

TEST_P(DataAtExecution, NumbersComeInOnePieceAndNullInNone) {
  SQLLEN at_execution = SQL_DATA_AT_EXEC;
  SQLINTEGER number = 7;
  char first = 0, second = 0;
  Statement s(connection());
  const auto begin = [&] {
    s.prepare("INSERT INTO t VALUES (?, ?)");
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &first, 0, &at_execution));
    s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 9, 0, &second, 0, &at_execution));
    SQLPOINTER token = nullptr;
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
    s.check(::SQLPutData(s.handle(), &number, 0));
  };
  begin();
  expect_failure("HY019", 0, [&] { s.check(::SQLPutData(s.handle(), &number, 0)); });
  begin();  // the failure ended what awaited data
  SQLPOINTER token = nullptr;
  EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
  EXPECT_EQ(token, &second);
  s.check(::SQLPutData(s.handle(), nullptr, SQL_NULL_DATA));
  EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_SUCCESS);
  EXPECT_EQ(rows("SELECT * FROM t"), "7,NULL");
  begin();
  EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
  put(s, "x");
  // The driver manager says this one; the driver's own word for it is HY020.
  expect_failure("HY011", 0, [&] { s.check(::SQLPutData(s.handle(), nullptr, SQL_NULL_DATA)); });
}

TEST_P(DataAtExecution, TextAfterANumberOfTheSameParameterIsReadAsText) {
  SQLLEN at_execution = SQL_DATA_AT_EXEC;
  SQLINTEGER number = 7;
  char text = 0;
  SQLPOINTER token = nullptr;
  Statement s(connection());
  s.prepare("INSERT INTO t (id) VALUES (?)");
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &number, 0, nullptr));
  s.check(::SQLExecute(s.handle()));
  s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, &text, 0, &at_execution));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
    put(s, "12");
    put(s, "34");
    EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_SUCCESS);
  }
  EXPECT_EQ(rows("SELECT id FROM t"), "7; 1234; 1234");
}

TEST_P(DataAtExecution, ALengthBeyondTheBufferIsRefused) {
  std::array<char, 4> value{'a', 'b', 'c', 'd'};
  SQLLEN length = 5;
  Statement s(connection());
  s.prepare("INSERT INTO t VALUES (1, ?)");
  s.check(
      ::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, value.data(), value.size(), &length));
  expect_failure("HY090", 0, [&] { s.execute(); });
  length = -17;
  expect_failure("HY090", 0, [&] { s.execute(); });
  length = 4;
  s.execute();
  EXPECT_EQ(rows("SELECT v FROM t"), "abcd");
}

// What is no text is an error whether it comes whole, in pieces or as half a character: servers that are not strict would cut
// it.
TEST_P(DataAtExecution, BrokenTextIsRefusedHoweverItIsCut) {
  using namespace std::string_literals;
  const std::string high = "\x3d\xd8"s, low = "\x00\xde"s, a = "a\0"s;  // UTF-16
  struct Case {
    SQLSMALLINT c_type;
    std::vector<std::string> pieces;
    const char* hex;  // null: 22018
  };
  const Case cases[] = {
      {SQL_C_CHAR, {"a\xe6", "\x97", "\xa5z"}, "61E697A57A"},
      {SQL_C_CHAR,
       {"abc\xff"
        "def"},
       nullptr},
      {SQL_C_CHAR, {"abc", "\xff", "def"}, nullptr},
      {SQL_C_CHAR, {"abc\xe6", "z"}, nullptr},
      {SQL_C_CHAR, {"abc\xc3"}, nullptr},
      {SQL_C_WCHAR, {a + high, low + a}, "61F09F988061"},
      {SQL_C_WCHAR, {a + high}, nullptr},
      {SQL_C_WCHAR, {a, high}, nullptr},
      {SQL_C_WCHAR, {a + high, a}, nullptr},
      {SQL_C_WCHAR, {low}, nullptr},
      {SQL_C_WCHAR, {a + "b", "\0"s + a}, "616261"},  // cut inside a unit
      {SQL_C_WCHAR, {a + "b"}, nullptr},
  };
  for (const bool in_text : {false, true}) {
    const auto c = connect(in_text ? "NO_SSPS=1;" : "");
    Statement(*c).run("SET sql_mode = ''");
    Statement s(*c);
    s.prepare("INSERT INTO t (v) VALUES (?)");
    for (const Case& one : cases) {
      SCOPED_TRACE(::testing::PrintToString(one.pieces) + (in_text ? " NO_SSPS" : ""));
      SQLLEN length = SQL_DATA_AT_EXEC;
      SQLPOINTER token = nullptr;
      s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, one.c_type, SQL_LONGVARCHAR, 100, 0, &token, 0, &length));
      const auto send = [&] {
        EXPECT_EQ(s.check(::SQLExecute(s.handle())), SQL_NEED_DATA);
        EXPECT_EQ(s.check(::SQLParamData(s.handle(), &token)), SQL_NEED_DATA);
        for (const std::string& piece : one.pieces) put(s, piece);
        s.check(::SQLParamData(s.handle(), &token));
      };
      if (one.hex == nullptr) {
        expect_failure("22018", 0, send);
        ::SQLCancel(s.handle());
      } else {
        send();
      }
      EXPECT_EQ(rows("SELECT HEX(v) FROM t"), one.hex == nullptr ? "" : one.hex);
      run("DELETE FROM t");
    }
  }
}

}  // namespace
}  // namespace selkie::test
