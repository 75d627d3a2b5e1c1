// Several nodes: when one is gone, the next lets us in.
#include <fstream>
#include <sstream>

#include "sync/mqtt/node_turns.hpp"
#include "sync/mqtt/subscribe_qos.hpp"
#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

class NodesTest : public MqttTest {
 protected:
  std::shared_ptr<Client> client_of_both(std::size_t first) {
    MosquittoOptions with;
    with.client_id = "s1_g1";
    with.nodes = {{"127.0.0.1", a.port()}, {"127.0.0.1", b.port()}};
    with.first_node = first;
    return client(with);
  }
  void connect(const std::shared_ptr<Client>& one) {
    on_loop([&] { one->transport.connect(std::nullopt); });
  }
  static std::string name(const fakes::MosquittoBroker& broker) { return "127.0.0.1:" + std::to_string(broker.port()); }

  fakes::MosquittoBroker a, b;
};

TEST_F(NodesTest, WhenANodeDiesTheNextOneIsUsed) {
  ASSERT_TRUE(a.start() && b.start());
  auto one = client_of_both(2);  // the third of two is the first
  connect(one);
  ASSERT_TRUE(eventually([one] { return one->connected; }));
  EXPECT_EQ(one->broker, name(a));
  a.kill_hard();
  ASSERT_TRUE(eventually([one] { return !one->connected; }));
  connect(one);
  ASSERT_TRUE(eventually([one] { return one->connected; }));
  EXPECT_EQ(one->broker, name(b));
  EXPECT_EQ(one->ends.size(), 1U);
}

TEST_F(NodesTest, OneAttemptTriesThemAllAndFailsOnce) {
  auto one = client_of_both(1);
  connect(one);
  ASSERT_TRUE(eventually([one] { return !one->ends.empty(); }));
  EXPECT_EQ(one->ends[0].state, "refused");
  EXPECT_THAT(one->ends[0].detail, ::testing::HasSubstr(std::to_string(a.port())));  // the last that was tried
  ASSERT_TRUE(a.start());
  connect(one);  // b first, which is dead, and then a
  ASSERT_TRUE(eventually([one] { return one->connected; }));
  EXPECT_EQ(one->broker, name(a));
  EXPECT_EQ(one->ends.size(), 1U);
}

// AWS IoT Core takes at most eight topics in one SUBSCRIBE.
TEST_F(MqttTest, ManyTopicsGoInSeveralPacketsAndAreAnsweredOnce) {
  fakes::MosquittoBroker broker({.lines = {"log_type all"}});
  ASSERT_TRUE(broker.start());
  std::vector<std::string> topics;
  for (int i = 0; i < 17; ++i) topics.push_back("t/" + std::to_string(i));
  const auto one = connected_client(options(broker, "s1_g1"), topics);
  ASSERT_EQ(one->grants.size(), 1U);
  ASSERT_EQ(one->grants[0].size(), 17U);
  for (std::size_t i = 0; i < topics.size(); ++i) EXPECT_EQ(one->grants[0][i], std::pair(topics[i], true));
  std::ifstream lines(broker.directory() + "/log");
  int packets = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.find("Received SUBSCRIBE from s1_g1") != std::string::npos) ++packets;
  EXPECT_EQ(packets, 3);
}

TEST_F(MqttTest, SubscribesWithTheQosThatIsConfigured) {
  fakes::MosquittoBroker broker({.lines = {"log_type all"}});
  ASSERT_TRUE(broker.start());
  for (const int qos : {0, 1}) {
    auto with = options(broker, "client-" + std::to_string(qos));
    with.subscribe_qos = qos;
    connected_client(with, {"t"});
  }
  std::stringstream text;
  text << std::ifstream(broker.directory() + "/log").rdbuf();
  EXPECT_THAT(text.str(), ::testing::HasSubstr("client-0 0 t"));
  EXPECT_THAT(text.str(), ::testing::HasSubstr("client-1 1 t"));
}

TEST(NodeTurns, EachHasItsTurnAndHostAndPortAreAClusterOfOne) {
  MosquittoOptions options;
  EXPECT_EQ(NodeTurns(options).current().port, 1883);
  options.nodes = {{"a", 1}, {"b", 2}, {"c", 3}};
  options.first_node = 7;
  NodeTurns turns(options);
  std::string order;
  for (int i = 0; i < 4; ++i, turns.advance()) order += turns.current().host;
  EXPECT_EQ(order, "bcab");
}

TEST(SubscribeQos, IsZeroAfterTwoInARowThatWereNotAnsweredUntilOneWas) {
  SubscribeQos qos(1);
  qos.ended(false);
  qos.ended(true);
  qos.ended(false);
  EXPECT_EQ(qos.current(), 1);
  qos.ended(false);
  EXPECT_EQ(qos.current(), 0);
  qos.ended(false);
  EXPECT_EQ(qos.current(), 0);
  qos.ended(true);
  EXPECT_EQ(qos.current(), 1);
  EXPECT_EQ(SubscribeQos(0).current(), 0);
}

}  // namespace
}  // namespace aisle::sync
