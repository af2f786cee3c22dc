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

}  // namespace

bool slice_text(Bytes row, std::span<Cell> cells) {
  const std::uint8_t* next = row.data();
  const std::uint8_t* const end = next + row.size();
  for (Cell& cell : cells) {
    if (next == end) return false;
    std::size_t size = *next++;
    if (size >= kNullLength) {
      if (size == kNullLength) {
        cell = {};
        continue;
      }
      if (!long_length(static_cast<std::uint8_t>(size), next, end, size)) return false;
    }
    if (size > static_cast<std::size_t>(end - next)) return false;
    cell = {next, size};
    next += size;
  }
  return next == end;
}

bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells) {
  const std::size_t count = columns.size();
  const std::size_t bitmap_bytes = null_bitmap_bytes(count);
  if (cells.size() != count || row.size() < 1 + bitmap_bytes || row[0] != 0x00) return false;
  const Bytes nulls = row.subspan(1, bitmap_bytes);
  const std::uint8_t* next = nulls.data() + bitmap_bytes;
  const std::uint8_t* const end = row.data() + row.size();
  const std::uint8_t* const widths = columns.binary_widths().data();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_null_in_row(nulls, i)) {
      cells[i] = {};
      continue;
    }
    std::size_t size = widths[i];
    if (size == 0) {
      if (next == end) return false;
      size = *next++;
      if (size >= kNullLength && !long_length(static_cast<std::uint8_t>(size), next, end, size)) return false;
    }
    if (size > static_cast<std::size_t>(end - next)) return false;
    cells[i] = {next, size};
    next += size;
  }
  return next == end;
}

}  // namespace selkie::protocol
