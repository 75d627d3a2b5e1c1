// Source hci with a bluetoothd on a bus: what is asked of it, and who brings the adverts.
#include <gmock/gmock.h>

#include "ble/bluez/bluez_radio.hpp"
#include "ble/hci/hci_source.hpp"
#include "tests/integration/bluez/ear.hpp"
#include "tests/unit/hci/packets.hpp"

namespace aisle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace fakes;

constexpr const char* kPhone = "4A:00:00:00:00:01";

class HciBluezTest : public ::testing::Test {
 protected:
  void start_bluez() {
    bluez_.emplace(bus_.address());
    bluez_->add_adapter("hci0");
  }
  void listen(hci::SocketOpener open) {
    BluezOptions options;
    options.bus_address = bus_.address();
    source_.emplace(std::make_unique<BluezRadio>(options, clock_, log_), std::move(open), clock_, log_);
    ASSERT_TRUE(source_->start(ear_));
  }
  // The stand-in for the kernel's socket; a new one at each call.
  hci::SocketOpener stand_in() {
    return [this](unsigned) -> tl::expected<Fd, hci::OpenError> {
      const std::scoped_lock lock(mutex_);
      pair_ = std::make_unique<hci::testing::Pair>();
      return std::move(pair_->reader);
    };
  }
  static hci::SocketOpener refusing(hci::OpenFailure why) {
    return [why](unsigned) -> tl::expected<Fd, hci::OpenError> {
      return tl::unexpected<hci::OpenError>({why, "no right"});
    };
  }
  bool send(const Bytes& packet) {
    const std::scoped_lock lock(mutex_);
    return pair_->send(packet);
  }
  void unplug() {
    const std::scoped_lock lock(mutex_);
    pair_.reset();
  }
  [[nodiscard]] std::string state() const { return source_->status().state; }

  PrivateBus bus_;
  std::optional<FakeBluez> bluez_;
  std::mutex mutex_;
  std::unique_ptr<hci::testing::Pair> pair_;
  Ear ear_;
  SystemClock clock_;
  Log log_{LogLevel::error};
  std::optional<HciSource> source_;
};

TEST_F(HciBluezTest, BluetoothdScansAndTheSocketHears) {
  start_bluez();
  listen(stand_in());
  ASSERT_TRUE(ear_.wait_up(true)) << state();
  EXPECT_THAT(bluez_->calls(),
              ElementsAre("hci0 SetDiscoveryFilter DuplicateData=false RSSI=20 Transport=le", "hci0 StartDiscovery"));
  ASSERT_TRUE(send(hci::testing::legacy_packet(6, -61, hci::testing::hex("020106"))));
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_EQ(line(ear_.adverts()[0]), "c1:02:03:04:05:06 -61 020106");
}

TEST_F(HciBluezTest, AdvertsOverTheBusDoNotReachUs) {
  start_bluez();
  listen(stand_in());
  ASSERT_TRUE(ear_.wait_up(true));
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}});
  bluez_->change_device("hci0", kPhone, {{"RSSI", int16(-51)}});
  bluez_->set_powered("hci0", false);  // told after them
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_TRUE(ear_.adverts().empty());
}

TEST_F(HciBluezTest, FollowsTheAdapterThroughItsTroubles) {
  bluez_.emplace(bus_.address());
  listen(stand_in());
  ASSERT_TRUE(ear_.wait_up(false));
  bluez_->add_adapter("hci12");
  ASSERT_TRUE(ear_.wait_up(true));
  unplug();
  bluez_->remove_adapter("hci12");
  ASSERT_TRUE(ear_.wait_up(false));
  ASSERT_TRUE(eventually([&] { return source_->status().detail == "bluetoothd has no such adapter"; }));
  bluez_->add_adapter("hci0");
  ASSERT_TRUE(ear_.wait_up(true));
  EXPECT_EQ(source_->status().detail, "hci0, from the kernel");
  bluez_->set_powered("hci0", false);
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "powered off");
  bluez_->set_powered("hci0", true);
  ASSERT_TRUE(ear_.wait_up(true));
  bluez_.reset();
  ASSERT_TRUE(ear_.wait_up(false));
  EXPECT_EQ(state(), "no bluetoothd");
  start_bluez();
  ASSERT_TRUE(ear_.wait_up(true));
}

TEST_F(HciBluezTest, WithoutTheRightItHearsThroughBluez) {
  start_bluez();
  listen(refusing(hci::OpenFailure::no_right));
  ASSERT_TRUE(ear_.wait_up(true)) << state();
  EXPECT_EQ(bluez_->calls().back(), "hci0 StartDiscovery");
  bluez_->add_device("hci0", kPhone, {{"RSSI", int16(-50)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  EXPECT_EQ(line(ear_.adverts()[0]), "4a:00:00:00:00:01 -50 ");
  ASSERT_TRUE(eventually([&] { return state() == "hearing"; }));
  EXPECT_THAT(source_->status().detail, HasSubstr("no right: hearing through bluez instead"));
  EXPECT_EQ(source_->status().source, "hci");
}

// The machines that build this have no Bluetooth; on one that has, there is still no adapter 4242.
TEST_F(HciBluezTest, TheRealSocketOnThisMachine) {
  bluez_.emplace(bus_.address());
  bluez_->add_adapter("hci4242");
  BluezOptions options;
  options.bus_address = bus_.address();
  options.adapter = "hci4242";
  source_.emplace(std::make_unique<BluezRadio>(options, clock_, log_), hci::open_hci_socket, clock_, log_);
  ASSERT_TRUE(source_->start(ear_));
  const auto expected = hci::open_hci_socket(4242).error();
  if (expected.why == hci::OpenFailure::no_adapter) {
    ASSERT_TRUE(ear_.wait_up(false));
    EXPECT_THAT(source_->status().detail, HasSubstr("no such adapter"));
    return;
  }
  ASSERT_TRUE(ear_.wait_up(true)) << source_->status().detail;
  bluez_->add_device("hci4242", kPhone, {{"RSSI", int16(-50)}});
  ASSERT_TRUE(ear_.wait_adverts(1));
  ASSERT_TRUE(eventually([&] { return state() == "hearing"; }));
  EXPECT_THAT(source_->status().detail, HasSubstr(expected.message + ": hearing through bluez instead"));
}

}  // namespace
}  // namespace aisle
