#include "odbc/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "odbc/sqlstate.h"

namespace selkie::odbc {
namespace {

static_assert(sizeof(SQLWCHAR) == sizeof(char16_t));

constexpr char32_t kReplacement = 0xfffd;

// One character taken from the front of some input.
struct Decoded {
  char32_t code;
  std::size_t size;  // units it took, at least 1
  bool valid;
};

constexpr bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }
constexpr bool is_surrogate(char32_t unit) { return (unit & 0xf800) == 0xd800; }
constexpr bool is_high_surrogate(char32_t unit) { return (unit & 0xfc00) == 0xd800; }
constexpr bool is_low_surrogate(char32_t unit) { return (unit & 0xfc00) == 0xdc00; }

// Wide text lies at any address: an application's row may be packed.
inline char16_t load(const char16_t* p) {
  char16_t unit;
  std::memcpy(&unit, p, sizeof unit);
  return unit;
}
inline std::uint8_t load(const std::uint8_t* p) { return *p; }
inline void store(char16_t* p, char32_t unit) {
  const auto narrowed = static_cast<char16_t>(unit);
  std::memcpy(p, &narrowed, sizeof narrowed);
}

// A broken sequence is replaced as a whole, up to the byte that breaks it. Spec: Unicode 3.9, "U+FFFD Substitution of Maximal
// Subparts", table 3-7 for the ranges of the second byte.
Decoded decode_rare(const std::uint8_t* in, std::size_t left) {
  const std::uint8_t lead = in[0];
  if (lead < 0x80) return {lead, 1, true};
  std::size_t size = 0;
  std::uint8_t low = 0x80, high = 0xbf;
  char32_t code = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2, code = lead & 0x1fu;
  } else if ((lead & 0xf0) == 0xe0) {
    size = 3, code = lead & 0x0fu;
    if (lead == 0xe0) low = 0xa0;   // shorter forms exist
    if (lead == 0xed) high = 0x9f;  // surrogates
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4, code = lead & 0x07u;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;  // beyond U+10FFFF
  } else {
    return {kReplacement, 1, false};
  }
  if (left < 2 || in[1] < low || in[1] > high) return {kReplacement, 1, false};
  code = code << 6 | (in[1] & 0x3fu);
  for (std::size_t i = 2; i < size; ++i) {
    if (i >= left || !is_continuation(in[i])) return {kReplacement, i, false};
    code = code << 6 | (in[i] & 0x3fu);
  }
  return {code, size, true};
}

// Two and three bytes, which is nearly all text beyond ASCII, in line.
[[gnu::always_inline]] inline Decoded decode(const std::uint8_t* in, std::size_t left) {
  if (left >= 3 && (in[0] & 0xf0) == 0xe0) {
    const std::uint32_t second = in[1] ^ 0x80u, third = in[2] ^ 0x80u;
    const char32_t code = (in[0] & 0x0fu) << 12 | second << 6 | third;
    if ((second | third) < 0x40 && code >= 0x800 && !is_surrogate(code)) return {code, 3, true};
  } else if (left >= 2 && (in[0] & 0xe0) == 0xc0 && in[0] >= 0xc2 && is_continuation(in[1])) {
    return {(in[0] & 0x1fu) << 6 | (in[1] & 0x3fu), 2, true};
  }
  return decode_rare(in, left);
}

inline Decoded decode(const char16_t* in, std::size_t left) {
  const char16_t unit = load(in);
  if (!is_surrogate(unit)) return {unit, 1, true};
  const char16_t second = left > 1 ? load(in + 1) : char16_t{0};
  if (is_high_surrogate(unit) && is_low_surrogate(second)) {
    return {0x10000 + ((unit & 0x3ffu) << 10) + (second & 0x3ffu), 2, true};
  }
  return {kReplacement, 1, false};
}

constexpr std::size_t units_of(char32_t code) { return code < 0x10000 ? 1 : 2; }
constexpr std::size_t bytes_of(char32_t code) { return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4; }

inline void encode(char32_t code, char16_t* out) {
  if (code < 0x10000) {
    store(out, code);
  } else {
    store(out, 0xd7c0 + (code >> 10));
    store(out + 1, 0xdc00 + (code & 0x3ff));
  }
}

