#include "protocol/session.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "protocol/answer.h"
#include "scripted_stream.h"

namespace selkie::protocol {
namespace {

// Payloads numbered as one answer: 1, 2, 3, ...
Packet answer(const std::vector<Packet>& payloads, std::uint8_t sequence = 1) {
  Packet bytes;
  for (const Packet& payload : payloads) {
    const std::size_t size = payload.size();
    bytes.insert(bytes.end(), {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8), 0, sequence++});
    bytes.insert(bytes.end(), payload.begin(), payload.end());
  }
  return bytes;
}

Packet operator+(Packet left, const Packet& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// Definition of an INT column as MariaDB 10.11 sends it, without table and schema.
Packet int_column(char name) {
  return {3, 'd', 'e', 'f', 0, 0, 0, 1, static_cast<std::uint8_t>(name), 0, 12, 63, 0, 11, 0, 0, 0, 3, 1, 0, 0, 0, 0};
}
Packet text_row(char value) { return {1, static_cast<std::uint8_t>(value)}; }
const Packet kOne{1}, kOneSent{1, 1}, kOneOmitted{1, 0};
const Packet kOk{0, 0, 0, 2, 0, 0, 0}, kOkMore{0, 3, 0, 10, 0, 0, 0};
const Packet kEof{0xfe, 0, 0, 2, 0}, kEofMore{0xfe, 0, 0, 10, 0};
const Packet kOkEnd{0xfe, 0, 0, 2, 0, 0, 0}, kOkEndMore{0xfe, 0, 0, 10, 0, 0, 0};
constexpr std::uint64_t kNoEofs = capability::kDeprecateEof;
const Packet kDeadlock{0xff, 0xbd, 0x04, '#', '4', '0', '0', '0', '1', 'd', 'e', 'a', 'd'};     // 1213
const Packet kIdleTooLong{0xff, 0xbf, 0x0f, '#', 'H', 'Y', '0', '0', '0', 'i', 'd', 'l', 'e'};  // 4031
// Statement 7 with one parameter and one column.
const Packet kPrepareOk{0, 7, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0};

struct Conversation {
  explicit Conversation(const Packet& script, std::uint64_t capabilities = 0, std::size_t cut = SIZE_MAX,
                        std::size_t silent_from = SIZE_MAX) {
    auto owned = std::make_unique<ScriptedStream>();
    stream = owned.get();
    stream->script = script;
    stream->cut = cut;
    stream->silent_from = silent_from;
    Dialect dialect;
    dialect.capabilities = capabilities;
    session = std::make_unique<Session>(Opened{std::move(owned), FrameReader(1u << 24), dialect, 1, 2, {}, {}});
  }
  Status query(std::string_view sql) {
    session->queue_query(sql);
    return session->send();
  }

  ScriptedStream* stream;  // owned by the session
  std::unique_ptr<Session> session;
};

// Everything a reader of the answer sees, in one line: C(olumns), the rows' texts, e(nd), o(k), ! with the server's code.
std::string read_all(Answer& answer, std::size_t rows_at_once = 1) {
  std::string seen;
  std::vector<Bytes> rows(rows_at_once);
  for (;;) {
    auto head = answer.next_result(nullptr);
    if (!head.ok()) return seen + "!" + std::to_string(head.failure().server_code);
    seen += head->has_rows ? "C" : "o";
    while (answer.in_rows()) {
      std::size_t count = 0;
      switch (answer.next_rows(rows, count)) {
        case RowStep::row:
        case RowStep::large_row:
          for (const Bytes row : std::span(rows).first(count)) seen += static_cast<char>(row[1]);
          break;
        case RowStep::end: seen += "e"; break;
        case RowStep::failed: return seen + "!" + std::to_string(answer.take_failure().server_code);
      }
    }
    if (!answer.has_more_results()) return seen;
  }
}

// Runs `check` with the script cut at every position.
void at_every_cut(const Packet& script, const std::function<void(std::size_t)>& check) {
  for (std::size_t cut = 1; cut < script.size(); ++cut) {
    SCOPED_TRACE("cut at " + std::to_string(cut));
    check(cut);
  }
}

struct AnswerCase {
  const char* name;
  Packet script;
  std::string seen;
  std::uint64_t capabilities = 0;
};

const std::vector<AnswerCase>& answers() {
  static const std::vector<AnswerCase> cases{
      {"rows", answer({kOne, int_column('a'), kEof, text_row('1'), text_row('2'), kEof}), "C12e"},
      {"call with its trailing ok", answer({kOne, int_column('a'), kEof, text_row('1'), kEofMore, kOk}), "C1eo"},
      {"error after the first rows", answer({kOne, int_column('a'), kEof, text_row('1'), kDeadlock}), "C1!1213"},
      {"error before the first row", answer({kOne, int_column('a'), kEof, kDeadlock}), "C!1213"},
      {"error in place of the second result", answer({kOne, int_column('a'), kEof, text_row('1'), kEofMore, kDeadlock}),
       "C1e!1213"},
      {"row counts of a batch", answer({kOkMore, kOkMore, kOk}), "ooo"},
      {"rows without eofs", answer({kOne, int_column('a'), text_row('1'), text_row('2'), kOkEnd}), "C12e", kNoEofs},
      {"no rows without eofs", answer({kOne, int_column('a'), kOkEnd}), "Ce", kNoEofs},
      {"call without eofs", answer({kOne, int_column('a'), text_row('1'), kOkEndMore, kOk}), "C1eo", kNoEofs},
      {"error before the first row without eofs", answer({kOne, int_column('a'), kDeadlock}), "C!1213", kNoEofs},
      {"eofs replayed from a cache", answer({kOne, int_column('a'), kEof, text_row('1'), kEof}), "C1e", kNoEofs},
  };
  return cases;
}

TEST(Session, AnswerReadsTheSameWhereverItIsCut) {
  for (const AnswerCase& c : answers()) {
    SCOPED_TRACE(c.name);
    at_every_cut(c.script, [&](std::size_t cut) {
      for (const std::size_t rows_at_once : {1u, 2u, 10u}) {
        Conversation talk(c.script, c.capabilities, cut);
        ASSERT_TRUE(talk.query("q").ok());
        Answer reader(*talk.session, Encoding::text, 1 << 20);
        EXPECT_EQ(read_all(reader, rows_at_once), c.seen);
        EXPECT_TRUE(talk.session->idle());
      }
    });
  }
}

TEST(Session, RowsThatHaveArrivedComeTogetherUpToWhatEndsThem) {
  Conversation talk(answer({kOne, int_column('a'), kEof, text_row('1'), text_row('2'), text_row('3'), kDeadlock}));
  ASSERT_TRUE(talk.query("q").ok());
  ASSERT_TRUE(talk.session->next_result(nullptr).ok());
  std::array<Bytes, 4> rows;
  std::size_t count = 0;
  EXPECT_EQ(talk.session->next_rows(std::span(rows).first(2), count), RowStep::row);
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(rows[0][1], '1');
  EXPECT_EQ(rows[1][1], '2');
  EXPECT_EQ(talk.session->next_rows(rows, count), RowStep::row);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(rows[0][1], '3');
  EXPECT_EQ(talk.session->next_rows(rows, count), RowStep::failed);
  EXPECT_EQ(talk.session->take_failure().server_code, 1213);
}

TEST(Session, ParkedAnswerReadsAsTheLiveOneDoesFromWhereverItWasParked) {
  for (const AnswerCase& c : answers()) {
    SCOPED_TRACE(c.name);
    Conversation talk(c.script, c.capabilities);
    ASSERT_TRUE(talk.query("q").ok());
    Answer reader(*talk.session, Encoding::text, 1 << 20);
    auto head = reader.next_result(nullptr);
    ASSERT_TRUE(head.ok());
    ASSERT_TRUE(reader.park().ok());
    EXPECT_TRUE(talk.session->idle());
    std::string seen = head->has_rows ? "C" : "o";
    Bytes row;
    while (reader.in_rows()) {
      const RowStep step = reader.next_row(row);
      if (step == RowStep::row) seen += static_cast<char>(row[1]);
      if (step == RowStep::end) seen += "e";
      if (step == RowStep::failed) seen += "!" + std::to_string(reader.take_failure().server_code);
    }
    if (reader.has_more_results()) seen += read_all(reader);
    EXPECT_EQ(seen, c.seen);
  }
}

TEST(Session, DrainLeavesACleanWireAfterAnAnswerAbandonedAnywhere) {
  for (const AnswerCase& c : answers()) {
    SCOPED_TRACE(c.name);
    for (int rows_read = 0; rows_read < 3; ++rows_read) {
      Conversation talk(c.script + answer({kOk}), c.capabilities);
      ASSERT_TRUE(talk.query("q").ok());
      Answer reader(*talk.session, Encoding::text, 1 << 20);
      ASSERT_TRUE(reader.next_result(nullptr).ok());
      Bytes row;
      for (int i = 0; i < rows_read && reader.in_rows(); ++i) (void)reader.next_row(row);
      auto drained = talk.session->drain();
      ASSERT_TRUE(drained.ok());
      EXPECT_TRUE(*drained);
      EXPECT_TRUE(talk.session->run("next").ok());
    }
  }
}

TEST(Session, DrainStopsAtItsLimitAndGoesOnLater) {
  std::vector<Packet> payloads{kOne, int_column('a'), kEof};
  for (int i = 0; i < 100; ++i) payloads.push_back(text_row('x'));
  payloads.push_back(kEof);
  Conversation talk(answer(payloads));
  ASSERT_TRUE(talk.query("q").ok());
  ASSERT_TRUE(talk.session->next_result(nullptr).ok());
  EXPECT_FALSE(*talk.session->drain(10));
  EXPECT_FALSE(talk.session->idle());
  EXPECT_TRUE(*talk.session->drain());
  EXPECT_TRUE(talk.session->idle());
}

// The last EOF of a prepare's answer comes in a segment of its own, or in two: no client may leave it for the next command.
TEST(Session, PrepareReadsItsLastEofHoweverItIsCut) {
  const Packet script = answer({kPrepareOk, int_column('?'), kEof, int_column('a'), kEof}) + answer({kOk});
  at_every_cut(script, [&](std::size_t cut) {
    Conversation talk(script, 0, cut);
    write_prepare(talk.session->begin_command(), "select ?");
    talk.session->end_command();
    ASSERT_TRUE(talk.session->send().ok());
    auto prepared = talk.session->read_prepare();
    ASSERT_TRUE(prepared.ok());
    EXPECT_EQ(prepared->id, 7u);
    EXPECT_EQ(prepared->columns->size(), 1u);
    EXPECT_TRUE(talk.session->idle());
    EXPECT_TRUE(talk.session->run("next").ok());
  });
}

TEST(Session, PrepareWithoutEofsReadsJustTheDefinitions) {
  const Packet script = answer({kPrepareOk, int_column('?'), int_column('a')}) + answer({kOk});
  at_every_cut(script, [&](std::size_t cut) {
    Conversation talk(script, capability::kDeprecateEof, cut);
    write_prepare(talk.session->begin_command(), "select ?");
    talk.session->end_command();
    ASSERT_TRUE(talk.session->send().ok());
    ASSERT_TRUE(talk.session->read_prepare().ok());
    EXPECT_TRUE(talk.session->run("next").ok());
  });
}

// MariaDB leaves definitions out from the first execution on; the prepare's are the ones to use.
TEST(Session, OmittedDefinitionsAreThoseOfThePrepare) {
  const Packet row{0, 0, 5, 0, 0, 0};
  const Packet script =
      answer({kPrepareOk, int_column('?'), kEof, int_column('a'), kEof}) + answer({kOneOmitted, kEof, row, kEof});
  Conversation talk(script, capability::kMariaCacheMetadata);
  write_prepare(talk.session->begin_command(), "select ?");
  talk.session->end_command();
  ASSERT_TRUE(talk.session->send().ok());
  auto prepared = talk.session->read_prepare();
  ASSERT_TRUE(prepared.ok());
  ASSERT_TRUE(talk.query("stands for the execution").ok());
  auto head = talk.session->next_result(prepared->columns);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->columns, prepared->columns);
  Bytes read;
  EXPECT_EQ(talk.session->next_row(read), RowStep::row);
  EXPECT_EQ(talk.session->next_row(read), RowStep::end);
}

TEST(Session, OmittedDefinitionsThatWereNeverSentEndTheSession) {
  Conversation talk(answer({kOneOmitted, kEof}), capability::kMariaCacheMetadata);
  ASSERT_TRUE(talk.query("q").ok());
  auto head = talk.session->next_result(nullptr);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.failure().errc, Errc::malformed);
  EXPECT_TRUE(talk.session->dead());
  EXPECT_TRUE(talk.stream->interrupted);
}

