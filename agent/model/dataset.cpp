#include "agent/model/dataset.hpp"

namespace aisle {
namespace {
constexpr std::array<std::string_view, 7> kNames = {"offers",    "customers", "keys",  "leases",
                                                    "inventory", "orders",    "assets"};
}

std::string_view to_string(Dataset dataset) {
  return kNames.at(static_cast<std::size_t>(dataset));
}

std::optional<Dataset> parse_dataset(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return kDatasets[i];
  }
  return std::nullopt;
}

}  // namespace aisle
