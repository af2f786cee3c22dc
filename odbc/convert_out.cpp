// The table of conversions from the wire to the application: a row per source, a column per C type.
#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "odbc/convert.h"
#include "odbc/convert_pieces.h"
#include "odbc/convert_sources.h"
#include "odbc/convert_targets.h"
#include "odbc/types.h"

namespace selkie::odbc {
namespace {

using namespace source;
using protocol::Column;
using protocol::Encoding;
using protocol::WireType;

// --- One conversion. Always inlined: into its function, and into the loop over a column.

// '0000-00-00' and its like have no place in a date structure. False: `outcome` is the answer, else the date may be used.
bool settle_zero_date(const OutPlan& plan, const Slot& slot, Date& date, Outcome& outcome) {
  switch (plan.zero_date) {
    case ZeroDate::null: outcome = write_null(slot); return false;
    case ZeroDate::error: outcome = Outcome::bad_datetime; return false;
    case ZeroDate::min: break;
  }
  date = {std::max(date.year, 1u), std::max(date.month, 1u), std::max(date.day, 1u)};
  return true;
}

Date* date_in(Date& value) { return &value; }
Date* date_in(DateTime& value) { return &value.date; }
Date* date_in(auto&) { return nullptr; }

template <class T>
constexpr bool kHoldsDate = std::same_as<T, SQL_DATE_STRUCT> || std::same_as<T, SQL_TIMESTAMP_STRUCT>;

template <class S, class T>
[[gnu::always_inline]] inline Outcome read_as(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, T& out,
                                              bool& is_null) {
  typename S::Value value;
  Outcome outcome = S::read(plan, cell, value);
  if (outcome != Outcome::ok) return outcome;
  if constexpr (kHoldsDate<T>) {
    Date* date = date_in(value);
    if (date != nullptr && date->is_zero() && !settle_zero_date(plan, slot, *date, outcome)) {
      is_null = true;
      return outcome;
    }
  }
  return target::assign(plan, value, out);
}

// To a C type of fixed length. SQLGetData delivers it once.
template <class S, class T>
[[gnu::always_inline]] inline Outcome to_fixed(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot,
                                               Progress* progress) {
  if (progress != nullptr && progress->finished) return Outcome::no_data;
  T out;
  bool is_null = false;
  const Outcome outcome = read_as<S>(plan, cell, slot, out, is_null);
  if (is_error(outcome)) return outcome;
  if (progress != nullptr) progress->finished = true;
  if (is_null) return outcome;
  if (slot.data != nullptr) std::memcpy(slot.data, &out, sizeof out);
  write_length(slot, sizeof out);
  return outcome;
}

// How text may be cut: characters anywhere, the others only behind their whole part.
template <class S>
constexpr bool kIsCharacters = std::same_as<S, Text>;

// An approximate number too long for its buffer, once more with an exponent: that never needs more than the display size.
template <class S>
void shorten(const OutPlan& plan, const protocol::Cell& cell, Room& room, std::string_view& text) {
  typename S::Value value;
  if (S::read(plan, cell, value) != Outcome::ok) return;
  char* end;
  if constexpr (std::same_as<typename S::Value, float>) {
    end = format_float_short(value, room);
  } else {
    end = format_double_short(value, room);
  }
  text = {room, end};
}

template <class S>
constexpr bool kIsReal = requires {
  requires target::Real<typename S::Value>;
};

template <class S>
constexpr bool kComesAsText = std::derived_from<S, OwnText<typename S::Value>>;

// A value's text: in the cell itself, or written to `room`.
template <class S>
[[gnu::always_inline]] inline Outcome take_text(const OutPlan& plan, const protocol::Cell& cell, Room& room,
                                                std::string_view& text) {
  if constexpr (kComesAsText<S>) {
    text = text_of(cell);
    return Outcome::ok;
  } else {
    char* end = room;
    const Outcome outcome = S::write(plan, cell, room, end);
    text = {room, end};
    return outcome;
  }
}

// Text that does not fit, or that SQLGetData has already taken some of. The slot is a copy so that the loop over a column keeps
// its own in registers.
template <class S, class Unit>
[[gnu::noinline]] Outcome to_piece(const OutPlan& plan, const protocol::Cell& cell, Slot slot, Progress* progress) {
  Room room;
  std::string_view text;
  if (const Outcome outcome = take_text<S>(plan, cell, room, text); outcome != Outcome::ok) return outcome;
  if constexpr (kIsReal<S>) {
    const std::size_t capacity = static_cast<std::size_t>(slot.capacity_bytes) / sizeof(Unit);
    if (text.size() >= capacity && capacity > 0 && plan.column->decimals >= 31) shorten<S>(plan, cell, room, text);
  }
  const std::size_t whole = kIsCharacters<S> ? 0 : whole_part(text);
  return sizeof(Unit) == 1 ? narrow_piece(text, whole, slot, progress) : wide_piece(text, whole, slot, progress);
}

template <class S>
[[gnu::always_inline]] inline Outcome to_narrow(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot,
                                                Progress* progress) {
  auto* const out = static_cast<char*>(slot.data);
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  if (out == nullptr || !is_untouched(progress)) [[unlikely]]
    return to_piece<S, char>(plan, cell, slot, progress);
  if constexpr (!kComesAsText<S>) {
    if (S::most(plan) < capacity) [[likely]] {
      char* end;
      if (const Outcome outcome = S::write(plan, cell, out, end); outcome != Outcome::ok) return outcome;
      *end = 0;
      return deliver_whole(slot, progress, static_cast<std::size_t>(end - out));
    }
  }
  Room room;
  std::string_view text;
  if (const Outcome outcome = take_text<S>(plan, cell, room, text); outcome != Outcome::ok) return outcome;
  if (text.size() >= capacity) [[unlikely]]
    return to_piece<S, char>(plan, cell, slot, progress);
  std::memcpy(out, text.data(), text.size());
  out[text.size()] = 0;
  return deliver_whole(slot, progress, text.size());
}

template <class S>
[[gnu::always_inline]] inline Outcome to_wide(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot,
                                              Progress* progress) {
  Room room;
  std::string_view text;
  if (const Outcome outcome = take_text<S>(plan, cell, room, text); outcome != Outcome::ok) return outcome;
  const std::size_t capacity = static_cast<std::size_t>(slot.capacity_bytes) / sizeof(SQLWCHAR);
  // UTF-16 never has more units than UTF-8 has bytes.
  const bool fits = text.size() < capacity && slot.data != nullptr && is_untouched(progress);
  if (!fits) [[unlikely]]
    return to_piece<S, SQLWCHAR>(plan, cell, slot, progress);
  const std::size_t units = kComesAsText<S> ? wide_whole(text, slot.data) : wide_ascii(text, slot.data);
  return deliver_whole(slot, progress, units * sizeof(SQLWCHAR));
}

Outcome text_to_charset(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  return charset_piece(*plan.charset, text_of(cell), slot, progress);
}

Outcome bytes_to_narrow(const OutPlan&, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  return narrow_hex(cell.bytes(), slot, progress);
}

Outcome bytes_to_wide(const OutPlan&, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  return wide_hex(cell.bytes(), slot, progress);
}

// Text and bytes as they came.
Outcome to_bytes(const OutPlan&, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  if (cell.size_bytes <= capacity && slot.data != nullptr && is_untouched(progress)) [[likely]] {
    std::memcpy(slot.data, cell.data, cell.size_bytes);
    return deliver_whole(slot, progress, cell.size_bytes);
  }
  return raw_piece(cell.bytes(), slot, progress);
}

// The digits of a DECIMAL, whose default C type is text: whole, or nothing when there is no room for them.
Outcome digits_to_bytes(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  const bool has_room = cell.size_bytes <= static_cast<std::size_t>(slot.capacity_bytes) || slot.data == nullptr;
  if (!has_room && is_untouched(progress)) return Outcome::out_of_range;
  return to_bytes(plan, cell, slot, progress);
}

// Any other value to SQL_C_BINARY: as the C type that SQL_C_DEFAULT stands for, or nothing when there is no room for it.
template <class S, class T>
Outcome to_structure(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, Progress* progress) {
  if (slot.capacity_bytes < static_cast<SQLLEN>(sizeof(T)) && slot.data != nullptr) {
    return progress != nullptr && progress->finished ? Outcome::no_data : Outcome::out_of_range;
  }
  return to_fixed<S, T>(plan, cell, slot, progress);
}

// --- A column of a rowset

// By the plan's own function, or by one that is known here and becomes part of the loop.
template <OutConverter known>
Outcome convert_run(const OutPlan& plan, ColumnRun& run) {
  const OutConverter convert = known != nullptr ? known : plan.convert;
  // What is null stays null.
  const auto step = [](const void* place, SQLLEN bytes) { return place != nullptr ? bytes : 0; };
  const auto move = []<class T>(T* place, SQLLEN bytes) {
    return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(place) + static_cast<std::uintptr_t>(bytes));
  };
  const SQLLEN data_step = step(run.slot.data, run.data_step);
  const SQLLEN octet_length_step = step(run.slot.octet_length, run.length_step);
  const SQLLEN indicator_step = step(run.slot.indicator, run.length_step);
  std::size_t rows = run.rows;
  const protocol::Cell* cell = run.cell;
  Slot slot = run.slot;
  Outcome outcome = Outcome::ok;
  while (rows != 0 && outcome == Outcome::ok) {
    outcome = cell->is_null() ? write_null(slot) : convert(plan, *cell, slot, nullptr);
    --rows;
    cell += run.cells_per_row;
    slot.data = move(slot.data, data_step);
    slot.octet_length = move(slot.octet_length, octet_length_step);
    slot.indicator = move(slot.indicator, indicator_step);
  }
  run.rows = rows;
  run.cell = cell;
  run.slot = slot;
  return outcome;
}

struct Conversion {
  OutConverter one = nullptr;
  RunConverter run = nullptr;
};
template <OutConverter convert, bool is_common = false>
constexpr Conversion kConversion{convert, convert_run<is_common ? convert : nullptr>};

// What most columns are bound as beside text: the C type of their kind.
template <class S, class T, class V = typename S::Value>
constexpr bool kIsCommon = (std::integral<V> && std::integral<T>) || (target::Real<V> && std::same_as<T, double>) ||
                           (std::same_as<V, Date> && std::same_as<T, SQL_DATE_STRUCT>) ||
                           (std::same_as<V, DateTime> && std::same_as<T, SQL_TIMESTAMP_STRUCT>);

// --- The table

using Sources =
    std::tuple<TextSigned, TextUnsigned, TextFloat, TextDouble, TextDecimal, TextDate, TextTime, TextDateTime, Text, Bytes,
               SingleBit, Native<std::int8_t>, Native<std::uint8_t>, Native<std::int16_t>, Native<std::uint16_t>,
               Native<std::int32_t>, Native<std::uint32_t>, Native<std::int64_t>, Native<std::uint64_t>, NativeReal<float>,
               NativeReal<double>, BinaryDate, BinaryTime, BinaryDateTime>;

struct Narrow {};
struct Wide {};
struct Binary {};
using Targets = std::tuple<Narrow, Wide, Binary, target::CBit, SQLSCHAR, SQLCHAR, SQLSMALLINT, SQLUSMALLINT, SQLINTEGER,
                           SQLUINTEGER, SQLBIGINT, SQLUBIGINT, SQLREAL, SQLDOUBLE, SQL_NUMERIC_STRUCT, SQL_DATE_STRUCT,
                           SQL_TIME_STRUCT, SQL_TIMESTAMP_STRUCT, SQLGUID, target::Interval<true, true>,
                           target::Interval<false, true>, target::Interval<true, false>, target::Interval<false, false>>;

template <class List, class T, std::size_t I = 0>
constexpr std::size_t index_of() {
  if constexpr (std::same_as<std::tuple_element_t<I, List>, T>) {
    return I;
  } else {
    return index_of<List, T, I + 1>();
  }
}

constexpr std::size_t kSources = std::tuple_size_v<Sources>, kTargets = std::tuple_size_v<Targets>;
constexpr std::size_t kNone = kTargets;

// SQL_C_BINARY of what has a structure depends on the column and is chosen by binary_output.
template <class S, class T>
constexpr Conversion slot_of() {
  if constexpr (std::same_as<S, Bytes>) {
    if constexpr (std::same_as<T, Narrow>) return kConversion<bytes_to_narrow>;
    if constexpr (std::same_as<T, Wide>) return kConversion<bytes_to_wide>;
    if constexpr (std::same_as<T, Binary>) return kConversion<to_bytes>;
    return {};
  } else if constexpr (std::same_as<T, Narrow>) {
    return kConversion<to_narrow<S>, true>;
  } else if constexpr (std::same_as<T, Wide>) {
    return kConversion<to_wide<S>, true>;
  } else if constexpr (std::same_as<T, Binary>) {
    if constexpr (std::same_as<S, Text>) return kConversion<to_bytes>;
    return std::same_as<S, TextDecimal> ? kConversion<digits_to_bytes> : Conversion{};
  } else if constexpr (requires(const OutPlan& plan, const typename S::Value& value, T& out) {
                         target::assign(plan, value, out);
                       }) {
    return kConversion<to_fixed<S, T>, kIsCommon<S, T>>;
  } else {
    return {};
  }
}

template <class S, std::size_t... T>
constexpr std::array<Conversion, kTargets> row_of(std::index_sequence<T...>) {
  return {slot_of<S, std::tuple_element_t<T, Targets>>()...};
}

template <std::size_t... S>
constexpr std::array<std::array<Conversion, kTargets>, kSources> make_table(std::index_sequence<S...>) {
  return {row_of<std::tuple_element_t<S, Sources>>(std::make_index_sequence<kTargets>())...};
}

constexpr auto kTable = make_table(std::make_index_sequence<kSources>());

// --- Choosing row and column

template <class S>
constexpr std::size_t kSource = index_of<Sources, S>();
template <class T>
constexpr std::size_t kTarget = index_of<Targets, T>();

template <class Signed, class Unsigned>
std::size_t by_sign(const Column& column) {
  return column.is_unsigned() ? kSource<Unsigned> : kSource<Signed>;
}

std::size_t source_of(const Column& column, Encoding encoding) {
  const bool text = encoding == Encoding::text;
  switch (column.type) {
    case WireType::tiny:
      return text ? by_sign<TextSigned, TextUnsigned>(column) : by_sign<Native<std::int8_t>, Native<std::uint8_t>>(column);
    case WireType::short_:
    case WireType::year:
      return text ? by_sign<TextSigned, TextUnsigned>(column) : by_sign<Native<std::int16_t>, Native<std::uint16_t>>(column);
    case WireType::int24:
    case WireType::long_:
      return text ? by_sign<TextSigned, TextUnsigned>(column) : by_sign<Native<std::int32_t>, Native<std::uint32_t>>(column);
    case WireType::longlong:
      return text ? by_sign<TextSigned, TextUnsigned>(column) : by_sign<Native<std::int64_t>, Native<std::uint64_t>>(column);
    case WireType::float_: return text ? kSource<TextFloat> : kSource<NativeReal<float>>;
    case WireType::double_: return text ? kSource<TextDouble> : kSource<NativeReal<double>>;
    case WireType::decimal:
    case WireType::newdecimal: return kSource<TextDecimal>;
    case WireType::date:
    case WireType::newdate: return text ? kSource<TextDate> : kSource<BinaryDate>;
    case WireType::time:
    case WireType::time2: return text ? kSource<TextTime> : kSource<BinaryTime>;
    case WireType::datetime:
    case WireType::datetime2:
    case WireType::timestamp:
    case WireType::timestamp2: return text ? kSource<TextDateTime> : kSource<BinaryDateTime>;
    case WireType::bit: return column.length <= 1 ? kSource<SingleBit> : kSource<Bytes>;
    case WireType::null: return kSource<Text>;
    default: return is_text(column) ? kSource<Text> : kSource<Bytes>;
  }
}

std::size_t target_of(SQLSMALLINT c_type) {
  if (is_interval(c_type)) {
    const IntervalRange range = interval_range(c_type);
    if (range.is_year_month()) {
      return range.is_single() ? kTarget<target::Interval<true, true>> : kTarget<target::Interval<false, true>>;
    }
    return range.is_single() ? kTarget<target::Interval<true, false>> : kTarget<target::Interval<false, false>>;
  }
  switch (c_type) {
    case SQL_C_CHAR: return kTarget<Narrow>;
    case SQL_C_WCHAR: return kTarget<Wide>;
    case SQL_C_BINARY: return kTarget<Binary>;
    case SQL_C_BIT: return kTarget<target::CBit>;
    case SQL_C_STINYINT: return kTarget<SQLSCHAR>;
    case SQL_C_UTINYINT: return kTarget<SQLCHAR>;
    case SQL_C_SSHORT: return kTarget<SQLSMALLINT>;
    case SQL_C_USHORT: return kTarget<SQLUSMALLINT>;
    case SQL_C_SLONG: return kTarget<SQLINTEGER>;
    case SQL_C_ULONG: return kTarget<SQLUINTEGER>;
    case SQL_C_SBIGINT: return kTarget<SQLBIGINT>;
    case SQL_C_UBIGINT: return kTarget<SQLUBIGINT>;
    case SQL_C_FLOAT: return kTarget<SQLREAL>;
    case SQL_C_DOUBLE: return kTarget<SQLDOUBLE>;
    case SQL_C_NUMERIC: return kTarget<SQL_NUMERIC_STRUCT>;
    case SQL_C_TYPE_DATE: return kTarget<SQL_DATE_STRUCT>;
    case SQL_C_TYPE_TIME: return kTarget<SQL_TIME_STRUCT>;
    case SQL_C_TYPE_TIMESTAMP: return kTarget<SQL_TIMESTAMP_STRUCT>;
    case SQL_C_GUID: return kTarget<SQLGUID>;
    default: return kNone;
  }
}

// SQL_C_BINARY where the value is no string: the structure of the default C type, as describe() has it.
template <class S, class N, class T>
Conversion structure_of(Encoding encoding) {
  return encoding == Encoding::text ? kConversion<to_structure<S, T>> : kConversion<to_structure<N, T>>;
}

Conversion binary_output(const Column& column, Encoding encoding) {
  const bool is_unsigned = column.is_unsigned();
  switch (column.type) {
    case WireType::tiny:
      return is_unsigned ? structure_of<TextUnsigned, Native<std::uint8_t>, SQLUSMALLINT>(encoding)
                         : structure_of<TextSigned, Native<std::int8_t>, SQLSCHAR>(encoding);
    case WireType::short_:
      return is_unsigned ? structure_of<TextUnsigned, Native<std::uint16_t>, SQLUINTEGER>(encoding)
                         : structure_of<TextSigned, Native<std::int16_t>, SQLSMALLINT>(encoding);
    case WireType::year: return structure_of<TextUnsigned, Native<std::uint16_t>, SQLUSMALLINT>(encoding);
    case WireType::int24:
      return is_unsigned ? structure_of<TextUnsigned, Native<std::uint32_t>, SQLUINTEGER>(encoding)
                         : structure_of<TextSigned, Native<std::int32_t>, SQLINTEGER>(encoding);
    case WireType::long_:
      return is_unsigned ? structure_of<TextUnsigned, Native<std::uint32_t>, SQLUBIGINT>(encoding)
                         : structure_of<TextSigned, Native<std::int32_t>, SQLINTEGER>(encoding);
    case WireType::longlong:
      return is_unsigned ? structure_of<TextUnsigned, Native<std::uint64_t>, SQLUBIGINT>(encoding)
                         : structure_of<TextSigned, Native<std::int64_t>, SQLBIGINT>(encoding);
    case WireType::float_: return structure_of<TextFloat, NativeReal<float>, SQLREAL>(encoding);
    case WireType::double_: return structure_of<TextDouble, NativeReal<double>, SQLDOUBLE>(encoding);
    case WireType::date:
    case WireType::newdate: return structure_of<TextDate, BinaryDate, SQL_DATE_STRUCT>(encoding);
    case WireType::time:
    case WireType::time2: return structure_of<TextTime, BinaryTime, SQL_TIME_STRUCT>(encoding);
    case WireType::datetime:
    case WireType::datetime2:
    case WireType::timestamp:
    case WireType::timestamp2: return structure_of<TextDateTime, BinaryDateTime, SQL_TIMESTAMP_STRUCT>(encoding);
    case WireType::bit: return kConversion<to_structure<SingleBit, target::CBit>>;
    default: return {};
  }
}

}  // namespace

