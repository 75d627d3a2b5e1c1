// Time as values. Presence runs on the monotonic clock; what the world reads is UTC. Both have microsecond ticks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle {

using Duration = std::chrono::microseconds;
using UnixTime = std::chrono::sys_time<Duration>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using std::chrono::milliseconds;
using std::chrono::seconds;

// One moment on both clocks. In a replay both come from the recording.
struct Stamp {
  SteadyTime mono{};
  UnixTime wall{};
};

// "2026-03-01T12:00:00.123Z": RFC 3339, UTC, milliseconds (truncated).
[[nodiscard]] std::string format_rfc3339(UnixTime time);

// Accepts RFC 3339 with 'T' or 't', optional fraction, and 'Z' or a numeric offset. Error: names the text.
[[nodiscard]] Result<UnixTime> parse_rfc3339(std::string_view text);

// Seconds since 1970 as a decimal number, microseconds kept; and back. The conversion refuses nothing; callers check
// the range.
[[nodiscard]] UnixTime unix_time_from_seconds(double unix_seconds);
[[nodiscard]] double to_unix_seconds(UnixTime time);

// UTC days since 1970-01-01.
[[nodiscard]] std::int32_t utc_day(UnixTime time);

// The 10-minute interval number of T1 tokens: unix seconds / 600.
[[nodiscard]] std::uint32_t token_interval(UnixTime time);

// The clocks the core sees. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
  [[nodiscard]] virtual UnixTime now() const = 0;
  [[nodiscard]] Stamp stamp() const { return {steady(), now()}; }
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady() const override;
  [[nodiscard]] UnixTime now() const override;
};

// A clock that moves only when told; not thread-safe. For tests, simulation and replay.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixTime start = {}) : now_(start), steady_(start.time_since_epoch()) {}
  [[nodiscard]] SteadyTime steady() const override { return steady_; }
  [[nodiscard]] UnixTime now() const override { return now_; }
  void advance(Duration by) {
    now_ += by;
    steady_ += by;
  }
  // Jumps the wall clock alone, as NTP does.
  void set_wall(UnixTime now) { now_ = now; }

 private:
  UnixTime now_;
  SteadyTime steady_;
};

}  // namespace aisle
