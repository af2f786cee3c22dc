// Every server type to every C type: bound and by SQLGetData, from text rows and from binary rows, and as OUT values.
#include <array>

#include "tests/integration/expected_outputs.h"

namespace selkie::test {
namespace {

class OutputConversions : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(OutputConversions);

struct Buffer {
  alignas(16) std::array<char, 512> data;
  SQLLEN length = -99;
  Buffer() { data.fill('\x5a'); }
};

// What a call left in `buffer`. SQL_C_BINARY of a value with a structure is shown as that.
Answer answer_of(const Value& v, SQLRETURN code, SQLHSTMT statement, SQLSMALLINT c_type, const Buffer& buffer) {
  Answer answer;
  if (code != SQL_SUCCESS) {
    const auto records = diagnostics(SQL_HANDLE_STMT, statement);
    answer.state = records.empty() ? "nothing" : records.front().state;
  }
  if (code == SQL_ERROR) return answer;
  if (buffer.length == SQL_NULL_DATA) return {answer.state, "NULL"};
  const bool is_structure = c_type == SQL_C_BINARY && fixed_size(v.memory_type()) != 0;
  const SQLSMALLINT shown = is_structure ? v.memory_type() : c_type;
  if (const auto fixed = static_cast<SQLLEN>(fixed_size(shown)); fixed != 0 && buffer.length != fixed) {
    answer.state += "length " + std::to_string(buffer.length);
  }
  answer.value = value_text(shown, buffer.data.data(), buffer.length);
  return answer;
}

std::string column_of(std::size_t i) { return "c" + std::to_string(i); }

class ValuesTable {
 public:
  ValuesTable(Connection& connection, const RealServer& server, bool nulls) {
    std::string columns, values;
    for (std::size_t i = 0; i < std::size(kValues); ++i) {
      const Value& v = kValues[i];
      if (!is_known(v, server)) continue;
      columns += (columns.empty() ? "" : ", ") + column_of(i) + " " + v.type;
      values += (values.empty() ? "" : ", ") + std::string(nulls ? "NULL" : v.literal);
      used.push_back(i);
    }
    Statement(connection).run("SET sql_mode = 'STRICT_TRANS_TABLES'");
    Statement(connection).run("CREATE TABLE v (" + columns + ")");
    Statement(connection).run("INSERT INTO v VALUES (" + values + ")");
  }
  std::vector<std::size_t> used;  // of kValues
};

void run_either(Statement& s, const std::string& sql, bool prepared) {
  prepared ? (void)s.prepare(sql).execute() : (void)s.run(sql);
}

// A fetched row with every value, or with NULLs of every type, in text and in binary: calls `body` with each of its columns.
template <class Body>
void with_every_column(Connection& connection, const RealServer& server, bool nulls, Body&& body) {
  const ValuesTable table(connection, server, nulls);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    Statement s(connection);
    run_either(s, "SELECT * FROM v", prepared);
    ASSERT_TRUE(s.fetch());
    SQLUSMALLINT number = 0;
    for (const std::size_t i : table.used) body(s, ++number, kValues[i]);
  }
}

// SQLGetData into `buffer`, of whose memory `capacity` bytes may be used.
SQLRETURN get(const Statement& s, SQLUSMALLINT number, SQLSMALLINT c_type, Buffer& buffer, std::size_t capacity) {
  return ::SQLGetData(s.handle(), number, c_type, buffer.data.data(), static_cast<SQLLEN>(capacity), &buffer.length);
}

TEST_P(OutputConversions, SqlGetDataOfEveryTypeToEveryType) {
  with_every_column(connection(), server(), false, [](const Statement& s, SQLUSMALLINT number, const Value& v) {
    for (const CType& to : kCTypes) {
      Buffer b;
      const SQLRETURN code = get(s, number, to.code, b, b.data.size());
      EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), expected(v, to.code))
          << v.type << " " << v.text << " to " << to.name;
    }
    Buffer b;
    const SQLRETURN code = get(s, number, SQL_C_DEFAULT, b, b.data.size());
    EXPECT_EQ(answer_of(v, code, s.handle(), v.default_type, b), expected(v, v.default_type))
        << v.type << " " << v.text << " to SQL_C_DEFAULT";
  });
}

TEST_P(OutputConversions, BoundColumnsOfEveryTypeToEveryType) {
  const ValuesTable table(connection(), server(), false);
  for (const bool prepared : {false, true}) {
    SCOPED_TRACE(prepared ? "binary rows" : "text rows");
    for (const std::size_t i : table.used) {
      const Value& v = kValues[i];
      Statement s(connection());
      for (const CType& to : kCTypes) {
        run_either(s, "SELECT " + column_of(i) + " FROM v", prepared);
        Buffer b;
        s.check(::SQLBindCol(s.handle(), 1, to.code, b.data.data(), static_cast<SQLLEN>(b.data.size()), &b.length));
        const SQLRETURN code = ::SQLFetch(s.handle());
        EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), expected(v, to.code))
            << v.type << " " << v.text << " to " << to.name;
        s.unbind_and_close();
      }
    }
  }
}

