// A made-up crowd with static iBeacons that walks from zone to zone: recordings in which every stay is known.
#pragma once

#include <string>

namespace aisle::e2e {

inline constexpr double kWalkStart = 1772809200;  // 2026-03-06T15:00:00Z

struct Walk {
  int customers = 3;
  int hops = 4;     // stays of each customer
  int stay_s = 60;  // each as long as this
  int every_s = 2;  // an advert of each customer
};

// One advert as a line: customer `number`, heard by `receiver`.
[[nodiscard]] std::string advert_line(double t, const std::string& receiver, int number, int rssi);
// Customer i begins in zone i mod 3 and goes on to the next; every gateway hears everyone, the nearest best.
[[nodiscard]] std::string walk_recording(const Walk& walk);
// Consent of each since 2025; customer `number` is "c-<number>" from 1.
[[nodiscard]] std::string walk_customer(int number, bool consents = true);
[[nodiscard]] std::string walk_customers(int count);
// An offer on entering "coffee", as often as one likes; a dwell offer in "wine" and an exit offer at "entrance".
[[nodiscard]] std::string walk_offers();
// One key, used by nobody: a recording waits until there are some.
[[nodiscard]] std::string walk_keys();

}  // namespace aisle::e2e
