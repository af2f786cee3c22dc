#include "protocol/response.h"

#include <algorithm>

namespace selkie::protocol {
namespace {

constexpr std::uint16_t kMoreResultsExist = 0x0008;
constexpr std::uint16_t kPsOutParams = 0x1000;
// Servers answer a SELECT of 70,000 constants, so the 4,096 of a table is no limit here. Nothing is sized by the count:
// definitions come one by one. It only has to be sane.
constexpr std::uint64_t kMaxColumns = 1'000'000;
constexpr std::size_t kMaxPacket = 0xffffff;

bool is_eof(Bytes payload) { return payload[0] == 0xfe && payload.size() < 9; }

struct Eof {
  std::uint16_t warnings, status;
};  // in this order; an OK packet has them in the other

Eof read_eof(ByteReader& in) {
  const std::uint16_t warnings = in.u16();
  return {warnings, in.u16()};
}

}  // namespace

Event ResponseMachine::on_packet(Bytes payload) {
  if (payload.empty()) return broken("empty packet");
  switch (phase_) {
    case Phase::head: return head(payload);
    case Phase::columns: {
      const event::ColumnDef definition{payload, columns_seen_};
      if (++columns_seen_ == columns_) columns_done();
      return definition;
    }
    case Phase::column_eof: return column_eof(payload);
    case Phase::rows: return row_or_end(payload);
    case Phase::done: break;
  }
  return broken("packet after the end of the answer");
}

Event ResponseMachine::head(Bytes payload) {
  switch (payload[0]) {
    case 0x00: return end(payload, false);
    case 0xfb: return event::LocalInfile{as_text(payload.subspan(1))};
    case 0xff: return server_error(payload);
    default: break;
  }
  ByteReader in(payload);
  columns_ = in.lenenc();
  columns_seen_ = 0;
  const bool sent = !rules_.metadata_flag || in.u8() != 0;
  if (in.failed() || in.size() != 0) return broken("malformed result header");
  if (columns_ == 0 || columns_ > kMaxColumns) return broken("impossible column count");
  if (sent) {
    phase_ = Phase::columns;
  } else {
    columns_done();  // the EOF, where EOFs are in use, comes even when the definitions were omitted
  }
  return event::ColumnsBegin{columns_, sent};
}

Event ResponseMachine::column_eof(Bytes payload) {
  ByteReader in(payload.subspan(1));
  const Eof eof = read_eof(in);
  if (!is_eof(payload) || in.failed()) return broken("no EOF after the column definitions");
  // Without EOF deprecation MySQL says only here that these are OUT values (9.7; MariaDB repeats it at the end).
  out_params_ = (eof.status & kPsOutParams) != 0;
  phase_ = Phase::rows;
  return event::None{};
}

void ResponseMachine::columns_done() { phase_ = rules_.deprecate_eof ? Phase::rows : Phase::column_eof; }

Event ResponseMachine::row_or_end(Bytes payload) {
  if (payload[0] == 0xff) return server_error(payload);
  // 0xFE starts both the end of rows and a first cell of 16 MiB or more; only the size tells them apart.
  const bool ends = rules_.deprecate_eof ? payload[0] == 0xfe && payload.size() < kMaxPacket : is_eof(payload);
  return ends ? end(payload, true) : event::Row{payload};
}

Event ResponseMachine::end(Bytes payload, bool had_rows) {
  ByteReader in(payload.subspan(1));
  event::End result{};
  result.had_rows = had_rows;
  if (had_rows && !rules_.deprecate_eof) {
    const Eof eof = read_eof(in);
    result.status = eof.status;
    result.warnings = eof.warnings;
  } else {
    result.affected_rows = in.lenenc();
    result.insert_id = in.lenenc();
    result.status = in.u16();
    result.warnings = in.u16();
  }
  if (in.failed()) return broken("truncated end of result");
  result.out_params = out_params_ || (result.status & kPsOutParams) != 0;
  // OUT values are never the last result, whatever the flag says: the CALL's own OK follows.
  result.more = result.out_params || (result.status & kMoreResultsExist) != 0;
  out_params_ = false;
  phase_ = result.more ? Phase::head : Phase::done;
  return result;
}

Event ResponseMachine::server_error(Bytes payload) {
  ByteReader in(payload.subspan(1));
  event::ServerError error{in.u16(), {"HY000"}, {}};
  Bytes text = in.take_rest();
  if (in.failed()) return broken("truncated error");
  if (text.size() >= 6 && text[0] == '#') {  // absent from errors sent before the handshake
    std::ranges::transform(text.subspan(1, 5), error.state.begin(), [](std::uint8_t c) { return static_cast<char>(c); });
    text = text.subspan(6);
  }
  error.text = as_text(text);
  phase_ = Phase::done;
  return error;
}

Event ResponseMachine::broken(const char* why) {
  phase_ = Phase::done;
  return event::Broken{why};
}

}  // namespace selkie::protocol
