// Many rows, many columns.
#include <cstring>

#include "bodies.h"
#include "decode.h"

namespace selkie::bench::wire {
namespace {

void scan_table(Run& run, const Table& table) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return wire.number(query); });
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

}  // namespace

void scan(Run& run) { scan_table(run, kScanTable); }
void ints(Run& run) { scan_table(run, kIntsTable); }

void breadth(Run& run) {
  const auto columns = static_cast<std::size_t>(run.shape.size), rowset = kCellsACall / columns;
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return wire.number(query); });
  const std::uint32_t statement = wire.prepare(select_breadth(run.shape.size, run.count / run.shape.size)).id;
  std::vector<SQLBIGINT> cells(columns * rowset, 1);
  std::vector<SQLLEN> lengths(columns * rowset, 1);
  std::int64_t rows = 0;
  run.measure([&] {
    wire.execute(statement);
    wire.result();
    for (Packet row; wire.row(row); ++rows) {
      const std::uint8_t* at = row.data() + 1 + (columns + 9) / 8;
      std::size_t cell = static_cast<std::size_t>(rows) % rowset;
      for (std::size_t k = 0; k < columns && run.options.decode; ++k, cell += rowset, at += sizeof cells[0]) {
        std::memcpy(&cells[cell], at, sizeof cells[0]);
        lengths[cell] = sizeof cells[0];
      }
    }
  });
  run.expect_count(rows * run.shape.size);
}

}  // namespace selkie::bench::wire
