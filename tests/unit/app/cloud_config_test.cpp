// The configuration that the cloud sends: tried, then kept or rolled back.
#include <filesystem>
#include <fstream>

#include "sync/core/command_message.hpp"
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

// RFC 8032, 7.1, TEST 2.
constexpr const char* kSeed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr const char* kSigned =
    "[commands]\npublic_key = \"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\"\n";
constexpr const char* kLive = "[outbox]\nmax_rows = 777\n";
constexpr const char* kRestart = "[sync]\nport = 1999\n";

class CloudConfigTest : public AgentTest {
 protected:
  void SetUp() override {
    clock.set_wall(kGood);
    config_path = directory.file("aisle.toml");
    start(kSigned);
  }
  // The newest reply to the command.
  json send(const std::string& id, const json& args) {
    sync::CommandMessage command;
    command.name = "config";
    command.id = id;
    command.issued = clock.now();
    command.expires = command.issued + seconds(3600);
    command.args = args;
    transport->deliver("aisle/v1/s1/g1/cmd/config",
                       sync::command_payload(command, "s1", "g1", parse_ed25519_seed(kSeed).value()));
    run(milliseconds(10));
    return reply(id);
  }
  [[nodiscard]] json reply(const std::string& id) const {
    const auto replies = transport->sent("/res/" + id);
    return replies.empty() ? json() : json::parse(replies.back().payload);
  }
  [[nodiscard]] json state() const { return agent->status()["config"]; }
  [[nodiscard]] std::string kept() const { return directory.file("aisle.toml.d/80-cloud.toml"); }
  [[nodiscard]] std::string pending() const { return directory.file("aisle.toml.d/.80-cloud.toml.pending"); }
  [[nodiscard]] std::uint64_t max_rows_on_disk() const { return config::load(config_path)->outbox.max_rows; }
};

TEST_F(CloudConfigTest, ThresholdsHoldAtOnceAndVisitsGoOn) {
  import_customers();
  hear(1);
  ASSERT_EQ(events("zone.entered").size(), 1U);
  const std::string text = "[[zones]]\nid = \"coffee\"\nenter_rssi = -40\nexit_rssi = -45\n";
  EXPECT_EQ(send("c-1", {{"toml", text}, {"confirm_s", 30}})["result"]["applied"], json::parse(R"(["zones"])"));
  hear(1);
  EXPECT_EQ(events("zone.exited").size(), 1U);
  EXPECT_EQ(events("visit.ended").size(), 0U);
}

TEST_F(CloudConfigTest, OneThatTakesNoRestartIsConfirmedByTheConnectionThatStands) {
  const auto first = send("c-1", {{"toml", kLive}, {"confirm_s", 30}});
  EXPECT_EQ(first["result"], json::parse(R"({"state":"pending","confirm_s":30,"applied":["outbox.max_rows"],
                                             "restart":[]})"));
  EXPECT_EQ(state()["state"], "pending");
  EXPECT_EQ(max_rows_on_disk(), 1'000'000U);  // whoever starts now starts with the old one
  run(seconds(2));
  EXPECT_EQ(state()["state"], "confirmed");
  const auto said = json::parse(transport->sent("/status").back().payload)["config"];
  EXPECT_EQ(said["state"], "confirmed") << "the retained status follows";
  EXPECT_EQ(said["digest"], config::digest_of(config::load(config_path).value()));
  EXPECT_EQ(reply("c-1")["result"]["state"], "confirmed");
  EXPECT_EQ(max_rows_on_disk(), 777U);
  EXPECT_FALSE(fs::exists(pending()));
  const auto replies = transport->sent("/res/").size();
  EXPECT_EQ(send("c-1", {{"toml", kLive}, {"confirm_s", 30}})["result"]["state"], "confirmed");  // done once
  EXPECT_EQ(transport->sent("/res/").size(), replies + 1);
}

TEST_F(CloudConfigTest, WithoutAConnectionItIsRolledBackAndToldLater) {
  send("c-1", {{"toml", kLive}, {"confirm_s", 30}});
  transport->end();  // before anything was acknowledged
  for (int i = 0; i < 400 && state()["state"] == "pending"; ++i) {
    loop->run_for(milliseconds(100));
    if (transport->connecting) transport->end();
  }
  EXPECT_EQ(state()["state"], "rolled_back");
  EXPECT_THAT(state()["why"].get<std::string>(), HasSubstr("no healthy connection within 30 s"));
  EXPECT_FALSE(fs::exists(kept()));
  EXPECT_FALSE(fs::exists(pending()));
  for (int i = 0; i < 400 && !transport->connecting; ++i) loop->run_for(seconds(1));
  go_online();
  run(seconds(2));
  EXPECT_EQ(reply("c-1")["error"]["reason"], "rolled_back");
  EXPECT_FALSE(stopped);
}

