// Pure writers for the commands: payload bytes after the frame header.
// Spec: page_protocol_command_phase.html; MariaDB "COM_STMT_BULK_EXECUTE"
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/column.h"

namespace selkie::protocol {

inline constexpr std::uint32_t kLastPrepared = 0xffffffff;  // MariaDB: the statement prepared just before on this connection

// A parameter's type on the wire. `unsigned_` is the 0x80 bit of the second type byte.
struct ParameterType {
  WireType type = WireType::null;
  bool unsigned_ = false;
  bool operator==(const ParameterType&) const = default;
};

// Named values that go along with a statement for others to read: mysql_query_attribute_string(), audit, telemetry.
//   null_bitmap, types, values   as ExecuteHead's
//   names                        one per attribute
// Spec: page_protocol_com_query.html, CLIENT_QUERY_ATTRIBUTES
struct QueryAttributes {
  Bytes null_bitmap{};
  std::span<const ParameterType> types{};
  std::span<const std::string_view> names{};
  Bytes values{};
};

void write_query(ByteWriter& out, std::string_view sql);
// Where query attributes are agreed on, every query says how many it has.
void write_query(ByteWriter& out, std::string_view sql, const QueryAttributes& attributes);
void write_prepare(ByteWriter& out, std::string_view sql);
void write_init_db(ByteWriter& out, std::string_view database);
void write_statement_close(ByteWriter& out, std::uint32_t statement_id);
void write_statement_reset(ByteWriter& out, std::uint32_t statement_id);
void write_reset_connection(ByteWriter& out);
void write_ping(ByteWriter& out);
void write_quit(ByteWriter& out);
// One piece of a parameter's value. Never answered; an error shows at execute.
void write_long_data(ByteWriter& out, std::uint32_t statement_id, std::uint16_t parameter, Bytes piece);

// The head of COM_STMT_EXECUTE up to and including the parameter types; the caller appends the values of the non-NULL
// parameters, in order, in binary encoding.
//   null_bitmap   (parameters + 7) / 8 bytes, bit i = parameter i is NULL; empty when there are no parameters
//   types         one per parameter, or empty: "as last time"
//   takes_names   query attributes are agreed on: parameters are counted, and each type has a name behind it
//   names         of attributes, which are the last of the parameters; the statement's own have no name
// A parameter sent by long data has its NULL bit clear and no value.
struct ExecuteHead {
  std::uint32_t statement_id = 0;
  bool read_only_cursor = false;
  std::uint16_t parameters = 0;
  Bytes null_bitmap{};
  std::span<const ParameterType> types{};
  bool takes_names = false;
  std::span<const std::string_view> names{};
};
void write_execute_head(ByteWriter& out, const ExecuteHead& head);

// The head of MariaDB's COM_STMT_BULK_EXECUTE up to and including the parameter types; the caller appends, row by row and
// parameter by parameter, an indicator byte and, where it is BulkIndicator::value, the value in binary encoding.
//   types         one per parameter, or empty: "as last time"
enum class BulkIndicator : std::uint8_t { value = 0, null = 1, default_ = 2, ignore = 3 };
struct BulkHead {
  std::uint32_t statement_id = 0;
  bool unit_results = false;  // ask for one insert id and count per row; only if agreed on
  std::span<const ParameterType> types{};
};
void write_bulk_head(ByteWriter& out, const BulkHead& head);

}  // namespace selkie::protocol
