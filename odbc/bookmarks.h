// Bookmarks: the number of a row in its result, as the value of column 0. They stay good while the cursor is open, whatever
// becomes of the row and of transactions.
// Spec: ODBC "Bookmarks (ODBC)", SQL_ATTR_USE_BOOKMARKS
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <cstring>

#include "protocol/column.h"

namespace selkie::odbc {

inline constexpr std::size_t kBookmarkBytes = sizeof(std::uint64_t);

// Column 0 of a statement with this value of SQL_ATTR_USE_BOOKMARKS, not SQL_UB_OFF. Its values are binary: variable-length
// ones are bytes (SQL_C_VARBOOKMARK), fixed-length ones a number (SQL_C_BOOKMARK).
inline const protocol::Column& bookmark_column(SQLULEN use_bookmarks) {
  constexpr auto made = [](protocol::WireType type, std::uint32_t length, std::uint16_t flags) {
    protocol::Column column;
    column.charset = protocol::kBinaryCharset;
    column.length = length;
    column.type = type;
    column.flags = flags;
    return column;
  };
  using namespace protocol::column_flag;
  static constexpr protocol::Column kVariable = made(protocol::WireType::string, kBookmarkBytes, kNotNull);
  static constexpr protocol::Column kFixed = made(protocol::WireType::longlong, 20, kNotNull | kUnsigned);
  return use_bookmarks == SQL_UB_VARIABLE ? kVariable : kFixed;
}

// Row `row` of the result, from 0, and back. 0 is no bookmark: both kinds count from 1 and look the same in memory.
inline constexpr std::uint64_t kMaxBookmark = std::uint64_t{1} << 62;
inline std::uint64_t bookmark_of(std::uint64_t row) { return row + 1; }
inline std::uint64_t read_bookmark(const void* bookmark) {
  std::uint64_t value = 0;
  std::memcpy(&value, bookmark, sizeof value);
  return value;
}
inline void clear_bookmark_at(void* bookmark) { std::memset(bookmark, 0, kBookmarkBytes); }

}  // namespace selkie::odbc
