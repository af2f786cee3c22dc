// Handles: made under their parents, freed in order, and recognised when they are none.
#include <gtest/gtest.h>

#include <array>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

void connected(const Client& client, const Script& talk = script()) {
  const Server* const one[] = {&kMySql97};
  replay(talk, client, {.servers = one, .whole_only = true});
}

TEST(Handle, NullIsInvalidEverywhere) {
  SQLHANDLE out = nullptr;
  SQLSMALLINT n = 0;
  SQLLEN length = 0;
  EXPECT_EQ(::SQLAllocHandle(SQL_HANDLE_DBC, nullptr, &out), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_ENV, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DBC, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_STMT, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DESC, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeStmt(nullptr, SQL_CLOSE), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFreeStmt(nullptr, SQL_DROP), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLDriverConnect(nullptr, nullptr, nullptr, 0, nullptr, 0, nullptr, 0), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLDisconnect(nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLExecDirect(nullptr, sql_text("SELECT 1"), SQL_NTS), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLFetch(nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLGetData(nullptr, 1, SQL_C_CHAR, nullptr, 0, &length), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLNumResultCols(nullptr, &n), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLCancel(nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLCancelHandle(SQL_HANDLE_STMT, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLCopyDesc(nullptr, nullptr), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLEndTran(SQL_HANDLE_DBC, nullptr, SQL_COMMIT), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLEndTran(SQL_HANDLE_ENV, nullptr, SQL_COMMIT), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLGetDiagRec(SQL_HANDLE_STMT, nullptr, 1, nullptr, nullptr, nullptr, 0, &n), SQL_INVALID_HANDLE);
  EXPECT_EQ(::SQLGetDiagField(SQL_HANDLE_STMT, nullptr, 1, SQL_DIAG_SQLSTATE, nullptr, 0, &n), SQL_INVALID_HANDLE);
}

TEST(Handle, AnotherKindIsInvalid) {
  connected([](Connection& connection) {
    Statement statement(connection);
    SQLSMALLINT n = 0;
    EXPECT_EQ(::SQLFetch(connection.handle()), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLDisconnect(statement.handle()), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DBC, statement.handle()), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DESC, connection.handle()), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLFreeHandle(99, connection.handle()), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLGetDiagRec(SQL_HANDLE_ENV, connection.handle(), 1, nullptr, nullptr, nullptr, 0, &n), SQL_INVALID_HANDLE);
    EXPECT_EQ(::SQLGetDiagRec(99, connection.handle(), 1, nullptr, nullptr, nullptr, 0, &n), SQL_INVALID_HANDLE);
  });
}

TEST(Handle, ConnectionNeedsAnEnvironmentWithAVersion) {
  SQLHANDLE environment = nullptr, connection = &environment;
  ASSERT_EQ(::SQLAllocHandle(SQL_HANDLE_ENV, nullptr, &environment), SQL_SUCCESS);
  expect_error("HY010", 0,
               [&] { check(::SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection), SQL_HANDLE_ENV, environment); });
  EXPECT_EQ(connection, nullptr);
  EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_ENV, environment), SQL_SUCCESS);
  EXPECT_EQ(::SQLAllocHandle(SQL_HANDLE_ENV, nullptr, nullptr), SQL_ERROR);
}

TEST(Handle, StatementNeedsAConnectionThatIsOpen) {
  Connection closed;
  expect_error("08003", 0, [&] { Statement statement(closed); });
  SQLHANDLE descriptor = nullptr;
  expect_error("08003", 0, [&] {
    check(::SQLAllocHandle(SQL_HANDLE_DESC, closed.handle(), &descriptor), SQL_HANDLE_DBC, closed.handle());
  });
  expect_error("08003", 0, [&] { check(::SQLDisconnect(closed.handle()), SQL_HANDLE_DBC, closed.handle()); });
}

TEST(Handle, ParentsOutliveTheirChildren) {
  connected([](Connection& connection) {
    SQLHANDLE const environment = connection.environment().handle();
    expect_error("HY010", 0, [&] { check(::SQLFreeHandle(SQL_HANDLE_ENV, environment), SQL_HANDLE_ENV, environment); });
    expect_error("HY010", 0,
                 [&] { check(::SQLFreeHandle(SQL_HANDLE_DBC, connection.handle()), SQL_HANDLE_DBC, connection.handle()); });
    expect_error("08002", 0, [&] { connection.connect("SERVER=127.0.0.1"); });
    expect_error("HY009", 0, [&] {
      check(::SQLAllocHandle(SQL_HANDLE_STMT, connection.handle(), nullptr), SQL_HANDLE_DBC, connection.handle());
    });
  });
}

