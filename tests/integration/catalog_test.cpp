// Catalog functions: what they say about real tables, in the specification's words and order.
#include <climits>
#include <functional>

#include "tests/integration/server.h"
// after sql.h
#include <sqlucode.h>

namespace selkie::test {
namespace {

// A name argument; nullptr is none.
SQLCHAR* name(const char* text) { return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text)); }

class Catalog : public OnEveryServer {
 protected:
  // What a catalog function answers: rows as "a,b; c,d" with only the columns asked for (from 1; none: all).
  using Call = std::function<SQLRETURN(SQLHSTMT)>;
  std::string answer(const Call& call, const std::vector<SQLUSMALLINT>& columns = {}) {
    Statement s(connection());
    s.check(call(s.handle()));
    if (columns.empty()) return s.rows();
    std::string all;
    while (s.fetch()) {
      if (!all.empty()) all += "; ";
      for (std::size_t i = 0; i < columns.size(); ++i) all += (i > 0 ? "," : "") + s.text(columns[i]).value_or("NULL");
    }
    return all;
  }

  static Call tables(const char* catalog, const char* schema, const char* table, const char* types) {
    return [=](SQLHSTMT h) {
      return ::SQLTables(h, name(catalog), SQL_NTS, name(schema), SQL_NTS, name(table), SQL_NTS, name(types), SQL_NTS);
    };
  }
  static Call columns(const char* table, const char* column = nullptr, const char* catalog = nullptr) {
    return [=](SQLHSTMT h) {
      return ::SQLColumns(h, name(catalog), SQL_NTS, nullptr, 0, name(table), SQL_NTS, name(column), SQL_NTS);
    };
  }
  static Call primary_keys(const char* table, const char* schema = nullptr) {
    return [=](SQLHSTMT h) { return ::SQLPrimaryKeys(h, nullptr, 0, name(schema), SQL_NTS, name(table), SQL_NTS); };
  }
  static Call statistics(const char* table, SQLUSMALLINT unique = SQL_INDEX_ALL) {
    return [=](SQLHSTMT h) { return ::SQLStatistics(h, nullptr, 0, nullptr, 0, name(table), SQL_NTS, unique, SQL_QUICK); };
  }
  static Call foreign_keys(const char* primary, const char* foreign) {
    return [=](SQLHSTMT h) {
      return ::SQLForeignKeys(h, nullptr, 0, nullptr, 0, name(primary), SQL_NTS, nullptr, 0, nullptr, 0, name(foreign),
                              SQL_NTS);
    };
  }
  static Call special_columns(SQLUSMALLINT type, const char* table) {
    return [=](SQLHSTMT h) {
      return ::SQLSpecialColumns(h, type, nullptr, 0, nullptr, 0, name(table), SQL_NTS, SQL_SCOPE_SESSION, SQL_NULLABLE);
    };
  }
};
SELKIE_ON_EVERY_SERVER(Catalog);

// --- SQLTables

TEST_P(Catalog, TablesAreListedByTypeAndName) {
  run("CREATE TABLE zebra (a INT) COMMENT 'with stripes'");
  run("CREATE TABLE ant (a INT)");
  run("CREATE VIEW bee AS SELECT a FROM ant");
  EXPECT_EQ(
      answer(tables(nullptr, nullptr, nullptr, nullptr)),
      database() + ",NULL,ant,TABLE,; " + database() + ",NULL,zebra,TABLE,with stripes; " + database() + ",NULL,bee,VIEW,");
  EXPECT_EQ(answer(tables(nullptr, nullptr, nullptr, "VIEW"), {3}), "bee");
  EXPECT_EQ(answer(tables(nullptr, nullptr, nullptr, "'TABLE', 'VIEW'"), {3}), "ant; zebra; bee");
  EXPECT_EQ(answer(tables(nullptr, nullptr, nullptr, "SYNONYM"), {3}), "");
}

