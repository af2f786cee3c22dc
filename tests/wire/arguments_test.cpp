// Arguments of the entry points: null pointers, lengths that cannot be, numbers out of range, and what each length counts.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

void connected(const Client& client, const Script& talk = script()) {
  const Server* const one[] = {&kMySql97};
  replay(talk, client, {.servers = one, .whole_only = true});
}

std::string narrow(const SQLWCHAR* text) {
  std::string out;
  for (; *text != 0; ++text) out += static_cast<char>(*text);
  return out;
}

TEST(Argument, StatementTextMustBeThereWithAPossibleLength) {
  connected([](Connection& connection) {
    Statement s(connection);
    expect_error("HY009", 0, [&] { s.check(::SQLExecDirect(s.handle(), nullptr, SQL_NTS)); });
    expect_error("HY009", 0, [&] { s.check(::SQLPrepareW(s.handle(), nullptr, SQL_NTS)); });
    expect_error("HY090", 0, [&] { s.check(::SQLExecDirect(s.handle(), sql_text("SELECT 1"), -5)); });
    expect_error("HY090", 0, [&] { s.check(::SQLTables(s.handle(), nullptr, 0, nullptr, 0, sql_text("t"), -9, nullptr, 0)); });
  });
}

TEST(Argument, ColumnBindingsAreChecked) {
  connected([](Connection& connection) {
    Statement s(connection);
    std::int32_t value = 0;
    const auto bind = [&](SQLUSMALLINT column, SQLSMALLINT type, SQLLEN capacity) {
      s.check(::SQLBindCol(s.handle(), column, type, &value, capacity, nullptr));
    };
    expect_error("07009", 0, [&] { bind(0, SQL_C_BOOKMARK, 4); });
    expect_error("07009", 0, [&] { bind(40000, SQL_C_SLONG, 4); });
    expect_error("HY003", 0, [&] { bind(1, 12345, 4); });
    expect_error("HY090", 0, [&] { bind(1, SQL_C_CHAR, -1); });
    bind(1, SQL_C_DEFAULT, 4);
    s.check(::SQLBindCol(s.handle(), 1, 12345, nullptr, -1, nullptr));  // unbinding looks at nothing else
  });
}

TEST(Argument, ParameterBindingsAreChecked) {
  connected([](Connection& connection) {
    Statement s(connection);
    std::int32_t value = 0;
    struct Wrong {
      const char* state;
      SQLUSMALLINT number;
      SQLSMALLINT direction, c_type, sql_type;
      SQLULEN size;
      SQLSMALLINT digits;
      SQLPOINTER data;
      SQLLEN capacity;
    };
    const Wrong all[] = {
        {"07009", 0, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value, 0},
        {"HY105", 1, 99, SQL_C_SLONG, SQL_INTEGER, 0, 0, &value, 0},
        {"HY003", 1, SQL_PARAM_INPUT, 12345, SQL_INTEGER, 0, 0, &value, 0},
        {"HY004", 1, SQL_PARAM_INPUT, SQL_C_SLONG, 12345, 0, 0, &value, 0},
        {"HY104", 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 100, 2, &value, 4},
        {"HY104", 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 10, -2, &value, 4},
        {"HY090", 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, &value, -1},
        {"HY009", 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, nullptr, 0},
    };
    for (const Wrong& w : all) {
      SCOPED_TRACE(w.state);
      expect_error(w.state, 0, [&] {
        s.check(::SQLBindParameter(s.handle(), w.number, w.direction, w.c_type, w.sql_type, w.size, w.digits, w.data,
                                   w.capacity, nullptr));
      });
    }
  });
}

TEST(Argument, OtherNumbersOutOfRangeHaveTheirOwnStates) {
  connected([](Connection& connection) {
    Statement s(connection);
    SQLHANDLE const c = connection.handle();
    expect_error("HY092", 0, [&] { s.check(::SQLFreeStmt(s.handle(), 99)); });
    expect_error("HY092", 0, [&] { s.set(-12345, std::uintptr_t{0}); });
    expect_error("HY092", 0, [&] { connection.set(-12345, 0); });
    expect_error("HY096", 0, [&] { check(::SQLGetInfo(c, 65000, nullptr, 0, nullptr), SQL_HANDLE_DBC, c); });
    expect_error("HY009", 0, [&] { check(::SQLGetFunctions(c, SQL_API_SQLFETCH, nullptr), SQL_HANDLE_DBC, c); });
    expect_error("HY004", 0, [&] { s.check(::SQLGetTypeInfo(s.handle(), 12345)); });
  });
  Connection closed;
  expect_error("HY110", 0, [&] {
    check(::SQLDriverConnect(closed.handle(), nullptr, sql_text("SERVER=x"), SQL_NTS, nullptr, 0, nullptr, 99), SQL_HANDLE_DBC,
          closed.handle());
  });
}

