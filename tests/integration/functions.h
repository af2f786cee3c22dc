// What every exported function is tried on, and with: functions_test.cpp tries them all, functions_*.cpp say what each has to
// do.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tests/integration/server.h"

namespace selkie::test {

// --- The functions by their character type

template <class Ch>
struct Api;
template <>
struct Api<SQLCHAR> {
#define TEXT(name, id) static constexpr auto* name = ::name;
#define PLAIN(name, id)
#include "driver/entries.def"
#undef TEXT
};
template <>
struct Api<SQLWCHAR> {
#define TEXT(name, id) static constexpr auto* name = ::name##W;
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
};

template <class Ch>
constexpr bool kIsWide = !std::is_same_v<Ch, SQLCHAR>;

// Text of the character type, as an argument. It lives to the end of the call.
template <class Ch>
struct In {
  explicit In(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto byte = static_cast<unsigned char>(utf8[i]);
      if (!kIsWide<Ch> || byte < 0x80) {
        units.push_back(byte);
      } else {  // two bytes are all that these tests use
        units.push_back(static_cast<Ch>((byte & 0x1fu) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3fu)));
      }
    }
    units.push_back(0);
  }
  Ch* data() { return units.data(); }
  SQLSMALLINT size() const { return static_cast<SQLSMALLINT>(units.size() - 1); }
  SQLINTEGER size_bytes() const { return size() * SQLINTEGER{sizeof(Ch)}; }

  std::vector<Ch> units;
};

// A buffer for text of the character type.
template <class Ch>
struct Out {
  static constexpr SQLSMALLINT kCapacity = 2000;
  static constexpr SQLSMALLINT kCapacityBytes = kCapacity * sizeof(Ch);
  std::array<Ch, kCapacity> units{};

  Ch* data() { return units.data(); }
  std::string utf8() const {
    std::string text;
    for (std::size_t i = 0; units[i] != 0; ++i) {
      const unsigned unit = units[i];
      if (!kIsWide<Ch> || unit < 0x80) {
        text += static_cast<char>(unit);
      } else {
        text += static_cast<char>(0xc0 | unit >> 6);
        text += static_cast<char>(0x80 | (unit & 0x3f));
      }
    }
    return text;
  }
};

// What a function is tried on: a connection, and a statement of it that is new for each of them.
struct Ground {
  const RealServer& server;
  const std::string& database;
  Connection& c;
  Statement s;

  void ok(SQLRETURN code) { EXPECT_EQ(s.check(code), SQL_SUCCESS); }
  void connection_ok(SQLRETURN code) { EXPECT_EQ(check(code, SQL_HANDLE_DBC, c.handle()), SQL_SUCCESS); }
  // A catalog function's first row has this value in this column.
  void first_row(SQLRETURN code, SQLUSMALLINT column, const char* expected) {
    ok(code);
    ASSERT_TRUE(s.fetch());
    EXPECT_EQ(s.text(column), expected);
  }
  SQLHDESC descriptor(SQLINTEGER which) {
    SQLHDESC handle = nullptr;
    ok(::SQLGetStmtAttr(s.handle(), which, &handle, SQL_IS_POINTER, nullptr));
    return handle;
  }
  // Runs the text as the function under test would: narrow text on a Unicode application's connection is the driver
  // manager's to turn, and it takes each byte for a character.
  template <class Ch>
  void run(std::string_view sql) {
    In<Ch> text(sql);
    ok(Api<Ch>::SQLExecDirect(s.handle(), text.data(), SQL_NTS));
  }
  std::string rows(std::string_view sql) { return Statement(c).run(sql).rows(); }

  // A cursor on the rows of `parent` that can be changed, before the first of them; its columns are bound to `row`.
  struct Row {
    std::array<SQLCHAR, 8> bookmark{};
    SQLLEN bookmark_length = 0;
    std::int32_t id = 0;
    std::array<SQLCHAR, 40> name{};
    SQLLEN name_length = SQL_NTS;
  };
  void open(Row& row) {
    s.set(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC);
    s.set(SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES);
    s.set(SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE);
    s.run("SELECT id, name FROM parent ORDER BY id");
    ok(::SQLBindCol(s.handle(), 0, SQL_C_VARBOOKMARK, row.bookmark.data(), row.bookmark.size(), &row.bookmark_length));
    ok(::SQLBindCol(s.handle(), 1, SQL_C_SLONG, &row.id, 0, nullptr));
    ok(::SQLBindCol(s.handle(), 2, SQL_C_CHAR, row.name.data(), row.name.size(), &row.name_length));
  }
};

using Try = void (*)(Ground&);
struct Function {
  const char* name;
  Try narrow, wide = nullptr;
};
template <class Body>
Function text(const char* name, Body) {
  return {name, [](Ground& g) { Body{}.template operator()<SQLCHAR>(g); },
          [](Ground& g) { Body{}.template operator()<SQLWCHAR>(g); }};
}

inline std::string ini_lines(const Ground& g) {
  return "SERVER=" + g.server.setting("host") + "\nPORT=" + g.server.setting("port") + "\nDATABASE=" + g.database + "\n";
}
inline SQLPOINTER pointer(SQLLEN number) { return reinterpret_cast<SQLPOINTER>(number); }

// The functions by what they are for; together all of driver/entries.def.
std::span<const Function> connecting_functions();
std::span<const Function> statement_functions();
std::span<const Function> result_functions();
std::span<const Function> descriptor_functions();
std::span<const Function> catalog_functions();

}  // namespace selkie::test
