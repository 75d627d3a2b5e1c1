// A certificate is renewed under a running daemon, which does not notice; one that the broker refuses is not taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/provision/depot.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

std::string certificate_of(const Site& site) {
  return fakes::read_file(site.state_dir() + "/identity/current/gateway.pem");
}

// A site that is provisioned as g7.
void provision_as_g7(Depot& depot, const Site& site) {
  depot.add_claim("g7", "once");
  ASSERT_EQ(depot.start(), "");
  prepare(site);
  ASSERT_EQ(provision(site, {"--claim", depot.claim_for(site, "g7", "once")}).exit, 0);
}

TEST(Renewal, LeavesTheConnectionAlone) {
  Depot depot;
  const Site site;
  ASSERT_NO_FATAL_FAILURE(provision_as_g7(depot, site));
  auto aisled = site.start_aisled();
  ASSERT_EQ(wait_for_state(site, "online")["gateway"], "g7") << site.log();
  const std::string before = certificate_of(site);

  const auto early = provision(site, {"--renew"});
  EXPECT_EQ(early.exit, 0);
  EXPECT_THAT(early.out, HasSubstr("not due yet"));
  EXPECT_EQ(certificate_of(site), before);

  const auto renewed = provision(site, {"--renew", "--now"});
  EXPECT_EQ(renewed.exit, 0) << renewed.err;
  EXPECT_NE(certificate_of(site), before);
  const json sync = site.status()["sync"];
  EXPECT_EQ(sync["state"], "online");
  EXPECT_EQ(sync["connects"], 1);

  ASSERT_EQ(provision(site, {"--rollback"}).exit, 0);
  EXPECT_EQ(certificate_of(site), before);
}

TEST(Renewal, IsDueInTheLastThird) {
  Depot depot("120");  // backdated by five minutes: less than a third of it is left from the start
  const Site site;
  ASSERT_NO_FATAL_FAILURE(provision_as_g7(depot, site));
  const std::string before = certificate_of(site);
  auto aisled = site.start_aisled();
  EXPECT_EQ(wait_for_state(site, "online")["certificate"]["state"], "to be renewed");
  EXPECT_TRUE(fakes::eventually([&] { return site.log().find("was not renewed yet") != std::string::npos; }));
  const auto renewed = provision(site, {"--renew"});
  EXPECT_THAT(renewed.out, HasSubstr("was renewed"));
  EXPECT_NE(certificate_of(site), before);
}

TEST(Renewal, WhatTheBrokerRefusesLeavesTheOldInForce) {
  Depot depot;
  const Site site;
  ASSERT_NO_FATAL_FAILURE(provision_as_g7(depot, site));
  const std::string before = certificate_of(site);
  ASSERT_TRUE(depot.distrust());
  const auto refused = provision(site, {"--renew", "--now"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("the old certificate stays in force"));
  EXPECT_EQ(certificate_of(site), before);
}

TEST(Renewal, WhatTheCloudHasRevokedIsNotRenewedNorLetInByABrokerThatKnows) {
  Depot depot;
  const Site site;
  ASSERT_NO_FATAL_FAILURE(provision_as_g7(depot, site));
  const auto revoked =
      Site::ctl({"cloud", "--store", "s1", "--claims", depot.file("claims"), "--ca-cert", depot.file("ca.pem"),
                 "--ca-key", depot.file("ca.key"), "--revoke", "g7", "--crl", depot.file("crl.pem")});
  ASSERT_EQ(revoked.exit, 0) << revoked.err;
  const auto refused = provision(site, {"--renew", "--now"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("the gateway's key is revoked"));
  ASSERT_TRUE(depot.heed_revocations());
  auto aisled = site.start_aisled();
  EXPECT_EQ(wait_for_state(site, "own certificate refused")["sync"]["connects"], 0) << site.log();
}

TEST(Renewal, NeedsAProvisioning) {
  const Site site;
  prepare(site);
  const auto refused = provision(site, {"--renew"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("nothing to renew"));
}

}  // namespace
}  // namespace aisle::e2e