TEST_P(OutputConversions, NullIsNullInEveryTypeThatIsListed) {
  with_every_column(connection(), server(), true, [](const Statement& s, SQLUSMALLINT number, const Value& v) {
    for (const CType& to : kCTypes) {
      const Answer wanted = expected(v, to.code) == kNotListed ? kNotListed : Answer{"", "NULL"};
      Buffer b;
      const SQLRETURN code = get(s, number, to.code, b, b.data.size());
      EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), wanted) << v.type << " to " << to.name;
    }
  });
}

// A buffer one character too short: text is cut, a number or a time loses its fraction, and nothing else is ever cut.
TEST_P(OutputConversions, TextThatDoesNotFitIsCutOnlyWhereTheSpecificationCutsIt) {
  with_every_column(connection(), server(), false, [](const Statement& s, SQLUSMALLINT number, const Value& v) {
    const std::string text = v.text;
    if (v.kind == Kind::approximate || text.empty()) return;  // those are written with an exponent instead
    const bool has_whole_part = v.kind != Kind::text && v.kind != Kind::bytes;
    const bool may_lose = !has_whole_part || (text.find('.') != std::string::npos && v.kind != Kind::date);
    Buffer b;
    const SQLRETURN code = get(s, number, SQL_C_CHAR, b, text.size());
    const auto records = s.records();
    ASSERT_FALSE(records.empty()) << v.type << " " << v.text << " returned " << code;
    EXPECT_EQ(records.front().state, may_lose ? "01004" : "22003") << v.type << " " << v.text;
    EXPECT_TRUE(!may_lose || b.length == static_cast<SQLLEN>(text.size())) << v.type << " " << v.text << ": " << b.length;
  });
}

// Of numbers and of what has a structure, bytes are never cut.
TEST_P(OutputConversions, BytesThatDoNotFitAreCutOfTextAndBytesAlone) {
  with_every_column(connection(), server(), false, [](const Statement& s, SQLUSMALLINT number, const Value& v) {
    Buffer b;
    if (get(s, number, SQL_C_BINARY, b, b.data.size()) != SQL_SUCCESS || b.length < 2) return;
    const SQLLEN whole = b.length;
    SQLINTEGER other = 0;
    (void)::SQLGetData(s.handle(), number, SQL_C_CHAR, &other, 0, &b.length);  // the value from its start again
    const SQLRETURN code = get(s, number, SQL_C_BINARY, b, static_cast<std::size_t>(whole - 1));
    const bool may_be_cut = v.kind == Kind::text || v.kind == Kind::bytes;
    const auto records = s.records();
    ASSERT_FALSE(records.empty()) << v.type << " " << v.text << " returned " << code;
    EXPECT_EQ(records.front().state, may_be_cut ? "01004" : "22003") << v.type << " " << v.text;
  });
}

SQLSMALLINT sql_type_of(Kind kind) {
  switch (kind) {
    case Kind::exact: return SQL_DECIMAL;
    case Kind::approximate: return SQL_DOUBLE;
    case Kind::bit: return SQL_BIT;
    case Kind::text: return SQL_LONGVARCHAR;
    case Kind::bytes: return SQL_LONGVARBINARY;
    case Kind::date: return SQL_TYPE_DATE;
    case Kind::time: return SQL_TYPE_TIME;
    case Kind::timestamp: break;
  }
  return SQL_TYPE_TIMESTAMP;
}

// OUT, INOUT and a function's value are converted as a column of the same type.
void expect_output(Connection& connection, const Value& v, SQLSMALLINT direction, const char* call, bool every_type) {
  Statement s(connection);
  s.prepare(call);
  for (const CType& to : kCTypes) {
    const bool is_one_of_few = to.code == SQL_C_WCHAR || to.code == SQL_C_SBIGINT || to.code == SQL_C_TYPE_TIMESTAMP;
    if (!every_type && !is_one_of_few) continue;
    Buffer b;
    b.length = SQL_NULL_DATA;  // an INOUT value goes there as NULL
    s.check(::SQLBindParameter(s.handle(), 1, direction, to.code, sql_type_of(v.kind), 65, 0, b.data.data(),
                               static_cast<SQLLEN>(b.data.size()), &b.length));
    const Answer wanted = expected(v, to.code);
    const SQLRETURN code = ::SQLExecute(s.handle());
    const bool has_value = wanted != kNotListed && wanted.state != "22015";
    if (!has_value && code == SQL_ERROR) continue;  // by the SQL type that it is bound with, or by what comes
    EXPECT_EQ(answer_of(v, code, s.handle(), to.code, b), wanted)
        << call << " of " << v.type << " " << v.text << " to " << to.name;
    s.check(::SQLFreeStmt(s.handle(), SQL_CLOSE));
  }
}

