#include "protocol/capture_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

namespace selkie::protocol {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kInterface = 1, kNames = 4, kPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1, kInterfaceName = 2, kInterfaceDescription = 3, kApplication = 4;
constexpr std::uint16_t kEndOfNames = 0, kIpv4Name = 1, kIpv6Name = 2;

void pad(ByteWriter& out, std::size_t size) { out.zeros((4 - size % 4) % 4); }

void option(ByteWriter& out, std::uint16_t code, std::string_view text) {
  text = text.substr(0, 0xffff);
  out.u16(code), out.u16(static_cast<std::uint16_t>(text.size())), out.text(text);
  pad(out, text.size());
}
void end_of_options(ByteWriter& out) { out.u16(kEndOfOptions), out.u16(0); }

// A block begins and ends with its size.
template <class Body>
void block(ByteWriter& out, std::uint32_t type, Body body) {
  const std::size_t start = out.size();
  out.u32(type), out.u32(0);
  body();
  const auto size = static_cast<std::uint32_t>(out.size() - start + 4);
  out.u32(size);
  for (std::size_t i = 0; i < 4; ++i) out.data()[start + 4 + i] = static_cast<std::uint8_t>(size >> (8 * i));
}

int open_file(const std::string& path) { return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600); }

bool is_same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

}  // namespace

Result<CaptureFile> CaptureFile::open(std::string path, std::uint64_t max_bytes) {
  const int fd = open_file(path);
  if (fd < 0) {
    return our_failure(Errc::bad_option, "Cannot write the trace '" + path + "': " + std::generic_category().message(errno) +
                                             ". TRACE must name a file in a directory that this user may write to.");
  }
  CaptureFile file(fd, std::move(path), max_bytes);
  file.begin_section();
  return file;
}

CaptureFile::CaptureFile(CaptureFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      max_bytes_(other.max_bytes_),
      block_(std::move(other.block_)) {}

CaptureFile::~CaptureFile() {
  if (fd_ >= 0) ::close(fd_);
}

// A file may hold several sections. All are alike, so that a frame may stand in any of them.
void CaptureFile::begin_section() {
  block(block_, kSectionHeader, [&] {
    block_.u32(kByteOrder), block_.u16(1), block_.u16(0), block_.u64(~std::uint64_t{0});  // its length is not known
    option(block_, kApplication, "Selkie " SELKIE_VERSION);
    end_of_options(block_);
  });
  block(block_, kInterface, [&] {
    block_.u16(kEthernet), block_.u16(0), block_.u32(0);
    option(block_, kInterfaceName, "selkie");
    option(block_, kInterfaceDescription,
           "The conversation as the driver has it, without TLS and compression, credentials masked. The headers around it are "
           "made up.");
    end_of_options(block_);
  });
  append();
}

void CaptureFile::frame(Bytes headers, Bytes payload, std::string_view comment) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto microseconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  const std::size_t size = headers.size() + payload.size();
  block(block_, kPacket, [&] {
    block_.u32(0);
    block_.u32(static_cast<std::uint32_t>(microseconds >> 32)), block_.u32(static_cast<std::uint32_t>(microseconds));
    block_.u32(static_cast<std::uint32_t>(size)), block_.u32(static_cast<std::uint32_t>(size));
    block_.bytes(headers), block_.bytes(payload);
    pad(block_, size);
    if (comment.empty()) return;
    option(block_, kComment, comment);
    end_of_options(block_);
  });
  append();
}

void CaptureFile::name(Bytes address, std::string_view name) {
  block(block_, kNames, [&] {
    const std::size_t size = address.size() + name.size() + 1;
    block_.u16(address.size() == 4 ? kIpv4Name : kIpv6Name), block_.u16(static_cast<std::uint16_t>(size));
    block_.bytes(address), block_.text_nul(name);
    pad(block_, size);
    block_.u16(kEndOfNames), block_.u16(0);
  });
  append();
}

// One write: nobody else's block comes in between.
void CaptureFile::append() {
  if (fd_ >= 0 && ::write(fd_, block_.bytes().data(), block_.size()) != static_cast<ssize_t>(block_.size())) {
    ::close(std::exchange(fd_, -1));  // disk full, or the like: half a block ends the file
  }
  block_.clear();
}

bool CaptureFile::rotate() {
  struct stat mine, named;
  if (fd_ < 0 || max_bytes_ == 0 || ::fstat(fd_, &mine) != 0) return false;
  if (static_cast<std::uint64_t>(mine.st_size) < max_bytes_) return false;
  // Whoever has the lock first renames the file; the others find another one under its name.
  ::flock(fd_, LOCK_EX);
  if (::stat(path_.c_str(), &named) == 0 && is_same_file(mine, named)) {
    (void)std::rename(path_.c_str(), (path_ + ".1").c_str());
  }
  ::close(fd_);  // and unlocks it
  fd_ = open_file(path_);
  begin_section();
  return true;
}

}  // namespace selkie::protocol
