// What the null driver's connection is: nothing; or, where it is built to log in, a raw socket that does, so that the driver
// manager's work is done between a server's answers as it is with any driver. That one also runs queries for one number, which
// tell where the server's thread is.
#pragma once

#include <cstdint>
#include <string_view>

#ifdef SELKIE_BENCH_LOGS_IN
#include <memory>
#include <optional>

#include "../wire/wire.h"
#endif

namespace selkie::bench {

#ifdef SELKIE_BENCH_LOGS_IN

class NullConnection {
 public:
  bool open() noexcept {
    return succeeds([&] { wire_ = std::make_unique<Wire>(parse_options(0, nullptr, "")); });
  }
  void close() noexcept { wire_.reset(); }
  // 0: the server refuses.
  std::int64_t ask(std::string_view sql) noexcept {
    std::int64_t number = 0;
    succeeds([&] { number = wire_->number(sql); });
    return number;
  }

 private:
  template <class Body>
  static bool succeeds(Body body) noexcept {
    try {
      body();
      return true;
    } catch (...) {
      return false;
    }
  }

  std::unique_ptr<Wire> wire_;
};

#else

class NullConnection {
 public:
  bool open() noexcept { return true; }
  void close() noexcept {}
  std::int64_t ask(std::string_view) noexcept { return 0; }
};

#endif

}  // namespace selkie::bench
