// The conversation compressed, by each algorithm that the server has: large values in and out, several statements at a time,
// cancelling, arrays of parameters.
#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <thread>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;

struct Wish {
  const char* settings;
  const char* algorithm;  // as MySQL names it in its status
};

class Compressed : public OnEveryServer {
 protected:
  std::vector<Wish> wishes() const {
    std::vector<Wish> all = {{"COMPRESSION=zlib;", "zlib"}, {"COMPRESSED_PROTO=1;COMPRESSION_LEVEL=1;", "zlib"}};
    if (!server().is_mariadb()) {
      all.push_back({"COMPRESSION=zstd;", "zstd"});
      all.push_back({"COMPRESSION=zstd,zlib;COMPRESSION_LEVEL=7;SSLMODE=REQUIRED;", "zstd"});
    }
    return all;
  }
  // Runs `check` with each algorithm on a connection of its own.
  template <class Check>
  void with_each(Check check) {
    for (const Wish& wish : wishes()) {
      SCOPED_TRACE(wish.settings);
      const auto compressed = connect(wish.settings);
      check(*compressed);
      EXPECT_EQ(Statement(*compressed).run("SELECT 'in step'").rows(), "in step");
    }
  }
};
SELKIE_ON_EVERY_SERVER(Compressed);

// Repetitive at first, random behind the middle.
std::string mixed(std::size_t size) {
  std::string value(size, 'x');
  std::mt19937 random(7);
  for (std::size_t i = size / 2; i < size; ++i) value[i] = static_cast<char>('0' + random() % 64);
  return value;
}

TEST_P(Compressed, ServerSaysThatTheConnectionIs) {
  for (const Wish& wish : wishes()) {
    SCOPED_TRACE(wish.settings);
    const auto compressed = connect(wish.settings);
    EXPECT_EQ(Statement(*compressed).run("SHOW SESSION STATUS LIKE 'Compression'").rows(), "Compression,ON");
    if (server().is_mariadb()) continue;
    EXPECT_EQ(Statement(*compressed).run("SHOW SESSION STATUS LIKE 'Compression_algorithm'").rows(),
              std::string("Compression_algorithm,") + wish.algorithm);
  }
  EXPECT_EQ(rows("SHOW SESSION STATUS LIKE 'Compression'"), "Compression,OFF");
}

TEST_P(Compressed, AlgorithmThatTheServerLacksIsPassedOverOrRefused) {
  if (!server().is_mariadb()) GTEST_SKIP() << "needs a server without zstd";
  expect_failure("08001", 0, [&] { connect("COMPRESSION=zstd;"); });
  for (const char* list : {"zstd,zlib", "zstd,uncompressed,zlib"}) {
    const auto made = connect(std::string("COMPRESSION=") + list + ";");
    EXPECT_EQ(Statement(*made).run("SHOW SESSION STATUS LIKE 'Compression'").rows(),
              std::string(list) == "zstd,zlib" ? "Compression,ON" : "Compression,OFF");
  }
}

TEST_P(Compressed, LargeValuesGoInAndOutUnchanged) {
  with_each([&](Connection& c) {
    Statement(c).run("CREATE TABLE t (id INT, v LONGTEXT)");
    for (const std::size_t size : {1u, 49u, 5000u, 262'144u, 3'000'000u, 17'000'000u}) {
      SCOPED_TRACE(size);
      const std::string value = mixed(size);
      SQLLEN length = 0;
      Statement insert(c);
      insert.prepare("INSERT INTO t VALUES (1, ?)").bind(1, value, length).execute();
      Statement select(c);
      select.run("SELECT v FROM t");
      ASSERT_TRUE(select.fetch());
      EXPECT_TRUE(select.text(1) == value);
      EXPECT_FALSE(select.fetch());
      Statement(c).run("DELETE FROM t");
    }
    // All in the text of one command.
    const std::string value = mixed(17'000'000);
    std::string safe = value;
    std::replace(safe.begin(), safe.end(), '\\', '_');
    EXPECT_TRUE(Statement(c).run("SELECT SHA2('" + safe + "', 256) = SHA2('" + safe + "', 256)").rows() == "1");
    Statement(c).run("DROP TABLE t");
  });
}

TEST_P(Compressed, ManyRowsAreParkedWhileAnotherStatementRuns) {
  run("CREATE TABLE digit (d INT)");
  run("INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  with_each([&](Connection& c) {
    Statement many(c);
    many.run("SELECT a.d, REPEAT(SHA2(e.d, 256), 2) FROM digit a, digit b, digit c, digit d, digit e ORDER BY 1");
    ASSERT_TRUE(many.fetch());
    EXPECT_EQ(Statement(c).run("SELECT COUNT(*) FROM digit").rows(), "10");
    int rows = 1;
    std::int64_t sum = *many.number(1);
    for (; many.fetch(); ++rows) sum += *many.number(1);
    EXPECT_EQ(rows, 100'000);
    EXPECT_EQ(sum, 450'000);
  });
}

TEST_P(Compressed, CancelEndsTheStatementAndKeepsTheConnection) {
  with_each([](Connection& c) {
    Statement statement(c);
    std::thread canceller([&] {
      std::this_thread::sleep_for(200ms);
      ::SQLCancel(statement.handle());
    });
    expect_failure("HY008", kAnyCode, [&] {
      statement
          .run("SELECT COUNT(*), SLEEP(10) FROM information_schema.tables a, information_schema.tables b WHERE SLEEP(10) = 0")
          .rows();
    });
    canceller.join();
  });
}

// Many commands and their answers are under way at a time.
TEST_P(Compressed, ArraysOfParametersRunRowByRow) {
  with_each([](Connection& c) {
    Statement(c).run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200))");
    constexpr std::size_t kRows = 3000;
    std::vector<SQLINTEGER> ids(kRows);
    std::vector<std::array<char, 120>> texts(kRows);
    std::vector<SQLLEN> lengths(kRows);
    for (std::size_t i = 0; i < kRows; ++i) {
      ids[i] = static_cast<SQLINTEGER>(i);
      texts[i].fill(static_cast<char>('a' + i % 26));
      lengths[i] = static_cast<SQLLEN>(i % 120);
    }
    Statement insert(c);
    insert.set(SQL_ATTR_PARAMSET_SIZE, std::uintptr_t{kRows});
    insert.check(
        ::SQLBindParameter(insert.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, ids.data(), 0, nullptr));
    insert.check(::SQLBindParameter(insert.handle(), 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 120, 0, texts.data(), 120,
                                    lengths.data()));
    insert.prepare("INSERT INTO t VALUES (?, ?)").execute();
    Statement update(c);
    update.set(SQL_ATTR_PARAMSET_SIZE, std::uintptr_t{kRows});
    update.check(
        ::SQLBindParameter(update.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, ids.data(), 0, nullptr));
    update.prepare("UPDATE t SET v = CONCAT(v, '!') WHERE id = ?").execute();
    EXPECT_EQ(Statement(c).run("SELECT COUNT(*), SUM(LENGTH(v)), SUM(v LIKE '%!') FROM t").rows(),
              "3000," + std::to_string(3000 / 120 * (119 * 120 / 2) + 3000) + ",3000");
    Statement(c).run("DROP TABLE t");
  });
}

TEST_P(Compressed, IdleConnectionIsNotTakenForADeadOne) {
  with_each([](Connection& c) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(Statement(c).run("SELECT REPEAT('ab', 40)").rows().size(), 80u);
      EXPECT_FALSE(c.is_dead());
    }
  });
}

}  // namespace
}  // namespace selkie::test
