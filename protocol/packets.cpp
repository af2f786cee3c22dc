#include "protocol/packets.h"

#include <algorithm>

namespace selkie::protocol {
namespace {

constexpr std::uint8_t kProtocolVersion = 10;
constexpr std::size_t kScrambleHead = 8, kScrambleTailAtLeast = 12;
constexpr std::uint16_t kProgressReport = 0xffff;  // MariaDB's progress packets wear the header of an error

bool is_ascii_alnum(std::uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// The text behind the counters of an OK packet. The page describes it as the rest of the packet when session tracking is
// off; servers send it with its length all the same.
std::string_view info_without_tracking(Bytes rest) {
  ByteReader in(rest);
  const Bytes counted = in.take_lenenc();
  return as_text(in.failed() || in.size() != 0 ? rest : counted);
}

}  // namespace

std::optional<Greeting> parse_greeting(Bytes payload) {
  ByteReader in(payload);
  if (in.u8() != kProtocolVersion) return std::nullopt;
  Greeting greeting;
  greeting.offer.version = as_text(in.take_to_nul());
  greeting.connection_id = in.u32();
  greeting.scramble = as_text(in.take(kScrambleHead));
  in.take(1);
  std::uint64_t capabilities = in.u16();
  if (in.failed()) return std::nullopt;

  if (in.size() != 0) {  // servers before 4.1 end here
    greeting.charset = in.u8();
    greeting.status = in.u16();
    capabilities |= std::uint64_t{in.u16()} << 16;
    const std::size_t scramble_size = in.u8();
    in.take(6);
    const std::uint64_t extended = in.u32();
    // Reserved bytes for every server that does not leave CLIENT_MYSQL out.
    if ((capabilities & capability::kLongPassword) == 0) capabilities |= extended << 32;
    if ((capabilities & (capability::kSecureConnection | capability::kPluginAuth)) != 0) {
      const std::size_t head_and_nul = kScrambleHead + 1;
      const std::size_t tail = scramble_size > head_and_nul ? scramble_size - head_and_nul : 0;
      greeting.scramble += as_text(in.take(std::max(kScrambleTailAtLeast, tail)));
    }
    Bytes rest = in.take_rest();
    if (in.failed()) return std::nullopt;
    if (!rest.empty() && rest[0] == 0) rest = rest.subspan(1);  // the NUL after the scramble; some servers leave it out
    if ((capabilities & capability::kPluginAuth) != 0) {
      const std::string_view name = as_text(rest);
      greeting.auth_plugin = name.substr(0, name.find('\0'));  // its NUL is missing in old servers
    }
  }
  greeting.offer.capabilities = capabilities;
  return greeting;
}

std::optional<ErrPacket> parse_err(Bytes payload) {
  constexpr std::size_t kMarkerBytes = 6;
  ByteReader in(payload);
  if (in.u8() != 0xff) return std::nullopt;
  ErrPacket err;
  err.code = in.u16();
  Bytes text = in.take_rest();
  if (in.failed() || err.code == kProgressReport) return std::nullopt;
  if (text.size() >= kMarkerBytes && text[0] == '#' && std::ranges::all_of(text.subspan(1, 5), is_ascii_alnum)) {
    std::ranges::copy(as_text(text.subspan(1, 5)), err.sqlstate.begin());
    text = text.subspan(kMarkerBytes);
  }
  err.text = as_text(text);
  return err;
}

Failure to_failure(const ErrPacket& err) { return {Errc::server_error, err.code, err.sqlstate, std::string(err.text)}; }

std::optional<OkPacket> parse_ok(Bytes payload, bool session_track) {
  ByteReader in(payload);
  const std::uint8_t header = in.u8();
  std::optional<OkPacket> ok(std::in_place);
  ok->affected_rows = in.lenenc();
  ok->insert_id = in.lenenc();
  ok->status = in.u16();
  ok->warnings = in.u16();
  const Bytes rest = in.take_rest();
  if (in.failed() || (header != 0x00 && header != 0xfe)) return std::nullopt;
  if (!session_track) {
    ok->info = info_without_tracking(rest);
    return ok;
  }
  // What follows is news, not structure: where it is damaged, it is left out and the answer stands.
  ByteReader news(rest);
  ok->info = as_text(news.take_lenenc());
  if ((ok->status & server_status::kSessionStateChanged) != 0) ok->session_changes = news.take_lenenc();
  return ok;
}

std::optional<SessionChanges::Change> SessionChanges::next() {
  for (;;) {
    if (variables_.size() != 0) {
      const std::string_view name = as_text(variables_.take_lenenc());
      const std::string_view value = as_text(variables_.take_lenenc());
      if (failed()) return std::nullopt;
      return Change{Kind::system_variable, name, value};
    }
    if (in_.size() == 0 || failed()) return std::nullopt;
    const std::uint8_t kind = in_.u8();
    ByteReader entry(in_.take_lenenc());
    if (in_.failed()) return std::nullopt;
    std::string_view value;
    switch (static_cast<Kind>(kind)) {
      case Kind::system_variable: variables_ = entry; continue;
      case Kind::state_change: value = as_text(entry.take_rest()); break;  // "1", with no length of its own on the wire
      case Kind::gtids: entry.take(1); [[fallthrough]];                    // the encoding of what follows: always text
      case Kind::schema:
      case Kind::transaction_characteristics:
      case Kind::transaction_state: value = as_text(entry.take_lenenc()); break;
      default: continue;
    }
    if (entry.failed()) {
      damaged_ = true;
      return std::nullopt;
    }
    return Change{static_cast<Kind>(kind), {}, value};
  }
}

std::optional<PrepareOk> parse_prepare_ok(Bytes payload) {
  ByteReader in(payload);
  if (in.u8() != 0x00) return std::nullopt;
  PrepareOk ok;
  ok.statement_id = in.u32();
  ok.columns = in.u16();
  ok.parameters = in.u16();
  if (in.failed()) return std::nullopt;
  in.take(1);
  ok.warnings = in.u16();  // 0 where an old server or a proxy has ended the packet before it
  return ok;
}

std::optional<AuthSwitch> parse_auth_switch(Bytes payload) {
  if (payload.empty() || payload[0] != 0xfe) return std::nullopt;
  if (payload.size() == 1) return AuthSwitch{"mysql_old_password", {}};
  const std::string_view rest = as_text(payload.subspan(1));
  const std::size_t nul = rest.find('\0');
  if (nul == std::string_view::npos) return AuthSwitch{rest, {}};
  return AuthSwitch{rest.substr(0, nul), payload.subspan(1 + nul + 1)};
}

}  // namespace selkie::protocol
