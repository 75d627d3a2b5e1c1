// The dataset messages on the wire, both ways. Hostile input: every field is checked, nothing throws.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::sync {

inline constexpr std::size_t kMaxDeltaBytes = std::size_t{4} << 20U;   // a day's prices of a large store is below 1 MiB
inline constexpr std::size_t kMaxPageBytes = std::size_t{256} << 10U;  // twice what the contract allows a page
inline constexpr std::uint64_t kMaxPages = 100'000;
inline constexpr std::uint64_t kMaxWireInteger = std::uint64_t{1} << 53U;  // exact in every JSON implementation

// {"epoch","from":N,"to":M,"deletes":[...],"upserts":[...]}
struct Delta {
  std::string epoch;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<nlohmann::json> deletes;
  std::vector<nlohmann::json> upserts;
};

// {"epoch","snapshot":S,"page":k,"pages":n,"to":M,"upserts":[...]}
struct SnapshotPage {
  std::string epoch;
  nlohmann::json snapshot;  // a string or a number, echoed as it came
  std::uint64_t page = 0;
  std::uint64_t pages = 0;
  std::uint64_t to = 0;
  std::vector<nlohmann::json> upserts;
};

using DatasetWire = std::variant<Delta, SnapshotPage>;

// Unknown fields are ignored unless the message lists them in "crit". Error: field and what is expected.
[[nodiscard]] Result<DatasetWire> parse_dataset_message(std::string_view payload);

// `epoch` empty: never synced; `snapshot` null: none under way.
[[nodiscard]] std::string dataset_request(std::string_view epoch, std::uint64_t cursor, const nlohmann::json& snapshot,
                                          std::uint64_t page);

}  // namespace aisle::sync
