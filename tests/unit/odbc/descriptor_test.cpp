#include "odbc/descriptor.h"

#include "unconnected.h"

namespace selkie::odbc {
namespace {

using namespace test;
using protocol::WireType;
namespace flag = protocol::column_flag;

SQLPOINTER number(SQLLEN value) { return reinterpret_cast<SQLPOINTER>(value); }

class DescriptorTest : public Unconnected {
 protected:
  void set(Descriptor& descriptor, SQLSMALLINT record, SQLSMALLINT field, SQLPOINTER value) {
    descriptor.set_field(record, field, value, 0, false);
  }
  SQLLEN get(Descriptor& descriptor, SQLSMALLINT record, SQLSMALLINT field) {
    return descriptor.get_field(record, field).number;
  }
  std::string text(Descriptor& descriptor, SQLSMALLINT record, SQLSMALLINT field) {
    return descriptor.get_field(record, field).text;
  }

  Descriptor& ard = statement.ard();
  Descriptor& apd = statement.apd();
  Descriptor& ird = statement.ird();
  Descriptor& ipd = statement.ipd();
  SQLINTEGER buffer = 0;
  SQLLEN indicator = 0;
};

// --- Types

TEST_F(DescriptorTest, AConciseTypeSetsTypeAndCode) {
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_TYPE_TIMESTAMP));
  EXPECT_EQ(get(ard, 1, SQL_DESC_TYPE), SQL_DATETIME);
  EXPECT_EQ(get(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE), SQL_CODE_TIMESTAMP);
  EXPECT_EQ(get(ard, 1, SQL_DESC_PRECISION), 6);
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_INTERVAL_DAY_TO_SECOND));
  EXPECT_EQ(get(ard, 1, SQL_DESC_TYPE), SQL_INTERVAL);
  EXPECT_EQ(get(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE), SQL_CODE_DAY_TO_SECOND);
  EXPECT_EQ(get(ard, 1, SQL_DESC_DATETIME_INTERVAL_PRECISION), 2);
  set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_SLONG));
  EXPECT_EQ(get(ard, 1, SQL_DESC_TYPE), SQL_C_SLONG);
  EXPECT_EQ(get(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE), 0);
}

TEST_F(DescriptorTest, TypeAndCodeTogetherMakeAConciseTypeInEitherOrder) {
  set(ard, 1, SQL_DESC_TYPE, number(SQL_DATETIME));
  set(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE, number(SQL_CODE_TIME));
  EXPECT_EQ(get(ard, 1, SQL_DESC_CONCISE_TYPE), SQL_C_TYPE_TIME);
  set(ard, 2, SQL_DESC_DATETIME_INTERVAL_CODE, number(SQL_CODE_MONTH));
  set(ard, 2, SQL_DESC_TYPE, number(SQL_INTERVAL));
  EXPECT_EQ(get(ard, 2, SQL_DESC_CONCISE_TYPE), SQL_C_INTERVAL_MONTH);
}

TEST_F(DescriptorTest, ADatetimeWithoutItsCodeCannotBeBound) {
  set(ard, 1, SQL_DESC_TYPE, number(SQL_DATETIME));
  EXPECT_EQ(state_thrown([&] { set(ard, 1, SQL_DESC_DATA_PTR, &buffer); }), "HY021");
  EXPECT_EQ(state_thrown([&] { set(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE, number(9)); }), "HY021");
}

TEST_F(DescriptorTest, TypesAreThoseOfTheRole) {
  EXPECT_EQ(state_thrown([&] { set(ard, 1, SQL_DESC_CONCISE_TYPE, number(SQL_VARBINARY)); }), "HY021");
  EXPECT_EQ(state_thrown([&] { set(ard, 1, SQL_DESC_CONCISE_TYPE, number(12345)); }), "HY021");
  set(ipd, 1, SQL_DESC_CONCISE_TYPE, number(SQL_VARBINARY));
  EXPECT_EQ(state_thrown([&] { set(ipd, 1, SQL_DESC_CONCISE_TYPE, number(SQL_C_SLONG)); }), "HY021");
}

