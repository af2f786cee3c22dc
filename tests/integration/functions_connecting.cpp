// The functions of environments, connections and statements.
#include <array>
#include <utility>

#include "tests/integration/functions.h"
#include "tests/integration/private_data_source.h"

namespace selkie::test {
namespace {

// --- Connecting

const Function kConnecting[] = {
    text("SQLConnect",
         []<class Ch>(Ground& g) {
           const PrivateDataSource source(ini_lines(g));
           Connection c;
           In<Ch> name(source.name()), user(g.server.setting("user")), password(g.server.setting("password"));
           check(Api<Ch>::SQLConnect(c.handle(), name.data(), SQL_NTS, user.data(), user.size(), password.data(), SQL_NTS),
                 SQL_HANDLE_DBC, c.handle());
           EXPECT_EQ(Statement(c).run("SELECT DATABASE()").rows(), g.database);
           EXPECT_EQ(c.info(SQL_DATA_SOURCE_NAME), source.name());
         }),
    text("SQLDriverConnect",
         []<class Ch>(Ground& g) {
           Connection c;
           In<Ch> in(g.server.connection_string() + "DATABASE=" + g.database);
           Out<Ch> out;
           SQLSMALLINT chars = 0;
           check(Api<Ch>::SQLDriverConnect(c.handle(), nullptr, in.data(), in.size(), out.data(), out.kCapacity, &chars,
                                           SQL_DRIVER_COMPLETE),
                 SQL_HANDLE_DBC, c.handle());
           EXPECT_NE(out.utf8().find("DATABASE=" + g.database), std::string::npos) << out.utf8();
           EXPECT_EQ(static_cast<std::size_t>(chars), out.utf8().size());
         }),
    text("SQLBrowseConnect",
         []<class Ch>(Ground& g) {
           const PrivateDataSource source(ini_lines(g));
           Connection c;
           const auto browse = [&](const std::string& text) {
             In<Ch> in(text);
             Out<Ch> out;
             const SQLRETURN code =
                 Api<Ch>::SQLBrowseConnect(c.handle(), in.data(), in.size(), out.data(), out.kCapacity, nullptr);
             return std::pair(check(code, SQL_HANDLE_DBC, c.handle()), out.utf8());
           };
           const auto asked = browse("DSN=" + source.name());
           EXPECT_EQ(asked, std::pair(SQLRETURN{SQL_NEED_DATA}, std::string("UID:User=?;PWD:Password=?;")));
           EXPECT_EQ(browse("UID=" + g.server.setting("user") + ";PWD=" + g.server.setting("password")).first, SQL_SUCCESS);
           EXPECT_EQ(Statement(c).run("SELECT DATABASE()").rows(), g.database);
         }),
    text("SQLGetConnectAttr",
         []<class Ch>(Ground& g) {
           Out<Ch> out;
           SQLINTEGER bytes = 0;
           g.connection_ok(
               Api<Ch>::SQLGetConnectAttr(g.c.handle(), SQL_ATTR_CURRENT_CATALOG, out.data(), out.kCapacityBytes, &bytes));
           EXPECT_EQ(out.utf8(), g.database);
           EXPECT_EQ(static_cast<std::size_t>(bytes), g.database.size() * sizeof(Ch));
         }),
    text("SQLSetConnectAttr",
         []<class Ch>(Ground& g) {
           for (const std::string& name : {std::string("information_schema"), g.database}) {
             In<Ch> catalog(name);
             g.connection_ok(
                 Api<Ch>::SQLSetConnectAttr(g.c.handle(), SQL_ATTR_CURRENT_CATALOG, catalog.data(), catalog.size_bytes()));
             EXPECT_EQ(g.rows("SELECT DATABASE()"), name);
           }
         }),
    text("SQLGetInfo",
         []<class Ch>(Ground& g) {
           Out<Ch> out;
           SQLSMALLINT bytes = 0;
           g.connection_ok(Api<Ch>::SQLGetInfo(g.c.handle(), SQL_DBMS_NAME, out.data(), out.kCapacityBytes, &bytes));
           EXPECT_EQ(out.utf8(), "MySQL");
           EXPECT_EQ(bytes, SQLSMALLINT{5 * sizeof(Ch)});
         }),
    text("SQLNativeSql",
         []<class Ch>(Ground& g) {
           In<Ch> sql("SELECT {fn UCASE('é')}, {d '2020-01-02'}");
           Out<Ch> out;
           SQLINTEGER chars = 0;
           g.connection_ok(Api<Ch>::SQLNativeSql(g.c.handle(), sql.data(), sql.size(), out.data(), out.kCapacity, &chars));
           g.run<Ch>(out.utf8());
           EXPECT_EQ(g.s.rows(), "É,2020-01-02");
           EXPECT_EQ(out.utf8().find('{'), std::string::npos);
           EXPECT_EQ(static_cast<std::size_t>(chars), out.utf8().size() - (kIsWide<Ch> ? 1 : 0));  // of the two of é
         }),
    {"SQLDisconnect",
     [](Ground& g) {
       Connection c;
       c.connect(g.server.connection_string());
       const std::string id = Statement(c).run("SELECT CONNECTION_ID()").rows();
       EXPECT_EQ(check(::SQLDisconnect(c.handle()), SQL_HANDLE_DBC, c.handle()), SQL_SUCCESS);
       expect_failure("08003", 0, [&] { check(::SQLDisconnect(c.handle()), SQL_HANDLE_DBC, c.handle()); });
       for (int i = 0; i < 100 && g.rows("SELECT 1 FROM information_schema.processlist WHERE id = " + id) != ""; ++i) {}
       EXPECT_EQ(g.rows("SELECT 1 FROM information_schema.processlist WHERE id = " + id), "");
     }},
    {"SQLEndTran",
     [](Ground& g) {
       g.c.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF);
       Statement(g.c).run("DELETE FROM child");
       EXPECT_EQ(::SQLEndTran(SQL_HANDLE_ENV, g.c.environment().handle(), SQL_ROLLBACK), SQL_SUCCESS);
       EXPECT_EQ(g.rows("SELECT COUNT(*) FROM child"), "1");
       g.connection_ok(::SQLEndTran(SQL_HANDLE_DBC, g.c.handle(), SQL_COMMIT));
       g.c.set(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON);
     }},
    {"SQLSetEnvAttr",
     [](Ground&) {
       Environment e(SQL_OV_ODBC3_80);  // sets it
       SQLINTEGER version = 0;
       EXPECT_EQ(::SQLGetEnvAttr(e.handle(), SQL_ATTR_ODBC_VERSION, &version, 0, nullptr), SQL_SUCCESS);
       EXPECT_EQ(version, SQLINTEGER{SQL_OV_ODBC3_80});
     }},
    {"SQLGetEnvAttr",
     [](Ground& g) {
       SQLINTEGER nts = 0;
       EXPECT_EQ(::SQLGetEnvAttr(g.c.environment().handle(), SQL_ATTR_OUTPUT_NTS, &nts, 0, nullptr), SQL_SUCCESS);
       EXPECT_EQ(nts, SQL_TRUE);
     }},
    {"SQLAllocHandle",
     [](Ground& g) {
       SQLHANDLE descriptor = nullptr;
       g.connection_ok(::SQLAllocHandle(SQL_HANDLE_DESC, g.c.handle(), &descriptor));
       SQLSMALLINT kind = 0;
       EXPECT_EQ(::SQLGetDescField(descriptor, 0, SQL_DESC_ALLOC_TYPE, &kind, 0, nullptr), SQL_SUCCESS);
       EXPECT_EQ(kind, SQL_DESC_ALLOC_USER);
       EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DESC, descriptor), SQL_SUCCESS);
     }},
    {"SQLFreeHandle",
     [](Ground& g) {
       Statement s(g.c);
       s.run("SELECT 1");
       s.free();
       SQLHDESC automatic = g.descriptor(SQL_ATTR_APP_ROW_DESC);
       expect_failure("HY017", 0, [&] { check(::SQLFreeHandle(SQL_HANDLE_DESC, automatic), SQL_HANDLE_DESC, automatic); });
     }},
    {"SQLGetFunctions",
     [](Ground& g) {
       constexpr SQLUSMALLINT kExported[] = {
#define TEXT(name, id)  id,
#define PLAIN(name, id) id,
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
       };
       std::array<SQLUSMALLINT, SQL_API_ODBC3_ALL_FUNCTIONS_SIZE> all{};
       g.connection_ok(::SQLGetFunctions(g.c.handle(), SQL_API_ODBC3_ALL_FUNCTIONS, all.data()));
       for (const SQLUSMALLINT id : kExported) {
         SQLUSMALLINT one = SQL_FALSE;
         if (id == SQL_API_SQLCANCELHANDLE) continue;  // a number that unixODBC does not know
         g.connection_ok(::SQLGetFunctions(g.c.handle(), id, &one));
         EXPECT_EQ(one, SQL_TRUE) << id;
         EXPECT_NE(SQL_FUNC_EXISTS(all.data(), id), SQL_FALSE) << id;
       }
     }},
};

