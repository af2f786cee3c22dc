// A connection without a client library: commands out, packets in, nothing in between. Knows as much of the protocol as the
// workloads need; EOF packets are negotiated away, so rows end with an OK packet.
// Spec: dev.mysql.com, page_protocol_basic_packets.html and on; MariaDB's extended capabilities from mariadb.com/kb.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../common/program.h"
#include "stream.h"

namespace selkie::bench {

using Packet = std::span<const std::uint8_t>;

namespace command {
inline constexpr char kQuit = 0x01, kQuery = 0x03, kPrepare = 0x16, kExecute = 0x17, kLongData = 0x18, kClose = 0x19;
inline constexpr char kBulkExecute = '\xfa';  // MariaDB
}  // namespace command

// Little-endian fields at the end of a command.
template <class Number>
void append(std::string& to, Number value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t take_lenenc(const std::uint8_t*& at);  // no NULL

class Wire {
 public:
  explicit Wire(const Options& options);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool is_mariadb() const { return mariadb_; }  // then column definitions are sent once and bulk execution works
  const std::string& version() const { return version_; }
  std::uint32_t id() const { return connection_id_; }

  // A command's parts as one packet, of less than 16 MiB.
  void send(std::initializer_list<std::string_view> parts);
  static void append_packet(std::string& packets, std::initializer_list<std::string_view> parts);
  void send_packed(std::string_view packets);  // headers included, any number of commands
  void query(std::string_view sql) { send({{&command::kQuery, 1}, sql}); }

  // The next packet, valid until the one after it. Throws the server's words for an ERR.
  Packet packet();

  // The head of an answer: the number of columns, their definitions skipped; 0 for an OK.
  std::uint64_t result();
  // The next row, or false at the end of the rows.
  bool row(Packet& out);
  void skip_rows();
  void ok() { static_cast<void>(result()); }
  void run(std::string_view sql);
  std::int64_t number(std::string_view sql);

  struct Prepared {
    std::uint32_t id;
    std::uint16_t columns, parameters;
  };
  Prepared prepare(std::string_view sql);
  Prepared prepared();                    // the answer to a COM_STMT_PREPARE
  void execute(std::uint32_t statement);  // one without parameters

  // A row too large for a packet: its bytes as they come, straight into the caller's memory.
  void begin_large_row();
  void read_payload(void* to, std::size_t bytes);

 private:
  void login(const Options& options);
  void authenticate(const Options& options, std::string plugin, std::string scramble);
  std::string rsa_encrypted(const std::string& password, const std::string& scramble);
  void reply(std::string_view payload);  // with the next sequence number, within the log-in
  void fill(std::size_t bytes);
  std::size_t header();  // consumes a packet's header and gives its size
  [[noreturn]] void fail(Packet error);

  std::unique_ptr<Stream> stream_;
  bool mariadb_ = false;
  std::string version_;
  std::uint32_t connection_id_ = 0;
  std::uint8_t sequence_ = 0;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // the unread part of buffer_
  std::size_t payload_left_ = 0;     // of a large row's present packet
  bool payload_continues_ = false;
};

}  // namespace selkie::bench
