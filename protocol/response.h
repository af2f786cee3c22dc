// The grammar of a command's answer: one packet in, one event out. No I/O; knows nothing of ODBC.
// Spec: page_protocol_com_query_response.html, page_protocol_command_phase_ps.html;
//       MariaDB "Result Set Packets" for the flag that says whether definitions follow.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

#include "protocol/bytes.h"

namespace selkie::protocol {

// What the client and this server agreed on at login, as far as answers depend on it. Never changes afterwards.
struct ResponseRules {
  bool deprecate_eof = false;  // rows end with an OK packet; no EOF after definitions
  bool metadata_flag = false;  // one more byte in every result header: 1 = definitions follow, 0 = use the known ones
  bool session_track = false;  // OK packets carry their text with a length, and session state changes behind it
};

namespace event {
// All views point into the packet and are valid until the next one is read.
struct None {};  // the packet carried structure only
struct ColumnsBegin {
  std::uint64_t count;
  bool sent;
};  // sent == false: reuse the definitions of the last time
struct ColumnDef {
  Bytes packet;
  std::uint64_t index;
};
struct Row {
  Bytes packet;
};
struct End {  // of one result, or of a statement without rows
  std::uint64_t affected_rows, insert_id;
  std::uint16_t status, warnings;
  bool had_rows, out_params, more;  // out_params: the rows are OUT values; more: another result follows
};
struct LocalInfile {
  std::string_view name;
};  // the server asks for a file's contents
struct ServerError {
  std::uint16_t code;
  std::array<char, 6> state;
  std::string_view text;
};
struct Broken {
  const char* why;
};  // the server left the protocol: close the session
}  // namespace event

using Event = std::variant<event::None, event::ColumnsBegin, event::ColumnDef, event::Row, event::End, event::LocalInfile,
                           event::ServerError, event::Broken>;

// Follows one command's whole answer through all of its results. Feed it packets until finished().
class ResponseMachine {
 public:
  explicit ResponseMachine(ResponseRules rules) : rules_(rules) {}

  // Shape: a packet's payload, 16 MiB pieces already joined.
  // Errors: Broken for a malformed or impossible packet, and for any packet after the end. ServerError ends the answer:
  // nothing follows it, whatever an earlier status flag promised.
  Event on_packet(Bytes payload);

  bool finished() const { return phase_ == Phase::done; }

 private:
  enum class Phase : std::uint8_t { head, columns, column_eof, rows, done };

  Event head(Bytes payload);
  Event column_eof(Bytes payload);
  Event row_or_end(Bytes payload);
  Event end(Bytes payload, bool had_rows);
  Event server_error(Bytes payload);
  Event broken(const char* why);
  void columns_done();

  ResponseRules rules_;
  Phase phase_ = Phase::head;
  std::uint64_t columns_ = 0;
  std::uint64_t columns_seen_ = 0;
  bool out_params_ = false;  // this result is a CALL's OUT values
};

}  // namespace selkie::protocol
