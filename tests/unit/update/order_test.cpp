// The args of the command `update`.
#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kPackage = "2.0-1 good";

std::string wrong(const json& change) {
  auto args = package_args(kPackage, "2.0-1");
  if (!change.is_null()) args.merge_patch(change);
  const auto order = parse_order(args);
  return order ? "" : order.error().message();
}
Due due(const json& change, std::uint32_t ring, const std::string& gateway = "g1") {
  auto args = package_args(kPackage, "2.0-1");
  if (!change.is_null()) args.merge_patch(change);
  return due_for(*parse_order(args), signed_command(args), {"s1", gateway, kTarget, ring}).value();
}

TEST(Order, WhatIsWrongIsNamed) {
  EXPECT_EQ(wrong({}), "");
  EXPECT_THAT(wrong({{"packages", nullptr}}), HasSubstr("\"packages\""));
  EXPECT_THAT(wrong({{"rings", {5, 3}}}), HasSubstr("\"rings\""));
  EXPECT_THAT(wrong({{"rings", "0"}}), HasSubstr("\"rings\""));
  EXPECT_THAT(wrong({{"confirm_s", 5}}), HasSubstr("\"confirm_s\""));
  EXPECT_THAT(wrong({{"downgrade", 1}}), HasSubstr("\"downgrade\""));
  for (const auto& [name, value] : {std::pair{"url", "file:///etc/shadow"}, std::pair{"sha256", "AB"},
                                    std::pair{"version", "1 --force"}, std::pair{"version", "--x"}})
    EXPECT_THAT(wrong({{"packages", {{kTarget, {{name, value}}}}}}), HasSubstr(name));
  EXPECT_THAT(wrong({{"packages", {{kTarget, {{"bytes", 1ULL << 40U}}}}}}), HasSubstr("\"bytes\""));
}

TEST(Order, EachRingHasItsTime) {
  EXPECT_EQ(due({}, 7).start, kNow);
  const json rings = {{"rings", {0, 3600, 86'400}}};
  EXPECT_EQ(due(rings, 0).start, kNow);
  EXPECT_EQ(due(rings, 2).start, kNow + seconds{86'400});
  auto args = package_args(kPackage, "2.0-1");
  args.merge_patch(rings);
  const auto later = due_for(*parse_order(args), signed_command(args), {"s1", "g1", kTarget, 3});
  ASSERT_FALSE(later);
  EXPECT_STREQ(later.error().reason, "deferred");
  const auto elsewhere = due_for(*parse_order(args), signed_command(args), {"s1", "g1", "deb13_arm64", 0});
  ASSERT_FALSE(elsewhere);
  EXPECT_STREQ(elsewhere.error().reason, "no_package");
}

TEST(Order, AGatewayKeepsItsPlaceInItsRing) {
  const json spread = {{"spread_s", 3600}};
  std::set<UnixTime> places;
  for (int i = 0; i < 50; ++i) {
    const auto place = due(spread, 0, "g" + std::to_string(i));
    EXPECT_GE(place.start, kNow);
    EXPECT_LT(place.start, kNow + seconds{3600});
    EXPECT_EQ(place.start, due(spread, 0, "g" + std::to_string(i)).start);
    places.insert(place.start);
  }
  EXPECT_GT(places.size(), 45U);
}

TEST(Order, TheTargetIsOfThisDebian) {
  EXPECT_EQ(target_of("ID=debian\nVERSION_ID=\"12\"\n"), fmt::format("deb12_{}", own_architecture()));
  EXPECT_EQ(target_of("ID=fedora\nVERSION_ID=40\n"), "");
  EXPECT_EQ(target_of("PRETTY_NAME=\"x\""), "");
}

TEST(Order, ACommandStaysSignedOnTheDisk) {
  const auto again = command_from(to_text(signed_command(package_args(kPackage, "2.0-1"))));
  ASSERT_TRUE(again);
  EXPECT_TRUE(sync::signature_holds(*again, "s1", "g1", ed25519_public(kSeed)));
  EXPECT_FALSE(sync::signature_holds(*again, "s1", "g2", ed25519_public(kSeed)));
}

}  // namespace
}  // namespace aisle::update
