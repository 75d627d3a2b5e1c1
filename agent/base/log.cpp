#include "agent/base/log.hpp"

#include <unistd.h>

#include <cstdlib>

namespace aisle {

Log::Log(LogLevel level) : level_(level), journal_(std::getenv("JOURNAL_STREAM") != nullptr) {}

void Log::write(LogLevel level, std::string_view message) const {
  if (level > level_) return;
  std::string line;
  if (journal_) {
    line = fmt::format("<{}>{}\n", static_cast<int>(level), message);
  } else {
    const char* name = level == LogLevel::error     ? "error"
                       : level == LogLevel::warning ? "warning"
                       : level == LogLevel::info    ? "info"
                                                    : "debug";
    line = fmt::format("{}: {}\n", name, message);
  }
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace aisle
