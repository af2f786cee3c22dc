// Prints KEYWORDS.md from the keyword table. Rewrite the file with: selkie_keywords > setup/KEYWORDS.md
#include <cstdio>
#include <string>

#include "setup/settings.h"
#include "setup/words.h"

namespace {

using namespace selkie::setup;

std::string spellings(const Keyword& keyword) {
  std::string text;
  std::string_view list = keyword.aliases;
  for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string values(const Keyword& keyword) {
  if (keyword.kind == KeywordKind::boolean) return "0 or 1";
  if (keyword.kind == KeywordKind::file) return "a path";
  if (keyword.kind == KeywordKind::secret) return "text, never shown";
  return keyword.kind == KeywordKind::text ? "text" : allowed_values(keyword);
}

bool has_effect(const Keyword& keyword) {
  return keyword.kind != KeywordKind::accepted && keyword.kind != KeywordKind::unsupported;
}

std::string_view treatment(const Keyword& keyword) { return keyword.kind == KeywordKind::accepted ? "accepted" : "warning"; }

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

std::string row(std::initializer_list<std::string_view> cells) {
  std::string line = "|";
  for (const std::string_view cell : cells) line.append(cell.empty() ? "" : " ").append(cell).append(" |");
  return line;
}

}  // namespace

int main() {
  print("# Keywords\n");
  print("Of a connection string or a data source; upper and lower case are the same. Both other drivers' spellings are known.");
  print("A value that contains `;`, `{` or `}` or begins or ends with a blank goes in braces, `}` doubled: `PWD={a;b}}c}`.");
  print("The first occurrence of a keyword counts, and the connection string beats its data source. An unknown keyword is a");
  print("warning (01S00), a bad value an error. Booleans take 0, 1, no, yes, false, true, off and on.\n");
  print(row({"keyword", "also", "values", "default", "meaning"}));
  print("|---|---|---|---|---|");
  for (const Keyword& keyword : keywords()) {
    if (!has_effect(keyword)) continue;
    print(row({keyword.name, spellings(keyword), values(keyword), keyword.default_value, keyword.help}));
  }
  print("\n## Known, without effect\n");
  print("Accepted in silence where nothing is lost; else a warning when it is turned on.\n");
  print(row({"keyword", "also", "treatment", "why, or what instead"}));
  print("|---|---|---|---|");
  for (const Keyword& keyword : keywords()) {
    if (has_effect(keyword)) continue;
    print(row({keyword.name, spellings(keyword), treatment(keyword), keyword.help}));
  }
  print("\n## Bits of OPTION\n");
  print(row({"bit", "turns on"}));
  print("|---:|---|");
  for (const OptionBit& option : option_bits()) {
    print(row({std::to_string(option.bit), option.keyword.empty() ? "nothing" : option.keyword}));
  }
}