// SQLGetInfo, SQLColAttribute, attributes and descriptor fields count bytes; names and texts that can be nothing else count
// characters.
TEST(WideLengths, CountBytesWhereTheArgumentMayBeAnything) {
  Definition column = text("name");
  connected(
      [&](Connection& connection) {
        std::array<SQLWCHAR, 64> buffer{};
        SQLSMALLINT length = 0;
        SQLHANDLE const c = connection.handle();
        check(::SQLGetInfoW(c, SQL_DRIVER_ODBC_VER, buffer.data(), sizeof buffer, &length), SQL_HANDLE_DBC, c);
        EXPECT_EQ(narrow(buffer.data()), "03.80");
        EXPECT_EQ(length, 10);
        EXPECT_EQ(::SQLGetInfoW(c, SQL_DRIVER_ODBC_VER, buffer.data(), 6, &length), SQL_SUCCESS_WITH_INFO);
        EXPECT_EQ(narrow(buffer.data()), "03");
        EXPECT_EQ(length, 10);
        EXPECT_EQ(diagnostics(SQL_HANDLE_DBC, c).at(0).state, "01004");

        Statement s(connection);
        s.run("SELECT name");
        s.check(::SQLColAttributeW(s.handle(), 1, SQL_DESC_NAME, buffer.data(), sizeof buffer, &length, nullptr));
        EXPECT_EQ(narrow(buffer.data()), "name");
        EXPECT_EQ(length, 8);
        EXPECT_EQ(::SQLColAttributeW(s.handle(), 1, SQL_DESC_NAME, buffer.data(), 6, &length, nullptr), SQL_SUCCESS_WITH_INFO);
        EXPECT_EQ(narrow(buffer.data()), "na");

        s.check(::SQLDescribeColW(s.handle(), 1, buffer.data(), buffer.size(), &length, nullptr, nullptr, nullptr, nullptr));
        EXPECT_EQ(length, 4);
        EXPECT_EQ(::SQLDescribeColW(s.handle(), 1, buffer.data(), 3, &length, nullptr, nullptr, nullptr, nullptr),
                  SQL_SUCCESS_WITH_INFO);
        EXPECT_EQ(narrow(buffer.data()), "na");
        EXPECT_EQ(length, 4);
      },
      script().reads(query("SELECT name")).sends(head({column}), end()));
}

TEST(WideLengths, DiagnosticRecordsCountCharactersAndFieldsBytes) {
  connected([](Connection& connection) {
    Statement s(connection);
    EXPECT_EQ(::SQLExecute(s.handle()), SQL_ERROR);
    std::array<SQLWCHAR, 6> state{};
    std::array<SQLWCHAR, 512> message{};
    SQLSMALLINT chars = 0, bytes = 0;
    EXPECT_EQ(::SQLGetDiagRecW(SQL_HANDLE_STMT, s.handle(), 1, state.data(), nullptr, message.data(), message.size(), &chars),
              SQL_SUCCESS);
    EXPECT_EQ(narrow(state.data()), "HY010");
    EXPECT_EQ(static_cast<std::size_t>(chars), narrow(message.data()).size());
    EXPECT_EQ(::SQLGetDiagFieldW(SQL_HANDLE_STMT, s.handle(), 1, SQL_DIAG_MESSAGE_TEXT, message.data(), sizeof message, &bytes),
              SQL_SUCCESS);
    EXPECT_EQ(bytes, chars * 2);
    EXPECT_EQ(::SQLGetDiagRecW(SQL_HANDLE_STMT, s.handle(), 1, nullptr, nullptr, message.data(), 9, &chars),
              SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(narrow(message.data()), "[Selkie]");
    EXPECT_EQ(chars * 2, bytes);
  });
}

TEST(NativeSql, TranslatesEscapesAndCountsCharacters) {
  connected([](Connection& connection) {
    SQLHANDLE const c = connection.handle();
    std::array<SQLCHAR, 128> native{};
    SQLINTEGER length = 0;
    check(::SQLNativeSql(c, sql_text("SELECT {fn UCASE('a')}"), SQL_NTS, native.data(), native.size(), &length), SQL_HANDLE_DBC,
          c);
    EXPECT_STREQ(reinterpret_cast<char*>(native.data()), "SELECT UCASE('a')");
    EXPECT_EQ(length, 17);
    EXPECT_EQ(::SQLNativeSql(c, sql_text("SELECT 1"), SQL_NTS, native.data(), 4, &length), SQL_SUCCESS_WITH_INFO);
    EXPECT_STREQ(reinterpret_cast<char*>(native.data()), "SEL");
    EXPECT_EQ(length, 8);
  });
}

TEST(CursorName, IsMadeUpOrGivenAndUniqueInItsConnection) {
  connected([](Connection& connection) {
    Statement s(connection), other(connection);
    const auto name_of = [](Statement& statement) {
      std::array<SQLCHAR, 32> name{};
      statement.check(::SQLGetCursorName(statement.handle(), name.data(), name.size(), nullptr));
      return std::string(reinterpret_cast<char*>(name.data()));
    };
    EXPECT_TRUE(name_of(s).starts_with("SQL_CUR"));
    EXPECT_NE(name_of(s), name_of(other));
    s.check(::SQLSetCursorName(s.handle(), sql_text("Mine"), SQL_NTS));
    EXPECT_EQ(name_of(s), "Mine");
    expect_error("3C000", 0, [&] { other.check(::SQLSetCursorName(other.handle(), sql_text("mine"), SQL_NTS)); });
    expect_error("34000", 0, [&] { other.check(::SQLSetCursorName(other.handle(), sql_text("SQL_CURx"), SQL_NTS)); });
    expect_error("34000", 0, [&] { other.check(::SQLSetCursorName(other.handle(), sql_text(""), SQL_NTS)); });
  });
}

}  // namespace
}  // namespace selkie::test
