// Several threads, each with a connection of its own.
#include <deque>

#include "../common/threads.h"
#include "bodies.h"
#include "decode.h"

namespace selkie::bench::wire {
namespace {

// work(wire, share): `share` of the count, on a thread of its own.
template <class Work>
void share_out(Run& run, Work work) {
  std::deque<Wire> wires;
  for (int thread = 0; thread < run.shape.size; ++thread) wires.emplace_back(run.options);
  run.measure(
      [&] { on_threads(run.shape.size, [&](std::size_t thread) { work(wires[thread], run.count / run.shape.size); }); });
}

}  // namespace

void threads_select(Run& run) {
  share_out(run, [](Wire& wire, long count) {
    for (long op = 0; op < count; ++op) wire.run(kSelectOne);
  });
}

void threads_scan(Run& run) {
  share_out(run, [&](Wire& wire, long count) {
    Rowset arrays(kScanTable, run.shape.target, static_cast<std::size_t>(run.shape.rowset));
    const RowDecoder decoder(kScanTable, run.shape.target, false, arrays);
    long rows = 0;
    wire.query(select_rows(kScanTable, count));
    wire.result();
    for (Packet row; wire.row(row); ++rows) {
      if (run.options.decode) decoder(row.data(), static_cast<std::size_t>(rows) % arrays.rows());
    }
    if (rows != count) throw Failure{"a thread got " + std::to_string(rows) + " rows"};
  });
}

}  // namespace selkie::bench::wire
