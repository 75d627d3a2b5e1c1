#include "agent/presence/visit_id.hpp"

#include "agent/base/sha256.hpp"

namespace aisle::presence {

std::string visit_id(std::string_view store, std::string_view customer, std::int32_t utc_day,
                     std::uint32_t nth_of_day) {
  std::string text(store);
  text.push_back('\0');
  text.append(customer);
  text.push_back('\0');
  text.append(std::to_string(utc_day));
  text.push_back('\0');
  text.append(std::to_string(nth_of_day));
  return to_hex(ByteSpan(sha256(text)).first(8));
}

}  // namespace aisle::presence
