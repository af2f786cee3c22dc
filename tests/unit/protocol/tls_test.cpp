#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <functional>
#include <thread>

#include "decoding_watch.h"
#include "protocol/openssl.h"
#include "protocol/stream.h"
#include "tests/support/certificates.h"
#include "tests/support/sockets.h"

namespace selkie::protocol {
namespace {

using namespace std::chrono_literals;
using test::CertificateRequest;
using test::Identity;
using test::Listener;
using test::Socket;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

Deadline in(std::chrono::milliseconds time) { return Clock::now() + time; }
Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

TlsOptions required() {
  TlsOptions options;
  options.mode = SslMode::required;
  return options;
}

std::string read_text(Stream& stream, std::size_t size, Deadline deadline = in(5s)) {
  std::string text;
  std::vector<std::uint8_t> buffer(64 * 1024);
  while (text.size() < size) {
    const auto received = stream.read_some(std::span(buffer).first(std::min(buffer.size(), size - text.size())), deadline);
    if (!received.ok()) return text + "!" + std::to_string(static_cast<int>(received.failure().errc));
    text += as_text(Bytes(buffer).first(received.value()));
  }
  return text;
}

// The server's end of a TLS connection, for a test's own script.
class ServerTls {
 public:
  explicit ServerTls(SSL* ssl) : ssl_(ssl) {}
  void send(std::string_view text) { SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  std::string receive(std::size_t size) {
    std::string text(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const int received = SSL_read(ssl_, text.data() + have, static_cast<int>(size - have));
      if (received <= 0) break;
      have += static_cast<std::size_t>(received);
    }
    text.resize(have);
    return text;
  }
  void close() { SSL_shutdown(ssl_); }
  std::string asked_name() const {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }
  bool client_showed_certificate() const { return SSL_get0_peer_certificate(ssl_) != nullptr; }

 private:
  SSL* ssl_;
};

// Accepts one connection and speaks TLS on it, in a thread of its own.
class TlsServer {
 public:
  using Setup = std::function<void(SSL_CTX*)>;
  using Script = std::function<void(ServerTls&, Socket&)>;

  explicit TlsServer(const Identity& identity, Script script = {}, const Setup& setup = {})
      : listener_(Listener::Family::ipv4) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), identity.certificate());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key());
    if (setup) setup(context_.get());
    thread_ = std::thread([this, script = std::move(script)] {
      test::block_sigpipe();
      Socket peer = listener_.accept();
      const Owned<SSL, SSL_free> ssl(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), peer.fd());
      if (SSL_accept(ssl.get()) != 1) return;
      ServerTls tls(ssl.get());
      if (script) script(tls, peer);
      std::uint8_t rest;
      while (SSL_read(ssl.get(), &rest, 1) > 0) {}
    });
  }
  ~TlsServer() { thread_.join(); }

  std::unique_ptr<Stream> connect() const {
    auto connected = connect_tcp({"127.0.0.1", listener_.port()}, in(5s));
    EXPECT_TRUE(connected.ok());
    return std::move(connected).value();
  }

 private:
  Listener listener_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  std::thread thread_;
};

// "ok", or the failure's message.
std::string handshake(const TlsServer& server, const TlsOptions& options, const std::string& host = "db.test") {
  const auto secured = start_tls(server.connect(), options, {.name = host}, in(5s));
  if (secured.ok()) return "ok";
  return (secured.failure().errc == Errc::tls_failed ? "" : std::to_string(static_cast<int>(secured.failure().errc)) + " ") +
         secured.failure().message;
}
std::string handshake_with(const Identity& identity, const TlsOptions& options, const std::string& host = "db.test",
                           const TlsServer::Setup& setup = {}) {
  const TlsServer server(identity, {}, setup);
  return handshake(server, options, host);
}

// What every test here signs with, and its file.
struct Authority {
  TemporaryFolder folder;
  Identity authority{{.common_name = "Test authority", .authority = true}};
  std::string file = folder.file("ca.pem");

  Authority() { authority.write_certificate(file); }
  Identity sign(const CertificateRequest& request) const { return Identity(request, &authority); }
  TlsOptions trusting(SslMode mode) const {
    TlsOptions options;
    options.mode = mode;
    options.ca_file = file;
    return options;
  }
};

