// Values: the text forms of numbers and dates, and the conversions between the wire and the application's memory.
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "odbc/convert.h"
#include "odbc/sql_lexer.h"
#include "odbc/types.h"
#include "odbc/values.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

using namespace odbc;
using protocol::as_bytes;
using protocol::as_text;
using protocol::ByteReader;
using protocol::ByteWriter;
using protocol::Cell;
using protocol::Column;
using protocol::Encoding;
using protocol::WireType;

namespace {

using Room = char[kMaxForm];

template <class Format, class... Arguments>
std::string written(Format format, Arguments... arguments) {
  Room room;
  return {room, format(arguments..., room)};
}

void check_real(double value) {
  double back = 0;
  if (!std::isfinite(value)) return;
  for (const auto format : {format_double, format_double_short}) {
    require(parse_double(written(format, value), back) == Parsed::ok && back == value, "a DOUBLE is read as it was written");
  }
  (void)written(format_fixed, value, 30u);
  const auto narrow = static_cast<float>(value);
  if (!std::isfinite(narrow)) return;
  float narrow_back = 0;
  require(parse_float(written(format_float_exact, narrow), narrow_back) == Parsed::ok && narrow_back == narrow,
          "a FLOAT is read as it was written");
  (void)written(format_float, narrow);
  (void)written(format_float_short, narrow);
}

}  // namespace

void values(Bytes input) {
  const std::string_view text = as_text(input);
  NumberText number;
  if (scan_number(text, number)) {
    for (std::size_t i = 0; i < number.digits(); ++i) require(number.digit(i) <= 9, "a number is made of digits");
    std::uint64_t magnitude;
    (void)to_magnitude(number, magnitude);
    double value;
    if (parse_double(text, value) == Parsed::ok) check_real(value);
    float narrow;
    (void)parse_float(text, narrow);
  }
  std::uint64_t digits;
  if (parse_digits(text, digits)) {
    std::uint64_t back;
    require(parse_digits(written(format_unsigned, digits), back) && back == digits, "a number is read as it was written");
  }
  Date date;
  if (parse_date(text, date)) require(written(format_date, date) == text, "a date is written as it was read");
  Time time;
  if (parse_time(text, time)) {
    Time back;
    require(parse_time(written(format_time, time, 6u), back), "a time is read as it was written");
    require(back.negative == time.negative && back.hour == time.hour && back.micro == time.micro, "a time is kept");
  }
  DateTime date_time;
  if (parse_date_time(text, date_time)) {
    DateTime back;
    require(parse_date_time(written(format_date_time, date_time, 6u), back), "a timestamp is read as it was written");
    require(back.date.day == date_time.date.day && back.time.micro == date_time.time.micro, "a timestamp is kept");
  }
  const TemporalLiteral literal = scan_temporal(text);
  if (literal.form == TemporalForm::date || literal.form == TemporalForm::date_time) {
    require(is_calendar_date(literal.value.date), "a literal names a day of the calendar");
  }
  Guid guid;
  if (parse_guid(text, guid)) {
    Guid back;
    require(parse_guid(written(format_guid, guid), back) && back == guid, "a UUID is read as it was written");
  }
  if (input.size() == sizeof(double)) {
    double value;
    std::memcpy(&value, input.data(), sizeof value);
    check_real(value);
  }
}

namespace {

constexpr std::array kCTypes{SQL_C_CHAR,
                             SQL_C_WCHAR,
                             SQL_C_BINARY,
                             SQL_C_BIT,
                             SQL_C_STINYINT,
                             SQL_C_UTINYINT,
                             SQL_C_SSHORT,
                             SQL_C_USHORT,
                             SQL_C_SLONG,
                             SQL_C_ULONG,
                             SQL_C_SBIGINT,
                             SQL_C_UBIGINT,
                             SQL_C_FLOAT,
                             SQL_C_DOUBLE,
                             SQL_C_NUMERIC,
                             SQL_C_TYPE_DATE,
                             SQL_C_TYPE_TIME,
                             SQL_C_TYPE_TIMESTAMP,
                             SQL_C_GUID,
                             SQL_C_INTERVAL_YEAR,
                             SQL_C_INTERVAL_YEAR_TO_MONTH,
                             SQL_C_INTERVAL_DAY,
                             SQL_C_INTERVAL_HOUR,
                             SQL_C_INTERVAL_DAY_TO_SECOND,
                             SQL_C_INTERVAL_SECOND};
constexpr std::array kSqlTypes{SQL_CHAR,      SQL_WVARCHAR,       SQL_DECIMAL, SQL_INTEGER,       SQL_BIGINT,
                               SQL_DOUBLE,    SQL_REAL,           SQL_BIT,     SQL_VARBINARY,     SQL_TYPE_DATE,
                               SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP, SQL_GUID,    SQL_INTERVAL_YEAR, SQL_INTERVAL_DAY_TO_SECOND};

template <class List>
SQLSMALLINT choose(const List& list, std::uint8_t choice) {
  return static_cast<SQLSMALLINT>(list[choice % list.size()]);
}

bool is_text_or_bytes(SQLSMALLINT c_type) { return c_type_size(c_type) == 0; }

struct Delivered {
  Outcome outcome = Outcome::ok;
  std::string data;  // the buffer
  SQLLEN length = 0;
};

Delivered deliver(const OutPlan& plan, const Cell& cell, std::size_t capacity, Progress* progress) {
  Delivered delivered;
  const auto buffer = std::make_unique<char[]>(capacity);  // exactly as large as is said, for the sanitizer to see
  const Slot slot{buffer.get(), static_cast<SQLLEN>(capacity), &delivered.length, &delivered.length};
  delivered.outcome = plan.convert(plan, cell, slot, progress);
  delivered.data.assign(buffer.get(), capacity);
  return delivered;
}

// Bytes of the buffer that are the value's, without its terminator.
std::size_t value_bytes(const Delivered& delivered, std::size_t capacity, std::size_t terminator) {
  const bool cut = delivered.outcome == Outcome::truncated;
  return cut ? (capacity - terminator) / std::max<std::size_t>(terminator, 1) * std::max<std::size_t>(terminator, 1)
             : static_cast<std::size_t>(delivered.length);
}

}  // namespace

