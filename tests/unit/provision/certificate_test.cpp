#include "agent/provision/certificate.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "agent/provision/key.hpp"
#include "agent/provision/shelf.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::provision {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

Certificate of_life(Duration life) {
  return {"s1/g7", UnixTime{}, UnixTime{life}, ""};
}

TEST(Life, IsGoodUntilTheLastThird) {
  const auto ninety = of_life(90 * kDay);
  EXPECT_EQ(life_of(ninety, UnixTime{59 * kDay}), Life::good);
  EXPECT_EQ(life_of(ninety, UnixTime{60 * kDay}), Life::renew);
  EXPECT_EQ(life_of(ninety, UnixTime{82 * kDay}), Life::renew);
  EXPECT_EQ(life_of(ninety, UnixTime{83 * kDay}), Life::last_week);
  EXPECT_EQ(life_of(ninety, UnixTime{90 * kDay}), Life::expired);
  EXPECT_EQ(life_of(ninety, UnixTime{-kDay}), Life::not_yet);
}

TEST(Life, OfAFewDaysHasNoLastWeek) {
  EXPECT_EQ(life_of(of_life(3 * kDay), UnixTime{2 * kDay}), Life::renew);
}

TEST(Certificate, SaysWhoseItIsAndForHowLong) {
  const fakes::TempDir directory;
  const fakes::Authority authority(directory.file("ca"));
  authority.issue(directory.file("gateway"), "s1/g7", {.from = -60, .until = 3600});
  const auto certificate = read_certificate(*read_text(directory.file("gateway.pem")));
  ASSERT_TRUE(certificate) << certificate.error().message();
  EXPECT_EQ(certificate->subject, "s1/g7");
  EXPECT_EQ(certificate->until - certificate->from, seconds{3660});
  const auto key = GatewayKey::read(directory.file("gateway.key"));
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(certificate->fingerprint, key->fingerprint());
  EXPECT_NE(GatewayKey::make()->fingerprint(), key->fingerprint());
}

TEST(Certificate, AnythingElseIsRefused) {
  EXPECT_FALSE(read_certificate(""));
  EXPECT_FALSE(read_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}

TEST(Key, IsReadAsItWasWritten) {
  const fakes::TempDir directory;
  const auto made = GatewayKey::make();
  ASSERT_TRUE(made);
  std::ofstream(directory.file("key")) << made->pem();
  const auto read = GatewayKey::read(directory.file("key"));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->fingerprint(), made->fingerprint());
  EXPECT_FALSE(GatewayKey::read(directory.file("none")));
}

}  // namespace
}  // namespace aisle::provision
