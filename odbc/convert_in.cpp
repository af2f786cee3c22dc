// The table of conversions from the application to the wire: a row per C type, a column per class of SQL types.
#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <tuple>
#include <utility>

#include "odbc/convert.h"
#include "odbc/convert_params.h"
#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

using namespace param;
using protocol::ParameterType;
using protocol::WireType;

using Classes =
    std::tuple<ToText, ToDecimal, ToInteger, ToReal, ToBit, ToBytes, ToDate, ToTime, ToTimestamp, ToGuid, ToInterval>;

constexpr std::size_t kNoClass = std::tuple_size_v<Classes>;

template <class Class, std::size_t I = 0>
constexpr std::size_t index_of() {
  if constexpr (std::same_as<std::tuple_element_t<I, Classes>, Class>) {
    return I;
  } else {
    return index_of<Class, I + 1>();
  }
}

std::size_t class_of(SQLSMALLINT sql_type) {
  if (is_interval(sql_type)) return index_of<ToInterval>();
  if (is_character_type(sql_type)) return index_of<ToText>();
  switch (sql_type) {
    case SQL_DECIMAL:
    case SQL_NUMERIC: return index_of<ToDecimal>();
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT: return index_of<ToInteger>();
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE: return index_of<ToReal>();
    case SQL_BIT: return index_of<ToBit>();
    case SQL_BINARY:
    case SQL_VARBINARY:
    case SQL_LONGVARBINARY: return index_of<ToBytes>();
    case SQL_DATE:
    case SQL_TYPE_DATE: return index_of<ToDate>();
    case SQL_TIME:
    case SQL_TYPE_TIME: return index_of<ToTime>();
    case SQL_TIMESTAMP:
    case SQL_TYPE_TIMESTAMP: return index_of<ToTimestamp>();
    case SQL_GUID: return index_of<ToGuid>();
    default: return kNoClass;
  }
}

// --- The table: a converter and the type that announces what it appends

struct Entry {
  InConverter convert = nullptr;
  ParameterType type;
};

template <class C, class Class>
Outcome convert(const InPlan& plan, const void* data, SQLLEN size_bytes, ByteWriter& out) {
  C value;
  if (const Outcome outcome = read(data, size_bytes, value); outcome != Outcome::ok) return outcome;
  return send(plan, value, out, Class{});
}

template <class T>
constexpr ParameterType native_type() {
  if constexpr (std::same_as<T, float>) {
    return {WireType::float_, false};
  } else if constexpr (std::same_as<T, double>) {
    return {WireType::double_, false};
  } else {
    constexpr bool kUnsigned = std::is_unsigned_v<T>;
    if constexpr (sizeof(T) == 1) return {WireType::tiny, kUnsigned};
    if constexpr (sizeof(T) == 2) return {WireType::short_, kUnsigned};
    if constexpr (sizeof(T) == 4) return {WireType::long_, kUnsigned};
    return {WireType::longlong, kUnsigned};
  }
}

template <class C, class Class>
constexpr ParameterType wire_type() {
  constexpr bool kNumber = std::same_as<Class, ToInteger> || std::same_as<Class, ToDecimal> || std::same_as<Class, ToReal>;
  if constexpr (std::same_as<C, Bit> && kNumber) return {WireType::tiny, true};
  if constexpr (std::integral<C> && (std::same_as<Class, ToInteger> || std::same_as<Class, ToDecimal>)) return native_type<C>();
  if constexpr (std::same_as<C, float> && std::same_as<Class, ToReal>) return native_type<C>();
  if constexpr (std::same_as<Class, ToDecimal>) return {WireType::newdecimal, false};
  if constexpr (std::same_as<Class, ToInteger>) return {WireType::longlong, false};
  if constexpr (std::same_as<Class, ToReal>) return {WireType::double_, false};
  if constexpr (std::same_as<Class, ToBit>) return {WireType::tiny, true};
  if constexpr (std::same_as<Class, ToBytes>) return {WireType::blob, false};  // the server takes it as binary, not as text
  if constexpr (std::same_as<Class, ToDate>) return {WireType::date, false};
  if constexpr (std::same_as<Class, ToTime>) return {WireType::time, false};
  if constexpr (std::same_as<Class, ToTimestamp>) return {WireType::datetime, false};
  return {WireType::var_string, false};
}

