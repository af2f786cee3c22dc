// SQLBrowseConnect through the driver manager, which finds the driver by a data source here.
#include <array>
#include <utility>

#include "tests/integration/private_data_source.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

class Browsing : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(Browsing);

TEST_P(Browsing, AsksUntilItKnowsEnough) {
  const PrivateDataSource source;
  Connection browsed;
  const auto browse = [&](const std::string& in) {
    std::array<SQLCHAR, 512> out{};
    SQLSMALLINT size = 0;
    const SQLRETURN code = check(
        ::SQLBrowseConnect(browsed.handle(), sql_text(in), static_cast<SQLSMALLINT>(in.size()), out.data(), out.size(), &size),
        SQL_HANDLE_DBC, browsed.handle());
    return std::pair(code, std::string(reinterpret_cast<char*>(out.data())));
  };
  const auto first = browse("DSN=" + source.name());
  EXPECT_EQ(first.first, SQL_NEED_DATA);
  EXPECT_EQ(first.second, "SERVER:Server=?;UID:User=?;PWD:Password=?;*PORT:Port=?;*DATABASE:Database=?;");
  const auto second = browse("SERVER=" + server().setting("host") + ";PORT=" + server().setting("port"));
  EXPECT_EQ(second.first, SQL_NEED_DATA);
  EXPECT_EQ(second.second, "UID:User=?;PWD:Password=?;*DATABASE:Database=?;");
  const auto last = browse("UID=" + server().setting("user") + ";PWD={" + server().setting("password") + "}");
  EXPECT_EQ(last.first, SQL_SUCCESS);
  EXPECT_NE(last.second.find("UID=" + server().setting("user")), std::string::npos) << last.second;
  EXPECT_EQ(Statement(browsed).run("SELECT 1").rows(), "1");
  browsed.disconnect();
  EXPECT_EQ(browse("DSN=" + source.name() + ";UID=nobody").first, SQL_NEED_DATA);  // and is left at that
}

}  // namespace
}  // namespace selkie::test
