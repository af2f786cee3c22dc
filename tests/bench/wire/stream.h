// How the bytes of the raw socket get to the server and back: the socket itself, TLS over it, the compressed protocol over
// either. What comes is decrypted or unpacked straight into the caller's memory, as the least that these cost.
// Spec: page_protocol_basic_tls.html, page_protocol_basic_compression.html
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>

#include "../common/program.h"

namespace selkie::bench {

// Whatever goes wrong is thrown as a Failure.
class Stream {
 public:
  virtual ~Stream() = default;

  // At least one byte, at most `size`.
  virtual std::size_t read(void* to, std::size_t size) = 0;
  // The same of bytes that are sure to come; where it can it waits for all of them.
  virtual std::size_t read_full(void* to, std::size_t size) { return read(to, size); }
  // All of the parts, one behind the other, which are whole packets together; `parts` may be overwritten.
  virtual void write(iovec* parts, int count) = 0;
  virtual int fd() const = 0;
};

std::unique_ptr<Stream> connect_socket(const Options& options);
// TLS 1.3; the certificate is not looked at.
std::unique_ptr<Stream> start_tls(std::unique_ptr<Stream> socket);
enum class Compression { zlib, zstd };
// What is sent goes as it is within packets of the compressed protocol, which leaves that to the sender.
std::unique_ptr<Stream> start_compression(std::unique_ptr<Stream> below, Compression algorithm);

}  // namespace selkie::bench
