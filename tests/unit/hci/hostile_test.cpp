// Bytes that no controller sends: counted, survived, and the next good advert is heard.
#include <gtest/gtest.h>

#include <random>

#include "ble/hci/hci_reader.hpp"
#include "tests/unit/hci/packets.hpp"

namespace aisle::hci {
namespace {

using namespace testing;

Bytes random_bytes(std::mt19937& random, std::size_t most) {
  Bytes out(1 + random() % most);
  for (auto& byte : out) byte = static_cast<std::byte>(random() & 0xFFU);
  return out;
}

TEST(HciHostile, RandomPacketsOfAllShapes) {
  std::mt19937 random(20260306);
  Pair pair;
  Kept kept;
  SystemClock clock;
  HciReader reader(clock, kept);
  constexpr unsigned kSubevents[] = {0x02, 0x0B, 0x0D, 0x0F, 0x01};
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) {
    Bytes packet;
    switch (random() % 4) {
      case 0:
        packet = random_bytes(random, 400);
        break;
      case 1:
        packet = meta_packet(kSubevents[random() % 5], random_bytes(random, 250));
        break;
      case 2:
        packet = extended_packet(random() & 0x7FU, random() & 0xFFU, -60, random_bytes(random, 200), random() & 3U);
        break;
      default:
        packet = legacy_packet(random() & 0xFFU, -60, random_bytes(random, 31));
        packet[random() % packet.size()] = static_cast<std::byte>(random() & 0xFFU);
    }
    ASSERT_TRUE(pair.send(packet));
    ASSERT_TRUE(reader.read(pair.reader.get()));
    ASSERT_TRUE(reader.counters().queue_drops > 0 || reader.counters().adverts == kept.adverts.size());
  }
  const auto counters = reader.counters();
  EXPECT_GT(counters.packets, static_cast<std::uint64_t>(kRounds * 9 / 10)) << "a few look like commands or answers";
  EXPECT_GT(counters.malformed, 1'000U);
  EXPECT_GT(counters.adverts, 1'000U);
  for (const Advert& advert : kept.adverts) ASSERT_LE(advert.payload.view().size(), kMaxAdvertData);
  kept.adverts.clear();
  ASSERT_TRUE(pair.send(legacy_packet(42, -55, hex("020106"))));
  ASSERT_TRUE(reader.read(pair.reader.get()));
  ASSERT_EQ(kept.adverts.size(), 1U);
  EXPECT_EQ(to_hex(kept.adverts[0].payload.view()), "020106");
}

}  // namespace
}  // namespace aisle::hci
