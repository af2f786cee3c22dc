// The table of keywords, and how a value of each kind is read.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "setup/settings.h"
#include "setup/words.h"

namespace selkie::setup {
namespace {

// Setters take canonical values (see canonical_value), so those of the simple kinds cannot fail.

template <auto Member>
bool set_text(Settings& settings, std::string_view value) {
  settings.*Member = value;
  return true;
}
template <auto Member>
std::string get_text(const Settings& settings) {
  return settings.*Member;
}

template <auto Member, bool Inverse = false>
bool set_flag(Settings& settings, std::string_view value) {
  settings.*Member = (value == "1") != Inverse;
  return true;
}
std::string flag_text(bool flag) { return flag ? "1" : "0"; }
template <auto Member, bool Inverse = false>
std::string get_flag(const Settings& settings) {
  return flag_text(settings.*Member != Inverse);
}

template <auto Member>
bool set_number(Settings& settings, std::string_view value) {
  return std::from_chars(value.data(), value.data() + value.size(), settings.*Member).ec == std::errc{};
}
template <auto Member>
std::string get_number(const Settings& settings) {
  return std::to_string(settings.*Member);
}

// Both drivers' users write PORT=0 for the standard port.
bool set_port(Settings& settings, std::string_view value) {
  if (!set_number<&Settings::port>(settings, value)) return false;
  if (settings.port == 0) settings.port = Settings{}.port;
  return true;
}

// The words of a choice stand in the order of its enumerators.
constexpr std::string_view kSslModes = "DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY";
constexpr std::string_view kZeroDates = "NULL ERROR MIN";
constexpr std::string_view kDirectExecutions = "0 1 AUTO";

template <auto Member, const std::string_view& Choices>
bool set_choice(Settings& settings, std::string_view value) {
  std::string_view list = Choices;
  for (std::uint8_t i = 0;; ++i) {
    const std::string_view word = next_word(list);
    if (word.empty()) return false;
    if (word == value) {
      settings.*Member = static_cast<std::remove_reference_t<decltype(settings.*Member)>>(i);
      return true;
    }
  }
}
template <auto Member, const std::string_view& Choices>
std::string get_choice(const Settings& settings) {
  std::string_view list = Choices, word = next_word(list);
  for (auto i = static_cast<unsigned>(settings.*Member); i > 0; --i) word = next_word(list);
  return std::string(word);
}

bool set_zero_date_to_min(Settings& settings, std::string_view value) {
  settings.zero_date = value == "1" ? ZeroDateMode::min : ZeroDateMode::null;
  return true;
}
std::string get_zero_date_to_min(const Settings& settings) { return flag_text(settings.zero_date == ZeroDateMode::min); }

// UTF-8 is what the narrow functions speak, whatever it is called.
bool set_charset(Settings& settings, std::string_view value) {
  constexpr std::string_view kUtf8[] = {"utf8", "utf8mb3", "utf8mb4", "utf-8"};
  const bool is_utf8 = std::ranges::any_of(kUtf8, [&](std::string_view name) { return same_word(name, value); });
  settings.charset = is_utf8 ? std::string_view{} : value;
  return true;
}

// The braces belong to the list, but a connection string's reader has already taken them off.
bool set_attributes(Settings& settings, std::string_view value) {
  if (value.starts_with('{') && value.ends_with('}')) value = value.substr(1, value.size() - 2);
  settings.connection_attributes = value;
  return true;
}

bool set_ssl_verify(Settings& settings, std::string_view value) {
  settings.ssl_verify = value == "1";
  return true;
}
std::string get_ssl_verify(const Settings& settings) { return flag_text(settings.ssl_verify.value_or(false)); }

constexpr std::string_view kTlsVersions = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3";

// One version as either driver spells it ("TLSv1.2", "1.2"), or a sum of 1, 2 and 4 for TLS 1.1, 1.2 and 1.3, as a set: bit i
// is the i-th of kTlsVersions. 0: none of these.
unsigned tls_version_bits(std::string_view word) {
  if (word.size() == 1 && word[0] >= '1' && word[0] <= '7') return static_cast<unsigned>(word[0] - '0') << 1;
  if (same_word(word.substr(0, 4), "TLSv")) word.remove_prefix(4);
  if (word == "1" || word == "1.0") return 1;
  return word == "1.1" ? 2 : word == "1.2" ? 4 : word == "1.3" ? 8 : 0;
}

bool set_tls_versions(Settings& settings, std::string_view value) {
  unsigned allowed = 0;
  for (std::string_view word = next_word(value, ",: "); !word.empty(); word = next_word(value, ",: ")) {
    const unsigned bits = tls_version_bits(word);
    if (bits == 0) return false;
    allowed |= bits;
  }
  settings.tls_versions.clear();
  std::string_view names = kTlsVersions;
  for (unsigned bit = 1; bit <= 8; bit <<= 1) {
    const std::string_view name = next_word(names);
    if ((allowed & bit) == 0) continue;
    if (!settings.tls_versions.empty()) settings.tls_versions += ',';
    settings.tls_versions += name;
  }
  return true;
}

constexpr std::string_view kCompressions = "zstd zlib uncompressed";

bool set_compression(Settings& settings, std::string_view value) {
  std::string order;
  for (std::string_view word = next_word(value, ", "); !word.empty(); word = next_word(value, ", ")) {
    std::string_view known = kCompressions, match = next_word(known);
    while (!match.empty() && !same_word(match, word)) match = next_word(known);
    if (match.empty()) return false;
    if (!order.empty()) order += ',';
    order += match;
  }
  settings.compress = order.find("zlib") != std::string::npos;
  settings.compression = std::move(order);
  return true;
}
bool set_compressed_proto(Settings& settings, std::string_view value) {
  return set_compression(settings, value == "1" ? "zlib,uncompressed" : "");
}

// The driver manager's own trace switch is often left in a DSN as Trace=No or Trace=1; that is no file name.
bool set_trace(Settings& settings, std::string_view value) {
  constexpr std::string_view kSwitches = "0 1 no yes false true off on";
  std::string_view list = kSwitches;
  for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) {
    if (same_word(word, value)) return true;
  }
  settings.trace_file = value;
  return true;
}

bool set_nothing(Settings&, std::string_view) { return true; }
std::string get_nothing(const Settings&) { return {}; }

// Rows by kind. The member is a template argument, so that a row is one line.

template <auto Member>
constexpr Keyword text(std::string_view name, std::string_view aliases, std::string_view help) {
  return {name, aliases, KeywordKind::text, "", "", help, set_text<Member>, get_text<Member>};
}
template <auto Member>
constexpr Keyword file(std::string_view name, std::string_view aliases, std::string_view help) {
  return {name, aliases, KeywordKind::file, "", "", help, set_text<Member>, get_text<Member>};
}
template <auto Member>
constexpr Keyword secret(std::string_view name, std::string_view aliases, std::string_view help) {
  return {name, aliases, KeywordKind::secret, "", "", help, set_text<Member>, get_text<Member>};
}
template <auto Member>
constexpr Keyword flag(std::string_view name, std::string_view aliases, std::string_view default_value, std::string_view help) {
  return {name, aliases, KeywordKind::boolean, default_value, "", help, set_flag<Member>, get_flag<Member>};
}
template <auto Member>
constexpr Keyword inverse(std::string_view name, std::string_view aliases, std::string_view default_value,
                          std::string_view help, std::string_view same_as = {}) {
  return {name, aliases, KeywordKind::boolean, default_value, "", help, set_flag<Member, true>, get_flag<Member, true>, 0,
          0,    same_as};
}
template <auto Member>
constexpr Keyword number(KeywordKind kind, std::string_view name, std::string_view aliases, std::string_view default_value,
                         std::uint64_t least, std::uint64_t most, std::string_view help) {
  return {name, aliases, kind, default_value, "", help, set_number<Member>, get_number<Member>, least, most};
}
constexpr Keyword accepted(std::string_view name, std::string_view aliases, std::string_view help) {
  return {name, aliases, KeywordKind::accepted, "", "", help, set_nothing, get_nothing};
}
constexpr Keyword unsupported(std::string_view name, std::string_view aliases, std::string_view help) {
  return {name, aliases, KeywordKind::unsupported, "", "", help, set_nothing, get_nothing};
}

using S = Settings;
using K = KeywordKind;
constexpr std::uint64_t kUint32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kYear = 365ull * 24 * 3600;

// clang-format off
constexpr Keyword kKeywords[] = {
    // Where to connect, and as whom.
    text<&S::dsn>("DSN", "", "Data source in odbc.ini whose keywords count where the connection string has none."),
    text<&S::driver>("DRIVER", "", "Name of the driver in odbcinst.ini, or its file."),
    text<&S::description>("DESCRIPTION", "DESC", "Note for people."),
    text<&S::server>("SERVER", "SERVERNAME HOST", "Host, host:port or [IPv6]:port; a comma-separated list is tried in order. Empty is localhost."),
    {"PORT", "", K::number, "3306", "", "TCP port of hosts that name none; 0 is 3306.", set_port, get_number<&S::port>, 0, 65535},
    file<&S::socket>("SOCKET", "UNIX_SOCKET", "Path of the server's Unix socket, used instead of SERVER and PORT."),
    text<&S::user>("UID", "USER USERNAME", "User name."),
    secret<&S::password>("PWD", "PASSWORD PWD1 PASSWORD1", "Password, or the token that a cloud service gives instead."),
    secret<&S::password2>("PWD2", "PASSWORD2", "Second factor's password, or the answer to PAM's second question."),
    secret<&S::password3>("PWD3", "PASSWORD3", "Third factor's password, or the answer to PAM's third question."),
    text<&S::database>("DATABASE", "DB", "Database to begin in."),
    text<&S::init_statement>("INITSTMT", "STMT", "SQL to run after each login."),
    {"CHARSET", "", K::text, "", "", "Character set of the narrow (A) functions and of SQL_C_CHAR: a name of MySQL's (latin1, gbk, sjis) or of iconv's, or locale; empty is UTF-8. Between driver and server all text is utf8mb4.", set_charset, get_text<&S::charset>},
    {"ATTR", "", K::text, "", "", "Connection attributes for the server's performance schema: {name=value,name=value}.", set_attributes, get_text<&S::connection_attributes>},
    number<&S::connect_timeout_s>(K::seconds, "CONN_TIMEOUT", "CONNTIMEOUT CONNECT_TIMEOUT CONNECTTIMEOUT", "0", 0, kYear, "Seconds for connect and login together; 0 waits for ever."),
    number<&S::read_timeout_s>(K::seconds, "READ_TIMEOUT", "READTIMEOUT", "0", 0, kYear, "Seconds to wait for bytes from the server; 0 waits for ever."),
    number<&S::write_timeout_s>(K::seconds, "WRITE_TIMEOUT", "WRITETIMEOUT", "0", 0, kYear, "Seconds to wait until the server takes bytes; 0 waits for ever."),
    flag<&S::redirect>("REDIRECT", "PERMIT_REDIRECT PERMITREDIRECT ENABLEREDIRECT", "0", "Goes on to the server that the first one names in redirect_url, over TLS only."),
    flag<&S::interactive>("INTERACTIVE", "", "0", "The server's interactive_timeout closes the idle session, not wait_timeout."),

    // Login.
    text<&S::default_auth>("DEFAULT_AUTH", "DEFAULTAUTH", "Authentication method to begin with; the server may still switch."),
    flag<&S::cleartext_enabled>("ENABLE_CLEARTEXT_PLUGIN", "", "0", "Lets the server ask for the password itself (mysql_clear_password, PAM's dialog), over TLS or a Unix socket only."),
    file<&S::rsa_key_file>("RSAKEY", "SERVERKEY", "File with the server's RSA public key, for sha2 logins without TLS."),
    flag<&S::get_server_public_key>("GET_SERVER_PUBLIC_KEY", "", "0", "Takes the RSA key for sha2 logins from the server itself: open to an active attacker."),
    flag<&S::expired_password_ok>("CAN_HANDLE_EXP_PWD", "", "0", "Logs in with an expired password, to set a new one."),
    unsupported("OPENID-TOKEN-FILE", "OPENID_TOKEN_FILE OPENIDTOKENFILE", "Login by OpenID Connect token."),
    unsupported("OCI_CONFIG_FILE", "OCI_CONFIG_PROFILE", "Login by Oracle Cloud configuration."),
    accepted("AUTHENTICATION-KERBEROS-MODE", "AUTHENTICATION_KERBEROS_MODE AUTHENTICATIONKERBEROSMODE", "Of Windows."),
    accepted("PLUGIN_DIR", "PLUGINDIR", "Authentication methods are built in."),

    // TLS.
    {"SSLMODE", "SSL-MODE SSL_MODE", K::choice, "PREFERRED", kSslModes, "How much TLS is demanded; a CA makes VERIFY_CA the default, FORCETLS or a certificate REQUIRED.", set_choice<&S::ssl_mode, kSslModes>, get_choice<&S::ssl_mode, kSslModes>},
    flag<&S::force_tls>("FORCETLS", "", "0", "At least SSLMODE=REQUIRED."),
    {"SSLVERIFY", "", K::boolean, "0", "", "1 is SSLMODE=VERIFY_IDENTITY; 0 keeps a CA alone from demanding verification.", set_ssl_verify, get_ssl_verify},
    file<&S::ssl_ca>("SSLCA", "SSL-CA SSL_CA", "File with the certificates of trusted authorities, PEM."),
    text<&S::ssl_capath>("SSLCAPATH", "SSL-CAPATH SSL_CAPATH", "Directory with the certificates of trusted authorities, hashed names."),
    file<&S::ssl_cert>("SSLCERT", "SSL-CERT SSL_CERT", "The client's certificate, PEM."),
    file<&S::ssl_key>("SSLKEY", "SSL-KEY SSL_KEY", "The client's private key, PEM."),
    secret<&S::ssl_key_password>("TLSKEYPWD", "SSLKEYPWD", "Passphrase of the private key."),
    file<&S::ssl_crl>("SSLCRL", "SSL-CRL SSL_CRL", "File with revoked certificates, PEM."),
    text<&S::ssl_crlpath>("SSLCRLPATH", "SSL-CRLPATH SSL_CRLPATH", "Directory with revoked certificates."),
    text<&S::ssl_cipher>("SSLCIPHER", "SSL-CIPHER SSL_CIPHER", "Ciphers for TLS 1.2 and below, OpenSSL's syntax."),
    text<&S::tls_ciphersuites>("TLS-CIPHERSUITES", "TLS_CIPHERSUITES TLSCIPHERSUITES", "Cipher suites for TLS 1.3."),
    {"TLSVERSION", "TLS-VERSION TLS_VERSION TLSVERSIONS TLS-VERSIONS TLS_VERSIONS", K::list, "", kTlsVersions, "Allowed TLS versions; also the sum of 1, 2 and 4 for TLS 1.1, 1.2 and 1.3.", set_tls_versions, get_text<&S::tls_versions>},
    flag<&S::no_tls_1_2>("NO_TLS_1_2", "", "0", "Takes TLS 1.2 off the allowed versions."),
    flag<&S::no_tls_1_3>("NO_TLS_1_3", "", "0", "Takes TLS 1.3 off the allowed versions."),
    accepted("NO_TLS_1_0", "NO_TLS_1_1", "Old versions are off unless TLSVERSION names them."),
    text<&S::tls_fingerprint>("TLSPEERFP", "SSLFP", "Fingerprint of the server's certificate: SHA-1, 256, 384 or 512 in hexadecimal, with or without colons. At least SSLMODE=REQUIRED; without a CA it stands in for one."),
    file<&S::tls_fingerprint_file>("TLSPEERFPLIST", "SSLFPLIST", "File with such fingerprints, one a line; any of them will do."),

    // The wire.
    {"COMPRESSION", "COMPRESSION_ALGORITHMS COMPRESSION-ALGORITHMS", K::list, "", kCompressions, "Compression of the connection, in order of preference; without 'uncompressed' at the end a server that has none of the others is refused. Empty is none.", set_compression, get_text<&S::compression>},
    {"COMPRESSED_PROTO", "COMPRESS USE_COMPRESSION USECOMPRESSION", K::boolean, "0", "", "1 is COMPRESSION=zlib,uncompressed.", set_compressed_proto, get_flag<&S::compress>, 0, 0, "COMPRESSION"},
    number<&S::compression_level>(K::number, "COMPRESSION_LEVEL", "ZSTD_COMPRESSION_LEVEL ZSTD-COMPRESSION-LEVEL", "0", 0, 22, "How hard to compress: 1 is the fastest, 9 the best of zlib, 22 of zstd; 0 is 6 for zlib and 3 for zstd."),
    number<&S::max_packet_bytes>(K::size, "MAX_PACKET", "MAX_ALLOWED_PACKET", "1073741824", 16384, 1u << 30, "Largest packet that is accepted from the server."),
    {"TRACE", "", K::file, "", "", "File that gets the conversation with the server for Wireshark and tshark: statements and rows as they are, the login's secrets masked.", set_trace, get_text<&S::trace_file>},
    number<&S::trace_max_bytes>(K::size, "TRACE_SIZE", "", "104857600", 0, kUint32, "A TRACE file longer than this is renamed to end in .1, and another begun; 0 is never."),

    // What SQL may do.
    flag<&S::multi_statements>("MULTI_STATEMENTS", "", "0", "Allows several statements, separated by ';', in one text."),
    flag<&S::found_rows>("FOUND_ROWS", "SAFE", "1", "SQLRowCount of an UPDATE counts the rows found, not only those changed."),
    flag<&S::ignore_space>("IGNORE_SPACE", "", "0", "Allows blanks between a function's name and '('; function names become reserved."),
    flag<&S::auto_is_null>("AUTO_IS_NULL", "", "0", "WHERE id IS NULL finds the last inserted row."),
    flag<&S::no_transactions>("NO_TRANSACTIONS", "", "0", "Transactions are reported as unsupported and SQLEndTran does nothing."),
    flag<&S::local_infile>("ENABLE_LOCAL_INFILE", "LOCAL_INFILE", "0", "Lets a LOAD DATA LOCAL statement send the file that it names."),
    inverse<&S::local_infile>("NOLOCALINFILE", "NO_LOCAL_INFILE", "1", "Opposite of ENABLE_LOCAL_INFILE.", "ENABLE_LOCAL_INFILE"),
    text<&S::local_infile_dir>("LOAD_DATA_LOCAL_DIR", "LOADDATALOCALDIR", "Lets LOAD DATA LOCAL send files of this directory and those below it, and no others."),
    inverse<&S::server_prepare>("NO_SSPS", "NOSSPS PREPONCLIENT", "0", "Puts parameters into the text instead of preparing on the server."),
    {"EDSERVER", "", K::choice, "AUTO", kDirectExecutions, "Whether SQLExecDirect prepares on the server, so that rows come in binary, which costs the server half as much. AUTO: a SELECT into rowsets of 100 rows or more.", set_choice<&S::direct_execution, kDirectExecutions>, get_choice<&S::direct_execution, kDirectExecutions>},
    number<&S::statement_cache>(K::number, "STATEMENT_CACHE", "PSCACHESIZE", "250", 0, 65535, "Prepared statements kept per connection; 0 keeps none."),
    accepted("MAXCACHEKEY", "", "The statement cache takes texts of any length."),
    flag<&S::reject_read_only>("REJECT_READ_ONLY", "", "0", "A statement refused because the server is read-only (25006) closes the connection, so that a pool connects anew: to the writer after a fail-over."),
    flag<&S::show_warnings>("SHOW_WARNINGS", "", "0", "The server's warnings become diagnostic records 01000 of the call that ends a result; a round trip more where there are any."),

    // Results and cursors.
    flag<&S::forward_only>("FORWARD_CURSOR", "FORWARDONLY", "0", "Every cursor is forward-only, whatever the application asks for."),
    accepted("DYNAMIC_CURSOR", "", "A dynamic cursor becomes a keyset-driven one, which shows what anybody changes in its rows."),
    accepted("NO_CACHE", "STREAMRS PREFETCH", "Results stream unless a cursor scrolls."),
    number<&S::cursor_memory_bytes>(K::size, "CURSOR_MEMORY", "", "67108864", 0, kUint32, "Rows kept for a scrollable or parked result past this many bytes go to a temporary file."),
    accepted("NO_DEFAULT_CURSOR", "", "Cursors are the driver's own."),

    // How values and columns look.
    {"ZERO_DATE", "", K::choice, "NULL", kZeroDates, "What 0000-00-00 and 2020-00-10 become in date types: NULL, an error, or the earliest valid date.", set_choice<&S::zero_date, kZeroDates>, get_choice<&S::zero_date, kZeroDates>},
    {"ZERO_DATE_TO_MIN", "", K::boolean, "0", "", "1 is ZERO_DATE=MIN.", set_zero_date_to_min, get_zero_date_to_min, 0, 0, "ZERO_DATE"},
    flag<&S::no_date_overflow>("NO_DATE_OVERFLOW", "TRUNCDT", "0", "Drops the time of a timestamp that is sent to a DATE, and the fraction of one sent to a TIME, instead of refusing it."),
    flag<&S::no_bigint>("NO_BIGINT", "NOBIGINT", "0", "Reports BIGINT columns as INTEGER."),
    flag<&S::bigint_bind_str>("DFLT_BIGINT_BIND_STR", "", "0", "SQL_C_DEFAULT of a BIGINT parameter is text."),
    flag<&S::tinyint1_is_bit>("TINYINT1_IS_BIT", "", "0", "Reports TINYINT(1) columns as BIT."),
    flag<&S::no_binary_result>("NO_BINARY_RESULT", "", "0", "Binary columns of results that belong to no table, such as those of functions, are text."),
    flag<&S::full_column_names>("FULL_COLUMN_NAMES", "", "0", "SQLDescribeCol gives table.column."),
    number<&S::long_size_cap>(K::size, "LONG_SIZE_CAP", "", "1048576", 0, 2147483647, "Largest column size reported for long types, in characters, so that clients that allocate by it stay small; data is never cut. 0 is 2147483647."),
    accepted("COLUMN_SIZE_S32", "", "Sizes never pass 2147483647."),
    accepted("BIG_PACKETS", "", "Packets and parameters are never limited by the driver."),
    accepted("NO_LOCALE", "", "Numbers never depend on the locale."),
    unsupported("PAD_SPACE", "", "CHAR values padded with blanks; use the server's sql_mode PAD_CHAR_TO_FULL_LENGTH."),
    unsupported("MIN_DATE_TO_ZERO", "", "0000-01-01 sent as 0000-00-00."),

    // Catalog functions.
    flag<&S::no_catalog>("NO_CATALOG", "", "0", "Databases are not reported as catalogs."),
    flag<&S::no_schema>("NO_SCHEMA", "", "1", "0 reports databases as schemas."),
    flag<&S::schema_no_error>("SCHEMANOERROR", "", "0", "Catalog functions ignore a schema argument, which nothing has, instead of finding nothing."),
    flag<&S::null_is_current>("NULLISCURRENT", "", "1", "A NULL catalog argument of catalog functions means the current database; 0: every database."),
    accepted("NO_I_S", "", "Catalog functions read information_schema."),

    // Of the other drivers, or of the driver manager, and rightly without effect.
    flag<&S::no_prompt>("NO_PROMPT", "NOPROMPT", "0", "The driver never opens a window."),
    accepted("MULTI_HOST", "", "SERVER may always be a list."),
    unsupported("ENABLE_DNS_SRV", "", "Hosts from a DNS SRV record; list them in SERVER."),
    unsupported("USE_MYCNF", "", "Options from my.cnf; put them into the DSN."),
    accepted("AUTO_RECONNECT", "", "A lost connection is reported, since its session state is gone."),
    accepted("NAMED_PIPE", "NAMEDPIPE TCPIP", "Of Windows."),
    accepted("LOG_QUERY", "OPENTELEMETRY", "The driver keeps no log of queries; TRACE writes the whole conversation."),
    accepted("PCALLBACK", "RCALLBACK", "Of the other driver's inside."),
    accepted("FILEDSN", "SAVEFILE TRACEFILE SETUP THREADING FILEUSAGE USAGECOUNT CPTIMEOUT CPTIMETOLIVE CPPROBE DONTDLCLOSE DISABLEGETFUNCTIONS ICONVENCODING DMENVATTR DMCONNATTR DMSTMTATTR", "Of the driver manager."),

    {"OPTION", "OPTIONS", K::number, "0", "", "The other drivers' sum of bits; each turns its keyword on unless the keyword is given by name.", set_nothing, [](const S&) { return std::string("0"); }, 0, kUint32},
};

constexpr OptionBit kOptionBits[] = {
    {1u << 0, ""},  // lengths of fields, of version 2
    {1u << 1, "FOUND_ROWS"},
    {1u << 2, ""},  // debug log
    {1u << 3, "BIG_PACKETS"},
    {1u << 4, "NO_PROMPT"},
    {1u << 5, "DYNAMIC_CURSOR"},
    {1u << 6, ""},  // CLIENT_NO_SCHEMA, refuses database.table.column
    {1u << 7, "NO_DEFAULT_CURSOR"},
    {1u << 8, "NO_LOCALE"},
    {1u << 9, "PAD_SPACE"},
    {1u << 10, "FULL_COLUMN_NAMES"},
    {1u << 11, "COMPRESSED_PROTO"},
    {1u << 12, "IGNORE_SPACE"},
    {1u << 13, "NAMED_PIPE"},
    {1u << 14, "NO_BIGINT"},
    {1u << 15, "NO_CATALOG"},
    {1u << 16, "USE_MYCNF"},
    {1u << 17, "SAFE"},
    {1u << 18, "NO_TRANSACTIONS"},
    {1u << 19, "LOG_QUERY"},
    {1u << 20, "NO_CACHE"},
    {1u << 21, "FORWARD_CURSOR"},
    {1u << 22, "AUTO_RECONNECT"},
    {1u << 23, "AUTO_IS_NULL"},
    {1u << 24, "ZERO_DATE_TO_MIN"},
    {1u << 25, "MIN_DATE_TO_ZERO"},
    {1u << 26, "MULTI_STATEMENTS"},
    {1u << 27, "COLUMN_SIZE_S32"},
    {1u << 28, "NO_BINARY_RESULT"},
    {1u << 29, "DFLT_BIGINT_BIND_STR"},
    {1u << 30, "NO_I_S"},
};
// clang-format on

constexpr std::string_view kFalse[] = {"0", "no", "false", "off"}, kTrue[] = {"1", "yes", "true", "on"};

bool is_one_of(std::span<const std::string_view> words, std::string_view value) {
  return std::ranges::any_of(words, [&](std::string_view word) { return same_word(word, value); });
}

// Digits, for a size with K, M or G behind them, within least..most.
std::optional<std::string> canonical_number(const Keyword& keyword, std::string_view value) {
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  if (stop != end) {
    const unsigned shift = upper(*stop) == 'K' ? 10 : upper(*stop) == 'M' ? 20 : upper(*stop) == 'G' ? 30 : 0;
    if (keyword.kind != KeywordKind::size || shift == 0 || stop + 1 != end) return std::nullopt;
    if (number > keyword.most >> shift) return std::nullopt;
    number <<= shift;
  }
  if (number < keyword.least || number > keyword.most) return std::nullopt;
  return std::to_string(number);
}

// '-' stands for '_': VERIFY-CA.
std::optional<std::string> canonical_choice(const Keyword& keyword, std::string_view value) {
  std::string wanted(value);
  std::ranges::replace(wanted, '-', '_');
  std::string_view list = keyword.choices;
  for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) {
    if (same_word(word, wanted)) return std::string(word);
  }
  return std::nullopt;
}

