// Senders: a value of a C type to the wire, for a class of SQL types. A send() that is missing is a conversion that does not
// exist. Private to convert_in.cpp and bulk_rows.cpp. Spec: ODBC Appendix D, "Converting Data from C to SQL Data Types"
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "odbc/convert.h"
#include "odbc/intervals.h"
#include "odbc/text.h"
#include "odbc/values.h"
#include "protocol/bytes.h"

namespace selkie::odbc::param {

using protocol::ByteWriter;

// --- The application's side: how each C type is read

struct Narrow {
  std::string_view text;
};
struct Wide {
  const char16_t* data;  // at any address
  std::size_t units;
};
struct Octets {
  protocol::Bytes bytes;
};
struct Bit {
  SQLCHAR value;
};

template <class T>
T load(const void* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

template <class C>
Outcome read(const void* data, SQLLEN, C& value) {
  value = load<C>(data);
  return Outcome::ok;
}
inline Outcome read(const void* data, SQLLEN size_bytes, Narrow& value) {
  if (size_bytes < 0) return Outcome::bad_length;
  value.text = {static_cast<const char*>(data), static_cast<std::size_t>(size_bytes)};
  return Outcome::ok;
}
inline Outcome read(const void* data, SQLLEN size_bytes, Wide& value) {
  if (size_bytes < 0 || size_bytes % SQLLEN{sizeof(SQLWCHAR)} != 0) return Outcome::bad_length;
  value = {static_cast<const char16_t*>(data), static_cast<std::size_t>(size_bytes) / sizeof(SQLWCHAR)};
  return Outcome::ok;
}
inline Outcome read(const void* data, SQLLEN size_bytes, Octets& value) {
  if (size_bytes < 0) return Outcome::bad_length;
  value.bytes = {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size_bytes)};
  return Outcome::ok;
}

// --- The wire's side

inline void put(ByteWriter& out, std::string_view text) { out.lenenc_text(text); }

template <class T>
concept Number = std::integral<T> || std::floating_point<T>;

template <Number T>
void put(ByteWriter& out, T value) {
  std::memcpy(out.extend(sizeof value), &value, sizeof value);
}

// A date with a time of day behind its length byte, the microseconds only when there are any. `to` has room for
// kMostDateTimeBytes; answers the end.
inline constexpr std::size_t kMostDateTimeBytes = 12;
inline std::uint8_t* write(std::uint8_t* to, const DateTime& value) {
  const Date& date = value.date;
  const Time& time = value.time;
  const std::uint32_t micro = time.micro;
  const std::uint64_t head = std::uint64_t{micro != 0 ? 11u : 7u} | std::uint64_t{date.year} << 8 |
                             std::uint64_t{date.month} << 24 | std::uint64_t{date.day} << 32 | std::uint64_t{time.hour} << 40 |
                             std::uint64_t{time.minute} << 48 | std::uint64_t{time.second} << 56;
  std::memcpy(to, &head, sizeof head);
  std::memcpy(to + sizeof head, &micro, sizeof micro);
  return to + (micro != 0 ? kMostDateTimeBytes : sizeof head);
}

inline void put(ByteWriter& out, const DateTime& value) {
  const std::uint8_t* const end = write(out.extend(kMostDateTimeBytes), value);
  out.truncate(static_cast<std::size_t>(end - out.data()));
}
void put(ByteWriter& out, const Date& date);
void put(ByteWriter& out, const Time& time);

// --- Numbers

template <std::integral T>
bool is_in_range(const InPlan& plan, T value) {
  return value < 0 ? static_cast<std::int64_t>(value) >= plan.lowest : static_cast<std::uint64_t>(value) <= plan.highest;
}

// An integer as a BIGINT; sent_unsigned when only an unsigned one holds it.
Outcome put_integer(const InPlan& plan, bool negative, std::uint64_t magnitude, ByteWriter& out);
// A numeric literal without exponent, spaces or plus sign, length-encoded.
Outcome put_decimal(std::string_view text, ByteWriter& out);
Outcome put_real(const InPlan& plan, double value, ByteWriter& out);
Outcome put_bit(double value, ByteWriter& out);

// --- The classes of SQL types

struct ToText {};
struct ToDecimal {};
struct ToInteger {};
struct ToReal {};
struct ToBit {};
struct ToBytes {};
struct ToDate {};
struct ToTime {};
struct ToTimestamp {};
struct ToGuid {};
struct ToInterval {};

// --- Text

// Text that becomes something else: a literal of a number, date, UUID or interval.
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToDecimal);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToInteger);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToReal);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToBit);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToDate);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToTime);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToTimestamp);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToGuid);
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToInterval);

Outcome send(const InPlan& plan, const Narrow& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const Wide& value, ByteWriter& out, ToText);
// Hexadecimal digits, two a byte; a last one without its partner is left out.
Outcome send(const InPlan& plan, const Narrow& value, ByteWriter& out, ToBytes);
Outcome send(const InPlan& plan, const Wide& value, ByteWriter& out, ToBytes);

template <class Class>
concept Literal = !std::same_as<Class, ToText> && !std::same_as<Class, ToBytes>;

template <Literal Class>
Outcome send(const InPlan& plan, const Narrow& value, ByteWriter& out, Class to) {
  return send_literal(plan, value.text, out, to);
}
template <Literal Class>
Outcome send(const InPlan& plan, const Wide& value, ByteWriter& out, Class to) {
  char room[1024];  // longer than any literal
  const Converted done = utf16_to_utf8(value.data, value.units, room, sizeof room);
  if (done.read < value.units) return Outcome::not_convertible;
  return send_literal(plan, {room, done.written}, out, to);
}

