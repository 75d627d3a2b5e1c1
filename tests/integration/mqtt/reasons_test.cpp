// The reasons that a mosquitto on loopback does not give on demand.
#include "sync/mqtt/reasons.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mosquitto.h>

#include <cerrno>

namespace aisle::sync {
namespace {

using ::testing::HasSubstr;

TEST(Reasons, ConnackOfBothProtocols) {
  EXPECT_EQ(connack_refused(1).state, "protocol");
  EXPECT_EQ(connack_refused(3).state, "server busy");
  EXPECT_EQ(connack_refused(4).state, "login refused");
  EXPECT_EQ(connack_refused(5).state, "not authorised");
  EXPECT_EQ(connack_refused(0x86).state, "login refused");
  EXPECT_EQ(connack_refused(0x87).state, "not authorised");
  EXPECT_EQ(connack_refused(0x89).state, "server busy");
  EXPECT_EQ(connack_refused(0xFF).state, "protocol");
  EXPECT_THAT(connack_refused(0xFF).detail, HasSubstr("0xff"));
}

TEST(Reasons, DisconnectByTheBroker) {
  EXPECT_EQ(disconnected_by_broker(0x8E).state, "taken over");
  EXPECT_EQ(disconnected_by_broker(0x8B).state, "lost");
  EXPECT_EQ(disconnected_by_broker(0x97).state, "server busy");
  EXPECT_EQ(disconnected_by_broker(0x82).state, "protocol");
}

TEST(Reasons, TcpFailuresNameThePlace) {
  EXPECT_EQ(tcp_failed(ECONNREFUSED, "h port 1").state, "refused");
  EXPECT_EQ(tcp_failed(EHOSTUNREACH, "h port 1").state, "unreachable");
  EXPECT_THAT(tcp_failed(ETIMEDOUT, "h port 1").detail, HasSubstr("h port 1"));
}

TEST(Reasons, ALostConnectionIsNoRefusalOfTheMessage) {
  EXPECT_EQ(publish_refused(MOSQ_ERR_NO_CONN), 0);
  EXPECT_EQ(publish_refused(MOSQ_ERR_CONN_LOST), 0);
  EXPECT_EQ(publish_refused(MOSQ_ERR_SUCCESS), 0);
  EXPECT_EQ(publish_refused(MOSQ_ERR_OVERSIZE_PACKET), 0x95);
}

}  // namespace
}  // namespace aisle::sync
