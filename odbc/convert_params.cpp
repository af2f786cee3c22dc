#include "odbc/convert_params.h"

#include "odbc/charset.h"

namespace selkie::odbc::param {

namespace {

std::uint8_t low_byte(std::uint32_t value) { return static_cast<std::uint8_t>(value); }

std::uint8_t* store(std::uint8_t* p, const Date& date) {
  p[0] = low_byte(date.year);
  p[1] = low_byte(date.year >> 8);
  p[2] = low_byte(date.month);
  p[3] = low_byte(date.day);
  return p + 4;
}

std::uint8_t* store(std::uint8_t* p, std::uint32_t value) {
  std::memcpy(p, &value, sizeof value);
  return p + sizeof value;
}

// The microseconds are sent only when there are any.
void store_clock(std::uint8_t* p, std::uint32_t hour, const Time& time) {
  p[0] = low_byte(hour);
  p[1] = low_byte(time.minute);
  p[2] = low_byte(time.second);
  if (time.micro != 0) store(p + 3, time.micro);
}

// Room for a value of so many bytes, behind its length byte.
std::uint8_t* begin(ByteWriter& out, std::uint8_t size) {
  std::uint8_t* p = out.extend(1u + size);
  *p = size;
  return p + 1;
}

}  // namespace

void put(ByteWriter& out, const Date& date) { store(begin(out, 4), date); }

void put(ByteWriter& out, const Time& time) {
  std::uint8_t* p = begin(out, time.micro != 0 ? 12 : 8);
  p[0] = time.negative ? 1 : 0;
  store_clock(store(p + 1, time.hour / 24), time.hour % 24, time);
}

namespace {

// DECIMAL has 65 digits, 38 of them behind the point at most: what is longer is rounded by the server anyway.
constexpr std::size_t kMaxDecimal = 256;  // characters
constexpr std::int64_t kMaxFraction = 100;

// A literal without exponent, spaces or plus sign. Empty: too many whole digits for any DECIMAL.
std::string_view plain_decimal(const NumberText& number, std::array<char, kMaxDecimal>& room) {
  const auto digits = static_cast<std::int64_t>(number.digits());
  std::int64_t first = 0, last = digits;
  while (first < digits && number.digit(static_cast<std::size_t>(first)) == 0) ++first;
  const std::int64_t point = number.point();
  last = std::min(last, point + kMaxFraction);
  if (first >= last) return "0";
  // Zeros behind the point are the scale that was written; keep them unless an exponent moved the point.
  if (number.exponent != 0) {
    while (last > point && number.digit(static_cast<std::size_t>(last - 1)) == 0) --last;
  }
  const std::int64_t from = std::min(first, point - 1), end = std::max(last, point);  // at least one digit before the point
  if (end - from + 2 > static_cast<std::int64_t>(kMaxDecimal)) return {};
  char* out = room.data();
  if (number.negative) *out++ = '-';
  for (std::int64_t i = from; i < end; ++i) {
    if (i == point) *out++ = '.';
    *out++ = i >= 0 && i < digits ? static_cast<char>('0' + number.digit(static_cast<std::size_t>(i))) : '0';
  }
  return {room.data(), out};
}

// SQL_NUMERIC_STRUCT as a literal. `room` has space for 39 digits, 128 zeros, sign and point.
std::string_view numeric_text(const SQL_NUMERIC_STRUCT& numeric, std::array<char, 256>& room) {
  unsigned __int128 mantissa = 0;
  for (int i = SQL_MAX_NUMERIC_LEN - 1; i >= 0; --i) mantissa = mantissa << 8 | numeric.val[i];
  const bool is_zero = mantissa == 0;
  const int scale = numeric.scale;
  char* const end = room.data() + room.size();
  char* out = end;
  for (int i = scale; i < 0 && !is_zero; ++i) *--out = '0';
  // Eighteen digits at a time: dividing 128 bits is slow.
  constexpr int kBlock = 18;
  constexpr std::uint64_t kBlockUnit = 1'000'000'000'000'000'000;
  std::uint64_t block = 0;
  for (int digits = 0; mantissa != 0 || block != 0 || digits <= std::max(scale, 0); ++digits, block /= 10) {
    if (digits % kBlock == 0) {
      block = static_cast<std::uint64_t>(mantissa % kBlockUnit);
      mantissa /= kBlockUnit;
    }
    if (scale > 0 && digits == scale) *--out = '.';
    *--out = static_cast<char>('0' + static_cast<int>(block % 10));
  }
  if (numeric.sign == 0 && !is_zero) *--out = '-';
  return {out, end};
}

Outcome put_decimal(const NumberText& number, ByteWriter& out) {
  std::array<char, kMaxDecimal> room;
  const std::string_view plain = plain_decimal(number, room);
  if (plain.empty()) return Outcome::out_of_range;
  put(out, plain);
  return Outcome::ok;
}

// Behind the point, zeros at the end not counted.
std::int64_t fraction_digits(const NumberText& number) {
  std::size_t last = number.digits();
  while (last > 0 && number.digit(last - 1) == 0) --last;
  return last == 0 ? 0 : static_cast<std::int64_t>(last) - number.point();
}

}  // namespace

Outcome put_integer(const InPlan& plan, bool negative, std::uint64_t magnitude, ByteWriter& out) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (magnitude > (negative ? kMost + 1 : plan.highest)) return Outcome::out_of_range;
  const auto value = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  if (negative && value < plan.lowest) return Outcome::out_of_range;
  put(out, value);
  return magnitude > kMost && !negative ? Outcome::sent_unsigned : Outcome::ok;
}

