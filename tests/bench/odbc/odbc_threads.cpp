// Several threads, each with a connection of its own in one environment.
#include "../common/rowset.h"
#include "../common/threads.h"
#include "bodies.h"

#include <deque>

namespace selkie::bench {
namespace {

struct Worker {
  Worker(const Options& options, const Environment& environment) : connection(options, environment), statement(connection) {}
  Connection connection;
  Statement statement;
  Verdict verdict;
};

// work(worker, share): `share` of the count, on a thread of its own.
template <class Work>
void share_out(Run& run, Work work) {
  const Environment environment;
  std::deque<Worker> workers;
  for (int thread = 0; thread < run.shape.size; ++thread) workers.emplace_back(run.options, environment);
  run.measure(
      [&] { on_threads(run.shape.size, [&](std::size_t thread) { work(workers[thread], run.count / run.shape.size); }); });
  for (const Worker& worker : workers) run.verdict.include(worker.verdict);
}

}  // namespace

void threads_select(Run& run) {
  share_out(run, [&](Worker& worker, long count) {
    SQLINTEGER one = 0;
    worker.statement.bind(1, SQL_C_SLONG, &one, sizeof one, nullptr);
    for (long op = 0; op < count; ++op) {
      worker.statement.execute(kSelectOne);
      worker.statement.fetch_one();
      worker.statement.close();
      if (run.verify()) worker.verdict.cell(op, "1", std::to_string(one), "1");
    }
  });
}

void threads_scan(Run& run) {
  share_out(run, [&](Worker& worker, long count) {
    Rowset rowset(kScanTable, run.shape.target, static_cast<std::size_t>(run.shape.rowset));
    SQLULEN fetched = 0;
    worker.statement.attribute(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<SQLULEN>(run.shape.rowset));
    worker.statement.attribute(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    SQLUSMALLINT number = 0;
    for (Rowset::Column& column : rowset.columns()) {
      worker.statement.bind(++number, column.c_type, column.cell(0), column.cell_bytes, column.lengths.data());
    }
    std::int64_t rows = 0;
    worker.statement.execute(select_rows(kScanTable, count));
    while (worker.statement.fetch()) {
      if (run.verify()) rowset.check(fetched, rows + 1, worker.verdict);
      rows += static_cast<std::int64_t>(fetched);
    }
    worker.statement.close();
    if (rows != count) worker.verdict.wrong("count " + std::to_string(rows) + ", want " + std::to_string(count));
  });
}

}  // namespace selkie::bench
