// A small disk in the guest's memory with ext4 on it, which fails on demand. Needs the rig's guest: root, /dev/ram0 and
// the device mapper.
#pragma once

#include <string>

namespace aisle::e2e {

class Disk {
 public:
  // Makes it and mounts it at a folder, which is made too; `trouble()` says what went wrong.
  Disk(std::string folder, int megabytes);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // From now on nothing is written to it or read from it, and every attempt fails; what the kernel had not yet written
  // stays unwritten.
  [[nodiscard]] bool fail();
  // What follows when the power is back: mounted anew with what had reached the disk. Nobody may have it in use.
  [[nodiscard]] bool power_cycle();
  // The filesystem finds itself damaged and goes read-only, as that of a worn card does, until the next power cycle.
  [[nodiscard]] bool go_read_only();
  // Takes all room, or gives it back.
  void fill() const;
  void empty() const;

 private:
  [[nodiscard]] bool table(const std::string& target);

  std::string folder_, trouble_;
  long sectors_ = 0;
};

// Runs a line of shell; what it printed in `output`. True when it went well.
[[nodiscard]] bool shell(const std::string& line, std::string* output = nullptr);

}  // namespace aisle::e2e
