// Every function that the driver exports, once through the driver manager on real servers: narrow, and wide on a connection of
// a Unicode application. What they do in their corners, the other suites say.
#include <array>
#include <set>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/integration/private_data_source.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

// --- The functions by their character type

template <class Ch>
struct Api;
template <>
struct Api<SQLCHAR> {
#define TEXT(name, id) static constexpr auto* name = ::name;
#define PLAIN(name, id)
#include "driver/entries.def"
#undef TEXT
};
template <>
struct Api<SQLWCHAR> {
#define TEXT(name, id) static constexpr auto* name = ::name##W;
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
};

template <class Ch>
constexpr bool kIsWide = !std::is_same_v<Ch, SQLCHAR>;

// Text of the character type, as an argument. It lives to the end of the call.
template <class Ch>
struct In {
  explicit In(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto byte = static_cast<unsigned char>(utf8[i]);
      if (!kIsWide<Ch> || byte < 0x80) {
        units.push_back(byte);
      } else {  // two bytes are all that these tests use
        units.push_back(static_cast<Ch>((byte & 0x1fu) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3fu)));
      }
    }
    units.push_back(0);
  }
  Ch* data() { return units.data(); }
  SQLSMALLINT size() const { return static_cast<SQLSMALLINT>(units.size() - 1); }
  SQLINTEGER size_bytes() const { return size() * SQLINTEGER{sizeof(Ch)}; }

  std::vector<Ch> units;
};

// A buffer for text of the character type.
template <class Ch>
struct Out {
  static constexpr SQLSMALLINT kCapacity = 2000;
  static constexpr SQLSMALLINT kCapacityBytes = kCapacity * sizeof(Ch);
  std::array<Ch, kCapacity> units{};

  Ch* data() { return units.data(); }
  std::string utf8() const {
    std::string text;
    for (std::size_t i = 0; units[i] != 0; ++i) {
      const unsigned unit = units[i];
      if (!kIsWide<Ch> || unit < 0x80) {
        text += static_cast<char>(unit);
      } else {
        text += static_cast<char>(0xc0 | unit >> 6);
        text += static_cast<char>(0x80 | (unit & 0x3f));
      }
    }
    return text;
  }
};

// What a function is tried on: a connection, and a statement of it that is new for each of them.
struct Ground {
  const RealServer& server;
  const std::string& database;
  Connection& c;
  Statement s;

  void ok(SQLRETURN code) { EXPECT_EQ(s.check(code), SQL_SUCCESS); }
  void connection_ok(SQLRETURN code) { EXPECT_EQ(check(code, SQL_HANDLE_DBC, c.handle()), SQL_SUCCESS); }
  // A catalog function's first row has this value in this column.
  void first_row(SQLRETURN code, SQLUSMALLINT column, const char* expected) {
    ok(code);
    ASSERT_TRUE(s.fetch());
    EXPECT_EQ(s.text(column), expected);
  }
  SQLHDESC descriptor(SQLINTEGER which) {
    SQLHDESC handle = nullptr;
    ok(::SQLGetStmtAttr(s.handle(), which, &handle, SQL_IS_POINTER, nullptr));
    return handle;
  }
  // Runs the text as the function under test would: narrow text on a Unicode application's connection is the driver
  // manager's to turn, and it takes each byte for a character.
  template <class Ch>
  void run(std::string_view sql) {
    In<Ch> text(sql);
    ok(Api<Ch>::SQLExecDirect(s.handle(), text.data(), SQL_NTS));
  }
  std::string rows(std::string_view sql) { return Statement(c).run(sql).rows(); }