TEST(Session, UnchangedDefinitionsKeepTheirPointer) {
  const Packet rows = answer({kOne, int_column('a'), kEof, text_row('1'), kEof});
  Conversation talk(rows + rows + answer({kOne, int_column('b'), kEof, kEof}));
  ColumnSetPtr known;
  std::vector<ColumnSetPtr> seen;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(talk.query("q").ok());
    auto head = talk.session->next_result(known);
    ASSERT_TRUE(head.ok());
    known = head->columns;
    seen.push_back(known);
    ASSERT_TRUE(talk.session->drain().ok());
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_NE(seen[1], seen[2]);
}

TEST(Session, ChangedDefinitionAmongUnchangedOnesIsTakenWhereverTheAnswerIsCut) {
  const auto result = [](std::string_view names) {
    std::vector<Packet> packets{{static_cast<std::uint8_t>(names.size())}};
    for (const char name : names) packets.push_back(int_column(name));
    packets.insert(packets.end(), {text_row('1'), kOkEnd});
    return answer(packets);
  };
  Conversation before(result("abc"), kNoEofs);
  ASSERT_TRUE(before.query("q").ok());
  const ColumnSetPtr known = before.session->next_result(nullptr)->columns;
  for (const std::string_view names : {"abc", "xbc", "axc", "abx", "ab", "abcd"}) {
    at_every_cut(result(names), [&](std::size_t cut) {
      Conversation talk(result(names), kNoEofs, cut);
      ASSERT_TRUE(talk.query("q").ok());
      auto head = talk.session->next_result(known);
      ASSERT_TRUE(head.ok());
      EXPECT_EQ(head->columns == known, names == "abc");
      std::string seen;
      for (const Column& column : head->columns->columns()) seen += column.name;
      EXPECT_EQ(seen, names);
      Bytes row;
      EXPECT_EQ(talk.session->next_row(row), RowStep::row);
      EXPECT_EQ(talk.session->next_row(row), RowStep::end);
    });
  }
}

