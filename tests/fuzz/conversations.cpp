// Conversations: the machines and the session around them, fed with a stream of packets.
#include <string>
#include <utility>
#include <vector>

#include "protocol/answer.h"
#include "protocol/auth.h"
#include "protocol/compression.h"
#include "protocol/handshake.h"
#include "protocol/trace_login.h"
#include "tests/fuzz/input_stream.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

using namespace protocol;

namespace {

// Bytes behind the compression, or where they end before their time; `room` is what a reader offers at once.
struct Unpacked {
  std::string bytes;
  Errc errc = Errc::malformed;
};
Unpacked unpack(Bytes input, Compression algorithm, std::size_t piece, std::size_t room) {
  const auto stream = start_compression(std::make_unique<InputStream>(input, piece), algorithm, kDefaultCompressionLevel);
  Unpacked unpacked;
  std::vector<std::uint8_t> buffer(room);
  for (;;) {
    const auto count = stream->read_some(buffer, kNoDeadline);
    if (!count.ok()) {
      unpacked.errc = count.failure().errc;
      return unpacked;
    }
    require(count.value() != 0 && count.value() <= room, "a read gives something, and no more than there is room for");
    unpacked.bytes.append(as_text(Bytes(buffer).first(count.value())));
    if (unpacked.bytes.size() > (64u << 20)) return unpacked;  // one input holds several packets of 16 MiB
  }
}

constexpr std::uint64_t kAgreements[] = {
    0,
    capability::kDeprecateEof | capability::kSessionTrack,
    capability::kMariaCacheMetadata | capability::kMariaExtendedMetadata,
    capability::kDeprecateEof | capability::kSessionTrack | capability::kMariaCacheMetadata |
        capability::kMariaExtendedMetadata,
};

std::string name_of(const Failure& failure) {
  return "!" + std::to_string(static_cast<int>(failure.errc)) + "/" + std::to_string(failure.server_code);
}

// All that a reader of the answer sees, from the first result or, with `seen`, from within it.
std::string read_on(Answer& answer, std::string seen = {}) {
  for (bool begun = !seen.empty();; begun = false) {
    if (!begun) {
      auto head = answer.next_result(nullptr);
      if (!head.ok()) return seen + name_of(head.failure());
      seen += head->has_rows ? "(" + std::to_string(head->columns->size()) : "(" + std::to_string(head->affected_rows);
    }
    Bytes row;
    while (answer.in_rows()) {
      const RowStep step = answer.next_row(row);
      if (step == RowStep::failed) return seen + name_of(answer.take_failure());
      if (step == RowStep::row) seen.append("|").append(as_text(row));
    }
    seen += ")";
    if (!answer.has_more_results()) return seen;
  }
}

// What must be so of the machine alone.
void follow(Bytes input, ResponseRules rules) {
  ResponseMachine machine(rules);
  std::uint64_t columns_due = 0;
  bool has_rows = false;
  for_each_payload(input, [&](Bytes payload) {
    const bool is_row = machine.is_row(payload), was_finished = machine.finished();
    const Event event = machine.on_packet(payload);
    require(!is_row || std::holds_alternative<event::Row>(event), "what is a row at first sight is one");
    require(!was_finished || std::holds_alternative<event::Broken>(event), "nothing follows the end");
    if (const auto* begin = std::get_if<event::ColumnsBegin>(&event)) {
      require(begin->count != 0, "a result with rows has columns");
      has_rows = true;
      columns_due = begin->sent ? begin->count : 0;
    }
    if (std::holds_alternative<event::ColumnDef>(event)) require(columns_due-- != 0, "no definition is beyond the count");
    if (std::holds_alternative<event::Row>(event)) require(has_rows && columns_due == 0, "rows follow all definitions");
    if (const auto* end = std::get_if<event::End>(&event)) {
      require(end->had_rows == has_rows && columns_due == 0, "a result ends behind its definitions");
      require(end->more != machine.finished(), "an answer ends with its last result");
      has_rows = false;
    }
    if (std::holds_alternative<event::ServerError>(event)) require(machine.finished(), "an error is the end");
    return true;
  });
}

}  // namespace

