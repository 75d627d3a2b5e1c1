#include "agent/doctor/clock.hpp"

#include "agent/app/clock_trust.hpp"

namespace aisle::doctor {

ClockFacts gather_clock(bool waited_for) {
  const UnixTime now = SystemClock().now();
  return {now, app::clock_trusted(config::ClockTrust::system, now),
          app::clock_trusted(config::ClockTrust::synchronised, now), waited_for};
}

Finding judge_clock(const ClockFacts& facts) {
  const char* const id = "time.synchronised";
  const char* const fix = "sudo timedatectl set-ntp true; then timedatectl timesync-status";
  if (!facts.plausible) {
    return failure(id, "the clock stands before this software was made: " + format_rfc3339(facts.now),
                   "certificates count as not yet valid, offers with dates are refused, events wait for the time", fix);
  }
  if (facts.synchronised) return ok(id, "the clock is synchronised");
  if (facts.waited_for) {
    return failure(id, "the clock is not synchronised",
                   "[time] trust = \"synchronised\": offers with dates are refused and events wait for it", fix);
  }
  return warning(id, "the clock is not synchronised",
                 "tokens, offers' hours and certificates go by it; it drifts, and nobody notices", fix);
}

}  // namespace aisle::doctor
