#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "agent/doctor/disk.hpp"

namespace aisle::doctor {
namespace {

constexpr int kBlocks = 20;
constexpr std::size_t kBlockBytes = 4096;
constexpr std::chrono::seconds kPatience{5};

// "0x03" of "0x03 0x01": the largest.
std::optional<int> largest_hex(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::optional<int> largest;
  for (std::size_t at = text->find("0x"); at != std::string::npos; at = text->find("0x", at + 2)) {
    int value = 0;
    const char* const begin = text->data() + at + 2;
    if (std::from_chars(begin, text->data() + text->size(), value, 16).ec == std::errc())
      largest = std::max(largest.value_or(0), value);
  }
  return largest;
}

// The kernel's name of the partition, and what its disk says of itself.
void gather_device(const Tree& tree, dev_t device, DiskFacts& facts) {
  const std::string place =
      tree.resolved("/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device)));
  if (place.empty()) return;
  facts.device = place.substr(place.rfind('/') + 1);
  facts.ext4_errors = tree.number("/sys/fs/ext4/" + facts.device + "/errors_count");
  const bool partition = tree.exists(place + "/partition");
  const std::string disk = (partition ? place.substr(0, place.rfind('/')) : place) + "/device";
  facts.life_used = largest_hex(tree.line(disk + "/life_time"));
  facts.end_of_life = largest_hex(tree.line(disk + "/pre_eol_info"));
}

// Removed from the directory before anything is written.
int nameless_file(const std::string& directory) {
  const int fd = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string name = directory + "/.doctor-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

}  // namespace

DiskFacts gather_disk(const Tree& tree, const std::string& state_dir, std::uint64_t outbox_max_bytes) {
  DiskFacts facts;
  facts.directory = state_dir;
  struct stat info {};
  struct statvfs room {};
  if (stat(state_dir.c_str(), &info) != 0 || statvfs(state_dir.c_str(), &room) != 0) {
    facts.trouble = fmt::format("{}: {}", state_dir, std::strerror(errno));
    return facts;
  }
  facts.free_bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  facts.counts_inodes = room.f_files > 0;
  facts.free_inodes = room.f_favail;
  facts.read_only = (room.f_flag & ST_RDONLY) != 0;
  struct stat database {};
  const bool there = stat((state_dir + "/aisle.db").c_str(), &database) == 0;
  const std::uint64_t used = there ? static_cast<std::uint64_t>(database.st_size) : 0;
  facts.outbox_may_add = outbox_max_bytes > used ? outbox_max_bytes - used : 0;
  gather_device(tree, info.st_dev, facts);
  return facts;
}

SpeedFacts gather_speed(const std::string& state_dir) {
  using Clock = std::chrono::steady_clock;
  SpeedFacts facts;
  const int fd = nameless_file(state_dir);
  if (fd < 0) {
    facts.trouble = fmt::format("this user cannot write into {}: {}", state_dir, std::strerror(errno));
    return facts;
  }
  const std::array<char, kBlockBytes> block{};
  const auto end = Clock::now() + kPatience;
  for (int i = 0; i < kBlocks && Clock::now() < end; ++i) {
    const auto begin = Clock::now();
    if (pwrite(fd, block.data(), block.size(), static_cast<off_t>(i) * static_cast<off_t>(kBlockBytes)) < 0 ||
        fdatasync(fd) != 0) {
      facts.trouble = fmt::format("writing into {}: {}", state_dir, std::strerror(errno));
      break;
    }
    facts.syncs.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin));
  }
  close(fd);
  return facts;
}

}  // namespace aisle::doctor
