// The configuration that the cloud sends, to the real daemon through a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{90};  // the shortest trial is 30 s

class ConfigCommand : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(shop_.broker.start());
    Settings setup;
    setup.source = "simulator";
    setup.speed = 1;
    setup.simulator = "customers = 1\npassers = 1\n";
    setup.port = shop_.broker.port();
    shop_.site.configure(setup);
    const auto text = fakes::read_file(shop_.site.file("aisle.toml"));
    shop_.site.write("aisle.toml", text + "[commands]\npublic_key = \"" + kPublic + "\"\n");
    shop_.site.write("seed", kSeed);
    start();
  }
  void start() {
    aisled_ = shop_.site.start_aisled();
    ASSERT_TRUE(becomes("/sync/state", "online")) << shop_.site.log();
  }
  // Whether `status` has this value at this place before our patience ends.
  [[nodiscard]] bool becomes(const char* place, const char* value) const {
    return fakes::eventually(
        [&] {
          const auto status = shop_.site.status();
          return status.is_object() && status[json::json_pointer(place)] == value;
        },
        kPatience);
  }
  [[nodiscard]] json send(const std::string& id, const std::string& toml, bool sign = true) const {
    const json args = {{"toml", toml}, {"confirm_s", 30}};
    std::vector<std::string> command = {"cloud",   "--broker",  "127.0.0.1:" + std::to_string(shop_.broker.port()),
                                        "--store", "s1",        "--gateway",
                                        "g1",      "--command", "config",
                                        "--args",  args.dump(), "--id",
                                        id};
    if (sign) command.insert(command.end(), {"--sign-key", shop_.site.file("seed")});
    const auto done = Site::ctl(command);
    return done.out.empty() ? json(done.err) : json::parse(done.out, nullptr, false);
  }
  [[nodiscard]] std::string in_force(const std::string& key) const {
    return Site::ctl({"config", "get", key, "--config", shop_.site.file("aisle.toml")}).out;
  }
  [[nodiscard]] bool anything_left() const {
    return std::filesystem::exists(shop_.site.file("aisle.toml.d/80-cloud.toml")) ||
           std::filesystem::exists(shop_.site.file("aisle.toml.d/.80-cloud.toml.pending"));
  }

  Shop shop_;
  fakes::Process aisled_;
};

TEST_F(ConfigCommand, AGoodOneIsConfirmedAndStays) {
  const auto epoch = shop_.site.status()["epoch"];
  const auto answer = send("c-1", "[sync]\nwindow = 32\n[outbox]\nmax_rows = 777\n");
  EXPECT_EQ(answer["result"]["state"], "pending") << answer;
  EXPECT_EQ(answer["result"]["restart"], json::parse(R"(["sync.window"])"));
  ASSERT_TRUE(becomes("/config/state", "confirmed")) << shop_.site.log();
  EXPECT_NE(shop_.site.status()["epoch"], epoch);  // it began anew, in the same process
  EXPECT_TRUE(aisled_.running());
  EXPECT_EQ(in_force("sync.window"), "32\n");
  EXPECT_EQ(send("c-1", "[sync]\nwindow = 32\n[outbox]\nmax_rows = 777\n")["result"]["state"], "confirmed");
  aisled_.kill_hard();
  start();
  EXPECT_EQ(shop_.site.status()["config"]["state"], "confirmed");
}

TEST_F(ConfigCommand, OneThatCutsTheConnectionIsRolledBackByItself) {
  EXPECT_EQ(send("c-1", "[sync]\nport = 1\n")["result"]["state"], "pending");
  ASSERT_TRUE(becomes("/config/state", "rolled_back")) << shop_.site.log();
  ASSERT_TRUE(becomes("/sync/state", "online")) << shop_.site.log();
  EXPECT_THAT(shop_.site.status()["config"]["why"].get<std::string>(), HasSubstr("no healthy connection within 30 s"));
  EXPECT_TRUE(aisled_.running());
  ASSERT_TRUE(fakes::eventually([&] { return !anything_left(); }));
  EXPECT_EQ(send("c-1", "[sync]\nport = 1\n")["error"]["reason"], "rolled_back");
}

TEST_F(ConfigCommand, AnEndInBetweenRollsItBack) {
  const auto epoch = shop_.site.status()["epoch"];
  EXPECT_EQ(send("c-1", "[sync]\nport = 1\n")["result"]["state"], "pending");
  // It is in force, and being tried.
  ASSERT_TRUE(fakes::eventually([&] {
    const auto status = shop_.site.status();
    return status.is_object() && status["epoch"] != epoch && status["config"]["state"] == "pending";
  })) << shop_.site.log();
  aisled_.kill_hard();
  EXPECT_TRUE(anything_left());
  start();
  EXPECT_EQ(shop_.site.status()["config"]["state"], "rolled_back");
  EXPECT_EQ(in_force("sync.port"), std::to_string(shop_.broker.port()) + "\n");
  ASSERT_TRUE(fakes::eventually([&] { return !anything_left(); }));
  EXPECT_EQ(send("c-1", "[sync]\nport = 1\n")["error"]["detail"], "aisled ended before it was confirmed");
}

TEST_F(ConfigCommand, UnsignedAndInvalidOnesAreRefused) {
  EXPECT_EQ(send("c-1", "[sync]\nwindow = 32\n", false)["error"]["reason"], "unsigned");
  const auto invalid = send("c-2", "[sync]\nwidow = 32\n");
  EXPECT_EQ(invalid["error"]["reason"], "invalid") << invalid;
  EXPECT_THAT(invalid["error"]["detail"].get<std::string>(), HasSubstr(":2:1: sync.widow: unknown key; did you mean"));
  EXPECT_FALSE(anything_left());
  EXPECT_EQ(shop_.site.status()["config"]["state"], "none");
  EXPECT_EQ(shop_.site.status()["sync"]["connects"], 1);
}

}  // namespace
}  // namespace aisle::e2e
