// Stands in front of the libraries' decoding functions in this program.
#include "decoding_watch.h"

#include <dlfcn.h>
#include <openssl/ssl.h>
#include <zlib.h>
#include <zstd.h>

#include <functional>

namespace selkie::protocol {
namespace {

thread_local DecodingWatch* watch = nullptr;

void note(const void* decoded, std::size_t size_bytes) {
  if (watch != nullptr) watch->note(decoded, size_bytes);
}

// The library's own function of that name.
template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

DecodingWatch::DecodingWatch(std::span<const std::uint8_t> memory) : memory_(memory) { watch = this; }
DecodingWatch::~DecodingWatch() { watch = nullptr; }

void DecodingWatch::note(const void* decoded, std::size_t size_bytes) {
  const auto* const begin = static_cast<const std::uint8_t*>(decoded);
  const std::less_equal<const std::uint8_t*> not_behind;
  const bool is_inside = not_behind(memory_.data(), begin) && not_behind(begin + size_bytes, memory_.data() + memory_.size());
  (is_inside ? inside_ : elsewhere_) += size_bytes;
}

}  // namespace selkie::protocol

extern "C" int SSL_read_ex(SSL* ssl, void* into, std::size_t size, std::size_t* received) {
  static auto* const next = selkie::protocol::original<decltype(SSL_read_ex)>("SSL_read_ex");
  const int result = next(ssl, into, size, received);
  if (result == 1) selkie::protocol::note(into, *received);
  return result;
}

extern "C" int inflate(z_streamp stream, int flush) {
  static auto* const next = selkie::protocol::original<decltype(inflate)>("inflate");
  const Bytef* const into = stream->next_out;
  const int result = next(stream, flush);
  selkie::protocol::note(into, static_cast<std::size_t>(stream->next_out - into));
  return result;
}

extern "C" std::size_t ZSTD_decompressStream(ZSTD_DStream* stream, ZSTD_outBuffer* to, ZSTD_inBuffer* from) {
  static auto* const next = selkie::protocol::original<decltype(ZSTD_decompressStream)>("ZSTD_decompressStream");
  const std::size_t before = to->pos;
  const std::size_t result = next(stream, to, from);
  selkie::protocol::note(static_cast<const char*>(to->dst) + before, to->pos - before);
  return result;
}
