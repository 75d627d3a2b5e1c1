#include "agent/app/key_retirement.hpp"

namespace aisle::app {

std::optional<std::int32_t> KeyRetirement::look(std::int32_t first, Duration boot) {
  if (day_ != first) {
    day_ = first;
    since_ = boot;
  }
  if (boot - since_ < kPatience) return std::nullopt;
  return first;
}

}  // namespace aisle::app
