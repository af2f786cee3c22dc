// TLS by OpenSSL over the socket.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "stream.h"

namespace selkie::bench {
namespace {

constexpr int kReadAhead = 65536;        // several records of at most 16 KiB with one recv
constexpr std::size_t kGathered = 4096;  // parts up to so many bytes share a record, larger ones have their own

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class Tls final : public Stream {
 public:
  explicit Tls(std::unique_ptr<Stream> socket) : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_) fail("TLS");
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
    SSL_CTX_set_read_ahead(context_.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context_.get(), kReadAhead);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_->fd()) != 1 || SSL_connect(ssl_.get()) != 1) fail("TLS handshake");
  }

  std::size_t read(void* to, std::size_t size) override {
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), to, size, &got) != 1) fail("SSL_read");
    return got;
  }

  void write(iovec* parts, int count) override {
    gathered_.clear();
    for (const iovec& part : std::span(parts, static_cast<std::size_t>(count))) {
      if (part.iov_len <= kGathered) {
        gathered_.append(static_cast<const char*>(part.iov_base), part.iov_len);
        continue;
      }
      put_gathered();
      put(part.iov_base, part.iov_len);
    }
    put_gathered();
  }

  int fd() const override { return socket_->fd(); }

 private:
  void put(const void* from, std::size_t size) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_.get(), from, size, &written) != 1) fail("SSL_write");
  }
  void put_gathered() {
    if (!gathered_.empty()) put(gathered_.data(), gathered_.size());
    gathered_.clear();
  }

  [[noreturn]] static void fail(const char* what) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    throw Failure{std::string(what) + ": " + (reason ? reason : "the connection ended")};
  }

  std::unique_ptr<Stream> socket_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string gathered_;
};

}  // namespace

std::unique_ptr<Stream> start_tls(std::unique_ptr<Stream> socket) { return std::make_unique<Tls>(std::move(socket)); }

}  // namespace selkie::bench
