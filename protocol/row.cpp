#include "protocol/row.h"

namespace selkie::protocol {
namespace {

constexpr std::uint8_t kNull = 0xfb;
constexpr std::size_t kResultBitmapOffset = 2;  // a result row's first two bits are unused; a parameter's bitmap has none such

// The rest of a length-encoded integer that began with 0xFC or more; `next` moves behind it. False: cut off, or no length.
bool long_length(std::uint8_t first, const std::uint8_t*& next, const std::uint8_t* end, std::size_t& size) {
  if (first == 0xff) return false;
  const std::size_t width = first == 0xfc ? 2 : first == 0xfd ? 3 : 8;
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
    if (size >= kNull) {
      if (size == kNull) {
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
  const std::size_t bitmap_bytes = (count + kResultBitmapOffset + 7) / 8;
  if (cells.size() != count || row.size() < 1 + bitmap_bytes || row[0] != 0x00) return false;
  const std::uint8_t* const nulls = row.data() + 1;
  const std::uint8_t* next = nulls + bitmap_bytes;
  const std::uint8_t* const end = row.data() + row.size();
  const std::uint8_t* const widths = columns.binary_widths().data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t bit = i + kResultBitmapOffset;
    if ((nulls[bit / 8] >> (bit % 8) & 1) != 0) {
      cells[i] = {};
      continue;
    }
    std::size_t size = widths[i];
    if (size == 0) {
      if (next == end) return false;
      size = *next++;
      if (size >= kNull) {
        if (size == kNull || !long_length(static_cast<std::uint8_t>(size), next, end, size)) return false;
      }
    }
    if (size > static_cast<std::size_t>(end - next)) return false;
    cells[i] = {next, size};
    next += size;
  }
  return next == end;
}

}  // namespace selkie::protocol