TEST(Tls, WithoutACaTheSystemsAuthoritiesAreAsked) {
  const Authority ca;
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  options.ca_file.clear();
  EXPECT_THAT(handshake_with(ca.sign({.common_name = "db.test"}), options), HasSubstr("SSLCA"));
  ::setenv("SSL_CERT_FILE", ca.file.c_str(), 1);  // where OpenSSL takes the system's from
  EXPECT_EQ(handshake_with(ca.sign({.common_name = "db.test"}), options), "ok");
  ::unsetenv("SSL_CERT_FILE");
}

TEST(Tls, NameIsMatchedAsHostNamesAndAddressesAre) {
  const Authority ca;
  const Identity identity =
      ca.sign({.common_name = "x", .alternative_names = "DNS:db.test,DNS:*.rows.test,DNS:d*.part.test,IP:127.0.0.1,IP:::1"});
  const auto with_host = [&](const char* host) {
    return handshake_with(identity, ca.trusting(SslMode::verify_identity), host);
  };
  for (const char* host : {"db.test", "DB.test", "one.rows.test", "127.0.0.1", "::1"}) EXPECT_EQ(with_host(host), "ok") << host;
  for (const char* host : {"rows.test", "a.b.rows.test", "db.part.test", "test", "127.0.0.2", "x"}) {
    EXPECT_THAT(with_host(host), HasSubstr("mismatch")) << host;
  }
  EXPECT_THAT(with_host(""), HasSubstr("needs the server's name"));
}

TEST(Tls, NameOfTheServerIsToldToItAndAddressesAreNot) {
  const Identity identity({.common_name = "db.test"});
  for (const auto& [host, told] : {std::pair{"db.test", "db.test"}, {"127.0.0.1", ""}, {"::1", ""}}) {
    std::string asked = "nothing";
    {
      const TlsServer server(identity, [&](ServerTls& tls, Socket&) { asked = tls.asked_name(); });
      EXPECT_EQ(handshake(server, required(), host), "ok");
    }
    EXPECT_EQ(asked, told);
  }
}

// The digest of a certificate in hexadecimal, with or without colons.
std::string fingerprint(const Identity& identity, const EVP_MD* digest, bool colons, const char* format = "%02X") {
  std::uint8_t value[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(identity.certificate(), digest, value, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, format, value[i]);
    text.append(colons && i != 0 ? ":" : "").append(digits);
  }
  return text;
}

TEST(Tls, FingerprintStandsInForTheAuthorityNameAndDates) {
  const Identity pinned({.common_name = "old.test", .valid_to_seconds = -60}), other({.common_name = "db.test"});
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    for (const SslMode mode : {SslMode::required, SslMode::verify_ca, SslMode::verify_identity}) {
      TlsOptions options;
      options.mode = mode;
      options.fingerprint =
          fingerprint(pinned, digest, mode == SslMode::required, mode == SslMode::verify_ca ? "%02x" : "%02X");
      EXPECT_EQ(handshake_with(pinned, options), "ok");
      const std::string refused = handshake_with(other, options);
      EXPECT_THAT(refused, HasSubstr("TLSPEERFP"));
      EXPECT_THAT(refused, HasSubstr("SHA-256 fingerprint is " + fingerprint(other, EVP_sha256(), true)));
    }
  }
}

TEST(Tls, FingerprintAndAuthorityCountBothWhereBothAreNamed) {
  const Authority ca;
  const Identity good = ca.sign({.common_name = "db.test"}), twin = ca.sign({.common_name = "db.test"}),
                 own({.common_name = "db.test"});
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  options.fingerprint = fingerprint(good, EVP_sha256(), true);
  EXPECT_EQ(handshake_with(good, options), "ok");
  EXPECT_THAT(handshake_with(twin, options), HasSubstr("TLSPEERFP"));
  options.fingerprint = fingerprint(own, EVP_sha256(), true);
  EXPECT_THAT(handshake_with(own, options), HasSubstr("self-signed"));
}

