// Fault after fault at random: the gateway hears after each, and nothing piles up. Ten in the short mode, 500 in the
// long one; the seed says which.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/base/random.hpp"
#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/foreign_client.hpp"
#include "tests/bluez/guest/rfkill.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr std::uint16_t kLeSetScanEnable = 0x200C;

struct Fault {
  const char* name;
  std::function<void()> strike;
  std::function<void()> cure;
};

class Storm : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    WorldOptions options;
    options.source = GetParam();
    world_ = std::make_unique<World>(options);
    ASSERT_EQ(world_->start(), "");
    air_ = std::make_unique<Air>(world_->controller());
    air_->furnish(2);
    air_->arrive({1});
    ASSERT_TRUE(eventually([&] { return !world_->shop().feed_of("zone.entered").empty(); })) << world_->trouble();
  }
  void TearDown() override { air_.reset(); }

  [[nodiscard]] std::vector<Fault> faults() {
    auto& controller = world_->controller();
    const auto nothing = [] {};
    return {
        {"kill -9 of bluetoothd", [&] { world_->end_bluetoothd(SIGKILL); }, [&] { world_->start_bluetoothd(); }},
        {"crash of bluetoothd, restarted at once", [&] { crash(); }, nothing},
        {"hang of bluetoothd", [&] { world_->bluetoothd().signal(SIGSTOP); },
         [&] { world_->bluetoothd().signal(SIGCONT); }},
        {"restart of the bus", [&] { end_bus(); }, [&] { begin_bus(); }},
        {"stop of bluetoothd", [&] { world_->end_bluetoothd(SIGTERM); }, [&] { world_->start_bluetoothd(); }},
        {"unplugging", [&] { controller.unplug(); }, [&] { (void)controller.plug(); }},
        {"power off", [&] { power(false); }, [&] { power(true); }},
        {"rfkill", [&] { rfkill_.block(true); }, [&] { rfkill_.block(false); }},
        {"hardware error", [&] { controller.hardware_error(0x42); }, nothing},
        {"muteness", [&] { controller.mute(true); }, [&] { controller.mute(false); }},
        {"slow commands", [&] { controller.set_command_delay(milliseconds(300)); },
         [&] { controller.set_command_delay(Duration{0}); }},
        {"a refused scan", [&] { controller.refuse(kLeSetScanEnable, 0x03); },
         [&] { controller.refuse(kLeSetScanEnable, 0); }},
        {"loss of the controller's state", [&] { controller.brown_out(); }, nothing},
        {"loss", [&] { controller.set_loss(0.9); }, [&] { controller.set_loss(0); }},
        {"garbage", [&] { controller.raw_event(*from_hex("3eff02ff00112233")); }, nothing},
        {"a foreign scan", [&] { foreign_scan(); }, nothing},
    };
  }
  // The kernel scans on, and the new bluetoothd answers InProgress.
  void crash() {
    world_->end_bluetoothd(SIGKILL);
    world_->start_bluetoothd();
  }
  void end_bus() {
    world_->bus().kill();
    // bluetoothd ends with its bus; systemd starts it again.
    (void)eventually([&] { return !world_->bluetoothd().running(); }, seconds(5));
    world_->end_bluetoothd(SIGKILL);
  }
  void begin_bus() {
    world_->bus().start();
    world_->start_bluetoothd();
  }
  // Where there is no adapter or no bus to ask, the fault is none.
  void as_foreigner(const std::function<void(ForeignClient&)>& work) {
    try {
      ForeignClient client(world_->bus().address());
      work(client);
    } catch (const std::runtime_error&) {
      return;
    }
  }
  void power(bool on) {
    as_foreigner([&](ForeignClient& client) { (void)client.set_powered(on); });
  }
  void foreign_scan() {
    as_foreigner([](ForeignClient& client) {
      (void)client.filter_rssi(-30);
      (void)client.start_discovery();
      std::this_thread::sleep_for(seconds(1));
      (void)client.stop_discovery();
    });
  }
  [[nodiscard]] std::filesystem::path proc() { return "/proc/" + std::to_string(world_->aisled().pid()); }
  [[nodiscard]] long resident_kB() {
    std::ifstream in(proc() / "status");
    for (std::string word; in >> word;) {
      long value = 0;
      if (word == "VmRSS:" && in >> value) return value;
    }
    return -1;
  }
  // Of all that are on the bus: aisled, bluetoothd and this question.
  [[nodiscard]] std::int64_t matches() { return ForeignClient(world_->bus().address()).bus_count("MatchRules"); }
  [[nodiscard]] long descriptors() {
    return std::distance(std::filesystem::directory_iterator(proc() / "fd"), std::filesystem::directory_iterator());
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Air> air_;
  Rfkill rfkill_;
};

bool long_mode() {
  const char* mode = std::getenv("AISLE_LONG");
  return mode != nullptr && std::string(mode) == "yes";
}

TEST_P(Storm, HearsAfterEveryFault) {
  const int count = long_mode() ? 500 : 10;
  const auto all = faults();
  SeededRandom random(20260306);
  const long memory = resident_kB();
  const long files = descriptors();
  const auto rules = matches();
  ASSERT_GT(rules, 0);
  for (int i = 0; i < count; ++i) {
    const auto& fault = all[random.next() % all.size()];
    SCOPED_TRACE("fault " + std::to_string(i) + ": " + fault.name);
    fault.strike();
    std::this_thread::sleep_for(milliseconds(100 + random.next() % 5000));
    fault.cure();
    ASSERT_TRUE(world_->hears_more()) << world_->trouble();
    ASSERT_TRUE(world_->reaches("hearing")) << world_->trouble();
    ASSERT_TRUE(world_->aisled().running());
  }
  EXPECT_LE(resident_kB() - memory, 8 * 1024);
  EXPECT_LE(descriptors() - files, 4);
  EXPECT_TRUE(eventually([&] { return matches() == rules; }, kHealing)) << matches() << " match rules, once " << rules;
  // The customer stood there all the time.
  EXPECT_TRUE(world_->shop().feed_of("visit.ended").empty());
  EXPECT_TRUE(world_->shop().feed_of("zone.exited").empty());
  EXPECT_EQ(world_->shop().feed_of("visit.started").size(), 1U);
}

// One fault begins while another lasts: in the long mode every pair of them.
TEST_P(Storm, HearsAfterTwoFaultsAtOnce) {
  const auto all = faults();
  SeededRandom random(20260307);
  const std::size_t pairs = all.size() * all.size();
  const std::size_t step = long_mode() ? 1 : 29;
  for (std::size_t i = 0; i < pairs; i += step) {
    const auto& one = all[i / all.size()];
    const auto& other = all[i % all.size()];
    if (&one == &other) continue;
    SCOPED_TRACE(std::string(one.name) + " and " + other.name);
    one.strike();
    std::this_thread::sleep_for(milliseconds(random.next() % 2000));
    other.strike();
    std::this_thread::sleep_for(milliseconds(random.next() % 3000));
    one.cure();
    other.cure();
    ASSERT_TRUE(world_->hears_more()) << world_->trouble();
    ASSERT_TRUE(world_->reaches("hearing")) << world_->trouble();
    ASSERT_TRUE(world_->aisled().running());
  }
  EXPECT_TRUE(world_->shop().feed_of("visit.ended").empty());
  EXPECT_TRUE(world_->shop().feed_of("zone.exited").empty());
}

INSTANTIATE_TEST_SUITE_P(Sources, Storm, testing::Values("bluez", "hci"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
