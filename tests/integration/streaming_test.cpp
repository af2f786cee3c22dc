// Results are read as they are fetched: memory stays flat however long they are, with other statements in between.
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string_view>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

constexpr std::int64_t kRows = 5'000'000;
constexpr std::int64_t kMayGrowKib = 32 * 1024;

// The process's resident memory in KiB: "VmRSS:" now, "VmHWM:" its peak since it was last reset.
std::int64_t memory_kib(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::strtoll(line.c_str() + field.size(), nullptr, 10);
  }
  return 0;
}
std::int64_t peak_memory_kib() { return memory_kib("VmHWM:"); }
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

// 400,000 rows of one text of 96 bytes, which are 101 bytes on the wire each, with their packets' headers.
constexpr std::int64_t kKeptRows = 400'000, kKeptKib = kKeptRows * 101 / 1024;
constexpr const char* kRowsToKeep =
    "SELECT RPAD(CONCAT(a.d, b.d, c.d, d.d, e.d, f.d), 96, 'x') FROM digit a, digit b, digit c, digit d, digit e, digit f "
    "LIMIT 400000";

// Sanitizers keep what was freed for a while, and notes of all that was touched: with them only the rows are judged.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMeasuresMemory = false;
#else
constexpr bool kMeasuresMemory = true;
#endif

enum class Kept { parked, scrollable };

// What the process grows by when a connection with these keywords keeps them; every row is still there afterwards.
std::int64_t growth_of_kept_rows(Connection& connection, Kept kept) {
  Statement statement(connection);
  if (kept == Kept::scrollable) statement.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
  statement.run(kRowsToKeep);
  EXPECT_TRUE(statement.fetch());
  const std::int64_t before = memory_kib("VmRSS:");
  std::int64_t rows = 1;
  if (kept == Kept::scrollable) {
    statement.check(::SQLFetchScroll(statement.handle(), SQL_FETCH_LAST, 0));
  } else {
    EXPECT_EQ(Statement(connection).run("SELECT 'another'").rows(), "another");
  }
  const std::int64_t growth = memory_kib("VmRSS:") - before;
  if (kept == Kept::scrollable) statement.check(::SQLFetchScroll(statement.handle(), SQL_FETCH_FIRST, 0));
  while (statement.fetch()) ++rows;
  EXPECT_EQ(rows, kKeptRows);
  return growth;
}

TEST_P(Streaming, KeptRowsTakeTheMemoryOfTheirBytesOnTheWire) {
  const auto keeping = connect("CURSOR_MEMORY=1G;");
  for (const Kept kept : {Kept::parked, Kept::scrollable}) {
    const std::int64_t growth = growth_of_kept_rows(*keeping, kept);
    if (!kMeasuresMemory) continue;
    EXPECT_LE(growth, kKeptKib * 11 / 10);
    EXPECT_GE(growth, kKeptKib / 2);  // it is this memory that is looked at
  }
}

TEST_P(Streaming, KeptRowsPastTheLimitAreOnDisk) {
  constexpr std::int64_t kLimitKib = 1024, kRoomToWriteAndReadKib = 3 * 1024;
  const auto spilling = connect("CURSOR_MEMORY=1M;");
  for (const Kept kept : {Kept::parked, Kept::scrollable}) {
    const std::int64_t growth = growth_of_kept_rows(*spilling, kept);
    if (kMeasuresMemory) {
      EXPECT_LE(growth, kLimitKib + kRoomToWriteAndReadKib);
    }
  }
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
