// Decimal digits of integers, two at a time.
// Depends on the standard library only.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace selkie::odbc {

// 10 to the power of the index: all that 64 bits hold.
inline constexpr auto kPowers = [] {
  std::array<std::uint64_t, 20> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// "00" to "99".
inline constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  }
  return pairs;
}();

// 1 for 0. Spec: S. E. Anderson, "Bit Twiddling Hacks", "Find integer log base 10 of an integer"
inline std::size_t count_digits(std::uint64_t value) {
  const std::uint64_t counted = value | 1;
  const auto about = static_cast<std::size_t>(std::bit_width(counted)) * 1233 >> 12;  // 1233 / 4096 is the logarithm of 2
  return about + (counted >= kPowers[about] ? 1 : 0);
}

// Each writes so many digits, zeros in front, and returns their end. The value must not have more.
inline char* put_two(std::uint32_t value, char* out) {
  std::memcpy(out, &kPairs[std::size_t{value} * 2], 2);
  return out + 2;
}
inline char* put_four(std::uint32_t value, char* out) { return put_two(value % 100, put_two(value / 100, out)); }
inline char* put_six(std::uint32_t value, char* out) { return put_four(value % 10'000, put_two(value / 10'000, out)); }
inline char* put_eight(std::uint32_t value, char* out) { return put_four(value % 10'000, put_four(value / 10'000, out)); }
inline char* put_digits(std::uint32_t value, std::size_t count, char* out) {
  char* const end = out + count;
  for (; count >= 2; value /= 100) put_two(value % 100, out + (count -= 2));
  if (count != 0) *out = static_cast<char>('0' + value);
  return end;
}

}  // namespace selkie::odbc
