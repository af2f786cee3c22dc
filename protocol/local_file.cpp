#include "protocol/local_file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace selkie::protocol {
namespace {

Failure refused(std::string_view name, const std::string& why) {
  return our_failure(Errc::local_infile_refused, "The server asked for the local file '" + std::string(name) + "': " + why);
}

std::string system_words(int error) { return std::generic_category().message(error) + "."; }

// Where an open file lies, every link followed; empty when the system does not tell.
std::string path_of(int fd) {
  std::array<char, PATH_MAX> path;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  return size <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

bool lies_in(const std::string& path, const std::string& folder) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(folder.c_str(), nullptr), std::free);
  if (!real) return false;
  std::string start = real.get();
  if (!start.ends_with('/')) start += '/';
  return path.starts_with(start);
}

}  // namespace

Result<LocalFile> LocalFile::open(const LocalFilePermission& permission, std::string_view requested) {
  if (requested != permission.name) {
    return refused(requested, "the statement names '" + permission.name + "'. Do not trust this server.");
  }
  if (permission.name.find('\0') != std::string::npos) return refused(requested, "its name is not valid.");
  // Not to wait for somebody who writes into a pipe.
  LocalFile file(::open(permission.name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.fd_ < 0) return refused(requested, system_words(errno));
  struct stat kind;
  if (::fstat(file.fd_, &kind) != 0 || !S_ISREG(kind.st_mode)) return refused(requested, "it is not a regular file.");
  if (!permission.folder.empty() && !lies_in(path_of(file.fd_), permission.folder)) {
    return refused(requested, "it does not lie in '" + permission.folder + "', the folder that LOAD_DATA_LOCAL_DIR allows.");
  }
  ::posix_fadvise(file.fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

LocalFile::~LocalFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t> LocalFile::read(std::span<std::uint8_t> into) {
  ssize_t count;
  do count = ::read(fd_, into.data(), into.size());
  while (count < 0 && errno == EINTR);
  if (count < 0) return our_failure(Errc::local_infile_refused, "Reading the local file failed: " + system_words(errno));
  return static_cast<std::size_t>(count);
}

}  // namespace selkie::protocol
