#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

using ::testing::AnyOf;

class ConnectTest : public MqttTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Protocols, ConnectTest, ::testing::Values(3, 5));

TEST_P(ConnectTest, ConnectsAndSaysGoodbye) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto c = connected_client(options(broker, "s1_g1", GetParam()));
  EXPECT_EQ(c->receive_maximum, GetParam() == 5 ? 20 : 65535);  // mosquitto's default
  on_loop([&] { c->transport.disconnect(); });
  ASSERT_TRUE(eventually([c] { return !c->ends.empty(); }));
  EXPECT_EQ(c->ends[0].state, "closed");
  on_loop([&] { c->transport.connect(std::nullopt); });
  EXPECT_TRUE(eventually([c] { return c->connected; }));
}

TEST_P(ConnectTest, WrongPasswordIsALoginProblem) {
  fakes::MosquittoBroker broker({.users = {{"s1/g1", "right"}}});
  ASSERT_TRUE(broker.start());
  auto with = options(broker, "s1_g1", GetParam());
  with.username = "s1/g1";
  with.password_file = password_file(broker, "wrong");
  EXPECT_THAT(attempt(with).state, AnyOf("not authorised", "login refused"));
  with.password_file = password_file(broker, "right");
  EXPECT_TRUE(connected_client(with)->connected);
  with.password_file = broker.directory() + "/missing";
  EXPECT_EQ(attempt(with).state, "credentials");
}

TEST_P(ConnectTest, WillIsPublishedWhenTheConnectionIsDropped) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto watcher = connected_client(options(broker, "watcher"), {"+/status"});
  std::shared_ptr<Client> victim = client(options(broker, "s1_g1", GetParam()));
  on_loop([&] { victim->transport.connect(Will{"x/status", "offline"}); });
  ASSERT_TRUE(eventually([victim] { return victim->connected; }));
  on_loop([&] {
    clients.pop_back();
    victim.reset();
  });
  ASSERT_TRUE(eventually([watcher] { return !watcher->messages.empty(); }));
  EXPECT_EQ(watcher->messages[0].topic, "x/status");
  EXPECT_EQ(watcher->messages[0].payload, "offline");
  auto later = connected_client(options(broker, "later"), {"+/status"});
  EXPECT_TRUE(eventually([later] { return !later->messages.empty() && later->messages[0].retain; }));
}

TEST_P(ConnectTest, WillIsNotPublishedAfterAGoodbye) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto watcher = connected_client(options(broker, "watcher"), {"#"});
  auto c = client(options(broker, "s1_g1", GetParam()));
  on_loop([&] { c->transport.connect(Will{"x/status", "offline"}); });
  ASSERT_TRUE(eventually([c] { return c->connected; }));
  on_loop([&] {
    c->transport.publish(1, out("x/last", "word"));
    c->transport.disconnect();
  });
  ASSERT_TRUE(eventually([c] { return !c->ends.empty(); }));
  EXPECT_EQ(c->acknowledged.size(), 1U);  // it waited for the answer
  auto other = connected_client(options(broker, "other"));
  on_loop([&] { other->transport.publish(1, out("x/end", ".")); });
  ASSERT_TRUE(
      eventually([watcher] { return !watcher->messages.empty() && watcher->messages.back().topic == "x/end"; }));
  EXPECT_EQ(watcher->messages.size(), 2U);
}

TEST_F(MqttTest, NobodyListens) {
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.port = fakes::free_port();
  EXPECT_EQ(attempt(with).state, "refused");
  with.host = "localhost";  // two addresses, both refusing
  EXPECT_EQ(attempt(with).state, "refused");
}

TEST_F(MqttTest, NameWithSeveralAddressesFindsTheOneThatAnswers) {
  fakes::MosquittoBroker broker;  // on 127.0.0.1 only
  ASSERT_TRUE(broker.start());
  auto with = options(broker, "s1_g1");
  with.host = "localhost";
  EXPECT_TRUE(connected_client(with)->connected);
}

TEST_F(MqttTest, UnknownNameIsADnsProblem) {
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.host = "no-such-host.invalid";
  EXPECT_EQ(attempt(with).state, "dns");
}

TEST_F(MqttTest, ASecondClientOfTheSameIdTakesOver) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  auto first = connected_client(options(broker, "s1_g1"));
  auto second = connected_client(options(broker, "s1_g1"));
  ASSERT_TRUE(eventually([first] { return !first->ends.empty(); }));
  EXPECT_THAT(first->ends[0].state, AnyOf("taken over", "lost"));  // mosquitto 2.0.11 does not say why
  EXPECT_TRUE(second->connected);
}

TEST_F(MqttTest, ASilentServerIsGivenUpAndDoesNotDelayTheEnd) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::uint16_t port = fakes::free_port();
  address.sin_port = htons(port);
  ASSERT_EQ(bind(listener, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.port = port;
  with.connect_timeout = milliseconds(300);
  EXPECT_EQ(attempt(with).state, "unreachable");
  with.connect_timeout = milliseconds(60'000);
  auto hanging = client(with);
  on_loop([&] { hanging->transport.connect(std::nullopt); });
  const auto before = std::chrono::steady_clock::now();
  on_loop([&] {
    clients.clear();
    hanging.reset();
  });
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(2500));
  close(listener);
}

TEST_F(MqttTest, DisconnectEndsAnAttempt) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(listen(listener, 4), 0);  // binds to any free port
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ASSERT_EQ(getsockname(listener, static_cast<sockaddr*>(static_cast<void*>(&address)), &size), 0);
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.port = ntohs(address.sin_port);
  auto c = client(with);
  on_loop([&] {
    c->transport.connect(std::nullopt);
    c->transport.disconnect();
  });
  ASSERT_TRUE(eventually([c] { return !c->ends.empty(); }));
  EXPECT_EQ(c->ends[0].state, "closed");
  close(listener);
}

}  // namespace
}  // namespace aisle::sync
