// The frame both programs share: the command line, a fresh process for each workload, and the line it prints.
//
// Timing and checking are two runs of the same code. A timed run counts rows and looks at no value; a run with --verify
// sends the same commands, compares every value with the formulas of dataset.h and prints a checksum over them, and its
// figures are not used. So the check costs neither a driver nor the limit anything.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dataset.h"
#include "measure.h"

namespace selkie::bench {

struct Options {
  // Where the server is; defaults from SELKIE_BENCH_HOST, _PORT, _USER, _PASSWORD, _SOCKET.
  std::string host = "127.0.0.1", user = "root", password, socket;
  int port = 3306;

  std::string driver;         // odbc_bench: path of the driver's library
  std::string connect;        // odbc_bench: a whole connection string instead
  std::string extra;          // odbc_bench: keywords in front of the usual ones, which they override
  bool decode = false;        // wire_limit: decode into (encode from) the application's arrays, or only move the bytes
  bool tls = false;           // wire_limit: over TLS 1.3
  std::string compress;       // wire_limit: over the compressed protocol, "zlib" or "zstd"
  bool setup = false;         // wire_limit: make the tables
  bool only_catalog = false;  // wire_limit: no other tables than the catalog's

  double scale = 1;
  int times = 1;        // as many operations, of the same tables
  bool apart = false;   // client and server on a CPU each
  bool spread = false;  // leaves client and server where the scheduler puts them
  bool verify = false;
  bool json = false;
  bool list = false;
  std::vector<std::string> patterns;  // names of workloads, '*' at the end allowed; none: all
};

// One workload in progress. The body prepares, hands the timed section to measure(), and says what it found wrong.
class Run {
 public:
  Run(const Options& options, const Workload& workload);

  const Options& options;
  const Workload& workload;
  const Shape& shape;
  const Extent extent;
  long count;  // rows, operations or pieces that this run does
  Cost cost;
  Verdict verdict;

  long calls() const;  // how often the application executes something

  bool verify() const { return options.verify; }
  void measure(const std::function<void()>& timed) { cost = cost_of(timed); }
  void expect_count(std::int64_t got);  // the count that the server or the driver reports
};

struct BodyOf {
  Kind kind;
  void (*body)(Run&);
};

// Thrown by bodies; the workload is then reported as failed with these words.
struct Failure {
  std::string what;
};

// Prints help and exits where the command line asks for it or makes no sense.
Options parse_options(int argc, char** argv, const char* purpose);

// Runs what the options select, each in a child process, and prints a line for each. The exit status: 0 when every one ran
// and none was found wrong.
int run_workloads(const Options& options, std::span<const BodyOf> bodies);

}  // namespace selkie::bench
