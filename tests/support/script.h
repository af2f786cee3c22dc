// A conversation as the server sees it, in the order of time:
//   script().reads(query("SELECT 1")).sends(head({integer("1")}), row({"1"}), end())
// A script is data: the scripted server plays it as often as asked, delivered whole or in pieces.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/column.h"
#include "tests/support/packets.h"

namespace selkie::test {

// What a packet from the client must look like. `mismatch` says what is wrong with it; empty when nothing is.
struct Expectation {
  std::string name;
  std::function<std::string(protocol::Bytes payload, const Agreed& agreed)> mismatch;
};
Expectation query(const std::string& sql);                                 // COM_QUERY, this text exactly, and no attributes
Expectation query_starting(const std::string& sql);                        // COM_QUERY, a text that begins so
Expectation query_with(const Packet& attributes, const std::string& sql);  // COM_QUERY, the bytes in front of the text
Expectation prepare(const std::string& sql);
Expectation execute(std::uint32_t id);  // COM_STMT_EXECUTE, whatever its parameters
// What COM_STMT_EXECUTE carries behind the iteration count; without names, none are attributes.
struct SentParameters {
  std::uint8_t null_bitmap = 0;
  std::uint8_t count = 1;
  std::vector<protocol::WireType> types{};  // empty: as last time
  Packet values{};
  std::vector<std::string> names{};  // of the last of them
};
Expectation execute_with(std::uint32_t id, const SentParameters& parameters);
Expectation close_statement(std::uint32_t id);
Expectation long_data(std::uint32_t id, std::uint16_t parameter, std::string_view piece);
Expectation ping();
Expectation reset_connection();
Expectation quit();
Expectation empty_packet();
Expectation packet_starting(Packet bytes);
Expectation login(const std::string& user);  // the handshake response; settles the dialect
inline constexpr std::uint32_t kLastPreparedId = 0xffffffff;

class Script;

namespace step {
struct Send {
  Reply reply;
};
struct NextAnswer {};  // what follows answers the next of several commands that came together: numbers start again
struct SkipNumber {};  // what is sent next has the number of what would follow it, in whatever layer numbers are looked at
struct SendBytes {     // as they are, without a frame header
  Packet bytes;
};
struct Read {
  Expectation expectation;
  bool is_login = false;
};
struct ReadBytes {  // of a packet that is not read to its end
  std::size_t size_bytes;
};
struct SideSession {  // another connection comes, says all this and leaves
  std::shared_ptr<const Script> script;
};
struct Pause {
  std::chrono::milliseconds time;
};
struct Close {};        // the server hangs up
struct ExpectClose {};  // the client must hang up
}  // namespace step
using Step = std::variant<step::Send, step::NextAnswer, step::SkipNumber, step::SendBytes, step::Read, step::ReadBytes,
                          step::SideSession, step::Pause, step::Close, step::ExpectClose>;
std::string name_of(const Step& step);

class Script {
 public:
  Script& reads(Expectation expectation);
  Script& reads_login(const std::string& user);
  Script& reads_bytes(std::size_t size_bytes);
  template <class... Replies>
  Script& sends(Replies... replies) {
    (send(std::move(replies)), ...);
    return *this;
  }
  Script& sends_bytes(Packet bytes);
  Script& next_answer();
  Script& skips_number();
  // The client connects once more while this conversation waits: to stop what runs here.
  Script& meets(Script side_session);
  Script& pauses(std::chrono::milliseconds time);
  Script& closes();
  Script& expects_close();
  Script& then(const Script& more);
  Script before(std::size_t step) const;  // the steps in front of this one

  const std::vector<Step>& steps() const { return steps_; }

 private:
  Script& add(Step step);
  Script& send(Reply reply);

  std::vector<Step> steps_;
};
inline Script script() { return {}; }

// The steps from greeting to the final OK for a user without a password.
Script login_script(const Server& server, const std::string& user = "ann");

// Bytes with a frame header of the given length and sequence number, which may be lies.
Packet frame(std::uint32_t size_bytes, std::uint8_t sequence, const Packet& payload);

}  // namespace selkie::test
