#include "tests/stress/program.h"

#include <algorithm>
#include <array>
#include <optional>

namespace selkie::test {
namespace {

constexpr int kNumbers = 1000;        // table number holds 0 .. kNumbers - 1
constexpr int kTextAtMost = 2000;     // characters of a row's text
constexpr SQLULEN kRowsetAtMost = 9;  // rows of a block
constexpr std::size_t kStepsShown = 40;

// The text that belongs to a number; nullopt is NULL. text_of() and kText say the same.
std::optional<std::string> text_of(int n) {
  if (n % 7 == 3) return std::nullopt;
  return std::string(static_cast<std::size_t>(n * 37 % kTextAtMost), static_cast<char>('a' + n % 26));
}
constexpr const char* kText = "IF(n MOD 7 = 3, NULL, REPEAT(CHAR(97 + n MOD 26 USING utf8mb4), n * 37 MOD 2000))";

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

std::string rows_between(const std::string& from, const std::string& to) {
  return "SELECT n, " + std::string(kText) + " FROM number WHERE n >= " + from + " AND n < " + to + " ORDER BY n";
}

// A row's error comes when the rows before it are on their way.
std::string rows_failing_at(int from, int to, int bad) {
  return "SELECT n, IF(n = " + std::to_string(bad) + ", (SELECT m.n FROM number m WHERE m.n >= number.n OR m.n = 0), " +
         std::string(kText) + ") FROM number WHERE n >= " + std::to_string(from) + " AND n < " + std::to_string(to) +
         " ORDER BY n";
}

}  // namespace

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

// One statement handle and what is known of it.
class Program::Slot {
 public:
  Slot(Program& program, int number) : program_(program), number_(number) { allocate(); }

  void step();
  void connection_was_reset() {
    if (phase_ != Phase::closed) end_results();
  }
  bool awaits_data() const { return phase_ == Phase::data; }
  void cancel();

 private:
  enum class Phase : std::uint8_t { closed, rows, counted, data };

  // What one of the steps needs, and does.
  struct Step {
    const char* name;
    int weight;
    bool (Slot::*possible)() const;
    void (Slot::*take)();
  };
  static const Step kSteps[];

  bool closed() const { return phase_ == Phase::closed; }
  bool prepared() const { return phase_ == Phase::closed && prepared_.has_value(); }
  bool executed() const { return phase_ == Phase::rows || phase_ == Phase::counted; }
  bool block_rows() const { return phase_ == Phase::rows && rowset_ > 1; }
  bool single_rows() const { return phase_ == Phase::rows && rowset_ == 1; }
  bool on_row() const { return single_rows() && row_ != nullptr; }
  bool in_data() const { return phase_ == Phase::data; }
  bool closed_or_not() const { return phase_ != Phase::data; }

  void allocate();
  void free();
  void choose_rowset();
  void choose_cursor();
  void execute_direct();
  void prepare();
  void describe();
  void execute();
  void parameter_data();
  void cancel_data();
  void catalog();
  void fetch_rows();
  void fetch_block();
  void read_piece();
  void next_result();
  void close();
  void close_cursor();
  void cancel_idle();

  Random& random() { return program_.random_; }
  SQLHSTMT handle() const { return statement_->handle(); }
  Result& result() { return results_[current_]; }
  const Result& result() const { return results_[current_]; }
  int rows_left() const { return result().count - taken_; }
  std::optional<std::string> expected_text(int n) { return result().text ? result().text : text_of(n); }

  Query any_query();
  void begin(std::vector<Result> results);
  void enter_result();
  void end_results();
  void check_row(int n, std::int32_t number, const char* text, SQLLEN length);

