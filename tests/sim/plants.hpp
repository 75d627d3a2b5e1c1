// The faults that the tests plant, by name.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tests/sim/process.hpp"

namespace aisle::sim {

inline constexpr std::array<std::string_view, 8> kPlants = {
    "no-sync-of-log",   // an fsync removed: the write-ahead log's
    "no-sync",          // as synchronous = OFF
    "hide-refusals",    // the pump advances on a refusal
    "same-epoch",       // the epoch of the previous start is used again
    "ack-beyond",       // one row more than the acknowledged prefix is deleted
    "split-decisions",  // a decision is committed after its event
    "alter-rows",       // no checksum: what the disk has altered is sent
    "drop-held",        // the bounds remove rows that are being sent
};

// Unknown names plant nothing.
[[nodiscard]] Plants planted(std::string_view name);
[[nodiscard]] std::string plant_names();

}  // namespace aisle::sim
