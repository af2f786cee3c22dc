// Hand-written decoders of exactly the workloads' rows into the application's arrays: the limit that a driver, which learns
// the columns only at run time, can come near to. Packets are trusted: this is a yardstick, not a client.
// Spec: page_protocol_com_query_response_text_resultset_row.html, page_protocol_binary_resultset.html
#pragma once

#include "../common/rowset.h"

namespace selkie::bench {

// A row packet, decoded into row `index` of the arrays it was chosen for.
class RowDecoder {
 public:
  RowDecoder(const Table& table, Target target, bool binary, Rowset& arrays);

  void operator()(const std::uint8_t* row, std::size_t index) const { decode_(row, cells_, lengths_, index); }

 private:
  using Decode = void (*)(const std::uint8_t* row, char* const* cells, SQLLEN* const* lengths, std::size_t index);

  Decode decode_;
  char* cells_[8] = {};  // first row of each column's array
  SQLLEN* lengths_[8] = {};
};

}  // namespace selkie::bench
