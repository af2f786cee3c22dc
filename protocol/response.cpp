#include "protocol/response.h"

#include <optional>

#include "protocol/packets.h"

namespace selkie::protocol {
namespace {

// Servers answer a SELECT of 70,000 constants, so the 4,096 of a table is no limit here. Nothing is sized by the count:
// definitions come one by one. It only has to be sane.
constexpr std::uint64_t kMaxColumns = 1'000'000;

constexpr std::uint8_t kLocalInfile = 0xfb, kEndOfRows = 0xfe, kError = 0xff;

// Spec: page_protocol_basic_eof_packet.html
constexpr std::size_t kEofBytes = 5;
struct Eof {
  std::uint16_t warnings = 0, status = 0;  // in this order; an OK packet has them in the other
};
std::optional<Eof> parse_eof(Bytes payload) {
  if (payload.size() != kEofBytes || payload[0] != kEndOfRows) return std::nullopt;
  ByteReader in(payload.subspan(1));
  Eof eof;
  eof.warnings = in.u16();
  eof.status = in.u16();
  return eof;
}

// A definition starts with the length of its catalog's name, which is never so long.
bool is_definition(Bytes payload) { return payload[0] < kEndOfRows; }

std::optional<event::ServerError> parse_server_error(Bytes payload) {
  const std::optional<ErrPacket> err = parse_err(payload);
  if (!err) return std::nullopt;
  return event::ServerError{err->code, err->sqlstate, err->text};
}

}  // namespace

Event ResponseMachine::on_packet(Bytes payload) {
  if (payload.empty()) return broken("empty packet");
  if (phase_ == Phase::done) return broken("packet after the end of the answer");
  if (payload[0] == kError) return server_error(payload);  // in any packet's place
  switch (phase_) {
    case Phase::head: return head(payload);
    case Phase::after_file: return payload[0] == 0x00 ? end(payload, false) : broken("no end behind a local file");
    case Phase::columns: return column(payload);
    case Phase::after_columns: return after_columns(payload);
    case Phase::rows:
    case Phase::done: break;
  }
  return row_or_end(payload);
}

Event ResponseMachine::head(Bytes payload) {
  if (payload[0] == 0x00) return end(payload, false);
  if (payload[0] == kLocalInfile) {
    phase_ = Phase::after_file;
    return event::LocalInfile{as_text(payload.subspan(1))};
  }
  ByteReader in(payload);
  columns_ = in.lenenc();
  columns_seen_ = 0;
  const bool sent = !rules_.metadata_flag || in.u8() != 0;
  if (in.failed() || in.size() != 0) return broken("malformed result header");
  if (columns_ == 0 || columns_ > kMaxColumns) return broken("impossible column count");
  phase_ = sent ? Phase::columns : Phase::after_columns;  // the EOF, where agreed on, follows omitted definitions too
  return event::ColumnsBegin{columns_, sent};
}

Event ResponseMachine::column(Bytes payload) {
  if (!is_definition(payload)) return broken("fewer column definitions than announced");
  const event::ColumnDef definition{payload, columns_seen_};
  if (++columns_seen_ == columns_) phase_ = Phase::after_columns;
  return definition;
}

Event ResponseMachine::after_columns(Bytes payload) {
  const std::optional<Eof> eof = parse_eof(payload);
  if (!eof && !rules_.deprecate_eof) return broken("no EOF after the column definitions");
  phase_ = Phase::rows;
  // Query caches and proxies replay answers that were made for a client with EOFs, so one is skipped here though none was
  // agreed on. A result without rows still ends with a packet of its own.
  if (!eof) return row_or_end(payload);
  // Without EOF deprecation MySQL says only here that these are OUT values (9.7; MariaDB repeats it at the end).
  out_params_ = (eof->status & server_status::kPsOutParams) != 0;
  return event::None{};
}

bool ResponseMachine::takes_large_row(std::uint8_t first_byte, std::size_t size_bytes) {
  if (!in_rows() || !starts_row(first_byte, size_bytes)) return false;
  phase_ = Phase::rows;
  return true;
}

Event ResponseMachine::row_or_end(Bytes payload) {
  if (is_row(payload)) return event::Row{payload};
  return end(payload, true);
}

Event ResponseMachine::end(Bytes payload, bool had_rows) {
  event::End result{};
  result.had_rows = had_rows;
  // Either packet may end rows, whichever was agreed on: see after_columns.
  if (const std::optional<Eof> eof = parse_eof(payload)) {
    result.status = eof->status;
    result.warnings = eof->warnings;
  } else if (const std::optional<OkPacket> ok = parse_ok(payload, rules_.session_track)) {
    result.affected_rows = ok->affected_rows;
    result.insert_id = ok->insert_id;
    result.status = ok->status;
    result.warnings = ok->warnings;
    result.info = ok->info;
    result.session_changes = ok->session_changes;
  } else {
    return broken("truncated end of result");
  }
  result.out_params = out_params_ || (result.status & server_status::kPsOutParams) != 0;
  // OUT values are never the last result, whatever the flag says: the CALL's own OK follows.
  result.more = result.out_params || (result.status & server_status::kMoreResults) != 0;
  out_params_ = false;
  phase_ = result.more ? Phase::head : Phase::done;
  return result;
}

Event ResponseMachine::server_error(Bytes payload) {
  const std::optional<event::ServerError> error = parse_server_error(payload);
  if (!error) return broken("malformed error");
  phase_ = Phase::done;
  return *error;
}

Event ResponseMachine::broken(const char* why) {
  phase_ = Phase::done;
  return event::Broken{why};
}

PrepareEvent PrepareMachine::on_packet(Bytes payload) {
  if (payload.empty()) return broken("empty packet");
  if (phase_ == Phase::done) return broken("packet after the end of the answer");
  if (payload[0] == kError) {
    const std::optional<event::ServerError> error = parse_server_error(payload);
    if (!error) return broken("malformed error");
    phase_ = Phase::done;
    return *error;
  }
  switch (phase_) {
    case Phase::head: return head(payload);
    case Phase::parameters: {
      if (!is_definition(payload)) return broken("fewer parameter definitions than announced");
      const event::ParameterDef definition{payload, seen_};
      if (++seen_ == parameters_) begin(eof_after_definitions_ ? Phase::after_parameters : Phase::columns);
      return definition;
    }
    case Phase::columns: {
      if (!is_definition(payload)) return broken("fewer column definitions than announced");
      const event::ColumnDef definition{payload, seen_};
      if (++seen_ == columns_) begin(eof_after_definitions_ ? Phase::after_columns : Phase::done);
      return definition;
    }
    case Phase::after_parameters:
      if (!parse_eof(payload)) return broken("no EOF after the parameter definitions");
      begin(Phase::columns);
      return event::None{};
    case Phase::after_columns:
      if (!parse_eof(payload)) return broken("no EOF after the column definitions");
      phase_ = Phase::done;
      return event::None{};
    case Phase::done: break;
  }
  return broken("packet after the end of the answer");
}

PrepareEvent PrepareMachine::head(Bytes payload) {
  const std::optional<PrepareOk> ok = parse_prepare_ok(payload);
  if (!ok) return broken("malformed answer to a prepare");
  parameters_ = ok->parameters;
  columns_ = ok->columns;
  begin(Phase::parameters);
  return event::Prepared{ok->statement_id, ok->columns, ok->parameters, ok->warnings};
}

// Enters a phase, past the definitions that do not come.
void PrepareMachine::begin(Phase next) {
  seen_ = 0;
  if (next == Phase::parameters && parameters_ == 0) next = Phase::columns;
  if (next == Phase::columns && columns_ == 0) next = Phase::done;
  phase_ = next;
}

PrepareEvent PrepareMachine::broken(const char* why) {
  phase_ = Phase::done;
  return event::Broken{why};
}

}  // namespace selkie::protocol
