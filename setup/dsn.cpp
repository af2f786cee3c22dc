#include "setup/dsn.h"

#include <odbcinst.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "setup/words.h"

namespace selkie::setup {
namespace {

constexpr const char* kFile = "odbc.ini";

// unixODBC's odbcinst reads lines of at most 999 bytes and takes the rest of a longer one for a further line, that is, for a
// keyword with an odd name (2.3.11). At this many bytes of name and value a line may have been cut; blanks count too.
constexpr std::size_t kLongLine = 900;

// One value, or for a null entry the names in the section, each ended by NUL. The buffer grows until the answer leaves room:
// odbcinst drops what does not fit and does not say so.
std::string profile_string(const std::string& section, const char* entry) {
  for (std::size_t capacity = 4096;; capacity *= 2) {
    std::string buffer(capacity, '\0');
    const int size = SQLGetPrivateProfileString(section.c_str(), entry, "", buffer.data(), static_cast<int>(capacity), kFile);
    if (size <= 0) return {};
    if (static_cast<std::size_t>(size) < capacity / 2 || capacity > (std::size_t{1} << 24)) {
      buffer.resize(std::min(static_cast<std::size_t>(size), capacity));
      return buffer;
    }
  }
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The files in the order in which odbcinst looks for a data source.
std::vector<std::string> files() {
  std::vector<std::string> paths;
  const auto add = [&](const char* directory, const char* name) {
    if (directory != nullptr) paths.push_back(std::string(directory) + name);
  };
  if (const char* user_file = std::getenv("ODBCINI")) paths.emplace_back(user_file);
  add(std::getenv("HOME"), "/.odbc.ini");
  add(std::getenv("ODBCSYSINI"), "/odbc.ini");
  for (const char* directory : {"/etc", "/usr/local/etc", "/etc/unixODBC"}) add(directory, "/odbc.ini");
  return paths;
}

// The section from the file itself, for lines that are too long for odbcinst.
std::optional<std::vector<Pair>> read_from_file(const std::string& dsn) {
  for (const std::string& path : files()) {
    const std::optional<std::string> text = read_file(path);
    if (!text) continue;
    if (auto pairs = read_ini_section(*text, dsn)) return pairs;
  }
  return std::nullopt;
}

std::string installer_error(const char* otherwise) {
  DWORD code = 0;
  char message[512] = {};
  WORD size = 0;
  const RETCODE result = SQLInstallerError(1, &code, message, sizeof message, &size);
  const bool found = result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO;
  return found && message[0] != '\0' ? message : otherwise;
}

DsnFailure cannot_keep(const Pair& pair) {
  const auto failure = [&](const char* why) {
    return std::string("odbc.ini cannot hold the value of ") + shown(pair.keyword) + why;
  };
  if (pair.value.find_first_of("\r\n") != std::string::npos || pair.value.find('\0') != std::string::npos) {
    return failure(": it has line breaks or NULs.");
  }
  if (trim(pair.value).size() != pair.value.size()) return failure(": it begins or ends with a blank.");
  if (pair.keyword.size() + pair.value.size() > kLongLine) {
    return failure(": it is too long for odbcinst. Give it in the connection string instead.");
  }
  return std::nullopt;
}

bool names_the_data_source(const Pair& pair) { return same_word(pair.keyword, "DSN") || same_word(pair.keyword, "DRIVER"); }

}  // namespace

std::optional<std::vector<Pair>> read_ini_section(std::string_view text, std::string_view section) {
  std::optional<std::vector<Pair>> pairs;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == ';' || line[0] == '#') continue;
    if (line[0] == '[') {
      if (pairs) return pairs;
      const std::string_view name = line.substr(1, line.find(']') - 1);
      if (same_word(trim(name), section)) pairs.emplace();
      continue;
    }
    if (!pairs) continue;
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view value = line.substr(std::min(equals + 1, line.size()));
    pairs->push_back({std::string(trim(line.substr(0, equals))), std::string(trim(value))});
  }
  return pairs;
}

std::vector<Pair> read_dsn(const std::string& dsn) {
  std::vector<Pair> pairs;
  if (dsn.empty()) return pairs;
  bool cut = false;
  const std::string names = profile_string(dsn, nullptr);
  for (std::size_t at = 0; at < names.size();) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    if (name.empty()) continue;
    pairs.push_back({name, profile_string(dsn, name.c_str())});
    cut |= name.size() + pairs.back().value.size() > kLongLine;
  }
  if (!cut) return pairs;
  if (auto whole = read_from_file(dsn)) return *std::move(whole);
  return pairs;
}

DsnFailure write_dsn(const std::string& dsn, const std::string& driver, std::span<const Pair> pairs) {
  if (dsn.empty() || !SQLValidDSN(dsn.c_str())) return shown(dsn) + " is no valid name for a data source.";
  for (const Pair& pair : pairs) {
    if (auto failure = cannot_keep(pair)) return failure;
  }
  if (!SQLWriteDSNToIni(dsn.c_str(), driver.c_str())) return installer_error("odbc.ini could not be written.");
  for (const Pair& pair : pairs) {
    if (names_the_data_source(pair)) continue;
    if (!SQLWritePrivateProfileString(dsn.c_str(), pair.keyword.c_str(), pair.value.c_str(), kFile)) {
      return installer_error("odbc.ini could not be written.");
    }
  }
  return std::nullopt;
}

DsnFailure remove_dsn(const std::string& dsn) {
  if (read_dsn(dsn).empty()) return "There is no data source " + shown(dsn) + ".";
  if (!SQLRemoveDSNFromIni(dsn.c_str())) return installer_error("odbc.ini could not be written.");
  return std::nullopt;
}

}  // namespace selkie::setup
