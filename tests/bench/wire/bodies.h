// The workloads on the raw socket, by file. Each reads options.decode: off, the bytes are only moved; on, they are decoded
// into, or encoded from, the application's arrays by hand. A connection sends definitions of columns once on MariaDB.
#pragma once

#include "../common/placement.h"
#include "wire.h"

namespace selkie::bench::wire {

// wire_statements.cpp
void connect(Run& run);
void select_one(Run& run);
void point(Run& run);
void wide(Run& run);
void repeat_direct(Run& run);
void fresh(Run& run);
void crowd(Run& run);
void abandon(Run& run);

// wire_scan.cpp
void scan(Run& run);
void ints(Run& run);
void breadth(Run& run);

// wire_threads.cpp
void threads_select(Run& run);
void threads_scan(Run& run);

// wire_catalog.cpp
void tables(Run& run);
void columns(Run& run);
void tables_one(Run& run);
void columns_one(Run& run);

// wire_insert.cpp
void insert(Run& run);
void update(Run& run);
void commit(Run& run);

// wire_blob.cpp
void blob_get(Run& run);
void blob_put(Run& run);
void put_blob(Wire& wire, std::string_view sql, long pieces, bool same_piece);

}  // namespace selkie::bench::wire
