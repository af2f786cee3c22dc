#include "protocol/response.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "allocations.h"
#include "golden.h"
#include "protocol/packets.h"

namespace selkie::protocol {
namespace {

const Packet kOneColumn = hex("01"), kOneColumnSent = hex("01 01"), kOneColumnOmitted = hex("01 00");
const Packet kDefinition = hex("03646566 00 00 00 0131 00 0c 3f00 02000000 08 8100 00 0000"), kRow = hex("01 78");
const Packet kOk = hex("00 01 00 0200 0000"), kOkMore = hex("00 01 00 0a00 0000");
const Packet kEof = hex("fe 0000 0200"), kEofMore = hex("fe 0000 0a00"), kEofOutParams = hex("fe 0000 0a10");
const Packet kOkEnd = hex("fe 00 00 0200 0000"), kOkEndMore = hex("fe 00 00 0a00 0000"),
             kOkEndOutParams = hex("fe 00 00 0a10 0000");
const Packet kInterrupted = hex("ff 2505 23 3730313030 6b696c6c");  // 1317
const Packet kProgress = hex("ff ffff 01 01 02 000000 00");

// One letter per event: C(olumns) c (omitted) d(efinition) r(ow) e(nd) + (end, more follow) f(ile) !(error) X (broken).
std::string events(ResponseRules rules, const std::vector<Packet>& packets) {
  ResponseMachine machine(rules);
  std::string out;
  for (const Packet& packet : packets) {
    const bool taken_as_row = machine.is_row(packet);
    const Event event = machine.on_packet(packet);
    // is_row() may leave a row to on_packet, never the reverse.
    EXPECT_TRUE(!taken_as_row || std::holds_alternative<event::Row>(event)) << out;
    if (const auto* begin = std::get_if<event::ColumnsBegin>(&event)) out += begin->sent ? 'C' : 'c';
    if (std::holds_alternative<event::ColumnDef>(event)) out += 'd';
    if (std::holds_alternative<event::Row>(event)) out += 'r';
    if (const auto* end = std::get_if<event::End>(&event)) out += end->more ? '+' : 'e';
    if (std::holds_alternative<event::LocalInfile>(event)) out += 'f';
    if (std::holds_alternative<event::ServerError>(event)) out += '!';
    if (std::holds_alternative<event::Broken>(event)) out += 'X';
  }
  return out + (machine.finished() ? "." : "...");
}

constexpr ResponseRules kClassic{}, kDeprecated{.deprecate_eof = true};
constexpr ResponseRules kClassicCached{.metadata_flag = true}, kDeprecatedCached{.deprecate_eof = true, .metadata_flag = true};

TEST(ResponseMachine, StatementWithoutRowsIsOnePacket) {
  EXPECT_EQ(events(kClassic, {kOk}), "e.");
  EXPECT_EQ(events(kDeprecated, {kOk}), "e.");
}

TEST(ResponseMachine, RowsEndWithEofOrWithOkAsNegotiated) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kRow, kEof}), "Cdrre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kRow, kOkEnd}), "Cdrre.");
}

TEST(ResponseMachine, ResultWithoutRows) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kEof}), "Cde.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kOkEnd}), "Cde.");
}

// The answer is over when the grammar says so, however the packets happen to arrive.
TEST(ResponseMachine, IsFinishedByTheLastPacketAndNotBefore) {
  const std::vector<Packet> classic = {kOneColumn, kDefinition, kEof,        kRow, kEofMore,
                                       kOkMore,    kOneColumn,  kDefinition, kEof, kEof};
  const std::vector<Packet> deprecated = {kOneColumn, kDefinition, kRow, kOkEndMore, kOkMore, kOneColumn, kDefinition, kOkEnd};
  for (const auto& [rules, packets] : {std::pair(kClassic, classic), std::pair(kDeprecated, deprecated)}) {
    for (std::size_t count = 0; count < packets.size(); ++count) {
      const std::string seen = events(rules, {packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count)});
      EXPECT_EQ(seen.substr(seen.size() - 3), "...") << count;
      EXPECT_EQ(seen.find('X'), std::string::npos) << count;
    }
  }
  EXPECT_EQ(events(kClassic, classic), "Cdr++Cde.");
  EXPECT_EQ(events(kDeprecated, deprecated), "Cdr++Cde.");
}

