// What cursors of each type can do: SQLGetInfo answers from this table, and CURSORS.md is printed from it.
// Spec: ODBC "Cursor Types"; SQLGetInfo SQL_STATIC_CURSOR_ATTRIBUTES1, 2 and their like
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <iterator>

namespace selkie::odbc {

struct CursorType {
  SQLULEN type;              // SQL_ATTR_CURSOR_TYPE
  SQLULEN becomes;           // the type that it is given: its own, or the nearest that there is
  SQLUINTEGER scroll;        // of SQL_SCROLL_OPTIONS
  SQLUINTEGER attributes_1;  // of SQL_..._CURSOR_ATTRIBUTES1
  SQLUINTEGER attributes_2;
  const char* shows;  // for people: whose changes of its rows it shows
};

namespace cursor {

// SELECT ... FOR UPDATE is the servers' own, for locking rows with any cursor. ODBC's statement of that name is refused on a
// read-only cursor, so it is not claimed.
inline constexpr SQLUINTEGER kChangesRows = SQL_CA1_NEXT | SQL_CA1_LOCK_NO_CHANGE | SQL_CA1_POS_POSITION | SQL_CA1_POS_UPDATE |
                                            SQL_CA1_POS_DELETE | SQL_CA1_POSITIONED_UPDATE | SQL_CA1_POSITIONED_DELETE |
                                            SQL_CA1_BULK_ADD;
inline constexpr SQLUINTEGER kScrolls = SQL_CA1_ABSOLUTE | SQL_CA1_RELATIVE | SQL_CA1_BOOKMARK | SQL_CA1_POS_REFRESH |
                                        SQL_CA1_BULK_UPDATE_BY_BOOKMARK | SQL_CA1_BULK_DELETE_BY_BOOKMARK |
                                        SQL_CA1_BULK_FETCH_BY_BOOKMARK;
inline constexpr SQLUINTEGER kChangesCarefully = SQL_CA2_READ_ONLY_CONCURRENCY | SQL_CA2_OPT_VALUES_CONCURRENCY |
                                                 SQL_CA2_SIMULATE_NON_UNIQUE | SQL_CA2_SIMULATE_TRY_UNIQUE |
                                                 SQL_CA2_SIMULATE_UNIQUE | SQL_CA2_MAX_ROWS_SELECT | SQL_CA2_MAX_ROWS_CATALOG;
// Deleted rows leave a hole, so no cursor is "sensitive to deletions"; rows added are not shown.
inline constexpr SQLUINTEGER kShowsUpdates = SQL_CA2_SENSITIVITY_UPDATES;

}  // namespace cursor

// clang-format off
inline constexpr CursorType kCursorTypes[] = {
    {SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_FORWARD_ONLY, SQL_SO_FORWARD_ONLY, cursor::kChangesRows, cursor::kChangesCarefully,
     "none: its rows come from the network as they are fetched"},
    {SQL_CURSOR_STATIC, SQL_CURSOR_STATIC, SQL_SO_STATIC, cursor::kChangesRows | cursor::kScrolls,
     cursor::kChangesCarefully | cursor::kShowsUpdates, "its own; others' after SQL_REFRESH, where it is not read-only"},
    {SQL_CURSOR_KEYSET_DRIVEN, SQL_CURSOR_KEYSET_DRIVEN, SQL_SO_KEYSET_DRIVEN, cursor::kChangesRows | cursor::kScrolls,
     cursor::kChangesCarefully | cursor::kShowsUpdates, "everybody's, at each fetch"},
    {SQL_CURSOR_DYNAMIC, SQL_CURSOR_KEYSET_DRIVEN, 0, 0, 0, ""},
};
// clang-format on

constexpr const CursorType* find_cursor_type(SQLULEN type) {
  const auto* const found = std::ranges::find(kCursorTypes, type, &CursorType::type);
  return found == std::end(kCursorTypes) ? nullptr : found;
}

}  // namespace selkie::odbc
