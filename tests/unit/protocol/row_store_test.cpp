#include "protocol/row_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

namespace selkie::protocol {
namespace {

using Row = std::vector<std::uint8_t>;

std::vector<Row> mixed_rows(std::size_t count) {
  std::mt19937 random(7);
  std::vector<Row> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = i % 500 == 250 ? 5 * 1024 * 1024 + i : i % 10 == 3 ? 0 : random() % 300;
    rows[i].resize(size);
    for (std::size_t at = 0; at < size; at += 1 + at / 16) rows[i][at] = static_cast<std::uint8_t>(random());
  }
  return rows;
}

Row read_row(RowStore& store, std::uint64_t index) {
  Bytes row;
  const Status status = store.read(index, row);
  EXPECT_TRUE(status.ok()) << status.failure().message;
  return {row.begin(), row.end()};
}

constexpr std::size_t kLimits[] = {0, 1, 100, 4096, 1'000'000, std::size_t{1} << 30};  // spilling at once ... never

TEST(RowStore, ReadsBackInAnyOrderWhatWasAppended) {
  const std::vector<Row> rows = mixed_rows(1200);
  for (const std::size_t limit : kLimits) {
    RowStore store(limit);
    for (const Row& row : rows) ASSERT_TRUE(store.append(row).ok());
    ASSERT_EQ(store.rows(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_TRUE(read_row(store, i) == rows[i]) << limit << " row " << i;
    for (std::size_t i = rows.size(); i-- > 0;) ASSERT_TRUE(read_row(store, i) == rows[i]) << limit << " row " << i;
    std::mt19937 random(11);
    for (int n = 0; n < 2000; ++n) {
      const std::size_t i = random() % rows.size();
      ASSERT_TRUE(read_row(store, i) == rows[i]) << limit << " row " << i;
    }
  }
}

TEST(RowStore, CanBeReadWhileItGrows) {
  const std::vector<Row> rows = mixed_rows(700);
  for (const std::size_t limit : kLimits) {
    RowStore store(limit);
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_TRUE(store.append(rows[i]).ok());
      if (i % 3 == 0) {
        ASSERT_TRUE(read_row(store, next) == rows[next]) << limit << " row " << next;
        ++next;
      }
      if (i % 50 == 0) {
        ASSERT_TRUE(read_row(store, i) == rows[i]) << limit << " row " << i;
      }
    }
  }
}

TEST(RowStore, DirectoryThatCannotBeWrittenIsReported) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nonexistent", 1);
  RowStore store(10);
  EXPECT_TRUE(store.append(Row(3)).ok());
  const Status status = store.append(Row(30));
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().errc, Errc::spool_failed);
  EXPECT_NE(status.failure().message.find("TMPDIR"), std::string::npos);
}

}  // namespace
}  // namespace selkie::protocol