TEST_P(OutputConversions, OutputParametersOfEveryTypeToEveryType) {
  for (const Value& v : kValues) {
    const std::string_view type = v.type;
    const auto is_declared = [&](std::string_view word) { return type.find(word) != type.npos; };
    if (!is_known(v, server()) || is_declared("NULL") || is_declared("ZEROFILL")) continue;
    // The servers send an OUT value of many bits as the digits of its number, MySQL one of latin1 as it is.
    if ((v.kind == Kind::bytes && is_declared("BIT")) || is_declared("latin1")) continue;
    const std::string set = std::string(v.type) + ") SET v = " + v.literal;
    run("CREATE PROCEDURE o(OUT v " + set);
    run("CREATE PROCEDURE io(INOUT v " + set);
    run("CREATE FUNCTION f() RETURNS " + std::string(v.type) + " DETERMINISTIC RETURN " + v.literal);
    expect_output(connection(), v, SQL_PARAM_OUTPUT, "{CALL o(?)}", true);
    expect_output(connection(), v, SQL_PARAM_INPUT_OUTPUT, "{CALL io(?)}", false);
    expect_output(connection(), v, SQL_PARAM_OUTPUT, "{? = CALL f()}", false);
    for (const char* const drop : {"PROCEDURE o", "PROCEDURE io", "FUNCTION f"}) run(std::string("DROP ") + drop);
  }
}

// '0000-00-00' and dates with a part that is zero have no place in ODBC's structures.
TEST_P(OutputConversions, ZeroDatesAreWhatTheSettingSays) {
  struct Zero {
    const char* expression;
    SQLSMALLINT c_type;
    Answer as_min;
  };
  const Zero kZeros[] = {
      {"d", SQL_C_TYPE_DATE, {"", "0001-01-01"}},
      {"d", SQL_C_TYPE_TIMESTAMP, {"", "0001-01-01 00:00:00.000000000"}},
      {"t", SQL_C_TYPE_TIMESTAMP, {"", "0001-01-01 00:00:00.000000000"}},
      {"t", SQL_C_TYPE_DATE, {"", "0001-01-01"}},
      {"partial", SQL_C_TYPE_DATE, {"", "2020-01-10"}},
      {"partial", SQL_C_BINARY, {"", "2020-01-10"}},
  };
  run("SET sql_mode = ''");
  run("CREATE TABLE z (d DATE NOT NULL, t DATETIME(3) NOT NULL, partial DATE NOT NULL)");
  run("INSERT INTO z VALUES ('0000-00-00', '0000-00-00 00:00:00', '2020-00-10')");
  for (const char* const setting : {"", "ZERO_DATE=null;", "ZERO_DATE=error;", "ZERO_DATE=min;"}) {
    SCOPED_TRACE(setting);
    const auto asked = connect(setting);
    const bool min = std::string_view(setting).find("min") != std::string_view::npos;
    const bool error = std::string_view(setting).find("error") != std::string_view::npos;
    for (const bool prepared : {false, true}) {
      SCOPED_TRACE(prepared ? "binary rows" : "text rows");
      Statement s(*asked);
      for (const Zero& zero : kZeros) {
        run_either(s, std::string("SELECT ") + zero.expression + " FROM z", prepared);
        SQLLEN nullable = -1;
        s.check(::SQLColAttribute(s.handle(), 1, SQL_DESC_NULLABLE, nullptr, 0, nullptr, &nullable));
        EXPECT_EQ(nullable, min || error ? SQL_NO_NULLS : SQL_NULLABLE);
        Buffer b;
        s.check(::SQLBindCol(s.handle(), 1, zero.c_type, b.data.data(), static_cast<SQLLEN>(b.data.size()), &b.length));
        const Value v{"DATE", "", Kind::date, "", SQL_C_TYPE_DATE};
        const SQLRETURN code = ::SQLFetch(s.handle());
        const Answer wanted = min ? zero.as_min : error ? Answer{"22007", ""} : Answer{"", "NULL"};
        EXPECT_EQ(answer_of(v, code, s.handle(), zero.c_type, b), wanted) << zero.expression << " to " << zero.c_type;
        s.unbind_and_close();
      }
      run_either(s, "SELECT d, t, partial FROM z", prepared);
      EXPECT_EQ(s.rows(), "0000-00-00,0000-00-00 00:00:00.000,2020-00-10");  // text has room for them
    }
  }
}

}  // namespace
}  // namespace selkie::test
