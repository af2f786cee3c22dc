// The grammar of a command's answer: one packet in, one event out. No I/O; knows nothing of ODBC.
// Spec: page_protocol_com_query_response.html, page_protocol_command_phase_ps.html, page_protocol_com_stmt_prepare.html;
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
  std::string_view info;            // "Rows matched: 2  Changed: 1  Warnings: 0"; often empty
  Bytes session_changes;            // for SessionChanges; empty unless session_track
};
struct LocalInfile {
  std::string_view name;
};  // the server asks for a file's contents; an empty packet ends or refuses them, then OK or ERR ends the result
struct ServerError {
  std::uint16_t code;
  std::array<char, 6> state;
  std::string_view text;
};
struct Broken {
  const char* why;
};  // the server left the protocol: close the session
struct Prepared {
  std::uint32_t statement_id;
  std::uint16_t columns, parameters, warnings;
};
struct ParameterDef {
  Bytes packet;
  std::uint64_t index;
};
}  // namespace event

using Event = std::variant<event::None, event::ColumnsBegin, event::ColumnDef, event::Row, event::End, event::LocalInfile,
                           event::ServerError, event::Broken>;

// Follows one command's whole answer through all of its results. Feed it packets until finished().
class ResponseMachine {
 public:
  explicit ResponseMachine(ResponseRules rules)
      : rules_(rules), end_of_rows_below_(rules.deprecate_eof ? kBelowFullPiece : kBelowLongCell) {}

  // Shape: a packet's payload, 16 MiB pieces already joined.
  // Errors: Broken for a malformed or impossible packet, and for any packet after the end. ServerError ends the answer:
  // nothing follows it, whatever an earlier status flag promised.
  Event on_packet(Bytes payload);

  // True: the packet is a row of the current result; on_packet would answer Row and change nothing, so a scan takes the
  // packet as it is. False: ask on_packet; it may still be a row, the first one is with EOF deprecation.
  bool is_row(Bytes payload) const {
    return phase_ == Phase::rows && !payload.empty() && starts_row(payload[0], payload.size());
  }
  // Of the current result: so many definitions are still to come. Who knows them by their looks need not show them.
  std::uint64_t columns_due() const { return columns_ - columns_seen_; }
  void pass_columns(std::uint64_t count) {
    columns_seen_ += count;
    if (columns_due() == 0) phase_ = Phase::after_columns;
  }
  // The same question about a packet of which no more has come than its first byte, and which has at least `size_bytes`, more
  // than any packet that is structure only. True: the row counts as taken.
  bool takes_large_row(std::uint8_t first_byte, std::size_t size_bytes);

  // The head of a result with rows is complete: rows, or their end, come next. With EOF deprecation one packet that is
  // structure only may still stand before them.
  bool in_rows() const { return phase_ == Phase::rows || (phase_ == Phase::after_columns && rules_.deprecate_eof); }
  // Its rows are a CALL's OUT values, as far as known: with EOF deprecation only the end of the rows tells.
  bool out_params() const { return out_params_; }

  bool finished() const { return phase_ == Phase::done; }

 private:
  enum class Phase : std::uint8_t { head, after_file, columns, after_columns, rows, done };

  // 0xFE starts both the end of rows and a first cell of 16 MiB or more; only the size tells them apart: an OK packet never
  // fills a piece, an EOF is shorter than such a cell's length.
  static constexpr std::size_t kBelowFullPiece = 0xffffff, kBelowLongCell = 9;

  bool starts_row(std::uint8_t first_byte, std::size_t size_bytes) const {
    return first_byte < 0xfe || (first_byte == 0xfe && size_bytes >= end_of_rows_below_);
  }
  Event head(Bytes payload);
  Event column(Bytes payload);
  Event after_columns(Bytes payload);
  Event row_or_end(Bytes payload);
  Event end(Bytes payload, bool had_rows);
  Event server_error(Bytes payload);
  Event broken(const char* why);

  ResponseRules rules_;
  Phase phase_ = Phase::head;
  bool out_params_ = false;  // this result is a CALL's OUT values
  std::size_t end_of_rows_below_;
  std::uint64_t columns_ = 0;
  std::uint64_t columns_seen_ = 0;
};

using PrepareEvent =
    std::variant<event::None, event::Prepared, event::ParameterDef, event::ColumnDef, event::ServerError, event::Broken>;

// Follows the answer to COM_STMT_PREPARE: Prepared, then the parameters' and the columns' definitions as far as their counts
// and the agreed rules say, never as far as bytes happen to have arrived. Errors: as ResponseMachine.
class PrepareMachine {
 public:
  explicit PrepareMachine(ResponseRules rules) : eof_after_definitions_(!rules.deprecate_eof) {}

  PrepareEvent on_packet(Bytes payload);

  bool finished() const { return phase_ == Phase::done; }

 private:
  enum class Phase : std::uint8_t { head, parameters, after_parameters, columns, after_columns, done };

  PrepareEvent head(Bytes payload);
  PrepareEvent broken(const char* why);
  void begin(Phase next);

  bool eof_after_definitions_;
  Phase phase_ = Phase::head;
  std::uint16_t parameters_ = 0, columns_ = 0;
  std::uint16_t seen_ = 0;  // definitions of the current kind
};

}  // namespace selkie::protocol
