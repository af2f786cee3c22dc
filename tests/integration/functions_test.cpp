// Every function that the driver exports, once through the driver manager on real servers: narrow, and wide on a connection of
// a Unicode application. What they do in their corners, the other suites say.
#include <set>
#include <span>
#include <string>

#include "tests/integration/functions.h"

namespace selkie::test {
namespace {

class Functions : public OnEveryServer {
 protected:
  void SetUp() override {
    OnEveryServer::SetUp();
    if (IsSkipped()) return;
    run("CREATE TABLE parent (id INT PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB");
    run("CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id)) ENGINE=InnoDB");
    run("INSERT INTO parent VALUES (1, 'één'), (2, 'twee')");
    run("INSERT INTO child VALUES (1, 1)");
    run("CREATE PROCEDURE p(IN a INT, OUT b VARCHAR(20)) BEGIN SELECT a; SELECT 'one'; SET b = a; END");
  }
};
SELKIE_ON_EVERY_SERVER(Functions);

TEST_P(Functions, EachWorksAndTheTextOnesInBothForms) {
  Connection unicode;
  In<SQLWCHAR> in(connection_string());
  check(::SQLDriverConnectW(unicode.handle(), nullptr, in.data(), in.size(), nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
        SQL_HANDLE_DBC, unicode.handle());
  std::multiset<std::string> tried;
  const auto try_all = [&](std::span<const Function> functions) {
    for (const Function& f : functions) {
      for (const bool is_wide : {false, true}) {
        if (is_wide && f.wide == nullptr) continue;
        SCOPED_TRACE(std::string(f.name) + (is_wide ? "W" : ""));
        Connection& c = is_wide ? unicode : connection();
        try {
          Ground ground{server(), database(), c, Statement(c)};
          (is_wide ? f.wide : f.narrow)(ground);
        } catch (const OdbcError& error) {
          ADD_FAILURE() << error.what();
        }
        tried.insert(is_wide ? std::string(f.name) + "W" : f.name);
      }
    }
  };
  for (const auto group :
       {connecting_functions(), statement_functions(), result_functions(), descriptor_functions(), catalog_functions()}) {
    try_all(group);
  }
  const std::multiset<std::string> exported{
#define TEXT(name, id)  #name, #name "W",
#define PLAIN(name, id) #name,
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
  };
  EXPECT_EQ(tried, exported);
}

}  // namespace
}  // namespace selkie::test
