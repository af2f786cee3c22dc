// What the bench's tables hold: the SQL that makes it on the server, and the same values computed here, so that every
// driver's answer is compared with the formula and not with another driver. Standard library and sql.h only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sql.h>
#include <sqlext.h>

#include "workloads.h"

namespace selkie::bench {

enum class Value : std::uint8_t { integer, big_integer, real, decimal, date, timestamp, text };

// One column, and the room its cells take in an application's array, in bytes, by target (text with its terminator).
struct ColumnFacts {
  std::string_view name;
  Value value;
  SQLSMALLINT native_type;
  std::size_t native_bytes, narrow_bytes, utf16_bytes;
};

inline constexpr ColumnFacts kScanColumns[] = {
    {"id", Value::integer, SQL_C_SLONG, sizeof(SQLINTEGER), 12, 24},
    {"big", Value::big_integer, SQL_C_SBIGINT, sizeof(SQLBIGINT), 21, 42},
    {"dbl", Value::real, SQL_C_DOUBLE, sizeof(SQLDOUBLE), 26, 52},
    {"dec", Value::decimal, SQL_C_CHAR, 21, 21, 42},
    {"day", Value::date, SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT), 11, 22},
    {"at", Value::timestamp, SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT), 27, 54},
    {"name", Value::text, SQL_C_CHAR, 129, 129, 130},
    {"note", Value::text, SQL_C_CHAR, 256, 256, 402},
};

inline constexpr ColumnFacts kIntsColumns[] = {
    {"id", Value::integer, SQL_C_SLONG, sizeof(SQLINTEGER), 12, 24},
    {"n", Value::integer, SQL_C_SLONG, sizeof(SQLINTEGER), 12, 24},
};

// A cell as text in the one spelling that values are compared in: shortest round-trip doubles, six digits of microseconds.
struct Expected {
  std::string text;
  bool null = false;
};

struct Table {
  std::string_view name;
  std::span<const ColumnFacts> columns;
  void (*expect)(std::int64_t id, std::span<Expected> cells);  // one cell per column, for the row of this id (from 1)
};

extern const Table kScanTable, kIntsTable;

inline constexpr int kWideColumns = 1000;
inline constexpr int kWideRows = 100;
constexpr std::int32_t wide_value(int id, int column) { return column == 1 ? id : id * kWideColumns + column; }

// The blob as 8-byte words.
constexpr std::uint64_t blob_word(std::uint64_t index) { return (index + 1) * 0x9e3779b97f4a7c15u; }

inline constexpr int kColumnsPerTable = 10;  // of the catalog schema

// How much of everything a run of this scale needs.
struct Extent {
  explicit Extent(double scale);
  std::int64_t rows;  // of a scan; the tables hold kRows of them at most, more are read by reading all several times
  long pieces;
  long tables;
  std::string catalog() const;  // the schema that holds `tables` tables and nothing else
};

// Texts sent by both programs.
std::string select_rows(const Table& table, std::int64_t rows);  // the first `rows` rows, in order of id
std::string select_blob(long pieces);
std::string select_abandoned(double scale);                  // 100 million rows at scale 1
std::string select_breadth(int columns, std::int64_t rows);  // cell k of a row, from 0, is its id + k
std::string select_point(std::int64_t number);               // kSelectPoint as a text of its own
inline constexpr std::string_view kSelectOne = "SELECT 1";
inline constexpr std::string_view kSelectPoint = "SELECT id, big, dbl, name FROM scan WHERE id = ?";
inline constexpr std::string_view kSelectWide = "SELECT * FROM wide WHERE c1 = ?";
inline constexpr std::string_view kSelectRepeated = "SELECT id, name FROM scan WHERE id = 77";
inline constexpr std::string_view kInsert = "INSERT INTO inserted (id, big, dbl, name, at) VALUES (?, ?, ?, ?, ?)";
inline constexpr std::string_view kUpdate = "UPDATE updated SET n = n + ? WHERE id = ?";
inline constexpr std::string_view kPutBlob = "INSERT INTO put (data) VALUES (?)";

// Tables that a workload empties before it fills them, and the question whether they hold what was sent: one row with one
// number, which has to be the count of rows written (pieces of a blob).
inline constexpr std::string_view kEmptyInserted = "TRUNCATE TABLE inserted";
inline constexpr std::string_view kEmptyUpdated = "UPDATE updated SET n = 0";
inline constexpr std::string_view kEmptyPut = "TRUNCATE TABLE put";
extern const std::string kCountInserted;
inline constexpr std::string_view kCountUpdated = "SELECT IF(MIN(n) = MAX(n), SUM(n), -1) FROM updated";
std::string count_put(long pieces);

// The application's side of the insert and update workloads: row k of a call of up to 1,000, the same in each call.
struct InsertRow {
  std::int32_t id;
  std::int64_t big;
  double dbl;
  char name[24];
  SQL_TIMESTAMP_STRUCT at;
  SQLLEN name_bytes;
};
std::vector<InsertRow> insert_rows(int rows);

inline constexpr int kUpdatedRows = 1000;  // each call of the update workload adds 1 to every one

// A table of the catalog schema, by its place in the order of names.
std::string catalog_table(std::int64_t number);
// What SQLColumns says as the size of column `number`, from 0, of each of them: INT, DECIMAL(18,4) and VARCHAR(64).
constexpr int catalog_size(std::int64_t number) { return number == 0 ? 10 : number % 2 == 0 ? 18 : 64; }

// Make the tables, each as far as it is missing: those that hold rows, and the schema that is listed. run(sql) executes;
// number(sql) gives the first cell, 0 for NULL; put_blob(pieces) writes the blob of that many pieces into `blobs` under the id
// of its piece count.
struct Maker {
  virtual void run(std::string_view sql) = 0;
  virtual std::int64_t number(std::string_view sql) = 0;
  virtual void put_blob(long pieces) = 0;

 protected:
  ~Maker() = default;
};
void make_tables(Maker& maker, double scale);
void make_catalog(Maker& maker, double scale);

}  // namespace selkie::bench
