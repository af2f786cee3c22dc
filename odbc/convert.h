// Values between the wire and the application: one function per (wire source, C type), chosen once per binding.
// A bound fetch, SQLGetData and output parameters use the same functions, so truncation rules exist once.
// Depends on protocol's column and row; knows no handles.
// Spec: ODBC Appendix D, "Converting Data from SQL to C Data Types" and "... from C to SQL Data Types"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "protocol/bytes.h"
#include "protocol/column.h"
#include "protocol/commands.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Charset;

// What became of one value. diagnostics.h maps each to its SQLSTATE.
enum class Outcome : std::uint8_t {
  ok,
  sent_unsigned,           // a parameter: its integer is an unsigned one, though a signed type is announced
  truncated,               // 01004: text or bytes did not fit; the length written is that of the whole value
  fraction_truncated,      // 01S07: digits behind the point, or fractional seconds, or the time part, were dropped
  no_data,                 // SQLGetData only: the value was already delivered to its end
  null_without_indicator,  // 22002
  out_of_range,            // 22003
  not_convertible,         // 22018: text that is no number, no date, no valid UTF-8
  bad_datetime,            // 22007
  datetime_overflow,       // 22008
  interval_overflow,       // 22015
  bad_length,              // HY090: a length that cannot be, or past the buffer
  too_long,                // 22001: a parameter longer than its type allows
};
constexpr bool is_error(Outcome outcome) { return outcome > Outcome::no_data; }

enum class ZeroDate : std::uint8_t { null, error, min };  // what '0000-00-00' and '2020-00-10' become in date C types

// Where one value goes in the application's memory.
struct Slot {
  void* data = nullptr;       // null: only the length is asked for
  SQLLEN capacity_bytes = 0;  // of data, for character and binary targets
  SQLLEN* octet_length = nullptr;
  SQLLEN* indicator = nullptr;  // usually the same pointer as octet_length
};

// An application's pointer moved by so many bytes; null stays null.
template <class T>
T* at(T* pointer, SQLLEN bytes) {
  if (pointer == nullptr) return nullptr;
  return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(pointer) + static_cast<std::uintptr_t>(bytes));
}

// How far SQLGetData has come within one value. Fresh for each value, and whenever another C type is asked for.
struct Progress {
  std::size_t delivered_bytes = 0;  // of the converted value, without terminators
  bool finished = false;

  // The converters' own: where the source goes on, and the converted value's whole size once it had to be counted.
  std::size_t source_bytes = 0, total_bytes = 0;
  char16_t pending_unit = 0;            // second half of a surrogate pair that the end of the buffer cut
  std::array<char, 8> pending_bytes{};  // the rest of another character set's character, likewise
  std::uint8_t pending_count = 0;
};

// One column's conversion, resolved when the binding or the result's shape changes; constant over all rows.
//   cell      not NULL (write_null is for that), sliced by the same column and encoding as the plan is for
//   slot      memory of the application, of any alignment
//   progress  SQLGetData's, or null for a bound fetch
// Text and bytes that do not fit are cut (Outcome::truncated): for a bound column between characters; a piece of SQLGetData
// fills the buffer, as its callers reckon, and the next one brings the rest of a character. The length is that of the whole
// value, for SQLGetData of what is left of it. A number or date that does not fit may lose its fraction; when its whole part
// does not fit, it is out_of_range. A capacity of 0 asks for the length.
struct OutPlan;
using OutConverter = Outcome (*)(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, Progress* progress);
// The same for one column of a rowset: the cells of rows one behind another, NULLs among them.
struct ColumnRun;
using RunConverter = Outcome (*)(const OutPlan& plan, ColumnRun& run);
struct OutPlan {
  OutConverter convert = nullptr;            // null: 07006, this pair is not supported
  RunConverter convert_run = nullptr;        // ends behind the first value that is not ok, with its outcome
  const protocol::Column* column = nullptr;  // owned by the ColumnSet
  SQLSMALLINT c_type = 0;                    // ODBC 3 code
  // The value's bytes go out as they are, with a terminator or without, so they need not be in memory together.
  enum class Verbatim : std::uint8_t { no, bytes, terminated } verbatim = Verbatim::no;
  ZeroDate zero_date = ZeroDate::null;
  std::uint8_t numeric_precision = 0;   // SQL_C_NUMERIC: the ARD's SQL_DESC_PRECISION and SQL_DESC_SCALE; 0 = as the value is
  std::int8_t numeric_scale = 0;        //
  std::uint8_t interval_precision = 2;  // interval targets: digits of the leading field, of the second's fraction
  std::uint8_t seconds_precision = 6;
  Charset* charset = nullptr;  // of SQL_C_CHAR text that is not UTF-8; owned by the connection
};

struct ColumnRun {
  std::size_t rows;               // still to be converted
  const protocol::Cell* cell;     // of the first of them
  std::size_t cells_per_row;      // from its cell to that of the next row
  Slot slot;                      // its place
  SQLLEN data_step, length_step;  // bytes from its place to that of the next row
};

struct OutOptions {
  ZeroDate zero_date = ZeroDate::null;
  int numeric_precision = 0, numeric_scale = 0;  // precision 0: as many digits and as much scale as the value has
  int interval_precision = 2, seconds_precision = 6;
  Charset* charset = nullptr;  // the connection's; null is UTF-8
};

