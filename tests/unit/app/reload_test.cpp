#include "agent/app/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::app {
namespace {

using ::testing::ElementsAre;

TEST(Reload, TakesTheLiveKeysAndNamesTheOthers) {
  config::Config current;
  config::Config fresh;
  fresh.log_level = LogLevel::debug;
  fresh.outbox.max_rows = 7;
  fresh.sync.port = 1884;
  fresh.zones.emplace_back();
  const auto report = take_over(current, fresh);
  EXPECT_THAT(report.applied, ElementsAre("log.level", "outbox.max_rows"));
  EXPECT_THAT(report.restart, ElementsAre("sync.port", "zones"));
  EXPECT_EQ(current.outbox.max_rows, 7U);
  EXPECT_EQ(current.sync.port, 1883);
  EXPECT_TRUE(current.zones.empty());
  EXPECT_THAT(take_over(current, fresh).restart, ElementsAre("sync.port", "zones"));  // still to be done
}

TEST(Reload, ThresholdsAreTakenWhereNothingElseOfTheZonesChanged) {
  config::Config current;
  current.zones = {config::ZoneEntry{}, config::ZoneEntry{}};
  current.zones[0].receivers = {{"g1"}};
  current.zones[1].receivers = {{"g2"}};
  config::Config fresh = current;
  fresh.zones[1].receivers[0].enter_rssi = -60;
  EXPECT_THAT(take_over(current, fresh).applied, ElementsAre("zones"));
  EXPECT_EQ(current.zones[1].receivers[0].enter_rssi, -60);
  fresh.zones[0].receivers[0].exit_rssi = -90;
  fresh.zones[0].min_samples = 2;
  EXPECT_THAT(take_over(current, fresh).restart, ElementsAre("zones"));
  EXPECT_EQ(current.zones[0].receivers[0].exit_rssi, -76) << "all of it or nothing";
}

TEST(Reload, AnEqualFileChangesNothing) {
  config::Config current;
  const auto report = take_over(current, config::Config());
  EXPECT_TRUE(report.applied.empty());
  EXPECT_TRUE(report.restart.empty());
}

TEST(PinnedKey, IsTakenFromTextOrFile) {
  const std::string hex = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  EXPECT_FALSE(pinned_key({})->has_value());
  EXPECT_EQ(to_hex(**pinned_key({hex})), hex);
  const fakes::TempDir directory;
  EXPECT_FALSE(pinned_key({directory.file("key")}));
  std::ofstream(directory.file("key")) << hex << "\n";
  EXPECT_EQ(to_hex(**pinned_key({directory.file("key")})), hex);
}

}  // namespace
}  // namespace aisle::app