TEST_F(DescriptorTest, ConsistencyIsCheckedWhenTheBufferIsNamed) {
  set(ard, 1, SQL_DESC_TYPE, number(SQL_C_NUMERIC));
  set(ard, 1, SQL_DESC_PRECISION, number(4));
  set(ard, 1, SQL_DESC_SCALE, number(5));
  EXPECT_EQ(state_thrown([&] { set(ard, 1, SQL_DESC_DATA_PTR, &buffer); }), "HY021");
  set(ard, 1, SQL_DESC_SCALE, number(2));
  set(ard, 1, SQL_DESC_DATA_PTR, &buffer);
  EXPECT_EQ(ard.get_field(1, SQL_DESC_DATA_PTR).pointer, &buffer);
}

TEST_F(DescriptorTest, AnIpdsBufferIsOnlyACheck) {
  set(ipd, 1, SQL_DESC_TYPE, number(SQL_INTEGER));
  set(ipd, 1, SQL_DESC_DATA_PTR, &buffer);
  EXPECT_EQ(ipd.get_field(1, SQL_DESC_DATA_PTR).pointer, nullptr);
  EXPECT_EQ(ipd.count(), 1);
}

// --- Binding and counting

TEST_F(DescriptorTest, CountGrowsWithTheRecordsThatAreNamed) {
  set(ard, 3, SQL_DESC_TYPE, number(SQL_C_CHAR));
  EXPECT_EQ(get(ard, 0, SQL_DESC_COUNT), 3);
  set(ard, 0, SQL_DESC_COUNT, number(1));
  EXPECT_EQ(ard.find(3), nullptr);
  EXPECT_TRUE(ard.is_past_end(2, SQL_DESC_TYPE));
  EXPECT_FALSE(ard.is_past_end(2, SQL_DESC_COUNT));
}

TEST_F(DescriptorTest, UnbindingTheLastRecordLowersTheCountToTheHighestBoundOne) {
  for (const SQLSMALLINT column : {SQLSMALLINT{1}, SQLSMALLINT{2}, SQLSMALLINT{4}}) {
    set(ard, column, SQL_DESC_TYPE, number(SQL_C_SLONG));
    set(ard, column, SQL_DESC_DATA_PTR, &buffer);
  }
  set(ard, 4, SQL_DESC_DATA_PTR, nullptr);
  EXPECT_EQ(ard.count(), 2);
  set(ard, 1, SQL_DESC_DATA_PTR, nullptr);
  EXPECT_EQ(ard.count(), 2);
}

TEST_F(DescriptorTest, ChangingATypeUnbindsTheRecord) {
  set(ard, 1, SQL_DESC_TYPE, number(SQL_C_SLONG));
  set(ard, 1, SQL_DESC_DATA_PTR, &buffer);
  set(ard, 1, SQL_DESC_INDICATOR_PTR, &indicator);
  EXPECT_EQ(ard.get_field(1, SQL_DESC_DATA_PTR).pointer, &buffer);
  set(ard, 1, SQL_DESC_OCTET_LENGTH, number(8));
  EXPECT_EQ(ard.get_field(1, SQL_DESC_DATA_PTR).pointer, nullptr);
}

TEST_F(DescriptorTest, EveryChangeRaisesTheGeneration) {
  const std::uint64_t before = ard.generation();
  set(ard, 1, SQL_DESC_TYPE, number(SQL_C_SLONG));
  const std::uint64_t after = ard.generation();
  EXPECT_GT(after, before);
  (void)get(ard, 1, SQL_DESC_TYPE);
  EXPECT_EQ(ard.generation(), after);
  set(ard, 0, SQL_DESC_ARRAY_SIZE, number(10));
  EXPECT_GT(ard.generation(), after);
}

// --- Who may read and write what

TEST_F(DescriptorTest, FieldsOfAnotherRoleAreUnknown) {
  EXPECT_EQ(state_thrown([&] { (void)ard.get_field(0, SQL_DESC_ROWS_PROCESSED_PTR); }), "HY091");
  EXPECT_EQ(state_thrown([&] { set(ipd, 0, SQL_DESC_BIND_TYPE, number(8)); }), "HY091");
  EXPECT_EQ(state_thrown([&] { (void)ard.get_field(0, 4711); }), "HY091");
  EXPECT_EQ(state_thrown([&] { set(ard, 0, SQL_DESC_ALLOC_TYPE, number(1)); }), "HY091");
}

TEST_F(DescriptorTest, OfAnIrdOnlyThePointersOfItsHeaderCanBeSet) {
  SQLULEN rows = 0;
  set(ird, 0, SQL_DESC_ROWS_PROCESSED_PTR, &rows);
  EXPECT_EQ(ird.get_field(0, SQL_DESC_ROWS_PROCESSED_PTR).pointer, &rows);
  EXPECT_EQ(state_thrown([&] { set(ird, 1, SQL_DESC_TYPE, number(SQL_INTEGER)); }), "HY016");
  EXPECT_EQ(state_thrown([&] { set(ird, 0, SQL_DESC_COUNT, number(1)); }), "HY016");
}

