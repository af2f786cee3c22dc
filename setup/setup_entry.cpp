// The setup library: what odbcinst and the configuration tools call to make, change and remove data sources of this driver, and
// to learn which keywords there are. It has no windows: everything is said by attributes. Spec: ConfigDSN, ConfigDriver;
// unixODBC's odbcinstext.h for ODBCINSTGetProperties
#include <sql.h>
// After sql.h, whose types it needs.
#include <odbcinst.h>
#include <odbcinstext.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "setup/dsn.h"
#include "setup/settings.h"
#include "setup/words.h"

#define SELKIE_EXPORT extern "C" __attribute__((visibility("default")))

namespace selkie::setup {
namespace {

// An error of ODBC's installer on its way to the entry point.
struct InstallerError {
  DWORD code;  // ODBC_ERROR_*
  std::string message;
};

// Runs an entry point's work; its errors become installer errors and 0 (FALSE).
template <typename Work>
BOOL guarded(Work work) noexcept {
  try {
    work();
    return 1;
  } catch (const InstallerError& error) {
    SQLPostInstallerError(error.code, error.message.c_str());
  } catch (const std::bad_alloc&) {
    SQLPostInstallerError(ODBC_ERROR_OUT_OF_MEM, "Out of memory.");
  } catch (...) {
    SQLPostInstallerError(ODBC_ERROR_GENERAL_ERR, "The data source could not be configured.");
  }
  return 0;
}

// The installer's wide text is UTF-16 under unixODBC and UTF-32 under iODBC. A lone surrogate becomes U+FFFD.
std::string to_text(const SQLWCHAR* text) {
  std::string utf8;
  const auto put = [&](std::uint32_t head, std::uint32_t code, int tail_bytes) {
    utf8 += static_cast<char>(head | (code >> (6 * tail_bytes)));
    while (tail_bytes-- > 0) utf8 += static_cast<char>(0x80 | ((code >> (6 * tail_bytes)) & 0x3f));
  };
  for (; text != nullptr && *text != 0; ++text) {
    auto code = static_cast<std::uint32_t>(*text);
    if ((code & 0xfffffc00) == 0xd800 && (text[1] & 0xfffffc00u) == 0xdc00) {
      code = 0x10000 + ((code & 0x3ff) << 10) + (static_cast<std::uint32_t>(*++text) & 0x3ff);
    } else if ((code & 0xfffff800) == 0xd800 || code > 0x10ffff) {
      code = 0xfffd;
    }
    if (code < 0x80) {
      put(0, code, 0);
    } else if (code < 0x800) {
      put(0xc0, code, 1);
    } else if (code < 0x10000) {
      put(0xe0, code, 2);
    } else {
      put(0xf0, code, 3);
    }
  }
  return utf8;
}

std::string to_text(const char* text) { return text != nullptr ? text : ""; }

// "KEYWORD=value" items, each ended by NUL and the list by another one.
template <typename Char>
std::vector<std::string> items(const Char* list) {
  std::vector<std::string> all;
  while (list != nullptr && *list != 0) {
    all.push_back(to_text(list));
    while (*list++ != 0) {}
  }
  return all;
}

// What a request says. Keywords are in the table's spelling, so that PASSWORD replaces a PWD that is already there.
struct Request {
  std::string dsn;
  std::vector<Pair> pairs;
};

Request read_attributes(const std::vector<std::string>& attributes) {
  Request request;
  for (const std::string& attribute : attributes) {
    const std::size_t equals = attribute.find('=');
    if (equals == std::string::npos) {
      throw InstallerError{ODBC_ERROR_INVALID_KEYWORD_VALUE,
                           "An attribute has no '='; write KEYWORD=value, each ended by NUL."};
    }
    Pair pair{std::string(trim(attribute.substr(0, equals))), attribute.substr(equals + 1)};
    if (const Keyword* keyword = find_keyword(pair.keyword); keyword != nullptr && keyword->kind != KeywordKind::accepted) {
      pair.keyword = keyword->name;
    }
    if (pair.keyword == "DSN") {
      request.dsn = trim(pair.value);
    } else {
      request.pairs.push_back(std::move(pair));
    }
  }
  if (request.dsn.empty()) throw InstallerError{ODBC_ERROR_INVALID_DSN, "The attributes name no data source; add DSN=name."};
  return request;
}

// A misspelt keyword would warn at each connection, so it is refused here, like a bad value.
void check(const std::vector<Pair>& pairs) {
  Settings settings;
  std::vector<const Keyword*> already;
  std::vector<Problem> problems;
  apply(settings, pairs, already, problems);
  for (const Problem& problem : problems) {
    const bool is_misspelt = find_keyword(problem.keyword) == nullptr;
    if (problem.is_error || is_misspelt) throw InstallerError{ODBC_ERROR_INVALID_KEYWORD_VALUE, problem.message};
  }
}

void succeed(const DsnFailure& failure) {
  if (failure) throw InstallerError{ODBC_ERROR_REQUEST_FAILED, *failure};
}

void config_dsn(WORD request_type, const std::string& driver, const std::vector<std::string>& attributes) {
  if (request_type != ODBC_ADD_DSN && request_type != ODBC_CONFIG_DSN && request_type != ODBC_REMOVE_DSN) {
    throw InstallerError{ODBC_ERROR_INVALID_REQUEST_TYPE,
                         "The request is none of ODBC_ADD_DSN, ODBC_CONFIG_DSN, ODBC_REMOVE_DSN."};
  }
  const Request request = read_attributes(attributes);
  if (request_type == ODBC_REMOVE_DSN) return succeed(remove_dsn(request.dsn));
  if (driver.empty()) throw InstallerError{ODBC_ERROR_INVALID_NAME, "The request names no driver."};
  check(request.pairs);

  std::vector<Pair> pairs = request.pairs;
  if (request_type == ODBC_CONFIG_DSN) {
    const std::vector<Pair> old = read_dsn(request.dsn);
    if (old.empty()) throw InstallerError{ODBC_ERROR_INVALID_DSN, "There is no data source " + shown(request.dsn) + "."};
    for (const Pair& pair : old) {
      const Keyword* const keyword = find_keyword(pair.keyword);
      const bool is_replaced = std::ranges::any_of(request.pairs, [&](const Pair& changed) {
        return same_word(changed.keyword, pair.keyword) || (keyword != nullptr && changed.keyword == keyword->name);
      });
      if (!is_replaced) pairs.push_back(pair);
    }
  }
  succeed(write_dsn(request.dsn, driver, pairs));
}

// odbcinst writes the driver's section itself; there is nothing more to install.
void config_driver(WORD request_type) {
  if (request_type == ODBC_INSTALL_DRIVER || request_type == ODBC_REMOVE_DRIVER || request_type == ODBC_CONFIG_DRIVER) return;
  throw InstallerError{ODBC_ERROR_INVALID_REQUEST_TYPE,
                       "The request is none of ODBC_INSTALL_DRIVER, ODBC_REMOVE_DRIVER, ODBC_CONFIG_DRIVER."};
}

template <typename Char>
void write_no_message(Char* message, WORD capacity, WORD* size) {
  if (message != nullptr && capacity > 0) message[0] = 0;
  if (size != nullptr) *size = 0;
}

// Memory below belongs to odbcinst, which frees each property, its help and its list with free().

char* copy(std::string_view text) {
  auto* const to = static_cast<char*>(std::calloc(text.size() + 1, 1));
  if (to != nullptr) std::memcpy(to, text.data(), text.size());
  return to;
}

// The words of a list as an array that ends with null, array and words in one block.
char** list_of(std::string_view words) {
  std::size_t count = 0;
  for (std::string_view rest = words; !next_word(rest).empty();) ++count;
  const std::size_t array_bytes = (count + 1) * sizeof(char*);
  auto* const array = static_cast<char**>(std::calloc(1, array_bytes + words.size() + 1));
  if (array == nullptr) return nullptr;
  char* to = reinterpret_cast<char*>(array) + array_bytes;
  std::size_t i = 0;
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    array[i++] = to;
    to = std::copy(word.begin(), word.end(), to) + 1;
  }
  return array;
}

// What a configuration tool asks for: what odbcinst does not ask for itself, each setting once.
bool is_a_property(const Keyword& keyword) {
  const bool has_effect = keyword.kind != KeywordKind::accepted && keyword.kind != KeywordKind::unsupported;
  if (!has_effect || !keyword.same_as.empty()) return false;
  return keyword.name != "DSN" && keyword.name != "DRIVER" && keyword.name != "DESCRIPTION" && keyword.name != "OPTION";
}

HODBCINSTPROPERTY make_property(const Keyword& keyword) {
  auto* const property = static_cast<HODBCINSTPROPERTY>(std::calloc(1, sizeof(ODBCINSTPROPERTY)));
  if (property == nullptr) return nullptr;
  keyword.name.copy(property->szName, INI_MAX_PROPERTY_NAME);
  keyword.default_value.copy(property->szValue, INI_MAX_PROPERTY_VALUE);
  property->pszHelp = copy(keyword.help);
  switch (keyword.kind) {
    case KeywordKind::secret: property->nPromptType = ODBCINST_PROMPTTYPE_TEXTEDIT_PASSWORD; break;
    case KeywordKind::file: property->nPromptType = ODBCINST_PROMPTTYPE_FILENAME; break;
    case KeywordKind::boolean:
    case KeywordKind::choice:
      property->nPromptType = ODBCINST_PROMPTTYPE_LISTBOX;
      property->aPromptData = list_of(keyword.kind == KeywordKind::boolean ? "0 1" : keyword.choices);
      break;
    default: property->nPromptType = ODBCINST_PROMPTTYPE_TEXTEDIT; break;
  }
  return property;
}

}  // namespace
}  // namespace selkie::setup

