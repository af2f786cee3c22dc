// Connection strings: KEYWORD=value;KEYWORD={value};...
// Spec: SQLDriverConnect, "Connection Strings"
#include <algorithm>

#include "setup/settings.h"
#include "setup/words.h"

namespace selkie::setup {
namespace {

// Reads a value in braces. `rest` begins behind '{' and is left behind the closing '}'. False: it never closes.
bool read_braced(std::string_view& rest, std::string& value) {
  while (true) {
    const std::size_t brace = rest.find('}');
    if (brace == std::string_view::npos) return false;
    value.append(rest.substr(0, brace));
    rest.remove_prefix(brace + 1);
    if (!rest.starts_with('}')) return true;
    value += '}';
    rest.remove_prefix(1);
  }
}

// The text up to the next ';', which is consumed.
std::string_view take_to_semicolon(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(';'), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

// ODBC reserves []{}(),;?*=!@ in values.
bool needs_braces(std::string_view value) {
  return value.find_first_of("[]{}(),;?*=!@") != std::string_view::npos || trim(value).size() != value.size();
}

bool names_the_data_source(const Pair& pair) {
  return same_word(pair.keyword, "DSN") || same_word(pair.keyword, "DRIVER") || same_word(pair.keyword, "FILEDSN");
}

}  // namespace

std::vector<Pair> split_connection_string(std::string_view rest, std::vector<Problem>& problems) {
  std::vector<Pair> pairs;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t stop = rest.find_first_of(";=");
    if (stop == std::string_view::npos || rest[stop] == ';') {
      // Such a piece is often the tail of a password, so it is not repeated in the message.
      if (!trim(take_to_semicolon(rest)).empty()) {
        problems.push_back({true,
                            {},
                            "Part " + std::to_string(number) +
                                " of the connection string has no '='. Put a value that contains ';' in braces: PWD={a;b}."});
      }
      continue;
    }
    Pair pair{std::string(trim(rest.substr(0, stop))), {}};
    rest.remove_prefix(stop + 1);
    const std::string_view value = trim(rest.substr(0, rest.find(';')));
    if (value.starts_with('{')) {
      rest.remove_prefix(rest.find('{') + 1);
      if (!read_braced(rest, pair.value)) {
        problems.push_back(
            {true, pair.keyword, "The value of " + shown(pair.keyword) + " begins with '{' and has no closing '}'."});
        return pairs;
      }
      if (!trim(take_to_semicolon(rest)).empty()) {
        problems.push_back(
            {true, pair.keyword,
             "The value of " + shown(pair.keyword) + " goes on behind its closing '}'. Inside braces write '}' as '}}'."});
        continue;
      }
    } else {
      pair.value = value;
      take_to_semicolon(rest);
    }
    if (pair.keyword.empty()) {
      problems.push_back({true, {}, "Part " + std::to_string(number) + " of the connection string has no keyword before '='."});
      continue;
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::string join_connection_string(std::span<const Pair> pairs) {
  std::string text;
  for (const bool first : {true, false}) {
    for (const Pair& pair : pairs) {
      if (names_the_data_source(pair) != first) continue;
      text.append(pair.keyword).append("=");
      if (needs_braces(pair.value) || same_word(pair.keyword, "DRIVER")) {
        text += '{';
        for (const char c : pair.value) text.append(c == '}' ? 2 : 1, c);
        text += '}';
      } else {
        text += pair.value;
      }
      text += ';';
    }
  }
  return text;
}

}  // namespace selkie::setup
