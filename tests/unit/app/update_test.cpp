// The command `update` through the whole agent: told when it waits, told again when it has ended, after a crash too.
#include <fstream>

#include "agent/base/durable_file.hpp"
#include "agent/update/hand_over.hpp"
#include "sync/core/command_message.hpp"
#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using nlohmann::json;

constexpr const char* kPublic = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

class UpdateTest : public AgentTest {
 protected:
  void SetUp() override {
    if (update::own_target().empty()) GTEST_SKIP() << "no Debian";
    clock.set_wall(kGood);
    config_path = directory.file("aisle.toml");
    std::ofstream(directory.file("update.key")) << "key " << kPublic << "\nstore s1\ngateway g1\n";
    begin();
  }
  // RFC 8032, 7.1, TEST 2.
  void begin() { start(fmt::format("[commands]\npublic_key = \"{}\"\n", kPublic)); }
  void send(const std::string& name, const std::string& id, const json& args) {
    sync::CommandMessage command;
    command.name = name;
    command.id = id;
    command.issued = clock.now();
    command.expires = command.issued + seconds(7200);
    command.args = args;
    const auto seed = parse_ed25519_seed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    transport->deliver("aisle/v1/s1/g1/cmd/" + name, sync::command_payload(command, "s1", "g1", *seed));
    run(milliseconds(10));
  }
  void offer(const std::string& id) {
    const json package = {{"version", "9.0-1"}, {"url", "https://h/p"}, {"sha256", std::string(64, 'a')}, {"bytes", 9}};
    send(update::kCommand, id, {{"packages", {{update::own_target(), package}}}, {"rings", {0, 60}}, {"spread_s", 0}});
  }
  [[nodiscard]] json reply(const std::string& id) const {
    const auto replies = transport->sent("/res/" + id);
    return replies.empty() ? json() : json::parse(replies.back().payload);
  }
  [[nodiscard]] json retained() const { return json::parse(transport->sent("/status").back().payload)["update"]; }
  update::HandOver files() { return {directory.file(""), update::kRootFolder}; }
};

TEST_F(UpdateTest, ItWaitsIsHandedOverAndItsEndIsTold) {
  offer("u-1");
  EXPECT_EQ(reply("u-1")["result"]["state"], "waiting") << reply("u-1");
  run(seconds(30));
  EXPECT_EQ(retained(), json::parse(R"({"state":"waiting","command":"u-1","version":"9.0-1"})"));
  run(seconds(31));
  EXPECT_EQ(retained()["state"], "fetching");
  offer("u-2");
  EXPECT_EQ(reply("u-2")["error"]["reason"], "busy");
  ASSERT_TRUE(files().ready());
  run(seconds(2));
  send("config", "c-1", {{"toml", ""}});
  EXPECT_EQ(reply("c-1")["error"]["reason"], "busy");
  ASSERT_TRUE(rename_durably(files().path(update::names::kReady), files().path(update::names::kRequest)));
  ASSERT_TRUE(files().end({update::State::refused, "u-1", "9.0-1", "not there"}));
  run(seconds(2));
  EXPECT_EQ(reply("u-1")["error"]["detail"], "not there");
  EXPECT_EQ(agent->status()["update"]["why"], "not there");
}

TEST_F(UpdateTest, WhatEndedWhileNoDaemonRanIsTold) {
  offer("u-1");
  run(seconds(61));
  crash();
  ASSERT_TRUE(files().end({update::State::rolled_back, "u-1", "9.0-1", "mute"}));
  begin();
  run(seconds(2));
  EXPECT_EQ(reply("u-1")["error"]["reason"], "rolled_back");
  crash();
  begin();
  run(seconds(2));
  EXPECT_EQ(reply("u-1"), json()) << "it was told already";
}

TEST_F(UpdateTest, TheEndIsToldUntilTheBrokerHasIt) {
  offer("u-1");
  run(seconds(61));
  ASSERT_TRUE(files().end({update::State::refused, "u-1", "9.0-1", "not there"}));
  // It is sent, and the connection ends before the broker says that it has it.
  loop->run_for(seconds(3));
  ASSERT_EQ(reply("u-1")["error"]["detail"], "not there");
  const auto before = transport->sent("/res/u-1").size();
  loop->run_for(seconds(3));
  EXPECT_EQ(transport->sent("/res/u-1").size(), before) << "once a connection";
  transport->end();
  loop->run_for(seconds(120));
  ASSERT_TRUE(transport->connecting);
  transport->accept();
  transport->grant();
  loop->run_for(seconds(3));
  EXPECT_EQ(transport->sent("/res/u-1").size(), before + 1);
  // The daemon ends before too.
  crash();
  begin();
  run(seconds(3));
  EXPECT_EQ(reply("u-1")["error"]["detail"], "not there");
  crash();
  begin();
  run(seconds(3));
  EXPECT_EQ(reply("u-1"), json()) << "the broker had it";
}

}  // namespace
}  // namespace aisle::app
