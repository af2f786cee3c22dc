// Arrays of parameters in every combination: what each set holds, how it is bound, which sets are left out, what is told of
// them. Each combination is run and compared with what a model of the specification says. Spec: ODBC "Using Arrays of
// Parameters", "Sending Long Data"
#include <array>
#include <cstring>

#include "tests/integration/server.h"

namespace selkie::test {
namespace {

enum class Kind : std::uint8_t {
  value,
  null,
  unsaid,
  broken,
  too_long,
  past_buffer,
  in_pieces,
  in_pieces_of_known_length,
  null_in_pieces
};
constexpr Kind kKinds[] = {Kind::value,         Kind::null,        Kind::unsaid,    Kind::broken,
                           Kind::too_long,      Kind::past_buffer, Kind::in_pieces, Kind::in_pieces_of_known_length,
                           Kind::null_in_pieces};
void PrintTo(Kind kind, std::ostream* out) {
  constexpr const char* kNames[] = {
      "value",         "null", "unsaid", "broken", "too long", "past the buffer", "in pieces", "in pieces of known length",
      "null in pieces"};
  *out << kNames[static_cast<std::size_t>(kind)];
}
constexpr std::size_t kMostSets = 3, kValueBytes = 40, kColumnChars = 20;

bool is_at_execution(Kind kind) { return kind >= Kind::in_pieces; }
bool fails(Kind kind) { return kind == Kind::broken || kind == Kind::too_long || kind == Kind::past_buffer; }

struct Combination {
  std::vector<Kind> kinds;
  bool row_wise, has_offset, is_told;  // is_told: there are a status array and a count of processed sets
  std::size_t ignored;                 // a bit a set; without bits there is no operation array
  bool is_ignored(std::size_t set) const { return (ignored >> set & 1) != 0; }
};

std::string text_of(Kind kind, std::size_t set) {
  switch (kind) {
    case Kind::broken: return "\xff";
    case Kind::too_long: return std::string(kColumnChars + 1, 'x');
    case Kind::unsaid: return "unsaid";
    default: return "set " + std::to_string(set + 1);
  }
}

// The application's memory, in either layout: a value, its length, the set's number.
class Memory {
 public:
  explicit Memory(const Combination& c) : row_wise_(c.row_wise), offset_(c.has_offset ? 24 : 0) {
    for (std::size_t set = 0; set < c.kinds.size(); ++set) {
      const std::string text = text_of(c.kinds[set], set);
      std::memcpy(value(set), text.data(), text.size());
      store(length(set), length_of(c.kinds[set], text));
      store(number(set), static_cast<SQLINTEGER>(set + 1));
    }
  }
  void bind(const Statement& s) {
    const auto at_bind = [&](std::uint8_t* place) { return place - offset_; };
    s.check(::SQLSetStmtAttr(s.handle(), SQL_ATTR_PARAM_BIND_TYPE,
                             reinterpret_cast<SQLPOINTER>(row_wise_ ? kRowBytes : std::size_t{SQL_PARAM_BIND_BY_COLUMN}), 0));
    s.check(::SQLSetStmtAttr(s.handle(), SQL_ATTR_PARAM_BIND_OFFSET_PTR, offset_ != 0 ? &offset_ : nullptr, 0));
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, kColumnChars, 0, at_bind(value(0)),
                               kValueBytes, reinterpret_cast<SQLLEN*>(at_bind(length(0)))));
    s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, at_bind(number(0)), 0, nullptr));
  }
  std::uint8_t* value(std::size_t set) { return place(0, set, kValueBytes); }

 private:
  static constexpr std::size_t kLengthAt = kValueBytes, kNumberAt = kLengthAt + sizeof(SQLLEN), kRowBytes = 56;
  static SQLLEN length_of(Kind kind, const std::string& text) {
    switch (kind) {
      case Kind::null: return SQL_NULL_DATA;
      case Kind::unsaid: return SQL_DEFAULT_PARAM;
      case Kind::past_buffer: return kValueBytes + 1;
      case Kind::in_pieces:
      case Kind::null_in_pieces: return SQL_DATA_AT_EXEC;
      case Kind::in_pieces_of_known_length: return SQL_LEN_DATA_AT_EXEC(static_cast<SQLLEN>(text.size()));
      default: return static_cast<SQLLEN>(text.size());
    }
  }
  template <class T>
  static void store(std::uint8_t* place, T value) {
    std::memcpy(place, &value, sizeof value);
  }
  std::uint8_t* length(std::size_t set) { return place(kLengthAt, set, sizeof(SQLLEN)); }
  std::uint8_t* number(std::size_t set) { return place(kNumberAt, set, sizeof(SQLINTEGER)); }
  // Column-wise the arrays lie one behind another.
  std::uint8_t* place(std::size_t member, std::size_t set, std::size_t size) {
    return memory_.data() + 32 + (row_wise_ ? member + set * kRowBytes : member * kMostSets + set * size);
  }

  alignas(8) std::array<std::uint8_t, 32 + kMostSets * kRowBytes> memory_{};
  bool row_wise_;
  SQLULEN offset_;
};

