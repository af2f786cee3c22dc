#include "tests/support/wrapping.h"

#include <zlib.h>
#include <zstd.h>

#include <stdexcept>

#include "tests/support/certificates.h"

namespace selkie::test {

using protocol::Bytes;
namespace capability = protocol::capability;

const char* name_of(Wrapping wrapping) {
  constexpr const char* kNames[] = {"in clear", "under TLS", "compressed by zlib", "compressed by zstd"};
  return kNames[static_cast<std::size_t>(wrapping)];
}
std::uint64_t capability_of(Wrapping wrapping) {
  constexpr std::uint64_t kCapabilities[] = {0, capability::kSsl, capability::kCompress, capability::kZstd};
  return kCapabilities[static_cast<std::size_t>(wrapping)];
}
const char* settings_of(Wrapping wrapping) {
  constexpr const char* kSettings[] = {"", ";SSLMODE=REQUIRED", ";COMPRESSION=zlib", ";COMPRESSION=zstd"};
  return kSettings[static_cast<std::size_t>(wrapping)];
}

// --- TLS

namespace {

SSL_CTX* server_context() {
  static const Identity identity({.common_name = "localhost"});
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context = [] {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(made.get(), identity.certificate());
    SSL_CTX_use_PrivateKey(made.get(), identity.key());
    return made;
  }();
  return context.get();
}

}  // namespace

TlsEnd::TlsEnd() : ssl_(SSL_new(server_context())) {
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

void TlsEnd::feed(Bytes received) { BIO_write(SSL_get_rbio(ssl_.get()), received.data(), static_cast<int>(received.size())); }

Packet TlsEnd::take_output() {
  BIO* const bio = SSL_get_wbio(ssl_.get());
  Packet out(BIO_ctrl_pending(bio));
  if (!out.empty()) BIO_read(bio, out.data(), static_cast<int>(out.size()));
  return out;
}

bool TlsEnd::shake_hands() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) throw std::runtime_error("the TLS handshake failed");
  return false;
}

void TlsEnd::write(Bytes plain) {
  if (!plain.empty()) SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
}

Packet TlsEnd::read() {
  Packet plain;
  for (std::uint8_t piece[16'384];;) {
    const int count = SSL_read(ssl_.get(), piece, sizeof piece);
    if (count <= 0) {
      closed_ = SSL_get_error(ssl_.get(), count) != SSL_ERROR_WANT_READ;
      return plain;
    }
    plain.insert(plain.end(), piece, piece + count);
  }
}

// --- Compressed packets

void Packer::add(Packet& out, Bytes body, std::size_t plain_size) {
  for (int i = 0; i < 3; ++i) out.push_back(static_cast<std::uint8_t>(body.size() >> (8 * i)));
  out.push_back(next_++);
  for (int i = 0; i < 3; ++i) out.push_back(static_cast<std::uint8_t>(plain_size >> (8 * i)));
  out.insert(out.end(), body.begin(), body.end());
}

Packet Packer::pack(Bytes plain) {
  constexpr std::size_t kMost = 0xffffff;
  Packet out;
  const Bytes as_it_is = plain.first(std::min(plain.size() / 2, kMost));
  if (!as_it_is.empty()) add(out, as_it_is, 0);
  for (plain = plain.subspan(as_it_is.size()); !plain.empty();) {
    const Bytes piece = plain.first(std::min(plain.size(), kMost));
    plain = plain.subspan(piece.size());
    Packet packed(compressBound(piece.size()) + ZSTD_compressBound(piece.size()));
    if (algorithm_ == Wrapping::zstd) {
      packed.resize(ZSTD_compress(packed.data(), packed.size(), piece.data(), piece.size(), 1));
    } else {
      uLongf size = packed.size();
      compress2(packed.data(), &size, piece.data(), piece.size(), 1);
      packed.resize(size);
    }
    add(out, packed, piece.size());
  }
  return out;
}

std::size_t Packer::body_size(Bytes header) { return static_cast<std::size_t>(protocol::load_little_endian(header.data(), 3)); }

Packet Packer::unpack(Bytes header, Bytes body, bool continues) {
  const std::uint8_t number = header[3];
  // A packet from the client that begins here is a command, 0, or a piece of a file in the middle of an answer.
  if (number != next_ && (continues || number != 0)) {
    throw std::runtime_error("the compressed packet has the number " + std::to_string(number) + " instead of " +
                             std::to_string(next_));
  }
  next_ = static_cast<std::uint8_t>(number + 1);
  const auto plain_size = static_cast<std::size_t>(protocol::load_little_endian(header.data() + 4, 3));
  if (plain_size == 0) return {body.begin(), body.end()};
  Packet plain(plain_size);
  uLongf size = plain.size();
  const bool right = algorithm_ == Wrapping::zstd
                         ? ZSTD_decompress(plain.data(), plain.size(), body.data(), body.size()) == plain.size()
                         : uncompress(plain.data(), &size, body.data(), body.size()) == Z_OK && size == plain.size();
  if (!right) throw std::runtime_error("the compressed packet is damaged");
  return plain;
}

}  // namespace selkie::test
