#include "protocol/tls_sessions.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace selkie::protocol {
namespace {

// A session that can be told from others.
OwnedSession session_of(unsigned char id) {
  OwnedSession session(SSL_SESSION_new());
  SSL_SESSION_set1_id(session.get(), &id, 1);
  SSL_SESSION_set_protocol_version(session.get(), TLS1_2_VERSION);
  return session;
}
int id_of(const OwnedSession& session) {
  unsigned size = 0;
  return session == nullptr ? -1 : SSL_SESSION_get_id(session.get(), &size)[0];
}

TEST(TlsSessionStore, GivesTheLatestSessionOfAKeyAsACopy) {
  TlsSessions sessions;
  EXPECT_EQ(sessions.find("a"), nullptr);
  const OwnedSession first = session_of(1), second = session_of(2), other = session_of(3);
  sessions.keep("a", first.get());
  sessions.keep("a", second.get());
  sessions.keep("b", other.get());
  EXPECT_EQ(id_of(sessions.find("a")), 2);
  EXPECT_EQ(id_of(sessions.find("b")), 3);
  EXPECT_NE(sessions.find("a").get(), second.get());
}

TEST(TlsSessionStore, ForgetsTheKeyThatWasAskedForTheLongestTimeAgo) {
  TlsSessions sessions;
  for (int i = 0; i < 64; ++i) sessions.keep("key " + std::to_string(i), session_of(static_cast<unsigned char>(i)).get());
  EXPECT_EQ(id_of(sessions.find("key 0")), 0);  // and so is the youngest again
  sessions.keep("one more", session_of(200).get());
  EXPECT_EQ(id_of(sessions.find("key 0")), 0);
  EXPECT_EQ(sessions.find("key 1"), nullptr);
  EXPECT_EQ(id_of(sessions.find("key 2")), 2);
  EXPECT_EQ(id_of(sessions.find("one more")), 200);
}

TEST(TlsSessionStore, IsUsedByManyThreadsAtOnce) {
  TlsSessions sessions;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&sessions, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(i % 3);
        sessions.keep(key, session_of(static_cast<unsigned char>(t)).get());
        EXPECT_LT(id_of(sessions.find(key)), 4);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace selkie::protocol
