// Fuzz targets: each is a part of the product that reads bytes of others, and what must hold whatever these are.
// The same functions run under libFuzzer (fuzzer.cpp) and over the kept inputs of tests/corpus (replay_test.cpp).
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <stdexcept>
#include <string_view>

#include "protocol/bytes.h"

namespace selkie::fuzz {

using protocol::Bytes;

struct Target {
  std::string_view name;  // also its folder in tests/corpus
  void (*run)(Bytes input);
};
std::span<const Target> targets();

// What does not hold is thrown: a finding for libFuzzer, a failed test for the replay.
inline void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

inline bool is_inside(Bytes part, Bytes whole) {
  return part.empty() ||
         (!std::less<>{}(part.data(), whole.data()) && !std::less<>{}(whole.data() + whole.size(), part.data() + part.size()));
}
inline bool is_inside(std::string_view part, Bytes whole) { return is_inside(protocol::as_bytes(part), whole); }

// Splits an input into payloads by the lengths of their frame headers, so that recorded bytes are inputs as they are. Sequence
// numbers do not count; the last payload may be shorter than its header says.
template <class Take>
void for_each_payload(Bytes input, Take take) {
  constexpr std::size_t kHeader = 4;
  while (input.size() >= kHeader) {
    const auto size = static_cast<std::size_t>(protocol::load_little_endian(input.data(), 3));
    const Bytes payload = input.subspan(kHeader, std::min(size, input.size() - kHeader));
    input = input.subspan(kHeader + payload.size());
    if (!take(payload)) return;
  }
}

// The targets, a file for each layer that they look at.
void packets(Bytes input);
void columns(Bytes input);
void rows(Bytes input);
void large_row(Bytes input);
void frames(Bytes input);
void answer(Bytes input);
void prepare(Bytes input);
void compression(Bytes input);
void login(Bytes input);
void authentication(Bytes input);
void hosts(Bytes input);
void redirect(Bytes input);
void settings(Bytes input);
void sql(Bytes input);
void sql_writing(Bytes input);
void text(Bytes input);
void values(Bytes input);
void convert_out(Bytes input);
void convert_in(Bytes input);

}  // namespace selkie::fuzz
