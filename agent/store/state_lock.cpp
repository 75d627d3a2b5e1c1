#include "agent/store/state_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace aisle::store {
namespace {

std::string reason(int error) {
  return std::system_category().message(error);
}

// The pid that the holder wrote; "unknown" when it is not a number (yet).
std::string holder(int fd) {
  std::array<char, 32> buffer{};
  const auto size = pread(fd, buffer.data(), buffer.size(), 0);
  std::string pid;
  for (std::size_t i = 0; size > 0 && i < static_cast<std::size_t>(size); ++i) {
    if (buffer.at(i) < '0' || buffer.at(i) > '9') break;
    pid.push_back(buffer.at(i));
  }
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

Result<StateLock> StateLock::acquire(const std::string& directory) {
  const std::string path = directory + "/aisle.lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0) return fail("cannot open {}: {}", path, reason(errno));
  StateLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail("cannot lock {}: {}", path, reason(errno));
    return fail("{} is in use by process {}; stop it, or name another state directory", directory, holder(fd));
  }
  // The pid is for people; without room on the disk the lock holds all the same.
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(fd, 0) == 0) static_cast<void>(pwrite(fd, pid.data(), pid.size(), 0) == 0);
  return lock;
}

StateLock::StateLock(StateLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  if (this != &other) {
    release();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

StateLock::~StateLock() {
  release();
}

void StateLock::release() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

}  // namespace aisle::store
