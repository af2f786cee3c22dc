// Values as text, for comparison and messages.
#pragma once

#include <charconv>
#include <cstdio>
#include <string>

namespace selkie::bench {

template <class... Args>
std::string print(const char* format, Args... args) {
  char text[128];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, format, args...))};
}

// The shortest text that reads back as the same double.
inline std::string shortest(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace selkie::bench
