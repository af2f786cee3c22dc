// Where the product's temporary files go while a test looks at them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace selkie::protocol {

// A directory for temporary files of this test alone.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const char* const before = std::getenv("TMPDIR");
    if (before != nullptr) before_ = before;
    path_ = (std::filesystem::temp_directory_path() / "selkie-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
    ::setenv("TMPDIR", path_.c_str(), 1);
  }
  ~TemporaryDirectory() {
    before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR");
    std::filesystem::remove_all(path_);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::optional<std::string> before_;
};

}  // namespace selkie::protocol
