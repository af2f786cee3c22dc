// Ways into real servers: methods of authentication over TCP, TLS and Unix socket, certificates, hosts.
#include <gmock/gmock.h>

#include <pwd.h>
#include <unistd.h>

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
    return who + (cipher.find("GCM") == std::string::npos ? " in clear" : " over tls");
  }
  OdbcError refused(const std::string& state, SQLINTEGER code, const std::string& settings) {
    const OdbcError error = expect_failure(state, code, [&] { log_in(settings); });
    EXPECT_THAT(error.message(), Not(HasSubstr(server().setting("password"))));
    return error;
  }

  // MySQL's cache of hashes, so that the next sha2 login has to show the password.
  void forget_hashes() { run("FLUSH PRIVILEGES"); }

  std::string socket() const { return "SOCKET=" + server().setting("socket") + ";"; }
  bool is_self_signed() const { return server().setting("ca").empty(); }
  std::string authority() const { return is_self_signed() ? "" : "SSLCA=" + server().setting("ca") + ";"; }
};
std::vector<const char*> servers_of_login() {
  std::vector<const char*> variables(std::begin(kServerVariables), std::end(kServerVariables));
  variables.push_back("SELKIE_TEST_MARIADB_11_8_SELF_SIGNED");
  return variables;
}
INSTANTIATE_TEST_SUITE_P(, Login, ::testing::ValuesIn(servers_of_login()), server_test_name);

TEST_P(Login, EveryMethodWorksOverEveryWayColdAndWarm) {
  const struct {
    std::string settings;
    const char* protection;
  } ways[] = {
      {"SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;", " in clear"},
      {"SSLMODE=REQUIRED;TLSVERSION=TLSv1.2;", " over tls"},
      {"SSLMODE=REQUIRED;TLSVERSION=TLSv1.3;", " over tls"},
      {"SSLMODE=VERIFY_IDENTITY;" + authority(), " over tls"},  // a server without an authority proves its certificate
      {socket(), " in clear"},
      {socket() + "SSLMODE=VERIFY_IDENTITY;" + authority(), " over tls"},
  };
  for (const std::string& account : accounts()) {
    for (const auto& way : ways) {
      forget_hashes();
      EXPECT_EQ(log_in("UID=" + account + ";" + way.settings), account + way.protection) << way.settings << " cold";
      EXPECT_EQ(log_in("UID=" + account + ";" + way.settings), account + way.protection) << way.settings << " warm";
    }
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
  if (is_self_signed()) GTEST_SKIP() << "needs a certificate by an authority";
  EXPECT_THAT(log_in("SSLMODE=REQUIRED;"), HasSubstr("over tls"));
  EXPECT_THAT(log_in("SSLMODE=PREFERRED;"), HasSubstr("over tls"));
  EXPECT_THAT(log_in("SSLMODE=DISABLED;GET_SERVER_PUBLIC_KEY=1;"), HasSubstr("in clear"));
  EXPECT_THAT(log_in("SSLMODE=VERIFY_CA;" + authority()), HasSubstr("over tls"));
  EXPECT_THAT(refused("08001", 0, "SSLMODE=VERIFY_CA;").message(), HasSubstr("SSLCA"));
  // The same address in a form that the certificate does not carry.
  EXPECT_THAT(refused("08001", 0, "SSLMODE=VERIFY_IDENTITY;" + authority() + "SERVER=127.1;").message(), HasSubstr("mismatch"));
  EXPECT_THAT(log_in("SSLMODE=VERIFY_IDENTITY;" + authority() + "SERVER=localhost;"), HasSubstr("over tls"));
}

TEST_P(Login, SelfSignedCertificateIsProvenByThePassword) {
  if (!is_self_signed()) GTEST_SKIP() << "needs a server that made its certificate itself";
  const std::string name = "selkie_proof_test";
  run("CREATE OR REPLACE USER " + name + "@'%'");
  for (const std::string mode : {"SSLMODE=VERIFY_CA;", "SSLMODE=VERIFY_IDENTITY;"}) {
    for (const std::string& account : accounts()) {
      EXPECT_EQ(log_in(mode + "UID=" + account + ";"), account + " over tls");
      refused("28000", 1045, mode + "UID=" + account + ";PWD=wrong;");
    }
    EXPECT_THAT(refused("08001", 0, mode + "UID=" + name + ";PWD=;").message(), HasSubstr("not without one"));
  }
  EXPECT_EQ(log_in("SSLMODE=REQUIRED;DATABASE=information_schema;UID=" + name + ";PWD=;"), name + " over tls");
  run("DROP USER " + name + "@'%'");
}

TEST_P(Login, FingerprintNamesTheServer) {
  const std::string message = refused("08001", 0, "TLSPEERFP=" + std::string(40, '0') + ";").message();
  const std::string before = "SHA-256 fingerprint is ";
  ASSERT_THAT(message, HasSubstr(before));
  const std::string fingerprint = message.substr(message.find(before) + before.size(), 32 * 3 - 1);
  for (const std::string mode : {"", "SSLMODE=VERIFY_CA;", "SSLMODE=VERIFY_IDENTITY;"}) {
    EXPECT_THAT(log_in(mode + "TLSPEERFP=" + fingerprint + ";"), HasSubstr("over tls"));
  }
}

// The server's word on whether a connection resumed a TLS session, "0" or "1"; in an environment that already has connections.
std::string resumed(SQLHENV environment, const std::string& settings) {
  SQLHDBC connection = SQL_NULL_HDBC;
  SQLHSTMT statement = SQL_NULL_HSTMT;
  SQLCHAR value[16] = {};
  SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection);
  EXPECT_EQ(SQLDriverConnect(connection, nullptr, sql_text(settings), SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
            SQL_SUCCESS);
  SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement);
  EXPECT_EQ(SQLExecDirect(statement, sql_text("SHOW SESSION STATUS LIKE 'Ssl_sessions_reused'"), SQL_NTS), SQL_SUCCESS);
  SQLFetch(statement);
  SQLGetData(statement, 2, SQL_C_CHAR, value, sizeof value, nullptr);
  SQLFreeHandle(SQL_HANDLE_STMT, statement);
  SQLDisconnect(connection);
  SQLFreeHandle(SQL_HANDLE_DBC, connection);
  return reinterpret_cast<char*>(value);
}

