// Exact numbers that are just too large or too fine for the type a parameter is bound with: integers beyond the signed range,
// fractions beyond the scale. One at a time and in arrays, prepared and in the text of the statement.
#include <array>
#include <cstring>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using Texts = std::vector<std::string>;
using States = std::vector<std::string>;

class ExactNumbers : public OnEveryServer {
 protected:
  // Runs `sql` with each of the texts as its parameter 1 and 1, 2, 3 ... as its parameter 2; answers the states of the errors.
  static States run_with(Connection& c, const std::string& sql, const Texts& texts, SQLSMALLINT sql_type, SQLSMALLINT scale,
                         bool as_array) {
    std::vector<std::array<char, 48>> values(texts.size());
    std::vector<SQLLEN> lengths;
    std::vector<SQLINTEGER> numbers;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::strncpy(values[i].data(), texts[i].c_str(), values[i].size() - 1);
      lengths.push_back(static_cast<SQLLEN>(texts[i].size()));
      numbers.push_back(static_cast<SQLINTEGER>(i + 1));
    }
    Statement s(c);
    s.prepare(sql);
    States states;
    const std::size_t rows = as_array ? texts.size() : 1;
    s.set(SQL_ATTR_PARAMSET_SIZE, rows);
    for (std::size_t first = 0; first < texts.size(); first += rows) {
      s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, sql_type, 20, scale, &values[first],
                                 sizeof values[0], &lengths[first]));
      s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, &numbers[first], 0, nullptr));
      static_cast<void>(::SQLExecute(s.handle()));
      for (const Diagnostic& record : s.records()) states.push_back(record.state);
    }
    return states;
  }
  template <class Each>
  void on_every_path(Each each) {
    for (const char* const settings : {"", "NO_SSPS=1;"}) {
      const std::unique_ptr<Connection> c = connect(settings);
      for (const bool as_array : {false, true}) {
        SCOPED_TRACE(std::string(settings) + (as_array ? "array" : "one at a time"));
        run("TRUNCATE TABLE t");
        each(*c, as_array);
      }
    }
  }
};
SELKIE_ON_EVERY_SERVER(ExactNumbers);

// Between signed ones: the server learns of each type when it comes.
TEST_P(ExactNumbers, TextBeyondTheSignedRangeIsAnUnsignedBigint) {
  run("CREATE TABLE t (v DECIMAL(20), id INT PRIMARY KEY)");
  const Texts texts{"1",    "-5", "18446744073709551615", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                    "1e19", "7"};
  const std::string expected =
      "1; -5; 18446744073709551615; 9223372036854775807; 9223372036854775808; -9223372036854775808; 10000000000000000000; 7";
  on_every_path([&](Connection& c, bool as_array) {
    EXPECT_EQ(run_with(c, "INSERT INTO t (v, id) VALUES (?, ?)", texts, SQL_BIGINT, 0, as_array), States{});
    EXPECT_EQ(rows("SELECT v FROM t ORDER BY id"), expected);
    run("UPDATE t SET v = 0");
    EXPECT_EQ(run_with(c, "UPDATE t SET v = ? WHERE id = ?", texts, SQL_BIGINT, 0, as_array), States{});
    EXPECT_EQ(rows("SELECT v FROM t ORDER BY id"), expected);
  });
}

TEST_P(ExactNumbers, TextBeyondEveryBigintIsRefused) {
  run("CREATE TABLE t (v DECIMAL(30), id INT PRIMARY KEY)");
  on_every_path([&](Connection& c, bool as_array) {
    const Texts texts{"1", "18446744073709551616", "-9223372036854775809", "2.5", "2"};
    EXPECT_EQ(run_with(c, "INSERT INTO t (v, id) VALUES (?, ?)", texts, SQL_BIGINT, 0, as_array),
              (States{"22001", "22001", "22001"}));
    EXPECT_EQ(rows("SELECT v FROM t ORDER BY id"), "1; 2");
  });
}

TEST_P(ExactNumbers, TextFinerThanItsScaleIsRefused) {
  run("CREATE TABLE t (v DECIMAL(20,1), id INT PRIMARY KEY)");
  on_every_path([&](Connection& c, bool as_array) {
    const Texts texts{"1.5", "1.25", "2.500", "251e-2", "-3"};
    EXPECT_EQ(run_with(c, "INSERT INTO t (v, id) VALUES (?, ?)", texts, SQL_DECIMAL, 1, as_array), (States{"22001", "22001"}));
    EXPECT_EQ(rows("SELECT v FROM t ORDER BY id"), "1.5; 2.5; -3.0");
  });
}

// Nothing is lost where it is only compared.
TEST_P(ExactNumbers, TextFinerThanItsScaleIsComparedAsItIs) {
  run("CREATE TABLE t (v DECIMAL(20,1), id INT PRIMARY KEY)");
  on_every_path([&](Connection& c, bool as_array) {
    run("INSERT INTO t VALUES (1.4, 1), (1.5, 2)");
    EXPECT_EQ(run_with(c, "DELETE FROM t WHERE v > ? AND id > ?", {"1.45"}, SQL_DECIMAL, 1, as_array), States{});
    EXPECT_EQ(rows("SELECT v FROM t"), "1.4");
    EXPECT_EQ(run_with(c, "SELECT v > ?, ? FROM t", {"1.35"}, SQL_DECIMAL, 1, as_array), States{});
  });
}

// A scale of 0 is what those bind who do not care, so the column's own counts; so it does for numbers.
TEST_P(ExactNumbers, TextWithoutAScaleIsRoundedByTheServer) {
  run("CREATE TABLE t (v DECIMAL(20,1), id INT PRIMARY KEY)");
  on_every_path([&](Connection& c, bool as_array) {
    EXPECT_EQ(run_with(c, "INSERT INTO t (v, id) VALUES (?, ?)", {"1.26", "2"}, SQL_NUMERIC, 0, as_array), States{});
    EXPECT_EQ(rows("SELECT v FROM t ORDER BY id"), "1.3; 2.0");
  });
}

}  // namespace
}  // namespace selkie::test
