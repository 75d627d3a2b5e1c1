// Eddystone-EID and resolvable private addresses: published vectors, rotation, and the bound of the address cache.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ble/identity/eid.hpp"
#include "ble/identity/rpa.hpp"
#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::AdvertBuilder;
using testing::at;
using testing::who;

Key128 key(std::string_view hex) {
  return from_hex_fixed<16>(hex).value();
}
const Key128 kContractKey = key("0102030405060708090a111213141516");

std::vector<std::string> vector_files(const std::string& name) {
  std::vector<std::string> files = {std::string(AISLE_TEST_DATA "/vectors/") + name};
  if (const char* shared = std::getenv("AISLE_SHARED_DATA")) files.push_back(std::string(shared) + "/vectors/" + name);
  return files;
}
nlohmann::json vectors(const std::string& file) {
  std::ifstream in(file);
  return nlohmann::json::parse(in, nullptr, false)["vectors"];
}

TEST(Eid, ContractVectors) {
  Aes128 aes;
  EXPECT_EQ(to_hex(derive_eid(aes, kContractKey, 10, 0)), "a9b76a71c5f89290");
  EXPECT_EQ(to_hex(derive_eid(aes, kContractKey, 10, 2000)), "4144413e45fefa58");
}

TEST(Eid, VectorFiles) {
  Aes128 aes;
  for (const auto& file : vector_files("eddystone_eid.json")) {
    const auto all = vectors(file);
    ASSERT_GE(all.size(), 12U) << file;
    for (const auto& v : all) {
      const Key128 ik = key(v["ik"].get<std::string>());
      const auto t = v["t"].get<std::uint32_t>();
      EXPECT_EQ(to_hex(eid_temporary_key(aes, ik, t)), v["tk"].get<std::string>());
      EXPECT_EQ(to_hex(derive_eid(aes, ik, v["k"].get<std::uint8_t>(), t)), v["eid"].get<std::string>());
    }
  }
}

Asset eid_asset(std::string id, const Key128& ik, std::uint8_t k) {
  Asset a;
  a.id = std::move(id);
  a.eid = EidKey{ik, k};
  return a;
}
Resolution hear_eid(Resolver& resolver, const Key128& ik, std::uint8_t k, std::int64_t t, std::int64_t now) {
  resolver.advance(at(now));
  Aes128 aes;
  AdvertBuilder advert;
  return resolver.resolve(advert.eid(derive_eid(aes, ik, k, static_cast<std::uint32_t>(t))).get(), testing::kPublic,
                          at(now));
}

TEST(Eid, PreviousCurrentAndNextResolve) {
  Resolver resolver({});
  resolver.upsert_asset(eid_asset("a-1", kContractKey, 10));
  const Resolution r = hear_eid(resolver, kContractKey, 10, 2000, 1700);
  EXPECT_EQ(who(r), "a-1");
  EXPECT_EQ(r.assurance, Assurance::rotating);
  EXPECT_EQ(r.carrier, BeaconKind::eddystone_eid);
  for (const std::int64_t now : {1'780'000'000LL, 1'780'000'500LL, 1'780'009'999LL, 1'780'000'000LL}) {
    const std::int64_t begin = now / 1024 * 1024;
    for (const std::int64_t t : {begin - 1024, begin - 1, now, begin + 1024, begin + 2047}) {
      EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, t, now)), "a-1") << t << " at " << now;
    }
    EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, begin - 1025, now)), "");
    EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, begin + 2048, now)), "");
  }
}

TEST(Eid, EdgesOfTheBeaconClock) {
  Resolver resolver({});
  for (std::uint8_t k = 0; k <= 15; ++k)
    resolver.upsert_asset(eid_asset("a-" + std::to_string(k), key(std::string(31, '0') + "fedcba9876543210"[k]), k));
  EXPECT_EQ(resolver.stats().assets, 16U);
  for (const std::int64_t now : {-100LL, 0LL, 1LL, 4'294'967'294LL, 4'294'967'295LL}) {
    const std::int64_t t = std::max(now, std::int64_t{0});
    EXPECT_EQ(who(hear_eid(resolver, key(std::string(31, '0') + "f"), 0, t, now)), "a-0") << now;
  }
  resolver.advance(at(4'294'967'296LL + 100'000));
  EXPECT_EQ(who(hear_eid(resolver, key(std::string(31, '0') + "0"), 15, 4'294'967'295LL, 4'294'967'296LL + 100'000)),
            "");
}

TEST(Eid, KeyOfTwoAssetsIsNobodys) {
  Resolver resolver({});
  resolver.upsert_asset(eid_asset("a-1", kContractKey, 10));
  resolver.upsert_asset(eid_asset("a-2", kContractKey, 10));
  EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, 5000, 5000)), "<ambiguous>");
  EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, 9000, 9000)), "<ambiguous>");
  EXPECT_TRUE(resolver.erase_asset("a-1"));
  EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, 9000, 9000)), "a-2");
  EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, 19000, 19000)), "a-2");
  resolver.upsert_asset(eid_asset("a-2", key("000102030405060708090a0b0c0d0e0f"), 10));
  EXPECT_EQ(who(hear_eid(resolver, kContractKey, 10, 19000, 19000)), "");
}

