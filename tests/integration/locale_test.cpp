// An application whose locale writes a comma in its numbers: nothing that comes from a server or goes to it knows of that.
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/c_values.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

// Makes the process write 1,5 while it lives; compiled for the purpose where the machine has no such locale.
class CommaLocale {
 public:
  CommaLocale() : is_set_(std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr) {
    if (is_set_) return;
    std::filesystem::create_directory(folder_);
    const std::string compile = "localedef -i de_DE -f UTF-8 " + folder_ + "/de_DE.UTF-8 >" + folder_ + "/log 2>&1";
    if (std::system(compile.c_str()) != 0) return;
    ::setenv("LOCPATH", folder_.c_str(), 1);
    is_set_ = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
  }
  ~CommaLocale() {
    std::setlocale(LC_ALL, "C");
    ::unsetenv("LOCPATH");
    std::filesystem::remove_all(folder_);
  }
  CommaLocale(const CommaLocale&) = delete;
  bool is_set() const { return is_set_; }

 private:
  const std::string folder_ = "/tmp/selkie-locale-" + std::to_string(::getpid());
  bool is_set_;
};

class Locale : public OnEveryServer {};
SELKIE_ON_EVERY_SERVER(Locale);

TEST_P(Locale, WithADecimalCommaChangesNoNumber) {
  const CommaLocale locale;
  if (!locale.is_set()) GTEST_SKIP() << "no locale with a decimal comma, and localedef cannot make one";
  ASSERT_EQ(formatted("%.1f", 1.5), "1,5");
  run("CREATE TABLE n (d DOUBLE, f FLOAT, x DECIMAL(10,3), s VARCHAR(20))");
  for (const char* const settings : {"", "NO_SSPS=1;"}) {
    SCOPED_TRACE(settings);
    const auto c = connect(settings);
    SQLDOUBLE number = -1234567.625;
    std::array<char, 24> text{"-1234567.625"}, comma{"1,5"};
    SQLLEN length = SQL_NTS;
    Statement in(*c);
    in.prepare("INSERT INTO n VALUES (?, ?, ?, ?)");
    in.check(::SQLBindParameter(in.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DOUBLE, 0, 0, text.data(), 24, &length));
    in.check(::SQLBindParameter(in.handle(), 2, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DOUBLE, 0, 0, &number, 0, nullptr));
    in.check(::SQLBindParameter(in.handle(), 3, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_DECIMAL, 10, 3, &number, 0, nullptr));
    in.check(::SQLBindParameter(in.handle(), 4, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_VARCHAR, 20, 0, &number, 0, nullptr));
    in.execute();
    EXPECT_EQ(Statement(*c).run("SELECT d, x, s FROM n").rows(), "-1234567.625,-1234567.625,-1234567.625");
    for (const bool prepared : {false, true}) {
      Statement out(*c);
      const char* const sql = "SELECT d, x, s, '1,5' FROM n";
      prepared ? (void)out.prepare(sql).execute() : (void)out.run(sql);
      ASSERT_TRUE(out.fetch());
      for (SQLUSMALLINT column = 1; column <= 3; ++column) {
        EXPECT_EQ(out.text(column), "-1234567.625");
        number = 0;
        out.check(::SQLGetData(out.handle(), column, SQL_C_DOUBLE, &number, 0, nullptr));
        EXPECT_EQ(number, -1234567.625);
        SQL_NUMERIC_STRUCT numeric{};
        out.check(::SQLGetData(out.handle(), column, SQL_C_NUMERIC, &numeric, 0, nullptr));
        EXPECT_EQ(numeric_text(numeric), "-1234567.625");
      }
      expect_failure("22018", 0, [&] { out.check(::SQLGetData(out.handle(), 4, SQL_C_DOUBLE, &number, 0, nullptr)); });
    }
    in.check(::SQLBindParameter(in.handle(), 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DOUBLE, 0, 0, comma.data(), 24, &length));
    expect_failure("22018", 0, [&] { in.execute(); });
    run("DELETE FROM n");
  }
}

}  // namespace
}  // namespace selkie::test
