// What a conversion gives, and numeric literals taken apart: what the tests of conversions work their expectations out with.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string>

namespace selkie::test {

struct Answer {
  std::string state, value;  // value: empty where the state is an error
  bool operator==(const Answer&) const = default;
};
inline void PrintTo(const Answer& answer, std::ostream* out) { *out << "[" << answer.state << "] " << answer.value; }

struct Number {
  bool is_number = false, negative = false;
  std::string whole, fraction;  // digits
  bool fraction_is_zero() const { return fraction.find_first_not_of('0') == std::string::npos; }
};

// A numeric literal, its exponent worked in.
inline Number number_of(std::string text) {
  Number n;
  const auto first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  if (first == std::string::npos) return n;
  text = text.substr(first, last - first + 1);
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  if (*end != '\0' || text.find_first_not_of("+-.eE0123456789") != std::string::npos) return n;
  n.is_number = true;
  n.negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.erase(0, 1);
  const auto e = text.find_first_of("eE");
  int exponent = e == std::string::npos ? 0 : std::atoi(text.c_str() + e + 1);
  text = text.substr(0, e);
  const auto point = text.find('.');
  n.whole = text.substr(0, point);
  n.fraction = point == std::string::npos ? "" : text.substr(point + 1);
  for (; exponent > 0; --exponent) {
    n.whole += n.fraction.empty() ? '0' : n.fraction.front();
    if (!n.fraction.empty()) n.fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    n.fraction.insert(n.fraction.begin(), n.whole.empty() ? '0' : n.whole.back());
    if (!n.whole.empty()) n.whole.pop_back();
  }
  n.whole.erase(0, std::min(n.whole.find_first_not_of('0'), n.whole.size()));
  if (n.whole.empty()) n.whole = "0";
  return n;
}

// Compares magnitudes without leading zeros.
inline bool exceeds(const std::string& digits, const std::string& limit) {
  return digits.size() != limit.size() ? digits.size() > limit.size() : digits > limit;
}

}  // namespace selkie::test