  // A cursor on the rows of `parent` that can be changed, before the first of them; its columns are bound to `row`.
  struct Row {
    std::array<SQLCHAR, 16> bookmark{};
    SQLLEN bookmark_length = 0;
    std::int32_t id = 0;
    std::array<SQLCHAR, 40> name{};
    SQLLEN name_length = SQL_NTS;
  };
  void open(Row& row) {
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
    s.set(SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE);
    s.run("SELECT id, name FROM parent ORDER BY id");
    ok(::SQLBindCol(s.handle(), 0, SQL_C_VARBOOKMARK, row.bookmark.data(), row.bookmark.size(), &row.bookmark_length));
    ok(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &row.id, 0, nullptr));
    ok(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, row.name.data(), row.name.size(), &row.name_length));
  }
};

using Try = void (*)(Ground&);
struct Function {
  const char* name;
  Try narrow, wide = nullptr;
};
template <class Body>
Function text(const char* name, Body) {
  return {name, [](Ground& g) { Body{}.template operator()<SQLCHAR>(g); },
          [](Ground& g) { Body{}.template operator()<SQLWCHAR>(g); }};
}

std::string ini_lines(const Ground& g) {
  return "SERVER=" + g.server.setting("host") + "\nPORT=" + g.server.setting("port") + "\nDATABASE=" + g.database + "\n";
}
SQLPOINTER pointer(SQLLEN number) { return reinterpret_cast<SQLPOINTER>(number); }

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

// --- Results

