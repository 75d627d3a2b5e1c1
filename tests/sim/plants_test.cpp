// A simulator that finds nothing proves nothing: each planted fault has to be found, soon.
#include "tests/sim/plants.hpp"

#include <gtest/gtest.h>

#include "tests/sim/simulation.hpp"

namespace aisle::sim {
namespace {

constexpr std::uint64_t kSeeds = 60;

class PlantedFault : public testing::TestWithParam<std::string_view> {};

TEST_P(PlantedFault, IsFound) {
  Options options;
  options.faults_per_hour = 12;
  options.plants = planted(GetParam());
  for (options.seed = 1; options.seed <= kSeeds; ++options.seed) {
    const Report report = run(options);
    if (report.breach.empty()) continue;
    RecordProperty("seeds", std::to_string(options.seed));
    RecordProperty("breach", report.breach);
    options.plants = {};
    EXPECT_EQ(run(options).breach, "") << "that seed is sound without the fault";
    return;
  }
  FAIL() << GetParam() << " was not found by " << kSeeds << " seeds";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedFault, testing::ValuesIn(kPlants), [](const auto& instance) {
  std::string name(instance.param);
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace aisle::sim
