#include "tests/integration/server.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace selkie::test {

RealServer::RealServer(std::string_view settings) {
  while (!settings.empty()) {
    const std::string_view pair = settings.substr(0, settings.find(';'));
    settings.remove_prefix(std::min(settings.size(), pair.size() + 1));
    if (const std::size_t equals = pair.find('='); equals != std::string_view::npos) {
      settings_.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
  }
  Connection connection;
  connection.connect(connection_string());
  const std::string version = Statement(connection).run("SELECT VERSION()").rows();
  is_mariadb_ = version.find("MariaDB") != std::string::npos;
  int major = 0, minor = 0;
  const auto [dot, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  if (error == std::errc{}) std::from_chars(dot + 1, version.data() + version.size(), minor);
  version_ = major * 100 + minor;
}

const std::string& RealServer::setting(const std::string& name) const {
  static const std::string none;
  const auto found = settings_.find(name);
  return found != settings_.end() ? found->second : none;
}

std::string RealServer::connection_string() const {
  return "Driver=" SELKIE_DRIVER ";SERVER=" + setting("host") + ";PORT=" + setting("port") + ";UID=" + setting("user") +
         ";PWD={" + setting("password") + "};";
}

bool RealServer::has(Feature feature) const {
  switch (feature) {
    case Feature::mariadb_types: return is_mariadb_ && version_ >= 1007;
    case Feature::returning:
    case Feature::bulk_execution:
    case Feature::session_reset: return is_mariadb_ || feature == Feature::session_reset;
    case Feature::redirection: return is_mariadb_ && version_ >= 1103;
    case Feature::vector_type: return version_ >= (is_mariadb_ ? 1107 : 900);
  }
  return false;
}

void OnEveryServer::SetUp() {
  const char* const settings = std::getenv(GetParam());
  if (settings == nullptr) GTEST_SKIP() << GetParam() << " is not set: no such server to test with";
  server_ = std::make_unique<RealServer>(settings);
  database_ = "selkie_" + std::to_string(::getpid());
  {
    Connection maker;
    maker.connect(server_->connection_string());
    Statement(maker).run("DROP DATABASE IF EXISTS " + database_);
    Statement(maker).run("CREATE DATABASE " + database_ + " CHARACTER SET utf8mb4");
  }
  connection_ = connect();
}

void OnEveryServer::TearDown() {
  connection_.reset();
  if (!server_) return;
  Connection breaker;
  breaker.connect(server_->connection_string());
  Statement(breaker).run("DROP DATABASE IF EXISTS " + database_);
}

std::string OnEveryServer::connection_string(const std::string& settings) const {
  return settings + server_->connection_string() + "DATABASE=" + database_ + ";";
}

std::unique_ptr<Connection> OnEveryServer::connect(const std::string& settings) const {
  auto connection = std::make_unique<Connection>();
  connection->connect(connection_string(settings));
  return connection;
}

std::string server_test_name(const ::testing::TestParamInfo<const char*>& test) {
  return std::string(test.param).substr(std::string_view("SELKIE_TEST_").size());
}

}  // namespace selkie::test