inline void encode(char32_t code, char* out) {
  const auto tail = [code](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    out[0] = static_cast<char>(code);
  } else if (code < 0x800) {
    out[0] = static_cast<char>(0xc0 | code >> 6), out[1] = tail(0);
  } else if (code < 0x10000) {
    out[0] = static_cast<char>(0xe0 | code >> 12), out[1] = tail(6), out[2] = tail(0);
  } else {
    out[0] = static_cast<char>(0xf0 | code >> 18), out[1] = tail(12), out[2] = tail(6), out[3] = tail(0);
  }
}

// Copies the ASCII characters at the front, `count` at most; how many. Both buffers hold `count` units.
#if defined(__SSE2__)
inline std::size_t copy_ascii(const std::uint8_t* in, char16_t* out, std::size_t count) {
  std::size_t i = 0;
  const __m128i zero = _mm_setzero_si128();
  for (; i + 16 <= count; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    if (_mm_movemask_epi8(bytes) != 0) break;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm_unpacklo_epi8(bytes, zero));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i + 8), _mm_unpackhi_epi8(bytes, zero));
  }
  if (i + 8 <= count) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + i));
    if (_mm_movemask_epi8(bytes) == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm_unpacklo_epi8(bytes, zero));
      i += 8;
    }
  }
  // The last few: together with some before them that were copied already.
  if (count - i < 8 && count >= 8) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + count - 8));
    if (_mm_movemask_epi8(bytes) == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + count - 8), _mm_unpacklo_epi8(bytes, zero));
      return count;
    }
  }
  for (; i < count && in[i] < 0x80; ++i) store(out + i, in[i]);
  return i;
}

inline std::size_t copy_ascii(const char16_t* in, char* out, std::size_t count) {
  std::size_t i = 0;
  const __m128i beyond_ascii = _mm_set1_epi16(static_cast<short>(0xff80));
  for (; i + 8 <= count; i += 8) {
    const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    const __m128i outside = _mm_and_si128(units, beyond_ascii);
    if (_mm_movemask_epi8(_mm_cmpeq_epi16(outside, _mm_setzero_si128())) != 0xffff) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), _mm_packus_epi16(units, units));
  }
  for (; i < count && load(in + i) < 0x80; ++i) out[i] = static_cast<char>(load(in + i));
  return i;
}

inline std::size_t skip_ascii(const std::uint8_t* in, std::size_t count) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    if (_mm_movemask_epi8(bytes) != 0) break;
  }
  if (i + 8 <= count && _mm_movemask_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + i))) == 0) i += 8;
  // The last few, as in copy_ascii.
  if (count - i < 8 && count >= 8 &&
      _mm_movemask_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + count - 8))) == 0) {
    return count;
  }
  for (; i < count && in[i] < 0x80; ++i) {}
  return i;
}
#else
inline std::size_t copy_ascii(const std::uint8_t* in, char16_t* out, std::size_t count) {
  std::size_t i = 0;
  for (; i < count && in[i] < 0x80; ++i) store(out + i, in[i]);
  return i;
}

inline std::size_t copy_ascii(const char16_t* in, char* out, std::size_t count) {
  std::size_t i = 0;
  for (; i < count && load(in + i) < 0x80; ++i) out[i] = static_cast<char>(load(in + i));
  return i;
}

inline std::size_t skip_ascii(const std::uint8_t* in, std::size_t count) {
  std::size_t i = 0;
  for (; i < count && in[i] < 0x80; ++i) {}
  return i;
}
#endif

inline std::size_t skip_ascii(const char16_t* in, std::size_t count) {
  std::size_t i = 0;
  for (; i < count && load(in + i) < 0x80; ++i) {}
  return i;
}

inline std::size_t encoded_size(char32_t code, const char16_t*) { return units_of(code); }
inline std::size_t encoded_size(char32_t code, const char*) { return bytes_of(code); }

template <class In, class Out>
Converted transcode(const In* in, std::size_t size, Out* out, std::size_t capacity) {
  Converted done;
  while (done.read < size && done.written < capacity) {
    const std::size_t ascii =
        copy_ascii(in + done.read, out + done.written, std::min(size - done.read, capacity - done.written));
    done.read += ascii;
    done.written += ascii;
    // Text beyond ASCII comes in runs: stay here while it lasts.
    while (done.read < size && load(in + done.read) >= 0x80) {
      const Decoded next = decode(in + done.read, size - done.read);
      const std::size_t needed = encoded_size(next.code, out);
      if (needed > capacity - done.written) return done;
      encode(next.code, out + done.written);
      done.read += next.size;
      done.written += needed;
      done.replaced |= !next.valid;
    }
  }
  return done;
}

