// Whether the wall clock may be relied on for dates, hours and caps.
#pragma once

#include "config/config.hpp"

namespace aisle::app {

// `system`: any time after this software was made; `synchronised`: the kernel says so as well (adjtimex, STA_UNSYNC
// clear).
[[nodiscard]] bool clock_trusted(config::ClockTrust trust, UnixTime now);

}  // namespace aisle::app
