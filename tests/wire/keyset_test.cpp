// Keyset-driven cursors against scripted servers: what a server may say in between.
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const std::string kSelect = "SELECT id, name FROM t";
const ReplayOptions kWhole{.whole_only = true};

std::vector<Definition> texts(std::size_t count) { return std::vector<Definition>(count, text("x")); }
Definition key_column() {
  Definition column = integer("id");
  column.flags = protocol::column_flag::kNotNull;
  return column;
}

Script rows_of_a_table() {
  return script().reads(query(kSelect)).sends(head({key_column(), text("name")}), row({"1", "one"}), row({"2", "two"}), end());
}
Script key_of_the_table() {
  return script()
      .reads(query("SHOW KEYS FROM `test`.`t` WHERE Non_unique=0"))
      .sends(head(texts(13)), row({"t", "0", "PRIMARY", "1", "id", "A", "3", nullptr, nullptr, "", "BTREE", "", ""}), end())
      .reads(query("SHOW COLUMNS FROM `test`.`t`"))
      .sends(head(texts(6)), row({"id", "int(11)", "NO", "PRI", nullptr, ""}), end());
}
std::string by_key(const char* key) { return std::string("SELECT `id`,`name` FROM `test`.`t` WHERE (`id`=") + key + ")"; }

SQLRETURN open(Statement& statement) {
  statement.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN);
  return statement.check(::SQLExecDirect(statement.handle(), sql_text(kSelect), SQL_NTS));
}

TEST(Keyset, RowsAreReadByKeyAndOthersThatTheServerSendsAreNotTheirs) {
  replay(
      rows_of_a_table()
          .then(key_of_the_table())
          .reads(query(by_key("1")))
          .sends(head({key_column(), text("name")}), row({"7", "nobody's"}), row({"1", "new"}), end())
          .reads(query(by_key("2")))
          .sends(head({key_column(), text("name")}), end()),
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_EQ(open(statement), SQL_SUCCESS);
        SQLUSMALLINT status = SQL_ROW_NOROW;
        statement.set(SQL_ATTR_ROW_STATUS_PTR, &status);
        EXPECT_TRUE(statement.fetch());
        EXPECT_EQ(statement.text(2), "new");
        EXPECT_TRUE(statement.fetch());
        EXPECT_EQ(status, SQL_ROW_DELETED);
        expect_error("HY109", 0, [&] { statement.text(2); });
        EXPECT_FALSE(statement.fetch());
      },
      kWhole);
}

TEST(Keyset, WhoMayNotBeToldOfTheKeysHasAStaticCursor) {
  replay(
      rows_of_a_table().reads(query("SHOW KEYS FROM `test`.`t` WHERE Non_unique=0")).sends(error(1142, "42000", "denied")),
      [](Connection& connection) {
        Statement statement(connection);
        EXPECT_EQ(open(statement), SQL_SUCCESS_WITH_INFO);
        EXPECT_EQ(statement.records().at(0).state, "01S02");
        EXPECT_EQ(statement.rows(), "1,one; 2,two");
      },
      kWhole);
}

TEST(Keyset, AnAnswerOfAnotherShapeIsNoRowOfTheResult) {
  for (const std::vector<Definition>& shape : {std::vector<Definition>{key_column()}, {text("id"), text("name")}}) {
    replay(
        rows_of_a_table().then(key_of_the_table()).reads(query(by_key("1"))).sends(head(shape), end()),
        [](Connection& connection) {
          Statement statement(connection);
          open(statement);
          const OdbcError failure = expect_error("HY000", 0, [&] { statement.fetch(); });
          EXPECT_NE(failure.message().find("was altered"), std::string::npos) << failure.message();
        },
        kWhole);
  }
}

TEST(Keyset, AConnectionThatIsLostWhileRowsAreReadHasNone) {
  replay(
      rows_of_a_table().then(key_of_the_table()).reads(query(by_key("1"))).sends(head({key_column(), text("name")})).closes(),
      [](Connection& connection) {
        Statement statement(connection);
        open(statement);
        expect_error("08S01", 0, [&] { statement.fetch(); });
        EXPECT_TRUE(connection.is_dead());
      },
      kWhole);
}

TEST(Keyset, AFailureAmongTheRowsIsTheExecutions) {
  replay(
      script()
          .reads(query(kSelect))
          .sends(head({key_column(), text("name")}), row({"1", "one"}), error(1205, "HY000", "lock wait timeout")),
      [](Connection& connection) {
        Statement statement(connection);
        expect_error("HYT00", 1205, [&] { open(statement); });
      },
      kWhole);
}

}  // namespace
}  // namespace selkie::test
