// Columns that no table has: what functions, CASE, UNION, CAST, aggregates, windows, user variables and literals give. What is
// described has room for the value, is the same from SQLDescribeCol and SQLColAttribute, and the same however it is run.
#include <array>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class ComputedColumns : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), latin VARCHAR(20) CHARACTER SET latin1, amount DECIMAL(12,3), "
        "big BIGINT UNSIGNED, at DATETIME(3), span TIME(2), raw VARBINARY(9), kind ENUM('one','three'), real4 FLOAT)");
    run("INSERT INTO t VALUES (1, '日本語😀', 'äöü', -123456789.125, 18446744073709551615, '2024-02-29 23:59:58.125', "
        "'-838:59:58.25', x'00ff10', 'three', -1.5), (2, 'b', 'ß', 0.001, 0, '2024-01-01', '00:00:01', x'', 'one', 3e38)");
  }
};
SELKIE_ON_EVERY_SERVER(ComputedColumns);

struct Query {
  const char* sql;
  enum class On : std::uint8_t { every, mariadb, mysql } on = On::every;
};
constexpr Query kQueries[] = {
    {"SELECT 1"},
    {"SELECT -9223372036854775808"},
    {"SELECT 18446744073709551615"},
    {"SELECT 99999999999999999999999999999999999"},
    {"SELECT -0.001"},
    {"SELECT 1.50"},
    {"SELECT 1e300"},
    {"SELECT -1.7976931348623157e308"},
    {"SELECT 'abc'"},
    {"SELECT ''"},
    {"SELECT NULL"},
    {"SELECT '日本語😀'"},
    {"SELECT x'00ff'"},
    {"SELECT b'101'"},
    {"SELECT TRUE"},
    {"SELECT DATE'2024-02-29'"},
    {"SELECT TIME'-838:59:59'"},
    {"SELECT TIME'12:00:00.123456'"},
    {"SELECT TIMESTAMP'2024-02-29 23:59:58.123456'"},
    {"SELECT CONCAT(name, ' and ', latin) FROM t"},
    {"SELECT CONCAT(name, id, amount, at) FROM t"},
    {"SELECT CONCAT_WS('-', id, big, span) FROM t"},
    {"SELECT CONCAT(raw, x'ff') FROM t"},
    {"SELECT GROUP_CONCAT(name ORDER BY id SEPARATOR '; ') FROM t"},
    {"SELECT GROUP_CONCAT(id) FROM t"},
    {"SELECT REPEAT('ü', 3000)"},
    {"SELECT REPEAT(name, 5) FROM t"},
    {"SELECT LPAD(name, 30, '日') FROM t"},
    {"SELECT SPACE(20)"},
    {"SELECT UPPER(name), LOWER(latin), REVERSE(name), LEFT(name, 2), SUBSTRING(latin, 2), TRIM(name) FROM t"},
    {"SELECT REPLACE(name, 'b', '日本') FROM t"},
    {"SELECT HEX(raw), HEX(name), TO_BASE64(raw), UNHEX('00ff') FROM t"},
    {"SELECT SHA2('x', 512), UUID(), VERSION(), DATABASE(), USER(), CURRENT_USER()"},
    {"SELECT FORMAT(amount, 2), CHAR(65 USING utf8mb4), CHAR(255), ELT(2, 'a', '日本'), QUOTE(name) FROM t"},
    {"SELECT JSON_OBJECT('key', name, '日', id) FROM t"},
    {"SELECT JSON_OBJECT()"},
    {"SELECT JSON_OBJECT('a', 1, 'b', 2.5, 'c', NULL, 'd', 'text')"},
    {"SELECT JSON_ARRAY(1, '日本語', NULL, 2.5, TRUE)"},
    {"SELECT JSON_ARRAY()"},
    {"SELECT JSON_ARRAY(JSON_ARRAY(), JSON_OBJECT())"},
    {"SELECT JSON_ARRAY(REPEAT('\"', 10), REPEAT('\\n', 10), REPEAT('\\\\', 10))"},
    {"SELECT JSON_QUOTE(REPEAT('\"', 10))"},
    {"SELECT JSON_OBJECT(REPEAT('\"', 10), 1e300, 'd', 1 / 3, 'e', at, 'f', span) FROM t"},
    {"SELECT JSON_ARRAY(1.5e0, real4, amount, big, kind) FROM t WHERE id = 2"},
    {"SELECT JSON_QUOTE(name), JSON_EXTRACT('{\"a\": [1, 2]}', '$.a'), JSON_UNQUOTE('\"a\"') FROM t"},
    {"SELECT JSON_ARRAYAGG(name), JSON_OBJECTAGG(id, name) FROM t"},
    {"SELECT JSON_SET('{\"a\": 1}', '$.b', '日本'), JSON_KEYS('{\"a\": 1}'), JSON_TYPE('1'), JSON_LENGTH('[1,2]')"},
    {"SELECT JSON_MERGE_PATCH('{\"a\": 1}', '{\"b\": 2}'), JSON_REMOVE('{\"a\": 1}', '$.a'), JSON_SEARCH('[\"x\"]', 'one', "
     "'x')"},
    {"SELECT JSON_VALUE('{\"a\": \"日本\"}', '$.a')"},
    {"SELECT JSON_INSERT('[1]', '$[1]', name), JSON_ARRAY_APPEND('[1]', '$', name) FROM t"},
    {"SELECT JSON_DETAILED('{\"a\":1}'), JSON_COMPACT('{ \"a\" : 1 }'), JSON_LOOSE('{\"a\":1}')", Query::On::mariadb},
    {"SELECT JSON_PRETTY('{\"a\":1}')", Query::On::mysql},
    {"SELECT CASE id WHEN 1 THEN name ELSE latin END FROM t"},
    {"SELECT CASE id WHEN 1 THEN id ELSE amount END FROM t"},
    {"SELECT CASE id WHEN 1 THEN name ELSE amount END FROM t"},
    {"SELECT CASE id WHEN 1 THEN at ELSE span END FROM t"},
    {"SELECT CASE id WHEN 1 THEN big ELSE -1 END FROM t"},
    {"SELECT CASE id WHEN 1 THEN raw ELSE 'text' END FROM t"},
    {"SELECT IF(id = 1, name, NULL), IFNULL(NULL, '日本'), NULLIF(name, 'b'), COALESCE(NULL, amount), GREATEST(1, 2.5) FROM t"},
    {"SELECT 1 UNION SELECT 'abc'"},
    {"SELECT 1 UNION SELECT 2.25"},
    {"SELECT 1 UNION SELECT 18446744073709551615"},
    {"SELECT 'a' UNION SELECT '日本語' UNION SELECT REPEAT('x', 100)"},
    {"SELECT name FROM t UNION ALL SELECT latin FROM t"},
    {"SELECT kind FROM t UNION ALL SELECT name FROM t"},
    {"SELECT at FROM t UNION ALL SELECT DATE'2024-01-01'"},
    {"SELECT raw FROM t UNION ALL SELECT 'abcdefghijklmnop'"},
    {"SELECT NULL UNION SELECT 12"},
    {"SELECT CAST('12' AS SIGNED), CAST('12' AS UNSIGNED), CAST(-1 AS UNSIGNED)"},
    {"SELECT CAST('12.345' AS DECIMAL(10,2)), CAST(1 AS DECIMAL), CAST(-12 AS DECIMAL(65,30))"},
    {"SELECT CAST(1.5 AS DOUBLE), CAST(1.5 AS FLOAT)"},
    {"SELECT CAST('日本語' AS CHAR), CAST('日本語' AS CHAR(2)), CAST(12.5 AS CHAR), CAST('x' AS CHAR CHARACTER SET latin1)"},
    {"SELECT CAST('日本語' AS BINARY), CAST('ab' AS BINARY(5))"},
    {"SELECT CAST('2024-02-29' AS DATE), CAST('-12:00:00' AS TIME), CAST('12:00:00.5' AS TIME(3)), "
     "CAST('2024-02-29 01:02:03' AS DATETIME), CAST('2024-02-29 01:02:03.123456' AS DATETIME(6))"},
    {"SELECT CAST('[1]' AS JSON)", Query::On::mysql},
    {"SELECT CAST('12345678-1234-1234-1234-123456789abc' AS UUID), CAST('::1' AS INET6)", Query::On::mariadb},
    {"SELECT CONVERT(name USING latin1), CONVERT(name USING utf16), name COLLATE utf8mb4_bin, BINARY name FROM t WHERE id = 2"},
    {"SELECT COUNT(*), SUM(id), AVG(id), MIN(name), MAX(at), SUM(amount), AVG(amount), SUM(big), STD(id), BIT_OR(id) FROM t"},
    {"SELECT MAX(kind), MIN(span), MAX(raw), SUM(real4), ANY_VALUE(latin) FROM t", Query::On::mysql},
    {"SELECT MAX(kind), MIN(span), MAX(raw), SUM(real4), MIN(latin) FROM t"},
    {"SELECT ROW_NUMBER() OVER (ORDER BY id), LAG(name) OVER (ORDER BY id), SUM(amount) OVER (), FIRST_VALUE(latin) OVER "
     "(ORDER BY id), NTILE(2) OVER (ORDER BY id), PERCENT_RANK() OVER (ORDER BY id), AVG(big) OVER () FROM t"},
    {"SELECT LEAD(at, 1) OVER (ORDER BY id), LAST_VALUE(raw) OVER () FROM t"},
    {"SELECT @text, @number, @decimal, @real, @none, @raw"},
    {"SELECT @later := '日本語'"},
    {"SELECT 1 + 1, 1 / 3, 7 DIV 2, -amount, amount * amount, amount / 3, big + 0, id * 1.5e0, 5 % 3, ~0, 1 << 63 FROM t"},
    {"SELECT id = 1, name LIKE 'b%', NOT id, id IN (1, 2), EXISTS (SELECT 1), id IS NULL FROM t"},
    {"SELECT NOW(), NOW(6), CURDATE(), CURTIME(3), UTC_TIMESTAMP(), YEAR(at), UNIX_TIMESTAMP(at), UNIX_TIMESTAMP() FROM t"},
    {"SELECT at + INTERVAL 1 DAY, DATE_ADD('2024-01-01', INTERVAL 1 HOUR), TIMEDIFF(at, '2024-01-01'), DATE_FORMAT(at, '%W "
     "%M'), "
     "DAYNAME(at), SEC_TO_TIME(3600), MAKEDATE(2024, 60), STR_TO_DATE('2024', '%Y'), TIME(at), DATE(at) FROM t WHERE id = 2"},
    {"SELECT ROUND(amount, 1), TRUNCATE(amount, 0), CEILING(amount), ABS(amount), POW(2, 10), SQRT(2), ROUND(2.5), MOD(amount, "
     "7) "
     "FROM t"},
    {"SELECT LENGTH(name), CHAR_LENGTH(name), ASCII(name), FIELD('a', 'b'), LOCATE('b', name), CRC32(name) FROM t"},
    {"SELECT (SELECT name FROM t WHERE id = 1), (SELECT MAX(amount) FROM t)"},
    {"SELECT * FROM (SELECT CONCAT(name, latin) c, amount * 2 d, CASE WHEN id = 1 THEN at END e FROM t) AS derived"},
    {"WITH RECURSIVE n AS (SELECT 1 AS i, CAST('x' AS CHAR(20)) AS s UNION ALL SELECT i + 1, CONCAT(s, '日') FROM n WHERE i < "
     "5) "
     "SELECT i, s FROM n"},
    {"SELECT ST_AsText(ST_GeomFromText('POINT(1 2)')), ST_GeomFromText('POINT(1 2)')"},
    {"SELECT COMPRESS('aaaa'), INET6_ATON('::1'), INET_NTOA(1), AES_ENCRYPT('x', 'k'), LOAD_FILE('/none'), BIN(5), OCT(8), "
     "SOUNDEX(name), EXPORT_SET(5, 'Y', 'N') FROM t"},
};