TEST(Tls, FileOfFingerprintsNeedsOneThatMatches) {
  const Authority ca;
  const Identity one({.common_name = "one.test"}), two({.common_name = "two.test"}), three({.common_name = "three.test"});
  TlsOptions options = required();
  options.fingerprint_file = ca.folder.file("fingerprints");
  std::ofstream(options.fingerprint_file) << "# the old and the new one\r\n\n"
                                          << fingerprint(one, EVP_sha1(), true) << "  \r\n"
                                          << fingerprint(two, EVP_sha256(), false);
  EXPECT_EQ(handshake_with(one, options), "ok");
  EXPECT_EQ(handshake_with(two, options), "ok");
  EXPECT_THAT(handshake_with(three, options), HasSubstr("TLSPEERFP"));
  options.fingerprint = fingerprint(three, EVP_sha512(), true);
  EXPECT_EQ(handshake_with(three, options), "ok");
}

TEST(Tls, WhatIsNoFingerprintIsAnErrorThatQuotesIt) {
  const Authority ca;
  const Identity identity({.common_name = "db.test"});
  const std::string whole = fingerprint(identity, EVP_sha1(), true);
  TlsOptions options = required();
  for (const std::string& wrong : {std::string("x"), whole.substr(1), whole + ":", ":" + whole, whole + ":AA", whole + " ",
                                   "G" + whole.substr(1), whole.substr(0, 2) + "::" + whole.substr(3)}) {
    options.fingerprint = wrong;
    EXPECT_THAT(handshake_with(identity, options), HasSubstr("'" + wrong + "' is no fingerprint")) << wrong;
  }
  options.fingerprint.clear();
  options.fingerprint_file = "/nonexistent";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("fingerprints in '/nonexistent'"));
  options.fingerprint_file = ca.folder.file("empty");
  std::ofstream(options.fingerprint_file) << "# none\n";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("fingerprints in '"));
}

TEST(Tls, NamesOfAStrangersCertificateCannotHurtTheMessage) {
  const Authority ca;
  const Identity odd = ca.sign({.common_name = "a\nb\x01" + std::string(50, 'x')});
  const std::string message = handshake_with(odd, ca.trusting(SslMode::verify_identity));
  EXPECT_THAT(message, HasSubstr("It is for a?b?xxx"));
  const Identity many = ca.sign({.common_name = "x", .alternative_names = "DNS:a,DNS:b,DNS:c,DNS:d,DNS:e,DNS:f,DNS:g"});
  EXPECT_THAT(handshake_with(many, ca.trusting(SslMode::verify_identity)), HasSubstr("It is for a, b, c, d, e, .... "));
}

TEST(Tls, RevokedCertificatesAreRefusedWhenAListIsGiven) {
  const Authority ca;
  const Identity revoked = ca.sign({.common_name = "db.test"}), good = ca.sign({.common_name = "db.test"});
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  EXPECT_EQ(handshake_with(revoked, options), "ok");
  options.crl_file = ca.folder.file("crl.pem");
  ca.authority.write_revocation_list(options.crl_file, &revoked);
  EXPECT_THAT(handshake_with(revoked, options), HasSubstr("revoked"));
  EXPECT_EQ(handshake_with(good, options), "ok");
  const Identity stranger({.common_name = "Another authority", .authority = true});
  stranger.write_revocation_list(options.crl_file, nullptr);
  EXPECT_THAT(handshake_with(good, options), HasSubstr("revocation list"));
  options.crl_file = "/nonexistent.pem";
  EXPECT_THAT(handshake_with(good, options), HasSubstr("revocation list '/nonexistent.pem'"));
}

TEST(Tls, ClientCertificateIsShownItsKeyOpenedWithThePassphrase) {
  const Authority ca;
  const Identity identity = ca.sign({.common_name = "db.test"}), client = ca.sign({.common_name = "ann"});
  const std::string certificate = ca.folder.file("client.pem"), key = ca.folder.file("client-key.pem");
  client.write_certificate(certificate);
  client.write_key(key, "open sesame");
  const auto connect = [&](const std::string& passphrase) {
    bool shown = false;
    std::string result;
    {
      const TlsServer server(
          identity, [&](ServerTls& tls, Socket&) { shown = tls.client_showed_certificate(); },
          [&](SSL_CTX* context) {
            SSL_CTX_load_verify_file(context, ca.file.c_str());
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
          });
      TlsOptions options = ca.trusting(SslMode::verify_ca);
      options.certificate_file = certificate;
      options.key_file = key;
      options.key_passphrase = passphrase;
      result = handshake(server, options);
    }
    return result + (shown ? ", shown" : "");
  };
  EXPECT_EQ(connect("open sesame"), "ok, shown");
  EXPECT_THAT(connect("wrong"), HasSubstr("client key '" + key + "'"));
  EXPECT_THAT(connect("wrong"), Not(HasSubstr("wrong")));
  EXPECT_THAT(connect(""), HasSubstr("client key '" + key + "'"));  // and nothing is asked at the terminal
  EXPECT_THAT(connect(std::string(5000, 'x')), HasSubstr("client key"));
}