// An answer reads the same in whatever pieces it comes, and parked as live; drained, it leaves a clean wire.
void answer(Bytes input) {
  for (const std::uint64_t capabilities : kAgreements) {
    Dialect dialect;
    dialect.capabilities = capabilities;
    follow(input, dialect.response_rules());

    auto session = session_over(input, capabilities);
    send_query(*session);
    Answer live(*session, Encoding::text, SIZE_MAX);
    const std::string seen = read_on(live);
    const bool whole = session->idle();
    require(whole != session->dead(), "an answer is read to its end, or the session is over");

    for (const std::size_t piece : {1u, 7u}) {
      auto other = session_over(input, capabilities, piece);
      send_query(*other);
      Answer in_pieces(*other, Encoding::text, SIZE_MAX);
      require(read_on(in_pieces) == seen, "an answer does not depend on the segments");
    }

    auto drained = session_over(input, capabilities);
    send_query(*drained);
    require(drained->drain().ok() || drained->dead(), "what cannot be drained ends the session");
    require(drained->idle() == whole || !whole, "what can be read can be drained");  // and more: definitions are not looked at

    if (!whole) continue;
    auto parking = session_over(input, capabilities);
    send_query(*parking);
    Answer parked(*parking, Encoding::text, 64);
    auto head = parked.next_result(nullptr);
    if (!head.ok()) continue;
    require(parked.park().ok() && parking->idle(), "what can be read can be parked");
    std::string of_parked =
        head->has_rows ? "(" + std::to_string(head->columns->size()) : "(" + std::to_string(head->affected_rows);
    require(read_on(parked, std::move(of_parked)) == seen, "a parked answer reads as the live one does");
  }
}

// The first byte chooses the algorithm.
void compression(Bytes input) {
  if (input.empty()) return;
  const Compression algorithm = (input[0] & 1) != 0 ? Compression::zstd : Compression::zlib;
  input = input.subspan(1);
  const Unpacked whole = unpack(input, algorithm, SIZE_MAX, 64 * 1024);
  if (whole.bytes.size() > (1u << 20)) return;
  for (const std::size_t piece : {1u, 7u}) {
    for (const std::size_t room : {3u, 4096u}) {
      const Unpacked other = unpack(input, algorithm, piece, room);
      if (whole.errc == Errc::malformed || other.errc == Errc::malformed) continue;  // noticed sooner or later
      require(other.bytes == whole.bytes, "what was in it does not depend on the segments");
    }
  }
}

void prepare(Bytes input) {
  const auto read = [&](std::uint64_t capabilities, std::size_t piece) {
    auto session = session_over(input, capabilities, piece);
    write_prepare(session->begin_command(), "q");
    session->end_command();
    require(session->send().ok(), "a prepare is sent");
    auto prepared = session->read_prepare();
    require(session->idle() != session->dead(), "an answer is read to its end, or the session is over");
    if (!prepared.ok()) return name_of(prepared.failure());
    require(prepared->parameter_columns == nullptr || prepared->parameter_columns->size() == prepared->parameters,
            "every parameter is defined");
    return std::to_string(prepared->id) + "/" + std::to_string(prepared->parameters) + "/" +
           std::to_string(prepared->columns == nullptr ? 0 : prepared->columns->size());
  };
  for (const std::uint64_t capabilities : kAgreements) {
    const std::string whole = read(capabilities, SIZE_MAX);
    for (const std::size_t piece : {1u, 7u}) require(read(capabilities, piece) == whole, "it does not depend on the segments");
  }
}

