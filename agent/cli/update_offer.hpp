// The args of the command `update`, made of a folder of packages.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/model/event.hpp"

namespace aisle::cli {

struct UpdateOffer {
  std::string packages;  // folder with aisle-agent_VERSION_ARCH.deb
  std::string url;       // where they are, each by its name
  std::vector<seconds> rings;
  seconds spread{3600}, confirm_within{300};
  bool downgrade = false;
};
// Error: there is no package, or two of the same target; or the last ring comes too late for one command.
[[nodiscard]] Result<Json> update_args(const UpdateOffer& offer);
// "90", "15m", "24h", "2d"; at most 7 days.
[[nodiscard]] Result<seconds> parse_period(const std::string& text);
// How long a command has to be good for.
[[nodiscard]] seconds lifetime_of(const UpdateOffer& offer);

}  // namespace aisle::cli
