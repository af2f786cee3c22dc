// Query attributes: parameters bound beyond a statement's markers that have a name go along with it, by bytes.
// Spec: page_protocol_com_query.html, page_protocol_com_stmt_execute.html, CLIENT_QUERY_ATTRIBUTES
#include <gtest/gtest.h>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using protocol::ByteWriter;
using protocol::WireType;

const Server* const kTaking[] = {&kMySql97};
const Server* const kOthers[] = {&kMySql57Proxied, &kMariaDb118, &kMariaDb1011};

void name(Statement& statement, SQLSMALLINT number, std::string_view name) {
  SQLHDESC ipd = nullptr;
  statement.check(::SQLGetStmtAttr(statement.handle(), SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, nullptr));
  Statement::check(::SQLSetDescField(ipd, number, SQL_DESC_NAME, sql_text(name), static_cast<SQLINTEGER>(name.size())),
                   SQL_HANDLE_DESC, ipd);
}

// Two attributes: app='shop' and part=NULL.
struct Attributes {
  Attributes(Statement& statement, SQLUSMALLINT first) {
    statement.bind(first, app, app_length);
    const auto second = static_cast<SQLUSMALLINT>(first + 1);
    statement.check(
        ::SQLBindParameter(statement.handle(), second, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &part, 0, &null));
    name(statement, static_cast<SQLSMALLINT>(first), "app");
    name(statement, static_cast<SQLSMALLINT>(second), "part");
  }
  std::string app = "shop";
  std::int32_t part = 0;
  SQLLEN app_length = 0, null = SQL_NULL_DATA;
};
const Packet kAttributes{2, 1, 0x02, 1, 253, 0, 3, 'a', 'p', 'p', 3, 0, 4, 'p', 'a', 'r', 't', 4, 's', 'h', 'o', 'p'};

TEST(QueryAttributes, OfADirectStatementStandInFrontOfItsText) {
  replay(script().reads(query_with(kAttributes, "DO 1")).sends(ok()).reads(query("DO 2")).sends(ok()),
         [](Connection& connection) {
           Statement statement(connection);
           const Attributes attributes(statement, 1);
           statement.run("DO 1");
           statement.check(::SQLFreeStmt(statement.handle(), SQL_RESET_PARAMS));
           statement.run("DO 2");
         },
         {.servers = kTaking});
}

TEST(QueryAttributes, OfAPreparedStatementFollowItsParametersAndAreNamedEachTime) {
  const std::string sql = "SELECT ?";
  const Packet seven{7, 0, 0, 0}, both{7, 0, 0, 0, 4, 's', 'h', 'o', 'p'};
  const SentParameters with_attributes{.null_bitmap = 0x04,
                                       .count = 3,
                                       .types = {WireType::long_, WireType::var_string, WireType::long_},
                                       .values = both,
                                       .names = {"app", "part"}};
  const auto answers = [] { return script().sends(head({integer("?")}), binary_row({int32(7)}), end()); };
  replay(script()
             .reads(prepare(sql))
             .sends(prepared(1, 1, {integer("?")}))
             .reads(execute_with(1, with_attributes))
             .then(answers())
             .reads(execute_with(1, with_attributes))
             .then(answers())
             .reads(execute_with(1, {.types = {WireType::long_}, .values = seven}))  // the server remembers three
             .then(answers())
             .reads(execute_with(1, {.values = seven}))
             .then(answers()),
         [&](Connection& connection) {
           std::int32_t value = 7;
           Statement statement(connection);
           statement.prepare(sql).bind(1, value);
           {
             const Attributes attributes(statement, 2);
             EXPECT_EQ(statement.execute().rows(), "7");
             statement.close();
             EXPECT_EQ(statement.execute().rows(), "7");
             statement.close();
           }
           statement.check(::SQLFreeStmt(statement.handle(), SQL_RESET_PARAMS));
           statement.bind(1, value);
           EXPECT_EQ(statement.execute().rows(), "7");
           statement.close();
           EXPECT_EQ(statement.execute().rows(), "7");
         },
         {.servers = kTaking, .cuts = false});
}

