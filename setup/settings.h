// The one place that knows a keyword: its name, aliases of both existing drivers, type, default and help. The connection-string
// parser, odbc.ini, the setup library, the command line tool and the documentation all read this table. Standard library only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selkie::setup {

enum class SslMode : std::uint8_t { disabled, preferred, required, verify_ca, verify_identity };
enum class ZeroDateMode : std::uint8_t { null, error, min };

// A connection's settings. Defaults here are the defaults of the keyword table.
struct Settings {
  std::string dsn, driver, description, savefile;
  std::string server;  // a host, host:port, [v6]:port or a comma-separated list tried in order; empty = localhost
  std::uint16_t port = 3306;
  std::string user, password, password2, password3, database, socket;
  std::string init_statement;
  std::string charset;
  std::string connection_attributes;
  SslMode ssl_mode = SslMode::preferred;
  std::string ssl_ca, ssl_capath, ssl_cert, ssl_key, ssl_key_password, ssl_crl, ssl_crlpath, ssl_cipher, tls_versions,
      tls_ciphersuites;
  std::string rsa_key_file;
  bool get_server_public_key = false, cleartext_enabled = false, expired_password_ok = false;
  std::uint32_t connect_timeout_s = 0, read_timeout_s = 0, write_timeout_s = 0;
  bool multi_statements = false, found_rows = false, ignore_space = false, interactive = false, compress = false;
  bool no_catalog = false, no_schema = true, no_bigint = false, forward_only = false, dynamic_cursor = false;
  bool full_column_names = false, no_transactions = false, no_prompt = false;
  bool auto_is_null = false, local_infile = false;
  std::string local_infile_dir;
  bool server_prepare = true;
  ZeroDateMode zero_date = ZeroDateMode::null;
  std::uint32_t long_size_cap = 0;                // characters; see DescribeOptions
  std::uint32_t cursor_memory_bytes = 64u << 20;  // parked or scrollable rows past this go to a temporary file
  std::uint32_t max_packet_bytes = 1u << 30;
  std::uint32_t statement_cache = 250;
};

enum class KeywordKind : std::uint8_t {
  text,
  secret,
  number,
  boolean,
  choice,
  accepted
};  // accepted: known and without effect

struct Keyword {
  std::string_view name;     // the spelling Selkie writes
  std::string_view aliases;  // further spellings, separated by spaces
  KeywordKind kind;
  std::string_view default_value;
  std::string_view choices;                        // of a choice, separated by spaces
  std::string_view help;                           // one sentence for a person
  bool (*set)(Settings&, std::string_view value);  // false: a bad value
  std::string (*get)(const Settings&);
};
std::span<const Keyword> keywords();
const Keyword* find_keyword(std::string_view spelling);  // case-insensitive, aliases too; '-' and '_' as given

// What was wrong with one pair. An unknown keyword is a warning; a bad value is an error that names the allowed ones.
struct Problem {
  bool is_error = false;
  std::string keyword, message;  // the message never holds a secret's value
};

// One key=value pair as written, in order; of the same keyword the first one counts (ODBC's rule).
struct Pair {
  std::string keyword, value;
};
// Splits a connection string: braces {..} with }} inside, spaces around keywords trimmed, values kept.
// Malformed input (a brace never closed, no '=') is reported as an error Problem.
std::vector<Pair> split_connection_string(std::string_view text, std::vector<Problem>& problems);
// Quotes a value with braces where it needs them.
std::string join_connection_string(std::span<const Pair> pairs);

// Applies pairs to settings. `already` names the keywords that an earlier, stronger source has set: they are left alone, and
// the ones set here are added to it (a connection string beats its DSN).
void apply(Settings& settings, std::span<const Pair> pairs, std::vector<const Keyword*>& already,
           std::vector<Problem>& problems);

}  // namespace selkie::setup
