// The checksums that rest beside events. A row without one is older than them and is taken as it is.
#pragma once

#include <cstdint>

#include "agent/store/store.hpp"

namespace aisle::store {

// `passed` is the column of that name, 0 in tables without it.
[[nodiscard]] std::uint32_t checksum(const OutboxEvent& event, std::uint64_t passed);
[[nodiscard]] std::uint32_t checksum(const Draft& draft);

}  // namespace aisle::store