TEST_P(Catalog, WildcardsMatchAndEscapedOnesAreLetters) {
  for (const char* table : {"a_b", "axb", "a%b", "A!b"}) run(std::string("CREATE TABLE `") + table + "` (i INT)");
  EXPECT_EQ(answer(tables(nullptr, nullptr, "a_b", nullptr), {3}).find("axb") != std::string::npos, true);
  EXPECT_EQ(answer(tables(nullptr, nullptr, "a\\_b", nullptr), {3}), "a_b");
  EXPECT_EQ(answer(tables(nullptr, nullptr, "a\\%b", nullptr), {3}), "a%b");
  EXPECT_EQ(answer(tables(nullptr, nullptr, "ax%", nullptr), {3}), "axb");
  EXPECT_EQ(answer(tables(nullptr, nullptr, "_!b", nullptr), {3}), "A!b");
}

// As several programs name a table: no schema but an empty one, and a length that counts the terminator.
TEST_P(Catalog, AnEmptySchemaIsNoRestrictionAndATerminatorNoPartOfAName) {
  run("CREATE TABLE keyed (id INT PRIMARY KEY)");
  SQLCHAR* const table = sql_text("keyed");
  SQLCHAR* const empty = sql_text("");
  constexpr SQLSMALLINT kWithTerminator = 6;
  for (const SQLSMALLINT length : {SQLSMALLINT{SQL_NTS}, SQLSMALLINT{5}, kWithTerminator}) {
    Statement s(connection());
    s.check(::SQLPrimaryKeys(s.handle(), nullptr, 0, empty, 0, table, length));
    EXPECT_TRUE(s.fetch()) << "SQLPrimaryKeys " << length;
    s.close();
    s.check(::SQLStatistics(s.handle(), nullptr, 0, empty, 0, table, length, SQL_INDEX_ALL, SQL_QUICK));
    EXPECT_TRUE(s.fetch()) << "SQLStatistics " << length;
    s.close();
    s.check(::SQLColumns(s.handle(), nullptr, 0, empty, 0, table, length, nullptr, 0));
    EXPECT_TRUE(s.fetch()) << "SQLColumns " << length;
  }
}

TEST_P(Catalog, OddNamesAreOnlyNames) {
  const char* const odd = "it's \"a\" \\ `tick`";
  run("CREATE TABLE `it's \"a\" \\ ``tick``` (`we're, 'x' \\` INT PRIMARY KEY)");
  EXPECT_EQ(answer(primary_keys(odd), {3, 4}), std::string(odd) + ",we're, 'x' \\");
  EXPECT_EQ(answer(columns(odd), {4}), "we're, 'x' \\");
  run("SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES,ANSI_QUOTES')");
  EXPECT_EQ(answer(primary_keys(odd), {4}), "we're, 'x' \\");
  EXPECT_EQ(answer(columns("it's \"a\" \\\\ `t%"), {4}), "we're, 'x' \\");
}

TEST_P(Catalog, TheSpecialEnumerations) {
  const std::string catalogs = answer(tables("%", "", "", nullptr));
  EXPECT_NE(catalogs.find(database() + ",NULL,NULL,NULL,NULL"), std::string::npos) << catalogs;
  EXPECT_NE(catalogs.find("information_schema,NULL"), std::string::npos) << catalogs;
  EXPECT_EQ(answer(tables("", "%", "", nullptr)), "");
  const std::string types = answer(tables("", "", "", "%"), {4});
  EXPECT_NE(types.find("SYSTEM TABLE; SYSTEM VIEW; TABLE; VIEW"), std::string::npos) << types;
}

TEST_P(Catalog, TheServersOwnTablesAreSystemTables) {
  EXPECT_EQ(answer(tables("mysql", nullptr, "db", nullptr), {1, 3, 4}), "mysql,db,SYSTEM TABLE");
  EXPECT_EQ(answer(tables("information\\_schema", nullptr, "TABLES", "SYSTEM VIEW"), {3, 4}), "TABLES,SYSTEM VIEW");
}

TEST_P(Catalog, SequencesAndSystemVersionedTables) {
  if (!server().is_mariadb()) GTEST_SKIP() << "needs sequences";
  run("CREATE SEQUENCE counter");
  run("CREATE TABLE history (a INT) WITH SYSTEM VERSIONING");
  EXPECT_EQ(answer(tables(nullptr, nullptr, nullptr, nullptr), {3, 4}), "counter,SEQUENCE; history,TABLE");
  EXPECT_EQ(answer(tables(nullptr, nullptr, nullptr, "SEQUENCE"), {3}), "counter");
}

