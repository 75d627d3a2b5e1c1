#include "agent/cli/owner.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aisle::cli {

Status act_as_owner(const std::string& directory) {
  return act_as_owner(directory, "");
}

Status act_as_owner(const std::string& directory, const std::string& device) {
  struct stat info {};
  struct stat of_device {};
  if (geteuid() != 0 || stat(directory.c_str(), &info) != 0 || info.st_uid == 0) return {};
  // Never root's group, which is the device's where udev has no rule for it.
  const bool kept = !device.empty() && stat(device.c_str(), &of_device) == 0 && of_device.st_gid != 0;
  const std::size_t groups = kept ? 1 : 0;
  if (setgroups(groups, &of_device.st_gid) != 0 || setgid(info.st_gid) != 0 || setuid(info.st_uid) != 0)
    return fail("cannot act as the owner of {}: {}", directory, std::strerror(errno));
  return {};
}

}  // namespace aisle::cli
