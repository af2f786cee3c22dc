#include "protocol/local_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/certificates.h"

namespace selkie::protocol {
namespace {

using testing::HasSubstr;
using testing::Not;

class LocalFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.file("allowed/below"));
    std::filesystem::create_directories(folder_.file("allowed_too"));
    for (const char* name : {"allowed/in.csv", "allowed/below/deep.csv", "allowed_too/near.csv", "secret.csv"}) {
      std::ofstream(folder_.file(name)) << "content of " << name;
    }
    std::filesystem::create_symlink(folder_.file("secret.csv"), folder_.file("allowed/link.csv"));
    std::filesystem::create_symlink("../secret.csv", folder_.file("allowed/relative_link.csv"));
    std::filesystem::create_symlink("in.csv", folder_.file("allowed/inner_link.csv"));
    std::filesystem::create_directory_symlink(folder_.file("allowed"), folder_.file("way_in"));
    ::mkfifo(folder_.file("allowed/pipe").c_str(), 0600);
  }

  // What a statement that names this file, and a server that asks for `requested`, come to.
  std::string read(const std::string& name, const std::string& requested, const std::string& folder) {
    auto file = LocalFile::open({.name = folder_.file(name), .folder = folder.empty() ? "" : folder_.file(folder)},
                                folder_.file(requested));
    if (!file.ok()) {
      EXPECT_EQ(file.failure().errc, Errc::local_infile_refused);
      return "refused: " + file.failure().message;
    }
    std::string content;
    for (std::array<std::uint8_t, 7> piece;;) {
      const auto count = (*file).read(piece);
      EXPECT_TRUE(count.ok());
      if (!count.ok() || count.value() == 0) return content;
      content.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count.value()));
    }
  }
  std::string read(const std::string& name, const std::string& folder = "allowed") { return read(name, name, folder); }

  test::TemporaryFolder folder_;
};

TEST_F(LocalFiles, PermittedOneIsReadInPieces) {
  EXPECT_EQ(read("allowed/in.csv"), "content of allowed/in.csv");
  EXPECT_EQ(read("allowed/below/deep.csv"), "content of allowed/below/deep.csv");
  EXPECT_EQ(read("allowed/../allowed/in.csv"), "content of allowed/in.csv");
  EXPECT_EQ(read("secret.csv", ""), "content of secret.csv");
}

TEST_F(LocalFiles, ServerGetsNoOtherThanTheStatementNames) {
  for (const char* requested : {"secret.csv", "allowed/IN.CSV", "allowed/In.csv", "allowed/./in.csv", "allowed/in.csv/", ""}) {
    for (const char* folder : {"", "allowed"}) {
      EXPECT_THAT(read("allowed/in.csv", requested, folder), HasSubstr("the statement names")) << requested;
    }
  }
  EXPECT_FALSE(LocalFile::open({.name = "x"}, std::string_view("x\0y", 3)).ok());
}

TEST_F(LocalFiles, NoPathLeadsOutOfTheFolder) {
  for (const char* name : {"secret.csv", "allowed/../secret.csv", "allowed/link.csv", "allowed/relative_link.csv",
                           "allowed_too/near.csv", "allowed/below/../../secret.csv"}) {
    EXPECT_THAT(read(name), HasSubstr("LOAD_DATA_LOCAL_DIR")) << name;
  }
  EXPECT_THAT(read("allowed/in.csv", "no_such_folder"), HasSubstr("refused"));
}

TEST_F(LocalFiles, LinksWithinTheFolderAndAFolderThatIsALinkAreFollowed) {
  EXPECT_EQ(read("allowed/inner_link.csv"), "content of allowed/in.csv");
  EXPECT_EQ(read("allowed/in.csv", "way_in"), "content of allowed/in.csv");
  EXPECT_EQ(read("way_in/in.csv", "allowed"), "content of allowed/in.csv");
}

TEST_F(LocalFiles, WhatIsNoRegularFileIsRefusedAtOnce) {
  EXPECT_THAT(read("allowed/pipe"), HasSubstr("not a regular file"));
  EXPECT_THAT(read("allowed/below"), HasSubstr("not a regular file"));
  EXPECT_THAT(read("allowed/missing.csv"), HasSubstr("No such file"));
}

}  // namespace
}  // namespace selkie::protocol