TEST_P(Catalog, ADatabaseCanBeNamedAndASchemaThatNothingHasMatchesNothing) {
  run("CREATE TABLE t (a INT)");
  EXPECT_EQ(answer(tables(database().c_str(), "", "t", nullptr), {1}), database());
  EXPECT_EQ(answer(tables("%", nullptr, "t", "TABLE"), {1}).find(database()) != std::string::npos, true);
  EXPECT_EQ(answer(tables(database().c_str(), "dbo", "t", nullptr), {1}), "");
  EXPECT_EQ(answer(primary_keys("t", "dbo")), "");
}

TEST_P(Catalog, DatabasesCanBeSchemas) {
  run("CREATE TABLE t (a INT PRIMARY KEY)");
  const auto other = connect("NO_SCHEMA=0;");
  Statement s(*other);
  s.check(::SQLTables(s.handle(), nullptr, 0, name(database().c_str()), SQL_NTS, name("t"), SQL_NTS, nullptr, 0));
  EXPECT_EQ(s.rows(), "NULL," + database() + ",t,TABLE,");
  EXPECT_EQ(other->info(SQL_SCHEMA_TERM), "database");
  EXPECT_EQ(other->info(SQL_CATALOG_NAME), "N");
}

TEST_P(Catalog, IdentifierArgumentsAreNoPatterns) {
  for (const char* table : {"a_b", "axb"}) run(std::string("CREATE TABLE `") + table + "` (i INT)");
  Statement s(connection());
  s.set(SQL_ATTR_METADATA_ID, SQL_TRUE);
  s.check(::SQLTables(s.handle(), name(database().c_str()), SQL_NTS, name(""), SQL_NTS, name("`a_b`"), SQL_NTS, nullptr, 0));
  EXPECT_EQ(s.rows(), database() + ",NULL,a_b,TABLE,");
  s.close();
  expect_failure("HY009", 0,
                 [&] { s.check(::SQLTables(s.handle(), nullptr, 0, name(""), SQL_NTS, name("a_b"), SQL_NTS, nullptr, 0)); });
  run("CREATE TABLE parent (id INT PRIMARY KEY)");
  run("CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES parent (id))");
  const std::string here = database();
  const auto foreign_keys = [&](const char* pk_catalog, const char* pk, const char* fk_catalog, const char* fk) {
    s.check(::SQLForeignKeys(s.handle(), name(pk_catalog), SQL_NTS, name(""), SQL_NTS, name(pk), SQL_NTS, name(fk_catalog),
                             SQL_NTS, name(""), SQL_NTS, name(fk), SQL_NTS));
  };
  for (const int missing : {0, 1, 2, 3}) {
    const char* const all[] = {here.c_str(), "parent", here.c_str(), "child"};
    const auto given = [&](int i) { return i == missing ? nullptr : all[i]; };
    expect_failure("HY009", 0, [&] { foreign_keys(given(0), given(1), given(2), given(3)); });
  }
  foreign_keys(here.c_str(), "parent", here.c_str(), "child");
  EXPECT_EQ(s.columns(), 14);
  EXPECT_TRUE(s.fetch());
}

// --- SQLColumns

