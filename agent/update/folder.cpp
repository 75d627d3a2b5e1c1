#include "agent/update/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace aisle::update {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// Opening a pipe would wait for its other end.
constexpr int kPlainFile = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
constexpr mode_t kOwn = 0600;
constexpr std::size_t kBlock = 64U << 10U;
constexpr std::uint64_t kNoBound = std::numeric_limits<std::uint64_t>::max();  // of what is our own

tl::unexpected<Error> trouble(const std::string& path) {
  return fail("{}: {}", path, std::strerror(errno));
}

bool write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const auto written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// How many; one block more than `most` is read, and not written. None: `errno` says why.
std::optional<std::uint64_t> copy_bytes(int from, int to, std::uint64_t most) {
  std::array<char, kBlock> block{};
  std::uint64_t copied = 0;
  while (copied <= most) {
    const auto got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    copied += static_cast<std::uint64_t>(got);
    if (copied <= most && !write_all(to, block.data(), static_cast<std::size_t>(got))) return std::nullopt;
  }
  return copied;
}

Result<std::string> read_all(int fd, const std::string& path, std::uint64_t most) {
  std::string out;
  std::array<char, kBlock> block{};
  for (;;) {
    const auto got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(path);
    if (got == 0) return out;
    out.append(block.data(), static_cast<std::size_t>(got));
    if (out.size() > most) return fail("{}: at most {} bytes expected", path, most);
  }
}

}  // namespace

Result<Folder> Folder::opened(std::string path, int fd) {
  Fd owned(fd);
  struct stat info {};
  if (!owned || ::fstat(fd, &info) != 0) return trouble(path);
  return Folder(std::move(path), std::move(owned), info.st_uid, info.st_gid);
}

Result<Folder> Folder::open(const std::string& path) {
  return opened(path, ::open(path.c_str(), kDirectory));
}

Result<Folder> Folder::below(const std::string& name) const {
  auto out = opened(path_ + "/" + name, ::openat(fd_.get(), name.c_str(), kDirectory));
  if (out && out->owner_ != owner_) return fail("{}: owned by another user", out->path_);
  return out;
}

bool Folder::has(const std::string& name) const {
  struct stat info {};
  return ::fstatat(fd_.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<Fd> Folder::open_file(const std::string& name) const {
  const std::string path = path_ + "/" + name;
  Fd file(::openat(fd_.get(), name.c_str(), kPlainFile));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) return trouble(path);
  if (!S_ISREG(info.st_mode) || info.st_uid != owner_ || info.st_nlink != 1)
    return fail("{}: a plain file of the directory's owner expected", path);
  return file;
}

Result<std::string> Folder::read(const std::string& name, std::uint64_t most) const {
  const auto file = open_file(name);
  if (!file) return tl::unexpected(file.error());
  return read_all(file->get(), path_ + "/" + name, most);
}

Result<std::uint64_t> Folder::size_of(const std::string& name) const {
  const auto file = open_file(name);
  if (!file) return tl::unexpected(file.error());
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return trouble(path_ + "/" + name);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::uint64_t> Folder::copy_out(const std::string& name, const std::string& to, std::uint64_t most) const {
  const auto file = open_file(name);
  if (!file) return tl::unexpected(file.error());
  const Fd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kOwn));
  if (!target) return trouble(to);
  const auto copied = copy_bytes(file->get(), target.get(), most);
  if (!copied) return trouble(to);
  if (*copied > most) return fail("{}/{}: at most {} bytes expected", path_, name, most);
  if (::fsync(target.get()) != 0) return trouble(to);
  return *copied;
}

Status Folder::copy_in(const std::string& from, const std::string& name) const {
  const std::string beside = "." + name + ".new", path = path_ + "/" + name;
  const Fd source(::open(from.c_str(), kPlainFile));
  if (!source) return trouble(from);
  if (::unlinkat(fd_.get(), beside.c_str(), 0) != 0 && errno != ENOENT) return trouble(path);
  const Fd target(::openat(fd_.get(), beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwn));
  if (!target || !copy_bytes(source.get(), target.get(), kNoBound)) return trouble(path);
  if (::fchown(target.get(), owner_, group_) != 0 || ::fsync(target.get()) != 0) return trouble(path);
  return rename(beside, name);
}

Status Folder::rename(const std::string& from, const std::string& to) const {
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0 && errno != ENOENT)
    return trouble(path_ + "/" + to);
  return sync();
}

Status Folder::remove(const std::string& name) const {
  if (::unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT) return trouble(path_ + "/" + name);
  return sync();
}

Status Folder::sync() const {
  if (::fsync(fd_.get()) != 0) return trouble(path_);
  return {};
}

Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t most) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 && errno == ENOENT) return std::optional<std::string>();
  auto text = read_small_file(path, most);
  if (!text) return tl::unexpected(text.error());
  return std::optional(*std::move(text));
}

Result<std::string> read_small_file(const std::string& path, std::uint64_t most) {
  const Fd file(::open(path.c_str(), kPlainFile));
  if (!file) return trouble(path);
  return read_all(file.get(), path, most);
}

}  // namespace aisle::update
