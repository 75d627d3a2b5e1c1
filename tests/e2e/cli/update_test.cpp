// What `aislectl cloud --command update` refuses before anything is sent.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

class CliUpdate : public ::testing::Test {
 protected:
  CliUpdate() {
    std::filesystem::create_directory(site.file("packages"));
    site.write("packages/aisle-agent_9.0-1~deb12_amd64.deb", "package");
  }
  [[nodiscard]] auto offer(const std::vector<std::string>& more) const {
    // Nobody listens there.
    std::vector<std::string> command = {
        "cloud",     "--broker", "127.0.0.1:1",         "--store",    "s1",
        "--gateway", "g1",       "--command",           "update",     "--timeout-s",
        "1",         "--url",    "https://example.com", "--packages", site.file("packages")};
    command.insert(command.end(), more.begin(), more.end());
    return Site::ctl(command);
  }
  Site site;
};

TEST_F(CliUpdate, RingsBeyondTheLifeOfACommandAreRefused) {
  for (const char* rings : {"0,8d", "0,700000"}) {
    const auto done = offer({"--rings", rings});
    EXPECT_EQ(done.exit, 2) << rings;
    EXPECT_THAT(done.err, HasSubstr("at most 7 days")) << rings;
  }
  // With its spread, and the download of the last gateway.
  for (const char* rings : {"0,7d", "0,165h"}) {
    const auto done = offer({"--rings", rings});
    EXPECT_EQ(done.exit, 2) << rings;
    EXPECT_THAT(done.err, HasSubstr("at most 164 h from now")) << rings;
  }
  EXPECT_EQ(offer({"--rings", "0,145h", "--spread", "1d"}).exit, 2);
  const auto fits = offer({"--rings", "0,164h"});
  EXPECT_NE(fits.exit, 2) << "it is not the offer that is wrong: " << fits.err;
  EXPECT_NE(fits.exit, 0);
}

}  // namespace
}  // namespace aisle::e2e