TEST(Tls, OneFileMayHoldCertificateAndKey) {
  const Authority ca;
  const Identity identity = ca.sign({.common_name = "db.test"}), client = ca.sign({.common_name = "ann"});
  client.write_certificate(ca.folder.file("a"));
  client.write_key(ca.folder.file("b"));
  std::ofstream both(ca.folder.file("both.pem"));
  for (const char* part : {"a", "b"}) both << std::ifstream(ca.folder.file(part)).rdbuf();
  both.close();
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  options.certificate_file = ca.folder.file("both.pem");
  EXPECT_EQ(handshake_with(identity, options), "ok");
}

TEST(Tls, KeyOfAnotherCertificateIsRefused) {
  const Authority ca;
  const Identity one = ca.sign({.common_name = "ann"}), other = ca.sign({.common_name = "bob"});
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  options.certificate_file = ca.folder.file("one.pem");
  options.key_file = ca.folder.file("other-key.pem");
  one.write_certificate(options.certificate_file);
  other.write_key(options.key_file);
  EXPECT_THAT(handshake_with(one, options), HasSubstr("mismatch"));
}

TEST(Tls, MissingClientCertificateIsNamedByTheServersAlert) {
  const Authority ca;
  const Identity identity = ca.sign({.common_name = "db.test"});
  const TlsServer server(identity, {}, [&](SSL_CTX* context) {
    SSL_CTX_load_verify_file(context, ca.file.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  });
  auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
  ASSERT_TRUE(secured.ok());  // TLS 1.3: the client is done before the server has seen what it lacks
  std::uint8_t byte[1];
  const auto read = secured->stream->read_some(byte, in(5s));
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.failure().message, HasSubstr("SSLCERT"));
}

TEST(Tls, UnreadableFilesAreNamed) {
  const Authority ca;
  const Identity identity = ca.sign({.common_name = "db.test"});
  TlsOptions options = ca.trusting(SslMode::verify_ca);
  options.ca_file = "/nonexistent/ca.pem";
  const std::string bad_option = std::to_string(static_cast<int>(Errc::bad_option)) + " ";
  EXPECT_THAT(handshake_with(identity, options),
              HasSubstr(bad_option + "Cannot use the CA file '/nonexistent/ca.pem': No such file"));
  options = ca.trusting(SslMode::verify_ca);
  options.certificate_file = "/nonexistent/client.pem";
  EXPECT_THAT(handshake_with(identity, options),
              HasSubstr(bad_option + "Cannot use the client certificate '/nonexistent/client.pem': No such file"));
  std::ofstream(ca.folder.file("text")) << "no certificate";
  options = ca.trusting(SslMode::verify_ca);
  options.ca_file = ca.folder.file("text");
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("CA file"));
}

TEST(Tls, VersionsAndCiphersThatDoNotMeetAreSaidSo) {
  const Identity identity({.common_name = "db.test"});
  const auto only_12 = [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); };
  TlsOptions options = required();
  EXPECT_EQ(handshake_with(identity, options, "db.test", only_12), "ok");
  options.min_version = "TLSv1.3";
  EXPECT_THAT(handshake_with(identity, options, "db.test", only_12), HasSubstr("no TLS version in common"));
  options.max_version = "TLSv1.2";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("TLS"));  // an empty range
  options.min_version = "SSLv3";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("Unknown TLS version 'SSLv3'"));

  options = required();
  options.max_version = "TLSv1.2";
  options.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  EXPECT_EQ(handshake_with(identity, options), "ok");
  EXPECT_THAT(handshake_with(identity, options, "db.test",
                             [](SSL_CTX* context) { SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES256-GCM-SHA384"); }),
              HasSubstr("no cipher in common"));
  options.ciphers = "NOSUCH";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("ciphers 'NOSUCH'"));
  options.ciphers.clear();
  options.cipher_suites = "NOSUCH";
  EXPECT_THAT(handshake_with(identity, options), HasSubstr("cipher suites 'NOSUCH'"));
}