const Function kResults[] = {
    text("SQLDescribeCol",
         []<class Ch>(Ground& g) {
           g.run<Ch>("SELECT id AS größe FROM parent");
           Out<Ch> name;
           SQLSMALLINT chars = 0, type = 0, digits = 0, nullable = 0;
           SQLULEN size = 0;
           g.ok(
               Api<Ch>::SQLDescribeCol(g.s.handle(), 1, name.data(), name.kCapacity, &chars, &type, &size, &digits, &nullable));
           EXPECT_EQ(name.utf8(), "größe");
           EXPECT_EQ(chars, In<Ch>("größe").size());
           EXPECT_EQ(type, SQL_INTEGER);
         }),
    text("SQLColAttribute",
         []<class Ch>(Ground& g) {
           g.run<Ch>("SELECT name AS größe FROM parent");
           Out<Ch> out;
           SQLSMALLINT bytes = 0;
           g.ok(Api<Ch>::SQLColAttribute(g.s.handle(), 1, SQL_DESC_LABEL, out.data(), out.kCapacityBytes, &bytes, nullptr));
           EXPECT_EQ(out.utf8(), "größe");
           EXPECT_EQ(bytes, In<Ch>("größe").size_bytes());
         }),
    {"SQLNumResultCols",
     [](Ground& g) {
       g.s.prepare("SELECT 1, 2, 3");
       EXPECT_EQ(g.s.columns(), 3);
       g.s.prepare("DO 1");
       EXPECT_EQ(g.s.columns(), 0);
     }},
    {"SQLRowCount",
     [](Ground& g) {
       g.s.run("UPDATE child SET parent = 2");
       EXPECT_EQ(g.s.row_count(), 1);
       Statement(g.c).run("UPDATE child SET parent = 1");
     }},
    {"SQLBindCol",
     [](Ground& g) {
       double value = 0;
       SQLLEN length = 0;
       g.ok(::SQLBindCol(g.s.handle(), 1, SQL_C_DOUBLE, &value, 0, &length));
       g.s.run("SELECT 2.5");
       ASSERT_TRUE(g.s.fetch());
       EXPECT_EQ(value, 2.5);
       EXPECT_EQ(length, SQLLEN{sizeof value});
     }},
    {"SQLFetch",
     [](Ground& g) {
       g.s.run("SELECT 1");
       g.ok(::SQLFetch(g.s.handle()));
       EXPECT_EQ(::SQLFetch(g.s.handle()), SQL_NO_DATA);
     }},
    {"SQLFetchScroll",
     [](Ground& g) {
       Ground::Row row;
       g.open(row);
       g.ok(::SQLFetchScroll(g.s.handle(), SQL_FETCH_LAST, 0));
       EXPECT_EQ(row.id, 2);
       g.ok(::SQLFetchScroll(g.s.handle(), SQL_FETCH_PRIOR, 0));
       EXPECT_EQ(row.id, 1);
     }},
    {"SQLExtendedFetch",
     [](Ground& g) {
       Ground::Row row;
       SQLULEN rows = 0;
       std::array<SQLUSMALLINT, 1> status{SQL_ROW_NOROW};
       g.open(row);
       g.ok(::SQLExtendedFetch(g.s.handle(), SQL_FETCH_ABSOLUTE, 2, &rows, status.data()));
       EXPECT_EQ(row.id, 2);
       EXPECT_EQ(rows, 1u);
       EXPECT_EQ(status[0], SQL_ROW_SUCCESS);
     }},
    {"SQLGetData",
     [](Ground& g) {
       g.s.run("SELECT 'abcdef'");
       ASSERT_TRUE(g.s.fetch());
       char piece[4];
       SQLLEN left = 0;
       EXPECT_EQ(::SQLGetData(g.s.handle(), 1, SQL_C_CHAR, piece, sizeof piece, &left), SQL_SUCCESS_WITH_INFO);
       EXPECT_STREQ(piece, "abc");
       EXPECT_EQ(left, 6);
       g.ok(::SQLGetData(g.s.handle(), 1, SQL_C_CHAR, piece, sizeof piece, &left));
       EXPECT_STREQ(piece, "def");
       EXPECT_EQ(left, 3);
     }},
    {"SQLMoreResults",
     [](Ground& g) {
       g.s.run("{CALL p(1, @b)}");
       EXPECT_EQ(g.s.rows(), "1");
       g.ok(::SQLMoreResults(g.s.handle()));
       EXPECT_EQ(g.s.rows(), "one");
       EXPECT_EQ(::SQLMoreResults(g.s.handle()), SQL_NO_DATA);
     }},
    {"SQLCloseCursor",
     [](Ground& g) {
       g.s.run("SELECT 1");
       g.ok(::SQLCloseCursor(g.s.handle()));
       expect_failure("24000", 0, [&] { g.s.check(::SQLCloseCursor(g.s.handle())); });
     }},
    {"SQLSetPos",
     [](Ground& g) {
       Ground::Row row;
       g.open(row);
       ASSERT_TRUE(g.s.fetch());
       const auto set_pos = [&](SQLUSMALLINT operation) { g.ok(::SQLSetPos(g.s.handle(), 1, operation, SQL_LOCK_NO_CHANGE)); };
       set_pos(SQL_POSITION);
       row.name = {'n', 'e', 'w'}, row.name_length = 3;
       set_pos(SQL_UPDATE);
       EXPECT_EQ(g.rows("SELECT name FROM parent WHERE id = 1"), "new");
       row.name = {};
       set_pos(SQL_REFRESH);
       EXPECT_STREQ(reinterpret_cast<char*>(row.name.data()), "new");
       row.id = 3;
       set_pos(SQL_ADD);
       EXPECT_EQ(g.rows("SELECT name FROM parent WHERE id = 3"), "new");
       g.ok(::SQLFetchScroll(g.s.handle(), SQL_FETCH_LAST, 0));
       Statement(g.c).run("DELETE FROM parent WHERE id = 3");
       Statement(g.c).run("UPDATE parent SET name = 'één' WHERE id = 1");
       set_pos(SQL_DELETE);
       EXPECT_EQ(g.rows("SELECT id FROM parent"), "1");
       Statement(g.c).run("INSERT INTO parent VALUES (2, 'twee')");
     }},
    {"SQLBulkOperations",
     [](Ground& g) {
       Ground::Row row;
       g.open(row);
       ASSERT_TRUE(g.s.fetch());
       const auto bookmark = row.bookmark;
       const SQLLEN bookmark_length = row.bookmark_length;
       row.id = 7;
       g.ok(::SQLBulkOperations(g.s.handle(), SQL_ADD));
       EXPECT_EQ(g.rows("SELECT name FROM parent WHERE id = 7"), "één");
       row.bookmark = bookmark, row.bookmark_length = bookmark_length, row.id = 0;
       g.ok(::SQLBulkOperations(g.s.handle(), SQL_FETCH_BY_BOOKMARK));
       EXPECT_EQ(row.id, 1);
       row.id = 8, row.bookmark = bookmark, row.bookmark_length = bookmark_length;
       Statement(g.c).run("DELETE FROM child");
       g.ok(::SQLBulkOperations(g.s.handle(), SQL_UPDATE_BY_BOOKMARK));
       EXPECT_EQ(g.rows("SELECT id FROM parent ORDER BY id"), "2; 7; 8");
       row.bookmark = bookmark, row.bookmark_length = bookmark_length;
       g.ok(::SQLBulkOperations(g.s.handle(), SQL_DELETE_BY_BOOKMARK));
       EXPECT_EQ(g.rows("SELECT id FROM parent ORDER BY id"), "2; 7");
       Statement(g.c).run("UPDATE parent SET id = 1, name = 'één' WHERE id = 7");
       Statement(g.c).run("INSERT INTO child VALUES (1, 1)");
     }},
};