// One column of every type; names say which.
constexpr const char* kEveryType =
    "CREATE TABLE every_type (c_tinyint TINYINT NOT NULL, c_tinyint_u TINYINT UNSIGNED, c_bool BOOL, c_smallint SMALLINT,"
    " c_smallint_u SMALLINT UNSIGNED, c_mediumint MEDIUMINT, c_mediumint_u MEDIUMINT UNSIGNED, c_int INT, c_int_u INT UNSIGNED,"
    " c_bigint BIGINT, c_bigint_u BIGINT UNSIGNED, c_decimal DECIMAL(12,3), c_decimal_u DECIMAL(10,0) UNSIGNED,"
    " c_decimal_max DECIMAL(65,30), c_float FLOAT, c_float_u FLOAT UNSIGNED, c_double DOUBLE, c_double_u DOUBLE UNSIGNED,"
    " c_bit BIT, c_bit8 BIT(8), c_bit9 BIT(9), c_bit64 BIT(64), c_year YEAR, c_date DATE, c_time TIME, c_time3 TIME(3),"
    " c_time6 TIME(6), c_datetime DATETIME, c_datetime3 DATETIME(3), c_datetime6 DATETIME(6), c_timestamp TIMESTAMP NULL,"
    " c_timestamp6 TIMESTAMP(6) NULL, c_char CHAR(10), c_char1 CHAR, c_varchar VARCHAR(200), c_varchar0 VARCHAR(0),"
    " c_latin1 VARCHAR(90) CHARACTER SET latin1, c_ascii CHAR(5) CHARACTER SET ascii, c_utf16 VARCHAR(20) CHARACTER SET utf16,"
    " c_bin VARCHAR(30) COLLATE utf8mb4_bin, c_tinytext TINYTEXT, c_text TEXT, c_text_latin1 TEXT CHARACTER SET latin1,"
    " c_mediumtext MEDIUMTEXT, c_longtext LONGTEXT, c_binary BINARY(5), c_varbinary VARBINARY(300), c_tinyblob TINYBLOB,"
    " c_blob BLOB, c_mediumblob MEDIUMBLOB, c_longblob LONGBLOB, c_enum ENUM('a','bcd','日本'), c_set SET('x','yz','w'),"
    " c_json JSON, c_geometry GEOMETRY, c_generated INT GENERATED ALWAYS AS (c_int + 1) VIRTUAL)";

struct Described {
  SQLSMALLINT type = 0, digits = 0;
  SQLULEN size = 0;
  SQLLEN octets = 0, verbose = 0, code = 0, radix = 0;
};

Described describe(Statement& s, SQLUSMALLINT column) {
  Described d;
  const auto attribute = [&](SQLUSMALLINT field) {
    SQLLEN value = 0;
    s.check(::SQLColAttribute(s.handle(), column, field, nullptr, 0, nullptr, &value));
    return value;
  };
  s.check(::SQLDescribeCol(s.handle(), column, nullptr, 0, nullptr, &d.type, &d.size, &d.digits, nullptr));
  d.octets = attribute(SQL_DESC_OCTET_LENGTH);
  d.verbose = attribute(SQL_DESC_TYPE);
  d.code = attribute(SQL_DESC_DATETIME_INTERVAL_CODE);
  d.radix = attribute(SQL_DESC_NUM_PREC_RADIX);
  return d;
}

// What SQLColumns says of each column is what SQLDescribeCol and SQLColAttribute say of it in a result.
void expect_agreement(Connection& connection, const char* table) {
  Statement result(connection), s(connection);
  result.prepare(std::string("SELECT * FROM ") + table);
  const SQLSMALLINT count = result.columns();
  s.check(::SQLColumns(s.handle(), nullptr, 0, nullptr, 0, name(table), SQL_NTS, nullptr, 0));
  SQLUSMALLINT column = 0;
  while (s.fetch()) {
    const Described d = describe(result, ++column);
    const std::string called = s.text(4).value_or("");
    EXPECT_EQ(s.number(5), d.type) << called;
    EXPECT_EQ(s.number(7), static_cast<std::int64_t>(d.size)) << called;
    EXPECT_EQ(s.number(8), d.octets) << called;
    EXPECT_EQ(s.number(9).value_or(d.digits), d.digits) << called;
    EXPECT_EQ(s.number(10).value_or(0), d.radix) << called;
    EXPECT_EQ(s.number(14), d.verbose) << called;
    EXPECT_EQ(s.number(15).value_or(0), d.code) << called;
    EXPECT_EQ(s.number(16).value_or(d.octets), d.octets) << called;
    EXPECT_EQ(s.number(17), column) << called;
  }
  EXPECT_EQ(column, count);
}

TEST_P(Catalog, ColumnsAgreeWithTheDescriptionOfAResult) {
  run(kEveryType);
  expect_agreement(connection(), "every_type");
}

