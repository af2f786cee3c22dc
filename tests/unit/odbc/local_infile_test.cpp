#include "odbc/local_infile.h"

#include <gtest/gtest.h>

namespace selkie::odbc {
namespace {

TEST(LocalInfileName, IsTheStringBehindInfileAsTheServerReadsIt) {
  struct Case {
    const char* sql;
    const char* name;
  };
  const Case cases[] = {
      {"LOAD DATA LOCAL INFILE '/data/in.csv' INTO TABLE t", "/data/in.csv"},
      {"load data local infile \"in.csv\" into table t", "in.csv"},
      {"LOAD DATA LOCAL INFILE/**/'it''s' INTO TABLE t", "it's"},
      {"LOAD DATA LOCAL INFILE \"a\"\"b\" INTO TABLE t", "a\"b"},
      {R"(LOAD DATA LOCAL INFILE 'c:\\new\'s\t\_x\q' INTO TABLE t)", "c:\\new's\t\\_xq"},
      {"LOAD DATA /* INFILE 'no' */ LOCAL INFILE 'yes' INTO TABLE t", "yes"},
      {"LOAD XML LOCAL INFILE 'a.xml' INTO TABLE infile", "a.xml"},
      {"LOAD DATA LOCAL INFILE '' INTO TABLE t", ""},
      {"LOAD DATA LOCAL INFILE 'never closed", "never closed"},
  };
  for (const Case& c : cases) EXPECT_EQ(local_infile_name(c.sql, {}), c.name) << c.sql;
}

TEST(LocalInfileName, BackslashIsALetterWhereTheSessionHasItSo) {
  EXPECT_EQ(local_infile_name(R"(LOAD DATA LOCAL INFILE 'c:\new' INTO TABLE t)", {.no_backslash_escapes = true}), "c:\\new");
}

TEST(LocalInfileName, IsNoneWithoutALiteral) {
  for (const char* sql : {"LOAD DATA LOCAL INFILE ? INTO TABLE t", "LOAD DATA LOCAL INFILE", "SELECT 'INFILE x'", ""}) {
    EXPECT_EQ(local_infile_name(sql, {}), std::nullopt) << sql;
  }
  EXPECT_EQ(local_infile_name("LOAD DATA LOCAL INFILE \"a\" INTO TABLE t", {.ansi_quotes = true}), std::nullopt);
}

}  // namespace
}  // namespace selkie::odbc
