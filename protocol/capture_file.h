// A pcapng file of made-up Ethernet frames, which Wireshark and tshark read. Knows nothing of what is in them.
// Spec: draft-ietf-opsawg-pcapng
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/bytes.h"
#include "protocol/status.h"

namespace selkie::protocol {

// Several connections and processes may write to the same file: each block is appended by one system call. Once the file cannot
// be written any more it is left alone: a trace never disturbs the conversation.
class CaptureFile {
 public:
  // Goes on behind what is in the file. It is readable by its owner alone.
  //   max_bytes  a longer file is renamed to `path`.1 and another is begun; 0: never
  // Errors: bad_option (names the file and the system's words).
  static Result<CaptureFile> open(std::string path, std::uint64_t max_bytes);
  ~CaptureFile();
  CaptureFile(CaptureFile&& other) noexcept;
  CaptureFile& operator=(CaptureFile&&) = delete;

  // A frame that is sent now. `comment`: shown with it.
  void frame(Bytes headers, Bytes payload, std::string_view comment = {});
  // The name that is shown for an address of 4 or 16 bytes.
  void name(Bytes address, std::string_view name);

  // Begins another file if this one, whoever wrote it, is full. True: it did; what a reader needs to know stands no more in it.
  bool rotate();

 private:
  CaptureFile(int fd, std::string path, std::uint64_t max_bytes) : fd_(fd), path_(std::move(path)), max_bytes_(max_bytes) {}
  void begin_section();
  void append();

  int fd_;
  std::string path_;
  std::uint64_t max_bytes_;
  ByteWriter block_;
};

}  // namespace selkie::protocol
