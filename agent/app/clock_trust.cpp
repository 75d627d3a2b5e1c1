#include "agent/app/clock_trust.hpp"

#include <sys/timex.h>

namespace aisle::app {

bool clock_trusted(config::ClockTrust trust, UnixTime now) {
  constexpr seconds kMade{1767225600};  // 2026-01-01: a Pi without a battery boots before it
  if (now.time_since_epoch() < kMade) return false;
  if (trust == config::ClockTrust::system) return true;
  timex state{};
  return adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}

}  // namespace aisle::app
