// Commands of the cloud, given with aislectl to the real daemon through a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/base/time.hpp"
#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassword = "correct-horse";
constexpr const char* kNonce = "000102030405060708090a0b0c0d0e0f";

class Commands : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(shop_.broker.start());
    Settings setup;
    setup.speed = 20;  // 240 recorded seconds: visits stay open for 12 s
    shop_.stock({3, 4, 60, 1}, setup);
    shop_.site.write("seed", kSeed);
    shop_.site.write("password", std::string(kPassword) + "\n");
    config_ = fakes::read_file(shop_.site.file("aisle.toml"));
    const auto sync = config_.find("[sync]\n");
    config_.insert(sync + 7, "username = \"s1/g1\"\npassword_file = \"" + shop_.site.file("password") + "\"\n");
    config_ += "[commands]\npublic_key = \"" + std::string(kPublic) + "\"\n[outbox]\nmax_rows = 5000\n";
    shop_.site.write("aisle.toml", config_);
  }
  void start() {
    aisled_ = shop_.site.start_aisled();
    ASSERT_TRUE(fakes::eventually([&] {
      const auto status = shop_.site.status();
      return status.is_object() && status["sync"]["state"] == "online";
    })) << shop_.site.log();
  }
  fakes::Finished send(const std::string& name, const std::vector<std::string>& more = {}, bool sign = true) const {
    std::vector<std::string> arguments = {"cloud",   "--broker",  "127.0.0.1:" + std::to_string(shop_.broker.port()),
                                          "--store", "s1",        "--gateway",
                                          "g1",      "--command", name};
    if (sign) arguments.insert(arguments.end(), {"--sign-key", shop_.site.file("seed")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Site::ctl(arguments);
  }
  json reply(const std::string& name, const std::vector<std::string>& more = {}, bool sign = true) const {
    const auto done = send(name, more, sign);
    return done.out.empty() ? json(done.err) : json::parse(done.out, nullptr, false);
  }
  [[nodiscard]] json counters() const { return shop_.site.status()["commands"]; }
  [[nodiscard]] std::string database() const {
    return fakes::read_file(shop_.site.state_dir() + "/aisle.db") +
           fakes::read_file(shop_.site.state_dir() + "/aisle.db-wal");
  }

  Shop shop_;
  std::string config_;
  fakes::Process aisled_;
};

TEST_F(Commands, APingIsAnsweredAndTheSameIdAnsweredTheSame) {
  start();
  const auto first = send("ping", {"--id", "p-1"}, false);
  EXPECT_EQ(first.exit, 0) << first.err;
  const auto answer = json::parse(first.out);
  EXPECT_EQ(answer["result"]["epoch"], shop_.site.status()["epoch"]);
  EXPECT_EQ(send("ping", {"--id", "p-1"}, false).out, first.out);
  EXPECT_EQ(counters()["executed"], 1);
  EXPECT_EQ(counters()["repeated"], 1);
  aisled_ = {};
  start();  // it outlives the process
  EXPECT_EQ(send("ping", {"--id", "p-1"}, false).out, first.out);
  EXPECT_EQ(counters()["executed"], 0);
}

TEST_F(Commands, AResponseTopicBelowOurOwnIsHonoured) {
  start();
  const auto now = SystemClock().now();
  const json command = {
      {"id", "rr-1"}, {"issued", format_rfc3339(now)}, {"expires", format_rfc3339(now + seconds(60))}};
  const auto got =
      fakes::run({"/usr/bin/mosquitto_rr", "-V", "5", "-p", std::to_string(shop_.broker.port()), "-q", "1", "-t",
                  "aisle/v1/s1/g1/cmd/ping", "-e", "aisle/v1/s1/g1/res/elsewhere", "-m", command.dump(), "-W", "20"});
  EXPECT_THAT(got.out, HasSubstr("rr-1")) << got.err;
  EXPECT_EQ(counters()["response_topics_ignored"], 0);
}

TEST_F(Commands, ARetainedCommandIsIgnoredAndAnUnsignedOneRefused) {
  const auto retained =
      fakes::run({"/usr/bin/mosquitto_pub", "-p", std::to_string(shop_.broker.port()), "-q", "1", "-r", "-t",
                  "aisle/v1/s1/g1/cmd/ping", "-m",
                  R"({"id":"r","issued":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:00:01Z","args":{}})"});
  ASSERT_EQ(retained.exit, 0);
  start();
  const auto refused = send("reload", {}, false);
  EXPECT_EQ(refused.exit, 1);
  EXPECT_EQ(json::parse(refused.out)["error"]["reason"], "unsigned");
  EXPECT_EQ(counters()["ignored"]["retained"], 1);
  EXPECT_EQ(counters()["refused"]["unsigned"], 1);
  EXPECT_EQ(counters()["executed"], 0);
}

TEST_F(Commands, AnErasedCustomerLeavesTheVisitTheDatabaseAndOnlyAReceiptBehind) {
  ASSERT_TRUE(shop_.open_cloud());
  start();
  const auto of_c1 = [&](const std::string& type) {
    auto events = shop_.feed_of(type);
    std::erase_if(events, [](const json& event) { return event["data"]["customer_id"] != "c-1"; });
    return events;
  };
  ASSERT_TRUE(fakes::eventually([&] { return !of_c1("zone.entered").empty(); })) << shop_.site.log();
  const std::string args = std::string(R"({"customer_id":"c-1","nonce":")") + kNonce + "\"}";
  const auto answer = reply("erase", {"--args", args, "--id", "e-1"});
  ASSERT_EQ(answer["ok"], true) << answer;
  EXPECT_EQ(answer["result"]["counts"]["records"], 1);
  EXPECT_THAT(database(), Not(HasSubstr("c-1")));
  EXPECT_THAT(database(), HasSubstr("c-2"));
  ASSERT_TRUE(fakes::eventually([&] { return !shop_.feed_of("privacy.erased").empty(); }));
  const auto erased = shop_.feed_of("privacy.erased")[0];
  // HMAC-SHA256 of "c-1" under the nonce.
  EXPECT_EQ(erased["data"]["receipt"], "9b23f16960b068e4a666731b5ebd3537305f20709661b7d7864b35798a6b0fc2");
  EXPECT_EQ(erased["data"]["counts"], answer["result"]["counts"]);
  EXPECT_TRUE(erased["data"]["signature"].is_string());
  EXPECT_THAT(erased.dump(), Not(HasSubstr("c-1\"")));
  ASSERT_TRUE(fakes::eventually([&] { return !of_c1("visit.ended").empty(); }));
  EXPECT_EQ(of_c1("visit.ended")[0]["data"]["reason"], "consent_withdrawn");
  EXPECT_EQ(reply("erase", {"--args", args, "--id", "e-1"}), answer);
  EXPECT_EQ(shop_.feed_of("privacy.erased").size(), 1U);
}

TEST_F(Commands, ErasureWithoutADaemonIsToldByTheNextOne) {
  const auto erased = shop_.site.ctl_here(
      {"customers", "erase", "c-1", "--nonce", kNonce, "--json", "--config", shop_.site.file("aisle.toml")});
  ASSERT_EQ(erased.exit, 0) << erased.err;
  EXPECT_EQ(json::parse(erased.out)["receipt"], "9b23f16960b068e4a666731b5ebd3537305f20709661b7d7864b35798a6b0fc2");
  EXPECT_THAT(database(), Not(HasSubstr("c-1")));
  ASSERT_TRUE(shop_.open_cloud());
  start();
  ASSERT_TRUE(fakes::eventually([&] { return shop_.feed_of("epoch.started").size() == 2; }));
  auto epochs = shop_.feed_of("epoch.started");  // what happens now goes ahead of what waited
  if (epochs[0]["data"]["reason"] != "erase") std::swap(epochs[0], epochs[1]);
  EXPECT_EQ(epochs[0]["data"]["reason"], "erase");
  EXPECT_EQ(epochs[1]["data"]["previous_last_sequence"], 2);
  ASSERT_EQ(shop_.feed_of("privacy.erased").size(), 1U);
}

TEST_F(Commands, AReloadTakesWhatItCanAndAnInvalidFileChangesNothing) {
  start();
  std::string changed = config_;
  changed.replace(changed.find("max_rows = 5000"), 15, "max_rows = 6000");
  changed.replace(changed.find("retry_max_s = 1"), 15, "retry_max_s = 2");
  shop_.site.write("aisle.toml", changed);
  const auto answer = reply("reload");
  EXPECT_EQ(answer["result"], json::parse(R"({"applied":["outbox.max_rows"],"restart":["sync.retry_max_s"]})"))
      << answer;
  shop_.site.write("aisle.toml", changed + "[privacy2]\n");
  const auto refused = reply("reload");
  EXPECT_EQ(refused["error"]["reason"], "invalid") << refused;
  EXPECT_THAT(refused["error"]["detail"].get<std::string>(), HasSubstr("privacy2"));
  EXPECT_EQ(shop_.site.status()["sync"]["connects"], 1);
}

TEST_F(Commands, ASupportBundleHoldsNoSecret) {
  start();
  const auto by_command = reply("support-bundle", {}, false);
  ASSERT_EQ(by_command["ok"], true) << by_command;
  const auto by_cli = shop_.site.ctl_here({"support-bundle"});
  ASSERT_EQ(by_cli.exit, 0) << by_cli.err;
  const std::string second = by_cli.out.substr(0, by_cli.out.find('\n'));
  for (const std::string& path : {by_command["result"]["path"].get<std::string>(), second}) {
    const std::string text = fakes::read_file(path);
    EXPECT_THAT(text, HasSubstr("status.json"));
    EXPECT_THAT(text, HasSubstr("log.txt"));
    EXPECT_THAT(text, HasSubstr("\"retry_max_s\": 1"));
    for (const char* secret : {kPassword, "00112233445566778899aabbccddeeff", "ABEiM0RVZneImaq7zN3u/w==",
                               "c0:00:00:00:00:01", "c00000000001", "0102030405060708090a0b0c0d0e0f10", kSeed}) {
      EXPECT_THAT(text, Not(HasSubstr(secret)));
    }
  }
  aisled_.kill_hard();
  const auto offline = shop_.site.ctl_here({"support-bundle", "--config", shop_.site.file("aisle.toml"), "--json"});
  ASSERT_EQ(offline.exit, 0) << offline.err;
  EXPECT_THAT(offline.out, HasSubstr("datasets.json"));
}

TEST_F(Commands, AResyncAsksForASnapshotAndServesMeanwhile) {
  ASSERT_TRUE(shop_.open_serving_cloud());
  start();
  ASSERT_TRUE(fakes::eventually([&] { return shop_.last_applied("offers").is_object(); }));
  const auto before = shop_.feed_of("sync.applied").size();
  const auto answer = reply("resync", {"--args", R"({"dataset":"offers"})"});
  EXPECT_EQ(answer["result"]["datasets"], json::parse(R"(["offers"])")) << answer;
  ASSERT_TRUE(fakes::eventually([&] { return shop_.feed_of("sync.applied").size() > before; })) << shop_.site.log();
  EXPECT_EQ(shop_.last_applied("offers")["count"], 3);
  const auto unknown = reply("resync", {"--args", R"({"dataset":"moods"})"});
  EXPECT_EQ(unknown["error"]["reason"], "args") << unknown;
}

}  // namespace
}  // namespace aisle::e2e
