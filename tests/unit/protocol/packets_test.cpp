#include "protocol/packets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "golden.h"

namespace selkie::protocol {
namespace {

// ---- The greeting. Captured from the server named.

const Packet kGreetingMariaDb1011 = hex(  // MariaDB 10.11.19, Debian 12
    "0a 352e352e352d31302e31312e31392d4d6172696144422d302b64656231327531 00 27000000 6623744437244c34 00 fef7 08 0200 ff81 15"
    "000000000000 1d000000 5d59295f2229497327644772 00 6d7973716c5f6e61746976655f70617373776f7264 00");
const Packet kGreetingMySql97 = hex(  // MySQL 9.7.4
    "0a 392e372e342d32 00 1b000000 12365c21357f6d3a 00 ffff ff 0200 ffdf 15 00000000000000000000 656c0e7c3973683d283d555a 00"
    "63616368696e675f736861325f70617373776f7264 00");

TEST(ParseGreeting, MariaDbLeavesClientMysqlOutAndSaysMoreInTheReservedBytes) {
  const auto greeting = parse_greeting(kGreetingMariaDb1011);
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->offer.version, "5.5.5-10.11.19-MariaDB-0+deb12u1");
  EXPECT_EQ(greeting->offer.capabilities, 0x1d'81ff'f7feu);
  EXPECT_EQ(greeting->connection_id, 39u);
  EXPECT_EQ(greeting->scramble, "f#tD7$L4]Y)_\")Is'dGr");
  EXPECT_EQ(greeting->auth_plugin, "mysql_native_password");
  EXPECT_EQ(greeting->charset, 8);
  EXPECT_EQ(greeting->status, server_status::kAutocommit);
}

TEST(ParseGreeting, MySqlsReservedBytesAreNoCapabilities) {
  auto greeting = parse_greeting(kGreetingMySql97);
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->offer.version, "9.7.4-2");
  EXPECT_EQ(greeting->offer.capabilities, 0xdfffffffu);
  EXPECT_EQ(greeting->auth_plugin, "caching_sha2_password");

  Packet filled = kGreetingMySql97;
  const std::size_t reserved = 1 + 8 + 4 + 8 + 1 + 2 + 1 + 2 + 2 + 1;
  std::fill_n(filled.begin() + reserved, 10, std::uint8_t{0xff});
  greeting = parse_greeting(filled);
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->offer.capabilities, 0xdfffffffu);
}

// A cut greeting is none, apart from three places: where servers before 4.1 end, in front of the scramble's NUL, and inside the
// plugin's name, which old servers do not end with a NUL.
TEST(ParseGreeting, TruncatedTwins) {
  const std::size_t old_end = 1 + 33 + 4 + 8 + 1 + 2;
  const std::size_t scramble_end = old_end + 1 + 2 + 2 + 1 + 10 + 12;
  for (std::size_t size = 0; size < kGreetingMariaDb1011.size(); ++size) {
    const auto greeting = parse_greeting(cut(kGreetingMariaDb1011, size));
    EXPECT_EQ(greeting.has_value(), size == old_end || size >= scramble_end) << size;
  }
  EXPECT_EQ(parse_greeting(cut(kGreetingMariaDb1011, old_end))->scramble, "f#tD7$L4");
  EXPECT_EQ(parse_greeting(cut(kGreetingMariaDb1011, kGreetingMariaDb1011.size() - 1))->auth_plugin, "mysql_native_password");
}

Packet greeting_with(std::uint64_t capabilities, std::uint8_t scramble_size, const Packet& tail) {
  ByteWriter out;
  out.u8(10);
  out.text_nul("8.0.30-Vitess");
  out.u32(7);
  out.text("abcdefgh");
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(capabilities));
  out.u8(45);
  out.u16(2);
  out.u16(static_cast<std::uint16_t>(capabilities >> 16));
  out.u8(scramble_size);
  out.zeros(10);
  out.bytes(tail);
  return packet_of(out.bytes());
}

