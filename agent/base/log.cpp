#include "agent/base/log.hpp"

#include <unistd.h>

#include "agent/base/time.hpp"

namespace aisle {

Log::Log(LogLevel level) : level_(std::make_shared<std::atomic<LogLevel>>(level)), journal_(stderr_is_journal()) {}

void Log::write(LogLevel level, std::string_view message, const CodePlace& place) const {
  if (level > *level_) return;
  const char* name = level == LogLevel::error     ? "error"
                     : level == LogLevel::warning ? "warning"
                     : level == LogLevel::info    ? "info"
                                                  : "debug";
  recent_->add(fmt::format("{} {}: {}", format_rfc3339(SystemClock().now()), name, message));
  if (journal_ && send_to_journal(static_cast<int>(level), message, place)) return;
  // "<priority>" is what the journal's own reader of stderr understands (sd-daemon(3)).
  const std::string line =
      journal_ ? fmt::format("<{}>{}\n", static_cast<int>(level), message) : fmt::format("{}: {}\n", name, message);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace aisle
