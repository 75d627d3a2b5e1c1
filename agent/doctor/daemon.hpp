// The running daemon, asked over its control socket.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/doctor/finding.hpp"

namespace aisle::doctor {

struct DaemonFacts {
  bool running = false;
  int pid = 0;            // 0: not known
  std::string trouble;    // why it could not be asked, though somebody listens
  nlohmann::json status;  // as of `aislectl status`; null without an answer
  bool unit = false;      // installed as a service
  bool denied = false;    // this user may not ask it

  [[nodiscard]] bool answers() const { return status.is_object(); }
  // The text or number at "source.state" and the like; empty or 0 without one.
  [[nodiscard]] std::string text(const std::string& pointer) const;
  [[nodiscard]] std::uint64_t count(const std::string& pointer) const;
  [[nodiscard]] bool online() const { return text("/sync/state") == "online"; }
};

// One request, its first line; null when nobody listens. Error: no answer in time, or it is refused.
[[nodiscard]] Result<nlohmann::json> ask(const std::string& socket, const nlohmann::json& request, milliseconds limit,
                                         int* pid = nullptr);
[[nodiscard]] DaemonFacts gather_daemon(const std::string& socket, milliseconds limit);
[[nodiscard]] Finding judge_daemon(const DaemonFacts& facts);

}  // namespace aisle::doctor
