// TLS sessions of earlier connections: whoever connects to the same server again with the same settings resumes one, and saves
// the exchange of certificates and their checks. Used by many connections at once.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <string>

#include "protocol/openssl.h"

namespace selkie::protocol {

using OwnedSession = Owned<SSL_SESSION, SSL_SESSION_free>;

class TlsSessions {
 public:
  // `key`: the server and all settings that a handshake depends on.
  // The latest session of this key, a copy of the caller's own; nullptr where there is none that is fresh.
  OwnedSession find(const std::string& key);
  // Keeps a copy. Past a bound the key that was asked for the longest time ago goes.
  void keep(const std::string& key, const SSL_SESSION* session);

 private:
  struct Entry {
    std::string key;
    OwnedSession session;
    std::chrono::steady_clock::time_point made;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last in front
};

}  // namespace selkie::protocol
