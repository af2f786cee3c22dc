// Catalog functions and SQLGetInfo as the server sees them: one query each, none where none is needed.
#include "odbc/catalog_queries.h"

#include <gtest/gtest.h>

#include "odbc/catalog_shapes.h"
#include "tests/support/replay.h"

namespace selkie::test {
namespace {

SQLCHAR* name(const char* text) { return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text)); }

// The query that a connection to `server` sends for the primary key of a table.
Expectation primary_key_query(const Server& server) {
  const odbc::CatalogContext context{.mariadb = server.is_mariadb()};
  return query(odbc::primary_keys_query(context, {.catalog = "shop", .table = "orders"}));
}
SQLRETURN primary_keys(Statement& s) {
  return ::SQLPrimaryKeys(s.handle(), name("shop"), SQL_NTS, nullptr, 0, name("orders"), SQL_NTS);
}

// The servers' own column names and types; a catalog result has those of the specification all the same.
const std::vector<Definition> kOwnColumns{text("TABLE_SCHEMA"), text("NULL"),       text("TABLE_NAME"),
                                          text("COLUMN_NAME"),  big_integer("SEQ"), text("CONSTRAINT_NAME")};

TEST(CatalogFunction, IsOneQueryWhoseRowsHaveTheSpecificationsShape) {
  replay(
      [](const Server& server) {
        return script()
            .reads(primary_key_query(server))
            .sends(head(kOwnColumns), row({"shop", nullptr, "orders", "id", "1", "PRIMARY"}), end());
      },
      [](Connection& connection) {
        Statement s(connection);
        s.check(primary_keys(s));
        SQLCHAR called[64] = {};
        SQLSMALLINT type = 0;
        s.check(::SQLDescribeCol(s.handle(), 5, called, sizeof called, nullptr, &type, nullptr, nullptr, nullptr));
        EXPECT_STREQ(reinterpret_cast<char*>(called), "KEY_SEQ");
        EXPECT_EQ(type, SQL_SMALLINT);
        EXPECT_EQ(s.rows(), "shop,NULL,orders,id,1,PRIMARY");
      });
}

TEST(CatalogFunction, AnAnswerOfAnotherWidthIsRefusedAndTheWireStaysInStep) {
  replay(
      [](const Server& server) {
        return script()
            .reads(primary_key_query(server))
            .sends(head({text("a"), text("b")}), row({"1", "2"}), end())
            .reads(query("SELECT 'next'"))
            .sends(head({text("next")}), row({"next"}), end());
      },
      [](Connection& connection) {
        {
          Statement s(connection);
          expect_error("HY000", 0, [&] { s.check(primary_keys(s)); });
        }
        EXPECT_EQ(Statement(connection).run("SELECT 'next'").rows(), "next");
      });
}

TEST(CatalogFunction, TheServersRefusalIsReportedInItsWords) {
  replay(
      [](const Server& server) {
        return script().reads(primary_key_query(server)).sends(error(1109, "42S02", "Unknown table 'key_column_usage'"));
      },
      [](Connection& connection) {
        Statement s(connection);
        const OdbcError refusal = expect_error("42S02", 1109, [&] { s.check(primary_keys(s)); });
        EXPECT_NE(refusal.message().find("key_column_usage"), std::string::npos) << refusal.what();
      });
}

TEST(TypeInfo, AsksTheServerNothing) {
  replay([](const Server&) { return script(); },
         [](Connection& connection) {
           Statement s(connection);
           s.check(::SQLGetTypeInfo(s.handle(), SQL_BIGINT));
           EXPECT_EQ(s.columns(), static_cast<SQLSMALLINT>(odbc::kTypeInfoShape.size()));
           ASSERT_TRUE(s.fetch());
           EXPECT_EQ(s.text(1), "bigint");
         },
         {.losses = false});
}

