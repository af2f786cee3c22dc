// A login told step by step: what servers send until it is done, and what the handshake machine makes of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "protocol/handshake.h"
#include "tests/support/hex.h"

namespace selkie::protocol::handshake_talk {

using test::from_hex;
using test::to_hex;
using testing::HasSubstr;
using testing::Not;
using Packet = std::vector<std::uint8_t>;

inline constexpr std::uint32_t kModern = 0xdfffffff & ~static_cast<std::uint32_t>(capability::kSsl);

// A greeting made to measure.
struct GreetingParts {
  std::string version = "8.0.36";
  std::uint32_t capabilities = kModern;
  std::uint32_t extended = 0;
  std::uint8_t charset = 255;
  std::string plugin = "mysql_native_password";
  std::string scramble = "abcdefghijklmnopqrst";  // 20 bytes
  std::string end = std::string(1, '\0');         // of the plugin's name
};
inline Packet greeting(const GreetingParts& parts = {}) {
  ByteWriter out;
  out.u8(10);
  out.text_nul(parts.version);
  out.u32(7);
  out.text(parts.scramble.substr(0, 8));
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(parts.capabilities));
  out.u8(parts.charset);
  out.u16(2);
  out.u16(static_cast<std::uint16_t>(parts.capabilities >> 16));
  out.u8(static_cast<std::uint8_t>(parts.scramble.size() + 1));
  out.zeros(6);
  out.u32(parts.extended);
  out.text(parts.scramble.substr(8));
  out.u8(0);
  out.text(parts.plugin + parts.end);
  return {out.bytes().begin(), out.bytes().end()};
}

inline Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

inline Packet text_packet(std::uint8_t head, const std::string& text) {
  Packet packet{head};
  packet.insert(packet.end(), text.begin(), text.end());
  return packet;
}
inline Packet auth_switch(const std::string& plugin, const std::string& data) {
  return text_packet(0xfe, plugin + std::string(1, '\0') + data);
}
inline Packet more_data(const std::string& data) { return text_packet(0x01, data); }

inline const Packet kOk = from_hex("00 00 00 02 00 00 00");
inline const Packet kDenied = text_packet(0xff, std::string("\x15\x04#28000", 8) + "Access denied for user 'ann'@'localhost'");
inline const std::string kScramble20 = "ABCDEFGHIJKLMNOPQRST", kScramble32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
inline const std::string kNul(1, '\0');

inline ConnectOptions options(SslMode mode = SslMode::preferred) {
  ConnectOptions made;
  made.user = "ann";
  made.password = "secret";
  made.tls.mode = mode;
  return made;
}

// What the client does, step by step: the payloads it sends in hex, "tls" in front of the SSL request, "read", "ready", or
// "fail" and the error's number.
struct Talk {
  std::vector<std::string> steps;
  Failure failure;
  std::string plugin;        // that the login names
  std::uint16_t status = 0;  // of the final OK
  std::string changes;
};

inline Talk talk(const ConnectOptions& made, const std::vector<Packet>& packets, bool unix_socket = false,
                 const std::optional<UnprovenCertificate>& unproven = std::nullopt) {
  HandshakeMachine machine(made, unix_socket);
  Talk seen;
  ByteWriter out;
  const auto note = [&](const Action& action) {
    if (std::holds_alternative<action::Send>(action)) seen.steps.push_back(to_hex(out.bytes()));
    if (std::holds_alternative<action::StartTls>(action)) seen.steps.push_back("tls " + to_hex(out.bytes()));
    if (std::holds_alternative<action::Read>(action)) seen.steps.push_back("read");
    if (std::holds_alternative<action::Ready>(action)) {
      seen.steps.push_back("ready");
      seen.status = machine.final_ok().status;
      seen.changes = as_text(machine.final_ok().session_changes);
    }
    if (const auto* fail = std::get_if<action::Fail>(&action)) {
      seen.failure = fail->failure;
      seen.steps.push_back("fail " + std::to_string(static_cast<int>(fail->failure.errc)) +
                           (out.size() == 0 ? "" : " after writing"));
    }
    out.clear();
    return std::holds_alternative<action::StartTls>(action);
  };
  for (const Packet& packet : packets) {
    if (note(machine.on_packet(packet, out))) note(machine.tls_started(out, unproven));
  }
  EXPECT_THAT(seen.failure.message, Not(HasSubstr("secret")));
  return seen;
}

inline std::string failed(Errc errc) { return "fail " + std::to_string(static_cast<int>(errc)); }

// A login's fields, taken apart again.
struct LoginFields {
  std::uint32_t capabilities = 0, max_packet = 0, extended = 0;
  std::uint8_t charset = 0;
  std::string user, answer, database, plugin, attributes;
  std::size_t left_over = 0;
};
inline LoginFields read_login(const std::string& hex) {
  const Packet bytes = from_hex(hex);
  ByteReader in(bytes);
  LoginFields login;
  login.capabilities = in.u32();
  login.max_packet = in.u32();
  login.charset = in.u8();
  EXPECT_EQ(to_hex(in.take(19)), std::string(38, '0'));
  login.extended = in.u32();
  login.user = as_text(in.take_to_nul());
  login.answer =
      (login.capabilities & capability::kPluginAuthLenenc) != 0 ? as_text(in.take_lenenc()) : as_text(in.take(in.u8()));
  if ((login.capabilities & capability::kConnectWithDb) != 0) login.database = as_text(in.take_to_nul());
  if ((login.capabilities & capability::kPluginAuth) != 0) login.plugin = as_text(in.take_to_nul());
  if ((login.capabilities & capability::kConnectAttrs) != 0) login.attributes = as_text(in.take_lenenc());
  EXPECT_FALSE(in.failed());
  login.left_over = in.size();
  return login;
}
inline LoginFields login_to(const Packet& greeting_packet, const ConnectOptions& made = options()) {
  const Talk seen = talk(made, {greeting_packet});
  return read_login(seen.steps.back());
}

}  // namespace selkie::protocol::handshake_talk