struct Said {
  SQLSMALLINT type = 0, digits = 0, nullable = 0;
  SQLULEN size = 0;
  SQLLEN attribute_type = 0, attribute_size = 0, octets = 0, display = 0, precision = 0, scale = 0, is_unsigned = 0;
  std::string type_name;
  bool operator==(const Said&) const = default;
};

void PrintTo(const Said& said, std::ostream* out) {
  *out << said.type_name << " type " << said.type << " size " << said.size << " digits " << said.digits << " octets "
       << said.octets << " display " << said.display << " nullable " << said.nullable;
}

Said said_of(const Statement& s, SQLUSMALLINT column) {
  Said said;
  s.check(::SQLDescribeCol(s.handle(), column, nullptr, 0, nullptr, &said.type, &said.size, &said.digits, &said.nullable));
  const auto number = [&](SQLUSMALLINT field) {
    SQLLEN value = 0;
    s.check(::SQLColAttribute(s.handle(), column, field, nullptr, 0, nullptr, &value));
    return value;
  };
  said.attribute_type = number(SQL_DESC_CONCISE_TYPE);
  said.attribute_size = number(SQL_DESC_LENGTH);
  said.octets = number(SQL_DESC_OCTET_LENGTH);
  said.display = number(SQL_DESC_DISPLAY_SIZE);
  said.precision = number(SQL_DESC_PRECISION);
  said.scale = number(SQL_DESC_SCALE);
  said.is_unsigned = number(SQL_DESC_UNSIGNED);
  SQLCHAR name[64] = {};
  s.check(::SQLColAttribute(s.handle(), column, SQL_DESC_TYPE_NAME, name, sizeof name, nullptr, nullptr));
  said.type_name = reinterpret_cast<char*>(name);
  return said;
}