TEST(ResponseMachine, EofStillComesWhenDefinitionsAreOmitted) {
  EXPECT_EQ(events(kClassicCached, {kOneColumnOmitted, kEof, kRow, kEof}), "cre.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnOmitted, kRow, kOkEnd}), "cre.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnSent, kDefinition, kRow, kOkEnd}), "Cdre.");
}

TEST(ResponseMachine, MetadataFlagIsInTheHeaderOfEveryResult) {
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnSent, kDefinition, kRow, kOkEndMore, kOneColumnOmitted, kRow, kOkEnd}),
            "Cdr+cre.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumn}), "X.");  // agreed on, and missing
  EXPECT_EQ(events(kDeprecated, {kOneColumnSent}), "X.");    // not agreed on, and there
}

TEST(ResponseMachine, CallEndsOnlyWithItsTrailingOk) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kEofMore}), "Cdr+...");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kEofMore, kOk}), "Cdr+e.");
}

TEST(ResponseMachine, MoreResultsMayFollowAStatementWithoutRows) {
  EXPECT_EQ(events(kClassic, {kOkMore, kOkMore, kOk}), "++e.");
  EXPECT_EQ(events(kDeprecated, {kOkMore, kOneColumn, kDefinition, kOkEndMore, kOk}), "+Cd+e.");
}

// As MySQL 9.7 sends it without EOF deprecation: the last EOF no longer says that the CALL's OK follows. MariaDB repeats the
// status, and with EOF deprecation both say it at the end only.
TEST(ResponseMachine, OutParameterResultIsFollowedByOk) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEofOutParams, kRow, kEof, kOk}), "Cdr+e.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEofOutParams, kRow, kEofOutParams, kOk}), "Cdr+e.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kOkEndOutParams, kOk}), "Cdr+e.");
}

TEST(ResponseMachine, OnlyTheOutParametersAreMarkedAsSuch) {
  ResponseMachine machine(kClassic);
  std::vector<bool> marks;
  for (const Packet& packet :
       {kOneColumn, kDefinition, kEofMore, kRow, kEofMore, kOneColumn, kDefinition, kEofOutParams, kRow, kEof, kOk}) {
    const Event event = machine.on_packet(packet);
    if (const auto* end = std::get_if<event::End>(&event)) marks.push_back(end->out_params);
  }
  EXPECT_EQ(marks, (std::vector<bool>{false, true, false}));
}

TEST(ResponseMachine, ErrorInAnyPlaceEndsTheAnswer) {
  const std::vector<Packet> classic = {kOneColumn, kDefinition, kEof, kRow, kEofMore, kOneColumn, kDefinition, kEof, kRow};
  const std::vector<Packet> deprecated = {kOneColumn, kDefinition, kRow, kRow, kOkEndMore, kOneColumn, kDefinition};
  for (const auto& [rules, packets] : {std::pair(kClassic, classic), std::pair(kDeprecated, deprecated)}) {
    for (std::size_t count = 0; count <= packets.size(); ++count) {
      std::vector<Packet> script(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count));
      script.push_back(kInterrupted);
      const std::string seen = events(rules, script);
      EXPECT_EQ(seen.substr(seen.size() - 2), "!.") << count << " " << seen;
    }
  }
}

TEST(ResponseMachine, ProgressReportNobodyAskedForBreaks) {
  EXPECT_EQ(events(kDeprecated, {kProgress}), "X.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kProgress}), "CdrX.");
}

TEST(ResponseMachine, RowOfSixteenMebibytesStartingWithFeIsARow) {
  Packet big(0x1000009, 'z');
  big[0] = 0xfe;
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, big, kEof}), "Cdre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, big, big, kOkEnd}), "Cdrre.");
}

// With a text of any length, up to one byte short of a full piece, it still is the end.
TEST(ResponseMachine, LongOkPacketStillEndsTheRows) {
  Packet end = kOkEnd + hex("fd f0fff0");
  end.resize(0xfffffe, 'i');
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, end}), "Cdre.");
}

// An empty or NULL first cell looks like an OK or a file request, and a binary row always looks like an OK.
TEST(ResponseMachine, RowsStartWithAnyByteButFeAndFf) {
  for (int first = 0; first < 0xfe; ++first) {
    const Packet row = {static_cast<std::uint8_t>(first), 0, 0, 2, 0, 0, 0};
    EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, row, row, kEof}), "Cdrre.") << first;
    EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, row, row, kOkEnd}), "Cdrre.") << first;
  }
}

