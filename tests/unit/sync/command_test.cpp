// Which commands are carried out, and what is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "sync/core/command_desk.hpp"

namespace aisle::sync {
namespace {

using nlohmann::json;

// Its public key is that of RFC 8032, 7.1, TEST 2.
const Ed25519Seed kSeed = *parse_ed25519_seed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

class Port final : public CommandPort {
 public:
  [[nodiscard]] bool time_known() const override { return known; }
  void find_reply(const std::string& id, Remembered done) override {
    if (broken) return done(fail("disk trouble"));
    const auto found = remembered.find(id);
    done(found == remembered.end() ? std::optional<std::string>() : std::optional(found->second));
  }
  void execute(const CommandMessage& command, std::function<void(std::string reply)> done) override {
    executed.push_back(command);
    const std::string reply = reply_done(command, {{"n", executed.size()}});
    if (slow) return pending.push_back([reply, done] { done(reply); });
    remembered[command.id] = reply;
    done(reply);
  }
  void send_reply(OutMessage message, std::function<void()> /*accepted*/) override {
    replies.push_back(std::move(message));
  }

  bool known = true, slow = false, broken = false;
  std::map<std::string, std::string> remembered;
  std::vector<CommandMessage> executed;
  std::deque<std::function<void()>> pending;
  std::vector<OutMessage> replies;
};

class CommandDeskTest : public ::testing::Test {
 protected:
  CommandDeskTest() { desk.set_key(ed25519_public(kSeed)); }
  CommandMessage command(const std::string& name, const std::string& id = "id-1", json args = json::object()) const {
    CommandMessage out;
    out.name = name;
    out.id = id;
    out.issued = clock.now();
    out.expires = clock.now() + seconds(60);
    out.args = std::move(args);
    return out;
  }
  void deliver(const CommandMessage& command, std::optional<Ed25519Seed> seed = std::nullopt, InMessage message = {}) {
    message.payload = command_payload(command, "s1", "g1", seed);
    desk.on_message(command.name, message);
  }
  [[nodiscard]] json last_reply() const {
    return port.replies.empty() ? json() : json::parse(port.replies.back().payload);
  }
  [[nodiscard]] std::string last_refusal() const {
    const json reply = last_reply();
    return reply.is_object() && !reply["ok"] ? reply["error"]["reason"].get<std::string>() : "";
  }

