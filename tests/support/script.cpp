#include "tests/support/script.h"

#include <algorithm>

namespace selkie::test {

using protocol::Bytes;
using protocol::ByteWriter;

namespace {

std::string printable(Bytes bytes) {
  constexpr std::size_t kShown = 120;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), kShown))) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      out += static_cast<char>(byte);
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return bytes.size() > kShown ? out + "... (" + std::to_string(bytes.size()) + " bytes)" : out;
}

Packet bytes_of(const std::function<void(ByteWriter&)>& write) {
  ByteWriter out;
  write(out);
  return copy_of(out.bytes());
}

using Write = std::function<void(ByteWriter& out, const Agreed& agreed)>;

Expectation exactly(std::string name, Write write) {
  return {std::move(name), [write = std::move(write)](Bytes payload, const Agreed& agreed) {
            const Packet expected = bytes_of([&](ByteWriter& out) { write(out, agreed); });
            return std::equal(payload.begin(), payload.end(), expected.begin(), expected.end())
                       ? ""
                       : "expected " + printable(expected) + " but read " + printable(payload);
          }};
}
Expectation exactly(std::string name, Packet expected) {
  return exactly(std::move(name), [expected = std::move(expected)](ByteWriter& out, const Agreed&) { out.bytes(expected); });
}

Expectation beginning(std::string name, Write write) {
  return {std::move(name), [write = std::move(write)](Bytes payload, const Agreed& agreed) {
            const Packet expected = bytes_of([&](ByteWriter& out) { write(out, agreed); });
            const Bytes start = payload.first(std::min(payload.size(), expected.size()));
            return std::equal(start.begin(), start.end(), expected.begin(), expected.end())
                       ? ""
                       : "expected to begin with " + printable(expected) + " but read " + printable(payload);
          }};
}

Expectation beginning(std::string name, Packet expected) {
  return beginning(std::move(name), [expected = std::move(expected)](ByteWriter& out, const Agreed&) { out.bytes(expected); });
}

Packet command(std::uint8_t code, std::string_view text) {
  return bytes_of([&](ByteWriter& out) { out.u8(code), out.text(text); });
}

// Spec: page_protocol_command_phase.html
constexpr std::uint8_t kQuit = 0x01, kQuery = 0x03, kPing = 0x0e, kPrepare = 0x16, kExecute = 0x17, kLongData = 0x18,
                       kCloseStatement = 0x19, kReset = 0x1f;

constexpr std::uint8_t kParameterCountAvailable = 8;

Packet execute_head(std::uint32_t id, std::uint8_t flags = 0) {
  return bytes_of([&](ByteWriter& out) { out.u8(kExecute), out.u32(id), out.u8(flags), out.u32(1); });
}

bool takes_names(const Agreed& agreed) { return agreed.has(protocol::capability::kQueryAttributes); }

Write query_of(const std::string& sql) {
  return [sql](ByteWriter& out, const Agreed& agreed) {
    out.u8(kQuery);
    if (takes_names(agreed)) out.u8(0), out.u8(1);  // no attributes, one set of them
    out.text(sql);
  };
}

}  // namespace

Expectation query(const std::string& sql) { return exactly("query " + sql, query_of(sql)); }
Expectation query_starting(const std::string& sql) { return beginning("query " + sql + "...", query_of(sql)); }
Expectation query_with(const Packet& attributes, const std::string& sql) {
  return exactly("query with attributes " + sql,
                 bytes_of([&](ByteWriter& out) { out.u8(kQuery), out.bytes(attributes), out.text(sql); }));
}
Expectation prepare(const std::string& sql) { return exactly("prepare " + sql, command(kPrepare, sql)); }
Expectation execute(std::uint32_t id) { return beginning("execute " + std::to_string(id), execute_head(id)); }

Expectation execute_with(std::uint32_t id, const SentParameters& sent) {
  return exactly("execute " + std::to_string(id) + " with parameters", [id, sent](ByteWriter& out, const Agreed& agreed) {
    out.bytes(execute_head(id, sent.names.empty() ? std::uint8_t{0} : kParameterCountAvailable));
    if (takes_names(agreed)) out.u8(sent.count);
    out.u8(sent.null_bitmap);
    out.u8(sent.types.empty() ? 0 : 1);
    for (std::size_t i = 0; i < sent.types.size(); ++i) {
      out.u16(static_cast<std::uint16_t>(sent.types[i]));  // signed
      const std::size_t nameless = sent.types.size() - sent.names.size();
      if (takes_names(agreed)) out.lenenc_text(i < nameless ? "" : sent.names[i - nameless]);
    }
    out.bytes(sent.values);
  });
}

