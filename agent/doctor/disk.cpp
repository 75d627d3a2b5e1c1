#include "agent/doctor/disk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aisle::doctor {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
// Room for a log of SQLite at its largest, and for a rollover of the journal.
constexpr std::uint64_t kLeastRoom = 64 * kMiB;
constexpr std::uint64_t kLeastInodes = 1000;
// A card that takes longer for one block holds up every commit; presence events wait 450 ms for company.
constexpr std::chrono::milliseconds kSlow{100}, kSlowest{1000};

double ms(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

}  // namespace

Finding judge_space(const DiskFacts& facts) {
  const char* const id = "disk.space";
  if (!facts.trouble.empty())
    return failure(id, "nothing is known of " + facts.directory, facts.trouble, "name the right one with --state-dir");
  const std::string fix =
      fmt::format("df -h {0}; sudo du -xhd1 / | sort -h; sudo journalctl --vacuum-size=50M", facts.directory);
  const std::string free = fmt::format("{} MiB are free for {}", facts.free_bytes / kMiB, facts.directory);
  if (facts.free_bytes < kLeastRoom) return failure(id, free, "on a full disk new events are lost", fix);
  if (facts.counts_inodes && facts.free_inodes < kLeastInodes)
    return failure(id, fmt::format("{} inodes are free for {}", facts.free_inodes, facts.directory),
                   "no new file can be made without one", fix);
  if (facts.free_bytes < facts.outbox_may_add + kLeastRoom) {
    return warning(
        id, free,
        fmt::format("in a long outage the outbox may take {} MiB more before it drops anything ([outbox] max_bytes)",
                    facts.outbox_may_add / kMiB),
        fix + "; or aislectl config set outbox.max_bytes BYTES");
  }
  return ok(id, free);
}

Finding judge_health(const DiskFacts& facts) {
  const char* const id = "disk.health";
  if (!facts.trouble.empty()) return not_applicable(id, "the disk's health is not known", facts.trouble);
  const std::string disk = facts.device.empty() ? "the disk" : "/dev/" + facts.device;
  if (facts.read_only) {
    return failure(
        id, disk + " is mounted read-only", "the kernel does that when it meets errors; no event is kept",
        "sudo dmesg | grep -iE 'ext4|mmc|I/O error'; then sudo touch /forcefsck && sudo reboot, or a new card");
  }
  if (facts.ext4_errors.value_or(0) > 0) {
    return failure(id, fmt::format("{} has {} file system errors since its last check", disk, *facts.ext4_errors),
                   "a card that is worn out or lost power shows like this",
                   "sudo touch /forcefsck && sudo reboot; again: a new card");
  }
  if (facts.end_of_life.value_or(0) >= 3 || facts.life_used.value_or(0) >= 11)
    return failure(id, disk + " is at the end of its life", "its spare blocks are used up", "replace the card soon");
  if (facts.end_of_life.value_or(0) == 2 || facts.life_used.value_or(0) >= 9) {
    return warning(id, fmt::format("{} has used up to {} % of its life", disk, facts.life_used.value_or(9) * 10),
                   "worn-out cards fail by losing writes", "plan to replace the card");
  }
  return ok(id, disk + " is writable and without errors",
            facts.ext4_errors || facts.life_used ? "" : "the kernel tells no error count and no wear of it");
}

Finding judge_speed(const SpeedFacts& facts, const std::string& state_dir) {
  const char* const id = "disk.speed";
  if (facts.syncs.empty()) return not_applicable(id, "the disk's speed was not measured", facts.trouble);
  auto sorted = facts.syncs;
  std::ranges::sort(sorted);
  const auto middle = sorted[sorted.size() / 2], worst = sorted.back();
  const std::string what = fmt::format("one block reaches the disk in {:.1f} ms (p50), {:.1f} ms (worst of {})",
                                       ms(middle), ms(worst), sorted.size());
  if (middle < kSlow && worst < kSlowest) return ok(id, what);
  return warning(
      id, what, "every event waits for the disk; a card this slow is worn out or fills up",
      fmt::format(
          "stop what else writes (sudo iotop -o), free room on the disk of {}; else a card of class A1 or better",
          state_dir));
}

}  // namespace aisle::doctor