TEST(Handle, DisconnectingFreesStatementsAndDescriptors) {
  connected([](Connection& connection) {
    SQLHANDLE statement = nullptr, descriptor = nullptr;
    check(::SQLAllocHandle(SQL_HANDLE_STMT, connection.handle(), &statement), SQL_HANDLE_DBC, connection.handle());
    check(::SQLAllocHandle(SQL_HANDLE_DESC, connection.handle(), &descriptor), SQL_HANDLE_DBC, connection.handle());
    check(::SQLSetStmtAttr(statement, SQL_ATTR_APP_ROW_DESC, descriptor, 0), SQL_HANDLE_STMT, statement);
    check(::SQLDisconnect(connection.handle()), SQL_HANDLE_DBC, connection.handle());  // the leak checker sees the rest
  });
}

TEST(Descriptor, AutomaticOneCannotBeFreed) {
  connected([](Connection& connection) {
    Statement statement(connection);
    SQLHANDLE automatic = nullptr;
    statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_APP_ROW_DESC, &automatic, 0, nullptr));
    expect_error("HY017", 0, [&] { check(::SQLFreeHandle(SQL_HANDLE_DESC, automatic), SQL_HANDLE_DESC, automatic); });
  });
}

TEST(Descriptor, FreedOneGivesItsPlaceBackToTheAutomaticOne) {
  connected([](Connection& connection) {
    Statement statement(connection);
    const auto row_descriptor = [&] {
      SQLHANDLE in_use = nullptr;
      statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_APP_ROW_DESC, &in_use, 0, nullptr));
      return in_use;
    };
    SQLHANDLE const automatic = row_descriptor();
    SQLHANDLE own = nullptr;
    check(::SQLAllocHandle(SQL_HANDLE_DESC, connection.handle(), &own), SQL_HANDLE_DBC, connection.handle());
    statement.set(SQL_ATTR_APP_ROW_DESC, own);
    EXPECT_EQ(row_descriptor(), own);
    check(::SQLFreeHandle(SQL_HANDLE_DESC, own), SQL_HANDLE_DESC, own);
    EXPECT_EQ(row_descriptor(), automatic);
  });
}

TEST(Descriptor, CopyBetweenConnectionsTakesBindingsAlong) {
  connected([](Connection& first) {
    connected([&](Connection& second) {
      Statement from(first), to(second);
      std::int32_t value = 0;
      from.check(::SQLBindCol(from.handle(), 3, SQL_C_SLONG, &value, 0, nullptr));
      SQLHANDLE source = nullptr, target = nullptr, implementation = nullptr;
      from.check(::SQLGetStmtAttr(from.handle(), SQL_ATTR_APP_ROW_DESC, &source, 0, nullptr));
      to.check(::SQLGetStmtAttr(to.handle(), SQL_ATTR_APP_ROW_DESC, &target, 0, nullptr));
      to.check(::SQLGetStmtAttr(to.handle(), SQL_ATTR_IMP_ROW_DESC, &implementation, 0, nullptr));
      check(::SQLCopyDesc(source, target), SQL_HANDLE_DESC, target);
      SQLSMALLINT count = 0;
      check(::SQLGetDescField(target, 0, SQL_DESC_COUNT, &count, 0, nullptr), SQL_HANDLE_DESC, target);
      EXPECT_EQ(count, 3);
      SQLPOINTER data = nullptr;
      check(::SQLGetDescField(target, 3, SQL_DESC_DATA_PTR, &data, 0, nullptr), SQL_HANDLE_DESC, target);
      EXPECT_EQ(data, &value);
      expect_error("HY016", 0, [&] { check(::SQLCopyDesc(source, implementation), SQL_HANDLE_DESC, implementation); });
    });
  });
}

TEST(Transaction, EndOfAnUnknownKindIsRefused) {
  connected([](Connection& connection) {
    SQLHANDLE const environment = connection.environment().handle();
    expect_error("HY012", 0,
                 [&] { check(::SQLEndTran(SQL_HANDLE_DBC, connection.handle(), 7), SQL_HANDLE_DBC, connection.handle()); });
    expect_error("HY012", 0, [&] { check(::SQLEndTran(SQL_HANDLE_ENV, environment, 7), SQL_HANDLE_ENV, environment); });
    expect_error("HY092", 0, [&] { check(::SQLEndTran(99, environment, SQL_COMMIT), SQL_HANDLE_ENV, environment); });
  });
}

}  // namespace
}  // namespace selkie::test
