// The link loses, delays, reorders and stops; the clock jumps: in the rig's guest, with the kernel's own network
// emulator and the guest's own clock.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "agent/base/random.hpp"
#include "tests/e2e/agent/ordeal.hpp"
#include "tests/e2e/faults/disk.hpp"

namespace aisle::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Surroundings : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    Settings settings;
    settings.protocol = GetParam();
    ASSERT_EQ(ordeal_.prepare(settings), "");
  }
  void TearDown() override {
    [[maybe_unused]] const bool gone = shell("tc qdisc del dev lo root");
    if (HasFailure()) std::fputs(ordeal_.shop.site.log().c_str(), stderr);
  }
  // Every packet on loopback, both ways.
  static void link(const std::string& does) {
    std::string output;
    ASSERT_TRUE(shell("tc qdisc replace dev lo root netem " + does, &output)) << output;
  }
  void verdict(std::size_t at_least) const {
    ASSERT_EQ(ordeal_.clean_runs(), "");
    const auto ledger = ordeal_.ledger();
    EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
    EXPECT_GT(ledger.events(), at_least);
  }

  Ordeal ordeal_;
  SeededRandom random_{20263};
};

TEST_P(Surroundings, ALinkThatLosesDelaysReordersAndStopsCostsNothing) {
  auto aisled = ordeal_.shop.site.start_aisled();
  ASSERT_TRUE(ordeal_.shop.site.wait_for_daemon().is_object());
  for (int round = 0; round < 3; ++round) {
    link("delay 80ms 40ms loss 5% duplicate 2% reorder 20%");
    std::this_thread::sleep_for(seconds(3));
    link("loss 100%");
    std::this_thread::sleep_for(seconds(4));
    link("delay 5ms");
    std::this_thread::sleep_for(milliseconds(500 + random_.below(2000)));
    if (round == 1) {
      aisled.kill_hard();
      aisled = ordeal_.shop.site.start_aisled();
    }
  }
  ASSERT_TRUE(shell("tc qdisc del dev lo root"));
  aisled.kill_hard();
  verdict(1000);
}

TEST_P(Surroundings, AClockThatJumpsNeitherLosesNorDoublesNorBlocks) {
  const auto jump = [](long by) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += by;
    ASSERT_EQ(clock_settime(CLOCK_REALTIME, &now), 0);
  };
  for (const long by : {3 * 3600L, -5 * 3600L, 40 * 86400L, -40 * 86400L, 2 * 3600L}) {
    SCOPED_TRACE("jump by " + std::to_string(by) + " s");
    auto aisled = ordeal_.shop.site.start_aisled();
    ASSERT_TRUE(ordeal_.shop.site.wait_for_daemon().is_object());
    std::this_thread::sleep_for(milliseconds(200 + random_.below(800)));
    jump(by);
    std::this_thread::sleep_for(seconds(1));
    EXPECT_TRUE(aisled.running());
    aisled.kill_hard();
  }
  verdict(1000);
}

INSTANTIATE_TEST_SUITE_P(Protocols, Surroundings, testing::Values(5, 4),
                         [](const auto& protocol) { return protocol.param == 5 ? "Mqtt5" : "Mqtt311"; });

}  // namespace
}  // namespace aisle::e2e
