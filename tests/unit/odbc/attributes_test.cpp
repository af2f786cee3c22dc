#include "odbc/attributes.h"

#include "unconnected.h"

namespace selkie::odbc {
namespace {

using namespace test;
using Kind = AttributeValue::Kind;

SQLPOINTER number(SQLULEN value) { return reinterpret_cast<SQLPOINTER>(value); }

class AttributesTest : public Unconnected {
 protected:
  void set(SQLINTEGER attribute, SQLULEN value) { set_attribute(statement, attribute, number(value)); }
  SQLULEN get(SQLINTEGER attribute) { return get_attribute(statement, attribute).number; }
  std::string refused(SQLINTEGER attribute, SQLULEN value) {
    return state_thrown([&] { set(attribute, value); });
  }
  // Sets, and answers the warning it brought.
  std::string warned(SQLINTEGER attribute, SQLULEN value) {
    statement.diagnostics.clear();
    set(attribute, value);
    return statement.diagnostics.empty() ? "" : statement.diagnostics.records()[0].state;
  }
};

// --- Statements

TEST_F(AttributesTest, ScrollableCursorsAreStaticAndSayItInAllFourAttributes) {
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_FORWARD_ONLY);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SCROLLABLE), SQLULEN{SQL_NONSCROLLABLE});
  set(SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_INSENSITIVE});
  set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SCROLLABLE), SQLULEN{SQL_NONSCROLLABLE});
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_UNSPECIFIED});
  set(SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
}

TEST_F(AttributesTest, OnlyAReadOnlyStaticCursorIsInsensitiveToEverything) {
  set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_UNSPECIFIED});
  set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY);
  EXPECT_EQ(get(SQL_ATTR_CONCURRENCY), SQL_CONCUR_VALUES);
  set(SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
  EXPECT_EQ(get(SQL_ATTR_CONCURRENCY), SQL_CONCUR_READ_ONLY);
}

TEST_F(AttributesTest, AKeysetDrivenCursorSaysNothingOfItsSensitivity) {
  set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SCROLLABLE), SQLULEN{SQL_SCROLLABLE});
  EXPECT_EQ(get(SQL_ATTR_CURSOR_SENSITIVITY), SQLULEN{SQL_UNSPECIFIED});
  EXPECT_EQ(warned(SQL_ATTR_KEYSET_SIZE, 100), "01S02");  // all keys are kept
  EXPECT_EQ(get(SQL_ATTR_KEYSET_SIZE), 0u);
}

