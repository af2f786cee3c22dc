#include "protocol/row_store.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "temporary_directory.h"

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

// The descriptor of the one open file below `directory`; -1: none.
int open_file_below(const std::string& directory) {
  int found = -1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the listing's own descriptor
    const std::string target = std::filesystem::read_symlink(entry, gone).string();
    if (target.starts_with(directory + "/")) found = std::stoi(entry.path().filename());
  }
  return found;
}

TEST(RowStore, FileHasNoNameIsNotInheritedAndIsClosedInTheEnd) {
  const TemporaryDirectory directory;
  {
    RowStore store(100);
    EXPECT_TRUE(store.append(Row(90)).ok());
    EXPECT_EQ(open_file_below(directory.path()), -1);
    EXPECT_TRUE(store.append(Row(90)).ok());
    const int file = open_file_below(directory.path());
    ASSERT_NE(file, -1);
    EXPECT_NE(::fcntl(file, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
  }
  EXPECT_EQ(open_file_below(directory.path()), -1);
}

TEST(RowStore, FileThatCannotGrowIsReportedAndTheRowsStayReadable) {
  const TemporaryDirectory directory;
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small { 10'000, before.rlim_max };
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  RowStore store(1000);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Status status;
  while (status.ok() && store.rows() < 100) status = store.append(Row(500, static_cast<std::uint8_t>(store.rows())));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().errc, Errc::spool_failed);
  for (std::uint64_t i = 0; i < store.rows(); ++i) EXPECT_EQ(read_row(store, i), Row(500, static_cast<std::uint8_t>(i)));
  EXPECT_TRUE(store.append(Row(1)).ok());  // there is room again
  for (std::uint64_t i = 0; i + 1 < store.rows(); ++i) EXPECT_EQ(read_row(store, i), Row(500, static_cast<std::uint8_t>(i)));
}

TEST(RowStore, DirectoryThatCannotBeWrittenIsReported) {
  const TemporaryDirectory directory;
  ::setenv("TMPDIR", (directory.path() + "/missing").c_str(), 1);
  RowStore store(10);
  EXPECT_TRUE(store.append(Row(3)).ok());
  const Status status = store.append(Row(30));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().errc, Errc::spool_failed);
  EXPECT_NE(status.failure().message.find("TMPDIR"), std::string::npos);
}

}  // namespace
}  // namespace selkie::protocol
