#include "dataset.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "text.h"

namespace selkie::bench {
namespace {

// The formulas in SQL; expect_scan below has them in C++.
constexpr std::string_view kScanDefinition =
    "id INT NOT NULL PRIMARY KEY, big BIGINT NOT NULL, dbl DOUBLE NOT NULL, `dec` DECIMAL(18,4) NOT NULL, day DATE NOT NULL, "
    "at DATETIME(6) NOT NULL, name VARCHAR(32) NOT NULL, note VARCHAR(200)";
constexpr std::string_view kScanFormulas =
    "id, id * 9007199254741 - 4503599627370500000, id / 7e0, id * 1.2345, '2000-01-01' + INTERVAL id % 10000 DAY, "
    "'2000-01-01 00:00:00.000000' + INTERVAL id * 317000003 MICROSECOND, "
    "IF(id % 16 = 0, CONCAT('Zoë 漢字 🙂 ', id), CONCAT('customer number ', id)), "
    "IF(id % 64 = 5, NULL, CONCAT(REPEAT('all work, no play ', id % 9), id))";

using Days = std::chrono::sys_days;
constexpr Days kFirstDay = std::chrono::year(2000) / 1 / 1;

std::chrono::year_month_day day_of(std::int64_t id) { return kFirstDay + std::chrono::days(id % 10000); }

std::string text_of(std::chrono::year_month_day day) {
  return print("%04d-%02u-%02u", int{day.year()}, unsigned{day.month()}, unsigned{day.day()});
}

SQL_TIMESTAMP_STRUCT timestamp_of(std::int64_t id) {
  const auto since = std::chrono::microseconds(id * 317000003);
  const auto day = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date(kFirstDay + day);
  const std::chrono::hh_mm_ss time(since - day);
  return {static_cast<SQLSMALLINT>(int{date.year()}),
          static_cast<SQLUSMALLINT>(unsigned{date.month()}),
          static_cast<SQLUSMALLINT>(unsigned{date.day()}),
          static_cast<SQLUSMALLINT>(time.hours().count()),
          static_cast<SQLUSMALLINT>(time.minutes().count()),
          static_cast<SQLUSMALLINT>(time.seconds().count()),
          static_cast<SQLUINTEGER>(time.subseconds().count() * 1000)};
}

std::int64_t big_of(std::int64_t id) { return id * 9007199254741 - 4503599627370500000; }

void expect_scan(std::int64_t id, std::span<Expected> cells) {
  const std::string number = std::to_string(id);
  const SQL_TIMESTAMP_STRUCT at = timestamp_of(id);
  cells[0] = {number};
  cells[1] = {std::to_string(big_of(id))};
  cells[2] = {shortest(static_cast<double>(id) / 7.0)};
  cells[3] = {print("%lld.%04lld", static_cast<long long>(id * 12345 / 10000), static_cast<long long>(id * 12345 % 10000))};
  cells[4] = {text_of(day_of(id))};
  cells[5] = {print("%04d-%02u-%02u %02u:%02u:%02u.%06u", at.year, at.month, at.day, at.hour, at.minute, at.second,
                    at.fraction / 1000)};
  cells[6] = {(id % 16 == 0 ? "Zoë 漢字 🙂 " : "customer number ") + number};
  cells[7] = {{}, id % 64 == 5};
  if (cells[7].null) return;
  for (std::int64_t i = 0; i < id % 9; ++i) cells[7].text += "all work, no play ";
  cells[7].text += number;
}

std::int64_t int_of(std::int64_t id) { return id * 7 % 1000003 - 500000; }

void expect_ints(std::int64_t id, std::span<Expected> cells) {
  cells[0] = {std::to_string(id)};
  cells[1] = {std::to_string(int_of(id))};
}

std::string wide_columns(bool formulas) {
  std::string list = formulas ? "id" : "c1 INT NOT NULL PRIMARY KEY";
  for (int column = 2; column <= kWideColumns; ++column) {
    const std::string number = std::to_string(column);
    list += formulas ? ", id * " + std::to_string(kWideColumns) + " + " + number : ", c" + number + " INT NOT NULL";
  }
  return list;
}

}  // namespace

const Table kScanTable{"scan", kScanColumns, expect_scan};
const Table kIntsTable{"ints", kIntsColumns, expect_ints};

// A whole call's rows are the same each time, so row k of a call is right when its columns follow from k by the formula.
const std::string kCountInserted =
    "SELECT COUNT(*) FROM inserted WHERE big = id * 9007199254741 - 4503599627370500000 AND dbl = id / 7e0 AND "
    "name = CONCAT('customer number ', id) AND at = '2000-01-01 00:00:00.000000' + INTERVAL id * 317000003 MICROSECOND";

Extent::Extent(double scale)
    : rows(1000 * std::max(1L, std::lround(static_cast<double>(kRows) / 1000 * scale))),
      pieces(std::max(16L, std::lround(static_cast<double>(kPieces) * scale))),
      tables(std::max(10L, std::lround(2000 * scale))) {}

std::string Extent::catalog() const { return "selkie_bench_catalog_" + std::to_string(tables); }

std::string select_rows(const Table& table, std::int64_t rows) {
  std::string list;
  for (const ColumnFacts& column : table.columns) list += (list.empty() ? "a.`" : ", a.`") + std::string(column.name) + "`";
  list = "SELECT " + list + " FROM " + std::string(table.name) + " a";
  if (rows <= kRows) return list + " WHERE id <= " + std::to_string(rows) + " ORDER BY id";
  return list + ", (SELECT id FROM ints WHERE id <= " + std::to_string(rows / kRows) + ") b";
}

std::string select_blob(long pieces) { return "SELECT data FROM blobs WHERE id = " + std::to_string(pieces); }

std::string select_abandoned(double scale) {
  const std::int64_t rows = Extent(scale).rows;
  return "SELECT a.id, b.id FROM ints a CROSS JOIN (SELECT id FROM ints WHERE id <= 100) b WHERE a.id <= " +
         std::to_string(rows);
}

std::string select_breadth(int columns, std::int64_t rows) {
  std::string list;
  for (int column = 0; column < columns; ++column) list += (column == 0 ? "id+" : ",id+") + std::to_string(column);
  return "SELECT " + list + " FROM ints WHERE id <= " + std::to_string(rows) + " ORDER BY id";
}

std::string select_point(std::int64_t number) { return std::string(kSelectPoint) + " /* " + std::to_string(number) + " */"; }

std::string catalog_table(std::int64_t number) { return print("t%05lld", static_cast<long long>(number)); }

std::string count_put(long pieces) {
  return "SELECT LENGTH(a.data) DIV " + std::to_string(kPieceBytes) +
         " FROM put a JOIN blobs b ON a.data = b.data WHERE b.id = " + std::to_string(pieces);
}

std::vector<InsertRow> insert_rows(int rows) {
  std::vector<InsertRow> made(static_cast<std::size_t>(rows));
  for (int id = 1; id <= rows; ++id) {
    InsertRow& row = made[static_cast<std::size_t>(id - 1)];
    row = {id, big_of(id), id / 7.0, {}, timestamp_of(id), 0};
    row.name_bytes = std::snprintf(row.name, sizeof row.name, "customer number %d", id);
  }
  return made;
}

void make_tables(Maker& maker, double scale) {
  const Extent extent(scale);
  const std::int64_t wanted = std::min(extent.rows, kRows);
  const std::string rows = std::to_string(wanted);
  maker.run("CREATE DATABASE IF NOT EXISTS selkie_bench CHARACTER SET utf8mb4");
  maker.run("USE selkie_bench");

  maker.run("CREATE TABLE IF NOT EXISTS ints (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)");
  maker.run("INSERT IGNORE INTO ints VALUES (1, 7 - 500000)");
  for (std::int64_t have = 1; (have = maker.number("SELECT MAX(id) FROM ints")) < wanted;) {
    const std::string id = "(id + " + std::to_string(have) + ")";
    maker.run("INSERT INTO ints SELECT " + id + ", " + id + " * 7 % 1000003 - 500000 FROM ints WHERE " + id + " <= " + rows);
  }

  maker.run("CREATE TABLE IF NOT EXISTS scan (" + std::string(kScanDefinition) + ")");
  const std::string have = std::to_string(maker.number("SELECT MAX(id) FROM scan"));
  maker.run("INSERT INTO scan SELECT " + std::string(kScanFormulas) + " FROM ints WHERE id > " + have + " AND id <= " + rows);

  // MyISAM, as InnoDB takes several times as long to collect a row of 1,000 columns as all the rest takes.
  maker.run("CREATE TABLE IF NOT EXISTS wide (" + wide_columns(false) + ") ENGINE=MyISAM");
  maker.run("INSERT IGNORE INTO wide SELECT " + wide_columns(true) + " FROM ints WHERE id <= " + std::to_string(kWideRows));

  maker.run("CREATE TABLE IF NOT EXISTS inserted (id INT, big BIGINT, dbl DOUBLE, name VARCHAR(32), at DATETIME(6))");
  maker.run("CREATE TABLE IF NOT EXISTS updated (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)");
  maker.run("INSERT IGNORE INTO updated SELECT id, 0 FROM ints WHERE id <= " + std::to_string(kUpdatedRows));
  maker.run("CREATE TABLE IF NOT EXISTS put (data LONGBLOB)");

  maker.run("CREATE TABLE IF NOT EXISTS blobs (id INT NOT NULL PRIMARY KEY, data LONGBLOB NOT NULL)");
  if (maker.number("SELECT COUNT(*) FROM blobs WHERE id = " + std::to_string(extent.pieces)) == 0)
    maker.put_blob(extent.pieces);
}

void make_catalog(Maker& maker, double scale) {
  const Extent extent(scale);
  const std::string schema = extent.catalog();
  maker.run("CREATE DATABASE IF NOT EXISTS selkie_bench CHARACTER SET utf8mb4");
  if (maker.number("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '" + schema + "'") == extent.tables) {
    return;
  }
  maker.run("CREATE DATABASE IF NOT EXISTS " + schema);
  for (long table = 0; table < extent.tables; ++table) {
    std::string sql = "CREATE TABLE IF NOT EXISTS " + schema + "." + catalog_table(table) + " (c0 INT NOT NULL PRIMARY KEY";
    for (int column = 1; column < kColumnsPerTable; ++column) {
      sql += print(", c%d ", column) + (column % 2 == 0 ? "DECIMAL(18,4)" : "VARCHAR(64) NOT NULL");
    }
    maker.run(sql + ")");
  }
}

}  // namespace selkie::bench