// --- Descriptors and diagnostics

const Function kDescriptors[] = {
    text("SQLGetDescField",
         []<class Ch>(Ground& g) {
           g.run<Ch>("SELECT name AS größe FROM parent");
           Out<Ch> out;
           SQLINTEGER bytes = 0;
           const SQLHDESC ird = g.descriptor(SQL_ATTR_IMP_ROW_DESC);
           EXPECT_EQ(Api<Ch>::SQLGetDescField(ird, 1, SQL_DESC_NAME, out.data(), out.kCapacityBytes, &bytes), SQL_SUCCESS);
           EXPECT_EQ(out.utf8(), "größe");
           EXPECT_EQ(bytes, In<Ch>("größe").size_bytes());
         }),
    text("SQLGetDescRec",
         []<class Ch>(Ground& g) {
           g.run<Ch>("SELECT name AS größe FROM parent");
           Out<Ch> name;
           SQLSMALLINT chars = 0, type = 0, subtype = 0, precision = 0, scale = 0, nullable = 0;
           SQLLEN length = 0;
           EXPECT_EQ(Api<Ch>::SQLGetDescRec(g.descriptor(SQL_ATTR_IMP_ROW_DESC), 1, name.data(), name.kCapacity, &chars, &type,
                                            &subtype, &length, &precision, &scale, &nullable),
                     SQL_SUCCESS);
           EXPECT_EQ(name.utf8(), "größe");
           EXPECT_EQ(chars, In<Ch>("größe").size());
           EXPECT_EQ(type, kIsWide<Ch> ? SQL_WVARCHAR : SQL_VARCHAR);
           EXPECT_EQ(nullable, SQL_NULLABLE);
         }),
    text("SQLSetDescField",
         []<class Ch>(Ground& g) {
           const SQLHDESC ipd = g.descriptor(SQL_ATTR_IMP_PARAM_DESC);
           std::int32_t value = 0;
           g.s.bind(1, value);
           In<Ch> name("größe");
           Out<Ch> out;
           EXPECT_EQ(Api<Ch>::SQLSetDescField(ipd, 1, SQL_DESC_NAME, name.data(), SQL_NTS), SQL_SUCCESS);
           EXPECT_EQ(Api<Ch>::SQLGetDescField(ipd, 1, SQL_DESC_NAME, out.data(), out.kCapacityBytes, nullptr), SQL_SUCCESS);
           EXPECT_EQ(out.utf8(), "größe");
         }),
    {"SQLSetDescRec",
     [](Ground& g) {
       std::int32_t value = 0;
       SQLLEN length = 0;
       const SQLHDESC ard = g.descriptor(SQL_ATTR_APP_ROW_DESC);
       EXPECT_EQ(::SQLSetDescRec(ard, 1, SQL_C_SLONG, 0, sizeof value, 0, 0, &value, &length, &length), SQL_SUCCESS);
       g.s.run("SELECT 42");
       ASSERT_TRUE(g.s.fetch());
       EXPECT_EQ(value, 42);
       EXPECT_EQ(length, SQLLEN{sizeof value});
     }},
    {"SQLCopyDesc",
     [](Ground& g) {
       std::int32_t value = 0;
       g.ok(::SQLBindCol(g.s.handle(), 1, SQL_C_SLONG, &value, 0, nullptr));
       SQLHANDLE copy = nullptr;
       g.connection_ok(::SQLAllocHandle(SQL_HANDLE_DESC, g.c.handle(), &copy));
       EXPECT_EQ(::SQLCopyDesc(g.descriptor(SQL_ATTR_APP_ROW_DESC), copy), SQL_SUCCESS);
       {
         Statement other(g.c);
         other.set(SQL_ATTR_APP_ROW_DESC, copy);
         other.run("SELECT 43");
         ASSERT_TRUE(other.fetch());
         EXPECT_EQ(value, 43);
       }
       EXPECT_EQ(::SQLFreeHandle(SQL_HANDLE_DESC, copy), SQL_SUCCESS);
     }},
    text("SQLGetDiagRec",
         []<class Ch>(Ground& g) {
           In<Ch> sql("SELECT * FROM größe");
           EXPECT_EQ(Api<Ch>::SQLExecDirect(g.s.handle(), sql.data(), SQL_NTS), SQL_ERROR);
           Out<Ch> state, message;
           SQLINTEGER native = 0;
           SQLSMALLINT chars = 0;
           g.ok(Api<Ch>::SQLGetDiagRec(SQL_HANDLE_STMT, g.s.handle(), 1, state.data(), &native, message.data(),
                                       message.kCapacity, &chars));
           EXPECT_EQ(state.utf8(), "42S02");
           EXPECT_EQ(native, 1146);
           EXPECT_NE(message.utf8().find("größe"), std::string::npos) << message.utf8();
           EXPECT_EQ(chars, In<Ch>(message.utf8()).size());
         }),
    text("SQLGetDiagField",
         []<class Ch>(Ground& g) {
           In<Ch> sql("SELECT * FROM größe");
           EXPECT_EQ(Api<Ch>::SQLExecDirect(g.s.handle(), sql.data(), SQL_NTS), SQL_ERROR);
           Out<Ch> state;
           SQLSMALLINT bytes = 0;
           g.ok(Api<Ch>::SQLGetDiagField(SQL_HANDLE_STMT, g.s.handle(), 1, SQL_DIAG_SQLSTATE, state.data(),
                                         state.kCapacityBytes, &bytes));
           EXPECT_EQ(state.utf8(), "42S02");
           EXPECT_EQ(bytes, SQLSMALLINT{5 * sizeof(Ch)});
         }),
};