Outcome put_decimal(std::string_view text, ByteWriter& out) {
  NumberText number;
  return scan_number(text, number) ? put_decimal(number, out) : Outcome::not_convertible;
}

Outcome put_real(const InPlan& plan, double value, ByteWriter& out) {
  if (!std::isfinite(value)) return Outcome::out_of_range;
  if (plan.sql_type == SQL_REAL && std::abs(value) > std::numeric_limits<float>::max()) return Outcome::out_of_range;
  put(out, value);
  return Outcome::ok;
}

Outcome put_bit(double value, ByteWriter& out) {
  if (!(value >= 0 && value < 2)) return Outcome::out_of_range;
  if (value != 0 && value != 1) return Outcome::too_long;
  put(out, static_cast<std::uint8_t>(value));
  return Outcome::ok;
}

namespace {

Outcome put_real_literal(const InPlan& plan, std::string_view text, ByteWriter& out) {
  double value;
  switch (parse_double(text, value)) {
    case Parsed::ok: return put_real(plan, value, out);
    case Parsed::overflow: return Outcome::out_of_range;
    case Parsed::not_a_number: break;
  }
  return Outcome::not_convertible;
}

Outcome put_date(const InPlan& plan, const DateTime& value, ByteWriter& out) {
  const Time& time = value.time;
  const bool has_time = (time.hour | time.minute | time.second | time.micro) != 0;
  if (has_time && !plan.cuts_datetime) return Outcome::datetime_overflow;
  put(out, value.date);
  return Outcome::ok;
}

// What text says: as servers write it, zero dates included (whether they are taken is the server's to say), or any literal.
Outcome read_literal(std::string_view text, TemporalLiteral& literal) {
  Date& date = literal.value.date;
  if (parse_date_time(text, literal.value) && (date.is_zero() || is_calendar_date(date))) {
    literal.form = TemporalForm::date_time;
  } else if (parse_date(text, date) && (date.is_zero() || is_calendar_date(date))) {
    literal.value.time = {};
    literal.form = TemporalForm::date;
  } else {
    literal = scan_temporal(text);
  }
  return literal.form == TemporalForm::none ? Outcome::not_convertible : Outcome::ok;
}

bool has_valid_date(const SQL_TIMESTAMP_STRUCT& value) { return is_calendar_date(date_of(value)); }
bool has_valid_time(const SQL_TIMESTAMP_STRUCT& value) { return is_time_of_day(date_time_of(value).time); }

}  // namespace

