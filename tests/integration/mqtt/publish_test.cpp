#include <set>

#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

class PublishTest : public MqttTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Protocols, PublishTest, ::testing::Values(3, 5));

TEST_P(PublishTest, FiveThousandAreAcknowledgedAndArrive) {
  constexpr std::uint64_t kCount = 5000;
  fakes::MosquittoBroker broker({.lines = {"max_queued_messages 0"}});
  ASSERT_TRUE(broker.start());
  auto consumer = connected_client(options(broker, "consumer"), {"e/#"});
  auto producer = connected_client(options(broker, "producer", GetParam()));
  on_loop([&] {
    for (std::uint64_t token = 1; token <= kCount; ++token) {
      OutMessage message = out("e/x", std::to_string(token));
      message.content_type = "application/json";
      message.utf8_payload = true;
      message.user_properties = {{"replay", "true"}};
      producer->transport.publish(token, std::move(message));
    }
  });
  ASSERT_TRUE(eventually([&] { return producer->acknowledged.size() == kCount; }, seconds(60)));
  ASSERT_TRUE(eventually([&] { return consumer->messages.size() >= kCount; }, seconds(60)));
  std::set<std::string> payloads;
  for (const auto& message : consumer->messages) payloads.insert(message.payload);
  EXPECT_EQ(payloads.size(), kCount);
  std::set<std::uint64_t> tokens;
  for (const auto& answer : producer->acknowledged) {
    EXPECT_LT(answer.second, 0x80);
    tokens.insert(answer.first);
  }
  EXPECT_EQ(tokens.size(), kCount);
}

TEST_F(MqttTest, WhatTheLibraryRefusesIsAPermanentRefusal) {
  fakes::MosquittoBroker broker({.lines = {"max_packet_size 2000"}});
  ASSERT_TRUE(broker.start());
  auto c = connected_client(options(broker, "c"));
  on_loop([&] {
    c->transport.publish(1, out("a/#", "wildcard"));
    c->transport.publish(2, out("a/b", std::string(5000, 'x')));
    c->transport.publish(3, out("a/b", "fine"));
  });
  ASSERT_TRUE(eventually([c] { return c->acknowledged.size() == 3; }));
  EXPECT_EQ(c->acknowledged[0], (std::pair<std::uint64_t, int>{1, 0x90}));
  EXPECT_EQ(c->acknowledged[1], (std::pair<std::uint64_t, int>{2, 0x95}));
  EXPECT_EQ(c->acknowledged[2].first, 3U);
  EXPECT_LT(c->acknowledged[2].second, 0x80);
  EXPECT_TRUE(c->connected);
}

TEST_F(MqttTest, RetainedMessageIsMarked) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto c = connected_client(options(broker, "c"));
  on_loop([&] { c->transport.publish(1, out("a/b", "kept", true)); });
  ASSERT_TRUE(eventually([c] { return c->acknowledged.size() == 1; }));
  auto reader = connected_client(options(broker, "reader"), {"a/b"});
  ASSERT_TRUE(eventually([reader] { return reader->messages.size() == 1; }));
  EXPECT_TRUE(reader->messages[0].retain);
  EXPECT_EQ(reader->messages[0].payload, "kept");
}

TEST_F(MqttTest, APacketLargerThanWeTakeIsNotSentToUs) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto reader = connected_client(options(broker, "reader"), {"a/b"});
  auto writer = connected_client(options(broker, "writer"));
  on_loop([&] {
    writer->transport.publish(1, out("a/b", std::string(6U << 20U, 'x')));
    writer->transport.publish(2, out("a/b", std::string(1U << 20U, 'y')));
  });
  ASSERT_TRUE(eventually([reader] { return !reader->messages.empty(); }));
  EXPECT_EQ(reader->messages[0].payload.size(), 1U << 20U);
  EXPECT_TRUE(reader->connected);
}

}  // namespace
}  // namespace aisle::sync
