#include "agent/cli/stored_pipeline.hpp"

#include <array>

#include "agent/cli/output.hpp"
#include "agent/datasets/datasets.hpp"

namespace aisle::cli {

Status load_records(OfflineState& state, const config::Config& config, std::span<const Dataset> datasets,
                    pipeline::Pipeline& pipeline) {
  const records::ParseContext context{records::Strictness::wire, config.privacy.allow_static};
  for (const Dataset dataset : datasets) {
    const auto rows = state.records(dataset);
    if (!rows) return tl::unexpected(rows.error());
    const auto broken = datasets::load_records(dataset, *rows, context, pipeline, {});
    if (broken > 0)
      complain(fmt::format("{} of the stored {} are not acceptable under {} and are not used", broken,
                           to_string(dataset), config.store.id));
  }
  return {};
}

Status load_state(const Common& common, const config::Config& config, pipeline::Pipeline& pipeline) {
  constexpr std::array kUsed = {Dataset::customers, Dataset::offers, Dataset::assets, Dataset::leases};
  auto state = OfflineState::open_copy(common);
  if (!state) return tl::unexpected(state.error());
  if (auto loaded = load_records(**state, config, kUsed, pipeline); !loaded) return loaded;
  datasets::load_spends((*state)->loaded().lease_spends, pipeline);
  const auto keys = (*state)->keys();
  if (!keys) return tl::unexpected(keys.error());
  datasets::load_keys(*keys, pipeline);
  return {};
}

}  // namespace aisle::cli