template <class C, class Class>
constexpr Entry entry_of() {
  if constexpr (requires(const InPlan& plan, const C& value, ByteWriter& out) { send(plan, value, out, Class{}); }) {
    return {convert<C, Class>, wire_type<C, Class>()};
  } else {
    return {};
  }
}

template <class C, std::size_t... K>
constexpr std::array<Entry, kNoClass> entries_of(std::index_sequence<K...>) {
  return {entry_of<C, std::tuple_element_t<K, Classes>>()...};
}

struct Row {
  SQLSMALLINT c_type;
  std::array<Entry, kNoClass> entries;
};
template <class C>
constexpr Row row(SQLSMALLINT c_type) {
  return {c_type, entries_of<C>(std::make_index_sequence<kNoClass>())};
}

constexpr std::array kTable{
    row<Narrow>(SQL_C_CHAR),
    row<Wide>(SQL_C_WCHAR),
    row<Octets>(SQL_C_BINARY),
    row<Bit>(SQL_C_BIT),
    row<SQLSCHAR>(SQL_C_STINYINT),
    row<SQLCHAR>(SQL_C_UTINYINT),
    row<SQLSMALLINT>(SQL_C_SSHORT),
    row<SQLUSMALLINT>(SQL_C_USHORT),
    row<SQLINTEGER>(SQL_C_SLONG),
    row<SQLUINTEGER>(SQL_C_ULONG),
    row<SQLBIGINT>(SQL_C_SBIGINT),
    row<SQLUBIGINT>(SQL_C_UBIGINT),
    row<SQLREAL>(SQL_C_FLOAT),
    row<SQLDOUBLE>(SQL_C_DOUBLE),
    row<SQL_NUMERIC_STRUCT>(SQL_C_NUMERIC),
    row<SQL_DATE_STRUCT>(SQL_C_TYPE_DATE),
    row<SQL_TIME_STRUCT>(SQL_C_TYPE_TIME),
    row<SQL_TIMESTAMP_STRUCT>(SQL_C_TYPE_TIMESTAMP),
    row<SQLGUID>(SQL_C_GUID),
    row<SQL_INTERVAL_STRUCT>(SQL_C_INTERVAL_YEAR),  // and the other twelve
};

// The limits of an integer type are those of its signed and unsigned columns together: ODBC's types do not tell them apart.
struct IntegerRange {
  SQLSMALLINT type;
  std::int64_t lowest;
  std::uint64_t highest;
};
constexpr std::array kIntegerRanges{
    IntegerRange{SQL_TINYINT, -128, 255},
    IntegerRange{SQL_SMALLINT, -32'768, 65'535},
    IntegerRange{SQL_INTEGER, -2'147'483'648, 4'294'967'295},
    IntegerRange{SQL_BIGINT, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::uint64_t>::max()},
};

bool is_exact_number(SQLSMALLINT c_type) {
  switch (c_type) {
    case SQL_C_STINYINT:
    case SQL_C_UTINYINT:
    case SQL_C_SSHORT:
    case SQL_C_USHORT:
    case SQL_C_SLONG:
    case SQL_C_ULONG:
    case SQL_C_SBIGINT:
    case SQL_C_UBIGINT:
    case SQL_C_NUMERIC: return true;
    default: return false;
  }
}

bool is_exact_type(SQLSMALLINT sql_type) {
  return class_of(sql_type) == index_of<ToDecimal>() || class_of(sql_type) == index_of<ToInteger>();
}

