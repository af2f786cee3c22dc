// A server that sends its clients elsewhere (redirect_url, MariaDB 11.3): followed only when asked for, and only from a
// connection that nobody can have tampered with.
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Redirecting : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    if (!server().has(Feature::redirection) || server().setting("ca").empty()) {
      GTEST_SKIP() << "needs MariaDB 11.3 with TLS";
    }
    // To itself, by the way that is not taken otherwise.
    send_to("mysql://" + server().setting("host") + ":" + server().setting("port"));
  }
  void TearDown() override {
    if (!IsSkipped()) send_to("");
    OnEveryServer::TearDown();
  }
  void send_to(const std::string& url) { run("SET GLOBAL redirect_url = '" + url + "'"); }
  std::string cipher_with(const std::string& settings) {
    return Statement(*connect(settings))
        .run(
            "SELECT @@version_ssl_library <> '', VARIABLE_VALUE FROM "
            "information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'")
        .rows();
  }
  std::string by_socket() const { return "SOCKET=" + server().setting("socket") + ";"; }
};
SELKIE_ON_EVERY_SERVER(Redirecting);

constexpr const char* kInClear = "1,";

TEST_P(Redirecting, IsFollowedOnlyWhenAskedFor) {
  EXPECT_EQ(cipher_with(by_socket()), kInClear);
  EXPECT_EQ(cipher_with(by_socket() + "REDIRECT=0;"), kInClear);
  EXPECT_NE(cipher_with(by_socket() + "REDIRECT=1;"), kInClear);  // over TCP, and so under TLS
}

TEST_P(Redirecting, IsNotFollowedFromAConnectionInClear) { EXPECT_EQ(cipher_with("SSLMODE=DISABLED;REDIRECT=1;"), kInClear); }

TEST_P(Redirecting, ToNowhereStaysWhereItIs) {
  send_to("mysql://127.0.0.1:1");
  EXPECT_EQ(cipher_with(by_socket() + "REDIRECT=1;"), kInClear);
}

TEST_P(Redirecting, ACancelGoesWhereTheSessionIs) {
  const auto redirected = connect(by_socket() + "REDIRECT=1;");
  Statement statement(*redirected);
  statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
  expect_failure("HYT00", kAnyCode, [&] { statement.run("SELECT SLEEP(10)").rows(); });
  EXPECT_FALSE(redirected->is_dead());
}

}  // namespace
}  // namespace selkie::test
