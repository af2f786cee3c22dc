// Results are read as they are fetched: memory stays flat however long they are, with other statements in between.
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

constexpr std::int64_t kRows = 5'000'000;
constexpr std::int64_t kMayGrowKib = 32 * 1024;

// The process's peak of resident memory since it was last reset, in KiB.
std::int64_t peak_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}
void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Streaming : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE digit (d INT)");
    run("INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  }
  // Five million rows that the server makes as it sends them.
  static constexpr const char* kManyRows =
      "SELECT a.d + 10 * b.d, CONCAT('row ', c.d, d.d), NOW(6) "
      "FROM digit a, digit b, digit c, digit d, digit e, digit f, (SELECT d FROM digit WHERE d < 5) g";

  void expect_flat_memory(bool prepared) {
    Statement statement(connection());
    std::int32_t number = 0;
    std::array<char, 32> text{};
    SQLLEN number_length = 0, text_length = 0;
    statement.check(::SQLBindCol(statement.handle(), 1, SQL_C_SLONG, &number, 0, &number_length));
    statement.check(::SQLBindCol(statement.handle(), 2, SQL_C_CHAR, text.data(), text.size(), &text_length));
    reset_peak_memory();
    const std::int64_t before = peak_memory_kib();
    prepared ? statement.prepare(kManyRows).execute() : statement.run(kManyRows);
    std::int64_t count = 0, sum = 0;
    while (statement.fetch()) ++count, sum += number;
    EXPECT_EQ(count, kRows);
    EXPECT_EQ(sum, kRows / 100 * 4950);
    EXPECT_LT(peak_memory_kib() - before, kMayGrowKib);
  }
};
SELKIE_ON_EVERY_SERVER(Streaming);

TEST_P(Streaming, FiveMillionTextRowsAddLittleMemory) { expect_flat_memory(false); }
TEST_P(Streaming, FiveMillionBinaryRowsAddLittleMemory) { expect_flat_memory(true); }

TEST_P(Streaming, SecondStatementInTheMiddleKeepsEveryRowOfTheFirst) {
  const auto spooling = connect("CURSOR_MEMORY=1048576;");
  Statement first(*spooling);
  first.run(kManyRows + std::string(" LIMIT 300000"));
  std::int64_t count = 0;
  for (; count < 1000; ++count) ASSERT_TRUE(first.fetch());
  reset_peak_memory();
  const std::int64_t before = peak_memory_kib();
  EXPECT_EQ(Statement(*spooling).run("SELECT 'second'").rows(), "second");
  while (first.fetch()) ++count;
  EXPECT_EQ(count, 300000);
  EXPECT_LT(peak_memory_kib() - before, kMayGrowKib);
}

TEST_P(Streaming, ManyStatementsInTurnEachReadTheirOwnRows) {
  constexpr int kStatements = 5;
  std::array<std::unique_ptr<Statement>, kStatements> all;
  for (int i = 0; i < kStatements; ++i) {
    all[static_cast<std::size_t>(i)] = std::make_unique<Statement>(connection());
    all[static_cast<std::size_t>(i)]->run("SELECT d + " + std::to_string(100 * i) + " FROM digit ORDER BY d");
  }
  for (int row = 0; row < 10; ++row) {
    for (int i = 0; i < kStatements; ++i) {
      Statement& statement = *all[static_cast<std::size_t>(i)];
      ASSERT_TRUE(statement.fetch());
      EXPECT_EQ(statement.number(1), 100 * i + row);
    }
  }
}

TEST_P(Streaming, RowsetsOfAnySizeHoldEveryRowOnce) {
  for (const std::size_t rowset : {1u, 3u, 10u, 64u, 1000u}) {
    SCOPED_TRACE(rowset);
    std::vector<std::int32_t> values(rowset);
    std::vector<SQLLEN> lengths(rowset);
    std::vector<SQLUSMALLINT> status(rowset, 0xffff);
    SQLULEN fetched = 0;
    Statement s(connection());
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, rowset);
    s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, values.data(), 0, lengths.data()));
    s.run("SELECT a.d + 10 * b.d + 100 * c.d AS n FROM digit a, digit b, digit c ORDER BY n");
    std::int32_t expected = 0;
    while (s.fetch()) {
      for (std::size_t i = 0; i < fetched; ++i) {
        EXPECT_EQ(status[i], SQL_ROW_SUCCESS);
        EXPECT_EQ(values[i], expected++);
      }
      for (std::size_t i = fetched; i < rowset; ++i) EXPECT_EQ(status[i], SQL_ROW_NOROW);
    }
    EXPECT_EQ(fetched, 0u);
    EXPECT_EQ(expected, 1000);
    EXPECT_FALSE(s.fetch());
  }
}

}  // namespace
}  // namespace selkie::test
