// What a real broker does not say on demand, and what nobody says: each state by a peer that behaves so.
#include "sync/core/states.hpp"
#include "tests/fakes/forwarder.hpp"
#include "tests/fakes/stub_broker.hpp"
#include "tests/integration/mqtt/mqtt_fixture.hpp"

namespace aisle::sync {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

// CONNACK of MQTT 5: type and length, flags, reason, no properties.
std::string connack5(char reason) {
  return "\x20\x03\x00"s + reason + "\x00"s;
}
const std::string kAccepted3 = "\x20\x02\x00\x00"s;

class StatesTest : public MqttTest {
 protected:
  static MosquittoOptions at(std::uint16_t port, int protocol = 5) {
    MosquittoOptions with;
    with.client_id = "s1_g1";
    with.port = port;
    with.protocol = protocol;
    return with;
  }
  std::string refusal(const std::string& connack, int protocol = 5) {
    const fakes::StubBroker stub(connack);
    return attempt(at(stub.port(), protocol)).state;
  }
};

TEST_F(StatesTest, RefusalsOfTheBroker) {
  EXPECT_EQ(refusal(connack5('\x86')), state::kLoginRefused);
  EXPECT_EQ(refusal(connack5('\x87')), state::kNotAuthorised);
  EXPECT_EQ(refusal(connack5('\x89')), state::kServerBusy);
  EXPECT_EQ(refusal(connack5('\x97')), state::kServerBusy);
  EXPECT_EQ(refusal("\x20\x02\x00\x03"s, 3), state::kServerBusy);
  EXPECT_EQ(refusal("\x20\x02\x00\x04"s, 3), state::kLoginRefused);
  EXPECT_EQ(refusal("\x20\x02\x00\x05"s, 3), state::kNotAuthorised);
}

// Over loopback the refusal comes while the library writes the first words of the handshake.
TEST_F(StatesTest, ARefusedConnectionIsRefusedWithTlsToo) {
  auto with = at(fakes::free_port());
  EXPECT_EQ(attempt(with).state, state::kConnectionRefused);
  with.tls.enabled = true;
  EXPECT_EQ(attempt(with).state, state::kConnectionRefused);
}

TEST_F(StatesTest, TakenOverInMqtt5) {
  // CONNACK, then DISCONNECT (type and length, reason).
  const fakes::StubBroker stub(connack5('\x00') + "\xE0\x01\x8E"s);
  const Disconnected why = attempt(at(stub.port()));
  EXPECT_EQ(why.state, state::kTakenOver);
  EXPECT_FALSE(why.wordless);
  EXPECT_THAT(why.detail, HasSubstr("[store] gateway"));
}

TEST_F(StatesTest, AnAcceptedConnectionThatIsClosedWithoutAWordIsMarkedSo) {
  const fakes::StubBroker stub(kAccepted3, true);
  const Disconnected why = attempt(at(stub.port(), 3));
  EXPECT_EQ(why.state, state::kLost);
  EXPECT_TRUE(why.wordless);
}

TEST_F(StatesTest, ClosedBeforeItAnsweredIsNoTakeOver) {
  const fakes::StubBroker stub("", true);
  const Disconnected why = attempt(at(stub.port(), 3));
  EXPECT_FALSE(why.wordless);
  EXPECT_EQ(why.state, state::kProtocol);
}

// Shorter than the packet that its first bytes would announce, longer, and the alert of a TLS server.
TEST_F(StatesTest, WhatSpeaksAnotherProtocolIsNoBroker) {
  for (const std::string& answer :
       {"HTTP/1.0 400 Bad\r\n\r\n"s, "HTTP/1.1 400 Bad Request\r\n\r\n"s + std::string(200, 'x'),
        "\x15\x03\x01\x00\x02\x02\x46"s, "SSH-2.0-OpenSSH\r\n"s}) {
    for (const int protocol : {3, 5}) {
      const fakes::StubBroker stub(answer, true);
      const Disconnected why = attempt(at(stub.port(), protocol));
      EXPECT_EQ(why.state, state::kProtocol) << answer << " " << why.detail;
      EXPECT_THAT(why.detail, HasSubstr("[sync] port"));
    }
  }
}

TEST_F(StatesTest, HalfOpenIsFoundWithinOneAndAHalfKeepAlives) {
  fakes::MosquittoBroker broker;
  ASSERT_TRUE(broker.start());
  fakes::Forwarder between(broker.port());
  auto with = at(between.port());
  with.keepalive = seconds(5);
  auto c = connected_client(with, {"x"});
  with.port = broker.port();
  with.client_id = "s1_g2";
  auto quiet = connected_client(with);  // nothing happens on this one either, but the broker answers
  between.silence();
  const auto since = clock.steady();
  SteadyTime found{};
  ASSERT_TRUE(eventually([&, c] {
    found = clock.steady();
    return !c->ends.empty();
  }));
  EXPECT_EQ(c->ends[0].state, state::kSilent);
  EXPECT_LT(found - since, milliseconds(7500) + seconds(1));  // the second is the test machine's
  on_loop([&] { c->transport.connect(std::nullopt); });
  EXPECT_TRUE(eventually([c] { return c->connected; }));
  EXPECT_EQ(between.served(), 2);
  EXPECT_FALSE(eventually([quiet] { return !quiet->ends.empty(); }, seconds(1)));
}

TEST_F(StatesTest, TheBrokersKeepAliveCounts) {
  // CONNACK with the property server keep-alive (0x13) = 1 s.
  const fakes::StubBroker stub("\x20\x06\x00\x00\x03\x13\x00\x01"s);
  auto with = at(stub.port());
  with.keepalive = seconds(60);
  EXPECT_EQ(attempt(with).state, state::kSilent);
}

}  // namespace
}  // namespace aisle::sync
