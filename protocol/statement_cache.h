// Prepared statements that nobody uses right now, by their SQL text: whoever prepares the same text again gets one without a
// round trip. Owns no connection; the caller closes what falls out.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/session.h"

namespace selkie::protocol {

class StatementCache {
 public:
  // capacity 0: keeps none.
  explicit StatementCache(std::size_t capacity = 0) : capacity_(capacity) {}

  // The statement prepared from exactly this text, now the caller's; nullopt when there is none.
  std::optional<PreparedStatement> take(std::string_view sql);

  // Keeps a statement that is no longer used. Answers the id that must be closed instead, if one fell out: the least recently
  // used one, or this one when a statement of the same text is kept already.
  std::optional<std::uint32_t> put(std::string sql, PreparedStatement statement);

  // Forgets all; the ids that must be closed.
  std::vector<std::uint32_t> clear();

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string sql;
    PreparedStatement statement;
  };
  std::size_t capacity_;
  std::list<Entry> entries_;                                                  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;  // views into entries_
};

}  // namespace selkie::protocol
