// The character set of the application's narrow text where CHARSET says that it is not UTF-8. Inside, and on the wire, all text
// is UTF-8; it is converted where it comes in and goes out. By the C library's iconv.
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "odbc/text.h"

namespace selkie::odbc {

// One belongs to a connection and is used under its lock.
class Charset {
 public:
  // Null for an empty name: UTF-8. "locale" is what the environment says (LC_ALL, LC_CTYPE, LANG); the others are MySQL's names
  // and those of iconv. Throws Fail(HY000) for one that is not known, or in which ASCII is not a byte a character.
  static std::unique_ptr<Charset> open(std::string_view name);
  ~Charset();
  Charset(const Charset&) = delete;
  Charset& operator=(const Charset&) = delete;

  // Where a conversion stopped: at the end, in front of what has no room, of a character whose end is missing, or of one that
  // cannot be converted. Nothing of a character is ever written alone.
  enum class Stop : unsigned char { end, full, incomplete, invalid };
  struct Done {
    std::size_t read = 0, written = 0;  // bytes
    Stop stop = Stop::end;
  };
  Done decode(std::string_view text, std::span<char> utf8);
  Done encode(std::string_view utf8, std::span<char> text);

  // The whole text as UTF-8; nullopt: it is not of this character set. Valid until the next call.
  std::optional<std::string_view> decode(std::string_view text);
  // Characters that the set does not have become '?'. Valid until the next call.
  std::string_view encode_replacing(std::string_view utf8, bool& replaced);
  // The bytes of the whole text; nullopt: it has a character that the set does not have.
  std::optional<std::size_t> encoded_size(std::string_view utf8);

  const std::string& name() const { return name_; }  // as CHARSET gave it

 private:
  Charset(std::string_view name, std::string_view iconv_name);
  bool has_ascii();

  std::string name_;
  void *decoder_, *encoder_;  // iconv_t
  std::string scratch_;
};

// As text_in() and text_out() of text.h, for narrow text in `charset`; null is UTF-8.
//   replaced  set when a character had to be replaced
// text_in throws Fail(22018) for what is not of the character set; an SQL statement writes bytes as x'...' or as parameters.
// utf8_in looks at it where it lies.
std::string_view utf8_in(const SQLCHAR* text, SQLLEN length);
std::string text_in(Charset* charset, const SQLCHAR* text, SQLLEN length);
bool text_out(Charset* charset, std::string_view text, SQLCHAR* buffer, BytesCount capacity, SQLLEN* length, bool& replaced);

}  // namespace selkie::odbc
