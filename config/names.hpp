// The words of the configuration's choices, and helpers for messages about names.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace aisle::config {

template <class E, std::size_t N>
using Names = std::array<std::pair<std::string_view, E>, N>;

inline constexpr Names<SourceKind, 4> kSourceNames = {{{"bluez", SourceKind::bluez},
                                                       {"hci", SourceKind::hci},
                                                       {"replay", SourceKind::replay},
                                                       {"simulator", SourceKind::simulator}}};
inline constexpr Names<ScanningMode, 3> kScanningNames = {
    {{"auto", ScanningMode::automatic}, {"active", ScanningMode::active}, {"passive", ScanningMode::passive}}};
inline constexpr Names<ClockTrust, 2> kTrustNames = {
    {{"system", ClockTrust::system}, {"synchronised", ClockTrust::synchronised}}};
inline constexpr Names<LogLevel, 4> kLogNames = {
    {{"error", LogLevel::error}, {"warning", LogLevel::warning}, {"info", LogLevel::info}, {"debug", LogLevel::debug}}};
inline constexpr std::array<std::string_view, 6> kZoneKinds = {"entrance", "aisle", "checkout",
                                                               "pickup",   "store", "other"};

// The word of a value; "?" for none.
template <class E, std::size_t N>
[[nodiscard]] constexpr std::string_view name_of(const Names<E, N>& names, E value) {
  for (const auto& entry : names) {
    if (entry.second == value) return entry.first;
  }
  return "?";
}

// Text from a file, fit for one line of a message: control characters, quotes and backslashes escaped, cut after
// `max_bytes` at a character's border.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 60);

// The name that is likely meant: the only nearest one within an edit distance of 2. "" when there is none, or several.
[[nodiscard]] std::string nearest(std::string_view text, const std::vector<std::string>& names);

}  // namespace aisle::config
