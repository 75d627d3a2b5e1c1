#include "agent/app/certificate_watch.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::app {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

class CertificateWatchTest : public ::testing::Test {
 protected:
  CertificateWatchTest() { authority.issue(directory.file("own"), "s1/g7", {.from = 0, .until = 90 * 86400}); }
  // The lines it has logged when asked after so many days.
  std::size_t lines_at(Duration after) {
    watch.look({SteadyTime{after}, start + after}, log);
    return log.recent().lines().size();
  }
  fakes::TempDir directory;
  fakes::Authority authority{directory.file("ca")};
  UnixTime start = SystemClock().now();
  Log log;
  CertificateWatch watch{directory.file("own.pem")};
};

TEST_F(CertificateWatchTest, WarnsOnceThenDailyInTheLastWeek) {
  EXPECT_EQ(lines_at(59 * kDay), 0U);
  EXPECT_EQ(lines_at(61 * kDay), 1U);
  EXPECT_EQ(lines_at(70 * kDay), 1U);
  EXPECT_EQ(lines_at(84 * kDay), 2U);
  EXPECT_EQ(lines_at(84 * kDay + kDay / 2), 2U);
  EXPECT_EQ(lines_at(86 * kDay), 3U);
  EXPECT_EQ(lines_at(91 * kDay), 4U);
}

TEST_F(CertificateWatchTest, StatusSaysHowLong) {
  const Json status = watch.status(start + 85 * kDay);
  EXPECT_EQ(status["state"], "expires within a week");
  EXPECT_EQ(status["days_left"], 4);
  EXPECT_EQ(status["subject"], "s1/g7");
  EXPECT_EQ(CertificateWatch("").status(start), Json());
  EXPECT_EQ(CertificateWatch(directory.file("none")).status(start)["state"], "unreadable");
}

}  // namespace
}  // namespace aisle::app
