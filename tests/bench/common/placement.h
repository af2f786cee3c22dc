// Where client and server run. When the scheduler decides, a short command costs two to three times as much on two CPUs as on
// one, at random, and the cost of a scan depends on how many rows happen to arrive before the client wakes up. So both are put
// on one CPU: wall is then the sum of what both sides do. With --apart each has a CPU of its own: wall shows how well a client
// works while the server does. Either needs a local server that tells its thread's number, and a process that may move it;
// else, and with --spread, nothing is moved.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "program.h"

namespace selkie::bench {

enum class ServerThreads : std::uint8_t { own, all /* for workloads that connect: new threads stay where others are */ };

class Placement {
 public:
  // number(sql) runs a query on the workload's connection and gives its first cell; it throws when the server refuses.
  Placement(const Options& options, const std::function<std::int64_t(std::string_view)>& number,
            ServerThreads moved = ServerThreads::own);
  ~Placement();  // the server uses its threads again for other connections
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;

 private:
  pid_t server_thread_ = 0;  // 0: not moved
  ServerThreads moved_;
  cpu_set_t servers_{}, ours_{};
};

}  // namespace selkie::bench