TEST(Session, WordsAboutAResultOutliveTheirPacketAndAParkedAnswersNextCommand) {
  const Packet words{0, 1, 0, 2, 0, 0, 0, 4, 'd', 'o', 'n', 'e'}, others{0, 1, 0, 2, 0, 0, 0, 4, 'b', 'u', 's', 'y'};
  Conversation talk(answer({kOne, int_column('a'), kEof, text_row('1'), kEofMore, words}) + answer({others}));
  ASSERT_TRUE(talk.query("q").ok());
  Answer parked(*talk.session, Encoding::text, 1u << 20);
  ASSERT_TRUE(parked.next_result(nullptr).ok());
  ASSERT_TRUE(parked.park().ok());
  ASSERT_TRUE(talk.query("another").ok());
  const auto live = talk.session->next_result(nullptr);
  ASSERT_TRUE(live.ok());
  EXPECT_EQ(live.value().info, "busy");
  Bytes row;
  EXPECT_EQ(parked.next_row(row), RowStep::row);
  EXPECT_EQ(parked.next_row(row), RowStep::end);
  const auto second = parked.next_result(nullptr);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second.value().info, "done");
}

TEST(Session, PrepareAndExecuteInOneWriteOweTwoAnswersEvenWhenBothFail) {
  Conversation talk(answer({kDeadlock}) + answer({kDeadlock}) + answer({kOk}));
  write_prepare(talk.session->begin_command(), "select");
  talk.session->end_command();
  write_execute_head(talk.session->begin_command(), {.statement_id = kLastPrepared});
  talk.session->end_command();
  ASSERT_TRUE(talk.session->send().ok());
  EXPECT_FALSE(talk.session->read_prepare().ok());
  EXPECT_FALSE(talk.session->idle());
  EXPECT_TRUE(*talk.session->drain());
  EXPECT_TRUE(talk.session->run("next").ok());
}

