// The disk of the state directory: its room, its health, its speed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/doctor/finding.hpp"
#include "agent/doctor/tree.hpp"

namespace aisle::doctor {

struct DiskFacts {
  std::string directory;
  std::string trouble;  // why nothing is known
  std::uint64_t free_bytes = 0, free_inodes = 0;
  bool counts_inodes = false;        // some file systems have as many as they like
  std::uint64_t outbox_may_add = 0;  // bytes, up to its bound
  bool read_only = false;
  std::string device;                        // as "mmcblk0p2"; empty: not known
  std::optional<std::uint64_t> ext4_errors;  // since the last fsck
  std::optional<int> life_used;              // eMMC: tens of percent, 11 is beyond; the worse of its two types
  std::optional<int> end_of_life;            // eMMC: 1 normal, 2 warning, 3 urgent
};
struct SpeedFacts {
  std::vector<std::chrono::microseconds> syncs;  // of single blocks, each brought to the disk
  std::string trouble;
};

[[nodiscard]] DiskFacts gather_disk(const Tree& tree, const std::string& state_dir, std::uint64_t outbox_max_bytes);
// Writes blocks of 4 KiB into a file without a name in the state directory; takes at most 5 s, unless one hangs.
[[nodiscard]] SpeedFacts gather_speed(const std::string& state_dir);

[[nodiscard]] Finding judge_space(const DiskFacts& facts);
[[nodiscard]] Finding judge_health(const DiskFacts& facts);
[[nodiscard]] Finding judge_speed(const SpeedFacts& facts, const std::string& state_dir);

}  // namespace aisle::doctor
