// Real servers for the integration tests: which there are, how to reach them, what they can do.
// A server is told by the environment: SELKIE_TEST_<NAME>='host=...;port=...;user=...;...' (see tests/servers). A test runs on
// every server that is there and skips by feature: if (!server().has(Feature::sequences)) GTEST_SKIP() << "needs sequences";
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/odbc_client.h"

namespace selkie::test {

enum class Feature : std::uint8_t {
  mariadb_types,   // UUID, INET6
  returning,       // INSERT ... RETURNING
  bulk_execution,  // arrays of parameters in one command
  vector_type,     // VECTOR
  session_reset,   // COM_RESET_CONNECTION
  redirection,     // redirect_url
};

class RealServer {
 public:
  // `settings`: the variable's value.
  explicit RealServer(std::string_view settings);

  // A setting of the variable: "host", "port", "socket", "user", "password", "ca", ...; empty when it has none.
  const std::string& setting(const std::string& name) const;
  // "Driver=...;SERVER=...;PORT=...;UID=...;PWD=...;" and no database; later keywords do not override earlier ones.
  std::string connection_string() const;
  bool is_mariadb() const { return is_mariadb_; }
  bool has(Feature feature) const;

 private:
  std::map<std::string, std::string, std::less<>> settings_;
  bool is_mariadb_ = false;
  int version_ = 0;  // 10.11 is 1011
};

// The base of tests that run on every server, each in a database of its own. Without the server the test is skipped.
class OnEveryServer : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override;
  void TearDown() override;

  const RealServer& server() const { return *server_; }
  const std::string& database() const { return database_; }
  // Of the test's own database. `settings`: further keywords.
  std::string connection_string(const std::string& settings = "") const;
  std::unique_ptr<Connection> connect(const std::string& settings = "") const;
  // A connection that is there from the start, and what goes through it.
  Connection& connection() { return *connection_; }
  void run(std::string_view sql) { Statement(connection()).run(sql); }
  std::string rows(std::string_view sql) { return Statement(connection()).run(sql).rows(); }

 private:
  std::unique_ptr<RealServer> server_;
  std::string database_;
  std::unique_ptr<Connection> connection_;
};

inline constexpr const char* kServerVariables[] = {"SELKIE_TEST_MARIADB_10_11", "SELKIE_TEST_MARIADB_11_8",
                                                   "SELKIE_TEST_MYSQL_9_7"};
// "MARIADB_10_11"
std::string server_test_name(const ::testing::TestParamInfo<const char*>& test);

#define SELKIE_ON_EVERY_SERVER(suite) INSTANTIATE_TEST_SUITE_P(, suite, ::testing::ValuesIn(kServerVariables), server_test_name)

// Runs `call`, expects it to fail with this SQLSTATE (and native code, unless it is kAnyCode); answers what it said.
inline constexpr SQLINTEGER kAnyCode = -1;
template <class Call>
OdbcError expect_failure(const std::string& state, SQLINTEGER native, Call&& call) {
  try {
    call();
  } catch (const OdbcError& error) {
    EXPECT_EQ(error.state(), state) << error.what();
    EXPECT_TRUE(native == kAnyCode || error.native() == native) << error.what();
    return error;
  }
  ADD_FAILURE() << "expected " << state << " but nothing failed";
  return OdbcError(SQL_SUCCESS, {});
}

}  // namespace selkie::test
