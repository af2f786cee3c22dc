// The setup library as its callers see it: loaded at run time, with private odbc.ini and odbcinst.ini.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sql.h>
// After sql.h, whose types it needs.
#include <odbcinst.h>
#include <odbcinstext.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "setup/dsn.h"
#include "setup/words.h"
#include "tests/unit/setup/private_odbc.h"

namespace selkie::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using ConfigDsn = BOOL(HWND, WORD, LPCSTR, LPCSTR);
using ConfigDsnW = BOOL(HWND, WORD, LPCWSTR, LPCWSTR);
using ConfigDriverFunction = BOOL(HWND, WORD, LPCSTR, LPCSTR, LPSTR, WORD, WORD*);

class SetupLibrary : public ::testing::Test {
 protected:
  SetupLibrary() {
    PrivateOdbc::instance().write_data_sources("[other]\nUID=x\n");
    library_ = dlopen(SELKIE_SETUP_MODULE, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(library_, nullptr) << dlerror();
    clear_errors();
  }
  ~SetupLibrary() override {
    if (library_ != nullptr) dlclose(library_);
  }

  template <typename Function>
  Function* function(const char* name) {
    return reinterpret_cast<Function*>(dlsym(library_, name));
  }
  BOOL config(WORD request, const std::string& attributes, const char* driver = "Selkie") {
    clear_errors();
    return function<ConfigDsn>("ConfigDSN")(nullptr, request, driver, attributes.c_str());
  }

  // The section of the file itself: odbcinst caches values for a while.
  static std::string section(const std::string& dsn) {
    const auto pairs = read_ini_section(PrivateOdbc::instance().data_sources(), dsn);
    if (!pairs) return "none";
    std::string shown;
    for (const Pair& pair : *pairs) shown += pair.keyword + "|" + pair.value + "\n";
    return shown;
  }

  // The last error that was posted, as "code message".
  static std::string error() {
    DWORD code = 0;
    char message[1024] = {};
    WORD size = 0;
    const RETCODE result = SQLInstallerError(1, &code, message, sizeof message, &size);
    if (result != SQL_SUCCESS && result != SQL_SUCCESS_WITH_INFO) return "none";
    return std::to_string(code) + " " + message;
  }
  // Any call of the installer that succeeds forgets the errors before it.
  static void clear_errors() {
    char buffer[16];
    SQLGetPrivateProfileString("other", "UID", "", buffer, sizeof buffer, "odbc.ini");
  }

  void* library_ = nullptr;
};

std::string attributes(std::initializer_list<std::string_view> items) {
  std::string list;
  for (const std::string_view item : items) list.append(item).push_back('\0');
  list.push_back('\0');
  return list;
}

TEST(SetupModule, ExportsItsFiveFunctionsAndNothingElse) {
  const std::unique_ptr<FILE, int (*)(FILE*)> nm(popen("nm -D --defined-only " SELKIE_SETUP_MODULE, "r"), pclose);
  ASSERT_NE(nm, nullptr);
  std::vector<std::string> names;
  std::array<char, 512> line{};
  while (fgets(line.data(), line.size(), nm.get()) != nullptr) {
    const std::string_view text = trim(line.data());
    names.emplace_back(text.substr(text.rfind(' ') + 1));
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("ConfigDSN", "ConfigDSNW", "ConfigDriver", "ConfigDriverW",
                                                     "ODBCINSTGetProperties"));
}

TEST_F(SetupLibrary, DataSourceIsAddedChangedAndRemoved) {
  EXPECT_TRUE(config(ODBC_ADD_DSN, attributes({"DSN=demo", "User=ann", "password=a;b}", "SERVER=db1,db2", "SSLMODE=required",
                                               "PAD_SPACE=1"})));
  EXPECT_EQ(section("demo"), "Driver|Selkie\nUID|ann\nPWD|a;b}\nSERVER|db1,db2\nSSLMODE|required\nPAD_SPACE|1\n");

  EXPECT_TRUE(config(ODBC_CONFIG_DSN, attributes({"DSN=demo", "PWD1=new", "PORT=3307"})));
  EXPECT_EQ(section("demo"), "Driver|Selkie\nPWD|new\nPORT|3307\nUID|ann\nSERVER|db1,db2\nSSLMODE|required\nPAD_SPACE|1\n");

  EXPECT_TRUE(config(ODBC_ADD_DSN, attributes({"DSN=demo", "UID=bob"})));  // without a window an old one is replaced
  EXPECT_EQ(section("demo"), "Driver|Selkie\nUID|bob\n");

  EXPECT_TRUE(config(ODBC_REMOVE_DSN, attributes({"DSN=demo"})));
  EXPECT_EQ(section("demo"), "none");
  EXPECT_EQ(section("other"), "UID|x\n");
}

TEST_F(SetupLibrary, WideFunctionDoesTheSame) {
  const auto wide = [](std::u16string_view text) { return std::vector<SQLWCHAR>(text.begin(), text.end()); };
  auto driver = wide(u"Selkie");
  driver.push_back(0);
  using namespace std::string_view_literals;
  const auto list = wide(u"DSN=breit\0UID=größe日\U0001F600\0\0"sv);
  EXPECT_TRUE(function<ConfigDsnW>("ConfigDSNW")(nullptr, ODBC_ADD_DSN, driver.data(), list.data()));
  EXPECT_EQ(section("breit"), "Driver|Selkie\nUID|größe日😀\n");
}

TEST_F(SetupLibrary, WrongRequestPostsAnErrorThatSaysWhatToDoAndWritesNothing) {
  const struct {
    WORD request;
    std::string attributes;
    const char* driver;
    std::string error;
  } rows[] = {
      {99, attributes({"DSN=demo"}), "Selkie", "5 The request is none of ODBC_ADD_DSN"},
      {ODBC_ADD_DSN, attributes({"UID=ann"}), "Selkie", "9 The attributes name no data source; add DSN=name."},
      {ODBC_ADD_DSN, attributes({"DSN="}), "Selkie", "9 The attributes name no data source"},
      {ODBC_ADD_DSN, attributes({"DSN=a[b"}), "Selkie", "11 'a[b' is no valid name"},
      {ODBC_ADD_DSN, attributes({"DSN=demo", "sesame"}), "Selkie", "8 An attribute has no '='"},
      {ODBC_ADD_DSN, attributes({"DSN=demo", "SSLMOD=REQUIRED"}), "Selkie",
       "8 Unknown keyword 'SSLMOD' is ignored. Did you mean SSLMODE?"},
      {ODBC_ADD_DSN, attributes({"DSN=demo", "SSLMODE=on"}), "Selkie", "8 SSLMODE must be one of DISABLED"},
      {ODBC_ADD_DSN, attributes({"DSN=demo", "PWD= sesame"}), "Selkie", "11 odbc.ini cannot hold the value of 'PWD'"},
      {ODBC_ADD_DSN, attributes({"DSN=demo"}), "", "7 The request names no driver."},
      {ODBC_ADD_DSN, attributes({"DSN=demo"}), nullptr, "7 The request names no driver."},
      {ODBC_CONFIG_DSN, attributes({"DSN=demo"}), "Selkie", "9 There is no data source 'demo'."},
      {ODBC_REMOVE_DSN, attributes({"DSN=demo"}), "Selkie", "11 There is no data source 'demo'."},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(config(row.request, row.attributes, row.driver));
    EXPECT_THAT(error(), HasSubstr(row.error));
    EXPECT_THAT(error(), Not(HasSubstr("sesame")));
    EXPECT_EQ(section("demo"), "none");
  }
  EXPECT_FALSE(function<ConfigDsn>("ConfigDSN")(nullptr, ODBC_ADD_DSN, "Selkie", nullptr));
}

TEST_F(SetupLibrary, InstallerReachesItThroughOdbcinstIni) {
  const std::string list = attributes({"DSN=byinstaller", "SERVER=h"});
  EXPECT_TRUE(SQLConfigDataSource(nullptr, ODBC_ADD_DSN, "Selkie", list.c_str())) << error();
  EXPECT_EQ(section("byinstaller"), "Driver|Selkie\nSERVER|h\n");
}

TEST_F(SetupLibrary, DriverRequestsNeedNothingMore) {
  auto* const config_driver = function<ConfigDriverFunction>("ConfigDriver");
  char message[8] = "unused";
  WORD size = 99;
  EXPECT_TRUE(config_driver(nullptr, ODBC_INSTALL_DRIVER, "Selkie", "", message, sizeof message, &size));
  EXPECT_EQ(size, 0);
  EXPECT_STREQ(message, "");
  EXPECT_TRUE(config_driver(nullptr, ODBC_REMOVE_DRIVER, "Selkie", nullptr, nullptr, 0, nullptr));
  EXPECT_FALSE(config_driver(nullptr, 77, "Selkie", nullptr, nullptr, 0, nullptr));
  EXPECT_THAT(error(), HasSubstr("5 The request is none of ODBC_INSTALL_DRIVER"));
}

TEST_F(SetupLibrary, ConfigurationToolsGetEachSettingOnceWithDefaultHelpAndChoices) {
  HODBCINSTPROPERTY first = nullptr;
  char driver[] = "Selkie";
  ASSERT_EQ(ODBCINSTConstructProperties(driver, &first), ODBCINST_SUCCESS) << error();
  std::map<std::string, const ODBCINSTPROPERTY*> properties;
  for (const ODBCINSTPROPERTY* property = first; property != nullptr; property = property->pNext) {
    EXPECT_TRUE(properties.emplace(property->szName, property).second) << property->szName << " is there twice";
  }
  ASSERT_EQ(properties.count("SSLMODE"), 1u);
  const ODBCINSTPROPERTY& mode = *properties["SSLMODE"];
  EXPECT_STREQ(mode.szValue, "PREFERRED");
  EXPECT_EQ(mode.nPromptType, ODBCINST_PROMPTTYPE_LISTBOX);
  std::string choices;
  for (char** choice = mode.aPromptData; *choice != nullptr; ++choice) choices.append(*choice).append(" ");
  EXPECT_EQ(choices, "DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY ");
  EXPECT_STREQ(properties.at("PORT")->szValue, "3306");
  EXPECT_EQ(properties.at("PWD")->nPromptType, ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD);
  EXPECT_EQ(properties.at("SSLCA")->nPromptType, ODBCINST_PROMPTTYPE_FILENAME);
  EXPECT_NE(properties.at("UID")->pszHelp, nullptr);
  EXPECT_EQ(properties.count("ZERO_DATE_TO_MIN"), 0u);  // the same setting as ZERO_DATE
  EXPECT_EQ(properties.count("PLUGIN_DIR"), 0u);
  EXPECT_EQ(ODBCINSTDestructProperties(&first), ODBCINST_SUCCESS);
}

}  // namespace
}  // namespace selkie::setup