TEST(ParseGreeting, ScrambleMayLackItsNulAndMayBeLonger) {
  using namespace capability;
  const std::uint64_t usual = kLongPassword | kSecureConnection | kPluginAuth;
  auto greeting = parse_greeting(greeting_with(usual, 21, packet_of("ijklmnopqrst") + packet_of("the_plugin")));
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->scramble, "abcdefghijklmnopqrst");
  EXPECT_EQ(greeting->auth_plugin, "the_plugin");

  greeting = parse_greeting(greeting_with(usual, 33, packet_of("ijklmnopqrstuvwxyzABCDEF") + hex("00") + packet_of("p")));
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->scramble, "abcdefghijklmnopqrstuvwxyzABCDEF");
  EXPECT_EQ(greeting->auth_plugin, "p");

  // A length of 0, as servers without plugins send it.
  greeting = parse_greeting(greeting_with(kLongPassword | kSecureConnection, 0, packet_of("ijklmnopqrst") + hex("00")));
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->scramble, "abcdefghijklmnopqrst");
  EXPECT_EQ(greeting->auth_plugin, "");

  EXPECT_FALSE(parse_greeting(greeting_with(usual, 255, packet_of("ijklmnopqrst"))));
}

TEST(ParseGreeting, OtherProtocolsAndOtherPrograms) {
  EXPECT_FALSE(parse_greeting(hex("09 342e3000 00000000")));
  EXPECT_FALSE(parse_greeting(packet_of("SSH-2.0-OpenSSH_9.2")));
  EXPECT_FALSE(parse_greeting(packet_of("+OK ready")));
}

// ---- Errors

const Packet kNoSuchTable = hex(  // MySQL 9.7.4; MariaDB sends the same
    "ff 7a04 23 3432533032 5461626c652027636f72655f6465762e6e6f70652720646f65736e2774206578697374");

TEST(ParseErr, KeepsCodeStateAndWords) {
  const auto err = parse_err(kNoSuchTable);
  ASSERT_TRUE(err);
  EXPECT_EQ(err->code, 1146);
  EXPECT_STREQ(err->sqlstate.data(), "42S02");
  EXPECT_EQ(err->text, "Table 'core_dev.nope' doesn't exist");

  const Failure failure = to_failure(*err);
  EXPECT_EQ(failure.errc, Errc::server_error);
  EXPECT_EQ(failure.server_code, 1146);
  EXPECT_STREQ(failure.sqlstate.data(), "42S02");
  EXPECT_EQ(failure.message, err->text);
}

// Sent in place of a greeting, where nobody has agreed on states yet.
TEST(ParseErr, ErrorInsteadOfAGreetingHasNoState) {
  const Packet packet = hex("ff 1004") + packet_of("Too many connections");
  const auto err = parse_err(packet);
  ASSERT_TRUE(err);
  EXPECT_EQ(err->code, 1040);
  EXPECT_STREQ(err->sqlstate.data(), "HY000");
  EXPECT_EQ(err->text, "Too many connections");
}

TEST(ParseErr, WhatOnlyLooksLikeAStateIsText) {
  for (const char* text : {"", "Unknown error", "#", "#4210", "#42 00x", "#4\t000 odd"}) {
    const Packet packet = hex("ff 0100") + packet_of(text);
    const auto err = parse_err(packet);
    ASSERT_TRUE(err) << text;
    EXPECT_STREQ(err->sqlstate.data(), "HY000") << text;
    EXPECT_EQ(err->text, text);
  }
}

TEST(ParseErr, TruncatedTwins) {
  for (std::size_t size = 0; size < kNoSuchTable.size(); ++size) {
    const Packet twin = cut(kNoSuchTable, size);
    const auto err = parse_err(twin);
    EXPECT_EQ(err.has_value(), size >= 3) << size;  // a cut text is a text
    if (err) {
      EXPECT_STREQ(err->sqlstate.data(), size >= 9 ? "42S02" : "HY000") << size;
    }
  }
}