// --- Text

Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToDecimal) {
  NumberText number;
  if (!scan_number(text, number)) return Outcome::not_convertible;
  if (plan.decimal_digits > 0 && fraction_digits(number) > plan.decimal_digits) return Outcome::too_long;
  return put_decimal(number, out);
}
// A lost fraction and lost whole digits are both 22001.
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToInteger) {
  NumberText number;
  std::uint64_t magnitude;
  if (!scan_number(text, number)) return Outcome::not_convertible;
  if (to_magnitude(number, magnitude) != Fit::exact) return Outcome::too_long;
  const Outcome outcome = put_integer(plan, number.negative, magnitude, out);
  return outcome == Outcome::out_of_range ? Outcome::too_long : outcome;
}
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToReal) {
  return put_real_literal(plan, text, out);
}
Outcome send_literal(const InPlan&, std::string_view text, ByteWriter& out, ToBit) {
  double value;
  const Parsed parsed = parse_double(text, value);
  if (parsed == Parsed::ok) return put_bit(value, out);
  return parsed == Parsed::overflow ? Outcome::out_of_range : Outcome::not_convertible;
}
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToDate) {
  TemporalLiteral literal;
  if (const Outcome outcome = read_literal(text, literal); outcome != Outcome::ok) return outcome;
  if (literal.form == TemporalForm::time) return Outcome::not_convertible;
  if (literal.is_finer_than_micro() && !plan.cuts_datetime) return Outcome::datetime_overflow;
  return put_date(plan, literal.value, out);
}
Outcome send_literal(const InPlan&, std::string_view text, ByteWriter& out, ToTime) {
  TemporalLiteral literal;
  if (const Outcome outcome = read_literal(text, literal); outcome != Outcome::ok) return outcome;
  if (literal.form == TemporalForm::date) return Outcome::not_convertible;
  if (literal.is_finer_than_micro()) return Outcome::datetime_overflow;
  put(out, literal.value.time);
  return Outcome::ok;
}
Outcome send_literal(const InPlan&, std::string_view text, ByteWriter& out, ToTimestamp) {
  TemporalLiteral literal;
  if (const Outcome outcome = read_literal(text, literal); outcome != Outcome::ok) return outcome;
  if (literal.is_finer_than_micro()) return Outcome::datetime_overflow;
  if (literal.form == TemporalForm::time) {
    if (!is_time_of_day(literal.value.time)) return Outcome::not_convertible;
    literal.value.date = today();
  }
  put(out, literal.value);
  return Outcome::ok;
}
Outcome send_literal(const InPlan&, std::string_view text, ByteWriter& out, ToGuid) {
  Guid guid;
  if (!parse_guid(text, guid)) return Outcome::not_convertible;
  char room[kGuidCharacters];
  format_guid(guid, room);
  put(out, std::string_view(room, sizeof room));
  return Outcome::ok;
}
Outcome send_literal(const InPlan& plan, std::string_view text, ByteWriter& out, ToInterval) {
  SQL_INTERVAL_STRUCT interval;
  const IntervalRange range = interval_range(plan.sql_type);
  switch (interval_from_text(text, range, {10, 6}, interval)) {
    case IntervalFit::exact: break;
    case IntervalFit::truncated:
    case IntervalFit::overflow: return Outcome::interval_overflow;
    case IntervalFit::not_an_interval: return Outcome::not_convertible;
  }
  char room[kMaxForm];
  put(out, std::string_view(room, format_interval(interval, range, 6, room)));
  return Outcome::ok;
}

Outcome send(const InPlan& plan, const Narrow& value, ByteWriter& out, ToText) {
  if (plan.charset != nullptr) {
    const auto utf8 = plan.charset->decode(value.text);
    if (!utf8) return Outcome::not_convertible;
    put(out, *utf8);
    return Outcome::ok;
  }
  if (!is_valid_utf8(value.text)) return Outcome::not_convertible;
  put(out, value.text);
  return Outcome::ok;
}
Outcome send(const InPlan&, const Wide& value, ByteWriter& out, ToText) {
  constexpr std::size_t kShort = 256;
  if (value.units <= kShort) {
    char room[kShort * 3];
    const Converted done = utf16_to_utf8(value.data, value.units, room, sizeof room);
    if (done.replaced) return Outcome::not_convertible;
    put(out, std::string_view(room, done.written));
    return Outcome::ok;
  }
  // The length goes first, so it is counted first.
  const std::size_t size = utf8_length({value.data, value.units}), start = out.size();
  out.lenenc(size);
  char* text = reinterpret_cast<char*>(out.extend(size));
  if (utf16_to_utf8(value.data, value.units, text, size).replaced) {
    out.truncate(start);
    return Outcome::not_convertible;
  }
  return Outcome::ok;
}

