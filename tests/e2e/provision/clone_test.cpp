// A card is copied: the copy must not double as the gateway that the original is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/provision/depot.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

class Clone : public ::testing::Test {
 protected:
  void SetUp() override {
    prepare(original);
    depot.add_claim("g7", "first");
    depot.add_claim("g8", "second");
    ASSERT_EQ(depot.start(), "");
    ASSERT_EQ(provision(original, {"--claim", depot.claim_for(original, "g7", "first")}).exit, 0);
    // As on a card: configuration and state, on another machine than the one whose mark they bear.
    prepare(copy);
    std::filesystem::copy(original.state_dir(), copy.state_dir(),
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
    std::filesystem::create_directory(copy.file("aisle.toml.d"));
    std::filesystem::create_symlink(copy.state_dir() + "/identity/current/provision.toml",
                                    copy.file("aisle.toml.d/70-provision.toml"));
    fakes::write_file(copy.state_dir() + "/machine", std::string(64, '7') + "\n");
  }
  Depot depot;
  Site original, copy;
};

TEST_F(Clone, StandsAside) {
  auto first = original.start_aisled();
  ASSERT_EQ(wait_for_state(original, "online")["gateway"], "g7") << original.log();
  auto second = copy.start_aisled();
  const json status = wait_for_state(copy, "another machine");
  EXPECT_EQ(status["source"]["state"], "another machine") << copy.log();
  EXPECT_THAT(std::string(status["sync"]["detail"]), HasSubstr("aislectl provision"));
  EXPECT_THAT(copy.log(), HasSubstr("set up on another machine"));
  EXPECT_EQ(provision(copy, {"--renew", "--now"}).exit, 1);
  EXPECT_EQ(original.status()["sync"]["connects"], 1);
}

TEST_F(Clone, ANewClaimMakesItAGatewayOfItsOwn) {
  const auto bare = provision(copy, {});
  EXPECT_EQ(bare.exit, 2);
  EXPECT_THAT(bare.out, HasSubstr("a new claim is needed"));
  const auto done = provision(copy, {"--claim", depot.claim_for(copy, "g8", "second"), "--json"});
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_NE(key_of(done), key_of(provision(original, {"--json"})));
  auto second = copy.start_aisled();
  EXPECT_EQ(wait_for_state(copy, "online")["gateway"], "g8") << copy.log();
}

TEST_F(Clone, OnPurposeItTakesTheOthersPlace) {
  ASSERT_EQ(provision(copy, {"--this-machine"}).exit, 0);
  auto second = copy.start_aisled();
  EXPECT_EQ(wait_for_state(copy, "online")["gateway"], "g7") << copy.log();
}

}  // namespace
}  // namespace aisle::e2e