TEST(Tls, SilentAndForeignServersEndTheHandshake) {
  Listener listener(Listener::Family::ipv4);
  const auto connect = [&] { return std::move(connect_tcp({"127.0.0.1", listener.port()}, in(5s))).value(); };
  auto silent = connect();
  Socket peer = listener.accept();
  const auto timed_out = start_tls(std::move(silent), required(), {.name = "db.test"}, in(100ms));
  ASSERT_FALSE(timed_out.ok());
  EXPECT_EQ(timed_out.failure().errc, Errc::connect_timeout);

  auto closing = connect();
  listener.accept().close();
  const auto closed = start_tls(std::move(closing), required(), {.name = "db.test"}, in(5s));
  ASSERT_FALSE(closed.ok());
  EXPECT_EQ(closed.failure().errc, Errc::tls_failed);
  EXPECT_THAT(closed.failure().message, HasSubstr("broke off"));

  auto foreign = connect();
  peer = listener.accept();
  peer.send(std::string("\x07\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00", 11));  // an OK packet
  const auto answered = start_tls(std::move(foreign), required(), {.name = "db.test"}, in(5s));
  ASSERT_FALSE(answered.ok());
  EXPECT_EQ(answered.failure().errc, Errc::tls_failed);
  EXPECT_THAT(answered.failure().message, HasSubstr("not TLS"));
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 >> 8);
  return text;
}

TEST(TlsStream, CarriesManyRecordsBothWaysAndIsPrivate) {
  const std::string much = pattern(1 << 20);
  std::string arrived;
  {
    const TlsServer server(Identity({.common_name = "db.test"}), [&](ServerTls& tls, Socket&) {
      arrived = tls.receive(much.size());
      tls.send(much);
    });
    auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
    ASSERT_TRUE(secured.ok());
    EXPECT_TRUE(secured->stream->is_private());
    EXPECT_TRUE(secured->stream->write_all({}, in(5s)).ok());
    EXPECT_TRUE(secured->stream->write_all(bytes_of(much), in(5s)).ok());
    EXPECT_TRUE(read_text(*secured->stream, much.size()) == much);
  }
  EXPECT_TRUE(arrived == much);
}

TEST(TlsStream, RecordsAreDecryptedStraightIntoTheReadersMemory) {
  const std::string much = pattern(1 << 20);
  const TlsServer server(Identity({.common_name = "db.test"}), [&](ServerTls& tls, Socket&) { tls.send(much); });
  auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
  ASSERT_TRUE(secured.ok());
  std::vector<std::uint8_t> memory(much.size());
  const DecodingWatch watch(memory);
  for (std::size_t read = 0; read < memory.size();) {
    auto count = secured->stream->read_some(std::span(memory).subspan(read), in(5s));
    ASSERT_TRUE(count.ok());
    read += *count;
  }
  EXPECT_TRUE(as_text(memory) == much);
  EXPECT_EQ(watch.inside(), much.size());
  EXPECT_EQ(watch.elsewhere(), 0u);
}

// Stands between TLS and the socket: gives one byte at a time, and a time-out in front of every third.
class Halting final : public Stream {
 public:
  explicit Halting(std::unique_ptr<Stream> below) : below_(std::move(below)) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> into, Deadline deadline) override {
    if (halts && ++reads_ % 3 == 0) return {Errc::timed_out, "time for a pause"};
    return below_->read_some(into.first(1), deadline);
  }
  Status write_all(Bytes bytes, Deadline deadline) override { return below_->write_all(bytes, deadline); }
  bool has_input_or_end() override { return below_->has_input_or_end(); }
  bool is_private() const override { return below_->is_private(); }
  void interrupt() noexcept override { below_->interrupt(); }
  int fd() const override { return below_->fd(); }

  bool halts = false;

 private:
  std::unique_ptr<Stream> below_;
  int reads_ = 0;
};

