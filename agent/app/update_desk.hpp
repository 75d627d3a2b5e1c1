// Updates as the daemon sees them: it lays an offer aside, hands it over when this gateway's turn has come, and learns
// what became of it. It fetches and installs nothing itself. On the core loop.
#pragma once

#include <optional>
#include <string>

#include "agent/base/log.hpp"
#include "agent/update/hand_over.hpp"
#include "agent/update/trust.hpp"

namespace aisle::app {

class UpdateDesk {
 public:
  // No state directory: no updates are taken. `root_folder`: where the installer says what became of one.
  UpdateDesk(const std::string& state_dir, const std::string& config_path, const Log& log,
             const std::string& root_folder = update::kRootFolder);

  struct Offered {
    Json result;                           // for the reply
    std::optional<update::Outcome> ended;  // of an offer that waited, and does so no more
  };
  [[nodiscard]] tl::expected<Offered, update::NotForUs> take(const sync::CommandMessage& command,
                                                             const update::Site& site);
  // First: how it stands when a process starts.
  void begin(const update::Site& site);
  // Once a second; `now`: none while the time is not known. What has ended since.
  [[nodiscard]] std::optional<update::Outcome> look(std::optional<UnixTime> now);

  // The cloud has been told what became of `command`; kept where it is the last one.
  void told(const std::string& command);
  [[nodiscard]] bool is_told() const;

  [[nodiscard]] const update::Outcome& standing() const { return standing_; }
  // For `status`; null: nothing was ever offered.
  [[nodiscard]] Json status() const;
  // As the status topic has it.
  [[nodiscard]] Json brief() const;

 private:
  // Why none is taken.
  [[nodiscard]] Result<update::Trust> trust() const;
  [[nodiscard]] tl::expected<Offered, update::NotForUs> withdraw();
  std::optional<update::Outcome> hand_over(UnixTime now);
  update::Outcome end(std::string why);

  std::optional<update::HandOver> files_;
  std::string trust_path_;
  update::Site site_;
  const Log& log_;
  update::Outcome standing_;
  UnixTime start_{}, expires_{};  // of one that waits
};

// The reply that replaces the first one.
[[nodiscard]] std::string update_reply(const update::Outcome& outcome);

}  // namespace aisle::app
