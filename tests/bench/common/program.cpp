#include "program.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace selkie::bench {
namespace {

struct Keyword {
  const char* name;  // "--name", and with a variable the default comes from there
  const char* variable;
  std::string Options::*text;
  const char* help;
};

constexpr Keyword kKeywords[] = {
    {"--host", "SELKIE_BENCH_HOST", &Options::host, "server, for TCP"},
    {"--user", "SELKIE_BENCH_USER", &Options::user, "user"},
    {"--password", "SELKIE_BENCH_PASSWORD", &Options::password, "password; better in the environment"},
    {"--socket", "SELKIE_BENCH_SOCKET", &Options::socket, "Unix socket instead of TCP"},
    {"--driver", nullptr, &Options::driver, "odbc_bench: the driver's library, by path"},
    {"--connect", nullptr, &Options::connect, "odbc_bench: a whole connection string instead"},
    {"--extra", nullptr, &Options::extra, "odbc_bench: keywords to add, such as NO_CACHE=1"},
    {"--compress", nullptr, &Options::compress, "wire_limit: zlib or zstd, over the compressed protocol"},
};

struct Flag {
  const char* name;
  bool Options::*set;
  const char* help;
};

constexpr Flag kFlags[] = {
    {"--decode", &Options::decode, "wire_limit: decode into the application's arrays, encode from them"},
    {"--tls", &Options::tls, "wire_limit: over TLS 1.3"},
    {"--setup", &Options::setup, "wire_limit: make the tables for this scale, as far as they are missing"},
    {"--only-catalog", &Options::only_catalog, "wire_limit: with --setup, only the schema that is listed"},
    {"--apart", &Options::apart, "put client and server on a CPU each, instead of both on one"},
    {"--spread", &Options::spread, "let the scheduler place client and server"},
    {"--verify", &Options::verify, "check every value; the figures of such a run mean nothing"},
    {"--json", &Options::json, "one JSON object a line"},
    {"--list", &Options::list, "print the workloads' names"},
};

[[noreturn]] void help(const char* purpose, int status) {
  std::printf("%s\nusage: [option ...] [workload ...]   ('scan.*' means all that start so)\n", purpose);
  for (const Keyword& k : kKeywords)
    std::printf("  %-11s TEXT   %s%s%s\n", k.name, k.help, k.variable ? "; $" : "", k.variable ? k.variable : "");
  std::printf("  %-11s N      server, for TCP; $SELKIE_BENCH_PORT\n", "--port");
  std::printf("  %-11s X      part of the full counts, 1 is all\n", "--scale");
  std::printf("  %-11s N      times the operations of this scale\n", "--times");
  for (const Flag& f : kFlags) std::printf("  %-18s %s\n", f.name, f.help);
  std::exit(status);
}

template <class Number>
Number number_of(const char* text, const char* what) {
  Number value{};
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error == std::errc() && *end == '\0' && value > 0) return value;
  std::fprintf(stderr, "%s takes a positive number, not '%s'\n", what, text);
  std::exit(2);
}

bool selected(const Options& options, const Workload& workload) {
  if (options.patterns.empty()) return !workload.on_request;
  return std::ranges::any_of(options.patterns, [&](std::string_view pattern) {
    return pattern.ends_with('*') ? workload.name.starts_with(pattern.substr(0, pattern.size() - 1)) : workload.name == pattern;
  });
}

