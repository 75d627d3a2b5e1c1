#include "agent/app/runs.hpp"

#include <sys/epoll.h>

#include <utility>

namespace aisle::app {
namespace {

struct Ended {
  int code = 0;
  std::optional<NextRun> next{};
};

Ended failed_with(const CloudConfig& cloud, std::string why) {
  if (cloud.state == CloudConfigState::pending) return {1, rolled_back(cloud, std::move(why))};
  return {1};
}

Ended run_once(const DaemonOptions& options, const Signals& signals, const Clock& clock, Random& random,
               const Log& log) {
  EpollLoop core(clock);
  auto daemon = Daemon::create(options, core, clock, random, log);
  if (!daemon) {
    log.error("{}", daemon.error().message());
    return failed_with(options.cloud, daemon.error().message());
  }
  core.watch(signals.fd, EPOLLIN, [&](std::uint32_t) { signals.taken(**daemon); });
  (*daemon)->start();
  core.run();
  if (auto next = (*daemon)->next_run()) return {0, std::move(next)};
  return (*daemon)->failed() ? failed_with((*daemon)->cloud_config(), "aisled could not start with it") : Ended{};
}

}  // namespace

int run_daemon(DaemonOptions options, const Signals& signals, const Clock& clock, Random& random, const Log& log) {
  for (;;) {
    Ended ended = run_once(options, signals, clock, random, log);
    if (!ended.next) return ended.code;
    options.config = std::move(ended.next->config);
    options.cloud = std::move(ended.next->cloud);
    log.set_level(options.config.log_level);
  }
}

}  // namespace aisle::app