// Spec: MariaDB "ERR_Packet", progress reporting
TEST(ParseErr, ProgressReportIsNoError) { EXPECT_FALSE(parse_err(hex("ff ffff 01 02 03 fa0000 04 73746167"))); }

TEST(ParseErr, AnotherHeaderIsNoError) { EXPECT_FALSE(parse_err(hex("00 7a04 41"))); }

// ---- OK. Captured from MySQL 9.7.4 and MariaDB 10.11.19, which agree, unless said otherwise.

TEST(ParseOk, TextComesWithItsLengthTrackedOrNot) {
  const Packet update =
      hex("00 01 00 0200 0000 28 526f7773206d6174636865643a203120204368616e6765643a203120205761726e696e67733a2030");
  for (const bool session_track : {false, true}) {
    const auto ok = parse_ok(update, session_track);
    ASSERT_TRUE(ok);
    EXPECT_EQ(ok->affected_rows, 1u);
    EXPECT_EQ(ok->status, server_status::kAutocommit);
    EXPECT_EQ(ok->info, "Rows matched: 1  Changed: 1  Warnings: 0") << session_track;
    EXPECT_TRUE(ok->session_changes.empty());
  }
}

// As the page describes it; servers send the length all the same.
TEST(ParseOk, UntrackedTextMayBeTheRestOfThePacket) {
  for (const char* text : {"Records: 5", "\x02Records: 5"}) {
    const Packet packet = hex("00 00 00 0200 0000") + packet_of(text);
    EXPECT_EQ(parse_ok(packet, false)->info, text);
  }
}

TEST(ParseOk, TextMayBeMissingAtThePacketsEnd) {
  for (const bool session_track : {false, true}) {
    for (const char* bytes : {"00 00 00 0200 0000", "00 00 00 0200 0000 00", "00 00 00 0240 0000", "fe 00 00 2200 0000"}) {
      const Packet packet = hex(bytes);
      const auto ok = parse_ok(packet, session_track);
      ASSERT_TRUE(ok) << bytes;
      EXPECT_EQ(ok->info, "") << bytes;
      EXPECT_TRUE(ok->session_changes.empty()) << bytes;
    }
  }
}

TEST(ParseOk, SessionChangesAreThereOnlyIfTheStatusSaysSo) {
  EXPECT_TRUE(parse_ok(hex("00 00 00 0200 0000 00 03 020131"), true)->session_changes.empty());
  EXPECT_EQ(parse_ok(hex("00 00 00 0240 0000 00 03 020131"), true)->session_changes.size(), 3u);
}

TEST(ParseOk, CountsAreSixtyFourBitsWide) {
  const Packet last_id = hex("00 03 fe feffffffffffffff 2200 0000");  // INSERT_ID 18446744073709551614
  EXPECT_EQ(parse_ok(last_id, true)->insert_id, 18446744073709551614u);
  const Packet affected = hex("00 fe 0000000000000080 fd 000001 0200 ffff");
  const auto ok = parse_ok(affected, true);
  EXPECT_EQ(ok->affected_rows, 1ull << 63);
  EXPECT_EQ(ok->insert_id, 65536u);
  EXPECT_EQ(ok->warnings, 65535);
}

TEST(ParseOk, StatusComesBeforeWarnings) {
  const Packet packet = hex("fe 00 00 0200 0100");
  EXPECT_EQ(parse_ok(packet, true)->status, 2);
  EXPECT_EQ(parse_ok(packet, true)->warnings, 1);
}

TEST(ParseOk, TruncatedTwins) {
  const Packet whole = hex("00 fc 0102 fd 030405 0200 0100");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_ok(cut(whole, size), true)) << size;
  EXPECT_TRUE(parse_ok(whole, true));
}

