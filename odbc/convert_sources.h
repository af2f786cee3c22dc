// Readers: one per way a value travels on the wire. Each has
//   Value                        the class of value it gives
//   read(plan, cell, value)      the value
// and, unless the cell is its text already (OwnText),
//   most(plan)                   how many characters its text, as the server prints it, has at most; or kNeedsRoom
//   write(plan, cell, out, end)  that text to `out`, which has room for so many
// Private to convert_out.cpp. The caller has made sure that the cell is not NULL and was sliced by the column's type.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "odbc/convert.h"
#include "odbc/values.h"
#include "protocol/bytes.h"

namespace selkie::odbc::source {

using protocol::Cell;
namespace column_flag = protocol::column_flag;

// Value classes that no plain type stands for.
struct Characters {
  std::string_view text;
};
struct Decimal {
  std::string_view text;
};
struct Octets {
  protocol::Bytes bytes;
};
struct Bit {
  std::uint8_t value;
};

// Where text is written that an application's buffer may be too small for.
using Room = char[kMaxForm];
// As most(): no buffer will do, the text may be as long as a Room and the rest of it may be written to.
constexpr std::size_t kNeedsRoom = std::numeric_limits<std::size_t>::max();

inline std::string_view text_of(const Cell& cell) { return protocol::as_text(cell.bytes()); }

inline bool is_zerofill(const protocol::Column& column) { return (column.flags & column_flag::kZerofill) != 0; }

// ZEROFILL: the text rows' server pads, so a binary value is padded as well.
inline char* pad(const protocol::Column& column, char* begin, char* end) {
  const auto size = static_cast<std::size_t>(end - begin);
  const std::size_t width = std::min<std::size_t>(column.length, kMaxForm);
  if (!is_zerofill(column) || size >= width) return end;
  std::memmove(begin + (width - size), begin, size);
  std::memset(begin, '0', width - size);
  return begin + width;
}

inline unsigned fraction_digits(const protocol::Column& column, std::uint32_t micro) {
  if (column.decimals <= 6) return column.decimals;
  return micro == 0 ? 0 : 6;
}
inline std::size_t most_fraction(const protocol::Column& column) { return column.decimals == 0 ? 0 : 7; }  // with its point

// --- Text rows

template <class V>
struct OwnText {};

struct TextSigned : OwnText<std::int64_t> {
  using Value = std::int64_t;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    std::string_view text = text_of(cell);
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    std::uint64_t magnitude;
    if (!parse_digits(text, magnitude)) return Outcome::not_convertible;
    if (magnitude > std::uint64_t{std::numeric_limits<Value>::max()} + (negative ? 1 : 0)) return Outcome::out_of_range;
    value = static_cast<Value>(negative ? 0 - magnitude : magnitude);
    return Outcome::ok;
  }
};

struct TextUnsigned : OwnText<std::uint64_t> {
  using Value = std::uint64_t;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    return parse_digits(text_of(cell), value) ? Outcome::ok : Outcome::not_convertible;
  }
};

inline Outcome outcome_of(Parsed parsed) {
  if (parsed == Parsed::ok) return Outcome::ok;
  return parsed == Parsed::overflow ? Outcome::out_of_range : Outcome::not_convertible;
}

struct TextFloat : OwnText<float> {
  using Value = float;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) { return outcome_of(parse_float(text_of(cell), value)); }
};

struct TextDouble : OwnText<double> {
  using Value = double;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) { return outcome_of(parse_double(text_of(cell), value)); }
};

struct TextDate : OwnText<Date> {
  using Value = Date;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    return parse_date(text_of(cell), value) ? Outcome::ok : Outcome::bad_datetime;
  }
};

struct TextTime : OwnText<Time> {
  using Value = Time;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    return parse_time(text_of(cell), value) ? Outcome::ok : Outcome::bad_datetime;
  }
};

struct TextDateTime : OwnText<DateTime> {
  using Value = DateTime;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    return parse_date_time(text_of(cell), value) ? Outcome::ok : Outcome::bad_datetime;
  }
};

// --- The same in text and binary rows

struct TextDecimal : OwnText<Decimal> {
  using Value = Decimal;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    value.text = text_of(cell);
    return Outcome::ok;
  }
};

struct Text : OwnText<Characters> {
  using Value = Characters;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    value.text = text_of(cell);
    return Outcome::ok;
  }
};

// The hexadecimal text of bytes is made piece by piece, not here.
struct Bytes {
  using Value = Octets;
};

struct SingleBit {
  using Value = Bit;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    if (cell.size_bytes == 0) return Outcome::not_convertible;
    value.value = cell.data[cell.size_bytes - 1] & 1;
    return Outcome::ok;
  }
  static std::size_t most(const OutPlan&) { return 1; }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value bit;
    const Outcome outcome = read(plan, cell, bit);
    if (outcome != Outcome::ok) return outcome;
    *out = static_cast<char>('0' + bit.value);
    end = out + 1;
    return Outcome::ok;
  }
};

