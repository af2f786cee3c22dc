// What every user of OpenSSL here needs: owners for its objects and a start that leaves no trace in the process.
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

namespace selkie::protocol {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
template <class T, auto free_function>
using Owned = std::unique_ptr<T, FreeWith<free_function>>;

using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedDigest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using OwnedBio = Owned<BIO, BIO_free>;

// To be called before the first use of OpenSSL in any function here; cheap afterwards. Without it OpenSSL would register an
// atexit handler, which runs while other threads of the application may still be inside it.
inline void start_openssl() { OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr); }

// Wipes a buffer of secrets when it goes out of scope.
class Wiped {
 public:
  template <class Buffer>
  explicit Wiped(Buffer& buffer) : data_(buffer.data()), size_bytes_(buffer.size() * sizeof *buffer.data()) {}
  ~Wiped() { OPENSSL_cleanse(data_, size_bytes_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  void* data_;  // the buffer outlives this and is not moved or resized meanwhile
  std::size_t size_bytes_;
};

}  // namespace selkie::protocol
