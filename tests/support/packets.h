// What a server says, packet by packet: builders for the scripts of the wire tests. A reply knows its packets only once login
// has settled how results end and whether definitions may be left out, so that one script serves every dialect.
// Spec: page_protocol_basic_packets.html and the pages of each packet
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.h"
#include "protocol/column.h"
#include "protocol/dialect.h"
#include "protocol/packets.h"

namespace selkie::test {

using Packet = std::vector<std::uint8_t>;  // a payload; the server adds the frame header
inline Packet copy_of(protocol::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// A server to play: what its greeting says.
struct Server {
  const char* name;
  const char* version;
  std::uint64_t capabilities;
  const char* auth_plugin;

  bool is_mariadb() const { return (capabilities & protocol::capability::kLongPassword) == 0; }
};
extern const Server kMySql97;         // results end with OK packets
extern const Server kMySql57Proxied;  // a proxy that keeps to EOF packets
extern const Server kMariaDb118;      // may leave definitions out; results end with OK packets
extern const Server kMariaDb1011;     // may leave definitions out; keeps to EOF packets
extern const Server kTiDb7;
extern const Server kVitess;
inline const Server* const kDialects[] = {&kMySql97, &kMySql57Proxied, &kMariaDb118, &kMariaDb1011};
inline const Server* const kMySqls[] = {&kMySql97, &kMySql57Proxied};
inline const Server* const kMariaDbs[] = {&kMariaDb118, &kMariaDb1011};

// The capabilities that server and driver have in common, known from the login on.
struct Agreed {
  std::uint64_t capabilities = 0;
  bool has(std::uint64_t capability) const { return (capabilities & capability) == capability; }
  bool deprecate_eof() const { return has(protocol::capability::kDeprecateEof); }
};

// One or more packets, sent one after the other with rising sequence numbers.
struct Reply {
  std::string name;  // for the report of a failure
  std::function<std::vector<Packet>(const Agreed&)> packets;
  std::uint64_t offers = 0;  // of a greeting: the server's capabilities
};

// --- Login
Reply greeting(const Server& server);
Reply auth_switch(const std::string& plugin, const std::string& data);
Reply auth_more(const std::string& data);

// --- Ends
inline constexpr std::uint16_t kAutocommit = protocol::server_status::kAutocommit;
inline constexpr std::uint16_t kMoreResults = protocol::server_status::kMoreResults;
inline constexpr std::uint16_t kInTransaction = protocol::server_status::kInTransaction;
inline constexpr std::uint16_t kOutParams = protocol::server_status::kPsOutParams;

struct Counts {
  std::uint64_t affected_rows = 0, insert_id = 0;
};
Reply ok(std::uint16_t status = kAutocommit, Counts counts = {});
Reply error(std::uint16_t code, const std::string& state, const std::string& text);
Reply error_without_state(std::uint16_t code, const std::string& text);  // as before the greeting
Reply eof(std::uint16_t status = kAutocommit);                           // a real EOF, whatever was agreed

// --- Results
struct Definition {
  std::string name;
  protocol::WireType type = protocol::WireType::var_string;
  std::uint16_t charset = 45;  // utf8mb4_general_ci
  std::uint32_t length = 400;
  std::uint16_t flags = 0;
  std::uint8_t decimals = 0;
};
Definition integer(const std::string& name);
Definition big_integer(const std::string& name);
Definition text(const std::string& name);
Packet definition_packet(const Definition& column, const Agreed& agreed);

// Header, definitions, and the EOF behind them where EOFs are in use.
Reply head(std::vector<Definition> columns, std::uint16_t status = kAutocommit);
// MariaDB's header that leaves the definitions out; the EOF still comes where EOFs are in use.
Reply head_without_definitions(std::size_t columns);
// The end of rows, as agreed: an EOF, or an OK that begins with 0xFE.
Reply end(std::uint16_t status = kAutocommit);

struct Value {  // of a text row; a null pointer is NULL
  Value(const char* text) : value(text != nullptr ? std::optional<std::string>(text) : std::nullopt) {}
  Value(std::string text) : value(std::move(text)) {}
  std::optional<std::string> value;
};
Reply row(std::vector<Value> values);

struct BinaryValue {  // encoded; nullopt is NULL
  std::optional<Packet> bytes;
};
BinaryValue null_value();
BinaryValue int32(std::int32_t value);
BinaryValue int64(std::int64_t value);
BinaryValue bytes(std::string_view value);  // with its length in front
Reply binary_row(std::vector<BinaryValue> values);

// --- Prepared statements: the answer to COM_STMT_PREPARE with all its definitions, and EOFs where in use.
Reply prepared(std::uint32_t id, std::uint16_t parameters, std::vector<Definition> columns);

// --- Anything else: a payload as it is.
Reply payload(Packet packet);
Reply payload(std::string_view bytes);

// What login leads to once `offered` met the login packet `login`. Nullopt: the packet is too short to be one.
std::optional<Agreed> agree(std::uint64_t offered, protocol::Bytes login);

}  // namespace selkie::test
