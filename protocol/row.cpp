#include "protocol/row.h"

namespace selkie::protocol {
namespace {

// The rest of a length-encoded integer that began with 0xFC or more; `next` moves behind it. False: cut off, or no length.
bool long_length(std::uint8_t first, const std::uint8_t*& next, const std::uint8_t* end, std::size_t& size) {
  const std::size_t width = length_bytes_behind(first);
  if (width == 0) return false;
  if (static_cast<std::size_t>(end - next) < width) return false;
  size = static_cast<std::size_t>(load_little_endian(next, width));
  next += width;
  return true;
}

inline bool slice_text_row(Bytes row, Cell* cell, std::size_t columns) {
  const std::uint8_t* next = row.data();
  const std::uint8_t* const end = next + row.size();
  for (Cell* const last = cell + columns; cell != last; ++cell) {
    if (next == end) return false;
    std::size_t size = *next++;
    if (size >= kNullLength) {
      if (size == kNullLength) {
        *cell = {};
        continue;
      }
      if (!long_length(static_cast<std::uint8_t>(size), next, end, size)) return false;
    }
    if (size > static_cast<std::size_t>(end - next)) return false;
    *cell = {next, size};
    next += size;
  }
  return next == end;
}

inline bool slice_binary_row(Bytes row, std::span<const std::uint8_t> widths, Cell* cell) {
  const std::size_t bitmap_bytes = null_bitmap_bytes(widths.size());
  if (row.size() < 1 + bitmap_bytes || row[0] != 0x00) return false;
  const std::uint8_t* null_byte = row.data() + 1;
  const std::uint8_t* next = null_byte + bitmap_bytes;
  const std::uint8_t* const end = row.data() + row.size();
  unsigned null_bit = 1u << kResultBitmapOffset;
  for (const std::uint8_t width : widths) {
    if (null_bit == 0x100) {
      null_bit = 1;
      ++null_byte;
    }
    const bool is_null = (*null_byte & null_bit) != 0;
    null_bit <<= 1;
    if (is_null) {
      *cell++ = {};
      continue;
    }
    std::size_t size = width;
    if (size == 0) {
      if (next == end) return false;
      size = *next++;
      if (size >= kNullLength && !long_length(static_cast<std::uint8_t>(size), next, end, size)) return false;
    }
    if (size > static_cast<std::size_t>(end - next)) return false;
    *cell++ = {next, size};
    next += size;
  }
  return next == end;
}

}  // namespace

bool slice_text(Bytes row, std::span<Cell> cells) { return slice_text_row(row, cells.data(), cells.size()); }

bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells) {
  return cells.size() == columns.size() && slice_binary_row(row, columns.binary_widths(), cells.data());
}

std::size_t slice_rows(std::span<const Bytes> rows, Encoding encoding, const ColumnSet& columns, std::span<Cell> cells) {
  if (cells.size() < rows.size() * columns.size()) return 0;
  const std::span<const std::uint8_t> widths = columns.binary_widths();
  std::size_t count = 0;
  Cell* cell = cells.data();
  for (; count < rows.size(); ++count, cell += widths.size()) {
    const bool fits = encoding == Encoding::text ? slice_text_row(rows[count], cell, widths.size())
                                                 : slice_binary_row(rows[count], widths, cell);
    if (!fits) break;
  }
  return count;
}

}  // namespace selkie::protocol
