// Small text helpers for keywords and configuration: ASCII only, no locale. Depends on the standard library only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace selkie::setup {

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

// Whether these letters, given in upper case, stand somewhere in a text: quick, and never wrong where the answer is no.
constexpr bool has_letters(std::string_view text, std::string_view letters) {
  return !std::ranges::search(text, letters, {}, upper).empty();
}

constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the next word off the front of a list whose words are separated by any of `separators`; empty at the end.
constexpr std::string_view next_word(std::string_view& list, std::string_view separators = " ") {
  list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
  const std::string_view word = list.substr(0, list.find_first_of(separators));
  list.remove_prefix(word.size());
  return word;
}

// What a person wrote, in quotes, for a message: at most 40 bytes, cut between characters, control characters as '?'.
inline std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::size_t size = std::min(text.size(), kMost);
  if (size < text.size()) {
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  }
  std::string quoted = "'";
  for (const char c : text.substr(0, size)) quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return quoted + (size < text.size() ? "...'" : "'");
}

}  // namespace selkie::setup
