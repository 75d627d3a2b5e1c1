#include "ble/simulator/simulator.hpp"
#include "agent/base/sha256.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "ble/identity/crypto.hpp"
#include "ble/recording/jsonl_writer.hpp"
#include "ble/recording/recording.hpp"
#include "tests/unit/simulator/small_store.hpp"

namespace aisle::simulator {
namespace {

Bytes bytes_of(const std::string& text) {
  Bytes bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

std::string jsonl(ItemReader& reader) {
  std::ostringstream out;
  EXPECT_TRUE(recording::write_jsonl(reader, out));
  return out.str();
}

std::string simulate(std::uint64_t seed) {
  Simulator simulator(testing::small_store(seed));
  return jsonl(simulator);
}

TEST(Simulator, SameSeedSameBytes) {
  const std::string first = simulate(7);
  EXPECT_GT(first.size(), 100'000U);
  EXPECT_EQ(first, simulate(7));
  EXPECT_NE(first, simulate(8));
}

// The same on every machine and compiler: a change of this digest is a change of every simulated store.
TEST(Simulator, KnownDigest) {
  EXPECT_EQ(to_hex(sha256(bytes_of(simulate(7)))), "db2b4fa6cd20ed06d8b012957c19a1a64f9b44f0e34210b892fe9e3ecf233195");
}

TEST(Simulator, SurvivesBeingWrittenAndRead) {
  const std::string text = simulate(7);
  auto reader = recording::open_recording(bytes_of(text));
  ASSERT_TRUE(reader);
  EXPECT_EQ(jsonl(**reader), text);
  EXPECT_EQ((*reader)->stats().skipped, 0U);
  EXPECT_EQ((*reader)->stats().out_of_order, 0U);
}

TEST(Simulator, ItemsAreInOrderAndInRange) {
  const SimulatorOptions options = testing::small_store();
  Simulator simulator(options);
  UnixTime latest = options.start;
  std::set<std::string> receivers;
  for (;;) {
    const SourceItem item = simulator.next();
    if (const auto* tick = std::get_if<ClockTick>(&item)) {
      EXPECT_EQ(tick->at.wall, options.start + options.duration);
      break;
    }
    const auto& advert = std::get<Advert>(item);
    ASSERT_GE(advert.at.wall, latest);
    ASSERT_EQ(advert.at.mono.time_since_epoch(), advert.at.wall.time_since_epoch());
    ASSERT_TRUE(advert.rssi.value >= -100 && advert.rssi.value <= -20) << int{advert.rssi.value};
    receivers.emplace(advert.receiver.view());
    latest = advert.at.wall;
  }
  EXPECT_LT(latest, options.start + options.duration);
  EXPECT_EQ(receivers, (std::set<std::string>{"g1", "g2", "g3"}));
  EXPECT_TRUE(std::holds_alternative<SourceEnd>(simulator.next()));
  EXPECT_TRUE(std::holds_alternative<SourceEnd>(simulator.next()));
}

TEST(Simulator, OurOwnGatewayAloneIsNotNamed) {
  SimulatorOptions options = testing::small_store();
  options.zones = {{"door", {"g1"}}, {"coffee", {"g1"}}};
  Simulator simulator(options);
  const SourceItem item = simulator.next();
  ASSERT_TRUE(std::holds_alternative<Advert>(item));
  EXPECT_TRUE(std::get<Advert>(item).receiver.empty());
}

TEST(Simulator, AnEmptyStoreEnds) {
  SimulatorOptions options;
  options.customers = options.passers = options.beacons = 0;
  Simulator simulator(options);
  EXPECT_TRUE(std::holds_alternative<ClockTick>(simulator.next()));
  EXPECT_TRUE(std::holds_alternative<SourceEnd>(simulator.next()));
  options.customers = 5;
  options.duration = seconds{0};
  Simulator instant(options);
  EXPECT_TRUE(std::holds_alternative<ClockTick>(instant.next()));
}

}  // namespace
}  // namespace aisle::simulator