TEST(ParseOk, ImpossibleCountersAndOtherHeadersAreRefused) {
  EXPECT_FALSE(parse_ok(hex("00 fb 00 0200 0000"), true));
  EXPECT_FALSE(parse_ok(hex("00 00 ff 0200 0000"), true));
  EXPECT_FALSE(parse_ok(hex("01 00 00 0200 0000"), true));
  EXPECT_FALSE(parse_ok(hex("ff 00 00 0200 0000"), true));
}

TEST(ParseOk, DamagedTextOrTrackingDataLeavesTheAnswerStanding) {
  for (const char* bytes :
       {"00 05 00 0240 0000 28 526f", "00 05 00 0240 0000 fb", "00 05 00 0240 0000 fe ffffffffffffffff",
        "00 05 00 0240 0000 00 fe ffffffffffffffff", "00 05 00 0240 0000 00 05 0102", "00 05 00 0240 0000 00 ff"}) {
    const Packet packet = hex(bytes);
    const auto ok = parse_ok(packet, true);
    ASSERT_TRUE(ok) << bytes;
    EXPECT_EQ(ok->affected_rows, 5u);
    EXPECT_EQ(ok->info, "");
    EXPECT_TRUE(ok->session_changes.empty());
  }
}

// ---- Session state changes

// One line per change: "kind name=value".
std::vector<std::string> changes(Bytes block, bool expect_failure = false) {
  std::vector<std::string> lines;
  SessionChanges reader(block);
  while (const auto change = reader.next()) {
    lines.push_back(std::to_string(static_cast<int>(change->kind)) + " " + std::string(change->name) + "=" +
                    std::string(change->value));
  }
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.failed(), expect_failure);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(SessionChanges, LoginOfMariaDb118TellsEveryTrackedVariable) {
  const Packet packet = hex(  // MariaDB 11.8.6; the text is the hash of its certificate, bound to the login
      "00 00 00 0240 0000 41 01 43454537423837393644454435363244393137333432394137"
      "3646374236423439313238424238423233423244383838413245313143364137313046453232 43"
      "9c 000e0a6175746f636f6d6d6974024f4e 00110974696d655f7a6f6e650653595354454d"
      "001d146368617261637465725f7365745f636c69656e7407757466386d6234"
      "0021186368617261637465725f7365745f636f6e6e656374696f6e07757466386d6234"
      "001e156368617261637465725f7365745f726573756c747307757466386d6234 000e0c72656469726563745f75726c00 01050474657374");
  const auto ok = parse_ok(packet, true);
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->info.size(), 65u);
  EXPECT_EQ(changes(ok->session_changes),
            (Lines{"0 autocommit=ON", "0 time_zone=SYSTEM", "0 character_set_client=utf8mb4",
                   "0 character_set_connection=utf8mb4", "0 character_set_results=utf8mb4", "0 redirect_url=", "1 =test"}));
}

// The mark of a changed state has no length of its own, whatever the page says.
TEST(SessionChanges, SchemaAndStateChange) {  // MySQL 9.7.4, USE test; MariaDB 10.11 sends the same
  const Packet packet = hex("00 00 00 0360 0000 00 0a 01 05 0474657374 02 01 31");
  EXPECT_EQ(changes(parse_ok(packet, true)->session_changes), (Lines{"1 =test", "2 =1"}));
}

TEST(SessionChanges, TransactionStateAndCharacteristics) {  // MySQL 9.7.4, START TRANSACTION READ ONLY
  const Packet packet =
      hex("00 00 00 0360 0000 00 2a 050908545f5f5f5f5f5f5f 041d1c5354415254205452414e53414354494f4e2052454144204f4e4c593b");
  EXPECT_EQ(changes(parse_ok(packet, true)->session_changes), (Lines{"5 =T_______", "4 =START TRANSACTION READ ONLY;"}));
}

// Spec: MariaDB "OK_Packet", SESSION_TRACK_SYSTEM_VARIABLES
TEST(SessionChanges, SeveralVariablesInOneEntry) {
  EXPECT_EQ(changes(hex("00 08 0161 0162 0163 0164")), (Lines{"0 a=b", "0 c=d"}));
}

