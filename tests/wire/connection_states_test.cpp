// The states of environments, connections and descriptors: what each admits, and where it leads. The statement's are in
// states_test.cpp and transitions_test.cpp. There is no driver manager here, so also what that refuses itself is asked.
// Spec: ODBC Appendix B, "Environment Transitions", "Connection Transitions", "Descriptor Transitions"
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

constexpr SQLSMALLINT kEnv = SQL_HANDLE_ENV, kDbc = SQL_HANDLE_DBC, kStmt = SQL_HANDLE_STMT, kDesc = SQL_HANDLE_DESC;

SQLPOINTER pointer(std::uintptr_t value) { return reinterpret_cast<SQLPOINTER>(value); }

// "" when the call did not fail.
std::string state_of(SQLRETURN code, SQLSMALLINT type, SQLHANDLE handle) {
  if (code == SQL_INVALID_HANDLE) return "IH";
  if (code != SQL_ERROR) return "";
  const auto records = diagnostics(type, handle);
  return records.empty() ? "nothing" : records.front().state;
}

// --- Connections

enum State : std::size_t { kAllocated, kNeedData, kConnected, kStatement, kTransaction, kStates };
constexpr const char* kNames[kStates] = {"C2 allocated", "C3 need data", "C4 connected", "C5 statement", "C6 transaction"};

struct Subject {
  Connection connection;
  SQLHDBC dbc = connection.handle();
  SQLHSTMT statement = nullptr;
  std::string address;
};

struct Caller {
  const char* name;
  std::function<SQLRETURN(Subject&)> call;
  std::array<const char*, kStates> refusals;  // "" admits
};

