// Power fails again and again, of the gateway and of the broker: everything that was committed arrives, unaltered, and
// nothing that was not.
//
// What is asserted, and why it is true. The gateway is killed at any moment; the broker survives that, so whatever it
// acknowledged is in the subscriber's durable session. The broker too is killed with SIGKILL, but Mosquitto
// acknowledges before it writes its persistence file: a message that it acknowledged and had not yet handed to the
// subscriber dies with it, and no publisher can know. So before the broker is killed the gateway is frozen and markers
// are sent behind what it has sent; when the last one has been printed so has everything that was acknowledged. The
// gateway is killed frozen or goes on, and what it never saw acknowledged it must send again.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "agent/base/random.hpp"
#include "tests/e2e/agent/ordeal.hpp"

namespace aisle::e2e {
namespace {

// AISLE_ROUNDS says how many; else 1,000 in the long mode, about 65 minutes.
int rounds() {
  if (const char* count = std::getenv("AISLE_ROUNDS"); count != nullptr) return std::atoi(count);
  const char* wanted = std::getenv("AISLE_LONG");
  return wanted != nullptr && std::string(wanted) == "yes" ? 1000 : 6;
}

class Crash : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ordeal_.prepare({}), ""); }

  // The gateway is killed after a while; its tail never showed more than was committed.
  void gateway_dies(std::chrono::milliseconds after) {
    auto aisled = shop_.site.start_aisled();
    const auto end = std::chrono::steady_clock::now() + after;
    fakes::Command command;
    command.argv = {AISLECTL, "events", "tail", "--json", "--state-dir", shop_.site.state_dir()};
    command.out = shop_.site.file("tail.jsonl");
    fakes::Process tail(command);
    while (std::chrono::steady_clock::now() < end) {
      if (!tail.running()) tail = fakes::Process(command);  // the daemon was not up yet
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    aisled.kill_hard();
    [[maybe_unused]] const auto ended = tail.wait();
    for (const auto& event : parse_lines(fakes::read_file(shop_.site.file("tail.jsonl"))))
      shown_.push_back(event["id"]);
  }

  // The broker is killed under a gateway that is at work, as said above; then the gateway goes on, or dies too.
  void broker_dies(std::chrono::milliseconds after, bool gateway_too) {
    auto aisled = shop_.site.start_aisled();
    std::this_thread::sleep_for(after);
    aisled.signal(SIGSTOP);
    ASSERT_TRUE(ordeal_.marker_passes());
    shop_.broker.kill_hard();
    if (gateway_too) aisled.kill_hard();
    aisled.signal(SIGCONT);
    ASSERT_TRUE(shop_.broker.start());
    if (gateway_too) return;
    std::this_thread::sleep_for(after);  // it reconnects, resends, goes on
    aisled.kill_hard();
  }

  Ordeal ordeal_;
  Shop& shop_ = ordeal_.shop;
  std::vector<std::string> shown_;  // ids that tails showed
};

TEST_F(Crash, NothingThatWasCommittedIsLost) {
  SeededRandom random(20261);
  for (int round = 0; round < rounds(); ++round) {
    const std::chrono::milliseconds after(300 + random.below(2200));
    SCOPED_TRACE("round " + std::to_string(round) + ", after " + std::to_string(after.count()) + " ms");
    switch (round % 3) {
      case 0:
        gateway_dies(after);
        break;
      case 1:
        broker_dies(after, false);
        break;
      default:
        broker_dies(after, true);
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  ASSERT_EQ(ordeal_.clean_runs(), "");

  const auto ledger = ordeal_.ledger();
  EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
  EXPECT_GT(ledger.events(), 2000U);
  EXPECT_GE(ledger.epochs(), 3U);
  for (const auto& id : shown_) {
    const auto dash = id.rfind('-');
    EXPECT_LE(std::stoull(id.substr(dash + 1)), ledger.committed(id.substr(0, dash)))
        << "shown before it was committed";
  }
  RecordProperty("events", static_cast<int>(ledger.events()));
  RecordProperty("epochs", static_cast<int>(ledger.epochs()));
  RecordProperty("duplicates", static_cast<int>(ledger.duplicates()));
}

}  // namespace
}  // namespace aisle::e2e
