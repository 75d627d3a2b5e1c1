#include "agent/cli/owner.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aisle::cli {

Status act_as_owner(const std::string& directory) {
  struct stat info {};
  if (geteuid() != 0 || stat(directory.c_str(), &info) != 0 || info.st_uid == 0) return {};
  if (setgroups(0, nullptr) != 0 || setgid(info.st_gid) != 0 || setuid(info.st_uid) != 0)
    return fail("cannot act as the owner of {}: {}", directory, std::strerror(errno));
  return {};
}

}  // namespace aisle::cli