TEST_F(AttributesTest, NearbyValuesAreSubstitutedWithAWarning) {
  EXPECT_EQ(warned(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_DYNAMIC), "01S02");
  EXPECT_EQ(get(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_KEYSET_DRIVEN);
  EXPECT_EQ(warned(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN), "");
  EXPECT_EQ(warned(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC), "");
  for (const SQLULEN concurrency : {SQL_CONCUR_LOCK, SQL_CONCUR_ROWVER, SQL_CONCUR_VALUES}) {
    EXPECT_EQ(warned(SQL_ATTR_CONCURRENCY, concurrency), concurrency == SQL_CONCUR_VALUES ? "" : "01S02");
    EXPECT_EQ(get(SQL_ATTR_CONCURRENCY), SQL_CONCUR_VALUES);
  }
  EXPECT_EQ(warned(SQL_ATTR_MAX_LENGTH, 100), "");
  EXPECT_EQ(get(SQL_ATTR_MAX_LENGTH), 100u);
  EXPECT_EQ(warned(SQL_ATTR_MAX_ROWS, 100), "");
  EXPECT_EQ(get(SQL_ATTR_MAX_ROWS), 100u);
  EXPECT_EQ(warned(SQL_ATTR_QUERY_TIMEOUT, 0xffffffff), "");
  EXPECT_EQ(warned(SQL_ATTR_QUERY_TIMEOUT, ~SQLULEN{0}), "01S02");
  EXPECT_EQ(get(SQL_ATTR_QUERY_TIMEOUT), 0xffffffffu);
}

TEST_F(AttributesTest, WhatIsNotThereIsRefusedAndWhatIsNoValueToo) {
  EXPECT_EQ(refused(SQL_ATTR_CURSOR_SENSITIVITY, SQL_SENSITIVE), "HYC00");
  EXPECT_EQ(refused(SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON), "HYC00");
  EXPECT_EQ(refused(SQL_ATTR_USE_BOOKMARKS, 7), "HY024");
  EXPECT_EQ(refused(SQL_ATTR_ENABLE_AUTO_IPD, SQL_TRUE), "HYC00");
  EXPECT_EQ(refused(SQL_ATTR_CURSOR_TYPE, 77), "HY024");
  EXPECT_EQ(refused(SQL_ATTR_NOSCAN, 2), "HY024");
  EXPECT_EQ(refused(SQL_ATTR_ROW_ARRAY_SIZE, 0), "HY024");
  EXPECT_EQ(refused(SQL_ATTR_PARAMSET_SIZE, 0), "HY024");
  EXPECT_EQ(refused(4711, 0), "HY092");
  EXPECT_EQ(refused(SQL_ATTR_ROW_NUMBER, 1), "HY092");
}

TEST_F(AttributesTest, HeaderFieldsOfDescriptorsAreAttributes) {
  SQLULEN fetched = 0;
  set_attribute(statement, SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  set(SQL_ATTR_ROW_ARRAY_SIZE, 50);
  set(SQL_ATTR_PARAM_BIND_TYPE, 24);
  EXPECT_EQ(statement.ird().rows_processed_ptr, &fetched);
  EXPECT_EQ(statement.ard().array_size, 50u);
  EXPECT_EQ(statement.apd().bind_type, 24u);
  EXPECT_EQ(get_attribute(statement, SQL_ATTR_ROWS_FETCHED_PTR).pointer, &fetched);
  EXPECT_EQ(get_attribute(statement, SQL_ATTR_ROWS_FETCHED_PTR).kind, Kind::pointer);
  EXPECT_EQ(get_attribute(statement, SQL_ATTR_ROW_ARRAY_SIZE).kind, Kind::ulen);
  const std::uint64_t generation = statement.ard().generation();
  set(SQL_ATTR_ROW_BIND_TYPE, 16);
  EXPECT_GT(statement.ard().generation(), generation);
}

TEST_F(AttributesTest, AnExplicitDescriptorReplacesTheStatementsOwn) {
  Descriptor own(connection, DescriptorRole::ard, false);
  Descriptor* const automatic = &statement.ard();
  set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &own);
  EXPECT_EQ(&statement.ard(), &own);
  set_attribute(statement, SQL_ATTR_APP_ROW_DESC, automatic);
  EXPECT_EQ(&statement.ard(), automatic);
  set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &own);
  set_attribute(statement, SQL_ATTR_APP_ROW_DESC, SQL_NULL_HANDLE);
  EXPECT_EQ(&statement.ard(), automatic);
}

TEST_F(AttributesTest, ForeignDescriptorsAreRefusedAndChangeNothing) {
  Statement other(connection);
  Connection elsewhere(environment);
  Descriptor far(elsewhere, DescriptorRole::ard, false);
  Descriptor* const automatic = &statement.ard();
  EXPECT_EQ(state_thrown([&] { set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &other.ard()); }), "HY017");
  EXPECT_EQ(state_thrown([&] { set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &statement.apd()); }), "HY017");
  EXPECT_EQ(state_thrown([&] { set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &far); }), "HY024");
  EXPECT_EQ(state_thrown([&] { set_attribute(statement, SQL_ATTR_APP_ROW_DESC, &statement); }), "HY024");
  EXPECT_EQ(state_thrown([&] { set_attribute(statement, SQL_ATTR_IMP_ROW_DESC, automatic); }), "HY017");
  EXPECT_EQ(&statement.ard(), automatic);
}

// --- Connections

