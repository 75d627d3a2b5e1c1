// From which day on keys are kept. Those of earlier days are of no use, but a clock that is wrong for a while must not
// cost them: they go once the time has stood on a day for an hour of the boot clock.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/time.hpp"

namespace aisle::app {

class KeyRetirement {
 public:
  static constexpr seconds kPatience{3600};
  // Call it more often than once in `kPatience`. `first`: the first day that is needed now; `boot`: elapsed on the boot
  // clock. The day before which keys may go.
  std::optional<std::int32_t> look(std::int32_t first, Duration boot);

 private:
  std::optional<std::int32_t> day_;
  Duration since_{};
};

}  // namespace aisle::app