// Insertions, deletions, replacements and swaps of neighbours that turn a into b; more than `most` is most + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most) {
  constexpr std::size_t kLongest = 40;
  if (a.size() > kLongest || b.size() > kLongest) return most + 1;
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
  std::array<std::array<std::size_t, kLongest + 1>, 3> rows{};  // of the letters before the last, the last, this one
  for (std::size_t j = 0; j <= b.size(); ++j) rows[1][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t least = rows[2][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = upper(a[i - 1]) == upper(b[j - 1]);
      std::size_t& cell = rows[2][j];
      cell = std::min({rows[1][j] + 1, rows[2][j - 1] + 1, rows[1][j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && upper(a[i - 1]) == upper(b[j - 2]) && upper(a[i - 2]) == upper(b[j - 1]);
      if (swapped) cell = std::min(cell, rows[0][j - 2] + 1);
      least = std::min(least, cell);
    }
    if (least > most) return most + 1;
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  }
  return std::min(rows[1][b.size()], most + 1);
}

// One of the names by which a keyword is called: its own or an alias.
struct Spelling {
  std::string_view word;
  const Keyword* keyword = nullptr;
};

template <typename Visit>
constexpr void for_each_spelling(Visit visit) {
  for (const Keyword& keyword : kKeywords) {
    visit({keyword.name, &keyword});
    std::string_view list = keyword.aliases;
    for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) visit({word, &keyword});
  }
}

// FNV-1a of the word in upper case.
constexpr std::uint32_t hash_of(std::string_view word) {
  std::uint32_t hash = 2166136261u;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(upper(c))) * 16777619u;
  return hash;
}

