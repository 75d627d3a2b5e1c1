// A real dbus-daemon of our own on a Unix socket in a temporary directory; ends with the fixture or the test process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace aisle::fakes {

// Anyone of our user may own any name on it. Throws std::runtime_error where dbus-daemon does not come up in 10 s.
class PrivateBus {
 public:
  // `policy`: more rules of its default policy, as dbus-daemon's configuration has them; or such rules, the end of that
  // policy, other elements, and the beginning of another policy.
  explicit PrivateBus(const std::string& policy = "");
  ~PrivateBus();
  PrivateBus(const PrivateBus&) = delete;
  PrivateBus& operator=(const PrivateBus&) = delete;

  // The same before and after a restart.
  [[nodiscard]] std::string address() const;
  // Of the daemon.
  [[nodiscard]] pid_t pid() const { return daemon_; }
  // Kills the daemon the hard way; its socket stays behind.
  void kill();
  void start();
  // As SIGSTOP and SIGCONT: it is there and does nothing.
  void signal(int number) const;

 private:
  std::filesystem::path folder_;
  pid_t daemon_ = -1;
};

}  // namespace aisle::fakes
