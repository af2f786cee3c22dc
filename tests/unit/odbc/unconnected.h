// Handles without a server: what can be asked of them before connecting.
#pragma once

#include <gtest/gtest.h>

#include "odbc/connection.h"
#include "odbc/statement.h"
#include "protocol/bytes.h"

namespace selkie::odbc::test {

class Unconnected : public ::testing::Test {
 protected:
  Environment environment;
  Connection connection{environment};
  Statement statement{connection};
};

// The SQLSTATE that `call` throws; empty when it doesn't.
template <class Call>
std::string state_thrown(Call&& call) {
  try {
    call();
  } catch (const Fail& fail) {
    return std::string(sqlstate_text(fail.state));
  }
  return "";
}

struct ColumnParts {
  std::string_view schema{}, table{}, org_table{}, name{}, org_name{};
  protocol::WireType type = protocol::WireType::long_;
  std::uint16_t flags = 0;
  std::uint32_t length = 11;
  std::uint8_t decimals = 0;
  std::uint16_t charset = protocol::kBinaryCharset;
};

// A definition packet as the server would send it.
inline std::vector<std::uint8_t> definition(const ColumnParts& parts) {
  protocol::ByteWriter packet;
  for (const std::string_view name :
       {std::string_view("def"), parts.schema, parts.table, parts.org_table, parts.name, parts.org_name}) {
    packet.lenenc_text(name);
  }
  packet.lenenc(12);
  packet.u16(parts.charset);
  packet.u32(parts.length);
  packet.u8(static_cast<std::uint8_t>(parts.type));
  packet.u16(parts.flags);
  packet.u8(parts.decimals);
  packet.zeros(2);
  return {packet.bytes().begin(), packet.bytes().end()};
}

inline protocol::ColumnSetPtr columns_of(std::initializer_list<ColumnParts> columns) {
  protocol::ColumnSetBuilder builder;
  builder.begin(columns.size(), false, nullptr);
  for (const ColumnParts& parts : columns) EXPECT_TRUE(builder.add(definition(parts)));
  return builder.finish();
}

}  // namespace selkie::odbc::test
