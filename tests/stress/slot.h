// One statement of a random program.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/stress/program.h"
#include "tests/stress/queries.h"

namespace selkie::test {

inline constexpr SQLULEN kRowsetAtMost = 9;  // rows of a block

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

}  // namespace selkie::test
