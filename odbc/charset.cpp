#include "odbc/charset.h"

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "odbc/sqlstate.h"
#include "setup/words.h"

namespace selkie::odbc {
namespace {

// MySQL's character sets under the names of the C library, where those differ. Source: MySQL manual, "Supported Character
// Sets". Shift_JIS proper has a yen sign where SQL has its backslash; what is called so in practice is CP932.
struct Name {
  std::string_view mysql, iconv;
};
constexpr Name kNames[] = {
    {"armscii8", "ARMSCII-8"},  {"dec8", "DEC-MCS"},
    {"eucjpms", "EUC-JP-MS"},   {"euckr", "UHC"},
    {"geostd8", "GEORGIAN-PS"}, {"greek", "ISO-8859-7"},
    {"hebrew", "ISO-8859-8"},   {"koi8r", "KOI8-R"},
    {"koi8u", "KOI8-U"},        {"latin1", "CP1252"},
    {"latin2", "ISO-8859-2"},   {"latin5", "ISO-8859-9"},
    {"latin7", "ISO-8859-13"},  {"macce", "MAC-CENTRALEUROPE"},
    {"macroman", "MACINTOSH"},  {"sjis", "CP932"},
    {"shift_jis", "CP932"},     {"tis620", "TIS-620"},
    {"ujis", "EUC-JP-MS"},
};

// What the environment asks for, whether or not the program has called setlocale().
std::string locale_codeset() {
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return "ASCII";
  std::string name = ::nl_langinfo_l(CODESET, locale);
  ::freelocale(locale);
  return name;
}

std::string iconv_name_of(std::string_view name) {
  for (const Name& known : kNames) {
    if (setup::same_word(known.mysql, name)) return std::string(known.iconv);
  }
  return setup::same_word(name, "locale") ? locale_codeset() : std::string(name);
}

const iconv_t kNone = reinterpret_cast<iconv_t>(-1);
constexpr std::size_t kFailed = static_cast<std::size_t>(-1);

Charset::Done convert(iconv_t converter, std::string_view in, std::span<char> out) {
  char* from = const_cast<char*>(in.data());  // iconv does not write there
  char* to = out.data();
  std::size_t left = in.size(), room = out.size();
  ::iconv(converter, nullptr, nullptr, nullptr, nullptr);
  Charset::Done done;
  if (::iconv(converter, &from, &left, &to, &room) == kFailed) {
    done.stop = errno == E2BIG ? Charset::Stop::full : errno == EINVAL ? Charset::Stop::incomplete : Charset::Stop::invalid;
  } else if (::iconv(converter, nullptr, nullptr, &to, &room) == kFailed) {  // a character that might have been part of another
    done.stop = Charset::Stop::full;
  }
  done.read = in.size() - left;
  done.written = out.size() - room;
  return done;
}

// Converts all of `in` into `out`, which grows; where it stopped if it could not.
Charset::Done convert_all(iconv_t converter, std::string_view in, std::string& out) {
  out.resize(std::max(out.capacity(), in.size() + in.size() / 2 + 16));
  Charset::Done all;
  for (;;) {
    const Charset::Done done = convert(converter, in.substr(all.read), std::span(out).subspan(all.written));
    all.read += done.read;
    all.written += done.written;
    all.stop = done.stop;
    if (done.stop != Charset::Stop::full) return all;
    out.resize(out.size() * 2);
  }
}

}  // namespace

Charset::Charset(std::string_view name, std::string_view iconv_name)
    : name_(name),
      decoder_(::iconv_open("UTF-8", std::string(iconv_name).c_str())),
      encoder_(::iconv_open(std::string(iconv_name).c_str(), "UTF-8")) {}

Charset::~Charset() {
  if (decoder_ != kNone) ::iconv_close(decoder_);
  if (encoder_ != kNone) ::iconv_close(encoder_);
}

std::unique_ptr<Charset> Charset::open(std::string_view name) {
  if (name.empty()) return nullptr;
  const std::string iconv_name = iconv_name_of(name);
  if (setup::same_word(iconv_name, "UTF-8") || setup::same_word(iconv_name, "UTF8")) return nullptr;
  std::unique_ptr<Charset> charset(new Charset(name, iconv_name));
  if (charset->decoder_ == kNone || charset->encoder_ == kNone) {
    throw Fail(SqlState::general_error, "CHARSET=" + std::string(name) +
                                            " is not known here. Name a character set of MySQL or one that `iconv -l` lists, "
                                            "or leave it out for UTF-8.");
  }
  if (!charset->has_ascii()) {
    throw Fail(SqlState::general_error, "CHARSET=" + std::string(name) +
                                            " cannot be used: SQL needs a character set in which ASCII is ASCII. Use the W "
                                            "functions for UTF-16.");
  }
  return charset;
}

bool Charset::has_ascii() {
  std::array<char, 127> ascii;
  for (std::size_t i = 0; i < ascii.size(); ++i) ascii[i] = static_cast<char>(i + 1);
  const std::string_view expected(ascii.data(), ascii.size());
  if (decode(expected) != expected || !encoded_size(expected) || scratch_ != expected) return false;
  // Those that switch by escape sequences, such as ISO-2022-JP, write other characters with the bytes of ASCII.
  const auto is_written_in_ascii = [&](std::string_view character) {
    return encoded_size(character) && std::ranges::all_of(scratch_, [](char c) { return (c & 0x80) == 0; });
  };
  constexpr std::string_view kOthers[] = {"é", "日", "가"};
  return std::ranges::none_of(kOthers, is_written_in_ascii);
}

Charset::Done Charset::decode(std::string_view text, std::span<char> utf8) { return convert(decoder_, text, utf8); }
Charset::Done Charset::encode(std::string_view utf8, std::span<char> text) { return convert(encoder_, utf8, text); }

std::optional<std::string_view> Charset::decode(std::string_view text) {
  const Done done = convert_all(decoder_, text, scratch_);
  scratch_.resize(done.written);
  return done.stop == Stop::end ? std::optional<std::string_view>(scratch_) : std::nullopt;
}

std::optional<std::size_t> Charset::encoded_size(std::string_view utf8) {
  const Done done = convert_all(encoder_, utf8, scratch_);
  scratch_.resize(done.written);
  return done.stop == Stop::end ? std::optional(done.written) : std::nullopt;
}

std::string_view Charset::encode_replacing(std::string_view utf8, bool& replaced) {
  std::string all, part;
  while (!utf8.empty()) {
    const Done done = convert_all(encoder_, utf8, part);
    all.append(part, 0, done.written);
    utf8.remove_prefix(done.read);
    if (done.stop == Stop::end) break;
    all += '?';
    replaced = true;
    utf8.remove_prefix(first_character_bytes(utf8));
  }
  return scratch_ = std::move(all);
}

std::string_view utf8_in(const SQLCHAR* text, SQLLEN length) {
  const std::string_view bytes = bytes_in(text, length);
  if (is_valid_utf8(bytes)) return bytes;
  throw Fail(SqlState::bad_cast,
             "The text is not valid UTF-8. Say in CHARSET which character set it is in; write bytes as x'...', or bind them.");
}

std::string text_in(Charset* charset, const SQLCHAR* text, SQLLEN length) {
  if (charset == nullptr) return std::string(utf8_in(text, length));
  const auto utf8 = charset->decode(bytes_in(text, length));
  if (!utf8) throw Fail(SqlState::bad_cast, "The text is not in the character set that CHARSET=" + charset->name() + " says.");
  return std::string(*utf8);
}

bool text_out(Charset* charset, std::string_view text, SQLCHAR* buffer, BytesCount capacity, SQLLEN* length, bool& replaced) {
  if (charset == nullptr) return text_out(text, buffer, capacity, length);
  const std::string_view encoded = charset->encode_replacing(text, replaced);
  if (length != nullptr) *length = static_cast<SQLLEN>(encoded.size());
  if (buffer == nullptr) return false;
  if (capacity.count <= 0) return true;
  // Where a character ends, its own character set knows: it is read again up to there.
  std::size_t fits = std::min(encoded.size(), static_cast<std::size_t>(capacity.count) - 1);
  if (fits < encoded.size()) {
    const std::string all(encoded);
    std::string room(all.size() * 4, '\0');
    fits = charset->decode(std::string_view(all).substr(0, fits), std::span(room)).read;
    std::copy_n(all.data(), fits, reinterpret_cast<char*>(buffer));
    buffer[fits] = 0;
    return true;
  }
  std::copy_n(encoded.data(), fits, reinterpret_cast<char*>(buffer));
  buffer[fits] = 0;
  return false;
}

}  // namespace selkie::odbc
