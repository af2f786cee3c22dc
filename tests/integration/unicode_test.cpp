// Text of the W functions beyond ASCII and beyond 16 bits: names, data, errors, and buffers that are too short for it. Counted
// in characters or in bytes, as each function's specification says; a surrogate pair is never cut but by a piece of SQLGetData.
#include <array>

#include "tests/integration/c_values.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

constexpr std::u16string_view kTable = u"t\u00e4b\u0142e\u65e5", kColumn = u"sp\u00e4lt\u65e5", kSmile = u"\U0001f600";

class Unicode : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    const std::u16string text = wide(connection_string());
    check(::SQLDriverConnectW(wide_.handle(), nullptr, sql_text(text), static_cast<SQLSMALLINT>(text.size()), nullptr, 0,
                              nullptr, SQL_DRIVER_NOPROMPT),
          SQL_HANDLE_DBC, wide_.handle());
  }
  static void execute(const Statement& s, std::u16string_view sql) {
    s.check(::SQLExecDirectW(s.handle(), sql_text(sql), static_cast<SQLINTEGER>(sql.size())));
  }
  Connection wide_;
};
SELKIE_ON_EVERY_SERVER(Unicode);

struct Written {
  std::array<SQLWCHAR, 512> units;
  Written() { units.fill(0x5a5a); }
  std::u16string_view text() const { return reinterpret_cast<const char16_t*>(units.data()); }
  bool is_untouched_from(std::size_t unit) const { return units[unit] == 0x5a5a; }
};

TEST_P(Unicode, NamesFillBuffersOfAnySizeInCharactersOrInBytes) {
  const std::u16string table(kTable), column(kColumn);
  execute(Statement(wide_), u"CREATE TABLE `" + table + u"` (`" + column + u"` INT)");
  Statement s(wide_);
  execute(s, u"SELECT `" + column + u"` FROM `" + table + u"`");
  const auto size = static_cast<SQLSMALLINT>(column.size());
  for (SQLSMALLINT capacity = 1; capacity <= size + 2; ++capacity) {
    Written described, attribute;
    SQLSMALLINT chars = 0, bytes = 0;
    const auto fits = std::min<std::size_t>(column.size(), static_cast<std::size_t>(capacity) - 1);
    const SQLRETURN expected = fits == column.size() ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO;
    EXPECT_EQ(::SQLDescribeColW(s.handle(), 1, described.units.data(), capacity, &chars, nullptr, nullptr, nullptr, nullptr),
              expected);
    EXPECT_EQ(chars, size);
    EXPECT_EQ(described.text(), kColumn.substr(0, fits));
    EXPECT_TRUE(described.is_untouched_from(fits + 1));
    EXPECT_EQ(::SQLColAttributeW(s.handle(), 1, SQL_DESC_NAME, attribute.units.data(), static_cast<SQLSMALLINT>(capacity * 2),
                                 &bytes, nullptr),
              expected);
    EXPECT_EQ(bytes, size * 2);
    EXPECT_EQ(attribute.text(), kColumn.substr(0, fits));
    EXPECT_TRUE(attribute.is_untouched_from(fits + 1));
  }
  s.close();
  const std::u16string pattern = u"t\u00e4b%\u65e5";
  s.check(::SQLColumnsW(s.handle(), nullptr, 0, nullptr, 0, sql_text(pattern), static_cast<SQLSMALLINT>(pattern.size()),
                        nullptr, 0));
  ASSERT_TRUE(s.fetch());
  Written found;
  SQLLEN length = 0;
  s.check(::SQLGetData(s.handle(), 4, SQL_C_WCHAR, found.units.data(), sizeof found.units, &length));
  EXPECT_EQ(found.text(), kColumn);
  EXPECT_FALSE(s.fetch());
}

