// Every attribute of the tables is set and read: values that hold, values that are none, what is only read or only written.
// Spec: ODBC SQLSetEnvAttr, SQLSetConnectAttr, SQLSetStmtAttr
#include <algorithm>
#include <span>

#include "odbc/attributes.h"
#include "unconnected.h"

namespace selkie::odbc {
namespace {

using namespace test;

struct Case {
  SQLINTEGER attribute;
  SQLULEN value;
  const char* said;  // the SQLSTATE of the error or the warning; "" where the value holds
};

class AttributeValues : public Unconnected {
 protected:
  // Sets what each case says and reads it back; `facts` are the table's, of which none may be left out.
  template <class Handle, class Set>
  void walk(Handle& handle, std::span<const Case> cases, const std::vector<AttributeFacts>& facts, Set&& set) {
    for (const AttributeFacts& fact : facts) {
      const bool is_text = fact.kind == AttributeValue::Kind::text;
      const bool is_walked = std::ranges::any_of(cases, [&](const Case& c) { return c.attribute == fact.id; });
      EXPECT_NE(is_walked, is_text) << fact.id;
      if (!fact.is_readable) {
        EXPECT_EQ(state_thrown([&] { (void)get_attribute(handle, fact.id); }), "HY092") << fact.id;
      }
    }
    for (const Case& c : cases) {
      SCOPED_TRACE(std::to_string(c.attribute) + " = " + std::to_string(c.value));
      handle.diagnostics.clear();
      std::string said = state_thrown([&] { set(c.attribute, reinterpret_cast<SQLPOINTER>(c.value)); });
      if (said.empty() && !handle.diagnostics.empty()) said = handle.diagnostics.records()[0].state;
      EXPECT_EQ(said, c.said);
      const auto fact = std::ranges::find(facts, c.attribute, &AttributeFacts::id);
      if (!said.empty() || fact == facts.end() || !fact->is_readable) continue;
      const AttributeValue value = get_attribute(handle, c.attribute);
      EXPECT_EQ(value.number, c.value);
      EXPECT_EQ(value.kind, fact->kind);
    }
  }
};

constexpr SQLINTEGER kUnknown = 4711;

TEST_F(AttributeValues, OfEnvironments) {
  constexpr Case kCases[] = {
      {SQL_ATTR_ODBC_VERSION, 7, "HY024"},
      {SQL_ATTR_ODBC_VERSION, SQL_OV_ODBC2, ""},
      {SQL_ATTR_ODBC_VERSION, SQL_OV_ODBC3, ""},
      {SQL_ATTR_ODBC_VERSION, SQL_OV_ODBC3_80, ""},
      {SQL_ATTR_CONNECTION_POOLING, SQL_CP_ONE_PER_DRIVER, ""},
      {SQL_ATTR_CONNECTION_POOLING, SQL_CP_ONE_PER_HENV, ""},
      {SQL_ATTR_CONNECTION_POOLING, SQL_CP_OFF, ""},
      {SQL_ATTR_CONNECTION_POOLING, 7, "HY024"},
      {SQL_ATTR_CP_MATCH, SQL_CP_RELAXED_MATCH, ""},
      {SQL_ATTR_CP_MATCH, SQL_CP_STRICT_MATCH, ""},
      {SQL_ATTR_CP_MATCH, 7, "HY024"},
      {SQL_ATTR_OUTPUT_NTS, SQL_TRUE, ""},
      {SQL_ATTR_OUTPUT_NTS, SQL_FALSE, "HYC00"},
      {SQL_ATTR_OUTPUT_NTS, 7, "HY024"},
      {kUnknown, 0, "HY092"},
  };
  Environment fresh;
  walk(fresh, kCases, environment_attributes(), [&](SQLINTEGER id, SQLPOINTER value) { set_attribute(fresh, id, value); });
}

TEST_F(AttributeValues, OfConnections) {
  constexpr SQLINTEGER kInfoToken = 118, kAsyncEvent = 119;  // SQL_ATTR_DBC_INFO_TOKEN, SQL_ATTR_ASYNC_DBC_EVENT
  constexpr Case kCases[] = {
      {SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY, ""},
      {SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_WRITE, ""},
      {SQL_ATTR_ACCESS_MODE, 7, "HY024"},
      {SQL_ATTR_ANSI_APP, SQL_TRUE, ""},
      {SQL_ATTR_ANSI_APP, SQL_FALSE, ""},
      {SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE, SQL_ASYNC_DBC_ENABLE_OFF, ""},
      {SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE, SQL_ASYNC_DBC_ENABLE_ON, "HYC00"},
      {SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE, 7, "HY024"},
      {SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_OFF, ""},
      {SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "HYC00"},
      {SQL_ATTR_ASYNC_ENABLE, 7, "HY024"},
      {SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF, ""},
      {SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON, ""},
      {SQL_ATTR_AUTOCOMMIT, 7, "HY024"},
      {SQL_ATTR_AUTO_IPD, SQL_TRUE, "HY092"},
      {SQL_ATTR_CONNECTION_DEAD, SQL_CD_TRUE, "HY092"},
      {SQL_ATTR_CONNECTION_TIMEOUT, 9, ""},
      {SQL_ATTR_DISCONNECT_BEHAVIOR, 0, "HYC00"},
      {SQL_ATTR_ENLIST_IN_DTC, 1, "HYC00"},
      {SQL_ATTR_ENLIST_IN_XA, 1, "HYC00"},
      {SQL_ATTR_LOGIN_TIMEOUT, 9, ""},
      {SQL_ATTR_METADATA_ID, SQL_TRUE, ""},
      {SQL_ATTR_METADATA_ID, SQL_FALSE, ""},
      {SQL_ATTR_METADATA_ID, 7, "HY024"},
      {SQL_ATTR_ODBC_CURSORS, SQL_CUR_USE_DRIVER, ""},
      {SQL_ATTR_ODBC_CURSORS, SQL_CUR_USE_ODBC, "HYC00"},
      {SQL_ATTR_ODBC_CURSORS, SQL_CUR_USE_IF_NEEDED, "HYC00"},
      {SQL_ATTR_ODBC_CURSORS, 7, "HY024"},
      {SQL_ATTR_PACKET_SIZE, 0xffffff, ""},
      {SQL_ATTR_PACKET_SIZE, 4096, "01S02"},
      {SQL_ATTR_QUIET_MODE, 0x1234, ""},
      {SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES, "08003"},
      {SQL_ATTR_TRACE, SQL_OPT_TRACE_OFF, ""},
      {SQL_ATTR_TRACE, SQL_OPT_TRACE_ON, "HYC00"},
      {SQL_ATTR_TRACE, 7, "HY024"},
      {SQL_ATTR_TRANSLATE_OPTION, 1, "HYC00"},
      {SQL_ATTR_TXN_ISOLATION, SQL_TXN_READ_UNCOMMITTED, ""},
      {SQL_ATTR_TXN_ISOLATION, SQL_TXN_READ_COMMITTED, ""},
      {SQL_ATTR_TXN_ISOLATION, SQL_TXN_REPEATABLE_READ, ""},
      {SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE, ""},
      {SQL_ATTR_TXN_ISOLATION, 0, "HY024"},
      {kAsyncEvent, 1, "HYC00"},
      {kInfoToken, 1, "HYC00"},
      {kUnknown, 0, "HY092"},
  };
  walk(connection, kCases, connection_attributes(),
       [&](SQLINTEGER id, SQLPOINTER value) { set_attribute(connection, id, value, ""); });
  for (const SQLINTEGER unsupported : {SQL_ATTR_TRANSLATE_OPTION, SQL_ATTR_DISCONNECT_BEHAVIOR, kAsyncEvent}) {
    EXPECT_EQ(state_thrown([&] { (void)get_attribute(connection, unsupported); }), "HYC00") << unsupported;
  }
  EXPECT_EQ(get_attribute(connection, SQL_ATTR_AUTO_IPD).number, SQLULEN{SQL_FALSE});
  for (const SQLINTEGER text : {SQL_ATTR_TRACEFILE, SQL_ATTR_TRANSLATE_LIB}) {
    EXPECT_EQ(get_attribute(connection, text).text, "") << text;
    EXPECT_EQ(state_thrown([&] { set_attribute(connection, text, &connection, "file"); }), "HYC00") << text;
  }
}

TEST_F(AttributeValues, OfStatements) {
  constexpr Case kCases[] = {
      {SQL_ATTR_APP_PARAM_DESC, 0, "HY024"},  // of these two: a handle that is no descriptor
      {SQL_ATTR_APP_ROW_DESC, 0, "HY024"},
      {SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_OFF, ""},
      {SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "HYC00"},
      {SQL_ATTR_ASYNC_ENABLE, 7, "HY024"},
      {SQL_ATTR_ASYNC_STMT_EVENT, 1, "HYC00"},
      {SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES, ""},
      {SQL_ATTR_CONCURRENCY, SQL_CONCUR_LOCK, "01S02"},
      {SQL_ATTR_CONCURRENCY, SQL_CONCUR_ROWVER, "01S02"},
      {SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY, ""},
      {SQL_ATTR_CONCURRENCY, 77, "HY024"},
      {SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE, ""},
      {SQL_ATTR_CURSOR_SCROLLABLE, SQL_NONSCROLLABLE, ""},
      {SQL_ATTR_CURSOR_SCROLLABLE, 7, "HY024"},
      {SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE, ""},
      {SQL_ATTR_CURSOR_SENSITIVITY, SQL_UNSPECIFIED, ""},
      {SQL_ATTR_CURSOR_SENSITIVITY, SQL_SENSITIVE, "HYC00"},
      {SQL_ATTR_CURSOR_SENSITIVITY, 7, "HY024"},
      {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN, ""},
      {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, ""},
      {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, ""},
      {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_DYNAMIC, "01S02"},
      {SQL_ATTR_CURSOR_TYPE, 77, "HY024"},
      {SQL_ATTR_ENABLE_AUTO_IPD, SQL_FALSE, ""},
      {SQL_ATTR_ENABLE_AUTO_IPD, SQL_TRUE, "HYC00"},
      {SQL_ATTR_ENABLE_AUTO_IPD, 7, "HY024"},
      {SQL_ATTR_FETCH_BOOKMARK_PTR, 0x1000, ""},
      {SQL_ATTR_IMP_PARAM_DESC, 0, "HY017"},
      {SQL_ATTR_IMP_ROW_DESC, 0, "HY017"},
      {SQL_ATTR_KEYSET_SIZE, 0, ""},
      {SQL_ATTR_KEYSET_SIZE, 9, "01S02"},
      {SQL_ATTR_MAX_LENGTH, 9, ""},
      {SQL_ATTR_MAX_ROWS, 9, ""},
      {SQL_ATTR_METADATA_ID, SQL_TRUE, ""},
      {SQL_ATTR_METADATA_ID, SQL_FALSE, ""},
      {SQL_ATTR_METADATA_ID, 7, "HY024"},
      {SQL_ATTR_NOSCAN, SQL_NOSCAN_ON, ""},
      {SQL_ATTR_NOSCAN, SQL_NOSCAN_OFF, ""},
      {SQL_ATTR_NOSCAN, 7, "HY024"},
      {SQL_ATTR_PARAMSET_SIZE, 9, ""},
      {SQL_ATTR_PARAMSET_SIZE, 0, "HY024"},
      {SQL_ATTR_PARAMS_PROCESSED_PTR, 0x1000, ""},
      {SQL_ATTR_PARAM_BIND_OFFSET_PTR, 0x1000, ""},
      {SQL_ATTR_PARAM_BIND_TYPE, 16, ""},
      {SQL_ATTR_PARAM_OPERATION_PTR, 0x1000, ""},
      {SQL_ATTR_PARAM_STATUS_PTR, 0x1000, ""},
      {SQL_ATTR_QUERY_TIMEOUT, 9, ""},
      {SQL_ATTR_RETRIEVE_DATA, SQL_RD_OFF, ""},
      {SQL_ATTR_RETRIEVE_DATA, SQL_RD_ON, ""},
      {SQL_ATTR_RETRIEVE_DATA, 7, "HY024"},
      {SQL_ATTR_ROWS_FETCHED_PTR, 0x1000, ""},
      {SQL_ATTR_ROW_ARRAY_SIZE, 9, ""},
      {SQL_ATTR_ROW_ARRAY_SIZE, 0, "HY024"},
      {SQL_ATTR_ROW_BIND_OFFSET_PTR, 0x1000, ""},
      {SQL_ATTR_ROW_BIND_TYPE, 16, ""},
      {SQL_ATTR_ROW_NUMBER, 1, "HY092"},
      {SQL_ATTR_ROW_OPERATION_PTR, 0x1000, ""},
      {SQL_ATTR_ROW_STATUS_PTR, 0x1000, ""},
      {SQL_ATTR_SIMULATE_CURSOR, SQL_SC_NON_UNIQUE, ""},
      {SQL_ATTR_SIMULATE_CURSOR, SQL_SC_TRY_UNIQUE, ""},
      {SQL_ATTR_SIMULATE_CURSOR, SQL_SC_UNIQUE, ""},
      {SQL_ATTR_SIMULATE_CURSOR, 7, "HY024"},
      {SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE, ""},
      {SQL_ATTR_USE_BOOKMARKS, SQL_UB_FIXED, ""},
      {SQL_ATTR_USE_BOOKMARKS, SQL_UB_OFF, ""},
      {SQL_ATTR_USE_BOOKMARKS, 7, "HY024"},
      {SQL_GET_BOOKMARK, 0, "HY092"},
      {SQL_ROWSET_SIZE, 9, ""},
      {SQL_ROWSET_SIZE, 0, "HY024"},
      {kUnknown, 0, "HY092"},
  };
  const auto set = [&](SQLINTEGER id, SQLPOINTER value) {
    const bool is_handle = id == SQL_ATTR_APP_PARAM_DESC || id == SQL_ATTR_APP_ROW_DESC;
    set_attribute(statement, id, is_handle ? static_cast<Handle*>(&connection) : value);
  };
  walk(statement, kCases, statement_attributes(), set);
  EXPECT_EQ(state_thrown([&] { (void)get_attribute(statement, SQL_ATTR_ASYNC_STMT_EVENT); }), "HYC00");
  EXPECT_EQ(state_thrown([&] { (void)get_attribute(statement, SQL_ATTR_ROW_NUMBER); }), "24000");
  EXPECT_EQ(state_thrown([&] { (void)get_attribute(statement, SQL_GET_BOOKMARK); }), "HY011");
}

}  // namespace
}  // namespace selkie::odbc
