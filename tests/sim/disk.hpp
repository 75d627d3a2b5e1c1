// A disk in memory, with what a real one can do to a process: writes that are not synced are lost, torn and reordered
// when the power goes, calls fail, room runs out. Also where the simulated process dies: at a chosen call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/random.hpp"
#include "tests/sim/trace.hpp"

namespace aisle::sim {

enum class DiskCall { read, write, truncate, sync, other };
enum class DiskResult { ok, failed, full };

// What the planted faults of the file layer are.
struct DiskPlants {
  bool no_sync_of_log = false;  // a sync of the write-ahead log does nothing
  bool no_sync = false;         // no sync does anything
};

class Disk {
 public:
  struct Write {
    std::size_t at = 0;
    std::string bytes;        // what is written; empty for a truncation
    bool truncation = false;  // to `at`
  };
  struct File {
    std::string content;         // as processes see it
    std::string durable;         // as it was when last synced
    std::vector<Write> pending;  // since then
    bool entry_durable = false;  // its name survives a power cut
  };
  using FilePtr = std::shared_ptr<File>;

  Disk(Random& random, Trace& trace, DiskPlants plants) : random_(random), trace_(trace), plants_(plants) {}

  // The file layer's calls. None has an effect once the process is dead.
  FilePtr open(const std::string& name);
  DiskResult read(const File& file, std::size_t at, std::size_t size, char* to, std::size_t& got);
  DiskResult write(File& file, std::size_t at, const char* from, std::size_t size);
  DiskResult truncate(File& file, std::size_t size);
  DiskResult sync(File& file, bool log);
  void remove(const std::string& name);
  [[nodiscard]] bool exists(const std::string& name) const { return files_.contains(name); }

  // Faults. The next `after` calls of that kind succeed, the `count` that follow fail.
  void fail(DiskCall call, std::uint64_t after, std::uint64_t count);
  void set_capacity(std::optional<std::size_t> bytes) { capacity_ = bytes; }
  // A bit of an event in a database file flips by itself: presence, so that no account of others is lost with it.
  void rot();
  // One bit of this file, where it is `part` of a whole long.
  void flip(const std::string& name, double part);
  // Finds the first event of presence from `from` on and alters it, so that it is JSON as before; where, if any.
  static std::optional<std::size_t> alter(std::string& content, std::size_t from);
  // What is left of it; nothing: as much as one likes.
  [[nodiscard]] std::optional<std::size_t> room() const;
  void heal();
  [[nodiscard]] bool troubled() const { return capacity_.has_value() || !faults_.empty(); }
  // The process dies instead of making its `calls`-th call from now.
  void die_after(std::uint64_t calls) { calls_left_ = calls; }

  [[nodiscard]] bool dead() const { return dead_; }
  // From outside: kill -9, now.
  void kill() { dead_ = true; }
  // Unsynced writes are lost, torn (by sectors) and reordered.
  void cut_power();
  // A new process.
  void revive();

  [[nodiscard]] std::size_t used() const;
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  struct Fault {
    std::uint64_t after = 0, count = 0;
  };
  enum class Loss { everything, nothing, suffix, scattered };

  DiskResult enter(DiskCall call);
  void settle(File& file, Loss loss);
  std::vector<Write> survivors(const std::vector<Write>& pending, Loss loss);
  static void apply(std::string& content, const Write& write);

  Random& random_;
  Trace& trace_;
  DiskPlants plants_;
  std::map<std::string, FilePtr> files_;
  std::map<std::string, FilePtr> removed_;  // whose removal a power cut may undo
  std::map<DiskCall, Fault> faults_;
  std::optional<std::size_t> capacity_;
  std::optional<std::uint64_t> calls_left_;
  std::uint64_t failures_ = 0;
  bool dead_ = false;
};

}  // namespace aisle::sim
