#include "protocol/commands.h"

namespace selkie::protocol {
namespace {

// Spec: my__command_8h.html; MariaDB adds the bulk execute.
enum class Command : std::uint8_t {
  quit = 0x01,
  init_db = 0x02,
  query = 0x03,
  ping = 0x0e,
  stmt_prepare = 0x16,
  stmt_execute = 0x17,
  stmt_send_long_data = 0x18,
  stmt_close = 0x19,
  stmt_reset = 0x1a,
  reset_connection = 0x1f,
  stmt_bulk_execute = 0xfa,
};

constexpr std::uint8_t kReadOnlyCursor = 1, kParameterCountAvailable = 8;
constexpr std::uint16_t kBulkUnitResults = 64, kBulkTypesFollow = 128;
constexpr std::uint8_t kUnsignedParameter = 0x80;  // a column's unsigned flag is 0x20: not the same bit

void command(ByteWriter& out, Command code) { out.u8(static_cast<std::uint8_t>(code)); }

void command_with_text(ByteWriter& out, Command code, std::string_view text) {
  command(out, code);
  out.text(text);
}

void command_with_id(ByteWriter& out, Command code, std::uint32_t statement_id) {
  command(out, code);
  out.u32(statement_id);
}

void write_type(ByteWriter& out, ParameterType parameter) {
  out.u8(static_cast<std::uint8_t>(parameter.type));
  out.u8(parameter.unsigned_ ? kUnsignedParameter : 0);
}

void write_types(ByteWriter& out, std::span<const ParameterType> types) {
  for (const ParameterType& parameter : types) write_type(out, parameter);
}

// The last of the types have the names, the others empty ones.
void write_named_types(ByteWriter& out, std::span<const ParameterType> types, std::span<const std::string_view> names) {
  const std::size_t nameless = types.size() - names.size();
  for (std::size_t i = 0; i < types.size(); ++i) {
    write_type(out, types[i]);
    out.lenenc_text(i < nameless ? std::string_view() : names[i - nameless]);
  }
}

}  // namespace

void write_query(ByteWriter& out, std::string_view sql) { command_with_text(out, Command::query, sql); }

void write_query(ByteWriter& out, std::string_view sql, const QueryAttributes& attributes) {
  command(out, Command::query);
  out.lenenc(attributes.types.size());
  out.lenenc(1);  // sets of them: always one
  if (!attributes.types.empty()) {
    out.bytes(attributes.null_bitmap);
    out.u8(1);  // types follow
    write_named_types(out, attributes.types, attributes.names);
    out.bytes(attributes.values);
  }
  out.text(sql);
}

void write_prepare(ByteWriter& out, std::string_view sql) { command_with_text(out, Command::stmt_prepare, sql); }
void write_init_db(ByteWriter& out, std::string_view database) { command_with_text(out, Command::init_db, database); }
void write_statement_close(ByteWriter& out, std::uint32_t statement_id) {
  command_with_id(out, Command::stmt_close, statement_id);
}
void write_statement_reset(ByteWriter& out, std::uint32_t statement_id) {
  command_with_id(out, Command::stmt_reset, statement_id);
}
void write_reset_connection(ByteWriter& out) { command(out, Command::reset_connection); }
void write_ping(ByteWriter& out) { command(out, Command::ping); }
void write_quit(ByteWriter& out) { command(out, Command::quit); }

void write_long_data(ByteWriter& out, std::uint32_t statement_id, std::uint16_t parameter, Bytes piece) {
  command_with_id(out, Command::stmt_send_long_data, statement_id);
  out.u16(parameter);
  out.bytes(piece);
}

void write_execute_head(ByteWriter& out, const ExecuteHead& head) {
  command_with_id(out, Command::stmt_execute, head.statement_id);
  std::uint8_t flags = 0;
  if (head.read_only_cursor) flags |= kReadOnlyCursor;
  if (!head.names.empty()) flags |= kParameterCountAvailable;  // though the statement may have none
  out.u8(flags);
  out.u32(1);  // iterations: always one
  if (head.parameters == 0) return;
  if (head.takes_names) out.lenenc(head.parameters);
  out.bytes(head.null_bitmap);
  out.u8(head.types.empty() ? 0 : 1);
  head.takes_names ? write_named_types(out, head.types, head.names) : write_types(out, head.types);
}

void write_bulk_head(ByteWriter& out, const BulkHead& head) {
  command_with_id(out, Command::stmt_bulk_execute, head.statement_id);
  std::uint16_t flags = 0;
  if (head.unit_results) flags |= kBulkUnitResults;
  if (!head.types.empty()) flags |= kBulkTypesFollow;
  out.u16(flags);
  write_types(out, head.types);
}

}  // namespace selkie::protocol
