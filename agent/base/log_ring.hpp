// The newest log lines, kept in memory for a support bundle. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

class LogRing {
 public:
  static constexpr std::size_t kMaxLines = 1000;
  static constexpr std::size_t kMaxLineBytes = 1024;  // longer ones are cut

  void add(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    lines_.emplace_back(line.substr(0, kMaxLineBytes));
    if (lines_.size() > kMaxLines) lines_.pop_front();
  }
  // Forgets every line that holds `text`.
  void forget(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(lines_, [text](const std::string& line) { return line.find(text) != std::string::npos; });
  }
  // Oldest first.
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return {lines_.begin(), lines_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
};

}  // namespace aisle
