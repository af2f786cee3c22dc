// Packets by themselves: all pure parsers on the same bytes, column definitions, rows, the frames that carry them.
#include "protocol/packets.h"

#include <string>
#include <vector>

#include "protocol/column.h"
#include "protocol/dialect.h"
#include "protocol/frame.h"
#include "protocol/row.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

using namespace protocol;

void packets(Bytes input) {
  if (const auto greeting = parse_greeting(input)) {
    const Dialect dialect = negotiate(greeting->offer, {.tls = true, .database = true, .found_rows = true});
    require((dialect.capabilities & ~greeting->offer.capabilities & ~capability::kLongPassword) == 0,
            "nothing is agreed on that was not offered");
  }
  if (const auto err = parse_err(input)) {
    require(is_inside(err->text, input), "an error's text lies in its packet");
    require(err->sqlstate[5] == '\0', "a state has five characters");
  }
  for (const bool session_track : {false, true}) {
    const auto ok = parse_ok(input, session_track);
    if (!ok) continue;
    require(is_inside(ok->info, input) && is_inside(ok->session_changes, input), "an OK's views lie in its packet");
  }
  if (const auto change = parse_auth_switch(input)) {
    require(is_inside(change->plugin, input) || change->plugin == "mysql_old_password", "a method's name lies in its packet");
    require(is_inside(change->data, input), "a method's data lies in its packet");
  }
  (void)parse_prepare_ok(input);
  SessionChanges changes(input);
  std::size_t count = 0;
  while (const auto change = changes.next()) {
    require(is_inside(change->name, input) && is_inside(change->value, input), "a state change lies in its block");
    require(++count <= input.size(), "every state change takes bytes");
  }
}

void columns(Bytes input) {
  for (const bool extended : {false, true}) {
    std::vector<Bytes> definitions;
    for_each_payload(input, [&](Bytes payload) {
      Column column;
      if (!parse_column(payload, extended, column)) return false;
      for (const std::string_view text : {column.schema, column.table, column.org_table, column.name, column.org_name,
                                          column.extended_type, column.extended_format}) {
        require(is_inside(text, payload), "a column's texts lie in its definition");
      }
      definitions.push_back(payload);
      return true;
    });

    const auto build = [&](const ColumnSetPtr& previous) {
      ColumnSetBuilder builder;
      builder.begin(definitions.size(), extended, previous);
      for (const Bytes definition : definitions) require(builder.add(definition), "a definition is read twice the same way");
      return builder.finish();
    };
    const ColumnSetPtr first = build(nullptr);
    require(first->size() == definitions.size(), "every definition is a column");
    require(build(first) == first, "the same definitions are the same set");
    if (definitions.empty()) return;
    definitions.pop_back();
    require(build(first) != first, "other definitions are another set");
  }
}

// The first byte counts the columns, whose types follow; the rest is a row in both encodings.
void rows(Bytes input) {
  ByteReader in(input);
  ColumnSetBuilder builder;
  const std::size_t count = in.u8();
  builder.begin(count, false, nullptr);
  for (std::size_t i = 0; i < count; ++i) {
    ByteWriter definition;
    definition.zeros(6);
    definition.u8(12), definition.zeros(6), definition.u8(in.u8()), definition.zeros(5);
    require(builder.add(definition.bytes()), "a definition without names is one");
  }
  const ColumnSetPtr columns = builder.finish();
  const Bytes row = in.take_rest();

  std::vector<Cell> cells(count);
  const auto check = [&](std::size_t at) {
    for (const Cell& cell : cells) {
      if (cell.is_null()) continue;
      require(is_inside(cell.bytes(), row), "a cell lies in its row");
      const auto offset = static_cast<std::size_t>(cell.data - row.data());
      require(offset >= at, "cells do not overlap");
      at = offset + cell.size_bytes;
    }
    require(at <= row.size(), "cells end in their row");
  };
  if (slice_text(row, cells)) {
    check(0);
    ByteWriter again;
    for (const Cell& cell : cells) cell.is_null() ? again.u8(0xfb) : again.lenenc_bytes(cell.bytes());
    require(again.size() <= row.size(), "no shorter form of a row exists than the usual one");
  }
  if (slice_binary(row, *columns, cells)) check(1);
}

// A stream, in pieces of every size up to the whole, gives the same packets.
void frames(Bytes input) {
  constexpr std::size_t kBound = 1000;  // bytes a packet may have
  const auto read = [&](std::size_t piece) {
    FrameReader reader(kBound);
    if (input.size() > 3) reader.expect_sequence(input[3]);
    std::vector<std::string> packets;
    FrameStatus status = FrameStatus::need_more;
    for (Bytes rest = input; !rest.empty() && status == FrameStatus::need_more;) {
      const std::span<std::uint8_t> room = reader.writable();
      require(!room.empty(), "there is always room for a byte");
      const std::size_t size = std::min({piece, rest.size(), room.size()});
      std::copy_n(rest.begin(), size, room.begin());
      reader.commit(size);
      rest = rest.subspan(size);
      for (Bytes payload; (status = reader.next(payload)) == FrameStatus::packet;) {
        require(payload.size() <= kBound, "no packet is beyond the bound");
        packets.emplace_back(as_text(payload));
      }
    }
    Bytes ignored;
    require(reader.next(ignored) == status || input.empty(), "what was fatal stays so");
    packets.push_back(std::to_string(static_cast<int>(status)));
    return packets;
  };
  const std::vector<std::string> whole = read(SIZE_MAX);
  for (const std::size_t piece : {1u, 2u, 3u, 5u, 64u}) require(read(piece) == whole, "packets do not depend on the segments");
  if (whole.size() < 2) return;

  FrameWriter writer;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    writer.begin(static_cast<std::uint8_t>(input[3] + i)).text(whole[i]);
    writer.end();
  }
  require(std::ranges::equal(writer.bytes(), input.first(writer.bytes().size())), "packets are written as they were read");
}

}  // namespace selkie::fuzz
