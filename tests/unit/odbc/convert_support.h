// Columns, cells and buffers for the tests of conversions.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/convert.h"
#include "odbc/text.h"

namespace selkie::odbc {

inline void PrintTo(Outcome outcome, std::ostream* out) {
  constexpr const char* kNames[] = {
      "ok",           "truncated",       "fraction_truncated", "no_data",           "null_without_indicator",
      "out_of_range", "not_convertible", "bad_datetime",       "datetime_overflow", "interval_overflow",
      "bad_length",   "too_long"};
  *out << kNames[static_cast<std::size_t>(outcome)];
}

namespace test {

using protocol::Cell;
using protocol::Column;
using protocol::Encoding;
using protocol::WireType;

inline constexpr std::uint16_t kUtf8 = 45;

inline Column column(WireType type, std::uint32_t length = 0, std::uint8_t decimals = 0, std::uint16_t flags = 0,
                     std::uint16_t charset = protocol::kBinaryCharset) {
  Column made;
  made.type = type;
  made.length = length;
  made.decimals = decimals;
  made.flags = flags;
  made.charset = charset;
  return made;
}

inline constexpr std::uint16_t kUnsigned = protocol::column_flag::kUnsigned;

inline Column text_column(std::uint32_t characters = 200) { return column(WireType::var_string, characters * 4, 0, 0, kUtf8); }

// A cell and the bytes it points at.
struct Value {
  std::string bytes;

  Cell cell() const { return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}; }
};

// A native number as binary rows carry it.
template <class T>
Value native(T number) {
  Value value{std::string(sizeof number, '\0')};
  std::memcpy(value.bytes.data(), &number, sizeof number);
  return value;
}

// A date or time as binary rows carry it, or whatever bytes these are.
inline Value temporal(std::initializer_list<int> bytes) {
  Value value;
  for (const int byte : bytes) value.bytes.push_back(static_cast<char>(byte));
  return value;
}

// What an application sees of one conversion.
struct Seen {
  Outcome outcome = Outcome::ok;
  std::string data;  // the buffer, `fill` bytes where nothing was written
  SQLLEN length = 0;
};

inline constexpr char kFill = '#';

inline Seen convert(const Column& column, Encoding encoding, const Value& value, SQLSMALLINT c_type, std::size_t capacity,
                    const OutOptions& options = {}, Progress* progress = nullptr) {
  const OutPlan plan = plan_output(column, encoding, c_type, options);
  Seen seen;
  seen.data.assign(capacity + 8, kFill);
  seen.length = -99;
  if (plan.convert == nullptr) {
    ADD_FAILURE() << "no conversion to C type " << c_type;
    return seen;
  }
  const Slot slot{seen.data.data(), static_cast<SQLLEN>(capacity), &seen.length, &seen.length};
  seen.outcome = plan.convert(plan, value.cell(), slot, progress);
  EXPECT_EQ(seen.data.substr(capacity), std::string(8, kFill)) << "written past the buffer";
  seen.data.resize(capacity);
  return seen;
}

// A fixed-length C type's value, or the outcome when there is none.
template <class T>
struct Got {
  Outcome outcome;
  T value;
  SQLLEN length;
};

template <class T>
Got<T> get(const Column& column, Encoding encoding, const Value& value, SQLSMALLINT c_type, const OutOptions& options = {}) {
  const Seen seen = convert(column, encoding, value, c_type, sizeof(T), options);
  Got<T> got{seen.outcome, {}, seen.length};
  std::memcpy(&got.value, seen.data.data(), sizeof(T));
  return got;
}

// The text that SQL_C_CHAR and SQL_C_WCHAR give, which must agree; "!outcome" when they fail.
inline std::string narrow_of(const Column& column, Encoding encoding, const Value& value) {
  const Seen narrow = convert(column, encoding, value, SQL_C_CHAR, 1000);
  EXPECT_EQ(narrow.outcome, Outcome::ok);
  if (narrow.outcome != Outcome::ok) return "!";
  EXPECT_EQ(static_cast<std::size_t>(narrow.length), std::strlen(narrow.data.c_str()));
  const Seen wide = convert(column, encoding, value, SQL_C_WCHAR, 2000);
  EXPECT_EQ(wide.outcome, Outcome::ok);
  std::u16string units(static_cast<std::size_t>(wide.length) / 2, u'\0');
  std::memcpy(units.data(), wide.data.data(), units.size() * 2);
  EXPECT_EQ(wide.data.substr(units.size() * 2, 2), std::string(2, '\0'));
  const std::string text(narrow.data.c_str());
  EXPECT_EQ(units, to_utf16(text));
  return text;
}

}  // namespace test
}  // namespace selkie::odbc
