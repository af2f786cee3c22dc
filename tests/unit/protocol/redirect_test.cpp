#include "protocol/redirect.h"

#include <gtest/gtest.h>

#include <vector>

namespace selkie::protocol {
namespace {

// "user@host:port", or "-" for what is no redirection.
std::string read(std::string_view url) {
  const auto redirection = parse_redirect_url(url);
  return redirection ? redirection->user + "@" + to_text(redirection->host) : "-";
}

TEST(RedirectUrl, NamesHostPortAndUser) {
  EXPECT_EQ(read("mysql://db2.example.com:3307"), "@db2.example.com:3307");
  EXPECT_EQ(read("mariadb://db2/"), "@db2:3306");
  EXPECT_EQ(read("mysql://ann@db2:3307/shop?ttl=5"), "ann@db2:3307");
  EXPECT_EQ(read("mysql://ann%40corp:secret@[2001:db8::1]:3307/?user=x"), "ann@corp@[2001:db8::1]:3307");
}

TEST(RedirectUrl, ThatCannotBeReadIsNone) {
  for (const char* url : {"", "mysql:", "mysql://", "http://db2:3306", "mysql://db2:0", "mysql://db2:99999", "mysql://a,b",
                          "mysql://an%4@db2", "mysql://an%zz@db2", "mysql://@", "mysql://[::1"}) {
    EXPECT_EQ(read(url), "-") << url;
  }
}

// The block as MariaDB 11.8 sends it in the OK of a login: entries of variables, then the schema.
TEST(RedirectUrl, IsFoundAmongTheVariablesOfALogin) {
  const auto block_with = [](std::string_view url) {
    std::vector<std::uint8_t> variables;
    for (const std::string_view text :
         {std::string_view("autocommit"), std::string_view("ON"), std::string_view("redirect_url"), url}) {
      variables.push_back(static_cast<std::uint8_t>(text.size()));
      variables.insert(variables.end(), text.begin(), text.end());
    }
    std::vector<std::uint8_t> block{0, static_cast<std::uint8_t>(variables.size())};
    block.insert(block.end(), variables.begin(), variables.end());
    const std::vector<std::uint8_t> schema{1, 5, 4, 't', 'e', 's', 't'};
    block.insert(block.end(), schema.begin(), schema.end());
    return block;
  };
  const auto block = block_with("mysql://db2:3307");
  ASSERT_TRUE(find_redirection(block));
  EXPECT_EQ(to_text(find_redirection(block)->host), "db2:3307");
  EXPECT_FALSE(find_redirection(block_with("")));  // set to nothing
  for (std::size_t size = 0; size < 30; ++size) EXPECT_FALSE(find_redirection(Bytes(block).first(size))) << size;
}

}  // namespace
}  // namespace selkie::protocol