// What became of a combination; of the model and of the driver.
struct Result {
  SQLRETURN code = SQL_SUCCESS;
  std::vector<SQLUSMALLINT> statuses;
  SQLULEN processed = 0;
  std::vector<SQLLEN> failed_rows;   // of the records
  std::vector<std::size_t> awaited;  // sets, in the order of their tokens
  SQLLEN row_count = 0;
  std::string stored;
  bool operator==(const Result&) const = default;
};

void PrintTo(const Result& result, std::ostream* out) {
  *out << "code " << result.code << " statuses " << ::testing::PrintToString(result.statuses) << " processed "
       << result.processed << " failed " << ::testing::PrintToString(result.failed_rows) << " awaited "
       << ::testing::PrintToString(result.awaited) << " count " << result.row_count << " stored " << result.stored;
}

Result model(const Combination& c) {
  Result result;
  const bool is_array = c.kinds.size() > 1;
  std::size_t succeeded = 0;
  for (std::size_t set = 0; set < c.kinds.size(); ++set) {
    const Kind kind = c.kinds[set];
    SQLUSMALLINT status = SQL_PARAM_UNUSED;
    if (!c.is_ignored(set)) {
      if (is_at_execution(kind)) result.awaited.push_back(set);
      status = fails(kind) ? SQL_PARAM_ERROR : SQL_PARAM_SUCCESS;
      if (fails(kind)) {
        const bool names_no_row = !is_array && kind == Kind::too_long;  // the server knows of none
        result.failed_rows.push_back(names_no_row ? SQL_NO_ROW_NUMBER : static_cast<SQLLEN>(set + 1));
      } else {
        ++succeeded;
        const bool is_null = kind == Kind::null || kind == Kind::null_in_pieces;
        result.stored +=
            (result.stored.empty() ? "" : "; ") + std::to_string(set + 1) + "," + (is_null ? "NULL" : text_of(kind, set));
      }
    }
    result.statuses.push_back(c.is_told ? status : SQLUSMALLINT{0xffff});
  }
  result.processed = c.is_told ? c.kinds.size() : 0xffff;
  result.row_count = static_cast<SQLLEN>(succeeded);
  if (!result.failed_rows.empty()) result.code = succeeded == 0 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
  return result;
}

class ParameterSets : public OnEveryServer {
 protected:
  static std::array<SQLUSMALLINT, kMostSets> operations_of(const Combination& combination) {
    std::array<SQLUSMALLINT, kMostSets> operations{};
    for (std::size_t set = 0; set < combination.kinds.size(); ++set) {
      operations[set] = combination.is_ignored(set) ? SQL_PARAM_IGNORE : SQL_PARAM_PROCEED;
    }
    return operations;
  }
  static void bind(Statement& s, Memory& memory, const Combination& combination, Result& result) {
    memory.bind(s);
    s.set(SQL_ATTR_PARAMSET_SIZE, combination.kinds.size());
    s.set(SQL_ATTR_PARAM_STATUS_PTR, combination.is_told ? result.statuses.data() : nullptr);
    s.set(SQL_ATTR_PARAMS_PROCESSED_PTR, combination.is_told ? &result.processed : nullptr);
  }
  // Gives what is asked for, as long as something is.
  static SQLRETURN give_data(const Statement& s, Memory& memory, const Combination& combination, Result& result) {
    for (;;) {
      SQLPOINTER token = nullptr;
      const SQLRETURN code = ::SQLParamData(s.handle(), &token);
      if (code != SQL_NEED_DATA) return code;
      const std::size_t sets = combination.kinds.size();
      std::size_t set = 0;
      while (set < sets && token != memory.value(set)) ++set;
      result.awaited.push_back(set);
      if (set == sets) return SQL_ERROR;
      put(s, combination.kinds[set], set);
    }
  }
  static void note_failed_rows(const Statement& s, Result& result) {
    for (SQLSMALLINT number = 1; number <= static_cast<SQLSMALLINT>(s.records().size()); ++number) {
      SQLLEN row = 0;
      s.check(::SQLGetDiagField(SQL_HANDLE_STMT, s.handle(), number, SQL_DIAG_ROW_NUMBER, &row, 0, nullptr));
      result.failed_rows.push_back(row);
    }
  }

