// Rows of COM_STMT_BULK_EXECUTE: the values written in place are those of the converters, and nothing is left of a row that
// needs a closer look.
#include "odbc/bulk_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace selkie::odbc {
namespace {

using protocol::ByteWriter;

std::string hex(protocol::Bytes bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// What the parameter's own converter appends, behind the indicator of a value.
std::string converted(const InPlan& plan, const void* data, SQLLEN size) {
  ByteWriter out;
  out.u8(0);
  EXPECT_EQ(plan.convert(plan, data, size, out), Outcome::ok);
  return hex(out.bytes());
}

const auto* bytes_of(const auto* data) { return reinterpret_cast<const std::uint8_t*>(data); }

// One parameter of a fixed size, with a length for each row where there are any.
template <class T>
struct Fixed {
  InPlan plan;
  std::vector<T> values;
  std::vector<SQLLEN> lengths{};

  BulkParameter parameter() const {
    return {.plan = &plan,
            .data = bytes_of(values.data()),
            .length = lengths.empty() ? nullptr : bytes_of(lengths.data()),
            .data_step = sizeof(T),
            .length_step = sizeof(SQLLEN),
            .fixed_bytes = sizeof(T)};
  }
};

struct Texts {
  static constexpr std::size_t kBytes = 400;
  explicit Texts(const std::vector<std::string>& texts) : memory(texts.size() * kBytes) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i].copy(memory.data() + i * kBytes, kBytes);
      lengths.push_back(static_cast<SQLLEN>(texts[i].size()));
    }
  }
  BulkParameter parameter() const {
    return {.plan = &plan,
            .data = bytes_of(memory.data()),
            .length = bytes_of(lengths.data()),
            .data_step = kBytes,
            .length_step = sizeof(SQLLEN),
            .buffer_bytes = kBytes};
  }
  InPlan plan = plan_input(SQL_C_CHAR, SQL_VARCHAR, {});
  std::vector<char> memory;
  std::vector<SQLLEN> lengths;
};

struct Appended {
  std::size_t stopped_at;
  bool has_null;
  std::string hex;
};

Appended append(const std::vector<BulkParameter>& parameters, const BulkRange& range, std::size_t enough_bytes = SIZE_MAX) {
  ByteWriter out;
  bool has_null = false;
  const std::size_t stopped_at = append_bulk_rows(parameters, range, enough_bytes, out, has_null);
  return {stopped_at, has_null, hex(out.bytes())};
}

template <class T>
void expect_as_converted(const Fixed<T>& fixed) {
  std::string expected;
  for (const T& value : fixed.values) expected += converted(fixed.plan, &value, sizeof value);
  const Appended appended = append({fixed.parameter()}, {0, fixed.values.size(), nullptr});
  EXPECT_EQ(appended.stopped_at, fixed.values.size());
  EXPECT_EQ(appended.hex, expected);
}