TEST(Information, ProductsAreNamedAfterTheDialectTheyAreSpokenToIn) {
  struct Product {
    const Server* server;
    const char *version, *procedures, *integrity;
  };
  const Product products[] = {{&kMySql97, "09.07.", "Y", "Y"},
                              {&kMariaDb1011, "10.11.", "Y", "Y"},
                              {&kTiDb7, "08.00.0011 8.0.11-TiDB-v7.5.0", "N", "Y"},
                              {&kVitess, "08.00.0030 8.0.30-Vitess", "Y", "N"}};
  for (const Product& product : products) {
    const Server* const one[] = {product.server};
    replay([](const Server&) { return script(); },
           [&](Connection& connection) {
             EXPECT_EQ(connection.info(SQL_DBMS_NAME), "MySQL");
             EXPECT_EQ(connection.info(SQL_DBMS_VER).find(product.version), 0u) << connection.info(SQL_DBMS_VER);
             EXPECT_EQ(connection.info(SQL_PROCEDURES), product.procedures);
             EXPECT_EQ(connection.info(SQL_INTEGRITY), product.integrity);
           },
           {.servers = one, .whole_only = true});
  }
}

SQLUSMALLINT identifier_case(Connection& connection, SQLUSMALLINT type) {
  SQLUSMALLINT value = 0;
  check(::SQLGetInfo(connection.handle(), type, &value, sizeof value, nullptr), SQL_HANDLE_DBC, connection.handle());
  return value;
}

TEST(Information, TheCaseOfNamesIsAskedForOnceAndOnlyWhenWanted) {
  replay(
      [](const Server&) {
        return script()
            .reads(query("SELECT @@lower_case_table_names"))
            .sends(head({integer("@@lower_case_table_names")}), row({"1"}), end());
      },
      [](Connection& connection) {
        EXPECT_EQ(identifier_case(connection, SQL_IDENTIFIER_CASE), SQL_IC_LOWER);
        EXPECT_EQ(identifier_case(connection, SQL_QUOTED_IDENTIFIER_CASE), SQL_IC_LOWER);
      });
}

TEST(Information, AProxyThatDoesNotKnowTheVariableHasNamesThatDifferByCase) {
  replay(
      [](const Server&) {
        return script()
            .reads(query("SELECT @@lower_case_table_names"))
            .sends(error(1193, "HY000", "Unknown system variable 'lower_case_table_names'"));
      },
      [](Connection& connection) {
        EXPECT_EQ(identifier_case(connection, SQL_IDENTIFIER_CASE), SQL_IC_SENSITIVE);
        EXPECT_EQ(identifier_case(connection, SQL_IDENTIFIER_CASE), SQL_IC_SENSITIVE);
      });
}

SQLUINTEGER default_isolation(Connection& connection) {
  SQLUINTEGER level = 0;
  check(::SQLGetInfo(connection.handle(), SQL_DEFAULT_TXN_ISOLATION, &level, sizeof level, nullptr), SQL_HANDLE_DBC,
        connection.handle());
  return level;
}

std::string asks_for_isolation(const Server& server) {
  const bool old_name = &server == &kMariaDb1011;
  return std::string("SELECT @@global.") + (old_name ? "tx_isolation" : "transaction_isolation");
}

TEST(Information, TheDefaultIsolationIsWhatTheServerGivesNewSessions) {
  replay(
      [](const Server& server) {
        return script().reads(query(asks_for_isolation(server))).sends(head({text("level")}), row({"READ-COMMITTED"}), end());
      },
      [](Connection& connection) { EXPECT_EQ(default_isolation(connection), SQLUINTEGER{SQL_TXN_READ_COMMITTED}); });
}

TEST(Information, AProxyThatDoesNotKnowTheIsolationHasTheUsualOne) {
  replay(
      [](const Server& server) {
        return script().reads(query(asks_for_isolation(server))).sends(error(1193, "HY000", "Unknown system variable"));
      },
      [](Connection& connection) { EXPECT_EQ(default_isolation(connection), SQLUINTEGER{SQL_TXN_REPEATABLE_READ}); });
}

}  // namespace
}  // namespace selkie::test
