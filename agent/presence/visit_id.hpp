#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aisle::presence {

// First 16 hex digits of SHA-256(store 00 customer 00 UTC day 00 n), day and n in decimal text.
[[nodiscard]] std::string visit_id(std::string_view store, std::string_view customer, std::int32_t utc_day,
                                   std::uint32_t nth_of_day);

}  // namespace aisle::presence
