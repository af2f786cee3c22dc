// The answer to COM_STMT_PREPARE as a machine.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "golden.h"
#include "protocol/response.h"

namespace selkie::protocol {
namespace {

const Packet kMarker = hex("03646566 00 00 00 013f 00 0c 3f00 00000000 06 8000 00 0000");  // MariaDB 10.11.19, "?"
const Packet kColumn = hex("03646566 00 00 00 036f6e65 00 0c 3f00 01000000 03 8100 00 0000");
const Packet kEof = hex("fe 0000 0200"), kOkEnd = hex("fe 00 00 0200 0000");
const Packet kSyntaxError = hex("ff 2804 23 3432303030 6e6f");
const Packet kNothing = hex("00 01000000 0000 0000 00 0000"), kOneParameter = hex("00 01000000 0000 0100 00 0000"),
             kOneColumn = hex("00 01000000 0100 0000 00 0000"), kTwoAndTwo = hex("00 01000000 0200 0200 00 0000");

constexpr ResponseRules kClassic{}, kDeprecated{.deprecate_eof = true};
constexpr ResponseRules kEverything{.deprecate_eof = true, .metadata_flag = true, .session_track = true};

// One letter per event: P(repared) p(arameter) c(olumn) -(structure) !(error) X (broken).
std::string events(ResponseRules rules, const std::vector<Packet>& packets) {
  PrepareMachine machine(rules);
  std::string out;
  for (const Packet& packet : packets) {
    const PrepareEvent event = machine.on_packet(packet);
    if (std::holds_alternative<event::None>(event)) out += '-';
    if (std::holds_alternative<event::Prepared>(event)) out += 'P';
    if (std::holds_alternative<event::ParameterDef>(event)) out += 'p';
    if (std::holds_alternative<event::ColumnDef>(event)) out += 'c';
    if (std::holds_alternative<event::ServerError>(event)) out += '!';
    if (std::holds_alternative<event::Broken>(event)) out += 'X';
  }
  return out + (machine.finished() ? "." : "...");
}

TEST(PrepareMachine, WithoutDefinitionsIsOnePacket) {
  EXPECT_EQ(events(kClassic, {kNothing}), "P.");
  EXPECT_EQ(events(kDeprecated, {kNothing}), "P.");
}

TEST(PrepareMachine, EofFollowsTheParameters) {
  EXPECT_EQ(events(kClassic, {kOneParameter, kMarker}), "Pp...");
  EXPECT_EQ(events(kClassic, {kOneParameter, kMarker, kEof}), "Pp-.");
}

TEST(PrepareMachine, EofFollowsTheColumns) {
  EXPECT_EQ(events(kClassic, {kOneColumn, kColumn}), "Pc...");
  EXPECT_EQ(events(kClassic, {kOneColumn, kColumn, kEof}), "Pc-.");
}

TEST(PrepareMachine, EofFollowsEachKindOfDefinition) {
  EXPECT_EQ(events(kClassic, {kTwoAndTwo, kMarker, kMarker, kEof, kColumn, kColumn, kEof}), "Ppp-cc-.");
}

// The last packet may arrive long after the others: nothing but the counts and the agreement says that it will.
TEST(PrepareMachine, IsFinishedByTheLastPacketAndNotBefore) {
  const std::vector<Packet> packets = {kTwoAndTwo, kMarker, kMarker, kEof, kColumn, kColumn, kEof};
  for (std::size_t count = 0; count < packets.size(); ++count) {
    const std::string seen = events(kClassic, {packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count)});
    EXPECT_EQ(seen, std::string("Ppp-cc-").substr(0, count) + "...");
  }
}

TEST(PrepareMachine, DeprecatedEofDoesNotFollowTheParameters) {
  EXPECT_EQ(events(kDeprecated, {kOneParameter, kMarker}), "Pp.");
}

TEST(PrepareMachine, DeprecatedEofDoesNotFollowTheColumns) { EXPECT_EQ(events(kDeprecated, {kOneColumn, kColumn}), "Pc."); }

TEST(PrepareMachine, DeprecatedEofDoesNotStandBetweenParametersAndColumns) {
  EXPECT_EQ(events(kDeprecated, {kTwoAndTwo, kMarker, kMarker, kColumn, kColumn}), "Pppcc.");
  EXPECT_EQ(events(kDeprecated, {kTwoAndTwo, kMarker, kMarker, kEof}), "PppX.");
}

// The flag byte of result headers and session tracking have no place here.
TEST(PrepareMachine, OtherAgreementsDoNotChangeIt) {
  EXPECT_EQ(events(kEverything, {kTwoAndTwo, kMarker, kMarker, kColumn, kColumn}), "Pppcc.");
}

TEST(PrepareMachine, ErrorInAnyPlaceEndsTheAnswer) {
  const std::vector<Packet> packets = {kTwoAndTwo, kMarker, kMarker, kEof, kColumn, kColumn};
  for (std::size_t count = 0; count <= packets.size(); ++count) {
    std::vector<Packet> script(packets.begin(), packets.begin() + static_cast<std::ptrdiff_t>(count));
    script.push_back(kSyntaxError);
    EXPECT_EQ(events(kClassic, script), std::string("Ppp-cc").substr(0, count) + "!.");
  }
}

TEST(PrepareMachine, MissingEofBreaks) {
  EXPECT_EQ(events(kClassic, {kTwoAndTwo, kMarker, kMarker, kColumn}), "PppX.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kColumn, kOkEnd}), "PcX.");
  EXPECT_EQ(events(kClassic, {kOneColumn, kColumn, hex("fe 0000 02")}), "PcX.");
}

TEST(PrepareMachine, FewerDefinitionsThanAnnouncedBreak) {
  EXPECT_EQ(events(kClassic, {kTwoAndTwo, kMarker, kEof}), "PpX.");
  EXPECT_EQ(events(kClassic, {kTwoAndTwo, kMarker, kMarker, kEof, kColumn, kEof}), "Ppp-cX.");
}

TEST(PrepareMachine, NothingMayFollowTheEnd) {
  EXPECT_EQ(events(kClassic, {kNothing, kEof}), "PX.");
  EXPECT_EQ(events(kDeprecated, {kOneColumn, kColumn, kEof}), "PcX.");
  EXPECT_EQ(events(kClassic, {kSyntaxError, kNothing}), "!X.");
}

TEST(PrepareMachine, OtherPacketsInItsPlaceBreak) {
  EXPECT_EQ(events(kClassic, {{}}), "X.");
  EXPECT_EQ(events(kClassic, {hex("01")}), "X.");
  EXPECT_EQ(events(kClassic, {hex("00 00 00 0200 0000")}), "X.");  // an OK
  EXPECT_EQ(events(kClassic, {kEof}), "X.");
  EXPECT_EQ(events(kClassic, {hex("ff ffff 01 01 02 000000 00")}), "X.");
}

TEST(PrepareMachine, TellsIdCountsAndPlaces) {
  PrepareMachine machine(kDeprecated);
  const Packet head = hex("00 04030201 0200 0100 00 0700");
  const auto prepared = std::get<event::Prepared>(machine.on_packet(head));
  EXPECT_EQ(prepared.statement_id, 0x01020304u);
  EXPECT_EQ(prepared.columns, 2);
  EXPECT_EQ(prepared.parameters, 1);
  EXPECT_EQ(prepared.warnings, 7);
  EXPECT_EQ(std::get<event::ParameterDef>(machine.on_packet(kMarker)).index, 0u);
  EXPECT_EQ(std::get<event::ColumnDef>(machine.on_packet(kColumn)).index, 0u);
  const auto last = std::get<event::ColumnDef>(machine.on_packet(kColumn));
  EXPECT_EQ(last.index, 1u);
  EXPECT_EQ(last.packet.data(), kColumn.data());
}

TEST(PrepareMachine, SixtyFiveThousandParametersAreCounted) {
  std::vector<Packet> packets = {hex("00 01000000 0000 ffff 00 0000")};
  packets.insert(packets.end(), 65535, kMarker);
  EXPECT_EQ(events(kDeprecated, packets), "P" + std::string(65535, 'p') + ".");
}

}  // namespace
}  // namespace selkie::protocol
