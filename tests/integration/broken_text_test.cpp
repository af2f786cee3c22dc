// Text arguments that are no text: broken UTF-8, lone surrogates, bytes that are not of CHARSET. Every function that takes text
// refuses them, wherever in its arguments they stand and however their length is told; nothing is cut off or looked for
// instead.
#include <concepts>
#include <functional>

#include "tests/integration/private_data_source.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

#define SELKIE_TEXT_FUNCTIONS(X) \
  X(ColumnPrivileges)            \
  X(Columns)                     \
  X(Connect)                     \
  X(DriverConnect)               \
  X(ExecDirect)                  \
  X(ForeignKeys)                 \
  X(NativeSql)                   \
  X(Prepare)                     \
  X(PrimaryKeys)                 \
  X(ProcedureColumns)            \
  X(Procedures)                  \
  X(SetConnectAttr)              \
  X(SetCursorName)               \
  X(SetDescField)                \
  X(SpecialColumns)              \
  X(Statistics)                  \
  X(TablePrivileges)             \
  X(Tables)

// The A functions, and the W functions, under one name.
struct Narrow {
  using Ch = SQLCHAR;
  using Text = std::string;
  static Text text(std::string_view ascii) { return Text(ascii); }
#define SELKIE_FUNCTION(name) static constexpr auto name = ::SQL##name;
  SELKIE_TEXT_FUNCTIONS(SELKIE_FUNCTION)
#undef SELKIE_FUNCTION
};
struct Wide {
  using Ch = SQLWCHAR;
  using Text = std::u16string;
  static Text text(std::string_view ascii) { return wide(ascii); }
#define SELKIE_FUNCTION(name) static constexpr auto name = ::SQL##name##W;
  SELKIE_TEXT_FUNCTIONS(SELKIE_FUNCTION)
#undef SELKIE_FUNCTION
};

// A text argument: the characters and their count, or SQL_NTS.
template <class Api>
struct Argument {
  typename Api::Text text;
  bool is_terminated = false;
  typename Api::Ch* data() const { return sql_text(text); }
  template <class Length = SQLSMALLINT>
  Length length() const {
    return is_terminated ? Length{SQL_NTS} : static_cast<Length>(text.size());
  }
};

template <class Api>
struct Call {
  const char* name;
  std::size_t places;  // of text
  std::function<SQLRETURN(SQLHSTMT, const std::vector<Argument<Api>>&)> run;
};

template <class Api>
std::vector<Call<Api>> calls_of_statements() {
  using A = std::vector<Argument<Api>>;
  return {
      {"SQLPrepare", 1,
       [](SQLHSTMT s, const A& a) { return Api::Prepare(s, a[0].data(), a[0].template length<SQLINTEGER>()); }},
      {"SQLExecDirect", 1,
       [](SQLHSTMT s, const A& a) { return Api::ExecDirect(s, a[0].data(), a[0].template length<SQLINTEGER>()); }},
      {"SQLSetCursorName", 1, [](SQLHSTMT s, const A& a) { return Api::SetCursorName(s, a[0].data(), a[0].length()); }},
      {"SQLTables", 4,
       [](SQLHSTMT s, const A& a) {
         return Api::Tables(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(), a[3].data(),
                            a[3].length());
       }},
      {"SQLColumns", 4,
       [](SQLHSTMT s, const A& a) {
         return Api::Columns(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(), a[3].data(),
                             a[3].length());
       }},
      {"SQLPrimaryKeys", 3,
       [](SQLHSTMT s, const A& a) {
         return Api::PrimaryKeys(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length());
       }},
      {"SQLStatistics", 3,
       [](SQLHSTMT s, const A& a) {
         return Api::Statistics(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(),
                                SQL_INDEX_ALL, SQL_QUICK);
       }},
      {"SQLForeignKeys", 6,
       [](SQLHSTMT s, const A& a) {
         return Api::ForeignKeys(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(),
                                 a[3].data(), a[3].length(), a[4].data(), a[4].length(), a[5].data(), a[5].length());
       }},
      {"SQLSpecialColumns", 3,
       [](SQLHSTMT s, const A& a) {
         return Api::SpecialColumns(s, SQL_BEST_ROWID, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(),
                                    a[2].length(), SQL_SCOPE_SESSION, SQL_NULLABLE);
       }},
      {"SQLProcedures", 3,
       [](SQLHSTMT s, const A& a) {
         return Api::Procedures(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length());
       }},
      {"SQLProcedureColumns", 4,
       [](SQLHSTMT s, const A& a) {
         return Api::ProcedureColumns(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(),
                                      a[3].data(), a[3].length());
       }},
      {"SQLTablePrivileges", 3,
       [](SQLHSTMT s, const A& a) {
         return Api::TablePrivileges(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length());
       }},
      {"SQLColumnPrivileges", 4,
       [](SQLHSTMT s, const A& a) {
         return Api::ColumnPrivileges(s, a[0].data(), a[0].length(), a[1].data(), a[1].length(), a[2].data(), a[2].length(),
                                      a[3].data(), a[3].length());
       }},
  };
}

