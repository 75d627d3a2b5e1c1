// The access list that is shipped, in front of a real broker.
#include <sstream>

#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

class AccessListTest : public MqttTest {
 protected:
  void SetUp() override {
    std::ifstream file(AISLE_ACL_FILE);
    std::stringstream text;
    text << file.rdbuf();
    fakes::BrokerOptions with;
    for (const char* gateway : {"s1/g1", "s1/g2", "s2/g1"}) {
      const std::string store = std::string(gateway).substr(0, 2);
      with.users[gateway] = "pw";
      text << "user " << gateway << "\ntopic read aisle/v1/" << store << "/_all/sync/+\n";
    }
    with.users["cloud"] = "pw";
    with.acl = text.str();
    broker = std::make_unique<fakes::MosquittoBroker>(with);
    ASSERT_TRUE(broker->start());
    secret = password_file(*broker, "pw");
  }
  std::shared_ptr<Client> user(const std::string& name, std::vector<std::string> topics = {}) {
    auto with = options(*broker, "client-of-" + std::string(name).replace(name.find('/') % name.size(), 1, "_"));
    with.username = name;
    with.password_file = secret;
    return connected_client(with, std::move(topics));
  }
  // The broker's answer to one publish.
  int publish(const std::shared_ptr<Client>& from, const std::string& topic) {
    const std::size_t before = from->acknowledged.size();
    on_loop([&] { from->transport.publish(1, out(topic, topic)); });
    EXPECT_TRUE(eventually([&] { return from->acknowledged.size() > before; })) << topic;
    return from->acknowledged.size() > before ? from->acknowledged.back().second : -1;
  }
  static std::vector<std::string> topics(const Client& of) {
    std::vector<std::string> out;
    for (const auto& message : of.messages) out.push_back(message.topic);
    return out;
  }

  std::unique_ptr<fakes::MosquittoBroker> broker;
  std::string secret;
};

TEST_F(AccessListTest, AGatewayPublishesItsOwnAndNothingElse) {
  auto gateway = user("s1/g1");
  for (const char* own : {"evt/zone/entered", "status", "sync/offers/request", "res/r-1"}) {
    EXPECT_LT(publish(gateway, std::string("aisle/v1/s1/g1/") + own), 0x80) << own;
  }
  for (const char* foreign :
       {"aisle/v1/s1/g2/evt/zone/entered", "aisle/v1/s2/g1/status", "aisle/v1/s1/g1/cmd/reload",
        "aisle/v1/s1/g1/sync/offers", "aisle/v1/s1/_all/sync/offers", "aisle/v1/s1/g2/sync/offers/request", "other"}) {
    EXPECT_EQ(publish(gateway, foreign), 0x87) << foreign;
  }
}

TEST_F(AccessListTest, AGatewayHearsItsOwnAndItsStoreAndNothingElse) {
  auto gateway = user("s1/g1", {"#"});
  auto other = user("s1/g2");
  auto cloud = user("cloud");
  EXPECT_LT(publish(other, "aisle/v1/s1/g2/evt/zone/entered"), 0x80);
  EXPECT_LT(publish(other, "aisle/v1/s1/g2/status"), 0x80);
  for (const char* topic : {"aisle/v1/s1/g2/cmd/reload", "aisle/v1/s1/g2/sync/keys", "aisle/v1/s2/_all/sync/keys",
                            "aisle/v1/s1/g1/cmd/reload", "aisle/v1/s1/g1/sync/keys", "aisle/v1/s1/_all/sync/keys"}) {
    EXPECT_LT(publish(cloud, topic), 0x80) << topic;
  }
  ASSERT_TRUE(eventually([gateway] { return gateway->messages.size() >= 3; }));
  EXPECT_THAT(topics(*gateway), ::testing::ElementsAre("aisle/v1/s1/g1/cmd/reload", "aisle/v1/s1/g1/sync/keys",
                                                       "aisle/v1/s1/_all/sync/keys"));
}

