// Ways into real servers: methods of authentication over TCP, TLS and Unix socket, certificates, hosts.
#include <gmock/gmock.h>

#include <sstream>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Login : public OnEveryServer {
 protected:
  // Accounts there are, named like their method.
  std::vector<std::string> accounts() const {
    std::vector<std::string> names;
    std::istringstream list(server().setting("plugins"));
    for (std::string name; std::getline(list, name, ',');) names.push_back(name);
    return names;
  }

  // Logs in with these settings in front of the server's own: "name over tls" or "name in clear".
  std::string log_in(const std::string& settings) {
    Connection made;
    made.connect(connection_string(settings));
    const std::string who = Statement(made).run("SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)").rows();
    const std::string cipher = Statement(made).run("SHOW SESSION STATUS LIKE 'Ssl_cipher'").rows();
    return who + (cipher.find("TLS_") == std::string::npos ? " in clear" : " over tls");
  }
  OdbcError refused(const std::string& state, SQLINTEGER code, const std::string& settings) {
    const OdbcError error = expect_failure(state, code, [&] { log_in(settings); });
    EXPECT_THAT(error.message(), Not(HasSubstr(server().setting("password"))));
    return error;
  }

  // MySQL's cache of hashes, so that the next sha2 login has to show the password.
  void forget_hashes() { run("FLUSH PRIVILEGES"); }

  std::string socket() const { return "SOCKET=" + server().setting("socket") + ";"; }
  std::string authority() const { return "SSLCA=" + server().setting("ca") + ";"; }
};
SELKIE_ON_EVERY_SERVER(Login);

TEST_P(Login, EveryMethodWorksUnderVerifiedTlsColdAndWarm) {
  for (const std::string& account : accounts()) {
    forget_hashes();
    const std::string settings = "UID=" + account + ";SSLMODE=VERIFY_IDENTITY;" + authority();
    EXPECT_EQ(log_in(settings), account + " over tls");
    EXPECT_EQ(log_in(settings), account + " over tls");
  }
}

TEST_P(Login, EveryMethodWorksThroughTheUnixSocketColdAndWarm) {
  for (const std::string& account : accounts()) {
    forget_hashes();
    EXPECT_EQ(log_in("UID=" + account + ";" + socket()), account + " in clear");
    EXPECT_EQ(log_in("UID=" + account + ";" + socket()), account + " in clear");
  }
}

TEST_P(Login, EveryMethodWorksInClearWhenTheServersKeyMayBeFetched) {
  for (const std::string& account : accounts()) {
    forget_hashes();
    const std::string settings = "UID=" + account + ";SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;";
    EXPECT_EQ(log_in(settings), account + " in clear");
    EXPECT_EQ(log_in(settings), account + " in clear");
  }
}

TEST_P(Login, PasswordItselfNeedsAPrivateConnectionOrTheServersKey) {
  const std::string& key = server().setting("public_key");
  if (key.empty()) GTEST_SKIP() << "needs a server with an RSA key";
  forget_hashes();
  for (const char* account : {"sha256_password", "caching_sha2_password"}) {
    const std::string settings = std::string("UID=") + account + ";SSLMODE=DISABLED;";
    EXPECT_THAT(refused("28000", 0, settings).message(), HasSubstr("GET_SERVER_PUBLIC_KEY"));
    EXPECT_EQ(log_in(settings + "RSAKEY=" + key + ";"), account + std::string(" in clear"));
  }
  EXPECT_EQ(log_in("UID=caching_sha2_password;SSLMODE=DISABLED;"), "caching_sha2_password in clear");  // the hash is known now
}

TEST_P(Login, WrongPasswordIsRefusedInTheServersWordsByEveryMethod) {
  for (const std::string& account : accounts()) {
    for (const std::string& way :
         {std::string("SSLMODE=REQUIRED;"), std::string("SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;"), socket()}) {
      const OdbcError error = refused("28000", 1045, "UID=" + account + ";PWD=wrong;" + way);
      EXPECT_THAT(error.message(), HasSubstr("Access denied for user '" + account + "'")) << way;
    }
  }
}

TEST_P(Login, EmptyAndLongPasswordsWorkWithEveryMethod) {
  // As long as MySQL allows, and longer than the short form of an answer's length.
  for (const std::string& password : {std::string(), std::string(server().is_mariadb() ? 300 : 250, 'x')}) {
    for (const std::string& account : accounts()) {
      // MariaDB 10.11 takes an empty password for no password, and then no client gets in.
      if (account == "ed25519" && password.empty()) continue;
      const std::string name = "selkie_login_test";
      run("DROP USER IF EXISTS " + name);
      run("CREATE USER " + name + "@'%' IDENTIFIED " +
          (server().is_mariadb() ? "VIA " + account + " USING PASSWORD('" + password + "')"
                                 : "WITH " + account + " BY '" + password + "'"));
      run("GRANT ALL ON " + database() + ".* TO " + name);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(log_in("UID=" + name + ";PWD=" + password + ";SSLMODE=REQUIRED;"), name + " over tls") << account;
      }
      run("DROP USER " + name);
    }
  }
}

TEST_P(Login, CertificatesAreVerifiedAsFarAsTheModeDemands) {
  EXPECT_THAT(log_in("SSLMODE=REQUIRED;"), HasSubstr("over tls"));
  EXPECT_THAT(log_in("SSLMODE=PREFERRED;"), HasSubstr("over tls"));
  EXPECT_THAT(log_in("SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;"), HasSubstr("in clear"));
  EXPECT_THAT(log_in("SSLMODE=VERIFY_CA;" + authority()), HasSubstr("over tls"));
  EXPECT_THAT(refused("08001", 0, "SSLMODE=VERIFY_CA;").message(), HasSubstr("SSLCA"));
  // The same address in a form that the certificate does not carry.
  EXPECT_THAT(refused("08001", 0, "SSLMODE=VERIFY_IDENTITY;" + authority() + "SERVER=127.1;").message(), HasSubstr("mismatch"));
  EXPECT_THAT(log_in("SSLMODE=VERIFY_IDENTITY;" + authority() + "SERVER=localhost;"), HasSubstr("over tls"));
}

TEST_P(Login, ClientCertificateOpensAccountsThatDemandOne) {
  const std::string name = "selkie_x509_test";
  run("DROP USER IF EXISTS " + name);
  run("CREATE USER " + name + "@'%' IDENTIFIED BY 'secret' REQUIRE X509");
  run("GRANT ALL ON " + database() + ".* TO " + name);
  const std::string settings = "UID=" + name + ";SSLMODE=VERIFY_IDENTITY;" + authority();
  refused("28000", 1045, settings);
  EXPECT_EQ(log_in(settings + "SSLCERT=" + server().setting("cert") + ";SSLKEY=" + server().setting("key") + ";"),
            name + " over tls");
  run("DROP USER " + name);
}

TEST_P(Login, UnknownDatabaseIsNamed) {
  EXPECT_THAT(refused("42000", 1049, "DATABASE=selkie_no_such_database;").message(), HasSubstr("selkie_no_such_database"));
}

TEST_P(Login, NextHostIsTriedWhenTheFirstIsNotThere) {
  const std::string hosts = "SERVER={127.0.0.1:1,127.0.0.1:" + server().setting("port") + "};";
  EXPECT_THAT(log_in(hosts), HasSubstr(server().setting("user")));
}

}  // namespace
}  // namespace selkie::test
