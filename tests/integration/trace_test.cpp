// TRACE on real servers, read by tshark: statements and rows are in the file, the login's secrets are not.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>/dev/null").c_str(), "r"), ::pclose);
  std::string text;
  char piece[4096];
  for (std::size_t size; (size = std::fread(piece, 1, sizeof piece, pipe.get())) > 0;) text.append(piece, size);
  return text;
}

class Tracing : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    if (std::system("command -v tshark >/dev/null") != 0) GTEST_SKIP() << "needs tshark";
    file_ = (std::filesystem::temp_directory_path() / (database() + ".pcapng")).string();
    std::filesystem::remove(file_);
  }
  void TearDown() override {
    for (const char* end : {"", ".1"}) std::filesystem::remove(file_ + end);
    OnEveryServer::TearDown();
  }

  std::string trace() const { return "TRACE=" + file_ + ";"; }
  std::string content() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The values of tshark's fields, one line for each packet that has any.
  std::string fields(const std::string& names) const {
    std::string command = "tshark -r " + file_ + " -d tcp.port==" + server().setting("port") + ",mysql -T fields";
    std::size_t start = 0;
    for (std::size_t end; start < names.size(); start = end + 1) {
      end = std::min(names.find(' ', start), names.size());
      command += " -e " + names.substr(start, end - start);
    }
    return output_of(command);
  }

  std::string file_;
};
SELKIE_ON_EVERY_SERVER(Tracing);

TEST_P(Tracing, TsharkReadsStatementsAndRowsHoweverTheyTravelled) {
  std::vector<std::string> ways = {"SSLMODE=DISABLED;", "SSLMODE=PREFERRED;", "COMPRESSION=zlib;"};
  if (!server().is_mariadb()) ways.push_back("COMPRESSION=zstd;SSLMODE=REQUIRED;");
  for (const std::string& way : ways) {
    SCOPED_TRACE(way);
    std::filesystem::remove(file_);
    {
      const auto traced = connect(way + trace());
      Statement(*traced).run("CREATE TABLE t (a INT, b VARCHAR(40))");
      Statement(*traced).run("INSERT INTO t VALUES (1, 'first row'), (2, 'second row')");
      EXPECT_EQ(Statement(*traced).run("SELECT a, b FROM t ORDER BY a").rows(), "1,first row; 2,second row");
      std::int32_t id = 2;
      EXPECT_EQ(Statement(*traced).prepare("SELECT b FROM t WHERE a = ?").bind(1, id).execute().rows(), "second row");
      expect_failure("42S02", 1146, [&] { Statement(*traced).run("SELECT * FROM missing"); });
      Statement(*traced).run("DROP TABLE t");
    }
    const std::string shown = fields("mysql.query mysql.row.text mysql.error_code mysql.sqlstate mysql.user mysql.schema");
    for (const char* part :
         {"INSERT INTO t VALUES (1, 'first row'), (2, 'second row')", "SELECT a, b FROM t ORDER BY a",
          "SELECT b FROM t WHERE a = ?", "DROP TABLE t", "\t1,first row,2,second row\t", "\t1146\t42S02\t"}) {
      EXPECT_THAT(shown, HasSubstr(part));
    }
    EXPECT_THAT(shown, HasSubstr(server().setting("user") + "\t" + database()));
    const std::string complaints = fields("_ws.malformed tcp.analysis.flags tcp.analysis.lost_segment");
    EXPECT_THAT(complaints, Not(testing::ContainsRegex("[A-Za-z0-9]"))) << complaints;
  }
}

TEST_P(Tracing, SecretsOfTheLoginAreNotInTheFile) {
  std::vector<std::string> users = {server().setting("user")};
  std::string plugins = server().setting("plugins");
  for (std::size_t start = 0; start < plugins.size();) {
    const std::size_t end = std::min(plugins.find(',', start), plugins.size());
    users.push_back(plugins.substr(start, end - start));
    start = end + 1;
  }
  for (const std::string& user : users) {
    SCOPED_TRACE(user);
    std::filesystem::remove(file_);
    { const auto traced = connect("UID=" + user + ";GET_SERVER_PUBLIC_KEY=1;" + trace()); }
    EXPECT_THAT(content(), Not(HasSubstr(server().setting("password"))));
    // What the login was made of: random bytes and answers to them are stars, all of them.
    std::string shown = fields("mysql.salt mysql.salt2 mysql.passwd mysql.auth_switch_request.data");
    constexpr std::string_view kMissing = "<MISSING>";
    for (std::size_t at; (at = shown.find(kMissing)) != std::string::npos;) shown.erase(at, kMissing.size());
    EXPECT_THAT(shown, HasSubstr("********"));
    EXPECT_THAT(shown, Not(testing::ContainsRegex("[^*\t\n 2a:,]"))) << shown;
    EXPECT_THAT(fields("mysql.user"), HasSubstr(user));
  }
}

TEST_P(Tracing, FileOfAFailedLoginTellsTheServersReason) {
  expect_failure("28000", kAnyCode, [&] { connect("UID=nobody;PWD=SecretNobodyKnows;" + trace()); });
  EXPECT_THAT(fields("mysql.error_code"), HasSubstr("1045"));
  EXPECT_THAT(content(), Not(HasSubstr("SecretNobodyKnows")));
}

TEST_P(Tracing, SeveralConnectionsAreSeveralStreamsAndAFullFileIsFollowedByAReadableOne) {
  {
    const auto one = connect("TRACE_SIZE=64K;" + trace()), two = connect("TRACE_SIZE=64K;" + trace());
    for (int i = 0; i < 5; ++i) {
      Statement(*one).run("SELECT 'of one', REPEAT('x', 10000)").rows();
      Statement(*two).run("SELECT 'of two', REPEAT('y', 10000)").rows();
    }
  }
  EXPECT_TRUE(std::filesystem::exists(file_ + ".1"));
  EXPECT_LT(std::filesystem::file_size(file_), 70'000u);
  const std::string queries = fields("tcp.stream mysql.query");
  EXPECT_THAT(queries, HasSubstr("0\tSELECT 'of"));
  EXPECT_THAT(queries, HasSubstr("1\tSELECT 'of"));
  EXPECT_THAT(fields("mysql.row.text"), HasSubstr("of two,yyy"));
}

}  // namespace
}  // namespace selkie::test
