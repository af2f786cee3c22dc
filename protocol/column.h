// Column metadata: one definition, the immutable set of a result, and the builder that recognises an unchanged set.
// Spec: page_protocol_com_query_response_text_resultset_column_definition.html; MariaDB extended metadata.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "protocol/bytes.h"

namespace selkie::protocol {

// Type codes on the wire. Spec: field__types_8h.html. An unknown code is kept as it is and treated as bytes.
enum class WireType : std::uint8_t {
  decimal = 0,
  tiny = 1,
  short_ = 2,
  long_ = 3,
  float_ = 4,
  double_ = 5,
  null = 6,
  timestamp = 7,
  longlong = 8,
  int24 = 9,
  date = 10,
  time = 11,
  datetime = 12,
  year = 13,
  newdate = 14,
  varchar = 15,
  bit = 16,
  timestamp2 = 17,
  datetime2 = 18,
  time2 = 19,
  vector = 242,
  json = 245,
  newdecimal = 246,
  enum_ = 247,
  set = 248,
  tiny_blob = 249,
  medium_blob = 250,
  long_blob = 251,
  blob = 252,
  var_string = 253,
  string = 254,
  geometry = 255,
};

// Column flags. Spec: group__group__cs__column__definition__flags.html
namespace column_flag {
inline constexpr std::uint16_t kNotNull = 1, kPrimaryKey = 2, kUniqueKey = 4, kMultipleKey = 8, kBlob = 16, kUnsigned = 32,
                               kZerofill = 64, kBinary = 128, kEnum = 256, kAutoIncrement = 512, kTimestamp = 1024, kSet = 2048,
                               kNoDefault = 4096, kOnUpdateNow = 8192;
}

inline constexpr std::uint16_t kBinaryCharset = 63;  // collation id of "binary": bytes, not text
inline constexpr std::uint16_t kUtf8mb4 = 45;        // of utf8mb4_general_ci: text as it is on our connections
inline constexpr std::uint32_t kUtf8mb4Bytes = 4;    // per character at most

// One column. The views point into the ColumnSet's own copy of the definition packets.
struct Column {
  std::string_view schema, table, org_table, name, org_name;
  std::string_view extended_type, extended_format;  // MariaDB 10.5+: "uuid", "inet6", "point"; format "json"
  std::uint16_t charset = 0;                        // collation id of the values on this connection
  std::uint32_t length = 0;                         // bytes at most, as the server says
  WireType type = WireType::null;
  std::uint16_t flags = 0;
  std::uint8_t decimals = 0;  // fraction digits; 31 or 39 = not fixed

  bool is_unsigned() const { return (flags & column_flag::kUnsigned) != 0; }
};

// Parses one definition packet into views of it. False: malformed.
bool parse_column(Bytes packet, bool extended_metadata, Column& column);

// The columns of one result. Immutable; the pointer is its identity: equal pointers mean the same shape, so whatever was
// derived from it (descriptors, conversion plans) is still right.
class ColumnSet {
 public:
  const std::vector<Column>& columns() const { return columns_; }
  std::size_t size() const { return widths_.size(); }  // as many, and no division by a column's size
  const Column& operator[](std::size_t i) const { return columns_[i]; }

  // How a binary row carries column i: 1, 2, 4, 8 = that many bytes; 0 = length-encoded.
  // Date and time values are length-encoded too: their one length byte is a length-encoded integer.
  const std::vector<std::uint8_t>& binary_widths() const { return widths_; }

 private:
  friend class ColumnSetBuilder;
  std::pmr::monotonic_buffer_resource memory_;  // what packets_ and the columns' views point into
  std::vector<Bytes> packets_;                  // the definitions as they were sent
  std::vector<Column> columns_;
  std::vector<std::uint8_t> widths_;
};

using ColumnSetPtr = std::shared_ptr<const ColumnSet>;

// Takes a result's definitions one by one. While they equal the previous set's bytes nothing is parsed, copied or allocated,
// and finish() answers with the previous pointer itself.
class ColumnSetBuilder {
 public:
  //   count     how many definitions will come. Nothing is sized by it: it is the server's word.
  //   previous  what the same statement had last time; may be null
  void begin(std::uint64_t count, bool extended_metadata, ColumnSetPtr previous);
  // From now on, bytes of no table's column are taken for text in utf8mb4: functions of MySQL give text so.
  void take_bytes_of_no_table_for_text() { bytes_of_no_table_are_text_ = true; }
  // False: malformed definition, or more than 32 MiB of them.
  bool add(Bytes packet) { return add_known(packet) || add_fresh(packet); }
  // Takes the definition where it equals the previous set's and all before it did; else it is add()'s.
  bool add_known(Bytes packet) {
    if (fresh_ != nullptr || previous_ == nullptr || matched_ == previous_->size()) return false;
    const bool is_known = std::ranges::equal(packet, previous_->packets_[matched_]);
    matched_ += is_known;
    return is_known;
  }
  // The set, after the last definition. Never null.
  ColumnSetPtr finish();

 private:
  void depart_from_previous();
  bool add_fresh(Bytes packet);
  bool append(Bytes packet);

  bool extended_metadata_ = false;
  bool bytes_of_no_table_are_text_ = false;
  std::size_t bytes_ = 0;             // of the definitions in fresh_
  std::size_t matched_ = 0;           // so many definitions equalled the previous set's
  ColumnSetPtr previous_;             // null when it cannot be the same
  std::shared_ptr<ColumnSet> fresh_;  // null while everything matched
};

}  // namespace selkie::protocol