TEST_F(AttributesTest, ConnectionAttributesBeforeConnecting) {
  const auto set_dbc = [&](SQLINTEGER attribute, SQLULEN value) { set_attribute(connection, attribute, number(value), ""); };
  const auto get_dbc = [&](SQLINTEGER attribute) { return get_attribute(connection, attribute).number; };
  EXPECT_EQ(get_dbc(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_ON);
  set_dbc(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
  EXPECT_EQ(get_dbc(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_OFF);
  set_dbc(SQL_ATTR_LOGIN_TIMEOUT, 7);
  EXPECT_EQ(get_dbc(SQL_ATTR_LOGIN_TIMEOUT), 7u);
  set_dbc(SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE);
  EXPECT_EQ(get_dbc(SQL_ATTR_TXN_ISOLATION), SQLULEN{SQL_TXN_SERIALIZABLE});
  set_attribute(connection, SQL_ATTR_CURRENT_CATALOG, &connection, "shop");
  EXPECT_EQ(get_attribute(connection, SQL_ATTR_CURRENT_CATALOG).text, "shop");
  EXPECT_EQ(state_thrown([&] { set_dbc(SQL_ATTR_TXN_ISOLATION, 3); }), "HY024");
  EXPECT_EQ(state_thrown([&] { set_dbc(SQL_ATTR_ENLIST_IN_DTC, 1); }), "HYC00");
  EXPECT_EQ(state_thrown([&] { set_dbc(SQL_ATTR_AUTO_IPD, SQL_TRUE); }), "HY092");
  EXPECT_EQ(state_thrown([&] { set_dbc(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES); }), "08003");
  EXPECT_EQ(state_thrown([&] { (void)get_dbc(SQL_ATTR_CONNECTION_DEAD); }), "08003");
  EXPECT_EQ(state_thrown([&] { set_dbc(4711, 1); }), "HY092");
}

TEST_F(AttributesTest, TextAttributesAreKnown) {
  EXPECT_TRUE(is_text_attribute(SQL_ATTR_CURRENT_CATALOG));
  EXPECT_TRUE(is_text_attribute(SQL_ATTR_TRACEFILE));
  EXPECT_FALSE(is_text_attribute(SQL_ATTR_AUTOCOMMIT));
  EXPECT_FALSE(is_text_attribute(4711));
  EXPECT_EQ(state_thrown([&] { set_attribute(connection, SQL_ATTR_CURRENT_CATALOG, nullptr, ""); }), "HY009");
}

TEST_F(AttributesTest, RubbishAboveThirtyTwoBitsIsIgnored) {
  set_attribute(connection, SQL_ATTR_LOGIN_TIMEOUT, number((SQLULEN{0xdeadbeef} << 32) | 5), "");
  EXPECT_EQ(connection.login_timeout_s, 5u);
}

TEST_F(AttributesTest, MetadataIdentifiersAreInheritedByStatements) {
  set_attribute(connection, SQL_ATTR_METADATA_ID, number(SQL_TRUE), "");
  EXPECT_EQ(get(SQL_ATTR_METADATA_ID), SQLULEN{SQL_TRUE});
  Statement later(connection);
  EXPECT_EQ(get_attribute(later, SQL_ATTR_METADATA_ID).number, SQLULEN{SQL_TRUE});
}

// --- Environments

TEST_F(AttributesTest, EnvironmentAttributes) {
  Environment fresh;
  set_attribute(fresh, SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3_80));
  EXPECT_EQ(get_attribute(fresh, SQL_ATTR_ODBC_VERSION).number, SQLULEN{SQL_OV_ODBC3_80});
  EXPECT_EQ(get_attribute(fresh, SQL_ATTR_OUTPUT_NTS).number, SQLULEN{SQL_TRUE});
  EXPECT_EQ(state_thrown([&] { set_attribute(fresh, SQL_ATTR_ODBC_VERSION, number(7)); }), "HY024");
  EXPECT_EQ(state_thrown([&] { set_attribute(fresh, SQL_ATTR_OUTPUT_NTS, number(SQL_FALSE)); }), "HYC00");
  EXPECT_EQ(state_thrown([&] { set_attribute(fresh, 1, number(1)); }), "HY092");
}

}  // namespace
}  // namespace selkie::odbc
