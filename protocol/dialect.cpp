#include "protocol/dialect.h"

#include <algorithm>
#include <charconv>

namespace selkie::protocol {
namespace {

// What we agree to where the server offers it. wish == nullptr: always. What has no row is never agreed to: progress reports
// look like errors, and MySQL's optional metadata gives no sign when a definition changed. Compression is chosen by itself,
// being one of several.
//
// Query attributes put two bytes in front of every query's text, and whether there are any is known only after login. They are
// agreed to all the same: MySQL's own client library does so since 8.0.23, so what stands between and offers them reads them.
struct Agreement {
  std::uint64_t capability;
  bool Wishes::*wish;
};
constexpr Agreement kAgreements[] = {
    {capability::kLongPassword, nullptr},  // left out by MariaDB, and with it goes its extended word
    {capability::kFoundRows, &Wishes::found_rows},
    {capability::kLongFlag, nullptr},
    {capability::kConnectWithDb, &Wishes::database},
    {capability::kNoSchema, &Wishes::no_schema},
    {capability::kLocalFiles, &Wishes::local_files},
    {capability::kIgnoreSpace, &Wishes::ignore_space},
    {capability::kProtocol41, nullptr},
    {capability::kInteractive, &Wishes::interactive},
    {capability::kSsl, &Wishes::tls},
    {capability::kTransactions, nullptr},
    {capability::kSecureConnection, nullptr},
    {capability::kMultiStatements, &Wishes::multi_statements},
    {capability::kMultiResults, nullptr},
    {capability::kPsMultiResults, nullptr},
    {capability::kPluginAuth, nullptr},
    {capability::kConnectAttrs, nullptr},
    {capability::kPluginAuthLenenc, nullptr},
    {capability::kExpiredPasswords, &Wishes::expired_passwords},
    {capability::kSessionTrack, nullptr},
    {capability::kDeprecateEof, &Wishes::deprecate_eof},
    {capability::kQueryAttributes, nullptr},
    {capability::kMultiFactor, nullptr},
    {capability::kMariaBulk, nullptr},
    {capability::kMariaExtendedMetadata, nullptr},
    {capability::kMariaCacheMetadata, &Wishes::cache_metadata},
    {capability::kMariaBulkUnitResults, nullptr},  // only in the answer of a bulk execute that asks for them
};

std::uint64_t capability_of(Compression compression) {
  switch (compression) {
    case Compression::zlib: return capability::kCompress;
    case Compression::zstd: return capability::kZstd;
    case Compression::uncompressed: break;
  }
  return 0;
}

constexpr std::uint64_t kBasicWord = 0xffffffff;

// How each product names itself in its version text, and what stands before its own version number there.
struct Product {
  Flavour flavour;
  std::string_view name;
  std::string_view before_version;  // empty: the text starts with it
};
constexpr Product kProducts[] = {
    {Flavour::tidb, "TiDB", "TiDB-v"},  // "8.0.11-TiDB-v7.5.0": the MySQL version that it imitates comes first
    {Flavour::vitess, "Vitess", ""},    // "8.0.30-Vitess": says nothing of its own
    {Flavour::mariadb, "MariaDB", ""},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t find_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(), same);
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

// "10.11.6-anything" -> 10.11.6. What is missing or no number is 0, and so is all that follows it.
Version parse_version(std::string_view text) {
  Version version;
  const char* next = text.data();
  const char* const end = next + text.size();
  for (std::uint32_t* part : {&version.major, &version.minor, &version.patch}) {
    const auto [stop, error] = std::from_chars(next, end, *part);
    if (error != std::errc() || stop == end || *stop != '.') break;
    next = stop + 1;
  }
  return version;
}

Version product_version(Flavour flavour, std::string_view text) {
  // MariaDB 10 hides behind a number that old replicas accept.
  constexpr std::string_view kReplicaPrefix = "5.5.5-";
  if (flavour == Flavour::mariadb && text.starts_with(kReplicaPrefix)) {
    const std::string_view own = text.substr(kReplicaPrefix.size());
    if (!own.empty() && own[0] >= '0' && own[0] <= '9') return parse_version(own);
  }
  for (const Product& product : kProducts) {
    if (product.flavour != flavour || product.before_version.empty()) continue;
    const std::size_t at = find_ignoring_case(text, product.before_version);
    return at == std::string_view::npos ? Version{} : parse_version(text.substr(at + product.before_version.size()));
  }
  return parse_version(text);
}

Flavour product_of(const ServerOffer& offer) {
  for (const Product& product : kProducts) {
    if (find_ignoring_case(offer.version, product.name) != std::string_view::npos) return product.flavour;
  }
  return (offer.capabilities & capability::kLongPassword) == 0 ? Flavour::mariadb : Flavour::mysql;
}

}  // namespace

Dialect negotiate(const ServerOffer& offer, const Wishes& wishes) {
  // The extended word has a meaning only where CLIENT_MYSQL is left out; elsewhere its place is reserved.
  const bool extended = (offer.capabilities & capability::kLongPassword) == 0;
  const std::uint64_t offered = extended ? offer.capabilities : offer.capabilities & kBasicWord;

  Dialect dialect;
  dialect.flavour = product_of(offer);
  dialect.version = product_version(dialect.flavour, offer.version);
  dialect.version_text = offer.version;
  for (const Agreement& agreement : kAgreements) {
    const bool wished = agreement.wish == nullptr || wishes.*agreement.wish;
    if (wished) dialect.capabilities |= offered & agreement.capability;
  }
  // The server would decide for itself between two that we both set.
  const auto offers = [&](Compression wish) { return (offered & capability_of(wish)) == capability_of(wish); };
  const auto first = std::ranges::find_if(wishes.compressions, offers);
  if (first != wishes.compressions.end()) dialect.capabilities |= capability_of(*first);
  return dialect;
}

}  // namespace selkie::protocol