namespace {

template <class Unit>
Outcome send_hex(const Unit* digits, std::size_t count, ByteWriter& out) {
  count -= count % 2;  // the specification leaves out a last digit that has no partner
  const std::size_t start = out.size();
  const auto nibble = [&](std::size_t i) {
    const auto unit = static_cast<std::uint32_t>(load<Unit>(digits + i));
    if (unit - '0' < 10) return unit - '0';
    const std::uint32_t letter = (unit | 0x20) - 'a';
    return letter < 6 ? letter + 10 : 16u;
  };
  out.lenenc(count / 2);
  std::uint8_t* bytes = out.extend(count / 2);
  for (std::size_t i = 0; i < count; i += 2) {
    const std::uint32_t high = nibble(i), low = nibble(i + 1);
    if (high > 15 || low > 15) {
      out.truncate(start);
      return Outcome::not_convertible;
    }
    bytes[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return Outcome::ok;
}

}  // namespace

Outcome send(const InPlan&, const Narrow& value, ByteWriter& out, ToBytes) {
  return send_hex(value.text.data(), value.text.size(), out);
}
Outcome send(const InPlan&, const Wide& value, ByteWriter& out, ToBytes) { return send_hex(value.data, value.units, out); }

// --- Structures

Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToInteger) {
  std::array<char, 256> room;
  NumberText number;
  std::uint64_t magnitude;
  scan_number(numeric_text(value, room), number);
  if (to_magnitude(number, magnitude) == Fit::overflow) return Outcome::out_of_range;
  return put_integer(plan, number.negative, magnitude, out);
}
Outcome send(const InPlan&, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToDecimal) {
  std::array<char, 256> room;
  return put_decimal(numeric_text(value, room), out);
}
Outcome send(const InPlan&, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToText) {
  std::array<char, 256> room;
  put(out, numeric_text(value, room));
  return Outcome::ok;
}
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToReal) {
  std::array<char, 256> room;
  return put_real_literal(plan, numeric_text(value, room), out);
}
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToBit) {
  std::array<char, 256> room;
  return send_literal(plan, numeric_text(value, room), out, ToBit{});
}
Outcome send(const InPlan& plan, const SQL_NUMERIC_STRUCT& value, ByteWriter& out, ToInterval) {
  std::array<char, 256> room;
  const Outcome outcome = send_literal(plan, numeric_text(value, room), out, ToInterval{});
  return outcome == Outcome::not_convertible ? Outcome::interval_overflow : outcome;
}

Outcome send(const InPlan&, const SQL_DATE_STRUCT& value, ByteWriter& out, ToDate) {
  const Date date = date_of(value);
  if (!is_calendar_date(date)) return Outcome::bad_datetime;
  put(out, date);
  return Outcome::ok;
}
Outcome send(const InPlan&, const SQL_DATE_STRUCT& value, ByteWriter& out, ToTimestamp) {
  const DateTime made{date_of(value), {}};
  if (!is_calendar_date(made.date)) return Outcome::bad_datetime;
  put(out, made);
  return Outcome::ok;
}
Outcome send(const InPlan&, const SQL_DATE_STRUCT& value, ByteWriter& out, ToText) {
  const Date date = date_of(value);
  if (!is_calendar_date(date)) return Outcome::datetime_overflow;
  char room[kMaxForm];
  put(out, std::string_view(room, format_date(date, room)));
  return Outcome::ok;
}

