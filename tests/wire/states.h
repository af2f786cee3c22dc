// A statement in each of its states, and every function that can be called of it: what the tests of the state tables walk.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "odbc/states.h"
#include "tests/support/replay.h"

namespace selkie::test {

using odbc::Call;
using odbc::State;

// A statement on its way into a state. Descriptors are looked up before, while that is still allowed.
struct Subject {
  explicit Subject(Connection& c) : connection(c.handle()) {
    check(::SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement), SQL_HANDLE_DBC, connection);
    check(::SQLAllocHandle(SQL_HANDLE_DESC, connection, &explicit_descriptor), SQL_HANDLE_DBC, connection);
    ard = descriptor(SQL_ATTR_APP_ROW_DESC), ird = descriptor(SQL_ATTR_IMP_ROW_DESC);
  }
  ~Subject() {
    if (statement == nullptr) return;
    ::SQLCancel(statement);
    EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_STMT, statement), SQL_SUCCESS);
  }
  Subject(const Subject&) = delete;

  SQLHANDLE descriptor(SQLINTEGER attribute) const {
    SQLHANDLE handle = nullptr;
    test::check(::SQLGetStmtAttr(statement, attribute, &handle, 0, nullptr), SQL_HANDLE_STMT, statement);
    return handle;
  }

  SQLHDBC connection;
  SQLHSTMT statement = nullptr;
  SQLHANDLE explicit_descriptor = nullptr, ard = nullptr, ird = nullptr;
};

// --- The way into each state

struct Way {
  State state;
  bool prepared;  // by SQLPrepare
  std::function<void(Subject&)> go;
  Script talk;
};
Way way(State state, bool is_prepared);
std::vector<Way> all_ways();

// A parameter whose value is sent during execution. Lives as long as the program, as the statements point to it.
void bind_awaited_number(SQLHSTMT statement);

// Plays the way's conversation and `more` to a fresh connection, and hangs up.
void in_state(const Way& way, const Script& more, const std::function<void(Subject&)>& body);

// --- Every function

struct Caller {
  Call row;
  const char* name;
  SQLSMALLINT reports_on;  // the handle with the diagnostics
  std::function<SQLRETURN(Subject&)> call;
};
std::vector<Caller> callers();

// The SQLSTATE that the tables want; "" where the call is admitted.
std::string expected(const Caller& caller, State state, bool is_prepared);
// The SQLSTATE with which the call fails; "" when it does not.
std::string state_said(const Caller& caller, Subject& s);
bool is_refusal(const std::string& state);  // of a call in the wrong state

}  // namespace selkie::test