  static Result run_combination(Connection& c, Statement& s, const Combination& combination) {
    Result result;
    result.statuses.assign(combination.kinds.size(), 0xffff);
    result.processed = 0xffff;
    Memory memory(combination);
    bind(s, memory, combination, result);
    std::array<SQLUSMALLINT, kMostSets> operations = operations_of(combination);
    s.set(SQL_ATTR_PARAM_OPERATION_PTR, combination.ignored != 0 ? operations.data() : nullptr);
    result.code = ::SQLExecute(s.handle());
    if (result.code == SQL_NEED_DATA) result.code = give_data(s, memory, combination, result);
    note_failed_rows(s, result);
    if (result.code != SQL_ERROR) result.row_count = std::max<SQLLEN>(s.row_count(), 0);
    result.stored = Statement(c).run("SELECT id, v FROM t WHERE NOT v <=> 'before' ORDER BY id").rows();
    return result;
  }
  static void put(const Statement& s, Kind kind, std::size_t set) {
    if (kind == Kind::null_in_pieces) {
      s.check(::SQLPutData(s.handle(), nullptr, SQL_NULL_DATA));
      return;
    }
    const std::string text = text_of(kind, set);
    s.check(::SQLPutData(s.handle(), sql_text(text), 2));
    s.check(::SQLPutData(s.handle(), sql_text(text) + 2, static_cast<SQLLEN>(text.size()) - 2));
  }
};
SELKIE_ON_EVERY_SERVER(ParameterSets);

// All kinds for each of three sets, both layouts, with and without an offset; which sets are ignored, and whether anything is
// told of them, goes round meanwhile.
TEST_P(ParameterSets, EveryCombinationDoesWhatTheModelSays) {
  run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20) DEFAULT 'unsaid') ENGINE=InnoDB");
  constexpr std::size_t kCount = std::size(kKinds);
  std::size_t turn = 0;
  for (const char* const settings : {"", "NO_SSPS=1;"}) {
    const std::unique_ptr<Connection> c = connect(settings);
    for (const char* const sql : {"INSERT INTO t (v, id) VALUES (?, ?)", "UPDATE t SET v = ? WHERE id = ?"}) {
      const bool is_update = *sql == 'U';
      Statement s(*c);
      s.prepare(sql);
      for (std::size_t which = 0; which < kCount * kCount * kCount + kCount; ++which) {
        const bool is_lone = which >= kCount * kCount * kCount;
        const std::vector<Kind> kinds =
            is_lone ? std::vector{kKinds[which % kCount]}
                    : std::vector{kKinds[which % kCount], kKinds[which / kCount % kCount], kKinds[which / kCount / kCount]};
        for (const bool row_wise : {false, true}) {
          ++turn;
          const bool has_offset = turn / 2 % 2 != 0;
          const std::size_t ignored = is_lone || turn % 5 < 3 ? 0 : turn / 5 % 8;
          const Combination combination{kinds, row_wise, has_offset, turn % 3 != 0, ignored};
          const bool in_transaction = turn % 7 < 3;
          c->set(SQL_ATTR_AUTOCOMMIT, in_transaction ? SQL_AUTOCOMMIT_OFF : SQL_AUTOCOMMIT_ON);
          run("DELETE FROM t");
          if (is_update) run("INSERT INTO t VALUES (1, 'before'), (2, 'before'), (3, 'before')");
          EXPECT_EQ(run_combination(*c, s, combination), model(combination))
              << settings << sql << (row_wise ? " row-wise" : " column-wise") << (has_offset ? " with an offset" : "")
              << " ignored " << ignored << " kinds " << ::testing::PrintToString(kinds);
          if (HasFailure()) return;
          if (in_transaction) c->commit();
        }
      }
    }
  }
}

