// Catalog functions over a schema of many tables.
#include <algorithm>

#include "bodies.h"

namespace selkie::bench {
namespace {

// A column of a catalog result, as a program binds it: text, or an integer of 16 or 32 bits.
struct CatalogColumn {
  SQLSMALLINT c_type;
  std::size_t bytes;
};
constexpr CatalogColumn kName{SQL_C_CHAR, 129}, kText{SQL_C_CHAR, 256}, kShort{SQL_C_SSHORT, 2}, kLong{SQL_C_SLONG, 4};

// CAT, SCHEM, NAME, TYPE, REMARKS
constexpr CatalogColumn kTablesResult[] = {kName, kName, kName, kName, kText};
// CAT, SCHEM, TABLE, COLUMN, DATA_TYPE, TYPE_NAME, COLUMN_SIZE, BUFFER_LENGTH, DECIMAL_DIGITS, NUM_PREC_RADIX, NULLABLE,
// REMARKS, COLUMN_DEF, SQL_DATA_TYPE, SQL_DATETIME_SUB, CHAR_OCTET_LENGTH, ORDINAL_POSITION, IS_NULLABLE
constexpr CatalogColumn kColumnsResult[] = {kName,  kName,  kName, kName, kShort, kName,  kLong, kLong, kShort,
                                            kShort, kShort, kText, kText, kShort, kShort, kLong, kLong, kName};
constexpr std::size_t kTable = 2, kColumn = 3, kSize = 6, kOrdinal = 16;

class CatalogRowset {
 public:
  CatalogRowset(Statement& statement, std::span<const CatalogColumn> columns, std::size_t rows) {
    SQLUSMALLINT number = 0;
    for (const CatalogColumn& column : columns) {
      Bound& bound = bound_.emplace_back(column.bytes, std::vector<char>(column.bytes * rows, 1), std::vector<SQLLEN>(rows, 1));
      statement.bind(++number, column.c_type, bound.cells.data(), column.bytes, bound.lengths.data());
    }
  }

  std::string text(std::size_t column, std::size_t row) const {
    const Bound& bound = bound_[column];
    const auto length = std::clamp<SQLLEN>(bound.lengths[row], 0, static_cast<SQLLEN>(bound.bytes - 1));
    return {bound.cells.data() + row * bound.bytes, static_cast<std::size_t>(length)};
  }
  SQLINTEGER integer(std::size_t column, std::size_t row) const {
    return reinterpret_cast<const SQLINTEGER*>(bound_[column].cells.data())[row];
  }

 private:
  struct Bound {
    Bound(std::size_t cell_bytes, std::vector<char> room, std::vector<SQLLEN> sizes)
        : bytes(cell_bytes), cells(std::move(room)), lengths(std::move(sizes)) {}
    std::size_t bytes;
    std::vector<char> cells;
    std::vector<SQLLEN> lengths;
  };
  std::vector<Bound> bound_;
};

// What is asked for: all tables once, or one table in each of the operations.
struct Subject {
  std::string pattern = "%";
  std::int64_t first_table = 0;
  long calls = 1;
};

Subject one_table(const Run& run) {
  constexpr std::int64_t kOne = 7;
  return {catalog_table(kOne), kOne, run.count};
}

SQLCHAR* text(std::string& name) { return reinterpret_cast<SQLCHAR*>(name.data()); }

// call(statement, schema, table) runs the catalog function; check(rowset, row, number) looks at row `number` of its answer.
// Gives the number of rows in all answers.
template <class Call, class Check>
std::int64_t list(Run& run, std::span<const CatalogColumn> result, Subject subject, Call call, Check check) {
  Connection connection(run.options);
  const Placement placement(run.options, [&](std::string_view sql) { return connection.number(sql); });
  Statement statement(connection);
  SQLULEN fetched = 0;
  statement.attribute(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<SQLULEN>(run.shape.rowset));
  statement.attribute(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  const CatalogRowset rowset(statement, result, static_cast<std::size_t>(run.shape.rowset));
  std::string schema = run.extent.catalog();
  std::int64_t rows = 0;
  run.measure([&] {
    for (long done = 0; done < subject.calls; ++done) {
      call(statement, text(schema), text(subject.pattern));
      const std::int64_t before = rows;
      while (statement.fetch()) {
        for (std::size_t row = 0; row < fetched && run.verify(); ++row) {
          check(rowset, row, rows - before + static_cast<std::int64_t>(row));
        }
        rows += static_cast<std::int64_t>(fetched);
      }
      statement.close();
    }
  });
  return rows;
}

std::int64_t list_tables(Run& run, const Subject& subject) {
  return list(
      run, kTablesResult, subject,
      [](Statement& statement, SQLCHAR* schema, SQLCHAR* table) {
        statement.ok(SQLTables(statement, schema, SQL_NTS, nullptr, 0, table, SQL_NTS, nullptr, 0), "SQLTables");
      },
      [&](const CatalogRowset& rowset, std::size_t row, std::int64_t number) {
        run.verdict.cell(number, "TABLE_NAME", rowset.text(kTable, row), catalog_table(subject.first_table + number));
      });
}

SQLCHAR kAny[] = "%";

std::int64_t list_columns(Run& run, const Subject& subject) {
  return list(
      run, kColumnsResult, subject,
      [](Statement& statement, SQLCHAR* schema, SQLCHAR* table) {
        statement.ok(SQLColumns(statement, schema, SQL_NTS, nullptr, 0, table, SQL_NTS, kAny, SQL_NTS), "SQLColumns");
      },
      [&](const CatalogRowset& rowset, std::size_t row, std::int64_t number) {
        const std::int64_t table = subject.first_table + number / kColumnsPerTable, column = number % kColumnsPerTable;
        run.verdict.cell(number, "TABLE_NAME", rowset.text(kTable, row), catalog_table(table));
        run.verdict.cell(number, "COLUMN_NAME", rowset.text(kColumn, row), "c" + std::to_string(column));
        run.verdict.cell(number, "COLUMN_SIZE", std::to_string(rowset.integer(kSize, row)),
                         std::to_string(catalog_size(column)));
        run.verdict.cell(number, "ORDINAL_POSITION", std::to_string(rowset.integer(kOrdinal, row)), std::to_string(column + 1));
      });
}

}  // namespace

void tables(Run& run) { run.expect_count(list_tables(run, {})); }
void columns(Run& run) { run.expect_count(list_columns(run, {})); }
void tables_one(Run& run) { run.expect_count(list_tables(run, one_table(run))); }
void columns_one(Run& run) { run.expect_count(list_columns(run, one_table(run)) / kColumnsPerTable); }

}  // namespace selkie::bench
