#include "agent/provision/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/sources.hpp"

namespace aisle::provision {
namespace {

using ::testing::HasSubstr;

Record some() {
  Record out;
  out.store = "s1";
  out.gateway = "g7";
  out.broker = "mq1.example,mq2.example:1";
  out.url = "https://c.example";
  out.command_key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  out.own_ca = true;
  return out;
}

// The main file and the drop-in, as the daemon reads them.
config::Config in_force(const Record& record) {
  const char* main =
      "[store]\nid = \"s0\"\ngateway = \"g0\"\ntimezone = \"Europe/Madrid\"\n[[zones]]\nid = \"a\"\nreceivers = "
      "[\"g7\"]\n";
  const auto loaded = config::combine({{"aisle.toml", main}, {"70.toml", drop_in_text(record, "/var/\"quoted\"")}}, {});
  EXPECT_TRUE(loaded) << loaded.error().message();
  return loaded ? loaded->config : config::Config{};
}

TEST(DropIn, IsTheConfigurationOfWhatWasProvisioned) {
  const auto config = in_force(some());
  EXPECT_EQ(config.store.id, "s1");
  EXPECT_EQ(config.store.gateway, "g7");
  ASSERT_EQ(config.sync.nodes.size(), 2U);
  EXPECT_EQ(config.sync.nodes[0].port, 8883);
  EXPECT_EQ(config.sync.nodes[1].port, 1);
  EXPECT_TRUE(config.sync.tls);
  EXPECT_EQ(config.sync.ca, "/var/\"quoted\"/ca.pem");
  EXPECT_EQ(config.sync.key, "/var/\"quoted\"/gateway.key");
  EXPECT_EQ(config.commands.public_key, some().command_key);
}

TEST(DropIn, NamesTheToken) {
  Record record = some();
  record.key = {"pkcs11:token=aisle;object=gateway", "/usr/lib/softhsm/libsofthsm2.so", "credential:pin"};
  record.own_ca = false;
  const auto config = in_force(record);
  EXPECT_EQ(config.sync.key, record.key.uri);
  EXPECT_EQ(config.sync.token_module, record.key.module);
  EXPECT_EQ(config.sync.pin_file, "credential:pin");
  EXPECT_EQ(config.sync.ca, "");
}

TEST(Record, IsReadAsItWasWritten) {
  Record record = some();
  record.claim = "c1";
  record.machine = "m1";
  record.cloud_ca = true;
  record.key.uri = "pkcs11:object=x";
  const auto read = parse_record(to_json(record));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(to_json(*read), to_json(record));
  EXPECT_FALSE(parse_record("{}"));
  EXPECT_FALSE(parse_record(""));
}

}  // namespace
}  // namespace aisle::provision
