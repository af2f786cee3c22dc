#include "placement.h"

namespace selkie::bench {
namespace {

// MariaDB's table has the thread, MySQL's lacks it, and MariaDB's performance schema is off by default.
constexpr std::string_view kThread[] = {
    "SELECT TID FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()",
    "SELECT THREAD_OS_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID()",
};

pid_t server_thread(const std::function<std::int64_t(std::string_view)>& number) {
  for (const std::string_view sql : kThread) {
    try {
      return static_cast<pid_t>(number(sql));
    } catch (const Failure&) {  // the other one, then
    }
  }
  return 0;
}

bool move(pid_t thread, int cpu) {
  cpu_set_t one{};
  CPU_SET(cpu, &one);
  return sched_setaffinity(thread, sizeof one, &one) == 0;
}

}  // namespace

Placement::Placement(const Options& options, const std::function<std::int64_t(std::string_view)>& number) {
  if (options.spread) return;
  const pid_t thread = server_thread(number);
  if (thread <= 0 || sched_getaffinity(thread, sizeof servers_, &servers_) != 0) return;
  sched_getaffinity(0, sizeof ours_, &ours_);
  int first = 0, last = CPU_SETSIZE - 1;
  while (!CPU_ISSET(first, &ours_)) ++first;
  while (!CPU_ISSET(last, &ours_)) --last;
  if (!move(thread, last)) return;
  server_thread_ = thread;
  move(0, options.apart ? first : last);
}

Placement::~Placement() {
  if (server_thread_ == 0) return;
  sched_setaffinity(server_thread_, sizeof servers_, &servers_);
  sched_setaffinity(0, sizeof ours_, &ours_);
}

}  // namespace selkie::bench
