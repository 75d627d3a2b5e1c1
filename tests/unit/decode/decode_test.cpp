// The values and limits of `decode` that its JSON does not show.
#include "ble/decode/decode.hpp"

#include <gtest/gtest.h>

#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

constexpr const char* kToken = "11074f324f10c2369418fedd9f8b53eb11bf";

TEST(Decode, SpansPointIntoThePayload) {
  const Bytes payload = test::hex(std::string("020106") + kToken);
  Decoded decoded;
  decode(payload, decoded);
  ASSERT_EQ(decoded.count, 1);
  const auto* token = std::get_if<AisleToken>(&decoded.beacons[0]);
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->rpi.data(), &payload[9]);
  EXPECT_EQ(kind_of(decoded.beacons[0]), BeaconKind::aisle_token);
}

TEST(Decode, StartsAnewOnEveryCall) {
  Decoded decoded;
  const Bytes overrun = test::hex(std::string(kToken) + "05");
  decode(overrun, decoded);
  EXPECT_EQ(decoded.found().size(), 1U);
  EXPECT_TRUE(decoded.malformed);
  const Bytes flags = test::hex("020106");
  decode(flags, decoded);
  EXPECT_TRUE(decoded.found().empty());
  EXPECT_FALSE(decoded.malformed);
}

TEST(Decode, StoresNoMoreThanItHasRoomFor) {
  std::string many;
  for (std::size_t i = 0; i < kMaxBeacons + 3; ++i) many += kToken;
  Decoded decoded;
  const Bytes payload = test::hex(many + "ff");
  decode(payload, decoded);
  EXPECT_EQ(decoded.found().size(), kMaxBeacons);
  ASSERT_TRUE(decoded.malformed);
  EXPECT_EQ(decoded.error.offset, 18 * (kMaxBeacons + 3));
}

TEST(Decode, KindsFollowTheBeacon) {
  static constexpr Key128 kZeros{};
  const std::span<const std::byte, 16> none(kZeros);
  EXPECT_EQ(kind_of(IBeacon{none, 0, 0, 0}), BeaconKind::ibeacon);
  EXPECT_EQ(kind_of(AltBeacon{none, 0, 0, 0, 0}), BeaconKind::altbeacon);
  EXPECT_EQ(kind_of(EddystoneUrl{{}, 0}), BeaconKind::eddystone_url);
  EXPECT_EQ(kind_of(EddystoneTlm{}), BeaconKind::eddystone_tlm);
  EXPECT_EQ(kind_of(AppleOverflow{none}), BeaconKind::apple_overflow);
  EXPECT_EQ(kind_of(BtHome{2, false, {}}), BeaconKind::bthome);
}

TEST(Decode, OffsetsBeyondSixteenBitsAreTheLargest) {
  Bytes payload;
  while (payload.size() < 70000) payload.insert(payload.end(), {std::byte{1}, std::byte{9}});
  payload.push_back(std::byte{3});
  Decoded decoded;
  decode(payload, decoded);
  ASSERT_TRUE(decoded.malformed);
  EXPECT_EQ(decoded.error.offset, 0xFFFF);
}

}  // namespace
}  // namespace aisle::decode
