#include "tests/sim/plants.hpp"

namespace aisle::sim {

Plants planted(std::string_view name) {
  Plants plants;
  plants.disk.no_sync_of_log = name == "no-sync-of-log";
  plants.disk.no_sync = name == "no-sync";
  plants.hide_refusals = name == "hide-refusals";
  plants.same_epoch = name == "same-epoch";
  plants.store.acknowledge_beyond = name == "ack-beyond";
  plants.store.split_decisions = name == "split-decisions";
  plants.store.alter_rows = name == "alter-rows";
  plants.store.drop_held = name == "drop-held";
  return plants;
}

std::string plant_names() {
  std::string all;
  for (const auto name : kPlants) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

}  // namespace aisle::sim
