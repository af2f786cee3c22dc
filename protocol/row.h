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

// Splits a whole row payload into cells that point into it, one per column.
//   cells   as many as the result has columns
//   false   the packet is truncated, or bytes are left over; never reads outside `row`
// slice_binary takes the header byte and the NULL bitmap as sent. A temporal cell holds the bytes behind its length byte.
bool slice_text(Bytes row, std::span<Cell> cells);
bool slice_binary(Bytes row, const ColumnSet& columns, std::span<Cell> cells);

}  // namespace selkie::protocol
