// The application's column-wise arrays, and the check of what landed in them. ODBC drivers fill them through bound columns,
// the decoded limit fills the very same arrays by hand.
#pragma once

#include <string>
#include <vector>

#include "dataset.h"
#include "measure.h"

namespace selkie::bench {

class Rowset {
 public:
  struct Column {
    SQLSMALLINT c_type;
    std::size_t cell_bytes;
    std::vector<char> cells;      // row k at k * cell_bytes
    std::vector<SQLLEN> lengths;  // bytes, or SQL_NULL_DATA

    char* cell(std::size_t row) { return cells.data() + row * cell_bytes; }
  };

  // All memory is touched here, so that it counts as the application's, not the driver's.
  Rowset(const Table& table, Target target, std::size_t rows);

  std::size_t rows() const { return rows_; }
  Column& operator[](std::size_t column) { return columns_[column]; }
  std::span<Column> columns() { return columns_; }

  // Compares the first `rows` rows with those of the table from `first_id` on.
  void check(std::size_t rows, std::int64_t first_id, Verdict& verdict);

 private:
  std::string text(std::size_t column, std::size_t row);

  const Table& table_;
  Target target_;
  std::size_t rows_;
  std::vector<Column> columns_;
  std::vector<Expected> expected_;
};

}  // namespace selkie::bench
