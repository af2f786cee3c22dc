#include "tests/stress/queries.h"

#include <algorithm>

namespace selkie::test {
namespace {

// As text_of() says it.
constexpr const char* kText = "IF(n MOD 7 = 3, NULL, REPEAT(CHAR(97 + n MOD 26 USING utf8mb4), n * 37 MOD 2000))";

// A row's error comes when the rows before it are on their way.
std::string rows_failing_at(int from, int to, int bad) {
  return "SELECT n, IF(n = " + std::to_string(bad) + ", (SELECT m.n FROM number m WHERE m.n >= number.n OR m.n = 0), " +
         std::string(kText) + ") FROM number WHERE n >= " + std::to_string(from) + " AND n < " + std::to_string(to) +
         " ORDER BY n";
}

}  // namespace

std::optional<std::string> text_of(int n) {
  if (n % 7 == 3) return std::nullopt;
  return std::string(static_cast<std::size_t>(n * 37 % kTextAtMost), static_cast<char>('a' + n % 26));
}

std::string rows_between(const std::string& from, const std::string& to) {
  return "SELECT n, " + std::string(kText) + " FROM number WHERE n >= " + from + " AND n < " + to + " ORDER BY n";
}

Query any_query(Random& random, bool is_cancelled) {
  const int from = random.below(kNumbers), count = random.one_in(8) ? random.below(kNumbers - from) : random.below(40);
  const int to = std::min(from + count, kNumbers), middle = from + random.below(to - from + 1);
  const auto number = [](int n) { return std::to_string(n); };
  const Result all{.first = from, .count = to - from}, head{.first = from, .count = middle - from},
      tail{.first = middle, .count = to - middle};
  switch (random.below(6)) {
    case 0:
      if (middle == to) break;
      return {rows_failing_at(from, to, middle), {{.first = from, .count = middle - from, .fails = true}}};
    case 1: return {"{call two_results(" + number(from) + ", " + number(middle) + ", " + number(to) + ")}", {head, tail}};
    case 2:
      // A KILL between its statements makes MariaDB 11.8 break the promise of more results, which costs the connection.
      if (is_cancelled) break;
      return {rows_between(number(from), number(middle)) + "; UPDATE sink SET v = v + 1 WHERE n < " + number(from % 50) + "; " +
                  rows_between(number(middle), number(to)),
              {head, {.has_rows = false, .affected = from % 50}, tail}};
    case 3:
      return {"UPDATE sink SET v = " + number(from) + " WHERE n < " + number(count % 50),
              {{.has_rows = false, .affected = count % 50}}};
    default: break;
  }
  return {rows_between(number(from), number(to)), {all}};
}

void create_program_tables(Connection& connection) {
  Statement statement(connection);
  statement.run("CREATE TABLE number (n INT PRIMARY KEY)");
  std::string values = "INSERT INTO number VALUES (0)";
  for (int n = 1; n < kNumbers; ++n) values += ",(" + std::to_string(n) + ")";
  statement.run(values);
  statement.run("CREATE TABLE sink (n INT PRIMARY KEY, v INT)");
  statement.run("INSERT INTO sink SELECT n, 0 FROM number WHERE n < 50");
  statement.run("CREATE PROCEDURE two_results(a INT, b INT, c INT) BEGIN " + rows_between("a", "b") + "; DO 1; " +
                rows_between("b", "c") + "; END");
}

}  // namespace selkie::test