namespace setup = selkie::setup;

SELKIE_EXPORT BOOL INSTAPI ConfigDSN(HWND, WORD request, LPCSTR driver, LPCSTR attributes) {
  return setup::guarded([&] { setup::config_dsn(request, setup::to_text(driver), setup::items(attributes)); });
}

SELKIE_EXPORT BOOL INSTAPI ConfigDSNW(HWND, WORD request, LPCWSTR driver, LPCWSTR attributes) {
  return setup::guarded([&] { setup::config_dsn(request, setup::to_text(driver), setup::items(attributes)); });
}

SELKIE_EXPORT BOOL INSTAPI ConfigDriver(HWND, WORD request, LPCSTR, LPCSTR, LPSTR message, WORD capacity, WORD* size) {
  setup::write_no_message(message, capacity, size);
  return setup::guarded([&] { setup::config_driver(request); });
}

SELKIE_EXPORT BOOL INSTAPI ConfigDriverW(HWND, WORD request, LPCWSTR, LPCWSTR, LPWSTR message, WORD capacity, WORD* size) {
  setup::write_no_message(message, capacity, size);
  return setup::guarded([&] { setup::config_driver(request); });
}

// Appends a property for each keyword behind the last one of the caller's list.
SELKIE_EXPORT int INSTAPI ODBCINSTGetProperties(HODBCINSTPROPERTY last) {
  if (last == nullptr) return ODBCINST_ERROR;
  for (const setup::Keyword& keyword : setup::keywords()) {
    if (!setup::is_a_property(keyword)) continue;
    last->pNext = setup::make_property(keyword);
    if (last->pNext == nullptr) return ODBCINST_ERROR;
    last = last->pNext;
  }
  return ODBCINST_SUCCESS;
}