// As when commands are sent ahead: some of the answers awaited may have come with those before them.
TEST(Session, AwaitedAnswersAreReadHoweverManyOfThemHaveArrived) {
  const Packet ok = answer({kOk});
  at_every_cut(ok + ok + ok + ok, [&](std::size_t cut) {
    Conversation talk(ok + ok + ok + ok, 0, cut);
    for (int i = 0; i < 4; ++i) talk.session->queue_query("q");
    ASSERT_TRUE(talk.session->send().ok());
    EXPECT_TRUE(talk.session->next_result(nullptr).ok());
    talk.session->await_answers(3);
    for (int i = 0; i < 3; ++i) {
      auto result = talk.session->next_result(nullptr);
      ASSERT_TRUE(result.ok()) << result.failure().message;
    }
    EXPECT_TRUE(talk.session->idle());
  });
}

TEST(Session, ServersPartingWordsAreTheReasonOfTheLostConnection) {
  Conversation talk(answer({kIdleTooLong}, 0));
  ASSERT_TRUE(talk.query("q").ok());
  auto head = talk.session->next_result(nullptr);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.failure().errc, Errc::connection_lost);
  EXPECT_EQ(head.failure().server_code, 4031);
  EXPECT_EQ(head.failure().message, "idle");
  EXPECT_TRUE(talk.session->dead());
}

