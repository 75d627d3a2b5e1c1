#include "agent/doctor/ports.hpp"

#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

// Port 1883 listens, 8480 is only connected.
std::vector<Listener> listeners() {
  const FakeTree files;
  files.write("/proc/net/tcp",
              std::string(kHeading) +
                  "   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 77 1 0 0\n"
                  "   1: 0100007F:2120 0100007F:075B 01 00000000:00000000 00:00000000 00000000  0 0 78 1 0 0\n"
                  "   2: broken\n");
  files.write("/proc/12/comm", "mosquitto\n");
  files.link("/proc/12/fd/5", "socket:[77]");
  return gather_listeners(files.tree());
}

TEST(DoctorPorts, WhoListensIsFound) {
  const auto found = listeners();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].port, 1883);
  EXPECT_EQ(found[0].program, "mosquitto");
}

TEST(DoctorPorts, ALocalBrokerMustListen) {
  PortFacts facts{listeners(), {1883}};
  EXPECT_EQ(state_of(judge_broker_port(facts)), State::ok);
  EXPECT_THAT(judge_broker_port(facts).why, HasSubstr("mosquitto"));
  facts.local_brokers = {1884};
  EXPECT_EQ(state_of(judge_broker_port(facts)), State::failure);
  facts.local_brokers.clear();
  EXPECT_EQ(state_of(judge_broker_port(facts)), State::not_applicable);
}

TEST(DoctorPorts, SomebodyElseOnTheHttpPortIsAWarning) {
  PortFacts facts;
  EXPECT_EQ(state_of(judge_http_port(facts)), State::ok);
  facts.listeners = {{8480, 1, "nginx"}};
  EXPECT_EQ(state_of(judge_http_port(facts)), State::warning);
  facts.listeners[0].program = "aisled";
  EXPECT_EQ(state_of(judge_http_port(facts)), State::ok);
  facts.listeners[0].program.clear();
  EXPECT_EQ(state_of(judge_http_port(facts)), State::not_applicable);
}

}  // namespace
}  // namespace aisle::doctor
