// A connection's conversation in a capture file that Wireshark and tshark take for MySQL over TCP: in clear, unpacked, without
// the login's secrets. Statements and rows are in it as they are.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/capture_file.h"
#include "protocol/stream.h"
#include "protocol/trace_login.h"

namespace selkie::protocol {

struct TraceOptions {
  std::string file{};           // empty: no trace
  std::uint64_t max_bytes = 0;  // see CaptureFile
};

class Trace {
 public:
  //   server  how a person calls it: "db1:3307", or a socket's path
  //   stream  to it, for the addresses and ports; those of a Unix socket are made up: 127.0.0.1:3306 is the server
  // Errors: bad_option.
  static Result<std::unique_ptr<Trace>> begin(const TraceOptions& options, const std::string& server, const Stream& stream);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  // A packet of the login: what is secret is masked.
  void received_at_login(Bytes payload, std::uint8_t frame_number);
  void sent_at_login(Bytes frame);

  // What goes over the wire afterwards, in any pieces.
  void received(Bytes bytes);
  void sent(Bytes bytes);

 private:
  enum Side : std::uint8_t { kClient, kServer };
  struct Endpoint {
    std::array<std::uint8_t, 16> address{};
    std::size_t address_bytes = 4;  // or 16
    std::uint16_t port = 3306;
  };
  struct LoginPacket {
    Side from;
    std::vector<std::uint8_t> frame;
  };

  Trace(CaptureFile file, std::string server, const Stream& stream);
  void read_addresses(int fd);
  void open_connection();
  void keep(Side from, std::vector<std::uint8_t> payload, std::uint8_t frame_number);
  void say(Side from, Bytes bytes);
  void segment(Side from, std::uint8_t flags, Bytes payload, std::string_view comment = {});

  CaptureFile file_;
  std::string server_;
  std::array<Endpoint, 2> ends_;              // by side
  std::array<std::uint32_t, 2> next_byte_{};  // by side: the sequence number of its next byte
  TraceLogin mask_;
  std::vector<LoginPacket> login_;  // as shown: each file begins with it, for what follows is read by what it agreed on
};

// The stream, with everything that goes through it told to `trace`.
std::unique_ptr<Stream> traced(std::unique_ptr<Stream> below, std::unique_ptr<Trace> trace);

}  // namespace selkie::protocol
