#include "tests/support/replay.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>
#include <utility>

namespace selkie::test {
namespace {

using Clock = std::chrono::steady_clock;

bool is_link_failure(const OdbcError& error) {
  return error.native() == 0 && (error.state() == "08S01" || error.state() == "08001");
}

bool is_connected(Connection& connection) {
  SQLUINTEGER dead = 0;
  return SQL_SUCCEEDED(::SQLGetConnectAttr(connection.handle(), SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, nullptr));
}

// A lost connection says so at once, without another round trip, and for good.
void expect_dead(Connection& connection) {
  EXPECT_TRUE(connection.is_dead());
  const auto start = Clock::now();
  try {
    Statement(connection).run("SELECT 1");
    ADD_FAILURE() << "a statement ran on a lost connection";
  } catch (const OdbcError& error) {
    EXPECT_EQ(error.state(), "08S01") << error.what();
  }
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
}

// Ends the program, saying where, when the client neither fails nor finishes within its time.
class Watchdog {
 public:
  explicit Watchdog(std::string what) : thread_([this, what = std::move(what)] { watch(what); }) {}
  ~Watchdog() {
    {
      const std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    end_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;

 private:
  static constexpr std::chrono::seconds kPatience{120};  // more than the scripted server's, whose words are better

  void watch(const std::string& what) {
    std::unique_lock lock(mutex_);
    if (end_.wait_for(lock, kPatience, [this] { return ended_; })) return;
    std::cerr << "The client hangs: " << what << std::endl;
    std::_Exit(EXIT_FAILURE);
  }

  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::thread thread_;
};

struct Staging {
  const Script& opening;
  const Script& talk;
  const LoginClient& client;  // runs from the connecting on
  bool in_depth = true;       // wrapped conversations are lost and cut for one of several servers
};

Performance perform(const Staging& staging, const Delivery& delivery, const std::string& how) {
  SCOPED_TRACE(how);
  const Watchdog watchdog(how);
  ScriptedServer server(staging.opening, staging.talk, delivery);
  const bool lossy = delivery.lost_before != Delivery::kNever || delivery.lost_at_byte != Delivery::kNever;
  {
    Connection connection;
    try {
      staging.client(connection, server.address());
    } catch (const OdbcError& error) {
      if (!lossy || !is_link_failure(error)) ADD_FAILURE() << "unexpected: " << error.what();
      if (lossy && is_connected(connection) && !::testing::Test::HasFailure()) expect_dead(connection);
    }
  }
  const Performance& performance = server.finish();
  if (!performance.failure.empty()) ADD_FAILURE() << "at the server: " << performance.failure;
  return performance;
}

bool stop() { return ::testing::Test::HasFailure(); }  // one report is enough

void lose_before_each_step(const Staging& staging, Delivery delivery) {
  const std::vector<Step>& steps = staging.talk.steps();
  for (std::size_t step = 0; step < steps.size() && !stop(); ++step) {
    delivery.lost_before = step;
    perform(staging, delivery, "with the link lost before the server " + name_of(steps[step]));
  }
}

void perform_wrapped(const Staging& staging, const ReplayOptions& options) {
  for (const Wrapping wrapping : options.wrappings) {
    SCOPED_TRACE(name_of(wrapping));
    Delivery delivery{.transport = options.transport, .wrapping = wrapping};
    perform(staging, delivery, "delivered whole");
    if (stop()) return;
    if (options.whole_only || !staging.in_depth) continue;
    if (options.losses) lose_before_each_step(staging, delivery);
    delivery.byte_by_byte = true;
    if (options.cuts && !stop()) perform(staging, delivery, "delivered byte by byte");
  }
}

void perform_all(const Staging& staging, const ReplayOptions& options) {
  Delivery delivery{.transport = options.transport};
  const std::size_t size = perform(staging, delivery, "delivered whole").sent_bytes;
  for (const std::size_t byte : options.places) {
    if (stop()) return;
    const std::string place = "in front of byte " + std::to_string(byte) + " of " + std::to_string(size);
    perform(staging, {.transport = options.transport, .cut_at = byte}, "with a pause " + place);
    perform(staging, {.transport = options.transport, .lost_at_byte = byte}, "with the link lost " + place);
  }
  if (!stop()) perform_wrapped(staging, options);
  if (stop() || options.whole_only) return;

  delivery.byte_by_byte = true;
  perform(staging, delivery, "delivered byte by byte");
  delivery.byte_by_byte = false;

  for (std::size_t byte = 1; options.cuts && byte < size && !stop(); ++byte) {
    delivery.cut_at = byte;
    perform(staging, delivery, "with a pause in front of byte " + std::to_string(byte) + " of " + std::to_string(size));
  }
  delivery.cut_at = Delivery::kNever;

  if (options.losses) lose_before_each_step(staging, delivery);

  constexpr std::size_t kEvery = 7;  // bytes: within every packet, as none is shorter than its header and a byte or two
  for (std::size_t byte = 1; options.losses && byte < size && !stop(); byte += kEvery) {
    delivery.lost_at_byte = byte;
    perform(staging, delivery, "with the link lost in front of byte " + std::to_string(byte) + " of " + std::to_string(size));
  }
}

}  // namespace

void replay(const Talk& talk, const Client& client, const ReplayOptions& options) {
  for (const Server* server : options.servers) {
    SCOPED_TRACE(server->name);
    const Script opening = login_script(*server);
    const LoginClient connected = [&](Connection& connection, const std::string& address) {
      connection.connect(address + ";UID=ann;SSLMODE=DISABLED;" + options.settings);
      client(connection);
    };
    perform_all({opening, talk(*server), connected, server == options.servers.front()}, options);
    if (::testing::Test::HasFailure()) return;
  }
}

void replay(const Script& talk, const Client& client, const ReplayOptions& options) {
  replay([&](const Server&) { return talk; }, client, options);
}

Script another_query() { return script().reads(query("SELECT 'next'")).sends(head({text("next")}), row({"next"}), end()); }

void expect_wire_in_step(Connection& connection) { EXPECT_EQ(Statement(connection).run("SELECT 'next'").rows(), "next"); }

Script prepares_and_executes(const Server& server, const std::string& sql, std::uint32_t id, std::uint16_t parameters,
                             std::vector<Definition> columns) {
  Reply answer = prepared(id, parameters, std::move(columns));
  if (server.is_mariadb()) {
    return script().reads(prepare(sql)).reads(execute(kLastPreparedId)).sends(std::move(answer)).next_answer();
  }
  return script().reads(prepare(sql)).sends(std::move(answer)).reads(execute(id));
}

void replay_login(const Script& talk, const LoginClient& client, const ReplayOptions& options) {
  const Script nothing;
  perform_all({nothing, talk, client}, options);
}

OdbcError expect_error(const std::string& state, SQLINTEGER native, const std::function<void()>& call) {
  try {
    call();
  } catch (const OdbcError& error) {
    const bool as_expected = error.state() == state && error.native() == native;
    if (!as_expected && is_link_failure(error)) throw;
    EXPECT_TRUE(as_expected) << "expected " << state << " (" << native << ") but it " << error.what();
    return error;
  }
  ADD_FAILURE() << "expected " << state << " (" << native << ") but nothing failed";
  return OdbcError(SQL_SUCCESS, {});
}

}  // namespace selkie::test