// Each set of a query has a result of its own, in order; data that the next one asks for is asked for by SQLMoreResults.
TEST_P(ParameterSets, QueriesGiveTheResultsOfTheSetsThatRan) {
  constexpr Kind kAsked[] = {Kind::value, Kind::null, Kind::broken, Kind::past_buffer, Kind::in_pieces};
  constexpr std::size_t kCount = std::size(kAsked);
  for (const char* const settings : {"", "NO_SSPS=1;"}) {
    const std::unique_ptr<Connection> c = connect(settings);
    Statement s(*c);
    s.prepare("SELECT ? AS v, ? AS id");
    for (std::size_t which = 0; which < kCount * kCount * kCount; ++which) {
      for (const bool row_wise : {false, true}) {
        const Combination combination{
            {kAsked[which % kCount], kAsked[which / kCount % kCount], kAsked[which / kCount / kCount]},
            row_wise,
            which % 2 != 0,
            true,
            which % 3 != 0 ? 0 : which / 3 % 8};
        Result expected = model(combination), result;
        result.statuses.assign(kMostSets, 0xffff);
        Memory memory(combination);
        bind(s, memory, combination, result);
        std::array<SQLUSMALLINT, kMostSets> operations = operations_of(combination);
        s.set(SQL_ATTR_PARAM_OPERATION_PTR, operations.data());
        SQLRETURN code = ::SQLExecute(s.handle());
        while (code != SQL_NO_DATA) {
          note_failed_rows(s, result);
          if (code == SQL_ERROR) break;
          if (code == SQL_NEED_DATA) {
            code = give_data(s, memory, combination, result);
            continue;
          }
          while (s.columns() != 0 && s.fetch()) {
            result.stored += (result.stored.empty() ? "" : "; ") + s.text(2).value() + "," + s.text(1).value_or("NULL");
          }
          code = ::SQLMoreResults(s.handle());
        }
        static_cast<void>(::SQLFreeStmt(s.handle(), SQL_CLOSE));
        expected.code = result.code = SQL_SUCCESS;  // each call has its own
        expected.row_count = result.row_count = 0;
        EXPECT_EQ(result, expected) << settings << (row_wise ? "row-wise" : "column-wise") << " ignored " << combination.ignored
                                    << " kinds " << ::testing::PrintToString(combination.kinds);
        if (HasFailure()) return;
      }
    }
  }
}

// Wherever the wait is, SQLCancel ends the execution: what ran before stays, and the statement is prepared as before.
TEST_P(ParameterSets, CancellingTheWaitForDataLeavesAPreparedStatement) {
  run("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20) DEFAULT 'unsaid') ENGINE=InnoDB");
  enum Stage { executed, named, in_pieces, kStages };
  for (const char* const settings : {"", "NO_SSPS=1;"}) {
    const std::unique_ptr<Connection> c = connect(settings);
    Statement s(*c);
    s.prepare("INSERT INTO t (v, id) VALUES (?, ?)");
    for (std::size_t waiting = 0; waiting < kMostSets; ++waiting) {
      for (int stage = executed; stage < kStages; ++stage) {
        SCOPED_TRACE(std::string(settings) + "set " + std::to_string(waiting) + ", stage " + std::to_string(stage));
        run("DELETE FROM t");
        Combination combination{.kinds = std::vector(kMostSets, Kind::value),
                                .row_wise = stage % 2 != 0,
                                .has_offset = waiting % 2 != 0,
                                .is_told = true,
                                .ignored = 0};
        const Result whole = model(combination);
        combination.kinds[waiting] = Kind::in_pieces;
        {
          Memory memory(combination);
          memory.bind(s);
          s.set(SQL_ATTR_PARAMSET_SIZE, kMostSets);
          std::array<SQLUSMALLINT, kMostSets> status{};
          s.set(SQL_ATTR_PARAM_STATUS_PTR, status.data());
          s.set(SQL_ATTR_PARAMS_PROCESSED_PTR, nullptr);
          s.set(SQL_ATTR_PARAM_OPERATION_PTR, nullptr);
          EXPECT_EQ(::SQLExecute(s.handle()), SQL_NEED_DATA);
          SQLPOINTER token = nullptr;
          if (stage >= named) {
            EXPECT_EQ(::SQLParamData(s.handle(), &token), SQL_NEED_DATA);
          }
          if (stage >= in_pieces) s.check(::SQLPutData(s.handle(), sql_text("half"), 4));
          s.check(::SQLCancel(s.handle()));
          expect_failure("HY010", 0, [&] { s.check(::SQLParamData(s.handle(), &token)); });
          for (std::size_t set = 0; set < kMostSets; ++set) {
            EXPECT_EQ(status[set], set < waiting ? SQL_PARAM_SUCCESS : SQL_PARAM_UNUSED);
          }
        }
        EXPECT_EQ(rows("SELECT COUNT(*), MAX(id) FROM t"),
                  std::to_string(waiting) + "," + (waiting == 0 ? "NULL" : std::to_string(waiting)));
        run("DELETE FROM t");
        combination.kinds[waiting] = Kind::value;
        EXPECT_EQ(run_combination(*c, s, combination), whole);
      }
    }
  }
}

}  // namespace
}  // namespace selkie::test