// Query caches and proxies replay what was made for a client of the other kind.
TEST(ResponseMachine, EofsAreTakenThoughDeprecated) {
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kEof, kRow, kEof}), "Cdre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kEof, kEof}), "Cde.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kEof}), "Cdre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kEofMore, kOk}), "Cdr+e.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnOmitted, kEof, kRow, kEof}), "cre.");
}

TEST(ResponseMachine, OkEndsRowsThoughEofsAreInUse) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kOkEnd}), "Cdre.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kRow}), "CdX.");  // but the EOF after definitions cannot be missed
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kOkEnd}), "CdX.");
}

TEST(ResponseMachine, EofAndOkHaveStatusAndWarningsInOppositeOrder) {
  for (const auto& [rules, packets] :
       {std::pair(kClassic, std::vector{kOneColumn, kDefinition, kEof, hex("fe ffff 0200")}),
        std::pair(kDeprecated, std::vector{kOneColumn, kDefinition, hex("fe 00 00 0200 ffff")})}) {
    ResponseMachine machine(rules);
    event::End end{};
    for (const Packet& packet : packets) {
      const Event event = machine.on_packet(packet);
      if (const auto* found = std::get_if<event::End>(&event)) end = *found;
    }
    EXPECT_EQ(end.status, 2);
    EXPECT_EQ(end.warnings, 65535);
    EXPECT_TRUE(end.had_rows);
  }
}

TEST(ResponseMachine, EndTellsCountsTextAndSessionChanges) {
  ResponseMachine machine({.session_track = true});
  const Packet packet = hex("00 fe 0100000000000080 fe feffffffffffffff 0240 0300 02 6869 0a 01050474657374 020131");
  const Event event = machine.on_packet(packet);
  const auto& end = std::get<event::End>(event);
  EXPECT_EQ(end.affected_rows, (1ull << 63) + 1);
  EXPECT_EQ(end.insert_id, ~0ull - 1);
  EXPECT_EQ(end.warnings, 3);
  EXPECT_EQ(end.info, "hi");
  EXPECT_FALSE(end.had_rows || end.out_params || end.more);
  SessionChanges changes(end.session_changes);
  EXPECT_EQ(changes.next()->value, "test");
}

TEST(ResponseMachine, DamagedTrackingDataDoesNotBreakTheAnswer) {
  ResponseMachine machine({.deprecate_eof = true, .session_track = true});
  const Packet packet = hex("00 05 00 0a40 0000 00 ff 00");
  const Event event = machine.on_packet(packet);
  EXPECT_EQ(std::get<event::End>(event).affected_rows, 5u);
  EXPECT_TRUE(std::get<event::End>(event).more);
}

TEST(ResponseMachine, FileRequestLeavesTheAnswerOpen) {
  EXPECT_EQ(events(kClassic, {hex("fb 2f746d702f78"), kInterrupted}), "f!.");
  EXPECT_EQ(events(kDeprecated, {hex("fb"), kOk}), "fe.");
  EXPECT_EQ(events(kDeprecated, {kOkMore, hex("fb 78"), kOkMore, kOk}), "+f+e.");  // in a later statement of a batch
  ResponseMachine machine(kClassic);
  const Packet request = hex("fb 2f746d702f78");
  const Event event = machine.on_packet(request);
  EXPECT_EQ(std::get<event::LocalInfile>(event).name, "/tmp/x");
}

