// A node of a clustered broker is killed while events flow through it, from the gateway and to the consumer: none is
// missing afterwards.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "tests/e2e/agent/ledger.hpp"
#include "tests/e2e/agent/shop.hpp"
#include "tests/e2e/cluster/durable_consumer.hpp"
#include "tests/e2e/cluster/nats_cluster.hpp"
#include "tests/e2e/cluster/rabbit_cluster.hpp"

namespace aisle::e2e {
namespace {

using ::testing::IsEmpty;

class ClusterTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "RabbitMQ") {
      cluster_ = std::make_unique<RabbitCluster>();
    } else {
      cluster_ = std::make_unique<NatsCluster>();
    }
    ASSERT_TRUE(cluster_->start()) << cluster_->log(0);
    Settings setup;
    setup.protocol = 3;
    setup.speed = 60;  // 600 s in 10 s
    shop_.stock({20, 60, 10, 2}, setup);
    std::string text = fakes::read_file(shop_.site.file("aisle.toml"));
    const std::string one = "host = \"127.0.0.1\"";
    const std::string quick = GetParam() == "Nats" ? "subscribe_qos = 0\n" : "";  // else minutes: sync/README.md
    text.replace(text.find(one), one.size(), quick + "host = " + cluster_->hosts());
    shop_.site.write("aisle.toml", text);
  }
  // The node that the gateway is connected to; kNodes when there is none.
  [[nodiscard]] std::size_t node_of_gateway() const {
    const auto status = shop_.site.status();
    const auto broker = status.is_object() ? status["sync"]["broker"] : json();
    for (std::size_t node = 0; node < kNodes; ++node)
      if (broker == fmt::format("127.0.0.1:{}", cluster_->port(node))) return node;
    return kNodes;
  }
  [[nodiscard]] std::vector<json> events_once() const {
    std::map<std::string, json> by_id;
    for (const auto& payload : consumer_.payloads()) {
      auto event = json::parse(payload, nullptr, false);
      by_id.emplace(event.value("id", ""), std::move(event));
    }
    std::vector<json> out;
    for (auto& entry : by_id) out.push_back(std::move(entry.second));
    return out;
  }

  std::unique_ptr<BrokerCluster> cluster_;
  Shop shop_;
  DurableConsumer consumer_;
};

TEST_P(ClusterTest, ANodeThatDiesTakesNoEventWithIt) {
  const auto expected = decisions_of(shop_.site.replay("walk.jsonl"));
  ASSERT_GT(expected.size(), 1000U);
  ASSERT_TRUE(consumer_.subscribe(cluster_->port(0)));
  auto aisled = shop_.site.start_aisled();
  std::size_t victim = kNodes;
  ASSERT_TRUE(fakes::eventually([&] { return (victim = node_of_gateway()) < kNodes; })) << shop_.site.log();
  consumer_.open(cluster_->port(victim));
  ASSERT_TRUE(fakes::eventually([&] { return consumer_.payloads().size() > 200; })) << cluster_->log(victim);
  cluster_->kill(victim);
  ASSERT_LT(consumer_.payloads().size(), expected.size()) << "killed too late";
  std::size_t other = kNodes;
  ASSERT_TRUE(fakes::eventually([&] { return (other = node_of_gateway()) < kNodes && other != victim; }))
      << shop_.site.log();
  consumer_.open(cluster_->port(other));
  EXPECT_TRUE(fakes::eventually([&] { return decisions_of(events_once()).size() >= expected.size(); },
                                std::chrono::seconds(120)));
  EXPECT_TRUE(decisions_of(events_once()) == expected);  // too long to print
  const Ledger ledger(consumer_.payloads());
  EXPECT_THAT(ledger.problems(), IsEmpty());
  EXPECT_EQ(ledger.epochs(), 1U);
  // The last acknowledgements may wait until the nodes have agreed on new leaders.
  EXPECT_TRUE(fakes::eventually([&] { return shop_.site.outbox()["rows"] == 0; })) << shop_.site.log();
  RecordProperty("duplicates", static_cast<int>(ledger.duplicates()));
  std::printf("%zu events, %zu duplicates\n", ledger.events(), ledger.duplicates());
}

INSTANTIATE_TEST_SUITE_P(Brokers, ClusterTest, testing::Values("RabbitMQ", "Nats"),
                         [](const auto& broker) { return broker.param; });

}  // namespace
}  // namespace aisle::e2e