// Calls `each` with every character beyond ASCII, and says how many characters were ASCII.
template <class In, class Each>
std::size_t scan(const In* in, std::size_t size, Each each) {
  std::size_t ascii = 0;
  for (std::size_t i = 0; i < size;) {
    const std::size_t run = skip_ascii(in + i, size - i);
    ascii += run;
    i += run;
    while (i < size && load(in + i) >= 0x80) {
      const Decoded next = decode(in + i, size - i);
      if (!each(next)) return ascii;
      i += next.size;
    }
  }
  return ascii;
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

template <class Ch>
std::size_t argument_length(const Ch* text, SQLLEN length) {
  if (text == nullptr) return 0;
  if (length == SQL_NTS) {
    std::size_t n = 0;
    while (text[n] != 0) ++n;
    return n;
  }
  if (length < 0) throw Fail(SqlState::invalid_length);
  auto n = static_cast<std::size_t>(length);
  while (n > 0 && text[n - 1] == 0) --n;
  return n;
}

void set_length(SQLLEN* length, std::size_t value) {
  if (length != nullptr) *length = static_cast<SQLLEN>(value);
}

}  // namespace

Converted utf8_to_utf16(const char* in, std::size_t size_bytes, char16_t* out, std::size_t capacity_units) {
  return transcode(reinterpret_cast<const std::uint8_t*>(in), size_bytes, out, capacity_units);
}

Converted utf16_to_utf8(const char16_t* in, std::size_t units, char* out, std::size_t capacity_bytes) {
  return transcode(in, units, out, capacity_bytes);
}

void ascii_to_utf16(std::string_view ascii, char16_t* out) { copy_ascii(bytes_of(ascii), out, ascii.size()); }

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  const auto each = [&](const Decoded& next) { return units += units_of(next.code), true; };
  return scan(bytes_of(utf8), utf8.size(), each) + units;
}

std::size_t utf8_length(std::u16string_view utf16) {
  std::size_t bytes = 0;
  const auto each = [&](const Decoded& next) { return bytes += bytes_of(next.code), true; };
  return scan(utf16.data(), utf16.size(), each) + bytes;
}

bool is_valid_utf8(std::string_view text) {
  bool valid = true;
  scan(bytes_of(text), text.size(), [&](const Decoded& next) { return valid = next.valid; });
  return valid;
}

bool is_valid_utf8_piece(std::string_view piece, std::vector<std::uint8_t>& open) {
  const auto size_by_lead = [](std::uint8_t lead) { return lead < 0xc0 ? 1u : lead < 0xe0 ? 2u : lead < 0xf0 ? 3u : 4u; };
  if (!open.empty()) {
    while (open.size() < size_by_lead(open.front()) && !piece.empty()) {
      open.push_back(static_cast<std::uint8_t>(piece.front()));
      piece.remove_prefix(1);
    }
    if (open.size() < size_by_lead(open.front())) return true;
    if (!decode(open.data(), open.size()).valid) return false;
    open.clear();
  }
  // Of a character that the piece's end cuts, at most three bytes are there.
  const std::size_t looked_at = std::min<std::size_t>(piece.size(), 3);
  for (std::size_t i = 1; i <= looked_at; ++i) {
    const auto byte = static_cast<std::uint8_t>(piece[piece.size() - i]);
    if (is_continuation(byte)) continue;
    if (size_by_lead(byte) > i) {
      open.assign(piece.end() - static_cast<std::ptrdiff_t>(i), piece.end());
      piece.remove_suffix(i);
    }
    break;
  }
  return is_valid_utf8(piece);
}

std::size_t count_characters(std::string_view utf8) {
  std::size_t characters = 0;
  const auto each = [&](const Decoded&) { return ++characters, true; };
  return scan(bytes_of(utf8), utf8.size(), each) + characters;
}