// How a value goes to the application: the column's type, flags, charset, decimals and length, the encoding, the C type, the
// size of the buffer; the rest is the value.
void convert_out(Bytes input) {
  ByteReader in(input);
  Column column;
  column.type = static_cast<WireType>(in.u8());
  const std::uint8_t choice = in.u8();
  column.flags = (choice & 1) != 0 ? protocol::column_flag::kUnsigned : std::uint16_t{0};
  column.charset = (choice & 2) != 0 ? protocol::kBinaryCharset : std::uint16_t{45};
  const Encoding encoding = (choice & 4) != 0 ? Encoding::binary : Encoding::text;
  column.decimals = in.u8();
  column.length = in.u16();
  const SQLSMALLINT c_type = choose(kCTypes, in.u8());
  const std::size_t room = in.u8();
  const Bytes value = in.take_rest();

  const TypeDescription described = describe(column, {.wide = (choice & 8) != 0, .long_size_cap = 1000});
  require(described.column_size > 0 && described.octet_length >= 0 && described.display_size >= 0, "sizes are sizes");

  const OutPlan plan = plan_output(column, encoding, c_type, {.zero_date = static_cast<ZeroDate>((choice >> 4) % 3)});
  if (plan.convert == nullptr || in.failed()) return;
  if (encoding == Encoding::binary) {  // slicing gives a number of so many bytes
    protocol::ColumnSetBuilder builder;
    builder.begin(1, false, nullptr);
    ByteWriter definition;
    definition.zeros(6);
    definition.u8(12), definition.zeros(6), definition.u8(static_cast<std::uint8_t>(column.type)), definition.zeros(5);
    (void)builder.add(definition.bytes());
    const std::size_t width = builder.finish()->binary_widths()[0];
    if (width != 0 && width != value.size()) return;
  }
  const auto exact = std::make_unique<std::uint8_t[]>(value.size());
  std::ranges::copy(value, exact.get());
  const Cell cell{exact.get(), value.size()};

  if (!is_text_or_bytes(c_type)) {
    (void)deliver(plan, cell, c_type_size(c_type), nullptr);
    return;
  }
  const std::size_t enough = 4 * value.size() + 2 * kMaxForm + 2;
  const Delivered whole = deliver(plan, cell, enough, nullptr);
  (void)deliver(plan, cell, room, nullptr);
  if (whole.outcome != Outcome::ok || whole.length == SQL_NULL_DATA) return;
  require(whole.length >= 0 && static_cast<std::size_t>(whole.length) <= enough, "a value's length is told");

  const std::size_t terminator = c_type == SQL_C_CHAR ? 1 : c_type == SQL_C_WCHAR ? 2 : 0;
  if (room < 2 * terminator || room == 0) return;  // no room for a single unit
  Progress progress;
  std::string pieces;
  for (;;) {
    const Delivered piece = deliver(plan, cell, room, &progress);
    if (is_error(piece.outcome)) return;  // a number whose whole part does not fit
    if (piece.outcome == Outcome::no_data) break;
    require(piece.length >= 0, "what is left is told");
    pieces.append(piece.data, 0, value_bytes(piece, room, terminator));
    require(pieces.size() <= enough, "the pieces come to an end");
    if (piece.outcome == Outcome::ok) break;
  }
  const bool is_real = column.type == WireType::double_ || column.type == WireType::float_;  // may be shortened
  require(is_real || pieces == whole.data.substr(0, static_cast<std::size_t>(whole.length)), "the pieces make the whole");
}

// How a parameter goes to the server: its C type, its SQL type, its decimal digits; the rest is the value in memory.
void convert_in(Bytes input) {
  ByteReader in(input);
  const SQLSMALLINT c_type = choose(kCTypes, in.u8()), sql_type = choose(kSqlTypes, in.u8());
  const InPlan plan = plan_input(c_type, sql_type, {.decimal_digits = static_cast<SQLSMALLINT>(in.u8() % 10)});
  Bytes value = in.take_rest();
  if (plan.convert == nullptr || value.size() < c_type_size(c_type)) return;
  if (!is_text_or_bytes(c_type)) value = value.first(c_type_size(c_type));

  const auto exact = std::make_unique<std::uint8_t[]>(value.size());
  std::ranges::copy(value, exact.get());
  ByteWriter out;
  const Outcome outcome = plan.convert(plan, exact.get(), static_cast<SQLLEN>(value.size()), out);
  if (is_error(outcome)) {
    require(out.size() == 0, "an error appends nothing");
    return;
  }
  for (const bool no_backslash_escapes : {false, true}) {
    std::string literal = "1";
    append_literal(literal, plan.type, out.bytes(), no_backslash_escapes);
    const std::size_t end = literal.size();
    literal += " ?";
    for (const bool in_force : {false, true}) {  // the server's mode may be another than the one that was assumed
      SqlLexer lexer(literal, {.no_backslash_escapes = in_force});
      Token token = lexer.next();
      for (std::size_t tokens = 0; token.kind != TokenKind::marker && token.kind != TokenKind::end; ++tokens) {
        require(tokens < 8, "a literal is a few tokens");
        token = lexer.next();
      }
      require(token.kind == TokenKind::marker && token.begin == end + 1, "a literal ends where it should");
    }
  }
}

}  // namespace selkie::fuzz