TEST(Session, WrongSequenceNumberIsFatal) {
  Conversation talk(answer({kOk}, 2));
  ASSERT_TRUE(talk.query("q").ok());
  EXPECT_EQ(talk.session->next_result(nullptr).failure().errc, Errc::malformed);
  EXPECT_EQ(talk.query("again").failure().errc, Errc::session_dead);
}

TEST(Session, ConnectionLostAnywhereIsNeverTheEndOfTheRows) {
  const Packet script = answers()[1].script;
  for (std::size_t size = 0; size < script.size(); ++size) {
    SCOPED_TRACE("lost after " + std::to_string(size));
    Conversation talk(Packet(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_TRUE(talk.query("q").ok());
    Answer reader(*talk.session, Encoding::text, 1 << 20);
    const std::string seen = read_all(reader);
    EXPECT_EQ(seen.back(), '0') << seen;  // "!0": a failure of ours
    EXPECT_TRUE(talk.session->dead());
  }
}

TEST(Session, PassedDeadlineLosesNothing) {
  const Packet script = answers()[0].script;
  for (std::size_t silent = 1; silent < script.size(); ++silent) {
    SCOPED_TRACE("silent from " + std::to_string(silent));
    Conversation talk(script, 0, SIZE_MAX, silent);
    ASSERT_TRUE(talk.query("q").ok());
    talk.session->set_command_deadline(Clock::now() + std::chrono::hours(1));
    int deadlines = 0;
    std::string seen;
    auto head = talk.session->next_result(nullptr);
    if (!head.ok()) {
      EXPECT_EQ(head.failure().errc, Errc::deadline_passed);
      ++deadlines;
      EXPECT_TRUE(*talk.session->drain());
    } else {
      Bytes row;
      for (RowStep step; (step = talk.session->next_row(row)) != RowStep::end;) {
        if (step == RowStep::row) {
          seen += static_cast<char>(row[1]);
        } else {
          ASSERT_EQ(talk.session->take_failure().errc, Errc::deadline_passed);
          ++deadlines;
        }
      }
      EXPECT_EQ(seen, "12");
    }
    EXPECT_EQ(deadlines, 1);
    EXPECT_TRUE(talk.session->idle());
  }
}

TEST(Session, RefusedLocalFileGetsAnEmptyPacketAndTheAnswerIsReadToItsEnd) {
  Conversation talk(answer({Packet{0xfb, '/', 'e', 't', 'c'}}) + answer({kOk}, 3) + answer({kOk}));
  ASSERT_TRUE(talk.query("q").ok());
  auto head = talk.session->next_result(nullptr);
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.failure().errc, Errc::local_infile_refused);
  const Packet& written = talk.stream->written;
  EXPECT_EQ(Packet(written.end() - 4, written.end()), (Packet{0, 0, 0, 2}));
  EXPECT_TRUE(talk.session->run("next").ok());
}

// A file with this content, and the conversation of a statement that may send it.
struct FileConversation : Conversation {
  explicit FileConversation(const std::string& content, const Packet& after_the_file)
      : Conversation(answer({request()}) + after_the_file) {
    std::ofstream(name()) << content;
    EXPECT_TRUE(query("LOAD").ok());
    session->permit_local_file({.name = name(), .folder = {}});
    stream->written.clear();
  }
  ~FileConversation() { std::filesystem::remove(name()); }

  static std::string name() {
    return (std::filesystem::temp_directory_path() / ("selkie-load-" + std::to_string(::getpid()))).string();
  }
  static Packet request() {
    const std::string path = name();
    Packet packet{0xfb};
    packet.insert(packet.end(), path.begin(), path.end());
    return packet;
  }
};

TEST(Session, PermittedLocalFileIsSentInNumberedPiecesWithAnEmptyPacketBehindIt) {
  std::string content(600'000, 'x');
  content.front() = 'a', content.back() = 'z';
  FileConversation talk(content, answer({kOk}, 6));  // the request is 1, three pieces and the empty packet are 2 to 5
  auto head = talk.session->next_result(nullptr);
  ASSERT_TRUE(head.ok()) << head.failure().message;
  std::string sent;
  std::uint8_t number = 2;
  const Packet& written = talk.stream->written;
  for (std::size_t at = 0; at < written.size(); ++number) {
    const auto size = static_cast<std::size_t>(load_little_endian(written.data() + at, 3));
    EXPECT_EQ(written[at + 3], number);
    sent += as_text(Bytes(written).subspan(at + 4, size));
    at += 4 + size;
    EXPECT_EQ(size == 0, at == written.size());
  }
  EXPECT_TRUE(sent == content);
  EXPECT_EQ(number, 6);
  EXPECT_TRUE(talk.session->idle());
}

TEST(Session, PermissionForALocalFileEndsWithItsCommandAndWithItsFirstUse) {
  FileConversation talk("secret", answer({kOk}, 4) + answer({FileConversation::request()}) + answer({kOk}, 3));
  EXPECT_TRUE(talk.session->next_result(nullptr).ok());
  talk.stream->written.clear();
  EXPECT_EQ(talk.session->run("SELECT 1").failure().errc, Errc::local_infile_refused);
  EXPECT_EQ(as_text(talk.stream->written).find("secret"), std::string::npos);
  EXPECT_TRUE(talk.session->idle());
}

TEST(Session, ServersErrorAboutALocalFileIsItsAnswer) {
  FileConversation talk("1", answer({kDeadlock}, 4) + answer({kOk}));
  EXPECT_EQ(talk.session->next_result(nullptr).failure().server_code, 1213);
  EXPECT_TRUE(talk.session->run("next").ok());
}

// Each request would be answered, and nothing would ever end.
TEST(Session, ServerThatAsksForALocalFileAgainInsteadOfEndingTheResultLeavesTheProtocol) {
  FileConversation talk("1", answer({FileConversation::request()}, 4));
  EXPECT_EQ(talk.session->next_result(nullptr).failure().errc, Errc::malformed);
  EXPECT_TRUE(talk.session->dead());
}

TEST(Session, ServerThatAsksForALocalFileInEachOfEndlessResultsIsReadWithoutGrowing) {
  Packet script = answer({Packet{0xfb, 'x'}});
  Conversation talk(script);
  std::uint8_t number = 3;
  for (int i = 0; i < 20'000; ++i, number = static_cast<std::uint8_t>(number + 3)) {
    const Packet next = answer({kOkMore, Packet{0xfb, 'x'}}, number);
    talk.stream->script.insert(talk.stream->script.end(), next.begin(), next.end());
  }
  const Packet last = answer({kOk}, number);
  talk.stream->script.insert(talk.stream->script.end(), last.begin(), last.end());
  ASSERT_TRUE(talk.query("q").ok());
  EXPECT_EQ(talk.session->next_result(nullptr).failure().errc, Errc::local_infile_refused);
  EXPECT_TRUE(talk.session->idle());
}

// An early end would be taken for the whole file.
TEST(Session, DeadlineInTheMiddleOfALocalFileEndsTheSession) {
  FileConversation talk(std::string(600'000, 'x'), answer({kOk}, 4));
  talk.session->set_command_deadline(Clock::now() - std::chrono::seconds(1));
  const auto head = talk.session->next_result(nullptr);
  EXPECT_EQ(head.failure().errc, Errc::deadline_passed);
  EXPECT_TRUE(talk.session->dead());
  EXPECT_TRUE(talk.stream->written.empty());
}

TEST(Session, ClosedStatementGoesOutWithTheNextCommandAndIsNotWaitedFor) {
  Conversation talk(answer({kOk}));
  talk.session->close_statement(7);
  EXPECT_TRUE(talk.stream->written.empty());
  EXPECT_TRUE(talk.session->run("x").ok());
  EXPECT_EQ(talk.stream->written, (Packet{5, 0, 0, 0, 0x19, 7, 0, 0, 0, 2, 0, 0, 0, 0x03, 'x'}));
  EXPECT_TRUE(talk.session->idle());
}

TEST(Session, SeveralStatementsInOneRoundTripReportTheFirstFailure) {
  Conversation talk(answer({kOk}) + answer({kDeadlock}) + answer({kOk}));
  const std::vector<std::string> statements{"a", "b", "c"};
  const Status status = talk.session->run_all(statements);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().server_code, 1213);
  EXPECT_TRUE(talk.session->idle());
}

// An OK that tells of a changed schema, as the server tracks it: kSessionStateChanged, one entry of kind 1.
const Packet kOkSchema{0, 0, 0, 2, 0x40, 0, 0, 0, 5, 1, 3, 2, 'd', 'b'};

TEST(Session, SchemaIsWhatTheServerOrTheLastChangeSaid) {
  Conversation talk(answer({kOkSchema}) + answer({kOk}) + answer({kDeadlock}), capability::kSessionTrack);
  EXPECT_FALSE(talk.session->schema());
  ASSERT_TRUE(talk.session->run("USE db").ok());
  EXPECT_EQ(talk.session->schema(), "db");
  const std::uint64_t context = talk.session->context();
  ASSERT_TRUE(talk.session->change_schema("other").ok());
  EXPECT_EQ(talk.session->schema(), "other");
  EXPECT_NE(talk.session->context(), context);  // what was prepared before may mean other tables now
  EXPECT_FALSE(talk.session->change_schema("nowhere").ok());
  EXPECT_EQ(talk.session->schema(), "other");
}

TEST(Session, PingAndResetAreCommandsWithoutArguments) {
  Conversation talk(answer({kOk}) + answer({kOk}));
  ASSERT_TRUE(talk.session->ping().ok());
  ASSERT_TRUE(talk.session->reset().ok());
  EXPECT_EQ(talk.stream->written, (Packet{1, 0, 0, 0, 0x0e, 1, 0, 0, 0, 0x1f}));
  EXPECT_TRUE(talk.session->idle());
}

}  // namespace
}  // namespace selkie::protocol
