#include "agent/base/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "agent/base/fd.hpp"

namespace aisle {
namespace {

constexpr mode_t kRights = 0777;
constexpr mode_t kWithoutModel = 0600;

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// A name is on the disk once its directory is.
Status sync_directory(const std::string& path) {
  const std::string directory = parent_of(path);
  const Fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return fail("{}: {}", directory, std::strerror(errno));
  return {};
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool take_rights(int fd, const std::string& like) {
  struct stat model {};
  if (::stat(like.c_str(), &model) != 0) return ::fchmod(fd, kWithoutModel) == 0;
  // Only root may give a file away; anybody else keeps it.
  if (::fchown(fd, model.st_uid, model.st_gid) != 0 && errno != EPERM) return false;
  return ::fchmod(fd, model.st_mode & kRights) == 0;
}

Status write_new(const std::string& path, std::string_view text, const std::string& like) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kWithoutModel));
  if (!fd) return fail("{}: {}", path, std::strerror(errno));
  if (take_rights(fd.get(), like) && write_all(fd.get(), text) && ::fsync(fd.get()) == 0) return {};
  const int code = errno;
  ::unlink(path.c_str());
  return fail("{}: {}", path, std::strerror(code));
}

}  // namespace

Status write_durably(const std::string& path, std::string_view text, const std::string& like) {
  const std::string beside =
      fmt::format("{}/.{}.{}", parent_of(path), std::filesystem::path(path).filename().string(), ::getpid());
  if (auto written = write_new(beside, text, like); !written) return written;
  auto renamed = rename_durably(beside, path);
  if (!renamed) ::unlink(beside.c_str());
  return renamed;
}

Status rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return fail("{}: {}", to, std::strerror(errno));
  return sync_directory(to);
}

Status exchange_durably(const std::string& one, const std::string& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0)
    return fail("{}: {}", one, std::strerror(errno));
  return sync_directory(one);
}

Status remove_durably(const std::string& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return fail("{}: {}", path, std::strerror(errno));
  }
  return sync_directory(path);
}

}  // namespace aisle