std::size_t cut_between_characters(std::string_view utf8, std::size_t limit_bytes) {
  if (limit_bytes >= utf8.size()) return utf8.size();
  // A character has 4 bytes at most, so a boundary is 3 bytes away at most; in broken text any place will do.
  for (std::size_t cut = limit_bytes; cut + 3 >= limit_bytes; --cut) {
    if (!is_continuation(static_cast<std::uint8_t>(utf8[cut]))) return cut;
    if (cut == 0) break;
  }
  return limit_bytes;
}

std::size_t first_character_bytes(std::string_view utf8) {
  std::size_t size = 1;
  while (size < utf8.size() && is_continuation(static_cast<std::uint8_t>(utf8[size]))) ++size;
  return size;
}

SQLLEN terminated_size(const void* data, SQLSMALLINT c_type) {
  if (c_type != SQL_C_WCHAR) return static_cast<SQLLEN>(std::strlen(static_cast<const char*>(data)));
  const auto* text = static_cast<const std::uint8_t*>(data);
  std::size_t size = 0;
  while (text[size] != 0 || text[size + 1] != 0) size += 2;
  return static_cast<SQLLEN>(size);
}

std::string to_utf8(std::u16string_view utf16) {
  std::string out(utf16.size() * 3, '\0');
  out.resize(utf16_to_utf8(utf16.data(), utf16.size(), out.data(), out.size()).written);
  return out;
}

std::u16string to_utf16(std::string_view utf8) {
  std::u16string out(utf8.size(), u'\0');
  out.resize(utf8_to_utf16(utf8.data(), utf8.size(), out.data(), out.size()).written);
  return out;
}

std::string text_in(const SQLWCHAR* text, SQLLEN length) {
  const std::size_t units = argument_length(text, length);
  std::string utf8(units * 3, '\0');
  const Converted done = utf16_to_utf8(reinterpret_cast<const char16_t*>(text), units, utf8.data(), utf8.size());
  if (done.replaced) {
    throw Fail(SqlState::bad_cast, "The text is not valid UTF-16: a surrogate stands without the other one of its pair.");
  }
  utf8.resize(done.written);
  return utf8;
}

std::string text_in(const SQLWCHAR* text, BytesCount length) {
  constexpr SQLLEN kUnit = sizeof(SQLWCHAR);
  if (length.count < 0) return text_in(text, length.count);
  if (length.count % kUnit != 0) throw Fail(SqlState::invalid_length, "UTF-16 has an even number of bytes.");
  return text_in(text, length.count / kUnit);
}

std::string_view bytes_in(const SQLCHAR* text, SQLLEN length) {
  return {reinterpret_cast<const char*>(text), argument_length(text, length)};
}

bool text_out(std::string_view text, SQLCHAR* buffer, BytesCount capacity, SQLLEN* length) {
  set_length(length, text.size());
  if (buffer == nullptr) return false;
  if (capacity.count <= 0) return true;
  const std::size_t fits = cut_between_characters(text, static_cast<std::size_t>(capacity.count) - 1);
  std::copy_n(text.data(), fits, reinterpret_cast<char*>(buffer));
  buffer[fits] = 0;
  return fits < text.size();
}

bool text_out(std::string_view text, SQLWCHAR* buffer, Chars capacity, SQLLEN* length) {
  if (buffer == nullptr || capacity.count <= 0) {
    set_length(length, utf16_length(text));
    return buffer != nullptr;
  }
  const Converted done = utf8_to_utf16(text.data(), text.size(), reinterpret_cast<char16_t*>(buffer),
                                       static_cast<std::size_t>(capacity.count) - 1);
  store(reinterpret_cast<char16_t*>(buffer) + done.written, 0);
  set_length(length, done.written + utf16_length(text.substr(done.read)));
  return done.read < text.size();
}

bool text_out(std::string_view text, SQLCHAR* buffer, Chars capacity, SQLLEN* length) {
  return text_out(text, buffer, BytesCount{capacity.count}, length);
}

bool text_out(std::string_view text, SQLWCHAR* buffer, BytesCount capacity, SQLLEN* length) {
  const bool cut = text_out(text, buffer, Chars{capacity.count / SQLLEN{sizeof(SQLWCHAR)}}, length);
  if (length != nullptr) *length *= SQLLEN{sizeof(SQLWCHAR)};
  return cut;
}

}  // namespace selkie::odbc