TEST_F(CloudConfigTest, ABrokerThatRefusesSubscriptionsIsNotHealthy) {
  transport->end();
  for (int i = 0; i < 400 && !transport->connecting; ++i) loop->run_for(seconds(1));
  transport->accept();
  transport->grant(false);
  send("c-1", {{"toml", kLive}, {"confirm_s", 30}});
  run(seconds(29));
  EXPECT_EQ(state()["state"], "pending");
  run(seconds(3));
  EXPECT_EQ(state()["state"], "rolled_back");
}

TEST_F(CloudConfigTest, OneThatTakesARestartEndsThisRunAndIsTriedInTheNext) {
  EXPECT_EQ(send("c-1", {{"toml", kRestart}})["result"]["restart"], json::parse(R"(["sync.port"])"));
  ASSERT_TRUE(agent->next_run());
  EXPECT_EQ(agent->next_run()->config.sync.port, 1999);
  EXPECT_EQ(agent->next_run()->cloud.state, CloudConfigState::pending);
  EXPECT_EQ(agent->next_run()->cloud.before->sync.port, 1883);

  cloud = agent->next_run()->cloud;
  crash();
  start(kSigned);
  run(seconds(2));
  EXPECT_EQ(state()["state"], "confirmed");
  EXPECT_EQ(reply("c-1")["result"]["state"], "confirmed");
  EXPECT_TRUE(fs::exists(kept()));
}

TEST_F(CloudConfigTest, AProcessThatFindsOnePendingRollsItBack) {
  send("c-1", {{"toml", kLive}});
  ASSERT_TRUE(fs::exists(pending()));
  crash();
  cloud = cloud_config_at_start(config_path);
  EXPECT_EQ(cloud.state, CloudConfigState::rolled_back);
  EXPECT_EQ(cloud.command, "c-1");
  start(kSigned);
  run(seconds(2));
  EXPECT_EQ(reply("c-1")["error"]["detail"], "aisled ended before it was confirmed");
  EXPECT_FALSE(fs::exists(pending()));
  EXPECT_EQ(send("c-1", {{"toml", kLive}})["error"]["reason"], "rolled_back");  // not tried again
}

TEST_F(CloudConfigTest, OneThatWasKeptRightBeforeTheEndIsTold) {
  send("c-1", {{"toml", kLive}});
  ASSERT_TRUE(keep_cloud_config(config_path));
  crash();
  cloud = cloud_config_at_start(config_path);
  start(kSigned);
  run(seconds(2));
  EXPECT_EQ(reply("c-1")["result"]["state"], "confirmed");
}

TEST_F(CloudConfigTest, WhatIsNotRightIsRefusedAndLeavesNothing) {
  EXPECT_EQ(send("a-1", json::object())["error"]["reason"], "args");
  EXPECT_EQ(send("a-2", {{"toml", kLive}, {"confirm_s", 29}})["error"]["reason"], "args");
  EXPECT_EQ(send("a-3", {{"toml", 1}})["error"]["reason"], "args");
  const auto invalid = send("a-4", {{"toml", "[sync]\n\nprot = 1\n"}});
  EXPECT_EQ(invalid["error"]["reason"], "invalid");
  EXPECT_THAT(invalid["error"]["detail"].get<std::string>(),
              HasSubstr("80-cloud.toml:3:1: sync.prot: unknown key; did you mean \"port\"?"));
  EXPECT_EQ(send("a-5", {{"toml", "[commands]\npublic_key = \"/nowhere\"\n"}})["error"]["reason"], "invalid");
  EXPECT_FALSE(fs::exists(pending()));
  EXPECT_EQ(state()["state"], "none");
}

TEST_F(CloudConfigTest, OneAtATime) {
  send("c-1", {{"toml", kLive}});
  EXPECT_EQ(send("c-2", {{"toml", kLive}})["error"]["reason"], "busy");
  EXPECT_FALSE(agent->reload_configuration());
  run(seconds(2));
  EXPECT_TRUE(agent->reload_configuration());
}

}  // namespace
}  // namespace aisle::app
