#include "protocol/statement_cache.h"

#include <utility>

namespace selkie::protocol {

std::optional<PreparedStatement> StatementCache::take(std::string_view sql) {
  const auto found = by_text_.find(sql);
  if (found == by_text_.end()) return std::nullopt;
  const auto entry = found->second;
  PreparedStatement statement = std::move(entry->statement);
  by_text_.erase(found);
  entries_.erase(entry);
  return statement;
}

std::optional<std::uint32_t> StatementCache::put(std::string sql, PreparedStatement statement) {
  if (capacity_ == 0 || by_text_.contains(sql)) return statement.id;
  entries_.push_front({std::move(sql), std::move(statement)});
  by_text_.emplace(entries_.front().sql, entries_.begin());
  if (entries_.size() <= capacity_) return std::nullopt;
  const std::uint32_t oldest = entries_.back().statement.id;
  by_text_.erase(entries_.back().sql);
  entries_.pop_back();
  return oldest;
}

std::vector<std::uint32_t> StatementCache::clear() {
  std::vector<std::uint32_t> ids;
  for (const Entry& entry : entries_) ids.push_back(entry.statement.id);
  by_text_.clear();
  entries_.clear();
  return ids;
}

}  // namespace selkie::protocol
