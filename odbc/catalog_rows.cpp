#include "odbc/catalog_rows.h"

#include <algorithm>

namespace selkie::odbc {
namespace {

constexpr std::size_t kMostTypes = 4096;  // kept from call to call

}  // namespace

std::size_t CatalogRows::split(std::span<const protocol::Bytes> rows, std::span<protocol::Cell> cells) {
  const std::size_t columns = layout_.result_columns();
  if (cells.size() < rows.size() * columns) return 0;
  if (described_.size() >= kMostTypes) described_.clear();
  std::size_t count = 0;
  while (count < rows.size() && split_row(rows[count], &cells[count * columns])) ++count;
  return count;
}

bool CatalogRows::split_row(protocol::Bytes row, protocol::Cell* cells) {
  if (!protocol::slice_text(row, query_cells_)) return false;
  const protocol::Cell* from = query_cells_.data();
  const protocol::Cell &facts = from[layout_.facts], &behind = from[layout_.facts + kTypeFacts];
  if (facts.is_null() || behind.is_null()) return false;
  const Described& type =
      described({reinterpret_cast<const char*>(facts.data), static_cast<std::size_t>(behind.data - facts.data)});
  auto put = [to = cells](const protocol::Cell* first, std::size_t count) mutable { to = std::copy_n(first, count, to); };
  put(from, layout_.facts);
  put(type.cells, layout_.first);
  from += layout_.facts + kTypeFacts;
  put(from, layout_.between);
  put(type.cells + kFirst, layout_.second);
  put(from + layout_.between, layout_.behind);
  return true;
}

const CatalogRows::Described& CatalogRows::described(std::string_view key) {
  if (const auto found = described_.find(key); found != described_.end()) return found->second;
  Described& added = described_[std::string(key)];
  describe(added);
  return added;
}

void CatalogRows::describe(Described& to) const {
  const auto number = [](std::optional<std::int64_t> value) {
    return value ? std::optional(std::to_string(*value)) : std::nullopt;
  };
  const std::span<const protocol::Cell, kTypeFacts> facts(&query_cells_[layout_.facts], kTypeFacts);
  const TypeColumns type = type_columns(read_type_facts(facts), rules_);
  std::optional<std::string>* text = to.texts;
  *text++ = number(type.data_type);
  *text++ = type.type_name;
  *text++ = number(type.column_size);
  *text++ = number(type.buffer_length);
  *text++ = number(type.decimal_digits);
  *text++ = number(type.num_prec_radix);
  *text++ = number(type.sql_data_type);
  *text++ = number(type.datetime_sub);
  *text++ = number(type.char_octet_length);
  std::ranges::transform(to.texts, to.cells, [](const std::optional<std::string>& value) {
    return value ? protocol::Cell{reinterpret_cast<const std::uint8_t*>(value->data()), value->size()} : protocol::Cell{};
  });
}

}  // namespace selkie::odbc
