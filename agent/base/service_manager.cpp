#include "agent/base/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace aisle {
namespace {

constexpr timeval kPatience{1, 0};

enum class Urgency { now_or_never, must_arrive };

// sd_notify(3) itself would wait for a manager that does not read, and we with it. A failure is the listener's loss.
void notify(const std::string& state, Urgency urgency) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof address.sun_path) return;
  std::strcpy(address.sun_path, path);
  if (*path == '@') address.sun_path[0] = '\0';  // an abstract name
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  const int flags = MSG_NOSIGNAL | (urgency == Urgency::must_arrive ? 0 : MSG_DONTWAIT);
  [[maybe_unused]] const auto sent = sendto(fd, state.data(), state.size(), flags, generic, size);
  close(fd);
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
  notify(fmt::format("READY=1\nSTATUS={}", status), Urgency::must_arrive);
}

void ServiceManager::status(std::string_view status) const {
  notify(fmt::format("STATUS={}", status), Urgency::now_or_never);
}

void ServiceManager::reloading(SteadyTime now) const {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reading the configuration", since_boot.count()),
         Urgency::must_arrive);
}

void ServiceManager::stopping() const {
  notify("STOPPING=1\nSTATUS=stopping", Urgency::must_arrive);
}

void ServiceManager::alive() const {
  notify("WATCHDOG=1", Urgency::now_or_never);
}

}  // namespace aisle
