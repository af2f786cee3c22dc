// Applying pairs to Settings: which of several sources counts, and what to tell a person whose pair is wrong.
#include "setup/settings.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "setup/words.h"

namespace selkie::setup {
namespace {

constexpr std::size_t kMostUnknown = 16;  // warnings; past these a text is garbage, and one more says nothing

bool contains(const std::vector<const Keyword*>& list, const Keyword* keyword) {
  return std::ranges::find(list, keyword) != list.end();
}

const Keyword* owner_of(const Keyword* keyword) { return keyword->same_as.empty() ? keyword : find_keyword(keyword->same_as); }

Problem unknown(const std::string& spelling) {
  std::string message = "Unknown keyword " + shown(spelling) + " is ignored.";
  if (const Keyword* meant = closest_keyword(spelling)) message.append(" Did you mean ").append(meant->name).append("?");
  return {false, spelling, std::move(message)};
}

Problem without_effect(const Keyword& keyword, const std::string& spelling) {
  return {false, spelling, spelling + " has no effect: " + std::string(keyword.help)};
}

Problem bad_value(const Keyword& keyword, const std::string& spelling, std::string_view value) {
  return {true, spelling, spelling + " must be " + allowed_values(keyword) + ", not " + shown(value) + "."};
}

bool is_turned_on(std::string_view value) {
  return !value.empty() && value != "0" && !same_word(value, "no") && !same_word(value, "false") && !same_word(value, "off");
}

// Turns on the keyword of each bit, save those that were given by name.
void apply_option(Settings& settings, std::string_view canonical, std::vector<const Keyword*>& already,
                  std::vector<Problem>& problems) {
  std::uint32_t mask = 0;
  std::from_chars(canonical.data(), canonical.data() + canonical.size(), mask);
  for (const OptionBit& option : option_bits()) {
    if ((mask & option.bit) == 0 || option.keyword.empty()) continue;
    const Keyword* const keyword = find_keyword(option.keyword);
    if (keyword->kind == KeywordKind::unsupported) problems.push_back(without_effect(*keyword, std::string(option.keyword)));
    const Keyword* const owner = owner_of(keyword);
    if (contains(already, owner)) continue;
    keyword->set(settings, "1");
    already.push_back(owner);
  }
}

// Whether a keyword has nothing more to say once a stronger source has given SSLMODE. A fingerprint still says which server.
bool has_lost_to_ssl_mode(const Keyword& keyword, SslMode mode) {
  if (keyword.name == "FORCETLS" || keyword.name == "SSLVERIFY") return true;
  return mode == SslMode::disabled && (keyword.name == "TLSPEERFP" || keyword.name == "TLSPEERFPLIST");
}

// What is asked for by other keywords than SSLMODE counts too: FORCETLS, SSLVERIFY=1 and a fingerprint are promises that
// SSLMODE must not break; a CA or a certificate is a wish that holds while SSLMODE is not given. Idempotent.
void settle_ssl_mode(Settings& settings, bool mode_is_given) {
  SslMode least = SslMode::disabled;
  const bool has_fingerprint = !settings.tls_fingerprint.empty() || !settings.tls_fingerprint_file.empty();
  if (settings.force_tls || has_fingerprint) least = SslMode::required;
  if (settings.ssl_verify == true) least = SslMode::verify_identity;
  if (!mode_is_given) {
    const bool has_ca = !settings.ssl_ca.empty() || !settings.ssl_capath.empty();
    const bool has_certificate = !settings.ssl_cert.empty() || !settings.ssl_key.empty();
    if (has_certificate || has_ca) least = std::max(least, SslMode::required);
    if (has_ca && settings.ssl_verify != false) least = std::max(least, SslMode::verify_ca);
  }
  settings.ssl_mode = std::max(mode_is_given ? settings.ssl_mode : Settings{}.ssl_mode, least);
}

// NO_TLS_1_2 and NO_TLS_1_3 take their versions off the list. Idempotent. False: none is left.
bool settle_tls_versions(Settings& settings) {
  if (!settings.no_tls_1_2 && !settings.no_tls_1_3) return true;
  const std::string versions = settings.tls_versions.empty() ? "TLSv1.2,TLSv1.3" : settings.tls_versions;
  std::string left;
  std::string_view list = versions;
  for (std::string_view version = next_word(list, ","); !version.empty(); version = next_word(list, ",")) {
    if ((settings.no_tls_1_2 && version == "TLSv1.2") || (settings.no_tls_1_3 && version == "TLSv1.3")) continue;
    if (!left.empty()) left += ',';
    left += version;
  }
  if (left.empty()) {
    settings.no_tls_1_2 = settings.no_tls_1_3 = false;  // said once, not again for the next source
    return false;
  }
  settings.tls_versions = std::move(left);
  return true;
}

}  // namespace

void wipe_secrets(Settings& settings) {
  for (std::string* secret : {&settings.password, &settings.password2, &settings.password3, &settings.ssl_key_password}) {
    ::explicit_bzero(secret->data(), secret->size());
    secret->clear();
  }
}

void apply(Settings& settings, std::span<const Pair> pairs, std::vector<const Keyword*>& already,
           std::vector<Problem>& problems) {
  const Keyword* const ssl_mode = find_keyword("SSLMODE");
  const Keyword* const option = find_keyword("OPTION");
  const bool mode_is_settled = contains(already, ssl_mode);  // by a stronger source, whose word is the last one on TLS
  std::string option_mask;
  std::size_t unknown_count = 0;
  for (const Pair& pair : pairs) {
    const Keyword* const keyword = find_keyword(pair.keyword);
    if (keyword == nullptr) {
      if (unknown_count++ < kMostUnknown) problems.push_back(unknown(pair.keyword));
      continue;
    }
    if (keyword->kind == KeywordKind::accepted) continue;
    if (keyword->kind == KeywordKind::unsupported) {
      if (is_turned_on(pair.value)) problems.push_back(without_effect(*keyword, pair.keyword));
      continue;
    }
    if (mode_is_settled && has_lost_to_ssl_mode(*keyword, settings.ssl_mode)) continue;
    const Keyword* const owner = owner_of(keyword);
    if (contains(already, owner)) continue;
    already.push_back(owner);
    std::optional<std::string> value = canonical_value(*keyword, pair.value);
    if (!value || !keyword->set(settings, *value)) {
      problems.push_back(bad_value(*keyword, pair.keyword, pair.value));
    } else if (keyword == option) {
      option_mask = std::move(*value);
    }
  }
  apply_option(settings, option_mask, already, problems);
  settle_ssl_mode(settings, contains(already, ssl_mode));
  if (!settle_tls_versions(settings)) {
    problems.push_back({true, "TLSVERSION", "TLSVERSION, NO_TLS_1_2 and NO_TLS_1_3 together leave no TLS version."});
  }
}

}  // namespace selkie::setup
