// What this server is and what we agreed on with it. The one place that reads capability bits and version strings.
// Depends on the standard library only; knows no packets.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/response.h"

namespace selkie::protocol {

enum class Flavour : std::uint8_t { mysql, mariadb, tidb, vitess };

struct Version {
  std::uint32_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const Version&) const = default;
};

// Capability bits. Spec: group__group__cs__capabilities__flags.html; bits 32 and up: MariaDB "Connection phase", extended.
namespace capability {
inline constexpr std::uint64_t kLongPassword = 1u << 0;  // "CLIENT_MYSQL": a MariaDB server leaves it out of its greeting
inline constexpr std::uint64_t kFoundRows = 1u << 1;
inline constexpr std::uint64_t kLongFlag = 1u << 2;
inline constexpr std::uint64_t kConnectWithDb = 1u << 3;
inline constexpr std::uint64_t kNoSchema = 1u << 4;
inline constexpr std::uint64_t kCompress = 1u << 5;
inline constexpr std::uint64_t kLocalFiles = 1u << 7;
inline constexpr std::uint64_t kIgnoreSpace = 1u << 8;
inline constexpr std::uint64_t kProtocol41 = 1u << 9;
inline constexpr std::uint64_t kInteractive = 1u << 10;
inline constexpr std::uint64_t kSsl = 1u << 11;
inline constexpr std::uint64_t kTransactions = 1u << 13;
inline constexpr std::uint64_t kSecureConnection = 1u << 15;
inline constexpr std::uint64_t kMultiStatements = 1u << 16;
inline constexpr std::uint64_t kMultiResults = 1u << 17;
inline constexpr std::uint64_t kPsMultiResults = 1u << 18;
inline constexpr std::uint64_t kPluginAuth = 1u << 19;
inline constexpr std::uint64_t kConnectAttrs = 1u << 20;
inline constexpr std::uint64_t kPluginAuthLenenc = 1u << 21;
inline constexpr std::uint64_t kExpiredPasswords = 1u << 22;
inline constexpr std::uint64_t kSessionTrack = 1u << 23;
inline constexpr std::uint64_t kDeprecateEof = 1u << 24;
inline constexpr std::uint64_t kOptionalMetadata = 1u << 25;
inline constexpr std::uint64_t kZstd = 1u << 26;
inline constexpr std::uint64_t kQueryAttributes = 1u << 27;
inline constexpr std::uint64_t kMultiFactor = 1u << 28;
inline constexpr std::uint64_t kMariaProgress = 1ull << 32;
inline constexpr std::uint64_t kMariaBulk = 1ull << 34;
inline constexpr std::uint64_t kMariaExtendedMetadata = 1ull << 35;
inline constexpr std::uint64_t kMariaCacheMetadata = 1ull << 36;
inline constexpr std::uint64_t kMariaBulkUnitResults = 1ull << 37;
}  // namespace capability

// What the greeting says about the server, as far as agreement depends on it.
struct ServerOffer {
  std::string version;             // as sent: "5.5.5-10.11.6-MariaDB", "8.0.11-TiDB-v7.5.0"
  std::uint64_t capabilities = 0;  // MariaDB's extended word in bits 32 and up, 0 there for every other server
};

enum class Compression : std::uint8_t { uncompressed, zlib, zstd };

// What the person asked for.
struct Wishes {
  bool tls = false;
  bool database = false;  // a database name goes into the login
  bool found_rows = false;
  bool no_schema = false;
  bool local_files = false;
  bool ignore_space = false;
  bool interactive = false;
  bool multi_statements = false;
  bool expired_passwords = false;
  bool deprecate_eof = true;
  bool cache_metadata = true;
  std::vector<Compression> compressions{};  // in order of preference; what is not in it is not wanted. None = uncompressed
};

// Immutable after negotiate(). Answers questions; nobody outside dialect.cpp tests a bit.
struct Dialect {
  Flavour flavour = Flavour::mysql;
  // The product's own: 10.11.6 for "5.5.5-10.11.6-MariaDB", 7.5.0 for TiDB; Vitess tells only the MySQL version it imitates.
  // 0.0.0 when the text names none.
  Version version;
  std::string version_text;        // as the server sent it
  std::uint64_t capabilities = 0;  // agreed; goes out in the SSL request and in the login, equal in both

  bool has(std::uint64_t capability) const { return (capabilities & capability) == capability; }
  bool mariadb() const { return flavour == Flavour::mariadb; }
  bool deprecate_eof() const { return has(capability::kDeprecateEof); }
  bool metadata_flag() const { return has(capability::kMariaCacheMetadata); }
  bool bulk() const { return has(capability::kMariaBulk); }
  bool extended_metadata() const { return has(capability::kMariaExtendedMetadata); }
  bool session_track() const { return has(capability::kSessionTrack); }
  bool query_attributes() const { return has(capability::kQueryAttributes); }
  bool multi_statements() const { return has(capability::kMultiStatements); }
  bool bulk_unit_results() const { return has(capability::kMariaBulkUnitResults); }
  // COM_STMT_EXECUTE with statement id 0xFFFFFFFF means "the one just prepared": MariaDB 10.2 and later. These leave
  // CLIENT_MYSQL out; a proxy that speaks for one and sets it may not know the id.
  bool execute_last_prepared() const { return mariadb() && version >= Version{10, 2, 0} && !has(capability::kLongPassword); }
  // MySQL 8.0.22 and later give a parameter that says nothing of its type that of its first value, for good: what comes as
  // another one is cast, with no more than a warning.
  bool settles_parameter_types() const { return flavour == Flavour::mysql && version >= Version{8, 0, 22}; }
  Compression compression() const {
    return has(capability::kZstd)       ? Compression::zstd
           : has(capability::kCompress) ? Compression::zlib
                                        : Compression::uncompressed;
  }
  // Proves a certificate that it made for itself by the user's password, in the OK of the login.
  bool proves_certificate() const { return mariadb() && version >= Version{11, 4, 0}; }
  // Gives the session the character sets of its login again. A login names utf8mb4_general_ci, of which MariaDB (11.6) takes
  // the character set and its own choice of a collation.
  std::string_view names_statement() const {
    return mariadb() ? "SET NAMES utf8mb4" : "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci";
  }
  // KILL QUERY with the greeting's connection number stops that connection and no other. TiDB's numbers have 64 bits, of which
  // the greeting carries half, and are a node's own before 7.3; Vitess's are a gateway's, and it may not know KILL.
  bool kills_by_connection_id() const {
    return flavour != Flavour::vitess && (flavour != Flavour::tidb || version >= Version{7, 3, 0});
  }
  bool procedures() const { return flavour != Flavour::tidb; }

  ResponseRules response_rules() const {
    return {.deprecate_eof = deprecate_eof(), .metadata_flag = metadata_flag(), .session_track = session_track()};
  }
};

// Pure: the same offer and wishes give the same Dialect. A wish that the server cannot serve is left out; whether that is
// fatal (TLS) is the caller's to say.
Dialect negotiate(const ServerOffer& offer, const Wishes& wishes);

}  // namespace selkie::protocol
