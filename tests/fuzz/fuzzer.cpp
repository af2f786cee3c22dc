// libFuzzer's entry points: fuzz --target=NAME [libFuzzer's options] FOLDER...
// It passes over options with two dashes, and hands them on to the processes that it starts itself.
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/fuzz/target.h"

namespace {

constexpr std::string_view kOption = "--target=";
const selkie::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (!argument.starts_with(kOption)) continue;
    for (const selkie::fuzz::Target& target : selkie::fuzz::targets()) {
      if (target.name == argument.substr(kOption.size())) chosen = &target;
    }
  }
  if (chosen != nullptr) return 0;
  std::cerr << "usage: fuzz --target=NAME [OPTION...] FOLDER...\ntargets:";
  for (const selkie::fuzz::Target& target : selkie::fuzz::targets()) std::cerr << ' ' << target.name;
  std::cerr << '\n';
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({data, size});
  return 0;
}
