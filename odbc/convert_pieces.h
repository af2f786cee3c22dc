// Text and bytes into a buffer of the application, whole or in SQLGetData's pieces.
// Private to the converters. Spec: ODBC SQLGetData, "Retrieving Variable-Length Data in Parts"
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "odbc/charset.h"
#include "odbc/convert.h"
#include "odbc/text.h"
#include "protocol/bytes.h"

namespace selkie::odbc {

// The characters of a number's or date's text that must not be cut off: up to the point, all when there is an exponent.
inline std::size_t whole_part(std::string_view text) {
  if (text.find('e') != std::string_view::npos) return text.size();
  return std::min(text.find('.'), text.size());
}

// Text that is known to fit, terminated; the units written.
inline std::size_t wide_whole(std::string_view text, void* out) {
  auto* units = static_cast<char16_t*>(out);
  const std::size_t written = utf8_to_utf16(text.data(), text.size(), units, text.size()).written;
  std::memset(units + written, 0, sizeof *units);
  return written;
}

inline std::size_t wide_ascii(std::string_view text, void* out) {
  auto* units = static_cast<char16_t*>(out);
  ascii_to_utf16(text, units);
  std::memset(units + text.size(), 0, sizeof *units);
  return text.size();
}

// A value that fits is delivered whole, unless SQLGetData has already taken some of it.
inline bool is_untouched(const Progress* progress) {
  return progress == nullptr || (progress->delivered_bytes == 0 && !progress->finished);
}
inline Outcome deliver_whole(const Slot& slot, Progress* progress, std::size_t bytes) {
  write_length(slot, bytes);
  if (progress != nullptr) progress->finished = true;
  return Outcome::ok;
}

// Without room for anything only the length is told. A bound column without a buffer never asked for more.
Outcome tell_length(const Slot& slot, const Progress* progress, std::size_t left_bytes);
// After a piece of `bytes` out of what was left.
Outcome delivered(const Slot& slot, Progress* progress, std::size_t bytes, std::size_t left_bytes);

// A piece of SQLGetData out of a value that is still arriving: `read` brings its next bytes into the application's buffer.
template <class Read>
Outcome arriving_piece(std::size_t left_bytes, bool terminated, const Slot& slot, Progress& progress, Read read) {
  const auto capacity = static_cast<std::size_t>(slot.capacity_bytes);
  if (slot.data == nullptr || capacity == 0) return tell_length(slot, &progress, left_bytes);
  const std::size_t fits = std::min(left_bytes, capacity - (terminated ? 1 : 0));
  auto* const out = static_cast<std::uint8_t*>(slot.data);
  read(std::span(out, fits));
  if (terminated) out[fits] = 0;
  return delivered(slot, &progress, fits, left_bytes);
}

//   whole     characters at the front that have to fit, else out_of_range
//   progress  null for a bound column, which is cut between characters; pieces are cut wherever the buffer ends
Outcome narrow_piece(std::string_view text, std::size_t whole, const Slot& slot, Progress* progress);
Outcome wide_piece(std::string_view text, std::size_t whole, const Slot& slot, Progress* progress);
// Narrow text in another character set than UTF-8; not_convertible when it does not have one of the characters.
Outcome charset_piece(Charset& charset, std::string_view text, const Slot& slot, Progress* progress);
Outcome raw_piece(protocol::Bytes bytes, const Slot& slot, Progress* progress);
// Two upper-case hexadecimal digits a byte; for a bound column both or none.
Outcome narrow_hex(protocol::Bytes bytes, const Slot& slot, Progress* progress);
Outcome wide_hex(protocol::Bytes bytes, const Slot& slot, Progress* progress);

}  // namespace selkie::odbc
