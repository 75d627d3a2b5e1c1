// A SQLite VFS over the default one that fails on request and can lose what was never synced, as a power cut does.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

struct sqlite3_vfs;

namespace aisle::fakes {

// Registered under `name` while it exists; outlives every connection that uses it. Thread-safe.
class FaultVfs {
 public:
  explicit FaultVfs(std::string name);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();
  [[nodiscard]] const std::string& name() const { return name_; }

  // The next `after` writes (or syncs) succeed, those that follow fail with `code`, until `heal`.
  void fail_writes(int code, std::int64_t after = 0);
  void fail_syncs(int code, std::int64_t after = 0);
  void heal();
  [[nodiscard]] std::uint64_t writes() const { return writes_.count; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_.count; }

  // Keeps a copy of each file as it was last synced, from now until `cut_power`.
  void track_syncs() { tracking_ = true; }
  void cut_power() { tracking_ = false; }
  // Gives every file back as it was last synced before the cut; one that never was is empty. Close all connections
  // first.
  void restore_power();

  // For the VFS's own functions.
  int on_write();
  int on_sync();
  void opened(const std::string& path);
  void synced(const std::string& path);
  void removed(const std::string& path);
  [[nodiscard]] sqlite3_vfs* base() const { return base_; }

 private:
  struct Fault {
    std::atomic<std::uint64_t> count = 0;
    std::atomic<std::int64_t> allowed = -1;  // -1: no fault
    std::atomic<int> code = 0;
    int next();
  };
  std::string name_;
  sqlite3_vfs* base_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  Fault writes_, syncs_;
  std::atomic<bool> tracking_ = false;
  std::mutex mutex_;
  std::map<std::string, std::string> durable_;  // path to content
};

}  // namespace aisle::fakes