namespace {

// No message that quotes a server's bytes as "\xfc" comes to it by chance: it begins with no hexadecimal digit.
constexpr std::string_view kPassword = "staple of the correct horse";

bool shows_password(Bytes bytes) { return as_text(bytes).find(kPassword) != std::string_view::npos; }

void check_shown(const std::optional<std::vector<std::uint8_t>>& packet) {
  require(!packet || !shows_password(*packet), "no trace holds the password");
}

struct Line {
  SslMode mode;
  bool is_unix_socket = false;
  bool has_unproven_certificate = false;  // which the server has to prove with the password's help
};

// Plays a server whose packets are the input. TLS succeeds where it is asked for.
void log_in(Bytes input, ConnectOptions options, const Line& line) {
  options.tls.mode = line.mode;
  HandshakeMachine machine(options, line.is_unix_socket);
  TraceLogin trace;
  bool is_private = line.is_unix_socket;
  unsigned packets = 0;
  std::uint8_t frame_number = 0;
  for_each_payload(input, [&](Bytes payload) {
    require(++packets < 64, "a login comes to an end");
    check_shown(trace.received(payload, frame_number));
    ByteWriter out;
    Action action = machine.on_packet(payload, out);
    if (std::holds_alternative<action::StartTls>(action)) {
      require(as_text(out.bytes()).find(options.user) == std::string_view::npos, "no name is said before TLS");
      check_shown(trace.sent(out.bytes(), frame_number));
      out.clear();
      is_private = true;
      action = line.has_unproven_certificate ? machine.tls_started(out, UnprovenCertificate{}) : machine.tls_started(out);
    }
    require(line.mode < SslMode::required || is_private || out.size() == 0, "nothing is said in clear where TLS is due");
    const bool may_be_overheard = !is_private || line.has_unproven_certificate;
    require(!may_be_overheard || !shows_password(out.bytes()), "no password is shown on a line that others can read");
    if (std::holds_alternative<action::Fail>(action)) {
      const std::string& message = std::get<action::Fail>(action).failure.message;
      require(std::get<action::Fail>(action).failure.errc == Errc::server_error || message.find(kPassword) == std::string::npos,
              "no message holds the password");
      return false;
    }
    if (out.size() != 0) check_shown(trace.sent(out.bytes(), frame_number));
    return !std::holds_alternative<action::Ready>(action);
  });
}

}  // namespace

void login(Bytes input) {
  if (as_text(input).find(kPassword) != std::string_view::npos) return;  // a server that knows it may say it
  if (input.size() >= kFirstBytes) (void)check_first_bytes(input.first(kFirstBytes));
  ConnectOptions options;
  options.user = "somebody in particular";
  options.password = options.password2 = options.password3 = kPassword;
  options.database = "test";
  options.attributes = {{"_client_name", "selkie"}};
  options.get_server_public_key = true;
  options.cleartext_enabled = true;
  for (const Line& line : {Line{SslMode::disabled}, Line{SslMode::required}, Line{SslMode::preferred, true},
                           Line{.mode = SslMode::verify_identity, .has_unproven_certificate = true}}) {
    log_in(input, options, line);
  }
}

// One answer of one method. The first byte chooses the method, the second the round and what protects the line, the third how
// much of the rest is the server's random bytes.
void authentication(Bytes input) {
  if (as_text(input).find(kPassword) != std::string_view::npos) return;  // a server that knows it may say it
  constexpr std::string_view kMethods[] = {"mysql_native_password",
                                           "caching_sha2_password",
                                           "sha256_password",
                                           "client_ed25519",
                                           "parsec",
                                           "mysql_clear_password",
                                           "dialog"};
  ByteReader in(input);
  const AuthMethod* const method = find_auth_method(kMethods[in.u8() % std::size(kMethods)]);
  require(method != nullptr, "the method is built in");
  const unsigned choice = in.u8();
  const std::size_t scramble_bytes = in.u8();
  const AuthContext context{.user = "ann",
                            .password = (choice & 4) != 0 ? "" : kPassword,
                            .tls = (choice & 8) != 0,
                            .cleartext_enabled = (choice & 16) != 0,
                            .get_server_public_key = (choice & 32) != 0};
  const Bytes scramble = in.take(std::min(scramble_bytes, in.size()));
  if (scramble.size() != method->scramble_bytes) return;  // the caller's to see to
  const AuthTurn turn{.scramble = scramble, .round = choice & 3, .data = in.take_rest()};
  if (method->name == "parsec" && turn.data.size() > 1 && turn.data[1] > 1) return;  // honest, but slow: rounds of a hash
  ByteWriter out;
  const auto reply = method->respond(context, turn, out);
  require(context.is_private() || !shows_password(out.bytes()), "no password is shown on a line that others can read");
  require(reply.ok() || reply.failure().message.find(kPassword) == std::string::npos, "no message holds the password");
}

}  // namespace selkie::fuzz