std::vector<Said> all_of(Statement& s) {
  std::vector<Said> all;
  for (SQLUSMALLINT i = 1; i <= static_cast<SQLUSMALLINT>(s.columns()); ++i) all.push_back(said_of(s, i));
  return all;
}

bool is_among(SQLSMALLINT type, std::initializer_list<int> types) { return std::ranges::find(types, type) != types.end(); }

// `text`: the value as SQL_C_CHAR.
void expect_room(const Said& said, const std::string& text, bool is_wide) {
  const auto bytes = static_cast<SQLLEN>(text.size());
  const SQLLEN characters = std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
  EXPECT_EQ(said.attribute_type, said.type);
  EXPECT_EQ(said.attribute_size, static_cast<SQLLEN>(said.size));
  EXPECT_GT(said.size, 0u);
  const bool is_text = is_among(said.type, {SQL_CHAR, SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR, SQL_WVARCHAR, SQL_WLONGVARCHAR});
  EXPECT_GE(said.display, is_wide || !is_text ? characters : bytes);
  if (is_text) {
    EXPECT_GE(static_cast<SQLLEN>(said.size), characters);
    EXPECT_GE(said.octets, is_wide ? characters * 2 : bytes);
  } else if (is_among(said.type, {SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY})) {
    EXPECT_GE(said.octets, bytes / 2);  // in hexadecimal
    EXPECT_GE(static_cast<SQLLEN>(said.size), bytes / 2);
  } else if (said.type == SQL_DECIMAL) {
    const std::size_t point = text.find('.');
    const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
    const bool has_only_a_fraction = text.find_first_of("123456789") > point;
    EXPECT_GE(static_cast<SQLLEN>(said.size), digits - (has_only_a_fraction ? 1 : 0));
    EXPECT_GE(static_cast<std::size_t>(said.digits), point == std::string::npos ? 0 : text.size() - point - 1);
  } else if (is_among(said.type, {SQL_TYPE_DATE, SQL_TYPE_TIMESTAMP})) {
    EXPECT_EQ(static_cast<SQLLEN>(said.size), bytes);
  }
}

