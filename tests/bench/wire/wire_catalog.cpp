// The queries of the catalog functions, the very texts that the driver sends: so what the server needs for them is in both
// figures, and what is compared is the client. Cells stay text, each in an array of its column.
#include <cstring>

#include "bodies.h"
#include "odbc/catalog_queries.h"

namespace selkie::bench::wire {
namespace {

odbc::CatalogContext context_of(const Wire& wire) {
  return {.mariadb = wire.is_mariadb(), .version = protocol::negotiate({.version = wire.version()}, {}).version};
}

odbc::TableName name_of(const Run& run, std::string table) {
  return {.catalog = run.extent.catalog(), .table = std::move(table)};
}

class Lister {
 public:
  explicit Lister(const Run& run) : rowset_(static_cast<std::size_t>(run.shape.rowset)), decode_(run.options.decode) {}

  // Asks, and takes all rows; their number.
  std::int64_t operator()(Wire& wire, const std::string& sql) {
    wire.query(sql);
    const std::size_t columns = wire.result();
    cells_.resize(columns * rowset_ * kCell, 1);
    lengths_.resize(columns * rowset_, 1);
    std::int64_t rows = 0;
    for (Packet row; wire.row(row); ++rows) {
      if (decode_) decode(row, columns, static_cast<std::size_t>(rows) % rowset_);
    }
    return rows;
  }

 private:
  static constexpr std::size_t kCell = 256;

  void decode(Packet row, std::size_t columns, std::size_t index) {
    const std::uint8_t* at = row.data();
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t slot = column * rowset_ + index;
      if (*at == 0xfb) {
        ++at;
        lengths_[slot] = SQL_NULL_DATA;
        continue;
      }
      const std::size_t size = take_lenenc(at);
      const std::size_t kept = size < kCell ? size : kCell - 1;
      std::memcpy(&cells_[slot * kCell], at, kept);
      cells_[slot * kCell + kept] = '\0';
      lengths_[slot] = static_cast<SQLLEN>(size);
      at += size;
    }
  }

  std::size_t rowset_;
  bool decode_;
  std::vector<char> cells_;
  std::vector<SQLLEN> lengths_;
};

// `calls` times the query that query(context) makes; the number of rows in all answers.
template <class Query>
std::int64_t list(Run& run, long calls, Query query) {
  Wire wire(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return wire.number(sql); });
  const std::string sql = query(context_of(wire));
  Lister lister(run);
  std::int64_t rows = 0;
  run.measure([&] {
    for (long done = 0; done < calls; ++done) rows += lister(wire, sql);
  });
  return rows;
}

std::int64_t list_tables(Run& run, const std::string& table, long calls) {
  return list(run, calls, [&](const odbc::CatalogContext& context) {
    return odbc::tables_query(context, name_of(run, table), std::nullopt);
  });
}

std::int64_t list_columns(Run& run, const std::string& table, long calls) {
  return list(run, calls,
              [&](const odbc::CatalogContext& context) { return odbc::columns_query(context, name_of(run, table), "%"); });
}

}  // namespace

void tables(Run& run) { run.expect_count(list_tables(run, "%", 1)); }
void columns(Run& run) { run.expect_count(list_columns(run, "%", 1)); }
void tables_one(Run& run) { run.expect_count(list_tables(run, catalog_table(7), run.count)); }
void columns_one(Run& run) { run.expect_count(list_columns(run, catalog_table(7), run.count) / kColumnsPerTable); }

}  // namespace selkie::bench::wire
