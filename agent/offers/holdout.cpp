#include <cmath>

#include "agent/base/sha256.hpp"
#include "agent/offers/offers.hpp"

namespace aisle::offers {

bool in_holdout(std::string_view experiment_or_offer, std::string_view customer, double percent) {
  if (!(percent > 0)) return false;
  std::string text(experiment_or_offer);
  text.push_back('\0');
  text.append(customer);
  const Sha256 digest = sha256(text);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < 8; ++i) first = (first << 8U) | std::to_integer<std::uint64_t>(digest[i]);
  // A bucket is a whole number, so "below x" is "below x rounded up"; the millionth forgives binary fractions such as
  // 0.07 x 100 = 7.000000000000001.
  return static_cast<double>(first % 10'000) < std::ceil(percent * 100 - 1e-6);
}

}  // namespace aisle::offers