// --- Catalog functions: `parent` has a key, `child` refers to it

const Function kCatalog[] = {
    text("SQLTables",
         []<class Ch>(Ground& g) {
           In<Ch> name("par%"), type("'TABLE'");
           g.first_row(Api<Ch>::SQLTables(g.s.handle(), nullptr, 0, nullptr, 0, name.data(), name.size(), type.data(), SQL_NTS),
                       3, "parent");
         }),
    text("SQLColumns",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent"), column("n%");
           g.first_row(Api<Ch>::SQLColumns(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS, column.data(), 2), 4,
                       "name");
         }),
    text("SQLPrimaryKeys",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent");
           g.first_row(Api<Ch>::SQLPrimaryKeys(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS), 4, "id");
         }),
    text("SQLForeignKeys",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent");
           g.first_row(Api<Ch>::SQLForeignKeys(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS, nullptr, 0, nullptr,
                                               0, nullptr, 0),
                       8, "parent");
         }),
    text("SQLStatistics",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent");
           g.ok(Api<Ch>::SQLStatistics(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS, SQL_INDEX_UNIQUE,
                                       SQL_QUICK));
           ASSERT_TRUE(g.s.fetch());  // of the table
           ASSERT_TRUE(g.s.fetch());
           EXPECT_EQ(g.s.text(9), "id");
         }),
    text("SQLSpecialColumns",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent");
           g.first_row(Api<Ch>::SQLSpecialColumns(g.s.handle(), SQL_BEST_ROWID, nullptr, 0, nullptr, 0, table.data(), SQL_NTS,
                                                  SQL_SCOPE_SESSION, SQL_NO_NULLS),
                       2, "id");
         }),
    text("SQLProcedures",
         []<class Ch>(Ground& g) {
           In<Ch> name("p");
           g.first_row(Api<Ch>::SQLProcedures(g.s.handle(), nullptr, 0, nullptr, 0, name.data(), SQL_NTS), 3, "p");
         }),
    text("SQLProcedureColumns",
         []<class Ch>(Ground& g) {
           In<Ch> name("p"), column("b");
           g.first_row(
               Api<Ch>::SQLProcedureColumns(g.s.handle(), nullptr, 0, nullptr, 0, name.data(), SQL_NTS, column.data(), SQL_NTS),
               4, "b");
         }),
    text("SQLTablePrivileges",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent");
           g.first_row(Api<Ch>::SQLTablePrivileges(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS), 3, "parent");
         }),
    text("SQLColumnPrivileges",
         []<class Ch>(Ground& g) {
           In<Ch> table("parent"), column("name");
           g.first_row(Api<Ch>::SQLColumnPrivileges(g.s.handle(), nullptr, 0, nullptr, 0, table.data(), SQL_NTS, column.data(),
                                                    SQL_NTS),
                       4, "name");
         }),
    text("SQLGetTypeInfo",
         []<class Ch>(Ground& g) { g.first_row(Api<Ch>::SQLGetTypeInfo(g.s.handle(), SQL_BIGINT), 1, "bigint"); }),
};

