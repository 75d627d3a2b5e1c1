// [sync] host: one broker, or the nodes of a cluster.
#include <gmock/gmock.h>

#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SyncSection sync_of(std::string_view lines) {
  return parsed(with("[sync]\n" + std::string(lines))).sync;
}

TEST(Hosts, OneIsAsEver) {
  const auto sync = sync_of("host = \"mq.example\"\nport = 8883");
  EXPECT_EQ(sync.host, "mq.example");
  EXPECT_EQ(sync.port, 8883);
  EXPECT_THAT(sync.nodes, IsEmpty());
  EXPECT_THAT(sync_of("host = \"::1\"").nodes, IsEmpty());
}

TEST(Hosts, AListTakesThePortUnlessItNamesOne) {
  const auto sync = sync_of("host = [\"a\", \"b:1884\", \"::1\", \"[fe80::2]\", \"[fe80::2]:1885\"]\nport = 8883");
  EXPECT_EQ(sync.host, "a");
  EXPECT_THAT(sync.nodes, ElementsAre(BrokerNode{"a", 8883}, BrokerNode{"b", 1884}, BrokerNode{"::1", 8883},
                                      BrokerNode{"fe80::2", 8883}, BrokerNode{"fe80::2", 1885}));
}

TEST(Hosts, APortBesideOneHostCounts) {
  EXPECT_THAT(sync_of("host = \"a:1884\"\nport = 8883").nodes, ElementsAre(BrokerNode{"a", 1884}));
}

TEST(Hosts, LoopbackMeansAllOfThem) {
  EXPECT_TRUE(all_loopback(sync_of("host = [\"127.0.0.1:1\", \"127.0.0.2\", \"localhost\"]")));
  EXPECT_FALSE(all_loopback(sync_of("host = [\"127.0.0.1\", \"mq.example\"]")));
}

TEST(Hosts, SubscriptionsAreOfQos1UnlessToldOtherwise) {
  EXPECT_EQ(sync_of("").subscribe_qos, 1);
  EXPECT_EQ(sync_of("subscribe_qos = 0").subscribe_qos, 0);
  EXPECT_THAT(refused(with("[sync]\nsubscribe_qos = 2")), HasSubstr("sync.subscribe_qos"));
}

TEST(Hosts, WhatIsWrongIsNamedByItsPlace) {
  EXPECT_THAT(refused(with("[sync]\nhost = []")), HasSubstr("sync.host: at least one host expected"));
  EXPECT_THAT(refused(with("[sync]\nhost = [\"a\", 5]")), HasSubstr("sync.host[1]: a host name or address"));
  EXPECT_THAT(refused(with("[sync]\nhost = [\"a\", \"a\"]")), HasSubstr("sync.host[1]: \"a\" is listed twice"));
  for (const char* wrong : {"a:0", "a:65536", "a:x", ":1883", "[::1]1883", "a,b", "mqtt://a", "a b"}) {
    EXPECT_THAT(refused(with("[sync]\nhost = [\"" + std::string(wrong) + "\"]")), HasSubstr("sync.host[0]")) << wrong;
    EXPECT_THAT(refused(with("[sync]\nhost = \"" + std::string(wrong) + "\"")), HasSubstr("sync.host: a host"))
        << wrong;
  }
}

}  // namespace
}  // namespace aisle::config