TEST(BulkRows, FixedValuesGoOutAsTheirConvertersSendThem) {
  expect_as_converted<SQLINTEGER>({plan_input(SQL_C_SLONG, SQL_INTEGER, {}), {0, -1, 2'147'483'647}});
  expect_as_converted<SQLBIGINT>({plan_input(SQL_C_SBIGINT, SQL_BIGINT, {}), {-2, std::numeric_limits<SQLBIGINT>::max()}});
  expect_as_converted<SQLSMALLINT>({plan_input(SQL_C_SSHORT, SQL_SMALLINT, {}), {-300, 300}});
  expect_as_converted<SQLDOUBLE>({plan_input(SQL_C_DOUBLE, SQL_DOUBLE, {}), {0.1, -0.0, 1e308}});
  expect_as_converted<SQLREAL>({plan_input(SQL_C_FLOAT, SQL_REAL, {}), {0.1f}});
  expect_as_converted<SQL_TIMESTAMP_STRUCT>(
      {plan_input(SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, {}),
       {{1, 1, 1, 0, 0, 0, 0}, {9999, 12, 31, 23, 59, 59, 999'999'000}, {2024, 2, 29, 1, 2, 3, 1000}}});
}

TEST(BulkRows, TextOfAnyLengthGoesOutAsItsConverterSendsIt) {
  std::vector<std::string> texts;
  for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 16u, 250u, 251u, 399u}) texts.push_back(std::string(size, 'x') + "");
  texts.insert(texts.end(), {"Grüße", "日本語のテキスト", std::string(8, 'a') + "é"});
  const Texts bound(texts);
  std::string expected;
  for (const std::string& text : texts) expected += converted(bound.plan, text.data(), static_cast<SQLLEN>(text.size()));
  EXPECT_EQ(append({bound.parameter()}, {0, texts.size(), nullptr}).hex, expected);
}

TEST(BulkRows, TerminatedTextIsCounted) {
  Texts bound({"one", std::string(300, 'y')});
  bound.lengths = {SQL_NTS, SQL_NTS};
  EXPECT_EQ(append({bound.parameter()}, {0, 2, nullptr}).hex,
            converted(bound.plan, "one", 3) + converted(bound.plan, std::string(300, 'y').data(), 300));
}

TEST(BulkRows, NullGoesOutAsItsIndicatorAndIsTold) {
  const Fixed<SQLINTEGER> fixed{plan_input(SQL_C_SLONG, SQL_INTEGER, {}), {7, 8}, {SQL_NULL_DATA, 4}};
  Texts texts({"a", "b"});
  texts.lengths[1] = SQL_NULL_DATA;
  const Appended appended = append({fixed.parameter(), texts.parameter()}, {0, 2, nullptr});
  EXPECT_EQ(appended.hex,
            "01"
            "000161"
            "0008000000"
            "01");
  EXPECT_TRUE(appended.has_null);
  EXPECT_FALSE(append({Fixed<SQLINTEGER>{fixed.plan, {7}}.parameter()}, {0, 1, nullptr}).has_null);
}

TEST(BulkRows, StopsAtAnIgnoredRowAndWhereEnoughBytesAre) {
  const Fixed<SQLINTEGER> fixed{plan_input(SQL_C_SLONG, SQL_INTEGER, {}), {1, 2, 3, 4}};
  const std::array<SQLUSMALLINT, 4> operations{SQL_PARAM_PROCEED, SQL_PARAM_PROCEED, SQL_PARAM_IGNORE, SQL_PARAM_PROCEED};
  EXPECT_EQ(append({fixed.parameter()}, {1, 4, operations.data()}).stopped_at, 2u);
  EXPECT_EQ(append({fixed.parameter()}, {1, 4, operations.data()}).hex, "0002000000");
  EXPECT_EQ(append({fixed.parameter()}, {0, 4, nullptr}, 6).stopped_at, 2u);  // a row has five bytes
}

// The row before stays; of the one with the value nothing is appended, though its first value was in order.
void expect_closer_look(const BulkParameter& of_two_rows) {
  const Fixed<SQLINTEGER> first{plan_input(SQL_C_SLONG, SQL_INTEGER, {}), {1, 2}};
  const Appended appended = append({first.parameter(), of_two_rows}, {0, 2, nullptr});
  EXPECT_EQ(appended.stopped_at, 1u);
  EXPECT_EQ(appended.hex, append({first.parameter(), of_two_rows}, {0, 1, nullptr}).hex);
  EXPECT_EQ(append({first.parameter(), of_two_rows}, {1, 2, nullptr}).hex, "");
}

TEST(BulkRows, NothingIsLeftOfARowThatNeedsACloserLook) {
  expect_closer_look(
      Fixed<SQLDOUBLE>{plan_input(SQL_C_DOUBLE, SQL_DOUBLE, {}), {1, std::numeric_limits<double>::infinity()}}.parameter());
  const InPlan timestamp = plan_input(SQL_C_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, {});
  const SQL_TIMESTAMP_STRUCT good{2020, 1, 2, 3, 4, 5, 0};
  for (const SQL_TIMESTAMP_STRUCT& bad : {SQL_TIMESTAMP_STRUCT{2023, 2, 29, 0, 0, 0, 0},
                                          {2023, 2, 1, 24, 0, 0, 0},
                                          {-1, 2, 1, 0, 0, 0, 0},
                                          {2023, 2, 1, 0, 0, 0, 1}}) {
    const Fixed<SQL_TIMESTAMP_STRUCT> bound{timestamp, {good, bad}};
    expect_closer_look(bound.parameter());
  }
  for (const std::string& broken : {std::string("\xff"), std::string("0123456\xc3"), std::string(300, '\x80')}) {
    const Texts texts({"good", broken});
    expect_closer_look(texts.parameter());
  }
  for (const SQLLEN length : {SQLLEN{SQL_DATA_AT_EXEC}, SQLLEN{SQL_DEFAULT_PARAM}, SQLLEN{Texts::kBytes + 1}, SQLLEN{-100}}) {
    Texts texts({"good", "bad"});
    texts.lengths[1] = length;
    expect_closer_look(texts.parameter());
  }
  const Fixed<SQLINTEGER> defaulted{plan_input(SQL_C_SLONG, SQL_INTEGER, {}), {1, 2}, {4, SQL_DEFAULT_PARAM}};
  expect_closer_look(defaulted.parameter());
}

}  // namespace
}  // namespace selkie::odbc