TEST_P(Catalog, ColumnsAgreeWithTheDescriptionOfAResultForUnicodeApplications) {
  run(kEveryType);
  Connection wide_connection;
  const std::u16string text = wide(connection_string());
  check(::SQLDriverConnectW(wide_connection.handle(), nullptr, sql_text(text), static_cast<SQLSMALLINT>(text.size()), nullptr,
                            0, nullptr, SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, wide_connection.handle());
  expect_agreement(wide_connection, "every_type");
}

TEST_P(Catalog, ColumnsAgreeWithTheDescriptionOfAResultWithoutACapForLongTypes) {
  run(kEveryType);
  const auto other = connect("LONG_SIZE_CAP=0;");
  expect_agreement(*other, "every_type");
}

TEST_P(Catalog, ColumnsOfTypesThatOneServerHas) {
  if (server().has(Feature::mariadb_types)) {
    run("CREATE TABLE own (u UUID, v6 INET6, p POINT)");
  } else {
    run("CREATE TABLE own (p POINT, l LINESTRING, g GEOMETRYCOLLECTION)");
  }
  expect_agreement(connection(), "own");
  if (server().has(Feature::vector_type)) {
    run("CREATE TABLE vectors (v VECTOR(3))");
    expect_agreement(connection(), "vectors");
  }
}

TEST_P(Catalog, DefaultsAreQuotedWhereTheyAreText) {
  run("CREATE TABLE d (n INT DEFAULT 5, s VARCHAR(20) NOT NULL DEFAULT 'it''s', e VARCHAR(20) NOT NULL, z VARCHAR(9) NULL,"
      " f DECIMAL(5,2) NOT NULL DEFAULT 1.50, t DATETIME NOT NULL DEFAULT '2020-01-02 03:04:05', y YEAR NOT NULL DEFAULT "
      "2020)");
  EXPECT_EQ(answer(columns("d"), {4, 13}), "n,5; s,'it''s'; e,NULL; z,NULL; f,1.50; t,'2020-01-02 03:04:05'; y,2020");
  Statement s(connection());
  s.check(columns("d", "_")(s.handle()));
  std::string is_null;  // a missing default is NULL, the default NULL is the word
  while (s.fetch()) {
    if (!s.text(13)) is_null += *s.text(4);
  }
  EXPECT_EQ(is_null, "e");
}

TEST_P(Catalog, ColumnsArePatternsAndCarryNullabilityAndRemarks) {
  run("CREATE TABLE t (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10) COMMENT 'what it is called')");
  run("CREATE TABLE u (id INT)");
  EXPECT_EQ(answer(columns("t"), {4, 6, 11, 12, 18}), "id,int unsigned,0,,NO; name,varchar,1,what it is called,YES");
  EXPECT_EQ(answer(columns("%", "i%"), {3, 4}), "t,id; u,id");
  EXPECT_EQ(answer(columns("t", "n\\_me"), {4}), "");
  EXPECT_EQ(answer(columns("t", "n_me"), {4}), "name");
}

TEST_P(Catalog, Odbc2ApplicationsGetOdbc2DatetimeTypes) {
  run("CREATE TABLE t (d DATE, t TIME, s DATETIME)");
  Connection old(SQL_OV_ODBC2);
  old.connect(connection_string());
  Statement s(old);
  s.check(columns("t")(s.handle()));
  std::string types;
  while (s.fetch()) types += *s.text(5) + " ";
  EXPECT_EQ(types, "9 10 11 ");
}

// --- Keys

TEST_P(Catalog, PrimaryKeysInTheirOwnOrder) {
  run("CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (c, a))");
  EXPECT_EQ(answer(primary_keys("t")), database() + ",NULL,t,c,1,PRIMARY; " + database() + ",NULL,t,a,2,PRIMARY");
  EXPECT_EQ(answer(primary_keys("t", ""), {4}), "c; a");
  EXPECT_EQ(answer(primary_keys("nothing")), "");
  expect_failure("HY009", 0, [&] { answer(primary_keys(nullptr)); });
}

TEST_P(Catalog, StatisticsOfTheTableAndItsIndexes) {
  run("CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b VARCHAR(20), c INT, UNIQUE KEY u (b), KEY k (c DESC, b)) ENGINE=InnoDB");
  // NON_UNIQUE, INDEX_NAME, TYPE, ORDINAL_POSITION, COLUMN_NAME, ASC_OR_DESC
  EXPECT_EQ(answer(statistics("t"), {4, 6, 7, 8, 9, 10}),
            "NULL,NULL,0,NULL,NULL,NULL; 0,PRIMARY,1,1,a,A; 0,u,3,1,b,A; 1,k,3,1,c,D; 1,k,3,2,b,A");
  EXPECT_EQ(answer(statistics("t", SQL_INDEX_UNIQUE), {6}), "NULL; PRIMARY; u");
  Statement s(connection());
  expect_failure("HY100", 0, [&] { s.check(statistics("t", 7)(s.handle())); });
}

TEST_P(Catalog, ForeignKeysFromBothSides) {
  run("CREATE TABLE p (a INT NOT NULL, b INT NOT NULL, u VARCHAR(20) NOT NULL, n INT, m INT, PRIMARY KEY (b, a), UNIQUE KEY uk "
      "(u),"
      " CONSTRAINT self FOREIGN KEY (n, m) REFERENCES p (b, a) ON DELETE CASCADE) ENGINE=InnoDB");
  run("CREATE TABLE c (x INT, y INT, z VARCHAR(20), CONSTRAINT pk FOREIGN KEY (x, y) REFERENCES p (b, a)"
      " ON DELETE SET NULL ON UPDATE CASCADE, CONSTRAINT by_uk FOREIGN KEY (z) REFERENCES p (u)) ENGINE=InnoDB");
  // PKTABLE, PKCOLUMN, FKTABLE, FKCOLUMN, KEY_SEQ, UPDATE_RULE, DELETE_RULE, FK_NAME, PK_NAME, DEFERRABILITY
  const std::string of_c = "p,u,c,z,1,3,3,by_uk,uk,7; p,b,c,x,1,0,2,pk,PRIMARY,7; p,a,c,y,2,0,2,pk,PRIMARY,7";
  const std::string of_p = "p,b,p,n,1,3,0,self,PRIMARY,7; p,a,p,m,2,3,0,self,PRIMARY,7";
  const std::vector<SQLUSMALLINT> all{3, 4, 7, 8, 9, 10, 11, 12, 13, 14};
  EXPECT_EQ(answer(foreign_keys("p", nullptr), all), of_c + "; " + of_p);
  EXPECT_EQ(answer(foreign_keys(nullptr, "c"), all), of_c);
  EXPECT_EQ(answer(foreign_keys("p", "p"), all), of_p);
  EXPECT_EQ(answer(foreign_keys("c", nullptr), all), "");
  EXPECT_EQ(answer(foreign_keys("p", "c"), {1, 2, 5, 6}).substr(0, database().size() * 2 + 11),
            database() + ",NULL," + database() + ",NULL");
}

TEST_P(Catalog, ForeignKeysIntoAnotherDatabaseAreFoundFromTheForeignSide) {
  const std::string other = database() + "_2";
  run("CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB");
  run("CREATE DATABASE " + other);
  run("CREATE TABLE " + other + ".c (id INT, FOREIGN KEY (id) REFERENCES " + database() + ".p (id)) ENGINE=InnoDB");
  Statement s(connection());
  s.check(::SQLForeignKeys(s.handle(), nullptr, 0, nullptr, 0, nullptr, 0, name(other.c_str()), SQL_NTS, nullptr, 0, name("c"),
                           SQL_NTS));
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(s.text(1), database());
  EXPECT_EQ(s.text(5), other);
  s.close();
  s.check(::SQLForeignKeys(s.handle(), nullptr, 0, nullptr, 0, name("p"), SQL_NTS, name(other.c_str()), SQL_NTS, nullptr, 0,
                           nullptr, 0));
  EXPECT_TRUE(s.fetch());
  run("DROP DATABASE " + other);
}

TEST_P(Catalog, TheBestRowIdentifierIsTheKeyThatNamesEveryRow) {
  run("CREATE TABLE pk (a INT, b BIGINT UNSIGNED, c INT NOT NULL UNIQUE, PRIMARY KEY (b, a))");
  run("CREATE TABLE uk (x INT, y INT NOT NULL, z INT NOT NULL, w VARCHAR(30) NOT NULL,"
      " UNIQUE KEY a_nullable (x), UNIQUE KEY b_two (y, z), UNIQUE KEY c_prefix (w(3)), UNIQUE KEY d_one (z))");
  run("CREATE TABLE nokey (x INT, UNIQUE KEY (x))");
  // SCOPE, COLUMN_NAME, DATA_TYPE, TYPE_NAME, COLUMN_SIZE, BUFFER_LENGTH, DECIMAL_DIGITS, PSEUDO_COLUMN
  EXPECT_EQ(answer(special_columns(SQL_BEST_ROWID, "pk")), "2,b,3,bigint unsigned,20,22,0,1; 2,a,4,int,10,4,0,1");
  EXPECT_EQ(answer(special_columns(SQL_BEST_ROWID, "uk"), {2}), "z");
  EXPECT_EQ(answer(special_columns(SQL_BEST_ROWID, "nokey")), "");
  expect_failure("HY097", 0, [&] { answer(special_columns(9, "pk")); });
}

TEST_P(Catalog, RowVersionsAreColumnsThatUpdatesRenew) {
  run("CREATE TABLE t (a INT, made TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,"
      " changed TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3))");
  EXPECT_EQ(answer(special_columns(SQL_ROWVER, "t"), {1, 2, 3, 5}), "NULL,changed,93,23");
}

// --- Procedures and privileges

TEST_P(Catalog, ProceduresAndTheirParameters) {
  run("CREATE PROCEDURE p(IN a INT UNSIGNED, INOUT b VARCHAR(30), OUT c DECIMAL(10,2), d DATETIME(3)) COMMENT 'mixes' SELECT "
      "1");
  run("CREATE FUNCTION f(x TEXT) RETURNS BIGINT DETERMINISTIC RETURN 1");
  EXPECT_EQ(answer([](SQLHSTMT h) { return ::SQLProcedures(h, nullptr, 0, nullptr, 0, nullptr, 0); }, {3, 7, 8}),
            "f,,2; p,mixes,1");
  const auto parameters = [](const char* of) {
    return [of](SQLHSTMT h) { return ::SQLProcedureColumns(h, nullptr, 0, nullptr, 0, name(of), SQL_NTS, nullptr, 0); };
  };
  // COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, TYPE_NAME, COLUMN_SIZE, DECIMAL_DIGITS, ORDINAL_POSITION
  EXPECT_EQ(answer(parameters("p"), {4, 5, 6, 7, 8, 10, 18}),
            "a,1,-5,int unsigned,19,0,1; b,2,12,varchar,30,NULL,2; c,4,3,decimal,10,2,3; d,1,93,datetime,23,3,4");
  EXPECT_EQ(answer(parameters("f"), {4, 5, 6, 7, 18}), ",5,-5,bigint,0; x,1,-1,text,1");
}

TEST_P(Catalog, PrivilegesOfAllLevelsReachATable) {
  run("CREATE TABLE t (a INT)");
  const std::string mine = "'" + server().setting("user") + "'@'%'";
  const std::string of_table =
      answer([](SQLHSTMT h) { return ::SQLTablePrivileges(h, nullptr, 0, nullptr, 0, name("t"), SQL_NTS); }, {3, 5, 6, 7});
  EXPECT_NE(of_table.find("t," + mine + ",SELECT,YES"), std::string::npos) << of_table;
  const std::string of_column = answer(
      [](SQLHSTMT h) { return ::SQLColumnPrivileges(h, nullptr, 0, nullptr, 0, name("t"), SQL_NTS, name("%"), SQL_NTS); },
      {4, 6, 7, 8});
  EXPECT_NE(of_column.find("a," + mine + ",UPDATE,YES"), std::string::npos) << of_column;
  EXPECT_EQ(of_column.find("DELETE"), std::string::npos) << of_column;
}

// --- Shapes

std::string shape(Statement& s) {
  std::string all;
  for (SQLUSMALLINT i = 1; i <= s.columns(); ++i) {
    SQLCHAR called[64] = {};
    SQLSMALLINT type = 0;
    SQLULEN size = 0;
    s.check(::SQLDescribeCol(s.handle(), i, called, sizeof called, nullptr, &type, &size, nullptr, nullptr));
    EXPECT_GT(size, 0u) << called;
    all += reinterpret_cast<char*>(called);
    all += type == SQL_VARCHAR ? " v, " : type == SQL_SMALLINT ? " s, " : type == SQL_INTEGER ? " i, " : " ?, ";
  }
  return all;
}

TEST_P(Catalog, ResultSetsHaveTheSpecificationsNamesAndTypes) {
  const auto of = [&](const Call& call) {
    Statement s(connection());
    s.check(call(s.handle()));
    return shape(s);
  };
  EXPECT_EQ(of(tables(nullptr, nullptr, "t", nullptr)), "TABLE_CAT v, TABLE_SCHEM v, TABLE_NAME v, TABLE_TYPE v, REMARKS v, ");
  EXPECT_EQ(of(columns("t")),
            "TABLE_CAT v, TABLE_SCHEM v, TABLE_NAME v, COLUMN_NAME v, DATA_TYPE s, TYPE_NAME v, COLUMN_SIZE i, BUFFER_LENGTH i,"
            " DECIMAL_DIGITS s, NUM_PREC_RADIX s, NULLABLE s, REMARKS v, COLUMN_DEF v, SQL_DATA_TYPE s, SQL_DATETIME_SUB s,"
            " CHAR_OCTET_LENGTH i, ORDINAL_POSITION i, IS_NULLABLE v, ");
  EXPECT_EQ(
      of(statistics("t")),
      "TABLE_CAT v, TABLE_SCHEM v, TABLE_NAME v, NON_UNIQUE s, INDEX_QUALIFIER v, INDEX_NAME v, TYPE s, ORDINAL_POSITION s,"
      " COLUMN_NAME v, ASC_OR_DESC v, CARDINALITY i, PAGES i, FILTER_CONDITION v, ");
  EXPECT_EQ(of([](SQLHSTMT h) { return ::SQLGetTypeInfo(h, SQL_ALL_TYPES); }),
            "TYPE_NAME v, DATA_TYPE s, COLUMN_SIZE i, LITERAL_PREFIX v, LITERAL_SUFFIX v, CREATE_PARAMS v, NULLABLE s,"
            " CASE_SENSITIVE s, SEARCHABLE s, UNSIGNED_ATTRIBUTE s, FIXED_PREC_SCALE s, AUTO_UNIQUE_VALUE s, LOCAL_TYPE_NAME v,"
            " MINIMUM_SCALE s, MAXIMUM_SCALE s, SQL_DATA_TYPE s, SQL_DATETIME_SUB s, NUM_PREC_RADIX i, INTERVAL_PRECISION s, ");
}

TEST_P(Catalog, TypesAreSortedAndCanBeAskedForOneByOne) {
  Statement s(connection());
  s.check(::SQLGetTypeInfo(s.handle(), SQL_ALL_TYPES));
  std::int64_t last = SHRT_MIN;
  while (s.fetch()) {
    const std::int64_t type = s.number(2).value_or(0);
    EXPECT_LE(last, type);
    last = type;
  }
  s.close();
  s.check(::SQLGetTypeInfo(s.handle(), SQL_TYPE_TIMESTAMP));
  ASSERT_TRUE(s.fetch());
  EXPECT_EQ(s.text(1), "datetime");
  EXPECT_EQ(s.number(3), 26);
  s.close();
  s.check(::SQLGetTypeInfo(s.handle(), SQL_GUID));
  EXPECT_FALSE(s.fetch());
  s.close();
  expect_failure("HY004", 0, [&] { s.check(::SQLGetTypeInfo(s.handle(), 4711)); });
}

}  // namespace
}  // namespace selkie::test