TEST_F(DescriptorTest, AnIrdBeforePreparationHasNoRecords) {
  EXPECT_EQ(state_thrown([&] { (void)ird.get_field(1, SQL_DESC_NAME); }), "HY007");
  EXPECT_EQ(state_thrown([&] { (void)ird.get_field(0, SQL_DESC_COUNT); }), "HY007");
  EXPECT_EQ(get(ird, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_AUTO);
}

TEST_F(DescriptorTest, NumbersThatAreNoRecordAreRefused) {
  EXPECT_EQ(state_thrown([&] { set(ard, -1, SQL_DESC_TYPE, number(SQL_C_CHAR)); }), "07009");
  EXPECT_EQ(state_thrown([&] { set(ipd, 0, SQL_DESC_TYPE, number(SQL_CHAR)); }), "07009");
  EXPECT_EQ(state_thrown([&] { (void)ard.get_field(1, SQL_DESC_TYPE); }), "07009");
}

TEST_F(DescriptorTest, WidthsAreThoseOfTheSpecification) {
  EXPECT_EQ(ard.get_field(0, SQL_DESC_ARRAY_SIZE).size_bytes, SQLSMALLINT{sizeof(SQLULEN)});
  EXPECT_EQ(ard.get_field(0, SQL_DESC_BIND_TYPE).size_bytes, SQLSMALLINT{sizeof(SQLINTEGER)});
  EXPECT_EQ(ard.get_field(0, SQL_DESC_COUNT).size_bytes, SQLSMALLINT{sizeof(SQLSMALLINT)});
}

TEST_F(DescriptorTest, AParametersNameAndDirection) {
  SQLCHAR name[] = "amount";
  ipd.set_field(1, SQL_DESC_NAME, name, SQL_NTS, false);
  EXPECT_EQ(text(ipd, 1, SQL_DESC_NAME), "amount");
  EXPECT_EQ(get(ipd, 1, SQL_DESC_UNNAMED), SQL_NAMED);
  char16_t wide[] = u"betrag";
  ipd.set_field(1, SQL_DESC_NAME, wide, 6 * sizeof(SQLWCHAR), true);
  EXPECT_EQ(text(ipd, 1, SQL_DESC_NAME), "betrag");
  set(ipd, 1, SQL_DESC_UNNAMED, number(SQL_UNNAMED));
  EXPECT_EQ(text(ipd, 1, SQL_DESC_NAME), "");
  EXPECT_EQ(get(ipd, 1, SQL_DESC_NULLABLE), SQL_NULLABLE);
  EXPECT_EQ(get(ipd, 1, SQL_DESC_PARAMETER_TYPE), SQL_PARAM_INPUT);
  EXPECT_EQ(state_thrown([&] { set(ipd, 1, SQL_DESC_PARAMETER_TYPE, number(99)); }), "HY105");
  EXPECT_EQ(state_thrown([&] { set(ipd, 1, SQL_DESC_UNNAMED, number(SQL_NAMED)); }), "HY092");
}

// --- A result's columns

TEST_F(DescriptorTest, AColumnIsDescribed) {
  ird.show(columns_of({{.schema = "shop",
                        .table = "p",
                        .org_table = "product",
                        .name = "Number",
                        .org_name = "id",
                        .flags = flag::kNotNull | flag::kAutoIncrement | flag::kUnsigned},
                       {.name = "1+1"}}));
  EXPECT_EQ(get(ird, 0, SQL_DESC_COUNT), 2);
  EXPECT_EQ(text(ird, 1, SQL_DESC_NAME), "Number");
  EXPECT_EQ(text(ird, 1, SQL_DESC_LABEL), "Number");
  EXPECT_EQ(text(ird, 1, SQL_DESC_BASE_COLUMN_NAME), "id");
  EXPECT_EQ(text(ird, 1, SQL_DESC_TABLE_NAME), "p");
  EXPECT_EQ(text(ird, 1, SQL_DESC_BASE_TABLE_NAME), "product");
  EXPECT_EQ(text(ird, 1, SQL_DESC_CATALOG_NAME), "shop");
  EXPECT_EQ(text(ird, 1, SQL_DESC_SCHEMA_NAME), "");
  EXPECT_EQ(get(ird, 1, SQL_DESC_NULLABLE), SQL_NO_NULLS);
  EXPECT_EQ(get(ird, 1, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_TRUE);
  EXPECT_EQ(get(ird, 1, SQL_DESC_UNSIGNED), SQL_TRUE);
  EXPECT_EQ(get(ird, 1, SQL_DESC_UPDATABLE), SQL_ATTR_READWRITE_UNKNOWN);
  EXPECT_EQ(get(ird, 2, SQL_DESC_UPDATABLE), SQL_ATTR_READONLY);
  EXPECT_EQ(get(ird, 2, SQL_DESC_NULLABLE), SQL_NULLABLE);
  EXPECT_TRUE(ird.is_past_end(3, SQL_DESC_NAME));
}

TEST_F(DescriptorTest, ADateColumnIsNullableBecauseZeroDatesAreReadAsNull) {
  ird.show(columns_of({{.name = "d", .type = WireType::date, .flags = flag::kNotNull, .length = 10},
                       {.name = "t", .type = WireType::time, .flags = flag::kNotNull, .length = 10}}));
  EXPECT_EQ(get(ird, 1, SQL_DESC_NULLABLE), SQL_NULLABLE);
  EXPECT_EQ(get(ird, 2, SQL_DESC_NULLABLE), SQL_NO_NULLS);
}

TEST_F(DescriptorTest, AnUnnamedColumnSaysSo) {
  ird.show(columns_of({{.name = ""}}));
  EXPECT_EQ(get(ird, 1, SQL_DESC_UNNAMED), SQL_UNNAMED);
}

TEST_F(DescriptorTest, Odbc2ApplicationsGetOdbc2DatetimeTypes) {
  environment.odbc_version = SQL_OV_ODBC2;
  ird.show(columns_of({{.name = "d", .type = WireType::datetime, .length = 19}}));
  EXPECT_EQ(get(ird, 1, SQL_DESC_CONCISE_TYPE), SQL_TIMESTAMP);
  EXPECT_EQ(get(ird, 1, SQL_DESC_TYPE), SQL_DATETIME);
}

// --- Copying

TEST_F(DescriptorTest, CopyingTakesAllButTheKindOfAllocation) {
  Descriptor own(connection, DescriptorRole::ard, false);
  set(own, 2, SQL_DESC_TYPE, number(SQL_C_DOUBLE));
  set(own, 2, SQL_DESC_DATA_PTR, &buffer);
  set(own, 0, SQL_DESC_ARRAY_SIZE, number(7));
  ard.copy_from(own);
  EXPECT_EQ(ard.count(), 2);
  EXPECT_EQ(get(ard, 2, SQL_DESC_CONCISE_TYPE), SQL_C_DOUBLE);
  EXPECT_EQ(ard.get_field(2, SQL_DESC_DATA_PTR).pointer, &buffer);
  EXPECT_EQ(ard.array_size, 7u);
  EXPECT_EQ(get(ard, 0, SQL_DESC_ALLOC_TYPE), SQL_DESC_ALLOC_AUTO);
}

TEST_F(DescriptorTest, AResultsColumnsCanBeCopiedAsParametersAreDescribed) {
  ird.show(columns_of({{.name = "d", .type = WireType::newdecimal, .length = 14, .decimals = 3}}));
  ipd.copy_from(ird);
  EXPECT_EQ(get(ipd, 1, SQL_DESC_CONCISE_TYPE), SQL_DECIMAL);
  EXPECT_EQ(get(ipd, 1, SQL_DESC_PRECISION), 12);
  EXPECT_EQ(get(ipd, 1, SQL_DESC_SCALE), 3);
  EXPECT_EQ(text(ipd, 1, SQL_DESC_NAME), "d");
}

TEST_F(DescriptorTest, WhatCannotBeCopied) {
  EXPECT_EQ(state_thrown([&] { ird.copy_from(ard); }), "HY016");
  EXPECT_EQ(state_thrown([&] { ard.copy_from(ird); }), "HY007");
  set(apd, 1, SQL_DESC_TYPE, number(SQL_C_SLONG));
  set(apd, 1, SQL_DESC_DATA_PTR, &buffer);
  apd.find(1)->concise_type = 4711;
  EXPECT_EQ(state_thrown([&] { ard.copy_from(apd); }), "HY021");
}

}  // namespace
}  // namespace selkie::odbc
