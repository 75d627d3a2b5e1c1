// The record of a run: every step folded into one hash, so that two runs can be compared, and printed on request.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

#include "agent/base/time.hpp"

namespace aisle::sim {

// FNV-1a over 64 bits.
class Trace {
 public:
  Trace(const Clock& clock, bool print) : clock_(clock), print_(print) {}

  // A step of many: only its numbers count.
  void count(std::uint64_t value) {
    ++steps_;
    hash_ = (hash_ ^ value) * 0x100000001B3U;
  }
  void count(std::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    ++steps_;
  }
  // A step that a person reads.
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    const std::string line = fmt::format(format, std::forward<Args>(args)...);
    count(line);
    count(static_cast<std::uint64_t>(clock_.steady().time_since_epoch().count()));
    if (print_) std::printf("%s %s\n", format_rfc3339(clock_.now()).c_str(), line.c_str());
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] bool printing() const { return print_; }

 private:
  const Clock& clock_;
  bool print_;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
  std::uint64_t steps_ = 0;
};

}  // namespace aisle::sim
