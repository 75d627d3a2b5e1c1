// Two adapters of one bluetoothd, each with a source of its own, heard as one.
#include <gmock/gmock.h>

#include "ble/source/radios.hpp"
#include "tests/integration/bluez/ear.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using namespace fakes;

constexpr const char* kFirst = "AA:00:00:00:00:01";
constexpr const char* kSecond = "AA:00:00:00:00:02";
constexpr const char* kStillPhone = "C0:00:00:00:00:01";

class TwoAdaptersTest : public BluezTest {
 protected:
  void start_bluez_with_two(const char* first = "hci0", const char* second = "hci1") {
    bluez_.emplace(bus_.address());
    bluez_->add_adapter(first, true, kFirst);
    bluez_->add_adapter(second, true, kSecond);
  }
  void listen_to(const std::string& first, const std::string& second, const char* second_receiver) {
    for (const auto& [adapter, receiver] : {std::pair(first, "g1"), std::pair(second, second_receiver)}) {
      radios_.add(adapter, GatewayId(receiver), [&, &name = adapter](const Witnesses& others) {
        BluezOptions options;
        options.adapter = name;
        options.bus_address = bus_.address();
        options.witnesses = &others;
        return std::make_unique<BluezSource>(std::move(options), clock_, log_);
      });
    }
    ASSERT_TRUE(radios_.start(ear_));
    ASSERT_TRUE(reaches("hearing")) << radios_.status().detail;
  }
  [[nodiscard]] bool reaches(const std::string& state) const {
    return eventually([&] { return radios_.status().state == state; });
  }
  // As "g1 -50".
  [[nodiscard]] std::vector<std::string> heard() const {
    std::vector<std::string> out;
    for (const auto& advert : ear_.adverts())
      out.push_back(std::string(advert.receiver.view()) + " " + std::to_string(int{advert.rssi.value}));
    return out;
  }
  Radios radios_;
};

TEST_F(TwoAdaptersTest, EachIsHeardForItsReceiverOnce) {
  start_bluez_with_two();
  listen_to("hci0", "hci1", "door");
  bluez_->add_device("hci0", kStillPhone, {{"RSSI", int16(-50)}});
  bluez_->add_device("hci1", kStillPhone, {{"RSSI", int16(-60)}});
  bluez_->change_device("hci1", kStillPhone, {{"RSSI", int16(-61)}});
  ASSERT_TRUE(ear_.wait_adverts(3));
  EXPECT_THAT(heard(), UnorderedElementsAre("g1 -50", "door -60", "door -61"));
  EXPECT_TRUE(bluez_->discovering("hci0"));
  EXPECT_TRUE(bluez_->discovering("hci1"));
}

TEST_F(TwoAdaptersTest, OneGoesAndReturnsWhileTheOtherHearsOn) {
  start_bluez_with_two();
  listen_to("hci0", "hci1", "g1");
  bluez_->remove_adapter("hci1");
  ASSERT_TRUE(reaches("degraded"));
  EXPECT_EQ(radios_.status().radios.at(1).state, "no adapter");
  bluez_->add_device("hci0", kStillPhone, {{"RSSI", int16(-50)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  bluez_->add_adapter("hci1", true, kSecond);
  ASSERT_TRUE(reaches("hearing"));
  bluez_->add_device("hci1", kStillPhone, {{"RSSI", int16(-40)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_THAT(ear_.states(), ElementsAre("up")) << "one of the receiver's adapters heard all the time";
  bluez_.reset();
  ASSERT_TRUE(reaches("no bluetoothd"));
  ASSERT_TRUE(ear_.wait_up(false));
}

TEST_F(TwoAdaptersTest, AddressesAreFollowedWhateverTheNumbers) {
  start_bluez_with_two();
  listen_to(kFirst, kSecond, "door");
  bluez_.reset();
  ASSERT_TRUE(reaches("no bluetoothd"));
  start_bluez_with_two("hci3", "hci0");
  ASSERT_TRUE(reaches("hearing")) << radios_.status().detail;
  bluez_->add_device("hci3", kStillPhone, {{"RSSI", int16(-50)}});
  bluez_->add_device("hci0", kStillPhone, {{"RSSI", int16(-60)}});
  ASSERT_TRUE(ear_.wait_adverts(2));
  EXPECT_THAT(heard(), UnorderedElementsAre("g1 -50", "door -60"));
}

}  // namespace
}  // namespace aisle
