// How a session answers LOAD DATA LOCAL: the server asks for a file, and gets it or an empty packet.
#include <utility>

#include "protocol/session.h"

namespace selkie::protocol {
namespace {

constexpr std::size_t kFilePieceBytes = 256 * 1024;  // in one packet

}  // namespace

// Sends the file that the server asked for if it may have it, else none: an empty packet ends it in both cases, and OK or ERR
// then ends the result. The reason why it may not goes into `refusal`.
Status Session::answer_local_file(std::string_view name, std::optional<Failure>& refusal) {
  if (!local_file_) {
    refusal = our_failure(Errc::local_infile_refused,
                          "The server asked for the local file '" + std::string(name) +
                              "'. Only a LOAD DATA LOCAL statement may make it do so, and only where ENABLE_LOCAL_INFILE or "
                              "LOAD_DATA_LOCAL_DIR allows it.");
    return send_file(nullptr);
  }
  auto file = LocalFile::open(*local_file_, name);
  if (file.ok()) return send_file(&*file);
  refusal = std::move(file).failure();
  return send_file(nullptr);
}

// Null: the empty packet alone.
Status Session::send_file(LocalFile* file) {
  FrameWriter out;
  for (std::size_t size = 1; size != 0;) {
    ByteWriter& packet = out.begin(opened_.frames.sequence());
    const std::size_t start = packet.size();
    const bool stops = stops_file_;
    size = 0;
    if (file != nullptr && !file_is_cut_) {
      auto read = file->read({packet.extend(kFilePieceBytes), kFilePieceBytes});
      if (!read.ok()) return file_cut_off(std::move(read).failure());
      size = *read;
    }
    packet.truncate(start + size);
    opened_.frames.expect_sequence(out.end());
    if (Clock::now() >= command_deadline_) {
      return file_cut_off({Errc::deadline_passed, 0, {}, "The command did not finish in time."});
    }
    Status sent = opened_.stream->write_all(out.bytes(), in_future(write_timeout_));
    if (!sent.ok()) return lost_while_writing(std::move(sent).failure());
    out.clear();
    // A server that was waiting for the rest of a row would take the end for that of the file. One more piece lets it begin a
    // row, and see there that it was killed.
    file_is_cut_ |= stops && size != 0;
  }
  return {};
}

// The server would take an early end for the whole file, and keep it.
Status Session::file_cut_off(Failure failure) {
  failure.message += " The connection was closed, so that the server takes no part of the file for the whole.";
  return die(std::move(failure));
}

}  // namespace selkie::protocol