// --- Binary rows

template <std::integral T>
struct Native {
  using Value = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    T wire;
    std::memcpy(&wire, cell.data, sizeof wire);
    value = wire;
    return Outcome::ok;
  }
  static std::size_t most(const OutPlan& plan) {
    constexpr std::size_t kMost = std::numeric_limits<T>::digits10 + 1 + (std::is_signed_v<T> ? 1 : 0);
    return is_zerofill(*plan.column) ? kNeedsRoom : kMost;
  }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value value;
    read(plan, cell, value);
    end = pad(*plan.column, out, format_integer(value, out));
    return Outcome::ok;
  }
};

template <std::floating_point T>
struct NativeReal {
  using Value = T;
  static constexpr std::uint8_t kFloating = 31;  // Column::decimals where the number of digits is not fixed
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    std::memcpy(&value, cell.data, sizeof value);
    return Outcome::ok;
  }
  static std::size_t most(const OutPlan&) { return kNeedsRoom; }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value value;
    read(plan, cell, value);
    if (plan.column->decimals < kFloating) {
      end = format_fixed(value, plan.column->decimals, out);
    } else if constexpr (std::is_same_v<T, float>) {
      end = format_float(value, out);
    } else {
      end = format_double(value, out);
    }
    end = pad(*plan.column, out, end);
    return Outcome::ok;
  }
};

inline std::uint32_t u32_at(const std::uint8_t* p) {
  std::uint32_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

// year 2, month, day; the parts that are zero are not sent. Spec: page_protocol_binary_resultset.html
inline bool read_date(const Cell& cell, Date& date) {
  date = {};
  if (cell.size_bytes == 0) return true;
  if (cell.size_bytes != 4 && cell.size_bytes != 7 && cell.size_bytes != 11) return false;
  date = {static_cast<std::uint32_t>(cell.data[0] | cell.data[1] << 8), cell.data[2], cell.data[3]};
  return date.year <= 9999 && date.month <= 12 && date.day <= 31;
}

inline bool read_clock(const std::uint8_t* p, bool has_micro, Time& time) {
  time.hour = p[0], time.minute = p[1], time.second = p[2];
  time.micro = has_micro ? u32_at(p + 3) : 0;
  return time.hour < 24 && time.minute < 60 && time.second < 60 && time.micro < 1'000'000;
}

struct BinaryDate {
  using Value = Date;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    return read_date(cell, value) ? Outcome::ok : Outcome::bad_datetime;
  }
  static std::size_t most(const OutPlan&) { return 10; }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value value;
    const Outcome outcome = read(plan, cell, value);
    if (outcome == Outcome::ok) end = format_date(value, out);
    return outcome;
  }
};

struct BinaryDateTime {
  using Value = DateTime;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    if (!read_date(cell, value.date)) return Outcome::bad_datetime;
    value.time = {};
    if (cell.size_bytes < 7) return Outcome::ok;
    return read_clock(cell.data + 4, cell.size_bytes == 11, value.time) ? Outcome::ok : Outcome::bad_datetime;
  }
  static std::size_t most(const OutPlan& plan) { return 19 + most_fraction(*plan.column); }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value value;
    const Outcome outcome = read(plan, cell, value);
    if (outcome == Outcome::ok) end = format_date_time(value, fraction_digits(*plan.column, value.time.micro), out);
    return outcome;
  }
};

// sign 1, days 4, hours, minutes, seconds, microseconds 4; nothing for zero
struct BinaryTime {
  using Value = Time;
  static Outcome read(const OutPlan&, const Cell& cell, Value& value) {
    value = {};
    if (cell.size_bytes == 0) return Outcome::ok;
    if (cell.size_bytes != 8 && cell.size_bytes != 12) return Outcome::bad_datetime;
    const std::uint32_t days = u32_at(cell.data + 1);
    constexpr std::uint32_t kMaxDays = 100'000;  // far beyond the servers' 34; keeps the hours within 7 digits
    if (days > kMaxDays || !read_clock(cell.data + 5, cell.size_bytes == 12, value)) return Outcome::bad_datetime;
    value.negative = cell.data[0] != 0;
    value.hour += days * 24;
    return Outcome::ok;
  }
  static std::size_t most(const OutPlan& plan) { return std::size_t{1} + 7 + 6 + most_fraction(*plan.column); }
  static Outcome write(const OutPlan& plan, const Cell& cell, char* out, char*& end) {
    Value value;
    const Outcome outcome = read(plan, cell, value);
    if (outcome == Outcome::ok) end = format_time(value, fraction_digits(*plan.column, value.micro), out);
    return outcome;
  }
};

}  // namespace selkie::odbc::source
