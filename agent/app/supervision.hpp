// The daemon under a service manager: says when it is ready, how it does, and that it lives; reloads when told to. On
// the core loop.
#pragma once

#include <string>

#include "agent/app/agent.hpp"
#include "agent/base/service_manager.hpp"

namespace aisle::app {

class Supervision final {
 public:
  Supervision(Agent& agent, Loop& core, const ServiceManager& manager, const Log& log);

  // Ready is said as soon as the agent runs and the states of radio and broker are known, whatever they are, or after
  // 15 s. From then on the status line follows them, and the watchdog is fed as long as the loop turns.
  void start();
  void reload();
  void stopping();

 private:
  void wait_until_ready(SteadyTime patience);
  void look();
  void feed_watchdog(Duration pause);
  [[nodiscard]] std::string status_line() const;

  Agent& agent_;
  Loop& core_;
  const ServiceManager& manager_;
  const Log& log_;
  std::string said_;
  bool ready_ = false, stopping_ = false;
};

}  // namespace aisle::app
