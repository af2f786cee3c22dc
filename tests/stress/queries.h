// What a program's statements ask, and what must come: each answer is a function of the query.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/odbc_client.h"

namespace selkie::test {

// The same numbers from the same seed, everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

inline constexpr int kNumbers = 1000;     // table number holds 0 .. kNumbers - 1
inline constexpr int kTextAtMost = 2000;  // characters of a row's text

// The text that belongs to a number; nullopt is NULL.
std::optional<std::string> text_of(int n);

// One result of an answer, as it must come.
struct Result {
  bool has_rows = true;
  int first = 0, count = 0;           // rows: these numbers and their texts
  bool fails = false;                 // behind the last row comes an error
  SQLLEN affected = 0;                // without rows
  std::optional<std::string> text{};  // every row has this one instead
};

struct Query {
  std::string sql;
  std::vector<Result> results;
};

// A query of the rows from .. to - 1; the bounds may be markers.
std::string rows_between(const std::string& from, const std::string& to);

Query any_query(Random& random, bool is_cancelled);

// What programs read and write, in the connection's current database.
void create_program_tables(Connection& connection);

}  // namespace selkie::test
