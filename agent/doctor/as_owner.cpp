#include "agent/doctor/as_owner.hpp"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aisle::doctor {
namespace {

constexpr uid_t kAsItIs = static_cast<uid_t>(-1);  // setfsuid(2): changes nothing, says what is

}  // namespace

Result<bool> open_files_as_owner(const std::string& directory) {
  struct stat info {};
  if (geteuid() != 0 || stat(directory.c_str(), &info) != 0 || info.st_uid == 0) return false;
  // Not setgroups(3), which is for all threads.
  if (syscall(SYS_setgroups, 0, nullptr) != 0)
    return fail("cannot open files as the owner of {}: {}", directory, std::strerror(errno));
  setfsgid(info.st_gid);
  setfsuid(info.st_uid);
  if (static_cast<uid_t>(setfsuid(kAsItIs)) != info.st_uid)
    return fail("cannot open files as the owner of {}", directory);
  return true;
}

}  // namespace aisle::doctor