SQLRETURN set(Subject& s, SQLINTEGER attribute, std::uintptr_t value) {
  return ::SQLSetConnectAttr(s.dbc, attribute, pointer(value), 0);
}
SQLRETURN get(Subject& s, SQLINTEGER attribute) {
  SQLUINTEGER value = 0;
  return ::SQLGetConnectAttr(s.dbc, attribute, &value, sizeof value, nullptr);
}
SQLRETURN allocate(Subject& s, SQLSMALLINT type) {
  SQLHANDLE handle = nullptr;
  const SQLRETURN code = ::SQLAllocHandle(type, s.dbc, &handle);
  if (handle != nullptr) ::SQLFreeHandle(type, handle);
  return code;
}
SQLRETURN driver_connect(Subject& s) {
  const std::string string = s.address + ";UID=ann;SSLMODE=DISABLED;";
  return ::SQLDriverConnect(s.dbc, nullptr, sql_text(string), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
}
SQLRETURN browse(Subject& s, const std::string& string) {
  SQLCHAR out[512] = {};
  return ::SQLBrowseConnect(s.dbc, sql_text(string), SQL_NTS, out, sizeof out, nullptr);
}

std::vector<Caller> callers() {
  static SQLCHAR text[64];
  static SQLUSMALLINT supported = 0;
  return {
      // clang-format off
      //                                                                                                              C2       C3       C4       C5       C6
      {"SQLAllocHandle(SQL_HANDLE_STMT)", [](Subject& s) { return allocate(s, kStmt); },                            {"08003", "08003", "",      "",      ""}},
      {"SQLAllocHandle(SQL_HANDLE_DESC)", [](Subject& s) { return allocate(s, kDesc); },                            {"08003", "08003", "",      "",      ""}},
      {"SQLEndTran(SQL_HANDLE_ENV)",      [](Subject& s) { return ::SQLEndTran(kEnv, s.connection.environment().handle(), SQL_COMMIT); }, {"", "", "", "", "-"}},
      {"SQLGetConnectAttr",               [](Subject& s) { return get(s, SQL_ATTR_AUTOCOMMIT); },                   {"",      "HY010", "",      "",      ""}},
      {"SQLGetDiagField",                 [](Subject& s) { SQLINTEGER n = 0; return ::SQLGetDiagField(kDbc, s.dbc, 0, SQL_DIAG_NUMBER, &n, 0, nullptr); }, {"", "", "", "", ""}},
      {"SQLGetEnvAttr",                   [](Subject& s) { SQLINTEGER n = 0; return ::SQLGetEnvAttr(s.connection.environment().handle(), SQL_ATTR_ODBC_VERSION, &n, 0, nullptr); }, {"", "", "", "", ""}},
      {"SQLGetFunctions",                 [](Subject& s) { return ::SQLGetFunctions(s.dbc, SQL_API_SQLFETCH, &supported); }, {"", "",     "",      "",      ""}},
      {"SQLGetInfo",                      [](Subject& s) { return ::SQLGetInfo(s.dbc, SQL_DBMS_NAME, text, sizeof text, nullptr); }, {"08003", "08003", "", "", ""}},
      {"SQLNativeSql",                    [](Subject& s) { return ::SQLNativeSql(s.dbc, sql_text("SELECT 1"), SQL_NTS, text, sizeof text, nullptr); }, {"08003", "08003", "", "", ""}},
      {"SQLSetConnectAttr",               [](Subject& s) { return set(s, SQL_ATTR_METADATA_ID, SQL_FALSE); },       {"",      "HY010", "",      "",      ""}},
      {"SQLSetConnectAttr(SQL_ATTR_PACKET_SIZE)",   [](Subject& s) { return set(s, SQL_ATTR_PACKET_SIZE, 0xffffff); }, {"",   "HY010", "HY011", "HY011", "HY011"}},
      {"SQLSetConnectAttr(SQL_ATTR_LOGIN_TIMEOUT)", [](Subject& s) { return set(s, SQL_ATTR_LOGIN_TIMEOUT, 0); },   {"",      "HY010", "HY011", "HY011", "HY011"}},
      {"SQLConnect",                      [](Subject& s) { return ::SQLConnect(s.dbc, sql_text("none"), SQL_NTS, nullptr, 0, nullptr, 0); }, {"-", "08002", "08002", "08002", "08002"}},
      {"SQLDriverConnect",                driver_connect,                                                           {"-",     "08002", "08002", "08002", "08002"}},
      {"SQLBrowseConnect",                [](Subject& s) { return browse(s, "SERVER=x"); },                         {"-",     "-",     "08002", "08002", "08002"}},
      {"SQLSetConnectAttr(SQL_ATTR_TXN_ISOLATION)", [](Subject& s) { return set(s, SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE); }, {"-", "HY010", "-", "-", "HY011"}},
      {"SQLEndTran(SQL_HANDLE_DBC)",      [](Subject& s) { return ::SQLEndTran(kDbc, s.dbc, SQL_COMMIT); },         {"08003", "08003", "",      "",      "-"}},
      {"SQLFreeHandle(SQL_HANDLE_DBC)",   [](Subject& s) { return ::SQLFreeHandle(kDbc, s.dbc); },                  {"-",     "HY010", "HY010", "HY010", "HY010"}},
      {"SQLFreeHandle(SQL_HANDLE_ENV)",   [](Subject& s) { return ::SQLFreeHandle(kEnv, s.connection.environment().handle()); }, {"HY010", "HY010", "HY010", "HY010", "HY010"}},
      {"SQLSetEnvAttr",                   [](Subject& s) { return ::SQLSetEnvAttr(s.connection.environment().handle(), SQL_ATTR_ODBC_VERSION, pointer(SQL_OV_ODBC3), 0); }, {"HY011", "HY011", "HY011", "HY011", "HY011"}},
      {"SQLDisconnect",                   [](Subject& s) { return ::SQLDisconnect(s.dbc); },                        {"08003", "-",     "-",     "-",     "25000"}},
      // clang-format on
  };
}

std::string said(const Caller& caller, Subject& s) {
  const bool of_environment = std::string_view(caller.name).find("ENV") != std::string_view::npos ||
                              std::string_view(caller.name).find("Env") != std::string_view::npos;
  const SQLRETURN code = caller.call(s);
  return of_environment ? state_of(code, kEnv, s.connection.environment().handle()) : state_of(code, kDbc, s.dbc);
}

// Everything that leaves the state as it is, admitted or refused.
void expect_state(State state, Subject& s) {
  SCOPED_TRACE(kNames[state]);
  for (const Caller& caller : callers()) {
    const std::string expected = caller.refusals[state];
    if (expected == "-") continue;  // leads elsewhere, or has a round trip
    if (state == kTransaction && caller.name == std::string("SQLEndTran(SQL_HANDLE_ENV)")) continue;  // leads to C5
    EXPECT_EQ(said(caller, s), expected) << caller.name;
  }
}

// What is said once a transaction is open; nothing of it is said in the other states.
Script open_transaction() {
  return script().reads(query("SET autocommit=0")).sends(ok(0)).reads(query("DO 1")).sends(ok(kInTransaction));
}

using Body = std::function<void(Subject&)>;

// A connection in `state`, which what `body` does and `more` answers leads to `end`.
void in_state(State state, const Script& more, State end, const Body& body) {
  Script talk;
  if (state >= kConnected) talk = login_script(kMySql97);
  if (state == kTransaction) talk.then(open_transaction());
  const auto client = [&](Connection&, const std::string& address) {
    Subject s;
    s.address = address;
    if (state == kNeedData) {
      ASSERT_EQ(browse(s, "UID=ann"), SQL_NEED_DATA);
    }
    if (state >= kConnected) check(driver_connect(s), kDbc, s.dbc);
    if (state >= kStatement) check(::SQLAllocHandle(kStmt, s.dbc, &s.statement), kDbc, s.dbc);
    if (state == kTransaction) {
      check(set(s, SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF), kDbc, s.dbc);
      check(::SQLExecDirect(s.statement, sql_text("DO 1"), SQL_NTS), kStmt, s.statement);
    }
    body(s);
  };
  talk.then(more);
  if (end == kTransaction) talk.reads(query("ROLLBACK")).sends(ok(0));  // before leaving
  Connection unused;
  if (talk.steps().empty()) return client(unused, "SERVER=127.0.0.1;PORT=1");  // nobody answers
  const Server* const one[] = {&kMySql97};
  replay_login(talk, client, {.servers = one, .whole_only = true, .wrappings = {}});
}

TEST(ConnectionState, EveryCallIsAdmittedOrRefusedAsTheTablesSay) {
  for (std::size_t state = 0; state < kStates; ++state) {
    const auto here = static_cast<State>(state);
    in_state(here, {}, here, [&](Subject& s) {
      for (int round = 0; round < 2; ++round) expect_state(here, s);  // nothing of it has changed anything
    });
  }
}

TEST(ConnectionState, EachCallLeadsToTheStateOfTheTables) {
  struct Transition {
    const char* name;
    State from;
    Body call;
    State to;
    Script talk{};
  };
  const auto free_statement = [](Subject& s) { return ::SQLFreeHandle(kStmt, std::exchange(s.statement, nullptr)); };
  const auto returns = [](SQLRETURN code, auto call) { return [=](Subject& s) { EXPECT_EQ(call(s), code); }; };
  const auto connect_by_browsing = [](Subject& s) { return browse(s, s.address + ";UID=ann;PWD=;SSLMODE=DISABLED;"); };
  const auto disconnect = [](Subject& s) { return ::SQLDisconnect(s.dbc); };
  const auto allocate_statement = [](Subject& s) { return ::SQLAllocHandle(kStmt, s.dbc, &s.statement); };
  const auto end = [](SQLSMALLINT completion) { return [=](Subject& s) { return ::SQLEndTran(kDbc, s.dbc, completion); }; };
  const auto end_all = [](Subject& s) { return ::SQLEndTran(kEnv, s.connection.environment().handle(), SQL_COMMIT); };
  const auto autocommit = [](Subject& s) { return set(s, SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON); };
  const auto refused_login = [] { return script().sends(error_without_state(1040, "Too many connections")); };
  const Transition transitions[] = {
      {"SQLDriverConnect", kAllocated, returns(SQL_SUCCESS, driver_connect), kConnected, login_script(kMySql97)},
      {"SQLDriverConnect, error", kAllocated, returns(SQL_ERROR, driver_connect), kAllocated, refused_login()},
      {"SQLBrowseConnect, needs data", kAllocated, returns(SQL_NEED_DATA, [](Subject& s) { return browse(s, "UID=ann"); }),
       kNeedData},
      {"SQLBrowseConnect, connects", kAllocated, returns(SQL_SUCCESS, connect_by_browsing), kConnected, login_script(kMySql97)},
      {"SQLBrowseConnect, needs more", kNeedData, returns(SQL_NEED_DATA, [](Subject& s) { return browse(s, "PORT=1"); }),
       kNeedData},
      {"SQLBrowseConnect, error", kNeedData, returns(SQL_ERROR, connect_by_browsing), kAllocated, refused_login()},
      {"SQLBrowseConnect, connects", kNeedData, returns(SQL_SUCCESS, connect_by_browsing), kConnected, login_script(kMySql97)},
      {"SQLDisconnect", kNeedData, returns(SQL_SUCCESS, disconnect), kAllocated},
      {"SQLDisconnect", kConnected, returns(SQL_SUCCESS, disconnect), kAllocated},
      {"SQLDisconnect", kStatement, returns(SQL_SUCCESS, disconnect), kAllocated},
      {"SQLAllocHandle", kConnected, returns(SQL_SUCCESS, allocate_statement), kStatement},
      {"SQLFreeHandle", kStatement, returns(SQL_SUCCESS, free_statement), kConnected},
      {"SQLFreeHandle", kTransaction, returns(SQL_SUCCESS, free_statement), kTransaction},
      {"SQLEndTran, commit", kTransaction, returns(SQL_SUCCESS, end(SQL_COMMIT)), kStatement,
       script().reads(query("COMMIT")).sends(ok(0))},
      {"SQLEndTran, rollback", kTransaction, returns(SQL_SUCCESS, end(SQL_ROLLBACK)), kStatement,
       script().reads(query("ROLLBACK")).sends(ok(0))},
      {"SQLEndTran, of the environment", kTransaction, returns(SQL_SUCCESS, end_all), kStatement,
       script().reads(query("COMMIT")).sends(ok(0))},
      {"SQLEndTran, error", kTransaction, returns(SQL_ERROR, end(SQL_COMMIT)), kTransaction,
       script().reads(query("COMMIT")).sends(error(1180, "HY000", "no"))},
      {"SQLSetConnectAttr(SQL_ATTR_AUTOCOMMIT)", kTransaction, returns(SQL_SUCCESS, autocommit), kStatement,
       script().reads(query("SET autocommit=1")).sends(ok())},
      {"SQLExecDirect", kStatement,
       [](Subject& s) {
         EXPECT_EQ(set(s, SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
         EXPECT_EQ(::SQLExecDirect(s.statement, sql_text("DO 1"), SQL_NTS), SQL_SUCCESS);
       },
       kTransaction, open_transaction()},
  };
  for (const Transition& transition : transitions) {
    SCOPED_TRACE(std::string(transition.name) + " from " + kNames[transition.from]);
    in_state(transition.from, transition.talk, transition.to, [&](Subject& s) {
      transition.call(s);
      expect_state(transition.to, s);
    });
  }
}

// --- Environments

TEST(EnvironmentState, NothingButTheVersionComesFirst) {
  SQLHANDLE environment = nullptr, connection = nullptr;
  ASSERT_EQ(::SQLAllocHandle(kEnv, nullptr, &environment), SQL_SUCCESS);
  SQLINTEGER value = 0;
  const auto said = [&](SQLRETURN code) { return state_of(code, kEnv, environment); };
  const auto set = [&](SQLINTEGER attribute, std::uintptr_t number) {
    return said(::SQLSetEnvAttr(environment, attribute, pointer(number), 0));
  };
  EXPECT_EQ(said(::SQLAllocHandle(kDbc, environment, &connection)), "HY010");
  EXPECT_EQ(said(::SQLEndTran(kEnv, environment, SQL_COMMIT)), "HY010");
  EXPECT_EQ(said(::SQLGetEnvAttr(environment, SQL_ATTR_OUTPUT_NTS, &value, 0, nullptr)), "HY010");
  EXPECT_EQ(set(SQL_ATTR_OUTPUT_NTS, SQL_TRUE), "HY010");
  EXPECT_EQ(set(SQL_ATTR_ODBC_VERSION, SQL_OV_ODBC3_80), "");
  EXPECT_EQ(set(SQL_ATTR_OUTPUT_NTS, SQL_TRUE), "");
  EXPECT_EQ(said(::SQLGetEnvAttr(environment, SQL_ATTR_OUTPUT_NTS, &value, 0, nullptr)), "");
  EXPECT_EQ(said(::SQLEndTran(kEnv, environment, SQL_COMMIT)), "");
  EXPECT_EQ(said(::SQLAllocHandle(kDbc, environment, &connection)), "");
  EXPECT_EQ(set(SQL_ATTR_OUTPUT_NTS, SQL_TRUE), "HY011");
  EXPECT_EQ(said(::SQLFreeHandle(kEnv, environment)), "HY010");
  EXPECT_EQ(said(::SQLFreeHandle(kDbc, connection)), "");
  EXPECT_EQ(set(SQL_ATTR_OUTPUT_NTS, SQL_TRUE), "");
  EXPECT_EQ(said(::SQLFreeHandle(kEnv, environment)), "");
}

// --- Descriptors

TEST(DescriptorState, OnlyWhatTheApplicationAllocatedIsItsToFree) {
  in_state(kStatement, {}, kStatement, [](Subject& s) {
    for (const SQLINTEGER attribute :
         {SQL_ATTR_APP_ROW_DESC, SQL_ATTR_APP_PARAM_DESC, SQL_ATTR_IMP_ROW_DESC, SQL_ATTR_IMP_PARAM_DESC}) {
      SQLHANDLE descriptor = nullptr;
      ASSERT_EQ(::SQLGetStmtAttr(s.statement, attribute, &descriptor, 0, nullptr), SQL_SUCCESS);
      EXPECT_EQ(state_of(::SQLFreeHandle(kDesc, descriptor), kDesc, descriptor), "HY017") << attribute;
      SQLSMALLINT allocation = 0;
      EXPECT_EQ(::SQLGetDescField(descriptor, 0, SQL_DESC_ALLOC_TYPE, &allocation, 0, nullptr), SQL_SUCCESS);
      EXPECT_EQ(allocation, SQL_DESC_ALLOC_AUTO) << attribute;
    }
    SQLHANDLE descriptor = nullptr, in_use = nullptr, own = nullptr;
    ASSERT_EQ(::SQLGetStmtAttr(s.statement, SQL_ATTR_APP_ROW_DESC, &own, 0, nullptr), SQL_SUCCESS);
    ASSERT_EQ(::SQLAllocHandle(kDesc, s.dbc, &descriptor), SQL_SUCCESS);
    SQLSMALLINT allocation = 0;
    EXPECT_EQ(::SQLGetDescField(descriptor, 0, SQL_DESC_ALLOC_TYPE, &allocation, 0, nullptr), SQL_SUCCESS);
    EXPECT_EQ(allocation, SQL_DESC_ALLOC_USER);
    EXPECT_EQ(::SQLCopyDesc(own, descriptor), SQL_SUCCESS);
    EXPECT_EQ(::SQLSetStmtAttr(s.statement, SQL_ATTR_APP_ROW_DESC, descriptor, 0), SQL_SUCCESS);
    EXPECT_EQ(::SQLFreeHandle(kDesc, descriptor), SQL_SUCCESS);  // the statement goes back to its own
    EXPECT_EQ(::SQLGetStmtAttr(s.statement, SQL_ATTR_APP_ROW_DESC, &in_use, 0, nullptr), SQL_SUCCESS);
    EXPECT_EQ(in_use, own);
  });
}

// Freeing the statement leaves an explicit descriptor, disconnecting does not.
TEST(DescriptorState, AnExplicitDescriptorOutlivesItsStatement) {
  in_state(kStatement, {}, kStatement, [](Subject& s) {
    SQLHANDLE descriptor = nullptr;
    ASSERT_EQ(::SQLAllocHandle(kDesc, s.dbc, &descriptor), SQL_SUCCESS);
    ASSERT_EQ(::SQLSetStmtAttr(s.statement, SQL_ATTR_APP_PARAM_DESC, descriptor, 0), SQL_SUCCESS);
    ASSERT_EQ(::SQLFreeHandle(kStmt, s.statement), SQL_SUCCESS);
    SQLSMALLINT count = -1;
    EXPECT_EQ(::SQLGetDescField(descriptor, 0, SQL_DESC_COUNT, &count, 0, nullptr), SQL_SUCCESS);
    EXPECT_EQ(count, 0);
  });
}

}  // namespace
}  // namespace selkie::test
