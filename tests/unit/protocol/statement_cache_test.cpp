#include "protocol/statement_cache.h"

#include <gtest/gtest.h>

namespace selkie::protocol {
namespace {

PreparedStatement prepared(std::uint32_t id) {
  PreparedStatement statement;
  statement.id = id;
  return statement;
}

TEST(StatementCache, TakenStatementIsNoLongerThere) {
  StatementCache cache(2);
  EXPECT_EQ(cache.put("a", prepared(1)), std::nullopt);
  ASSERT_TRUE(cache.take("a"));
  EXPECT_FALSE(cache.take("a"));
}

TEST(StatementCache, AnswersOnlyTheSameText) {
  StatementCache cache(2);
  (void)cache.put("select 1", prepared(1));
  EXPECT_FALSE(cache.take("select 1 "));
  EXPECT_FALSE(cache.take("SELECT 1"));
  EXPECT_EQ(cache.take("select 1")->id, 1u);
}

TEST(StatementCache, LeastRecentlyUsedFallsOut) {
  StatementCache cache(2);
  (void)cache.put("a", prepared(1));
  (void)cache.put("b", prepared(2));
  (void)cache.put("a", *cache.take("a"));
  EXPECT_EQ(cache.put("c", prepared(3)), 2u);
  EXPECT_TRUE(cache.take("a"));
  EXPECT_TRUE(cache.take("c"));
}

TEST(StatementCache, SecondStatementOfOneTextIsToBeClosed) {
  StatementCache cache(2);
  (void)cache.put("a", prepared(1));
  EXPECT_EQ(cache.put("a", prepared(2)), 2u);
  EXPECT_EQ(cache.take("a")->id, 1u);
}

TEST(StatementCache, WithoutCapacityKeepsNone) {
  StatementCache cache(0);
  EXPECT_EQ(cache.put("a", prepared(1)), 1u);
  EXPECT_FALSE(cache.take("a"));
}

TEST(StatementCache, ClearTellsWhatToClose) {
  StatementCache cache(4);
  (void)cache.put("a", prepared(1));
  (void)cache.put("b", prepared(2));
  EXPECT_EQ(cache.clear(), (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace selkie::protocol
