// Logging in under TLS: what each SSLMODE makes of each server, and what is said before anybody is trusted.
#include <openssl/ssl.h>

#include "protocol/auth.h"
#include "protocol/connect.h"
#include "protocol/openssl.h"
#include "tests/support/certificates.h"
#include "tests/unit/protocol/login_server.h"

namespace selkie::protocol {
namespace {

using test::CertificateRequest;
using test::Identity;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

using Context = std::shared_ptr<SSL_CTX>;
Context tls_context(const Identity& identity, int max_version = 0) {
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(context.get(), identity.certificate());
  SSL_CTX_use_PrivateKey(context.get(), identity.key());
  SSL_CTX_set_max_proto_version(context.get(), max_version);
  return context;
}

// Greets as a server with TLS, and gives the rest to `script` once TLS is up.
Server::Script tls_server(const Context& context, std::function<void(SSL*)> script,
                          const Packet& greeted = test::kGreetingOfMySql97) {
  return [=](Socket& peer) {
    peer.send(greeting(greeted));
    EXPECT_EQ(receive_packet(peer, 1).size(), 32u);
    const Owned<SSL, SSL_free> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), peer.fd());
    if (SSL_accept(ssl.get()) == 1) script(ssl.get());
    peer.receive(1);
  };
}

std::string read_login(SSL* ssl) {
  std::string login(1000, '\0');
  login.resize(static_cast<std::size_t>(std::max(0, SSL_read(ssl, login.data(), 1000))));
  return login;
}
void send(SSL* ssl, const std::string& packet) { SSL_write(ssl, packet.data(), static_cast<int>(packet.size())); }
void accept_login(SSL* ssl) {
  read_login(ssl);
  send(ssl, framed(3, kOk));
}

// "clear" or "tls" for a login that went well, else what was wrong.
std::string log_in(const ConnectOptions& made) {
  const auto opened = open_connection(made);
  if (opened.ok()) return opened.value().stream->is_private() ? "tls" : "clear";
  EXPECT_THAT(opened.failure().message, Not(HasSubstr("secret")));
  return opened.failure().message;
}

TEST(TlsModes, EachMakesOfEachServerWhatItPromises) {
  const TemporaryFolder folder;
  const Identity authority({.common_name = "Test authority", .authority = true});
  const Identity stranger({.common_name = "Another authority", .authority = true});
  authority.write_certificate(folder.file("ca.pem"));
  const CertificateRequest good{.common_name = "db.test", .alternative_names = "DNS:db.test,IP:127.0.0.1"};
  CertificateRequest wrong_name{.common_name = "other.test", .alternative_names = "DNS:other.test,IP:10.0.0.1"};
  CertificateRequest expired = good, early = good;
  expired.valid_to_seconds = -60;
  early.valid_from_seconds = 3000;

  const char* const kClear = "clear";
  const char* const kTls = "tls";
  const char* const kNone = "offers no TLS";
  struct Row {
    const char* server;
    const Identity* identity;                                               // nullptr: without TLS
    std::string disabled, preferred, required, verify_ca, verify_identity;  // "clear", "tls", or words of the refusal
  };
  const Identity trusted(good, &authority), self_signed(good), unknown(good, &stranger), other(wrong_name, &authority),
      old(expired, &authority), young(early, &authority);
  const Row rows[] = {
      {"no TLS", nullptr, kClear, kClear, kNone, kNone, kNone},
      {"private CA", &trusted, kClear, kTls, kTls, kTls, kTls},
      {"self-signed", &self_signed, kClear, kTls, kTls, "self-signed", "self-signed"},
      {"unknown CA", &unknown, kClear, kTls, kTls, "as SSLCA", "as SSLCA"},
      {"wrong name", &other, kClear, kTls, kTls, kTls, "address mismatch. It is for other.test, 10.0.0.1."},
      {"expired", &old, kClear, kTls, kTls, "has expired. It is valid from 2", "has expired. It is valid from 2"},
      {"not yet valid", &young, kClear, kTls, kTls, "not yet valid. It is valid from 2", "not yet valid. It is valid from 2"},
  };
  for (const Row& row : rows) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      Server::Script script = [](Socket& peer) {
        peer.send(greeting());  // of a server without TLS
        if (receive_packet(peer, 1).empty()) return;
        peer.send(framed(2, kOk));
        peer.receive(1);
      };
      if (row.identity != nullptr) {
        script = tls_server(tls_context(*row.identity, version), accept_login);
      }
      const std::pair<SslMode, const std::string*> cases[] = {
          {SslMode::disabled, &row.disabled},
          {SslMode::preferred, &row.preferred},
          {SslMode::required, &row.required},
          {SslMode::verify_ca, &row.verify_ca},
          {SslMode::verify_identity, &row.verify_identity},
      };
      for (const auto& [mode, expected] : cases) {
        if (mode == SslMode::disabled && row.identity != nullptr) continue;  // tested below
        const Server server(script);
        ConnectOptions made = options({server.address()}, mode);
        made.tls.ca_file = folder.file("ca.pem");
        EXPECT_THAT(log_in(made), HasSubstr(*expected)) << row.server << ", mode " << static_cast<int>(mode);
      }
    }
  }
}