  // Makes the call. nullopt: it met a cancel that came since the execution began, and the statement is closed.
  template <class Call>
  std::optional<SQLRETURN> make(Call&& call);
  bool was_cancelled() const { return cancels_begun_ > ended_before_execution_; }
  // MariaDB 11.8 may answer an UPDATE that was stopped with OK and the rows that it had come to.
  bool may_have_stopped(std::optional<SQLRETURN> code) const { return was_cancelled() && code == SQL_NO_DATA; }
  // MariaDB sends the row whose subquery was stopped, too, with NULL in its place, and then says so.
  bool may_be_stopped_row(std::optional<SQLRETURN> code) const {
    return was_cancelled() && code == SQL_SUCCESS && result().fails && !failed_;
  }
  void expect_stop();
  void expect(bool as_it_should, const std::string& what);
  void expect_code(std::optional<SQLRETURN> code, SQLRETURN expected, const char* call);
  void expect_failure(std::optional<SQLRETURN> code, const char* call);

  Program& program_;
  const int number_;
  std::mutex handle_in_use_;  // by SQLCancel
  std::unique_ptr<Statement> statement_;
  std::atomic<std::size_t> cancels_begun_{0}, cancels_ended_{0};
  std::size_t ended_before_execution_ = 0;

  Phase phase_ = Phase::closed;
  std::string sql_;
  std::vector<Result> results_;
  std::size_t current_ = 0;
  int taken_ = 0;        // rows of the current result
  bool failed_ = false;  // it has ended with its error
  bool is_catalog_ = false;
  SQLULEN rowset_ = 1;

  // The row whose values are read in pieces.
  std::unique_ptr<int> row_;
  std::size_t read_ = 0;  // characters of its text
  bool number_read_ = false, text_read_ = false;

  struct Prepared {
    enum class Kind : std::uint8_t { range, update, call, data } kind;
    int marker_count;
  };
  std::optional<Prepared> prepared_;
  std::int32_t from_ = 0, to_ = 0, last_ = 0;
  SQLLEN data_length_ = 0;
  std::string data_;      // sent at execution
  std::size_t sent_ = 0;  // of it
  bool data_asked_ = false, data_begun_ = false;

