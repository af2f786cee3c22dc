// Pure parsers for the packets that are not rows. Each takes one whole payload and answers nullopt when it is malformed:
// truncated or with a length past its end. Views point into the payload.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/dialect.h"
#include "protocol/status.h"

namespace selkie::protocol {

// Status flags in OK and EOF. Spec: mysql__com_8h.html, SERVER_STATUS_flags_enum
namespace server_status {
inline constexpr std::uint16_t kInTransaction = 0x0001, kAutocommit = 0x0002, kMoreResults = 0x0008, kCursorExists = 0x0040,
                               kLastRowSent = 0x0080, kNoBackslashEscapes = 0x0200, kPsOutParams = 0x1000,
                               kSessionStateChanged = 0x4000, kAnsiQuotes = 0x8000;  // kAnsiQuotes: MariaDB only
}

// The greeting. Spec: page_protocol_connection_phase_packets_protocol_handshake_v10.html; MariaDB "Initial handshake packet"
struct Greeting {
  ServerOffer offer;
  std::uint32_t connection_id = 0;
  std::string scramble;  // 8 + max(12, len - 9) bytes without the trailing NUL: 20 bytes of every server in use
  std::string auth_plugin;
  std::uint8_t charset = 0;
  std::uint16_t status = 0;
};
std::optional<Greeting> parse_greeting(Bytes payload);

// Spec: page_protocol_basic_err_packet.html. The state marker is absent from errors sent before the handshake. MariaDB's
// progress reports, never agreed to, look like an error with the code 0xFFFF: malformed.
struct ErrPacket {
  std::uint16_t code = 0;
  SqlState sqlstate{'H', 'Y', '0', '0', '0', 0};
  std::string_view text;
};
std::optional<ErrPacket> parse_err(Bytes payload);
Failure to_failure(const ErrPacket& err);

// An OK packet with either header, 0x00 or 0xFE. `session_changes` is the raw state-change block, read by SessionChanges.
// Damaged text or tracking data is left out; only the counters can make the packet malformed.
// Spec: page_protocol_basic_ok_packet.html
struct OkPacket {
  std::uint64_t affected_rows = 0, insert_id = 0;
  std::uint16_t status = 0, warnings = 0;
  std::string_view info;
  Bytes session_changes;
};
std::optional<OkPacket> parse_ok(Bytes payload, bool session_track);

// Walks the state-change block of an OK packet; unknown kinds are skipped by their length.
// Spec: page_protocol_basic_ok_packet.html, "Session state information"
class SessionChanges {
 public:
  enum class Kind : std::uint8_t {
    system_variable = 0,
    schema = 1,
    state_change = 2,
    gtids = 3,
    transaction_characteristics = 4,
    transaction_state = 5
  };
  struct Change {
    Kind kind;
    std::string_view name;   // system_variable: its name
    std::string_view value;  // the variable's value, the schema's name, the state's text
  };
  explicit SessionChanges(Bytes block) : in_(block) {}
  // The next change; nullopt at the end or at malformed data (which failed() then tells: it is skipped, never fatal).
  std::optional<Change> next();
  bool failed() const { return damaged_ || in_.failed() || variables_.failed(); }

 private:
  ByteReader in_;
  ByteReader variables_{Bytes{}};  // what is left of the current system_variable entry (MariaDB puts several into one)
  bool damaged_ = false;           // an entry's contents reach past its end
};

// Spec: page_protocol_com_stmt_prepare.html, COM_STMT_PREPARE_OK
struct PrepareOk {
  std::uint32_t statement_id = 0;
  std::uint16_t columns = 0, parameters = 0, warnings = 0;
};
std::optional<PrepareOk> parse_prepare_ok(Bytes payload);

// Spec: page_protocol_connection_phase_packets_protocol_auth_switch_request.html
struct AuthSwitch {
  std::string_view plugin;  // "mysql_old_password" for the single byte 0xFE of old servers
  Bytes data;               // as sent: a NUL at its end follows the random bytes of some methods, and is one of those of others
};
std::optional<AuthSwitch> parse_auth_switch(Bytes payload);

}  // namespace selkie::protocol
