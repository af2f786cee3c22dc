#include "measure.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

namespace selkie::bench {
namespace {

long status_kib(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::atol(line.c_str() + field.size());
  }
  return 0;
}

// Lets VmHWM start again from the present size; without it the peak of the preparation would count.
void forget_peak() {
  const int file = open("/proc/self/clear_refs", O_WRONLY);
  if (file < 0) return;
  if (write(file, "5", 1) != 1) {}  // an older kernel refuses: the peak then includes the preparation
  close(file);
}

struct Traffic {
  std::int64_t in = 0, out = 0, writes = 0;
};

Traffic traffic() {
  Traffic total;
  DIR* open_files = opendir("/proc/self/fd");
  if (!open_files) return total;
  while (const dirent* entry = readdir(open_files)) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(std::atoi(entry->d_name), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
    total.in += static_cast<std::int64_t>(info.tcpi_bytes_received);
    total.out += static_cast<std::int64_t>(info.tcpi_bytes_sent);
    total.writes += info.tcpi_data_segs_out;
  }
  closedir(open_files);
  return total;
}

std::int64_t ns_of(const timeval& time) { return (time.tv_sec * 1'000'000 + time.tv_usec) * 1000; }

std::uint64_t mix(std::uint64_t sum, std::string_view text) {
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (sum ^ 0x1f) * 0x100000001b3u;  // the end of the cell counts too
}

}  // namespace

Cost cost_of(const std::function<void()>& timed) {
  Cost cost;
  const Traffic traffic_before = traffic();
  forget_peak();
  cost.base_kib = status_kib("VmRSS:");
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  timed();
  const auto end = std::chrono::steady_clock::now();
  getrusage(RUSAGE_SELF, &after);
  cost.grown_kib = status_kib("VmHWM:") - cost.base_kib;
  const Traffic traffic_after = traffic();
  cost.wall_ns = std::chrono::nanoseconds(end - start).count();
  cost.sys_ns = ns_of(after.ru_stime) - ns_of(before.ru_stime);
  cost.cpu_ns = cost.sys_ns + ns_of(after.ru_utime) - ns_of(before.ru_utime);
  cost.bytes_in = traffic_after.in - traffic_before.in;
  cost.bytes_out = traffic_after.out - traffic_before.out;
  cost.writes = traffic_after.writes - traffic_before.writes;
  return cost;
}

void Verdict::cell(std::int64_t row, std::string_view column, std::string_view got, std::string_view want) {
  ++cells_;
  got_ = mix(got_, got);
  want_ = mix(want_, want);
  if (got == want || !first_difference_.empty()) return;
  first_difference_ = "row " + std::to_string(row) + ", " + std::string(column) + ": got '" + std::string(got) + "', want '" +
                      std::string(want) + "'";
}

void Verdict::include(const Verdict& other) {
  cells_ += other.cells_;
  got_ = mix(got_, std::to_string(other.got_));
  want_ = mix(want_, std::to_string(other.want_));
  if (first_difference_.empty()) first_difference_ = other.first_difference_;
}

void Verdict::wrong(std::string what) {
  if (first_difference_.empty()) first_difference_ = std::move(what);
}

}  // namespace selkie::bench
