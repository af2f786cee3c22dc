// Several threads: on connections of their own, and on statements of one connection.
#include <atomic>
#include <thread>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Threads : public OnEveryServer {
 protected:
  // Runs `body(number)` in so many threads; a failure in any of them is the test's.
  template <class Body>
  static void in_parallel(int threads, Body&& body) {
    std::vector<std::thread> all;
    for (int number = 0; number < threads; ++number) {
      all.emplace_back([&body, number] {
        try {
          body(number);
        } catch (const OdbcError& error) {
          ADD_FAILURE() << "thread " << number << ": " << error.what();
        }
      });
    }
    for (std::thread& thread : all) thread.join();
  }
};
SELKIE_ON_EVERY_SERVER(Threads);

TEST_P(Threads, EachWithAConnectionOfItsOwn) {
  in_parallel(8, [&](int number) {
    for (int round = 0; round < 5; ++round) {
      const auto own = connect();
      std::int32_t value = number * 100 + round;
      Statement statement(*own);
      statement.prepare("SELECT ? + 1").bind(1, value).execute();
      EXPECT_EQ(statement.rows(), std::to_string(value + 1));
    }
  });
}

TEST_P(Threads, EachWithAStatementOfTheSameConnection) {
  run("CREATE TABLE digit (d INT)");
  run("INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  in_parallel(4, [&](int number) {
    for (int round = 0; round < 20; ++round) {
      Statement statement(connection());
      statement.run("SELECT a.d + 10 * b.d + " + std::to_string(1000 * number) + " AS n FROM digit a, digit b ORDER BY n");
      for (int row = 0; row < 100; ++row) {
        if (round % 3 == 0 && row == 50) break;  // left unread
        if (!statement.fetch()) {
          ADD_FAILURE() << "row " << row << " is missing";
          return;
        }
        EXPECT_EQ(statement.number(1), 1000 * number + row);
      }
    }
  });
  EXPECT_EQ(rows("SELECT 'still in step'"), "still in step");
}

}  // namespace
}  // namespace selkie::test
