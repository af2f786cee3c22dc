// Splitting a row packet into cells.
// Spec: page_protocol_com_query_response_text_resultset_row.html, page_protocol_binary_resultset.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/bytes.h"
#include "protocol/column.h"

namespace selkie::protocol {

enum class Encoding : std::uint8_t { text, binary };

// One value inside a row packet; valid as long as the packet is. data == nullptr means NULL.
struct Cell {
  const std::uint8_t* data = nullptr;
  std::size_t size_bytes = 0;

  bool is_null() const { return data == nullptr; }
  Bytes bytes() const { return {data, size_bytes}; }
};

// A value's length in a row: one byte, or one and the bytes that it says follow. Spec: page_protocol_basic_dt_integers.html
inline constexpr std::uint8_t kNullLength = 0xfb;  // text rows: no value
inline constexpr std::size_t kMaxLengthBytes = 9;
constexpr std::size_t length_bytes_behind(std::uint8_t first) {
  return first == 0xfc ? 2 : first == 0xfd ? 3 : first == 0xfe ? 8 : 0;
}

// The bitmap of NULLs behind a binary row's header byte. Its first two bits are unused; a parameter's bitmap has none such.
inline constexpr std::size_t kResultBitmapOffset = 2;
constexpr std::size_t null_bitmap_bytes(std::size_t columns) { return (columns + kResultBitmapOffset + 7) / 8; }
constexpr bool is_null_in_row(Bytes bitmap, std::size_t column) {
  const std::size_t bit = column + kResultBitmapOffset;
  return (bitmap[bit / 8] >> (bit % 8) & 1) != 0;
}

// Splits a whole row payload into cells that point into it, one per column.
//   cells   as many as the result has columns
//   false   the packet is truncated, or bytes are left over; never reads outside `row`
// slice_binary takes the header byte and the NULL bitmap as sent. A temporal cell holds the bytes behind its length byte.
bool slice_text(Bytes row, std::span<Cell> cells);
bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells);

// The same for rows one behind another: the cells of row i begin at i * columns.size(). How many rows were split: all, or those
// before the first that does not fit its columns.
std::size_t slice_rows(std::span<const Bytes> rows, Encoding encoding, const ColumnSet& columns, std::span<Cell> cells);

}  // namespace selkie::protocol