OutPlan plan_output(const Column& column, Encoding encoding, SQLSMALLINT c_type, const OutOptions& options) {
  OutPlan plan;
  plan.column = &column;
  plan.c_type = current_c_type(c_type);
  plan.zero_date = options.zero_date;
  plan.numeric_precision = static_cast<std::uint8_t>(std::clamp(options.numeric_precision, 0, 255));
  plan.numeric_scale = static_cast<std::int8_t>(std::clamp(options.numeric_scale, -128, 127));
  plan.interval_precision = static_cast<std::uint8_t>(std::clamp(options.interval_precision, 0, 255));
  plan.seconds_precision = static_cast<std::uint8_t>(std::clamp(options.seconds_precision, 0, 9));
  const std::size_t to = target_of(plan.c_type);
  if (to == kNone) return plan;
  Conversion conversion = kTable[source_of(column, encoding)][to];
  if (conversion.one == nullptr && to == kTarget<Binary>) conversion = binary_output(column, encoding);
  if (conversion.one == to_bytes) plan.verbatim = OutPlan::Verbatim::bytes;
  if (conversion.one == to_narrow<Text>) {
    plan.verbatim = OutPlan::Verbatim::terminated;
    if (options.charset != nullptr) {
      plan.charset = options.charset;
      conversion = kConversion<text_to_charset>;
      plan.verbatim = OutPlan::Verbatim::no;
    }
  }
  plan.convert = conversion.one;
  plan.convert_run = conversion.run;
  return plan;
}

}  // namespace selkie::odbc
