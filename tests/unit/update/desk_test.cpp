// The daemon's part: an offer waits for its ring, is handed over, and what became of it is found.
#include "agent/app/update_desk.hpp"

#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

using ::testing::HasSubstr;

class UpdateDeskTest : public ::testing::Test {
 protected:
  UpdateDeskTest() {
    trust("g1");
    desk = begin();
  }
  void trust(const std::string& gateway, const Ed25519Seed& seed = kSeed) const {
    EXPECT_TRUE(write_trust(directory.file("update.key"), {ed25519_public(seed), "s1", gateway}));
  }
  std::unique_ptr<app::UpdateDesk> begin() {
    auto out = std::make_unique<app::UpdateDesk>(directory.file("state"), directory.file("aisle.toml"), log,
                                                 directory.file("own"));
    out->begin(site);
    return out;
  }
  std::string take(const nlohmann::json& change, const std::string& id = "u-1") {
    auto args = package_args("2.0-1 good", "2.0-1");
    if (!change.is_null()) args.merge_patch(change);
    const auto taken = desk->take(signed_command(args, id), site);
    return taken ? taken->result["state"].get<std::string>() : taken.error().reason;
  }
  [[nodiscard]] bool handed_over() const {
    return std::filesystem::exists(directory.file("state/update/request.json"));
  }

  fakes::TempDir directory;
  Log log{LogLevel::error};
  Site site{"s1", "g1", own_target(), 1};
  std::unique_ptr<app::UpdateDesk> desk;
};

// Elsewhere than on a Debian there is nothing to take.
bool at_home() {
  return !own_target().empty();
}

TEST_F(UpdateDeskTest, WithoutAKeyOfRootsNothingIsTaken) {
  std::filesystem::remove(directory.file("update.key"));
  EXPECT_EQ(desk->status()["enabled"], false);
  EXPECT_EQ(take({}), "not_enabled");
}

TEST_F(UpdateDeskTest, WhatRootWouldNotInstallIsNotTaken) {
  const auto refusal = [&] {
    const auto taken = desk->take(signed_command(package_args("2.0-1 good", "2.0-1")), site);
    return taken ? "" : taken.error().detail;
  };
  trust("g0");
  EXPECT_THAT(refusal(), HasSubstr("is for s1/g0, and this gateway is s1/g1 now: sudo aislectl update trust"));
  EXPECT_EQ(desk->status()["enabled"], false);
  trust("g1", Ed25519Seed{});
  EXPECT_THAT(refusal(), HasSubstr("another key"));
  write(directory.file("update.key"), to_hex(ed25519_public(kSeed)) + "\n");
  EXPECT_THAT(refusal(), HasSubstr("key, store and gateway expected"));
  trust("g1");
  EXPECT_EQ(desk->status()["enabled"], true);
}

TEST_F(UpdateDeskTest, AnOfferWaitsForItsRingThroughARestart) {
  if (!at_home()) GTEST_SKIP();
  EXPECT_EQ(take({{"rings", {0, 3600}}}), "waiting");
  EXPECT_FALSE(desk->look(kNow + seconds{3599}));
  EXPECT_FALSE(desk->look(std::nullopt));
  EXPECT_FALSE(handed_over());
  desk = begin();
  EXPECT_EQ(desk->brief()["state"], "waiting");
  EXPECT_EQ(desk->status()["start"], format_rfc3339(kNow + seconds{3600}));
  EXPECT_FALSE(desk->look(kNow + seconds{3600}));
  EXPECT_TRUE(handed_over());
  EXPECT_EQ(desk->brief()["state"], "fetching");
  EXPECT_EQ(take({}, "u-2"), "busy");
}

TEST_F(UpdateDeskTest, WhatBecameOfItIsFound) {
  if (!at_home()) GTEST_SKIP();
  EXPECT_EQ(take({}), "waiting");
  EXPECT_FALSE(desk->look(kNow));
  ASSERT_TRUE(std::filesystem::remove(directory.file("state/update/request.json")));
  std::filesystem::create_directory(directory.file("own"));
  ASSERT_TRUE(write_outcome(directory.file("own/outcome.json"), {State::installing, "u-1", "2.0-1"}));
  EXPECT_FALSE(desk->look(kNow));
  EXPECT_EQ(desk->brief()["state"], "installing");
  ASSERT_TRUE(write_outcome(directory.file("own/outcome.json"), {State::rolled_back, "u-1", "2.0-1", "mute"}));
  const auto ended = desk->look(kNow);
  ASSERT_TRUE(ended);
  EXPECT_THAT(app::update_reply(*ended), HasSubstr(R"("reason":"rolled_back","detail":"mute")"));
  EXPECT_EQ(begin()->brief()["state"], "rolled_back");
  EXPECT_EQ(take({}, "u-2"), "waiting") << "the next may come";
}

TEST_F(UpdateDeskTest, OneThatWaitsIsWithdrawnOrReplaced) {
  if (!at_home()) GTEST_SKIP();
  EXPECT_EQ(take({{"withdraw", true}}), "nothing_waits");
  EXPECT_EQ(take({{"rings", {0, 3600}}}), "waiting");
  EXPECT_EQ(take({{"withdraw", true}}, "u-2"), "withdrawn");
  EXPECT_EQ(begin()->brief()["state"], "withdrawn");
  EXPECT_FALSE(desk->look(kNow + seconds{7200}));
  EXPECT_FALSE(handed_over());
  EXPECT_EQ(take({{"rings", {0, 3600}}}, "u-3"), "waiting");
  EXPECT_EQ(take({{"rings", {0, 7200}}}, "u-4"), "waiting");
  EXPECT_EQ(begin()->brief()["command"], "u-4");
}

TEST_F(UpdateDeskTest, OneThatExpiredMeanwhileIsNotBegun) {
  if (!at_home()) GTEST_SKIP();
  EXPECT_EQ(take({}), "waiting");
  const auto ended = desk->look(kNow + seconds{8 * 86'400});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, State::refused);
  EXPECT_EQ(begin()->brief()["state"], "refused");
}

}  // namespace
}  // namespace aisle::update