bool is_characters(SQLSMALLINT c_type) { return c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR; }

// What the classes are too coarse for: which intervals go with which.
bool is_listed(SQLSMALLINT c_type, SQLSMALLINT sql_type) {
  if (is_interval(c_type)) {
    const IntervalRange from = interval_range(c_type);
    if (is_interval(sql_type)) return from.is_year_month() == interval_range(sql_type).is_year_month();
    if (is_exact_type(sql_type)) return from.is_single();
    if (sql_type == SQL_TYPE_TIME || sql_type == SQL_TIME) return !from.is_year_month();
  }
  return !is_exact_number(c_type) || !is_interval(sql_type) || interval_range(sql_type).is_single();
}

// An integer of C for an exact type that takes whatever is in it.
bool sends_memory(const InPlan& plan) {
  if (!is_exact_number(plan.c_type) || plan.c_type == SQL_C_NUMERIC || !is_exact_type(plan.sql_type)) return false;
  const std::size_t value_bits = c_type_size(plan.c_type) * 8 - (plan.type.unsigned_ ? 0 : 1);
  const std::uint64_t highest = std::numeric_limits<std::uint64_t>::max() >> (64 - value_bits);
  const std::int64_t lowest = plan.type.unsigned_ ? 0 : -static_cast<std::int64_t>(highest) - 1;
  return lowest >= plan.lowest && highest <= plan.highest;
}

InKernel kernel_of(const InPlan& plan, std::size_t to) {
  if (sends_memory(plan)) {
    const std::size_t size = c_type_size(plan.c_type);
    return size == 4 ? InKernel::memory_4 : size == 8 ? InKernel::memory_8 : InKernel::convert;
  }
  if (plan.c_type == SQL_C_DOUBLE && to == index_of<ToReal>() && plan.sql_type != SQL_REAL) return InKernel::finite;
  if (plan.c_type == SQL_C_CHAR && to == index_of<ToText>() && plan.charset == nullptr) return InKernel::utf8;
  if (plan.c_type == SQL_C_TYPE_TIMESTAMP && to == index_of<ToTimestamp>()) return InKernel::date_time;
  return InKernel::convert;
}

}  // namespace

InPlan plan_input(SQLSMALLINT c_type, SQLSMALLINT sql_type, const InOptions& options) {
  InPlan plan;
  plan.c_type = current_c_type(c_type == SQL_C_DEFAULT ? default_c_type(sql_type, false) : c_type);
  plan.sql_type = sql_type;
  plan.decimal_digits = options.decimal_digits;
  plan.charset = options.charset;
  plan.cuts_datetime = options.cuts_datetime;
  const auto* range = std::ranges::find(kIntegerRanges, sql_type, &IntegerRange::type);
  const bool is_bounded = range != kIntegerRanges.end();  // else, of a DECIMAL, the server knows the column's precision
  plan.lowest = is_bounded ? range->lowest : std::numeric_limits<std::int64_t>::min();
  plan.highest = is_bounded ? range->highest : std::numeric_limits<std::uint64_t>::max();
  const SQLSMALLINT key = is_interval(plan.c_type) ? SQLSMALLINT{SQL_C_INTERVAL_YEAR} : plan.c_type;
  const auto* entries = std::ranges::find(kTable, key, &Row::c_type);
  const std::size_t to = class_of(sql_type);
  if (entries == kTable.end() || to == kNoClass || !is_listed(plan.c_type, sql_type)) return plan;
  plan.convert = entries->entries[to].convert;
  plan.type = entries->entries[to].type;
  plan.kernel = kernel_of(plan, to);
  plan.is_verbatim = (is_characters(plan.c_type) && to == index_of<ToText>()) ||
                     (plan.c_type == SQL_C_BINARY && (to == index_of<ToText>() || to == index_of<ToBytes>()));
  return plan;
}

}  // namespace selkie::odbc
