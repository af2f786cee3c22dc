// Values of any size in and out in pieces: memory stays flat, and every byte arrives.
#include <algorithm>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kBlobBytes = 48 * 1024 * 1024 + 12'345;  // three frames and a part; below every server's default packet
// Sanitizers keep what was freed for a while, and notes of all that was touched: with them only the bytes are judged.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::int64_t kMayGrowKib = 512 * 1024;
#else
constexpr std::int64_t kMayGrowKib = 1024;
#endif

// The process's peak of resident memory since it was last reset, in KiB.
std::int64_t peak_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}
void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

// Bytes [offset, offset + out.size()) of the blob; printable, so that it is a text as well.
void fill(std::size_t offset, std::span<char> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t at = offset + i;
    out[i] = static_cast<char>('!' + (at ^ at >> 7 ^ at >> 15) % 90);
  }
}

class LargeValues : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE large_value (id INT PRIMARY KEY, before_it VARCHAR(20), v LONGBLOB, after_it VARCHAR(20)) ENGINE=InnoDB");
  }

  // Writes the blob in pieces; by how much memory grew.
  std::int64_t put() {
    Statement statement(connection());
    SQLLEN at_execution = SQL_LEN_DATA_AT_EXEC(SQLLEN{kBlobBytes});
    statement.prepare("INSERT INTO large_value VALUES (1, 'before', ?, 'after')");
    statement.check(::SQLBindParameter(statement.handle(), 1, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, kBlobBytes, 0,
                                       &at_execution, 0, &at_execution));
    std::vector<char> piece(kPieceBytes);
    reset_peak_memory();
    const std::int64_t before = peak_memory_kib();
    EXPECT_EQ(::SQLExecute(statement.handle()), SQL_NEED_DATA);
    SQLPOINTER token = nullptr;
    EXPECT_EQ(::SQLParamData(statement.handle(), &token), SQL_NEED_DATA);
    for (std::size_t at = 0; at < kBlobBytes; at += kPieceBytes) {
      const std::size_t size = std::min(kPieceBytes, kBlobBytes - at);
      fill(at, std::span(piece).first(size));
      statement.check(::SQLPutData(statement.handle(), piece.data(), static_cast<SQLLEN>(size)));
    }
    statement.check(::SQLParamData(statement.handle(), &token));
    return peak_memory_kib() - before;
  }

  // Reads pieces of column 3 from `at` on, up to `end`, and compares them; where reading stopped.
  static std::size_t read(Statement& statement, SQLSMALLINT c_type, std::size_t at, std::size_t end) {
    std::vector<char> piece(kPieceBytes), expected(kPieceBytes);
    while (at < end) {
      SQLLEN left = 0;
      const SQLRETURN code =
          statement.check(::SQLGetData(statement.handle(), 3, c_type, piece.data(), static_cast<SQLLEN>(piece.size()), &left));
      EXPECT_EQ(left, static_cast<SQLLEN>(kBlobBytes - at));
      const std::size_t room = kPieceBytes - (c_type == SQL_C_CHAR ? 1 : 0);
      const std::size_t size = std::min(room, kBlobBytes - at);
      EXPECT_EQ(code, at + size == kBlobBytes ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO);
      fill(at, std::span(expected).first(size));
      if (!std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(size), piece.begin())) {
        ADD_FAILURE() << "the piece at " << at << " differs";
        return at;
      }
      at += size;
    }
    return at;
  }

  void expect_flat_reading(const std::string& column, SQLSMALLINT c_type, bool prepared) {
    put();
    const std::string sql = "SELECT id, before_it, " + column + ", after_it FROM large_value";
    Statement statement(connection());
    // The first time as a rehearsal: what a connection needs once is not what a value costs.
    for (const bool measured : {false, true}) {
      reset_peak_memory();
      const std::int64_t before = peak_memory_kib();
      prepared ? statement.prepare(sql).execute() : statement.run(sql);
      ASSERT_TRUE(statement.fetch());
      EXPECT_EQ(statement.text(2), "before");
      EXPECT_EQ(read(statement, c_type, 0, kBlobBytes), kBlobBytes);
      EXPECT_EQ(statement.text(4), "after");
      EXPECT_EQ(statement.number(1), 1);
      EXPECT_FALSE(statement.fetch());
      statement.close();
      if (measured) {
        EXPECT_LT(peak_memory_kib() - before, kMayGrowKib);
      }
    }
  }
};
SELKIE_ON_EVERY_SERVER(LargeValues);

TEST_P(LargeValues, SentInPiecesAddsLittleMemory) {
  EXPECT_LT(put(), kMayGrowKib);
  EXPECT_EQ(rows("SELECT LENGTH(v), before_it, after_it FROM large_value"), std::to_string(kBlobBytes) + ",before,after");
}

TEST_P(LargeValues, BytesReadInPiecesAddLittleMemory) { expect_flat_reading("v", SQL_C_BINARY, false); }
TEST_P(LargeValues, BytesOfBinaryRowsReadInPiecesAddLittleMemory) { expect_flat_reading("v", SQL_C_BINARY, true); }
TEST_P(LargeValues, TextReadInPiecesAddsLittleMemory) { expect_flat_reading("CONVERT(v USING utf8mb4)", SQL_C_CHAR, false); }

TEST_P(LargeValues, SecondStatementInTheMiddleKeepsTheRestOnDisk) {
  put();
  const auto spooling = connect("CURSOR_MEMORY=1048576;");
  Statement first(*spooling);
  first.run("SELECT id, before_it, v, after_it FROM large_value");
  ASSERT_TRUE(first.fetch());
  const std::size_t half = read(first, SQL_C_BINARY, 0, kBlobBytes / 2);
  reset_peak_memory();
  const std::int64_t before = peak_memory_kib();
  EXPECT_EQ(Statement(*spooling).run("SELECT 'second'").rows(), "second");
  EXPECT_EQ(read(first, SQL_C_BINARY, half, kBlobBytes), kBlobBytes);
  EXPECT_EQ(first.text(4), "after");
  EXPECT_FALSE(first.fetch());
  EXPECT_LT(peak_memory_kib() - before, 4 * kMayGrowKib);
}

TEST_P(LargeValues, RowsThatNobodyReadsAndCursorsClosedInTheMiddleAddLittleMemory) {
  put();
  Statement statement(connection());
  statement.run("SELECT 1");
  statement.close();
  reset_peak_memory();
  const std::int64_t before = peak_memory_kib();
  statement.run("SELECT id, before_it, v, after_it FROM large_value UNION ALL SELECT 2, 'x', 'y', 'z'");
  ASSERT_TRUE(statement.fetch());
  ASSERT_TRUE(statement.fetch());
  EXPECT_EQ(statement.text(3), "79");  // bytes as hexadecimal digits
  EXPECT_FALSE(statement.fetch());
  statement.close();
  for (const std::size_t end : {std::size_t{0}, kPieceBytes, kBlobBytes / 2}) {
    statement.run("SELECT id, before_it, v, after_it FROM large_value");
    ASSERT_TRUE(statement.fetch());
    read(statement, SQL_C_BINARY, 0, end);
    statement.close();
    EXPECT_EQ(rows("SELECT 'clean'"), "clean");
  }
  EXPECT_LT(peak_memory_kib() - before, kMayGrowKib);
}

}  // namespace
}  // namespace selkie::test
