// Where client and server run. When the scheduler decides, a short command costs two to three times as much on two CPUs as on
// one, at random, and the cost of a scan depends on how many rows happen to arrive before the client wakes up. So both are put
// on one CPU, where the machine allows it: the server is local, tells its thread's number, and this process may move it.
// Otherwise, and with --spread, nothing is moved; nor for a blob on its way in, which comes in
// larger pieces from another CPU. On one CPU, wall is the sum of what both sides do: nothing is hidden by
// overlapping.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "program.h"

namespace selkie::bench {

class SharedCpu {
 public:
  // number(sql) runs a query on the workload's connection and gives its first cell; it throws when the server refuses.
  SharedCpu(const Options& options, const std::function<std::int64_t(std::string_view)>& number);
  ~SharedCpu();  // the server uses its thread again for other connections
  SharedCpu(const SharedCpu&) = delete;
  SharedCpu& operator=(const SharedCpu&) = delete;

 private:
  pid_t server_thread_ = 0;  // 0: not moved
  cpu_set_t servers_{}, ours_{};
};

}  // namespace selkie::bench