  ManualClock clock{UnixTime(seconds(1'800'000'000))};
  Port port;
  CommandDesk desk{{"aisle/v1", "s1", "g1"}, clock, port};
};

TEST_F(CommandDeskTest, APingIsCarriedOutAndAnsweredBelowItsId) {
  deliver(command("ping"));
  ASSERT_EQ(port.replies.size(), 1U);
  EXPECT_EQ(port.replies[0].topic, "aisle/v1/s1/g1/res/id-1");
  EXPECT_EQ(port.replies[0].payload, R"({"id":"id-1","name":"ping","ok":true,"result":{"n":1}})");
}

TEST_F(CommandDeskTest, ARepeatedIdGetsTheSameReplyAndDoesNothing) {
  deliver(command("reload"), kSeed);
  deliver(command("reload"), kSeed);
  EXPECT_EQ(port.executed.size(), 1U);
  ASSERT_EQ(port.replies.size(), 2U);
  EXPECT_EQ(port.replies[1].payload, port.replies[0].payload);
  EXPECT_EQ(desk.counters().repeated, 1U);
}

TEST_F(CommandDeskTest, ARepetitionWhileItIsCarriedOutIsAnsweredOnce) {
  port.slow = true;
  deliver(command("ping"));
  deliver(command("ping"));
  EXPECT_TRUE(port.replies.empty());
  port.pending.front()();
  EXPECT_EQ(port.executed.size(), 1U);
  EXPECT_EQ(port.replies.size(), 1U);
}

TEST_F(CommandDeskTest, WhatMayNotBeAnsweredIsIgnoredAndCounted) {
  InMessage retained;
  retained.retain = true;
  deliver(command("ping"), std::nullopt, retained);
  CommandMessage late = command("ping");
  late.issued -= seconds(120);
  late.expires = clock.now() - seconds(1);
  deliver(late);
  InMessage message;
  for (const char* text :
       {"", "[]", "{}", R"({"id":"a/b","issued":"2027-01-15T08:00:00Z","expires":"2027-01-15T08:00:00Z"})",
        R"({"id":"a","issued":"now","expires":"later"})",
        R"({"id":"a","issued":"2027-01-15T08:00:00Z","expires":"2027-01-15T08:00:01Z","args":[]})",
        R"({"id":"a","issued":"2027-01-15T08:00:00Z","expires":"2027-01-15T08:00:01Z","args":{"a":1.5}})"}) {
    message.payload = text;
    desk.on_message("ping", message);
  }
  message.payload = std::string(kMaxCommandBytes + 1, ' ');
  desk.on_message("ping", message);
  EXPECT_TRUE(port.executed.empty());
  EXPECT_TRUE(port.replies.empty());
  using Counts = std::map<std::string, std::uint64_t>;
  EXPECT_EQ(desk.counters().ignored, (Counts{{"expired", 1}, {"malformed", 7}, {"oversized", 1}, {"retained", 1}}));
}

TEST_F(CommandDeskTest, WhatChangesStateMustBeSignedByThePinnedKeyForThisGateway) {
  for (const char* name : {"erase", "reload", "resync"}) {
    deliver(command(name));
    EXPECT_EQ(last_refusal(), "unsigned") << name;
    Ed25519Seed another = kSeed;
    another[0] ^= std::byte{1};
    deliver(command(name), another);
    EXPECT_EQ(last_refusal(), "signature") << name;
  }
  InMessage message;
  message.payload = command_payload(command("reload"), "s1", "g2", kSeed);  // meant for another
  desk.on_message("reload", message);
  EXPECT_EQ(last_refusal(), "signature");
  message.payload = command_payload(command("reload"), "s1", "g1", kSeed);
  desk.on_message("erase", message);  // another command's
  EXPECT_EQ(last_refusal(), "signature");
  desk.set_key(std::nullopt);
  deliver(command("reload"), kSeed);
  EXPECT_EQ(last_refusal(), "no_key");
  EXPECT_TRUE(port.executed.empty());
}

TEST_F(CommandDeskTest, ASignatureCoversEveryMember) {
  const json good = json::parse(command_payload(command("erase", "id-1", {{"customer_id", "c"}}), "s1", "g1", kSeed));
  const std::map<std::string, json> changes = {{"id", "id-2"},
                                               {"issued", format_rfc3339(clock.now() - seconds(1))},
                                               {"expires", format_rfc3339(clock.now() + seconds(61))},
                                               {"args", R"({"customer_id":"d"})"}};
  InMessage message;
  for (const auto& change : changes) {
    json changed = good;
    changed[change.first] = change.second;
    message.payload = changed.dump();
    desk.on_message("erase", message);
    EXPECT_EQ(last_refusal(), "signature") << change.first;
  }
  message.payload = good.dump();
  desk.on_message("erase", message);
  EXPECT_EQ(port.executed.size(), 1U);
}

// Args as an object are signed as their dump with sorted keys and no white space. The vector of sync/README.md.
TEST_F(CommandDeskTest, TheVectorOfTheDocumentation) {
  InMessage message;
  message.payload =
      R"({"id":"e-1","issued":"2027-01-15T08:00:00Z","expires":"2027-01-15T09:00:00Z",)"
      R"("args":{"nonce":"000102030405060708090a0b0c0d0e0f","customer_id":"c-81f2"},)"
      R"("sig":"VzjrBlQqymswsKD6fElvcc3/px98+DnfJqgXlXxMLuM+ZSld4zNxIaSyw3xPv3yjAo4poJi1B4McC5yfcajJAg=="})";
  const auto parsed = parse_command("erase", message.payload);
  ASSERT_TRUE(parsed) << parsed.error().message();
  EXPECT_EQ(parsed->args_text, R"({"customer_id":"c-81f2","nonce":"000102030405060708090a0b0c0d0e0f"})");
  EXPECT_EQ(to_base64(ed25519_sign(kSeed, signed_bytes(*parsed, "s1", "g1"))), parsed->signature);
  desk.on_message("erase", message);
  EXPECT_EQ(port.executed.size(), 1U);
}

TEST_F(CommandDeskTest, TimesThatCannotBeAreRefused) {
  CommandMessage early = command("ping");
  early.issued += seconds(301);
  early.expires += seconds(301);
  deliver(early);
  EXPECT_EQ(last_refusal(), "not_yet_issued");
  CommandMessage immortal = command("ping");
  immortal.expires = immortal.issued + seconds(7 * 86'400 + 1);
  deliver(immortal);
  EXPECT_EQ(last_refusal(), "lifetime");
  deliver(command("dance"));
  EXPECT_EQ(last_refusal(), "unknown_command");
}

TEST_F(CommandDeskTest, WithoutAClockOnlyWhatChangesNothingIsDone) {
  port.known = false;
  clock.set_wall(UnixTime(seconds(100)));
  CommandMessage ping = command("ping");
  ping.issued = UnixTime(seconds(1'800'000'000));
  ping.expires = ping.issued + seconds(60);
  deliver(ping);
  EXPECT_EQ(port.executed.size(), 1U);
  CommandMessage reload = ping;
  reload.name = "reload";
  reload.id = "id-2";
  deliver(reload, kSeed);
  EXPECT_EQ(last_refusal(), "clock_unknown");
  port.known = true;  // nothing was remembered: now it is done
  clock.set_wall(ping.issued);
  deliver(reload, kSeed);
  EXPECT_EQ(port.executed.size(), 2U);
}

TEST_F(CommandDeskTest, AResponseTopicIsHonouredOnlyBelowOurOwnReplies) {
  InMessage message;
  message.correlation_data = std::string("a\0b", 3);
  message.response_topic = "aisle/v1/s1/g1/res/batch/7";
  deliver(command("ping", "id-1"), std::nullopt, message);
  EXPECT_EQ(port.replies.back().topic, message.response_topic);
  EXPECT_EQ(port.replies.back().correlation_data, message.correlation_data);
  int id = 1;
  for (const char* foreign : {"aisle/v1/s1/g2/res/x", "aisle/v1/s1/g1/evt/zone/entered", "aisle/v1/s1/g1/res/",
                              "aisle/v1/s1/g1/res/+", "aisle/v1/s1/g1/res/a#", "aisle/v1/s1/g1/resx"}) {
    message.response_topic = foreign;
    const std::string own = fmt::format("id-{}", ++id);
    deliver(command("ping", own), std::nullopt, message);
    EXPECT_EQ(port.replies.back().topic, "aisle/v1/s1/g1/res/" + own) << foreign;
  }
  EXPECT_EQ(desk.counters().response_topics_ignored, 6U);
}

TEST_F(CommandDeskTest, ADatabaseThatCannotBeReadRefusesRatherThanDoesTwice) {
  port.broken = true;
  deliver(command("ping"));
  EXPECT_EQ(last_refusal(), "busy");
  EXPECT_TRUE(port.executed.empty());
}

}  // namespace
}  // namespace aisle::sync
