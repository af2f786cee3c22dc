#include "odbc/bulk_rows.h"

#include <cmath>
#include <cstring>

#include "odbc/convert_params.h"
#include "odbc/text.h"
#include "protocol/commands.h"

namespace selkie::odbc {
namespace {

using protocol::BulkIndicator;
using protocol::ByteWriter;

// Of text that is written in place, so that one byte says its length.
constexpr std::size_t kShortText = 0xfa;

// The most that a row takes of what is written in place.
std::size_t room_of_row(std::span<const BulkParameter> parameters) {
  constexpr std::size_t kFixed = 1 + param::kMostDateTimeBytes, kText = 1 + 1 + kShortText;
  static_assert(kFixed >= 1 + sizeof(std::uint64_t));
  std::size_t room = 0;
  for (const BulkParameter& parameter : parameters) room += parameter.plan->kernel == InKernel::utf8 ? kText : kFixed;
  return room;
}

// Copies text, the last eight bytes perhaps twice. False: not all of it is ASCII.
[[gnu::always_inline]] inline bool copy_ascii(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  constexpr std::uint64_t kBeyondAscii = 0x8080808080808080;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  std::uint64_t seen = 0;
  const auto copy_word = [&](std::size_t at) {
    const auto word = param::load<std::uint64_t>(from + at);
    std::memcpy(to + at, &word, kWord);
    seen |= word;
  };
  if (size >= kWord) {
    for (std::size_t at = 0; at < size - kWord; at += kWord) copy_word(at);
    copy_word(size - kWord);
  } else {
    for (std::size_t at = 0; at < size; ++at) seen |= to[at] = from[at];
  }
  return (seen & kBeyondAscii) == 0;
}

// False: it is none of the calendar and the clock, or finer than the server's.
[[gnu::always_inline]] inline bool write_date_time(const std::uint8_t* data, std::uint8_t*& to) {
  const auto value = param::load<SQL_TIMESTAMP_STRUCT>(data);
  const DateTime made = param::date_time_of(value);
  if (!is_calendar_date(made.date) || !is_time_of_day(made.time) || param::is_finer_than_micro(value)) return false;
  to = param::write(to, made);
  return true;
}

template <class T>
[[gnu::always_inline]] inline void copy(const std::uint8_t* from, std::uint8_t*& to) {
  std::memcpy(to, from, sizeof(T));
  to += sizeof(T);
}

[[gnu::noinline]] bool append_converted(const InPlan& plan, const std::uint8_t* data, SQLLEN size, ByteWriter& out) {
  return plan.convert(plan, data, size, out) == Outcome::ok;
}

// False: what was appended is no whole row.
[[gnu::always_inline]] inline bool append_row(std::span<const BulkParameter> parameters, SQLLEN row, std::size_t room,
                                              ByteWriter& out, bool& has_null) {
  std::uint8_t* at = out.extend(room);
  for (const BulkParameter& parameter : parameters) {
    const std::uint8_t* const data = parameter.data + row * parameter.data_step;
    SQLLEN size = parameter.fixed_bytes;
    if (parameter.length != nullptr) {
      const auto length = param::load<SQLLEN>(parameter.length + row * parameter.length_step);
      if (length == SQL_NULL_DATA) {
        has_null = true;
        *at++ = static_cast<std::uint8_t>(BulkIndicator::null);
        continue;
      }
      if (length < 0 && (length != SQL_NTS || size != 0)) return false;
      if (size == 0) {
        if (length > parameter.buffer_bytes) return false;
        size = length != SQL_NTS ? length : terminated_size(data, parameter.plan->c_type);
      }
    }
    *at++ = static_cast<std::uint8_t>(BulkIndicator::value);
    switch (parameter.plan->kernel) {
      case InKernel::memory_4: copy<std::uint32_t>(data, at); continue;
      case InKernel::memory_8: copy<std::uint64_t>(data, at); continue;
      case InKernel::finite:
        if (!std::isfinite(param::load<double>(data))) return false;
        copy<double>(data, at);
        continue;
      case InKernel::date_time:
        if (!write_date_time(data, at)) return false;
        continue;
      case InKernel::utf8:
        if (const auto bytes = static_cast<std::size_t>(size); bytes <= kShortText) {
          *at++ = static_cast<std::uint8_t>(bytes);
          if (!copy_ascii(data, bytes, at) && !is_valid_utf8({reinterpret_cast<const char*>(data), bytes})) return false;
          at += bytes;
          continue;
        }
        break;
      case InKernel::convert: break;
    }
    out.truncate(static_cast<std::size_t>(at - out.data()));
    if (!append_converted(*parameter.plan, data, size, out)) return false;
    at = out.extend(room);
  }
  out.truncate(static_cast<std::size_t>(at - out.data()));
  return true;
}

}  // namespace

std::size_t append_bulk_rows(std::span<const BulkParameter> parameters, const BulkRange& range, std::size_t enough_bytes,
                             ByteWriter& out, bool& has_null) {
  const std::size_t room = room_of_row(parameters);
  std::size_t row = range.first;
  for (; row < range.end && out.size() < enough_bytes; ++row) {
    if (range.operations != nullptr && range.operations[row] == SQL_PARAM_IGNORE) break;
    const std::size_t start = out.size();
    if (!append_row(parameters, static_cast<SQLLEN>(row), room, out, has_null)) {
      out.truncate(start);
      break;
    }
  }
  return row;
}

}  // namespace selkie::odbc