TEST(Rpa, VectorFiles) {
  for (const auto& file : vector_files("rpa_ah.json")) {
    const auto all = vectors(file);
    ASSERT_GE(all.size(), 12U) << file;
    for (const auto& v : all) {
      Aes128 irk(key(v["irk"].get<std::string>()));
      const auto prand = static_cast<std::uint32_t>(std::stoul(v["prand"].get<std::string>(), nullptr, 16));
      EXPECT_EQ(rpa_hash(irk, prand), std::stoul(v["hash"].get<std::string>(), nullptr, 16));
    }
  }
}

Asset irk_asset(std::string id, std::string_view irk) {
  Asset a;
  a.id = std::move(id);
  a.irk = key(irk);
  return a;
}
// The Core specification's sample (Vol 3 Part H, D.7).
constexpr std::string_view kSampleIrk = "ec0234a357c8ad05341010a60a397d9b";
constexpr Address kSample{{0x70, 0x81, 0x94, 0x0d, 0xfb, 0xaa}, true};

TEST(Rpa, AssetByAddressHitAndMissAreCached) {
  Resolver resolver({});
  resolver.upsert_asset(irk_asset("a-1", kSampleIrk));
  resolver.advance(at(0));
  const AdvertBuilder nothing;
  const Resolution r = resolver.resolve(nothing.get(), kSample, at(0));
  EXPECT_EQ(who(r), "a-1");
  EXPECT_EQ(r.assurance, Assurance::rotating);
  EXPECT_EQ(r.carrier, BeaconKind::ibeacon);
  AdvertBuilder alt;
  EXPECT_EQ(resolver.resolve(alt.altbeacon({}).get(), kSample, at(0)).carrier, BeaconKind::altbeacon);
  Address stranger = kSample;
  stranger.bytes[5] ^= 1U;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(who(resolver.resolve(nothing.get(), stranger, at(0))), "");
  EXPECT_EQ(resolver.stats().rpa_tried, 2U);
  EXPECT_EQ(resolver.stats().rpa_cached, 3U);
  // Not resolvable: never tried.
  Address not_random = kSample;
  not_random.random = false;
  EXPECT_EQ(who(resolver.resolve(nothing.get(), not_random, at(0))), "");
  EXPECT_EQ(resolver.stats().rpa_tried, 2U);
  // A changed set of keys forgets what was found.
  resolver.upsert_asset(irk_asset("a-2", kSampleIrk));
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "<ambiguous>");
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "<ambiguous>");
  resolver.erase_asset("a-1");
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "a-2");
  resolver.clear_assets();
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "");
}

TEST(Rpa, AMillionStrangersDoNotGrowIt) {
  Resolver resolver({false, 1024});
  resolver.upsert_asset(irk_asset("a-1", kSampleIrk));
  resolver.advance(at(0));
  const AdvertBuilder nothing;
  SeededRandom random(1);
  std::size_t after_warm_up = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t bits = random.next();
    Address address{{}, true};
    for (std::size_t n = 0; n < 6; ++n) address.bytes[n] = static_cast<std::uint8_t>(bits >> (8 * n));
    address.bytes[0] = static_cast<std::uint8_t>((address.bytes[0] & 0x3FU) | 0x40U);
    (void)resolver.resolve(nothing.get(), address, at(0));
    if (i == 10'000) after_warm_up = resolver.stats().bytes;
    // In use all the while, so it survives.
    if (i % 100 == 0) {
      ASSERT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "a-1");
    }
  }
  EXPECT_LE(resolver.stats().bytes, after_warm_up + after_warm_up / 4) << "parts of the index vary";
  EXPECT_LT(resolver.stats().bytes, 600'000U);
  EXPECT_GT(resolver.stats().rpa_cached, 9'990U);
}

TEST(Rpa, CacheOfNothingStillResolves) {
  Resolver resolver({false, 0});
  resolver.upsert_asset(irk_asset("a-1", kSampleIrk));
  resolver.advance(at(0));
  const AdvertBuilder nothing;
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "a-1");
  EXPECT_EQ(who(resolver.resolve(nothing.get(), kSample, at(0))), "a-1");
  EXPECT_EQ(resolver.stats().rpa_tried, 2U);
}

}  // namespace
}  // namespace aisle::identity
