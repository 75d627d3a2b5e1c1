// What a state directory holds, in a pipeline of our own: of a private copy, so beside a running daemon too.
#pragma once

#include <span>

#include "agent/cli/state_access.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "config/config.hpp"

namespace aisle::cli {

// Records that are not acceptable under the configuration are not used, and complained of. Not for keys.
[[nodiscard]] Status load_records(OfflineState& state, const config::Config& config, std::span<const Dataset> datasets,
                                  pipeline::Pipeline& pipeline);
// Every dataset that the pipeline uses, and what of leases is spent.
[[nodiscard]] Status load_state(const Common& common, const config::Config& config, pipeline::Pipeline& pipeline);

}  // namespace aisle::cli
