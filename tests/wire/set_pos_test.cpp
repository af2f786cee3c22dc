// Rows changed through a cursor whose rows are still on the wire, against scripted servers.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const std::string kSelect = "SELECT id, name FROM t";
const std::string kDelete =
    "DELETE FROM `test`.`t` WHERE `id`=? AND `id`<=>? AND CONVERT(`name` USING utf8mb4) COLLATE utf8mb4_bin<=>?";

std::vector<Definition> texts(std::size_t count) { return std::vector<Definition>(count, text("x")); }

Script three_rows() {
  return script()
      .reads(query(kSelect))
      .sends(head({integer("id"), text("name")}), row({"1", "one"}), row({"2", "two"}), row({"3", nullptr}), end());
}
Script key_of_the_table(Reply key) {
  return script()
      .reads(query("SHOW KEYS FROM `test`.`t` WHERE Non_unique=0"))
      .sends(head(texts(13)), std::move(key), end())
      .reads(query("SHOW COLUMNS FROM `test`.`t`"))
      .sends(head(texts(6)), row({"id", "int(11)", "NO", "PRI", nullptr, ""}),
             row({"name", "varchar(9)", "YES", "", nullptr, ""}), end());
}
Reply primary_key(const char* may_be_null) {
  return row({"t", "0", "PRIMARY", "1", "id", "A", "3", nullptr, nullptr, may_be_null, "BTREE", "", ""});
}

const Server* const kOneOfEach[] = {&kMySql57Proxied, &kMariaDb118};
const ReplayOptions kWhole{.whole_only = true};

void open(Statement& statement) {
  statement.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
  statement.run(kSelect);
  EXPECT_TRUE(statement.fetch());
}
SQLRETURN set_pos(Statement& statement, SQLUSMALLINT operation) {
  return statement.check(::SQLSetPos(statement.handle(), 1, operation, SQL_LOCK_NO_CHANGE));
}

TEST(SetPos, DeletesInTheMiddleOfAStream) {
  replay(
      [](const Server& server) {
        return three_rows()
            .then(key_of_the_table(primary_key("")))
            .then(prepares_and_executes(server, kDelete, 1, 3, {}))
            .sends(ok(kAutocommit, {.affected_rows = 1}))
            .reads(execute(1))
            .sends(ok(kAutocommit, {.affected_rows = 0}));
      },
      [](Connection& connection) {
        Statement statement(connection);
        open(statement);
        EXPECT_EQ(set_pos(statement, SQL_DELETE), SQL_SUCCESS);
        EXPECT_EQ(statement.row_count(), 1);
        expect_error("HY109", 0, [&] { statement.text(2); });
        EXPECT_TRUE(statement.fetch());
        EXPECT_EQ(statement.text(2), "two");
        EXPECT_EQ(set_pos(statement, SQL_DELETE), SQL_SUCCESS_WITH_INFO);  // nobody there any more
        EXPECT_EQ(statement.records().at(0).state, "01001");
        EXPECT_TRUE(statement.fetch());
        EXPECT_EQ(statement.text(2), std::nullopt);
        EXPECT_FALSE(statement.fetch());
      },
      {.servers = kOneOfEach, .cuts = false});
}

TEST(SetPos, AServersRefusalIsTheCallsAndTheCursorGoesOn) {
  replay(
      [](const Server& server) {
        return three_rows()
            .then(key_of_the_table(primary_key("")))
            .then(prepares_and_executes(server, kDelete, 1, 3, {}))
            .sends(error(1451, "23000", "Cannot delete a parent row"));
      },
      [](Connection& connection) {
        Statement statement(connection);
        open(statement);
        expect_error("23000", 1451, [&] { set_pos(statement, SQL_DELETE); });
        EXPECT_EQ(statement.rows(), "2,two; 3,NULL");
      },
      kWhole);
}

TEST(SetPos, AKeyThatMayBeNullOrAnAnswerOfAnotherShapeNamesNoRow) {
  for (const Reply& key :
       {primary_key("YES"), row({"t", "0", "PRIMARY", "1", nullptr, "A", "3", nullptr, nullptr, "", "", "", ""})}) {
    replay(
        three_rows().then(key_of_the_table(key)),
        [](Connection& connection) {
          Statement statement(connection);
          open(statement);
          const OdbcError failure = expect_error("01001", 0, [&] { set_pos(statement, SQL_DELETE); });
          EXPECT_NE(failure.message().find("no unique key"), std::string::npos) << failure.message();
          EXPECT_EQ(statement.rows(), "2,two; 3,NULL");
        },
        kWhole);
  }
  const Script odd =
      three_rows().reads(query("SHOW KEYS FROM `test`.`t` WHERE Non_unique=0")).sends(head(texts(1)), row({"x"}), end());
  replay(
      odd,
      [](Connection& connection) {
        Statement statement(connection);
        open(statement);
        expect_error("01001", 0, [&] { set_pos(statement, SQL_DELETE); });
      },
      kWhole);
}

}  // namespace
}  // namespace selkie::test
