// The workloads: one row each. Both programs, the one through ODBC and the one on the raw socket, read this table and bind
// each kind to a body of their own, so that a figure of one always has its counterpart in the other.
#pragma once

#include <cstdint>
#include <string_view>

namespace selkie::bench {

enum class Kind : std::uint8_t {
  connect,         // connect, log in, disconnect
  select_one,      // SELECT 1, its row fetched
  point,           // prepared select of one row by its key, another key each time
  wide,            // prepared select of one row of 1,000 integer columns, executed again and again
  scan,            // the eight columns of dataset.h, many rows
  ints,            // two integer columns, many rows
  parked,          // scan, with SELECT 1 on a second statement after its first rowset
  scrollable,      // scan through a static cursor, and back to its first row
  repeat_direct,   // one text sent by SQLExecDirect again and again
  repeat_prepare,  // prepare, execute, fetch, free of one text again and again
  fresh,           // the same, of another text each time
  crowd,           // prepared selects of one row, `size` of them open, executed in turn
  breadth,         // `size` integer columns, many rows
  threads_select,  // SELECT 1 on `size` threads with a connection each
  threads_scan,    // scan, likewise, of as many rows in sum
  insert,          // five columns, `rowset` rows a call
  update,          // one column by key, `rowset` rows a call
  commit,          // one row inserted and committed, again and again
  blob_get,        // one blob read in pieces of 64 KiB
  blob_put,        // one blob written in pieces of 64 KiB
  tables,          // SQLTables of the catalog schema
  columns,         // SQLColumns of the catalog schema
  tables_one,      // SQLTables of one table of the catalog schema, again and again
  columns_one,     // SQLColumns, likewise
  abandon,         // close of a result of very many rows after its first row, then SELECT 1
};

// What the application asks for: numbers and structs, UTF-8 text, or UTF-16 text for every column.
enum class Target : std::uint8_t { native, narrow, utf16 };

// How the cells of a wide row get to the application.
enum class Access : std::uint8_t { bound, get_data, describe /* bound, and each column described after each execution */ };

struct Shape {
  Target target = Target::native;
  bool prepared = false;  // SQLPrepare and SQLExecute over binary rows, or SQLExecDirect over text rows
  int rowset = 1;         // rows a call; with Access::get_data always 1
  Access access = Access::bound;
  bool row_wise = false;  // parameter arrays as an array of structs
  int size = 1;           // threads, columns or open statements, where the kind has them
};

struct Workload {
  std::string_view name;
  Kind kind;
  long count;             // of a full run
  std::string_view unit;  // what is counted
  Shape shape{};
  bool on_request = false;  // runs only when it is named
};

inline constexpr std::int64_t kRows = 1'000'000;
inline constexpr long kPieces = 1024;  // of kPieceBytes: 64 MiB
inline constexpr std::size_t kPieceBytes = 65536;
inline constexpr std::size_t kCellsACall = 4096;  // of the breadth workload: 4,096 rows of one column, one row of 4,096

inline constexpr Workload kWorkloads[] = {
    {"connect", Kind::connect, 1000, "op"},
    {"select1.direct", Kind::select_one, 20'000, "op"},
    {"point.prepared", Kind::point, 20'000, "op", {.prepared = true}},
    {"wide1000.bound", Kind::wide, 2000, "op", {.prepared = true}},
    {"wide1000.get", Kind::wide, 2000, "op", {.prepared = true, .access = Access::get_data}},
    {"wide1000.describe", Kind::wide, 2000, "op", {.prepared = true, .access = Access::describe}},
    {"repeat.direct", Kind::repeat_direct, 20'000, "op"},
    {"repeat.prepare", Kind::repeat_prepare, 20'000, "op", {.prepared = true}},

    {"scan.native.rs1.direct", Kind::scan, kRows, "row", {}},
    {"scan.native.rs100.direct", Kind::scan, kRows, "row", {.rowset = 100}},
    {"scan.native.rs1000.direct", Kind::scan, kRows, "row", {.rowset = 1000}},
    {"scan.native.get.direct", Kind::scan, kRows, "row", {.access = Access::get_data}},
    {"scan.native.rs1.prepared", Kind::scan, kRows, "row", {.prepared = true}},
    {"scan.native.rs100.prepared", Kind::scan, kRows, "row", {.prepared = true, .rowset = 100}},
    {"scan.native.rs1000.prepared", Kind::scan, kRows, "row", {.prepared = true, .rowset = 1000}},
    {"scan.native.get.prepared", Kind::scan, kRows, "row", {.prepared = true, .access = Access::get_data}},

    {"scan.char.rs1.direct", Kind::scan, kRows, "row", {.target = Target::narrow}},
    {"scan.char.rs100.direct", Kind::scan, kRows, "row", {.target = Target::narrow, .rowset = 100}},
    {"scan.char.rs1000.direct", Kind::scan, kRows, "row", {.target = Target::narrow, .rowset = 1000}},
    {"scan.char.get.direct", Kind::scan, kRows, "row", {.target = Target::narrow, .access = Access::get_data}},
    {"scan.char.rs1.prepared", Kind::scan, kRows, "row", {.target = Target::narrow, .prepared = true}},
    {"scan.char.rs100.prepared", Kind::scan, kRows, "row", {.target = Target::narrow, .prepared = true, .rowset = 100}},
    {"scan.char.rs1000.prepared", Kind::scan, kRows, "row", {.target = Target::narrow, .prepared = true, .rowset = 1000}},
    {"scan.char.get.prepared",
     Kind::scan,
     kRows,
     "row",
     {.target = Target::narrow, .prepared = true, .access = Access::get_data}},

    {"scan.wchar.rs1.direct", Kind::scan, kRows, "row", {.target = Target::utf16}},
    {"scan.wchar.rs100.direct", Kind::scan, kRows, "row", {.target = Target::utf16, .rowset = 100}},
    {"scan.wchar.rs1000.direct", Kind::scan, kRows, "row", {.target = Target::utf16, .rowset = 1000}},
    {"scan.wchar.get.direct", Kind::scan, kRows, "row", {.target = Target::utf16, .access = Access::get_data}},
    {"scan.wchar.rs1.prepared", Kind::scan, kRows, "row", {.target = Target::utf16, .prepared = true}},
    {"scan.wchar.rs100.prepared", Kind::scan, kRows, "row", {.target = Target::utf16, .prepared = true, .rowset = 100}},
    {"scan.wchar.rs1000.prepared", Kind::scan, kRows, "row", {.target = Target::utf16, .prepared = true, .rowset = 1000}},
    {"scan.wchar.get.prepared",
     Kind::scan,
     kRows,
     "row",
     {.target = Target::utf16, .prepared = true, .access = Access::get_data}},

    {"ints.rs1000.direct", Kind::ints, kRows, "row", {.rowset = 1000}},
    {"ints.rs1000.prepared", Kind::ints, kRows, "row", {.prepared = true, .rowset = 1000}},

    {"parked.rs1000", Kind::parked, kRows, "row", {.rowset = 1000}},
    {"scrollable.rs1000", Kind::scrollable, kRows, "row", {.rowset = 1000}},

    {"insert.row", Kind::insert, 20'000, "row", {.prepared = true}},
    {"insert.array1000.column", Kind::insert, 200'000, "row", {.prepared = true, .rowset = 1000}},
    {"insert.array1000.row", Kind::insert, 200'000, "row", {.prepared = true, .rowset = 1000, .row_wise = true}},
    {"update.array1000", Kind::update, 20'000, "row", {.prepared = true, .rowset = 1000}},

    {"blob.get.direct", Kind::blob_get, kPieces, "64K", {}},
    {"blob.get.prepared", Kind::blob_get, kPieces, "64K", {.prepared = true}},
    {"blob.put", Kind::blob_put, kPieces, "64K", {.prepared = true}},

    {"tables", Kind::tables, 2000, "row", {.rowset = 100}},
    {"columns", Kind::columns, 20'000, "row", {.rowset = 100}},
    {"tables.one", Kind::tables_one, 200, "op", {.rowset = 100}},
    {"columns.one", Kind::columns_one, 200, "op", {.rowset = 100}},
    {"abandon", Kind::abandon, 5, "op"},

    // For round trips: what a network's delay costs.
    {"fresh.prepare", Kind::fresh, 5000, "op", {.prepared = true}, true},
    {"commit", Kind::commit, 5000, "op", {.prepared = true}, true},

    // For curves.
    {"breadth.1", Kind::breadth, kRows, "cell", {.prepared = true, .size = 1}, true},
    {"breadth.8", Kind::breadth, kRows, "cell", {.prepared = true, .size = 8}, true},
    {"breadth.64", Kind::breadth, kRows, "cell", {.prepared = true, .size = 64}, true},
    {"breadth.512", Kind::breadth, kRows, "cell", {.prepared = true, .size = 512}, true},
    {"breadth.4096", Kind::breadth, kRows, "cell", {.prepared = true, .size = 4096}, true},
    {"crowd.1", Kind::crowd, 20'000, "op", {.prepared = true, .size = 1}, true},
    {"crowd.10", Kind::crowd, 20'000, "op", {.prepared = true, .size = 10}, true},
    {"crowd.100", Kind::crowd, 20'000, "op", {.prepared = true, .size = 100}, true},
    {"crowd.1000", Kind::crowd, 20'000, "op", {.prepared = true, .size = 1000}, true},
    {"threads.select1.1", Kind::threads_select, 40'000, "op", {.size = 1}, true},
    {"threads.select1.2", Kind::threads_select, 40'000, "op", {.size = 2}, true},
    {"threads.select1.4", Kind::threads_select, 40'000, "op", {.size = 4}, true},
    {"threads.select1.8", Kind::threads_select, 40'000, "op", {.size = 8}, true},
    {"threads.select1.16", Kind::threads_select, 40'000, "op", {.size = 16}, true},
    {"threads.scan.1", Kind::threads_scan, kRows, "row", {.rowset = 100, .size = 1}, true},
    {"threads.scan.2", Kind::threads_scan, kRows, "row", {.rowset = 100, .size = 2}, true},
    {"threads.scan.4", Kind::threads_scan, kRows, "row", {.rowset = 100, .size = 4}, true},
    {"threads.scan.8", Kind::threads_scan, kRows, "row", {.rowset = 100, .size = 8}, true},
    {"threads.scan.16", Kind::threads_scan, kRows, "row", {.rowset = 100, .size = 16}, true},
};

}  // namespace selkie::bench