// All spellings, each in the slot of its hash or the next free one behind it. More slots than spellings: a search ends.
constexpr std::size_t kSlots = 512;
constexpr auto kSpellings = [] {
  std::array<Spelling, kSlots> slots{};
  for_each_spelling([&](Spelling spelling) {
    std::size_t at = hash_of(spelling.word) % kSlots;
    while (slots[at].keyword != nullptr) at = (at + 1) % kSlots;
    slots[at] = spelling;
  });
  return slots;
}();

}  // namespace

std::span<const Keyword> keywords() { return kKeywords; }
std::span<const OptionBit> option_bits() { return kOptionBits; }

const Keyword* find_keyword(std::string_view spelling) {
  for (std::size_t at = hash_of(spelling) % kSlots; kSpellings[at].keyword != nullptr; at = (at + 1) % kSlots) {
    if (same_word(kSpellings[at].word, spelling)) return kSpellings[at].keyword;
  }
  return nullptr;
}

const Keyword* closest_keyword(std::string_view spelling) {
  // A short word is near to everything.
  const std::size_t most = spelling.size() < 4 ? 0 : spelling.size() < 6 ? 1 : 2;
  std::size_t nearest = most + 1;
  const Keyword* closest = nullptr;
  for_each_spelling([&](Spelling known) {
    const std::size_t distance = edit_distance(spelling, known.word, most);
    if (distance >= nearest) return;
    nearest = distance;
    closest = known.keyword;
  });
  return closest;
}