  struct Block {
    std::array<std::int32_t, kRowsetAtMost> numbers;
    std::array<SQLLEN, kRowsetAtMost> number_lengths, text_lengths;
    std::array<std::array<char, kTextAtMost + 1>, kRowsetAtMost> texts;
    SQLULEN fetched;
    std::array<SQLUSMALLINT, kRowsetAtMost> status;
  } block_;
};

const Program::Slot::Step Program::Slot::kSteps[] = {
    {"execute directly", 6, &Slot::closed, &Slot::execute_direct},
    {"prepare", 3, &Slot::closed, &Slot::prepare},
    {"describe", 1, &Slot::prepared, &Slot::describe},
    {"execute", 8, &Slot::prepared, &Slot::execute},
    {"parameter data", 8, &Slot::in_data, &Slot::parameter_data},
    {"cancel data", 1, &Slot::in_data, &Slot::cancel_data},
    {"catalog", 1, &Slot::closed, &Slot::catalog},
    {"fetch rows", 6, &Slot::single_rows, &Slot::fetch_rows},
    {"fetch block", 8, &Slot::block_rows, &Slot::fetch_block},
    {"read piece", 12, &Slot::on_row, &Slot::read_piece},
    {"next result", 3, &Slot::executed, &Slot::next_result},
    {"close", 1, &Slot::closed_or_not, &Slot::close},
    {"close cursor", 1, &Slot::closed_or_not, &Slot::close_cursor},
    {"cancel", 1, &Slot::closed_or_not, &Slot::cancel_idle},
    {"free", 1, &Slot::closed_or_not, &Slot::free},
};

void Program::Slot::step() {
  int weights = 0;
  for (const Step& step : kSteps) weights += (this->*step.possible)() ? step.weight : 0;
  int chosen = random().below(weights);
  for (const Step& step : kSteps) {
    if (!(this->*step.possible)() || (chosen -= step.weight) >= 0) continue;
    program_.last_steps_.push_back("statement " + std::to_string(number_) + ": " + step.name);
    if (program_.last_steps_.size() > kStepsShown) program_.last_steps_.pop_front();
    (this->*step.take)();
    return;
  }
}

// --- Calls

template <class Call>
std::optional<SQLRETURN> Program::Slot::make(Call&& call) {
  if (phase_ == Phase::closed) ended_before_execution_ = cancels_ended_;
  const SQLRETURN code = call();
  if (code != SQL_ERROR || !program_.options_.is_cancelled) return code;
  const auto records = statement_->records();
  if (records.empty() || records[0].state != "HY008") return code;
  expect(was_cancelled(), "HY008 though nobody cancelled the execution");
  ++program_.figures_.cancelled;
  expect(::SQLFreeStmt(handle(), SQL_CLOSE) == SQL_SUCCESS, "closing what was cancelled");
  end_results();
  return std::nullopt;
}

void Program::Slot::expect(bool as_it_should, const std::string& what) {
  if (as_it_should) return;
  std::string story = "statement " + std::to_string(number_) + ": " + what + "\n  " + sql_;
  if (prepared_) story += " with " + std::to_string(from_) + ", " + std::to_string(to_) + ", " + std::to_string(last_);
  if (!results_.empty()) story += "\n  result " + std::to_string(current_) + ", " + std::to_string(taken_) + " rows taken";
  if (was_cancelled()) story += "\n  cancelled meanwhile";
  if (statement_) {
    for (const Diagnostic& record : statement_->records()) story += "\n  " + record.state + " " + record.message;
  }
  throw Mismatch(story);
}

void Program::Slot::expect_code(std::optional<SQLRETURN> code, SQLRETURN expected, const char* call) {
  expect(code == expected,
         std::string(call) + " returned " + std::to_string(*code) + " instead of " + std::to_string(expected));
}

void Program::Slot::expect_stop() {
  expect(!make([&] { return ::SQLFetch(handle()); }), "rows go on behind the one at which the query was stopped");
}

void Program::Slot::expect_failure(std::optional<SQLRETURN> code, const char* call) {
  constexpr SQLINTEGER kSubqueryHasRows = 1242;
  const auto records = statement_->records();
  expect(code == SQL_ERROR && !records.empty() && records[0].native == kSubqueryHasRows,
         std::string(call) + " returned " + std::to_string(*code) + " instead of the server's error");
}

void Program::Slot::allocate() { statement_ = std::make_unique<Statement>(program_.connection_); }

void Program::Slot::free() {
  const std::lock_guard no_cancel(handle_in_use_);
  statement_->free();
  allocate();
  prepared_.reset();
  end_results();
}

void Program::Slot::cancel() {
  const std::lock_guard lock(handle_in_use_);
  ++cancels_begun_;
  const SQLRETURN code = ::SQLCancel(handle());
  ++cancels_ended_;
  if (code != SQL_SUCCESS) throw Mismatch("SQLCancel returned " + std::to_string(code));
}

// --- Executing

Query Program::Slot::any_query() {
  const int from = random().below(kNumbers), count = random().one_in(8) ? random().below(kNumbers - from) : random().below(40);
  const int to = std::min(from + count, kNumbers), middle = from + random().below(to - from + 1);
  const auto number = [](int n) { return std::to_string(n); };
  const Result all{.first = from, .count = to - from}, head{.first = from, .count = middle - from},
      tail{.first = middle, .count = to - middle};
  switch (random().below(6)) {
    case 0:
      if (middle == to) break;
      return {rows_failing_at(from, to, middle), {{.first = from, .count = middle - from, .fails = true}}};
    case 1: return {"{call two_results(" + number(from) + ", " + number(middle) + ", " + number(to) + ")}", {head, tail}};
    case 2:
      // A KILL between its statements makes MariaDB 11.8 break the promise of more results, which costs the connection.
      if (program_.options_.is_cancelled) break;
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

void Program::Slot::choose_rowset() {
  rowset_ = random().one_in(3) ? 2 + static_cast<SQLULEN>(random().below(kRowsetAtMost - 1)) : 1;
  statement_->set(SQL_ATTR_ROW_ARRAY_SIZE, static_cast<std::uintptr_t>(rowset_));
  statement_->check(::SQLFreeStmt(handle(), SQL_UNBIND));
  if (rowset_ == 1) return;
  statement_->set(SQL_ATTR_ROWS_FETCHED_PTR, &block_.fetched);
  statement_->set(SQL_ATTR_ROW_STATUS_PTR, block_.status.data());
  statement_->check(::SQLBindCol(handle(), 1, SQL_C_SLONG, block_.numbers.data(), 0, block_.number_lengths.data()));
  statement_->check(::SQLBindCol(handle(), 2, SQL_C_CHAR, block_.texts.data(), kTextAtMost + 1, block_.text_lengths.data()));
}

void Program::Slot::begin(std::vector<Result> results) {
  ++program_.figures_.executions;
  results_ = std::move(results);
  current_ = 0;
  is_catalog_ = false;
  enter_result();
}

void Program::Slot::enter_result() {
  taken_ = 0;
  failed_ = false;
  row_.reset();
  phase_ = result().has_rows ? Phase::rows : Phase::counted;
  if (result().has_rows) return;
  SQLLEN affected = -2;
  expect_code(::SQLRowCount(handle(), &affected), SQL_SUCCESS, "SQLRowCount");
  const bool may_be_fewer = was_cancelled() && affected >= 0 && affected < result().affected;
  expect(affected == result().affected || may_be_fewer,
         "row count " + std::to_string(affected) + " instead of " + std::to_string(result().affected));
}

void Program::Slot::end_results() {
  phase_ = Phase::closed;
  results_.clear();
  row_.reset();
}

void Program::Slot::choose_cursor() {
  if (prepared_) return;  // it has been chosen
  const bool scrolls = random().one_in(4);
  statement_->set(SQL_ATTR_CURSOR_TYPE, std::uintptr_t{scrolls ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY});
}

void Program::Slot::execute_direct() {
  choose_rowset();
  choose_cursor();
  const Query query = any_query();
  prepared_.reset();
  sql_ = query.sql;
  const auto code = make([&] { return ::SQLExecDirect(handle(), sql_text(sql_), SQL_NTS); });
  if (!code) return;
  // An error in the first row may come before the first row is sent.
  const bool fails_at_once = query.results[0].fails && query.results[0].count == 0 && code == SQL_ERROR;
  if (fails_at_once) return expect_failure(code, "SQLExecDirect");
  const bool changes_nothing = !query.results[0].has_rows && (query.results[0].affected == 0 || may_have_stopped(code));
  expect_code(code, changes_nothing ? SQL_NO_DATA : SQL_SUCCESS, "SQLExecDirect");
  begin(query.results);
}

void Program::Slot::prepare() {
  using Kind = Prepared::Kind;
  statement_->check(::SQLFreeStmt(handle(), SQL_RESET_PARAMS));
  choose_cursor();
  const auto kind = static_cast<Kind>(random().below(program_.options_.is_cancelled ? 3 : 4));
  switch (kind) {
    case Kind::range: sql_ = rows_between("?", "?"); break;
    case Kind::data: sql_ = "SELECT n, ? FROM number WHERE n >= ? AND n < ? ORDER BY n"; break;
    case Kind::update: sql_ = "UPDATE sink SET v = v + ? WHERE n < ?"; break;
    case Kind::call: sql_ = "{call two_results(?, ?, ?)}"; break;
  }
  expect_code(::SQLPrepare(handle(), sql_text(sql_), SQL_NTS), SQL_SUCCESS, "SQLPrepare");
  SQLUSMALLINT number = 0;
  if (kind == Kind::data) {
    data_length_ = SQL_DATA_AT_EXEC;
    statement_->check(::SQLBindParameter(handle(), ++number, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_LONGVARCHAR, 100000, 0, this, 0,
                                         &data_length_));
  }
  statement_->bind(++number, from_);
  statement_->bind(++number, to_);
  if (kind == Kind::call) statement_->bind(++number, last_);
  prepared_ = Prepared{kind, number};
}

void Program::Slot::describe() {
  SQLSMALLINT columns = -1, markers = -1;
  const auto code = make([&] { return ::SQLNumResultCols(handle(), &columns); });
  if (!code) return;
  expect_code(code, SQL_SUCCESS, "SQLNumResultCols");
  const bool returns_rows = prepared_->kind == Prepared::Kind::range || prepared_->kind == Prepared::Kind::data;
  if (prepared_->kind != Prepared::Kind::call) {
    expect(columns == (returns_rows ? 2 : 0), std::to_string(columns) + " columns");
  }
  expect_code(::SQLNumParams(handle(), &markers), SQL_SUCCESS, "SQLNumParams");
  expect(markers == prepared_->marker_count, std::to_string(markers) + " markers");
}

void Program::Slot::execute() {
  using Kind = Prepared::Kind;
  choose_rowset();
  from_ = random().below(kNumbers);
  to_ = std::min(from_ + (random().one_in(8) ? random().below(kNumbers) : random().below(40)), kNumbers);
  last_ = std::min(to_ + random().below(30), kNumbers);
  if (prepared_->kind == Kind::update) from_ = 1, to_ = random().below(50);
  const auto code = make([&] { return ::SQLExecute(handle()); });
  if (!code) return;
  const Result range{.first = from_, .count = to_ - from_};
  switch (prepared_->kind) {
    case Kind::data:
      expect_code(code, SQL_NEED_DATA, "SQLExecute");
      phase_ = Phase::data;
      data_asked_ = data_begun_ = false;
      data_ = std::string(static_cast<std::size_t>(random().below(kTextAtMost)), static_cast<char>('A' + random().below(26)));
      sent_ = 0;
      return;
    case Kind::update:
      expect_code(code, to_ == 0 || may_have_stopped(code) ? SQL_NO_DATA : SQL_SUCCESS, "SQLExecute");
      return begin({{.has_rows = false, .affected = to_}});
    case Kind::call: expect_code(code, SQL_SUCCESS, "SQLExecute"); return begin({range, {.first = to_, .count = last_ - to_}});
    case Kind::range: expect_code(code, SQL_SUCCESS, "SQLExecute"); return begin({range});
  }
}

void Program::Slot::parameter_data() {
  if (!data_asked_) {
    SQLPOINTER token = nullptr;
    expect_code(::SQLParamData(handle(), &token), SQL_NEED_DATA, "SQLParamData");
    expect(token == this, "SQLParamData asks for another parameter");
    data_asked_ = true;
    return;
  }
  if (!data_begun_ || sent_ < data_.size()) {
    const std::size_t size = std::min(data_.size() - sent_, static_cast<std::size_t>(1 + random().below(1000)));
    expect_code(::SQLPutData(handle(), data_.data() + sent_, static_cast<SQLLEN>(size)), SQL_SUCCESS, "SQLPutData");
    sent_ += size;
    data_begun_ = true;
    return;
  }
  SQLPOINTER token = nullptr;
  expect_code(::SQLParamData(handle(), &token), SQL_SUCCESS, "SQLParamData");
  begin({{.first = from_, .count = to_ - from_, .text = data_}});
}

void Program::Slot::cancel_data() {
  expect_code(::SQLCancel(handle()), SQL_SUCCESS, "SQLCancel");
  phase_ = Phase::closed;
}

void Program::Slot::catalog() {
  choose_rowset();
  prepared_.reset();
  sql_ = "SQLColumns";
  const auto code =
      make([&] { return ::SQLColumns(handle(), nullptr, 0, nullptr, 0, sql_text("number"), SQL_NTS, nullptr, 0); });
  if (!code) return;
  expect_code(code, SQL_SUCCESS, "SQLColumns");
  statement_->check(::SQLFreeStmt(handle(), SQL_UNBIND));
  begin({{.count = 1}});
  is_catalog_ = true;
}

// --- Rows

void Program::Slot::fetch_rows() {
  for (int rows = 1 + random().below(random().one_in(4) ? 100 : 4); rows > 0 && phase_ == Phase::rows; --rows) {
    row_.reset();
    const auto code = make([&] { return ::SQLFetch(handle()); });
    if (!code) return;
    if (rows_left() > 0) {
      expect_code(code, SQL_SUCCESS, "SQLFetch");
      row_ = std::make_unique<int>(result().first + taken_++);
      read_ = 0;
      number_read_ = text_read_ = false;
      ++program_.figures_.rows;
      if (is_catalog_) {
        expect(statement_->text(3) == "number", "a table of another name");
        row_.reset();
      }
    } else if (may_be_stopped_row(code)) {
      expect(statement_->text(2) == std::nullopt, "a value of a subquery that was stopped");
      return expect_stop();
    } else if (result().fails && !failed_) {
      expect_failure(code, "SQLFetch");
      failed_ = true;
      return;
    } else {
      return expect_code(code, SQL_NO_DATA, "SQLFetch");
    }
  }
}

void Program::Slot::check_row(int n, std::int32_t number, const char* text, SQLLEN length) {
  expect(number == n, "row " + std::to_string(number) + " instead of " + std::to_string(n));
  const auto expected = expected_text(n);
  const bool same = expected ? length == static_cast<SQLLEN>(expected->size()) && *expected == text : length == SQL_NULL_DATA;
  expect(same, "another text in row " + std::to_string(n));
}

void Program::Slot::fetch_block() {
  const auto code = make([&] { return ::SQLFetch(handle()); });
  if (!code) return;
  if (is_catalog_) {
    expect_code(code, taken_ == 0 ? SQL_SUCCESS : SQL_NO_DATA, "SQLFetch");
    taken_ = 1;
    return;
  }
  const auto left = static_cast<SQLULEN>(rows_left());
  const bool has_stopped_row = may_be_stopped_row(code) && block_.fetched == left + 1;
  if (left == 0 && !has_stopped_row) {
    if (!result().fails || failed_) return expect_code(code, SQL_NO_DATA, "SQLFetch");
    expect_failure(code, "SQLFetch");
    failed_ = true;
    return;
  }
  expect_code(code, SQL_SUCCESS, "SQLFetch");
  const SQLULEN expected = std::min(rowset_, left);
  expect(block_.fetched == expected + (has_stopped_row ? 1 : 0),
         std::to_string(block_.fetched) + " rows instead of " + std::to_string(expected));
  for (SQLULEN i = 0; i < expected; ++i) {
    expect(block_.status[i] == SQL_ROW_SUCCESS, "a row's status is " + std::to_string(block_.status[i]));
    check_row(result().first + taken_++, block_.numbers[i], block_.texts[i].data(), block_.text_lengths[i]);
    ++program_.figures_.rows;
  }
  if (!has_stopped_row) return;
  expect(block_.text_lengths[expected] == SQL_NULL_DATA, "a value of a subquery that was stopped");
  expect_stop();
}

void Program::Slot::read_piece() {
  if (!number_read_ && random().one_in(3)) {
    expect(statement_->number(1) == *row_, "another number in row " + std::to_string(*row_));
    number_read_ = true;
    read_ = 0;  // another column was read meanwhile: the text begins anew
    text_read_ = false;
    return;
  }
  std::array<char, 700> piece{};
  const auto capacity = static_cast<SQLLEN>(1 + random().below(static_cast<int>(piece.size())));
  SQLLEN length = 0;
  const SQLRETURN code = ::SQLGetData(handle(), 2, SQL_C_CHAR, piece.data(), capacity, &length);
  const auto expected = expected_text(*row_);
  if (text_read_) return expect_code(code, SQL_NO_DATA, "SQLGetData");
  if (!expected) {
    expect_code(code, SQL_SUCCESS, "SQLGetData");
    expect(length == SQL_NULL_DATA, "no NULL in row " + std::to_string(*row_));
    text_read_ = true;
    return;
  }
  const std::size_t left = expected->size() - read_, fits = static_cast<std::size_t>(capacity) - 1;
  expect_code(code, left <= fits ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO, "SQLGetData");
  expect(length == static_cast<SQLLEN>(left), "length " + std::to_string(length) + " instead of " + std::to_string(left));
  const std::string got(piece.data(), std::min(left, fits));
  expect(expected->compare(read_, got.size(), got) == 0, "another piece of row " + std::to_string(*row_));
  read_ += got.size();
  text_read_ = left <= fits;
}

// An error in the rows that nobody has read is told here.
void Program::Slot::next_result() {
  const bool meets_error = result().fails && !failed_;
  row_.reset();
  const auto code = make([&] { return ::SQLMoreResults(handle()); });
  if (!code) return;
  if (meets_error) {
    expect_failure(code, "SQLMoreResults");
    failed_ = true;
    return close();
  }
  if (current_ + 1 == results_.size()) {
    expect_code(code, SQL_NO_DATA, "SQLMoreResults");
    return end_results();
  }
  expect_code(code, SQL_SUCCESS, "SQLMoreResults");
  ++current_;
  enter_result();
}

// --- Ending

void Program::Slot::close() {
  expect_code(::SQLFreeStmt(handle(), SQL_CLOSE), SQL_SUCCESS, "SQLFreeStmt");
  end_results();
}

void Program::Slot::close_cursor() {
  const bool is_open = phase_ == Phase::rows;
  const SQLRETURN code = ::SQLCloseCursor(handle());
  if (!is_open) {
    expect(code == SQL_ERROR && statement_->records().at(0).state == "24000", "SQLCloseCursor without a cursor");
    if (phase_ == Phase::counted) close();
    return;
  }
  expect_code(code, SQL_SUCCESS, "SQLCloseCursor");
  end_results();
}

// Of a statement for which nothing runs: it has no effect but that the statement may be executed again at once.
void Program::Slot::cancel_idle() {
  expect_code(::SQLCancel(handle()), SQL_SUCCESS, "SQLCancel");
  if (random().one_in(2)) return;
  end_results();
  prepared_ ? execute() : execute_direct();
}

// --- The program

Program::Figures& Program::Figures::operator+=(const Figures& other) {
  steps += other.steps, rows += other.rows, executions += other.executions;
  cancels += other.cancels, cancelled += other.cancelled;
  return *this;
}

Program::Program(Connection& connection, std::uint64_t seed, ProgramOptions options)
    : connection_(connection), random_(seed), options_(options) {
  for (int i = 0; i < options.statements; ++i) slots_.push_back(std::make_unique<Slot>(*this, i));
}

Program::~Program() = default;

Program::Figures Program::figures() const {
  Figures figures = figures_;
  figures.cancels = cancels_;
  return figures;
}

void Program::cancel_something(Random& random) {
  slots_[static_cast<std::size_t>(random.below(options_.statements))]->cancel();
  ++cancels_;
}

void Program::run(std::size_t steps) {
  constexpr int kConnectionSteps = 200;  // one of so many concerns the whole connection
  try {
    for (std::size_t i = 0; i < steps; ++i, ++figures_.steps) {
      if (!options_.owns_connection || !random_.one_in(kConnectionSteps)) {
        slots_[static_cast<std::size_t>(random_.below(options_.statements))]->step();
        continue;
      }
      // Both are refused while a statement awaits data.
      if (std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->awaits_data(); })) continue;
      const bool reset = random_.one_in(2);
      last_steps_.push_back(reset ? "reset the connection" : "commit");
      if (reset) {
        connection_.set(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES);
        for (const auto& slot : slots_) slot->connection_was_reset();
      } else {
        connection_.commit();
        if (connection_.is_dead()) throw Mismatch("the connection is dead");
      }
    }
  } catch (const std::exception& why) {
    std::string story = std::string(why.what()) + "\nat step " + std::to_string(figures_.steps) + ". The last steps:";
    for (const std::string& step : last_steps_) story += "\n  " + step;
    throw Mismatch(story);
  }
}

}  // namespace selkie::test
