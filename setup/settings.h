// The one place that knows a keyword: its name, aliases of both existing drivers, type, default and help. The connection-string
// parser, odbc.ini, the setup library, the command line tool and the documentation all read this table. Standard library only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selkie::setup {

enum class SslMode : std::uint8_t { disabled, preferred, required, verify_ca, verify_identity };
enum class ZeroDateMode : std::uint8_t { null, error, min };
enum class DirectExecution : std::uint8_t { as_text, prepared, by_rowset };

// A connection's settings. Defaults here are the defaults of the keyword table.
struct Settings {
  std::string dsn, driver, description;
  std::string server;  // a host, host:port, [v6]:port or a comma-separated list tried in order; empty = localhost
  std::uint16_t port = 3306;
  std::string user, password, password2, password3, database, socket;
  std::string init_statement;
  std::string charset;
  std::string connection_attributes;  // name=value,name=value
  std::string default_auth;           // authentication method to begin with; empty = the server's
  SslMode ssl_mode = SslMode::preferred;
  bool force_tls = false;          // already counted in ssl_mode, as ssl_verify is
  std::optional<bool> ssl_verify;  // SSLVERIFY, when it was given
  std::string ssl_ca, ssl_capath, ssl_cert, ssl_key, ssl_key_password, ssl_crl, ssl_crlpath, ssl_cipher;
  std::string tls_versions;  // of "TLSv1,TLSv1.1,TLSv1.2,TLSv1.3" the allowed ones, in this order; empty = the library's choice
  bool no_tls_1_2 = false, no_tls_1_3 = false;  // already counted in tls_versions
  std::string tls_ciphersuites, tls_fingerprint, tls_fingerprint_file;
  std::string rsa_key_file;
  bool get_server_public_key = false, cleartext_enabled = false, expired_password_ok = false;
  std::uint32_t connect_timeout_s = 0, read_timeout_s = 0, write_timeout_s = 0;
  bool multi_statements = false, found_rows = true, ignore_space = false, interactive = false, redirect = false,
       compress = false;
  std::string compression;             // algorithms in order of preference, "zstd,zlib,uncompressed"; empty = none
  std::uint8_t compression_level = 0;  // 0 = the algorithm's own
  bool no_catalog = false, no_schema = true, no_bigint = false, forward_only = false;
  bool full_column_names = false, no_transactions = false, no_prompt = false;
  bool auto_is_null = false, local_infile = false;
  std::string local_infile_dir;
  bool server_prepare = true;
  DirectExecution direct_execution = DirectExecution::by_rowset;
  bool schema_no_error = false;  // catalog functions ignore a schema argument instead of refusing it
  bool null_is_current = true;   // a NULL catalog argument means the current database, not all
  bool tinyint1_is_bit = false, no_binary_result = false, bigint_bind_str = false;
  bool no_date_overflow = false;  // a time part sent to a DATE, or a fraction to a TIME, is dropped without 22008
  bool reject_read_only = false;  // a server that refuses to write because it is read-only loses the connection
  bool show_warnings = false;     // the server's warnings become diagnostic records 01000
  ZeroDateMode zero_date = ZeroDateMode::null;
  std::uint32_t long_size_cap = 1u << 20;         // characters; see DescribeOptions
  std::uint32_t cursor_memory_bytes = 64u << 20;  // parked or scrollable rows past this go to a temporary file
  std::uint32_t max_packet_bytes = 1u << 30;
  std::uint32_t statement_cache = 250;
  std::string trace_file;                      // packet capture
  std::uint32_t trace_max_bytes = 100u << 20;  // a longer one is renamed; 0 = never
};

enum class KeywordKind : std::uint8_t {
  text,
  file,         // text that names a file
  secret,       // text that is never shown
  list,         // text made of `choices`
  number,       // least..most
  seconds,      // a number
  size,         // a number with K, M or G behind it
  boolean,      // 0 1 no yes false true off on
  choice,       // one of `choices`
  accepted,     // known, and rightly without effect
  unsupported,  // known, and a warning when it is turned on: it would change what the application sees
};

struct Keyword {
  std::string_view name;     // the spelling Selkie writes
  std::string_view aliases;  // further spellings, separated by spaces
  KeywordKind kind;
  std::string_view default_value;
  std::string_view choices;                        // of a choice or list, separated by spaces
  std::string_view help;                           // one sentence for a person
  bool (*set)(Settings&, std::string_view value);  // takes a canonical value; false: a bad value
  std::string (*get)(const Settings&);             // the canonical value
  std::uint64_t least = 0, most = 0;               // of number, seconds and size
  std::string_view same_as = {};                   // the keyword whose setting this one shares: of both, the first given counts
};
std::span<const Keyword> keywords();
const Keyword* find_keyword(std::string_view spelling);  // case-insensitive, aliases too; '-' and '_' as given
// The keyword a person may have meant, or null. At most two letters differ.
const Keyword* closest_keyword(std::string_view spelling);

// A value as `set` takes it: booleans 0 or 1, numbers in digits, choices as spelt in the table; an empty value of these is the
// default. Nothing when the keyword does not allow the value.
std::optional<std::string> canonical_value(const Keyword& keyword, std::string_view value);
// What a keyword allows, to go behind "must be": "one of DISABLED, PREFERRED, ...", "a whole number from 0 to 65535".
std::string allowed_values(const Keyword& keyword);

// OPTION's bits and the keyword each one turns on; an empty keyword is a bit without effect.
struct OptionBit {
  std::uint32_t bit;
  std::string_view keyword;
};
std::span<const OptionBit> option_bits();

// Overwrites the passwords and the key's passphrase, once they are no longer needed.
void wipe_secrets(Settings& settings);

// What was wrong with one pair. An unknown keyword is a warning; a bad value is an error that names the allowed ones.
struct Problem {
  bool is_error = false;
  std::string keyword, message;  // the message never holds a secret's value
};

// One key=value pair as written, in order; of the same keyword the first one counts (ODBC's rule).
struct Pair {
  std::string keyword, value;
  bool operator==(const Pair&) const = default;
};
// Splits a connection string. Blanks around keywords and bare values are dropped; a value that begins with '{' ends at the next
// '}' and keeps everything between, "}}" being one '}'.
// Malformed input (a brace never closed, text behind a closing brace, no '=') is reported as an error Problem.
std::vector<Pair> split_connection_string(std::string_view text, std::vector<Problem>& problems);
// The pairs as one string, DSN or DRIVER first as driver managers expect, values in braces where they need them. Holds secrets.
std::string join_connection_string(std::span<const Pair> pairs);

// Applies pairs to settings. `already` names the keywords that an earlier, stronger source has set: they are left alone, and
// the ones set here are added to it (a connection string beats its DSN). A bit of OPTION never beats a keyword by name.
void apply(Settings& settings, std::span<const Pair> pairs, std::vector<const Keyword*>& already,
           std::vector<Problem>& problems);

}  // namespace selkie::setup