Outcome send(const InPlan&, const SQL_TIME_STRUCT& value, ByteWriter& out, ToTime) {
  const Time time = clock_of(value);
  if (!is_time_of_day(time)) return Outcome::bad_datetime;
  put(out, time);
  return Outcome::ok;
}
Outcome send(const InPlan&, const SQL_TIME_STRUCT& value, ByteWriter& out, ToTimestamp) {
  const DateTime made{today(), clock_of(value)};
  if (!is_time_of_day(made.time)) return Outcome::bad_datetime;
  put(out, made);
  return Outcome::ok;
}
Outcome send(const InPlan&, const SQL_TIME_STRUCT& value, ByteWriter& out, ToText) {
  const Time time = clock_of(value);
  if (!is_time_of_day(time)) return Outcome::datetime_overflow;
  char room[kMaxForm];
  put(out, std::string_view(room, format_time(time, 0, room)));
  return Outcome::ok;
}

Outcome send(const InPlan&, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToTimestamp) {
  const DateTime made = date_time_of(value);
  if (!is_calendar_date(made.date) || !is_time_of_day(made.time)) return Outcome::bad_datetime;
  if (is_finer_than_micro(value)) return Outcome::datetime_overflow;
  put(out, made);
  return Outcome::ok;
}
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToDate) {
  if (!has_valid_date(value)) return Outcome::bad_datetime;
  if (is_finer_than_micro(value) && !plan.cuts_datetime) return Outcome::datetime_overflow;
  return put_date(plan, date_time_of(value), out);
}
// A TIME has a fraction here if its parameter was bound with one.
Outcome send(const InPlan& plan, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToTime) {
  if (!has_valid_time(value)) return Outcome::bad_datetime;
  Time time = date_time_of(value).time;
  const bool takes_fraction = plan.decimal_digits != 0;
  if (is_finer_than_micro(value) || (value.fraction != 0 && !takes_fraction)) {
    if (!plan.cuts_datetime) return Outcome::datetime_overflow;
    if (!takes_fraction) time.micro = 0;
  }
  put(out, time);
  return Outcome::ok;
}
Outcome send(const InPlan&, const SQL_TIMESTAMP_STRUCT& value, ByteWriter& out, ToText) {
  if (!has_valid_date(value) || !has_valid_time(value)) return Outcome::datetime_overflow;
  if (is_finer_than_micro(value)) return Outcome::too_long;
  const DateTime made = date_time_of(value);
  char room[kMaxForm];
  put(out, std::string_view(room, format_date_time(made, made.time.micro != 0 ? 6 : 0, room)));
  return Outcome::ok;
}

Outcome send(const InPlan&, const SQLGUID& value, ByteWriter& out, ToText) {
  Guid guid;
  for (std::size_t i = 0; i < 4; ++i) guid[i] = static_cast<std::uint8_t>(value.Data1 >> (24 - 8 * i));
  for (std::size_t i = 0; i < 2; ++i) {
    guid[4 + i] = static_cast<std::uint8_t>(value.Data2 >> (8 - 8 * i));
    guid[6 + i] = static_cast<std::uint8_t>(value.Data3 >> (8 - 8 * i));
  }
  std::copy_n(value.Data4, 8, guid.data() + 8);
  char room[kGuidCharacters];
  format_guid(guid, room);
  put(out, std::string_view(room, sizeof room));
  return Outcome::ok;
}

// Intervals: text that INTERVAL ? unit understands; a number where there is one field; a TIME where one is asked for.
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToText) {
  if (!is_valid(value, interval_range(plan.c_type))) return Outcome::interval_overflow;
  char room[kMaxForm];
  put(out, std::string_view(room, format_interval(value, interval_range(plan.c_type), 6, room)));
  return Outcome::ok;
}
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToInterval) {
  const IntervalRange from = interval_range(plan.c_type), to = interval_range(plan.sql_type);
  if (!is_valid(value, from)) return Outcome::interval_overflow;
  SQL_INTERVAL_STRUCT converted = value;
  if (plan.c_type != plan.sql_type && !from.is_year_month()) {
    Time time;
    if (!interval_to_time(value, from, 6, time)) return Outcome::interval_overflow;
    if (interval_from_time(time, to, 6, converted) != IntervalFit::exact) return Outcome::interval_overflow;
  } else if (plan.c_type != plan.sql_type && !year_month_as(value, from, to, converted)) {
    return Outcome::interval_overflow;
  }
  char room[kMaxForm];
  put(out, std::string_view(room, format_interval(converted, to, 6, room)));
  return Outcome::ok;
}

