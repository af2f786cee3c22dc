// What is said of a column: right by the specification, and the same from SQLDescribeCol, SQLColAttribute, the IRD, SQLColumns
// and SQLGetTypeInfo, after SQLPrepare, SQLExecute and SQLExecDirect. Spec: ODBC Appendix D, "Column Size, Decimal Digits,
// Transfer Octet Length, and Display Size"
#include <array>
#include <map>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Describing : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(Describing);

struct Column {
  const char* declared;
  const char* type_name;
  SQLSMALLINT narrow_type, wide_type;
  SQLLEN size;  // characters, digits or bytes
  SQLSMALLINT digits;
  SQLLEN octets, display;  // of text for an application of narrow functions: four bytes a character
  bool is_unsigned = true, case_sensitive = false;
};
constexpr Column kColumns[] = {
    {"TINYINT", "tinyint", SQL_TINYINT, SQL_TINYINT, 3, 0, 1, 4, false},
    {"TINYINT UNSIGNED", "tinyint unsigned", SQL_SMALLINT, SQL_SMALLINT, 5, 0, 2, 6},
    {"SMALLINT", "smallint", SQL_SMALLINT, SQL_SMALLINT, 5, 0, 2, 6, false},
    {"SMALLINT UNSIGNED", "smallint unsigned", SQL_INTEGER, SQL_INTEGER, 10, 0, 4, 11},
    {"MEDIUMINT", "mediumint", SQL_INTEGER, SQL_INTEGER, 10, 0, 4, 11, false},
    {"INT", "int", SQL_INTEGER, SQL_INTEGER, 10, 0, 4, 11, false},
    {"INT UNSIGNED", "int unsigned", SQL_BIGINT, SQL_BIGINT, 19, 0, 8, 20},
    {"BIGINT", "bigint", SQL_BIGINT, SQL_BIGINT, 19, 0, 8, 20, false},
    {"BIGINT UNSIGNED", "bigint unsigned", SQL_DECIMAL, SQL_DECIMAL, 20, 0, 22, 22},
    {"YEAR", "year", SQL_SMALLINT, SQL_SMALLINT, 5, 0, 2, 6},
    {"DECIMAL(65,30)", "decimal", SQL_DECIMAL, SQL_DECIMAL, 65, 30, 67, 67, false},
    {"DECIMAL(1,1)", "decimal", SQL_DECIMAL, SQL_DECIMAL, 1, 1, 3, 3, false},
    {"DECIMAL(10,0) UNSIGNED", "decimal unsigned", SQL_DECIMAL, SQL_DECIMAL, 10, 0, 12, 12},
    {"FLOAT", "float", SQL_REAL, SQL_REAL, 7, 0, 4, 14, false},
    {"DOUBLE", "double", SQL_DOUBLE, SQL_DOUBLE, 15, 0, 8, 24, false},
    {"BIT(1)", "bit", SQL_BIT, SQL_BIT, 1, 0, 1, 1},
    {"BIT(64)", "bit", SQL_BINARY, SQL_BINARY, 8, 0, 8, 16},
    {"DATE", "date", SQL_TYPE_DATE, SQL_TYPE_DATE, 10, 0, 6, 10},
    {"TIME", "time", SQL_TYPE_TIME, SQL_TYPE_TIME, 8, 0, 6, 10},
    {"TIME(3)", "time", SQL_TYPE_TIME, SQL_TYPE_TIME, 12, 3, 6, 14},
    {"DATETIME", "datetime", SQL_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 19, 0, 16, 19},
    {"DATETIME(6)", "datetime", SQL_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 26, 6, 16, 26},
    {"TIMESTAMP(1) NULL", "timestamp", SQL_TYPE_TIMESTAMP, SQL_TYPE_TIMESTAMP, 21, 1, 16, 21},
    {"CHAR(7)", "char", SQL_CHAR, SQL_WCHAR, 7, 0, 28, 28},
    {"VARCHAR(30)", "varchar", SQL_VARCHAR, SQL_WVARCHAR, 30, 0, 120, 120},
    {"VARCHAR(30) CHARACTER SET latin1", "varchar", SQL_VARCHAR, SQL_WVARCHAR, 30, 0, 120, 120},
    {"VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "varchar", SQL_VARCHAR, SQL_WVARCHAR, 30, 0, 120, 120, true,
     true},
    {"TINYTEXT", "tinytext", SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 255, 0, 1020, 1020},
    {"TEXT", "text", SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 65'535, 0, 262'140, 262'140},
    {"MEDIUMTEXT", "mediumtext", SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 16'777'215, 0, 67'108'860, 67'108'860},
    {"LONGTEXT", "longtext", SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 1'073'741'823, 0, 2'147'483'647, 2'147'483'647},
    {"ENUM('one','three')", "enum", SQL_CHAR, SQL_WCHAR, 5, 0, 20, 20},
    {"SET('a','b','c')", "set", SQL_CHAR, SQL_WCHAR, 5, 0, 20, 20},
    {"JSON", "json", SQL_LONGVARCHAR, SQL_WLONGVARCHAR, 0, 0, 0, 0, true, true},  // its size differs by server
    {"BINARY(3)", "binary", SQL_BINARY, SQL_BINARY, 3, 0, 3, 6},
    {"VARBINARY(300)", "varbinary", SQL_VARBINARY, SQL_VARBINARY, 300, 0, 300, 600},
    {"BLOB", "blob", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 65'535, 0, 65'535, 131'070},
    {"LONGBLOB", "longblob", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 2'147'483'647, 0, 2'147'483'647, 2'147'483'647},
};
constexpr SQLUSMALLINT kCount = std::size(kColumns);

bool is_narrow_text(SQLLEN type) { return type == SQL_CHAR || type == SQL_VARCHAR || type == SQL_LONGVARCHAR; }
bool is_wide_text(SQLLEN type) { return type == SQL_WCHAR || type == SQL_WVARCHAR || type == SQL_WLONGVARCHAR; }
bool is_text(SQLLEN type) { return is_narrow_text(type) || is_wide_text(type); }
bool is_binary(SQLLEN type) { return type == SQL_BINARY || type == SQL_VARBINARY || type == SQL_LONGVARBINARY; }
bool is_datetime(SQLLEN type) { return type >= SQL_TYPE_DATE && type <= SQL_TYPE_TIMESTAMP; }
bool is_number(SQLLEN type) { return !is_text(type) && !is_binary(type) && !is_datetime(type) && type != SQL_BIT; }

// --- One column, as a function says

constexpr SQLUSMALLINT kNumbers[] = {
    SQL_DESC_CONCISE_TYPE,     SQL_DESC_TYPE,           SQL_DESC_LENGTH,         SQL_DESC_OCTET_LENGTH,
    SQL_DESC_DISPLAY_SIZE,     SQL_DESC_PRECISION,      SQL_DESC_SCALE,          SQL_DESC_NULLABLE,
    SQL_DESC_SEARCHABLE,       SQL_DESC_UNSIGNED,       SQL_DESC_CASE_SENSITIVE, SQL_DESC_AUTO_UNIQUE_VALUE,
    SQL_DESC_FIXED_PREC_SCALE, SQL_DESC_NUM_PREC_RADIX, SQL_DESC_UNNAMED,        SQL_DESC_UPDATABLE,
    SQL_COLUMN_PRECISION,      SQL_COLUMN_SCALE,        SQL_COLUMN_LENGTH};
constexpr SQLUSMALLINT kTexts[] = {SQL_DESC_NAME,          SQL_DESC_LABEL,       SQL_DESC_BASE_COLUMN_NAME,
                                   SQL_DESC_TABLE_NAME,    SQL_DESC_TYPE_NAME,   SQL_DESC_BASE_TABLE_NAME,
                                   SQL_DESC_CATALOG_NAME,  SQL_DESC_SCHEMA_NAME, SQL_DESC_LITERAL_PREFIX,
                                   SQL_DESC_LITERAL_SUFFIX};

struct Said {
  std::map<SQLUSMALLINT, SQLLEN> number;
  std::map<SQLUSMALLINT, std::string> text;
  SQLSMALLINT type = 0, digits = 0, nullable = 0;  // SQLDescribeCol
  SQLULEN size = 0;
  std::string name;
  bool operator==(const Said&) const = default;
};

Said said_of(const Statement& s, SQLUSMALLINT column) {
  Said said;
  for (const SQLUSMALLINT field : kNumbers) {
    s.check(::SQLColAttribute(s.handle(), column, field, nullptr, 0, nullptr, &said.number[field]));
  }
  for (const SQLUSMALLINT field : kTexts) {
    SQLCHAR text[128] = {};
    s.check(::SQLColAttribute(s.handle(), column, field, text, sizeof text, nullptr, nullptr));
    said.text[field] = reinterpret_cast<char*>(text);
  }
  SQLCHAR name[128] = {};
  s.check(
      ::SQLDescribeCol(s.handle(), column, name, sizeof name, nullptr, &said.type, &said.size, &said.digits, &said.nullable));
  said.name = reinterpret_cast<char*>(name);
  return said;
}

void expect_agreement_with_ird(const Statement& s, SQLUSMALLINT column, const Said& said) {
  SQLHDESC ird = nullptr;
  s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_IMP_ROW_DESC, &ird, 0, nullptr));
  for (const SQLUSMALLINT field : kNumbers) {
    if (field == SQL_COLUMN_PRECISION || field == SQL_COLUMN_SCALE || field == SQL_COLUMN_LENGTH) continue;
    SQLLEN number = 0;  // little-endian: a narrower field fills its low bytes
    SQLINTEGER size = 0;
    check(::SQLGetDescField(ird, static_cast<SQLSMALLINT>(column), static_cast<SQLSMALLINT>(field), &number, 0, &size),
          SQL_HANDLE_DESC, ird);
    if (size == 4) number = static_cast<SQLINTEGER>(number);
    if (size == 2) number = static_cast<SQLSMALLINT>(number);
    EXPECT_EQ(number, said.number.at(field)) << "field " << field;
  }
}

SQLLEN verbose_type(SQLLEN type) { return is_datetime(type) ? SQL_DATETIME : type; }

void expect_right(const Said& said, const Column& c, const std::string& name, bool wide, const std::string& database) {
  const auto number = [&](SQLUSMALLINT field) { return said.number.at(field); };
  const auto text = [&](SQLUSMALLINT field) { return said.text.at(field); };
  const SQLLEN type = wide ? c.wide_type : c.narrow_type;
  EXPECT_EQ(number(SQL_DESC_CONCISE_TYPE), type);
  EXPECT_EQ(number(SQL_DESC_TYPE), verbose_type(type));
  EXPECT_EQ(said.type, type);
  if (c.size != 0) {
    const SQLLEN octets = is_wide_text(type) ? std::min<SQLLEN>(c.size * 2, 2'147'483'647) : c.octets;
    EXPECT_EQ(number(SQL_DESC_OCTET_LENGTH), octets);
    EXPECT_EQ(number(SQL_DESC_DISPLAY_SIZE), is_wide_text(type) ? c.size : c.display);
    EXPECT_EQ(said.size, static_cast<SQLULEN>(c.size));
  }
  EXPECT_EQ(number(SQL_DESC_LENGTH), static_cast<SQLLEN>(said.size));
  EXPECT_EQ(number(SQL_COLUMN_PRECISION), static_cast<SQLLEN>(said.size));
  EXPECT_EQ(number(SQL_COLUMN_LENGTH), number(SQL_DESC_OCTET_LENGTH));
  EXPECT_EQ(number(SQL_COLUMN_SCALE), c.digits);
  EXPECT_EQ(said.digits, c.digits);
  EXPECT_EQ(number(SQL_DESC_SCALE), is_number(type) ? c.digits : 0);
  EXPECT_EQ(number(SQL_DESC_PRECISION), is_datetime(type) ? c.digits : std::min<SQLLEN>(static_cast<SQLLEN>(said.size), 32767));
  EXPECT_EQ(number(SQL_DESC_NUM_PREC_RADIX), is_number(type) ? 10 : 0);
  EXPECT_EQ(number(SQL_DESC_UNSIGNED), c.is_unsigned ? SQL_TRUE : SQL_FALSE);
  EXPECT_EQ(number(SQL_DESC_CASE_SENSITIVE), c.case_sensitive ? SQL_TRUE : SQL_FALSE);
  EXPECT_EQ(number(SQL_DESC_SEARCHABLE), SQL_PRED_SEARCHABLE);
  EXPECT_EQ(number(SQL_DESC_AUTO_UNIQUE_VALUE), SQL_FALSE);
  EXPECT_EQ(number(SQL_DESC_NULLABLE), SQL_NULLABLE);
  EXPECT_EQ(said.nullable, SQL_NULLABLE);
  EXPECT_EQ(number(SQL_DESC_UNNAMED), SQL_NAMED);
  EXPECT_EQ(text(SQL_DESC_NAME), name);
  EXPECT_EQ(text(SQL_DESC_LABEL), name);
  EXPECT_EQ(text(SQL_DESC_BASE_COLUMN_NAME), name);
  EXPECT_EQ(said.name, name);
  EXPECT_EQ(text(SQL_DESC_TABLE_NAME), "t");
  EXPECT_EQ(text(SQL_DESC_BASE_TABLE_NAME), "t");
  EXPECT_EQ(text(SQL_DESC_CATALOG_NAME), database);
  EXPECT_EQ(text(SQL_DESC_SCHEMA_NAME), "");
  EXPECT_EQ(text(SQL_DESC_TYPE_NAME), c.type_name);
  const bool quoted = is_text(type) || is_datetime(type);
  EXPECT_EQ(text(SQL_DESC_LITERAL_PREFIX), quoted ? "'" : is_binary(type) ? "0x" : type == SQL_BIT ? "b'" : "");
  EXPECT_EQ(text(SQL_DESC_LITERAL_SUFFIX), quoted || type == SQL_BIT ? "'" : "");
}

std::string column_name(SQLUSMALLINT column) { return "c" + std::to_string(column); }

std::string create_table() {
  std::string columns;
  for (SQLUSMALLINT i = 1; i <= kCount; ++i) columns += (i > 1 ? ", " : "") + column_name(i) + " " + kColumns[i - 1].declared;
  return "CREATE TABLE t (" + columns + ")";
}

// An application of the W functions is described wide types.
std::unique_ptr<Connection> connect_wide(const std::string& connection_string) {
  auto connection = std::make_unique<Connection>();
  const std::u16string text = wide(connection_string);
  check(::SQLDriverConnectW(connection->handle(), nullptr, sql_text(text), static_cast<SQLSMALLINT>(text.size()), nullptr, 0,
                            nullptr, SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, connection->handle());
  return connection;
}

TEST_P(Describing, EveryTypeIsDescribedRightHoweverItIsRun) {
  run(create_table());
  for (const bool is_wide : {false, true}) {
    const auto c = is_wide ? connect_wide(connection_string("LONG_SIZE_CAP=0;")) : connect("LONG_SIZE_CAP=0;");
    Statement direct(*c), prepared(*c);
    direct.run("SELECT * FROM t");
    prepared.prepare("SELECT * FROM t");
    std::vector<Said> before;
    for (SQLUSMALLINT i = 1; i <= kCount; ++i) before.push_back(said_of(prepared, i));
    prepared.execute();
    for (SQLUSMALLINT i = 1; i <= kCount; ++i) {
      SCOPED_TRACE(std::string(kColumns[i - 1].declared) + (is_wide ? ", wide" : ""));
      const Said said = said_of(direct, i);
      expect_right(said, kColumns[i - 1], column_name(i), is_wide, database());
      EXPECT_TRUE(said == before[i - 1u]) << "after SQLPrepare";
      EXPECT_TRUE(said == said_of(prepared, i)) << "after SQLExecute";
      expect_agreement_with_ird(direct, i, said);
    }
  }
}

// The row of SQLColumns that `listed` stands on.
void expect_agreement_with_columns(Statement& listed, const Said& said, const std::string& type_name) {
  enum { name = 4, data_type = 5, type_name_column = 6, size = 7, buffer_length = 8, digits = 9, radix = 10, nullable = 11 };
  enum { sql_data_type = 14, char_octets = 16 };
  EXPECT_EQ(listed.text(name), said.name);
  EXPECT_EQ(listed.number(data_type), said.type);
  EXPECT_EQ(listed.text(type_name_column), type_name);
  EXPECT_EQ(listed.number(size), static_cast<std::int64_t>(said.size));
  EXPECT_EQ(listed.number(buffer_length), said.number.at(SQL_DESC_OCTET_LENGTH));
  const bool has_digits = (is_number(said.type) && said.type != SQL_REAL && said.type != SQL_DOUBLE) ||
                          (is_datetime(said.type) && said.type != SQL_TYPE_DATE);
  EXPECT_EQ(listed.number(digits), has_digits ? std::optional<std::int64_t>(said.digits) : std::nullopt);
  EXPECT_EQ(listed.number(radix), is_number(said.type) ? std::optional<std::int64_t>(10) : std::nullopt);
  EXPECT_EQ(listed.number(nullable), said.nullable);
  EXPECT_EQ(listed.number(sql_data_type), said.number.at(SQL_DESC_TYPE));
  const bool has_octets = is_text(said.type) || is_binary(said.type);
  EXPECT_EQ(listed.number(char_octets),
            has_octets ? std::optional<std::int64_t>(said.number.at(SQL_DESC_OCTET_LENGTH)) : std::nullopt);
}

void expect_agreement_with_type_info(Connection& c, const Said& said, const std::string& type_name) {
  Statement types(c);
  types.check(::SQLGetTypeInfo(types.handle(), said.type));
  bool found = false;
  while (types.fetch()) {
    if (types.text(1) != type_name) continue;
    found = true;
    EXPECT_EQ(types.number(2), said.type);
    EXPECT_GE(types.number(3).value_or(0), static_cast<std::int64_t>(said.size));
    EXPECT_EQ(types.text(4).value_or(""), said.text.at(SQL_DESC_LITERAL_PREFIX));
    EXPECT_EQ(types.text(5).value_or(""), said.text.at(SQL_DESC_LITERAL_SUFFIX));
    EXPECT_EQ(types.number(9), said.number.at(SQL_DESC_SEARCHABLE));
    EXPECT_EQ(types.number(10).value_or(SQL_TRUE), said.number.at(SQL_DESC_UNSIGNED));
    EXPECT_EQ(types.number(11), said.number.at(SQL_DESC_FIXED_PREC_SCALE));
    EXPECT_EQ(types.number(16), said.number.at(SQL_DESC_TYPE));
    EXPECT_EQ(types.number(18).value_or(0), said.number.at(SQL_DESC_NUM_PREC_RADIX));
  }
  EXPECT_TRUE(found);
}

TEST_P(Describing, ColumnsAndTypeInfoSayTheSame) {
  run(create_table());
  for (const bool is_wide : {false, true}) {
    const auto c = is_wide ? connect_wide(connection_string()) : connect();
    Statement select(*c), listed(*c);
    select.run("SELECT * FROM t");
    listed.check(::SQLColumns(listed.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
    for (SQLUSMALLINT i = 1; i <= kCount; ++i) {
      SCOPED_TRACE(std::string(kColumns[i - 1].declared) + (is_wide ? ", wide" : ""));
      const Said said = said_of(select, i);
      const std::string type_name = said.text.at(SQL_DESC_TYPE_NAME);
      ASSERT_TRUE(listed.fetch());
      // MariaDB's catalog knows JSON as the LONGTEXT that it is made of.
      const bool is_alias = server().is_mariadb() && type_name == "json";
      expect_agreement_with_columns(listed, said, is_alias ? "longtext" : type_name);
      EXPECT_EQ(listed.number(17), i);  // ORDINAL_POSITION
      expect_agreement_with_type_info(*c, said, type_name);
    }
  }
}

// Types that not every server has.
TEST_P(Describing, ServersOwnTypesAgree) {
  struct Own {
    const char *declared, *catalog_name;
    SQLSMALLINT narrow_type, wide_type;
    SQLULEN size;  // 0: a long type's
    bool is_there;
    const char* described_name;  // in a result, where the server does not tell it more closely
  };
  const bool mariadb = server().is_mariadb(), has_vector = server().has(Feature::vector_type);
  const char* const geometry = mariadb ? nullptr : "geometry";
  const Own all[] = {
      {"UUID", "uuid", SQL_CHAR, SQL_WCHAR, 36, mariadb, nullptr},
      {"INET4", "inet4", SQL_CHAR, SQL_WCHAR, 15, mariadb, nullptr},
      {"INET6", "inet6", SQL_CHAR, SQL_WCHAR, 39, mariadb, nullptr},
      {"VECTOR(3)", "vector", SQL_VARBINARY, SQL_VARBINARY, 12, mariadb && has_vector, "varbinary"},
      {"VECTOR(3)", "vector", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 12, !mariadb && has_vector, nullptr},
      {"GEOMETRY", "geometry", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, nullptr},
      {"POINT", "point", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"LINESTRING", "linestring", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"POLYGON", "polygon", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"MULTIPOINT", "multipoint", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"MULTILINESTRING", "multilinestring", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"MULTIPOLYGON", "multipolygon", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true, geometry},
      {"GEOMETRYCOLLECTION", mariadb ? "geometrycollection" : "geomcollection", SQL_LONGVARBINARY, SQL_LONGVARBINARY, 0, true,
       geometry},
  };
  for (const Own& own : all) {
    if (!own.is_there) {
      Statement types(connection());
      types.check(::SQLGetTypeInfo(types.handle(), own.narrow_type));
      while (types.fetch()) EXPECT_NE(types.text(1), own.catalog_name);
      continue;
    }
    run("DROP TABLE IF EXISTS own");
    run(std::string("CREATE TABLE own (c ") + own.declared + ")");
    for (const bool is_wide : {false, true}) {
      SCOPED_TRACE(std::string(own.declared) + (is_wide ? ", wide" : ""));
      const auto c = is_wide ? connect_wide(connection_string()) : connect();
      Statement select(*c), listed(*c);
      const Said said = said_of(select.run("SELECT * FROM own"), 1);
      EXPECT_EQ(said.type, is_wide ? own.wide_type : own.narrow_type);
      EXPECT_EQ(said.text.at(SQL_DESC_TYPE_NAME), own.described_name != nullptr ? own.described_name : own.catalog_name);
      EXPECT_TRUE(own.size == 0 || said.size == own.size) << said.size;
      listed.check(::SQLColumns(listed.handle(), nullptr, 0, nullptr, 0, sql_text("own"), SQL_NTS, nullptr, 0));
      ASSERT_TRUE(listed.fetch());
      expect_agreement_with_columns(listed, said, own.catalog_name);
      expect_agreement_with_type_info(*c, said, own.catalog_name);
    }
  }
}

// Sizes are in characters, octets in bytes of the C type, whatever the table's character set is and the session's was set to.
TEST_P(Describing, SizesCountCharactersInEveryCharacterSet) {
  const char* const charsets[] = {"latin1", "big5", "gbk", "sjis", "ucs2", "utf16", "utf32", "utf8mb3", "utf8mb4"};
  std::string columns;
  for (const char* const charset : charsets) {
    columns += (columns.empty() ? "" : ", ") + std::string(charset) + "_ VARCHAR(90) CHARACTER SET " + charset;
  }
  run("CREATE TABLE c (" + columns + ")");
  for (const bool is_wide : {false, true}) {
    const auto c = is_wide ? connect_wide(connection_string()) : connect();
    for (const char* const before : {"SET @nothing = 1", "SET NAMES latin1"}) {
      Statement(*c).run(before);
      Statement s(*c);
      s.run("SELECT * FROM c");
      for (SQLUSMALLINT i = 1; i <= std::size(charsets); ++i) {
        SCOPED_TRACE(std::string(charsets[i - 1]) + " after " + before);
        const Said said = said_of(s, i);
        EXPECT_EQ(said.size, 90u);
        EXPECT_EQ(said.number.at(SQL_DESC_LENGTH), 90);
        EXPECT_EQ(said.number.at(SQL_DESC_OCTET_LENGTH), is_wide ? 180 : 360);
      }
    }
  }
}

// --- What depends on the column rather than on its type

TEST_P(Describing, KeysNamesAndExpressions) {
  run("CREATE TABLE base (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10) NOT NULL DEFAULT 'x',"
      " at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)");
  run("CREATE VIEW seen AS SELECT id AS number, name FROM base");
  Statement s(connection());
  s.run("SELECT id AS i, name, b.at, id + 1, '' AS e FROM base b");
  const auto number = [&](SQLUSMALLINT column, SQLUSMALLINT field) { return said_of(s, column).number.at(field); };
  const auto text = [&](SQLUSMALLINT column, SQLUSMALLINT field) { return said_of(s, column).text.at(field); };
  EXPECT_EQ(number(1, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_TRUE);
  EXPECT_EQ(number(1, SQL_DESC_NULLABLE), SQL_NO_NULLS);
  EXPECT_EQ(number(2, SQL_DESC_AUTO_UNIQUE_VALUE), SQL_FALSE);
  EXPECT_EQ(number(2, SQL_DESC_NULLABLE), SQL_NO_NULLS);
  EXPECT_EQ(text(1, SQL_DESC_NAME), "i");
  EXPECT_EQ(text(1, SQL_DESC_LABEL), "i");
  EXPECT_EQ(text(1, SQL_DESC_BASE_COLUMN_NAME), "id");
  EXPECT_EQ(text(1, SQL_DESC_TABLE_NAME), "b");
  EXPECT_EQ(text(1, SQL_DESC_BASE_TABLE_NAME), "base");
  EXPECT_EQ(text(4, SQL_DESC_NAME), "id + 1");
  EXPECT_EQ(text(4, SQL_DESC_BASE_TABLE_NAME), "");
  EXPECT_EQ(text(4, SQL_DESC_BASE_COLUMN_NAME), "");
  EXPECT_EQ(number(4, SQL_DESC_UPDATABLE), SQL_ATTR_READONLY);
  EXPECT_EQ(number(5, SQL_DESC_LENGTH), 1);  // a column size is never 0
  s.close();
  s.run("SELECT number FROM seen");
  EXPECT_EQ(text(1, SQL_DESC_TABLE_NAME), "seen");
  s.close();
  // What has no base table has no base column either, before the execution and after it.
  s.prepare("SELECT name FROM base UNION SELECT 'x'");
  const Said before = said_of(s, 1);
  s.execute();
  EXPECT_TRUE(said_of(s, 1) == before);
  EXPECT_EQ(before.text.at(SQL_DESC_BASE_TABLE_NAME), "");
  EXPECT_EQ(before.text.at(SQL_DESC_BASE_COLUMN_NAME), "");
}

// Clients that allocate by column size get along: the sizes are capped, and 0 lifts the cap.
TEST_P(Describing, LongTypesAreReportedWithACap) {
  run("CREATE TABLE t (a LONGTEXT, b LONGBLOB, c TINYTEXT)");
  for (const auto& [setting, text_size, bytes_size] :
       {std::tuple{"LONG_SIZE_CAP=1000;", 1000, 1000}, std::tuple{"LONG_SIZE_CAP=0;", 1'073'741'823, 2'147'483'647}}) {
    const auto c = connect(setting);
    Statement s(*c), listed(*c);
    s.run("SELECT * FROM t");
    EXPECT_EQ(said_of(s, 1).size, static_cast<SQLULEN>(text_size));
    EXPECT_EQ(said_of(s, 2).size, static_cast<SQLULEN>(bytes_size));
    EXPECT_EQ(said_of(s, 3).size, 255u);
    listed.check(::SQLColumns(listed.handle(), nullptr, 0, nullptr, 0, sql_text("t"), SQL_NTS, nullptr, 0));
    ASSERT_TRUE(listed.fetch());
    EXPECT_EQ(listed.number(7), text_size);
  }
}

}  // namespace
}  // namespace selkie::test
