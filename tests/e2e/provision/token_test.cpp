// The key is made on a PKCS#11 token and stays there: SoftHSM's, in a directory of the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/e2e/provision/depot.hpp"

namespace aisle::e2e {
namespace {

class OnToken : public ::testing::Test {
 protected:
  void SetUp() override {
    prepare(site);
    std::filesystem::create_directory(site.file("tokens"));
    site.write("softhsm2.conf", "directories.tokendir = " + site.file("tokens") + "\n");
    setenv("SOFTHSM2_CONF", site.file("softhsm2.conf").c_str(), 1);
    site.write("pin", "1234\n");
    const auto made = fakes::run(
        {"/usr/bin/softhsm2-util", "--init-token", "--free", "--label", "aisle", "--pin", "1234", "--so-pin", "5678"});
    ASSERT_EQ(made.exit, 0) << made.err;
    depot.add_claim("g7", "once");
    ASSERT_EQ(depot.start(), "");
  }
  void TearDown() override { unsetenv("SOFTHSM2_CONF"); }
  fakes::Finished provision_there(const std::string& uri) {
    return provision(site, {"--claim", depot.claim_for(site, "g7", "once"), "--key", uri, "--token-module",
                            "/usr/lib/softhsm/libsofthsm2.so", "--pin-file", site.file("pin"), "--json"});
  }
  Depot depot;
  Site site;
};

TEST_F(OnToken, TheKeyIsMadeAndUsedAndRenewedThere) {
  const auto done = provision_there("pkcs11:token=aisle;object=gateway");
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_FALSE(std::filesystem::exists(site.state_dir() + "/identity/current/gateway.key"));
  auto aisled = site.start_aisled();
  EXPECT_EQ(wait_for_state(site, "online")["gateway"], "g7") << site.log();
  const auto renewed = provision(site, {"--renew", "--now", "--json"});
  ASSERT_EQ(renewed.exit, 0) << renewed.err;
  EXPECT_EQ(key_of(renewed), key_of(done));
}

TEST_F(OnToken, AKeyNeedsAName) {
  const auto refused = provision_there("pkcs11:token=aisle");
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, ::testing::HasSubstr("object=NAME"));
}

}  // namespace
}  // namespace aisle::e2e
