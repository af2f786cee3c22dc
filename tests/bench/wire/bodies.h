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
void abandon(Run& run);

// wire_scan.cpp
void scan(Run& run);
void ints(Run& run);
void tables(Run& run);
void columns(Run& run);

// wire_insert.cpp
void insert(Run& run);
void update(Run& run);

// wire_blob.cpp
void blob_get(Run& run);
void blob_put(Run& run);
void put_blob(Wire& wire, std::string_view sql, long pieces, bool same_piece);

}  // namespace selkie::bench::wire
