// The wire between a controller and its host. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "agent/base/time.hpp"

namespace aisle::bench {

// A serial line with start and stop bit, and the controller's buffer in front of it.
class Uart {
 public:
  // `baud` 0: a line that takes no time (USB). A packet that does not fit into `buffer` bytes is dropped.
  Uart(std::uint32_t baud, std::size_t buffer) : baud_(baud), buffer_(buffer) {}

  // A packet that is ready at `at`, not before the last one: when the host has it whole, or nothing when it was
  // dropped.
  std::optional<Duration> send(Duration at, std::size_t bytes) {
    if (baud_ == 0) return at;
    free_at_ = std::max(free_at_, at);
    if (free_at_ - at + time_of(bytes) > time_of(buffer_)) return std::nullopt;
    free_at_ += time_of(bytes);
    return free_at_;
  }

 private:
  static constexpr std::uint64_t kBitsEach = 10;
  [[nodiscard]] Duration time_of(std::size_t bytes) const {
    return Duration{static_cast<std::int64_t>(bytes * kBitsEach * 1'000'000 / baud_)};
  }

  const std::uint32_t baud_;
  const std::size_t buffer_;
  Duration free_at_{0};
};

}  // namespace aisle::bench
