// wire_limit: the same commands as odbc_bench sends, on a raw socket. With --decode also the hand-written decoding of exactly
// these columns into the same arrays. What a driver costs is read as a ratio to these two. --setup makes the
// tables and prints the server's version.
#include <cstdio>

#include "bodies.h"

namespace {

using namespace selkie::bench;

constexpr BodyOf kBodies[] = {
    {Kind::connect, wire::connect},
    {Kind::select_one, wire::select_one},
    {Kind::point, wire::point},
    {Kind::wide, wire::wide},
    {Kind::scan, wire::scan},
    {Kind::ints, wire::ints},
    {Kind::parked, wire::scan},  // the bytes are the same; keeping rows is the driver's affair
    {Kind::scrollable, wire::scan},
    {Kind::repeat_direct, wire::repeat_direct},
    {Kind::repeat_prepare, wire::point},  // a driver that knows the text again sends the execution only
    {Kind::fresh, wire::fresh},
    {Kind::crowd, wire::crowd},
    {Kind::breadth, wire::breadth},
    {Kind::threads_select, wire::threads_select},
    {Kind::threads_scan, wire::threads_scan},
    {Kind::insert, wire::insert},
    {Kind::update, wire::update},
    {Kind::commit, wire::commit},
    {Kind::blob_get, wire::blob_get},
    {Kind::blob_put, wire::blob_put},
    {Kind::tables, wire::tables},
    {Kind::columns, wire::columns},
    {Kind::tables_one, wire::tables_one},
    {Kind::columns_one, wire::columns_one},
    {Kind::abandon, wire::abandon},
};

class WireMaker final : public Maker {
 public:
  explicit WireMaker(const Options& options) : wire_(options) {}
  const std::string& version() const { return wire_.version(); }
  void run(std::string_view sql) override { wire_.run(sql); }
  std::int64_t number(std::string_view sql) override { return wire_.number(sql); }
  void put_blob(long pieces) override {
    wire::put_blob(wire_, "INSERT INTO blobs VALUES (" + std::to_string(pieces) + ", ?)", pieces, false);
  }

 private:
  Wire wire_;
};

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse_options(argc, argv, "wire_limit: workloads on a raw socket");
  if (!options.setup) return run_workloads(options, kBodies);
  WireMaker maker(options);
  if (!options.only_catalog) make_tables(maker, options.scale);
  make_catalog(maker, options.scale);
  std::printf("%s\n", maker.version().c_str());
  return 0;
} catch (const Failure& failure) {
  std::fprintf(stderr, "%s\n", failure.what.c_str());
  return 2;
}
