#include "protocol/hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace selkie::protocol {
namespace {

// "host|port host|port", or "!" for what cannot be read.
std::string read(std::string_view list) {
  const auto hosts = parse_hosts(list, 3306);
  if (!hosts.ok()) return "!";
  std::string text;
  for (const TcpAddress& address : hosts.value()) {
    text += (text.empty() ? "" : " ") + address.host + "|" + std::to_string(address.port);
  }
  return text;
}

TEST(Hosts, AreReadInOrderWithTheirPorts) {
  EXPECT_EQ(read("db1"), "db1|3306");
  EXPECT_EQ(read("db1:3307"), "db1|3307");
  EXPECT_EQ(read("db1, db2:3307 ,\tdb3"), "db1|3306 db2|3307 db3|3306");
  EXPECT_EQ(read("[2001:db8::1]:3307,[::1],::1,10.0.0.1:1"), "2001:db8::1|3307 ::1|3306 ::1|3306 10.0.0.1|1");
  EXPECT_EQ(read("db:65535"), "db|65535");
}

TEST(Hosts, WhatIsNoHostIsQuoted) {
  for (const char* list : {"", ",", "a,", "a,,b", ":3306", "[::1", "[]:1", "[::1]x", "1]", "a[:1", "[ ]", "a b", "a:", "a:0",
                           "a:65536", "a:-1", "a:1x", "a: 1"}) {
    EXPECT_EQ(read(list), "!") << list;
  }
  EXPECT_THAT(parse_hosts("good,bad:port", 1).failure().message, testing::HasSubstr("'bad:port'"));
}

TEST(Hosts, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(to_text({"db1", 3307}), "db1:3307");
  EXPECT_EQ(to_text({"::1", 3306}), "[::1]:3306");
}

TEST(Hosts, NextOneIsWorthTryingWhenOneIsAbsentNotWhenItRefuses) {
  const auto helps = [](Errc errc, std::uint16_t code = 0) {
    return next_host_may_help({.errc = errc, .server_code = code, .sqlstate = {}, .message = {}});
  };
  for (const Errc errc : {Errc::connect_failed, Errc::connect_timeout, Errc::connection_lost}) EXPECT_TRUE(helps(errc));
  for (const Errc errc : {Errc::not_a_server, Errc::tls_unavailable, Errc::tls_failed, Errc::auth_refused,
                          Errc::auth_unsupported, Errc::bad_option, Errc::malformed}) {
    EXPECT_FALSE(helps(errc));
  }
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1040, 1053, 1129, 1203})
    EXPECT_TRUE(helps(Errc::server_error, code)) << code;
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1044, 1045, 1049, 1251, 1862})
    EXPECT_FALSE(helps(Errc::server_error, code)) << code;
}

}  // namespace
}  // namespace selkie::protocol
