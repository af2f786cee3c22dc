// Where a short command runs. Client and server take turns then, and whether the scheduler has put them on one CPU or on two
// changes the figures by a factor of two to three, at random. So both are put on one, where the machine allows it: the server
// is local, tells its thread's number, and this process may move it. Otherwise nothing is moved.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string_view>

namespace selkie::bench {

// For workloads whose client and server overlap this would be wrong: a scan reads while the server sends.
class SharedCpu {
 public:
  // number(sql) runs a query on the workload's connection and gives its first cell; it throws when the server refuses.
  explicit SharedCpu(const std::function<std::int64_t(std::string_view)>& number);
  ~SharedCpu();  // the server uses its thread again for other connections
  SharedCpu(const SharedCpu&) = delete;
  SharedCpu& operator=(const SharedCpu&) = delete;

 private:
  pid_t server_thread_ = 0;  // 0: not moved
  cpu_set_t servers_{}, ours_{};
};

}  // namespace selkie::bench
