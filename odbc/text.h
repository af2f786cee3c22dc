// UTF-8 and UTF-16, and text arguments of ODBC functions. Inside, all text is UTF-8.
// Lengths that count characters and lengths that count bytes are two types, so that mixing them does not compile.
#pragma once

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selkie::odbc {

struct Chars {  // units of the entry point's character type
  SQLLEN count;
};
struct BytesCount {
  SQLLEN count;
};

// Converts as much as fits. Invalid input (lone surrogates, broken UTF-8) becomes U+FFFD; *replaced is set when given.
struct Converted {
  std::size_t read = 0, written = 0;  // units read and written
  bool replaced = false;
};
// Upper bounds: utf8_to_utf16 writes at most `size` units; utf16_to_utf8 at most 3 bytes a unit.
Converted utf8_to_utf16(const char* in, std::size_t size_bytes, char16_t* out, std::size_t capacity_units);
Converted utf16_to_utf8(const char16_t* in, std::size_t units, char* out, std::size_t capacity_bytes);
void ascii_to_utf16(std::string_view ascii, char16_t* out);  // nothing but ASCII, a unit for each byte
std::size_t utf16_length(std::string_view utf8);             // units
std::size_t utf8_length(std::u16string_view utf16);          // bytes
bool is_valid_utf8(std::string_view text);
std::size_t count_characters(std::string_view utf8);
// The largest size of at most `limit_bytes` that does not cut a character of valid text.
std::size_t cut_between_characters(std::string_view utf8, std::size_t limit_bytes);

// Whether text that comes in pieces is valid UTF-8 so far. `open` keeps the bytes of a character whose end has not come; it is
// empty before the first piece, and behind the last one of whole text.
bool is_valid_utf8_piece(std::string_view piece, std::vector<std::uint8_t>& open);

std::size_t first_character_bytes(std::string_view utf8);  // of valid text that is not empty

// Bytes of a value that ends with a zero: of SQL_C_WCHAR two.
SQLLEN terminated_size(const void* data, SQLSMALLINT c_type);

std::string to_utf8(std::u16string_view utf16);
std::u16string to_utf16(std::string_view utf8);

// A text argument as UTF-8. SQL_NTS is resolved; nullptr gives an empty string. Trailing NULs that a caller counted are
// dropped. Throws Fail(HY090) for a negative length that is not SQL_NTS; Fail(22018) for a lone surrogate: what is no text is
// neither stored nor looked for as something else.
std::string text_in(const SQLWCHAR* text, SQLLEN length);
std::string text_in(const SQLWCHAR* text, BytesCount length);  // Fail(HY090) for half a unit
// Narrow text as it is, where it lies: its character set, and whether it is text in it, is for charset.h's text_in() to say.
std::string_view bytes_in(const SQLCHAR* text, SQLLEN length);

// Writes text to an output argument, always terminated, cut only between characters.
//   buffer    null: only the length is asked for, which is no truncation
//   capacity  of the buffer, in characters (Chars) or bytes (BytesCount) as the function's specification says; with 0 not even
//             the terminator is written
//   *length   gets the whole text's length in the same unit, terminator not counted; may be null
//   true      it did not fit (01004)
bool text_out(std::string_view text, SQLCHAR* buffer, Chars capacity, SQLLEN* length);
bool text_out(std::string_view text, SQLWCHAR* buffer, Chars capacity, SQLLEN* length);
bool text_out(std::string_view text, SQLCHAR* buffer, BytesCount capacity, SQLLEN* length);
bool text_out(std::string_view text, SQLWCHAR* buffer, BytesCount capacity, SQLLEN* length);

}  // namespace selkie::odbc
