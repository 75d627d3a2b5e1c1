// The whole session against a broker that is killed in the middle.
#include <algorithm>
#include <set>

#include "sync/core/session.hpp"
#include "tests/fakes/fake_store.hpp"
#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

class NoHost final : public SessionHost {
 public:
  void stage(StagePage, std::function<void(bool)> done) override { done(true); }
  void apply(DatasetMessage, std::function<void(bool)> done) override { done(true); }
  void confirm_current(Dataset) override {}
  void on_command(std::string_view, const InMessage&) override {}
  void on_refused(const store::OutboxEvent&, int, std::string_view) override { ++refused; }
  int refused = 0;
};

class RestartTest : public MqttTest {
 protected:
  void make_session(const fakes::MosquittoBroker& broker, int protocol) {
    on_loop([&] {
      store = std::make_unique<fakes::FakeStore>(core.loop());
      transport = std::make_unique<MosquittoTransport>(options(broker, "s1_g1", protocol), core.loop(), log);
      SessionOptions with;
      with.store = "s1";
      with.gateway = "g1";
      with.epoch = "aaaaaaaaaaaaaaaa";
      with.retry_spread = seconds(0);
      with.retry_max = seconds(1);
      session = std::make_unique<Session>(with, core.loop(), random, *transport, *store, host, log);
      session->start({});
    });
  }
  void commit(int count) {
    on_loop([&] {
      std::vector<store::OutboxEvent> events;
      const std::int64_t first = store->last_id + 1;
      for (int i = 0; i < count; ++i) {
        const auto sequence = static_cast<std::uint64_t>(store->last_id + 1);
        events.push_back({"aaaaaaaaaaaaaaaa", sequence, "zone.entered", std::to_string(sequence), 0, false});
        store->rows[++store->last_id] = events.back();
      }
      session->on_committed(events, first);
    });
  }
  void TearDown() override {
    on_loop([&] {
      session.reset();
      transport.reset();
    });
    MqttTest::TearDown();
  }

  SystemRandom random;
  NoHost host;
  std::unique_ptr<fakes::FakeStore> store;
  std::unique_ptr<MosquittoTransport> transport;
  std::unique_ptr<Session> session;
};

class BrokerRestart : public RestartTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Protocols, BrokerRestart, ::testing::Values(3, 5));

TEST_P(BrokerRestart, EveryEventIsAcknowledgedAlthoughTheBrokerIsKilledTwice) {
  constexpr int kBatch = 400;
  constexpr int kBatches = 6;
  fakes::MosquittoBroker broker({.lines = {"max_queued_messages 0"}});
  ASSERT_TRUE(broker.start());
  auto consumer = connected_client(options(broker, "consumer"), {"aisle/v1/s1/+/evt/#"});
  make_session(broker, GetParam());
  ASSERT_TRUE(eventually([&] { return session->status().state == "online"; }));
  for (int batch = 1; batch <= kBatches; ++batch) {
    commit(kBatch);
    if (batch % 3 != 0) continue;
    const auto acknowledged = static_cast<std::uint64_t>((batch - 1) * kBatch);
    ASSERT_TRUE(eventually([&] { return session->status().acknowledged >= acknowledged; }));
    broker.kill_hard();
    commit(1);
    ASSERT_TRUE(broker.start());
    consumer = connected_client(options(broker, "consumer"), {"aisle/v1/s1/+/evt/#"});
  }
  ASSERT_TRUE(eventually([&] { return session->drained(); }, seconds(60)));
  // What the broker had acknowledged but not delivered when it was killed is lost with it: not ours to resend. Ours is
  // that everything not acknowledged was published again.
  EXPECT_TRUE(store->rows.empty());
  EXPECT_EQ(session->status().acknowledged, static_cast<std::uint64_t>(store->last_id));
  EXPECT_EQ(session->status().connects, 3U);
  EXPECT_EQ(host.refused, 0);
  if (GetParam() != 5) return;
  // Only MQTT 5 says that nobody was there to hear: then the last ones wait for the consumer to come back.
  const auto last_arrived = [&] {
    const std::string last = std::to_string(store->last_id);
    return std::ranges::any_of(consumer->messages, [&](const InMessage& message) { return message.payload == last; });
  };
  EXPECT_TRUE(eventually(last_arrived));
}

TEST_F(RestartTest, ADurableConsumerSeesEveryEventAcrossARestartOfTheBroker) {
  constexpr int kHalf = 2500;
  fakes::MosquittoBroker broker({.persistence = true, .lines = {"max_queued_messages 0"}});
  ASSERT_TRUE(broker.start());
  ASSERT_TRUE(broker.subscribe_durably("aisle/v1/s1/+/evt/#"));
  make_session(broker, 5);
  ASSERT_TRUE(eventually([&] { return session->status().state == "online"; }));
  commit(kHalf);
  ASSERT_TRUE(eventually([&] { return session->status().acknowledged > 500; }));
  broker.stop();
  commit(kHalf);
  ASSERT_TRUE(broker.start());
  ASSERT_TRUE(eventually([&] { return session->drained(); }, seconds(60)));
  const auto all_seen = [&] {
    const auto lines = broker.durable_lines();
    const std::set<std::string> seen(lines.begin(), lines.end());
    for (int n = 1; n <= 2 * kHalf; ++n) {
      if (!seen.contains(std::to_string(n))) return false;
    }
    return true;
  };
  EXPECT_TRUE(eventually(all_seen, seconds(60)));
  EXPECT_GE(session->status().connects, 2U);
}

TEST_F(RestartTest, CleanStopLeavesTheGatewayOffline) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto consumer = connected_client(options(broker, "consumer"), {"aisle/v1/s1/+/evt/#"});
  make_session(broker, 5);
  ASSERT_TRUE(eventually([&] { return session->status().state == "online"; }));
  commit(100);
  bool stopped = false;
  on_loop([&] { session->stop(milliseconds(3000), [&] { stopped = true; }); });
  ASSERT_TRUE(eventually([&] { return stopped; }));
  EXPECT_TRUE(store->rows.empty());
  auto reader = connected_client(options(broker, "reader"), {"aisle/v1/s1/g1/status"});
  ASSERT_TRUE(eventually([reader] { return reader->messages.size() == 1; }));
  EXPECT_THAT(reader->messages[0].payload, ::testing::HasSubstr(R"("state":"offline")"));
}

}  // namespace
}  // namespace aisle::sync