TEST_P(Login, TlsSessionIsResumedByTheNextConnectionOfTheEnvironment) {
  if (server().is_mariadb())
    GTEST_SKIP() << "needs a server that counts them: MariaDB resumes sessions but says that it does not";
  const auto first = connect("SSLMODE=REQUIRED;");
  const SQLHENV environment = first->environment().handle();
  Statement(*first).run("DO 1");  // session tickets have come by now
  EXPECT_EQ(resumed(environment, connection_string("SSLMODE=REQUIRED;")), "1");
  EXPECT_EQ(resumed(environment, connection_string("SSLMODE=REQUIRED;")), "1");
  EXPECT_EQ(resumed(environment, connection_string("SSLMODE=REQUIRED;TLSVERSION=TLSv1.2;")), "0");
  EXPECT_EQ(resumed(environment, connection_string("SSLMODE=REQUIRED;TLSVERSION=TLSv1.2;")), "1");
}

// Who stops a statement comes from the same place and goes to the same.
TEST_P(Login, TlsSessionIsResumedByTheConnectionThatStopsAStatement) {
  if (server().is_mariadb())
    GTEST_SKIP() << "needs a server that counts them: MariaDB resumes sessions but says that it does not";
  const auto hits = [&] {
    const std::string counted = rows("SHOW GLOBAL STATUS LIKE 'Ssl_session_cache_hits'");
    return std::stoi(counted.substr(counted.find(',') + 1));
  };
  const auto stopped = connect("SSLMODE=REQUIRED;");
  Statement statement(*stopped);
  statement.run("DO 1");  // session tickets have come by now
  const int before = hits();
  statement.set(SQL_ATTR_QUERY_TIMEOUT, std::uintptr_t{1});
  expect_failure("HYT00", 0, [&] { statement.run("SELECT SLEEP(10), SLEEP(10) FROM information_schema.tables").rows(); });
  EXPECT_GT(hits(), before);
}

// The second factor is the socket's word on who is at its other end.
TEST_P(Login, SecondFactorIsProvenBehindTheFirst) {
  if (server().is_mariadb()) GTEST_SKIP() << "needs several factors";
  try {
    run("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'");
  } catch (const OdbcError&) {}  // it is there
  const std::string name = "selkie_factors_test", me = ::getpwuid(::geteuid())->pw_name;
  const auto create = [&](const std::string& who) {
    run("DROP USER IF EXISTS " + name + "@localhost");
    run("CREATE USER " + name +
        "@localhost IDENTIFIED WITH caching_sha2_password BY 'secret' AND IDENTIFIED WITH auth_socket AS '" + who + "'");
    run("GRANT ALL ON " + database() + ".* TO " + name + "@localhost");
  };
  create(me);
  const std::string settings = socket() + "UID=" + name + ";";
  for (const std::string way : {"", "SSLMODE=REQUIRED;", "COMPRESSION=zlib;"}) {
    forget_hashes();
    for (const char* const cache : {"cold", "warm"}) EXPECT_THAT(log_in(settings + way), HasSubstr(name)) << way << cache;
  }
  refused("28000", 1045, settings + "PWD=wrong;");
  create(me + "_else");
  refused("28000", 1698, settings);
  run("DROP USER " + name + "@localhost");
}

TEST_P(Login, ExpiredPasswordCanBeReplaced) {
  const std::string name = "selkie_expired_test";
  run("DROP USER IF EXISTS " + name);
  run("CREATE USER " + name + "@'%' IDENTIFIED BY 'secret' PASSWORD EXPIRE");
  const std::string settings = "UID=" + name + ";DATABASE=information_schema;";
  if (!server().is_mariadb()) {
    EXPECT_THAT(refused("28000", 1862, settings).message(), HasSubstr("CAN_HANDLE_EXP_PWD=1"));
  }
  const auto sandbox = connect(settings + "CAN_HANDLE_EXP_PWD=1;INITSTMT={SET @x = 1};");
  expect_failure("42000", 1820, [&] { Statement(*sandbox).run("SELECT 1"); });
  Statement(*sandbox).run(server().is_mariadb() ? "SET PASSWORD = PASSWORD('renewed')"
                                                : "ALTER USER USER() IDENTIFIED BY 'renewed'");
  EXPECT_EQ(Statement(*sandbox).run("SELECT 1").rows(), "1");
  EXPECT_EQ(Statement(*connect(settings + "PWD=renewed;")).run("SELECT 2").rows(), "2");
  run("DROP USER " + name);
}

TEST_P(Login, ClientCertificateOpensAccountsThatDemandOne) {
  if (is_self_signed()) GTEST_SKIP() << "needs an authority that signs clients";
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
