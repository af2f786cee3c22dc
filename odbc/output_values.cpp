#include "odbc/output_values.h"

#include <algorithm>
#include <string>
#include <utility>

#include "odbc/statement.h"
#include "odbc/text.h"
#include "odbc/type_numbers.h"

namespace selkie::odbc {
namespace {

constexpr SQLSMALLINT kApdType = -100;  // SQL_APD_TYPE, which unixODBC's headers lack

OutOptions options_of(const DescriptorRecord& application, Statement& statement) {
  return {.zero_date = statement.zero_date(),
          .numeric_precision = application.precision,
          .numeric_scale = application.scale,
          .interval_precision = application.datetime_interval_precision,
          .seconds_precision = application.precision,
          .charset = statement.connection().charset()};
}

}  // namespace

bool is_input(SQLSMALLINT direction) { return direction != SQL_PARAM_OUTPUT && direction != SQL_PARAM_OUTPUT_STREAM; }
bool is_output(SQLSMALLINT direction) { return direction != SQL_PARAM_INPUT; }
bool is_output_stream(SQLSMALLINT direction) {
  return direction == SQL_PARAM_OUTPUT_STREAM || direction == SQL_PARAM_INPUT_OUTPUT_STREAM;
}

void OutputValues::take(protocol::Bytes row, const protocol::ColumnSet& columns, protocol::Encoding encoding,
                        const std::vector<SQLSMALLINT>& numbers, std::size_t set) {
  forget();
  encoding_ = encoding;
  set_ = set;
  const auto is_streamed = [&](SQLSMALLINT number) { return is_output_stream(statement_.ipd().record(number).parameter_type); };
  const bool has_streams = std::ranges::any_of(numbers, is_streamed);
  if (has_streams) {
    row_.assign(row.begin(), row.end());
    row = row_;
  }
  std::vector<protocol::Cell> cells(columns.size());
  const bool well_formed =
      encoding == protocol::Encoding::text ? protocol::slice_text(row, cells) : protocol::slice_binary(row, columns, cells);
  if (!well_formed || cells.size() < numbers.size()) {
    statement_.connection().session().close();
    throw Fail(SqlState::link_failure,
               "The server sent OUT values that do not fit their description; the connection was closed.");
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const SQLSMALLINT number = numbers[i], sql_type = statement_.ipd().record(number).concise_type;
    values_.push_back({number, sql_type, is_streamed(number), statement_.apd().record(number).data_ptr, cells[i], columns[i]});
    // MySQL describes an OUT value of text as bytes: what it is, the application said. They are in the parameter's own
    // character set, and only one of UTF-8 can be read without knowing it.
    protocol::Column& column = values_.back().column;
    if (!is_character_type(sql_type) || column.charset != protocol::kBinaryCharset) continue;
    column.charset = protocol::kUtf8mb4;
    values_.back().is_broken = !cells[i].is_null() && !is_valid_utf8(protocol::as_text(cells[i].bytes()));
  }
  if (!has_streams) finish();
}

std::optional<SQLPOINTER> OutputValues::next() {
  progress_ = {};
  if (std::exchange(named_ahead_, false)) return values_[*named_].token;
  for (std::size_t i = named_ ? *named_ + 1 : 0; i < values_.size(); ++i) {
    if (!values_[i].is_stream) continue;
    named_ = i;
    return values_[i].token;
  }
  return std::nullopt;
}

std::optional<SQLPOINTER> OutputValues::name_first() {
  const auto token = next();
  named_ahead_ = token.has_value();
  return token;
}

[[gnu::noinline]] SQLRETURN OutputValues::get_data(SQLUSMALLINT number, SQLSMALLINT c_type, const Slot& slot) {
  const Value& value = values_[*named_];
  if (number != value.number) {
    throw Fail(SqlState::invalid_descriptor_index,
               "SQLParamData has named parameter " + std::to_string(value.number) + "; read that one.");
  }
  if (slot.capacity_bytes < 0) throw Fail(SqlState::invalid_length);
  named_ahead_ = false;
  OutOptions options{.zero_date = statement_.zero_date(), .charset = statement_.connection().charset()};
  if (c_type == kApdType) {
    const DescriptorRecord& application = statement_.apd().record(value.number);
    options = options_of(application, statement_);
    c_type = application.concise_type;
  }
  if (c_type == SQL_C_DEFAULT) c_type = default_c_type(value.sql_type, false);
  if (!is_c_type(c_type)) throw Fail(SqlState::invalid_c_type);
  if (std::exchange(get_type_, c_type) != c_type) progress_ = {};
  const OutPlan plan = plan_output(value.column, encoding_, c_type, options);
  if (plan.convert == nullptr) {
    throw Fail(SqlState::restricted_type,
               "Parameter " + std::to_string(number) + " cannot be converted to the C type asked for.");
  }
  const Outcome outcome =
      value.is_broken && c_type != SQL_C_BINARY ? Outcome::not_convertible : get_piece(plan, value.cell, slot, progress_);
  if (outcome == Outcome::no_data) return SQL_NO_DATA;
  if (outcome == Outcome::ok) return SQL_SUCCESS;
  statement_.diagnostics.conversion(outcome, SQL_NO_ROW_NUMBER, value.number);
  return is_error(outcome) ? SQL_ERROR : SQL_SUCCESS_WITH_INFO;
}

void OutputValues::finish() {
  const std::vector<Value> values = std::exchange(values_, {});
  for (const Value& value : values) {
    if (!value.is_stream) deliver(value);
  }
  forget();
}

void OutputValues::forget() {
  values_.clear();
  row_.clear();
  named_.reset();
  named_ahead_ = false;
}

void OutputValues::deliver(const Value& value) {
  Descriptor& apd = statement_.apd();
  const DescriptorRecord* const application = apd.find(value.number);
  if (application == nullptr || !application->is_bound()) return;  // nobody wants it
  const SQLSMALLINT c_type =
      application->concise_type == SQL_C_DEFAULT ? default_c_type(value.sql_type, false) : application->concise_type;
  const OutPlan plan = plan_output(value.column, encoding_, c_type, options_of(*application, statement_));
  if (plan.convert == nullptr) throw Fail(SqlState::restricted_type);
  const RowSteps steps = apd.row_steps(*application, c_type);
  const SQLLEN row = static_cast<SQLLEN>(set_), data_at = apd.bind_offset() + row * steps.data,
               length_at = apd.bind_offset() + row * steps.length;
  const Slot slot{at(application->data_ptr, data_at), application->octet_length, at(application->octet_length_ptr, length_at),
                  at(application->indicator_ptr, length_at)};
  if (value.is_broken && c_type != SQL_C_BINARY) {
    throw Fail(
        SqlState::bad_cast,
        "The server sent parameter " + std::to_string(value.number) +
            " in another character set than UTF-8. Declare it CHARACTER SET utf8mb4 in the procedure, or bind SQL_C_BINARY.");
  }
  const Outcome outcome = value.cell.is_null() ? write_null(slot) : plan.convert(plan, value.cell, slot, nullptr);
  if (is_error(outcome)) {
    const SqlState state = state_of(outcome);
    throw Fail(state, std::string(default_message(state)) + " in parameter " + std::to_string(value.number) + ".");
  }
  if (outcome != Outcome::ok) statement_.diagnostics.conversion(outcome, SQL_NO_ROW_NUMBER, value.number);
}

}  // namespace selkie::odbc