// --- Statements

const Function kStatements[] = {
    text("SQLPrepare",
         []<class Ch>(Ground& g) {
           In<Ch> sql("SELECT 'é'");
           g.ok(Api<Ch>::SQLPrepare(g.s.handle(), sql.data(), sql.size()));
           EXPECT_EQ(g.s.execute().rows(), "é");
         }),
    text("SQLExecDirect",
         []<class Ch>(Ground& g) {
           In<Ch> sql("SELECT 'é', 2");
           g.ok(Api<Ch>::SQLExecDirect(g.s.handle(), sql.data(), SQL_NTS));
           EXPECT_EQ(g.s.rows(), "é,2");
         }),
    text("SQLSetStmtAttr",
         []<class Ch>(Ground& g) {
           g.ok(Api<Ch>::SQLSetStmtAttr(g.s.handle(), SQL_ATTR_MAX_ROWS, pointer(1), 0));
           EXPECT_EQ(g.s.run("SELECT 1 UNION SELECT 2").rows(), "1");
         }),
    text("SQLGetStmtAttr",
         []<class Ch>(Ground& g) {
           g.s.set(SQL_ATTR_MAX_LENGTH, 77);
           SQLULEN value = 0;
           SQLINTEGER bytes = 0;
           g.ok(Api<Ch>::SQLGetStmtAttr(g.s.handle(), SQL_ATTR_MAX_LENGTH, &value, sizeof value, &bytes));
           EXPECT_EQ(value, 77u);
         }),
    text("SQLSetCursorName",
         []<class Ch>(Ground& g) {
           In<Ch> name("zähler");
           g.ok(Api<Ch>::SQLSetCursorName(g.s.handle(), name.data(), name.size()));
           Statement other(g.c);
           expect_failure("3C000", 0,
                          [&] { other.check(Api<Ch>::SQLSetCursorName(other.handle(), name.data(), name.size())); });
         }),
    text("SQLGetCursorName",
         []<class Ch>(Ground& g) {
           In<Ch> name("zähler");
           Out<Ch> out;
           SQLSMALLINT chars = 0;
           g.ok(Api<Ch>::SQLGetCursorName(g.s.handle(), out.data(), out.kCapacity, &chars));
           EXPECT_EQ(out.utf8().rfind("SQL_CUR", 0), 0u) << out.utf8();
           g.ok(Api<Ch>::SQLSetCursorName(g.s.handle(), name.data(), name.size()));
           g.ok(Api<Ch>::SQLGetCursorName(g.s.handle(), out.data(), out.kCapacity, &chars));
           EXPECT_EQ(out.utf8(), "zähler");
           EXPECT_EQ(chars, name.size());
         }),
    {"SQLExecute",
     [](Ground& g) {
       g.s.prepare("SELECT 1");
       for (int i = 0; i < 2; ++i) {
         g.ok(::SQLExecute(g.s.handle()));
         EXPECT_EQ(g.s.rows(), "1");
         g.s.close();
       }
     }},
    {"SQLBindParameter",
     [](Ground& g) {
       double value = 2.5;
       g.ok(::SQLBindParameter(g.s.handle(), 1, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &value, 0, nullptr));
       EXPECT_EQ(g.s.run("SELECT ? * 2").rows(), "5");
     }},
    {"SQLNumParams",
     [](Ground& g) {
       SQLSMALLINT count = 0;
       g.s.prepare("SELECT ?, '?', ? /* ? */");
       g.ok(::SQLNumParams(g.s.handle(), &count));
       EXPECT_EQ(count, 2);
     }},
    {"SQLDescribeParam",
     [](Ground& g) {
       SQLSMALLINT type = 0, digits = 0, nullable = 0;
       SQLULEN size = 0;
       g.s.prepare("INSERT INTO parent VALUES (?, ?)");
       g.ok(::SQLDescribeParam(g.s.handle(), 1, &type, &size, &digits, &nullable));
       EXPECT_EQ(type, SQL_INTEGER);
       EXPECT_EQ(size, 10u);
       EXPECT_EQ(nullable, SQL_NO_NULLS);
     }},
    {"SQLParamData",
     [](Ground& g) {
       SQLLEN at_execution = SQL_DATA_AT_EXEC;
       char place = 0;
       SQLPOINTER token = nullptr;
       g.ok(::SQLBindParameter(g.s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, &place, 0, &at_execution));
       EXPECT_EQ(::SQLExecDirect(g.s.handle(), sql_text("SELECT ?"), SQL_NTS), SQL_NEED_DATA);
       EXPECT_EQ(::SQLParamData(g.s.handle(), &token), SQL_NEED_DATA);
       EXPECT_EQ(token, &place);
       g.ok(::SQLPutData(g.s.handle(), sql_text("abc"), 3));
       g.ok(::SQLParamData(g.s.handle(), &token));
       EXPECT_EQ(g.s.rows(), "abc");
     }},
    {"SQLPutData",
     [](Ground& g) {
       SQLLEN at_execution = SQL_LEN_DATA_AT_EXEC(6);
       char place = 0;
       SQLPOINTER token = nullptr;
       g.ok(::SQLBindParameter(g.s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, &place, 0, &at_execution));
       EXPECT_EQ(::SQLExecDirect(g.s.handle(), sql_text("SELECT ?"), SQL_NTS), SQL_NEED_DATA);
       EXPECT_EQ(::SQLParamData(g.s.handle(), &token), SQL_NEED_DATA);
       for (const char* piece : {"abc", "def"}) g.ok(::SQLPutData(g.s.handle(), sql_text(piece), 3));
       g.ok(::SQLParamData(g.s.handle(), &token));
       EXPECT_EQ(g.s.rows(), "abcdef");
     }},
    {"SQLCancel",
     [](Ground& g) {
       SQLLEN at_execution = SQL_DATA_AT_EXEC;
       char place = 0;
       g.ok(::SQLBindParameter(g.s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 9, 0, &place, 0, &at_execution));
       EXPECT_EQ(::SQLExecDirect(g.s.handle(), sql_text("SELECT ?"), SQL_NTS), SQL_NEED_DATA);
       g.ok(::SQLCancel(g.s.handle()));
       EXPECT_EQ(g.s.run("SELECT 1").rows(), "1");
     }},
    {"SQLCancelHandle",
     [](Ground& g) {
       g.ok(::SQLCancelHandle(SQL_HANDLE_STMT, g.s.handle()));
       EXPECT_EQ(g.s.run("SELECT 1").rows(), "1");
     }},
    {"SQLFreeStmt",
     [](Ground& g) {
       std::int32_t value = 0;
       g.s.run("SELECT 1 UNION SELECT 2");
       g.ok(::SQLBindCol(g.s.handle(), 1, SQL_C_SLONG, &value, 0, nullptr));
       ASSERT_TRUE(g.s.fetch());
       g.ok(::SQLFreeStmt(g.s.handle(), SQL_UNBIND));
       ASSERT_TRUE(g.s.fetch());
       EXPECT_EQ(value, 1);
       g.ok(::SQLFreeStmt(g.s.handle(), SQL_CLOSE));
       g.s.bind(1, value).prepare("SELECT ?").execute().close();
       g.ok(::SQLFreeStmt(g.s.handle(), SQL_RESET_PARAMS));
       expect_failure("07002", 0, [&] { g.s.execute(); });
     }},
};

}  // namespace

std::span<const Function> connecting_functions() { return kConnecting; }
std::span<const Function> statement_functions() { return kStatements; }

}  // namespace selkie::test
