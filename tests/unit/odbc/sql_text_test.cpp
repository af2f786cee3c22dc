#include "odbc/sql_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sql.h>
#include <sqlext.h>

#include <chrono>
#include <random>
#include <string>

#include "odbc/sql_functions.h"
#include "odbc/sqlstate.h"

namespace selkie::odbc {
namespace {

using ::testing::HasSubstr;

constexpr LexerModes kDefault{}, kAnsi{.ansi_quotes = true}, kNoBackslash{.no_backslash_escapes = true};
constexpr LexerModes kMySql97{.server_version = 90700}, kMariaDb1011{.is_mariadb = true, .server_version = 101106};

// The text with each marker shown as @, or the error's message.
std::string read(std::string_view sql, LexerModes modes = kDefault, bool no_scan = false) {
  try {
    SqlText text = read_sql(sql, modes, no_scan);
    for (const std::uint32_t marker : text.markers) {
      EXPECT_EQ(text.text.at(marker), '?') << sql;
      text.text[marker] = '@';
    }
    return text.text;
  } catch (const Fail& failure) {
    EXPECT_EQ(failure.state, SqlState::syntax_error);
    return failure.message;
  }
}

TEST(SqlLexer, MarkersCountOnlyOutsideStringsNamesAndComments) {
  const struct {
    std::string_view sql, shown;
  } rows[] = {
      {"", ""},
      {"?", "@"},
      {"??", "@@"},
      {"select ?,a from t where b=?", "select @,a from t where b=@"},
      {"'?' ?", "'?' @"},
      {"'a''?' ?", "'a''?' @"},
      {R"('\'?' ?)", R"('\'?' @)"},
      {R"('\\' ?)", R"('\\' @)"},
      {R"("a""?\"?" ?)", R"("a""?\"?" @)"},
      {"`a``?` ?", "`a``?` @"},
      {R"(`a\` ?)", R"(`a\` @)"},
      {"N'?' X'3F' b'1' _utf8mb4'?' ?", "N'?' X'3F' b'1' _utf8mb4'?' @"},
      {"@'?' @\"?\" @`?` @a:=?", "@'?' @\"?\" @`?` @a:=@"},
      {"-- ?\n?", "-- ?\n@"},
      {"--\t?\n?", "--\t?\n@"},
      {"--\n?", "--\n@"},
      {"1--?", "1--@"},
      {"1 --", "1 --"},
      {"# ?\n?", "# ?\n@"},
      {"#?", "#?"},
      {"a/* ? /* ? */?", "a/* ? /* ? */@"},
      {"/*+ hint ? */?", "/*+ hint ? */@"},
      {"1/?", "1/@"},
      {"/* ?", "/* ?"},
      {"'?", "'?"},
      {R"('\)", R"('\)"},
      {"`?", "`?"},
      {"/*! ? */?", "/*! @ */@"},
      {"/*!40101 ? '*/?' */?", "/*!40101 @ '*/?' */@"},
      {"/*M!100100 ? */?", "/*M!100100 @ */@"},
      {"/*! a /* ? */ ? */?", "/*! a /* ? */ @ */@"},
      {"2*/?", "2*/@"},
      {"größe = ? and 日本 = '😀?'", "größe = @ and 日本 = '😀?'"},
      {std::string_view("a\0?", 3), std::string_view("a\0@", 3)},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.sql), row.shown);
}

TEST(SqlLexer, ModesChangeWhatQuotesAndBackslashesMean) {
  EXPECT_EQ(read(R"("a\" ?)", kAnsi), R"("a\" @)");
  EXPECT_EQ(read(R"("a\" ?)", kDefault), R"("a\" ?)");
  EXPECT_EQ(read(R"("a""?" ?)", kAnsi), R"("a""?" @)");
  EXPECT_EQ(read(R"('a\' ?)", kNoBackslash), R"('a\' @)");
  EXPECT_EQ(read(R"('a\' ?)", kDefault), R"('a\' ?)");
}

TEST(SqlLexer, ExecutableCommentIsSqlOnTheServersThatExecuteIt) {
  const struct {
    std::string_view sql;
    LexerModes modes;
    std::string_view shown;
  } rows[] = {
      {"/*!80000 ? */ ?", kMySql97, "/*!80000 @ */ @"},
      {"/*!090700 ? */ ?", kMySql97, "/*!090700 @ */ @"},
      {"/*!90701 ? */ ?", kMySql97, "/*!90701 ? */ @"},
      {"/*!99999 ? /* ? */ ? */ ?", kMySql97, "/*!99999 ? /* ? */ ? */ @"},
      {"/*M! ? */ ?", kMySql97, "/*M! ? */ @"},
      {"/*M! ? */ ?", kMariaDb1011, "/*M! @ */ @"},
      {"/*M!101100 ? */ ?", kMariaDb1011, "/*M!101100 @ */ @"},
      {"/*M!110000 ? */ ?", kMariaDb1011, "/*M!110000 ? */ @"},
      {"/*!40101 ? */ ?", kMariaDb1011, "/*!40101 @ */ @"},
      {"/*!80000 ? */ ?", kMariaDb1011, "/*!80000 ? */ @"},
      {"/*!100500 ? */ ?", kMariaDb1011, "/*!100500 @ */ @"},
      {"/*! ? */ ?", kMariaDb1011, "/*! @ */ @"},
      {"/*!123 ? */ ?", kMySql97, "/*!123 @ */ @"},
      {"/*!99999 ?", kMySql97, "/*!99999 ?"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.sql, row.modes), row.shown);
}

TEST(SqlText, TextWithoutEscapesIsReturnedIdentical) {
  for (const char* sql : {"", " select '{d}' , `{fn x}` , \"{x\" -- {y\n /* {z */", "select 1 }", "a } b"}) {
    EXPECT_EQ(read_sql(sql, kDefault, false).text, sql);
  }
}

TEST(SqlText, EscapeIsTranslatedForTheServer) {
  const struct {
    std::string_view sql, translated;
  } rows[] = {
      // Literals.
      {"select {d '2024-02-29'}", "select DATE'2024-02-29'"},
      {"select {D'2024-02-29'},1", "select DATE'2024-02-29',1"},
      {"{ t '10:00:00' }", "TIME'10:00:00'"},
      {"{\n\tts\n'2024-02-29 10:00:00.5'\n}", "TIMESTAMP'2024-02-29 10:00:00.5'"},
      {"{d ?}", "CAST(? AS DATE)"},
      {"{ts concat('a', ?)}", "CAST(concat('a', ?) AS DATETIME(6))"},
      {"{t /* c */ '10:00:00' -- d\n}", "TIME'10:00:00'"},
      {"{guid '12345678-1234-1234-1234-123456789abc'}", "'12345678-1234-1234-1234-123456789abc'"},
      {"d + {interval '163' hour(3)}", "d + INTERVAL '163' HOUR"},
      {"d + {INTERVAL -'3-2' YEAR(2) TO MONTH}", "d + INTERVAL -'3-2' YEAR_MONTH"},
      {"{interval '1 2:3:4' day to second}", "INTERVAL '1 2:3:4' DAY_SECOND"},
      {"{interval '1 2:3:4.5' day to second(6)}", "INTERVAL '1 2:3:4.5' DAY_MICROSECOND"},
      {"{interval + '1.5' second(2,1)}", "INTERVAL +'1.5' SECOND"},
      // LIKE and joins.
      {R"(a like 'x\_%' {escape '\'} and b = '?')", R"(a like 'x\_%' ESCAPE '\\' and b = '?')"},
      {R"(a like 'x' {escape '\\'})", R"(a like 'x' ESCAPE '\\')"},
      {"a like 'x' { escape '!' } or ?", "a like 'x' ESCAPE '!'  or ?"},
      {R"({escape '\'}{escape '\' })", R"(ESCAPE '\\'ESCAPE '\\')"},
      {"from {oj a left outer join b on a.x={fn LCASE(b.x)}} where 1", "from a left outer join b on a.x=LCASE(b.x) where 1"},
      {"from { oj a left join {oj b left join c on 1} on 2}", "from a left join b left join c on 1 on 2"},
      // Functions.
      {"{fn UCASE(a)}", "UCASE(a)"},
      {"{fn ucase  ( a ) }", "ucase( a ) "},
      {"{fn\nIFNULL(a, ')}')}", "IFNULL(a, ')}')"},
      {"{fn NOW()}", "NOW()"},
      {"{fn CURRENT_DATE}", "CURRENT_DATE()"},
      {"{fn USER }", "USER()"},
      {"{fn DATABASE()}", "DATABASE()"},
      {"{fn CHAR(65)}", "CHAR(65 USING utf8mb4)"},
      {"{fn LENGTH(?)}", "CHAR_LENGTH(RTRIM(?))"},
      {"{fn LENGTH({fn LENGTH({fn UCASE(?)})})} + ?", "CHAR_LENGTH(RTRIM(CHAR_LENGTH(RTRIM(UCASE(?))))) + ?"},
      {"{fn WEEK(d)}", "WEEK(d, 3)"},
      {"{fn WEEK(d, 1)}", "WEEK(d, 1)"},
      {"{fn EXTRACT(YEAR FROM {d '2024-01-01'})}", "EXTRACT(YEAR FROM DATE'2024-01-01')"},
      {"{fn POSITION('a' IN b)}", "POSITION('a' IN b)"},
      {"{fn CONVERT(a, SQL_INTEGER)}", "CAST(a AS SIGNED)"},
      {"{fn convert( ? , sql_varchar )} = ?", "CAST(?  AS CHAR) = ?"},
      {"{fn CONVERT(f(a, b), SQL_TYPE_DATE)}", "CAST(f(a, b) AS DATE)"},
      {"{fn CONVERT({fn CONVERT(?, SQL_CHAR)}, SQL_DOUBLE)}", "((CAST(? AS CHAR)) + 0e0)"},
      {"{fn CONVERT(a, CHAR)}", "CONVERT(a, CHAR)"},
      {"{fn CONVERT(a USING latin1)}", "CONVERT(a USING latin1)"},
      {"{fn TIMESTAMPADD(SQL_TSI_DAY, ?, d)}", "TIMESTAMPADD(DAY, ?, d)"},
      {"{fn TIMESTAMPADD( sql_tsi_frac_second , a+1, ?)}", "TIMESTAMPADD(MICROSECOND, (a+1) DIV 1000, ?)"},
      {"{fn TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, ?, {fn NOW()})}", "(TIMESTAMPDIFF(MICROSECOND, ?, NOW()) * 1000)"},
      {"{fn TIMESTAMPDIFF(MONTH, a, b)}", "TIMESTAMPDIFF(MONTH, a, b)"},
      {"{fn my_function(1)}", "my_function(1)"},
      {"{fn db.my_function(?, 2)} , ?", "db.my_function(?, 2) , ?"},
      {"{fn LENGTH(a) + ?}", "CHAR_LENGTH(RTRIM(a)) + ?"},
      // Procedures.
      {"{call p}", "CALL p"},
      {"{ CALL `db`.p ( ? , {fn NOW()} ) } ", "CALL `db`.p ( ? , NOW() )  "},
      {"{?=call f(?)}", "SELECT f(?)"},
      {" { ? = call db.f } ;", " SELECT db.f() ;"},
      {"{?=call `a b`.`f`('}', ?)}", "SELECT `a b`.`f`('}', ?)"},
  };
  for (const auto& row : rows) {
    std::string expected(row.translated);
    // All markers of these rows are outside strings, so each '?' that is no part of a string is one.
    bool in_string = false;
    for (char& c : expected) {
      if (c == '\'') in_string = !in_string;
      if (c == '?' && !in_string) c = '@';
    }
    EXPECT_EQ(read(row.sql), expected) << row.sql;
  }
}

TEST(SqlText, EscapeInsideStringsNamesAndCommentsIsLeftAlone) {
  for (const char* sql :
       {"'{fn NOW()}'", "\"{d}\"", "`{fn NOW()}`", "-- {x\n1", "# {x\n1", "/* {x */ 1", R"('\'{x' )", "'a''{x'"}) {
    EXPECT_EQ(read(sql), sql);
  }
  EXPECT_EQ(read("\"{fn NOW()}\"", kAnsi), "\"{fn NOW()}\"");
  EXPECT_EQ(read(R"('\' {fn NOW})", kNoBackslash), R"('\' NOW())");
  EXPECT_EQ(read(R"(a like 'x' {escape '\'})", kNoBackslash), R"(a like 'x' ESCAPE '\')");
  EXPECT_EQ(read("/*! {fn NOW} */ ?"), "/*! NOW() */ @");
}

TEST(SqlText, NoScanLeavesEscapesAndFindsMarkers) {
  EXPECT_EQ(read("{fn f(?)} {nonsense ? {", kDefault, true), "{fn f(@)} {nonsense @ {");
}

TEST(SqlText, WrongEscapeIsASyntaxErrorThatNamesIt) {
  const struct {
    std::string_view sql, message;
  } rows[] = {
      {"select {foo 1}", "ODBC escape '{foo' is not known"},
      {"{'a': 1}", "ODBC escape '{' is not known"},
      {"{", "is never closed"},
      {"select {d", "ODBC escape {d} has no value"},
      {"select {d '2024-01-01'", "ODBC escape {d} is never closed"},
      {"select {d '2024-01-01", "ODBC escape {d} is never closed"},
      {"select {d}", "ODBC escape {d} has no value"},
      {"{fn}", "ODBC escape {fn} has no function name"},
      {"{fn UCASE(a}", "ODBC escape {fn} has no ')' for the '(' of 'UCASE'"},
      {"{fn UCASE(a)", "ODBC escape {fn} is never closed"},
      {"{fn UCASE(", "ODBC escape {fn} is never closed"},
      {"{fn UCASE(')}'", "ODBC escape {fn} is never closed"},
      {"{fn CONVERT(a, SQL_INTERVAL_DAY)}", "ODBC escape {fn} cannot CONVERT to 'SQL_INTERVAL_DAY'"},
      {"{fn TIMESTAMPADD(SQL_TSI_EON, 1, a)}", "ODBC escape {fn} does not know the interval 'SQL_TSI_EON'"},
      {"{call p(1)", "ODBC escape {call} is never closed"},
      {"{?call f()}", "ODBC escape {?=call} is not '?', '=', 'call'"},
      {"{?=select 1}", "ODBC escape {?=call} is not '?', '=', 'call'"},
      {"select ?, {?=call f()}", "must be the first marker"},
      {"{oj a", "ODBC escape {oj} is never closed"},
      {"select {fn NOW /*!} */", "ODBC escape {fn} begins or ends inside an executable comment"},
      {"select {d '2024-01-01' /*!80000 } */", "ODBC escape {d} begins or ends inside an executable comment"},
      {"/*! select {fn */ UCASE(a) /*! } */", "ODBC escape {fn} begins or ends inside an executable comment"},
      {"select /*! {fn UCASE(a) */ }", "ODBC escape {fn} begins or ends inside an executable comment"},
      {"{escape}", "ODBC escape {escape} has no character"},
      {"{escape '\\'", "ODBC escape {escape} is never closed"},
      {"{escape x}", "ODBC escape {escape} has no character in quotes"},
      {"{interval 5 day}", "ODBC escape {interval} has no value in quotes"},
      {"{interval '5' parsec}", "ODBC escape {interval} does not know 'parsec'"},
      {"{interval '5' month to day}", "ODBC escape {interval} does not know 'month TO day'"},
      {"{interval '5' day(", "ODBC escape {interval} is never closed"},
      {"{interval '5' day x}", "ODBC escape {interval} has 'x' where '}' is expected"},
      {"{guid", "ODBC escape {guid} is never closed"},
      {"select '\xc3\xa9', {fn UCASE({fn LCASE(a)})", "ODBC escape {fn} is never closed: it begins at character 13."},
      {"select {fn UCASE({fn LCASE(a)", "ODBC escape {fn} is never closed: it begins at character 18."},
  };
  for (const auto& row : rows) EXPECT_THAT(read(row.sql), HasSubstr(row.message)) << row.sql;
}

TEST(SqlText, ReturnValueIsCountedButIsNoMarkerOfTheText) {
  const SqlText text = read_sql("{?=call f(?, ?)}", kDefault, false);
  EXPECT_TRUE(text.has_return_value);
  EXPECT_EQ(text.markers_in_input, 3u);
  EXPECT_EQ(text.markers.size(), 2u);
  EXPECT_EQ(text.kind, StatementKind::select);
  const SqlText call = read_sql("{call p(?)}", kDefault, false);
  EXPECT_FALSE(call.has_return_value);
  EXPECT_EQ(call.markers_in_input, 1u);
  EXPECT_EQ(call.kind, StatementKind::call);
}

TEST(SqlText, DynamicFunctionIsToldByVerbAndObject) {
  const struct {
    std::string_view sql;
    int function;
  } rows[] = {
      {"", SQL_DIAG_UNKNOWN_STATEMENT},
      {"show tables", SQL_DIAG_UNKNOWN_STATEMENT},
      {"replace into t values (1)", SQL_DIAG_UNKNOWN_STATEMENT},
      {"create procedure table_p() select 1", SQL_DIAG_UNKNOWN_STATEMENT},
      {"drop procedure p", SQL_DIAG_UNKNOWN_STATEMENT},
      {"create user table_u", SQL_DIAG_UNKNOWN_STATEMENT},
      {"(select 1)", SQL_DIAG_SELECT_CURSOR},
      {"with a as (select 1) select * from a", SQL_DIAG_SELECT_CURSOR},
      {"with a as (select 1) delete from t", SQL_DIAG_DELETE_WHERE},
      {"set statement max_statement_time=1 for update t set a=1", SQL_DIAG_UPDATE_WHERE},
      {"set statement max_statement_time=1 for show tables", SQL_DIAG_UNKNOWN_STATEMENT},
      {"insert into t values (1)", SQL_DIAG_INSERT},
      {"{call p()}", SQL_DIAG_CALL},
      {"grant select on t to u", SQL_DIAG_GRANT},
      {"revoke select on t from u", SQL_DIAG_REVOKE},
      {"create or replace temporary table t (view int)", SQL_DIAG_CREATE_TABLE},
      {"create algorithm=merge view v as select 1", SQL_DIAG_CREATE_VIEW},
      {"create unique index i on t (a)", SQL_DIAG_CREATE_INDEX},
      {"create database d", SQL_DIAG_CREATE_SCHEMA},
      {"alter table t drop index i", SQL_DIAG_ALTER_TABLE},
      {"alter view v as select 1", SQL_DIAG_UNKNOWN_STATEMENT},
      {"drop temporary table t", SQL_DIAG_DROP_TABLE},
      {"drop view v", SQL_DIAG_DROP_VIEW},
      {"drop index i on t", SQL_DIAG_DROP_INDEX},
      {"drop schema s", SQL_DIAG_DROP_SCHEMA},
  };
  for (const auto& row : rows) EXPECT_EQ(read_sql(row.sql, {}, false).dynamic_function, row.function) << row.sql;
}

TEST(SqlText, KindIsSeenThroughCommentsParenthesesAndPrefixes) {
  using enum StatementKind;
  const struct {
    std::string_view sql;
    StatementKind kind;
  } rows[] = {
      {"", empty},
      {" ;; ", empty},
      {"-- nothing", empty},
      {"select 1", select},
      {"/* c */ -- d\n SeLeCt 1", select},
      {"((select 1) union (select 2))", select},
      {"values row(1)", select},
      {"table t", select},
      {"; ; insert into t values (1)", insert},
      {"/*!80000 replace */ into t values (1)", replace},
      {"update t set a=1", update},
      {"delete from t", delete_},
      {"with a as (select 1) select * from a", select},
      {"with recursive a(n) as (select 1 union all select n+1 from a), b as (delete_me) update t set a=1", update},
      {"with a as (select 1) delete from t", delete_},
      {"with a as (select 1) insert into t select 1", insert},
      {"with a as (select 1) (select * from a)", select},
      {"call p()", call},
      {"{call p()}", call},
      {"load data local infile 'x' into table t", load_data_local},
      {"LOAD XML LOW_PRIORITY LOCAL INFILE 'x' INTO TABLE t", load_data_local},
      {"load data infile 'x' into table t", other},
      {"load index into cache local", other},
      {"set autocommit=0", set},
      {"set statement max_statement_time=1 for select 1", select},
      {"set statement max_statement_time=1, a=f(for) for update t set a=1", update},
      {"use db", use},
      {"create table t (a int)", ddl},
      {"alter table t add b int", ddl},
      {"drop table t", ddl},
      {"truncate t", ddl},
      {"show tables", other},
      {"explain select 1", other},
      {"begin", other},
      {"?", other},
      {"'select'", other},
      {"{fn NOW()}", other},
      {"selects", other},
      {"(", other},
  };
  for (const auto& row : rows) EXPECT_EQ(read_sql(row.sql, kDefault, false).kind, row.kind) << row.sql;
}

TEST(SqlText, SeveralStatementsAreSeenButNotThoseOfARoutinesBody) {
  const struct {
    std::string_view sql;
    bool several;
  } rows[] = {
      {"select 1", false},
      {"select 1;", false},
      {"select 1; -- comment", false},
      {"select 1 ; ; /* c */ ;", false},
      {";select 1", false},
      {"select 1; select 2", true},
      {"select 1;select", true},
      {"select ';'; ", false},
      {"select 1; /*! select 2 */", true},
      {"select 1; ?", true},
      {"{call p()}; {call q()}", true},
      {"set @a=1; {fn NOW()}", true},
      {"create table t (a int); drop table t", true},
      {"create procedure p() begin select 1; select 2; end", false},
      {"create or replace definer=`a`@`b` procedure if not exists p() begin select 1; end", false},
      {"create trigger x before insert on t for each row begin set @a=1; end;", false},
      {"alter event e do begin select 1; end", false},
      {"create table event (a int); select 1", true},
      {"begin not atomic select 1; select 2; end", false},
      {"begin; select 1", true},
      {"begin work; select 1", true},
      {"if 1 then select 1; end if", false},
  };
  for (const auto& row : rows) EXPECT_EQ(read_sql(row.sql, kDefault, false).has_several_statements, row.several) << row.sql;
}

TEST(SqlText, DeepNestingIsRefusedInsteadOfExhaustingTheStack) {
  std::string open, close;
  for (int i = 0; i < 100; ++i) open += "{fn UCASE(", close += ")}";
  EXPECT_THAT(read(open + "a" + close), HasSubstr("UCASE(UCASE("));
  for (int i = 0; i < 100'000; ++i) open += "{fn UCASE(";
  EXPECT_THAT(read(open), HasSubstr("nested more than 100 deep"));
  std::string parentheses(1'000'000, '(');
  EXPECT_EQ(read(parentheses), parentheses);
}

TEST(SqlText, TimeGrowsLinearlyWithTheText) {
  const auto seconds = [](const std::string& sql) {
    const auto start = std::chrono::steady_clock::now();
    try {
      read_sql(sql, kDefault, false);
    } catch (const Fail&) {}
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (const std::string unit :
       {"('a''b',1.5,?),", "{fn LENGTH(a)},", "{d '2024-01-01'},", "/*", "/*!", "/*!99999 ", "*/", "--", "-- \n", "''", "`",
        "\\'", "{escape '\\'}", "{fn CONVERT(a, SQL_CHAR)}", "a;", "{escape '"}) {
    std::string sql;
    while (sql.size() < 500'000) sql += unit;
    EXPECT_LT(seconds(sql), 5.0) << unit;  // milliseconds; what grows with the square takes minutes
  }
}

TEST(SqlText, RandomTextsAreReadWithoutHarm) {
  std::mt19937 random(3);
  const std::string_view pieces[] = {"{",   "}",  "fn ",    "call ", "?",       "=",         "(",       ")",
                                     ",",   "'",  "\"",     "`",     "\\",      "/*",        "*/",      "/*!",
                                     "-- ", "\n", ";",      "d ",    "escape ", "interval ", "CONVERT", "SQL_CHAR",
                                     "#",   "ts", "LENGTH", "TO ",   "oj ",     "x",         " "};
  for (int round = 0; round < 20'000; ++round) {
    std::string sql;
    for (auto n = random() % 30; n > 0; --n) sql += pieces[random() % std::size(pieces)];
    try {
      const SqlText text = read_sql(sql, {.ansi_quotes = random() % 2 == 0, .no_backslash_escapes = random() % 2 == 0}, false);
      for (const std::uint32_t marker : text.markers) ASSERT_EQ(text.text.at(marker), '?') << sql;
      ASSERT_EQ(text.markers.size() + (text.has_return_value ? 1 : 0), text.markers_in_input) << sql;
    } catch (const Fail& failure) {
      ASSERT_EQ(failure.state, SqlState::syntax_error);
    }
  }
}

TEST(SqlText, QuotedTextAndIdentifiersReadBackTheSame) {
  std::string sql;
  append_quoted(sql, R"(a'b\c"d)", kDefault);
  EXPECT_EQ(sql, R"('a''b\\c"d')");
  sql.clear();
  append_quoted(sql, R"(a'b\c"d)", kNoBackslash);
  EXPECT_EQ(sql, R"('a''b\c"d')");
  sql.clear();
  append_identifier(sql, "a`b\\c");
  EXPECT_EQ(sql, "`a``b\\c`");
  for (const LexerModes modes : {kDefault, kNoBackslash}) {
    for (const std::string_view text : {R"(\)", R"(\')", R"(')", R"('')", "", R"(?\\'?)"}) {
      std::string quoted;
      append_quoted(quoted, text, modes);
      SqlLexer lexer(quoted, modes);
      EXPECT_EQ(lexer.text(lexer.next()), quoted);
      EXPECT_EQ(lexer.next().kind, TokenKind::end);
    }
  }
}

TEST(SqlFunctions, InfoBitsAreThoseOfTheTable) {
  EXPECT_EQ(function_bits(FunctionGroup::string) & SQL_FN_STR_DIFFERENCE, 0u);
  EXPECT_EQ(function_bits(FunctionGroup::string) | SQL_FN_STR_DIFFERENCE, 0x00ffffffu);
  EXPECT_EQ(function_bits(FunctionGroup::numeric), 0x00ffffffu);
  EXPECT_EQ(function_bits(FunctionGroup::timedate), 0x001fffffu);
  EXPECT_EQ(function_bits(FunctionGroup::system), 7u);
  EXPECT_EQ(timestamp_interval_bits(), 0x1ffu);
  EXPECT_EQ(convert_bits() & (SQL_CVT_INTERVAL_DAY_TIME | SQL_CVT_INTERVAL_YEAR_MONTH), 0u);
  EXPECT_EQ(convert_bits() | SQL_CVT_INTERVAL_DAY_TIME | SQL_CVT_INTERVAL_YEAR_MONTH, 0x01ffffffu);
}

}  // namespace
}  // namespace selkie::odbc
