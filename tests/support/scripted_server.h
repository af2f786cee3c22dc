// Plays one script to one client, on a Unix or loopback TCP socket in a thread of its own.
// The bytes it sends are the script's; how they are cut and where the link breaks is the delivery's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <thread>

#include "tests/support/script.h"
#include "tests/support/wrapping.h"

namespace selkie::test {

enum class Transport : std::uint8_t { unix_socket, tcp };

struct Delivery {
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  Transport transport = Transport::unix_socket;
  Wrapping wrapping = Wrapping::none;          // offered in the greeting; what is cut is what it makes of the bytes
  bool byte_by_byte = false;                   // every byte in a segment of its own
  std::size_t cut_at = kNever;                 // a pause in front of this byte of all that is sent in the measured part
  std::size_t lost_before = kNever;            // the link breaks before this step of the measured part
  std::size_t lost_at_byte = kNever;           // the link breaks in front of this byte of the measured part
  std::chrono::milliseconds patience{10'000};  // with a client that does nothing: it hangs
};

// What a finished performance was like.
struct Performance {
  std::string failure;         // empty: the script was followed to its end
  std::size_t sent_bytes = 0;  // in the measured part
};

class ScriptedServer {
 public:
  // `opening` is delivered whole, whatever the delivery says; `talk` is the measured part.
  ScriptedServer(Script opening, Script talk, Delivery delivery);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;

  // How to reach it: "SERVER=127.0.0.1;PORT=..." or "SOCKET=...", and the keyword that makes the client ask for the wrapping.
  const std::string& address() const { return address_; }

  // Waits for the client to be gone, at most for the time that a step may take.
  const Performance& finish();

 private:
  void listen();
  void perform();
  int accept() const;

  Script opening_, talk_;
  Delivery delivery_;
  std::string address_, path_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};  // closed by finish(): nobody will connect any more
  Performance performance_;
  std::thread thread_;
};

}  // namespace selkie::test
