// The workloads through ODBC, by file.
#pragma once

#include "../common/placement.h"
#include "handles.h"

namespace selkie::bench {

// odbc_statements.cpp
void connect(Run& run);
void select_one(Run& run);
void point(Run& run);
void wide(Run& run);
void repeat_direct(Run& run);
void repeat_prepare(Run& run);
void fresh(Run& run);
void crowd(Run& run);
void abandon(Run& run);

// odbc_scan.cpp
void scan(Run& run);
void ints(Run& run);
void parked(Run& run);
void scrollable(Run& run);
void breadth(Run& run);

// odbc_threads.cpp
void threads_select(Run& run);
void threads_scan(Run& run);

// odbc_insert.cpp
void insert(Run& run);
void update(Run& run);
void commit(Run& run);

// odbc_blob.cpp
void blob_get(Run& run);
void blob_put(Run& run);

// odbc_catalog.cpp
void tables(Run& run);
void columns(Run& run);
void tables_one(Run& run);
void columns_one(Run& run);

}  // namespace selkie::bench
