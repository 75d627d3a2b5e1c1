#include "agent/base/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <string>

namespace aisle {
namespace {

// A failure is the listener's loss: there is nobody else to tell.
void notify(const std::string& state) {
  sd_notify(0, state.c_str());
}

}  // namespace

bool ServiceManager::listens() const {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  return socket != nullptr && *socket != '\0';
}

std::optional<Duration> ServiceManager::watchdog() const {
  std::uint64_t period_us = 0;
  if (sd_watchdog_enabled(0, &period_us) <= 0) return std::nullopt;
  return std::chrono::microseconds(period_us);
}

void ServiceManager::ready(std::string_view status) const {
  notify(fmt::format("READY=1\nSTATUS={}", status));
}

void ServiceManager::status(std::string_view status) const {
  notify(fmt::format("STATUS={}", status));
}

void ServiceManager::reloading(SteadyTime now) const {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reading the configuration", since_boot.count()));
}

void ServiceManager::stopping() const {
  notify("STOPPING=1\nSTATUS=stopping");
}

void ServiceManager::alive() const {
  notify("WATCHDOG=1");
}

}  // namespace aisle
