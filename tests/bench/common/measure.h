// What one run of one workload cost, and whether its values were right. Linux only: /proc, getrusage, TCP_INFO.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "workloads.h"

namespace selkie::bench {

struct Cost {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;  // user and system of this process, all threads (getrusage: the sum is exact, the split is not)
  std::int64_t sys_ns = 0;
  long base_kib = 0;   // resident before the timed section: program, driver manager, driver, connection, application's arrays
  long grown_kib = 0;  // highest resident size (VmHWM) within the timed section, over the base
  // On this process's TCP connections within the timed section; zero for those over a Unix socket.
  std::int64_t bytes_in = 0, bytes_out = 0;
  std::int64_t writes = 0;  // segments with data that were sent: for short commands, one a write
};

Cost cost_of(const std::function<void()>& timed);

// Collects every value of a verified run: a checksum over what came, one over what should have come, and the first
// difference in words.
class Verdict {
 public:
  void cell(std::int64_t row, std::string_view column, std::string_view got, std::string_view want);
  void wrong(std::string what);        // a difference that is no cell's
  void include(const Verdict& other);  // what another thread collected

  std::int64_t cells() const { return cells_; }
  std::uint64_t checksum() const { return got_; }
  bool right() const { return got_ == want_ && first_difference_.empty(); }
  const std::string& first_difference() const { return first_difference_; }

 private:
  std::int64_t cells_ = 0;
  std::uint64_t got_ = kSeed, want_ = kSeed;
  static constexpr std::uint64_t kSeed = 0xcbf29ce484222325u;
  std::string first_difference_;
};

}  // namespace selkie::bench
