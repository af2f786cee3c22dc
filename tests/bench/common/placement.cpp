#include "placement.h"

#include <filesystem>
#include <string>
#include <system_error>

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
      if (const auto thread = static_cast<pid_t>(number(sql)); thread > 0) return thread;
    } catch (const Failure&) {  // the other one, then
    }
  }
  return 0;
}

cpu_set_t only(int cpu) {
  cpu_set_t one{};
  CPU_SET(cpu, &one);
  return one;
}

// Those of the thread's process, or that alone. False: it may not be moved.
bool move(pid_t thread, ServerThreads which, const cpu_set_t& cpus) {
  if (sched_setaffinity(thread, sizeof cpus, &cpus) != 0) return false;
  if (which == ServerThreads::own) return true;
  std::error_code ended;  // a thread meanwhile
  const std::filesystem::path threads = "/proc/" + std::to_string(thread) + "/task";
  for (const auto& other : std::filesystem::directory_iterator(threads, ended)) {
    sched_setaffinity(std::stoi(other.path().filename()), sizeof cpus, &cpus);
  }
  return true;
}

}  // namespace

Placement::Placement(const Options& options, const std::function<std::int64_t(std::string_view)>& number, ServerThreads moved)
    : moved_(moved) {
  if (options.spread) return;
  const pid_t thread = server_thread(number);
  if (thread == 0 || sched_getaffinity(thread, sizeof servers_, &servers_) != 0) return;
  sched_getaffinity(0, sizeof ours_, &ours_);
  int first = 0, last = CPU_SETSIZE - 1;
  while (!CPU_ISSET(first, &ours_)) ++first;
  while (!CPU_ISSET(last, &ours_)) --last;
  if (!move(thread, moved_, only(last))) return;
  server_thread_ = thread;
  move(0, ServerThreads::own, only(options.apart ? first : last));
}

Placement::~Placement() {
  if (server_thread_ == 0) return;
  move(server_thread_, moved_, servers_);
  move(0, ServerThreads::own, ours_);
}

}  // namespace selkie::bench
