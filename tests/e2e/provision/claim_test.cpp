// A claim makes a gateway: once, and only when the broker lets it in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/e2e/provision/depot.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

class Claiming : public ::testing::Test {
 protected:
  void SetUp() override {
    prepare(site);
    depot.add_claim("g7", "once");
    ASSERT_EQ(depot.start(), "");
  }
  Depot depot;
  Site site;
};

TEST_F(Claiming, TheDaemonIsOnlineWithIt) {
  const auto done = provision(site, {"--claim", depot.claim_for(site, "g7", "once")});
  ASSERT_EQ(done.exit, 0) << done.err << depot.log();
  EXPECT_THAT(done.out, HasSubstr("lets us in"));
  EXPECT_THAT(done.out, HasSubstr("gateway s1/g7, key SHA-256 "));
  EXPECT_EQ(configured(site, "store.gateway"), "g7");
  EXPECT_EQ(configured(site, "commands.public_key"), kCommandKey);
  struct stat key {};
  ASSERT_EQ(stat((site.state_dir() + "/identity/current/gateway.key").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777U, 0600U);

  auto aisled = site.start_aisled();
  const json status = wait_for_state(site, "online");
  EXPECT_EQ(status["gateway"], "g7") << site.log();
  EXPECT_EQ(status["certificate"]["subject"], "s1/g7");
  EXPECT_EQ(status["certificate"]["state"], "good");
}

TEST_F(Claiming, TwiceIsOnce) {
  const auto claim = depot.claim_for(site, "g7", "once");
  const auto first = provision(site, {"--claim", claim, "--json"});
  const auto again = provision(site, {"--claim", claim, "--json"});
  const auto bare = provision(site, {});
  EXPECT_EQ(key_of(first), key_of(again));
  EXPECT_TRUE(json::parse(first.out)["changed"]);
  EXPECT_FALSE(json::parse(again.out)["changed"]);
  EXPECT_EQ(bare.exit, 0);
  EXPECT_THAT(bare.out, HasSubstr("nothing was changed"));
}

TEST_F(Claiming, AnotherMachineCannotUseTheSameClaim) {
  ASSERT_EQ(provision(site, {"--claim", depot.claim_for(site, "g7", "once")}).exit, 0);
  const Site other;
  prepare(other);
  const auto refused = provision(other, {"--claim", depot.claim_for(other, "g7", "once")});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("used with another key"));
  EXPECT_EQ(configured(other, "store.gateway"), "g1");
}

TEST_F(Claiming, WhatTheBrokerRefusesIsNotInForce) {
  ASSERT_TRUE(depot.distrust());
  const auto claim = depot.claim_for(site, "g7", "once");
  const auto refused = provision(site, {"--claim", claim});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("the broker does not let us in: own certificate refused"));
  EXPECT_EQ(configured(site, "store.gateway"), "g1");
}

TEST_F(Claiming, WhatGoesOverItIsNamed) {
  ASSERT_EQ(Site::ctl({"config", "set", "sync.host", "elsewhere.example", "--config", site.file("aisle.toml")}).exit,
            0);
  const auto refused = provision(site, {"--claim", depot.claim_for(site, "g7", "once")});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("90-local.toml:"));
  EXPECT_THAT(refused.err, HasSubstr("sync.host"));
}

TEST_F(Claiming, WhatIsStillToBeDoneIsSaid) {
  const auto done = provision(site, {"--claim", depot.claim_for(site, "g7", "once")});
  EXPECT_THAT(done.err, HasSubstr("aisle.toml: warning: ")) << "no zone has g7 among its receivers";
}

TEST_F(Claiming, WhyTheCloudIsNotReachedIsSaid) {
  const auto claim = depot.claim_for(site, "g7", "once");
  const auto to = [&](const std::string& url) { return provision(site, {"--claim", claim, "--url", url}).err; };
  EXPECT_THAT(to("https://cloud.invalid"), HasSubstr("no host of the name cloud.invalid is known"));
  EXPECT_THAT(to("https://127.0.0.1:1"), HasSubstr("nobody listens at 127.0.0.1 port 1"));
}

TEST_F(Claiming, ARecordingDoesNotMoveTheClockOfTheCertificate) {
  ASSERT_EQ(provision(site, {"--claim", depot.claim_for(site, "g7", "once")}).exit, 0);
  site.write("walk.jsonl",
             R"({"t":1000000000,"addr":"c0:00:00:00:00:01","addr_type":"random","rssi":-60,"data":"020106"})"
             "\n");
  site.configure({.source = "replay"});
  auto aisled = site.start_aisled();
  EXPECT_EQ(wait_for_state(site, "online")["certificate"]["state"], "good");
}

TEST_F(Claiming, AnImpostorIsNotTold) {
  fakes::Authority stranger(site.file("stranger"), "a stranger");
  const auto refused =
      provision(site, {"--claim", depot.claim_for(site, "g7", "once"), "--ca", site.file("stranger.pem")});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("its certificate is not trusted"));
}

TEST_F(Claiming, WithoutATerminalWhatIsMissingIsNamed) {
  const auto missing = provision(site, {"--store", "s1"});
  EXPECT_EQ(missing.exit, 2);
  EXPECT_THAT(missing.err, HasSubstr("--gateway is missing"));
}

TEST_F(Claiming, RollingBackBringsTheConfigurationBackAndForth) {
  ASSERT_EQ(provision(site, {"--claim", depot.claim_for(site, "g7", "once")}).exit, 0);
  ASSERT_EQ(provision(site, {"--rollback"}).exit, 0);
  EXPECT_EQ(configured(site, "store.gateway"), "g1");
  ASSERT_EQ(provision(site, {"--rollback"}).exit, 0);
  EXPECT_EQ(configured(site, "store.gateway"), "g7");
}

}  // namespace
}  // namespace aisle::e2e