// Spec: page_protocol_basic_ok_packet.html, SESSION_TRACK_GTIDS
TEST(SessionChanges, GtidsComeBehindTheirEncoding) { EXPECT_EQ(changes(hex("03 05 00 03 613a31")), Lines{"3 =a:1"}); }

TEST(SessionChanges, UnknownKindsAreSkippedByTheirLength) {
  EXPECT_EQ(changes(hex("63 03 ffffff 01 05 0474657374 ee 00")), Lines{"1 =test"});
}

TEST(SessionChanges, EmptyBlockAndEmptyEntriesSayNothing) {
  EXPECT_EQ(changes({}), Lines{});
  EXPECT_EQ(changes(hex("00 00")), Lines{});
}

TEST(SessionChanges, TruncatedTwins) {
  const Packet whole = hex("00 0e 0a6175746f636f6d6d6974 024f4e 01 05 0474657374");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bool at_border = size == 0 || size == 16;
    const Packet twin = cut(whole, size);
    EXPECT_EQ(changes(twin, !at_border), size >= 16 ? Lines{"0 autocommit=ON"} : Lines{}) << size;
  }
}

TEST(SessionChanges, LengthsPastTheirEntryEndTheReading) {
  EXPECT_EQ(changes(hex("00 04 0161 0562"), true), Lines{});  // the value reaches past its entry
  EXPECT_EQ(changes(hex("01 02 05 74 01 05 0474657374"), true), Lines{});
  EXPECT_EQ(changes(hex("00 fe ffffffffffffffff"), true), Lines{});
}

// ---- The answer to a prepare

TEST(ParsePrepareOk, CountsAndId) {  // MariaDB 10.11.19: 2 columns, 2 parameters
  const auto ok = parse_prepare_ok(hex("00 16000000 0200 0200 00 0000"));
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->statement_id, 22u);
  EXPECT_EQ(ok->columns, 2);
  EXPECT_EQ(ok->parameters, 2);
  EXPECT_EQ(ok->warnings, 0);
  EXPECT_EQ(parse_prepare_ok(hex("00 01000000 0300 0100 00 ffff"))->warnings, 65535);
}

// Proxies have ended it before the warnings.
TEST(ParsePrepareOk, TruncatedTwins) {
  const Packet whole = hex("00 01000000 0300 0100 00 0500");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(parse_prepare_ok(cut(whole, size)).has_value(), size >= 9) << size;
  }
  EXPECT_EQ(parse_prepare_ok(cut(whole, 10))->columns, 3);
  EXPECT_FALSE(parse_prepare_ok(hex("01 01000000 0300 0100 00 0000")));
}

// ---- Authentication switch

// Whether a NUL at the end is part of the data depends on the method.
TEST(ParseAuthSwitch, PluginAndDataAsSent) {
  const Packet packet =
      hex("fe") + packet_of("mysql_native_password") + hex("00") + packet_of("abcdefghijklmnopqrst") + hex("00");
  const auto request = parse_auth_switch(packet);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->plugin, "mysql_native_password");
  EXPECT_EQ(as_text(request->data), std::string_view("abcdefghijklmnopqrst\0", 21));
}

TEST(ParseAuthSwitch, ShortForms) {
  EXPECT_EQ(parse_auth_switch(hex("fe"))->plugin, "mysql_old_password");
  EXPECT_EQ(parse_auth_switch(hex("fe 61"))->plugin, "a");
  EXPECT_TRUE(parse_auth_switch(hex("fe 61"))->data.empty());
  EXPECT_TRUE(parse_auth_switch(hex("fe 6100"))->data.empty());
  EXPECT_FALSE(parse_auth_switch({}));
  EXPECT_FALSE(parse_auth_switch(hex("00 61")));
}

}  // namespace
}  // namespace selkie::protocol