// The same words for a server with and without TLS: DISABLED never asks for it.
TEST(TlsModes, DisabledSendsNoSslRequest) {
  std::string said;
  {
    const Server server([&](Socket& peer) {
      peer.send(greeting(test::kGreetingOfMySql97));
      said = receive_packet(peer, 1);
      peer.send(framed(2, kOk));
      peer.receive(1);
    });
    EXPECT_EQ(log_in(options({server.address()}, SslMode::disabled)), "clear");
  }
  EXPECT_THAT(said, HasSubstr("ann"));
}

TEST(OpenConnection, LogsInUnderTls) {
  std::string login;
  const Server server(tls_server(tls_context(Identity({.common_name = "db.test"})), [&](SSL* ssl) {
    login = read_login(ssl);
    send(ssl, framed(3, kOk));
  }));
  const auto opened = open_connection(options({server.address()}, SslMode::required));
  ASSERT_TRUE(opened.ok()) << opened.failure().message;
  EXPECT_TRUE(opened.value().stream->is_private());
  EXPECT_EQ(login[3], 2);  // the SSL request was packet 1
  EXPECT_THAT(login, HasSubstr("ann"));
}

TEST(OpenConnection, CertificateThatFailsEndsBeforeTheLogin) {
  bool reached = false;
  const Server server(tls_server(tls_context(Identity({.common_name = "db.test"})), [&](SSL* ssl) {
    char byte;
    reached = SSL_read(ssl, &byte, 1) > 0;
  }));
  EXPECT_EQ(failure_of(options({server.address()}, SslMode::verify_identity)).errc, Errc::tls_failed);
  EXPECT_FALSE(reached);
}

// All that a client says in clear to a server that answers with `greeted` and then listens.
std::string said_in_clear(const std::string& greeted, SslMode mode, Errc expected) {
  std::string said;
  {
    const Server server([&](Socket& peer) {
      peer.send(greeted);
      said = peer.receive(10'000);
    });
    ConnectOptions made = options({server.address()}, mode);
    made.connect_timeout = 200ms;
    EXPECT_EQ(failure_of(made).errc, expected);
  }
  return said;
}

TEST(OpenConnection, SaysNothingToAServerWithoutTlsWhenTlsIsDemanded) {
  EXPECT_EQ(said_in_clear(greeting(), SslMode::required, Errc::tls_unavailable), "");
  EXPECT_EQ(said_in_clear(greeting(), SslMode::verify_identity, Errc::tls_unavailable), "");
}

TEST(OpenConnection, SaysNothingInClearButTheSslRequest) {
  const std::string said = said_in_clear(greeting(test::kGreetingOfMySql97), SslMode::required, Errc::connect_timeout);
  ASSERT_GT(said.size(), 36u);
  EXPECT_EQ(said.substr(0, 4), std::string("\x20\0\0\x01", 4));
  EXPECT_EQ(said[36], 0x16);  // a TLS handshake record
  EXPECT_THAT(said, Not(HasSubstr("ann")));
}

TEST(OpenConnection, PlaintextInjectedBeforeTheTlsHandshakeIsFatal) {
  const std::string injected = greeting(test::kGreetingOfMySql97) + framed(2, kOk);
  EXPECT_EQ(said_in_clear(injected, SslMode::required, Errc::malformed).size(), 36u);
  EXPECT_EQ(said_in_clear(injected, SslMode::preferred, Errc::malformed).size(), 36u);
}

// --- Sessions

// How many of the connections that `connect` makes to a server resumed a TLS session, each as 'r' or '-'.
std::string resumptions(int version, const std::function<void(ConnectOptions&)>& connect) {
  std::string seen;
  {
    const Server server(tls_server(tls_context(Identity({.common_name = "db.test"}), version), [&](SSL* ssl) {
      seen += SSL_session_reused(ssl) == 1 ? 'r' : '-';
      accept_login(ssl);
    }));
    ConnectOptions made = options({server.address()}, SslMode::required);
    made.tls.sessions = make_tls_sessions();
    connect(made);
  }
  return seen;
}

TEST(TlsSessions, AreResumedByTheNextConnectionToTheSameServer) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto connect_thrice = [](ConnectOptions& made) {
      for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in(made), "tls");
    };
    EXPECT_EQ(resumptions(version, connect_thrice), "-rr") << version;
  }
}

