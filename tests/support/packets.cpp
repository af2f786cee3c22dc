#include "tests/support/packets.h"

#include <utility>

namespace selkie::test {

using protocol::ByteWriter;
using protocol::WireType;
namespace capability = protocol::capability;

namespace {

constexpr std::uint64_t kCommon =
    capability::kFoundRows | capability::kLongFlag | capability::kConnectWithDb | capability::kLocalFiles |
    capability::kIgnoreSpace | capability::kProtocol41 | capability::kInteractive | capability::kTransactions |
    capability::kSecureConnection | capability::kMultiStatements | capability::kMultiResults | capability::kPsMultiResults |
    capability::kPluginAuth | capability::kConnectAttrs | capability::kPluginAuthLenenc | capability::kExpiredPasswords;
constexpr std::uint64_t kMySql = kCommon | capability::kLongPassword;

Packet take(ByteWriter& out) { return copy_of(out.bytes()); }

// A reply of one packet that is the same in every dialect.
Reply single(std::string name, Packet packet) {
  return {std::move(name), [packet = std::move(packet)](const Agreed&) { return std::vector<Packet>{packet}; }};
}

Packet ok_packet(std::uint8_t header, std::uint16_t status, Counts counts) {
  ByteWriter out;
  out.u8(header);
  out.lenenc(counts.affected_rows);
  out.lenenc(counts.insert_id);
  out.u16(status);
  out.u16(0);  // warnings
  return take(out);
}

Packet eof_packet(std::uint16_t status) {
  ByteWriter out;
  out.u8(0xfe);
  out.u16(0);  // warnings
  out.u16(status);
  return take(out);
}

void append_definitions(std::vector<Packet>& packets, const std::vector<Definition>& columns, const Agreed& agreed,
                        std::uint16_t status) {
  for (const Definition& column : columns) packets.push_back(definition_packet(column, agreed));
  if (!agreed.deprecate_eof()) packets.push_back(eof_packet(status));
}

}  // namespace

const Server kMySql97{"MySQL 9.7", "9.7.0",
                      kMySql | capability::kSessionTrack | capability::kDeprecateEof | capability::kQueryAttributes,
                      "caching_sha2_password"};
const Server kMySql57Proxied{"MySQL 5.7 behind a proxy", "5.7.44-proxy", kMySql, "mysql_native_password"};
const Server kMariaDb118{"MariaDB 11.8", "11.8.2-MariaDB",
                         kCommon | capability::kSessionTrack | capability::kDeprecateEof | capability::kMariaBulk |
                             capability::kMariaExtendedMetadata | capability::kMariaCacheMetadata,
                         "mysql_native_password"};
const Server kMariaDb1011{"MariaDB 10.11 with EOFs", "5.5.5-10.11.6-MariaDB-1", kCommon | capability::kMariaCacheMetadata,
                          "mysql_native_password"};
const Server kTiDb7{"TiDB 7.5", "8.0.11-TiDB-v7.5.0", kMySql | capability::kDeprecateEof, "mysql_native_password"};
const Server kVitess{"Vitess", "8.0.30-Vitess", kMySql | capability::kDeprecateEof, "mysql_native_password"};

// Spec: page_protocol_connection_phase_packets_protocol_handshake_v10.html; MariaDB "Initial handshake packet"
Reply greeting(const Server& server) {
  ByteWriter out;
  out.u8(10);
  out.text_nul(server.version);
  out.u32(7);  // connection id
  out.text_nul("12345678");
  const auto low = static_cast<std::uint32_t>(server.capabilities);
  out.u16(static_cast<std::uint16_t>(low));
  out.u8(45);  // utf8mb4_general_ci
  out.u16(kAutocommit);
  out.u16(static_cast<std::uint16_t>(low >> 16));
  out.u8(21);  // both parts of the scramble and the NUL
  out.zeros(6);
  out.u32(static_cast<std::uint32_t>(server.capabilities >> 32));
  out.text_nul("abcdefghijkl");
  out.text_nul(server.auth_plugin);
  Reply reply = single("greeting", take(out));
  reply.offers = server.capabilities;
  return reply;
}

Reply auth_switch(const std::string& plugin, const std::string& data) {
  ByteWriter out;
  out.u8(0xfe);
  out.text_nul(plugin);
  out.text(data);
  return single("auth switch to " + plugin, take(out));
}

Reply auth_more(const std::string& data) {
  ByteWriter out;
  out.u8(0x01);
  out.text(data);
  return single("more authentication data", take(out));
}

Reply ok(std::uint16_t status, Counts counts) { return single("OK", ok_packet(0x00, status, counts)); }

Reply error(std::uint16_t code, const std::string& state, const std::string& text) {
  ByteWriter out;
  out.u8(0xff);
  out.u16(code);
  out.text("#" + state + text);
  return single("error " + std::to_string(code), take(out));
}

Reply error_without_state(std::uint16_t code, const std::string& text) {
  ByteWriter out;
  out.u8(0xff);
  out.u16(code);
  out.text(text);
  return single("error " + std::to_string(code), take(out));
}

Reply eof(std::uint16_t status) { return single("EOF", eof_packet(status)); }

Definition integer(const std::string& name) {
  return {.name = name, .type = WireType::long_, .charset = protocol::kBinaryCharset, .length = 11};
}
Definition big_integer(const std::string& name) {
  return {.name = name, .type = WireType::longlong, .charset = protocol::kBinaryCharset, .length = 20};
}
Definition text(const std::string& name) { return {.name = name}; }

// Spec: page_protocol_com_query_response_text_resultset_column_definition.html
Packet definition_packet(const Definition& column, const Agreed& agreed) {
  ByteWriter out;
  out.lenenc_text("def");
  out.lenenc_text("test");
  out.lenenc_text("t");
  out.lenenc_text("t");
  out.lenenc_text(column.name);
  out.lenenc_text(column.name);
  if (agreed.has(capability::kMariaExtendedMetadata)) out.lenenc(0);
  out.lenenc(12);
  out.u16(column.charset);
  out.u32(column.length);
  out.u8(static_cast<std::uint8_t>(column.type));
  out.u16(column.flags);
  out.u8(column.decimals);
  out.u16(0);
  return take(out);
}

Reply head(std::vector<Definition> columns, std::uint16_t status) {
  return {"result header with definitions", [columns = std::move(columns), status](const Agreed& agreed) {
            ByteWriter out;
            out.lenenc(columns.size());
            if (agreed.has(capability::kMariaCacheMetadata)) out.u8(1);
            std::vector<Packet> packets{take(out)};
            append_definitions(packets, columns, agreed, status);
            return packets;
          }};
}

Reply head_without_definitions(std::size_t columns) {
  return {"result header without definitions", [columns](const Agreed& agreed) {
            ByteWriter out;
            out.lenenc(columns);
            out.u8(0);
            std::vector<Packet> packets{take(out)};
            append_definitions(packets, {}, agreed, kAutocommit);
            return packets;
          }};
}

Reply end(std::uint16_t status) {
  return {"end of rows", [status](const Agreed& agreed) {
            return std::vector<Packet>{agreed.deprecate_eof() ? ok_packet(0xfe, status, {}) : eof_packet(status)};
          }};
}

Reply row(std::vector<Value> values) {
  ByteWriter out;
  for (const Value& value : values) value.value ? out.lenenc_text(*value.value) : out.u8(0xfb);
  return single("row", take(out));
}

BinaryValue null_value() { return {std::nullopt}; }

BinaryValue int32(std::int32_t value) {
  ByteWriter out;
  out.u32(static_cast<std::uint32_t>(value));
  return {take(out)};
}

BinaryValue int64(std::int64_t value) {
  ByteWriter out;
  out.u64(static_cast<std::uint64_t>(value));
  return {take(out)};
}

BinaryValue bytes(std::string_view value) {
  ByteWriter out;
  out.lenenc_text(value);
  return {take(out)};
}

// Spec: page_protocol_binary_resultset.html; the NULL bitmap of a row starts at bit 2
Reply binary_row(std::vector<BinaryValue> values) {
  Packet nulls((values.size() + 7 + 2) / 8);
  ByteWriter encoded;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].bytes) {
      encoded.bytes(*values[i].bytes);
    } else {
      nulls[(i + 2) / 8] = static_cast<std::uint8_t>(nulls[(i + 2) / 8] | 1u << ((i + 2) % 8));
    }
  }
  ByteWriter out;
  out.u8(0x00);
  out.bytes(nulls);
  out.bytes(encoded.bytes());
  return single("binary row", take(out));
}