TEST_P(ComputedColumns, AreDescribedWithRoomForTheirValuesHoweverTheyAreRun) {
  for (const bool is_wide : {false, true}) {
    Connection c;
    if (is_wide) {
      const std::u16string in = wide(connection_string());
      check(::SQLDriverConnectW(c.handle(), nullptr, sql_text(in), static_cast<SQLSMALLINT>(in.size()), nullptr, 0, nullptr,
                                SQL_DRIVER_NOPROMPT),
            SQL_HANDLE_DBC, c.handle());
    } else {
      c.connect(connection_string());
    }
    Statement(c).run("SET @text = '日本語', @number = -5, @decimal = 1.25, @real = 1e10, @raw = x'00ff'");
    for (const Query& query : kQueries) {
      if (query.on != Query::On::every && (query.on == Query::On::mariadb) != server().is_mariadb()) continue;
      SCOPED_TRACE(std::string(query.sql) + (is_wide ? ", wide" : ""));
      Statement direct(c), prepared(c);
      direct.run(query.sql);
      prepared.prepare(query.sql);
      const std::vector<Said> said = all_of(direct), before = all_of(prepared);
      prepared.execute();
      EXPECT_EQ(before, all_of(prepared)) << "after SQLExecute";
      EXPECT_EQ(said, before) << "after SQLPrepare";
      while (direct.fetch()) {
        for (std::size_t i = 0; i < said.size(); ++i) {
          SCOPED_TRACE("column " + std::to_string(i + 1) + ": " + ::testing::PrintToString(said[i]));
          const auto column = static_cast<SQLUSMALLINT>(i + 1);
          const std::optional<std::string> text = direct.text(column);
          if (!text) {
            EXPECT_NE(said[i].nullable, SQL_NO_NULLS);
            continue;
          }
          expect_room(said[i], *text, is_wide);
        }
      }
    }
  }
}

}  // namespace
}  // namespace selkie::test
