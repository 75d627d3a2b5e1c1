// The steps, with a cloud and a broker that answer as the test wants.
#include "agent/provision/provision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "agent/provision/openssl.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::provision {
namespace {

using ::testing::HasSubstr;

class FakeCloud final : public Exchange {
 public:
  explicit FakeCloud(const fakes::TempDir& place) : directory(place), authority(place.file("ca")) {}
  Result<Grant> claim(const CloudAddress& /*cloud*/, const Claim& /*claim*/, const std::string& request) override {
    return sign(request);
  }
  Result<Grant> renew(const CloudAddress& /*cloud*/, const std::string& /*certificate*/, const GatewayKey& /*key*/,
                      const std::string& request) override {
    return sign(request);
  }
  Result<Grant> sign(const std::string& request) {
    ++asked;
    if (refuses) return fail("no");
    const RequestPtr parsed(PEM_read_bio_X509_REQ(bio_of(request).get(), nullptr, nullptr, nullptr));
    const KeyPtr key(another_key ? EVP_EC_gen("P-256") : X509_REQ_get_pubkey(parsed.get()));
    authority.certify(directory.file("made"), name, key.get(), valid);
    return Grant{*read_text(directory.file("made.pem")), "", command_key, ""};
  }
  const fakes::TempDir& directory;
  fakes::Authority authority;
  fakes::CertificateOptions valid;
  std::string name = "s1/g7", command_key;
  bool refuses = false, another_key = false;
  int asked = 0;
};

class Provisioning : public ::testing::Test {
 protected:
  Provisioning() {
    auto opened = Shelf::open(directory.file("state"));
    shelf.emplace(std::move(*opened));
  }
  std::string run() {
    const auto done = provision(claim, {}, *shelf, around);
    if (done) changed = done->changed;
    return done ? "" : done.error().message();
  }
  std::string renew_now() {
    const auto done = renew(true, *shelf, around);
    return done ? "" : done.error().message();
  }
  [[nodiscard]] std::string fingerprint() const { return look(*shelf, around)->certificate->fingerprint; }

  fakes::TempDir directory;
  FakeCloud cloud{directory};
  SystemClock clock;
  bool lets_in = true, changed = false;
  Claim claim{"s1", "g7", "mq.example", "https://c.example", "once", ""};
  Surroundings around{directory.file("aisle.toml"),
                      directory.file("state"),
                      "this machine",
                      cloud,
                      clock,
                      [this](const std::string&) -> Result<std::string> {
                        if (lets_in) return "mq.example:8883";
                        return fail("the broker does not let us in");
                      },
                      [](const std::string&) {}};
  std::optional<Shelf> shelf;
};

TEST_F(Provisioning, IsDoneOnce) {
  ASSERT_EQ(run(), "");
  EXPECT_TRUE(changed);
  ASSERT_EQ(run(), "");
  EXPECT_FALSE(changed);
  EXPECT_EQ(cloud.asked, 1);
  EXPECT_EQ(look(*shelf, around)->bound, Bound::here);
}

TEST_F(Provisioning, TheKeySurvivesWhatFails) {
  lets_in = false;
  EXPECT_THAT(run(), HasSubstr("does not let us in"));
  EXPECT_FALSE(shelf->has_current());
  const auto draft = GatewayKey::read(shelf->path_of(Draft::claim) + "/gateway.key");
  ASSERT_TRUE(draft);
  lets_in = true;
  ASSERT_EQ(run(), "");
  EXPECT_EQ(fingerprint(), draft->fingerprint());
}

TEST_F(Provisioning, ANewClaimOrAnotherMachineMakesANewKey) {
  ASSERT_EQ(run(), "");
  const auto first = fingerprint();
  claim.token = "another";
  ASSERT_EQ(run(), "");
  const auto second = fingerprint();
  EXPECT_NE(first, second);
  around.machine = "another machine";
  ASSERT_EQ(run(), "");
  EXPECT_NE(second, fingerprint());
  EXPECT_EQ(look(*shelf, around)->bound, Bound::here);
}

TEST_F(Provisioning, WhatTheCloudAnswersIsChecked) {
  cloud.another_key = true;
  EXPECT_THAT(run(), HasSubstr("for another key"));
  cloud.another_key = false;
  cloud.name = "s1/g8";
  EXPECT_THAT(run(), HasSubstr("for another gateway"));
  cloud.name = "s1/g7";
  cloud.valid = {.from = 3600, .until = 7200};
  EXPECT_THAT(run(), HasSubstr("set the clock"));
  cloud.valid = {};
  cloud.command_key = "none";
  EXPECT_THAT(run(), HasSubstr("command_key"));
  cloud.command_key = "";
  claim.broker = "";
  EXPECT_THAT(run(), HasSubstr("names a broker"));
  EXPECT_FALSE(shelf->has_current());
}

TEST_F(Provisioning, ARenewalKeepsTheKeyAndFallsBackToTheOld) {
  ASSERT_EQ(run(), "");
  const auto key = fingerprint();
  const auto before = read_text(shelf->current() + "/gateway.pem").value_or("");
  lets_in = false;
  EXPECT_THAT(renew_now(), HasSubstr("the old certificate stays"));
  EXPECT_EQ(read_text(shelf->current() + "/gateway.pem").value_or(""), before);
  lets_in = true;
  ASSERT_EQ(renew_now(), "");
  EXPECT_NE(read_text(shelf->current() + "/gateway.pem").value_or(""), before);
  EXPECT_EQ(fingerprint(), key);
}

TEST_F(Provisioning, NothingIsRenewedOnAnotherMachine) {
  ASSERT_EQ(run(), "");
  around.machine = "another machine";
  EXPECT_THAT(renew_now(), HasSubstr("another machine"));
}

TEST_F(Provisioning, WhatWasMadeOnAnotherMachineIsRolledBackToAsThatOfTheOther) {
  ASSERT_EQ(run(), "");
  around.machine = "another machine";
  claim.token = "another";
  ASSERT_EQ(run(), "");
  ASSERT_TRUE(roll_back(*shelf, around));
  EXPECT_EQ(look(*shelf, around)->bound, Bound::elsewhere);
  ASSERT_TRUE(roll_back(*shelf, around));
  EXPECT_EQ(look(*shelf, around)->bound, Bound::here);
}

TEST_F(Provisioning, TheFirstOneRolledBackLeavesNoDropIn) {
  ASSERT_EQ(run(), "");
  const auto back = roll_back(*shelf, around);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_FALSE(*back);
  EXPECT_FALSE(std::filesystem::is_symlink(drop_in_path(around.config)));
  const auto again = roll_back(*shelf, around);
  ASSERT_TRUE(again && *again);
  EXPECT_TRUE(std::filesystem::exists(drop_in_path(around.config)));
}

TEST_F(Provisioning, AnExpiredCertificateNeedsANewClaim) {
  cloud.valid = {.from = -3600, .until = 600};
  ASSERT_EQ(run(), "");
  ManualClock later(clock.now() + std::chrono::hours(1));
  const Surroundings then{around.config, around.state_dir, around.machine, cloud, later, around.try_out, around.say};
  const auto renewed = renew(false, *shelf, then);
  ASSERT_FALSE(renewed);
  EXPECT_THAT(renewed.error().message(), HasSubstr("new claim"));
}

}  // namespace
}  // namespace aisle::provision
