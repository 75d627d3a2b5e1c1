// A gateway with two adapters: both are heard, one is enough, and each vouches for the other.
#include <gtest/gtest.h>

#include <thread>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr Address kFirst{{0xAA, 0x00, 0x53, 0x5E, 0x00, 0x01}, false};
constexpr Address kSecond{{0xAA, 0x00, 0x53, 0x5E, 0x00, 0x02}, false};
constexpr const char* kShared = R"(adapter = ["hci0", "hci1"])";
constexpr const char* kApart = R"(adapter = ["hci0", { name = "hci1", receiver = "door" }])";
constexpr const char* kByAddress =
    R"(adapter = ["aa:00:53:5e:00:01", { name = "AA:00:53:5E:00:02", receiver = "door" }])";
constexpr const char* kDoor = "[[zones]]\nid = \"door\"\nreceivers = [\"door\"]\nlayer = \"door\"\n";

class TwoRadios : public testing::TestWithParam<const char*> {
 protected:
  void start(const std::string& adapters) {
    WorldOptions options;
    options.source = GetParam();
    options.ble = adapters;
    options.zones = kDoor;
    options.controller.bdaddr = kFirst;
    world_ = std::make_unique<World>(options);
    options.controller.bdaddr = kSecond;
    world_->add_controller(options.controller);
    ASSERT_EQ(world_->start(), "");
    for (std::size_t i : {0U, 1U}) airs_.push_back(std::make_unique<Air>(world_->controller(i)));
  }
  void TearDown() override { airs_.clear(); }

  // Near both radios.
  void arrive(int number) {
    Phone phone{number};
    phone.private_address = true;
    for (const auto& air : airs_) air->arrive(phone);
  }
  [[nodiscard]] std::size_t count(const char* type) const { return world_->shop().feed_of(type).size(); }
  [[nodiscard]] bool entered(std::size_t times) const {
    return eventually([&] { return count("zone.entered") == times; }, kHealing);
  }
  [[nodiscard]] std::string state_of(std::size_t radio) const { return world_->radio(radio).value("state", ""); }
  [[nodiscard]] bool reaches(std::size_t radio, const std::string& state, seconds within = kHealing) const {
    return eventually([&] { return state_of(radio) == state; }, within);
  }
  [[nodiscard]] std::uint64_t adverts(std::size_t radio) const {
    const auto now = world_->radio(radio);
    return now.contains("counters") ? now["counters"].value("adverts", std::uint64_t{0}) : 0;
  }
  [[nodiscard]] bool hears_more(std::size_t radio) const {
    const auto before = adverts(radio);
    return eventually([&] { return adverts(radio) > before + 2; }, kHealing);
  }

  std::unique_ptr<World> world_;
  std::vector<std::unique_ptr<Air>> airs_;
};

TEST_P(TwoRadios, BothAreHeardEachForItsReceiver) {
  start(kApart);
  airs_[0]->arrive({1});
  airs_[1]->arrive({2});
  ASSERT_TRUE(entered(2)) << world_->trouble();
  for (const auto& event : world_->shop().feed_of("zone.entered")) {
    EXPECT_EQ(event["data"]["zone_id"], event["data"]["customer_id"] == "c-1" ? "coffee" : "door");
  }
  EXPECT_EQ(world_->radio(0)["receiver"], "g1");
  EXPECT_EQ(world_->radio(1)["receiver"], "door");
  EXPECT_GT(adverts(0), 0U);
  EXPECT_GT(adverts(1), 0U);
  EXPECT_EQ(world_->radio(1)["scanning"]["mode"], "active");
}

// A zone is entered after three adverts (min_samples), whoever hears them.
TEST_P(TwoRadios, AnAdvertThatBothHearIsOneSample) {
  start(kShared);
  const auto once = [&] {
    for (std::size_t i : {0U, 1U}) EXPECT_EQ(world_->controller(i).advertise(phone_advert({1})), Outcome::reported);
    std::this_thread::sleep_for(seconds(2));
  };
  once();
  once();
  EXPECT_EQ(adverts(0), 2U);
  EXPECT_EQ(adverts(1), 2U);
  EXPECT_EQ(count("zone.entered"), 0U) << world_->trouble();
  once();
  EXPECT_TRUE(entered(1)) << world_->trouble();
}

