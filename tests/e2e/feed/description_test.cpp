// sync/asyncapi.yaml and its schemas say what the agent really sends: every message of a gateway that is run through
// all that it does is held against them by a JSON Schema validator of others (check_feed.py).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSubsetOf;

// RFC 8032, 7.1, TEST 2.
constexpr const char* kSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr const char* kNonce = "000102030405060708090a0b0c0d0e0f";
constexpr const char* kTopic = "aisle/v1/s1/g1/evt/zone/entered";

// Lines as mosquitto_sub prints them with -F %j.
fakes::Finished check(const Site& site, const std::string& lines, const std::string& description = AISLE_ASYNCAPI) {
  return fakes::run({"/usr/bin/python3", AISLE_CHECK_FEED, description, site.write("checked.jsonl", lines)});
}

std::string line_of(const std::string& topic, const json& payload) {
  return json({{"topic", topic}, {"payload", payload.dump()}}).dump() + "\n";
}

std::string topic_of(const json& event) {
  std::string path = short_type(event);
  path.replace(path.find('.'), 1, "/");
  return "aisle/v1/s1/g1/evt/" + path;
}

class Feed : public testing::Test {
 protected:
  void SetUp() override {
    Settings setup;
    setup.speed = 40;
    shop_.stock({3, 4, 60, 1}, setup);
    std::string recording = fakes::read_file(shop_.site.file("walk.jsonl"));
    recording.insert(0, fmt::format("{{\"t\":{},\"rx\":\"g3\",\"state\":\"down\"}}\n", kWalkStart - 2) +
                            fmt::format("{{\"t\":{},\"rx\":\"g3\",\"state\":\"up\"}}\n", kWalkStart - 1));
    shop_.site.write("walk.jsonl", recording);
    shop_.site.write("seed", kSeed);
    shop_.site.write("assets.jsonl",
                     R"({"id":"a-1","kind":"staff","irk":"00112233445566778899aabbccddeeff","zone":"coffee"})"
                     "\n");
    shop_.site.write("aisle.toml", fakes::read_file(shop_.site.file("aisle.toml")) + "[commands]\npublic_key = \"" +
                                       kPublic + "\"\n");
  }
  void watch() {
    fakes::Command command;
    command.argv = {"/usr/bin/mosquitto_sub",
                    "-V",
                    "5",
                    "-i",
                    "watch",
                    "-p",
                    std::to_string(shop_.broker.port()),
                    "-q",
                    "1",
                    "-t",
                    "aisle/v1/#",
                    "-F",
                    "%j"};
    command.out = shop_.site.file("seen.jsonl");
    watcher_ = fakes::Process(command);
    ASSERT_TRUE(fakes::eventually(
        [&] { return fakes::read_file(shop_.broker.directory() + "/log").find("watch") != std::string::npos; }));
  }
  [[nodiscard]] std::string seen() const { return fakes::read_file(shop_.site.file("seen.jsonl")); }
  bool comes(const std::string& text) const {
    return fakes::eventually([&] { return seen().find(text) != std::string::npos; });
  }
  fakes::Finished send(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"cloud",   "--broker",  "127.0.0.1:" + std::to_string(shop_.broker.port()),
                                          "--store", "s1",        "--gateway",
                                          "g1",      "--command", name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Site::ctl(arguments);
  }
  // A customer is erased whose events have not been sent.
  void erase_unsent() {
    auto aisled = shop_.site.start_aisled();
    ASSERT_TRUE(fakes::eventually([&] {
      const auto outbox = shop_.site.outbox();
      return outbox.is_object() && outbox["rows"] > 10;
    })) << shop_.site.log();
    aisled.kill_hard();
    const auto erased = shop_.site.ctl_here(
        {"customers", "erase", "c-1", "--nonce", kNonce, "--config", shop_.site.file("aisle.toml")});
    ASSERT_EQ(erased.exit, 0) << erased.err;
  }
  void command_all() {
    const std::vector<std::string> signed_by = {"--sign-key", shop_.site.file("seed")};
    EXPECT_EQ(send("ping", {}).exit, 0);
    EXPECT_EQ(send("support-bundle", {}).exit, 0);
    EXPECT_EQ(send("reload", {}).exit, 1);  // unsigned
    EXPECT_EQ(send("reload", signed_by).exit, 0);
    EXPECT_EQ(send("resync", signed_by).exit, 0);
    auto config = signed_by;
    config.insert(config.end(), {"--args", R"({"toml":"[outbox]\nmax_rows = 999999\n"})"});
    EXPECT_EQ(send("config", config).exit, 0);
    EXPECT_TRUE(comes("confirmed"));
    EXPECT_EQ(send("update", signed_by).exit, 1);  // root has not said whose are installed
    auto erase = signed_by;
    erase.insert(erase.end(), {"--args", fmt::format(R"({{"customer_id":"c-2","nonce":"{}"}})", kNonce)});
    EXPECT_EQ(send("erase", erase).exit, 0);
  }

  Shop shop_;
  fakes::Process watcher_;
};