class Functions : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB");
    run("CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id)) ENGINE=InnoDB");
    run("INSERT INTO parent VALUES (1, 'één'), (2, 'twee')");
    run("INSERT INTO child VALUES (1, 1)");
    run("CREATE PROCEDURE p(IN a INT, OUT b VARCHAR(20)) BEGIN SELECT a; SELECT 'one'; SET b = a; END");
  }
};
SELKIE_ON_EVERY_SERVER(Functions);

TEST_P(Functions, EachWorksAndTheTextOnesInBothForms) {
  Connection unicode;
  In<SQLWCHAR> in(connection_string());
  check(::SQLDriverConnectW(unicode.handle(), nullptr, in.data(), in.size(), nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, unicode.handle());
  std::multiset<std::string> tried;
  const auto try_all = [&](std::span<const Function> functions) {
    for (const Function& f : functions) {
      for (const bool is_wide : {false, true}) {
        if (is_wide && f.wide == nullptr) continue;
        SCOPED_TRACE(std::string(f.name) + (is_wide ? "W" : ""));
        Connection& c = is_wide ? unicode : connection();
        try {
          Ground ground{server(), database(), c, Statement(c)};
          (is_wide ? f.wide : f.narrow)(ground);
        } catch (const OdbcError& error) {
          ADD_FAILURE() << error.what();
        }
        tried.insert(is_wide ? std::string(f.name) + "W" : f.name);
      }
    }
  };
  for (const std::span<const Function> group :
       {std::span<const Function>(kConnecting), std::span<const Function>(kStatements), std::span<const Function>(kResults),
        std::span<const Function>(kDescriptors), std::span<const Function>(kCatalog)}) {
    try_all(group);
  }
  const std::multiset<std::string> exported{
#define TEXT(name, id)  #name, #name "W",
#define PLAIN(name, id) #name,
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
  };
  EXPECT_EQ(tried, exported);
}

}  // namespace
}  // namespace selkie::test
