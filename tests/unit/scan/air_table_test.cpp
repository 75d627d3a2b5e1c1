#include "agent/scan/air_table.hpp"

#include <gtest/gtest.h>

namespace aisle::scan {
namespace {

SteadyTime at(double t) {
  return SteadyTime{Duration{static_cast<std::int64_t>(t * 1e6)}};
}

Heard heard(double t, std::uint32_t device, int rssi, const char* kind = "ibeacon", const char* receiver = "g1") {
  return {at(t), device, kind, GatewayId(receiver), Dbm{static_cast<std::int8_t>(rssi)}, false};
}

TEST(AirTable, HasARowForEachDeviceAtEachReceiverLoudestFirst) {
  AirTable table({});
  table.hear(heard(1, 1, -80));
  table.hear(heard(1, 1, -60, "ibeacon", "g2"));
  table.hear(heard(2, 2, -70));
  const auto rows = table.rows(at(2));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].receiver.view(), "g2");
  EXPECT_EQ(rows[1].device, 2U);
  EXPECT_EQ(rows[2].rssi_dbm, -80);
}

TEST(AirTable, SmoothsAsPresenceDoes) {
  AirTable table({seconds{15}, 4});
  for (const int rssi : {-20, -60, -62, -61, -61}) table.hear(heard(1, 1, rssi));
  EXPECT_EQ(table.rows(at(2))[0].rssi_dbm, -61) << "the last four";
  EXPECT_EQ(table.rows(at(20))[0].rssi_dbm, std::nullopt) << "out of the window";
  table.hear(heard(21, 1, 127));
  EXPECT_EQ(table.rows(at(21))[0].rssi_dbm, std::nullopt) << "127 is no strength";
}

TEST(AirTable, CountsAndRates) {
  AirTable table({});
  for (int i = 0; i <= 20; ++i) table.hear(heard(i * 0.25, 1, -60));
  auto louder = heard(5, 1, -50);
  louder.louder = true;
  table.hear(louder);
  const auto row = table.rows(at(5))[0];
  EXPECT_EQ(row.adverts, 21U) << "heard by two adapters is one advert";
  EXPECT_DOUBLE_EQ(row.per_second, 4);
  EXPECT_DOUBLE_EQ(table.rows(at(10))[0].per_second, 2) << "and falls in silence";
}

TEST(AirTable, LeavesOutTheSilent) {
  AirTable table({});
  table.hear(heard(1, 1, -60));
  table.hear(heard(50, 2, -60));
  EXPECT_EQ(table.rows(at(62), seconds{60}).size(), 1U);
  EXPECT_EQ(table.rows(at(62)).size(), 2U);
}

TEST(AirTable, KnowsADeviceByTheKindThatTellsMost) {
  AirTable table({});
  table.hear(heard(1, 1, -60, "eddystone_uid"));
  table.hear(heard(2, 1, -60, "eddystone_tlm"));
  table.hear(heard(2, 2, -60, "unknown"));
  EXPECT_EQ(table.rows(at(2))[0].kind, "eddystone_uid");
  EXPECT_EQ(table.rows(at(2))[1].kind, "unknown");
}

TEST(AirTable, IsBounded) {
  AirTable table({});
  for (std::uint32_t i = 0; i < AirTable::kMost + 10; ++i) table.hear(heard(i, i, -60));
  const auto rows = table.rows(at(AirTable::kMost + 10));
  EXPECT_EQ(rows.size(), AirTable::kMost);
  EXPECT_EQ(rows.back().device, 10U);
}

}  // namespace
}  // namespace aisle::scan
