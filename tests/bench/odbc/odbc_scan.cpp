// Many rows: bound, one or many a call, and cell by cell.
#include "../common/rowset.h"
#include "bodies.h"

namespace selkie::bench {
namespace {

void start(Statement& statement, const Run& run, std::string_view sql) {
  if (run.shape.prepared)
    statement.execute();
  else
    statement.execute(sql);
}

// between() is called after the first rowset, at_end() after the last.
template <class Between, class AtEnd>
void scan_bound(Run& run, Statement& statement, const Table& table, std::string_view sql, Between between, AtEnd at_end) {
  Rowset rowset(table, run.shape.target, static_cast<std::size_t>(run.shape.rowset));
  SQLULEN fetched = 1;
  if (run.shape.rowset > 1) {
    statement.attribute(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<SQLULEN>(run.shape.rowset));
    statement.attribute(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  }
  SQLUSMALLINT number = 0;
  for (Rowset::Column& column : rowset.columns()) {
    statement.bind(++number, column.c_type, column.cell(0), column.cell_bytes, column.lengths.data());
  }
  std::int64_t rows = 0;
  run.measure([&] {
    start(statement, run, sql);
    while (statement.fetch()) {
      if (run.verify()) rowset.check(fetched, rows + 1, run.verdict);
      if (rows == 0) between();
      rows += static_cast<std::int64_t>(fetched);
    }
    at_end();
    statement.close();
  });
  run.expect_count(rows);
}

void nothing() {}

void scan_cells(Run& run, Statement& statement, const Table& table, std::string_view sql) {
  Rowset row(table, run.shape.target, 1);
  std::int64_t rows = 0;
  run.measure([&] {
    start(statement, run, sql);
    while (statement.fetch()) {
      SQLUSMALLINT number = 0;
      for (Rowset::Column& column : row.columns()) {
        statement.ok(SQLGetData(statement, ++number, column.c_type, column.cell(0), static_cast<SQLLEN>(column.cell_bytes),
                                column.lengths.data()),
                     "SQLGetData");
      }
      ++rows;
      if (run.verify()) row.check(1, rows, run.verdict);
    }
    statement.close();
  });
  run.expect_count(rows);
}

void scan_table(Run& run, const Table& table) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return connection.number(query); });
  Statement statement(connection);
  const std::string sql = select_rows(table, run.extent.rows);
  if (run.shape.prepared) statement.prepare(sql);
  run.shape.access == Access::get_data ? scan_cells(run, statement, table, sql)
                                       : scan_bound(run, statement, table, sql, nothing, nothing);
}

}  // namespace

void scan(Run& run) { scan_table(run, kScanTable); }
void ints(Run& run) { scan_table(run, kIntsTable); }

void breadth(Run& run) {
  const auto columns = static_cast<std::size_t>(run.shape.size), rowset = kCellsACall / columns;
  const std::int64_t rows = run.count / run.shape.size;
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return connection.number(query); });
  Statement statement(connection);
  statement.prepare(select_breadth(run.shape.size, rows));
  SQLULEN fetched = 0;
  statement.attribute(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<SQLULEN>(rowset));
  statement.attribute(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  std::vector<SQLBIGINT> cells(columns * rowset, 1);
  std::vector<SQLLEN> lengths(columns * rowset, 1);
  for (std::size_t k = 0; k < columns; ++k) {
    statement.bind(static_cast<SQLUSMALLINT>(k + 1), SQL_C_SBIGINT, &cells[k * rowset], sizeof cells[0], &lengths[k * rowset]);
  }
  SQLSMALLINT count = 0;
  statement.ok(SQLNumResultCols(statement, &count), "SQLNumResultCols");  // what is put off until it is needed is done now
  std::int64_t got = 0;
  run.measure([&] {
    statement.execute();
    while (statement.fetch()) {
      for (std::size_t row = 0; row < fetched && run.verify(); ++row) {
        const std::int64_t id = got + static_cast<std::int64_t>(row) + 1;
        for (std::size_t k = 0; k < columns; ++k) {
          run.verdict.cell(id, "id+" + std::to_string(k), std::to_string(cells[k * rowset + row]),
                           std::to_string(id + static_cast<std::int64_t>(k)));
        }
      }
      got += static_cast<std::int64_t>(fetched);
    }
    statement.close();
  });
  run.expect_count(got * run.shape.size);
}

void parked(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return connection.number(query); });
  Statement statement(connection), other(connection);
  const auto use_connection = [&] {
    other.execute(kSelectOne);
    other.fetch_one();
    other.close();
  };
  scan_bound(run, statement, kScanTable, select_rows(kScanTable, run.extent.rows), use_connection, nothing);
}

void scrollable(Run& run) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view query) { return connection.number(query); });
  Statement statement(connection);
  statement.attribute(SQL_ATTR_CURSOR_TYPE, SQLULEN{SQL_CURSOR_STATIC});
  const auto back = [&] { statement.ok(SQLFetchScroll(statement, SQL_FETCH_FIRST, 0), "SQLFetchScroll"); };
  scan_bound(run, statement, kScanTable, select_rows(kScanTable, run.extent.rows), nothing, back);
}

}  // namespace selkie::bench
