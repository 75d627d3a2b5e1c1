#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/config/minimal.hpp"

namespace aisle::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The working configuration of the contract, as it stands there.
constexpr std::string_view kContract = R"(
    [store]
    id = "s1"
    gateway = "g1"
    timezone = "Europe/Madrid"       # IANA name
    [ble]
    source = "replay"                # bluez | hci | replay | simulator
    file = "walk.jsonl"              # replay only; every format that `aislectl replay` takes
    speed = 1.0                      # replay only; 0 = as fast as it goes
    [[zones]]
    id = "coffee"
    name = "Coffee shelf"
    kind = "aisle"                   # entrance | aisle | checkout | pickup | store | other
    receivers = ["g1"]               # gateways that hear this zone; or [{ id = "g1", enter_rssi = -66, exit_rssi = -74 }]
    enter_rssi = -68
    exit_rssi = -76
    [sync]
    host = "127.0.0.1"
    port = 1883
)";

TEST(Parse, ContractExample) {
  const Config config = parsed(kContract);
  EXPECT_EQ(config.store.id, "s1");
  EXPECT_EQ(config.ble.source, SourceKind::replay);
  EXPECT_EQ(config.ble.file, "walk.jsonl");
  ASSERT_EQ(config.zones.size(), 1U);
  EXPECT_EQ(config.zones[0].name, "Coffee shelf");
  EXPECT_EQ(config.zones[0].receivers.at(0).exit_rssi, -76);
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST(Parse, DefaultsAreThoseOfTheStructs) {
  const Config config = parsed(with(""));
  Config expected;
  expected.store = {"s1", "g1", "Europe/Madrid"};
  expected.zones = {ZoneEntry{
      "coffee", "coffee", "other", "floor", {{"g1", -68, -76}}, 3, seconds{30}, {seconds{60}, seconds{300}}, {}}};
  EXPECT_EQ(config, expected);
  EXPECT_EQ(format_rfc3339(config.simulator.start), "2026-03-06T15:00:00.000Z");
}

TEST(Parse, EverySectionIsTaken) {
  const Config config = parsed(with(R"(
layer = "deck"
min_samples = 5
exit_after_s = 12
dwell_s = [5, 10, 20]
categories = ["hot-drinks"]
[ble]
source = "simulator"
adapter = "hci1"
scanning = "passive"
speed = 0
queue = 16
wait_for_datasets_s = 3
[simulator]
seed = 7
customers = 5
passers = 0
beacons = 2
start = "2026-01-02T03:04:05+01:00"
duration_s = 60
[presence]
visit_gap_s = 120
smoothing = { window_s = 9, samples = 4 }
zone_margin_db = 2.5
max_customers = 10
[time]
trust = "synchronised"
[sync]
host = "broker.example"
port = 8883
tls = true
ca = "ca.pem"
cert = "c.pem"
key = "k.pem"
username = "u"
password_file = "p"
protocol = "3.1.1"
prefix = "a/b/c"
keepalive_s = 10
retry_spread_s = 0
retry_max_s = 20
window = 8
[outbox]
max_rows = 1000
max_bytes = 65536
max_age_h = 24
ledger_max_age_h = 48
[privacy]
allow_static = true
consent_max_age_h = 2
master_key = "credential:aisle-master"
[log]
level = "debug"
)"));
  const ZoneEntry& zone = config.zones.at(0);
  EXPECT_EQ(zone.layer, "deck");
  EXPECT_EQ(zone.min_samples, 5U);
  EXPECT_EQ(zone.exit_after, seconds{12});
  EXPECT_THAT(zone.dwell, ElementsAre(seconds{5}, seconds{10}, seconds{20}));
  EXPECT_THAT(zone.categories, ElementsAre("hot-drinks"));
  EXPECT_EQ(config.ble,
            (BleSection{SourceKind::simulator, {{"hci1", ""}}, ScanningMode::passive, "", 0, 16, seconds{3}}));
  EXPECT_EQ(config.simulator.seed, 7U);
  EXPECT_EQ(config.simulator.passers, 0U);
  EXPECT_EQ(format_rfc3339(config.simulator.start), "2026-01-02T02:04:05.000Z");
  EXPECT_EQ(config.presence, (PresenceSection{seconds{120}, seconds{9}, 4, 2.5, 10}));
  EXPECT_EQ(config.time_trust, ClockTrust::synchronised);
  EXPECT_EQ(config.sync, (SyncSection{"broker.example", 8883, true, "ca.pem", "c.pem", "k.pem", "u", "p", 3, "a/b/c",
                                      seconds{10}, seconds{0}, seconds{20}, 8}));
  EXPECT_EQ(config.outbox, (OutboxSection{1000, 65536, seconds{86400}, seconds{172800}}));
  EXPECT_EQ(config.privacy, (PrivacySection{true, seconds{7200}, "credential:aisle-master"}));
  EXPECT_EQ(config.log_level, LogLevel::debug);
}

TEST(Parse, ReceiversInheritThresholdsOfTheZone) {
  const Config config = parsed(std::string(kStore) + R"([[zones]]
id = "z"
enter_rssi = -60
exit_rssi = -65
receivers = ["g1", { id = "g2", enter_rssi = -50 }, { id = "g3", enter_rssi = -66, exit_rssi = -74 }]
)");
  EXPECT_THAT(config.zones.at(0).receivers,
              ElementsAre(ZoneReceiverEntry{"g1", -60, -65}, ZoneReceiverEntry{"g2", -50, -65},
                          ZoneReceiverEntry{"g3", -66, -74}));
}

TEST(Parse, AdaptersHearForTheGatewayOrForAReceiverOfTheirOwn) {
  const auto adapters = [](const std::string& value) { return parsed(with("[ble]\nadapter = " + value)).ble.adapters; };
  EXPECT_THAT(parsed(with("")).ble.adapters, ElementsAre(AdapterEntry{"", ""}));
  EXPECT_THAT(adapters("\"\""), ElementsAre(AdapterEntry{"", ""}));
  EXPECT_THAT(adapters("[\"hci0\", { name = \"hci12\", receiver = \"door\" }]"),
              ElementsAre(AdapterEntry{"hci0", ""}, AdapterEntry{"hci12", "door"}));
  EXPECT_THAT(adapters("\"aa:bb:cc:00:11:ff\""), ElementsAre(AdapterEntry{"AA:BB:CC:00:11:FF", ""}));
}

TEST(Parse, FormsOfTheSameValue) {
  EXPECT_EQ(parsed(with("[sync]\nprotocol = 5\n")).sync.protocol, 5);
  EXPECT_EQ(parsed(with("[sync]\nprotocol = \"5\"\n")).sync.protocol, 5);
  EXPECT_EQ(parsed(with("[presence]\nsmoothing_window_s = 9\n")).presence.smoothing_window, seconds{9});
  EXPECT_EQ(parsed(with("[ble]\nspeed = 2\n")).ble.speed, 2.0);
  EXPECT_EQ(format_rfc3339(parsed(with("[simulator]\nstart = 2026-01-02T03:04:05Z\n")).simulator.start),
            "2026-01-02T03:04:05.000Z");
  EXPECT_THAT(parsed(with("dwell_s = []\n")).zones.at(0).dwell, IsEmpty());
}

TEST(Load, FilesAreReadAndNamed) {
  const std::string good = AISLE_TEST_DATA "/config/shop.toml";
  const auto config = load(good);
  ASSERT_TRUE(config.has_value()) << config.error().message();
  EXPECT_EQ(config->zones.size(), 2U);
  const std::string bad = AISLE_TEST_DATA "/config/wrong.toml";
  const auto wrong = load(bad);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().message(),
            bad + ":11:14: zones[0].enter_rssi: an integer from -127 to 20 expected, not \"loud\"");
}

TEST(Load, WhatIsNoFileIsRefused) {
  EXPECT_THAT(load("/nonexistent/aisle.toml").error().message(), ::testing::HasSubstr("cannot be opened"));
  EXPECT_THAT(load(AISLE_TEST_DATA).error().message(), ::testing::HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace aisle::config
