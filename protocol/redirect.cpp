#include "protocol/redirect.h"

#include <charconv>

#include "protocol/packets.h"

namespace selkie::protocol {
namespace {

// "%40" -> "@"; nullopt where the digits are missing.
std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr std::size_t kDigits = 2;
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, kDigits);
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || stop != digits.data() + kDigits) return std::nullopt;
    decoded += static_cast<char>(value);
    i += kDigits;
  }
  return decoded;
}

}  // namespace

std::optional<Redirection> parse_redirect_url(std::string_view url) {
  constexpr std::uint16_t kStandardPort = 3306;
  bool is_ours = false;
  for (const std::string_view scheme : {"mysql://", "mariadb://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    is_ours = true;
    break;
  }
  if (!is_ours) return std::nullopt;
  url = url.substr(0, url.find_first_of("/?"));

  Redirection redirection;
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = url.substr(0, at);
    auto decoded = percent_decoded(user.substr(0, user.find(':')));
    if (!decoded) return std::nullopt;
    redirection.user = std::move(*decoded);
    url.remove_prefix(at + 1);
  }
  auto hosts = parse_hosts(url, kStandardPort);
  if (!hosts.ok() || hosts->size() != 1) return std::nullopt;
  redirection.host = std::move(hosts->front());
  return redirection;
}

std::optional<Redirection> find_redirection(Bytes session_changes) {
  SessionChanges changes(session_changes);
  std::optional<Redirection> found;
  while (const auto change = changes.next()) {
    if (change->kind == SessionChanges::Kind::system_variable && change->name == "redirect_url") {
      found = parse_redirect_url(change->value);
    }
  }
  return found;
}

}  // namespace selkie::protocol
