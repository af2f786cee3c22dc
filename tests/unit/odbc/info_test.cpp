#include "odbc/info.h"

#include <algorithm>
#include <set>

#include "odbc/info_keywords.h"
#include "unconnected.h"

namespace selkie::odbc {
namespace {

using namespace test;

class InfoTest : public Unconnected {
 protected:
  std::string refused(SQLUSMALLINT type) {
    return state_thrown([&] { (void)get_info(connection, type); });
  }
};

// Every information type of ODBC 3.8, as sql.h and sqlext.h number them: all from 0 on without a gap, and some more.
constexpr SQLUSMALLINT kLastInSequence = 172;
constexpr SQLUSMALLINT kFurtherTypes[] = {173,   1750,  10000, 10001, 10002, 10003, 10004,
                                          10005, 10021, 10022, 10023, 10024, 10025};
// These the driver manager answers alone.
constexpr SQLUSMALLINT kDriverManagersOwn[] = {SQL_DRIVER_HSTMT, SQL_DRIVER_HLIB, SQL_DRIVER_HDESC, SQL_DM_VER};

TEST_F(InfoTest, TypesThatNeedNoConnectionAreAnswered) {
  EXPECT_EQ(get_info(connection, SQL_DRIVER_NAME).text, "libselkieodbc.so");
  EXPECT_EQ(get_info(connection, SQL_DRIVER_ODBC_VER).text, "03.80");
  const std::string version = get_info(connection, SQL_DRIVER_VER).text;
  EXPECT_EQ(version.size(), 10u) << version;
  EXPECT_EQ(version[2], '.');
  EXPECT_EQ(version[5], '.');
  EXPECT_EQ(get_info(connection, SQL_DRIVER_HDBC).number, reinterpret_cast<SQLULEN>(&connection));
}

TEST_F(InfoTest, TheOthersNeedAConnection) {
  EXPECT_EQ(refused(SQL_DBMS_NAME), "08003");
  EXPECT_EQ(refused(SQL_GETDATA_EXTENSIONS), "08003");
}

TEST_F(InfoTest, UnknownTypesAreRefused) {
  EXPECT_EQ(refused(180), "HY096");  // ODBC 4
  EXPECT_EQ(refused(65535), "HY096");
}

TEST_F(InfoTest, EveryTypeOfOdbc38IsKnown) {
  for (SQLUSMALLINT type = 0; type <= kLastInSequence; ++type) {
    const bool is_ours =
        std::find(std::begin(kDriverManagersOwn), std::end(kDriverManagersOwn), type) == std::end(kDriverManagersOwn);
    EXPECT_EQ(refused(type) != "HY096", is_ours) << type;
  }
  for (const SQLUSMALLINT type : kFurtherTypes) EXPECT_NE(refused(type), "HY096") << type;
}

std::set<std::string> words(std::string_view list) {
  std::set<std::string> all;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    EXPECT_TRUE(all.insert(std::string(list.substr(0, comma))).second) << list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return all;
}

TEST(Keywords, NoneIsListedTwiceAndNoneIsOdbcsOwn) {
  const std::string odbc = std::string(",") + SQL_ODBC_KEYWORDS + ",";
  for (const bool mariadb : {true, false}) {
    const std::set<std::string> all = words(server_keywords(mariadb));
    EXPECT_GT(all.size(), 100u);
    EXPECT_TRUE(all.contains("LIMIT"));
    for (const std::string& word : all) EXPECT_EQ(odbc.find("," + word + ","), std::string::npos) << word;
  }
  EXPECT_TRUE(words(server_keywords(true)).contains("RETURNING"));
  EXPECT_TRUE(words(server_keywords(false)).contains("LATERAL"));
}

}  // namespace
}  // namespace selkie::odbc
