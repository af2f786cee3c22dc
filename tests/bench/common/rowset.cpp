#include "rowset.h"

#include <charconv>
#include <cstring>

#include "text.h"

namespace selkie::bench {
namespace {

constexpr SQLSMALLINT c_type_of(const ColumnFacts& facts, Target target) {
  switch (target) {
    case Target::native: return facts.native_type;
    case Target::narrow: return SQL_C_CHAR;
    case Target::utf16: return SQL_C_WCHAR;
  }
  return 0;
}

constexpr std::size_t cell_bytes_of(const ColumnFacts& facts, Target target) {
  switch (target) {
    case Target::native: return facts.native_bytes;
    case Target::narrow: return facts.narrow_bytes;
    case Target::utf16: return facts.utf16_bytes;
  }
  return 0;
}

template <class T>
T read(const char* cell) {
  T value;
  std::memcpy(&value, cell, sizeof value);
  return value;
}

std::string utf8_of(const char* cell, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i + 2 <= bytes; i += 2) {
    std::uint32_t c = read<std::uint16_t>(cell + i);
    if (c >= 0xd800 && c < 0xdc00 && i + 4 <= bytes) {
      c = 0x10000 + ((c - 0xd800) << 10) + (read<std::uint16_t>(cell + (i += 2)) - 0xdc00u);
    }
    if (c < 0x80) {
      text += static_cast<char>(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned kLead[] = {0, 0xc0, 0xe0, 0xf0};
    text += static_cast<char>(kLead[more] | (c >> (6 * more)));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6) text += static_cast<char>(0x80 | ((c >> shift) & 0x3f));
  }
  return text;
}

// Spellings of one value that drivers may choose between become one: doubles are read and written again, trailing zeros of
// microseconds are added.
std::string one_spelling(Value value, std::string text) {
  if (value == Value::real) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? shortest(number) : text;
  }
  if (value == Value::timestamp) {
    if (text.size() == 19) text += '.';
    if (text.size() >= 20 && text.size() < 26) text.resize(26, '0');
  }
  return text;
}

std::string native_text(SQLSMALLINT c_type, const char* cell, std::size_t bytes) {
  switch (c_type) {
    case SQL_C_SLONG: return std::to_string(read<SQLINTEGER>(cell));
    case SQL_C_SBIGINT: return std::to_string(read<SQLBIGINT>(cell));
    case SQL_C_DOUBLE: return shortest(read<SQLDOUBLE>(cell));
    case SQL_C_TYPE_DATE: {
      const auto d = read<SQL_DATE_STRUCT>(cell);
      return print("%04d-%02u-%02u", d.year, d.month, d.day);
    }
    case SQL_C_TYPE_TIMESTAMP: {
      const auto t = read<SQL_TIMESTAMP_STRUCT>(cell);
      return print("%04d-%02u-%02u %02u:%02u:%02u.%06u", t.year, t.month, t.day, t.hour, t.minute, t.second, t.fraction / 1000);
    }
    default: return {cell, bytes};
  }
}

}  // namespace

Rowset::Rowset(const Table& table, Target target, std::size_t rows)
    : table_(table), target_(target), rows_(rows), expected_(table.columns.size()) {
  for (const ColumnFacts& facts : table.columns) {
    const std::size_t cell_bytes = cell_bytes_of(facts, target);
    columns_.push_back(
        {c_type_of(facts, target), cell_bytes, std::vector<char>(cell_bytes * rows, 1), std::vector<SQLLEN>(rows, 1)});
  }
}

std::string Rowset::text(std::size_t column, std::size_t row) {
  Column& from = columns_[column];
  const char* cell = from.cell(row);
  // A fixed-length type need not report a length; for text it may not exceed the cell.
  const SQLLEN length = from.lengths[row];
  const bool is_text = from.c_type == SQL_C_CHAR || from.c_type == SQL_C_WCHAR;
  if (is_text && (length < 0 || static_cast<std::size_t>(length) > from.cell_bytes)) {
    return "length " + std::to_string(length);
  }
  const auto bytes = static_cast<std::size_t>(length);
  return one_spelling(table_.columns[column].value,
                      target_ == Target::utf16 ? utf8_of(cell, bytes) : native_text(from.c_type, cell, bytes));
}

void Rowset::check(std::size_t rows, std::int64_t first_id, Verdict& verdict) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t id = first_id + static_cast<std::int64_t>(row);
    for (Expected& cell : expected_) cell = {};
    table_.expect(id, expected_);
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      const bool null = columns_[column].lengths[row] == SQL_NULL_DATA;
      const Expected& want = expected_[column];
      verdict.cell(id, table_.columns[column].name, null ? "NULL" : text(column, row), want.null ? "NULL" : want.text);
    }
  }
}

}  // namespace selkie::bench