// Spec: page_protocol_com_stmt_prepare.html
Reply prepared(std::uint32_t id, std::uint16_t parameters, std::vector<Definition> columns) {
  return {"prepared statement " + std::to_string(id), [id, parameters, columns = std::move(columns)](const Agreed& agreed) {
            ByteWriter out;
            out.u8(0x00);
            out.u32(id);
            out.u16(static_cast<std::uint16_t>(columns.size()));
            out.u16(parameters);
            out.u8(0);
            out.u16(0);  // warnings
            std::vector<Packet> packets{take(out)};
            if (parameters != 0) append_definitions(packets, std::vector(parameters, text("?")), agreed, kAutocommit);
            if (!columns.empty()) append_definitions(packets, columns, agreed, kAutocommit);
            return packets;
          }};
}

Reply payload(Packet packet) { return single("payload", std::move(packet)); }
Reply payload(std::string_view bytes) { return payload(Packet(bytes.begin(), bytes.end())); }

// Spec: page_protocol_connection_phase_packets_protocol_handshake_response.html; MariaDB puts its own word in front of the user
std::optional<Agreed> agree(std::uint64_t offered, protocol::Bytes login) {
  protocol::ByteReader in(login);
  std::uint64_t wanted = in.u32();
  (void)in.take(4 + 1 + 19);  // packet size, charset, filler
  wanted |= std::uint64_t{in.u32()} << 32;
  if (in.failed()) return std::nullopt;
  return Agreed{offered & wanted};
}

}  // namespace selkie::test