TEST_F(Feed, EveryMessageOfAGatewayIsAsDescribed) {
  erase_unsent();
  ASSERT_TRUE(shop_.broker.start());
  watch();
  ASSERT_TRUE(
      shop_.open_cloud({"--offers", shop_.site.file("offers.jsonl"), "--customers", shop_.site.file("customers.jsonl"),
                        "--keys", shop_.site.file("keys.jsonl"), "--assets", shop_.site.file("assets.jsonl")}));
  auto aisled = shop_.site.start_aisled();
  ASSERT_TRUE(comes("io.aisle.zone.entered.v1")) << shop_.site.log();
  command_all();
  shop_.site.write("offers.jsonl", walk_offers().substr(0, walk_offers().find('\n') + 1));
  ASSERT_TRUE(comes("_all/sync/offers"));
  for (const char* type : {"outbox.dropped", "privacy.erased", "coverage.changed", "zone.dwelled", "offer.decided",
                           "visit.ended", "sync.applied"}) {
    ASSERT_TRUE(comes(fmt::format("io.aisle.{}.v1", type))) << type << "\n" << shop_.site.log();
  }
  aisled.kill_hard();
  ASSERT_TRUE(comes(R"(\"state\":\"offline\")"));  // the will

  const auto checked = check(shop_.site, seen());
  EXPECT_EQ(checked.exit, 0) << checked.err;
  const auto counts = json::parse(checked.out);
  // Datasets that this gateway may leave out.
  EXPECT_THAT(counts["unseen"].get<std::vector<std::string>>(), IsSubsetOf({"inventory", "leases", "orders"}));
  EXPECT_GE(counts["seen"]["result"], 6);
}

TEST_F(Feed, AReplayPrintsEventsAsDescribed) {
  const auto events = shop_.site.replay("walk.jsonl");
  ASSERT_GT(events.size(), 40U);
  std::string lines;
  for (const auto& event : events) lines += line_of(topic_of(event), event);
  const auto checked = check(shop_.site, lines);
  EXPECT_EQ(checked.exit, 0) << checked.err;
}

// What would be wrong is found: each of these changes one thing of a real event.
TEST_F(Feed, WhatIsNotDescribedIsFound) {
  json entered;
  for (const auto& event : shop_.site.replay("walk.jsonl"))
    if (entered.is_null() && short_type(event) == "zone.entered") entered = event;
  ASSERT_TRUE(entered.is_object());
  EXPECT_EQ(check(shop_.site, line_of(kTopic, entered)).exit, 0);
  struct Mutation {
    std::string found;
    std::function<void(json&)> change;
  };
  const std::vector<Mutation> mutations = {
      {"'zone_id' is a required property", [](json& e) { e["data"].erase("zone_id"); }},
      {"'mac' was unexpected", [](json& e) { e["data"]["mac"] = "aa:bb:cc:dd:ee:ff"; }},
      {"$.data.evidence.rssi_dbm", [](json& e) { e["data"]["evidence"]["rssi_dbm"] = "-61"; }},
      {"$.data.confidence", [](json& e) { e["data"]["confidence"] = "certain"; }},
      {"'recordedtime' is a required property", [](json& e) { e.erase("recordedtime"); }},
      {"'partitionkey' is a required property", [](json& e) { e.erase("partitionkey"); }},
      {"$.time", [](json& e) { e["time"] = "2026-03-06T15:00:00Z"; }},
      {"no schema for a message of type io.aisle.zone.left.v1", [](json& e) { e["type"] = "io.aisle.zone.left.v1"; }},
      {"of type io.aisle.zone.exited.v1", [](json& e) { e["type"] = "io.aisle.zone.exited.v1"; }},
      {"and sequence 00000000000000000001 differ", [](json& e) { e["sequence"] = "00000000000000000001"; }},
  };
  std::string lines;
  for (const auto& mutation : mutations) {
    json changed = entered;
    mutation.change(changed);
    lines += line_of(kTopic, changed);
  }
  const auto checked = check(shop_.site, lines + line_of("aisle/v1/s1/g1/debug", entered));
  EXPECT_EQ(checked.exit, 1);
  for (const auto& mutation : mutations) EXPECT_THAT(checked.err, HasSubstr(mutation.found));
  EXPECT_THAT(checked.err, HasSubstr("aisle/v1/s1/g1/debug: 0 channels describe it"));
}

// The same of the description itself.
TEST_F(Feed, AReferenceThatLeadsNowhereIsFound) {
  const std::string text = fakes::read_file(AISLE_ASYNCAPI);
  std::string broken = text;
  const std::string good = "./schemas/zone.entered.v1.json";
  broken.replace(broken.find(good), good.size(), "./schemas/zone.entred.v1.json");
  const std::string folder = std::string(AISLE_ASYNCAPI).substr(0, std::string(AISLE_ASYNCAPI).rfind('/'));
  ASSERT_EQ(fakes::run({"/bin/cp", "-r", folder + "/schemas", shop_.site.file("schemas")}).exit, 0);
  const auto whole = check(shop_.site, "", shop_.site.write("asyncapi.yaml", text));
  EXPECT_EQ(whole.exit, 0) << whole.err;
  const auto checked = check(shop_.site, "", shop_.site.write("asyncapi.yaml", broken));
  EXPECT_EQ(checked.exit, 1);
  EXPECT_THAT(checked.err, HasSubstr("zone.entred.v1.json cannot be resolved"));
}

}  // namespace
}  // namespace aisle::e2e
