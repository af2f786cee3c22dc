#include "tests/stress/slot.h"

#include <algorithm>

namespace selkie::test {
namespace {

constexpr std::size_t kStepsShown = 40;

}  // namespace

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
  const Query query = any_query(random(), program_.options_.is_cancelled);
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

}  // namespace selkie::test
