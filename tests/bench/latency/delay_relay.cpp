// delay_relay HOST PORT DELAY_US [LISTEN_HOST]: a TCP relay that keeps every byte for so long, in both directions, and loses
// none; it prints the port it listens on and ends with its parent. It stands in for a delay of the network's own where the
// kernel has none. Throughput is not limited.
//
// For each line it reads it prints how many answers it has passed on so far, over all connections: how often a server began to
// send, after its client did or first of all. That is the number of round trips, where the delay keeps answers behind what the
// client sends without waiting for them.
//
// It differs from a network in one thing: the operating system has accepted a connection before the relay sees it, so the round
// trip of TCP's own handshake is missing. The half trip of the handshake's last packet is kept.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

std::atomic<long> answers{0};

constexpr std::size_t kPiece = 65536;
constexpr std::size_t kMostOnTheWay = 64 << 20;  // bytes in one direction; then the sender waits, as before a full window

void no_waiting(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Bytes on their way in one direction. An empty piece is the end.
class Way {
 public:
  void put(std::vector<char> piece, Clock::time_point due) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return bytes_ < kMostOnTheWay || broken_; });
    bytes_ += piece.size();
    pieces_.push_back({std::move(piece), due});
    changed_.notify_all();
  }

  std::vector<char> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !pieces_.empty(); });
    Piece next = std::move(pieces_.front());
    pieces_.pop_front();
    bytes_ -= next.bytes.size();
    changed_.notify_all();
    lock.unlock();
    std::this_thread::sleep_until(next.due);
    return std::move(next.bytes);
  }

  void give_up() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    changed_.notify_all();
  }

 private:
  struct Piece {
    std::vector<char> bytes;
    Clock::time_point due;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> pieces_;
  std::size_t bytes_ = 0;
  bool broken_ = false;
};

bool write_all(int socket, const std::vector<char>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t sent = send(socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent < 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

// Who sent last.
enum class Side { nobody, client, server };

void carry(int from, int to, Clock::duration delay, Side side, std::atomic<Side>& last) {
  Way way;
  std::thread deliverer([&] {
    for (;;) {
      const std::vector<char> bytes = way.take();
      if (!bytes.empty() && write_all(to, bytes)) continue;
      shutdown(to, SHUT_WR);
      if (bytes.empty()) return;
      way.give_up();
      shutdown(from, SHUT_RD);
    }
  });
  for (;;) {
    std::vector<char> bytes(kPiece);
    const ssize_t got = recv(from, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const bool ends = bytes.empty();
    if (!ends && last.exchange(side) != side && side == Side::server) ++answers;
    way.put(std::move(bytes), Clock::now() + delay);
    if (ends) break;
  }
  deliverer.join();
}

void relay(int client, sockaddr_in server_address, Clock::duration delay) {
  std::this_thread::sleep_for(delay);  // until the handshake's last packet would have come
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(server, reinterpret_cast<sockaddr*>(&server_address), sizeof server_address) == 0) {
    no_waiting(client);
    no_waiting(server);
    std::atomic<Side> last{Side::nobody};
    std::thread back([&] { carry(server, client, delay, Side::server, last); });
    carry(client, server, delay, Side::client, last);
    back.join();
  }
  close(server);
  close(client);
}

sockaddr_in address_of(const char* host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host, &address.sin_addr) == 1) return address;
  std::fprintf(stderr, "delay_relay takes an IPv4 address, not '%s'\n", host);
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: delay_relay HOST PORT DELAY_US [LISTEN_HOST]\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_TIMERSLACK, 1000ul);  // nanoseconds: the usual 50 us would show in a round trip
  const sockaddr_in server = address_of(argv[1], std::atoi(argv[2]));
  const Clock::duration delay = std::chrono::microseconds(std::atol(argv[3]));
  sockaddr_in here = address_of(argc > 4 ? argv[4] : "127.0.0.1", 0);
  socklen_t size = sizeof here;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, reinterpret_cast<sockaddr*>(&here), size) != 0 || listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
    std::perror("delay_relay");
    return 1;
  }
  std::printf("%d\n", ntohs(here.sin_port));
  std::fflush(stdout);
  std::thread([] {
    for (int byte; (byte = std::getchar()) != EOF;) {
      if (byte != '\n') continue;
      std::printf("%ld\n", answers.load());
      std::fflush(stdout);
    }
  }).detach();
  for (int client; (client = accept(listener, nullptr, nullptr)) >= 0;) std::thread(relay, client, server, delay).detach();
  std::perror("delay_relay");
  return 1;
}