// Numbers of C: exact ones as they are, whatever the class of number; their text where text is wanted.
template <class T>
concept CInteger = std::integral<T>;
template <class T>
concept CReal = std::floating_point<T>;

template <CInteger T>
Outcome send(const InPlan& plan, const T& value, ByteWriter& out, ToInteger) {
  if (!is_in_range(plan, value)) return Outcome::out_of_range;
  put(out, value);
  return Outcome::ok;
}
template <CInteger T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToDecimal) {
  put(out, value);
  return Outcome::ok;
}
template <CInteger T>
Outcome send(const InPlan& plan, const T& value, ByteWriter& out, ToReal) {
  return put_real(plan, static_cast<double>(value), out);
}
template <CInteger T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToBit) {
  return put_bit(static_cast<double>(value), out);
}
template <CInteger T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToText) {
  char room[24];
  put(out, std::string_view(room, format_integer(value, room)));
  return Outcome::ok;
}
template <CInteger T>
Outcome send(const InPlan& plan, const T& value, ByteWriter& out, ToInterval) {
  char room[24];
  NumberText number;
  scan_number({room, format_integer(value, room)}, number);
  SQL_INTERVAL_STRUCT interval;
  const IntervalRange range = interval_range(plan.sql_type);
  if (interval_from_number(number, range, {10, 6}, interval) != IntervalFit::exact) return Outcome::interval_overflow;
  put(out, std::string_view(room, format_interval(interval, range, 6, room)));
  return Outcome::ok;
}

template <CReal T>
Outcome send(const InPlan& plan, const T& value, ByteWriter& out, ToReal) {
  if constexpr (std::same_as<T, float>) {
    if (!std::isfinite(value)) return Outcome::out_of_range;
    put(out, value);
    return Outcome::ok;
  } else {
    return put_real(plan, value, out);
  }
}
template <CReal T>
Outcome send(const InPlan& plan, const T& value, ByteWriter& out, ToInteger) {
  const double whole = std::trunc(static_cast<double>(value));
  if (!(std::abs(whole) < 0x1p64)) return Outcome::out_of_range;
  return put_integer(plan, whole < 0, static_cast<std::uint64_t>(std::abs(whole)), out);
}
template <CReal T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToDecimal) {
  if (!std::isfinite(value)) return Outcome::out_of_range;
  char room[kMaxForm];
  const auto shortest = std::to_chars(room, room + sizeof room, value, std::chars_format::scientific);
  return put_decimal({room, shortest.ptr}, out);
}
template <CReal T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToBit) {
  return put_bit(static_cast<double>(value), out);
}
template <CReal T>
Outcome send(const InPlan&, const T& value, ByteWriter& out, ToText) {
  if (!std::isfinite(value)) return Outcome::out_of_range;
  char room[kMaxForm];
  if constexpr (std::same_as<T, float>) {
    put(out, std::string_view(room, format_float_exact(value, room)));
  } else {
    put(out, std::string_view(room, format_double(value, room)));
  }
  return Outcome::ok;
}

inline Outcome send(const InPlan&, const Bit& value, ByteWriter& out, ToText) {
  put(out, std::string_view(value.value != 0 ? "1" : "0"));
  return Outcome::ok;
}
template <class Class>
concept Numeric = std::same_as<Class, ToBit> || std::same_as<Class, ToInteger> || std::same_as<Class, ToDecimal> ||
    std::same_as<Class, ToReal>;

template <Numeric Class>
Outcome send(const InPlan&, const Bit& value, ByteWriter& out, Class) {
  if (value.value > 1) return Outcome::out_of_range;
  put(out, std::uint8_t{value.value});
  return Outcome::ok;
}

// --- Structures

inline constexpr SQLUINTEGER kBillionthsPerMicro = 1'000;

Date date_of(const auto& value) {
  // A negative year becomes one that no calendar has.
  return {static_cast<std::uint16_t>(value.year), value.month, value.day};
}
Time clock_of(const auto& value) { return {false, value.hour, value.minute, value.second, 0}; }

inline DateTime date_time_of(const SQL_TIMESTAMP_STRUCT& value) {
  DateTime made{date_of(value), clock_of(value)};
  made.time.micro = value.fraction / kBillionthsPerMicro;
  return made;
}
inline bool is_finer_than_micro(const SQL_TIMESTAMP_STRUCT& value) { return value.fraction % kBillionthsPerMicro != 0; }

Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToInteger);
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToDecimal);
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToReal);
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToBit);
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToInterval);
Outcome send(const InPlan& plan, const SQL_DATE_STRUCT& value, ByteWriter& out, ToDate);
Outcome send(const InPlan& plan, const SQL_DATE_STRUCT& value, ByteWriter& out, ToTimestamp);
Outcome send(const InPlan& plan, const SQL_DATE_STRUCT& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const SQL_TIME_STRUCT& value, ByteWriter& out, ToTime);
Outcome send(const InPlan& plan, const SQL_TIME_STRUCT& value, ByteWriter& out, ToTimestamp);
Outcome send(const InPlan& plan, const SQL_TIME_STRUCT& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToTimestamp);
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToDate);
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToTime);
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToInterval);
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToTime);

Outcome send(const InPlan& plan, const SQLGUID& value, ByteWriter& out, ToText);
inline Outcome send(const InPlan& plan, const SQLGUID& value, ByteWriter& out, ToGuid) {
  return send(plan, value, out, ToText{});
}
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToInteger);
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToDecimal);

// --- SQL_C_BINARY: raw to text and bytes; else the default C type's memory, which must have its very size

Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToText);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToBytes);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToDecimal);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToInteger);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToReal);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToBit);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToDate);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToTime);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToTimestamp);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToGuid);
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToInterval);

}  // namespace selkie::odbc::param