long scaled_count(const Workload& workload, const Extent& extent, double scale) {
  const auto scaled = [&](long least) { return std::max(least, std::lround(static_cast<double>(workload.count) * scale)); };
  switch (workload.kind) {
    case Kind::scan:
    case Kind::parked:
    case Kind::scrollable:
    case Kind::ints: return static_cast<long>(extent.rows);
    case Kind::blob_get:
    case Kind::blob_put: return extent.pieces;
    case Kind::tables: return extent.tables;
    case Kind::columns: return extent.tables * kColumnsPerTable;
    case Kind::tables_one:
    case Kind::columns_one: return std::min(scaled(20), workload.count);  // a larger schema, not more of the calls
    case Kind::breadth: return std::max(1L, scaled(20'000) / workload.shape.size) * workload.shape.size;
    case Kind::threads_scan: return static_cast<long>(extent.rows) / workload.shape.size * workload.shape.size;
    case Kind::threads_select: return scaled(320) / workload.shape.size * workload.shape.size;
    case Kind::crowd: return std::max(scaled(20), 2L * workload.shape.size);
    case Kind::abandon: return scaled(2);
    case Kind::insert:
    case Kind::update: return scaled(workload.shape.rowset) / workload.shape.rowset * workload.shape.rowset;
    default: return scaled(20);
  }
}

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') {
      (quoted += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      quoted += escaped;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

void print_json(const Run& run) {
  const Cost& cost = run.cost;
  std::printf(
      "{\"workload\": %s, \"unit\": %s, \"count\": %ld, \"calls\": %ld, \"wall_ns\": %lld, \"cpu_ns\": %lld, \"sys_ns\": %lld, "
      "\"base_kib\": %ld, \"grown_kib\": %ld, \"bytes_in\": %lld, \"bytes_out\": %lld, \"writes\": %lld",
      json_text(run.workload.name).c_str(), json_text(run.workload.unit).c_str(), run.count, run.calls(),
      static_cast<long long>(cost.wall_ns), static_cast<long long>(cost.cpu_ns), static_cast<long long>(cost.sys_ns),
      cost.base_kib, cost.grown_kib, static_cast<long long>(cost.bytes_in), static_cast<long long>(cost.bytes_out),
      static_cast<long long>(cost.writes));
  if (run.verify()) {
    std::printf(", \"cells\": %lld, \"checksum\": \"%016llx\"", static_cast<long long>(run.verdict.cells()),
                static_cast<unsigned long long>(run.verdict.checksum()));
  }
  if (!run.verdict.right()) std::printf(", \"wrong\": %s", json_text(run.verdict.first_difference()).c_str());
  std::printf("}\n");
}

void print_line(const Run& run) {
  const Cost& cost = run.cost;
  const auto each = [&](std::int64_t sum) { return static_cast<double>(sum) / static_cast<double>(run.count); };
  std::printf("%-28s %8ld %-4s  cpu %10.1f ns  wall %10.1f ns  memory %6ld+%-6ld KiB  in %9.1f B  out %8.1f B  writes %6.3f",
              std::string(run.workload.name).c_str(), run.count, std::string(run.workload.unit).c_str(), each(cost.cpu_ns),
              each(cost.wall_ns), cost.base_kib, cost.grown_kib, each(cost.bytes_in), each(cost.bytes_out), each(cost.writes));
  if (run.verify()) std::printf("  checksum %016llx", static_cast<unsigned long long>(run.verdict.checksum()));
  std::printf(run.verdict.right() ? "\n" : "  WRONG: %s\n", run.verdict.first_difference().c_str());
}

void print_failure(const Options& options, const Workload& workload, std::string_view what) {
  const std::string name(workload.name);
  if (options.json) {
    std::printf("{\"workload\": %s, \"error\": %s}\n", json_text(name).c_str(), json_text(what).c_str());
  } else {
    std::printf("%-28s FAILED: %s\n", name.c_str(), std::string(what).c_str());
  }
}

bool run_one(const Options& options, const Workload& workload, void (*body)(Run&)) try {
  Run run(options, workload);
  body(run);
  options.json ? print_json(run) : print_line(run);
  return run.verdict.right();
} catch (const Failure& failure) {
  print_failure(options, workload, failure.what);
  return false;
} catch (const std::exception& error) {
  print_failure(options, workload, error.what());
  return false;
}

bool run_in_child(const Options& options, const Workload& workload, void (*body)(Run&)) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // whoever waits no longer ends this process too
    const bool right = run_one(options, workload, body);
    std::fflush(stdout);
    _exit(right ? 0 : 1);  // a library's exit handlers are no part of the workload
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) {
    print_failure(options, workload, "cannot start a process");
    return false;
  }
  if (WIFSIGNALED(status)) print_failure(options, workload, std::string("crashed: ") + strsignal(WTERMSIG(status)));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Run::Run(const Options& of, const Workload& which)
    : options(of),
      workload(which),
      shape(which.shape),
      extent(of.scale),
      count(of.times * scaled_count(which, extent, of.scale)) {}

long Run::calls() const {
  switch (workload.kind) {
    case Kind::insert:
    case Kind::update: return count / shape.rowset;
    case Kind::scan:
    case Kind::ints:
    case Kind::parked:
    case Kind::scrollable:
    case Kind::breadth:
    case Kind::threads_scan:
    case Kind::blob_get:
    case Kind::blob_put:
    case Kind::tables:
    case Kind::columns: return 1;
    default: return count;
  }
}

void Run::expect_count(std::int64_t got) {
  if (got != count) verdict.wrong("count " + std::to_string(got) + ", want " + std::to_string(count));
}

Options parse_options(int argc, char** argv, const char* purpose) {
  Options options;
  for (const Keyword& keyword : kKeywords) {
    const char* value = keyword.variable ? std::getenv(keyword.variable) : nullptr;
    if (value) options.*keyword.text = value;
  }
  if (const char* port = std::getenv("SELKIE_BENCH_PORT")) options.port = number_of<int>(port, "SELKIE_BENCH_PORT");
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help") help(purpose, 0);
    if (!argument.starts_with("--")) {
      options.patterns.emplace_back(argument);
      continue;
    }
    if (const auto* flag = std::ranges::find(kFlags, argument, &Flag::name); flag != std::end(kFlags)) {
      options.*flag->set = true;
      continue;
    }
    const auto* keyword = std::ranges::find(kKeywords, argument, &Keyword::name);
    const bool is_number = argument == "--port" || argument == "--scale" || argument == "--times";
    const bool known = keyword != std::end(kKeywords) || is_number;
    if (!known || ++i == argc) help(purpose, 2);
    if (argument == "--port")
      options.port = number_of<int>(argv[i], "--port");
    else if (argument == "--scale")
      options.scale = number_of<double>(argv[i], "--scale");
    else if (argument == "--times")
      options.times = number_of<int>(argv[i], "--times");
    else
      options.*keyword->text = argv[i];
  }
  return options;
}

int run_workloads(const Options& options, std::span<const BodyOf> bodies) {
  bool all_right = true, any = false;
  for (const Workload& workload : kWorkloads) {
    if (!selected(options, workload)) continue;
    const auto body = std::ranges::find(bodies, workload.kind, &BodyOf::kind);
    if (body == bodies.end()) continue;
    any = true;
    if (options.list)
      std::printf("%s\n", std::string(workload.name).c_str());
    else
      all_right &= run_in_child(options, workload, body->body);
  }
  if (!any) std::fprintf(stderr, "No workload has such a name; --list prints them all.\n");
  return any && all_right ? 0 : 1;
}

}  // namespace selkie::bench
