// A table and a cursor with bound columns, for tests that change rows through cursors.
#pragma once

#include <array>
#include <cstring>
#include <string>

#include "tests/integration/server.h"

namespace selkie::test {

inline constexpr std::size_t kRows = 4;  // of the rowset

// A cursor with bound columns, the bookmark among them.
struct Rowset {
  explicit Rowset(Connection& connection, SQLULEN cursor_type = SQL_CURSOR_STATIC, bool prepared = false, SQLULEN size = kRows)
      : s(connection), is_prepared(prepared) {
    s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
    s.set(SQL_ATTR_CURSOR_TYPE, cursor_type);
    s.set(SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE);
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, size);
    s.set(SQL_ATTR_ROW_STATUS_PTR, status.data());
    s.set(SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
  }
  void open(std::string_view sql) {
    if (is_prepared) {
      s.prepare(sql).execute();
    } else {
      s.run(sql);
    }
    s.check(::SQLBindCol(s.handle(), 0, SQL_C_VARBOOKMARK, bookmark.data(), sizeof bookmark[0], bookmark_length.data()));
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, id.data(), 0, id_length.data()));
    s.check(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, name.data(), sizeof name[0], name_length.data()));
  }
  SQLRETURN scroll(SQLSMALLINT orientation, SQLLEN offset = 0) {
    return s.check(::SQLFetchScroll(s.handle(), orientation, offset));
  }
  SQLRETURN set_pos(SQLSETPOSIROW row, SQLUSMALLINT operation) {
    return s.check(::SQLSetPos(s.handle(), row, operation, SQL_LOCK_NO_CHANGE));
  }
  SQLRETURN bulk(SQLSMALLINT operation) { return s.check(::SQLBulkOperations(s.handle(), operation)); }
  void put(std::size_t row, std::int32_t new_id, const char* new_name) {
    id[row] = new_id;
    id_length[row] = 0;
    std::strcpy(name[row].data(), new_name);
    name_length[row] = SQL_NTS;
  }
  void ignore(std::size_t row) { id_length[row] = name_length[row] = SQL_COLUMN_IGNORE; }
  // "1,one; 2,two" of the rows that the last fetch delivered.
  std::string shown() {
    std::string all;
    for (std::size_t row = 0; row < fetched; ++row) {
      if (row != 0) all += "; ";
      if (status[row] == SQL_ROW_DELETED) {
        all += "deleted";
        continue;
      }
      all += std::to_string(id[row]) + "," + (name_length[row] == SQL_NULL_DATA ? "NULL" : name[row].data());
    }
    return all;
  }

  Statement s;
  bool is_prepared;
  std::array<std::array<SQLCHAR, 8>, kRows> bookmark{};
  std::array<SQLLEN, kRows> bookmark_length{};
  std::array<std::int32_t, kRows> id{};
  std::array<SQLLEN, kRows> id_length{};
  std::array<std::array<char, 32>, kRows> name{};
  std::array<SQLLEN, kRows> name_length{};
  std::array<SQLUSMALLINT, kRows> status{};
  SQLULEN fetched = 0;
};

// t has the rows 1 to 5.
class OnTableT : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), note TEXT, at TIMESTAMP(3) NULL)");
    run("INSERT INTO t (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five')");
  }
  std::string table() { return rows("SELECT id, name FROM t ORDER BY id"); }
};
inline constexpr const char* kSelect = "SELECT id, name FROM t ORDER BY id";

struct Way {
  SQLULEN cursor_type;
  bool prepared;
};
inline constexpr Way kWays[] = {{SQL_CURSOR_STATIC, false},        {SQL_CURSOR_STATIC, true},
                                {SQL_CURSOR_FORWARD_ONLY, false},  {SQL_CURSOR_FORWARD_ONLY, true},
                                {SQL_CURSOR_KEYSET_DRIVEN, false}, {SQL_CURSOR_KEYSET_DRIVEN, true}};

}  // namespace selkie::test
