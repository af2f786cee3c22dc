// A login as a trace may show it: no password, nothing that is made of one, and nothing that one can be guessed by. Neither TLS
// nor compression, which a trace does not hold. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/bytes.h"

namespace selkie::protocol {

class TraceLogin {
 public:
  // The payload to show; nullopt: the packet is left out. `frame_number` becomes the one that follows the packets shown.
  std::optional<std::vector<std::uint8_t>> received(Bytes payload, std::uint8_t& frame_number);
  std::optional<std::vector<std::uint8_t>> sent(Bytes payload, std::uint8_t& frame_number);

 private:
  bool greeted_ = false, answered_ = false;
  std::uint8_t left_out_ = 0;
};

}  // namespace selkie::protocol
