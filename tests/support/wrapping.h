// What a conversation may be wrapped in on its way: the server's side of TLS and of compressed packets. In goes what is said,
// out comes what is sent, and the other way round; no I/O.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/packets.h"

namespace selkie::test {

enum class Wrapping : std::uint8_t { none, tls, zlib, zstd };
const char* name_of(Wrapping wrapping);
std::uint64_t capability_of(Wrapping wrapping);
// What makes a client ask for it, for its connection string.
const char* settings_of(Wrapping wrapping);

class TlsEnd {
 public:
  TlsEnd();

  void feed(protocol::Bytes received);  // of the client
  Packet take_output();                 // for the client

  // False: the client's next words are needed. Throws std::runtime_error where the handshake fails.
  bool shake_hands();
  void write(protocol::Bytes plain);
  Packet read();  // what is complete
  bool closed() const { return closed_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
  bool closed_ = false;  // by the client's own word
};

// Packets are numbered by command and answer, see protocol/compression.h.
class Packer {
 public:
  explicit Packer(Wrapping algorithm) : algorithm_(algorithm) {}

  // Two packets, the first as it is and the second packed, with the next numbers. Both may hold any part of what is said.
  Packet pack(protocol::Bytes plain);
  void start_answer() { next_ = 1; }
  void skip_number() { ++next_; }

  static constexpr std::size_t kHeaderBytes = 7;
  static std::size_t body_size(protocol::Bytes header);
  // `continues`: what is read belongs to the packet before it. Throws std::runtime_error for what no server would read.
  Packet unpack(protocol::Bytes header, protocol::Bytes body, bool continues);

 private:
  void add(Packet& out, protocol::Bytes body, std::size_t plain_size);

  Wrapping algorithm_;
  std::uint8_t next_ = 0;
};

}  // namespace selkie::test
