#include <gmock/gmock.h>

#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::HasSubstr;

Config shown_and_read_back(const Config& config) {
  Config back = parsed(show_toml(config));
  back.warnings = config.warnings;
  return back;
}

TEST(Show, TomlReadsBackAsTheSameConfiguration) {
  const Config config = parsed(with(R"(
name = "Caf\u00e9 \"1\"\\"
categories = ["a", "b"]
dwell_s = []
[[zones]]
id = "b"
kind = "checkout"
receivers = [{ id = "g2", enter_rssi = -50, exit_rssi = -55 }, "g1"]
[ble]
source = "replay"
file = "/tmp/it's here.jsonl"
speed = 1e3
[simulator]
seed = 9223372036854775807
[sync]
host = "::1"
tls = true
cert = "c"
key = "pkcs11:token=t;object=k"
token_module = "/m.so"
pin_file = "credential:k"
alpn = "mqtt"
username = "u"
password_file = "p"
protocol = "3.1.1"
[presence]
zone_margin_db = 0.1
[time]
trust = "synchronised"
[log]
level = "warning"
)"));
  EXPECT_EQ(shown_and_read_back(config), config);
}

TEST(Show, AdaptersReadBackAsTheyAre) {
  for (const char* value : {"\"hci1\"", "[{ name = \"hci1\", receiver = \"door\" }]",
                            "[\"AA:BB:CC:00:11:FF\", { name = \"AA:BB:CC:00:11:FE\", receiver = \"door\" }]"}) {
    const Config config = parsed(with(std::string("[ble]\nadapter = ") + value));
    EXPECT_EQ(shown_and_read_back(config), config) << value;
  }
  const std::string shown = show_toml(parsed(with("[ble]\nadapter = [\"hci0\", \"hci1\"]")));
  EXPECT_THAT(shown, HasSubstr("adapter = [\"hci0\", \"hci1\"]"));
}

TEST(Show, DefaultsReadBackToo) {
  const Config config = parsed(kStore);
  EXPECT_EQ(shown_and_read_back(config), config);
}

TEST(Show, JsonHasTheValuesInForce) {
  const std::string json = show_json(parsed(with("enter_rssi = -60\n")));
  EXPECT_THAT(json, HasSubstr("\"enter_rssi\": -60"));
  EXPECT_THAT(json, HasSubstr("\"consent_max_age_h\": 72"));
  EXPECT_THAT(json, HasSubstr("\"start\": \"2026-03-06T15:00:00.000Z\""));
  EXPECT_THAT(json, HasSubstr("\"protocol\": \"5\""));
}

}  // namespace
}  // namespace aisle::config
