#include "agent/app/supervision.hpp"

namespace aisle::app {
namespace {

constexpr milliseconds kReadyPause{50};
constexpr seconds kReadyPatience{15};  // a broker that answers nothing is a state, too
constexpr seconds kLookPause{1};

}  // namespace

Supervision::Supervision(Agent& agent, Loop& core, const ServiceManager& manager, const Log& log)
    : agent_(agent), core_(core), manager_(manager), log_(log) {}

void Supervision::start() {
  if (!manager_.listens()) return;
  wait_until_ready(core_.clock().steady() + kReadyPatience);
  if (const auto period = manager_.watchdog()) feed_watchdog(*period / 2);
}

void Supervision::wait_until_ready(SteadyTime patience) {
  if (stopping_) return;
  const auto health = agent_.health();
  if (!health.started || (!health.known && core_.clock().steady() < patience)) {
    core_.after(kReadyPause, [this, patience] { wait_until_ready(patience); });
    return;
  }
  ready_ = true;
  said_ = status_line();
  manager_.ready(said_);
  core_.after(kLookPause, [this] { look(); });
}

void Supervision::look() {
  if (stopping_) return;
  if (auto line = status_line(); line != said_) {
    said_ = std::move(line);
    manager_.status(said_);
  }
  core_.after(kLookPause, [this] { look(); });
}

// The timer and a task that went through the queue: both kinds of work get their turn.
void Supervision::feed_watchdog(Duration pause) {
  core_.post([this] { manager_.alive(); });
  core_.after(pause, [this, pause] { feed_watchdog(pause); });
}

void Supervision::reload() {
  if (stopping_) return;
  if (ready_) manager_.reloading(core_.clock().steady());
  const auto report = agent_.reload_configuration();
  if (report) {
    for (const auto& key : report->restart) log_.warning("{} was changed, and is in force after a restart only", key);
    log_.info("the configuration was reloaded: {} changed at once", report->applied.size());
  }
  said_ = status_line();
  if (ready_) manager_.ready(said_);
}

void Supervision::stopping() {
  if (std::exchange(stopping_, true)) return;
  manager_.stopping();
}

std::string Supervision::status_line() const {
  const auto health = agent_.health();
  return fmt::format("radio: {}; cloud: {}", health.radio, health.cloud);
}

}  // namespace aisle::app
