// `aislectl provision` is killed as soon as it has made one thing or another. The configuration is whole after each,
// and the next run ends well with the same claim.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>

#include "tests/e2e/provision/depot.hpp"

namespace aisle::e2e {
namespace {

constexpr const char* kSteps[] = {".lock",
                                  "draft",
                                  "draft/cloud.pem",
                                  "draft/gateway.key",
                                  "draft/record.json",
                                  "draft/gateway.pem",
                                  "draft/ca.pem",
                                  "draft/provision.toml",
                                  "1",
                                  "current"};

// True when the file was seen before the program ended.
bool kill_at(const std::string& path, fakes::Process& program) {
  const auto deadline = std::chrono::steady_clock::now() + fakes::kPatience;
  std::error_code ignored;
  bool seen = false;
  // Without a pause: what is to be met lasts less than a millisecond.
  while (!seen && program.running() && std::chrono::steady_clock::now() < deadline)
    seen = std::filesystem::exists(path, ignored);
  program.kill_hard();
  return seen;
}

TEST(Interruption, EveryStepCanBeTheLast) {
  Depot depot;
  for (const char* step : kSteps) depot.add_claim("g7", step);
  ASSERT_EQ(depot.start(), "");
  int met = 0;
  for (const char* step : kSteps) {
    const Site site;
    prepare(site);
    const auto claim = depot.claim_for(site, "g7", step);
    fakes::Command run;
    run.argv = {AISLECTL,      "provision",     "--claim", claim, "--config", site.file("aisle.toml"),
                "--state-dir", site.state_dir()};
    fakes::Process program(run);
    met += kill_at(site.state_dir() + "/identity/" + step, program) ? 1 : 0;
    EXPECT_EQ(Site::ctl({"config", "check", "--config", site.file("aisle.toml")}).exit, 0) << step;
    const auto again = provision(site, {"--claim", claim, "--json"});
    ASSERT_EQ(again.exit, 0) << step << ": " << again.err;
    EXPECT_EQ(configured(site, "store.gateway"), "g7") << step;
    EXPECT_FALSE(std::filesystem::exists(site.state_dir() + "/identity/draft")) << step;
    const auto third = provision(site, {"--claim", claim, "--json"});
    EXPECT_FALSE(json::parse(third.out)["changed"]) << step;
    EXPECT_EQ(key_of(again), key_of(third)) << step;
  }
  EXPECT_GE(met, 8) << "the program was too quick to be killed";
}

// The broker answers again only after the first run has given up: its key and claim serve the second.
TEST(Interruption, AClaimThatWasUsedServesTheSameKeyLater) {
  Depot depot;
  depot.add_claim("g7", "once");
  ASSERT_EQ(depot.start(), "");
  const Site site;
  prepare(site);
  const auto claim = depot.claim_for(site, "g7", "once");
  const auto refused = provision(site, {"--claim", claim, "--broker", "127.0.0.1:1"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_EQ(configured(site, "store.gateway"), "g1");
  const auto done = provision(site, {"--claim", claim});
  EXPECT_EQ(done.exit, 0) << done.err;
}

}  // namespace
}  // namespace aisle::e2e
