// The functions of results, descriptors, diagnostics and the catalog.
#include <array>

#include "tests/integration/functions.h"

namespace selkie::test {
namespace {

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

}  // namespace

std::span<const Function> result_functions() { return kResults; }
std::span<const Function> descriptor_functions() { return kDescriptors; }
std::span<const Function> catalog_functions() { return kCatalog; }

}  // namespace selkie::test
