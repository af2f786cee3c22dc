// A certificate that the server has yet to prove.
#include "tests/unit/protocol/handshake_talk.h"

namespace selkie::protocol {
namespace {

using namespace handshake_talk;

// Of MariaDB 11.8.6 with a certificate that it made itself, captured: three accounts with the password "secret".
struct CapturedProof {
  const char *method, *scramble, *challenge, *salt, *proof;  // in hexadecimal, the proof in its own
};
constexpr CapturedProof kProofs[] = {
    {"mysql_native_password", "66784b496d6a4e2773333f253930266c6d607756", "66784b496d6a4e2773333f253930266c6d607756", "",
     "A42F4AD7E62214CDFF99BFA0CDA788FE680EFD38239E429B3BE95A4D40C956E8"},
    {"client_ed25519", "26524a5d7657312c2b3050235c2952443e4a3878",
     "e3b692628b4b591681441dee3e84045ab9f2fa1bd3b2f8fb1fd5eab473234b0d", "",
     "349FC93383F115D3EDE8A28DCB916D329A920318827DAD325F4B0670C1388D16"},
    {"parsec", "6950375e546a3b24436246753b636243665b7350", "4605ccb8bbd5057c662830e404fbeec74802a3ffd1330ad505b3f62fe0682ced",
     "50005ba6fe1971e9a5132927d01b921e8eec3831", "A7EB6281C9D5C950D4BA87A40AE9FD8FE05C208087F4286A4CF8007799577D37"},
};

UnprovenCertificate captured_certificate() {
  UnprovenCertificate certificate{{}, "The certificate of 'db.test' was refused."};
  std::ranges::copy(from_hex("f0e23b5937afdec57a7d6eba427203962a096276a53e619c195b329d51bcbc75"),
                    certificate.fingerprint.begin());
  return certificate;
}

std::string text_of(const char* hex) { return std::string(as_text(from_hex(hex))); }

Packet ok_with(const std::string& info) {
  Packet packet = kOk;
  packet.push_back(static_cast<std::uint8_t>(info.size()));
  packet.insert(packet.end(), info.begin(), info.end());
  return packet;
}

// Of MariaDB 11.8 and its default method.
Packet greeting_of_prover(const std::string& scramble = "abcdefghijklmnopqrst") {
  return greeting({.version = "11.8.6-MariaDB", .capabilities = 0xdffffffe, .extended = 0x3d, .scramble = scramble});
}

// All that a server says up to its final word.
Talk talk_to_prover(const CapturedProof& captured, const ConnectOptions& made, const Packet& last,
                    const UnprovenCertificate& certificate = captured_certificate()) {
  std::vector<Packet> packets{greeting_of_prover(text_of(captured.scramble))};
  if (std::string_view(captured.method) != "mysql_native_password") {
    packets.push_back(auth_switch(captured.method, text_of(captured.challenge)));
  }
  if (*captured.salt != '\0') packets.push_back(from_hex(captured.salt));
  packets.push_back(last);
  return talk(made, packets, false, certificate);
}

TEST(CertificateProof, OfARealServerIsAcceptedForEachMethod) {
  for (const CapturedProof& captured : kProofs) {
    const std::string proof = captured.proof;
    EXPECT_EQ(talk_to_prover(captured, options(), ok_with("\x01" + proof)).steps.back(), "ready") << captured.method;

    ConnectOptions other = options();
    other.password = "other";
    UnprovenCertificate impostors = captured_certificate();
    impostors.fingerprint[31] ^= 1;
    const Talk wrong[] = {
        talk_to_prover(captured, other, ok_with("\x01" + proof)),
        talk_to_prover(captured, options(), ok_with("\x01" + proof), impostors),
        talk_to_prover(captured, options(), ok_with("\x01" + proof.substr(1))),
        talk_to_prover(captured, options(), ok_with("\x01" + proof + "0")),
        talk_to_prover(captured, options(), ok_with("\x01G" + proof.substr(1))),
        talk_to_prover(captured, options(), ok_with("\x01")),
    };
    for (const Talk& seen : wrong) {
      EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed));
      EXPECT_THAT(seen.failure.message, HasSubstr("someone stands between"));
    }
    for (const Packet& silent : {kOk, ok_with(""), ok_with(proof)}) {
      const Talk seen = talk_to_prover(captured, options(), silent);
      EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed));
      EXPECT_THAT(seen.failure.message, HasSubstr("did not prove"));
    }
  }
}

// Whoever cannot prove the certificate gets nothing to try passwords with but what these three methods say, and never the
// password.
TEST(CertificateProof, IsNotWaitedForWhereItCannotCome) {
  const UnprovenCertificate certificate = captured_certificate();
  for (const char* method : {"mysql_clear_password", "caching_sha2_password", "sha256_password"}) {
    ConnectOptions made = options(SslMode::required);
    made.cleartext_enabled = made.get_server_public_key = true;
    const Talk seen = talk(made, {greeting_of_prover(), auth_switch(method, kScramble20)}, false, certificate);
    EXPECT_EQ(seen.steps.back(), failed(Errc::tls_failed)) << method;
    EXPECT_THAT(seen.failure.message, HasSubstr("not by the method " + std::string(method)));
  }
  ConnectOptions without = options(SslMode::required);
  without.password.clear();
  const Talk seen = talk(without, {greeting_of_prover()}, false, certificate);
  EXPECT_THAT(seen.steps.back(), HasSubstr(failed(Errc::tls_failed)));
  EXPECT_THAT(seen.failure.message, HasSubstr("not without one"));
}

// A default method that cannot prove is not begun with.
TEST(CertificateProof, IsAskedForByAMethodThatGivesOne) {
  const Packet sha2 =
      greeting({.version = "11.8.6-MariaDB", .capabilities = 0xdffffffe, .extended = 0x3d, .plugin = "caching_sha2_password"});
  const Talk seen = talk(options(SslMode::required), {sha2}, false, captured_certificate());
  EXPECT_EQ(read_login(seen.steps.back()).plugin, "mysql_native_password");
}

}  // namespace
}  // namespace selkie::protocol