TEST_F(AccessListTest, TheCloudReadsTheFeedAndSpeaksForNobody) {
  auto cloud = user("cloud", {"aisle/v1/s1/+/evt/#", "aisle/v1/s1/+/status", "aisle/v1/s1/+/sync/+/request"});
  auto gateway = user("s1/g1");
  for (const char* topic :
       {"aisle/v1/s1/g1/evt/zone/entered", "aisle/v1/s1/g1/status", "aisle/v1/s1/g1/sync/offers/request"}) {
    EXPECT_LT(publish(gateway, topic), 0x80) << topic;
  }
  EXPECT_TRUE(eventually([cloud] { return cloud->messages.size() == 3; }));
  EXPECT_EQ(publish(cloud, "aisle/v1/s1/g1/evt/zone/entered"), 0x87);
  EXPECT_EQ(publish(cloud, "aisle/v1/s1/g1/status"), 0x87);
}

TEST_F(AccessListTest, ACommandReachesItsGatewayAloneAndTheReplyTheCloud) {
  auto cloud = user("cloud", {"aisle/v1/+/+/res/#"});
  auto gateway = user("s1/g1", {"aisle/v1/s1/g1/cmd/+"});
  auto other = user("s1/g2", {"aisle/v1/s1/g1/cmd/+", "$share/spies/aisle/v1/s1/g1/cmd/+", "aisle/v1/s1/g2/cmd/+"});
  EXPECT_LT(publish(cloud, "aisle/v1/s1/g1/cmd/ping"), 0x80);
  EXPECT_LT(publish(cloud, "aisle/v1/s1/g2/cmd/ping"), 0x80);  // after which nothing of the other is on its way
  ASSERT_TRUE(eventually([gateway, other] { return !gateway->messages.empty() && !other->messages.empty(); }));
  EXPECT_THAT(topics(*other), ::testing::ElementsAre("aisle/v1/s1/g2/cmd/ping"));
  EXPECT_EQ(publish(other, "aisle/v1/s1/g1/res/r-1"), 0x87);
  EXPECT_EQ(publish(other, "aisle/v1/s1/g2/cmd/ping"), 0x87);
  EXPECT_EQ(publish(cloud, "aisle/v1/s1/g1/res/r-1"), 0x87);
  OutMessage reply = out("aisle/v1/s1/g1/res/r-1", "{}");
  reply.correlation_data = std::string("a\0b", 3);
  on_loop([&] { gateway->transport.publish(1, reply); });
  ASSERT_TRUE(eventually([cloud] { return !cloud->messages.empty(); }));
  EXPECT_THAT(topics(*cloud), ::testing::ElementsAre("aisle/v1/s1/g1/res/r-1"));
  EXPECT_EQ(cloud->messages[0].correlation_data, reply.correlation_data);
}

TEST_F(AccessListTest, AGatewayCannotClearWhatAnotherRetains) {
  auto other = user("s1/g2");
  on_loop([&] { other->transport.publish(1, out("aisle/v1/s1/g2/status", "online", true)); });
  ASSERT_TRUE(eventually([other] { return !other->acknowledged.empty(); }));
  auto gateway = user("s1/g1");
  on_loop([&] { gateway->transport.publish(1, out("aisle/v1/s1/g2/status", "", true)); });
  ASSERT_TRUE(eventually([gateway] { return !gateway->acknowledged.empty(); }));
  EXPECT_EQ(gateway->acknowledged[0].second, 0x87);
  auto cloud = user("cloud", {"aisle/v1/s1/+/status"});
  ASSERT_TRUE(eventually([cloud] { return !cloud->messages.empty(); }));
  EXPECT_EQ(cloud->messages[0].payload, "online");
}

TEST_F(AccessListTest, AStrangerIsNotLetIn) {
  auto with = options(*broker, "s1_g1");
  EXPECT_EQ(attempt(with).state, "not authorised");
}

}  // namespace
}  // namespace aisle::sync
