#include "protocol/response.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace selkie::protocol {
namespace {

using Packet = std::vector<std::uint8_t>;

const Packet kOneColumn{0x01}, kOneColumnSent{0x01, 0x01}, kOneColumnOmitted{0x01, 0x00};
const Packet kDefinition{0x03, 'd', 'e', 'f'}, kRow{0x01, 'x'}, kOk{0x00, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00};
const Packet kEof{0xfe, 0x00, 0x00, 0x02, 0x00}, kEofMore{0xfe, 0x00, 0x00, 0x0a, 0x00};
const Packet kOkEnd{0xfe, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00}, kOkEndMore{0xfe, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x00};
const Packet kEofOutParams{0xfe, 0x00, 0x00, 0x0a, 0x10};
const Packet kInterrupted{0xff, 0x25, 0x05, '#', '7', '0', '1', '0', '0', 'k', 'i', 'l', 'l'};  // 1317

// One letter per event: C(olumns) c (omitted) d(efinition) r(ow) e(nd) + (end, more follow) f(ile) !(error) X (broken).
std::string events(ResponseRules rules, const std::vector<Packet>& packets) {
  ResponseMachine machine(rules);
  std::string out;
  for (const Packet& packet : packets) {
    const Event event = machine.on_packet(packet);
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

TEST(ResponseMachine, RowsEndWithEofOrWithOkAsNegotiated) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kRow, kEof}), "Cdrre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kRow, kOkEnd}), "Cdrre.");
}

TEST(ResponseMachine, EofStillComesWhenDefinitionsAreOmitted) {
  EXPECT_EQ(events(kClassicCached, {kOneColumnOmitted, kEof, kRow, kEof}), "cre.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnOmitted, kRow, kOkEnd}), "cre.");
  EXPECT_EQ(events(kDeprecatedCached, {kOneColumnSent, kDefinition, kRow, kOkEnd}), "Cdre.");
}

TEST(ResponseMachine, CallEndsOnlyWithItsTrailingOk) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kEofMore}), "Cdr+...");
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, kRow, kEofMore, kOk}), "Cdr+e.");
}

// As MySQL 9.7 sends it without EOF deprecation: the last EOF no longer says that the CALL's OK follows.
TEST(ResponseMachine, OutParameterResultIsFollowedByOk) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEofOutParams, kRow, kEof, kOk}), "Cdr+e.");
}

TEST(ResponseMachine, ErrorInAnyPlaceEndsTheAnswer) {
  EXPECT_EQ(events(kDeprecated, {kInterrupted}), "!.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kRow, kInterrupted}), "Cdr!.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, kOkEndMore, kInterrupted}), "Cd+!.");
}

TEST(ResponseMachine, RowOfSixteenMebibytesStartingWithFeIsARow) {
  Packet big(0x1000009, 'z');
  big[0] = 0xfe;
  EXPECT_EQ(events(kClassic, {kOneColumn, kDefinition, kEof, big, kEof}), "Cdre.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kDefinition, big, kOkEnd}), "Cdre.");
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
      const Event event = machine.on_packet(Bytes(whole).first(size));
      const bool error_text_cut = whole == kInterrupted && size >= 3;
      EXPECT_EQ(std::holds_alternative<event::Broken>(event), !error_text_cut) << "cut at " << size;
    }
  }
}

TEST(ResponseMachine, NothingMayFollowTheEnd) { EXPECT_EQ(events(kClassic, {kOk, kOk}), "eX."); }

TEST(ResponseMachine, ImpossibleColumnCountIsRefused) { EXPECT_EQ(events(kClassic, {{0xfe, 0, 0, 0, 0, 0, 1, 0, 0}}), "X."); }

}  // namespace
}  // namespace selkie::protocol
