// odbc_bench: the workloads through the real driver manager and any driver, given by its library's path.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bodies.h"

namespace {

using namespace selkie::bench;

constexpr BodyOf kBodies[] = {
    {Kind::connect, connect},
    {Kind::select_one, select_one},
    {Kind::point, point},
    {Kind::wide, wide},
    {Kind::scan, scan},
    {Kind::ints, ints},
    {Kind::parked, parked},
    {Kind::scrollable, scrollable},
    {Kind::repeat_direct, repeat_direct},
    {Kind::repeat_prepare, repeat_prepare},
    {Kind::fresh, fresh},
    {Kind::crowd, crowd},
    {Kind::breadth, breadth},
    {Kind::threads_select, threads_select},
    {Kind::threads_scan, threads_scan},
    {Kind::insert, insert},
    {Kind::update, update},
    {Kind::commit, commit},
    {Kind::blob_get, blob_get},
    {Kind::blob_put, blob_put},
    {Kind::tables, tables},
    {Kind::columns, columns},
    {Kind::tables_one, tables_one},
    {Kind::columns_one, columns_one},
    {Kind::abandon, abandon},
};

// The driver manager's configuration for this program alone: one driver, no pooling, no trace, no lock of its own around calls.
class PrivateConfiguration {
 public:
  explicit PrivateConfiguration(const std::string& driver) {
    char name[] = "/tmp/odbc_bench.XXXXXX";
    if (!mkdtemp(name)) throw Failure{"cannot make a folder in /tmp"};
    folder_ = name;
    std::ofstream(folder_ / "odbcinst.ini")
        << "[ODBC]\nTrace = No\nPooling = No\n[Bench]\nDriver = " << std::filesystem::absolute(driver).string()
        << "\nThreading = 0\n";
    std::ofstream(folder_ / "odbc.ini");
    setenv("ODBCSYSINI", folder_.c_str(), 1);
    setenv("ODBCINSTINI", "odbcinst.ini", 1);
    setenv("ODBCINI", (folder_ / "odbc.ini").c_str(), 1);
  }
  ~PrivateConfiguration() { std::filesystem::remove_all(folder_); }

 private:
  std::filesystem::path folder_;
};

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse_options(argc, argv, "odbc_bench: workloads through an ODBC driver");
  if (options.list || !options.connect.empty()) return run_workloads(options, kBodies);
  if (access(options.driver.c_str(), R_OK) != 0) {
    throw Failure{"Give the driver's library with --driver PATH, or a connection string with --connect TEXT."};
  }
  const PrivateConfiguration configuration(options.driver);
  return run_workloads(options, kBodies);
} catch (const Failure& failure) {
  std::fprintf(stderr, "%s\n", failure.what.c_str());
  return 2;
}
