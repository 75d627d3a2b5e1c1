// Random interleavings of commits, acknowledgements in any order, refusals, lost connections and restarts: nothing is
// lost, nothing is acknowledged early, every resend is the same bytes.
#include <map>
#include <set>

#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {
namespace {

class PumpPropertyTest : public SessionTest, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  void begin() {
    SessionOptions with;
    with.window = 1 + static_cast<std::uint32_t>(dice.below(20));
    with.retry_spread = seconds(1);
    start(with);
  }
  void acknowledge_one() {
    if (transport.unanswered.empty()) return;
    const std::size_t n = dice.below(transport.unanswered.size());
    const OutMessage message = transport.unanswered[n].message;
    const std::uint64_t roll = dice.below(20);
    const int reason = roll == 0 ? 0x97 : roll == 1 ? 0x87 : 0;
    if (message.topic.find("/evt/") != std::string::npos && reason != 0x97) settled.insert(number(message.payload));
    transport.acknowledge(n, reason);
  }
  void step() {
    switch (dice.below(9)) {
      case 0:
        commit(1 + static_cast<int>(dice.below(40)));
        break;
      case 1:
        loop.run_for(milliseconds(dice.below(5000)));
        break;
      case 2:
        if (transport.connected && dice.below(4) == 0) transport.end();
        break;
      case 3:
        if (transport.connecting) transport.accept(static_cast<std::uint16_t>(1 + dice.below(30)));
        break;
      case 4:
        if (dice.below(10) == 0) restart();
        break;
      default:
        acknowledge_one();
    }
    check();
  }
  void restart() {
    session.reset();
    transport = fakes::FakeTransport();
    begin();
  }
  static int number(const std::string& payload) { return std::stoi(payload.substr(5)); }
  void check() {
    for (const auto& publish : transport.published) {
      if (publish.message.topic.find("/evt/") == std::string::npos) continue;
      const int n = number(publish.message.payload);
      const auto known = bytes.emplace(n, publish.message.payload).first;
      ASSERT_EQ(known->second, publish.message.payload);
    }
    transport.published.clear();
    std::int64_t expected = checked_to + 1;
    for (auto row = store.rows.upper_bound(checked_to); expected <= store.last_id; ++expected) {
      if (row != store.rows.end() && row->first == expected) {
        ++row;
        continue;
      }
      ASSERT_TRUE(settled.contains(static_cast<int>(expected))) << "deleted but never answered: " << expected;
    }
    while (checked_to < store.last_id && !store.rows.contains(checked_to + 1)) ++checked_to;
    ASSERT_LE(transport.unanswered.size(), options.window + 1U);
  }

  SeededRandom dice{GetParam()};
  std::int64_t checked_to = 0;  // everything up to here is gone from the store
  std::set<int> settled;        // acknowledged or refused for good by the broker
  std::map<int, std::string> bytes;
};

TEST_P(PumpPropertyTest, NothingIsLostOrAcknowledgedEarly) {
  begin();
  for (int i = 0; i < 1500; ++i) step();
  for (int round = 0; round < 10'000 && !session->drained(); ++round) {
    if (transport.connecting) transport.accept();
    while (!transport.unanswered.empty()) acknowledge_one();
    loop.run_for(seconds(1));
    check();
  }
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(store.rows.empty());
  EXPECT_EQ(settled.size(), static_cast<std::size_t>(store.last_id));
  EXPECT_GT(store.last_id, 1000);
}
INSTANTIATE_TEST_SUITE_P(Seeds, PumpPropertyTest, ::testing::Range<std::uint64_t>(1, 31));

}  // namespace
}  // namespace aisle::sync
