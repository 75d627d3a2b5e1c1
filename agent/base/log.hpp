// Log lines for systemd: "<priority>message" on stderr under the journal, "level: message" on a terminal.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <string_view>
#include <utility>

#include "agent/base/log_ring.hpp"

namespace aisle {

enum class LogLevel { error = 3, warning = 4, info = 6, debug = 7 };  // syslog priorities

// Thread-safe: one write(2) a line. Copies share their level and the newest lines. Never pass it a MAC address, key or
// token.
class Log {
 public:
  explicit Log(LogLevel level = LogLevel::info);
  void set_level(LogLevel level) const { *level_ = level; }
  // The newest lines written, each with its moment.
  [[nodiscard]] LogRing& recent() const { return *recent_; }

  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  void write(LogLevel level, std::string_view message) const;

  std::shared_ptr<std::atomic<LogLevel>> level_;
  std::shared_ptr<LogRing> recent_ = std::make_shared<LogRing>();
  bool journal_;
};

}  // namespace aisle
