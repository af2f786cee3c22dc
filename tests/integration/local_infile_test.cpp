// LOAD DATA LOCAL on real servers: files small, large and missing, in clear, compressed and under TLS.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class LoadingFiles : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(100))");
  }
  void TearDown() override {
    std::filesystem::remove(file());
    OnEveryServer::TearDown();
  }

  std::string file() const { return (std::filesystem::temp_directory_path() / (database() + "'s rows.csv")).string(); }
  void write_rows(int count) const {
    std::ofstream out(file());
    for (int i = 0; i < count; ++i) out << i << ",the value of row " << i << '\n';
  }
  std::string load() const {
    std::string name = file();
    name.replace(name.find('\''), 1, "''");
    return "LOAD DATA LOCAL INFILE '" + name + "' INTO TABLE t FIELDS TERMINATED BY ','";
  }
};
SELKIE_ON_EVERY_SERVER(LoadingFiles);

// A row takes a hundredth of a second, so the whole file would take hours; and the server reads on to the end of what it is
// sent.
TEST_P(LoadingFiles, CancelEndsTheFileEarlyAndLeavesNoRow) {
  using namespace std::chrono_literals;
  write_rows(1'000'000);
  const auto c = connect("ENABLE_LOCAL_INFILE=1;");
  Statement statement(*c);
  std::thread canceller([&] {
    std::this_thread::sleep_for(300ms);
    ::SQLCancel(statement.handle());
  });
  const auto start = std::chrono::steady_clock::now();
  expect_failure("HY008", kAnyCode, [&] { statement.run(load() + " SET v = SLEEP(0.01)"); });
  canceller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
  EXPECT_EQ(Statement(*c).run("SELECT COUNT(*) FROM t").rows(), "0");
}

TEST_P(LoadingFiles, RowsArriveWhateverTheConnectionIs) {
  constexpr int kRows = 100'000;  // more than three megabytes
  write_rows(kRows);
  std::vector<std::string> ways = {"SSLMODE=DISABLED;", "SSLMODE=PREFERRED;", "COMPRESSION=zlib;"};
  if (!server().is_mariadb()) ways.push_back("COMPRESSION=zstd;");
  for (const std::string& way : ways) {
    SCOPED_TRACE(way);
    const auto c = connect(way + "ENABLE_LOCAL_INFILE=1;");
    Statement statement(*c);
    EXPECT_EQ(statement.run(load()).row_count(), kRows);
    EXPECT_EQ(Statement(*c).run("SELECT COUNT(*), SUM(id), MAX(v) FROM t").rows(), "100000,4999950000,the value of row 99999");
    Statement(*c).run("DELETE FROM t");
    EXPECT_EQ(statement.prepare(load()).execute().row_count(), kRows);
    Statement(*c).run("DELETE FROM t");
  }
}

TEST_P(LoadingFiles, FolderAloneAllowsItsFiles) {
  write_rows(2);
  const std::string folder = std::filesystem::path(file()).parent_path().string();
  Statement(*connect("LOAD_DATA_LOCAL_DIR=" + folder + ";")).run(load());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "2");
  expect_failure("HY000", 0, [&] { Statement(*connect("LOAD_DATA_LOCAL_DIR=/usr;")).run(load()); });
}

TEST_P(LoadingFiles, WithoutPermissionServersRefuseByThemselves) {
  write_rows(2);
  try {
    run(load());
    ADD_FAILURE() << "a file was sent";
  } catch (const OdbcError& error) {
    EXPECT_NE(error.native(), 0) << error.what();  // 1148, 3948 or 4166
  }
  EXPECT_EQ(rows("SELECT COUNT(*) FROM t"), "0");
}

TEST_P(LoadingFiles, MissingFileIsAnErrorAndTheConnectionGoesOn) {
  const auto c = connect("ENABLE_LOCAL_INFILE=1;");
  const OdbcError error = expect_failure("HY000", 0, [&] { Statement(*c).run(load()); });
  EXPECT_NE(error.message().find("No such file"), std::string::npos) << error.message();
  EXPECT_EQ(Statement(*c).run("SELECT 1").rows(), "1");
}

// The server reads the rest of the file before it says what is wrong.
TEST_P(LoadingFiles, ErrorInTheMiddleOfTheFileIsTheServers) {
  write_rows(50'000);
  std::ofstream(file(), std::ios::app) << "strange,strange\n";
  const auto c = connect("ENABLE_LOCAL_INFILE=1;");
  Statement(*c).run("SET sql_mode = 'STRICT_ALL_TABLES'");
  Statement statement(*c);
  statement.run(load());  // LOCAL turns errors into warnings
  EXPECT_EQ(Statement(*c).run("SELECT COUNT(*) FROM t").rows(), "50000");
  expect_failure("42S02", 1146, [&] { Statement(*c).run("LOAD DATA LOCAL INFILE 'x' INTO TABLE missing"); });
  EXPECT_EQ(Statement(*c).run("SELECT 1").rows(), "1");
}

}  // namespace
}  // namespace selkie::test