namespace {

// The one field as a literal. `seconds_precision`: 0 drops a second's fraction.
std::string_view field_text(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, unsigned seconds_precision,
                            std::array<char, kMaxForm>& room) {
  return {room.data(), format_interval(value, interval_range(plan.c_type), seconds_precision, room.data())};
}

}  // namespace

Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToInteger to) {
  std::array<char, kMaxForm> room;
  const Outcome outcome = send_literal(plan, field_text(plan, value, 0, room), out, to);
  return outcome == Outcome::too_long ? Outcome::out_of_range : outcome;
}
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToDecimal) {
  std::array<char, kMaxForm> room;
  return put_decimal(field_text(plan, value, 6, room), out);
}
Outcome send(const InPlan& plan, const SQL_INTERVAL_STRUCT& value, ByteWriter& out, ToTime) {
  Time time;
  if (!interval_to_time(value, interval_range(plan.c_type), 6, time)) return Outcome::datetime_overflow;
  put(out, time);
  return Outcome::ok;
}

// --- SQL_C_BINARY

Outcome send(const InPlan&, const Octets& value, ByteWriter& out, ToText) {
  out.lenenc_bytes(value.bytes);
  return Outcome::ok;
}
Outcome send(const InPlan&, const Octets& value, ByteWriter& out, ToBytes) {
  out.lenenc_bytes(value.bytes);
  return Outcome::ok;
}

namespace {

template <class T, class Class>
Outcome send_memory(const InPlan& plan, const Octets& value, ByteWriter& out, Class to) {
  if (value.bytes.size() != sizeof(T)) return Outcome::out_of_range;
  return send(plan, load<T>(value.bytes.data()), out, to);
}

}  // namespace

Outcome send(const InPlan&, const Octets& value, ByteWriter& out, ToDecimal) {
  return put_decimal(protocol::as_text(value.bytes), out);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToInteger) {
  std::int64_t integer;
  switch (value.bytes.size()) {
    case 1: integer = load<std::int8_t>(value.bytes.data()); break;
    case 2: integer = load<std::int16_t>(value.bytes.data()); break;
    case 4: integer = load<std::int32_t>(value.bytes.data()); break;
    case 8: integer = load<std::int64_t>(value.bytes.data()); break;
    default: return Outcome::out_of_range;
  }
  if (value.bytes.size() != c_type_size(default_c_type(plan.sql_type, false))) return Outcome::out_of_range;
  put(out, integer);
  return Outcome::ok;
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToReal) {
  if (plan.sql_type != SQL_REAL) return send_memory<double>(plan, value, out, ToReal{});
  if (value.bytes.size() != sizeof(float)) return Outcome::out_of_range;
  return put_real(plan, static_cast<double>(load<float>(value.bytes.data())), out);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToBit to) {
  return send_memory<Bit>(plan, value, out, to);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToDate to) {
  return send_memory<SQL_DATE_STRUCT>(plan, value, out, to);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToTime to) {
  return send_memory<SQL_TIME_STRUCT>(plan, value, out, to);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToTimestamp to) {
  return send_memory<SQL_TIMESTAMP_STRUCT>(plan, value, out, to);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToGuid to) {
  return send_memory<SQLGUID>(plan, value, out, to);
}
Outcome send(const InPlan& plan, const Octets& value, ByteWriter& out, ToInterval) {
  if (value.bytes.size() != sizeof(SQL_INTERVAL_STRUCT)) return Outcome::out_of_range;
  InPlan same = plan;
  same.c_type = plan.sql_type;
  return send(same, load<SQL_INTERVAL_STRUCT>(value.bytes.data()), out, ToInterval{});
}

}  // namespace selkie::odbc::param