class BrokenText : public OnEveryServer {
 protected:
  // Every statement function, with each of the broken texts in each place of its arguments.
  template <class Api>
  void expect_refusals(Connection& c, const std::vector<typename Api::Text>& broken_texts) {
    Statement s(c);
    const auto expect_refused = [&](SQLRETURN code, SQLSMALLINT type, SQLHANDLE handle) {
      EXPECT_EQ(code, SQL_ERROR);
      const std::vector<Diagnostic> records = diagnostics(type, handle);
      EXPECT_EQ(records.empty() ? "" : records.front().state, "22018") << (records.empty() ? "" : records.front().message);
    };
    for (std::size_t which = 0; which < broken_texts.size(); ++which) {
      for (const bool is_terminated : {false, true}) {
        SCOPED_TRACE("text " + std::to_string(which) + (is_terminated ? ", terminated" : ", counted"));
        const Argument<Api> broken{broken_texts[which], is_terminated};
        for (const Call<Api>& call : calls_of_statements<Api>()) {
          for (std::size_t place = 0; place < call.places; ++place) {
            SCOPED_TRACE(std::string(call.name) + ", argument " + std::to_string(place));
            std::vector<Argument<Api>> arguments(call.places, Argument<Api>{Api::text("t"), is_terminated});
            arguments[place] = broken;
            expect_refused(call.run(s.handle(), arguments), SQL_HANDLE_STMT, s.handle());
          }
        }
        EXPECT_EQ(s.run("SELECT 'fine'").rows(), "fine");  // nothing is left of what was refused
        s.close();

        typename Api::Ch out[64];
        SQLINTEGER length = 0;
        expect_refused(Api::NativeSql(c.handle(), broken.data(), broken.template length<SQLINTEGER>(), out, 64, &length),
                       SQL_HANDLE_DBC, c.handle());
        const auto bytes = static_cast<SQLINTEGER>(broken.text.size() * sizeof(typename Api::Ch));
        expect_refused(
            Api::SetConnectAttr(c.handle(), SQL_ATTR_CURRENT_CATALOG, broken.data(), is_terminated ? SQL_NTS : bytes),
            SQL_HANDLE_DBC, c.handle());
        SQLHDESC ipd = nullptr;
        s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_IMP_PARAM_DESC, &ipd, 0, nullptr));
        expect_refused(Api::SetDescField(ipd, 1, SQL_DESC_NAME, broken.data(), is_terminated ? SQL_NTS : bytes),
                       SQL_HANDLE_DESC, ipd);
      }
    }
  }

  // The functions that connect, with each of the broken texts in a connection string and as user and password.
  template <class Api>
  void expect_no_connection(const std::string& settings, const std::vector<typename Api::Text>& broken_texts) {
    const PrivateDataSource source(settings + "\n");
    for (const typename Api::Text& broken : broken_texts) {
      const auto expect_refused = [](Connection& c, SQLRETURN code) {
        EXPECT_EQ(code, SQL_ERROR);
        const std::vector<Diagnostic> records = diagnostics(SQL_HANDLE_DBC, c.handle());
        EXPECT_EQ(records.empty() ? "" : records.front().state, "22018") << (records.empty() ? "" : records.front().message);
      };
      const typename Api::Text in = Api::text("DSN=" + source.name() + ";INITSTMT=SELECT '") + broken + Api::text("';");
      const auto size = static_cast<SQLSMALLINT>(in.size());
      Connection driven, browsed;
      expect_refused(
          driven, Api::DriverConnect(driven.handle(), nullptr, sql_text(in), size, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT));
      // Of the wide function's text the driver manager makes another one, by way of the locale's characters.
      if constexpr (std::same_as<Api, Narrow>) {
        SQLCHAR out[512];
        SQLSMALLINT length = 0;
        expect_refused(browsed, ::SQLBrowseConnect(browsed.handle(), sql_text(in), size, out, 512, &length));
      }
      for (const bool is_password : {false, true}) {
        Connection c;
        const typename Api::Text name = Api::text(source.name()), fine = Api::text("someone");
        const typename Api::Text &user = is_password ? fine : broken, &password = is_password ? broken : fine;
        expect_refused(c,
                       Api::Connect(c.handle(), sql_text(name), SQL_NTS, sql_text(user), static_cast<SQLSMALLINT>(user.size()),
                                    sql_text(password), static_cast<SQLSMALLINT>(password.size())));
      }
    }
  }
};
SELKIE_ON_EVERY_SERVER(BrokenText);

// A byte that begins nothing, a character cut short, one too long for what it says, half of a pair.
const std::vector<std::string> kBrokenUtf8{
    "a\xff"
    "b",
    "\xe6\x97", "\xc0\xaf", "x\xed\xa0\xbd"};
// Half of a pair at the end, the other half alone, both the wrong way round.
const std::vector<std::u16string> kBrokenUtf16{{u'a', 0xd83d}, {0xde00, u'b'}, {0xde00, 0xd83d}};

TEST_P(BrokenText, NarrowArgumentsThatAreNotUtf8AreRefused) {
  expect_refusals<Narrow>(connection(), kBrokenUtf8);
  expect_no_connection<Narrow>("", kBrokenUtf8);
}

TEST_P(BrokenText, WideArgumentsWithLoneSurrogatesAreRefused) {
  Connection c;
  const std::u16string in = wide(connection_string());
  check(::SQLDriverConnectW(c.handle(), nullptr, sql_text(in), static_cast<SQLSMALLINT>(in.size()), nullptr, 0, nullptr,
                            SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, c.handle());
  expect_refusals<Wide>(c, kBrokenUtf16);
  expect_no_connection<Wide>("", kBrokenUtf16);
}

TEST_P(BrokenText, NarrowArgumentsThatAreNotOfTheCharsetAreRefused) {
  struct Case {
    const char* charset;
    std::vector<std::string> broken;
  };
  for (const Case& c : {Case{"ascii", {"\xe9"}}, Case{"gbk", {"a\xff", "\x81"}}, Case{"eucjpms", {"\xb0 "}}}) {
    SCOPED_TRACE(c.charset);
    const std::string settings = "CHARSET=" + std::string(c.charset);
    expect_refusals<Narrow>(*connect(settings + ";"), c.broken);
    expect_no_connection<Narrow>(settings, c.broken);
  }
}

}  // namespace
}  // namespace selkie::test