TEST(ResponseMachine, DefinitionsAreCounted) {
  std::vector<Packet> packets = {hex("fd 701101")};  // 70,000
  packets.insert(packets.end(), 70'000, kDefinition);
  packets.push_back(kRow);
  EXPECT_EQ(events(kDeprecated, packets), "C" + std::string(70'000, 'd') + "r...");
}

TEST(ResponseMachine, FewerDefinitionsThanAnnouncedBreak) {
  EXPECT_EQ(events(kClassic, {hex("02"), kDefinition, kEof}), "CdX.");
  EXPECT_EQ(events(kDeprecated, {hex("02"), kDefinition, kOkEnd}), "CdX.");
}

TEST(ResponseMachine, EmptyPacketBreaksInAnyPlace) {
  EXPECT_EQ(events(kClassic, {{}}), "X.");
  EXPECT_EQ(events(kClassic, {kOneColumn, {}}), "CX.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, {}}), "CdX.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, {}}), "CdX.");
}

TEST(ResponseMachine, ErrorKeepsTheServersStateCodeAndWords) {
  ResponseMachine machine(kClassic);
  const Event event = machine.on_packet(kInterrupted);
  const auto& error = std::get<event::ServerError>(event);
  EXPECT_EQ(error.code, 1317);
  EXPECT_STREQ(error.state.data(), "70100");
  EXPECT_EQ(error.text, "kill");
}

// Every packet cut short at every length either is a shorter valid packet or breaks the machine; it never reads outside.
TEST(ResponseMachine, TruncatedTwins) {
  for (const Packet& whole : {kOk, kInterrupted, kOneColumnSent}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      ResponseMachine machine(kDeprecatedCached);
      const Packet twin = cut(whole, size);
      const Event event = machine.on_packet(twin);
      const bool error_text_cut = whole == kInterrupted && size >= 3;
      EXPECT_EQ(std::holds_alternative<event::Broken>(event), !error_text_cut) << "cut at " << size;
    }
  }
  for (const Packet& whole : {kEof, kOkEnd}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const bool shorter_end = size == kEof.size();  // an OK cut to five bytes cannot be told from an EOF
      for (const ResponseRules rules : {kClassic, kDeprecated}) {
        const std::vector<Packet> head =
            rules.deprecate_eof ? std::vector{kOneColumn, kDefinition, kRow} : std::vector{kOneColumn, kDefinition, kEof, kRow};
        std::vector<Packet> packets = head;
        packets.push_back(cut(whole, size));
        EXPECT_EQ(events(rules, packets), std::string("Cdr") + (shorter_end ? "e." : "X.")) << size;
      }
    }
  }
}

TEST(ResponseMachine, NothingMayFollowTheEnd) {
  EXPECT_EQ(events(kClassic, {kOk, kOk}), "eX.");
  EXPECT_EQ(events(kClassic, {kInterrupted, kOk}), "!X.");
  EXPECT_EQ(events(kClassic, {{}, kOk}), "XX.");
}

TEST(ResponseMachine, ImpossibleColumnCountIsRefused) {
  EXPECT_EQ(events(kClassic, {hex("fe 0000000000010000")}), "X.");
  EXPECT_EQ(events(kClassic, {hex("fd 000000")}), "X.");
  EXPECT_EQ(events(kClassic, {hex("fe")}), "X.");
  EXPECT_EQ(events(kClassic, {kEof}), "X.");
}

// A CALL with two results and an OUT parameter, executed as a prepared statement. MariaDB 10.11.19, definitions cached.
TEST(ResponseMachine, CapturedCallOfMariaDb) {
  const Packet one = hex("03646566 00 00 00 0131 00 00 0c 3f00 01000000 03 8100 00 0000");
  EXPECT_EQ(events(kDeprecatedCached, {hex("0101"), one, hex("00 00 01000000"), hex("fe 00 00 0a00 0000"), hex("0201"), one,
                                       one, hex("00 00 02000000 03000000"), hex("fe 00 00 0a00 0000"), hex("0101"), one,
                                       hex("00 00 07000000"), hex("fe 00 00 0a10 0000"), hex("00 00 00 0200 0000")}),
            "Cdr+Cddr+Cdr+e.");
}

// SELECT that fails at its third row. MySQL 9.7.4.
TEST(ResponseMachine, CapturedErrorAfterTwoRows) {
  const Packet error = hex("ff da04 23 3231303030") + packet_of("Subquery returns more than 1 row");
  EXPECT_EQ(events(kDeprecated, {hex("02"), kDefinition, kDefinition, hex("01310131"), hex("01320131"), error}), "Cddrr!.");
}

TEST(ResponseMachine, RowsAllocateNothing) {
  ResponseMachine machine(kDeprecated);
  for (const Packet& packet : {kOneColumn, kDefinition, kRow}) machine.on_packet(packet);
  const std::size_t before = allocations();
  bool all = true;
  for (int i = 0; i < 100; ++i)
    all = all && machine.is_row(kRow) && std::holds_alternative<event::Row>(machine.on_packet(kRow));
  EXPECT_EQ(allocations(), before);
  EXPECT_TRUE(all);
}

}  // namespace
}  // namespace selkie::protocol