// The server takes them though the statement has no parameters: a flag says that they are there.
TEST(QueryAttributes, OfAPreparedStatementWithoutMarkersAreSent) {
  const SentParameters attributes{.null_bitmap = 0x02,
                                  .count = 2,
                                  .types = {WireType::var_string, WireType::long_},
                                  .values = {4, 's', 'h', 'o', 'p'},
                                  .names = {"app", "part"}};
  replay(script()
             .reads(prepare("DO 1"))
             .sends(prepared(1, 0, {}))
             .reads(execute_with(1, attributes))
             .sends(ok())
             .reads(execute(1))
             .sends(ok()),
         [](Connection& connection) {
           Statement statement(connection);
           statement.prepare("DO 1");
           {
             const Attributes bound(statement, 1);
             statement.execute();
           }
           statement.check(::SQLFreeStmt(statement.handle(), SQL_RESET_PARAMS));
           statement.execute();
         },
         {.servers = kTaking, .cuts = false});
}

TEST(QueryAttributes, GoAlongWithValuesThatAreWrittenIntoTheText) {
  replay(script().reads(query_with(kAttributes, "SELECT 7")).sends(head({integer("7")}), row({"7"}), end()),
         [](Connection& connection) {
           std::int32_t value = 7;
           Statement statement(connection);
           statement.prepare("SELECT ?").bind(1, value);
           const Attributes attributes(statement, 2);
           EXPECT_EQ(statement.execute().rows(), "7");
         },
         {.servers = kTaking, .settings = "NO_SSPS=1;", .cuts = false});
}

// Each row of an array is a command of its own then: an attribute is a command's, and each row has its own value.
TEST(QueryAttributes, OfAnArrayAreEachRowsOwn) {
  const std::string sql = "INSERT INTO t VALUES (?)";
  const auto row = [](std::uint8_t value, std::uint8_t attribute) {
    return SentParameters{.count = 2,
                          .types = {WireType::long_, WireType::long_},
                          .values = {value, 0, 0, 0, attribute, 0, 0, 0},
                          .names = {"part"}};
  };
  replay(script()
             .reads(prepare(sql))
             .sends(prepared(1, 1, {}))
             .reads(execute_with(1, row(7, 1)))
             .reads(execute_with(1, row(8, 2)))
             .sends(ok(kAutocommit, {.affected_rows = 1}))
             .next_answer()
             .sends(ok(kAutocommit, {.affected_rows = 1})),
         [&](Connection& connection) {
           std::int32_t values[] = {7, 8}, parts[] = {1, 2};
           Statement statement(connection);
           statement.prepare(sql);
           statement.set(SQL_ATTR_PARAMSET_SIZE, std::uintptr_t{2});
           statement.bind(1, values[0]).bind(2, parts[0]);
           name(statement, 2, "part");
           statement.execute();
           EXPECT_EQ(statement.row_count(), 2);
         },
         {.servers = kTaking, .cuts = false, .losses = false});
}

TEST(QueryAttributes, OfACatalogCallAreNone) {
  replay(
      [](const Server&) {
        return script().reads(query_starting("SELECT ")).sends(error(1142, "42000", "SELECT command denied"));
      },
      [](Connection& connection) {
        Statement statement(connection);
        const Attributes attributes(statement, 1);
        expect_error("42000", 1142, [&] {
          statement.check(::SQLTables(statement.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
        });
      },
      {.servers = kTaking, .cuts = false, .losses = false});
}

// Bound beyond the markers, and without a name or where the server does not know of attributes: left alone.
TEST(QueryAttributes, AreNotSentWithoutANameOrToServersThatTakeNone) {
  const auto talk = [] { return script().reads(query("DO 1")).sends(ok()); };
  replay(talk(),
         [](Connection& connection) {
           std::int32_t value = 7;
           Statement(connection).bind(1, value).run("DO 1");
         },
         {.servers = kTaking});
  replay(talk(),
         [](Connection& connection) {
           Statement statement(connection);
           const Attributes attributes(statement, 1);
           statement.run("DO 1");
         },
         {.servers = kOthers});
}

}  // namespace
}  // namespace selkie::test
