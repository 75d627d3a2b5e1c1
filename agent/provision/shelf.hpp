// Where provisionings rest: one directory each below "identity" of the state directory, and the links "current" and
// "previous" to the one in force and the one before. A drop-in of the configuration leads through "current", so that
// key, certificate and configuration change together, by one rename. Whole after a crash or power cut at any moment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "agent/provision/record.hpp"

namespace aisle::provision {

// What is being made; each has its own place, so that neither takes the other's.
enum class Draft : std::uint8_t { claim, renewal };

class Shelf {
 public:
  // Makes what is missing of the directory, and keeps others out as long as this lives. Finishes an installation that
  // was interrupted. Error: another one is at work, or the directory cannot be used.
  [[nodiscard]] static Result<Shelf> open(const std::string& state_dir);
  // To look only: neither makes nor locks nor finishes anything.
  [[nodiscard]] static Shelf look_at(const std::string& state_dir) { return Shelf(state_dir, -1); }
  ~Shelf();
  Shelf(Shelf&& other) noexcept;
  Shelf& operator=(Shelf&&) = delete;

  [[nodiscard]] std::string current() const { return directory_ + "/current"; }
  [[nodiscard]] std::string previous() const { return directory_ + "/previous"; }
  [[nodiscard]] bool has_current() const;
  [[nodiscard]] bool has_previous() const;
  [[nodiscard]] std::string path_of(Draft draft) const;

  // An empty one in place of what was there.
  Status begin(Draft draft);
  // `secret`: for the service's user alone; else for its group too.
  Status put(Draft draft, const std::string& name, std::string_view text, bool secret = false);
  // What is in force becomes the one before, the draft is in force.
  Status install(Draft draft);
  // Exchanges what is in force and the one before; the first becomes none where there was none before. False: there is
  // nothing at all.
  Result<bool> roll_back();

 private:
  explicit Shelf(const std::string& state_dir, int lock) : directory_(state_dir + "/identity"), lock_(lock) {}
  [[nodiscard]] int target_of(const char* link) const;  // 0: none
  [[nodiscard]] int newest() const;                     // 0: none
  Status point(const char* link, int number);
  Status put_in_force(int number);
  Status finish();
  void prune();

  std::string directory_;
  int lock_;
};

[[nodiscard]] Result<std::string> read_text(const std::string& path);
[[nodiscard]] Result<Record> read_record(const std::string& directory);

// The drop-in of `config` leads to the provisioning in force. True: it was not so before.
[[nodiscard]] Result<bool> link_drop_in(const std::string& config, const Shelf& shelf);
[[nodiscard]] Status unlink_drop_in(const std::string& config);

}  // namespace aisle::provision
