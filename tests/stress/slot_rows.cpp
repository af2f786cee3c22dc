// How a program's statement reads rows: one by one, values in pieces, or in blocks.
#include <algorithm>

#include "tests/stress/slot.h"

namespace selkie::test {

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

}  // namespace selkie::test