TEST_P(TwoRadios, WithOneUnpluggedTheOtherHearsOn) {
  start(kShared);
  arrive(1);
  ASSERT_TRUE(entered(1)) << world_->trouble();
  const auto coverage = count("coverage.changed");  // while the gateway started
  world_->controller(1).unplug();
  ASSERT_TRUE(world_->reaches("degraded")) << world_->trouble();
  EXPECT_EQ(state_of(0), "hearing");
  EXPECT_TRUE(reaches(1, "no adapter")) << world_->trouble();
  EXPECT_NE(world_->source().value("detail", "").find("hci1: no adapter"), std::string::npos) << world_->trouble();
  EXPECT_TRUE(hears_more(0)) << world_->trouble();
  std::this_thread::sleep_for(seconds(40));  // longer than exit_after_s
  ASSERT_TRUE(world_->controller(1).plug());
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(hears_more(1)) << world_->trouble();
  EXPECT_EQ(count("coverage.changed"), coverage);
  EXPECT_EQ(count("zone.exited"), 0U);
  EXPECT_EQ(count("visit.started"), 1U);
}

TEST_P(TwoRadios, AReceiverOfItsOwnIsDownWithItsAdapterAlone) {
  start(kApart);
  arrive(1);
  ASSERT_TRUE(entered(2)) << world_->trouble();
  const auto coverage = count("coverage.changed");  // while the gateway started
  world_->controller(1).unplug();
  ASSERT_TRUE(eventually([&] { return count("coverage.changed") == coverage + 1; }, kHealing)) << world_->trouble();
  EXPECT_EQ(world_->shop().feed_of("coverage.changed").back()["data"]["zone_id"], "door");
  std::this_thread::sleep_for(seconds(40));
  ASSERT_TRUE(world_->controller(1).plug());
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(eventually([&] { return count("coverage.changed") == coverage + 2; }, kHealing)) << world_->trouble();
  EXPECT_EQ(count("zone.exited"), 0U);
}

TEST_P(TwoRadios, AddressesKeepTheirReceiversWhenTheNumbersChange) {
  start(kByAddress);
  world_->controller(0).unplug();
  world_->controller(1).unplug();
  ASSERT_TRUE(world_->reaches("no adapter")) << world_->trouble();
  ASSERT_TRUE(world_->controller(1).plug());
  ASSERT_TRUE(world_->controller(0).plug());
  ASSERT_TRUE(world_->reaches("hearing")) << world_->trouble();
  ASSERT_EQ(world_->controller(1).state().index, 0) << "else the numbers did not change";
  airs_[0]->arrive({1});
  airs_[1]->arrive({2});
  ASSERT_TRUE(entered(2)) << world_->trouble();
  for (const auto& event : world_->shop().feed_of("zone.entered")) {
    EXPECT_EQ(event["data"]["zone_id"], event["data"]["customer_id"] == "c-1" ? "coffee" : "door");
  }
}

TEST_P(TwoRadios, AMuteOneIsFoundByThePhonesThatTheOtherHears) {
  start(kApart);
  for (int number = 1; number <= 4; ++number) arrive(number);
  ASSERT_TRUE(entered(8)) << world_->trouble();
  const auto resets = world_->controller(1).state().resets;
  world_->controller(1).mute(true);
  ASSERT_TRUE(reaches(1, "mute", seconds(25))) << world_->trouble();
  EXPECT_EQ(world_->state(), "degraded");
  EXPECT_EQ(state_of(0), "hearing");
  EXPECT_NE(world_->radio(1).value("detail", "").find("another radio"), std::string::npos) << world_->trouble();
  ASSERT_TRUE(eventually([&] { return world_->controller(1).state().resets > resets; }, seconds(30)))
      << world_->trouble();
  world_->controller(1).mute(false);
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(hears_more(1)) << world_->trouble();
  EXPECT_EQ(count("zone.exited"), 0U);
  EXPECT_EQ(count("visit.started"), 4U);
}

TEST_P(TwoRadios, AStoreThatEmptiesMakesNoneMute) {
  start(kApart);
  for (int number = 1; number <= 4; ++number) arrive(number);
  ASSERT_TRUE(entered(8)) << world_->trouble();
  for (int number = 1; number <= 4; ++number) {
    for (const auto& air : airs_) air->leave(number);
  }
  std::this_thread::sleep_for(seconds(120));
  EXPECT_EQ(world_->state(), "hearing") << world_->trouble();
  EXPECT_EQ(world_->source()["counters"]["scan_restarts"], 0);
}

INSTANTIATE_TEST_SUITE_P(Sources, TwoRadios, testing::Values("bluez", "hci"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
