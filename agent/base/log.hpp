// Log lines: entries of systemd's journal where stderr leads there, "level: message" on a terminal.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "agent/base/journal_stream.hpp"
#include "agent/base/log_ring.hpp"

namespace aisle {

// A format, and where in the source it stands.
template <class... Args>
struct LogFormat {
  template <class Text>
  consteval LogFormat(const Text& text, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                      const char* function = __builtin_FUNCTION())
      : format(text), place{file, line, function} {}
  fmt::format_string<Args...> format;
  CodePlace place;
};

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
  void error(LogFormat<std::type_identity_t<Args>...> format, Args&&... args) const {
    write(LogLevel::error, fmt::format(format.format, std::forward<Args>(args)...), format.place);
  }
  template <class... Args>
  void warning(LogFormat<std::type_identity_t<Args>...> format, Args&&... args) const {
    write(LogLevel::warning, fmt::format(format.format, std::forward<Args>(args)...), format.place);
  }
  template <class... Args>
  void info(LogFormat<std::type_identity_t<Args>...> format, Args&&... args) const {
    write(LogLevel::info, fmt::format(format.format, std::forward<Args>(args)...), format.place);
  }
  template <class... Args>
  void debug(LogFormat<std::type_identity_t<Args>...> format, Args&&... args) const {
    write(LogLevel::debug, fmt::format(format.format, std::forward<Args>(args)...), format.place);
  }

 private:
  void write(LogLevel level, std::string_view message, const CodePlace& place) const;

  std::shared_ptr<std::atomic<LogLevel>> level_;
  std::shared_ptr<LogRing> recent_ = std::make_shared<LogRing>();
  bool journal_;
};

}  // namespace aisle
