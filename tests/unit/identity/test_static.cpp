// Static identifiers: only where allowed for customers, always for assets; contested ones belong to nobody.
#include <gtest/gtest.h>

#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::AdvertBuilder;
using testing::customer;
using testing::key_record;
using testing::start_of;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kNoon = kDay * 144U + 72;
const UnixTime kNow = start_of(kNoon);
const IBeaconId kBeacon{testing::key_number(1), 1, 2};

Customer with_static(std::string id, StaticId static_id) {
  auto c = customer(std::move(id), {});
  c.static_ids = {static_id, static_id};
  return c;
}
Asset asset(std::string id, StaticId static_id) {
  Asset a;
  a.id = std::move(id);
  a.static_id = static_id;
  return a;
}
Resolution hear_beacon(Resolver& resolver, const IBeaconId& id = kBeacon) {
  AdvertBuilder advert;
  return resolver.resolve(advert.ibeacon(id).get(), testing::kPublic, kNow);
}

TEST(StaticId, OnlyWhereAllowed) {
  for (const bool allowed : {false, true}) {
    Resolver resolver({allowed, 16});
    resolver.upsert_customer(with_static("c-1", kBeacon));
    resolver.advance(kNow);
    const Resolution r = hear_beacon(resolver);
    EXPECT_EQ(who(r), allowed ? "c-1" : "");
    EXPECT_EQ(r.assurance, Assurance::static_id);
    EXPECT_EQ(who(hear_beacon(resolver, {kBeacon.uuid, 1, 3})), "");
    resolver.set_customers_usable(false);
    EXPECT_EQ(who(hear_beacon(resolver)), "");
    resolver.set_customers_usable(true);
    resolver.clear_customers();
    EXPECT_EQ(who(hear_beacon(resolver)), "");
  }
}

TEST(StaticId, KindsDoNotMix) {
  Resolver resolver({true, 16});
  resolver.upsert_customer(with_static("c-1", AltBeaconId{kBeacon.uuid, 1, 2}));
  resolver.advance(kNow);
  EXPECT_EQ(who(hear_beacon(resolver)), "");
  AdvertBuilder alt;
  const Resolution r = resolver.resolve(alt.altbeacon({kBeacon.uuid, 1, 2}).get(), testing::kPublic, kNow);
  EXPECT_EQ(who(r), "c-1");
  EXPECT_EQ(r.carrier, BeaconKind::altbeacon);
}

TEST(StaticId, ContestedBetweenCustomersAndWithAnAsset) {
  Resolver resolver({true, 16});
  resolver.upsert_customer(with_static("c-1", kBeacon));
  resolver.upsert_customer(with_static("c-2", kBeacon));
  resolver.advance(kNow);
  EXPECT_EQ(who(hear_beacon(resolver)), "<ambiguous>");
  resolver.erase_customer("c-1");
  EXPECT_EQ(who(hear_beacon(resolver)), "c-2");
  resolver.upsert_asset(asset("a-1", kBeacon));
  EXPECT_EQ(who(hear_beacon(resolver)), "<ambiguous>");
  EXPECT_EQ(resolver.stats().ambiguous, 2U);
  resolver.clear_customers();
  EXPECT_EQ(who(hear_beacon(resolver)), "a-1");
  resolver.upsert_asset(asset("a-1", IBeaconId{kBeacon.uuid, 9, 9}));
  EXPECT_EQ(who(hear_beacon(resolver)), "");
  resolver.clear_assets();
  EXPECT_EQ(who(hear_beacon(resolver, {kBeacon.uuid, 9, 9})), "");
}

TEST(StaticId, CustomersBeforeAssetsAndTokensBeforeStaticIds) {
  Resolver resolver({true, 16});
  const IBeaconId other{kBeacon.uuid, 5, 5};
  resolver.upsert_customer(with_static("c-static", kBeacon));
  resolver.upsert_customer(customer("c-token", {7}));
  resolver.add_key(key_record(7, kDay));
  resolver.upsert_asset(asset("a-1", other));
  resolver.advance(kNow);
  AdvertBuilder two;
  EXPECT_EQ(who(resolver.resolve(two.ibeacon(other).ibeacon(kBeacon).get(), testing::kPublic, kNow)), "c-static");
  AdvertBuilder three;
  three.ibeacon(other).ibeacon(kBeacon).token_of(7, kNoon);
  const Resolution r = resolver.resolve(three.get(), testing::kPublic, kNow);
  EXPECT_EQ(who(r), "c-token");
  EXPECT_EQ(r.assurance, Assurance::rotating);
}

}  // namespace
}  // namespace aisle::identity
