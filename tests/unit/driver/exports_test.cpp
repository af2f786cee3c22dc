// The built library exports what entries.def lists, says so through SQLGetFunctions, and needs nothing but Debian's libraries.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sql.h>
#include <sqlext.h>

#include <cstdio>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace selkie {
namespace {

struct Entry {
  const char* name;
  bool has_wide_twin;
  SQLUSMALLINT id;
};
constexpr Entry kEntries[] = {
#define TEXT(name, id)  {#name, true, id},
#define PLAIN(name, id) {#name, false, id},
#include "driver/entries.def"
#undef TEXT
#undef PLAIN
};

std::set<std::string> listed_names() {
  std::set<std::string> names;
  for (const Entry& entry : kEntries) {
    const std::string name = entry.name, libtool_name = "libselkieodbc_LTX_" + name;
    names.insert({name, libtool_name});
    if (entry.has_wide_twin) names.insert({name + "W", libtool_name + "A", libtool_name + "W"});
  }
  return names;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string output;
  for (int c; pipe && (c = std::fgetc(pipe.get())) != EOF;) output += static_cast<char>(c);
  return output;
}

TEST(Library, ExportsExactlyTheListedNames) {
  std::set<std::string> exported;
  std::istringstream lines(output_of("nm -D --defined-only '" SELKIE_DRIVER "'"));
  for (std::string address, kind, name; lines >> address >> kind >> name;) exported.insert(name);
  EXPECT_EQ(exported, listed_names());
}

// unixODBC looks for these names first; they are the same functions.
TEST(Library, HasEachNameAsLibtoolSpellsIt) {
  void* const library = ::dlopen(SELKIE_DRIVER, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << ::dlerror();
  for (const Entry& entry : kEntries) {
    const std::string name = entry.name, libtool_name = "libselkieodbc_LTX_" + name;
    void* const function = ::dlsym(library, name.c_str());
    EXPECT_EQ(::dlsym(library, libtool_name.c_str()), function) << name;
    if (!entry.has_wide_twin) continue;
    EXPECT_EQ(::dlsym(library, (libtool_name + "A").c_str()), function) << name;
    EXPECT_EQ(::dlsym(library, (libtool_name + "W").c_str()), ::dlsym(library, (name + "W").c_str())) << name;
  }
  ::dlclose(library);
}

TEST(Library, NeedsNoDriverManager) {
  const std::string needed = output_of("readelf -d '" SELKIE_DRIVER "' | grep NEEDED");
  EXPECT_NE(needed.find("libssl"), std::string::npos) << needed;
  EXPECT_EQ(needed.find("libodbc."), std::string::npos) << needed;
  EXPECT_EQ(needed.find("mysql"), std::string::npos) << needed;
  EXPECT_EQ(needed.find("mariadb"), std::string::npos) << needed;
}

class LoadedLibrary : public ::testing::Test {
 protected:
  void SetUp() override {
    library_ = ::dlopen(SELKIE_DRIVER, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library_, nullptr) << ::dlerror();
    ASSERT_EQ(call<SQLRETURN(SQLSMALLINT, SQLHANDLE, SQLHANDLE*)>("SQLAllocHandle")(SQL_HANDLE_ENV, nullptr, &environment_),
              SQL_SUCCESS);
    call<SQLRETURN(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER)>("SQLSetEnvAttr")(
        environment_, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
    ASSERT_EQ(call<SQLRETURN(SQLSMALLINT, SQLHANDLE, SQLHANDLE*)>("SQLAllocHandle")(SQL_HANDLE_DBC, environment_, &connection_),
              SQL_SUCCESS);
  }
  void TearDown() override {
    const auto free_handle = call<SQLRETURN(SQLSMALLINT, SQLHANDLE)>("SQLFreeHandle");
    free_handle(SQL_HANDLE_DBC, connection_);
    free_handle(SQL_HANDLE_ENV, environment_);
    ::dlclose(library_);
  }

  template <class Function>
  Function* call(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(library_, name));
  }
  SQLRETURN functions(SQLUSMALLINT id, SQLUSMALLINT* supported) {
    return call<SQLRETURN(SQLHDBC, SQLUSMALLINT, SQLUSMALLINT*)>("SQLGetFunctions")(connection_, id, supported);
  }

  void* library_ = nullptr;
  SQLHANDLE environment_ = nullptr, connection_ = nullptr;
};

TEST_F(LoadedLibrary, EveryListedNameIsFound) {
  for (const std::string& name : listed_names()) EXPECT_NE(::dlsym(library_, name.c_str()), nullptr) << name;
}

TEST_F(LoadedLibrary, SqlGetFunctionsAnswersTheListInAllThreeShapes) {
  std::set<SQLUSMALLINT> listed;
  for (const Entry& entry : kEntries) listed.insert(entry.id);

  SQLUSMALLINT bitmap[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE] = {}, flags[100] = {};
  EXPECT_EQ(functions(SQL_API_ODBC3_ALL_FUNCTIONS, bitmap), SQL_SUCCESS);
  EXPECT_EQ(functions(SQL_API_ALL_FUNCTIONS, flags), SQL_SUCCESS);
  for (SQLUSMALLINT id = 1; id < SQL_API_ODBC3_ALL_FUNCTIONS_SIZE * 16; ++id) {
    if (id == SQL_API_ODBC3_ALL_FUNCTIONS) continue;  // a question, no function
    const bool expected = listed.contains(id);
    EXPECT_EQ(SQL_FUNC_EXISTS(bitmap, id) == SQL_TRUE, expected) << id;
    EXPECT_TRUE(id >= 100 || (flags[id] == SQL_TRUE) == expected) << id;
    SQLUSMALLINT one = 7;
    EXPECT_EQ(functions(id, &one), SQL_SUCCESS);
    EXPECT_EQ(one == SQL_TRUE, expected) << id;
  }
}

}  // namespace
}  // namespace selkie
