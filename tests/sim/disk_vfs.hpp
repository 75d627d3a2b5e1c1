// A simulated disk as a SQLite VFS. Promises what SQLite's own promises on Linux (powersafe overwrite), nothing more.
#pragma once

#include <memory>
#include <string>

#include "tests/sim/disk.hpp"

struct sqlite3_vfs;

namespace aisle::sim {

// Registered under `name` while it exists. Seeds SQLite's random numbers, which are one process-wide sequence, so that
// a run repeats: one simulation at a time.
class DiskVfs {
 public:
  DiskVfs(std::string name, Disk& disk, std::uint64_t seed);
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;
  ~DiskVfs();
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace aisle::sim
