// Every kept input of tests/corpus through its target: seeds recorded from servers, and what once was a finding.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"

namespace selkie::fuzz {
namespace {

std::vector<std::uint8_t> content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Corpus : public ::testing::TestWithParam<Target> {};

TEST_P(Corpus, HoldsNoFinding) {
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SELKIE_CORPUS) / GetParam().name)) {
    SCOPED_TRACE(entry.path().filename().string());
    const std::vector<std::uint8_t> input = content(entry.path());
    EXPECT_NO_THROW(GetParam().run(input));
    EXPECT_NO_THROW(GetParam().run(Bytes(input).first(input.size() / 2)));
    ++inputs;
  }
  EXPECT_GT(inputs, 0u);
  EXPECT_NO_THROW(GetParam().run({}));
}

INSTANTIATE_TEST_SUITE_P(Target, Corpus, ::testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace selkie::fuzz
