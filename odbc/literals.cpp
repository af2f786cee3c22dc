// Parameter values as SQL literals.
#include <array>
#include <cstring>

#include "odbc/convert.h"
#include "odbc/values.h"

namespace selkie::odbc {
namespace {

using protocol::ByteReader;
using protocol::Bytes;
using protocol::ParameterType;
using protocol::WireType;

void append_hex(std::string& sql, Bytes bytes) {
  constexpr char kHex[] = "0123456789ABCDEF";
  sql += "x'";
  for (const std::uint8_t byte : bytes) {
    sql += kHex[byte >> 4];
    sql += kHex[byte & 15];
  }
  sql += '\'';
}

// A backslash is never written bare: should the server's mode have changed unseen, text is at worst wrong, never a way out of
// the quotes. Where it cannot be escaped, the whole text goes as hexadecimal digits.
void append_text(std::string& sql, std::string_view text, bool no_backslash_escapes) {
  if (no_backslash_escapes && text.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos) {
    sql += "_utf8mb4 ";
    append_hex(sql, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return;
  }
  sql += '\'';
  for (const char c : text) {
    switch (c) {
      case '\'': sql += "''"; break;
      case '\\': sql += "\\\\"; break;
      case '\0': sql += "\\0"; break;
      default: sql += c;
    }
  }
  sql += '\'';
}

void append_integer(std::string& sql, ByteReader& in, std::size_t width, bool is_unsigned) {
  std::array<std::uint8_t, 8> bytes{};
  const Bytes taken = in.take(width);
  std::copy(taken.begin(), taken.end(), bytes.begin());
  std::uint64_t value;
  std::memcpy(&value, bytes.data(), sizeof value);
  char room[24];
  if (is_unsigned) {
    sql.append(room, format_unsigned(value, room));
    return;
  }
  const unsigned shift = static_cast<unsigned>(64 - 8 * width);
  const auto number = static_cast<std::int64_t>(value << shift) >> shift;
  if (number < 0) sql += ' ';  // "5-" before it must not become a comment
  sql.append(room, format_signed(number, room));
}

// With an exponent a literal is a DOUBLE, not a DECIMAL.
void append_real(std::string& sql, double value) {
  char room[kMaxForm];
  if (value < 0) sql += ' ';
  if (value == 0) {
    sql += "0e0";
  } else {
    sql.append(room, format_double_short(value, room));
  }
}

void append_number(std::string& sql, std::string_view digits) {
  if (!digits.empty() && digits.front() == '-') sql += ' ';
  sql += digits;
}

template <class T>
T native(ByteReader& in) {
  T value{};
  const Bytes bytes = in.take(sizeof value);
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

void append_temporal(std::string& sql, WireType type, Bytes value) {
  ByteReader in(value);
  char room[kMaxForm];
  char* end = room;
  if (type == WireType::time) {
    Time time;
    time.negative = in.u8() != 0;
    time.hour = in.u32() * 24;
    time.hour += in.u8();
    time.minute = in.u8();
    time.second = in.u8();
    time.micro = in.size() != 0 ? in.u32() : 0;
    end = format_time(time, time.micro != 0 ? 6 : 0, room);
    sql += "TIME'";
  } else {
    DateTime made;
    made.date.year = in.u16();
    made.date.month = in.u8();
    made.date.day = in.u8();
    // The typed literals refuse what the column may take.
    const bool typed = !made.date.is_zero();
    if (type == WireType::date) {
      end = format_date(made.date, room);
      sql += typed ? "DATE'" : "'";
    } else {
      made.time.hour = in.u8();
      made.time.minute = in.u8();
      made.time.second = in.u8();
      made.time.micro = in.size() != 0 ? in.u32() : 0;
      end = format_date_time(made, made.time.micro != 0 ? 6 : 0, room);
      sql += typed ? "TIMESTAMP'" : "'";
    }
  }
  sql.append(room, end);
  sql += '\'';
}

}  // namespace

void append_literal(std::string& sql, ParameterType type, Bytes value, bool no_backslash_escapes) {
  ByteReader in(value);
  switch (type.type) {
    case WireType::null: sql += "NULL"; break;
    case WireType::tiny: append_integer(sql, in, 1, type.unsigned_); break;
    case WireType::short_: append_integer(sql, in, 2, type.unsigned_); break;
    case WireType::long_: append_integer(sql, in, 4, type.unsigned_); break;
    case WireType::longlong: append_integer(sql, in, 8, type.unsigned_); break;
    case WireType::float_: append_real(sql, native<float>(in)); break;
    case WireType::double_: append_real(sql, native<double>(in)); break;
    case WireType::newdecimal: append_number(sql, protocol::as_text(in.take_lenenc())); break;
    case WireType::date:
    case WireType::time:
    case WireType::datetime: append_temporal(sql, type.type, in.take_lenenc()); break;
    case WireType::blob:  // without its charset MySQL takes hexadecimal digits for a number where a number may stand
      sql += "_binary ";
      append_hex(sql, in.take_lenenc());
      break;
    default: append_text(sql, protocol::as_text(in.take_lenenc()), no_backslash_escapes); break;
  }
}

}  // namespace selkie::odbc
