// An odbc.ini of a test's own, while it lives. The driver manager would remember another folder for odbcinst.ini.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace selkie::test {

class PrivateDataSource {
 public:
  // `settings`: further lines of the data source, "SERVER=...\n".
  explicit PrivateDataSource(const std::string& settings = "") : folder_("/tmp/selkie-dsn-" + std::to_string(::getpid())) {
    static int made = 0;
    name_ = "SelkieHere" + std::to_string(++made);
    if (const char* const before = std::getenv("ODBCINI")) before_ = before;
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ + "/odbc.ini") << "[" << name_ << "]\nDriver=" SELKIE_DRIVER "\n" << settings;
    ::setenv("ODBCINI", (folder_ + "/odbc.ini").c_str(), 1);
  }
  ~PrivateDataSource() {
    if (before_) {
      ::setenv("ODBCINI", before_->c_str(), 1);
    } else {
      ::unsetenv("ODBCINI");
    }
    std::filesystem::remove_all(folder_);
  }
  PrivateDataSource(const PrivateDataSource&) = delete;

  // Another one each time: the driver manager remembers for a while what it has read of a name.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string folder_;
  std::optional<std::string> before_;
};

}  // namespace selkie::test