TEST(TlsSessions, AreNotResumedUnderOtherSettingsNorWithoutAStore) {
  EXPECT_EQ(resumptions(0,
                        [](ConnectOptions& made) {
                          log_in(made);
                          made.tls.mode = SslMode::preferred;
                          log_in(made);
                          made.tls.cipher_suites = "TLS_AES_128_GCM_SHA256";
                          log_in(made);
                        }),
            "---");
  EXPECT_EQ(resumptions(0,
                        [](ConnectOptions& made) {
                          made.tls.sessions = nullptr;
                          log_in(made);
                          log_in(made);
                        }),
            "--");
}

// --- A self-signed certificate, proven by the password

constexpr std::string_view kHex = "0123456789ABCDEF";

// What MariaDB puts into the final OK: 0x01 and the hexadecimal SHA256(SHA1(SHA1(password)), scramble, SHA256(certificate)).
std::string proof(const std::string& password, const std::string& scramble, X509* certificate) {
  ByteWriter hashed;
  EXPECT_TRUE(native_kept(password, {}, hashed).ok());
  hashed.text(scramble);
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), hashed.extend(32), &size);
  std::uint8_t digest[32];
  EVP_Digest(hashed.bytes().data(), hashed.size(), digest, nullptr, EVP_sha256(), nullptr);
  std::string text("\x01");
  for (const std::uint8_t byte : digest) text.append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  return text;
}

const std::string kScrambleOfMariaDb118("JBM>/kR9dkne0_o0?+Y^");  // in the captured greeting

std::string log_in_proven(const Identity& shown, const Identity& proven, const std::string& password, SslMode mode,
                          std::string* said = nullptr) {
  const std::string words = proof(password, kScrambleOfMariaDb118, proven.certificate());
  const Server server(tls_server(
      tls_context(shown),
      [&](SSL* ssl) {
        const std::string login = read_login(ssl);
        if (said != nullptr) *said = login;
        send(ssl, framed(3, kOk + static_cast<char>(words.size()) + words));
      },
      test::kGreetingOfMariaDb118));
  ConnectOptions made = options({server.address()}, mode);
  return log_in(made);
}

TEST(ProvenCertificate, IsTrustedWhenTheServerKnowsThePasswordAndTheCertificate) {
  const Identity own({.common_name = "MariaDB Server"}), impostor({.common_name = "MariaDB Server"});
  for (const SslMode mode : {SslMode::verify_ca, SslMode::verify_identity}) {
    EXPECT_EQ(log_in_proven(own, own, "secret", mode), "tls");
    EXPECT_THAT(log_in_proven(impostor, own, "secret", mode), HasSubstr("someone stands between"));  // hands the proof through
    EXPECT_THAT(log_in_proven(impostor, impostor, "guessed", mode), HasSubstr("someone stands between"));
  }
}

// A resumed session shows no certificate, so the proof is about the one that was shown first; nothing is taken for granted.
TEST(ProvenCertificate, IsProvenAgainWhereASessionIsResumed) {
  const Identity own({.common_name = "MariaDB Server"});
  const std::string words = proof("secret", kScrambleOfMariaDb118, own.certificate());
  std::string resumed;
  int visits = 0;
  {
    const Server server(tls_server(
        tls_context(own),
        [&](SSL* ssl) {
          resumed += SSL_session_reused(ssl) == 1 ? 'r' : '-';
          read_login(ssl);
          send(ssl, ++visits == 3 ? framed(3, kOk) : framed(3, kOk + static_cast<char>(words.size()) + words));
        },
        test::kGreetingOfMariaDb118));
    ConnectOptions made = options({server.address()}, SslMode::verify_identity);
    made.tls.sessions = make_tls_sessions();
    EXPECT_EQ(log_in(made), "tls");
    EXPECT_EQ(log_in(made), "tls");
    EXPECT_THAT(log_in(made), HasSubstr("did not prove"));
  }
  EXPECT_EQ(resumed, "-rr");
}

TEST(ProvenCertificate, IsNoWayAroundAnAuthorityOrADate) {
  const TemporaryFolder folder;
  const Identity authority({.common_name = "Test authority", .authority = true});
  authority.write_certificate(folder.file("ca.pem"));
  const Identity own({.common_name = "MariaDB Server"}), issued({.common_name = "MariaDB Server"}, &authority);
  EXPECT_THAT(log_in_proven(issued, issued, "secret", SslMode::verify_ca), HasSubstr("as SSLCA"));  // not self-signed
  const Server server(tls_server(tls_context(own), accept_login, test::kGreetingOfMariaDb118));
  ConnectOptions made = options({server.address()}, SslMode::verify_ca);
  made.tls.ca_file = folder.file("ca.pem");
  EXPECT_THAT(log_in(made), HasSubstr("self-signed"));
}

}  // namespace
}  // namespace selkie::protocol
