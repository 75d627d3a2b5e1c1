// The seven datasets that the cloud keeps in step.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aisle {

enum class Dataset : std::uint8_t { offers, customers, keys, leases, inventory, orders, assets };
inline constexpr std::array kDatasets = {Dataset::offers,    Dataset::customers, Dataset::keys,  Dataset::leases,
                                         Dataset::inventory, Dataset::orders,    Dataset::assets};
[[nodiscard]] std::string_view to_string(Dataset dataset);
[[nodiscard]] std::optional<Dataset> parse_dataset(std::string_view name);

}  // namespace aisle