// Chooses the function for a column, its encoding and a C type (SQL_C_DEFAULT resolved by the caller through default_c_type).
// plan.convert is null where the specification lists no such conversion. One pair is there beyond its lists: TIME, which on
// these servers is a span of up to 838 hours, to the day-time interval types.
OutPlan plan_output(const protocol::Column& column, protocol::Encoding encoding, SQLSMALLINT c_type, const OutOptions& options);

// Tells the application the length of a value that is not NULL.
inline void write_length(const Slot& slot, std::size_t bytes) {
  const auto length = static_cast<SQLLEN>(bytes);
  if (slot.octet_length != nullptr) std::memcpy(slot.octet_length, &length, sizeof length);
  if (slot.indicator != slot.octet_length && slot.indicator != nullptr) std::memset(slot.indicator, 0, sizeof length);
}

// Writes SQL_NULL_DATA. 22002 when there is no indicator to write it to.
inline Outcome write_null(const Slot& slot) {
  constexpr SQLLEN kNullData = SQL_NULL_DATA;
  if (slot.indicator == nullptr) return Outcome::null_without_indicator;
  std::memcpy(slot.indicator, &kNullData, sizeof kNullData);
  return Outcome::ok;
}

// A piece of one value for SQLGetData; a NULL is one piece.
inline Outcome get_piece(const OutPlan& plan, const protocol::Cell& cell, const Slot& slot, Progress& progress) {
  if (!cell.is_null()) return plan.convert(plan, cell, slot, &progress);
  if (progress.finished) return Outcome::no_data;
  progress.finished = true;
  return write_null(slot);
}

// The ODBC 3 code of an older one: SQL_C_DATE is SQL_C_TYPE_DATE, SQL_C_LONG is SQL_C_SLONG. Other codes are left as they are.
SQLSMALLINT current_c_type(SQLSMALLINT c_type);
// Bytes of a fixed-length C type; 0 for character and binary types.
std::size_t c_type_size(SQLSMALLINT c_type);
// Whether an application may ask for it: SQL_C_DEFAULT, too.
bool is_c_type(SQLSMALLINT c_type);
// What SQL_C_DEFAULT means for an SQL type; SQL_C_CHAR for a type not known.
SQLSMALLINT default_c_type(SQLSMALLINT sql_type, bool is_unsigned);

// What a converter does, for those who would rather do it themselves for many values in a row.
enum class InKernel : std::uint8_t {
  convert,    // more than the others say
  memory_4,   // the value's memory is what goes out, whatever is in it
  memory_8,   //
  finite,     // the memory of a double that is neither infinite nor no number
  utf8,       // valid UTF-8, length-encoded
  date_time,  // a timestamp of calendar and clock, in microseconds
};

// One parameter's conversion: the application's value to the binary value that goes on the wire.
//   data, size_bytes  the value, at any address, with SQL_NTS already resolved; the size counts for text and binary only
//   out               gets the wire value appended, length-encoded where the type is; on an error nothing is appended
// Text that is not valid UTF-8 or UTF-16 is not_convertible. Lengths and precision are the server's to judge: what a client
// binds as column size is a guess more often than not. So is a scale of 0; with another one, text for a DECIMAL that has more
// digits behind the point is too_long, as the specification has it: the server would round it without a word.
struct InPlan;
using InConverter = Outcome (*)(const InPlan& plan, const void* data, SQLLEN size_bytes, protocol::ByteWriter& out);
struct InPlan {
  InConverter convert = nullptr;  // null: 07006
  protocol::ParameterType type;   // what is announced to the server: the value's natural wire type
  InKernel kernel = InKernel::convert;
  bool is_verbatim = false;  // the bytes are sent as they are (wide text as UTF-8), so pieces of them may be, too
  SQLSMALLINT c_type = 0, sql_type = 0;
  SQLSMALLINT decimal_digits = 0;
  std::int64_t lowest = 0;  // of an integer type: what may be sent to it
  std::uint64_t highest = 0;
  Charset* charset = nullptr;  // of SQL_C_CHAR text that is not UTF-8; owned by the connection
  bool cuts_datetime = false;  // see InOptions
};
struct InOptions {
  SQLSMALLINT decimal_digits = 0;  // SQLBindParameter's; 0 = not said, or nothing is lost by more of them. With some, a TIME
                                   // takes the fraction of a timestamp
  Charset* charset = nullptr;  // the connection's; null is UTF-8
  bool cuts_datetime = false;  // NO_DATE_OVERFLOW: what a DATE or a TIME cannot hold of a timestamp is dropped
};
// Null converter where the specification lists no such conversion. One pair is there beyond its lists: day-time intervals to
// SQL_TYPE_TIME, the way back of what plan_output does.
InPlan plan_input(SQLSMALLINT c_type, SQLSMALLINT sql_type, const InOptions& options);

// A binary wire value as an SQL literal that every sql_mode reads the same, for statements a server cannot prepare.
//   value  exactly what an InConverter appended
// The connection's character set is utf8mb4. Should no_backslash_escapes be out of date, text may arrive wrong but cannot end
// its literal.
void append_literal(std::string& sql, protocol::ParameterType type, protocol::Bytes value, bool no_backslash_escapes);

}  // namespace selkie::odbc