TEST_P(Unicode, MessagesQuoteTheStatementAndAreCountedInTheirUnits) {
  Statement s(wide_);
  const std::u16string sql = u"SELECT * FROM `" + std::u16string(kTable) + u"`";
  EXPECT_EQ(::SQLExecDirectW(s.handle(), sql_text(sql), static_cast<SQLINTEGER>(sql.size())), SQL_ERROR);
  Written state, message, field;
  SQLSMALLINT chars = 0, bytes = 0;
  SQLINTEGER native = 0;
  EXPECT_EQ(::SQLGetDiagRecW(SQL_HANDLE_STMT, s.handle(), 1, state.units.data(), &native, message.units.data(), 512, &chars),
            SQL_SUCCESS);
  EXPECT_EQ(state.text(), u"42S02");
  EXPECT_NE(message.text().find(kTable), std::u16string_view::npos);
  EXPECT_EQ(static_cast<std::size_t>(chars), message.text().size());
  EXPECT_EQ(
      ::SQLGetDiagFieldW(SQL_HANDLE_STMT, s.handle(), 1, SQL_DIAG_MESSAGE_TEXT, field.units.data(), sizeof field.units, &bytes),
      SQL_SUCCESS);
  EXPECT_EQ(field.text(), message.text());
  EXPECT_EQ(bytes, chars * 2);
}

TEST_P(Unicode, CursorNamesAndNativeSqlHoldPairsWhole) {
  Statement s(wide_);
  const std::u16string name = u"c\u00fc" + std::u16string(kSmile),
                       sql = u"SELECT {fn UCASE('" + std::u16string(kSmile) + u"')}";
  s.check(::SQLSetCursorNameW(s.handle(), sql_text(name), static_cast<SQLSMALLINT>(name.size())));
  for (const SQLSMALLINT capacity : {SQLSMALLINT{4}, SQLSMALLINT{5}}) {
    Written got;
    SQLSMALLINT chars = 0;
    const bool is_cut = capacity == 4;
    EXPECT_EQ(::SQLGetCursorNameW(s.handle(), got.units.data(), capacity, &chars),
              is_cut ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS);
    EXPECT_EQ(chars, 4);
    EXPECT_EQ(got.text(), is_cut ? name.substr(0, 2) : name);  // half a pair is none
  }
  Written native;
  SQLINTEGER chars = 0;
  EXPECT_EQ(
      ::SQLNativeSqlW(wide_.handle(), sql_text(sql), static_cast<SQLINTEGER>(sql.size()), native.units.data(), 512, &chars),
      SQL_SUCCESS);
  EXPECT_EQ(native.text(), u"SELECT UCASE('" + std::u16string(kSmile) + u"')");
  EXPECT_EQ(static_cast<std::size_t>(chars), native.text().size());
}

TEST_P(Unicode, DataIsCutBetweenCharactersWhenBoundAndAnywhereInPieces) {
  for (const bool prepared : {false, true}) {
    const std::u16string sql = u"SELECT 'a" + std::u16string(kSmile) + u"b'";
    Statement s(wide_);
    const auto rerun = [&] {
      if (!prepared) return execute(s, sql);
      s.check(::SQLPrepareW(s.handle(), sql_text(sql), static_cast<SQLINTEGER>(sql.size())));
      s.execute();
    };
    rerun();
    ASSERT_TRUE(s.fetch());
    std::u16string whole;
    for (SQLLEN left = 8; left > 0; left -= 2) {
      Written piece;
      SQLLEN length = 0;
      EXPECT_EQ(::SQLGetData(s.handle(), 1, SQL_C_WCHAR, piece.units.data(), 5, &length),  // room for one unit, and an odd byte
                left > 2 ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS);
      EXPECT_EQ(length, left);
      whole += static_cast<char16_t>(piece.units[0]);
      EXPECT_EQ(piece.units[1], 0);
      EXPECT_TRUE(piece.is_untouched_from(2));
    }
    EXPECT_EQ(whole, u"a" + std::u16string(kSmile) + u"b");
    s.close();
    Written bound;
    SQLLEN length = 0;
    s.check(::SQLBindCol(s.handle(), 1, SQL_C_WCHAR, bound.units.data(), 6, &length));
    rerun();
    EXPECT_EQ(::SQLFetch(s.handle()), SQL_SUCCESS_WITH_INFO);
    EXPECT_EQ(bound.text(), u"a");
    EXPECT_EQ(length, 8);
  }
}

}  // namespace
}  // namespace selkie::test
