#include "protocol/row.h"

namespace selkie::protocol {
namespace {

// Where a value begins whose length is no single byte, and how long it is. Without data: the length is cut off, or is none.
// Apart from the loops, whose state stays in registers so.
[[gnu::noinline]] Bytes long_value(const std::uint8_t* length, const std::uint8_t* end) {
  const std::size_t width = length_bytes_behind(*length++);
  if (width == 0 || static_cast<std::size_t>(end - length) < width) return {};
  return {length + width, static_cast<std::size_t>(load_little_endian(length, width))};
}

// The value whose length is at `next`, as a cell behind which `next` stands then. False: it is cut off.
inline bool take_value(const std::uint8_t*& next, const std::uint8_t* end, Cell& cell) {
  if (next == end) return false;
  std::size_t size = *next;
  const std::uint8_t* value = next + 1;
  if (size >= kNullLength) [[unlikely]] {
    const Bytes found = long_value(next, end);
    if (found.data() == nullptr) return false;
    value = found.data();
    size = found.size();
  }
  if (size > static_cast<std::size_t>(end - value)) return false;
  cell = {value, size};
  next = value + size;
  return true;
}

[[gnu::always_inline]] inline bool slice_text_row(Bytes row, Cell* cell, std::size_t columns) {
  const std::uint8_t* next = row.data();
  const std::uint8_t* const end = next + row.size();
  for (Cell* const last = cell + columns; cell != last; ++cell) {
    if (next != end && *next == kNullLength) {
      *cell = {};
      ++next;
    } else if (!take_value(next, end, *cell)) {
      return false;
    }
  }
  return next == end;
}

inline bool take_binary_value(std::size_t width, const std::uint8_t*& next, const std::uint8_t* end, Cell& cell) {
  if (width == 0) return take_value(next, end, cell);
  if (width > static_cast<std::size_t>(end - next)) return false;
  cell = {next, width};
  next += width;
  return true;
}

// Apart, as most rows have none.
[[gnu::noinline]] bool slice_row_with_nulls(Bytes nulls, std::span<const std::uint8_t> widths, const std::uint8_t* end,
                                            Cell* cell) {
  const std::uint8_t* next = nulls.data() + nulls.size();
  for (std::size_t column = 0; column < widths.size(); ++column, ++cell) {
    if (is_null_in_row(nulls, column)) {
      *cell = {};
    } else if (!take_binary_value(widths[column], next, end, *cell)) {
      return false;
    }
  }
  return next == end;
}

[[gnu::always_inline]] inline bool slice_binary_row(Bytes row, std::span<const std::uint8_t> widths, Cell* cell) {
  const std::size_t bitmap_bytes = null_bitmap_bytes(widths.size());
  if (row.size() < 1 + bitmap_bytes || row[0] != 0x00) return false;
  const Bytes nulls = row.subspan(1, bitmap_bytes);
  const std::uint8_t* next = nulls.data() + bitmap_bytes;
  const std::uint8_t* const end = row.data() + row.size();
  std::uint8_t any_null = 0;
  for (const std::uint8_t bits : nulls) any_null |= bits;
  if (any_null != 0) [[unlikely]]
    return slice_row_with_nulls(nulls, widths, end, cell);
  for (const std::uint8_t width : widths) {
    if (!take_binary_value(width, next, end, *cell++)) return false;
  }
  return next == end;
}

// Each apart, so that its state stays in registers.
[[gnu::noinline]] std::size_t slice_text_rows(std::span<const Bytes> rows, std::size_t columns, Cell* cell) {
  std::size_t count = 0;
  for (; count < rows.size() && slice_text_row(rows[count], cell, columns); ++count) cell += columns;
  return count;
}

[[gnu::noinline]] std::size_t slice_binary_rows(std::span<const Bytes> rows, std::span<const std::uint8_t> widths, Cell* cell) {
  std::size_t count = 0;
  for (; count < rows.size() && slice_binary_row(rows[count], widths, cell); ++count) cell += widths.size();
  return count;
}

}  // namespace

bool slice_text(Bytes row, std::span<Cell> cells) { return slice_text_row(row, cells.data(), cells.size()); }

bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells) {
  return cells.size() == columns.size() && slice_binary_row(row, columns.binary_widths(), cells.data());
}

std::size_t slice_rows(std::span<const Bytes> rows, Encoding encoding, const ColumnSet& columns, std::span<Cell> cells) {
  if (cells.size() < rows.size() * columns.size()) return 0;
  return encoding == Encoding::text ? slice_text_rows(rows, columns.size(), cells.data())
                                    : slice_binary_rows(rows, columns.binary_widths(), cells.data());
}

}  // namespace selkie::protocol
