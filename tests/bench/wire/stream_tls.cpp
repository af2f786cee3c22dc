// TLS by OpenSSL over the socket.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "stream.h"

namespace selkie::bench {
namespace {

constexpr std::size_t kReadAhead = 65536;  // several records of at most 16 KiB with one system call
constexpr std::size_t kGathered = 4096;    // parts up to so many bytes share a record, larger ones have their own

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

// The socket as OpenSSL sees it. What OpenSSL asks for goes straight to it, what comes behind is kept: where it reads ahead by
// itself it moves all that it has to the front of its buffer before each record.
struct Ahead {
  int socket;
  std::vector<char> bytes = std::vector<char>(kReadAhead);
  std::size_t begin = 0, end = 0;  // the unread part

  static int read(BIO* bio, char* to, std::size_t size, std::size_t* got) {
    Ahead& ahead = *static_cast<Ahead*>(BIO_get_data(bio));
    if (ahead.begin != ahead.end) {
      *got = std::min(size, ahead.end - ahead.begin);
      std::memcpy(to, ahead.bytes.data() + ahead.begin, *got);
      ahead.begin += *got;
      return 1;
    }
    const iovec parts[] = {{to, size}, {ahead.bytes.data(), ahead.bytes.size()}};
    const ssize_t received = readv(ahead.socket, parts, 2);
    if (received <= 0) return 0;
    *got = std::min(size, static_cast<std::size_t>(received));
    ahead.begin = 0;
    ahead.end = static_cast<std::size_t>(received) - *got;
    return 1;
  }
  static int write(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
    const ssize_t sent = send(static_cast<Ahead*>(BIO_get_data(bio))->socket, from, size, MSG_NOSIGNAL);
    *written = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    return sent > 0 ? 1 : 0;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
};

class Tls final : public Stream {
 public:
  explicit Tls(std::unique_ptr<Stream> socket)
      : socket_(std::move(socket)),
        ahead_{socket_->fd()},
        method_(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket")),
        context_(SSL_CTX_new(TLS_client_method())) {
    BIO_meth_set_read_ex(method_.get(), Ahead::read);
    BIO_meth_set_write_ex(method_.get(), Ahead::write);
    BIO_meth_set_ctrl(method_.get(), Ahead::control);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
    ssl_.reset(SSL_new(context_.get()));
    BIO* const bio = BIO_new(method_.get());
    BIO_set_data(bio, &ahead_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // owned by ssl_ from here on
    if (SSL_connect(ssl_.get()) != 1) fail("TLS handshake");
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
  Ahead ahead_;
  std::unique_ptr<BIO_METHOD, Free> method_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string gathered_;
};

}  // namespace

std::unique_ptr<Stream> start_tls(std::unique_ptr<Stream> socket) { return std::make_unique<Tls>(std::move(socket)); }

}  // namespace selkie::bench