Expectation close_statement(std::uint32_t id) {
  return exactly("close statement " + std::to_string(id),
                 bytes_of([&](ByteWriter& out) { out.u8(kCloseStatement), out.u32(id); }));
}

Expectation long_data(std::uint32_t id, std::uint16_t parameter, std::string_view piece) {
  return exactly("long data of parameter " + std::to_string(parameter),
                 bytes_of([&](ByteWriter& out) { out.u8(kLongData), out.u32(id), out.u16(parameter), out.text(piece); }));
}

Expectation ping() { return exactly("ping", {kPing}); }
Expectation reset_connection() { return exactly("reset connection", {kReset}); }
Expectation quit() { return exactly("quit", {kQuit}); }
Expectation empty_packet() { return exactly("an empty packet", Packet{}); }
Expectation packet_starting(Packet bytes) {
  std::string name = "a packet that begins with " + printable(bytes);
  return beginning(std::move(name), std::move(bytes));
}

Expectation login(const std::string& user) {
  return {"login of " + user, [user](Bytes payload, const Agreed&) -> std::string {
            constexpr std::size_t kCharsetOffset = 8, kUserOffset = 32;
            constexpr std::uint8_t kUtf8mb4 = 45;  // every server knows it; the server's own default may not fit a byte
            if (payload.size() < kUserOffset) return "expected a login but read " + printable(payload);
            if (payload[kCharsetOffset] != kUtf8mb4) return "the charset is " + std::to_string(payload[kCharsetOffset]);
            const std::string_view rest = protocol::as_text(payload.subspan(kUserOffset));
            const std::string_view name = rest.substr(0, rest.find('\0'));
            return name == user ? "" : "the user is " + std::string(name);
          }};
}

std::string name_of(const Step& step) {
  struct Name {
    std::string operator()(const step::Send& s) const { return "sends " + s.reply.name; }
    std::string operator()(const step::NextAnswer&) const { return "begins the next answer"; }
    std::string operator()(const step::SkipNumber&) const { return "skips a number"; }
    std::string operator()(const step::SendBytes&) const { return "sends bytes"; }
    std::string operator()(const step::Read& s) const { return "reads " + s.expectation.name; }
    std::string operator()(const step::ReadBytes& s) const { return "reads " + std::to_string(s.size_bytes) + " bytes"; }
    std::string operator()(const step::SideSession&) const { return "meets a side session"; }
    std::string operator()(const step::Pause&) const { return "pauses"; }
    std::string operator()(const step::Close&) const { return "closes"; }
    std::string operator()(const step::ExpectClose&) const { return "expects the client to close"; }
  };
  return std::visit(Name{}, step);
}

Script& Script::add(Step step) {
  steps_.push_back(std::move(step));
  return *this;
}

Script& Script::send(Reply reply) { return add(step::Send{std::move(reply)}); }
Script& Script::reads(Expectation expectation) { return add(step::Read{std::move(expectation), false}); }
Script& Script::reads_login(const std::string& user) { return add(step::Read{login(user), true}); }
Script& Script::reads_bytes(std::size_t size_bytes) { return add(step::ReadBytes{size_bytes}); }
Script& Script::sends_bytes(Packet bytes) { return add(step::SendBytes{std::move(bytes)}); }
Script& Script::next_answer() { return add(step::NextAnswer{}); }
Script& Script::skips_number() { return add(step::SkipNumber{}); }
Script& Script::meets(Script side_session) {
  return add(step::SideSession{std::make_shared<const Script>(std::move(side_session))});
}

Script& Script::pauses(std::chrono::milliseconds time) { return add(step::Pause{time}); }
Script& Script::closes() { return add(step::Close{}); }
Script& Script::expects_close() { return add(step::ExpectClose{}); }

Script& Script::then(const Script& more) {
  steps_.insert(steps_.end(), more.steps_.begin(), more.steps_.end());
  return *this;
}

Script Script::before(std::size_t step) const {
  Script first;
  first.steps_.assign(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(step));
  return first;
}

Script login_script(const Server& server, const std::string& user) {
  return script().sends(greeting(server)).reads_login(user).sends(ok());
}

Packet frame(std::uint32_t size_bytes, std::uint8_t sequence, const Packet& payload) {
  return bytes_of([&](ByteWriter& out) { out.u24(size_bytes), out.u8(sequence), out.bytes(payload); });
}

}  // namespace selkie::test
