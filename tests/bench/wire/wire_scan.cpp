// Many rows, of tables and of the catalog.
#include <cstring>

#include "bodies.h"
#include "decode.h"

namespace selkie::bench::wire {
namespace {

void scan_table(Run& run, const Table& table) {
  Wire wire(run.options);
  const SharedCpu placement(run.options, [&](std::string_view query) { return wire.number(query); });
  const bool decode = run.options.decode || run.verify();
  const auto rowset_rows = static_cast<std::size_t>(run.shape.rowset);
  Rowset arrays(table, run.shape.target, rowset_rows);
  const RowDecoder decoder(table, run.shape.target, run.shape.prepared, arrays);
  const std::string sql = select_rows(table, run.extent.rows);
  const std::uint32_t statement = run.shape.prepared ? wire.prepare(sql).id : 0;
  std::int64_t rows = 0;
  run.measure([&] {
    if (run.shape.prepared)
      wire.execute(statement);
    else
      wire.query(sql);
    wire.result();
    std::size_t filled = 0;
    for (Packet row; wire.row(row); ++rows) {
      if (!decode) continue;
      decoder(row.data(), filled++);
      if (filled < rowset_rows) continue;
      if (run.verify()) arrays.check(filled, rows + 2 - static_cast<std::int64_t>(filled), run.verdict);
      filled = 0;
    }
  });
  run.expect_count(rows);
}

// Every cell as text into an array of its column, as a catalog function's caller has them.
void list(Run& run, const std::string& sql, std::size_t columns) {
  constexpr std::size_t kCell = 256;
  Wire wire(run.options);
  const SharedCpu placement(run.options, [&](std::string_view query) { return wire.number(query); });
  const auto rowset_rows = static_cast<std::size_t>(run.shape.rowset);
  std::vector<char> cells(columns * rowset_rows * kCell, 1);
  std::vector<SQLLEN> lengths(columns * rowset_rows, 1);
  std::int64_t rows = 0;
  run.measure([&] {
    wire.query(sql);
    wire.result();
    for (Packet row; wire.row(row); ++rows) {
      if (!run.options.decode) continue;
      const std::uint8_t* at = row.data();
      const std::size_t index = static_cast<std::size_t>(rows) % rowset_rows;
      for (std::size_t column = 0; column < columns; ++column) {
        const std::size_t slot = column * rowset_rows + index;
        if (*at == 0xfb) {
          ++at;
          lengths[slot] = SQL_NULL_DATA;
          continue;
        }
        const std::size_t size = take_lenenc(at);
        const std::size_t kept = size < kCell ? size : kCell - 1;
        std::memcpy(&cells[slot * kCell], at, kept);
        cells[slot * kCell + kept] = '\0';
        lengths[slot] = static_cast<SQLLEN>(size);
        at += size;
      }
    }
  });
  run.expect_count(rows);
}

}  // namespace

void scan(Run& run) { scan_table(run, kScanTable); }
void ints(Run& run) { scan_table(run, kIntsTable); }
void tables(Run& run) { list(run, select_tables(run.extent), 5); }
void columns(Run& run) { list(run, select_columns(run.extent), 15); }

}  // namespace selkie::bench::wire
