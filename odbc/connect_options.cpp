#include "odbc/connect_options.h"

#include <unistd.h>

#include <string>
#include <string_view>

#include "odbc/diagnostics.h"
#include "protocol/hosts.h"

namespace selkie::odbc {
namespace {

protocol::SslMode ssl_mode(setup::SslMode mode) {
  switch (mode) {
    case setup::SslMode::disabled: return protocol::SslMode::disabled;
    case setup::SslMode::preferred: return protocol::SslMode::preferred;
    case setup::SslMode::required: return protocol::SslMode::required;
    case setup::SslMode::verify_ca: return protocol::SslMode::verify_ca;
    case setup::SslMode::verify_identity: return protocol::SslMode::verify_identity;
  }
  return protocol::SslMode::verify_identity;
}

std::string_view before(std::string_view text, std::string_view::size_type end) { return text.substr(0, end); }

std::string_view after_last(std::string_view text, char separator) {
  const auto at = text.rfind(separator);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

// "zstd,zlib,uncompressed", as the settings spell them
std::vector<protocol::Compression> compressions(std::string_view list) {
  std::vector<protocol::Compression> order;
  while (!list.empty()) {
    const std::string_view name = before(list, list.find(','));
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    order.push_back(name == "zstd"   ? protocol::Compression::zstd
                    : name == "zlib" ? protocol::Compression::zlib
                                     : protocol::Compression::uncompressed);
  }
  return order;
}

// "name=value,name=value"
void add_attributes(std::string_view text, protocol::ConnectOptions& options) {
  while (!text.empty()) {
    const std::string_view pair = before(text, text.find(','));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) {
      throw Fail(SqlState::general_error, "Connection attributes are written name=value,name=value.");
    }
    options.attributes.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
}

}  // namespace

protocol::ConnectOptions connect_options(const setup::Settings& settings, SQLUINTEGER login_timeout_s) {
  protocol::ConnectOptions options;
  if (!settings.server.empty()) options.hosts = require(protocol::parse_hosts(settings.server, settings.port));
  if (options.hosts.empty()) options.hosts.push_back({"localhost", settings.port});
  options.socket_path = settings.socket;
  options.user = settings.user;
  options.password = settings.password;
  options.password2 = settings.password2;
  options.password3 = settings.password3;
  options.first_method = settings.default_auth;
  options.database = settings.database;

  options.tls.mode = ssl_mode(settings.ssl_mode);
  options.tls.ca_file = settings.ssl_ca;
  options.tls.ca_path = settings.ssl_capath;
  options.tls.fingerprint = settings.tls_fingerprint;
  options.tls.fingerprint_file = settings.tls_fingerprint_file;
  options.tls.certificate_file = settings.ssl_cert;
  options.tls.key_file = settings.ssl_key;
  options.tls.key_passphrase = settings.ssl_key_password;
  options.tls.crl_file = settings.ssl_crl;
  options.tls.crl_path = settings.ssl_crlpath;
  options.tls.ciphers = settings.ssl_cipher;
  options.tls.cipher_suites = settings.tls_ciphersuites;
  // The list is in ascending order: its ends are the bounds.
  options.tls.min_version = before(settings.tls_versions, settings.tls_versions.find(','));
  options.tls.max_version = after_last(settings.tls_versions, ',');

  options.rsa_key_file = settings.rsa_key_file;
  options.get_server_public_key = settings.get_server_public_key;
  options.cleartext_enabled = settings.cleartext_enabled;
  options.max_packet_bytes = settings.max_packet_bytes;
  const std::uint32_t timeout_s = settings.connect_timeout_s != 0 ? settings.connect_timeout_s : login_timeout_s;
  options.connect_timeout = std::chrono::seconds(timeout_s);

  options.follow_redirection = settings.redirect;
  options.wishes.found_rows = settings.found_rows;
  options.wishes.local_files = settings.local_infile || !settings.local_infile_dir.empty();
  options.wishes.ignore_space = settings.ignore_space;
  options.wishes.interactive = settings.interactive;
  options.wishes.multi_statements = settings.multi_statements;
  options.wishes.expired_passwords = settings.expired_password_ok;
  options.wishes.compressions = compressions(settings.compression);
  options.compression_level = settings.compression_level;
  options.trace = {.file = settings.trace_file, .max_bytes = settings.trace_max_bytes};

  options.attributes = {
      {"_client_name", "selkie"}, {"_client_version", SELKIE_VERSION}, {"_os", "Linux"}, {"_pid", std::to_string(::getpid())}};
  add_attributes(settings.connection_attributes, options);
  return options;
}

}  // namespace selkie::odbc
