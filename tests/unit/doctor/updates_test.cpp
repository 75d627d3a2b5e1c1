#include "agent/doctor/updates.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "agent/update/hand_over.hpp"
#include "agent/update/trust.hpp"
#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;

UpdateFacts trusting() {
  UpdateFacts facts;
  facts.trust_path = "/etc/aisle/update.key";
  facts.there = true;
  facts.trusted_for = facts.site = "s1/g1";
  facts.trusted_key = facts.pinned_key = std::string(64, 'a');
  return facts;
}

Finding found(const UpdateFacts& facts, const std::string& id) {
  return judged(judge_updates, facts).at(id);
}

TEST(DoctorUpdates, WhoseUpdatesAreInstalledIsTold) {
  EXPECT_EQ(found(trusting(), "update.trust").state, State::ok);
  EXPECT_EQ(found({}, "update.trust").state, State::not_applicable);
  EXPECT_THAT(found({}, "update.trust").why, HasSubstr("update trust"));
  auto facts = trusting();
  facts.site.clear();
  facts.pinned_key.clear();
  EXPECT_EQ(found(facts, "update.trust").state, State::ok) << "without a configuration nothing can be compared";
}

TEST(DoctorUpdates, ATrustThatFitsNoMoreIsAWarning) {
  const auto expect = [](const UpdateFacts& facts, const char* why) {
    const auto finding = found(facts, "update.trust");
    EXPECT_EQ(finding.state, State::warning) << why;
    EXPECT_THAT(finding.why, HasSubstr(why));
  };
  auto facts = trusting();
  facts.site = "s1/g2";
  expect(facts, "is for s1/g1, and this gateway is s1/g2 now");
  facts = trusting();
  facts.pinned_key = std::string(64, 'b');
  expect(facts, "bbbbbbbb");
  facts.pinned_key.clear();
  expect(facts, "public_key is not set");
  facts.trouble = "owned by user 0 expected";
  expect(facts, "owned by user 0");
}

TEST(DoctorUpdates, OneThatDidNotStayIsAWarningWithItsReason) {
  auto facts = trusting();
  EXPECT_EQ(found(facts, "update.last").state, State::not_applicable);
  for (const auto state : {update::State::refused, update::State::rolled_back}) {
    facts.standing = {state, "u-1", "2.0-1", "dpkg ended with 1:\nno room"};
    const auto finding = found(facts, "update.last");
    EXPECT_EQ(finding.state, State::warning);
    EXPECT_THAT(finding.what, HasSubstr("2.0-1"));
    EXPECT_THAT(finding.why, HasSubstr("no room"));
  }
  facts.standing.state = update::State::confirmed;
  EXPECT_EQ(found(facts, "update.last").state, State::ok);
  facts.standing.state = update::State::installing;
  EXPECT_THAT(found(facts, "update.last").what, HasSubstr("is being tried"));
}

TEST(DoctorUpdates, OneThatIsStuckIsTold) {
  auto facts = trusting();
  EXPECT_THAT(found(facts, "update.progress").what, HasSubstr("no update is under way"));
  facts.requested = seconds{7200};
  EXPECT_EQ(found(facts, "update.progress").state, State::ok);
  facts.requested = seconds{4 * 3600};
  EXPECT_THAT(found(facts, "update.progress").fix, HasSubstr("aisle-fetch.path"));
  EXPECT_EQ(found(facts, "update.progress").state, State::warning);
  facts.ready = seconds{1900};
  EXPECT_THAT(found(facts, "update.progress").fix, HasSubstr("aisle-update.path"));
  facts.step = seconds{3600};
  EXPECT_EQ(found(facts, "update.progress").state, State::ok);
  facts.step = seconds{3 * 3600};
  EXPECT_EQ(found(facts, "update.progress").state, State::failure);
  EXPECT_THAT(found(facts, "update.progress").what, HasSubstr("180 min"));
}

TEST(DoctorUpdates, WhatIsHiddenIsNotCalledRight) {
  UpdateFacts facts;
  facts.hidden = facts.state_hidden = true;
  EXPECT_EQ(found(facts, "update.trust").state, State::not_applicable);
  EXPECT_EQ(found(facts, "update.progress").state, State::not_applicable);
}

TEST(DoctorUpdates, FactsAreThoseOfTheFiles) {
  const FakeTree files;
  files.write("/own/journal.json", "{}");
  files.write("/state/update/request.json", "{}");
  ASSERT_TRUE(
      update::write_outcome(files.root() + "/own/outcome.json", {update::State::refused, "u-1", "2.0-1", "no"}));
  const timespec old{1'000'000'000, 0};
  ASSERT_EQ(utimensat(AT_FDCWD, (files.root() + "/own/journal.json").c_str(), std::array{old, old}.data(), 0), 0);
  const std::string config = files.root() + "/etc/aisle.toml";
  files.write("/etc/aisle.toml", "");
  const auto gather = [&](uid_t root) {
    return gather_updates(config, std::nullopt, files.root() + "/state", files.root() + "/own", root);
  };
  EXPECT_FALSE(gather(geteuid()).there);
  ASSERT_TRUE(update::write_trust(update::trust_path(config), {Ed25519Public{}, "s1", "g1"}));
  const auto facts = gather(geteuid());
  EXPECT_TRUE(facts.there);
  EXPECT_EQ(facts.trouble, "");
  EXPECT_EQ(facts.trusted_for, "s1/g1");
  EXPECT_EQ(facts.standing.state, update::State::refused);
  EXPECT_GT(facts.step.value_or(seconds{0}), seconds{86'400});
  EXPECT_LT(facts.requested.value_or(seconds{86'400}), seconds{86'400});
  EXPECT_FALSE(facts.ready);
  EXPECT_THAT(gather(geteuid() + 1).trouble, HasSubstr("expected")) << "another may write it";
}

}  // namespace
}  // namespace aisle::doctor