TEST(TlsStream, RecordInPiecesIsTakenUpWhereATimeoutLeftIt) {
  const TlsServer server(Identity({.common_name = "db.test"}), [](ServerTls& tls, Socket&) { tls.send("in the end"); });
  auto halting = std::make_unique<Halting>(server.connect());
  Halting& below = *halting;
  auto secured = start_tls(std::move(halting), required(), {.name = "db.test"}, in(5s));
  ASSERT_TRUE(secured.ok());
  below.halts = true;
  std::string text;
  int timeouts = 0;
  while (text.size() < 10 && timeouts < 10'000) {
    std::uint8_t buffer[16];
    const auto received = secured->stream->read_some(buffer, in(5s));
    if (received.ok()) {
      text += as_text(Bytes(buffer).first(received.value()));
    } else {
      ASSERT_EQ(received.failure().errc, Errc::timed_out);
      ++timeouts;
    }
  }
  EXPECT_EQ(text, "in the end");
  EXPECT_GT(timeouts, 5);
}

bool comes_to_have_input_or_end(Stream& stream) {
  for (int i = 0; i < 2000 && !stream.has_input_or_end(); ++i) std::this_thread::sleep_for(1ms);
  return stream.has_input_or_end();
}

TEST(TlsStream, SessionTicketsAreNoSignOfDeath) {
  const TlsServer server(Identity({.common_name = "db.test"}), [&](ServerTls& tls, Socket&) {
    tls.receive(4);
    tls.send("unasked");
  });
  auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
  ASSERT_TRUE(secured.ok());
  ASSERT_TRUE(test::wait_readable(secured->stream->fd()));  // the tickets
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(secured->stream->has_input_or_end());
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_FALSE(test::wait_readable(secured->stream->fd(), 0));  // they have been taken

  ASSERT_TRUE(secured->stream->write_all(bytes_of("ping"), in(5s)).ok());
  EXPECT_TRUE(comes_to_have_input_or_end(*secured->stream));
  EXPECT_TRUE(secured->stream->has_input_or_end());
  EXPECT_EQ(read_text(*secured->stream, 3), "una");
  EXPECT_TRUE(secured->stream->has_input_or_end());  // the rest waits inside OpenSSL
  EXPECT_EQ(read_text(*secured->stream, 4), "sked");
  EXPECT_FALSE(secured->stream->has_input_or_end());
  secured->stream->interrupt();
}

TEST(TlsStream, EndOfTheConnectionIsSeenWhileIdleAndIsLost) {
  for (const bool says_goodbye : {true, false}) {
    const TlsServer server(Identity({.common_name = "db.test"}), [&](ServerTls& tls, Socket& peer) {
      tls.receive(1);
      if (says_goodbye) tls.close();
      ::shutdown(peer.fd(), SHUT_RDWR);
    });
    auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
    ASSERT_TRUE(secured.ok());
    ASSERT_TRUE(secured->stream->write_all(bytes_of("x"), in(5s)).ok());
    EXPECT_TRUE(comes_to_have_input_or_end(*secured->stream));
    EXPECT_THAT(read_text(*secured->stream, 1), HasSubstr("!" + std::to_string(static_cast<int>(Errc::connection_lost))));
    Status written;
    for (int i = 0; i < 10 && written.ok(); ++i) written = secured->stream->write_all(bytes_of("x"), in(5s));
    ASSERT_FALSE(written.ok());  // and SIGPIPE has not ended us
    EXPECT_EQ(written.failure().errc, Errc::connection_lost);
  }
}

TEST(TlsStream, DeadlinesAndInterruptsWorkAsWithoutTls) {
  const TlsServer server(Identity({.common_name = "db.test"}));
  auto secured = start_tls(server.connect(), required(), {.name = "db.test"}, in(5s));
  ASSERT_TRUE(secured.ok());
  EXPECT_EQ(read_text(*secured->stream, 1, in(50ms)), "!" + std::to_string(static_cast<int>(Errc::timed_out)));
  std::thread interrupter([&] {
    std::this_thread::sleep_for(50ms);
    secured->stream->interrupt();
  });
  EXPECT_EQ(read_text(*secured->stream, 1, kNoDeadline), "!" + std::to_string(static_cast<int>(Errc::connection_lost)));
  interrupter.join();
}

}  // namespace
}  // namespace selkie::protocol
