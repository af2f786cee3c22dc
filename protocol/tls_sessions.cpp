#include "protocol/tls_sessions.h"

#include <algorithm>
#include <utility>

#include "protocol/stream.h"

namespace selkie::protocol {
namespace {

constexpr std::size_t kMostKeys = 64;
// A resumed session has its certificate checked no more, so a revocation or an end of validity counts only after this time.
constexpr std::chrono::minutes kKeptFor{10};

}  // namespace

std::shared_ptr<TlsSessions> make_tls_sessions() { return std::make_shared<TlsSessions>(); }

OwnedSession TlsSessions::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::find(entries_, key, &Entry::key);
  if (entry == entries_.end()) return nullptr;
  if (std::chrono::steady_clock::now() - entry->made > kKeptFor) {
    entries_.erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return OwnedSession(SSL_SESSION_dup(entry->session.get()));
}

// A copy, since OpenSSL marks a connection's own session as spoilt when the connection ends without a TLS goodbye.
void TlsSessions::keep(const std::string& key, const SSL_SESSION* session) {
  OwnedSession copy(SSL_SESSION_dup(session));
  if (!copy) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; });
  entries_.push_front({key, std::move(copy), std::chrono::steady_clock::now()});
  if (entries_.size() > kMostKeys) entries_.pop_back();
}

}  // namespace selkie::protocol