std::optional<std::string> canonical_value(const Keyword& keyword, std::string_view value) {
  switch (keyword.kind) {
    case KeywordKind::text:
    case KeywordKind::file:
    case KeywordKind::secret:
    case KeywordKind::list:
    case KeywordKind::accepted:
    case KeywordKind::unsupported: return std::string(value);
    default: break;
  }
  if (value.empty()) return std::string(keyword.default_value);
  switch (keyword.kind) {
    case KeywordKind::boolean:
      if (is_one_of(kTrue, value)) return "1";
      if (is_one_of(kFalse, value)) return "0";
      return std::nullopt;
    case KeywordKind::choice: return canonical_choice(keyword, value);
    default: return canonical_number(keyword, value);
  }
}

std::string allowed_values(const Keyword& keyword) {
  const auto listed = [](std::string_view list) {
    std::string text;
    for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) {
      if (!text.empty()) text += ", ";
      text += word;
    }
    return text;
  };
  const std::string range = "from " + std::to_string(keyword.least) + " to " + std::to_string(keyword.most);
  switch (keyword.kind) {
    case KeywordKind::boolean: return "one of 0, 1, no, yes, false, true, off, on";
    case KeywordKind::choice: return "one of " + listed(keyword.choices);
    case KeywordKind::list: return "a comma-separated list of " + listed(keyword.choices);
    case KeywordKind::number: return "a whole number " + range;
    case KeywordKind::seconds: return "a whole number of seconds " + range;
    case KeywordKind::size: return "a whole number, K, M or G allowed behind it, " + range;
    default: return "any text";
  }
}

}  // namespace selkie::setup
