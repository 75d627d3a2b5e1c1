#include "tests/e2e/faults/disk.hpp"

#include <fmt/format.h>

#include <utility>

#include "tests/fakes/process.hpp"

namespace aisle::e2e {

namespace {
// Without udev, which the guest does not have.
constexpr const char* kDmsetup = "dmsetup --noudevrules --noudevsync";
}  // namespace

bool shell(const std::string& line, std::string* output) {
  const auto done = fakes::run({"/bin/sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + line});
  if (output != nullptr) *output = done.out + done.err;
  return done.exit == 0;
}

Disk::Disk(std::string folder, int megabytes) : folder_(std::move(folder)), sectors_(megabytes * 2048L) {
  const auto line = fmt::format(
      "mkdir -p {1} && {2} create small --table '0 {0} linear /dev/ram0 0' && {2} mknodes && "
      "mkfs.ext4 -q -m 0 /dev/mapper/small && mount -t ext4 -o errors=remount-ro /dev/mapper/small {1}",
      sectors_, folder_, kDmsetup);
  if (!shell(line, &trouble_)) trouble_ = "the disk could not be made: " + trouble_;
}

Disk::~Disk() {
  [[maybe_unused]] const bool gone = shell(fmt::format("umount -l {}; {} remove --retry small", folder_, kDmsetup));
}

bool Disk::table(const std::string& target) {
  return shell(
      fmt::format("{0} suspend --noflush --nolockfs small && {0} load small --table '0 {1} {2}' && {0} resume small",
                  kDmsetup, sectors_, target),
      &trouble_);
}

bool Disk::fail() {
  return table("error");
}

bool Disk::power_cycle() {
  // What was not written is given up before the disk works again.
  if (!table("error") || !shell("umount " + folder_, &trouble_) || !table("linear /dev/ram0 0")) return false;
  return shell("mount -t ext4 -o errors=remount-ro /dev/mapper/small " + folder_, &trouble_);
}

bool Disk::go_read_only() {
  return shell("for trigger in /sys/fs/ext4/dm-*/trigger_fs_error; do echo 1 >$trigger; done", &trouble_);
}

void Disk::fill() const {
  [[maybe_unused]] const bool full = shell(fmt::format("dd if=/dev/zero of={}/filler bs=4096 2>/dev/null", folder_));
}

void Disk::empty() const {
  [[maybe_unused]] const bool gone = shell(fmt::format("rm -f {}/filler", folder_));
}

}  // namespace aisle::e2e
