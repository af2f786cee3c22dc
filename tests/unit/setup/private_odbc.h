// A folder with an odbc.ini and an odbcinst.ini of the test program's own. One for the whole program, since odbcinst remembers
// where the system's files are.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace selkie::setup {

class PrivateOdbc {
 public:
  static PrivateOdbc& instance() {
    static PrivateOdbc one;
    return one;
  }
  PrivateOdbc(const PrivateOdbc&) = delete;
  PrivateOdbc& operator=(const PrivateOdbc&) = delete;

  void write_data_sources(const std::string& text) const { std::ofstream(folder_ + "/user.ini") << text; }
  std::string data_sources() const {
    std::ifstream file(folder_ + "/user.ini");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  PrivateOdbc() {
    char name[] = "/tmp/selkie-setup-XXXXXX";
    folder_ = mkdtemp(name);
    setenv("ODBCINI", (folder_ + "/user.ini").c_str(), 1);
    setenv("ODBCSYSINI", folder_.c_str(), 1);
    std::ofstream(folder_ + "/odbcinst.ini") << "[Selkie]\nDriver=/nowhere/libselkieodbc.so\nSetup=" SELKIE_SETUP_MODULE "\n";
  }
  ~PrivateOdbc() { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

}  // namespace selkie::setup
